"""The matcher scores how well each entry of a knowledge base fits a question.

It compares words, not whole strings ("soft-token matching"). RapidFuzz maps a mistyped word to a
known one (`spelling`). An entry's score comes from the weights of the features that it shares with
the question. A feature weighs more if fewer entries use it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.language.spelling import Heard
from bot.language.words import stems
from bot.matching.concepts import Concepts
from bot.matching.vectors import Vectors

Floats = npt.NDArray[np.floating]
Ints = npt.NDArray[np.integer]

PAIR = 0.25
"""Weight of a pair of words; a single word weighs 1."""
DICE, COSINE, COVERAGE = 0.3, 0.2, 0.5
SATURATION = 1.5


@dataclass(frozen=True, slots=True)
class Postings:
    """Lists, for each feature, the columns where the feature occurs."""

    starts: Ints
    """Place in `columns` where each feature begins; then the place where the last one ends."""
    columns: Ints
    width: int

    @classmethod
    def of(cls, features: Ints, columns: Ints, height: int, width: int) -> "Postings":
        """Index pairs of a feature and a column, which are sorted by feature."""
        return cls(np.searchsorted(features, np.arange(height + 1)), columns, width)

    def of_feature(self, feature: int) -> Ints:
        return self.columns[self.starts[feature] : self.starts[feature + 1]]

    def find(self, features: Ints) -> tuple[Ints, Ints]:
        """Places of all columns of some features, and the number of columns of each feature."""
        starts = self.starts[features]
        counts = self.starts[features + 1] - starts
        ends = np.cumsum(counts)
        return np.arange(ends[-1]) + np.repeat(starts - ends + counts, counts), counts

    def sum(self, places: Ints, values: Floats) -> Floats:
        """Add up, for each column, the values of its places."""
        return np.asarray(np.bincount(self.columns[places], values, self.width), np.float64)


@dataclass(frozen=True, slots=True)
class Matcher:
    """An index of the phrasings of entries."""

    concepts: Concepts
    ids: Mapping[str, int]
    weights: Floats
    """Weight of each feature, 0..1."""
    firsts: Ints
    """Column of each entry's first phrasing; an entry's phrasings stand side by side."""
    sizes: Floats
    """Weight of each phrasing: the sum of its features' weights."""
    in_phrasings: Postings
    in_entries: Postings
    centroids: Floats
    """Part in the cosine, for each pair of a feature and an entry."""
    coverage: Floats
    """Part in the coverage, for each pair of a feature and an entry."""

    @classmethod
    def of(cls, vectors: Vectors, sizes: Sequence[int], concepts: Concepts) -> "Matcher":
        """Index phrasings; `sizes` holds the number of phrasings of each entry, at least 1."""
        height, width = len(vectors.ids), len(sizes)
        entries = np.repeat(np.arange(width), sizes)[vectors.phrasings]
        pairs = vectors.features * width + entries
        firsts = np.flatnonzero(np.diff(pairs, prepend=-1))
        feature, entry = np.divmod(pairs[firsts], width)
        counts = np.diff(firsts, append=len(pairs))
        # Share of the entry's phrasings that hold the feature.
        rate = (counts / np.take(sizes, entry)).astype(np.float32)
        weights = _certainty(feature, rate, height, width)
        weights[[name.startswith("b ") for name in vectors.ids]] *= PAIR
        lengths = np.bincount(vectors.phrasings, weights[vectors.features], vectors.count)
        return cls(
            concepts=concepts,
            ids=vectors.ids,
            weights=weights,
            firsts=np.cumsum(sizes, dtype=np.int64) - sizes,
            sizes=lengths.astype(np.float32),
            in_phrasings=Postings.of(vectors.features, vectors.phrasings, height, vectors.count),
            in_entries=Postings.of(feature, entry, height, width),
            centroids=_centroids(entry, weights[feature] * rate, width),
            coverage=_coverage(entry, rate, width),
        )

    def features(self, heard: Sequence[Heard]) -> dict[str, float]:
        return self.concepts.features([h.stem for h in heard], [h.trust for h in heard])

    def unknown(self, heard: Sequence[Heard]) -> float:
        """Weight of the words that no phrasing holds, and a part of the weight of typos."""
        return sum(1 - h.trust if h.trust and self._knows(h.stem) else h.mass for h in heard)

    def _knows(self, stem: str) -> bool:
        return f"w {stem}" in self.ids or stem in self.concepts.stems

    def holds(self, feature: str, first: int, last: int) -> bool:
        """True where an entry from `first` up to before `last` has a phrasing with this feature."""
        if feature not in self.ids:
            return False
        entries = self.in_entries.of_feature(self.ids[feature])
        at = entries.searchsorted(first)
        return bool(at < len(entries) and entries[at] < last)

    def weight(self, feature: str) -> float:
        """Weight of a feature that a phrasing holds, 0..1."""
        return float(self.weights[self.ids[feature]])

    def score(self, features: Mapping[str, float], unknown: float) -> Floats:
        """Score every entry, 0..1: 1 fits best. `unknown` counts against all of them."""
        trusted = {self.ids[f]: trust for f, trust in features.items() if f in self.ids}
        found = np.array(list(trusted), np.int64)
        weights = self.weights[found].astype(np.float64)
        mass = float(weights.sum()) + unknown
        if not trusted or mass <= 0:
            return np.zeros(len(self.firsts), np.float32)
        soft = weights * list(trusted.values())
        norm = math.sqrt(float(weights @ weights) + unknown * unknown)
        entries = self._in_entries(found, soft, COSINE / norm, COVERAGE / mass)
        return (DICE * self._dice(found, soft, mass) + entries).astype(np.float32)

    def _dice(self, found: Ints, soft: Floats, mass: float) -> Floats:
        """The Dice coefficient of the best phrasing of each entry."""
        places, counts = self.in_phrasings.find(found)
        shared = self.in_phrasings.sum(places, np.repeat(soft, counts))
        return np.maximum.reduceat(2 * shared / (mass + self.sizes), self.firsts)

    def _in_entries(self, found: Ints, soft: Floats, cosine: float, coverage: float) -> Floats:
        """The weighted sum of cosine and coverage for each entry."""
        places, counts = self.in_entries.find(found)
        values = cosine * self.centroids[places] + coverage * self.coverage[places]
        return self.in_entries.sum(places, np.repeat(soft, counts) * values)


def featurize(phrasing: str, concepts: Concepts) -> frozenset[str]:
    """The features of a phrasing, all of them fully trusted."""
    return frozenset(concepts.names(stems(phrasing)))


def _certainty(feature: Ints, rate: Floats, height: int, width: int) -> Floats:
    """Certainty of each feature, 0..1: 1 minus its normalised entropy over the entries."""
    share = rate / np.bincount(feature, rate, height)[feature]
    entropy = -np.bincount(feature, share * np.log(share), height)
    return np.maximum(0.0, 1 - entropy / math.log(max(2, width))).astype(np.float32)


def _centroids(entry: Ints, values: Floats, width: int) -> Floats:
    """Scale the weighted rates of each entry to length 1."""
    norms = np.sqrt(np.bincount(entry, values * values, width))
    return values / np.where(norms > 0, norms, 1).astype(np.float32)[entry]


def _coverage(entry: Ints, rate: Floats, width: int) -> Floats:
    """Let rates saturate, as the term frequencies of BM25 do (Robertson & Walker 1994)."""
    often = 10 * rate
    length = np.bincount(entry, often, width)
    room = SATURATION * (0.25 + 0.75 * length / length.mean())
    return np.asarray(often / (often + room.astype(np.float32)[entry]))
