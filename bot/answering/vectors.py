"""The features of thousands of phrasings as numbers, which take a tenth of the memory of texts."""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, islice

import numpy as np
import numpy.typing as npt

from bot.answering.concepts import EDGE, Concepts

Ints = npt.NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Numbers(Mapping[str, int]):
    """A number for every feature: words (and phrases) first, then concepts, then pairs of words."""

    singles: Mapping[str, int]
    """Of words and concepts."""
    words: int
    """How many words there are; also what stands for EDGE in a pair."""
    pairs: "array[int]"
    """Left word times (words + 1) plus right word, in order."""

    def find(self, feature: str) -> int | None:
        """The number of a feature; None when no phrasing has it."""
        if not feature.startswith("b "):
            return self.singles.get(feature)
        _, *parts = feature.split(" ")
        # Nearly always there are two parts; phrases have spaces in them.
        for at in range(1, len(parts)):
            left, right = self._word(parts[:at]), self._word(parts[at:])
            if left is not None and right is not None:
                code = left * (self.words + 1) + right
                place = bisect_left(self.pairs, code)
                if place < len(self.pairs) and self.pairs[place] == code:
                    return len(self.singles) + place
        return None

    def _word(self, parts: Sequence[str]) -> int | None:
        name = parts[0] if len(parts) == 1 else " ".join(parts)
        return self.words if name == EDGE else self.singles.get(f"w {name}")

    def __getitem__(self, feature: str) -> int:
        number = self.find(feature)
        if number is None:
            raise KeyError(feature)
        return number

    def __iter__(self) -> Iterator[str]:
        yield from self.singles
        words = islice(self.singles, self.words)
        names = [*(word.removeprefix("w ") for word in words), EDGE]
        for code in self.pairs:
            left, right = divmod(code, self.words + 1)
            yield f"b {names[left]} {names[right]}"

    def __len__(self) -> int:
        return len(self.singles) + len(self.pairs)


@dataclass(frozen=True, slots=True)
class Numbered:
    """Which features stand in which phrasings."""

    ids: Numbers
    features: Ints
    """With `phrasings` a row for each feature of each phrasing, sorted by both."""
    phrasings: Ints
    count: int
    """How many phrasings there are."""

    @classmethod
    def of(cls, phrasings: Iterable[Sequence[str]], concepts: Concepts) -> "Numbered":
        """From the stems of each phrasing; the same features as `Concepts.features`."""
        reader = _Reader(concepts)
        for said in phrasings:
            reader.read(said)
        return reader.numbered()


@dataclass(slots=True)
class _Reader:
    concepts: Concepts
    words: defaultdict[str, int] = field(default_factory=lambda: defaultdict(count().__next__))
    members: defaultdict[str, int] = field(default_factory=lambda: defaultdict(count().__next__))
    said: "array[int]" = field(default_factory=lambda: array("i"))
    """The words of all phrasings, one after the other, and -1 before each phrasing."""
    meant: "array[int]" = field(default_factory=lambda: array("i"))
    """Concepts, and in `meant_in` the phrasings that mean them."""
    meant_in: "array[int]" = field(default_factory=lambda: array("i"))
    count: int = 0

    def read(self, said: Sequence[str]) -> None:
        # Thousands of times at every load, hence no `Concepts.pieces` for words in no phrase.
        self.said.append(-1)
        at = 0
        while at < len(said):
            name = said[at]
            at += 1
            if name in self.concepts.phrases:
                phrase, members = self.concepts.piece(said, at - 1)
                name = " ".join(phrase)
                at += len(phrase) - 1
                for member in members:
                    self.meant.append(self.members[member])
                    self.meant_in.append(self.count)
            self.said.append(self.words[name])
        self.count += 1

    def numbered(self) -> Numbered:
        words, singles = len(self.words), len(self.words) + len(self.members)
        # One number for feature and phrasing: one sort orders them and shows what occurs twice.
        rows = np.concatenate([*self._rows_of_words(), self._rows_of_concepts()])
        rows.sort()
        rows = rows[_begins(rows)]
        phrasings = (rows % max(1, self.count)).astype(np.int32)
        rows //= max(1, self.count)
        first = _begins(rows)
        names = {f"w {name}": i for name, i in self.words.items()}
        names |= {f"c {name}": words + i for name, i in self.members.items()}
        pairs = array("q", (rows[first][singles:] - singles).tobytes())
        features = np.cumsum(first, dtype=np.int32) - 1
        return Numbered(Numbers(names, words, pairs), features, phrasings, self.count)

    def _rows_of_words(self) -> tuple[Ints, Ints]:
        """Of single words, and of pairs; in place, since there may be millions."""
        words = len(self.words)
        said = np.append(np.array(self.said, np.int32), np.int32(-1))
        edge = said < 0
        phrasing = np.cumsum(edge, dtype=np.int32) - 1
        singles = said[~edge].astype(np.int64)
        singles *= self.count
        singles += phrasing[~edge]
        said[edge] = words
        pairs = said[:-1].astype(np.int64)
        pairs *= words + 1
        pairs += said[1:]
        pairs += words + len(self.members)
        pairs *= self.count
        pairs += phrasing[:-1]
        return singles, pairs

    def _rows_of_concepts(self) -> Ints:
        concepts = np.array(self.meant, np.int64) + len(self.words)
        return concepts * self.count + np.array(self.meant_in, np.int64)


def _begins(numbers: Ints) -> npt.NDArray[np.bool_]:
    """Where another number begins in sorted ones."""
    return np.append(True, numbers[1:] != numbers[:-1])[: len(numbers)]
