"""Messages about anything else: the class of whatever a knowledge base has nothing to do with.

A class "something else" needs examples. Some are general messages that were written for this file.
Others are made from the texts of a knowledge base: frames in which other words stand where the
words that decide stood, so that "can it help my lawn" is not taken for "can it help my knee".
"""

import random
import zlib
from bisect import bisect
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from itertools import accumulate

from bot.language.english import english
from bot.language.words import words
from bot.once import Once

Words = tuple[str, ...]

SHORTEST, LONGEST = 3, 16
"""Words of a text that is made into a frame."""
FUNCTION_WORDS = 250
"""The commonest words of English, this many, say nothing about a subject."""
KEPT = 0.5
"""Share of frames that keep something."""


@Once
def messages() -> tuple[Words, ...]:
    """The words of each general message, in the order of the file."""
    file = resources.files("bot.language") / "background.txt"
    return tuple(words(line) for line in file.read_text("utf-8").splitlines())


@dataclass(frozen=True, slots=True)
class Frames:
    """Makes frames: texts whose words that decide are replaced by words of the dictionary."""

    common: frozenset[str]
    others: tuple[str, ...]
    """The words that are put in, in the order of `chances`."""
    chances: tuple[float, ...]
    """Sums of the square roots of the words' frequencies."""

    @classmethod
    def of(cls, english: Mapping[str, int]) -> "Frames":
        """Draw from these words; `english` gives the frequency of each."""
        ranked = sorted(english, key=lambda word: (-english[word], word))
        others = [w for w in ranked[FUNCTION_WORDS:] if w.isalpha() and len(w) > 2]
        chances = accumulate(english[word] ** 0.5 for word in others)
        return cls(frozenset(ranked[:FUNCTION_WORDS]), tuple(others), tuple(chances))

    def made_of(
        self, texts: Iterable[Words], avoided: Collection[Words], usual: Collection[str] = ()
    ) -> Iterator[Words]:
        """A frame of each text that has a word to replace, unless it is one of `avoided`.

        Half of them keep their `usual` words, and half of the others keep one other word.

        A text always becomes the frame that it became before: a knowledge base that changes a
        little changes few frames.
        """
        for text in texts:
            if SHORTEST <= len(text) <= LONGEST:
                frame = self._frame(text, usual)
                if frame not in avoided:
                    yield frame

    def _frame(self, text: Words, usual: Collection[str]) -> Words:
        seed = zlib.crc32(" ".join(text).encode())
        chance = random.Random(seed)  # noqa: S311 - there is no secret in it
        deciding = [at for at, word in enumerate(text) if self._decides(word)]
        kept = set()
        if chance.random() < KEPT:
            kept = {at for at in deciding if text[at] in usual}
        elif len(deciding) > 1 and chance.random() < KEPT:
            kept = {chance.choice(deciding)}
        found = list(text)
        for at in deciding:
            if at not in kept:
                found[at] = self.others[bisect(self.chances, chance.random() * self.chances[-1])]
        return tuple(found)

    def _decides(self, word: str) -> bool:
        return word.isalpha() and word not in self.common


@Once
def frames() -> Frames:
    """The frames of English."""
    return Frames.of(english())
