"""Sending and editing messages and answering buttons; errors that are normal are forgiven."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar

from telegram import (
    CallbackQuery,
    Chat,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    MaybeInaccessibleMessage,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, NetworkError, RetryAfter
from telegram.ext import Defaults

from bot.bot_api.lines import aside, is_in_hand
from bot.bot_api.outgoing.refusals import is_the_chats
from bot.bot_api.transport import NotConnectedError, NotTakenError

OUTAGE_SECONDS = 60.0
"""Seconds in which an answer is tried again, at least, while nothing goes out."""
SPINNER_SECONDS = 3.0
"""As above, for a button's spinner, which ends by itself."""
RECONNECT_SECONDS = 1.0
LONGEST_FLOOD = 24 * 3600.0
"""Seconds; a longer wait is nonsense."""

DEFAULTS = Defaults(
    parse_mode=ParseMode.HTML,
    link_preview_options=LinkPreviewOptions(is_disabled=True),
    allow_sending_without_reply=True,
)
"""Settings for every message, unless the message says otherwise."""

T = TypeVar("T")
Keyboard = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None


def message_of(update: Update) -> Message:
    """The message of an update that handlers were registered for."""
    message = update.effective_message
    if message is None:
        raise TypeError(f"update {update.update_id} holds no message")
    return message


def said(message: Message) -> str:
    """The words of a message: its text, or the caption of a photo or a file."""
    return message.text or message.caption or ""


def arguments(message: Message) -> str:
    """The text behind a command."""
    return "".join(said(message).split(maxsplit=1)[1:]).strip()


def query_of(update: Update) -> CallbackQuery:
    """The pressed button of an update that handlers were registered for."""
    if update.callback_query is None:
        raise TypeError(f"update {update.update_id} holds no pressed button")
    return update.callback_query


def chat_of(update: Update) -> Chat:
    """The chat of an update that handlers were registered for."""
    if update.effective_chat is None:
        raise TypeError(f"update {update.update_id} belongs to no chat")
    return update.effective_chat


def topic_of(update: Update) -> int | None:
    """The topic of a forum in which an update happens; 0 for General, and in other chats.

    None where Telegram does not say it, as it shows the message no more.
    """
    message = update.effective_message
    if message is None or not message.is_accessible:
        return None
    # A reply in a group that is no forum has a thread, too, but nothing can be sent there.
    return (message.message_thread_id or 0) if message.is_topic_message else 0


def label(query: CallbackQuery) -> str | None:
    """The text on a pressed button; None where Telegram does not show the button any more."""
    markup = query.message.reply_markup if isinstance(query.message, Message) else None
    buttons = (button for row in (markup.inline_keyboard if markup else ()) for button in row)
    return next((each.text for each in buttons if each.callback_data == query.data), None)


async def say(update: Update, text: str, keyboard: Keyboard) -> None:
    """Send a new message below the message or the button of an update."""
    if update.effective_message is not None:
        await reply(update.effective_message, text, keyboard)
    else:  # A button under a message that Telegram does not show to the bot any more.
        chat = chat_of(update)
        await patiently(lambda: chat.send_message(text, reply_markup=keyboard))


async def follow(update: Update, text: str, keyboard: Keyboard) -> None:
    """Send a new message after a pressed button; the message with the button stays."""
    await acknowledge(query_of(update))
    await say(update, text, keyboard)


async def reply(message: Message, text: str, keyboard: Keyboard) -> Message:
    """Answer a message; in groups as a reply to it, even if it has been deleted."""
    return await patiently(lambda: message.reply_text(text, reply_markup=keyboard))


async def picture(message: Message, photo: InputFile, caption: str) -> None:
    """Answer a message with a picture, and Telegram HTML below it."""
    await patiently(lambda: message.reply_photo(photo, caption))


async def edit(
    message: MaybeInaccessibleMessage,
    earlier: int,
    text: str,
    keyboard: InlineKeyboardMarkup | None,
) -> bool:
    """Edit an earlier message in the chat of this one; False when it is gone or too old."""
    bot, chat = message.get_bot(), message.chat.id
    work = patiently(lambda: bot.edit_message_text(text, chat, earlier, reply_markup=keyboard))
    return await changed(work)


async def show(query: CallbackQuery, text: str, keyboard: InlineKeyboardMarkup | None) -> None:
    """Change the message of a pressed button, and stop the button's spinner."""
    await turn(query, text, keyboard)
    # Last, since a button can be answered only once, and an error would need that for an alert.
    await acknowledge(query)


async def turn(query: CallbackQuery, text: str, keyboard: InlineKeyboardMarkup | None) -> None:
    """Change the message of a pressed button, or send a new one if that cannot be done."""
    message = query.message
    if message is None or not await edit(message, message.message_id, text, keyboard):
        bot, chat = query.get_bot(), message.chat.id if message else query.from_user.id
        there = isinstance(message, Message) and message.is_topic_message
        topic = message.message_thread_id if isinstance(message, Message) and there else None
        await patiently(
            lambda: bot.send_message(chat, text, reply_markup=keyboard, message_thread_id=topic)
        )


async def relabel(message: Message, keyboard: InlineKeyboardMarkup) -> bool:
    """Change the buttons under a message; False when it is gone or too old."""
    # This request has no text, so it needs no way to read HTML.
    no_text = {"parse_mode": None}
    work = patiently(lambda: message.edit_reply_markup(keyboard, api_kwargs=no_text))
    return await changed(work)


async def changed(editing: Awaitable[object]) -> bool:
    """Wait for an edit; False when the message is gone, too old or in a group that has moved."""
    try:
        await editing
    except ChatMigrated:
        return False
    except BadRequest as error:
        if is_the_chats(error):  # A new message would be refused, too.
            raise
        return "message is not modified" in error.message.lower()
    return True


async def acknowledge(
    query: CallbackQuery, text: str | None = None, *, toast: bool = False
) -> None:
    """Stop a button's spinner. A text is shown as an alert, or as a toast that soon goes away."""
    # Telegram refuses this for a button that was pressed long ago, which is normal after a pause.
    # Where it is lost on the way, the spinner ends by itself, and the answer itself is there.
    with suppress(NetworkError):
        await patiently(
            lambda: query.answer(text, show_alert=bool(text) and not toast), SPINNER_SECONDS
        )


async def patiently(send: Callable[[], Awaitable[T]], seconds: float = OUTAGE_SECONDS) -> T:
    """Send, and try again if Telegram says to wait (429), or while nothing goes out.

    An answer to an update waits until the network is back. Where a gateway refuses, or where no
    update waits, it is given up after so many `seconds`. A time-out or a broken connection is
    raised: the message may have arrived, and a second try could send it twice.
    """
    time = asyncio.get_running_loop().time
    end = time() + seconds
    while True:
        try:
            return await send()
        except RetryAfter as flood:
            await aside(seconds_to_wait(flood))
        except (NotConnectedError, NotTakenError) as error:
            waits = isinstance(error, NotConnectedError) and is_in_hand()
            if time() >= end and not waits:
                raise
            await aside(RECONNECT_SECONDS)


def seconds_to_wait(flood: RetryAfter) -> float:
    """Read the wait, which PTB gives as a number or a timedelta, depending on its settings."""
    wait = flood.retry_after
    return min(wait.total_seconds() if isinstance(wait, timedelta) else wait, LONGEST_FLOOD)
