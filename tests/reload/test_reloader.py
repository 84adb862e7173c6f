"""The bot gets new knowledge while it answers: all of it, or nothing."""

import asyncio
import datetime as dt
import shutil
from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answering.faq import Faq, Live
from bot.errors import KnowledgeError, ReloadError
from bot.knowledge import files
from bot.knowledge.files import MAX_BYTES
from bot.knowledge.lessons import Kind, Lesson, Missed
from bot.reload import diff
from bot.reload import reloader as reloading
from bot.reload.build import Built, Job
from bot.reload.diff import Changes, Moved, Section
from bot.reload.reloader import (
    FAULT,
    LETTERS,
    MOST_LETTERS,
    NOTHING_OLDER,
    RECENT,
    Reloader,
    Start,
)
from bot.settings import Settings
from bot.storage.records import SNAPSHOTS, Records
from bot.storage.storage import Storage
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import BICYCLES, at_once, build_parts, sql
from tests.support.broken import BRAKES, CHAIN, change
from tests.support.fake_time import Clock

SQUEAK = "why does my chain squeak"
FOOTBALL = "who won the football match"
PEDALS = "pedals go clonk"
RUST = "crumbling cassette"


async def failing(_: Job) -> Built:
    """A build that fails, as when memory runs out."""
    raise MemoryError


async def hanging(_: Job) -> Built:
    """A build that hangs, as when a file server does not answer."""
    await asyncio.Event().wait()
    raise AssertionError("nobody ends this")


"""Processes that build nothing, for what must not need one or must survive its end."""


@pytest.fixture
def records(storage: Storage) -> Records:
    return storage.records


@pytest.fixture
async def reloader(faq: Faq, records: Records, folder: Path, clock: Clock) -> Reloader:
    """A reloader as it is once a process has begun."""
    reloader = Reloader(Live(faq), records, folder, clock.wall, at_once)
    await reloader.keep(files.read(folder))
    return reloader


def answer(reloader: Reloader, entry: str = "chain.squeak") -> str:
    """The answer that people get right now."""
    return reloader.live.faq.knowledge.entries[entry].answer.partition(".")[0]


def say(folder: Path, words: str, before: str = "It is dry") -> None:
    """Write another answer into the folder."""
    change(folder, CHAIN, f"answer: {before}.", f"answer: {words}.")


async def versions(records: Records) -> list[str]:
    """The answers in the versions that are kept, the newest first."""
    found: list[str] = []
    before = None
    while kept := await records.kept(before):
        before, packed, _ = kept
        line = files.unpack(packed)[CHAIN].decode().partition("answer: ")[2]
        found.append(line.partition(".")[0])
    return found


async def problems(work: Awaitable[object]) -> list[str]:
    with pytest.raises(KnowledgeError) as caught:
        await work
    return str(caught.value).split("\n")


async def refused(work: Awaitable[object]) -> str:
    with pytest.raises(ReloadError) as caught:
        await work
    assert "\n" not in str(caught.value)
    return str(caught.value)


