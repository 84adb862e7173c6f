"""The contexts of the conversations that people have now, in memory only."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from telegram import Update

from bot.answering.faq import Faq
from bot.bot_api.update_processor import asker
from bot.conversation import context as contexts
from bot.conversation.context import SILENCE, Context, Turn
from bot.knowledge.models import Flag
from bot.language.words import words

MOST = 10_000
"""The most conversations that are remembered."""
BURST_SECONDS = 1.5
"""Messages of one person that are no further apart may be one question."""
HALF = 4
"""Words, at most, of a message that may be half a question."""

Key = tuple[int, int]
"""A chat and a person in it."""
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Conversations:
    """The conversations of the last half an hour, and the questions that were only begun."""

    now: Callable[[], float]
    """Seconds that never go back."""
    most: int = MOST
    _contexts: OrderedDict[Key, Context] = field(default_factory=OrderedDict)
    _begun: OrderedDict[Key, tuple[str, float]] = field(default_factory=OrderedDict)
    """Half a question, and the time when it came."""

    def __len__(self) -> int:
        return len(self._contexts)

    def turn(self, faq: Faq, update: Update, text: str) -> Turn:
        """Reply to a message, without remembering it yet."""
        return contexts.converse(faq, text, self._context(update), self.now())

    def keep(self, update: Update, context: Context) -> None:
        """Remember a conversation; those that are over are forgotten."""
        _add(self._contexts, _key(update), context, self.most)
        until = self.now() - SILENCE
        while self._contexts and next(iter(self._contexts.values())).moment < until:
            self._contexts.popitem(last=False)

    def opened(self, update: Update, entries: Iterable[str]) -> None:
        """Remember that a button showed these entries."""
        self.keep(update, contexts.opened(self._context(update), entries, self.now()))

    def danger(self, faq: Faq, update: Update) -> Flag | None:
        """The red flag that a conversation is still about."""
        return contexts.danger(faq, self._context(update), self.now())

    def end(self, update: Update) -> None:
        """Forget the conversation: the person starts anew."""
        self._contexts.pop(_key(update), None)
        self._begun.pop(_key(update), None)

    def forget(self, chat: int) -> None:
        """Forget all of a chat, and of the person whose private chat it is."""
        for known in (self._contexts, self._begun):
            for key in [key for key in known if chat in key]:
                del known[key]

    def hold(self, update: Update, text: str) -> None:
        """Remember half a question until its other half comes."""
        _add(self._begun, _key(update), (text, self.now()), self.most)

    def joined(self, update: Update, text: str) -> str:
        """The text of a message behind the half a question that came just before it."""
        begun, moment = self._begun.pop(_key(update), ("", 0.0))
        return f"{begun} {text}" if begun and self.now() - moment <= BURST_SECONDS else text

    def _context(self, update: Update) -> Context:
        return self._contexts.get(_key(update), Context())


def is_half(turn: Turn, text: str) -> bool:
    """True where a message may be half a question: a few words that no reply fits."""
    return not turn.fits and len(words(text)) <= HALF


def _key(update: Update) -> Key:
    chat = update.effective_chat
    return chat.id if chat else 0, asker(update) or 0


def _add(known: OrderedDict[Key, Value], key: Key, value: Value, most: int) -> None:
    known[key] = value
    known.move_to_end(key)
    if len(known) > most:
        known.popitem(last=False)
