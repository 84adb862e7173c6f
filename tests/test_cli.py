"""The command line: its output, its error messages and its exit codes."""

import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot import __main__ as program
from bot import cli
from bot.features.questions import texts
from bot.knowledge import base
from tests.support.bots import BICYCLES
from tests.support.talks import make_talkative

HERE = Path(__file__).parent.parent
KEYS = ["question", "outcome", "topics", "entries", "score", "text"]
Console = pytest.CaptureFixture[str]

pytestmark = pytest.mark.usefixtures("logging_as_before")


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder without a .env, and the bicycles."""
    monkeypatch.chdir(tmp_path)
    for name in ("BOT_TOKEN", "BOT_TOKEN_FILE", "OPERATOR_IDS", "LOG_LEVEL", "TELEGRAM_API_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("DATABASE_URL", "DEFAULT_TIMEZONE", "TIP_TIME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KNOWLEDGE_DIR", str(BICYCLES))


class Typing:
    """Bytes for standard input, as another process would write them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def __call__(self, typed: bytes) -> None:
        stdin = io.TextIOWrapper(io.BytesIO(typed), encoding="ascii")
        self.monkeypatch.setattr(sys, "stdin", stdin)


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> Typing:
    return Typing(monkeypatch)


def asked(console: Console, *arguments: str) -> list[dict[str, Any]]:
    """The JSON objects that a command prints."""
    assert cli.main(arguments) == 0
    return [json.loads(line) for line in console.readouterr().out.splitlines()]


# ask


def test_one_question_gets_one_answer_in_plain_text(capsys: Console) -> None:
    assert cli.main(["ask", "why do my brakes squeal?"]) == 0
    assert capsys.readouterr().out == (
        "Yes, wet brakes squeal. It ends when they are dry.\n"
        "Water makes the pads slip & grab.\n\n"
        "The handbook's view.\n"
    )


def test_the_words_of_a_question_need_no_quotes(capsys: Console) -> None:
    quoted = asked(capsys, "ask", "--json", "my brakes squeal")
    assert asked(capsys, "ask", "--json", "my", "brakes", "squeal") == quoted
    assert asked(capsys, "ask", "my", "brakes", "squeal", "--json") == quoted


def test_a_dash_among_other_words_is_a_word(capsys: Console, type_in: Typing) -> None:
    type_in(b"hello\n")
    (found,) = asked(capsys, "ask", "--json", "brakes", "-", "squeal")
    assert found["question"] == "brakes - squeal"


def test_json_has_exactly_the_keys_that_others_rely_on(capsys: Console) -> None:
    (found,) = asked(capsys, "ask", "--json", "do brakes squeal when wet")
    assert list(found) == KEYS
    assert found["question"] == "do brakes squeal when wet"
    assert (found["outcome"], found["topics"]) == ("answer", ["brakes"])
    assert found["entries"] == ["brakes.squeal"]
    assert 0.5 < found["score"] <= 1
    assert found["text"].startswith("Yes, wet brakes squeal.")
    assert "<" not in found["text"]


@pytest.mark.parametrize(
    ("question", "outcome", "topics", "entries"),
    [
        ("brakes squeal, chain slips", "answer", {"brakes", "chain"}, 2),
        ("which motor is best", "limited", {"brakes", "chain"}, 0),
        ("I broke my arm", "red_flag", set(), 0),
        ("hello", "smalltalk", set(), 0),
        ("who won the football match", "unknown", set(), 0),
        ("", "unknown", set(), 0),
    ],
)
def test_each_outcome_as_json(
    question: str, outcome: str, topics: set[str], entries: int, capsys: Console
) -> None:
    (found,) = asked(capsys, "ask", question, "--json")
    assert (found["outcome"], {*found["topics"]}) == (outcome, topics)
    assert len(found["entries"]) == entries
    assert 0 <= found["score"] <= 1
    assert found["text"]


