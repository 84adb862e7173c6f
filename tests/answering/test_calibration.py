"""Thresholds from questions: the fit, the curve, the file, and what is never written."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bot import cli
from bot.answering import calibration, loading
from bot.answering.calibration import ASTRAY, NO_THRESHOLD, ONE_SIDED, Curve
from bot.knowledge.models import Thresholds
from tests.support.broken import CHAIN, change

QUESTIONS = """\
question	gold	kind
brakes squeal when wet	brakes	in
my pads are worn	brakes	in
squeaky chain	chain	in
the chain slips	chain	in
do brakes or chains wear	brakes|none	in
how much is a chain	none	near
which motor is best	none	near
how far does the battery last	none	near
what do brakes cost	none	near
who won the football match	none	far
what is the capital of peru	none	far
I broke my arm	none	far
...	none	far
"""
Console = pytest.CaptureFixture[str]
Calibrate = Callable[[str], int]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of whoever runs the tests do not count."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def calibrate(tmp_path: Path, folder: Path) -> Calibrate:
    """Runs the command on the bicycles; returns its exit code."""

    def run(questions: str) -> int:
        file = tmp_path / "questions.tsv"
        file.write_text(questions, "utf-8")
        return cli.main(["calibrate", str(folder), str(file)])

    return run


def curve(*sides: tuple[float, str]) -> Curve:
    """A curve over the confidences in questions that are `right`, `wrong`, `near` or `far`."""
    kinds = [kind for _, kind in sides]

    def among(*names: str) -> calibration.Flags:
        return np.array([kind in names for kind in kinds])

    return Curve(
        np.array([confidence for confidence, _ in sides]),
        covered=among("right", "wrong"),
        right=among("right"),
        near=among("near"),
        far=among("far"),
    )


# The fit and the curve


def test_the_fit_finds_the_weights_that_made_the_chances() -> None:
    numbers = np.array([(1.0, lead, fit) for lead in range(-3, 4) for fit in range(3)])
    weights = np.array([0.5, 1.5, -1.0])
    chances = 1 / (1 + np.exp(-numbers @ weights))
    assert calibration.fit(numbers, chances) == pytest.approx(weights, abs=0.01)


def test_no_weight_is_too_large_for_a_file_however_clear_the_case_is() -> None:
    lead = np.concatenate([np.linspace(-0.1, -0.05, 500), np.linspace(0.05, 0.1, 500)])
    numbers = np.column_stack([np.ones(1000), lead])
    bias, weight = calibration.fit(numbers, (lead > 0).astype(float))
    assert weight == pytest.approx(50)
    assert abs(bias) < 1e-6


def test_the_curve_counts_what_is_answered_from_a_confidence_on() -> None:
    seen = curve((0.9, "right"), (0.5, "right"), (0.8, "wrong"), (0.7, "near"), (0.1, "far"))
    assert seen.shares(0.8) == pytest.approx((1 / 3, 1 / 3, 0, 0))
    assert seen.shares(0.5) == pytest.approx((2 / 3, 1 / 3, 1, 0))
    assert seen.shares(0.0) == pytest.approx((2 / 3, 1 / 3, 1, 1))


def test_the_threshold_is_the_lowest_confidence_that_keeps_both_promises() -> None:
    right = [(0.99 - n / 1000, "right") for n in range(97)]
    wrong = [(0.95, "wrong"), (0.5, "wrong"), (0.3, "wrong")]
    assert curve(*right, *wrong).threshold() == 0.5, "2 of 100 may be wrong"
    assert curve(*right, *wrong, (0.7, "near")).threshold() == pytest.approx(0.894)


# The command


def test_calibrating_writes_thresholds_with_which_the_folder_loads(
    calibrate: Calibrate, folder: Path
) -> None:
    assert calibrate(QUESTIONS) == 0
    written = (folder / "thresholds.yaml").read_text("utf-8")
    comment, *lines = written.splitlines()
    assert comment.startswith("# Measured by `skinbot calibrate`")
    names = [line.split(": ")[0] for line in lines]
    assert names == ["bias", "lead", "margin", "fit", "unaccounted", "answer", "suggest"]
    read = loading.load(folder).index.thresholds
    assert [float(line.split(": ")[1]) for line in lines] == [getattr(read, n) for n in names]
    assert read.trace == Thresholds().trace


def test_calibrating_twice_writes_one_and_the_same_file(calibrate: Calibrate, folder: Path) -> None:
    assert calibrate(QUESTIONS) == 0
    before = (folder / "thresholds.yaml").read_bytes()
    assert calibrate(QUESTIONS) == 0
    assert (folder / "thresholds.yaml").read_bytes() == before


def test_calibrating_shows_the_curve_and_says_what_was_done(
    calibrate: Calibrate, folder: Path, capsys: Console
) -> None:
    assert calibrate(QUESTIONS) == 0
    first, names, *rows, last = capsys.readouterr().out.splitlines()
    assert first == "answered of 4 covered questions, 4 near by and 2 far off:"
    assert names.split() == ["from", "rightly", "wrongly", "near", "by", "far", "off"]
    assert [float(row.split()[0]) for row in rows] == sorted(float(r.split()[0]) for r in rows)
    (chosen,) = [row.split() for row in rows if row.endswith("<- written")]
    answer = loading.load(folder).index.thresholds.answer
    assert float(chosen[0]) == answer
    assert chosen[2:4] == ["0.0%", "0.0%"], "no more wrong and near ones than promised"
    assert last == (
        f"{folder / 'thresholds.yaml'} is written: the bot answers from a confidence of {answer} on"
    )


def test_several_files_of_questions_count_as_one(
    calibrate: Calibrate, folder: Path, tmp_path: Path
) -> None:
    assert calibrate(QUESTIONS) == 0
    at_once = (folder / "thresholds.yaml").read_text()
    header, *lines = QUESTIONS.splitlines(keepends=True)
    files = [tmp_path / "one.tsv", tmp_path / "two.tsv"]
    files[0].write_text(header + "".join(lines[:6]))
    files[1].write_text(header + "".join(lines[6:]))
    assert cli.main(["calibrate", str(folder), *map(str, files)]) == 0
    assert (folder / "thresholds.yaml").read_text() == at_once


def test_a_trace_that_a_folder_has_chosen_stays(calibrate: Calibrate, folder: Path) -> None:
    (folder / "thresholds.yaml").write_text("trace: 0.3\n")
    assert calibrate(QUESTIONS) == 0
    assert (folder / "thresholds.yaml").read_text().endswith("\ntrace: 0.300\n")


# Where nothing is written


def refused(folder: Path, console: Console) -> str:
    """The message on standard error; nothing was printed, written or left behind."""
    said = console.readouterr()
    assert said.out == ""
    assert not [path for path in folder.iterdir() if "thresholds" in path.name]
    return said.err


def test_nothing_is_written_into_a_broken_folder(
    calibrate: Calibrate, folder: Path, capsys: Console
) -> None:
    change(folder, CHAIN, "title: Chain", "title: no")
    assert calibrate(QUESTIONS) == 1
    assert refused(folder, capsys).startswith("topics/chain.yaml:3:1: 'title' must be text")


@pytest.mark.parametrize("sides", [(), ("in",), ("near", "far")])
def test_questions_of_one_side_alone_do_not_suffice(
    sides: tuple[str, ...], calibrate: Calibrate, folder: Path, capsys: Console
) -> None:
    header, *lines = QUESTIONS.splitlines(keepends=True)
    kept = [line for line in lines if line.endswith(tuple(f"{side}\n" for side in sides))]
    assert calibrate(header + "".join(kept)) == 1
    assert refused(folder, capsys) == f"skinbot: {ONE_SIDED}\n"


def test_thresholds_with_which_an_expected_question_goes_astray_are_not_written(
    calibrate: Calibrate, folder: Path, capsys: Console
) -> None:
    turned = "question\tgold\tkind\nsquealing brakes\tchain\tin\nsqueaky chain\tchain\tin\n"
    assert calibrate(turned) == 1
    assert refused(folder, capsys) == f"skinbot: {ASTRAY.format('my brakes are squealing')}\n"


def test_questions_that_no_threshold_can_serve_are_refused(
    calibrate: Calibrate, folder: Path, capsys: Console
) -> None:
    alike = "question\tgold\tkind\nchain slips\tchain\tin\nchain slips\tnone\tnear\n"
    assert calibrate(alike) == 1
    assert refused(folder, capsys) == f"skinbot: {NO_THRESHOLD}\n"
