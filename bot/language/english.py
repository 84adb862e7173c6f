"""Common English words, with how often they occur."""

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib import resources

import numpy as np

from bot.language.words import one_spelling
from bot.once import Once

_COMMON = 300
"""Occurrences in the dictionary's corpus from which a word counts as English."""
NUMBER = 0.2
"""How much a word with digits counts against every entry."""
_LINE = re.compile(rb'\n"([^"]++)": (\d{4,}|[3-9]\d\d)')
"""A word that occurs at least _COMMON times."""
_SPELLED_TWICE = re.compile(rb"(?m)^.*(?:is|our|grey).*")
"""Words that `text.one_spelling` may change."""


class Words(Collection[str]):
    """Words in an array: a set or a dict takes five times the memory."""

    def __init__(self, words: Iterable[bytes]) -> None:
        self._words = np.array(sorted(words), np.bytes_)

    def find(self, word: object) -> int | None:
        """Where a word stands, by the alphabet; None for all that is not here."""
        key = word.encode() if isinstance(word, str) else b""
        if not 0 < len(key) <= self._words.itemsize:
            return None
        at = int(self._words.searchsorted(key))
        return at if at < len(self) and self._words[at] == key else None

    def __contains__(self, word: object) -> bool:
        return self.find(word) is not None

    def __iter__(self) -> Iterator[str]:
        return (word.decode() for word in self._words.tolist())

    def __len__(self) -> int:
        return len(self._words)


class Dictionary(Mapping[str, int]):
    """Words with how often they occur."""

    def __init__(self, counts: Mapping[bytes, int]) -> None:
        self._words = Words(counts)
        self._counts = np.array([counts[word] for word in sorted(counts)], np.int32)

    def __getitem__(self, word: str) -> int:
        at = self._words.find(word)
        if at is None:
            raise KeyError(word)
        return int(self._counts[at])

    def __contains__(self, word: object) -> bool:
        return word in self._words

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)

    def mass(self, word: str) -> float:
        """How much a word counts against every entry when no phrasing holds it."""
        if not word.isalpha():
            # An age, a year, a weight: people give them, and they decide nothing.
            return NUMBER
        return min(1.4, len(word) / 5) * self._rarity(word)

    def _rarity(self, word: str) -> float:
        """0.4 for the commonest English words, 1 for rare ones, which say more of the subject."""
        return max(0.4, 1 - 0.06 * math.log(self.get(word, _COMMON) / _COMMON))


@Once
def english() -> Dictionary:
    """Common English words with their corpus frequency, from pyspellchecker's dictionary.

    Also as `text.words` spells them: a "cruize" is a cruise, no typo of a bruise.
    """
    import gzip  # Here, since a vocabulary that was stored does not need it.

    file = resources.files("spellchecker") / "resources" / "en.json.gz"
    # As JSON it would be 160,000 objects, of which a fifth are needed.
    lines = _LINE.findall(gzip.decompress(file.read_bytes()))
    counts = {word: int(count) for word, count in lines}
    for word in _SPELLED_TWICE.findall(b"\n".join(counts)):
        counts.setdefault(one_spelling(word.decode()).encode(), counts[word])
    return Dictionary(counts)