def test_suggestions_as_json_list_what_is_suggested(
    folder: Path, capsys: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KNOWLEDGE_DIR", str(folder))
    (folder / "thresholds.yaml").write_text("answer: 1.0\nsuggest: 0.0\n")
    (folder / "expected.yaml").write_text("expected: []\n")
    (found,) = asked(capsys, "ask", "--json", "a chain that is worn")
    assert found["outcome"] == "suggestions"
    assert found["entries"][0] == "chain.slip"
    assert found["topics"][0] == "chain"
    assert found["text"].startswith(texts.DID_YOU_MEAN)


def test_suggestions_are_listed_below_the_question_back(
    folder: Path, capsys: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "thresholds.yaml").write_text("answer: 1.0\nsuggest: 0.0\n")
    (folder / "expected.yaml").write_text("expected: []\n")
    monkeypatch.setenv("KNOWLEDGE_DIR", str(folder))
    assert cli.main(["ask", "brakes squeal now"]) == 0
    assert "- Do brakes squeal when wet?" in capsys.readouterr().out.splitlines()


def test_many_questions_are_answered_in_order(capsys: Console, type_in: Typing) -> None:
    questions = ["brakes squeal", "", "how much is a chain", "  hello  ", "chain slips"]
    type_in("\r\n".join(questions).encode())
    found = asked(capsys, "ask", "--json", "-")
    assert [line["question"] for line in found] == questions
    assert [line["outcome"] for line in found] == [
        "answer",
        "unknown",
        "limited",
        "smalltalk",
        "answer",
    ]


def test_many_questions_can_be_read_by_a_person(capsys: Console, type_in: Typing) -> None:
    type_in(b"hello\nbroke my arm\n")
    assert cli.main(["ask", "-"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Hello. What would you like to know?",
        "Please have a doctor look at that first.",
    ]


def test_no_questions_get_no_answers(capsys: Console, type_in: Typing) -> None:
    type_in(b"")
    assert asked(capsys, "ask", "--json", "-") == []


def test_bytes_that_are_no_text_do_not_end_the_run(capsys: Console, type_in: Typing) -> None:
    type_in(b"brakes \xff squeal\n\xc3\x28\n\x00\nbremsen \xc3\xbc\n")
    found = asked(capsys, "ask", "-", "--json")
    assert [line["question"] for line in found] == [
        "brakes \ufffd squeal",
        "\ufffd(",
        "\x00",
        "bremsen ü",
    ]
    assert found[0]["entries"] == ["brakes.squeal"]


@pytest.mark.parametrize(
    "question", ["a\u2028b\u2029c\x85d\x0be", '"quoted" \\ ü 🧴', "\udcff\ud83d"]
)
def test_each_answer_is_one_line_of_json_whatever_was_asked(question: str, capsys: Console) -> None:
    (found,) = asked(capsys, "ask", "--json", question)
    assert found["question"] == question


def test_a_terminal_without_the_letters_shows_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding="ascii"))
    assert cli.main(["ask", "brakes squeal, chain slips"]) == 0
    assert b"? Brakes\nYes, wet brakes squeal." in shown.getvalue()