def everything(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# Reload


async def test_a_good_change_is_swapped_in_and_reported(
    reloader: Reloader, records: Records, folder: Path, clock: Clock
) -> None:
    missed = [Missed(0, q, "unknown", clock.wall().date()) for q in (PEDALS, PEDALS, "my sister")]
    await records.note([], missed)
    say(folder, "It wants oil")
    wordings = f"      - {PEDALS}\n      - {RUST}\n"
    change(folder, CHAIN, "      - chain slips under load\n", wordings)
    change(folder, "tips.yaml", "id: wipe_it_first", "id: wipe_it_dry")
    limit = (
        "  - id: pubs\n    title: pubs\n    answer: None.\n    topics: [chain]\n    phrasings:\n"
    )
    with (folder / "limits.yaml").open("a") as file:
        file.write(limit + "".join(f"      - football match {n}\n" for n in "abcdefgh"))
    with (folder / "expected.yaml").open("a") as file:
        file.write(f"  - question: {RUST}\n    reaches: chain.slip\n")
    before = reloader.live.faq
    asked = before.ask(SQUEAK)
    difference = await reloader.reload()
    assert difference == Changes(
        (
            Section("entries", (), (), ("chain.squeak", "chain.slip")),
            Section("limits", ("pubs",), (), ()),
            Section("tips", ("wipe_it_dry",), ("wipe_it_first",), ()),
            Section("settings of all", (), (), ("expected",)),
        ),
        (
            Moved(FOOTBALL, "unknown", "limited pubs"),
            # Expected from now on:
            Moved(RUST, "unknown", "answer chain.slip"),
            # Asked in vain:
            Moved(PEDALS, "unknown", "answer chain.slip"),
        ),
    )
    assert answer(reloader) == "It wants oil"
    assert await versions(records) == ["It wants oil", "It is dry"]
    # Whoever began with the one that was there before finishes with it.
    assert before.ask(SQUEAK) == asked
    assert before.knowledge.entries["chain.squeak"].answer.startswith("It is dry.")


async def test_of_a_broken_folder_every_problem_is_told_and_the_old_one_goes_on_answering(
    reloader: Reloader, records: Records, folder: Path
) -> None:
    say(folder, "It wants oil")
    change(folder, BRAKES, "title: Brakes", "title: no")
    (folder / "limits.yaml").unlink()
    before = reloader.live.faq
    found = await problems(reloader.reload())
    assert found == [
        "limits.yaml:1:1: there is no such file; add it",
        f"{BRAKES}:3:1: 'title' must be text, but YAML reads no as yes or no; write \"no\"",
    ]
    assert reloader.live.faq is before
    assert await versions(records) == ["It is dry"]


async def test_when_building_fails_for_no_good_reason_the_old_one_goes_on_answering(
    reloader: Reloader, records: Records, folder: Path
) -> None:
    reloader.build = failing
    say(folder, "It wants oil")
    before = reloader.live.faq
    assert await refused(reloader.reload()) == reloading.FAULT
    assert reloader.live.faq is before
    assert await versions(records) == ["It is dry"]


@pytest.mark.parametrize(
    ("texts", "most"),
    [
        # Half a message, a whole one, and many short ones.
        (["q" * (LETTERS + 1), "q" * 1_000, PEDALS], 1),
        ([f"{number:04}" + "q" * (LETTERS - 4) for number in range(300)], MOST_LETTERS // LETTERS),
        ([f"bx{number:03}" for number in range(RECENT + 20)], RECENT),
    ],
)
async def test_nonsense_that_people_wrote_is_hardly_asked_again(
    texts: list[str], most: int, reloader: Reloader, records: Records, clock: Clock
) -> None:
    asked: list[str] = []

    async def building(job: Job) -> Built:
        asked.extend(set(job.questions) & set(texts))
        return await at_once(replace(job, questions=()))

    await records.note([], [Missed(0, text, "unknown", clock.wall().date()) for text in texts])
    reloader.build = building
    await reloader.reload()
    assert len(asked) == most


async def test_two_reloads_at_once_come_one_after_the_other(
    reloader: Reloader, records: Records, folder: Path
) -> None:
    say(folder, "It wants oil")
    first, second = await asyncio.gather(reloader.reload(), reloader.reload())
    assert (len(first.sections), bool(second)) == (1, False)
    assert answer(reloader) == "It wants oil"
    assert await versions(records) == ["It wants oil", "It is dry"]


async def test_a_cancelled_reload_changes_nothing_and_holds_up_nobody(
    reloader: Reloader, folder: Path
) -> None:
    say(folder, "It wants oil")
    reloader.build = hanging
    task = asyncio.create_task(reloader.reload())
    waiting = asyncio.create_task(reloader.put("x.yaml", b""))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert answer(reloader) == "It is dry"
    # The next in the queue has its turn.
    assert "no file of that name" in await refused(waiting)


async def test_when_the_database_fails_one_line_says_so_and_the_old_one_answers(
    reloader: Reloader,
    records: Records,
    folder: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await sql(records, "DROP TABLE snapshots")
    before = everything(folder)
    answers = reloader.live.faq
    assert await refused(reloader.put("learned.yaml", b"learned: []\n")) == FAULT
    assert reloader.live.faq is answers
    assert everything(folder) == before
    assert "no such table" in caplog.text


# Put


async def test_a_file_that_is_sent_takes_the_place_of_the_one_of_its_name(
    reloader: Reloader, records: Records, folder: Path
) -> None:
    old = (folder / CHAIN).read_bytes()
    new = old.replace(b"It is dry.", b"It wants oil.")
    difference = await reloader.put("chain.yaml", new)
    assert difference.sections == (Section("entries", (), (), ("chain.squeak",)),)
    assert answer(reloader) == "It wants oil"
    assert (folder / CHAIN).read_bytes() == new
    assert (folder / f"{CHAIN}.old").read_bytes() == old
    assert await versions(records) == ["It wants oil", "It is dry"]


async def test_a_file_that_is_sent_and_broken_is_told_and_nothing_is_written(
    reloader: Reloader, records: Records, folder: Path
) -> None:
    before, answers = everything(folder), reloader.live.faq
    found = await problems(reloader.put("chain.yaml", b"\x89PNG\r\n\x1a\n"))
    assert "topics/chain.yaml:1:1: this is no UTF-8 text; save the file as UTF-8" in found
    assert everything(folder) == before
    assert reloader.live.faq is answers
    assert await versions(records) == ["It is dry"]


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [
        (
            "../../x.yaml",
            3,
            "There is no file of that name here to replace; a document must be called about.yaml, ",
        ),
        ("", 3, "There is no file of that name here"),
        ("chain.yaml", MAX_BYTES + 1, "topics/chain.yaml would be larger than 1 MiB; nothing was "),
    ],
)
async def test_what_cannot_be_put_there_is_refused_before_anything_is_built(
    reloader: Reloader, folder: Path, name: str, size: int, said: str
) -> None:
    reloader.build = hanging
    before = everything(folder)
    assert (await refused(reloader.put(name, bytes(size)))).startswith(said)
    assert everything(folder) == before


async def test_a_folder_in_the_way_of_a_file_that_is_sent_leaves_all_as_it_was(
    reloader: Reloader, folder: Path, records: Records
) -> None:
    await reloader.keep(files.read(folder))
    (folder / "learned.yaml").mkdir()
    before, answers, kept = everything(folder), reloader.live.faq, await records.kept()
    said = await refused(reloader.put("learned.yaml", b"learned: []\n"))
    assert said == "learned.yaml cannot be written: Is a directory; nothing was changed."
    assert everything(folder) == before
    assert reloader.live.faq is answers
    assert await records.kept() == kept


# Rollback


async def test_rolling_back_goes_step_by_step_and_a_reload_in_between_is_a_step_of_its_own(
    reloader: Reloader, records: Records, folder: Path
) -> None:
    for before, words in (("It is dry", "Second"), ("Second", "Third")):
        say(folder, words, before)
        await reloader.keep(files.read(folder))
    difference = await reloader.rollback()
    assert difference.sections == (Section("entries", (), (), ("chain.squeak",)),)
    assert answer(reloader) == "Second"
    await reloader.rollback()
    assert answer(reloader) == "It is dry"
    assert await refused(reloader.rollback()) == NOTHING_OLDER
    assert answer(reloader) == "It is dry"
    # The folder is as it was, and the next reload takes it again.
    assert b"Third" in (folder / CHAIN).read_bytes()
    await reloader.reload()
    assert answer(reloader) == "Third"
    await reloader.rollback()
    assert answer(reloader) == "It is dry"
    assert await versions(records) == ["It is dry"]


async def test_a_kept_one_that_is_no_good_any_more_is_passed_over(
    reloader: Reloader, records: Records, folder: Path, clock: Clock
) -> None:
    broken = files.pack({**files.read(folder), BRAKES: b"title: from an older version\n"})
    await records.keep(broken, clock.wall())
    say(folder, "Second")
    await reloader.keep(files.read(folder))
    await reloader.rollback()
    assert await versions(records) == ["It is dry"]


async def test_with_nothing_good_to_go_back_to_the_problems_are_told(
    reloader: Reloader, records: Records, folder: Path, clock: Clock
) -> None:
    await records.drop_after(0)
    await records.keep(files.pack({CHAIN: b"title: from an older version\n"}), clock.wall())
    await reloader.keep(files.read(folder))
    assert "about.yaml:1:1: there is no such file; add it" in await problems(reloader.rollback())
    assert answer(reloader) == "It is dry"


async def test_no_more_is_kept_than_there_is_room_for(
    reloader: Reloader, records: Records, folder: Path
) -> None:
    found = files.read(folder)
    for number in range(SNAPSHOTS + 2):
        data = found[CHAIN].replace(b"It is dry.", f"Number {number}.".encode())
        await reloader.keep({**found, CHAIN: data})
    assert await versions(records) == [f"Number {n}" for n in range(SNAPSHOTS + 1, 1, -1)]


async def test_what_is_kept_already_is_not_kept_twice(
    reloader: Reloader, records: Records, folder: Path
) -> None:
    await reloader.keep(files.read(folder))
    assert await versions(records) == ["It is dry"]


# Teach and undo


async def test_a_wording_that_is_taught_is_answered_at_once_and_survives_a_reload_and_a_rollback(
    reloader: Reloader, records: Records, folder: Path, clock: Clock
) -> None:
    await records.note([], [Missed(0, PEDALS, "unknown", clock.wall().date())])
    (missed,) = await records.missed(10)
    say(folder, "Second")
    taught = await reloader.teach(Kind.ENTRY, "chain.slip", PEDALS, [missed.id])
    assert taught.reply == "answer chain.slip"
    assert taught.lesson == Lesson(1, Kind.ENTRY, "chain.slip", PEDALS, clock.wall().date())
    assert await records.missed(10) == []
    # What is in the folder by now is not taken with it.
    assert answer(reloader) == "It is dry"
    difference = await reloader.reload()
    assert [section.changed for section in difference.sections] == [("chain.squeak",)]
    await reloader.rollback()
    assert diff.told(reloader.live.faq.ask(PEDALS)) == "answer chain.slip"


async def test_a_wording_that_turns_an_expected_question_astray_is_refused_with_the_reason(
    reloader: Reloader, records: Records
) -> None:
    before = reloader.live.faq
    (found,) = await problems(reloader.teach(Kind.ENTRY, "chain.squeak", FOOTBALL, []))
    assert found.startswith("expected.yaml:7:5:")
    assert await records.lessons() == []
    assert reloader.live.faq is before


@pytest.mark.parametrize(
    ("target", "phrasing", "said"),
    [
        (
            "chain.slip",
            "Squeaky chain!",
            "It is a phrasing of chain.squeak already; a phrasing can",
        ),
        ("chain.squeak", "Squeaky chain!", "It is a phrasing of chain.squeak already."),
        ("chain.gone", PEDALS, "There is no chain.gone any more."),
        ("chain.slip", "?!", "There is no word in it."),
    ],
)
async def test_a_wording_that_has_no_place_is_refused_before_anything_is_built(
    reloader: Reloader, records: Records, target: str, phrasing: str, said: str
) -> None:
    reloader.build = hanging
    assert (await refused(reloader.teach(Kind.ENTRY, target, phrasing, []))).startswith(said)
    assert await records.lessons() == []


@pytest.mark.parametrize(
    ("kind", "target", "wording"),
    [
        (Kind.ENTRY, "chain.slip", "grumbling zqxvcassette"),
        (Kind.ENTRY, "chain.squeak", "my zqxvchain sings"),
        (Kind.LIMIT, "motors", "the zqxvmotor of anna"),
    ],
)
async def test_an_undone_wording_is_gone_from_the_cache(
    kind: Kind,
    target: str,
    wording: str,
    reloader: Reloader,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def traces() -> list[str]:
        return [f.name for f in (tmp_path / "c/skinbot").iterdir() if b"zqxv" in f.read_bytes()]

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "c"))
    taught = await reloader.teach(kind, target, wording, [])
    assert traces(), "or this test could not see what it looks for"
    await reloader.unlearn(taught.lesson.id)
    assert traces() == []


async def test_what_is_ignored_needs_no_building_and_neither_does_undoing_that(
    reloader: Reloader, records: Records
) -> None:
    reloader.build = hanging
    before = reloader.live.faq
    taught = await reloader.teach(Kind.IGNORE, "", FOOTBALL, [])
    assert (taught.lesson.kind, taught.reply) == (Kind.IGNORE, "unknown")
    assert await reloader.unlearn(taught.lesson.id) == taught.lesson
    assert await reloader.unlearn(taught.lesson.id) is None
    assert (await records.lessons(), reloader.live.faq) == ([], before)


async def test_a_lesson_has_the_day_that_the_calendars_of_the_bots_zone_show(
    telegram: FakeTelegram, faq: Faq, clock: Clock, storage: Storage
) -> None:
    settings = Settings(zone="Pacific/Kiritimati", knowledge=BICYCLES)
    parts = build_parts(telegram, faq, clock, storage, settings)
    taught = await parts.watcher.reloader.teach(Kind.IGNORE, "", FOOTBALL, [])
    tomorrow = clock.wall().date() + dt.timedelta(days=1)
    assert (taught.lesson.day, parts.recorder.today) == (tomorrow, tomorrow)


async def test_what_was_taught_can_be_undone(
    reloader: Reloader, records: Records, clock: Clock
) -> None:
    lesson = await records.teach(Kind.ENTRY, "chain.slip", PEDALS, clock.wall().date(), [])
    reloader.live.faq = (await reloading.start(reloader.folder, records)).faq
    assert diff.told(reloader.live.faq.ask(PEDALS)) == "answer chain.slip"
    assert await reloader.unlearn(lesson.id) == lesson
    assert diff.told(reloader.live.faq.ask(PEDALS)) == "unknown"
    assert await records.lessons() == []


async def test_a_lesson_is_kept_when_it_cannot_be_undone(
    reloader: Reloader, records: Records, clock: Clock
) -> None:
    lesson = await records.teach(Kind.ENTRY, "chain.slip", PEDALS, clock.wall().date(), [])
    reloader.build = failing
    assert await refused(reloader.unlearn(lesson.id)) == reloading.FAULT
    assert await records.lessons() == [lesson]


async def test_a_reload_tells_which_lessons_do_not_fit_any_more(
    reloader: Reloader, records: Records, clock: Clock
) -> None:
    lesson = await records.teach(Kind.ENTRY, "chain.slip", FOOTBALL, clock.wall().date(), [])
    difference = await reloader.reload()
    assert difference == Changes((), (), (lesson,))
    assert diff.told(reloader.live.faq.ask(FOOTBALL)) == "unknown"


# The start of a process


async def test_a_process_starts_with_what_is_in_the_folder_and_what_was_taught(
    records: Records, folder: Path, clock: Clock
) -> None:
    await records.teach(Kind.ENTRY, "chain.slip", PEDALS, clock.wall().date(), [])
    begun = await reloading.start(folder, records)
    assert diff.told(begun.faq.ask(PEDALS)) == "answer chain.slip"
    assert begun == Start(begun.faq, files.read(folder))


async def test_with_a_broken_folder_a_process_starts_with_the_kept_copy_and_tells_the_problems(
    reloader: Reloader, records: Records, folder: Path, clock: Clock
) -> None:
    kept = files.read(folder)
    await records.teach(Kind.ENTRY, "chain.slip", PEDALS, clock.wall().date(), [])
    change(folder, CHAIN, "title: Chain", "title: no")
    (folder / "limits.yaml").unlink()
    begun = await reloading.start(folder, records)
    assert (begun.files, begun.taken) == (kept, clock.wall())
    assert diff.told(begun.faq.ask(PEDALS)) == "answer chain.slip"
    assert begun.problems is not None
    assert [each.file for each in begun.problems.problems] == ["limits.yaml", CHAIN]
    # That it is kept already makes no step of it.
    await reloader.keep(begun.files)
    assert await versions(records) == ["It is dry"]


async def test_without_its_folder_a_process_starts_with_the_kept_copy(
    reloader: Reloader, records: Records, folder: Path
) -> None:
    shutil.rmtree(folder)
    begun = await reloading.start(folder, records)
    assert begun.problems is not None
    assert str(begun.problems).startswith(f"{folder}:1:1: this folder cannot be read")
    assert diff.told(begun.faq.ask(SQUEAK)) == diff.told(reloader.live.faq.ask(SQUEAK))


async def test_an_older_copy_is_taken_when_the_newest_is_no_good_any_more(
    reloader: Reloader, records: Records, folder: Path, clock: Clock
) -> None:
    broken = files.pack({**files.read(folder), BRAKES: b"title: from an older version\n"})
    clock.forward(60)
    await records.keep(broken, clock.wall())
    (folder / "limits.yaml").unlink()
    begun = await reloading.start(folder, records)
    assert begun.taken == clock.wall() - dt.timedelta(seconds=60)
    assert CHAIN in begun.files
    assert answer(reloader) == "It is dry"


@pytest.mark.parametrize("kept", [[], [b"title: from an older version\n"]])
async def test_with_a_broken_folder_and_nothing_good_kept_every_problem_is_raised(
    records: Records, folder: Path, clock: Clock, kept: list[bytes]
) -> None:
    for data in kept:
        await records.keep(files.pack({CHAIN: data}), clock.wall())
    change(folder, CHAIN, "title: Chain", "title: no")
    (folder / "limits.yaml").unlink()
    (folder / "tips.yaml").unlink()
    (folder / "tips.yaml").symlink_to("nowhere")
    found = await problems(reloading.start(folder, records))
    assert [line.split(":")[0] for line in found] == ["limits.yaml", "tips.yaml", CHAIN]


async def test_a_lesson_that_leads_a_question_astray_by_now_does_not_keep_a_process_from_starting(
    records: Records, folder: Path, clock: Clock
) -> None:
    lesson = await records.teach(Kind.ENTRY, "chain.squeak", FOOTBALL, clock.wall().date(), [])
    begun = await reloading.start(folder, records)
    assert (begun.left_out, begun.problems) == ((lesson,), None)
    assert diff.told(begun.faq.ask(FOOTBALL)) == "unknown"
