"""The files of a knowledge base become something that answers, or a list of all that is wrong."""

import asyncio
import gc
import pickle
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.errors import KnowledgeError
from bot.knowledge import files
from bot.knowledge.files import MAX_BYTES
from bot.knowledge.lessons import Kind, Lesson
from bot.reload import build
from bot.reload.build import LOOKS, UNSETTLED, Built, Job
from tests.support.bots import BICYCLES
from tests.support.broken import BRAKES, CHAIN, change
from tests.support.fake_time import START

FOOTBALL = "who won the football match"
SQUEAK = "chain squeaks"
FOLDER_HERE = "this is a folder; put a YAML file in its place"


def built(job: Job) -> Built:
    return build.build(job, sleep=lambda _: None)


def problems(job: Job, sleep: Callable[[float], None] = lambda _: None) -> list[str]:
    with pytest.raises(KnowledgeError) as raised:
        build.build(job, sleep)
    return [str(problem) for problem in raised.value.problems]


def lesson(
    phrasing: str, target: str = "chain.squeak", kind: Kind = Kind.ENTRY, number: int = 1
) -> Lesson:
    return Lesson(number, kind, target, phrasing, START.date())


ASTRAY = lesson(FOOTBALL)
"""A lesson that turns an expected question astray."""


def mistakes(folder: Path) -> None:
    """Put one mistake into each of three files."""
    change(folder, CHAIN, "title: Chain", "title: no")
    change(folder, BRAKES, "    section: Brakes\n", "    chapter: Brakes\n")
    change(folder, "expected.yaml", "reaches: price", "reaches: nothing_known")


PLACES = [
    "expected.yaml:6:5",
    "topics/brakes.yaml:7:5",
    "topics/brakes.yaml:21:5",
    "topics/chain.yaml:3:1",
]
"""The places of these mistakes; a missing key is reported where its entry begins."""


def places(lines: list[str]) -> list[str]:
    """File, line and column of each mistake."""
    return [":".join(line.split(":")[:3]) for line in lines]


# Good ones


def test_a_good_folder_answers_and_its_files_can_be_kept(folder: Path) -> None:
    made = built(Job(folder, questions=(SQUEAK,)))
    assert made.faq.ask(SQUEAK) == built(Job(files.read(folder))).faq.ask(SQUEAK)
    assert files.unpack(made.files) == files.read(folder)
    assert made.left_out == ()


def test_the_questions_of_the_job_are_asked_and_those_that_are_expected(folder: Path) -> None:
    assert built(Job(folder, questions=(SQUEAK, FOOTBALL))).replies == {
        "my brakes are squealing": "answer brakes.squeal",
        "how much is a new bicycle": "limited price",
        FOOTBALL: "unknown",
        SQUEAK: "answer chain.squeak",
    }


def test_what_is_built_can_go_from_one_process_to_another(folder: Path) -> None:
    made = built(Job(folder))
    again = pickle.loads(pickle.dumps(made))  # noqa: S301 - made here
    assert again.faq.knowledge == made.faq.knowledge
    assert again.faq.ask("squeeky chian") == made.faq.ask("squeeky chian")


def test_a_file_can_be_tried_in_place_of_another(folder: Path) -> None:
    data = (folder / CHAIN).read_bytes().replace(b"It is dry.", b"It is thirsty.")
    made = built(Job(folder, instead={CHAIN: data}))
    assert made.faq.knowledge.entries["chain.squeak"].answer.startswith("It is thirsty.")
    assert files.unpack(made.files)[CHAIN] == data
    assert b"thirsty" not in (folder / CHAIN).read_bytes()


def test_a_file_in_place_of_a_broken_one_mends_it(folder: Path) -> None:
    good = (folder / CHAIN).read_bytes()
    (folder / CHAIN).unlink()
    (folder / CHAIN).mkdir()
    assert built(Job(folder, instead={CHAIN: good}))


# Broken ones


def test_every_problem_of_every_file_is_told_with_its_line_and_column(folder: Path) -> None:
    mistakes(folder)
    assert places(problems(Job(folder))) == PLACES


