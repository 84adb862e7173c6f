"""The formulas of the matcher in plain Python, slow and one entry at a time, to compare with."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Entry = Sequence[frozenset[str]]
"""The features of each phrasing of an entry."""

PAIR, SATURATION = 0.25, 1.5
DICE, COSINE, COVERAGE = 0.3, 0.2, 0.5


@dataclass(frozen=True, slots=True)
class SlowMatcher:
    entries: Sequence[Entry]

    def rate(self, feature: str, entry: Entry) -> float:
        return sum(feature in phrasing for phrasing in entry) / len(entry)

    def weight(self, feature: str) -> float:
        """1 minus the normalised entropy of the feature over the entries."""
        rates = [self.rate(feature, entry) for entry in self.entries]
        shares = [rate / sum(rates) for rate in rates if rate]
        entropy = -sum(share * math.log(share) for share in shares)
        certainty = max(0.0, 1 - entropy / math.log(max(2, len(self.entries))))
        return certainty * (PAIR if feature.startswith("b ") else 1)

    def known(self) -> frozenset[str]:
        return frozenset(f for entry in self.entries for phrasing in entry for f in phrasing)

    def score(self, features: Mapping[str, float], unknown: float) -> list[float]:
        weights = {f: self.weight(f) for f in features if f in self.known()}
        soft = {f: features[f] * weight for f, weight in weights.items()}
        mass = sum(weights.values()) + unknown
        if not weights or mass <= 0:
            return [0.0] * len(self.entries)
        norm = math.sqrt(sum(w * w for w in weights.values()) + unknown * unknown)
        return [
            DICE * max(self.dice(phrasing, soft, mass) for phrasing in entry)
            + COSINE * self.cosine(entry, soft, norm)
            + COVERAGE * self.coverage(entry, soft, mass)
            for entry in self.entries
        ]

    def dice(self, phrasing: frozenset[str], soft: Mapping[str, float], mass: float) -> float:
        shared = sum(value for f, value in soft.items() if f in phrasing)
        return 2 * shared / (mass + sum(map(self.weight, phrasing)))

    def cosine(self, entry: Entry, soft: Mapping[str, float], norm: float) -> float:
        centroid = {f: self.weight(f) * self.rate(f, entry) for p in entry for f in p}
        length = math.sqrt(sum(value * value for value in centroid.values())) or 1.0
        return sum(value * centroid.get(f, 0.0) for f, value in soft.items()) / length / norm

    def coverage(self, entry: Entry, soft: Mapping[str, float], mass: float) -> float:
        mean = sum(map(self.often, self.entries)) / len(self.entries)
        room = SATURATION * (0.25 + 0.75 * self.often(entry) / mean)
        times = {f: 10 * self.rate(f, entry) for f in soft}
        return sum(value * times[f] / (times[f] + room) for f, value in soft.items()) / mass

    def often(self, entry: Entry) -> float:
        """The length of an entry in the sense of BM25."""
        return sum(10 * self.rate(f, entry) for f in frozenset[str]().union(*entry))
