"""Tips go out at a steady pace, and answers to people never wait behind them."""

import asyncio
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from statistics import quantiles

import pytest
from telegram import Bot
from telegram.error import RetryAfter

from bot.answering.faq import Faq
from bot.bot_api.rate_limiter import (
    ABOUT_ALL,
    FIRST_HOLD,
    LATE,
    LATELY,
    MOST_AHEAD,
    PACED,
    PER_SECOND,
    RateLimiter,
)
from bot.bot_api.types import App
from bot.lifecycle import Parts
from bot.storage.storage import Storage
from tests.fake_bot_api import faults
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import ANNA, build_parts, subscribed_at
from tests.support.chats import Chat
from tests.support.fake_time import Clock
from tests.support.slow_request import SlowRequest

TURN = 1 / PER_SECOND
SLACK = LATE + 0.001
"""Seconds that a turn may come early where the turn before was late."""
TELEGRAMS = 30
"""Messages that Telegram takes in a second."""
LATENCY = 0.1
MOST_REFUSED = 45
"""Tips that are tried until the bot is sure that Telegram takes nothing."""


@pytest.fixture
def telegram(clock: Clock) -> FakeTelegram:
    return FakeTelegram(per_second=TELEGRAMS, per_chat_second=1, clock=clock)


@pytest.fixture
async def parts(
    telegram: FakeTelegram, faq: Faq, clock: Clock, storage: Storage
) -> AsyncIterator[Parts]:
    parts = build_parts(
        telegram,
        faq,
        clock,
        storage,
        request=SlowRequest(telegram, seconds=LATENCY / 2, seconds_back=LATENCY / 2),
    )
    async with parts.app:
        clock.forward(10)  # The bot has been there for a while.
        yield parts
        await parts.sender.finished()


@pytest.fixture
def pace(parts: Parts) -> RateLimiter:
    return parts.sender.limiter


@pytest.fixture
def bot(app: App) -> Bot:
    return app.bot


@dataclass(slots=True)
class Queue:
    """People who wait for a turn. Each notes when it came."""

    pace: RateLimiter
    clock: Clock
    began: float
    came: list[float] = field(default_factory=list)
    names: list[int] = field(default_factory=list)

    async def one(self, name: int = 0) -> None:
        await self.pace.turn()
        self.came.append(self.clock.now - self.began)
        self.names.append(name)

    async def many(self, count: int) -> None:
        await asyncio.gather(*(self.one(name) for name in range(count)))


@pytest.fixture
def queue(pace: RateLimiter, clock: Clock) -> Queue:
    return Queue(pace, clock, clock.now)


async def due_now(storage: Storage, telegram: FakeTelegram, clock: Clock, count: int) -> None:
    """So many subscribers whose tip is due, in one transaction."""
    now = clock.wall()
    chats = range(1_001, 1_001 + count)
    for chat in chats:
        telegram.person(chat)
    await subscribed_at(storage, chats, now, since=now)


def tips_sent(telegram: FakeTelegram) -> list[float]:
    """The moment at which each tip reached Telegram and was taken."""
    return [
        call.at
        for call in telegram.calls
        if call.method == "sendMessage" and call.accepted and call.params["chat_id"] > 1_000
    ]


def refusals(telegram: FakeTelegram) -> int:
    return sum(call.method == "sendMessage" and not call.accepted for call in telegram.calls)


# Turns


async def test_turns_come_one_after_another(queue: Queue) -> None:
    await queue.many(5)
    assert queue.came == pytest.approx([i * TURN for i in range(5)], abs=SLACK)


async def test_a_turn_is_free_at_once_after_a_silence(queue: Queue, clock: Clock) -> None:
    await queue.many(50)
    clock.forward(1)
    at = clock.now
    await queue.one()
    assert clock.now == at


async def test_a_long_silence_saves_up_no_turns(queue: Queue, clock: Clock) -> None:
    clock.forward(3_600)
    queue.began = clock.now
    await queue.many(TELEGRAMS)
    assert queue.came[-1] == pytest.approx((TELEGRAMS - 1) * TURN, abs=SLACK)