def test_what_cannot_be_read_is_told_with_all_that_is_wrong_elsewhere(folder: Path) -> None:
    mistakes(folder)
    for name in ("smalltalk.yaml", "synonyms.yaml", "limits.yaml"):
        (folder / name).unlink()
    (folder / "smalltalk.yaml").mkdir()
    (folder / "synonyms.yaml").symlink_to("nowhere")
    found = problems(Job(folder))
    assert set(places(found)) > set(PLACES[1:])
    assert {
        "limits.yaml:1:1: there is no such file; add it",
        f"smalltalk.yaml:1:1: {FOLDER_HERE}",
        "synonyms.yaml:1:1: this is a link to a file that is not there; put the file in its place",
    } <= set(found)
    assert len({line.split(":")[0] for line in found if line.startswith("s")}) == 2


def test_a_file_that_need_not_be_there_must_be_readable_if_it_is(tipless: Path) -> None:
    (tipless / "tips.yaml").symlink_to("nowhere")
    assert [line.split(":")[0] for line in problems(Job(tipless))] == ["tips.yaml"]


def test_a_folder_that_is_not_there_is_one_problem(tmp_path: Path) -> None:
    (found,) = problems(Job(tmp_path / "gone"))
    assert found.startswith(f"{tmp_path}/gone:1:1: this folder cannot be read: No such file")


def test_an_empty_folder_lacks_every_file_that_must_be_there(tmp_path: Path) -> None:
    found = problems(Job(tmp_path))
    assert "about.yaml:1:1: there is no such file; add it" in found
    assert not any(line.startswith("tips.yaml") for line in found)


def test_a_folder_without_topics_says_so(folder: Path) -> None:
    shutil.rmtree(folder / "topics")
    assert any(line.startswith("topics:1:1: there is no topic") for line in problems(Job(folder)))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0", "this is no UTF-8 text; save the file as UTF-8"),
        (bytes(100), "the character U+0000 cannot stand in YAML; remove it"),
        (b"#" * (MAX_BYTES + 1), "the file is larger than 1 MiB; shorten it"),
        (b"a: &a [x]\nb: &b [*a, *a, *a]\nc: [*b, *b]", "a value cannot begin with &; put it in "),
        (b"[" * 1_000, "values are nested more than 12 deep; make them flatter"),
        (b"", "the file is empty; write its keys: id, title, emoji, summary, broad, entries"),
        (b"id: chain\ntitle: [", "the file ends too early; write the rest"),
    ],
    ids=["binary", "nul", "large", "aliases", "nested", "empty", "cut"],
)
def test_what_is_no_knowledge_is_one_line(folder: Path, data: bytes, said: str) -> None:
    found = [line for line in problems(Job(folder, instead={CHAIN: data})) if CHAIN in line]
    assert len(found) == 1
    assert said in found[0]


# Files on their way to the disk


def test_a_file_that_grows_while_it_is_read_is_taken_when_it_is_whole(folder: Path) -> None:
    whole = (folder / CHAIN).read_bytes()
    pieces = [whole[:at] for at in range(0, len(whole), 200)]
    growing = iter([*pieces, whole])

    def write_on(_: float) -> None:
        (folder / CHAIN).write_bytes(next(growing, whole))

    made = build.build(Job(folder), write_on)
    assert files.unpack(made.files)[CHAIN] == whole
    assert next(growing, None) is None


def test_a_file_that_is_away_for_a_moment_is_waited_for(folder: Path, tmp_path: Path) -> None:
    moves: Iterator[Callable[[], None]] = iter(
        [
            lambda: _move(folder / CHAIN, tmp_path / "new"),
            lambda: _move(tmp_path / "new", folder / CHAIN),
        ]
    )
    made = build.build(Job(folder), lambda _: next(moves, lambda: None)())
    assert isinstance(made, Built)


def test_a_folder_that_another_takes_the_place_of_is_read_when_that_is_there(
    folder: Path, tmp_path: Path
) -> None:
    folder.rename(tmp_path / "new")
    made = build.build(
        Job(folder), lambda _: None if folder.exists() else _move(tmp_path / "new", folder)
    )
    assert isinstance(made, Built)


def _move(source: Path, place: Path) -> None:
    source.rename(place)


def test_files_that_never_rest_are_given_up(folder: Path) -> None:
    pauses: list[float] = []

    def write_on(seconds: float) -> None:
        pauses.append(seconds)
        with (folder / CHAIN).open("a") as file:
            file.write("# on and on\n")

    assert problems(Job(folder), write_on) == [f"{folder}:1:1: {UNSETTLED}"]
    assert len(pauses) == LOOKS
    assert sum(pauses) < 10


