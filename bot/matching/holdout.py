"""Texts that are held out of the training show what a scorer makes of questions it never saw."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.language.background import Words
from bot.language.embeddings import embeddings
from bot.language.spelling import Heard
from bot.matching.concepts import Concepts
from bot.matching.confidence import Confidence, Evidence
from bot.matching.corpus import FOLDS, Corpus, Side
from bot.matching.scorer import Scorer

ENOUGH = 2_000
"""Texts of a knowledge base that are tried, if it has that many. Each fold costs a training."""
ALLOWED = {Side.LIMIT: 0.08, Side.MESSAGE: 0.02, Side.FRAME: 0.07}
"""Share of the held-out texts of each side that may be answered."""
KEPT, LOOSE = 0.85, 0.05
"""A folder that would lose more than the rest of its right answers answers more foreign messages,
though never more than this share of them."""
USUAL, FIRM = 0.4, 50
"""The usual threshold, and the number of a folder's texts that count as much as it does."""

OWN = frozenset({Side.TOPIC, Side.LIMIT, Side.TALK})
"""The sides that are texts of the folder itself."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A held-out text, and what the scorer said."""

    side: Side
    evidence: Evidence
    right: bool
    """True where the best topic is the text's own."""


@dataclass(frozen=True, slots=True)
class Curve:
    """The confidence in each held-out text."""

    sides: tuple[Side, ...]
    confidence: npt.NDArray[np.float64]
    right: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, trials: Sequence[Trial], confidence: Confidence) -> "Curve":
        """Put all trials on the curve of a confidence."""
        return cls(
            sides=tuple(trial.side for trial in trials),
            confidence=np.array([confidence(trial.evidence) for trial in trials], float),
            right=np.array([trial.right for trial in trials], bool),
        )

    def of_side(self, side: Side) -> npt.NDArray[np.bool_]:
        return np.array([each is side for each in self.sides], bool)

    def answered(self, side: Side, threshold: float, *, right: bool | None = None) -> float:
        """The share of a side that a threshold answers, 0..1; only right or wrong ones if told."""
        own = self.of_side(side)
        counted = own & (self.confidence >= threshold)
        if right is not None:
            counted &= self.right == right
        return float(counted.sum() / max(1, own.sum()))

    def threshold(self) -> float:
        """The lowest confidence that answers no more of any side than is allowed.

        It is lower where too few right answers would be left. The fewer texts a folder has, the
        nearer it stays to the usual one.
        """
        strict = max((self._above(self.of_side(s), share) for s, share in ALLOWED.items()))
        right = self.of_side(Side.TOPIC) & self.right
        kept = max(self._above(right, KEPT), self._above(self.of_side(Side.MESSAGE), LOOSE))
        count = sum(side in OWN for side in self.sides)
        return (USUAL * FIRM + min(strict, kept) * count) / (FIRM + count)

    def _above(self, texts: npt.NDArray[np.bool_], share: float) -> float:
        """The confidence above which this share of some texts lies; 0 where there are none."""
        return float(np.quantile(self.confidence[texts], 1 - share)) if texts.any() else 0.0


def rehearse(
    corpus: Corpus,
    concepts: Concepts,
    hear: Callable[[Words], tuple[Heard, ...]],
    rounds: int | None = None,
) -> list[Trial]:
    """Train without a fifth of all texts, and try that fifth; again until there are enough."""
    if rounds is None:
        count = sum(map(len, corpus.groups.values()))
        rounds = min(FOLDS, max(1, math.ceil(ENOUGH / max(1, count / FOLDS))))
    found, known = [], embeddings()
    for fold in range(rounds):
        scorer = Scorer.train(corpus.without(fold), concepts)
        held = [text for text in corpus.held(fold) if hear(text.words)]
        vectors = known.of([text.words for text in held])[:] if known else [None] * len(held)
        for text, vector in zip(held, vectors, strict=True):
            scores = scorer.score(hear(text.words), vector)
            right = scores.topics[0][0] == text.name
            found.append(Trial(text.side, scores.evidence, right))
    return found
