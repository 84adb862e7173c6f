"""Records beside subscribers: questions, lessons, votes, tallies, old versions and marks."""

import asyncio
import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from bot.knowledge.lessons import Kind, Lesson, Missed
from bot.storage.counts import Tally
from bot.storage.records import LARGEST_NUMBER, SNAPSHOTS, Records
from bot.storage.storage import Storage
from bot.subscriptions.schedule import Schedule
from bot.subscriptions.subscriber import State, Subscriber
from tests.support.bots import ANNA, opened

BEN = 43
NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 23)
DAY, SECOND = dt.timedelta(days=1), dt.timedelta(seconds=1)
ANSWERED = Tally(TODAY, "outcome", "answer", 3)
MANY = 40_000
"""More values than one statement takes."""


@pytest.fixture
def records(storage: Storage) -> Records:
    return storage.records


def missed(text: str, day: dt.date = TODAY, outcome: str = "unknown") -> Missed:
    return Missed(0, text, outcome, day)


async def texts(records: Records) -> list[str]:
    """The questions that are kept, the newest first."""
    return [each.text for each in await records.missed(MANY)]


async def taught(records: Records, *phrasings: str) -> list[Lesson]:
    return [
        await records.teach(Kind.ENTRY, "chain.squeak", phrasing, TODAY, [])
        for phrasing in phrasings
    ]


async def kept(records: Records, *packages: bytes) -> list[int]:
    return [await records.keep(package, NOW) for package in packages]


async def all_kept(records: Records) -> list[bytes]:
    """The versions that are kept, the newest first."""
    found = []
    before = None
    while snapshot := await records.kept(before):
        before, package, _ = snapshot
        found.append(package)
    return found


# Counts


async def test_nothing_is_counted_at_first(records: Records) -> None:
    assert await records.tallies(TODAY) == []


async def test_what_is_counted_comes_back_as_it_was(records: Records) -> None:
    tip = Tally(TODAY, "tip", "blocked", 2)
    joined = Tally(TODAY, "joined", "", 1)
    await records.note([ANSWERED, tip, joined], [])
    found = await records.tallies(TODAY)
    assert sorted(found, key=str) == sorted([ANSWERED, tip, joined], key=str)


async def test_counts_of_the_same_thing_on_the_same_day_add_up(records: Records) -> None:
    await records.note([ANSWERED], [])
    await records.note([ANSWERED, replace(ANSWERED, count=4)], [])
    assert await records.tallies(TODAY) == [replace(ANSWERED, count=10)]


@pytest.mark.parametrize(
    "other", [{"day": TODAY + DAY}, {"kind": "entry"}, {"name": "unknown"}], ids=str
)
async def test_counts_of_anything_else_stay_apart(
    records: Records, other: dict[str, dt.date | str]
) -> None:
    another = Tally(**{"day": TODAY, "kind": "outcome", "name": "answer", "count": 1, **other})  # type: ignore[arg-type] # of several kinds
    await records.note([ANSWERED, another], [])
    assert sorted(await records.tallies(TODAY), key=str) == sorted([ANSWERED, another], key=str)


async def test_counts_of_earlier_days_are_left_out_and_the_first_day_comes_first(
    records: Records,
) -> None:
    days = [replace(ANSWERED, day=TODAY + n * DAY) for n in (1, -1, 0)]
    await records.note(days, [])
    assert [tally.day for tally in await records.tallies(TODAY)] == [TODAY, TODAY + DAY]


async def test_two_who_count_at_once_lose_nothing(records: Records) -> None:
    await asyncio.gather(*(records.note([ANSWERED], []) for _ in range(10)))
    assert await records.tallies(TODAY) == [replace(ANSWERED, count=30)]


async def test_noting_nothing_changes_nothing(records: Records) -> None:
    await records.note([], [])
    assert (await records.tallies(TODAY), await records.missed(MANY)) == ([], [])


# Questions without an answer


async def test_a_missed_question_comes_back_with_all_that_was_kept_of_it(records: Records) -> None:
    await records.note([], [missed("wo ist die Kette? 🚲", TODAY, "voted_down")])
    (found,) = await records.missed(MANY)
    assert found == Missed(found.id, "wo ist die Kette? 🚲", "voted_down", TODAY)
    assert 0 < found.id <= LARGEST_NUMBER


async def test_questions_of_the_newest_days_come_first_and_no_more_than_wanted(
    records: Records,
) -> None:
    await records.note([], [missed(text, TODAY + n * DAY) for n, text in enumerate("abc")])
    await records.note([], [missed("d", TODAY + 9 * DAY)])
    assert [each.text for each in await records.missed(3)] == ["d", "c", "b"]


