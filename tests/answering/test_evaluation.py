"""Figures over a file of questions, and every way in which such a file can be wrong."""

import re
from pathlib import Path

import pytest

from bot.answering import evaluation
from bot.answering.evaluation import Kind, Question, Summary
from bot.answering.faq import Faq
from bot.answering.replies import (
    Answer,
    Limited,
    RedFlag,
    Reply,
    SmallTalkReply,
    Suggestions,
    Unknown,
)
from bot.errors import InputError

HEADER = "question\tgold\tkind\n"
FILE = (
    HEADER
    + """\
right answer\tchain\tin
right suggestion\tbrakes\tin
wrong answer\tchain\tin
answer of one of two\tbrakes|chain\tin
refused\tchain\tin
may be refused\tchain|none\tin
near answered\tnone\tnear
near refused\tnone\tnear
far answered\tnone\tfar
far refused\tnone|smalltalk\tfar
"""
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "questions.tsv"
    path.write_text(FILE, "utf-8")
    return path


@pytest.fixture
def results(file: Path, faq: Faq) -> list[evaluation.Result]:
    return evaluation.evaluate(evaluation.read(file), lambda asked: scripted(faq, asked))


def scripted(faq: Faq, asked: str) -> Reply:
    """The reply of a bot that is right and wrong in known places."""
    entries, topics = faq.knowledge.entries, faq.knowledge.topics
    squeal, slip = entries["brakes.squeal"], entries["chain.slip"]
    limit = faq.knowledge.limits["price"]
    script: dict[str, Reply] = {
        "right answer": Answer((slip,), 1.0),
        "right suggestion": Suggestions((squeal, slip), 0.4),
        "wrong answer": Answer((squeal,), 1.0),
        "answer of one of two": Answer((squeal, slip), 1.0),
        "refused": Unknown((), 0.0),
        "may be refused": Limited(limit, (topics["chain"],), 0.9),
        "near answered": Answer((squeal,), 1.0),
        "near refused": Limited(limit, (topics["chain"],), 0.9),
        "far answered": Answer((squeal,), 1.0),
        "far refused": SmallTalkReply(faq.knowledge.smalltalk["greeting"], 1.0),
    }
    return script[asked]


def refusal(tmp_path: Path, content: bytes) -> str:
    """The error of reading a file with this content, without the path."""
    path = tmp_path / "broken.tsv"
    path.write_bytes(content)
    with pytest.raises(InputError) as refused:
        evaluation.read(path)
    return str(refused.value).replace(str(path), "FILE")


# Reading


def test_a_file_is_read_line_by_line(file: Path) -> None:
    questions = evaluation.read(file)
    assert questions[0] == Question("right answer", frozenset({"chain"}), Kind.IN)
    assert questions[3].gold == {"brakes", "chain"}
    assert [question.kind for question in questions].count(Kind.NEAR) == 2


def test_quotes_blank_lines_windows_lines_and_a_mark_at_the_start_do_no_harm(
    tmp_path: Path,
) -> None:
    path = tmp_path / "questions.tsv"
    path.write_bytes(
        b'\xef\xbb\xbfquestion\tgold\tkind\r\n"quoted\tchain\tin\r\n\r\nso\tnone\tfar\r\n'
    )
    assert [question.text for question in evaluation.read(path)] == ['"quoted', "so"]


def test_a_covered_question_is_one_that_only_an_answer_fits(file: Path) -> None:
    covered = [question.text for question in evaluation.read(file) if question.covered]
    assert covered == [
        "right answer",
        "right suggestion",
        "wrong answer",
        "answer of one of two",
        "refused",
    ]


EXPECTED_LINE = "expected question<tab>gold<tab>one of in, near, far"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "FILE:1: the first line must be question<tab>gold<tab>kind"),
        (b"a\tchain\tin\n", "FILE:1: the first line must be question<tab>gold<tab>kind"),
        (HEADER.encode() + b"a\tchain\n", f"FILE:2: {EXPECTED_LINE}"),
        (HEADER.encode() + b"a\tchain\tin\tmore\n", f"FILE:2: {EXPECTED_LINE}"),
        (HEADER.encode() + b"a\tchain\tin\n\nb\tchain\tnearby\n", f"FILE:4: {EXPECTED_LINE}"),
        (HEADER.encode() + b"a\t\tin\n", f"FILE:2: {EXPECTED_LINE}"),
        (HEADER.encode() + b"a\tchain|\tin\n", f"FILE:2: {EXPECTED_LINE}"),
    ],
)
def test_a_wrong_line_is_named(content: bytes, said: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, content) == said