async def test_turns_come_in_the_order_of_asking(queue: Queue) -> None:
    await queue.many(20)
    assert queue.names == list(range(20))


async def test_no_second_has_more_turns_than_telegram_takes(queue: Queue, clock: Clock) -> None:
    """Turns may come late, since the machine has other things to do."""
    for late in (0.0, 0.02, 0.5, 0.0, 1.0, 0.0):
        clock.forward(late)
        await queue.many(25)
    for at in queue.came:
        assert sum(at <= each < at + 1 for each in queue.came) <= TELEGRAMS


# Answers go first


async def test_an_answer_waits_for_no_turn(
    queue: Queue, bot: Bot, anna: Person, clock: Clock
) -> None:
    waiting = asyncio.create_task(queue.many(100))
    await asyncio.sleep(1)
    began = clock.now
    await bot.send_message(anna.id, "an answer")
    assert clock.now - began == pytest.approx(LATENCY)
    await waiting


async def test_each_answer_pushes_the_next_turn_back(
    queue: Queue, bot: Bot, telegram: FakeTelegram
) -> None:
    people = [telegram.person(number) for number in range(1, 11)]
    answers = asyncio.gather(*(bot.send_message(each.id, "an answer") for each in people))
    await asyncio.sleep(0)
    await queue.one()
    assert queue.came == pytest.approx([10 * TURN], abs=SLACK)
    await answers


async def test_answers_hold_who_waits_already(
    queue: Queue, bot: Bot, telegram: FakeTelegram
) -> None:
    people = [telegram.person(number) for number in range(1, 11)]
    await queue.one()
    waiting = asyncio.create_task(queue.one())
    await asyncio.gather(*(bot.send_message(each.id, "an answer") for each in people))
    await waiting
    assert queue.came == pytest.approx([0, 11 * TURN], abs=SLACK)


async def test_a_flood_of_answers_does_not_stop_the_tips_for_good(
    queue: Queue, bot: Bot, telegram: FakeTelegram, clock: Clock
) -> None:
    telegram.fail_next("sendMessage", faults.Timeout(), times=500)
    calls = (bot.send_message(ANNA, "an answer") for _ in range(500))
    answers = asyncio.gather(*calls, return_exceptions=True)
    await asyncio.sleep(0)
    began = clock.now
    await queue.one()
    assert clock.now - began == pytest.approx(MOST_AHEAD, abs=SLACK)
    await answers


async def test_what_is_no_message_takes_no_turn(
    queue: Queue, bot: Bot, anna: Person, clock: Clock
) -> None:
    calls = asyncio.gather(*(bot.send_chat_action(anna.id, "typing") for _ in range(20)))
    await asyncio.sleep(0)
    began = clock.now
    await queue.one()
    assert clock.now == began
    await calls


async def test_a_message_that_had_its_turn_takes_no_second_one(
    app: App, queue: Queue, anna: Person
) -> None:
    await queue.one()
    sending = asyncio.create_task(app.bot.send_message(anna.id, "a tip", rate_limit_args=PACED))
    await asyncio.sleep(0)
    await queue.one()
    assert queue.came == pytest.approx([0, TURN], abs=SLACK)
    await sending


# 429


async def flooded(app: App, telegram: FakeTelegram, chat: int, seconds: int) -> None:
    """Telegram refuses a tip."""
    telegram.fail_next("sendMessage", faults.FloodWait(seconds), chat_id=chat)
    with pytest.raises(RetryAfter):
        await app.bot.send_message(chat, "a tip", rate_limit_args=PACED)


async def held(queue: Queue, clock: Clock) -> float:
    """Seconds until the next turn."""
    told = clock.now
    await queue.one()
    return clock.now - told


async def test_a_flood_wait_may_be_about_one_chat(
    app: App, queue: Queue, telegram: FakeTelegram, clock: Clock
) -> None:
    await flooded(app, telegram, ANNA, 600)
    assert await held(queue, clock) == pytest.approx(FIRST_HOLD, abs=2 * LATENCY)


