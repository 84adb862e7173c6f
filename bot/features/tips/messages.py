"""The messages to subscribers: tips and broadcasts."""

from collections.abc import Awaitable, Callable

from telegram.ext import ExtBot

from bot.bot_api.rate_limiter import PACED
from bot.features.tips import keyboards, texts
from bot.knowledge.base import Knowledge
from bot.knowledge.models import Tip
from bot.storage.storage import Storage
from bot.subscriptions.delivery import Broadcast, Delivery

NO_SOURCE = ("message to copy not found", "message can't be copied", "message_id_invalid")
"""Words of Telegram, in lower case, when the message to be copied is gone: no chat can get it."""

Send = Callable[[], Awaitable[object]]


def tip(bot: ExtBot[int], chat: int, shown: Tip, thread: int | None = None) -> Send:
    return lambda: bot.send_message(
        chat,
        texts.tip(shown),
        reply_markup=keyboards.under_tip(shown),
        message_thread_id=thread,
        rate_limit_args=PACED,
    )


def broadcast(
    bot: ExtBot[int],
    chat: int,
    shown: Broadcast,
    paced: int | None = PACED,
    thread: int | None = None,
) -> Send:
    """The broadcast as the operator wrote it; Telegram may add the preview of a link."""
    source, text = shown.message, shown.text or ""
    if source is None:
        return lambda: bot.send_message(
            chat,
            text,
            link_preview_options=None,
            message_thread_id=thread,
            rate_limit_args=paced,
        )
    return lambda: bot.copy_message(
        chat,
        shown.chat,
        source,
        parse_mode=None,
        message_thread_id=thread,
        rate_limit_args=paced,
    )


def has_no_source(why: str) -> bool:
    """True if Telegram refused the message to be copied, and not the chat."""
    return any(reason in why.lower() for reason in NO_SOURCE)


async def to_send(
    storage: Storage, bot: ExtBot[int], knowledge: Knowledge, delivery: Delivery
) -> Send | None:
    """The message of a delivery; None if its tip or broadcast is not there any more."""
    if not delivery.broadcast:
        chosen = knowledge.tips.get(delivery.tip)
        return tip(bot, delivery.chat, chosen, delivery.thread) if chosen else None
    found = await storage.broadcasts.get(delivery.broadcast)
    return broadcast(bot, delivery.chat, found, thread=delivery.thread) if found else None
