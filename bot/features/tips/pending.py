"""The bot's open questions: each waits for a text until some time has passed."""

import datetime as dt
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from telegram import Update

from bot.bot_api.update_processor import asker

REMEMBERED = 10_000
PATIENCE = dt.timedelta(minutes=15)

NEVER_MIND = re.compile(
    r"\A\W*+(?:cancel|never ?mind|nvm|forget it|leave it|skip|not now|no|nah|nope|nothing|back"
    r"|nein|нет|stop asking|i (?:don'?t|do not) (?:want to|wanna) say"
    r"|none of (?:your|ur) business)\W*+",
    re.IGNORECASE,
)
"""Words with which somebody declines to answer the bot's question."""


class Want(Enum):
    """The thing that the bot asked for."""

    TIME = auto()
    """The time of the daily tip."""
    PLACE = auto()
    CLOCK = auto()
    """The time on the person's clock."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that the bot asked."""

    want: Want
    at: dt.time | None
    """The time that the person chose before; None if only the place will change."""
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class PendingQuestions:
    """The open questions to people, by chat and person."""

    now: Callable[[], dt.datetime]
    most: int = REMEMBERED
    """So many questions are remembered at once."""
    _asked: OrderedDict[tuple[int, int], Asked] = field(default_factory=OrderedDict)

    def ask(self, update: Update, want: Want, at: dt.time | None) -> None:
        """Remember a question; the person's next text may be the answer."""
        key = _key(update)
        self._asked.pop(key, None)
        self._asked[key] = Asked(want, at, self.now() + PATIENCE)
        if len(self._asked) > self.most:
            self._asked.popitem(last=False)

    def asked(self, update: Update) -> Asked | None:
        """The open question to this person; None if there is none or it is too old."""
        asked = self._asked.get(self._whose(update))
        return asked if asked and self.now() < asked.until else None

    def done(self, update: Update) -> None:
        """Forget the question: it was answered, or does not matter any more."""
        self._asked.pop(self._whose(update), None)

    def _whose(self, update: Update) -> tuple[int, int]:
        """The chat and person of a question; an administrator may answer it as the group."""
        key, message = _key(update), update.message
        if message is None or message.sender_chat != message.chat:
            return key
        return next((other for other in reversed(self._asked) if other[0] == key[0]), key)


def _key(update: Update) -> tuple[int, int]:
    chat = update.effective_chat
    return chat.id if chat else 0, asker(update) or 0
