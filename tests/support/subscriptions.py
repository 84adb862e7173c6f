"""A chat that is subscribed to the daily tip: its record, and the tips that it got."""

from bot.lifecycle import Parts
from bot.storage.storage import Storage
from bot.subscriptions.subscriber import Subscriber
from tests.support.bots import ANNA
from tests.support.chats import Chat


async def subscribed_at_nine(chat: Chat, parts: Parts) -> Chat:
    """The chat gets a tip at nine every day, in UTC; today's has come."""
    await chat.write("/subscribe")
    await chat.press("09:00")
    await chat.press("UTC")
    await parts.sender.finished()
    return chat


async def stored(storage: Storage, chat: int = ANNA) -> Subscriber:
    """The subscriber that the database holds for a chat."""
    known = await storage.subscriber(chat)
    assert known is not None, f"{chat} is no subscriber"
    return known


async def tips(chat: Chat, parts: Parts) -> list[str]:
    """The tips in the chat, once all that are on their way have come."""
    await parts.sender.finished()
    return [text for text in chat.texts if text.startswith("💡 ")]


async def due_tips(chat: Chat, parts: Parts) -> list[str]:
    """The tips in the chat, once all that are due have come."""
    parts.sender.wake()
    return await tips(chat, parts)