async def test_a_short_flood_wait_is_waited_for_as_told(
    queue: Queue, pace: RateLimiter, clock: Clock
) -> None:
    pace.hold(0.5)
    assert await held(queue, clock) == pytest.approx(0.5, abs=SLACK)


async def test_a_flood_wait_after_each_hold_is_obeyed_in_full_at_last(
    app: App, queue: Queue, telegram: FakeTelegram, clock: Clock
) -> None:
    waits = []
    for chat in range(1, ABOUT_ALL + 1):
        await flooded(app, telegram, chat, 600)
        waits.append(await held(queue, clock))
    assert waits == pytest.approx([FIRST_HOLD] * (ABOUT_ALL - 1) + [600], abs=2 * LATENCY)


async def test_one_chat_that_is_refused_again_and_again_is_still_one_chat(
    app: App, queue: Queue, telegram: FakeTelegram, clock: Clock
) -> None:
    for _ in range(2 * ABOUT_ALL):
        await flooded(app, telegram, ANNA, 600)
        assert await held(queue, clock) == pytest.approx(FIRST_HOLD, abs=2 * LATENCY)


async def test_chats_that_are_served_between_show_that_it_is_not_about_all(
    app: App, queue: Queue, telegram: FakeTelegram, anna: Person, clock: Clock
) -> None:
    for chat in range(1, 2 * ABOUT_ALL + 1):
        await flooded(app, telegram, chat, 600)
        await asyncio.sleep(2 * FIRST_HOLD)
        if chat % 2 == 0:
            await app.bot.send_message(anna.id, "an answer")
            await asyncio.sleep(2 * LATELY)
    await flooded(app, telegram, ANNA, 600)
    assert await held(queue, clock) == pytest.approx(FIRST_HOLD, abs=2 * LATENCY)


async def test_a_flood_wait_while_others_are_served_holds_nobody(
    app: App, queue: Queue, telegram: FakeTelegram, anna: Person, clock: Clock
) -> None:
    await app.bot.send_message(anna.id, "an answer")
    await flooded(app, telegram, 7, 600)
    assert await held(queue, clock) == pytest.approx(0, abs=TURN)


async def test_floods_that_people_make_by_asking_never_hold_the_tips_for_long(
    bot: Bot, queue: Queue, telegram: FakeTelegram, clock: Clock
) -> None:
    for chat in range(1, 4 * ABOUT_ALL):
        telegram.fail_next("sendMessage", faults.FloodWait(600), chat_id=chat)
        with pytest.raises(RetryAfter):
            await bot.send_message(chat, "an answer")
    assert await held(queue, clock) == pytest.approx(FIRST_HOLD, abs=2 * LATENCY)


async def test_a_flood_wait_also_holds_who_waits_already(
    queue: Queue, pace: RateLimiter, clock: Clock
) -> None:
    waiting = asyncio.create_task(queue.many(40))
    await asyncio.sleep(1)
    pace.hold(1)
    told = clock.now
    already = len(queue.came)
    await waiting
    assert queue.came[already] == pytest.approx(told + 1 - queue.began, abs=SLACK)


async def test_a_shorter_hold_does_not_end_a_longer_one(
    queue: Queue, pace: RateLimiter, clock: Clock
) -> None:
    pace.hold(0.8)
    pace.hold(0.1)
    assert await held(queue, clock) == pytest.approx(0.8)


# The end


async def test_at_the_end_nobody_waits_for_a_turn_any_more(
    queue: Queue, pace: RateLimiter, clock: Clock
) -> None:
    for chat in range(ABOUT_ALL):
        pace.hold(3_600, chat)
        clock.forward(2 * FIRST_HOLD)
    waiting = asyncio.create_task(queue.many(100))
    await asyncio.sleep(1)
    began = clock.now
    pace.close()
    await waiting
    await queue.one()
    assert clock.now == began
    assert len(queue.came) == 101


# The whole


