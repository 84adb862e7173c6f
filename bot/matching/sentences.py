"""The sentence classifier guesses the kind of a question from its meaning as a vector.

It is a multinomial logistic regression over the vectors of the sentence encoder, trained on the
phrasings at every load, as `classifier` is over words. The optimiser is Adagrad (Duchi et al. 2011)
in small batches.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.language.embeddings import Vectors
from bot.matching.classifier import shuffled, softmax

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.integer]

EPOCHS = 15
BATCH = 256
RATE = 0.05
DECAY = 1e-5
SCALE = 4.0
"""The vectors are short; without this the first steps would hardly count."""


@dataclass(frozen=True, slots=True)
class SentenceClassifier:
    """A weight for each number of a vector and each class."""

    weights: Floats
    """Width of a vector + 1, for the bias, x classes."""

    @classmethod
    def train(cls, vectors: Vectors, classes: Ints, count: int) -> "SentenceClassifier":
        """Learn from the vector and the class of each text; there are `count` classes."""
        weights = np.zeros((_with_bias(vectors[:1]).shape[1], count), np.float32)
        squares = np.full_like(weights, 1e-6)
        for batch in shuffled(range(len(vectors)), BATCH, EPOCHS):
            # Only a batch at a time becomes floats, as all of them would take much memory.
            taken, right = _with_bias(vectors[batch]), classes[batch]
            wrong = softmax(taken @ weights)
            wrong[np.arange(len(batch)), right] -= 1
            gradient = taken.T @ wrong / np.float32(len(batch)) + np.float32(DECAY) * weights
            squares += gradient * gradient
            weights -= np.float32(RATE) * gradient / np.sqrt(squares)
        return cls(weights)

    def logits(self, vectors: Floats) -> Floats:
        """Log odds of each class, up to a constant: vectors x classes."""
        return np.asarray(_with_bias(vectors) @ self.weights, np.float32)


def _with_bias(vectors: Floats) -> Floats:
    ones = np.ones((len(vectors), 1), np.float32)
    return np.concatenate([np.float32(SCALE) * vectors, ones], axis=1)
