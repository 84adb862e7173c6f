"""The daily tips arrive, whatever the process, the network or Telegram does."""

import asyncio
import datetime as dt
import logging
import random
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise

import pytest

from bot.answering.faq import Faq
from bot.features.tips import circuit_breaker, results, sender, texts
from bot.knowledge.models import Tip
from bot.settings import Settings
from bot.storage.storage import Storage
from bot.subscriptions.delivery import Delivery, Progress
from bot.subscriptions.schedule import EVERY_DAY, Schedule, Slot
from bot.subscriptions.subscriber import State, Subscriber
from tests.fake_bot_api import faults
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.telegram import FakeTelegram
from tests.fake_bot_api.world import BOT
from tests.support import sending
from tests.support.bots import ANNA, OPERATOR, build_parts, sql
from tests.support.chats import Chat
from tests.support.fake_time import START, Clock
from tests.support.log_lines import logged
from tests.support.sending import DAY, FOREVER, HOUR, MINUTE, TICK, Bot
from tests.support.slow_request import SlowRequest

BERT, CLEO = 43, 44
NINE = dt.time(9)
TODAY = START.date()
TOMORROW = TODAY + dt.timedelta(days=1)
Faults = dict[str, faults.Fault]
NEVER_LEFT: Faults = {
    "no connection": faults.NoConnection(),
    "401": faults.Unauthorized(),
    "unknown 403": faults.Refusal(403, "Forbidden: your proxy says no"),
    "409": faults.Conflict(),
}
UNANSWERED: Faults = {
    "500": faults.ServerError(500),
    "502": faults.ServerError(502),
    "time-out": faults.Timeout(),
    "cut": faults.ConnectionCut(),
    "500 in words": faults.Refusal(500, "Internal Server Error"),
}
UNANSWERED_BUT_ARRIVED: Faults = {
    "500, arrived": faults.ServerError(500, accepted=True),
    "502, arrived": faults.ServerError(502, accepted=True),
    "time-out, arrived": faults.Timeout(accepted=True),
    "cut, arrived": faults.ConnectionCut(accepted=True),
}
NOBODYS: Faults = {
    **NEVER_LEFT,
    **UNANSWERED,
    **UNANSWERED_BUT_ARRIVED,
    "short flood wait": faults.FloodWait(3),
    "long flood wait": faults.FloodWait(7_200),
    "400": faults.Refusal(400, "Bad Request: can't parse entities"),
}
THEIRS = [
    pytest.param(faults.Blocked(), State.BLOCKED, Progress.BLOCKED, id="blocked"),
    pytest.param(faults.Kicked(), State.BLOCKED, Progress.BLOCKED, id="kicked"),
    pytest.param(faults.Deactivated(), State.DEACTIVATED, Progress.DEACTIVATED, id="deactivated"),
]


class World(sending.World):
    @asynccontextmanager
    async def start(self, faq: Faq | None = None) -> AsyncIterator[Bot]:
        """A process, until it is killed."""
        settings = Settings(operators=frozenset({OPERATOR}))
        parts = build_parts(
            self.telegram, faq or self.faq, self.clock, self.storage, settings, self.wire
        )
        async with parts.app:
            await parts.sender.recover()
            yield Bot(parts, self.clock)

    async def subscribe(
        self,
        *chats: int,
        at: dt.time = NINE,
        zone: str = "UTC",
        days: frozenset[int] = EVERY_DAY,
        first: Slot | None = None,
    ) -> None:
        """Subscribe people to a tip at this time on their clocks; `first` may be due already."""
        for chat in chats:
            await self.put(chat, Schedule(at, zone, days), first)

    async def sql(self, statement: str) -> None:
        """Change the file, as an operator or a broken disk might."""
        await sql(self.storage, statement)

    def tips(self, chat: int = ANNA) -> list[str]:
        """The tips that stand in a chat."""
        said = [each["text"] for each in self.telegram.messages(chat) if each["from"] == BOT]
        return [each for each in said if each.startswith("💡")]

    def tries(self, chat: int | None = None) -> list[float]:
        """The moments at which a send was tried, to one chat or to all, in seconds."""
        calls = [each for each in self.telegram.calls if each.method == "sendMessage"]
        return [c.at for c in calls if chat in (None, c.params["chat_id"])]

    def notices(self) -> list[str]:
        """The messages that the operator has read."""
        return [str(each["text"]) for each in self.telegram.messages(OPERATOR)]

    async def subscriber(self, chat: int = ANNA) -> Subscriber:
        found = await self.storage.subscriber(chat)
        assert found
        return found

    async def dates(self, chat: int = ANNA) -> list[dt.date]:
        return [each.date for each in await self.storage.deliveries.ledger(chat)]

    def at(self, hour: int, minute: int = 0, second: int = 0, days: int = 1) -> None:
        """Let the clock show this time, some days after the first one."""
        day = dt.datetime.combine(TODAY + dt.timedelta(days=days), dt.time(), dt.UTC)
        self.clock.set(day + dt.timedelta(hours=hour, minutes=minute, seconds=second))


@pytest.fixture
def telegram(clock: Clock) -> FakeTelegram:
    telegram = FakeTelegram(clock=clock)
    telegram.person(OPERATOR, "Operator")
    return telegram


@pytest.fixture
def world(telegram: FakeTelegram, clock: Clock, storage: Storage, faq: Faq, anna: Person) -> World:
    assert anna.id == ANNA
    return World(
        telegram,
        clock,
        storage,
        faq,
        SlowRequest(telegram, lambda method, _: method == "sendMessage"),
    )


@pytest.fixture
async def bot(world: World) -> AsyncIterator[Bot]:
    async with world.start() as bot:
        yield bot
        await bot.parts.sender.finished()


@pytest.fixture
def chat(bot: Bot, telegram: FakeTelegram, anna: Person) -> Chat:
    return Chat(bot.parts.app, telegram, anna)


async def first_try(world: World, bot: Bot, fault: faults.Fault) -> None:
    """Send Anna's tip of nine o'clock, whose first send meets a fault."""
    await world.subscribe(ANNA)
    world.fail(fault)
    world.at(9)
    await bot.tick()


