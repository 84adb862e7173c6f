"""Subscribers, the ledger and seen tips come back as they were stored."""

import asyncio
import datetime as dt
import sqlite3
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from zoneinfo import available_timezones

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.storage.deliveries import PRUNED_AT_ONCE, Choose
from bot.storage.storage import Storage
from bot.subscriptions import rotation
from bot.subscriptions.delivery import Delivery, Progress
from bot.subscriptions.schedule import Schedule, Slot
from bot.subscriptions.subscriber import State, Subscriber
from tests.support.bots import ANNA, opened

BEN, CARL = 43, 44
GROUP, SUPERGROUP = -5001, -1_001_234_567_890
NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 23)
DAY, HOUR, SECOND = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(seconds=1)
NINE = Schedule(dt.time(9), "Europe/Berlin")
MIDNIGHT = dt.datetime(2026, 11, 23, 23, tzinfo=dt.UTC)
"""The moment at which the day is over in Berlin."""
TIPS = ("chain", "lights", "oil", "pads")


def somebody(chat: int = ANNA) -> Subscriber:
    """A new subscriber, whose first tip is due at once."""
    return Subscriber.new(chat, NINE, NOW)


async def stored(storage: Storage, subscriber: Subscriber) -> Subscriber:
    await storage.change(subscriber.chat, lambda _: subscriber)
    return subscriber


def slot(subscriber: Subscriber) -> Slot:
    """The slot that a subscriber waits for."""
    assert subscriber.next
    return subscriber.next


def in_order(*tips: str) -> Choose:
    """Chooses the first of these tips that was not seen, in every round."""
    return lambda seen, _: next((tip for tip in tips if tip not in seen), None)


NOTHING: Choose = lambda *_: None  # noqa: E731 - one line says it
"""The choice where a knowledge base has no tips."""


async def claimed(storage: Storage, subscriber: Subscriber, tip: str = "oil") -> Delivery:
    """A delivery on its way."""
    delivery = await storage.deliveries.claim(subscriber, slot(subscriber), in_order(tip), NOW)
    assert delivery
    return delivery


async def waiting(storage: Storage, chat: int = ANNA) -> Delivery:
    """A delivery that is to be tried again now."""
    delivery = await claimed(storage, await stored(storage, somebody(chat)))
    await storage.deliveries.finish(delivery, Progress.DUE, NOW, NOW)
    return replace(delivery, progress=Progress.DUE)


# Values survive

moments = st.datetimes(timezones=st.just(dt.UTC))
zones = st.sampled_from([*sorted(available_timezones()), "UTC+05:30", "UTC-12:00"])
schedules = st.builds(Schedule, st.times(), zones, st.frozensets(st.integers(1, 7), min_size=1))
subscribers = st.builds(
    Subscriber,
    chat=st.integers(-(2**52), 2**52),
    schedule=schedules,
    state=st.sampled_from(State),
    since=moments,
    next=st.none() | st.builds(Slot, moments, st.dates()),
    last=st.none() | st.dates(),
    paused_until=st.none() | moments,
    round=st.integers(0, 2**31 - 1),
)


@settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(subscriber=subscribers)
async def test_a_subscriber_comes_back_as_stored(storage: Storage, subscriber: Subscriber) -> None:
    await stored(storage, subscriber)
    found = await storage.subscriber(subscriber.chat)
    assert found == subscriber
    assert found.since.tzinfo is dt.UTC
    await storage.forget(subscriber.chat)


async def test_a_moment_of_another_zone_comes_back_in_utc(storage: Storage) -> None:
    india = dt.timezone(dt.timedelta(hours=5, minutes=30))
    there = NOW.astimezone(india)
    await stored(storage, replace(somebody(), since=there, next=Slot(there, TODAY)))
    found = await storage.subscriber(ANNA)
    assert found
    assert (found.since, found.since.tzinfo) == (NOW, dt.UTC)
    assert slot(found).moment.tzinfo is dt.UTC


async def test_what_was_stored_is_there_after_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        delivery = await claimed(storage, await stored(storage, somebody()))
        await storage.deliveries.finish(delivery, Progress.SENT, NOW)
        before = await storage.subscriber(ANNA)
    async with opened(tmp_path) as storage:
        assert await storage.subscriber(ANNA) == before
        assert await storage.deliveries.ledger(ANNA) == [replace(delivery, progress=Progress.SENT)]
        assert await storage.deliveries.seen(ANNA) == ["oil"]


# change


async def test_a_chat_that_is_not_known_is_nobody(storage: Storage) -> None:
    assert await storage.subscriber(ANNA) is None


async def test_a_change_is_told_that_a_chat_is_new(storage: Storage) -> None:
    told: list[Subscriber | None] = []

    def subscribe(before: Subscriber | None) -> Subscriber:
        told.append(before)
        return somebody()

    assert await storage.change(ANNA, subscribe) == somebody()
    assert told == [None]
    assert await storage.subscriber(ANNA) == somebody()


async def test_a_change_gets_what_is_stored(storage: Storage) -> None:
    await stored(storage, somebody())
    told: list[Subscriber | None] = []

    def stop(before: Subscriber | None) -> Subscriber | None:
        told.append(before)
        return before and before.ended(State.STOPPED)

    assert await storage.change(ANNA, stop) == somebody().ended(State.STOPPED)
    assert told == [somebody()]
    assert await storage.subscriber(ANNA) == somebody().ended(State.STOPPED)


async def test_no_change_leaves_somebody_as_they_are(storage: Storage) -> None:
    await stored(storage, somebody())
    assert await storage.change(ANNA, lambda _: None) == somebody()
    assert await storage.subscriber(ANNA) == somebody()


async def test_no_change_makes_nobody_known(storage: Storage) -> None:
    assert await storage.change(ANNA, lambda _: None) is None
    assert await storage.subscriber(ANNA) is None


