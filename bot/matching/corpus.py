"""All that scoring learns from: texts for every possible reply, and for none of them."""

import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from bot.language import background
from bot.language.background import Words

FOLDS = 5
"""A fifth of all texts is held out at a time."""
MESSAGES, MESSAGES_EACH = 1_000, 1
"""General messages beside a folder: this many, and this many more for each of its texts."""
USUAL = 0.03
"""Share of a folder's texts from which a word stands everywhere and decides nothing."""
FRAMES, FRAMES_EACH = 3_000, 0.25
"""Frames beside a folder: at most this many, and at most this many for each of its texts."""


class Side(Enum):
    """The kind of reply that a text asks for."""

    TOPIC = auto()
    LIMIT = auto()
    TALK = auto()
    MESSAGE = auto()
    """A general message: no reply fits."""
    FRAME = auto()
    """A text of the knowledge base in which other words stand: no reply fits."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text to learn from or to try."""

    words: Words
    name: str
    """The class that it belongs to; empty for the background."""
    side: Side


@dataclass(frozen=True, slots=True)
class Corpus:
    """The texts of each possible reply, and the background."""

    groups: Mapping[str, Sequence[Words]]
    """Key → its texts, at least one. Entries of a topic stand side by side, topics first."""
    classes: Mapping[str, str]
    """Key → its class: the topic of an entry; limits and small talk are classes themselves."""
    broad: Mapping[str, bool]
    """Topic → true if its texts fit half of all questions."""
    talk: frozenset[str]
    """Keys of small talk."""
    messages: Sequence[Words] = ()
    frames: Sequence[Words] = ()
    answers: Mapping[str, Sequence[Words]] = field(default_factory=dict)
    """Key of an entry → the sentences of its answer, which mean what its phrasings mean."""

    @classmethod
    def of(
        cls,
        groups: Mapping[str, Sequence[Words]],
        classes: Mapping[str, str],
        broad: Mapping[str, bool],
        talk: Iterable[str],
        answers: Mapping[str, Sequence[Words]],
    ) -> "Corpus":
        """Put a background beside the texts of a knowledge base, which grows with their number."""
        own = {text for group in groups.values() for text in group}
        messages = [text for text in _spread(background.messages()) if text not in own]
        texts = sorted(own, key=_number)[: min(FRAMES, int(FRAMES_EACH * len(own)) + 1)]
        return cls(
            groups=groups,
            classes=classes,
            broad=broad,
            talk=frozenset(talk),
            messages=messages[: MESSAGES + MESSAGES_EACH * len(own)],
            frames=[*background.frames().made_of(texts, own, _usual(own))],
            answers=answers,
        )

    def without(self, fold: int) -> "Corpus":
        """Leave one of the `FOLDS` out. Keys that would have no text stay as they are."""
        kept = {key: [t for t in group if _fold(t) != fold] for key, group in self.groups.items()}
        return Corpus(
            groups={key: kept[key] or group for key, group in self.groups.items()},
            classes=self.classes,
            broad=self.broad,
            talk=self.talk,
            messages=[text for text in self.messages if _fold(text) != fold],
            frames=[text for text in self.frames if _fold(text) != fold],
            answers=self.answers,
        )

    def meant(self, key: str) -> list[Words]:
        """All texts that have the meaning of a key."""
        return [*self.groups[key], *self.answers.get(key, ())]

    def strange(self) -> list[Words]:
        """The whole background."""
        return [*self.messages, *self.frames]

    def held(self, fold: int) -> Iterator[Text]:
        """The texts that `without` leaves out."""
        for key, group in self.groups.items():
            name = self.classes[key]
            own = Side.TALK if key in self.talk else Side.LIMIT
            side = Side.TOPIC if name in self.broad else own
            yield from (Text(words, name, side) for words in group if _fold(words) == fold)
        strange = {
            Side.MESSAGE: self.messages,
            Side.FRAME: self.frames,
        }
        for side, texts in strange.items():
            yield from (Text(words, "", side) for words in texts if _fold(words) == fold)


def _usual(own: Collection[Words]) -> frozenset[str]:
    """The words that stand everywhere in a folder."""
    counts = Counter(word for text in own for word in set(text))
    return frozenset(word for word, count in counts.items() if count >= USUAL * len(own))


def _spread(texts: Iterable[Words]) -> list[Words]:
    """All texts in an order of chance, so that their beginning stands for all."""
    return sorted(texts, key=_number)


def _number(text: Words) -> int:
    """A number of chance that stays with its text."""
    return zlib.crc32(" ".join(text).encode("utf-8", "replace"))


def _fold(text: Words) -> int:
    return _number(text) % FOLDS
