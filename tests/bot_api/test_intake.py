"""Updates are confirmed to Telegram once they are done, also where the process died in between."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.bot_api.intake import DATABASE_SECONDS, MOST_LET_GO, PATIENCE, WINDOW, Intake
from bot.storage.receipts import Receipts
from bot.storage.storage import Storage
from tests.support.bots import opened, sql
from tests.support.fake_time import Clock


@pytest.fixture
def receipts(storage: Storage) -> Receipts:
    return Receipts(storage.database)


@pytest.fixture
def intake(receipts: Receipts, clock: Clock) -> Intake:
    return Intake(receipts, clock)


async def handled(intake: Intake, fetched: Sequence[int]) -> list[int]:
    """The updates that are to be handled, of those that Telegram has handed out."""
    intake.ask()
    fresh, fatal = await intake.take(fetched)
    assert fatal == []
    return fresh


def after_a_death(receipts: Receipts, clock: Clock) -> Intake:
    """The next process, which has nothing that was only in memory."""
    return Intake(receipts, clock)


@asynccontextmanager
async def held(intake: Intake, chat: int) -> AsyncIterator[None]:
    """Telegram takes nothing in this chat."""
    waiting = asyncio.create_task(intake.held(0, chat, 3_600))
    await asyncio.sleep(0)
    yield
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


# What is confirmed


async def test_at_first_anything_is_asked_for(intake: Intake) -> None:
    assert intake.offset == 0
    assert not intake.waits


async def test_what_is_in_hand_is_not_confirmed(intake: Intake) -> None:
    assert await handled(intake, [7, 8, 9]) == [7, 8, 9]
    intake.done(8)
    intake.done(9)
    assert intake.offset == 7
    assert intake.waits


async def test_what_is_done_is_confirmed_up_to_the_first_in_hand(intake: Intake) -> None:
    await handled(intake, [7, 8, 9])
    intake.done(7)
    intake.done(8)
    assert intake.offset == 9
    intake.done(9)
    assert intake.offset == 10
    assert not intake.waits


async def test_what_comes_again_is_not_handled_again(intake: Intake) -> None:
    await handled(intake, [7, 8])
    intake.done(8)
    assert await handled(intake, [7, 8, 9]) == [9]


async def test_what_was_done_while_telegram_was_handing_it_out_is_not_handled_again(
    intake: Intake,
) -> None:
    """A full disk that has kept it from being written down changes nothing."""
    await handled(intake, [7, 8])
    assert intake.ask() == 7
    intake.done(7)
    intake.done(8)
    assert await intake.take([7, 8, 9]) == ([9], [])


async def test_what_was_done_and_not_confirmed_before_an_end_in_order_is_not_done_twice(
    intake: Intake, receipts: Receipts, clock: Clock
) -> None:
    """The network was gone at the end."""
    await handled(intake, [7])
    intake.done(7)
    assert intake.ask() == 8
    await intake.close()
    assert await handled(after_a_death(receipts, clock), [7, 8]) == [8]


async def test_updates_may_be_numbered_anew_after_a_silence(intake: Intake) -> None:
    await handled(intake, [7])
    intake.done(7)
    assert await handled(intake, []) == []
    assert intake.offset == 0
    assert await handled(intake, [3]) == [3]


async def test_it_settles_when_the_last_one_is_done(intake: Intake, clock: Clock) -> None:
    await handled(intake, [7, 8])
    loop = asyncio.get_running_loop()
    loop.call_later(2, intake.done, 7)
    loop.call_later(3, intake.done, 8)
    await intake.settled(10)
    assert clock.now == 3


async def test_it_is_not_waited_for_longer_than_asked(intake: Intake, clock: Clock) -> None:
    await handled(intake, [7])
    await intake.settled(10)
    assert clock.now == 10


# Room


async def test_one_that_takes_long_is_confirmed_when_others_need_the_room(
    intake: Intake, clock: Clock
) -> None:
    window = list(range(1, WINDOW + 1))
    await handled(intake, window)
    for each in window[1:]:
        intake.done(each)
    assert intake.offset == 1
    clock.forward(PATIENCE)
    await handled(intake, window)
    assert intake.offset == WINDOW + 1
    intake.done(1)
    assert intake.offset == WINDOW + 1


async def test_where_there_is_room_nothing_is_confirmed_that_is_not_done(
    intake: Intake, clock: Clock
) -> None:
    await handled(intake, [1, 2, 3])
    intake.done(2)
    clock.forward(3_600)
    await handled(intake, [1, 2, 3, 4])
    assert intake.offset == 1


async def test_a_telegram_that_is_slow_for_everybody_confirms_nothing_for_it(
    intake: Intake, clock: Clock
) -> None:
    window = list(range(1, WINDOW + 1))
    await handled(intake, window)
    clock.forward(3_600)
    await handled(intake, window)
    assert intake.offset == 1


async def test_chats_that_take_nothing_leave_room_for_others(intake: Intake) -> None:
    window = list(range(1, WINDOW + 1))
    await handled(intake, window)
    for each in window[:90]:
        intake.belongs(each, -1000)
    async with held(intake, -1000):
        await handled(intake, window)
        assert WINDOW // 2 <= intake.offset <= 91
    intake.done(1)
    assert WINDOW // 2 <= intake.offset <= 91


async def test_one_chats_flood_leaves_room_for_others_at_once(intake: Intake) -> None:
    window = list(range(1, WINDOW + 1))
    await handled(intake, window)
    for each in window:
        intake.belongs(each, 7)
    for each in window[20:]:
        intake.done(each)
    await handled(intake, window)
    assert intake.offset == WINDOW + 1


async def test_a_short_line_of_a_chat_is_not_confirmed_before_its_time(intake: Intake) -> None:
    window = list(range(1, WINDOW + 1))
    await handled(intake, window)
    for each in window[:3]:
        intake.belongs(each, 7)
    for each in window[3:]:
        intake.done(each)
    await handled(intake, window)
    assert intake.offset == 1


async def test_only_so_many_wait_for_chats_that_take_nothing(intake: Intake) -> None:
    async with held(intake, -1000):
        for _ in range(100):
            first = max(intake.offset, 1)
            window = range(first, first + WINDOW)
            for each in await handled(intake, window):
                intake.belongs(each, -1000)
            await handled(intake, window)
    assert MOST_LET_GO <= intake.offset <= MOST_LET_GO + WINDOW


# Deaths


async def test_what_was_in_hand_at_a_death_is_handled_again(
    intake: Intake, receipts: Receipts, clock: Clock
) -> None:
    await handled(intake, [7, 8])
    again = after_a_death(receipts, clock)
    assert await handled(again, [7, 8, 9]) == [7, 8, 9]
    assert [again.is_suspect(each) for each in (7, 8, 9)] == [True, True, False]


async def test_what_was_done_before_a_death_is_not_done_twice(
    intake: Intake, receipts: Receipts, clock: Clock
) -> None:
    """7 still waits, so Telegram hands out 8 again; 9 came after 8 was done."""
    await handled(intake, [7, 8])
    intake.done(8)
    await handled(intake, [7, 8, 9])
    again = after_a_death(receipts, clock)
    assert await handled(again, [7, 8, 9]) == [7, 9]
    again.done(7)
    assert again.offset == 9


async def test_what_was_being_handled_at_two_deaths_is_passed_over(
    intake: Intake, receipts: Receipts, clock: Clock
) -> None:
    await handled(intake, [7, 8, 9])
    again = after_a_death(receipts, clock)
    await handled(again, [7, 8, 9])
    await again.begin_again(8)
    last = after_a_death(receipts, clock)
    assert await last.take([7, 8, 9]) == ([7, 9], [8])


async def test_what_was_only_in_hand_as_another_one_killed_is_handled_four_times(
    intake: Intake, receipts: Receipts, clock: Clock
) -> None:
    await handled(intake, [7])
    for _ in range(3):
        again = after_a_death(receipts, clock)
        await handled(again, [7])
        await again.begin_again(7)
        await again.survived(7)
    assert await after_a_death(receipts, clock).take([7]) == ([], [7])


async def test_what_was_passed_over_is_told_once(
    intake: Intake, receipts: Receipts, clock: Clock
) -> None:
    await handled(intake, [8])
    await intake.begin_again(8)
    assert await after_a_death(receipts, clock).take([8]) == ([], [8])
    again = after_a_death(receipts, clock)
    assert await again.take([8, 9]) == ([9], [8])
    assert await again.take([8, 9, 10]) == ([10], [])
    assert await after_a_death(receipts, clock).take([8, 9, 10]) == ([9, 10], [])


async def test_an_end_in_order_is_no_death(receipts: Receipts, clock: Clock) -> None:
    for _ in range(5):
        process = after_a_death(receipts, clock)
        assert await handled(process, [7, 8]) == [7, 8]
        assert not process.is_suspect(7)
        await process.close()


async def test_what_was_done_before_an_end_in_order_is_not_done_twice(
    intake: Intake, receipts: Receipts, clock: Clock
) -> None:
    await handled(intake, [7, 8])
    intake.done(8)
    await intake.close()
    assert await handled(after_a_death(receipts, clock), [7, 8]) == [7]


async def test_no_more_is_remembered_than_may_come_again(
    intake: Intake, receipts: Receipts, clock: Clock
) -> None:
    for number in range(1, 200):
        await handled(intake, [number])
        intake.done(number)
    await handled(intake, [200])
    await intake.close()
    again = after_a_death(receipts, clock)
    assert await handled(again, [150, 200]) == [150, 200]


async def test_a_database_that_fails_keeps_nobody_from_being_answered(
    intake: Intake, storage: Storage
) -> None:
    await sql(storage, "DROP TABLE updates")
    assert await handled(intake, [7]) == [7]
    await intake.begin_again(7)
    intake.done(7)
    await intake.close()


async def test_a_database_that_is_busy_holds_answers_up_for_a_moment_only(tmp_path: Path) -> None:
    """The thread of the database does something that takes long, say."""
    over = threading.Event()
    async with opened(tmp_path) as storage:
        busy = asyncio.create_task(storage.database.run(lambda _: over.wait()))
        await asyncio.sleep(0)
        began = time.monotonic()
        assert await handled(Intake(Receipts(storage.database), time.monotonic), [7]) == [7]
        assert time.monotonic() - began < 2 * DATABASE_SECONDS
        over.set()
        assert await busy
