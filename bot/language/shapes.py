"""The letters of known words, by which most words that a typed one cannot mean are skipped."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

CUTOFF = 0.84
"""Jaro-Winkler similarity from which a word may be meant."""
_JARO = 1 - (1 - CUTOFF) / 0.6 - 1e-5
"""Jaro cut-off. Winkler's bonus for a common beginning adds up to 2/5 of what is missing to 1."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """The letters of known words. Most words that a typed word cannot mean are skipped by them."""

    words: tuple[str, ...]
    lengths: npt.NDArray[np.int64]
    letters: npt.NDArray[np.uint32]
    """The letters of each word, one bit for each letter."""
    initials: Mapping[str, tuple[str, ...]]
    """First letter → the words that begin with it."""

    @classmethod
    def of(cls, words: Iterable[str]) -> "Shapes":
        words = tuple(words)
        lengths, letters = map(len, words), map(_letters, words)
        bits = np.array([*letters], np.uint32)
        return cls(words, np.array([*lengths], np.int64), bits, _initials(words))

    def near(self, word: str) -> list[str]:
        """Every word that could reach the cut-off if all common letters stood in one order."""
        own = np.uint32(_letters(word))
        kept = len(word) - np.bitwise_count(own & ~self.letters)
        common = np.minimum(kept, self.lengths - np.bitwise_count(self.letters & ~own))
        jaro = (common / len(word) + common / self.lengths + 1) / 3
        return [self.words[i] for i in np.flatnonzero(jaro >= _JARO).tolist()]


def _letters(word: str) -> int:
    """Letters as bits. Letters of other alphabets may share a bit, which does no harm."""
    return sum(1 << bit for bit in {ord(letter) % 32 for letter in word})


def _initials(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in words:
        found[word[0]].append(word)
    return {first: tuple(group) for first, group in found.items()}
