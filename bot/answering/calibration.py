"""Thresholds that fit a knowledge base, from questions whose right topics are known.

Confidence is a logistic curve over four numbers (`index.Evidence`). Newton's method fits it to
questions whose best topic is known to be right or wrong. The answer threshold is then the lowest
confidence that keeps wrong and false answers as rare as `WRONG` and `NEAR` say.
"""

from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from bot.answering import loading, red_flags
from bot.answering.evaluation import Kind, Question
from bot.answering.faq import Faq
from bot.answering.index import Evidence
from bot.errors import InputError
from bot.knowledge.models import Thresholds
from bot.markup import short

FILE = "thresholds.yaml"
HEADER = "# Measured by `skinbot calibrate`; see bot/knowledge/models.py for what they mean.\n"
WRONG = 0.02
"""Share of covered questions that may be answered wrongly."""
NEAR = 0.02
"""Share of near-by questions that may be answered at all."""
UNSURE = 3
"""Suggestions begin at the answer threshold divided by this."""
RIDGE = 1e-3
"""Keeps the fitted weights finite when some weights tell right from wrong without any error."""
STEEPEST = 50
"""The largest weight that a file may hold (`fields.Weight`)."""
SHOWN = tuple(tenth / 10 for tenth in range(1, 10))
"""Confidences at which the curve is printed."""

ONE_SIDED = "the questions do not suffice: the folder must cover some of them, and not cover others"
NO_THRESHOLD = (
    f"no confidence keeps wrong answers at {WRONG:.0%} and near-by ones at {NEAR:.0%}; "
    "nothing was written"
)
ASTRAY = "with these thresholds '{}' of expected.yaml would go astray; nothing was written"

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sample:
    """One question and how it fits what can be replied."""

    question: Question
    evidence: Evidence
    right: bool
    """True where the best topic is one of the question's right topics."""


@dataclass(frozen=True, slots=True)
class Curve:
    """The confidence in each question and the facts about it; each array has one item for each."""

    confidence: Floats
    covered: Flags
    right: Flags
    near: Flags
    far: Flags

    @classmethod
    def of(cls, samples: Sequence[Sample], confidence: Floats) -> "Curve":
        """Note the facts of each sample. The confidences stand in the order of the samples."""
        return cls(
            confidence,
            covered=np.array([s.question.covered for s in samples]),
            right=np.array([s.right for s in samples]),
            near=np.array([s.question.kind is Kind.NEAR for s in samples]),
            far=np.array([s.question.kind is Kind.FAR for s in samples]),
        )

    def shares(self, threshold: float) -> tuple[float, float, float, float]:
        """Shares that a threshold answers: covered rightly, covered wrongly, near, far; 0..1."""
        answered = self.confidence >= threshold
        parts = (
            (self.covered & self.right, self.covered),
            (self.covered & ~self.right, self.covered),
            (self.near, self.near),
            (self.far, self.far),
        )
        rightly, wrongly, near, far = (
            float((answered & part).sum() / max(1, whole.sum())) for part, whole in parts
        )
        return rightly, wrongly, near, far

    def threshold(self) -> float:
        """Find the lowest confidence that keeps to both `WRONG` and `NEAR`.

        Raises:
            InputError: no confidence does.
        """
        for threshold in np.sort(self.confidence):
            _, wrongly, near, _ = self.shares(threshold)
            if wrongly <= WRONG and near <= NEAR:
                return float(threshold)
        raise InputError(NO_THRESHOLD)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The thresholds, and the curve that they were read from."""

    thresholds: Thresholds
    curve: Curve

    def yaml(self) -> str:
        """Write the thresholds as the text of the file `FILE`."""
        unset = Thresholds().trace  # Not measured here: a folder keeps the trace that it has.
        values = asdict(self.thresholds).items()
        lines = [f"{n}: {v:.3f}\n" for n, v in values if n != "trace" or v != unset]
        return HEADER + "".join(lines)

    def report(self) -> str:
        """Write a table: the shares that are answered rightly and wrongly at each confidence."""
        answer = self.thresholds.answer
        counts = (int(side.sum()) for side in (self.curve.covered, self.curve.near, self.curve.far))
        lines = [
            "answered of {} covered questions, {} near by and {} far off:".format(*counts),
            f"{'from':>7}{'rightly':>10}{'wrongly':>10}{'near by':>10}{'far off':>10}",
        ]
        for confidence in sorted({*SHOWN, answer}):
            shares = "".join(f"{share:10.1%}" for share in self.curve.shares(confidence))
            chosen = "  <- written" if confidence == answer else ""
            lines.append(f"{confidence:7.3f}{shares}{chosen}")
        return "\n".join(lines)


def calibrate(faq: Faq, questions: Sequence[Question]) -> Calibration:
    """Fit the thresholds of a bot to questions.

    Raises:
        InputError: the questions do not suffice, or an expected question would go astray.
    """
    samples = [s for q in questions if (s := _sample(faq, q)) is not None]
    rights = np.array([s.right for s in samples], float)
    if len(set(rights)) < 2:
        raise InputError(ONE_SIDED)
    numbers = np.array([(1.0, *astuple(s.evidence)) for s in samples])
    weights = fit(numbers, rights)
    curve = Curve.of(samples, 1 / (1 + np.exp(-numbers @ weights)))
    found = _thresholds(faq.index.thresholds, weights, curve.threshold())
    _try(faq, found)
    return Calibration(found, curve)


def fit(numbers: Floats, right: Floats) -> Floats:
    """Regress logistically: one weight for each column of `numbers` (questions x columns).

    No weight is larger than a file may hold, even where weights can tell right from wrong without
    any error.
    """
    weights = np.zeros(numbers.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-numbers @ weights))
        gradient = numbers.T @ (right - chance) - RIDGE * weights
        spread = numbers * (chance * (1 - chance))[:, None]
        step = np.linalg.solve(numbers.T @ spread + RIDGE * np.eye(len(weights)), gradient)
        weights += step
        if np.abs(step).max() < 1e-6:
            break
    # All weights shrink alike, so that the questions keep their order of confidence.
    return weights * (STEEPEST / max(STEEPEST, float(np.abs(weights).max())))


def _sample(faq: Faq, question: Question) -> Sample | None:
    """None where confidence decides nothing: red flags, no words, `none` among right replies."""
    heard = faq.index.hear(question.text)
    if not heard or red_flags.first(faq.watching, [h.stem for h in heard]):
        return None
    if question.kind is Kind.IN and not question.covered:
        return None
    weighed = faq.weigh(heard)
    right = question.covered and weighed.topics[0][0] in question.gold
    return Sample(question, weighed.evidence, right)


def _thresholds(before: Thresholds, weights: Floats, answer: float) -> Thresholds:
    """The thresholds with three decimals, since the file holds no more."""
    names = ("bias", *(field.name for field in fields(Evidence)))
    fitted = {n: round(float(weight), 3) for n, weight in zip(names, weights, strict=True)}
    return replace(before, **fitted, answer=round(answer, 3), suggest=round(answer / UNSURE, 3))


def _try(faq: Faq, thresholds: Thresholds) -> None:
    """Raise an error if the folder would not load with these thresholds."""
    changed = replace(faq, index=replace(faq.index, thresholds=thresholds))
    for expected in faq.knowledge.expected.expected:
        if expected.reaches not in loading.reaches(changed.ask(expected.question)):
            raise InputError(ASTRAY.format(short(expected.question)))