async def test_a_change_that_fails_changes_nothing(storage: Storage) -> None:
    await stored(storage, somebody())

    def fail(_: Subscriber | None) -> Subscriber:
        raise LookupError("this change is not possible")

    with pytest.raises(LookupError, match="not possible"):
        await storage.change(ANNA, fail)
    assert await storage.subscriber(ANNA) == somebody()


async def test_a_change_keeps_the_ledger_and_what_was_seen(storage: Storage) -> None:
    delivery = await claimed(storage, await stored(storage, somebody()))
    await storage.deliveries.finish(delivery, Progress.SENT, NOW)
    await stored(storage, somebody().ended(State.STOPPED))
    assert [each.tip for each in await storage.deliveries.ledger(ANNA)] == ["oil"]
    assert await storage.deliveries.seen(ANNA) == ["oil"]


async def test_changes_at_the_same_time_lose_nothing(storage: Storage) -> None:
    await stored(storage, somebody())

    def count(before: Subscriber | None) -> Subscriber | None:
        return before and replace(before, round=before.round + 1)

    await asyncio.gather(*(storage.change(ANNA, count) for _ in range(20)))
    assert await storage.subscriber(ANNA) == replace(somebody(), round=20)


async def test_a_change_of_one_leaves_the_others(storage: Storage) -> None:
    await stored(storage, somebody(BEN))
    await stored(storage, somebody().ended(State.STOPPED))
    assert await storage.subscriber(BEN) == somebody(BEN)


# forget


async def test_forgetting_deletes_all_that_is_stored_about_a_chat(storage: Storage) -> None:
    delivery = await claimed(storage, await stored(storage, somebody()))
    await storage.deliveries.finish(delivery, Progress.SENT, NOW)
    assert await storage.forget(ANNA) is True
    assert await storage.subscriber(ANNA) is None
    assert await storage.deliveries.ledger(ANNA) == []
    assert await storage.deliveries.seen(ANNA) == []


async def test_nothing_to_forget_is_told_apart(storage: Storage) -> None:
    await stored(storage, somebody())
    assert await storage.forget(BEN) is False
    assert await storage.forget(ANNA) is True
    assert await storage.forget(ANNA) is False


async def test_forgetting_one_leaves_the_others(storage: Storage) -> None:
    for chat in (ANNA, BEN):
        delivery = await claimed(storage, await stored(storage, somebody(chat)))
        await storage.deliveries.finish(delivery, Progress.SENT, NOW)
    before = await storage.subscriber(BEN)
    await storage.forget(ANNA)
    assert await storage.subscriber(BEN) == before
    assert [each.tip for each in await storage.deliveries.ledger(BEN)] == ["oil"]
    assert await storage.deliveries.seen(BEN) == ["oil"]


async def test_whoever_comes_back_after_forgetting_is_new(storage: Storage) -> None:
    await claimed(storage, await stored(storage, somebody()))
    await storage.forget(ANNA)
    await stored(storage, somebody())
    assert await claimed(storage, somebody(), "oil")
    assert len(await storage.deliveries.ledger(ANNA)) == 1


def files(folder: Path) -> bytes:
    """Every byte that lies in the file of the database and beside it."""
    return b"".join(file.read_bytes() for file in folder.glob("test.db*"))


FAR_AWAY = 2**46 + 0x123456789A
"""A chat whose number stands in six bytes of its own wherever SQLite writes it."""


def traces(folder: Path) -> dict[str, bool]:
    """Each thing of Anna's, and True where the files show it."""
    content = files(folder)
    found = {name: name.encode() in content for name in ("Kathmandu", "Apia", "old-tip", "new-tip")}
    return {**found, "chat": FAR_AWAY.to_bytes(6, "big") in content}


async def test_what_is_forgotten_is_gone_from_the_files(
    storage: Storage, database_folder: Path
) -> None:
    first = Subscriber.new(FAR_AWAY, Schedule(dt.time(9), "Asia/Kathmandu"), NOW)
    await storage.deliveries.finish(
        await claimed(storage, await stored(storage, first), "old-tip"), Progress.SENT, NOW
    )
    moved = Subscriber.new(FAR_AWAY, Schedule(dt.time(9), "Pacific/Apia"), NOW + DAY)
    await stored(storage, moved)
    await claimed(storage, moved, "new-tip")
    await storage.deliveries.draw(FAR_AWAY, in_order("drawn"))
    assert all(traces(database_folder).values()), "or this test could not see what it looks for"
    assert await storage.forget(FAR_AWAY)
    assert not any(traces(database_folder).values())
    assert b"drawn" not in files(database_folder)
    assert (database_folder / "test.db-wal").stat().st_size == 0
    await storage.close()
    assert not any(traces(database_folder).values())


async def test_a_group_that_moved_leaves_no_old_number_when_it_is_forgotten(
    storage: Storage, database_folder: Path
) -> None:
    await stored(storage, somebody(FAR_AWAY))
    await storage.follow(FAR_AWAY, SUPERGROUP)
    assert traces(database_folder)["chat"], "or this test could not see what it looks for"
    await storage.forget(SUPERGROUP)
    assert not traces(database_folder)["chat"]


async def test_nobody_is_left_in_the_files_when_many_are_forgotten(tmp_path: Path) -> None:
    """SQLite moves rows when their neighbours go, and must leave no copies behind."""
    people = [FAR_AWAY + 7_919 * number for number in range(100)]
    async with opened(tmp_path) as storage:
        await crowd(tmp_path, people)
        before = files(tmp_path)
        for chat in people[:50]:
            await storage.forget(chat)
        after = files(tmp_path)
    names = [f"{what}-{chat:x}".encode() for chat in people[:50] for what in ("zone", "tip")]
    numbers = [chat.to_bytes(6, "big") for chat in people[:50]]
    assert all(trace in before for trace in (*names, *numbers))
    assert [trace for trace in (*names, *numbers) if trace in after] == []