async def test_the_order_in_which_people_asked_is_not_kept(records: Records) -> None:
    """The file does not show it either, where rows lie by their numbers."""
    asked = [f"question {number:02}" for number in range(40)]
    for text in asked:
        await records.note([], [missed(text)])
    assert await texts(records) not in (asked, asked[::-1])
    by_number = sorted(await records.missed(MANY), key=lambda each: each.id)
    in_place = [each.text == text for each, text in zip(by_number, asked, strict=True)]
    assert sum(in_place) < 10


async def test_the_same_question_twice_is_kept_twice(records: Records) -> None:
    await records.note([], [missed("a"), missed("a")])
    assert await texts(records) == ["a", "a"]


async def test_settled_questions_are_gone_and_the_others_stay(records: Records) -> None:
    await records.note([], map(missed, "abcd"))
    numbers = {each.text: each.id for each in await records.missed(MANY)}
    await records.settle([numbers["a"], numbers["c"], 10**9])
    assert sorted(await texts(records)) == ["b", "d"]


async def test_settling_nothing_changes_nothing(records: Records) -> None:
    await records.note([], [missed("a")])
    await records.settle([])
    assert await texts(records) == ["a"]


async def test_pruning_forgets_what_is_older_than_it_may_be(records: Records) -> None:
    await records.note(
        [ANSWERED, replace(ANSWERED, day=TODAY - DAY)],
        [missed("old", TODAY - DAY), missed("just not"), missed("new", TODAY + DAY)],
    )
    await records.prune(TODAY, TODAY)
    assert await texts(records) == ["new", "just not"]
    assert await records.tallies(TODAY - 9 * DAY) == [ANSWERED]


# Subscribers are counted


async def test_whoever_is_paused_is_a_subscriber_and_whoever_has_stopped_is_none(
    storage: Storage,
) -> None:
    for chat, state in enumerate(State, 1):
        somebody = Subscriber.new(chat, Schedule(dt.time(9), "UTC"), NOW)
        await storage.change(chat, lambda _, s=somebody, state=state: replace(s, state=state))  # type: ignore[misc] # mypy sees no type in the defaults of a lambda
    assert await storage.records.subscribers() == 2


async def test_nobody_is_no_subscriber(records: Records) -> None:
    assert await records.subscribers() == 0


# Lessons


async def test_a_lesson_comes_back_as_it_was_taught(records: Records) -> None:
    lesson = await records.teach(Kind.LIMIT, "price", "was kostet das? 🚲", TODAY, [])
    assert lesson == Lesson(lesson.id, Kind.LIMIT, "price", "was kostet das? 🚲", TODAY)
    assert await records.lessons() == [lesson]
    assert type((await records.lessons())[0].kind) is Kind


async def test_lessons_come_in_the_order_in_which_they_were_taught(records: Records) -> None:
    lessons = await taught(records, "z", "a", "m")
    assert await records.lessons() == lessons


async def test_the_questions_that_a_lesson_settles_are_gone_with_it(records: Records) -> None:
    await records.note([], map(missed, "abc"))
    numbers = {each.text: each.id for each in await records.missed(MANY)}
    await records.teach(Kind.IGNORE, "", "a", TODAY, [numbers["a"], numbers["b"]])
    assert await texts(records) == ["c"]


async def test_a_lesson_may_settle_more_questions_than_a_statement_takes_values(
    records: Records,
) -> None:
    await records.note([], [missed("a")] * 3)
    numbers = [each.id for each in await records.missed(MANY)]
    await records.teach(Kind.IGNORE, "", "a", TODAY, [*range(10**6, 10**6 + MANY), *numbers])
    assert await texts(records) == []


async def test_an_undone_lesson_is_gone_and_is_told_once(records: Records) -> None:
    first, second = await taught(records, "a", "b")
    assert await records.unlearn(first.id) == first
    assert await records.unlearn(first.id) is None
    assert await records.lessons() == [second]


async def test_the_number_of_an_undone_lesson_is_never_given_again(records: Records) -> None:
    (first,) = await taught(records, "a")
    await records.unlearn(first.id)
    (second,) = await taught(records, "b")
    assert second.id > first.id


# Votes


async def test_the_first_vote_follows_none_and_the_next_one_follows_it(records: Records) -> None:
    said = [await records.vote(ANNA, "brakes.pads", TODAY, up=up) for up in (True, False, False)]
    assert said == [None, True, False]
    assert await records.votes_of(ANNA) == {"brakes.pads": False}


