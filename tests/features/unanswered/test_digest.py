"""Operators get a digest once a day, and are else left in peace."""

import datetime as dt
from dataclasses import dataclass, replace

import pytest
from telegram.ext import ExtBot

from bot.answering.faq import Faq, Live
from bot.bot_api.types import App
from bot.features.operators.notices import Notices
from bot.features.unanswered import groups
from bot.features.unanswered.digest import MARK, Digest
from bot.knowledge.lessons import Kind, Missed
from bot.places import zones
from bot.storage.storage import Storage
from tests.fake_bot_api import faults
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import OPERATOR
from tests.support.fake_time import START, Clock

NINE = dt.time(9)
DAY = dt.timedelta(days=1)
# The clock shows noon of Monday, 23 November, in UTC: the hour of the first day is over.
TOMORROW = START.replace(hour=9) + DAY


@dataclass(slots=True)
class World:
    """A bot that may tell its operator something, and the things that happen meanwhile."""

    digest: Digest
    telegram: FakeTelegram
    clock: Clock

    async def tick(self, moment: dt.datetime | None = None) -> list[str]:
        """All that the operator was told by the end of a tick, at a moment or now."""
        if moment is not None:
            self.clock.set(moment)
        await self.digest.maybe()
        return [str(each["text"]) for each in self.telegram.messages(OPERATOR)]

    @property
    def today(self) -> dt.date:
        """The date in the operators' calendar."""
        return self.clock.wall().astimezone(zones.zone(self.digest.zone)).date()

    def restart(self, at: dt.time = NINE, zone: str = "UTC") -> None:
        """Start anew, perhaps with another hour or zone."""
        self.digest = replace(self.digest, at=at, zone=zone)

    async def asked(self, *texts: str) -> None:
        """Store questions that found no answer, one after the other."""
        today = self.today
        await self.digest.records.note([], [Missed(0, text, "unknown", today) for text in texts])

    async def voted(self, entry: str, *people: int, up: bool = False) -> None:
        for person in people:
            self.clock.forward(1)
            await self.digest.records.vote(person, entry, self.today, up=up)


@pytest.fixture
def operator(telegram: FakeTelegram) -> Person:
    return telegram.person(OPERATOR, "Operator")


@pytest.fixture
def bot(app: App) -> ExtBot[int]:
    return app.bot


@pytest.fixture
def fresh(
    telegram: FakeTelegram,
    bot: ExtBot[int],
    faq: Faq,
    clock: Clock,
    storage: Storage,
    operator: Person,
) -> World:
    """A bot that has never ticked."""
    notices = Notices(frozenset({operator.id}))
    digest = Digest(storage.records, notices, bot, Live(faq), clock.wall, "UTC", NINE)
    return World(digest, telegram, clock)


@pytest.fixture
async def world(fresh: World) -> World:
    """A bot that was started on Monday at noon."""
    await fresh.tick()
    return fresh


# When


async def test_the_first_start_tells_nothing_of_the_days_before(fresh: World) -> None:
    await fresh.asked("what about the saddle")
    await fresh.voted("chain.slip", 1)
    assert await fresh.tick(TOMORROW) == []
    assert await fresh.tick(TOMORROW + DAY) == []


async def test_a_busy_morning_takes_nothing_from_the_day_before(world: World) -> None:
    await world.asked("what about the saddle")
    world.clock.forward(DAY.total_seconds() / 2)
    assert world.today == TOMORROW.date()
    await world.asked(*(f"qwxz {number}" for number in range(groups.NEWEST)))
    (told,) = await world.tick(TOMORROW)
    assert "what about the saddle" in told


async def test_it_comes_at_the_first_tick_after_its_hour(world: World) -> None:
    await world.asked("what about the saddle")
    assert await world.tick(TOMORROW - dt.timedelta(seconds=1)) == []
    assert len(await world.tick(TOMORROW)) == 1


async def test_it_tells_of_days_that_are_over(world: World) -> None:
    """A day is told as a whole, since the hour of a question is not kept."""
    world.clock.set(TOMORROW - dt.timedelta(hours=1))
    await world.asked("what about the saddle")
    assert await world.tick(TOMORROW) == []
    assert len(await world.tick(TOMORROW + DAY)) == 1