async def crowd(folder: Path, people: Collection[int]) -> None:
    """Store many people at once, each with a zone and tips that nobody else has."""
    everybody = (
        "INSERT INTO subscribers (chat_id, at, zone, days, state, since, round) "
        "VALUES (?, '09:00:00', ?, 127, 'stopped', '2026-11-23 12:00:00', 0)"
    )
    with closing(sqlite3.connect(folder / "test.db")) as connection:
        connection.executemany(everybody, [(chat, f"zone-{chat:x}") for chat in people])
        connection.executemany(
            "INSERT INTO seen_tips (chat_id, tip) VALUES (?, ?)",
            [(chat, f"tip-{chat:x}-{number}") for chat in people for number in range(3)],
        )
        connection.commit()


# end


@pytest.mark.parametrize("state", [State.BLOCKED, State.DEACTIVATED])
async def test_a_chat_that_is_gone_gets_no_more_tips(state: State, storage: Storage) -> None:
    await stored(storage, replace(somebody(), paused_until=NOW, last=TODAY - DAY, round=3))
    await storage.end(ANNA, state)
    assert await storage.subscriber(ANNA) == Subscriber(
        ANNA, NINE, state, since=NOW, next=None, last=TODAY - DAY, paused_until=None, round=3
    )
    assert await storage.deliveries.due(NOW + 365 * DAY, 10) == []


async def test_the_end_of_one_is_nothing_to_the_others(storage: Storage) -> None:
    await stored(storage, somebody())
    await stored(storage, somebody(BEN))
    await storage.end(ANNA, State.BLOCKED)
    assert await storage.subscriber(BEN) == somebody(BEN)


async def test_the_end_of_somebody_who_is_forgotten_makes_nobody_known(storage: Storage) -> None:
    await storage.end(ANNA, State.BLOCKED)
    assert await storage.subscriber(ANNA) is None


# follow


async def test_a_group_takes_its_ledger_and_what_it_saw_along(storage: Storage) -> None:
    delivery = await claimed(storage, await stored(storage, somebody(GROUP)))
    await storage.deliveries.finish(delivery, Progress.SENT, NOW)
    before = await storage.subscriber(GROUP)
    assert before
    await storage.follow(GROUP, SUPERGROUP)
    assert await storage.subscriber(SUPERGROUP) == replace(before, chat=SUPERGROUP)
    sent = replace(delivery, chat=SUPERGROUP, progress=Progress.SENT)
    assert await storage.deliveries.ledger(SUPERGROUP) == [sent]
    assert await storage.deliveries.seen(SUPERGROUP) == ["oil"]


async def test_nothing_of_a_group_stays_under_its_old_number(storage: Storage) -> None:
    delivery = await claimed(storage, await stored(storage, somebody(GROUP)))
    await storage.deliveries.finish(delivery, Progress.SENT, NOW)
    await storage.follow(GROUP, SUPERGROUP)
    assert await storage.subscriber(GROUP) is None
    assert await storage.deliveries.ledger(GROUP) == []
    assert await storage.deliveries.seen(GROUP) == []


async def test_a_group_that_subscribed_under_its_new_number_stays_as_it_is(
    storage: Storage,
) -> None:
    await claimed(storage, await stored(storage, somebody(GROUP)), "old")
    wanted = replace(somebody(SUPERGROUP), schedule=Schedule(dt.time(20), "Asia/Tokyo"))
    await storage.deliveries.finish(
        await claimed(storage, await stored(storage, wanted), "new"), Progress.SENT, NOW
    )
    before = await storage.subscriber(SUPERGROUP)
    await storage.follow(GROUP, SUPERGROUP)
    assert await storage.subscriber(SUPERGROUP) == before
    assert [each.tip for each in await storage.deliveries.ledger(SUPERGROUP)] == ["new"]
    assert await storage.deliveries.seen(SUPERGROUP) == ["new"]
    assert await storage.subscriber(GROUP) is None
    assert await storage.deliveries.ledger(GROUP) == []


async def test_a_group_that_is_not_known_is_not_followed(storage: Storage) -> None:
    await storage.follow(GROUP, SUPERGROUP)
    assert await storage.subscriber(SUPERGROUP) is None


async def test_what_was_on_its_way_is_tried_again_under_the_new_number(storage: Storage) -> None:
    delivery = await claimed(storage, await stored(storage, somebody(GROUP)))
    await storage.follow(GROUP, SUPERGROUP)
    await storage.deliveries.finish(delivery, Progress.MIGRATED, NOW, NOW)
    (again,) = await storage.deliveries.retries(NOW, 10)
    taken = await storage.deliveries.claim_again(again, NOW)
    assert taken
    assert (taken.chat, taken.tip, taken.id) == (SUPERGROUP, "oil", delivery.id)


async def test_a_tip_that_went_out_after_the_move_is_seen_under_the_new_number(
    storage: Storage,
) -> None:
    delivery = await claimed(storage, await stored(storage, somebody(GROUP)))
    await storage.follow(GROUP, SUPERGROUP)
    await storage.deliveries.finish(delivery, Progress.SENT, NOW)
    assert await storage.deliveries.seen(SUPERGROUP) == ["oil"]
    assert await storage.deliveries.seen(GROUP) == []


# due


async def due_at(storage: Storage, chat: int, moment: dt.datetime) -> Subscriber:
    return await stored(storage, replace(somebody(chat), next=Slot(moment, TODAY)))


async def test_the_longest_waiting_come_first(storage: Storage) -> None:
    carl = await due_at(storage, CARL, NOW - HOUR)
    anna = await due_at(storage, ANNA, NOW - 3 * HOUR)
    ben = await due_at(storage, BEN, NOW - 2 * HOUR)
    assert await storage.deliveries.due(NOW, 10) == [anna, ben, carl]


