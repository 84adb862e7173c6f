"""Confidence: the chance that the best topic is what was asked for.

It is a logistic curve over what the scores say about a question. The curve is fitted to texts that
were held out of the training, with the background as the other side (`holdout`), so that every
knowledge base gets a curve and thresholds of its own.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from importlib import resources
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bot.once import Once

Floats = npt.NDArray[np.float64]

Prior = tuple[list[float], list[float]]
"""The usual bias and weights, and the usual spread of each number but the bias."""

FILE = "usual.json"
RIDGE = 1e-3
"""Draws the weights to the usual ones, by this much for each text."""
FIRM = 40.0
"""The least ridge: a folder with few texts keeps close to the usual curve."""


UNDECIDED = 0.3
"""Share of the confidence that is left where the word that decides may be a strange one."""


class Judgement(NamedTuple):
    """The log odds that a classifier gives to the topics."""

    covered: float = 0.0
    """Odds of all topics together against everything else."""
    lead: float = 0.0
    """Lead of the best topic over the best limit."""
    background: float = 0.0
    """Odds of all topics together against the background."""
    talk: float = 0.0
    """Odds of all topics together against small talk."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Numbers that tell how well the best topic fits a question."""

    lead: float
    """Lead in score of the best topic over the best limit or small talk; negative if behind."""
    margin: float
    """Lead of the best topic over the second."""
    fit: float
    """Score of the best topic."""
    unaccounted: float
    """Share of the question's words that no phrasing of the best topic holds, 0..1."""
    accounted: float
    """Weight of the words that a phrasing of the best topic holds."""
    background: float
    """Score of the background."""
    telling: float
    """Weight of the most telling feature that the best topic shares with the question, 0..1."""
    strange: float
    """Weight of the heaviest word that no phrasing of the best topic holds."""
    doubt: float
    """`strange` where no word is telling: it may be the word that decides."""
    length: float
    """Logarithm of the number of words."""
    words: Judgement
    """The judgement of the classifier of words."""
    meaning: Judgement
    """The judgement of the classifier of sentences; all 0 where there is no encoder."""
    undecided: bool = False
    """True where a strange word may be the one that decides: nothing telling stands beside it."""

    def numbers(self) -> tuple[float, ...]:
        """The evidence as one row, in the order of `NAMES`."""
        return (*(getattr(self, name) for name in _OWN), *self.words, *self.meaning)


_OWN = [field.name for field in fields(Evidence)][:-3]
NAMES = (*_OWN, *(f"{by} {name}" for by in ("words", "meaning") for name in Judgement._fields))
"""The numbers of `Evidence.numbers`."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """A logistic curve over evidence."""

    bias: float
    weights: tuple[float, ...]
    """Weight of each of `NAMES`."""

    def __call__(self, evidence: Evidence) -> float:
        """The chance that the best topic is what was asked for, 0..1."""
        odds = self.bias + float(np.dot(self.weights, evidence.numbers()))
        chance = float(1 / (1 + np.exp(-odds)))
        return chance * UNDECIDED if evidence.undecided else chance

    @classmethod
    def fit(
        cls, seen: Sequence[Evidence], right: Sequence[bool], prior: Prior | None = None
    ) -> "Confidence":
        """Regress logistically, by Newton's method, with a ridge around the usual curve."""
        rows = np.array([evidence.numbers() for evidence in seen], float).reshape(-1, len(NAMES))
        table = np.column_stack([np.ones(len(rows)), rows])
        weights, sizes = prior or usual()
        # Each number counts by its usual size; the bias is nearly free.
        ridge = max(FIRM, RIDGE * len(rows)) * np.array([0.1, *sizes]) ** 2
        found = _newton(table, np.array(right, float), np.array(weights), ridge)
        return cls(float(found[0]), tuple(found[1:].tolist()))


@Once
def usual() -> Prior:
    """Read what `python -m benchmarks.training usual` measured on the shipped knowledge base."""
    read = json.loads((resources.files("bot.matching") / FILE).read_text("utf-8"))
    named = read["weights"], read["spread"]
    weights, spread = ([values[name] for name in NAMES] for values in named)
    return [read["bias"], *weights], spread


def _newton(rows: Floats, right: Floats, usual: Floats, ridge: Floats) -> Floats:
    weights = usual.copy()
    for _ in range(50):
        chance = 1 / (1 + np.exp(-rows @ weights))
        gradient = rows.T @ (right - chance) - ridge * (weights - usual)
        spread = rows.T @ (rows * (chance * (1 - chance))[:, None])
        step = np.linalg.solve(spread + np.diag(ridge), gradient)
        weights += step
        if np.abs(step).max() < 1e-6:
            break
    return weights
