"""Files of dangers and of dialogs, measured, and every way in which they can be wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.answering import trials
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

DANGERS = "text\tflag\ttheme\n"
DIALOGS = "dialog\tmessage\tgold\tkind\n"
QUESTIONS = "question\tgold\tkind\n"


@pytest.fixture
def replies(faq: Faq) -> dict[str, Reply]:
    """The replies of a bot that says what it is told to say."""
    entries, topics = faq.knowledge.entries, faq.knowledge.topics
    return {
        "answer": Answer((entries["chain.slip"],), 1.0),
        "suggestions": Suggestions((entries["brakes.squeal"], entries["chain.slip"]), 0.4),
        "limited": Limited(faq.knowledge.limits["price"], (topics["chain"],), 0.9),
        "flag": RedFlag(faq.knowledge.red_flags.flags[0]),
        "talk": SmallTalkReply(faq.knowledge.smalltalk["greeting"], 1.0),
        "unknown": Unknown((), 0.0),
    }


@pytest.fixture
def measure(replies: dict[str, Reply], tmp_path: Path) -> Callable[[str], list[str]]:
    """The lines of the report on a file with this content."""

    def report(content: str) -> list[str]:
        path = tmp_path / "file.tsv"
        path.write_text(content, "utf-8")

        def ask(message: str) -> Reply:
            return replies[message.split()[0]]

        try:
            return trials.report(path, ask, lambda: ask).splitlines()
        except InputError as error:
            return [str(error).replace(str(path), "FILE")]

    return report


Measure = Callable[[str], list[str]]


def test_the_header_says_that_a_file_holds_questions(measure: Measure) -> None:
    assert measure(QUESTIONS + "answer\tchain\tin\n")[0] == "covered questions: 1"


def test_missed_flags_and_false_alarms_are_counted_by_theme(measure: Measure) -> None:
    lines = measure(
        DANGERS
        + "flag a\tyes\tfire\nanswer b\tyes\tfire\nunknown c\tyes\tcrash\n"
        + "flag d\tno\tfire\ntalk e\tno\tcrash\n"
    )
    assert lines == [
        "dangers: 3 (95 % intervals)",
        "  flagged               33.3% [0, 100]",
        "  answered cheerfully   33.3% [0, 100]",
        "look-alikes: 2",
        "  alarmed               50.0% [0, 100]",
        "kinds of mistakes:",
        "  missed flag: fire: 1",
        "  missed flag: crash: 1",
        "  false alarm: fire: 1",
        "  [missed flag: fire] answer: answer b",
        "  [missed flag: crash] unknown: unknown c",
        "  [false alarm: fire] red_flag: flag d",
    ]


def test_a_lost_follow_up_is_named(measure: Measure) -> None:
    lines = measure(DIALOGS + "1\tanswer\tchain\tfirst\n1\tunknown why\tchain\tfollow\n")
    assert lines == [
        "messages: 2 (right by kind, 95 % intervals)",
        "  first       1  100.0% [100, 100]",
        "  follow      1    0.0% [0, 0]",
        "kinds of mistakes:",
        "  follow lost: 1",
        "  [follow: chain] unknown : unknown why",
    ]


@pytest.mark.parametrize(
    ("message", "gold", "kind"),
    [
        ("answer", "chain", "first"),
        ("answer", "brakes|chain", "first"),
        ("suggestions", "brakes", "first"),
        ("suggestions", "none", "first"),
        ("limited", "none", "limit"),
        ("limited", "none", "new"),
        ("flag", "red_flag", "danger"),
        ("talk", "smalltalk", "talk"),
        ("talk", "none", "talk"),
        ("unknown", "smalltalk", "talk"),
    ],
)
def test_a_message_gets_a_right_reply(message: str, gold: str, kind: str, measure: Measure) -> None:
    lines = measure(f"{DIALOGS}1\t{message}\t{gold}\t{kind}\n")
    assert len(lines) == 2
    assert "100.0%" in lines[1]


@pytest.mark.parametrize(
    ("message", "gold", "kind"),
    [
        ("answer", "brakes", "first"),
        ("answer", "none", "first"),
        ("answer", "chain", "limit"),
        ("flag", "chain", "danger"),
        ("limited", "chain", "follow"),
    ],
)
def test_a_message_gets_a_wrong_reply(message: str, gold: str, kind: str, measure: Measure) -> None:
    lines = measure(f"{DIALOGS}1\t{message}\t{gold}\t{kind}\n")
    assert f"  {kind} lost: 1" in lines


def test_each_dialog_begins_a_chat_of_its_own(replies: dict[str, Reply], tmp_path: Path) -> None:
    path = tmp_path / "dialogs.tsv"
    path.write_text(DIALOGS + "1\ta\tchain\tfirst\n1\tb\tchain\tnew\n2\tc\tchain\tfirst\n")
    begun: list[list[str]] = []

    def begin() -> trials.Ask:
        chat: list[str] = []
        begun.append(chat)

        def ask(message: str) -> Reply:
            chat.append(message)
            return replies["answer"]

        return ask

    assert [said.right for said in trials.dialogs(path, begin)] == [True, True, True]
    assert begun == [["a", "b"], ["c"]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "answer\tchain\tin\n",
            "FILE:1: the first line must name the columns: question<tab>gold<tab>kind, "
            "or text<tab>flag<tab>theme, or dialog<tab>message<tab>gold<tab>kind; put it above",
        ),
        (DANGERS + "answer\tyes\n", "FILE:2: expected text<tab>flag<tab>theme"),
        (DANGERS + "answer\tyes\t\n", "FILE:2: expected text<tab>flag<tab>theme"),
        (DANGERS + "\nanswer\tmaybe\tfire\n", "FILE:3: the flag is 'maybe', expected yes or no"),
        (DIALOGS + "1\tanswer\tchain\n", "FILE:2: expected dialog<tab>message<tab>gold<tab>kind"),
    ],
)
def test_a_wrong_line_is_named_with_what_would_be_right(
    content: str, said: str, measure: Measure
) -> None:
    assert measure(content) == [said]


def test_an_empty_file_is_told_what_its_first_line_must_be(measure: Measure) -> None:
    assert measure("")[0].startswith("FILE:1: the first line must name the columns: ")