async def test_no_more_are_read_than_asked_for(storage: Storage) -> None:
    await due_at(storage, CARL, NOW - HOUR)
    anna = await due_at(storage, ANNA, NOW - 3 * HOUR)
    ben = await due_at(storage, BEN, NOW - 2 * HOUR)
    assert await storage.deliveries.due(NOW, 2) == [anna, ben]


async def test_a_tip_is_due_from_its_very_moment(storage: Storage) -> None:
    anna = await due_at(storage, ANNA, NOW)
    await due_at(storage, BEN, NOW + dt.timedelta(microseconds=1))
    assert await storage.deliveries.due(NOW, 10) == [anna]


async def test_whole_seconds_and_parts_of_them_are_compared_rightly(storage: Storage) -> None:
    """SQLite compares the moments as texts."""
    anna = await due_at(storage, ANNA, NOW + dt.timedelta(microseconds=500_000))
    assert await storage.deliveries.due(NOW, 10) == []
    assert await storage.deliveries.due(NOW + SECOND, 10) == [anna]


@pytest.mark.parametrize("state", [state for state in State if state is not State.ACTIVE])
async def test_nothing_is_due_for_whoever_wants_none(state: State, storage: Storage) -> None:
    await stored(storage, somebody().ended(state))
    assert await storage.deliveries.due(NOW + 365 * DAY, 10) == []


# advance and claim, against a change of mind

EVENING = Schedule(dt.time(18), "Europe/Berlin")
MINDS: dict[str, Callable[[Subscriber], Subscriber]] = {
    "another time": lambda anna: anna.rescheduled(EVENING, NOW),
    "another zone": lambda anna: anna.rescheduled(Schedule(dt.time(9), "Asia/Tokyo"), NOW),
    "other days": lambda anna: anna.rescheduled(replace(NINE, days=frozenset({1, 2})), NOW),
    "a pause of a week": lambda anna: anna.paused(NOW + 7 * DAY),
    "a pause": lambda anna: anna.paused(None),
    "a stop": lambda anna: anna.ended(State.STOPPED),
    "a block": lambda anna: anna.ended(State.BLOCKED),
    "once more": lambda anna: anna.again(EVENING, NOW + HOUR),
    "a stop and back": lambda anna: anna.ended(State.STOPPED).resumed(NOW),
}
minds = pytest.mark.parametrize("mind", list(MINDS.values()), ids=list(MINDS))


async def test_what_became_of_a_subscriber_is_written(storage: Storage) -> None:
    anna = await stored(storage, somebody())
    after = anna.served(None, NOW + DAY)
    assert await storage.deliveries.advance(anna, after) is True
    assert await storage.subscriber(ANNA) == after


@minds
async def test_a_change_of_mind_is_not_overwritten(
    mind: Callable[[Subscriber], Subscriber], storage: Storage
) -> None:
    read = await stored(storage, somebody())
    wanted = await stored(storage, mind(read))
    assert await storage.deliveries.advance(read, read.served(None, NOW + DAY)) is False
    assert await storage.subscriber(ANNA) == wanted


async def test_whoever_is_forgotten_meanwhile_stays_forgotten(storage: Storage) -> None:
    anna = await stored(storage, somebody())
    await storage.forget(ANNA)
    assert await storage.deliveries.advance(anna, anna.served(None, NOW + DAY)) is False
    assert await storage.subscriber(ANNA) is None


@minds
async def test_no_tip_is_taken_for_whoever_changed_their_mind(
    mind: Callable[[Subscriber], Subscriber], storage: Storage
) -> None:
    read = await stored(storage, somebody())
    wanted = await stored(storage, mind(read))
    assert await storage.deliveries.claim(read, slot(read), in_order("oil"), NOW) is None
    assert await storage.subscriber(ANNA) == wanted
    assert await storage.deliveries.ledger(ANNA) == []


async def test_no_tip_is_taken_for_whoever_is_forgotten(storage: Storage) -> None:
    anna = await stored(storage, somebody())
    await storage.forget(ANNA)
    assert await storage.deliveries.claim(anna, slot(anna), in_order("oil"), NOW) is None
    assert await storage.deliveries.ledger(ANNA) == []
    assert await storage.subscriber(ANNA) is None


# claim


async def test_a_claim_is_in_the_ledger_before_anything_is_sent(storage: Storage) -> None:
    anna = await stored(storage, somebody())
    delivery = await storage.deliveries.claim(anna, slot(anna), in_order("oil"), NOW)
    assert delivery
    assert delivery == Delivery(
        id=delivery.id,
        chat=ANNA,
        date=TODAY,
        tip="oil",
        progress=Progress.SENDING,
        lost=0,
        until=MIDNIGHT,
    )
    assert await storage.deliveries.ledger(ANNA) == [delivery]


async def test_with_a_claim_the_next_tip_is_that_of_the_next_day(storage: Storage) -> None:
    anna = await stored(storage, somebody())
    await storage.deliveries.claim(anna, slot(anna), in_order("oil"), NOW)
    tomorrow = Slot(dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC), TODAY + DAY)
    assert await storage.subscriber(ANNA) == replace(anna, next=tomorrow, last=TODAY)


async def test_a_slot_is_claimed_once(storage: Storage) -> None:
    anna = await stored(storage, somebody())
    assert await storage.deliveries.claim(anna, slot(anna), in_order(*TIPS), NOW)
    assert await storage.deliveries.claim(anna, slot(anna), in_order(*TIPS), NOW) is None
    assert len(await storage.deliveries.ledger(ANNA)) == 1


async def test_of_twenty_claims_at_the_same_time_one_wins(storage: Storage) -> None:
    anna = await stored(storage, somebody())
    claims = (storage.deliveries.claim(anna, slot(anna), in_order(*TIPS), NOW) for _ in range(20))
    won = [delivery for delivery in await asyncio.gather(*claims) if delivery]
    assert len(won) == 1
    assert await storage.deliveries.ledger(ANNA) == won