@pytest.mark.parametrize("content", [b"\xff\xfe", HEADER.encode() + b"x" * 200_000])
def test_what_is_no_such_file_is_said_in_one_line(content: bytes, tmp_path: Path) -> None:
    said = refusal(tmp_path, content)
    assert said.startswith("FILE cannot be read as a file of questions: ")
    assert "\n" not in said


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.tsv cannot be read .*No such file"):
        evaluation.read(tmp_path / "nothing.tsv")


# Outcomes


def test_every_outcome_has_its_name(faq: Faq) -> None:
    flag = faq.knowledge.red_flags.flags[0]
    replies = [scripted(faq, asked) for asked in ("right answer", "right suggestion", "refused")]
    replies += [scripted(faq, "near refused"), scripted(faq, "far refused"), RedFlag(flag)]
    assert [reply.outcome for reply in replies] == [
        "answer",
        "suggestions",
        "unknown",
        "limited",
        "smalltalk",
        "red_flag",
    ]


def test_entries_and_topics_are_what_is_shown_or_offered(faq: Faq) -> None:
    two, limited = scripted(faq, "answer of one of two"), scripted(faq, "near refused")
    assert two.ids == ("brakes.squeal", "chain.slip")
    assert two.topics == ("brakes", "chain")
    assert (limited.entries, limited.topics) == ((), ("chain",))
    assert scripted(faq, "far refused").topics == ()


def test_two_entries_of_a_topic_are_one_topic(faq: Faq) -> None:
    entries = faq.knowledge.topics["chain"].entries
    assert Suggestions(tuple(entries), 0.3).topics == ("chain",)


# Figures


def test_the_figures_of_a_known_run(results: list[evaluation.Result]) -> None:
    assert evaluation.summarize(results) == Summary(
        covered=5,
        right_topic=3 / 5,
        answered_right=2 / 5,
        answered_wrong=1 / 5,
        near=2,
        near_answered=1 / 2,
        far=2,
        far_answered=1 / 2,
    )


def test_figures_over_nothing_are_zero() -> None:
    assert evaluation.summarize([]) == Summary(0, 0, 0, 0, 0, 0, 0, 0)


def test_the_report_names_every_figure_and_every_mistake(
    results: list[evaluation.Result],
) -> None:
    lines = evaluation.report(results).splitlines()
    assert [line for line in lines if line not in curve(lines)] == [
        "covered questions: 5",
        "  right topic first    60.0%",
        "  answered rightly     40.0%",
        "  answered wrongly     20.0%",
        "not covered, near by: 2",
        "  falsely answered     50.0%",
        "not covered, far off: 2",
        "  falsely answered     50.0%",
        "kinds of mistakes:",
        "  not answered: 2",
        "  wrong topic: 1",
        "  near answered: 1",
        "  far answered: 1",
        "by topic (questions, right topic first, answered rightly):",
        "  brakes              2  100.0%   50.0%",
        "  chain               4   50.0%   50.0%",
        "worst confusions (asked → first topic):",
        "  chain → brakes: 1",
        "  chain → unknown: 1",
        "answered wrongly: 1",
        "  [chain] answer brakes: wrong answer",
        "falsely answered: 2",
        "  [none] answer brakes: near answered",
        "  [none] answer brakes: far answered",
        "not answered: 2",
        "  [brakes] suggestions brakes chain: right suggestion",
        "  [chain] unknown : refused",
    ]


def curve(report: list[str]) -> list[str]:
    """The lines of a report that show what would be answered from a confidence on."""
    first = next(i for i, line in enumerate(report) if line.startswith("if it answered from"))
    return report[first : first + 1 + len(evaluation.CURVE)]


def test_the_curve_counts_answers_and_suggestions_from_each_confidence_on(
    results: list[evaluation.Result],
) -> None:
    shown = {line.split()[0]: line for line in curve(evaluation.report(results).splitlines())}
    assert re.findall(r"[\d.]+%", shown["0.4"]) == ["60.0%", "20.0%", "50.0%"]
    assert re.findall(r"[\d.]+%", shown["0.5"]) == ["40.0%", "20.0%", "50.0%"]


def test_an_interval_lies_around_its_share() -> None:
    low, high = evaluation.interval([True] * 80 + [False] * 20)
    assert 0.7 < low < 0.8 < high < 0.9
    assert evaluation.interval([True, True]) == (1.0, 1.0)
    assert evaluation.interval([]) == (0.0, 0.0)


def test_more_questions_make_an_interval_narrower() -> None:
    few, many = (evaluation.interval([True, False] * count) for count in (10, 100))
    assert many[1] - many[0] < few[1] - few[0]


def test_a_report_without_mistakes_lists_none(faq: Faq) -> None:
    questions = [Question("brakes squeal", frozenset({"brakes"}), Kind.IN)]
    report = evaluation.report(evaluation.evaluate(questions, faq.ask))
    assert report.splitlines()[-1] == "  brakes              1  100.0%  100.0%"
