"""Limits on who may call a handler and how often: wrappers around callbacks, and filters."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from telegram import Chat, Message, Update
from telegram.ext import filters

from bot.bot_api import sending
from bot.bot_api.sending import chat_of, message_of, query_of, said
from bot.bot_api.throttle import Throttle, Verdict
from bot.bot_api.types import Callback, Context
from bot.bot_api.update_processor import asker
from bot.features import texts
from bot.features.questions.albums import Albums
from bot.features.tips.pending import PendingQuestions
from bot.features.tips.presence import Heard
from bot.language.words import MAX_QUESTION

Choice = Callable[[Update], Throttle]
"""Chooses the throttle that an update counts in."""

STOP = re.compile(
    r"\A\W*+(?:(?:please|pls|plz|can you|could you|i want to|i'?d like to) )*+"
    r"(?:stopp?|unsub(?:scribe)?|cancel(?= \w)|no more(?= \w)|(?:don'?t|do not) send(?= \w))"
    r"(?:,? (?:me|it|this|these|the|my|your|daily|any|more|sending|from|tips?|messages?"
    r"|subscription|please|pls|plz|thanks|thank you|ok|now|all|anymore)(?!\w))*+\W*+"
    r"|\A\W*+(?:leave me alone|стоп|отписаться|abbestellen|abmelden|basta|arrête|quit)\W*+",
    re.IGNORECASE,
)
"""It matches a whole message that asks for no more tips."""


@dataclass(frozen=True, slots=True)
class NotTooOften:
    """Counts what each person asks for. A person who asks too much is told once, then ignored."""

    messages: Throttle
    presses: Throttle
    """The limit for pressed buttons that change a message in place, or only its button."""

    def __call__(self, callback: Callback) -> Callback:
        """Limit a callback, which answers a message, or a button with a new message."""
        return _judged(callback, lambda _: self.messages)

    def in_place(self, callback: Callback) -> Callback:
        """Limit a callback of a button that changes its message in place."""
        return _judged(callback, self._for_press)

    def _for_press(self, update: Update) -> Throttle:
        # A message that Telegram does not show any more cannot change: a new one takes its place.
        message = query_of(update).message
        return self.presses if message and message.is_accessible else self.messages


def _judged(callback: Callback, throttle: Choice) -> Callback:
    async def judged(update: Update, context: Context) -> None:
        who = asker(update)
        match throttle(update).judge(who) if who else Verdict.ANSWER:
            case Verdict.ANSWER:
                await callback(update, context)
            case Verdict.ASK_TO_SLOW_DOWN:
                await _tell(update, texts.SLOW_DOWN)

    return judged


def once_an_album(albums: Albums, callback: Callback) -> Callback:
    """Call it for one photo of an album; the others neither count nor get anything."""

    async def first(update: Update, context: Context) -> None:
        if albums.begin(message_of(update)):
            await callback(update, context)

    return first


def by_administrators(callback: Callback) -> Callback:
    """In a group only administrators may call it; in a private chat the person may."""

    async def checked(update: Update, context: Context) -> None:
        if await _may_change(update):
            await callback(update, context)
        else:
            await _tell(update, texts.ADMINS_ONLY)

    return checked


async def _tell(update: Update, text: str) -> None:
    """Tell a person something: by an alert if they pressed a button, else by a message."""
    if update.callback_query is not None:
        await sending.acknowledge(update.callback_query, text)
    else:
        await sending.say(update, text, None)


async def _may_change(update: Update) -> bool:
    chat, user, message = chat_of(update), update.effective_user, update.message
    if chat.type == Chat.PRIVATE:
        return True
    if message is not None and message.sender_chat == chat:
        return True  # Only an administrator can write as the group.
    if user is None:
        return False
    listed = await sending.patiently(chat.get_administrators)
    return any(member.user == user for member in listed)


class ReplyToThisBot(filters.MessageFilter):
    """Messages that reply to a message of this bot."""

    def filter(self, message: Message) -> bool:
        answered = message.reply_to_message
        author = answered.from_user if answered else None
        return author is not None and author.id == message.get_bot().id


class CaptionCommand(filters.MessageFilter):
    """Captions that begin with a command to this bot. PTB looks for commands in texts only."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def filter(self, message: Message) -> bool:
        first = next(iter((message.caption or "").lower().split()), "")
        name = message.get_bot().username.lower()
        return first in {f"/{self._name}", f"/{self._name}@{name}"}


class Stop(filters.MessageFilter):
    """Messages that ask for no more tips."""

    def filter(self, message: Message) -> bool:
        return STOP.fullmatch(said(message)[:MAX_QUESTION]) is not None


class Asked(filters.UpdateFilter):
    """Texts of people who were asked to write something."""

    def __init__(self, pending: PendingQuestions) -> None:
        super().__init__()
        self._pending = pending

    def filter(self, update: Update) -> bool:
        return self._pending.asked(update) is not None


class Unheard(filters.UpdateFilter):
    """Messages of chats that may be thought gone, other than the news that somebody left."""

    def __init__(self, heard: Heard) -> None:
        super().__init__()
        self._heard = heard

    def filter(self, update: Update) -> bool:
        message = update.message or update.edited_message
        # A group may tell the bot in a message that the bot was removed.
        return bool(message and not message.left_chat_member and message.chat.id not in self._heard)


def only_operators(operators: frozenset[int], callback: Callback, outdated: Callback) -> Callback:
    """Only operators may press this button. Other people are told that it is out of date."""

    async def checked(update: Update, context: Context) -> None:
        may = query_of(update).from_user.id in operators
        await (callback if may else outdated)(update, context)

    return checked
