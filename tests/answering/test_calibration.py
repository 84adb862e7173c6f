"""Thresholds from held-out phrasings: the curve, the file, and what a folder can expect."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bot import cli
from bot.answering import calibration, loading
from bot.answering.faq import Faq
from bot.matching.corpus import Side
from bot.matching.holdout import ALLOWED, USUAL, Curve
from tests.support.broken import CHAIN, change

Console = pytest.CaptureFixture[str]
Calibrate = Callable[[], int]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of whoever runs the tests do not count."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def calibrate(folder: Path) -> Calibrate:
    """Runs the command on the bicycles; returns its exit code."""
    return lambda: cli.main(["calibrate", str(folder)])


def curve(*sides: tuple[float, Side, bool]) -> Curve:
    """A curve over trials: their confidence, their side, and whether the best topic is right."""
    return Curve(
        tuple(side for _, side, _ in sides),
        np.array([confidence for confidence, _, _ in sides]),
        np.array([right for _, _, right in sides], bool),
    )


# The curve


def test_the_curve_counts_what_is_answered_from_a_confidence_on() -> None:
    seen = curve(
        (0.9, Side.TOPIC, True),
        (0.5, Side.TOPIC, True),
        (0.8, Side.TOPIC, False),
        (0.7, Side.LIMIT, False),
    )
    assert seen.answered(Side.TOPIC, 0.8, right=True) == pytest.approx(1 / 3)
    assert seen.answered(Side.TOPIC, 0.8, right=False) == pytest.approx(1 / 3)
    assert seen.answered(Side.TOPIC, 0.5) == 1
    assert seen.answered(Side.LIMIT, 0.71) == 0
    assert seen.answered(Side.FRAME, 0.0) == 0


@pytest.mark.parametrize("side", ALLOWED)
def test_the_threshold_answers_no_more_of_a_side_than_is_allowed(side: Side) -> None:
    foreign = ((n / 200, side, False) for n in range(60, 160))
    seen = curve(*foreign, *((0.99, Side.TOPIC, True),) * 100_000)
    assert seen.answered(side, seen.threshold()) == pytest.approx(ALLOWED[side], abs=0.011)


def test_a_folder_with_few_texts_keeps_near_the_usual_threshold() -> None:
    seen = curve((0.01, Side.MESSAGE, False), (0.9, Side.TOPIC, True))
    assert seen.threshold() == pytest.approx(USUAL, abs=0.01)


# The command


def test_calibrating_writes_thresholds_with_which_the_folder_loads(
    calibrate: Calibrate, folder: Path
) -> None:
    measured = loading.load(folder).index.thresholds
    assert calibrate() == 0
    comment, *lines = (folder / "thresholds.yaml").read_text("utf-8").splitlines()
    assert comment.startswith("# Measured by `skinbot calibrate`")
    assert [line.split(": ")[0] for line in lines] == ["answer", "suggest"]
    read = loading.load(folder).index.thresholds
    assert (read.answer, read.suggest) == pytest.approx(
        (measured.answer, measured.suggest), abs=0.001
    )


def test_calibrating_twice_writes_one_and_the_same_file(calibrate: Calibrate, folder: Path) -> None:
    assert calibrate() == 0
    before = (folder / "thresholds.yaml").read_bytes()
    assert calibrate() == 0
    assert (folder / "thresholds.yaml").read_bytes() == before


def test_calibrating_shows_the_curve_and_says_what_was_done(
    calibrate: Calibrate, folder: Path, capsys: Console
) -> None:
    assert calibrate() == 0
    first, names, *rows, last = capsys.readouterr().out.splitlines()
    assert re.match(r"held out: \d+ phrasings of topics, \d+ of limits, \d+ general", first)
    assert names.split() == ["from", "rightly", "wrongly", "limits", "messages", "frames"]
    assert [float(row.split()[0]) for row in rows] == sorted(float(r.split()[0]) for r in rows)
    (chosen,) = [row.split() for row in rows if row.endswith("<- written")]
    answer = loading.load(folder).index.thresholds.answer
    assert float(chosen[0]) == answer
    assert last == (
        f"{folder / 'thresholds.yaml'} is written: the bot answers from a confidence of {answer} on"
    )


def test_a_trace_that_a_folder_has_chosen_stays(calibrate: Calibrate, folder: Path) -> None:
    (folder / "thresholds.yaml").write_text("trace: 0.3\n")
    assert calibrate() == 0
    assert (folder / "thresholds.yaml").read_text().endswith("\ntrace: 0.3\n")


def test_nothing_is_written_into_a_broken_folder(
    calibrate: Calibrate, folder: Path, capsys: Console
) -> None:
    change(folder, CHAIN, "title: Chain", "title: no")
    assert calibrate() == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("topics/chain.yaml:3:1: 'title' must be text")
    assert not (folder / "thresholds.yaml").exists()


# The expectation


def test_the_expectation_names_shares_of_questions_and_of_foreign_messages(faq: Faq) -> None:
    said = calibration.expectation(faq)
    assert re.search(r"about \d+ in 10 new questions .* and (almost none|1 in \d+) of", said)