async def test_it_comes_once_a_day(world: World) -> None:
    await world.asked("what about the saddle")
    await world.tick(TOMORROW)
    await world.asked("which helmet is best")
    assert len(await world.tick()) == 1
    assert len(await world.tick(TOMORROW + dt.timedelta(hours=23))) == 1
    first, second = await world.tick(TOMORROW + DAY)
    assert "saddle" in first
    assert "helmet" not in first
    assert "saddle" not in second
    assert "helmet" in second


async def test_a_restart_does_not_send_it_twice(world: World) -> None:
    await world.asked("what about the saddle")
    await world.tick(TOMORROW)
    await world.asked("which helmet is best")
    world.restart()
    assert len(await world.tick()) == 1
    assert len(await world.tick(TOMORROW + DAY)) == 2


async def test_another_hour_does_not_send_it_twice(world: World) -> None:
    await world.asked("what about the saddle")
    await world.tick(TOMORROW)
    await world.asked("which helmet is best")
    world.restart(at=dt.time(15))
    assert len(await world.tick(TOMORROW.replace(hour=16))) == 1
    assert len(await world.tick(TOMORROW.replace(hour=15) + DAY)) == 2


async def test_after_days_without_the_bot_it_comes_once(world: World) -> None:
    await world.asked("what about the saddle")
    world.restart()
    moment = TOMORROW + dt.timedelta(days=5, hours=3)
    assert len(await world.tick(moment)) == 1
    assert len(await world.tick(moment + dt.timedelta(hours=1))) == 1


async def test_its_hour_is_that_of_the_operators_zone(world: World) -> None:
    world.restart(zone="America/New_York")
    await world.asked("what about the saddle")
    assert await world.tick(TOMORROW.replace(hour=13, minute=59)) == []
    assert len(await world.tick(TOMORROW.replace(hour=14))) == 1


async def test_an_hour_that_the_clocks_leap_over_is_over_after_the_leap(fresh: World) -> None:
    fresh.restart(zone="Europe/Berlin", at=dt.time(2, 30))
    leap = dt.datetime(2027, 3, 28, 1, tzinfo=dt.UTC)
    await fresh.tick(leap - dt.timedelta(hours=12))
    await fresh.asked("what about the saddle")
    assert await fresh.tick(leap - dt.timedelta(seconds=1)) == []
    assert len(await fresh.tick(leap)) == 1


async def test_with_nothing_to_say_it_says_nothing(world: World) -> None:
    for day in range(3):
        assert await world.tick(TOMORROW + day * DAY) == []


async def test_without_operators_nobody_is_told(fresh: World) -> None:
    fresh.digest = replace(fresh.digest, notices=Notices(frozenset()))
    await fresh.tick()
    await fresh.asked("what about the saddle")
    assert await fresh.tick(TOMORROW) == []


# When something is wrong


@pytest.mark.parametrize("mark", ["", "nonsense", "2026-11-33", "a b c d"])
async def test_a_mark_that_cannot_be_read_is_begun_anew(world: World, mark: str) -> None:
    await world.digest.records.set_mark(MARK, mark)
    world.restart()
    await world.asked("what about the saddle")
    assert await world.tick(TOMORROW) == []
    await world.asked("which helmet is best")
    assert len(await world.tick(TOMORROW + DAY)) == 1


async def test_a_mark_of_an_older_version_is_read(world: World) -> None:
    await world.digest.records.set_mark(MARK, "2026-11-23 2026-11-23T12:00:00+00:00 17")
    world.restart()
    await world.asked("what about the saddle")
    assert len(await world.tick(TOMORROW)) == 1


@pytest.mark.parametrize(
    "fault",
    [
        faults.FloodWait(3),
        faults.ServerError(),
        faults.Timeout(),
        faults.NoConnection(),
        faults.Blocked(),
    ],
    ids=["flood", "server error", "time-out", "no connection", "blocked"],
)
async def test_an_operator_who_cannot_be_told_fails_no_tick(
    world: World, fault: faults.Fault
) -> None:
    await world.asked("what about the saddle")
    world.telegram.fail_next("sendMessage", fault)
    await world.tick(TOMORROW)
    await world.tick()
    assert len([call for call in world.telegram.calls if call.method == "sendMessage"]) == 1