async def test_claims_for_twenty_people_at_the_same_time_all_win(storage: Storage) -> None:
    people = [await stored(storage, somebody(chat)) for chat in range(1, 21)]
    claims = (storage.deliveries.claim(each, slot(each), in_order(*TIPS), NOW) for each in people)
    won = await asyncio.gather(*claims)
    assert [delivery and delivery.chat for delivery in won] == list(range(1, 21))


async def test_a_date_that_is_in_the_ledger_is_not_taken_again(storage: Storage) -> None:
    """Nothing but the ledger may say that the day was served."""
    anna = await stored(storage, somebody())
    delivery = await storage.deliveries.claim(anna, slot(anna), in_order(*TIPS), NOW)
    await stored(storage, anna)
    assert await storage.deliveries.claim(anna, slot(anna), in_order(*TIPS), NOW) is None
    assert await storage.deliveries.ledger(ANNA) == [delivery]


async def test_whoever_has_the_date_in_the_ledger_goes_on_to_the_next(storage: Storage) -> None:
    """They would else be due for ever, and stand in the way of others."""
    anna = await stored(storage, somebody())
    await storage.deliveries.claim(anna, slot(anna), in_order(*TIPS), NOW)
    await stored(storage, anna)
    await storage.deliveries.claim(anna, slot(anna), in_order(*TIPS), NOW)
    assert await storage.deliveries.due(NOW, 10) == []


async def test_the_day_after_is_a_slot_of_its_own(storage: Storage) -> None:
    first = await claimed(storage, await stored(storage, somebody()), "oil")
    await storage.deliveries.finish(first, Progress.SENT, NOW)
    anna = await storage.subscriber(ANNA)
    assert anna
    second = await storage.deliveries.claim(anna, slot(anna), in_order("oil", "pads"), NOW + DAY)
    assert second
    assert (second.date, second.tip) == (TODAY + DAY, "pads")
    assert second.until == MIDNIGHT + DAY


async def test_the_choice_is_told_what_was_seen_and_in_which_round(storage: Storage) -> None:
    anna = await stored(storage, replace(somebody(), round=5))
    await storage.deliveries.draw(ANNA, in_order("pads"))
    asked: list[tuple[list[str], int]] = []

    def choose(seen: Collection[str], turn: int) -> str:
        asked.append((list(seen), turn))
        return "oil"

    await storage.deliveries.claim(anna, slot(anna), choose, NOW)
    assert asked == [(["pads"], 5)]


async def test_when_all_were_seen_a_new_round_begins(storage: Storage) -> None:
    anna = await stored(storage, replace(somebody(), round=5))
    for _ in TIPS:
        await storage.deliveries.draw(ANNA, in_order(*TIPS))
    asked: list[tuple[list[str], int]] = []

    def choose(seen: Collection[str], turn: int) -> str | None:
        asked.append((sorted(seen), turn))
        return None if seen else "oil"

    delivery = await storage.deliveries.claim(anna, slot(anna), choose, NOW)
    assert delivery
    assert delivery.tip == "oil"
    assert asked == [([*TIPS], 5), ([], 6)]
    after = await storage.subscriber(ANNA)
    assert after
    assert after.round == 6
    await storage.deliveries.finish(delivery, Progress.SENT, NOW)
    assert await storage.deliveries.seen(ANNA) == ["oil"]


async def test_a_round_that_began_meanwhile_is_not_taken_back(storage: Storage) -> None:
    """Its order would else come once more."""
    read = await stored(storage, somebody())
    for _ in range(3):
        await storage.deliveries.draw(ANNA, in_order("oil", "pads"))
    await storage.deliveries.claim(read, slot(read), in_order("oil", "pads"), NOW)
    after = await storage.subscriber(ANNA)
    assert after
    assert after.round == 1


async def test_without_tips_there_is_nothing_to_take(storage: Storage) -> None:
    anna = await stored(storage, somebody())
    assert await storage.deliveries.claim(anna, slot(anna), NOTHING, NOW) is None
    assert await storage.deliveries.ledger(ANNA) == []


# retries


async def retried_at(storage: Storage, chat: int, moment: dt.datetime) -> Delivery:
    delivery = await claimed(storage, await stored(storage, somebody(chat)))
    await storage.deliveries.finish(delivery, Progress.DUE, NOW, moment)
    return replace(delivery, progress=Progress.DUE)


async def test_what_waits_longest_is_tried_again_first(storage: Storage) -> None:
    carl = await retried_at(storage, CARL, NOW - SECOND)
    anna = await retried_at(storage, ANNA, NOW - 3 * SECOND)
    ben = await retried_at(storage, BEN, NOW - 2 * SECOND)
    assert await storage.deliveries.retries(NOW, 10) == [anna, ben, carl]
    assert await storage.deliveries.retries(NOW, 2) == [anna, ben]


async def test_nothing_is_tried_again_before_its_moment(storage: Storage) -> None:
    anna = await retried_at(storage, ANNA, NOW + SECOND)
    assert await storage.deliveries.retries(NOW, 10) == []
    assert await storage.deliveries.retries(NOW + SECOND, 10) == [anna]


async def test_what_is_on_its_way_is_not_tried_again(storage: Storage) -> None:
    await claimed(storage, await stored(storage, somebody()))
    assert await storage.deliveries.retries(NOW + 365 * DAY, 10) == []


async def test_what_was_taken_up_again_is_on_its_way(storage: Storage) -> None:
    await storage.deliveries.claim_again(await waiting(storage), NOW)
    assert await storage.deliveries.retries(NOW + 365 * DAY, 10) == []


# claim_again


async def test_a_delivery_is_taken_up_as_it_was(storage: Storage) -> None:
    delivery = await waiting(storage)
    again = await storage.deliveries.claim_again(delivery, NOW)
    assert again == replace(delivery, progress=Progress.SENDING)
    assert await storage.deliveries.ledger(ANNA) == [again]


