"""Soft-token matching: how well each entry of a knowledge base fits a question.

Words are compared, not whole strings: RapidFuzz maps a mistyped word to the vocabulary
(`spelling`), then each entry is scored by the weights of the features (`features`) that it shares
with the question. A feature weighs the more, the fewer entries use it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.answering.concepts import Concepts
from bot.answering.vectors import Numbered, Numbers
from bot.language.spelling import Heard
from bot.language.words import stems

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.integer]

PAIR = 0.25
"""Weight of a pair of words beside that of a word."""
DICE, COSINE, COVERAGE = 0.3, 0.2, 0.5
SATURATION = 1.5
PART = 1 << 18


@dataclass(frozen=True, slots=True)
class Postings:
    """For each feature the columns where it occurs."""

    starts: Ints
    columns: npt.NDArray[np.int32]
    width: int

    @classmethod
    def of(cls, features: Ints, columns: Ints, height: int, width: int) -> "Postings":
        """From pairs that are sorted by feature."""
        starts = np.searchsorted(features, np.arange(height + 1, dtype=features.dtype))
        return cls(starts.astype(np.int32), columns.astype(np.int32, copy=False), width)

    def find(self, features: Ints) -> tuple[Ints, Ints]:
        """Places of all columns of some features, and how many there are of each feature."""
        starts = self.starts[features]
        counts = self.starts[features + 1] - starts
        ends = np.cumsum(counts)
        return np.arange(ends[-1]) + np.repeat(starts - ends + counts, counts), counts

    def sum(self, places: Ints, values: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        """Σ of a value for each place, by column."""
        return np.asarray(np.bincount(self.columns[places], values, self.width), np.float64)


@dataclass(frozen=True, slots=True)
class Matcher:
    """An index over the phrasings of entries."""

    concepts: Concepts
    ids: Numbers
    weights: Floats
    """Of each feature, 0..1."""
    firsts: Ints
    """Column of each entry's first phrasing; an entry's phrasings stand side by side."""
    sizes: Floats
    """Weight of each phrasing."""
    in_phrasings: Postings
    in_entries: Postings
    centroids: Floats
    """Of each pair of feature and entry."""
    coverage: Floats
    """The same."""

    @classmethod
    def of(cls, numbered: Numbered, sizes: Sequence[int], concepts: Concepts) -> "Matcher":
        """Index phrasings; `sizes` says how many each entry has, one at least."""
        return _index(numbered, np.array(sizes, np.int32), concepts)

    def features(self, heard: Sequence[Heard]) -> dict[str, float]:
        return self.concepts.features([h.stem for h in heard], [h.trust for h in heard])

    def unknown(self, heard: Sequence[Heard]) -> float:
        """Weight of the words that no phrasing accounts for, and of typos in part."""
        return sum(self._unknown(h) for h in heard)

    def _unknown(self, heard: Heard) -> float:
        if heard.trust and (
            f"w {heard.stem}" in self.ids.singles or heard.stem in self.concepts.stems
        ):
            return 1 - heard.trust
        return heard.mass

    def holds(self, feature: str, first: int, last: int) -> bool:
        """Whether an entry from `first` to before `last` has a phrasing with this feature."""
        if (number := self.ids.find(feature)) is None:
            return False
        found = self.in_entries
        at, end = found.starts[number], found.starts[number + 1]
        at += found.columns[at:end].searchsorted(first)
        return bool(at < end and found.columns[at] < last)

    def score(self, features: Mapping[str, float], unknown: float) -> Floats:
        """How well every entry fits, 0..1; `unknown` counts against all of them."""
        numbers = {self.ids.find(f): trust for f, trust in features.items()}
        trusted = {i: trust for i, trust in numbers.items() if i is not None}
        found = np.fromiter(trusted, np.int64, len(trusted))
        weights = self.weights[found].astype(np.float64)
        mass = float(weights.sum()) + unknown
        if not trusted or mass <= 0:
            return np.zeros(len(self.firsts), np.float32)
        soft = weights * np.fromiter(trusted.values(), np.float64, len(trusted))
        norm = math.sqrt(float(weights @ weights) + unknown * unknown)
        entries = self._in_entries(found, soft, COSINE / norm, COVERAGE / mass)
        scores = DICE * self._dice(found, soft, mass) + entries
        return np.asarray(scores, np.float32)

    def _dice(self, found: Ints, soft: npt.NDArray[np.float64], mass: float) -> Floats:
        """Of the best phrasing of each entry."""
        places, counts = self.in_phrasings.find(found)
        shared = self.in_phrasings.sum(places, np.repeat(soft, counts))
        return np.maximum.reduceat(2 * shared / (mass + self.sizes), self.firsts)

    def _in_entries(
        self, found: Ints, soft: npt.NDArray[np.float64], cosine: float, coverage: float
    ) -> npt.NDArray[np.float64]:
        """Weighted sum of cosine and coverage."""
        places, counts = self.in_entries.find(found)
        values = cosine * self.centroids[places] + coverage * self.coverage[places]
        return self.in_entries.sum(places, np.repeat(soft, counts) * values)


def featurize(phrasing: str, concepts: Concepts) -> frozenset[str]:
    """The features of a phrasing, all fully trusted."""
    return frozenset(concepts.features(stems(phrasing)))


def _index(numbered: Numbered, sizes: Ints, concepts: Concepts) -> Matcher:
    ids, feature, phrasing = numbered.ids, numbered.features, numbered.phrasings
    entries = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    counted = _Counts.of(feature, entries[phrasing], sizes)
    weights = counted.certainty(len(ids)).astype(np.float32)
    weights[len(ids.singles) :] *= PAIR
    return Matcher(
        concepts=concepts,
        ids=ids,
        weights=weights,
        firsts=np.cumsum(sizes) - sizes,
        sizes=_sums(phrasing, weights[feature], numbered.count).astype(np.float32),
        in_phrasings=Postings.of(feature, phrasing, len(ids), numbered.count),
        in_entries=Postings.of(counted.feature, counted.entry, len(ids), len(sizes)),
        centroids=counted.centroids(weights),
        coverage=counted.coverage(),
    )


@dataclass(frozen=True, slots=True)
class _Counts:
    """How many phrasings of an entry hold a feature: a row for each pair that occurs."""

    feature: Ints
    entry: Ints
    rate: Floats
    """Share of the entry's phrasings, 0..1."""
    entries: int

    @classmethod
    def of(cls, feature: Ints, entry: Ints, sizes: Ints) -> "_Counts":
        """From pairs that are sorted by feature, then by entry."""
        changes = (feature[1:] != feature[:-1]) | (entry[1:] != entry[:-1])
        first = np.append(0, np.flatnonzero(changes) + 1).astype(np.int32)
        entries = entry[first]
        counts = np.diff(first, append=np.int32(len(feature)))
        rate = (counts / sizes[entries]).astype(np.float32)
        return cls(feature[first], entries, rate, len(sizes))

    def certainty(self, height: int) -> npt.NDArray[np.float64]:
        """1 minus the entropy of each feature over the entries, normalised to 0..1."""
        share = self.rate / _sums(self.feature, self.rate, height)[self.feature]
        entropy = -_sums(self.feature, share * np.log(share), height)
        return np.maximum(0.0, 1 - entropy / math.log(max(2, self.entries)))

    def centroids(self, weights: Floats) -> Floats:
        """Weighted rates, each entry's of unit length."""
        values = weights[self.feature] * self.rate
        norms = np.sqrt(_sums(self.entry, values * values, self.entries))
        norms = np.where(norms > 0, norms, 1).astype(np.float32)
        return np.asarray(values / norms[self.entry])

    def coverage(self) -> Floats:
        """Rates that saturate, as the term frequencies of BM25 do (Robertson & Walker 1994)."""
        often = 10 * self.rate
        length = _sums(self.entry, often, self.entries)
        room = (SATURATION * (0.25 + 0.75 * length / length.mean())).astype(np.float32)
        return np.asarray(often / (often + room[self.entry]))


def _sums(places: Ints, values: npt.NDArray[np.floating], height: int) -> npt.NDArray[np.float64]:
    """As np.bincount, which copies all that it gets in 64 bits, but part by part."""
    total = np.zeros(height)
    for at in range(0, len(places), PART):
        total += np.bincount(places[at : at + PART], values[at : at + PART], height)
    return total
