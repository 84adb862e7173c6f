"""The confidence above which a bot should answer, as its own held-out phrasings show it.

At each load a part of the phrasings is held out, and the threshold is set so that no more of the
limits and of the background is answered than `holdout.ALLOWED` says. Here an operator sees the
curve, and can fix the threshold in a file, to be bolder or more careful than that.
"""

from dataclasses import dataclass

from bot.answering.faq import Faq
from bot.answering.index import Measured, measured
from bot.errors import InputError
from bot.knowledge.models import Thresholds
from bot.matching.corpus import Side
from bot.matching.holdout import Curve

FILE = "thresholds.yaml"
HEADER = "# Measured by `skinbot calibrate`. Without this file they are measured at every load.\n"
SHOWN = tuple(tenth / 10 for tenth in range(1, 10))
"""Confidences at which the curve is printed."""
NO_TEXTS = "the folder has no phrasings to try"
FEW = 0.02
"""Share of foreign messages that is called few."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """The thresholds, and the curve that they were read from."""

    thresholds: Measured
    curve: Curve

    def yaml(self) -> str:
        """Write the thresholds as the text of the file `FILE`."""
        unset = Thresholds().trace  # Not measured: a folder keeps the trace that it has.
        found = self.thresholds
        trace = "" if found.trace == unset else f"trace: {found.trace:g}\n"
        return f"{HEADER}answer: {found.answer:.3f}\nsuggest: {found.suggest:.3f}\n{trace}"

    def report(self) -> str:
        """Write a table: the shares of each side that are answered at each confidence."""
        answer = self.thresholds.answer
        counts = {side: int(self.curve.of_side(side).sum()) for side in Side}
        lines = [
            f"held out: {counts[Side.TOPIC]} phrasings of topics, {counts[Side.LIMIT]} of limits, "
            f"{counts[Side.MESSAGE]} general messages, {counts[Side.FRAME]} frames; answered:",
            f"{'from':>7}{'rightly':>10}{'wrongly':>10}{'limits':>10}{'messages':>10}{'frames':>10}",
        ]
        for confidence in sorted({*SHOWN, answer}):
            shares = "".join(f"{share:10.1%}" for share in self._shares(confidence))
            chosen = "  <- written" if confidence == answer else ""
            lines.append(f"{confidence:7.3f}{shares}{chosen}")
        return "\n".join(lines)

    def _shares(self, confidence: float) -> tuple[float, ...]:
        curve = self.curve
        return (
            curve.answered(Side.TOPIC, confidence, right=True),
            curve.answered(Side.TOPIC, confidence, right=False),
            *(curve.answered(side, confidence) for side in (Side.LIMIT, Side.MESSAGE, Side.FRAME)),
        )


def calibrate(faq: Faq) -> Calibration:
    """Measure the thresholds of a bot anew, whatever its file says.

    Raises:
        InputError: there is nothing to measure them by.
    """
    curve = faq.index.curve
    if not curve.of_side(Side.TOPIC).any():
        raise InputError(NO_TEXTS)
    found = measured(Thresholds(trace=faq.index.thresholds.trace), curve)
    rounded = Measured(round(found.answer, 3), round(found.suggest, 3), found.trace)
    return Calibration(rounded, curve)


def expectation(faq: Faq) -> str:
    """Say in a sentence how a knowledge base can be expected to do."""
    curve, answer = faq.index.curve, faq.index.thresholds.answer
    right = curve.answered(Side.TOPIC, answer, right=True)
    foreign = curve.answered(Side.MESSAGE, answer)
    strange = "almost none" if foreign < FEW else f"1 in {round(1 / foreign)}"
    return (
        f"expected: about {round(10 * right)} in 10 new questions answered rightly, "
        f"and {strange} of the messages about anything else"
    )