async def test_of_twenty_that_take_up_a_delivery_one_wins(storage: Storage) -> None:
    delivery = await waiting(storage)
    tries = await asyncio.gather(
        *(storage.deliveries.claim_again(delivery, NOW) for _ in range(20))
    )
    assert len([each for each in tries if each]) == 1


UNWANTED: dict[str, Callable[[Subscriber], Subscriber]] = {
    "a pause": lambda anna: anna.paused(None),
    "a pause of a week": lambda anna: anna.paused(NOW + 7 * DAY),
    "a stop": lambda anna: anna.ended(State.STOPPED),
    "a block": lambda anna: anna.ended(State.BLOCKED),
    "no account": lambda anna: anna.ended(State.DEACTIVATED),
}
unwanted = pytest.mark.parametrize("mind", list(UNWANTED.values()), ids=list(UNWANTED))


async def change_mind(storage: Storage, mind: Callable[[Subscriber], Subscriber]) -> None:
    await storage.change(ANNA, lambda anna: anna and mind(anna))


@unwanted
async def test_what_is_no_longer_wanted_is_not_tried_again(
    mind: Callable[[Subscriber], Subscriber], storage: Storage
) -> None:
    delivery = await waiting(storage)
    await change_mind(storage, mind)
    assert await storage.deliveries.claim_again(delivery, NOW) is None


@unwanted
async def test_what_is_no_longer_wanted_has_failed_for_good(
    mind: Callable[[Subscriber], Subscriber], storage: Storage
) -> None:
    """The pause may be over on that day: the tip that was missed stays missed."""
    delivery = await waiting(storage)
    await change_mind(storage, mind)
    await storage.deliveries.claim_again(delivery, NOW)
    await change_mind(storage, lambda anna: anna.resumed(NOW))
    assert await storage.deliveries.retries(NOW + 365 * DAY, 10) == []
    assert await storage.deliveries.claim_again(delivery, NOW) is None
    assert [each.progress for each in await storage.deliveries.ledger(ANNA)] == [Progress.FAILED]


async def test_a_pause_that_is_over_holds_nothing_up(storage: Storage) -> None:
    delivery = await waiting(storage)
    await change_mind(storage, lambda anna: anna.paused(NOW + HOUR))
    assert await storage.deliveries.claim_again(delivery, NOW + HOUR)


async def test_another_time_for_the_tips_to_come_holds_nothing_up(storage: Storage) -> None:
    delivery = await waiting(storage)
    await change_mind(storage, lambda anna: anna.rescheduled(EVENING, NOW))
    assert await storage.deliveries.claim_again(delivery, NOW)


async def test_a_delivery_is_tried_until_the_day_is_over(storage: Storage) -> None:
    delivery = await waiting(storage)
    assert await storage.deliveries.claim_again(delivery, MIDNIGHT - SECOND)


async def test_a_delivery_is_not_tried_when_the_day_is_over(storage: Storage) -> None:
    delivery = await waiting(storage)
    assert await storage.deliveries.claim_again(delivery, MIDNIGHT) is None
    assert await storage.deliveries.retries(NOW + 365 * DAY, 10) == []
    assert [each.progress for each in await storage.deliveries.ledger(ANNA)] == [Progress.FAILED]


async def test_what_may_have_arrived_has_not_failed_when_the_day_is_over(storage: Storage) -> None:
    delivery = await claimed(storage, await stored(storage, somebody()))
    await storage.deliveries.finish(delivery, Progress.UNKNOWN, NOW, NOW)
    assert await storage.deliveries.claim_again(delivery, MIDNIGHT) is None
    assert await storage.deliveries.retries(NOW + 365 * DAY, 10) == []
    assert [each.progress for each in await storage.deliveries.ledger(ANNA)] == [Progress.UNKNOWN]


async def test_a_delivery_to_somebody_who_is_forgotten_is_not_tried(storage: Storage) -> None:
    delivery = await waiting(storage)
    await storage.forget(ANNA)
    assert await storage.deliveries.claim_again(delivery, NOW) is None


async def test_what_was_sent_is_not_tried_again(storage: Storage) -> None:
    delivery = await claimed(storage, await stored(storage, somebody()))
    await storage.deliveries.finish(delivery, Progress.SENT, NOW)
    assert await storage.deliveries.claim_again(delivery, NOW) is None
    assert [each.progress for each in await storage.deliveries.ledger(ANNA)] == [Progress.SENT]


# finish


@pytest.mark.parametrize("progress", list(Progress))
async def test_how_it_came_out_is_in_the_ledger(progress: Progress, storage: Storage) -> None:
    delivery = await claimed(storage, await stored(storage, somebody()))
    await storage.deliveries.finish(delivery, progress, NOW)
    assert [each.progress for each in await storage.deliveries.ledger(ANNA)] == [progress]


@pytest.mark.parametrize("progress", [Progress.SENT, Progress.UNKNOWN])
async def test_what_may_have_arrived_is_seen(progress: Progress, storage: Storage) -> None:
    delivery = await claimed(storage, await stored(storage, somebody()))
    await storage.deliveries.finish(delivery, progress, NOW)
    assert await storage.deliveries.seen(ANNA) == ["oil"]


@pytest.mark.parametrize(
    "progress", [Progress.DUE, Progress.BLOCKED, Progress.DEACTIVATED, Progress.MIGRATED]
)
async def test_what_did_not_arrive_is_not_seen(progress: Progress, storage: Storage) -> None:
    delivery = await claimed(storage, await stored(storage, somebody()))
    await storage.deliveries.finish(delivery, progress, NOW)
    assert await storage.deliveries.seen(ANNA) == []


