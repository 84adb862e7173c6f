"""Phrasings as numbers: the features that stand in each of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from bot.matching.concepts import Concepts

Ints = npt.NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Vectors:
    """The features of all phrasings of a knowledge base."""

    ids: Mapping[str, int]
    """A number for every feature."""
    features: Ints
    """Numbers of features. Item i of this and of `phrasings` make a pair; the pairs are sorted."""
    phrasings: Ints
    """Numbers of the phrasings that hold these features."""
    count: int
    """The number of phrasings."""

    @classmethod
    def of(cls, phrasings: Iterable[Sequence[str]], concepts: Concepts) -> "Vectors":
        """Read the stems of each phrasing."""
        found: dict[str, int] = {}
        said = [
            [found.setdefault(name, len(found)) for name in concepts.names(stems)]
            for stems in phrasings
        ]
        # Sorted, since sums of floats depend on the order; words come before pairs.
        names = sorted(found, reverse=True)
        ranks = np.argsort([found[name] for name in names])
        features = ranks[np.fromiter(chain.from_iterable(said), np.int64)]
        owners = np.repeat(np.arange(len(said)), np.array([*map(len, said)], np.int64))
        rows = np.sort(features * len(said) + owners)
        once = rows[np.diff(rows, prepend=-1) > 0]
        ids = {name: i for i, name in enumerate(names)}
        return cls(ids, *np.divmod(once, max(1, len(said))), len(said))
