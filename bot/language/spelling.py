"""Typed words are mapped to words of the knowledge base, even with typos or joined words."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from bot.language.disguises import revealed
from bot.language.english import english, mass
from bot.language.names import Names
from bot.language.words import fold, stem, words_of

EDIT = 0.15
FREQ = 0.03
MOST_NEAR = 60
"""Words that are compared when one is mistyped: the most similar ones, this many at most."""
FREQUENT = 50
"""A word must occur at least this often before a slip of the thumb is read as that word."""
LONG = 6
"""Letters of a word from which two of them may be wrong; in a shorter one, only one."""
SURE = 0.85
"""Trust in a mended word from which it is not split into two joined words."""
_CUTOFF = 0.84
_JARO = 1 - (1 - _CUTOFF) / 0.6 - 1e-5
"""Jaro cut-off. Winkler's bonus for a common beginning adds up to 2/5 of what is missing to 1."""
_MEMORY = 20_000


@dataclass(frozen=True, slots=True)
class Heard:
    """One word of a question, as the knowledge base understands it."""

    word: str
    meant: str
    """The known word that it stands for; the word itself where none fits."""
    stem: str
    """Stem of `meant`."""
    trust: float
    """1 for a known word, Jaro-Winkler similarity cubed for a mended typo, 0 for all others."""
    mass: float
    """Weight with which the word counts against every entry when no phrasing holds it."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """The letters of known words. Most words that a typed word cannot mean are skipped by them."""

    words: tuple[str, ...]
    lengths: npt.NDArray[np.int64]
    letters: npt.NDArray[np.uint32]
    """The letters of each word, one bit for each letter."""

    @classmethod
    def of(cls, words: Iterable[str]) -> "Shapes":
        words = tuple(words)
        lengths, letters = map(len, words), map(_letters, words)
        return cls(words, np.array([*lengths], np.int64), np.array([*letters], np.uint32))

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


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a knowledge base."""

    words: dict[str, int]
    """Word → the number of times that it occurs in the knowledge base."""
    stems: frozenset[str]
    frequent: tuple[str, ...]
    """Words of four letters and more that occur very often in the knowledge base."""
    _shapes: Shapes
    names: Names
    _english: Mapping[str, int]
    """A copy, so that a stored vocabulary does not need the dictionary to be unpacked."""
    _memory: dict[str, tuple[Heard, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Iterable[Iterable[str]], places: Iterable[str] = ()) -> "Vocabulary":
        """Count the words of texts, each split into words; a name of a place is no typo."""
        counts = dict(Counter(chain.from_iterable(texts)))
        often = max(FREQUENT, sum(counts.values()) // 700)
        frequent = tuple(word for word, n in counts.items() if n >= often and len(word) > 3)
        stems = frozenset(map(stem, counts))
        names = Names.of(places)
        return cls(counts, stems, frequent, Shapes.of(counts), names, english())

    def read(self, text: str) -> tuple[Heard, ...]:
        """Read a text, with words that somebody made hard to read put back."""
        return self.hear(words_of(revealed(fold(text), self.words)))

    def hear(self, words: tuple[str, ...]) -> tuple[Heard, ...]:
        """Read the words of a question; words are joined or split where people mistyped a space."""
        return tuple(heard for word in self._rejoin(words) for heard in self._recall(word))

    def knows(self, word: str) -> bool:
        """True where the knowledge base holds the word or another form of it."""
        if word in self.words:
            return True
        return (word in self._english or word in self.names) and stem(word) in self.stems

    def _rejoin(self, words: tuple[str, ...]) -> Iterator[str]:
        rest = list(words)
        while rest:
            first = rest.pop(0)
            joined = first + rest[0] if rest else ""
            parted = len(joined) > 5 and joined in self.words
            if parted and not all(w in self.words or w in self._english for w in (first, rest[0])):
                rest.pop(0)
                yield joined
            else:
                yield first

    def _recall(self, word: str) -> tuple[Heard, ...]:
        known = self._memory.get(word)
        if known is None:
            if len(self._memory) >= _MEMORY:
                self._memory.clear()
            known = self._memory[word] = self._guess(word)
        return known

    def _guess(self, word: str) -> tuple[Heard, ...]:
        if self.knows(word):
            return (self._heard(word, word, 1.0),)
        if len(word) < 3 or not word.isalpha():
            return (self._heard(word, word, 0.0),)
        if word in self._english:
            return (self._slip(word) or self._heard(word, word, 0.0),)
        if self.names.name(word):
            return (self._heard(word, word, 0.0),)
        mended = self._heard(word, word, 0.0) if word in self.names else self._mend(word)
        parts = self._split(word) if mended.trust < SURE else None
        return tuple(self._heard(part, part, 1.0) for part in parts) if parts else (mended,)

    def _slip(self, word: str) -> Heard | None:
        """The frequent word that a slip of the thumb has turned into this English word, if any.

        A word with another first letter, or with letters added at the end, is no slip.
        """
        near = [
            often
            for often in self.frequent
            if often[0] == word[0] and not word.startswith(often) and OSA.distance(word, often) == 1
            if len(word) != len(often) or sorted(word) == sorted(often) or _slips(word, often)
        ]
        best = max(near, key=lambda often: self.words[often], default=None)
        return self._heard(word, best, JaroWinkler.similarity(word, best) ** 3) if best else None

    def _split(self, word: str) -> tuple[str, str] | None:
        """Split a joined word into the likeliest pair of known words."""
        pairs = [
            (word[:i], word[i:])
            for i in range(2, len(word) - 2)
            if word[:i] in self.words and word[i:] in self.words and max(i, len(word) - i) > 3
        ]
        return max(pairs, key=lambda p: min(self.words[p[0]], self.words[p[1]]), default=None)

    def _mend(self, word: str) -> Heard:
        like, near = JaroWinkler.normalized_similarity, self._shapes.near(word)
        found = process.extract(word, near, scorer=like, score_cutoff=_CUTOFF, limit=MOST_NEAR)
        hits = [hit for hit in found if OSA.distance(word, hit[0]) <= 1 + (len(word) >= LONG)]
        if not hits:
            return self._heard(word, word, 0.0)
        best, likeness, _ = max(hits, key=lambda hit: self._plausibility(word, hit[0], hit[1]))
        return self._heard(word, best, likeness**3)

    def _plausibility(self, typed: str, meant: str, likeness: float) -> float:
        edits = OSA.distance(typed, meant) - 0.5 * _slips(typed, meant)
        return likeness - EDIT * edits + FREQ * math.log(self.words[meant])

    def _heard(self, word: str, meant: str, trust: float) -> Heard:
        return Heard(word, meant, stem(meant), trust, mass(word, self._english))


_NEIGHBOURS = {
    "q": "wa", "w": "qeas", "e": "wrsd", "r": "etdf", "t": "ryfg", "y": "tugh", "u": "yihj",
    "i": "uojk", "o": "ipkl", "p": "ol", "a": "qwsz", "s": "awedzx", "d": "serfxc",
    "f": "drtgcv", "g": "ftyhvb", "h": "gyujbn", "j": "huiknm", "k": "jiolm", "l": "kop",
    "z": "asx", "x": "zsdc", "c": "xdfv", "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
}  # fmt: skip


def _slips(typed: str, meant: str) -> int:
    """Count the letters that a thumb missed by one key; 0 if the words differ in length."""
    if len(typed) != len(meant):
        return 0
    return sum(a in _NEIGHBOURS.get(b, "") for a, b in zip(typed, meant, strict=True))