async def test_what_was_refused_does_not_come_back_in_this_round(storage: Storage) -> None:
    """A tip that Telegram does not take would else stand before all others for ever."""
    delivery = await claimed(storage, await stored(storage, somebody()))
    await storage.deliveries.finish(delivery, Progress.FAILED, NOW)
    assert await storage.deliveries.draw(ANNA, in_order("oil", "pads")) == "pads"


async def test_tries_without_an_answer_are_counted(storage: Storage) -> None:
    delivery = await claimed(storage, await stored(storage, somebody()))
    for lost in (1, 2, 3):
        await storage.deliveries.finish(delivery, Progress.UNKNOWN, NOW, NOW)
        (again,) = await storage.deliveries.retries(NOW, 10)
        assert again.lost == lost
        taken = await storage.deliveries.claim_again(again, NOW)
        assert taken
        delivery = taken
    await storage.deliveries.finish(delivery, Progress.SENT, NOW)
    assert [each.lost for each in await storage.deliveries.ledger(ANNA)] == [3]


async def test_a_second_try_that_arrives_is_seen_once(storage: Storage) -> None:
    delivery = await claimed(storage, await stored(storage, somebody()))
    await storage.deliveries.finish(delivery, Progress.UNKNOWN, NOW, NOW)
    again = await storage.deliveries.claim_again(delivery, NOW)
    assert again
    await storage.deliveries.finish(again, Progress.SENT, NOW)
    assert await storage.deliveries.seen(ANNA) == ["oil"]


async def test_an_outcome_that_is_final_leaves_nothing_to_try(storage: Storage) -> None:
    delivery = await waiting(storage)
    await storage.deliveries.finish(delivery, Progress.FAILED, NOW)
    assert await storage.deliveries.retries(NOW + 365 * DAY, 10) == []


async def test_whoever_is_forgotten_while_it_is_sent_has_seen_nothing(storage: Storage) -> None:
    delivery = await claimed(storage, await stored(storage, somebody()))
    await storage.forget(ANNA)
    await storage.deliveries.finish(delivery, Progress.SENT, NOW)
    assert await storage.deliveries.seen(ANNA) == []
    assert await storage.deliveries.ledger(ANNA) == []


# interrupted


