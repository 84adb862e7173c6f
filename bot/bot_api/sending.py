"""Sending, editing and answering in the ways that this bot needs, with what is normal forgiven."""

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
from telegram.error import BadRequest, RetryAfter
from telegram.ext import Defaults

from bot.bot_api.transport import NotConnectedError
from bot.bot_api.update_processor import aside, is_in_hand

TRIES = 3
RECONNECT_SECONDS = 1.0
LONGEST_FLOOD = 24 * 3600.0
"""Seconds; a longer wait is nonsense."""

DEFAULTS = Defaults(
    parse_mode=ParseMode.HTML,
    link_preview_options=LinkPreviewOptions(is_disabled=True),
    allow_sending_without_reply=True,
)
"""For all that is sent, but for what says otherwise."""

T = TypeVar("T")
Keyboard = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None


def message_of(update: Update) -> Message:
    """The message of an update that handlers were registered for."""
    message = update.effective_message
    if message is None:
        raise TypeError(f"update {update.update_id} holds no message")
    return message


def arguments(message: Message) -> str:
    """What stands behind a command."""
    return "".join((message.text or "").split(maxsplit=1)[1:]).strip()


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


def label(query: CallbackQuery) -> str | None:
    """What is written on a pressed button; None where Telegram does not show it any more."""
    markup = query.message.reply_markup if isinstance(query.message, Message) else None
    pressed = (
        button.text
        for row in (markup.inline_keyboard if markup else ())
        for button in row
        if button.callback_data == query.data
    )
    return next(pressed, None)


async def say(update: Update, text: str, keyboard: Keyboard) -> None:
    """A new message, below what was written or pressed."""
    if update.effective_message is not None:
        await reply(update.effective_message, text, keyboard)
    else:  # A button under a message that Telegram does not show to the bot any more.
        chat = chat_of(update)
        await patiently(lambda: chat.send_message(text, reply_markup=keyboard))


async def follow(update: Update, text: str, keyboard: Keyboard) -> None:
    """A new message after a pressed button; the message with the button stays."""
    await acknowledge(query_of(update))
    await say(update, text, keyboard)


async def reply(message: Message, text: str, keyboard: Keyboard) -> Message:
    """Answer a message; in groups as a reply to it, even when it is deleted by now."""
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
    """Turn the message of a pressed button into something else, and stop the button's spinner."""
    await turn(query, text, keyboard)
    # Last: a button can be answered once, and until here that could still be an alert.
    await acknowledge(query)


async def turn(query: CallbackQuery, text: str, keyboard: InlineKeyboardMarkup | None) -> None:
    """Turn the message of a pressed button into something else, or send that anew."""
    message = query.message
    if message is None or not await edit(message, message.message_id, text, keyboard):
        bot, chat = query.get_bot(), message.chat.id if message else query.from_user.id
        await patiently(lambda: bot.send_message(chat, text, reply_markup=keyboard))


async def relabel(message: Message, keyboard: InlineKeyboardMarkup) -> bool:
    """Change the buttons under a message; False when it is gone or too old."""
    # There is no text whose HTML would be read.
    no_text = {"parse_mode": None}
    work = patiently(lambda: message.edit_reply_markup(keyboard, api_kwargs=no_text))
    return await changed(work)


async def changed(editing: Awaitable[object]) -> bool:
    """Edit a message; False when it is gone or too old."""
    try:
        await editing
    except BadRequest as error:
        return "message is not modified" in error.message.lower()
    return True


async def acknowledge(
    query: CallbackQuery, text: str | None = None, *, toast: bool = False
) -> None:
    """Stop the button's spinner; a text is an alert, or a toast, which goes away by itself."""
    # Pressed too long ago, which is normal after a pause: nobody waits for this any more.
    with suppress(BadRequest):
        await patiently(lambda: query.answer(text, show_alert=bool(text) and not toast))


async def patiently(send: Callable[[], Awaitable[T]]) -> T:
    """Try again what surely did not arrive: told to wait (429), or never connected.

    Answers to an update wait until there is a network again; others are given up after a few tries.
    After a time-out nobody knows, so that is raised: a second try could say it twice.
    """
    tries = TRIES
    while True:
        try:
            return await send()
        except RetryAfter as flood:
            await aside(seconds_to_wait(flood))
        except NotConnectedError:
            tries -= 1
            if tries <= 0 and not is_in_hand():
                raise
            await aside(RECONNECT_SECONDS)


def seconds_to_wait(flood: RetryAfter) -> float:
    """PTB gives a number or a timedelta, depending on how it is set up."""
    wait = flood.retry_after
    return min(wait.total_seconds() if isinstance(wait, timedelta) else wait, LONGEST_FLOOD)