# Questions


async def test_questions_that_ask_the_same_are_one_with_a_count(world: World) -> None:
    await world.asked("what about the saddle", "which helmet is best", "what about the sadle")
    [told] = await world.tick(TOMORROW)
    assert told.replace("sadle", "saddle") == (
        "2 new questions without a good answer\n"
        "• “what about the saddle” (2 times)\n"
        "• “which helmet is best”\n"
        "/unanswered shows them."
    )


async def test_three_questions_are_shown_and_the_others_counted(world: World) -> None:
    await world.asked("saddle", "helmet", "helmet", "lights", "basket", "bell")
    [told] = await world.tick(TOMORROW)
    assert told.startswith("5 new questions without a good answer\n• “helmet” (2 times)\n")
    assert told.count("•") == 3
    assert told.endswith("\n… and 2 more.\n/unanswered shows them.")


async def test_what_people_typed_is_escaped_and_shortened(world: World) -> None:
    await world.asked("<b>saddle & co\n\n" + "very " * 100)
    [told] = await world.tick(TOMORROW)
    assert told.startswith("1 new question without a good answer\n• “<b>saddle & co very very")
    assert "…”\n" in told
    assert len(told) < 200


async def test_what_was_asked_in_vain_before_is_not_new(world: World) -> None:
    await world.asked("what about the saddle")
    await world.tick(TOMORROW)
    await world.asked("what about the saddle")
    assert len(await world.tick(TOMORROW + DAY)) == 1


async def test_what_operators_ignore_is_not_told(world: World) -> None:
    teach = world.digest.records.teach
    await teach(Kind.IGNORE, "", "what about the saddle", world.today, settled=())
    await world.asked("what about the saddle")
    assert await world.tick(TOMORROW) == []


async def test_a_question_that_is_settled_before_the_hour_is_not_told(world: World) -> None:
    await world.asked("what about the saddle")
    [question] = await world.digest.records.missed(1)
    await world.digest.records.settle([question.id])
    assert await world.tick(TOMORROW) == []
    await world.asked("which helmet is best")
    assert len(await world.tick(TOMORROW + DAY)) == 1


# Votes


async def test_answers_that_did_not_help_are_told_with_the_worst_first(world: World) -> None:
    await world.voted("chain.slip", 1)
    await world.voted("chain.squeak", 1, 2)
    [told] = await world.tick(TOMORROW)
    assert told == (
        "Answers that did not help\n"
        "• Why does my chain squeak? (👎 2)\n"
        "• Why does my chain slip? (👎 1)"
    )


async def test_answers_that_helped_are_not_told(world: World) -> None:
    await world.voted("chain.slip", 1, 2, up=True)
    assert await world.tick(TOMORROW) == []


async def test_votes_are_told_once(world: World) -> None:
    await world.voted("chain.slip", 1)
    await world.tick(TOMORROW)
    world.restart()
    await world.voted("chain.slip", 2)
    told = await world.tick(TOMORROW + DAY)
    assert len(told) == 2
    assert told[1].endswith("slip? (👎 1)")


async def test_a_vote_that_was_taken_back_is_not_told(world: World) -> None:
    await world.voted("chain.slip", 1)
    await world.voted("chain.slip", 1, up=True)
    assert await world.tick(TOMORROW) == []


async def test_many_entries_are_counted(world: World) -> None:
    for number in range(7):
        await world.voted(f"gone.<{number}>", 1)
    [told] = await world.tick(TOMORROW)
    assert told.splitlines()[1] == "• gone.<0> (👎 1)"
    assert told.count("•") == 5
    assert told.endswith("\n… and 2 more.")


async def test_questions_and_votes_come_in_one_message(world: World) -> None:
    await world.asked("what about the saddle")
    await world.voted("chain.slip", 1)
    [told] = await world.tick(TOMORROW)
    questions, votes = told.split("\n\n")
    assert questions.startswith("1 new question")
    assert votes.startswith("Answers that did not help")
