"""Where confidence becomes an answer, from data: writes `knowledge/thresholds.yaml`.

    python -m benchmarks.thresholds benchmarks/questions/dev.tsv benchmarks/questions/tuned.tsv

Confidence is a logistic curve over four numbers (`bot.index.Evidence`), fitted by Newton's method
to whether the best entry's topic is right. The answer threshold is then the lowest confidence at
which no more than the allowed share of answers is wrong. Run it again when the knowledge base has
changed much.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.answering import evaluation, loading, red_flags
from bot.answering.evaluation import Kind, Question
from bot.answering.faq import Faq
from bot.answering.index import Evidence
from bot.knowledge import base

WRONG = 0.02
"""Share of covered questions that may be answered wrongly."""
NEAR = 0.02
"""Share of near-by questions that may be answered at all."""
RIDGE = 1e-3
"""Keeps the fit finite when the two sides can be told apart completely."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """One question and what the bot thinks of it."""

    question: Question
    evidence: Evidence
    right: bool
    """Whether the best topic is one that may be answered."""


def main(files: Sequence[str]) -> int:
    """Fit on the files of questions and write the result."""
    folder = base.shipped()
    faq = loading.load(folder)
    questions = [q for file in files for q in evaluation.read(Path(file))]
    samples = [s for q in questions if (s := _sample(faq, q)) is not None]
    numbers = np.array([_numbers(s.evidence) for s in samples])
    weights = fit(numbers, np.array([s.right for s in samples], float))
    confidence = 1 / (1 + np.exp(-numbers @ weights))
    answer = _threshold(samples, confidence)
    names = ("bias", "lead", "margin", "fit", "unaccounted")
    lines = [f"{name}: {weight:.3f}" for name, weight in zip(names, weights, strict=True)]
    text = "\n".join([*lines, f"answer: {answer:.3f}", f"suggest: {answer / 3:.3f}"])
    header = (
        "# Measured by `python -m benchmarks.thresholds`; "
        "see bot/knowledge/models.py for what they mean.\n"
    )
    (folder / "thresholds.yaml").write_text(f"{header}{text}\n", "utf-8")
    print(text)
    return 0


def _sample(faq: Faq, question: Question) -> Sample | None:
    """None where the curve has no say: red flags, no words, questions with two right replies."""
    heard = faq.index.hear(question.text)
    if not heard or red_flags.first(faq.watching, [h.stem for h in heard]):
        return None
    if question.kind is Kind.IN and not question.covered:
        return None
    weighed = faq.weigh(heard)
    right = question.covered and weighed.topics[0][0] in question.gold
    return Sample(question, weighed.evidence, right)


def _numbers(evidence: Evidence) -> tuple[float, ...]:
    return 1.0, evidence.lead, evidence.margin, evidence.fit, evidence.unaccounted


def fit(numbers: Floats, right: Floats) -> Floats:
    """Logistic regression: one weight for each column of `numbers` (questions x columns)."""
    weights = np.zeros(numbers.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-numbers @ weights))
        gradient = numbers.T @ (right - chance) - RIDGE * weights
        spread = numbers * (chance * (1 - chance))[:, None]
        step = np.linalg.solve(numbers.T @ spread + RIDGE * np.eye(len(weights)), gradient)
        weights += step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def _threshold(samples: Sequence[Sample], confidence: Floats) -> float:
    """The lowest confidence that keeps both promises."""
    covered = np.array([s.question.covered for s in samples])
    near = np.array([s.question.kind is Kind.NEAR for s in samples])
    right = np.array([s.right for s in samples])
    for threshold in np.sort(confidence):
        answered = confidence >= threshold
        wrong = (answered & covered & ~right).sum() / max(1, covered.sum())
        false = (answered & near).sum() / max(1, near.sum())
        if wrong <= WRONG and false <= NEAR:
            return float(threshold)
    return 1.0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