def with_tips(faq: Faq, ids: Collection[str]) -> Faq:
    """As `faq`, but with other tips, each of which says its id."""
    made = {i: Tip(id=i, entry="chain.squeak", text=f"Tip {i}.") for i in ids}
    return replace(faq, knowledge=replace(faq.knowledge, tips=made))


# One a day


async def test_a_due_tip_goes_out_with_both_its_buttons(world: World, faq: Faq) -> None:
    await world.subscribe(ANNA)
    tip = faq.knowledge.tips["listen_in_the_rain"]
    only = replace(faq, knowledge=replace(faq.knowledge, tips={tip.id: tip}))
    async with world.start(only) as bot:
        world.at(9)
        await bot.tick()
    [sent] = world.telegram.sent("sendMessage")
    buttons = [
        {"text": "Read more", "callback_data": "more:brakes.squeal"},
        {"text": "Settings", "callback_data": "settings"},
    ]
    assert sent == {
        "chat_id": ANNA,
        "text": "💡 Listen to your brakes in the rain. They go quiet again when they are "
        "<b>dry</b>.",
        "parse_mode": "HTML",
        "reply_markup": {"inline_keyboard": [buttons]},
        "link_preview_options": {"is_disabled": True},
    }


async def test_a_tip_is_shown_as_it_was_meant(world: World, bot: Bot) -> None:
    """Bold stays bold, and an ampersand is an ampersand, not &amp;."""
    await world.subscribe(ANNA)
    await bot.ticks(4 * DAY, every=DAY / 4)
    shown = {each["text"]: each for each in world.telegram.messages(ANNA)}
    assert "💡 A chain that squeaks asks for oil & gets a drop on each link." in shown
    [bold] = shown["💡 Listen to your brakes in the rain. They go quiet again when they are dry."][
        "entities"
    ]
    assert (bold["type"], bold["length"]) == ("bold", len("dry"))


async def test_the_buttons_of_a_tip_lead_on(world: World, chat: Chat, bot: Bot) -> None:
    await world.subscribe(ANNA)
    world.at(9)
    await bot.tick()
    await chat.press("Read more")
    assert len(world.tips()) == 1
    assert chat.text.endswith("The handbook's view.")
    await chat.press("Settings")
    assert chat.text.startswith("Daily tip\nTime: 09:00")


async def test_a_tip_comes_at_its_time_and_not_before(world: World, bot: Bot) -> None:
    await world.subscribe(ANNA)
    world.at(8, 59, 59)
    await bot.tick()
    assert world.tips() == []
    world.at(9)
    await bot.tick()
    assert len(world.tips()) == 1


async def test_everybody_gets_it_when_their_own_clock_says_so(world: World, bot: Bot) -> None:
    await world.subscribe(ANNA, zone="Asia/Kolkata")
    await world.subscribe(BERT, zone="Europe/Berlin")
    await world.subscribe(CLEO, zone="UTC-02:00")
    world.at(0)
    start = world.clock.now
    await bot.ticks(DAY, every=MINUTE * 30)
    came = [(each - start) / HOUR for chat in (ANNA, BERT, CLEO) for each in world.tries(chat)]
    assert came == pytest.approx([3.5, 8, 11])


async def test_a_second_tick_sends_nothing(world: World, bot: Bot) -> None:
    await world.subscribe(ANNA)
    world.at(9)
    await bot.tick()
    await bot.tick()
    await bot.ticks(HOUR, every=MINUTE * 10)
    assert len(world.tips()) == 1


async def test_a_tick_during_a_run_begins_no_second_one(world: World, bot: Bot) -> None:
    await world.subscribe(ANNA, BERT)
    world.wire.seconds = 30
    world.at(9)
    bot.parts.sender.wake()
    await asyncio.sleep(10)
    await bot.tick()
    assert (len(world.tips(ANNA)), len(world.tips(BERT))) == (1, 1)


async def test_a_tip_comes_every_day(world: World, bot: Bot) -> None:
    await world.subscribe(ANNA)
    world.at(0)
    await bot.ticks(4 * DAY, every=3 * HOUR)
    assert await world.dates() == [TOMORROW + dt.timedelta(days=i) for i in range(4)]
    assert len(world.tips()) == 4


async def test_the_ledger_says_what_was_sent_and_when(world: World, bot: Bot, faq: Faq) -> None:
    await world.subscribe(ANNA, zone="Europe/Berlin")
    world.at(9)
    await bot.tick()
    [sent] = await world.storage.deliveries.ledger(ANNA)
    midnight = dt.datetime.combine(TOMORROW, dt.time(23), dt.UTC)
    assert sent == Delivery(
        sent.id, ANNA, TOMORROW, sent.tip, Progress.SENT, lost=0, until=midnight
    )
    assert texts.tip(faq.knowledge.tips[sent.tip]) == world.telegram.sent("sendMessage")[0]["text"]


async def test_a_later_hour_brings_no_second_tip_on_a_day(world: World, bot: Bot) -> None:
    await world.subscribe(ANNA)
    world.at(9)
    await bot.tick()
    known = await world.subscriber()
    later = known.rescheduled(replace(known.schedule, at=dt.time(15)), world.clock.wall())
    await world.storage.change(ANNA, lambda _: later)
    await bot.ticks(DAY, every=3 * HOUR)
    assert len(world.tips()) == 1
    await bot.ticks(DAY, every=3 * HOUR)
    assert await world.dates() == [TOMORROW, TOMORROW + dt.timedelta(days=1)]


async def test_who_stopped_or_pauses_gets_nothing(world: World, bot: Bot) -> None:
    await world.subscribe(ANNA, BERT)
    await world.storage.end(ANNA, State.STOPPED)
    await world.storage.change(BERT, lambda known: known and known.paused(None))
    await bot.ticks(2 * DAY, every=3 * HOUR)
    assert world.tries() == []


async def test_who_stops_while_waiting_for_a_turn_gets_nothing(world: World, bot: Bot) -> None:
    chats = await world.subscribe_many(60)
    bot.parts.sender.wake()
    await asyncio.sleep(1)
    await world.storage.end(chats[-1], State.STOPPED)
    await bot.parts.sender.finished()
    assert world.tips(chats[-1]) == []
    assert len(world.tips(chats[-2])) == 1