async def test_votes_are_counted_for_each_entry_over_all_people(records: Records) -> None:
    for person, entry, up in [
        (BEN, "chain.slip", False),
        (ANNA, "brakes.pads", False),
        (BEN, "brakes.pads", False),
        (44, "brakes.pads", True),
    ]:
        await records.vote(person, entry, TODAY, up=up)
    counted = await records.voted_down(TODAY, TODAY + DAY)
    assert list(counted.items()) == [("brakes.pads", 2), ("chain.slip", 1)]


async def test_a_person_is_told_their_own_votes_only(records: Records) -> None:
    await records.vote(ANNA, "chain.slip", TODAY, up=False)
    await records.vote(ANNA, "brakes.pads", TODAY - DAY, up=True)
    await records.vote(BEN, "chain.squeak", TODAY, up=True)
    own = await records.votes_of(ANNA)
    assert list(own.items()) == [("brakes.pads", True), ("chain.slip", False)]
    assert await records.votes_of(45) == {}


async def test_two_votes_of_one_person_at_once_are_one(records: Records) -> None:
    said = await asyncio.gather(
        *(records.vote(ANNA, "brakes.pads", TODAY, up=True) for _ in range(5))
    )
    assert sorted(said, key=str) == [None, True, True, True, True]
    assert await records.votes_of(ANNA) == {"brakes.pads": True}


async def test_ids_of_telegram_are_larger_than_four_bytes(records: Records) -> None:
    await records.vote(2**52 - 1, "brakes.pads", TODAY, up=True)
    assert await records.votes_of(2**52 - 1) == {"brakes.pads": True}


# Knowledge bases that were good


async def test_nothing_is_kept_at_first(records: Records) -> None:
    assert await records.kept() is None
    assert await records.kept(before=1) is None


async def test_the_newest_kept_one_comes_back_byte_by_byte(records: Records) -> None:
    package = bytes(range(256)) * 100
    _, number = await kept(records, b"old", package)
    assert await records.kept() == (number, package, NOW)


async def test_the_one_before_a_number_is_the_next_older(records: Records) -> None:
    first, second, third = await kept(records, b"1", b"2", b"3")
    assert await records.kept(third) == (second, b"2", NOW)
    assert await records.kept(second) == (first, b"1", NOW)
    assert await records.kept(first) is None
    assert await records.kept(third + 1) == (third, b"3", NOW)


async def test_only_the_newest_are_kept(records: Records) -> None:
    packages = [str(number).encode() for number in range(SNAPSHOTS + 3)]
    await kept(records, *packages)
    assert await all_kept(records) == packages[: -SNAPSHOTS - 1 : -1]


async def test_those_after_one_can_be_dropped_and_their_numbers_are_not_given_again(
    records: Records,
) -> None:
    first, _, third = await kept(records, b"1", b"2", b"3")
    await records.drop_after(first)
    assert await all_kept(records) == [b"1"]
    (fourth,) = await kept(records, b"4")
    assert fourth > third
    assert await records.kept(fourth) == (first, b"1", NOW)


async def test_dropping_after_the_newest_drops_none(records: Records) -> None:
    _, second = await kept(records, b"1", b"2")
    await records.drop_after(second)
    assert await all_kept(records) == [b"2", b"1"]


# Marks


async def test_a_mark_is_what_it_was_set_to_last(records: Records) -> None:
    assert await records.mark("digest") is None
    await records.set_mark("digest", "2026-11-22")
    await records.set_mark("digest", "2026-11-23")
    await records.set_mark("other", "x")
    assert await records.mark("digest") == "2026-11-23"


# Over a restart


async def test_everything_is_there_after_a_restart(
    storage: Storage, records: Records, database_folder: Path
) -> None:
    await records.note([ANSWERED], [missed("a")])
    (lesson,) = await taught(records, "b")
    await records.vote(ANNA, "brakes.pads", TODAY, up=True)
    (number,) = await kept(records, b"1")
    await records.set_mark("digest", "x")
    await storage.close()
    async with opened(database_folder) as again:
        records = again.records
        assert await records.tallies(TODAY) == [ANSWERED]
        assert await texts(records) == ["a"]
        assert await records.lessons() == [lesson]
        assert await records.votes_of(ANNA) == {"brakes.pads": True}
        assert await records.kept() == (number, b"1", NOW)
        assert await records.mark("digest") == "x"
