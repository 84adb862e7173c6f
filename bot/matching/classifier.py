"""The classifier guesses the kind of a question: its topic, limit or small talk.

It is a multinomial logistic regression over the matcher's features, trained on the phrasings at
every load. The matcher's scores say which entry is nearest. The classifier says if words like
"why", "how long" or "cream" make it another question. The optimiser is Adagrad (Duchi et al. 2011)
in small batches.
"""

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import compress

import numpy as np
import numpy.typing as npt

from bot.matching.vectors import Vectors

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.integer]

EPOCHS = 2
BATCH = 256
RATE = 1.2
DECAY = 0.05
PAIR = 0.5
"""Weight of a pair of words beside that of a word."""


@dataclass(frozen=True, slots=True)
class Classifier:
    """A weight for each feature and class."""

    rows: Mapping[str, int]
    """Feature → its row in `weights`."""
    weights: npt.NDArray[np.float16]
    """Features x classes. Half precision tells classes apart as well, in half the memory."""

    @classmethod
    def train(cls, vectors: Vectors, classes: Ints) -> "Classifier":
        """Learn from the features and the class of each phrasing; classes count from 0."""
        # A feature that occurs only once teaches nothing.
        kept = np.bincount(vectors.features) > 1
        rows = {name: row for row, name in enumerate(compress(vectors.ids, kept))}
        scale = np.array([*map(importance, rows)], np.float32)
        weights = np.zeros((len(rows), int(classes.max()) + 1), np.float32)
        squares = np.full_like(weights, 1e-2)
        for batch in _Rows.of(vectors, kept, scale, classes).batches():
            batch.improve(weights, squares, len(classes))
        weights *= scale[:, None]
        return cls(rows, weights.astype(np.float16))

    def logits(self, features: Mapping[str, float], unknown: float) -> Floats:
        """Log odds of each class, up to a constant.

        `features` gives the trust in each feature (0..1). `unknown` is the weight of the words that
        no phrasing holds. They make every class less certain.
        """
        found = {self.rows[f]: s for f, s in features.items() if f in self.rows}
        if not found:
            return np.zeros(self.weights.shape[1], np.float32)
        trust = np.array(list(found.values()), np.float32)
        length = sum((s * importance(f)) ** 2 for f, s in features.items()) + unknown**2
        return np.asarray(
            trust @ self.weights[list(found)].astype(np.float32) / np.sqrt(length), np.float32
        )


def importance(feature: str) -> float:
    """A pair of words counts half: pairs are many, and they repeat what their words say."""
    return PAIR if feature.startswith("b ") else 1.0


@dataclass(frozen=True, slots=True)
class _Rows:
    """Sparse rows of unit length, one after the other, and the class of each row."""

    starts: Ints
    """Where each row begins, and where the last one ends."""
    columns: Ints
    values: Floats
    classes: Ints

    @classmethod
    def of(
        cls, vectors: Vectors, kept: npt.NDArray[np.bool_], scale: Floats, classes: Ints
    ) -> "_Rows":
        """A row for each phrasing, with a column for each feature that is kept."""
        known = kept[vectors.features]
        order = np.argsort(vectors.phrasings[known], kind="stable")
        rows = vectors.phrasings[known][order]
        columns = (np.cumsum(kept) - 1)[vectors.features[known][order]]
        norms = np.sqrt(np.bincount(rows, scale[columns] ** 2, len(classes)))
        return cls(
            starts=np.searchsorted(rows, np.arange(len(classes) + 1)),
            # In as few bits as possible: they are sorted for each batch.
            columns=columns.astype(np.min_scalar_type(len(scale))),
            values=(scale[columns] / norms[rows]).astype(np.float32),
            classes=classes,
        )

    def batches(self) -> Iterator["_Rows"]:
        """Cut all rows into batches, in another order for each epoch."""
        filled = np.flatnonzero(np.diff(self.starts)).tolist()
        return map(self._pick, shuffled(filled, BATCH, EPOCHS))

    def _pick(self, rows: Ints) -> "_Rows":
        lengths = self.starts[rows + 1] - self.starts[rows]
        ends = np.cumsum(lengths)
        places = np.arange(ends[-1]) + np.repeat(self.starts[rows] - ends + lengths, lengths)
        starts = np.concatenate([[0], ends])
        return _Rows(starts, self.columns[places], self.values[places], self.classes[rows])

    def improve(self, weights: Floats, squares: Floats, total: int) -> None:
        """Take one Adagrad step: change, in place, the weights that these rows touch."""
        logits = np.add.reduceat(
            weights.take(self.columns, axis=0) * self.values[:, None], self.starts[:-1]
        )
        wrong = softmax(logits)
        wrong[np.arange(len(wrong)), self.classes] -= 1
        touched, gradient = self._by_column(wrong)
        old, square = weights.take(touched, axis=0), squares.take(touched, axis=0)
        gradient += (DECAY * len(wrong) / total) * old
        square += gradient * gradient
        squares[touched] = square
        gradient *= RATE
        gradient /= np.sqrt(square, out=square)
        old -= gradient
        weights[touched] = old

    def _by_column(self, wrong: Floats) -> tuple[Ints, Floats]:
        """The columns that occur, and for each column the sum of value x error over its rows."""
        order = np.argsort(self.columns, kind="stable")
        columns = self.columns[order]
        firsts = np.flatnonzero(np.diff(columns.astype(np.int64), prepend=-1))
        rows = np.repeat(np.arange(len(wrong)), np.diff(self.starts))
        each = wrong.take(rows[order], axis=0)
        each *= self.values[order, None]
        return columns[firsts], np.add.reduceat(each, firsts)


def shuffled(rows: Iterable[int], size: int, epochs: int) -> Iterator[Ints]:
    """Cut rows into batches, in another order for each epoch."""
    order = [*rows]
    # Not numpy's random numbers, whose import takes 7 MB.
    chance = random.Random(0)  # noqa: S311 - there is no secret in it
    for _ in range(epochs):
        chance.shuffle(order)
        for at in range(0, len(order), size):
            yield np.array(order[at : at + size])


def softmax(logits: Floats) -> Floats:
    """The chance of each class, from its log odds: rows x classes."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
