"""Typed words are mapped to words of the knowledge base, even with typos or joined words."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from bot.language.disguises import revealed
from bot.language.english import english, mass
from bot.language.names import Names
from bot.language.shapes import CUTOFF, Shapes
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
_MEMORY = 20_000
MOST_MENDED = 60
"""Unknown words of one message that are mended: the first ones. Each is compared with all words."""


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
class Vocabulary:
    """The words of a knowledge base."""

    words: dict[str, int]
    """Word → the number of times that it occurs in the knowledge base."""
    stems: frozenset[str]
    frequent: tuple[str, ...]
    """Words of four letters and more that occur very often in the knowledge base."""
    shapes: Shapes
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
        return Hearing(self).read(text)

    def hear(self, words: tuple[str, ...]) -> tuple[Heard, ...]:
        """Read the words of a question; words are joined or split where people mistyped a space."""
        return Hearing(self).hear(words)

    def knows(self, word: str) -> bool:
        """True where the knowledge base holds the word or another form of it."""
        if word in self.words:
            return True
        # The stem first: it is at hand, and hardly any word gets past it.
        return stem(word) in self.stems and (word in self._english or word in self.names)

    def is_written_so(self, word: str) -> bool:
        """True for a word that is read as it is, or by the few words that occur often."""
        return word in self.words or word in self._english

    def unknown(self, word: str) -> Heard:
        """The word as one that stands for nothing else."""
        return self._heard(word, word, 0.0)

    def rejoin(self, words: tuple[str, ...]) -> Iterator[str]:
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

    def recall(self, word: str) -> tuple[Heard, ...]:
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
            return (self.unknown(word),)
        if word in self._english:
            return (self._slip(word) or self.unknown(word),)
        if self.names.name(word):
            return (self.unknown(word),)
        mended = self.unknown(word) if self.names.is_rare(word) else self._mend(word)
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
        like, near = JaroWinkler.normalized_similarity, self.shapes.near(word)
        found = process.extract(word, near, scorer=like, score_cutoff=CUTOFF, limit=MOST_NEAR)
        hits = [hit for hit in found if OSA.distance(word, hit[0]) <= 1 + (len(word) >= LONG)]
        if not hits:
            return self.unknown(word)
        best, likeness, _ = max(hits, key=lambda hit: self._plausibility(word, hit[0], hit[1]))
        return self._heard(word, best, likeness**3)

    def _plausibility(self, typed: str, meant: str, likeness: float) -> float:
        edits = OSA.distance(typed, meant) - 0.5 * _slips(typed, meant)
        return likeness - EDIT * edits + FREQ * math.log(self.words[meant])

    def _heard(self, word: str, meant: str, trust: float) -> Heard:
        return Heard(word, meant, stem(meant), trust, mass(word, self._english))


@dataclass(frozen=True, slots=True)
class Hearing:
    """Reads the parts of one message, of which no more than `MOST_MENDED` words are mended.

    The words behind them are taken as they stand, so that nonsense costs little. A later part may
    repeat words of an earlier one.
    """

    vocabulary: Vocabulary
    _mended: set[str] = field(default_factory=set)

    def read(self, text: str) -> tuple[Heard, ...]:
        """Read a text, with words that somebody made hard to read put back."""
        known = self.vocabulary
        return self.hear(words_of(revealed(fold(text), known.words, known.shapes.initials)))

    def hear(self, words: tuple[str, ...]) -> tuple[Heard, ...]:
        """Read words; they are joined or split where people mistyped a space."""
        return tuple(heard for word in self.vocabulary.rejoin(words) for heard in self._word(word))

    def _word(self, word: str) -> tuple[Heard, ...]:
        if not self.vocabulary.is_written_so(word) and word not in self._mended:
            if len(self._mended) >= MOST_MENDED:
                return (self.vocabulary.unknown(word),)
            self._mended.add(word)
        return self.vocabulary.recall(word)


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
