"""The threshold that a curve of held-out texts leads to."""

import numpy as np

from bot.matching.corpus import Side
from bot.matching.holdout import ALLOWED, USUAL, Curve


def curve(**confidences: list[float]) -> Curve:
    """A curve of texts of some sides; those of topics are all right."""
    sides = [Side[name] for name, texts in confidences.items() for _ in texts]
    values = np.array([each for texts in confidences.values() for each in texts])
    return Curve(tuple(sides), values, np.array([side is Side.TOPIC for side in sides]))


def evenly(low: float, high: float, count: int = 2_000) -> list[float]:
    return [float(each) for each in np.linspace(low, high, count)]


def test_a_folder_that_can_tell_its_texts_answers_no_more_than_is_allowed() -> None:
    found = curve(TOPIC=evenly(0.6, 1), LIMIT=evenly(0, 0.5), MESSAGE=evenly(0, 0.3))
    assert found.answered(Side.LIMIT, found.threshold()) < ALLOWED[Side.LIMIT] + 0.01
    assert found.answered(Side.TOPIC, found.threshold(), right=True) == 1


def test_frames_do_not_silence_a_folder_whose_texts_are_few_and_alike() -> None:
    found = curve(TOPIC=evenly(0.1, 0.9), MESSAGE=evenly(0, 0.2), FRAME=evenly(0, 0.9))
    assert found.answered(Side.TOPIC, found.threshold(), right=True) > 0.8
    assert found.answered(Side.MESSAGE, found.threshold()) < 0.05


def test_right_answers_are_not_bought_with_ever_more_foreign_ones() -> None:
    found = curve(TOPIC=evenly(0, 1), MESSAGE=evenly(0, 0.8), FRAME=evenly(0, 1))
    assert found.answered(Side.MESSAGE, found.threshold()) < 0.07


def test_a_folder_without_texts_gets_the_usual_threshold() -> None:
    assert curve(MESSAGE=[0.1, 0.9]).threshold() == USUAL
