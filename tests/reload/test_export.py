"""`skinbot export`: what operators taught becomes a file of the knowledge base."""

import asyncio
import io
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot import cli
from bot.answering import loading
from bot.answering.replies import Answer
from bot.knowledge import yaml_reader
from bot.knowledge.lessons import Kind, Lesson
from bot.knowledge.models import Learned
from bot.knowledge.parser import ADAPTERS
from bot.language.words import has_words
from bot.reload import export
from bot.storage.storage import Storage
from tests.support.broken import BRAKES, change
from tests.support.fake_time import START

MOAN, PEDELEC, HUM = "why do the stoppers moan", "my pedelec hums", "the bell hums"
LEARNED = "learned.yaml"
ASTRAY = "who won the football match"
NOTHING = "nothing to export: nothing was taught that is not there already\n"
QUESTIONS = [MOAN, PEDELEC, HUM, "my brakes are squealing", "how much is a new bicycle", ASTRAY]

Console = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch, folder: Path, tmp_path: Path) -> None:
    """The database lies in the working directory, and the bicycles beside it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("KNOWLEDGE_DIR", str(folder))


def lesson(phrasing: str, target: str = "brakes.squeal", kind: Kind = Kind.ENTRY) -> Lesson:
    return Lesson(0, kind, target, phrasing, START.date())


TAUGHT = [
    lesson(MOAN),
    lesson(PEDELEC, "motors", Kind.LIMIT),
    lesson("nothing of interest", "", Kind.IGNORE),
    lesson(HUM),
]
"""The lessons, in this order."""
EXPORTED = f"""\
learned:
  - id: "brakes.squeal"
    phrasings:
      - "{MOAN}"
      - "{HUM}"
  - id: "motors"
    phrasings:
      - "{PEDELEC}"
