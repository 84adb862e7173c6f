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
from bot.answering.vectors import Vectors
from bot.language.spelling import Heard
from bot.language.words import stems

Floats = npt.NDArray[np.floating]
Ints = npt.NDArray[np.integer]

PAIR = 0.25
"""Weight of a pair of words beside that of a word."""
DICE, COSINE, COVERAGE = 0.3, 0.2, 0.5
SATURATION = 1.5


@dataclass(frozen=True, slots=True)
class Postings:
    """For each feature the columns where it occurs."""

    starts: Ints
    """Where each feature's columns begin, and where the last one's end."""
    columns: Ints
    width: int

    @classmethod
    def of(cls, features: Ints, columns: Ints, height: int, width: int) -> "Postings":
        """From pairs that are sorted by feature."""
        return cls(np.searchsorted(features, np.arange(height + 1)), columns, width)

    def of_feature(self, feature: int) -> Ints:
        return self.columns[self.starts[feature] : self.starts[feature + 1]]

    def find(self, features: Ints) -> tuple[Ints, Ints]:
        """Places of all columns of some features, and how many there are of each feature."""
        starts = self.starts[features]
        counts = self.starts[features + 1] - starts
        ends = np.cumsum(counts)
        return np.arange(ends[-1]) + np.repeat(starts - ends + counts, counts), counts

    def sum(self, places: Ints, values: Floats) -> Floats:
        """Σ of a value for each place, by column."""
        return np.asarray(np.bincount(self.columns[places], values, self.width), np.float64)


@dataclass(frozen=True, slots=True)
class Matcher:
    """An index over the phrasings of entries."""

    concepts: Concepts
    ids: Mapping[str, int]
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
    def of(cls, vectors: Vectors, sizes: Sequence[int], concepts: Concepts) -> "Matcher":
        """Index phrasings; `sizes` says how many each entry has, one at least."""
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
        """Weight of the words that no phrasing accounts for, and of typos in part."""
        return sum(1 - h.trust if h.trust and self._knows(h.stem) else h.mass for h in heard)

    def _knows(self, stem: str) -> bool:
        return f"w {stem}" in self.ids or stem in self.concepts.stems

    def holds(self, feature: str, first: int, last: int) -> bool:
        """Whether an entry from `first` to before `last` has a phrasing with this feature."""
        if feature not in self.ids:
            return False
        entries = self.in_entries.of_feature(self.ids[feature])
        at = entries.searchsorted(first)
        return bool(at < len(entries) and entries[at] < last)

    def score(self, features: Mapping[str, float], unknown: float) -> Floats:
        """How well every entry fits, 0..1; `unknown` counts against all of them."""
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
        """Of the best phrasing of each entry."""
        places, counts = self.in_phrasings.find(found)
        shared = self.in_phrasings.sum(places, np.repeat(soft, counts))
        return np.maximum.reduceat(2 * shared / (mass + self.sizes), self.firsts)

    def _in_entries(self, found: Ints, soft: Floats, cosine: float, coverage: float) -> Floats:
        """Weighted sum of cosine and coverage."""
        places, counts = self.in_entries.find(found)
        values = cosine * self.centroids[places] + coverage * self.coverage[places]
        return self.in_entries.sum(places, np.repeat(soft, counts) * values)


def featurize(phrasing: str, concepts: Concepts) -> frozenset[str]:
    """The features of a phrasing, all fully trusted."""
    return frozenset(concepts.names(stems(phrasing)))


def _certainty(feature: Ints, rate: Floats, height: int, width: int) -> Floats:
    """1 minus the entropy of each feature over the entries, normalised to 0..1."""
    share = rate / np.bincount(feature, rate, height)[feature]
    entropy = -np.bincount(feature, share * np.log(share), height)
    return np.maximum(0.0, 1 - entropy / math.log(max(2, width))).astype(np.float32)


def _centroids(entry: Ints, values: Floats, width: int) -> Floats:
    """Weighted rates, each entry's of unit length."""
    norms = np.sqrt(np.bincount(entry, values * values, width))
    return values / np.where(norms > 0, norms, 1).astype(np.float32)[entry]


def _coverage(entry: Ints, rate: Floats, width: int) -> Floats:
    """Rates that saturate, as the term frequencies of BM25 do (Robertson & Walker 1994)."""
    often = 10 * rate
    length = np.bincount(entry, often, width)
    room = SATURATION * (0.25 + 0.75 * length / length.mean())
    return np.asarray(often / (often + room.astype(np.float32)[entry]))