@pytest.mark.parametrize("pause", [0.2, 0.5, 0.8])
def test_a_file_that_is_written_with_pauses_is_read_whole(folder: Path, pause: float) -> None:
    text = (folder / CHAIN).read_text("utf-8")
    parts = [text[at : at + 300] for at in range(0, len(text), 300)]
    (folder / CHAIN).write_text(parts.pop(0), "utf-8")
    waited = 0.0

    def write_on(seconds: float) -> None:
        nonlocal waited
        waited += seconds
        if parts and waited >= pause:
            waited -= pause
            with (folder / CHAIN).open("a", encoding="utf-8") as file:
                file.write(parts.pop(0))

    made = build.build(Job(folder), write_on)
    assert parts == []
    assert files.unpack(made.files)[CHAIN].decode() == text


# What operators taught


def test_lessons_are_answered_as_what_they_were_taught_to_be(folder: Path) -> None:
    taught = (
        lesson("pedals go clonk", "chain.slip"),
        lesson("where is the nearest pub", "price", Kind.LIMIT),
        lesson("nonsense", "", Kind.IGNORE),
    )
    questions = tuple(each.phrasing for each in taught)
    replies = built(Job(folder, taught, questions=questions)).replies
    assert [replies[q] for q in questions] == ["answer chain.slip", "limited price", "unknown"]


def test_a_lesson_that_turns_an_expected_question_astray_is_left_out(folder: Path) -> None:
    good = [lesson(f"{word} goes clonk", number=n) for n, word in enumerate("abcdefg", 2)]
    also_astray = lesson("how much is a new bicycle", number=9)
    taught = (*good[:2], ASTRAY, *good[2:], also_astray)
    made = built(Job(folder, taught, questions=("g goes clonk",)))
    # The second is a phrasing of nothing else, but turns a question astray that is a limit's.
    assert made.left_out == (ASTRAY, also_astray)
    assert made.replies[FOOTBALL] == "unknown"
    assert made.replies["g goes clonk"] == "answer chain.squeak"


def test_lessons_are_not_blamed_for_what_is_wrong_in_the_files(folder: Path) -> None:
    mistakes(folder)
    assert problems(Job(folder, (lesson("clonk"), ASTRAY))) == problems(Job(folder))


def test_an_expected_question_that_the_files_lead_astray_is_told_beside_lessons(
    folder: Path,
) -> None:
    change(folder, "expected.yaml", "reaches: brakes.squeal", "reaches: brakes.pads")
    (found,) = problems(Job(folder, (lesson("clonk"), lesson("clank", number=2))))
    assert found.startswith("expected.yaml:3:5:")


def test_a_new_lesson_that_turns_a_question_astray_is_a_problem(folder: Path) -> None:
    for others in ((), (lesson("clonk", number=2),)):
        (found,) = problems(Job(folder, others, ASTRAY))
        assert found.startswith("expected.yaml:7:5:")
        assert "must reach no answer, but reaches chain.squeak" in found


def test_a_new_lesson_is_taken_beside_one_that_was_left_out(folder: Path) -> None:
    new = lesson("pedals go clonk", "chain.slip", number=2)
    made = built(Job(folder, (ASTRAY,), new, (new.phrasing,)))
    assert made.left_out == (ASTRAY,)
    assert made.replies[new.phrasing] == "answer chain.slip"


def test_a_lesson_for_what_is_no_longer_there_does_no_harm(folder: Path) -> None:
    made = built(Job(folder, (lesson("clonk", "chain.gone"), lesson("", number=2))))
    assert made.left_out == ()


# What has nothing to do with the knowledge base


async def test_everything_else_goes_on_while_it_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))  # Otherwise there may be a copy of it.
    waited: list[float] = []
    usual = sys.getswitchinterval()

    async def meanwhile() -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(0.001)
            waited.append(time.monotonic() - began)

    others = asyncio.create_task(meanwhile())
    made = await build.beside(Job(BICYCLES, pause=0))
    others.cancel()
    assert made.faq.knowledge.entries
    assert len(waited) > 2
    assert gc.isenabled()
    assert sys.getswitchinterval() == usual


async def test_the_search_for_garbage_goes_on_after_something_broken(folder: Path) -> None:
    (folder / CHAIN).unlink()
    with pytest.raises(KnowledgeError):
        await build.beside(Job(folder, pause=0))
    assert gc.isenabled()
