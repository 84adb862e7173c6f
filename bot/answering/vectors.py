"""Which features stand in which phrasings, as numbers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from bot.answering.concepts import Concepts

Ints = npt.NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Vectors:
    """The features of all phrasings of a knowledge base."""

    ids: Mapping[str, int]
    """A number for every feature."""
    features: Ints
    """With `phrasings` a row for each feature of each phrasing, sorted by both."""
    phrasings: Ints
    count: int
    """How many phrasings there are."""

    @classmethod
    def of(cls, phrasings: Iterable[Sequence[str]], concepts: Concepts) -> "Vectors":
        """From the stems of each phrasing."""
        found: dict[str, int] = {}
        said = [
            [found.setdefault(name, len(found)) for name in concepts.names(stems)]
            for stems in phrasings
        ]
        # In an order of their own, which sums of floats depend on; words before pairs.
        names = sorted(found, reverse=True)
        ranks = np.argsort([found[name] for name in names])
        features = ranks[np.fromiter(chain.from_iterable(said), np.int64)]
        owners = np.repeat(np.arange(len(said)), np.array([*map(len, said)], np.int64))
        rows = np.sort(features * len(said) + owners)
        once = rows[np.diff(rows, prepend=-1) > 0]
        ids = {name: i for i, name in enumerate(names)}
        return cls(ids, *np.divmod(once, max(1, len(said))), len(said))