async def test_who_stops_before_a_second_try_is_left_in_peace(world: World, bot: Bot) -> None:
    await first_try(world, bot, faults.NoConnection())
    await world.storage.end(ANNA, State.STOPPED)
    await bot.ticks(HOUR, every=MINUTE * 10)
    assert len(world.tries()) == 1
    assert await world.progress() == [Progress.FAILED]


async def test_who_is_forgotten_before_a_second_try_is_left_in_peace(
    world: World, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    await first_try(world, bot, faults.Timeout())
    await world.storage.forget(ANNA)
    await bot.ticks(HOUR, every=MINUTE * 10)
    assert len(world.tries()) == 1
    assert logged(caplog, logging.ERROR) == []


async def test_who_is_forgotten_while_a_tip_is_on_its_way_leaves_no_trace(
    world: World, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    await world.subscribe(ANNA)
    world.wire.seconds = 5
    world.at(9)
    bot.parts.sender.wake()
    await asyncio.sleep(1)
    await world.storage.forget(ANNA)
    await bot.parts.sender.finished()
    assert len(world.tips()) == 1
    assert await world.storage.deliveries.ledger(ANNA) == []
    assert await world.storage.deliveries.seen(ANNA) == []
    assert logged(caplog, logging.ERROR) == []


async def test_a_new_hour_that_is_chosen_while_a_tip_waits_for_its_turn_is_kept(
    world: World, bot: Bot
) -> None:
    chats = await world.subscribe_many(60)
    bot.parts.sender.wake()
    await asyncio.sleep(1)
    wish, now = Schedule(dt.time(20, 15), "Asia/Tokyo", frozenset({1, 2})), world.clock.wall()
    await world.storage.change(chats[-1], lambda known: known and known.rescheduled(wish, now))
    await bot.parts.sender.finished()
    await bot.tick()
    assert (await world.subscriber(chats[-1])).schedule == wish
    assert len(world.tips(chats[-1])) == 1


async def test_what_is_older_than_three_months_leaves_the_ledger(world: World, bot: Bot) -> None:
    await world.subscribe(ANNA)
    world.at(9)
    await bot.tick()
    world.at(12, days=1 + results.KEPT.days)
    await bot.tick()
    assert TOMORROW in await world.dates()
    world.at(12, days=2 + results.KEPT.days)
    await bot.tick()
    assert TOMORROW not in await world.dates()
    assert len(await world.storage.deliveries.seen(ANNA)) == 3


# Faults that are nobody's


@pytest.mark.parametrize("fault", NEVER_LEFT.values(), ids=NEVER_LEFT.keys())
async def test_what_never_arrived_is_tried_again_half_a_minute_later(
    world: World, bot: Bot, fault: faults.Fault
) -> None:
    await first_try(world, bot, fault)
    assert await world.progress() == [Progress.DUE]
    await bot.ticks(25)
    assert world.tips() == []
    await bot.ticks(5)
    assert len(world.tips()) == 1
    assert await world.progress() == [Progress.SENT]


async def test_what_never_arrives_is_tried_until_the_day_is_over(world: World, bot: Bot) -> None:
    await world.subscribe(ANNA)
    world.fail(faults.NoConnection(), times=5)
    world.at(9)
    await bot.tick()
    await bot.ticks(12 * HOUR, every=3 * HOUR)
    assert await world.progress() == [Progress.DUE]
    assert len(world.tries()) == 5
    world.at(0, days=2)
    await bot.tick()
    assert await world.progress() == [Progress.FAILED]
    assert len(world.tries()) == 5
    world.at(9, days=2)
    await bot.tick()
    assert await world.progress() == [Progress.FAILED, Progress.SENT]


@pytest.mark.parametrize("seconds", [3, 600, 7_200])
async def test_a_flood_wait_is_waited_for_as_told(world: World, bot: Bot, seconds: int) -> None:
    await world.subscribe(ANNA)
    world.fail(faults.FloodWait(seconds))
    world.at(9)
    started = world.clock.now
    bot.parts.sender.wake()
    await asyncio.sleep(seconds - 1)
    await bot.tick()
    await asyncio.sleep(max(0, started + seconds - world.clock.now))
    await bot.tick()
    assert await world.progress() == [Progress.SENT]
    assert world.tries(ANNA) == pytest.approx([started, started + seconds], abs=0.1)


async def test_during_a_flood_wait_the_ledger_says_that_it_is_due(world: World) -> None:
    """A process that ends meanwhile tries it after the next start, but not before its time."""
    await world.subscribe(ANNA)
    world.fail(faults.FloodWait(600))
    world.at(9)
    async with world.start() as bot:
        bot.parts.sender.wake()
        await asyncio.sleep(1)
        await bot.parts.sender.stop()
    assert await world.progress() == [Progress.DUE]
    async with world.start() as bot:
        world.at(9, 9, 55)
        await bot.tick()
        assert world.tips() == []
        world.at(9, 10, 5)
        await bot.tick()
    assert len(world.tips()) == 1


@pytest.mark.parametrize("fault", UNANSWERED.values(), ids=UNANSWERED.keys())
async def test_what_may_not_have_arrived_is_tried_again(
    world: World, bot: Bot, fault: faults.Fault
) -> None:
    await first_try(world, bot, fault)
    assert await world.progress() == [Progress.UNKNOWN]
    await bot.ticks(results.AFTER_UNSURE[0] - TICK)
    assert world.tips() == []
    await bot.ticks(TICK)
    assert len(world.tips()) == 1
    assert await world.progress() == [Progress.SENT]


@pytest.mark.parametrize(
    "fault", UNANSWERED_BUT_ARRIVED.values(), ids=UNANSWERED_BUT_ARRIVED.keys()
)
async def test_there_are_no_more_copies_than_sends_whose_outcome_was_unknown(
    world: World, bot: Bot, fault: faults.Fault
) -> None:
    await first_try(world, bot, fault)
    await bot.ticks(HOUR, every=MINUTE * 10)
    await bot.ticks(12 * HOUR, every=3 * HOUR)
    assert len(world.tips()) == 1 + 1
    assert len(set(world.tips())) == 1
    assert await world.progress() == [Progress.SENT]


async def test_what_is_never_answered_is_tried_less_and_less_and_then_left_alone(
    world: World, bot: Bot
) -> None:
    await world.subscribe(ANNA)
    world.fail(faults.Timeout(accepted=True), times=5)
    world.at(9)
    start = world.clock.now
    await bot.tick()
    for wait in results.AFTER_UNSURE:
        await bot.ticks(wait, every=wait / 4)
    await bot.ticks(12 * HOUR, every=3 * HOUR)
    assert [each - start for each in world.tries(ANNA)] == [0, 30, 150, 750, 2_550]
    assert await world.progress() == [Progress.UNKNOWN]
    world.at(9, days=2)
    await bot.tick()
    assert await world.progress() == [Progress.UNKNOWN, Progress.SENT]


async def test_a_refused_message_is_not_tried_again_on_that_day(world: World, bot: Bot) -> None:
    await first_try(world, bot, faults.Refusal(400, "Bad Request: can't parse entities"))
    await bot.ticks(12 * HOUR, every=3 * HOUR)
    assert await world.progress() == [Progress.FAILED]
    assert len(world.tries()) == 1


async def test_a_refused_message_is_said_in_the_log(
    world: World, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    await first_try(world, bot, faults.Refusal(400, "Bad Request: can't parse entities"))
    assert "Can't parse entities" in logged(caplog, logging.ERROR)[0]


async def test_a_tip_that_telegram_refuses_does_not_come_back_day_after_day(
    world: World, bot: Bot
) -> None:
    """One bad tip in the knowledge base must not be the last that people hear of the bot."""
    await first_try(world, bot, faults.Refusal(400, "Bad Request: can't parse entities"))
    [refused] = await world.storage.deliveries.ledger(ANNA)
    await bot.ticks(DAY, every=3 * HOUR)
    [_, next_one] = await world.storage.deliveries.ledger(ANNA)
    assert next_one.tip != refused.tip


@pytest.mark.parametrize("fault", NOBODYS.values(), ids=NOBODYS.keys())
async def test_nobody_is_unsubscribed_by_a_fault_that_is_not_theirs(
    world: World, bot: Bot, fault: faults.Fault
) -> None:
    await first_try(world, bot, fault)
    await bot.ticks(2.5 * HOUR, every=HOUR / 4)
    after = await world.subscriber()
    assert after.state is State.ACTIVE
    world.at(9, days=2)
    await bot.tick()
    assert (await world.progress())[-1] is Progress.SENT
    assert await world.dates() == [TOMORROW, TOMORROW + dt.timedelta(days=1)]


@pytest.mark.parametrize("seed", range(2))
async def test_nobody_misses_the_tip_of_a_day_of_faults(world: World, bot: Bot, seed: int) -> None:
    """Any person may meet some faults; only an unknown outcome may bring a tip twice."""
    dice = random.Random(seed)  # noqa: S311 - a test that can be repeated
    chats = await world.subscribe_many(40)
    flood: Faults = {"429": faults.FloodWait(2)}
    kinds = NEVER_LEFT | UNANSWERED | UNANSWERED_BUT_ARRIVED | flood
    unsure = dict.fromkeys(chats, 0)
    for _ in range(60):
        chat, fault = dice.choice(chats), dice.choice(list(kinds.values()))
        unsure[chat] += getattr(fault, "accepted", False)
        world.fail(fault, chat)
    await bot.tick()
    await bot.ticks(MINUTE * 3, every=MINUTE / 2)
    await bot.ticks(2 * HOUR, every=MINUTE * 15)
    counts = {chat: len(world.tips(chat)) for chat in chats}
    assert min(counts.values()) == 1
    assert all(count <= 1 + unsure[chat] for chat, count in counts.items())
    assert {(await world.subscriber(chat)).state for chat in chats} == {State.ACTIVE}


# Chats that are gone, and come back


@pytest.mark.parametrize(("fault", "state", "progress"), THEIRS)
async def test_who_is_gone_is_marked_and_not_tried_again(
    world: World, bot: Bot, fault: faults.Fault, state: State, progress: Progress
) -> None:
    await first_try(world, bot, fault)
    assert await world.progress() == [progress]
    assert (await world.subscriber()).state is state
    await bot.ticks(3 * DAY, every=3 * HOUR)
    assert len(world.tries()) == 1


@pytest.mark.parametrize(("fault", "state", "progress"), THEIRS)
async def test_start_brings_back_who_was_gone(
    world: World, bot: Bot, chat: Chat, fault: faults.Fault, state: State, progress: Progress
) -> None:
    await first_try(world, bot, fault)
    assert ((await world.subscriber()).state, await world.progress()) == (state, [progress])
    world.at(12, days=5)
    await chat.write("/start")
    await bot.ticks(20 * HOUR, every=HOUR)
    assert world.tips() == []
    await bot.ticks(HOUR, every=HOUR)
    assert len(world.tips()) == 1
    assert await world.dates() == [TOMORROW, TODAY + dt.timedelta(days=6)]


async def test_who_blocks_the_bot_is_not_written_to(
    world: World, bot: Bot, chat: Chat, anna: Person
) -> None:
    await world.subscribe(ANNA)
    await chat.gets(anna.blocks_bot())
    assert (await world.subscriber()).state is State.BLOCKED
    await bot.ticks(2 * DAY, every=3 * HOUR)
    assert world.tries() == []


async def test_an_unblock_brings_somebody_back_without_old_tips(
    world: World, bot: Bot, chat: Chat, anna: Person
) -> None:
    await world.subscribe(ANNA)
    await chat.gets(anna.blocks_bot())
    world.at(12, days=4)
    await chat.gets(anna.unblocks_bot())
    await bot.ticks(20 * HOUR, every=HOUR)
    assert world.tries() == []
    await bot.ticks(HOUR, every=HOUR)
    assert await world.dates() == [TODAY + dt.timedelta(days=5)]


async def test_who_unblocks_before_the_hour_gets_the_tip_of_that_day(
    world: World, bot: Bot, chat: Chat, anna: Person
) -> None:
    await world.subscribe(ANNA)
    await chat.gets(anna.blocks_bot())
    world.at(8)
    await chat.gets(anna.unblocks_bot())
    await bot.ticks(DAY, every=3 * HOUR)
    assert await world.dates() == [TOMORROW]


@pytest.mark.parametrize("state", [State.STOPPED, State.PAUSED])
async def test_an_unblock_brings_nobody_back_who_wanted_no_tips(
    world: World, chat: Chat, anna: Person, state: State
) -> None:
    await world.subscribe(ANNA)
    await world.storage.change(ANNA, lambda known: known and known.ended(state))
    await chat.gets(anna.blocks_bot())
    await chat.gets(anna.unblocks_bot())
    await chat.write("/start")
    assert (await world.subscriber()).state is state


async def test_a_group_that_removed_the_bot_and_adds_it_again_is_back(
    world: World, bot: Bot, telegram: FakeTelegram
) -> None:
    group = telegram.group()
    greta = telegram.person(7, "Greta", group)
    await world.subscribe(group.id)
    chat = Chat(bot.parts.app, telegram, greta)
    await chat.gets(greta.removes_bot())
    await bot.ticks(2 * DAY, every=3 * HOUR)
    assert world.tries() == []
    await chat.gets(greta.adds_bot())
    await bot.ticks(DAY, every=3 * HOUR)
    assert len(world.tips(group.id)) == 1


async def test_a_group_that_moved_gets_its_tip_at_the_new_place(
    world: World, bot: Bot, telegram: FakeTelegram
) -> None:
    """The bot may have missed the message that tells of the move."""
    group, new = telegram.group(-55, "Skin care"), -1_005
    await world.subscribe(group.id)
    telegram.person(7, "Greta", group).migrates_chat(new)
    world.at(9)
    await bot.tick()
    assert len(world.tips(new)) == 1
    assert await world.progress(new) == [Progress.SENT]
    assert await world.storage.subscriber(group.id) is None
    await bot.ticks(DAY, every=3 * HOUR)
    assert len(world.tips(new)) == 2
    assert len(world.tries(group.id)) == 1


async def test_a_group_that_says_where_it_moved_is_followed_at_once(
    world: World, bot: Bot, telegram: FakeTelegram
) -> None:
    group, new = telegram.group(-55, "Skin care"), -1_005
    greta = telegram.person(7, "Greta", group)
    await world.subscribe(group.id)
    await Chat(bot.parts.app, telegram, greta).gets(greta.migrates_chat(new))
    await bot.ticks(DAY, every=3 * HOUR)
    assert len(world.tips(new)) == 1
    assert world.tries(group.id) == []


async def test_a_group_that_is_subscribed_at_both_places_gets_one_tip(
    world: World, bot: Bot, telegram: FakeTelegram
) -> None:
    group, new = telegram.group(-55, "Skin care"), -1_005
    telegram.person(7, "Greta", group).migrates_chat(new)
    await world.subscribe(group.id, new)
    await bot.ticks(DAY, every=3 * HOUR)
    assert len(world.tips(new)) == 1
    await bot.ticks(DAY, every=3 * HOUR)
    assert len(world.tips(new)) == 2


# Many failures at once


async def test_many_failures_at_once_stop_the_run(world: World, bot: Bot) -> None:
    for each in await world.subscribe_many(60):
        world.fail(faults.NoConnection(), each)
    began = world.clock.now
    await bot.tick()
    assert world.clock.now - began < 1.5
    failed = len(world.tries()) - len(world.tries(OPERATOR))
    assert failed < circuit_breaker.MOST_FAILED + sender.AT_ONCE
    await bot.ticks(circuit_breaker.FIRST_REST - 2 * TICK)
    assert len(world.tries()) - len(world.tries(OPERATOR)) == failed


async def test_the_operator_reads_one_notice_when_a_run_stops(world: World, bot: Bot) -> None:
    for each in await world.subscribe_many(60):
        world.fail(faults.NoConnection(), each)
    await bot.tick()
    await bot.ticks(MINUTE - 2 * TICK)
    assert world.notices() == [texts.run_stopped(60)]


async def test_a_stopped_run_goes_on_later_and_nobody_is_left_out(world: World, bot: Bot) -> None:
    chats = await world.subscribe_many(60)
    for each in chats[:30]:
        world.fail(faults.Timeout(), each)
    await bot.tick()
    await bot.ticks(5 * MINUTE, every=2 * TICK)
    assert [len(world.tips(each)) for each in chats] == [1] * 60
    assert {(await world.subscriber(each)).state for each in chats} == {State.ACTIVE}


async def test_each_rest_is_longer_while_nothing_works(world: World, bot: Bot) -> None:
    for each in await world.subscribe_many(30):
        world.fail(faults.NoConnection(), each, times=FOREVER)
    start = world.clock.now
    await bot.tick()
    await bot.ticks(22 * MINUTE)
    notices = [round(each - start) for each in world.tries(OPERATOR)]
    pauses = [later - earlier for earlier, later in pairwise(notices)]
    assert pauses == pytest.approx([60, 120, 240, 300, 300], abs=2 * TICK)


async def test_a_few_failures_do_not_stop_a_run(world: World, bot: Bot) -> None:
    chats = await world.subscribe_many(60)
    for each in chats[::3]:
        world.fail(faults.NoConnection(), each)
    await bot.tick()
    assert sum(len(world.tips(each)) for each in chats) == 40
    assert world.notices() == []


async def test_one_chat_that_fails_again_and_again_does_not_stop_the_others(
    world: World, bot: Bot
) -> None:
    """The operator hears nothing either: one chat is not many."""
    await world.subscribe(ANNA)
    await world.subscribe(BERT, at=dt.time(9, 50))
    world.fail(faults.Refusal(403, "Forbidden: a reason nobody knows"), times=FOREVER)
    world.at(9)
    nine = world.clock.now
    await bot.ticks(HOUR, every=MINUTE)
    assert world.notices() == []
    assert world.tries(BERT) == pytest.approx([nine + 50 * MINUTE], abs=1)


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        (faults.Blocked(), State.BLOCKED),
        (faults.Refusal(400, "Bad Request: TOPIC_CLOSED"), State.ACTIVE),
        (faults.Refusal(400, "Bad Request: CHAT_RESTRICTED"), State.ACTIVE),
        (faults.Refusal(400, "Bad Request: message thread not found"), State.ACTIVE),
    ],
    ids=["blocked", "topic closed", "restricted", "no thread"],
)
async def test_many_chats_that_take_nothing_do_not_stop_a_run(
    world: World, bot: Bot, fault: faults.Fault, state: State
) -> None:
    chats = await world.subscribe_many(60)
    for each in chats[:40]:
        world.fail(fault, each)
    await bot.tick()
    assert [len(world.tips(each)) for each in chats[40:]] == [1] * 20
    assert world.notices() == []
    assert {(await world.subscriber(each)).state for each in chats[:40]} == {state}
    assert {(await world.subscriber(each)).state for each in chats[40:]} == {State.ACTIVE}


async def test_questions_are_answered_while_a_run_rests(world: World, bot: Bot, chat: Chat) -> None:
    for each in await world.subscribe_many(30):
        world.fail(faults.NoConnection(), each)
    await bot.tick()
    before = world.clock.now
    await chat.write("why does my chain squeak")
    assert len(chat.said) == 1
    assert world.clock.now == before


async def test_an_operator_who_cannot_be_told_is_no_reason_to_fail(
    world: World, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    for each in await world.subscribe_many(30):
        world.fail(faults.NoConnection(), each)
    world.fail(faults.Blocked(), OPERATOR)
    await bot.tick()
    assert any("an operator could not be told" in each for each in logged(caplog))
    await bot.ticks(3 * MINUTE)
    assert [await world.progress(each) for each in (1_001, 1_030)] == [[Progress.SENT]] * 2


# Faults in the storage, and of one subscriber


async def test_a_zone_that_is_no_more_does_not_keep_the_others_from_their_tips(
    world: World, bot: Bot
) -> None:
    assert BERT == 43
    await world.subscribe(BERT, ANNA, CLEO)
    await world.sql("UPDATE subscribers SET zone = 'Mars/Base' WHERE chat_id = 43")
    for day in (1, 2, 3):
        world.at(9, days=day)
        await bot.tick()
        await bot.tick()
        assert (len(world.tips(ANNA)), len(world.tips(CLEO))) == (day, day)
    assert world.tips(BERT) == []


async def test_more_bad_zones_than_a_batch_do_not_keep_the_others_either(
    world: World, bot: Bot
) -> None:
    await world.subscribe_many(sender.BATCH + 1)
    await world.sql("UPDATE subscribers SET zone = 'Mars/Base'")
    world.clock.forward(TICK)
    await world.subscribe(ANNA, first=Slot(world.clock.wall(), TODAY))
    for _ in range(3):
        await bot.tick()
    assert len(world.tips(ANNA)) == 1


async def test_each_of_some_chats_that_fail_is_logged(
    world: World, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    await world.subscribe(ANNA, BERT, CLEO)
    await world.sql("UPDATE subscribers SET zone = 'Mars/' || chat_id")
    world.at(9)
    await bot.tick()
    told = {str(each.exc_info[1]) for each in caplog.records if each.exc_info}
    assert all(any(f"Mars/{chat}" in error for error in told) for chat in (ANNA, BERT, CLEO))


async def test_who_gets_a_zone_again_gets_tips_again(world: World, bot: Bot) -> None:
    await world.subscribe(ANNA)
    await world.sql("UPDATE subscribers SET zone = 'Mars/Base'")
    world.at(9)
    await bot.tick()
    await world.sql("UPDATE subscribers SET zone = 'Europe/Paris'")
    await bot.ticks(2 * HOUR, every=MINUTE * 15)
    assert len(world.tips()) == 1


async def test_the_operator_hears_of_a_fault_once_a_minute_at_most(world: World, bot: Bot) -> None:
    await world.sql("ALTER TABLE deliveries RENAME TO elsewhere")
    await bot.tick()
    await bot.ticks(MINUTE - TICK)
    assert len(world.notices()) == 1
    assert "OperationalError" in world.notices()[0]
    await bot.ticks(TICK)
    assert len(world.notices()) == 2


NO_OUTCOME = (
    "CREATE TRIGGER full BEFORE UPDATE ON deliveries WHEN NEW.chat_id = 42 "
    "AND NEW.state <> 'sending' BEGIN SELECT RAISE(ABORT, 'disk full'); END"
)
"""The outcome of Anna's tip cannot be written down for a while."""
NO_CLAIM = (
    "CREATE TRIGGER full BEFORE INSERT ON deliveries WHEN NEW.chat_id = 42 "
    "BEGIN SELECT RAISE(ABORT, 'disk full'); END"
)
"""Anna's tip cannot be claimed for a while."""


@pytest.mark.parametrize(
    ("trigger", "tried"),
    [(NO_CLAIM, False), (NO_OUTCOME, True)],
    ids=["no claim", "no outcome"],
)
async def test_a_database_that_refuses_one_row_for_a_while_costs_nobody_their_tip(
    world: World, bot: Bot, trigger: str, tried: bool
) -> None:
    await world.subscribe(ANNA, BERT)
    await world.sql(trigger)
    if tried:
        world.fail(faults.NoConnection())
    world.at(9)
    await bot.tick()
    assert (world.tips(ANNA), len(world.tips(BERT))) == ([], 1)
    await world.sql("DROP TRIGGER full")
    await bot.ticks(2 * HOUR, every=MINUTE * 15)
    assert (len(world.tips(ANNA)), len(world.tips(BERT))) == (1, 1)


async def test_a_tip_whose_success_could_not_be_written_is_not_sent_again(
    world: World, bot: Bot
) -> None:
    await world.subscribe(ANNA)
    await world.sql(NO_OUTCOME)
    world.at(9)
    await bot.tick()
    await world.sql("DROP TRIGGER full")
    await bot.ticks(2 * HOUR, every=MINUTE * 15)
    assert len(world.tips()) == 1


async def test_a_database_that_fails_is_logged_told_and_tried_again(
    world: World, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    await world.subscribe(ANNA)
    await world.sql("ALTER TABLE deliveries RENAME TO elsewhere")
    world.at(9)
    await bot.tick()
    assert logged(caplog) == ["tips: a run failed; the next tick begins another"]
    assert len(world.notices()) == 1
    await world.sql("ALTER TABLE elsewhere RENAME TO deliveries")
    await bot.tick()
    assert len(world.tips()) == 1


# A process that ends


async def test_what_was_on_its_way_at_a_kill_is_sent_again(world: World) -> None:
    await world.subscribe(ANNA, BERT)
    world.wire.seconds = FOREVER
    world.at(9)
    async with world.start() as bot:
        await bot.dies()
    assert await world.progress() == [Progress.SENDING]
    world.wire.seconds = 0
    async with world.start() as bot:
        assert await world.progress() == [Progress.UNKNOWN]
        await bot.tick()
    assert await world.progress() == [Progress.SENT]
    assert (len(world.tips(ANNA)), len(world.tips(BERT))) == (1, 1)


async def test_what_arrived_just_before_a_kill_comes_at_most_once_more(world: World) -> None:
    await world.subscribe(ANNA)
    world.wire.seconds_back = FOREVER
    world.at(9)
    async with world.start() as bot:
        await bot.dies()
    world.wire.seconds_back = 0
    async with world.start() as bot:
        await bot.tick()
        await bot.ticks(HOUR, every=MINUTE * 10)
    assert len(world.tips()) == 2
    assert len(set(world.tips())) == 1


async def test_kills_do_not_use_up_the_tries(world: World) -> None:
    """Somebody who restarts the bot ten times in a minute costs nobody the tip."""
    await world.subscribe(ANNA)
    world.wire.seconds = FOREVER
    world.at(9)
    for _ in range(10):
        async with world.start() as bot:
            await bot.dies()
    world.wire.seconds = 0
    async with world.start() as bot:
        await bot.tick()
    assert len(world.tips()) == 1


async def test_what_was_on_its_way_at_a_kill_is_not_sent_on_another_day(world: World) -> None:
    await world.subscribe(ANNA)
    world.wire.seconds = FOREVER
    world.at(9)
    async with world.start() as bot:
        await bot.dies()
    world.wire.seconds = 0
    world.at(8, days=2)
    async with world.start() as bot:
        await bot.tick()
        assert world.tries() == []
        await bot.ticks(HOUR, every=HOUR)
    assert await world.progress() == [Progress.UNKNOWN, Progress.SENT]


async def test_a_stop_in_the_middle_of_a_run_ends_it_soon(world: World) -> None:
    chats = await world.subscribe_many(300)
    world.wire.seconds = 0.5
    async with world.start() as bot:
        bot.parts.sender.wake()
        await asyncio.sleep(2)
        began = world.clock.now
        await bot.parts.sender.stop()
        assert world.clock.now - began < 1
    sent = sum(len(world.tips(each)) for each in chats)
    assert 0 < sent < 100
    assert len(await world.storage.deliveries.due(world.clock.wall(), 300)) == 300 - sent


async def test_what_a_stop_left_goes_out_after_the_next_start(world: World) -> None:
    chats = await world.subscribe_many(90)
    async with world.start() as bot:
        bot.parts.sender.wake()
        await asyncio.sleep(2)
        await bot.parts.sender.stop()
    assert any(world.tips(each) == [] for each in chats)
    async with world.start() as bot:
        await bot.tick()
    assert [len(world.tips(each)) for each in chats] == [1] * 90


async def test_after_a_stop_nothing_begins(world: World) -> None:
    await world.subscribe(ANNA)
    world.at(9)
    async with world.start() as bot:
        await bot.parts.sender.stop()
        await bot.tick()
    assert world.tries() == []
    assert await world.progress() == []


async def test_a_stop_during_a_flood_wait_does_not_wait(world: World) -> None:
    for each in await world.subscribe_many(40):
        world.fail(faults.FloodWait(3_600), each)
    async with world.start() as bot:
        bot.parts.sender.wake()
        await asyncio.sleep(1)
        began = world.clock.now
        await bot.parts.sender.stop()
        assert world.clock.now - began < 1


# A process that was down


@pytest.mark.parametrize(("days", "hour"), [(0, 12), (3, 10), (21, 10)])
async def test_after_hours_or_days_only_the_tip_of_that_day_goes_out(
    world: World, days: int, hour: int
) -> None:
    await world.subscribe(ANNA)
    world.at(hour, days=1 + days)
    async with world.start() as bot:
        await bot.tick()
        await bot.tick()
    assert len(world.tips()) == 1
    assert await world.dates() == [TOMORROW + dt.timedelta(days=days)]


async def test_after_three_hours_over_midnight_the_old_tip_does_not(world: World) -> None:
    await world.subscribe(ANNA, at=dt.time(23))
    world.at(1, days=2)
    async with world.start() as bot:
        await bot.ticks(21 * HOUR, every=HOUR)
        assert world.tries() == []
        await bot.ticks(HOUR, every=HOUR)
    assert await world.dates() == [TODAY + dt.timedelta(days=2)]


@pytest.mark.parametrize("days", [3, 21])
async def test_after_days_nothing_comes_before_the_hour(world: World, days: int) -> None:
    await world.subscribe(ANNA)
    world.at(8, days=1 + days)
    async with world.start() as bot:
        await bot.tick()
        assert world.tries() == []
        await bot.ticks(2 * DAY, every=HOUR)
    back = TOMORROW + dt.timedelta(days=days)
    assert await world.dates() == [back, back + dt.timedelta(days=1)]


async def test_after_days_a_day_that_was_not_chosen_brings_nothing(world: World) -> None:
    await world.subscribe(ANNA, days=frozenset({2}))
    world.at(9, days=3)
    async with world.start() as bot:
        await bot.ticks(4 * DAY, every=3 * HOUR)
        assert world.tries() == []
        await bot.ticks(DAY, every=3 * HOUR)
    assert await world.dates() == [TODAY + dt.timedelta(days=8)]


async def test_what_was_tried_in_vain_before_an_outage_of_days_is_let_go(world: World) -> None:
    await world.subscribe(ANNA)
    world.fail(faults.NoConnection())
    world.at(9)
    async with world.start() as bot:
        await bot.tick()
    world.at(10, days=4)
    async with world.start() as bot:
        await bot.tick()
        await bot.tick()
    assert await world.progress() == [Progress.FAILED, Progress.SENT]
    assert len(world.tips()) == 1


# Which tip


TEN = [f"tip{number}" for number in range(10)]


async def days_of_tips(world: World, faq: Faq, days: int, *chats: int) -> dict[int, list[str]]:
    """Chat → the tips that it gets in so many days."""
    async with world.start(faq) as bot:
        for _ in range(days):
            await bot.ticks(DAY, every=DAY)
    return {
        chat: [each.tip for each in await world.storage.deliveries.ledger(chat)] for chat in chats
    }


async def test_everybody_sees_all_tips_once_before_any_comes_again(world: World) -> None:
    await world.subscribe(ANNA, BERT)
    four = TEN[:4]
    seen = await days_of_tips(world, with_tips(world.faq, four), 3 * 4, ANNA, BERT)
    for each in seen.values():
        assert sorted(each[:4]) == sorted(each[4:8]) == sorted(each[8:]) == four


async def test_everybody_has_an_order_of_their_own(world: World) -> None:
    await world.subscribe(ANNA, BERT, CLEO)
    seen = await days_of_tips(world, with_tips(world.faq, TEN), 4, ANNA, BERT, CLEO)
    assert len({tuple(each) for each in seen.values()}) == 3


@pytest.mark.parametrize("seed", range(2))
async def test_no_tip_comes_again_before_all_were_seen_also_when_tips_come_and_go(
    world: World, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311 - a test that can be repeated
    there = set(TEN[:6])
    seen: set[str] = set()
    await world.subscribe(ANNA)
    for day in range(20):
        there ^= {dice.choice(TEN)}
        there |= {"always"}
        sent = (await days_of_tips(world, with_tips(world.faq, there), 1, ANNA))[ANNA]
        assert len(sent) == day + 1
        seen = seen if there - seen else set()
        assert sent[-1] in there - seen
        seen |= {sent[-1]}


async def test_a_new_tip_is_seen_in_the_round_in_which_it_came(world: World) -> None:
    await world.subscribe(ANNA)
    await days_of_tips(world, with_tips(world.faq, TEN), 9, ANNA)
    seen = await days_of_tips(world, with_tips(world.faq, [*TEN, "new"]), 2, ANNA)
    assert sorted(seen[ANNA]) == sorted([*TEN, "new"])


async def test_a_tip_on_demand_does_not_come_again_as_a_daily_one(
    world: World, bot: Bot, chat: Chat
) -> None:
    await world.subscribe(ANNA)
    for _ in range(3):
        await chat.write("/tip")
    world.at(9)
    await bot.tick()
    assert len(set(world.tips())) == 4


async def test_a_tip_that_is_on_its_way_does_not_come_on_demand_as_well(
    world: World, bot: Bot, chat: Chat
) -> None:
    await first_try(world, bot, faults.NoConnection())
    await chat.write("/tip")
    await bot.ticks(MINUTE)
    assert len(world.tips()) == 2
    assert len(set(world.tips())) == 2


async def test_a_single_tip_comes_every_day(world: World) -> None:
    await world.subscribe(ANNA)
    seen = await days_of_tips(world, with_tips(world.faq, ["only"]), 3, ANNA)
    assert seen[ANNA] == ["only"] * 3


async def test_without_tips_nothing_is_sent_and_nothing_fails(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.subscribe(ANNA)
    async with world.start(with_tips(world.faq, [])) as bot:
        await bot.ticks(3 * DAY, every=3 * HOUR)
    assert world.tries() == []
    assert logged(caplog) == []


async def test_tips_that_come_back_go_on_where_they_stopped(world: World) -> None:
    await world.subscribe(ANNA)
    async with world.start(with_tips(world.faq, [])) as bot:
        await bot.ticks(3 * DAY, every=3 * HOUR)
    async with world.start() as bot:
        await bot.tick()
    assert len(world.tips()) == 1


async def test_a_tip_that_left_before_it_could_be_sent_makes_room_for_another(
    world: World,
) -> None:
    """Nothing arrived, that is sure, so nobody has to miss the day's tip."""
    await world.subscribe(ANNA)
    world.fail(faults.NoConnection())
    world.at(9)
    async with world.start(with_tips(world.faq, ["old"])) as bot:
        await bot.tick()
    async with world.start(with_tips(world.faq, ["new"])) as bot:
        await bot.ticks(MINUTE)
    assert world.tips() == ["💡 Tip new."]
    assert await world.progress() == [Progress.SENT]


async def test_a_tip_that_left_after_it_may_have_arrived_is_the_only_one_of_its_day(
    world: World,
) -> None:
    await world.subscribe(ANNA)
    world.fail(faults.Timeout(accepted=True))
    world.at(9)
    async with world.start(with_tips(world.faq, ["old"])) as bot:
        await bot.tick()
    async with world.start(with_tips(world.faq, ["new"])) as bot:
        await bot.ticks(HOUR, every=MINUTE)
        assert world.tips() == ["💡 Tip old."]
        await bot.ticks(DAY, every=3 * HOUR)
    assert world.tips() == ["💡 Tip old.", "💡 Tip new."]


# What somebody else does meanwhile


async def test_a_new_subscriber_does_not_stand_in_the_line_of_a_run(
    world: World, bot: Bot, chat: Chat
) -> None:
    for each in await world.subscribe_many(120):
        assert each != ANNA
    bot.parts.sender.wake()
    await asyncio.sleep(1)
    before = world.clock.now
    await chat.write("/subscribe 9:00 UTC")
    await asyncio.sleep(2)
    assert len(world.tips(ANNA)) == 1
    assert world.clock.now - before < 3
    await bot.parts.sender.finished()


async def test_a_block_that_is_heard_of_late_does_not_undo_a_stop(world: World, bot: Bot) -> None:
    await world.subscribe(ANNA)
    world.fail(faults.Blocked())
    world.at(9)
    bot.parts.sender.wake()
    await world.storage.end(ANNA, State.STOPPED)
    await bot.parts.sender.finished()
    assert (await world.subscriber(ANNA)).state is State.STOPPED