async def test_tips_go_out_about_as_fast_as_telegram_takes_them(
    parts: Parts, storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await due_now(storage, telegram, clock, 150)
    began = clock.now
    parts.sender.wake()
    await parts.sender.finished()
    at = tips_sent(telegram)
    assert len(at) == 150
    assert refusals(telegram) <= 3
    assert at[-1] - began <= 1.15 * 150 / TELEGRAMS


async def test_questions_during_a_run_are_answered_within_a_second(
    parts: Parts, storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await due_now(storage, telegram, clock, 120)
    people = [Chat(parts.app, telegram, telegram.person(number)) for number in range(1, 31)]
    took: list[float] = []

    async def ask(chat: Chat, after: float) -> None:
        await asyncio.sleep(after)
        began = clock.now
        await chat.write("why does my chain squeak")
        took.append(clock.now - began)

    began = clock.now
    parts.sender.wake()
    await asyncio.gather(*(ask(chat, i / 10) for i, chat in enumerate(people)))
    still_running = len(tips_sent(telegram)) < 120
    await parts.sender.finished()
    at = tips_sent(telegram)
    assert still_running
    assert len(at) == 120
    assert quantiles(took, n=20)[-1] < 1
    assert refusals(telegram) <= 3
    assert at[-1] - began <= 1.15 * (120 + 30) / TELEGRAMS


async def test_a_flood_wait_of_a_tip_delays_no_answer(
    parts: Parts, storage: Storage, telegram: FakeTelegram, clock: Clock, chat: Chat
) -> None:
    await due_now(storage, telegram, clock, 40)
    for number in range(1_001, 1_041):
        telegram.fail_next("sendMessage", faults.FloodWait(30), chat_id=number)
    parts.sender.wake()
    await asyncio.sleep(2)
    began = clock.now
    await chat.write("why does my chain squeak")
    assert clock.now - began == pytest.approx(LATENCY)
    assert len(chat.texts) == 1


async def test_a_flood_wait_of_an_answer_hardly_delays_a_run_of_tips(
    parts: Parts, storage: Storage, telegram: FakeTelegram, clock: Clock, chat: Chat
) -> None:
    await due_now(storage, telegram, clock, 60)
    telegram.fail_next("sendMessage", faults.FloodWait(54), chat_id=ANNA)
    began = clock.now
    parts.sender.wake()
    asking = asyncio.create_task(chat.write("why does my chain squeak"))
    await parts.sender.finished()
    assert clock.now - began < 60 * TURN + FIRST_HOLD + 1
    assert len(tips_sent(telegram)) == 60
    await asking


async def test_a_flood_wait_of_all_chats_is_obeyed_by_a_run_of_tips(
    parts: Parts, storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    await due_now(storage, telegram, clock, 100)
    telegram.fail_next("sendMessage", faults.FloodWait(60), times=MOST_REFUSED)
    began = clock.now
    parts.sender.wake()
    await parts.sender.finished()
    while len(tips_sent(telegram)) < 100:
        await asyncio.sleep(5)
        parts.sender.wake()
        await parts.sender.finished()
    at = tips_sent(telegram)
    assert refusals(telegram) == MOST_REFUSED
    assert not any(began + 12 < each < began + 58 for each in at)


@pytest.mark.parametrize("few", [[1_010], [1_001, 1_002, 1_003], range(1_050, 1_070)], ids=len)
async def test_a_long_flood_wait_of_a_few_chats_hardly_delays_the_others(
    parts: Parts, storage: Storage, telegram: FakeTelegram, clock: Clock, few: Collection[int]
) -> None:
    """Telegram limits single groups, say, for a quarter of an hour."""
    await due_now(storage, telegram, clock, 200)
    for number in few:
        telegram.fail_next("sendMessage", faults.FloodWait(900), chat_id=number)
    began = clock.now
    parts.sender.wake()
    await parts.sender.finished()
    at = tips_sent(telegram)
    assert len(at) == 200 - len(few)
    assert at[-1] - began < 200 * TURN + ABOUT_ALL * FIRST_HOLD