def test_the_lines_of_a_dialog_are_one_chat(
    folder: Path, capsys: Console, type_in: Typing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KNOWLEDGE_DIR", str(make_talkative(folder)))
    type_in(b"chain squeaks\nmore\n\nmore\n")
    found = asked(capsys, "ask", "--json", "--dialog", "-")
    assert [list(line) for line in found] == [KEYS] * 3
    assert [line["question"] for line in found] == ["chain squeaks", "more", "more"]
    assert [line["entries"] for line in found] == [["chain.squeak"], ["chain.slip"], []]


def test_a_danger_stays_in_a_dialog_until_an_empty_line(
    folder: Path, capsys: Console, type_in: Typing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KNOWLEDGE_DIR", str(make_talkative(folder)))
    type_in(b"broke my arm\nchain slips\n   \nchain slips\n")
    found = asked(capsys, "ask", "-", "--dialog", "--json")
    assert [line["outcome"] for line in found] == ["red_flag", "red_flag", "answer"]
    assert found[1]["text"].startswith("Please have a doctor look at that first.\n\nIts links")
    assert found[1]["topics"] == ["chain"]


def test_the_footer_comes_once_in_a_dialog(capsys: Console, type_in: Typing) -> None:
    type_in(b"chain squeaks\nbrakes squeal\n\nchain squeaks\n")
    found = asked(capsys, "ask", "--json", "--dialog", "-")
    footers = [line["text"].endswith("The handbook's view.") for line in found]
    assert footers == [True, False, True]


def test_many_questions_without_a_dialog_stand_alone(
    folder: Path, capsys: Console, type_in: Typing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KNOWLEDGE_DIR", str(make_talkative(folder)))
    type_in(b"broke my arm\nchain slips\n")
    found = asked(capsys, "ask", "--json", "-")
    assert [line["outcome"] for line in found] == ["red_flag", "answer"]


# chat


def test_chat_talks_until_the_input_ends(capsys: Console, type_in: Typing) -> None:
    type_in(b"brakes \xff squeal\n1\n")
    assert cli.main(["chat"]) == 0
    shown = capsys.readouterr()
    assert "Yes, wet brakes squeal." in shown.out
    assert "(edited)\nWhen the groove in the rubber is gone." in shown.out
    assert shown.err == ""


def test_a_subscription_in_a_chat_leaves_no_file(
    capsys: Console, type_in: Typing, tmp_path: Path
) -> None:
    type_in(b"/subscribe 9:00 UTC\n")
    assert cli.main(["chat"]) == 0
    assert "Done. A tip comes every day at 09:00" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_a_subscription_in_a_chat_stays_in_a_database_that_is_named(
    capsys: Console, type_in: Typing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///kept.db")
    type_in(b"/subscribe 9:00 UTC\n")
    assert cli.main(["chat"]) == 0
    assert (tmp_path / "kept.db").is_file()
    type_in(b"/settings\n")
    assert cli.main(["chat"]) == 0
    assert "Time: 09:00, UTC time" in capsys.readouterr().out


@pytest.mark.parametrize(
    "moment", ["2026-03-29T08:30:00+01:00", "2026-03-29T07:30Z", "2026-03-29 07:30:00"]
)
def test_the_clock_of_a_chat_starts_at_a_given_time(
    capsys: Console, type_in: Typing, moment: str
) -> None:
    type_in(b"/subscribe 9:00 UTC\n/mydata\n")
    assert cli.main(["chat", "--now", moment]) == 0
    assert "Since: 2026-03-29 07:30 UTC\n" in capsys.readouterr().out


@pytest.mark.parametrize("moment", ["tomorrow", "9am", "25:00", "2026-13-01", "", "0001-01-01"])
def test_a_time_that_is_none_is_wrong_usage(capsys: Console, moment: str) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["chat", "--now", moment])
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    usage, problem = said.err.splitlines()
    assert usage == "usage: skinbot chat [-h] [--now TIME]"
    assert problem.startswith("skinbot chat: error: argument --now: ")
    assert problem.endswith(f"{moment!r}, expected a time such as 2026-03-29T08:59:50+01:00")


def test_a_database_that_is_none_is_one_line_and_stays_as_it_was(
    capsys: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notes.txt").write_text("Not a database. " * 100)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///notes.txt")
    said = problem(capsys, "chat")
    assert said.startswith("skinbot: the database notes.txt ")
    assert said.count("\n") == 1
    assert (tmp_path / "notes.txt").read_text() == "Not a database. " * 100
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


# evaluate


def test_evaluate_prints_the_figures(tmp_path: Path, capsys: Console) -> None:
    file = tmp_path / "questions.tsv"
    file.write_text("question\tgold\tkind\nbrakes squeal\tbrakes\tin\nmotor\tnone\tnear\n")
    assert cli.main(["evaluate", str(file)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["covered questions: 1", "  right topic first   100.0%"]


def test_evaluate_holds_dialogs(tmp_path: Path, capsys: Console) -> None:
    file = tmp_path / "dialogs.tsv"
    file.write_text("dialog\tmessage\tgold\tkind\n1\tbrakes squeal\tbrakes\tfirst\n")
    assert cli.main(["evaluate", str(file)]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "  first       1  100.0% [100, 100]"


# What goes wrong


def problem(console: Console, *arguments: str) -> str:
    """The message of a command that cannot do its work; standard output stays empty."""
    assert cli.main(arguments) == 1
    said = console.readouterr()
    assert said.out == ""
    return said.err


def test_a_file_that_is_not_there_is_one_line(capsys: Console) -> None:
    said = problem(capsys, "evaluate", "nothing.tsv")
    assert said.startswith("skinbot: nothing.tsv cannot be read as a file of questions: ")
    assert said.count("\n") == 1


def test_a_wrong_setting_is_one_line(capsys: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPERATOR_IDS", "me")
    said = problem(capsys, "ask", "brakes")
    assert said == "skinbot: OPERATOR_IDS is 'me', expected user ids such as 42,1001\n"


def test_settings_are_read_from_a_file_beside(capsys: Console, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LOG_LEVEL=loud\n")
    said = problem(capsys, "ask", "brakes")
    assert said.startswith("skinbot: LOG_LEVEL is 'loud', expected one of")


def test_running_without_a_token_is_one_line(capsys: Console) -> None:
    said = problem(capsys, "run")
    assert said.startswith("skinbot: BOT_TOKEN is not set")
    assert said.count("\n") == 1


def test_every_problem_of_a_knowledge_base_is_a_line(
    folder: Path, capsys: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KNOWLEDGE_DIR", str(folder))
    (folder / "about.yaml").write_text("nmae: x\n")
    (folder / "topics" / "chain.yaml").unlink()
    *lines, rest = problem(capsys, "ask", "brakes").splitlines()
    assert len(lines) > 2
    assert rest == "4 more follow from these."
    assert all(line.split(":")[1].isdigit() and line.split(":")[2].isdigit() for line in lines)


@pytest.mark.parametrize(
    "arguments",
    [["ask"], ["evaluate"], ["calibrate"], ["nothing"], ["ask", "x", "--xml"], ["-x"]],
)
def test_wrong_usage_is_explained(arguments: Sequence[str], capsys: Console) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("usage: skinbot")


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["--version"]])
def test_help_is_no_error(arguments: Sequence[str], capsys: Console) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 0
    assert "skinbot" in capsys.readouterr().out


def test_the_version_is_the_newest_one_of_the_changelog(capsys: Console) -> None:
    changes = (HERE / "CHANGELOG.md").read_text("utf-8")
    newest = re.search(r"^## (\d+\.\d+\.\d+) - \d{4}-\d{2}-\d{2}$", changes, re.MULTILINE)
    assert newest
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert capsys.readouterr().out == f"skinbot {newest[1]}\n"


def test_without_a_command_the_help_is_shown(
    capsys: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPERATOR_IDS", "me")  # A wrong setting keeps nobody from the help.
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    shown = capsys.readouterr()
    assert cli.main([]) == 0
    assert capsys.readouterr() == shown


def test_every_command_is_in_the_help(capsys: Console) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    shown = capsys.readouterr().out
    names = ("run", "chat", "ask", "check", "evaluate", "calibrate", "export")
    assert all(f"\n    {name}" in shown for name in names)


def test_without_a_setting_the_knowledge_base_of_the_program_is_used() -> None:
    assert (base.shipped() / "topics").is_dir()
    assert (base.shipped() / "red_flags.yaml").is_file()


# As a process


def start(*command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - this program itself
        command,
        cwd=HERE,
        # Not unbuffered: what reaches the other side must have been sent off by the program.
        env={**os.environ, "KNOWLEDGE_DIR": str(BICYCLES), "PYTHONUNBUFFERED": ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_module_and_a_command_are_the_same_program() -> None:
    command = Path(sys.executable).with_name("skinbot")
    arguments = ("ask", "--json", "worn pads")
    both = [start(str(command), *arguments), start(sys.executable, "-m", "bot", *arguments)]
    printed = [process.communicate() for process in both]
    assert printed[0] == printed[1]
    assert json.loads(printed[0][0])["entries"] == ["brakes.pads"]
    assert [process.returncode for process in both] == [0, 0]


def test_a_reader_that_goes_away_ends_the_run_without_a_word() -> None:
    process = start(sys.executable, "-m", "bot", "ask", "--json", "-")
    assert process.stdin
    assert process.stdout
    assert process.stderr
    process.stdin.write(b"brakes squeal\n")
    process.stdin.flush()
    first = process.stdout.readline()
    process.stdout.close()
    process.stdin.write(b"brakes squeal\n" * 10)
    process.stdin.close()
    assert json.loads(first)["outcome"] == "answer", "each answer comes at once"
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(30) == 1


@pytest.fixture
def _interruptible() -> Iterator[None]:
    """Processes that are started here hear Ctrl-C, even where this one runs in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_interruptible")
def test_an_interrupt_ends_the_run_without_a_word() -> None:
    process = start(sys.executable, "-m", "bot", "ask", "--json", "-")
    assert process.stdin
    assert process.stdout
    process.stdin.write(b"brakes squeal\n")
    process.stdin.flush()
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30) == (b"", b"")
    assert process.returncode == 1


@pytest.mark.parametrize("command", ["run", "chat", "check", ""])
def test_on_windows_one_line_says_where_it_runs(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: Console
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "argv", ["skinbot", command])
    assert program.main() == 1
    assert capsys.readouterr().err == f"{program.UNIX_ONLY}\n"