"""


def teach(*lessons: Lesson, file: str = "skinbot.db") -> list[Lesson]:
    """Write lessons into the database, as the running bot would."""

    async def taught() -> list[Lesson]:
        storage = Storage.open(f"sqlite:///{file}")
        try:
            for each in lessons:
                await storage.records.teach(each.kind, each.target, each.phrasing, START.date(), ())
            return await storage.records.lessons()
        finally:
            await storage.close()

    return asyncio.run(taught())


def exported(console: Console) -> str:
    assert cli.main(["export"]) == 0
    out, err = console.readouterr()
    assert err == ""
    return out


# What is exported


def test_phrasings_of_entries_and_limits_are_exported_and_what_is_ignored_is_not(
    capsys: Console,
) -> None:
    teach(*TAUGHT)
    assert exported(capsys) == EXPORTED


def test_put_into_the_folder_it_passes_the_check_and_gives_the_same_replies(
    folder: Path, capsys: Console
) -> None:
    taught = teach(*TAUGHT)
    before = loading.load(folder, taught)
    (folder / LEARNED).write_text(exported(capsys), "utf-8")
    assert cli.main(["check"]) == 0
    assert capsys.readouterr().out.endswith(f"\n{folder}: no problems\n")
    for lessons in (taught, []):
        after = loading.load(folder, lessons)
        assert after.knowledge == before.knowledge
        assert [after.ask(each) for each in QUESTIONS] == [before.ask(each) for each in QUESTIONS]
    assert isinstance(before.ask(MOAN), Answer)


def test_what_stands_in_the_knowledge_base_by_now_is_left_out(
    folder: Path, capsys: Console
) -> None:
    teach(*TAUGHT)
    change(folder, BRAKES, "- worn brake pads", f"- worn brake pads\n      - {HUM.upper()}!")
    assert HUM not in exported(capsys)


def test_what_was_taught_about_something_that_has_gone_is_left_out(capsys: Console) -> None:
    teach(lesson("hum", "brakes.gone"), *TAUGHT)
    assert exported(capsys) == EXPORTED


def test_what_the_file_holds_already_stays_in_it(folder: Path, capsys: Console) -> None:
    old = 'learned:\n- id: motors\n  phrasings: ["no", "1:30", does it hum]\n'
    (folder / LEARNED).write_text(old, "utf-8")
    taught = teach(*TAUGHT)
    before = loading.load(folder, taught).knowledge
    text = exported(capsys)
    (folder / LEARNED).write_text(text, "utf-8")
    assert text.startswith('learned:\n  - id: "motors"\n    phrasings:\n      - "no"\n')
    assert loading.load(folder).knowledge == before
    assert exported(capsys) == text


def test_a_file_that_holds_everything_is_exported_as_it_is(folder: Path, capsys: Console) -> None:
    (folder / LEARNED).write_text(EXPORTED, "utf-8")
    teach(lesson(MOAN))
    assert exported(capsys) == EXPORTED


@pytest.mark.parametrize("emptied", ["", "\n"])
def test_a_file_that_the_shell_has_emptied_to_write_into_it_is_no_problem(
    folder: Path, emptied: str, capsys: Console
) -> None:
    """`skinbot export > knowledge/learned.yaml` empties it before anything is exported."""
    teach(*TAUGHT)
    (folder / LEARNED).write_text(emptied, "utf-8")
    assert exported(capsys) == EXPORTED


def test_a_file_that_is_named_is_replaced_and_keeps_what_it_held(
    folder: Path, capsys: Console
) -> None:
    old = "learned:\n- id: motors\n  phrasings: [does it hum]\n"
    (folder / LEARNED).write_text(old, "utf-8")
    teach(*TAUGHT)
    text = exported(capsys)
    assert cli.main(["export", str(folder / LEARNED)]) == 0
    assert capsys.readouterr().out == ""
    assert (folder / LEARNED).read_text("utf-8") == text
    assert "does it hum" in text


def test_with_nothing_to_export_no_file_is_written(folder: Path, tmp_path: Path) -> None:
    teach()
    assert cli.main(["export", str(tmp_path / "new.yaml")]) == 0
    assert not (tmp_path / "new.yaml").exists()
    assert not (folder / LEARNED).exists()


def test_a_file_that_cannot_be_written_is_said_in_one_line(
    folder: Path,  # noqa: ARG001 - what is exported from
    tmp_path: Path,
    capsys: Console,
) -> None:
    teach(*TAUGHT)
    assert cli.main(["export", str(tmp_path / "nowhere" / "new.yaml")]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.endswith("new.yaml cannot be written: No such file or directory")


def test_a_lesson_that_would_turn_an_expected_question_astray_is_named_and_left_out(
    folder: Path, capsys: Console
) -> None:
    """The lesson is not in use either: the file changed after it was taught."""
    teach(lesson(MOAN), lesson(ASTRAY))
    assert cli.main(["export"]) == 0
    out, err = capsys.readouterr()
    assert MOAN in out
    assert ASTRAY not in out
    assert err == (
        f"left out: '{ASTRAY}' for brakes.squeal: an expected question would go astray\n"
    )
    (folder / LEARNED).write_text(out, "utf-8")
    assert cli.main(["check"]) == 0


# Nothing to export, and what goes wrong


@pytest.mark.parametrize("taught", [[], [lesson("saddle", "", Kind.IGNORE)]])
def test_nothing_to_export_is_said_in_one_line(taught: list[Lesson], capsys: Console) -> None:
    teach(*taught)
    assert cli.main(["export"]) == 0
    assert capsys.readouterr() == ("", NOTHING)


def test_a_database_that_is_not_there_is_named_and_not_made(
    tmp_path: Path, capsys: Console
) -> None:
    assert cli.main(["export"]) == 1
    said = "skinbot: there is no database skinbot.db; name another in DATABASE_URL\n"
    assert capsys.readouterr() == ("", said)
    assert list(tmp_path.glob("*.db*")) == []


def test_another_database_is_named_in_the_settings(
    monkeypatch: pytest.MonkeyPatch, capsys: Console
) -> None:
    teach(lesson(MOAN), file="other.db")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///other.db")
    assert MOAN in exported(capsys)


@pytest.mark.parametrize("url", ["nonsense", "sqlite:///:memory:", "mysql://localhost/x"])
def test_an_address_of_no_database_is_one_line(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: Console
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert cli.main(["export"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1


def test_a_folder_with_problems_is_not_exported_to(folder: Path, capsys: Console) -> None:
    teach(*TAUGHT)
    change(folder, BRAKES, "emoji:", "emojy:")
    assert cli.main(["export"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "topics/brakes.yaml" in err


# Any text


def test_it_is_written_as_utf_8_whatever_the_terminal_shows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    teach(lesson("наклон 🚲"))
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    assert cli.main(["export"]) == 0
    assert "наклон 🚲" in written.getvalue().decode("utf-8")


PHRASINGS = st.text(min_size=1, max_size=300).filter(
    lambda text: text == text.strip() and has_words(text)
)
IDS = st.sampled_from(["no", "on", "null", "brakes.squeal", "e1"])


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(IDS, st.lists(PHRASINGS, min_size=1), min_size=1))
@example(
    {"no": ["no", "1:30", "012", "~ x", "null", "*x", "&x", "!x", "- x", "# x", "a: b #c", "{x"]}
)
@example({"e1": ['say "hum"', "it's", "a\\b", "a\nb\r\n c\td", "\x00x\x1fx\x7fx\x85x\x9f.\u2028x"]})
@example(
    {"e1": ["🚲 наклон x", "a\ufeffb", "x\ufffe\uffff\U0010ffffx", "%x", "x" * 300, "x y " * 70]}
)
def test_whatever_was_taught_is_read_as_it_was_written(taught: dict[str, list[str]]) -> None:
    taught = {owner: [text.strip() for text in texts] for owner, texts in taught.items()}
    text = export.dump([(owner, each) for owner, texts in taught.items() for each in texts])
    found = yaml_reader.parse(text.encode(), LEARNED)
    assert found.problems == ()
    learned = ADAPTERS[Learned].validate_python(found.value)
    assert isinstance(learned, Learned)
    assert {each.id: each.phrasings for each in learned.learned} == taught


def test_nothing_is_written_for_nothing() -> None:
    assert export.dump([]) == ""