async def test_what_was_on_its_way_when_the_process_died_is_tried_again(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        delivery = await claimed(storage, await stored(storage, somebody()))
    async with opened(tmp_path) as storage:
        assert await storage.deliveries.interrupted(NOW + HOUR) == 1
        assert await storage.deliveries.retries(NOW + HOUR - SECOND, 10) == []
        (again,) = await storage.deliveries.retries(NOW + HOUR, 10)
        assert again == replace(delivery, progress=Progress.UNKNOWN)


async def test_what_a_second_try_had_taken_up_is_tried_again_too(storage: Storage) -> None:
    await storage.deliveries.claim_again(await waiting(storage), NOW)
    assert await storage.deliveries.interrupted(NOW) == 1
    assert [each.progress for each in await storage.deliveries.retries(NOW, 10)] == [
        Progress.UNKNOWN
    ]


async def test_nothing_else_is_touched_by_a_start(storage: Storage) -> None:
    others = [progress for progress in Progress if progress is not Progress.SENDING]
    people = range(1, len(others) + 1)
    for chat, progress in zip(people, others, strict=True):
        delivery = await claimed(storage, await stored(storage, somebody(chat)))
        await storage.deliveries.finish(delivery, progress, NOW, NOW + HOUR)
    assert await storage.deliveries.interrupted(NOW) == 0
    assert await storage.deliveries.retries(NOW, 10) == []
    found = [
        delivery.progress for chat in people for delivery in await storage.deliveries.ledger(chat)
    ]
    assert found == others


async def test_a_second_start_finds_nothing_more(storage: Storage) -> None:
    await claimed(storage, await stored(storage, somebody()))
    assert await storage.deliveries.interrupted(NOW) == 1
    assert await storage.deliveries.interrupted(NOW) == 0


# draw


async def test_a_tip_that_was_drawn_is_seen(storage: Storage) -> None:
    await stored(storage, somebody())
    assert await storage.deliveries.draw(ANNA, in_order("oil", "pads")) == "oil"
    assert await storage.deliveries.draw(ANNA, in_order("oil", "pads")) == "pads"
    assert await storage.deliveries.seen(ANNA) == ["oil", "pads"]


async def test_nothing_is_drawn_for_somebody_who_is_not_known(storage: Storage) -> None:
    assert await storage.deliveries.draw(ANNA, in_order("oil")) is None
    assert await storage.subscriber(ANNA) is None
    assert await storage.deliveries.seen(ANNA) == []


async def test_drawing_goes_on_in_a_new_round(storage: Storage) -> None:
    await stored(storage, replace(somebody(), round=2))
    drawn = [await storage.deliveries.draw(ANNA, in_order("oil", "pads")) for _ in range(3)]
    assert drawn == ["oil", "pads", "oil"]
    assert await storage.deliveries.seen(ANNA) == ["oil"]
    assert await storage.subscriber(ANNA) == replace(somebody(), round=3)


async def test_drawing_does_not_put_off_the_daily_tip(storage: Storage) -> None:
    anna = await stored(storage, somebody())
    await storage.deliveries.draw(ANNA, in_order("oil"))
    assert await storage.deliveries.due(NOW, 10) == [anna]


async def test_a_knowledge_base_without_tips_makes_nobody_start_over(storage: Storage) -> None:
    await stored(storage, somebody())
    await storage.deliveries.draw(ANNA, in_order("oil", "pads"))
    assert await storage.deliveries.draw(ANNA, NOTHING) is None
    assert await storage.deliveries.seen(ANNA) == ["oil"]
    assert await storage.subscriber(ANNA) == somebody()


# Every tip once before any comes again


@pytest.mark.parametrize("chat", [ANNA, BEN, CARL])
async def test_drawn_and_daily_tips_together_are_all_tips_once(chat: int, storage: Storage) -> None:
    """The test goes through two rounds."""
    await stored(storage, somebody(chat))
    choose = partial(rotation.choose, TIPS, chat=chat)
    seen: list[str] = []
    for day in range(len(TIPS)):
        subscriber = await storage.subscriber(chat)
        assert subscriber
        delivery = await storage.deliveries.claim(
            subscriber, slot(subscriber), lambda s, t: choose(seen=s, turn=t), NOW + day * DAY
        )
        assert delivery
        await storage.deliveries.finish(delivery, Progress.SENT, NOW)
        drawn = await storage.deliveries.draw(chat, lambda s, t: choose(seen=s, turn=t))
        assert drawn
        seen += [delivery.tip, drawn]
    assert sorted(seen[: len(TIPS)]) == sorted(seen[len(TIPS) :]) == sorted(TIPS)


async def test_a_tip_that_is_on_its_way_is_not_drawn_meanwhile(storage: Storage) -> None:
    await claimed(storage, await stored(storage, somebody()), "oil")
    assert await storage.deliveries.draw(ANNA, in_order("oil", "pads")) == "pads"


async def test_a_tip_that_is_to_be_tried_again_is_not_drawn_meanwhile(storage: Storage) -> None:
    await waiting(storage)
    assert await storage.deliveries.draw(ANNA, in_order("oil", "pads")) == "pads"


async def test_a_tip_that_may_have_arrived_before_a_kill_is_not_that_of_the_next_day(
    storage: Storage,
) -> None:
    delivery = await claimed(storage, await stored(storage, somebody()), "oil")
    await storage.deliveries.interrupted(NOW + DAY)
    assert await storage.deliveries.claim_again(delivery, NOW + DAY) is None
    anna = await storage.subscriber(ANNA)
    assert anna
    next_day = await storage.deliveries.claim(anna, slot(anna), in_order("oil", "pads"), NOW + DAY)
    assert next_day
    assert next_day.tip == "pads"


async def test_a_tip_that_surely_did_not_go_out_comes_another_day(storage: Storage) -> None:
    delivery = await waiting(storage)
    assert await storage.deliveries.claim_again(delivery, MIDNIGHT) is None
    anna = await storage.subscriber(ANNA)
    assert anna
    next_day = await storage.deliveries.claim(anna, slot(anna), in_order("oil", "pads"), NOW + DAY)
    assert next_day
    assert next_day.tip == "oil"


# seen, ledger, prune


async def test_what_was_seen_is_in_order(storage: Storage) -> None:
    await stored(storage, somebody())
    for _ in TIPS:
        await storage.deliveries.draw(ANNA, in_order(*reversed(TIPS)))
    assert await storage.deliveries.seen(ANNA) == sorted(TIPS)


async def test_everybody_has_seen_their_own(storage: Storage) -> None:
    await stored(storage, somebody())
    await stored(storage, somebody(BEN))
    await storage.deliveries.draw(ANNA, in_order("oil"))
    await storage.deliveries.draw(BEN, in_order("pads"))
    assert await storage.deliveries.seen(ANNA) == ["oil"]
    assert await storage.deliveries.seen(BEN) == ["pads"]


async def served(storage: Storage, chat: int, *dates: dt.date) -> None:
    """Store tips that went out on these dates, in this order."""
    for date in dates:
        moment = dt.datetime.combine(date, dt.time(8), dt.UTC)
        anna = await stored(storage, replace(somebody(chat), next=Slot(moment, date)))
        delivery = await storage.deliveries.claim(anna, slot(anna), in_order(f"{date:%d}"), moment)
        assert delivery
        await storage.deliveries.finish(delivery, Progress.SENT, moment)


async def test_the_ledger_of_a_chat_is_its_own_and_oldest_first(storage: Storage) -> None:
    await served(storage, ANNA, TODAY, TODAY - 2 * DAY, TODAY - DAY)
    await served(storage, BEN, TODAY)
    assert [(each.chat, each.date) for each in await storage.deliveries.ledger(ANNA)] == [
        (ANNA, TODAY - 2 * DAY),
        (ANNA, TODAY - DAY),
        (ANNA, TODAY),
    ]


async def test_only_what_is_older_than_a_date_is_deleted(storage: Storage) -> None:
    await served(storage, ANNA, TODAY - 2 * DAY, TODAY - DAY, TODAY)
    await served(storage, BEN, TODAY - 2 * DAY)
    assert await storage.deliveries.prune(TODAY - DAY) == 2
    assert await storage.deliveries.prune(TODAY - DAY) == 0
    assert [each.date for each in await storage.deliveries.ledger(ANNA)] == [TODAY - DAY, TODAY]
    assert await storage.deliveries.ledger(BEN) == []


async def test_what_was_seen_stays_seen_when_the_ledger_is_cut(storage: Storage) -> None:
    await served(storage, ANNA, TODAY - DAY)
    await storage.deliveries.prune(TODAY)
    assert await storage.deliveries.ledger(ANNA) == []
    assert await storage.deliveries.seen(ANNA) == ["22"]


async def test_the_ledger_is_cut_in_pieces_that_hold_nobody_up(
    storage: Storage, database_folder: Path
) -> None:
    await stored(storage, somebody())
    days = [(TODAY - number * DAY).isoformat() for number in range(1, PRUNED_AT_ONCE + 3)]
    row = (
        "INSERT INTO deliveries (chat_id, local_date, tip, state, lost, until, changed) "
        "VALUES (42, ?, 'oil', 'sent', 0, '2026-11-23 23:00:00', '2026-11-23 12:00:00')"
    )
    with closing(sqlite3.connect(database_folder / "test.db")) as connection:
        connection.executemany(row, [(day,) for day in days])
        connection.commit()
    assert [await storage.deliveries.prune(TODAY) for _ in range(3)] == [PRUNED_AT_ONCE, 2, 0]
