"""Messages from operators to all subscribers: preview, confirm, progress, result.

No accident on the way costs anybody a message or brings one twice.
"""

import asyncio
import datetime as dt
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from telegram.ext import (
    ApplicationHandlerStop,
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
)
from typing_extensions import override

from bot.answering.faq import Faq
from bot.bot_api.types import Callback
from bot.features import texts as bot_texts
from bot.features.broadcasts import texts
from bot.features.broadcasts.handlers import BroadcastHandlers
from bot.features.broadcasts.keyboards import CancelBroadcast, SendBroadcast
from bot.features.tips import results, sender
from bot.settings import Settings
from bot.storage.broadcasts import LASTS
from bot.storage.storage import Storage
from bot.subscriptions.delivery import Delivery, Progress, Stage, Standing
from bot.subscriptions.schedule import EVERY_DAY, Schedule
from bot.subscriptions.subscriber import State, Subscriber
from tests.fake_bot_api import faults
from tests.fake_bot_api.parameters import Json
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.telegram import Call, FakeTelegram
from tests.fake_bot_api.world import BOT
from tests.support import sending
from tests.support.bots import ANNA, build_parts
from tests.support.chats import Chat
from tests.support.fake_time import START, Clock
from tests.support.sending import DAY, FOREVER, HOUR, MINUTE, TICK
from tests.support.slow_request import SlowRequest

OLGA, OTTO = 1_000_001, 1_000_002
"""Operators."""
BERT, CLEO = 43, 44
NINE = Schedule(dt.time(9), "UTC", EVERY_DAY)
NEWS = "We are back on Monday."
TODAY = START.date()


class World(sending.World):
    @asynccontextmanager
    async def start(
        self, faq: Faq | None = None, only: int | None = None, *, alone: bool = True
    ) -> AsyncIterator["Bot"]:
        """A process, until it is killed."""
        settings = Settings(operators=frozenset({OLGA, OTTO}))
        parts = build_parts(
            self.telegram, faq or self.faq, self.clock, self.storage, settings, self.wire
        )
        parts.sender.only = only
        made = BroadcastHandlers(self.storage, parts.sender, parts.app.bot, self.clock.wall)
        # The bot has its own, whose clock ticks elsewhere: these come first, and alone.
        parts.app.add_handlers(handlers(made) if alone else [], -1)
        async with parts.app:
            await parts.sender.recover()
            yield Bot(parts, self.clock, self.telegram, made)

    async def subscribe(self, *chats: int) -> None:
        """Subscribe people to a tip at nine; the next one is tomorrow."""
        for chat in chats:
            await self.put(chat, NINE)

    @override
    async def subscribe_many(
        self, count: int, begin: int = 1_001, seconds: float = DAY
    ) -> list[int]:
        return await super().subscribe_many(count, begin, seconds)

    async def change(self, chat: int, how: Callable[[Subscriber], Subscriber]) -> None:
        await self.storage.change(chat, lambda known: known and how(known))

    def got(self, chat: int) -> list[str]:
        """The texts of the bot in a chat, without tips."""
        said = [each for each in self.telegram.messages(chat) if each["from"] == BOT]
        read = [each.get("text") or each.get("caption", "") for each in said]
        return [each for each in read if not each.startswith("💡")]

    def tips(self, chat: int) -> int:
        said = [each.get("text", "") for each in self.telegram.messages(chat)]
        return sum(each.startswith("💡") for each in said)

    def tip_times(self, chat: int) -> list[float]:
        calls = [call for call in self.telegram.calls if call.params.get("chat_id") == chat]
        return [c.at for c in calls if str(c.params.get("text", "")).startswith("💡")]

    def edits(self) -> list[Call]:
        """The calls that tried to edit a message."""
        return [call for call in self.telegram.calls if call.method == "editMessageText"]

    def tries(self, *chats: int) -> list[float]:
        """The moments at which a send to one of these chats was tried, in seconds."""
        calls = [c for c in self.telegram.calls if c.method in {"sendMessage", "copyMessage"}]
        return [c.at for c in calls if c.params["chat_id"] in chats]


@dataclass(frozen=True, slots=True)
class Bot(sending.Bot):
    """A process with the commands of operators."""

    telegram: FakeTelegram
    broadcasting: BroadcastHandlers

    @property
    def olga(self) -> Chat:
        return self.operator(OLGA)

    def operator(self, user: int) -> Chat:
        return Chat(self.parts.app, self.telegram, self.telegram.person(user, "Operator"))

    @override
    async def tick(self) -> None:
        await self.run()
        await self.broadcasting.refresh()

    async def passes(self, seconds: float) -> None:
        """Let some time pass in a run; at its end all boards are up to date."""
        await asyncio.sleep(seconds)
        await self.broadcasting.refresh()

    async def sends(self, text: str = NEWS) -> None:
        """Olga writes a broadcast and confirms it, and it has begun."""
        await self.olga.write(f"/broadcast {text}")
        await self.olga.press(texts.SEND)


def handlers(made: BroadcastHandlers) -> list[BaseHandler[Any, Any, Any]]:
    def alone(callback: Callback) -> Callback:
        async def done(update: Any, context: Any) -> None:  # noqa: ANN401 - PTB's
            await callback(update, context)
            raise ApplicationHandlerStop

        return done

    return [
        CommandHandler("broadcast", alone(made.broadcast)),
        CallbackQueryHandler(alone(made.send), SendBroadcast.PATTERN),
        CallbackQueryHandler(alone(made.cancel), CancelBroadcast.PATTERN),
    ]


def to_subscribers(method: str, parameters: Mapping[str, Any]) -> bool:
    """True for a send to subscribers: it may take some seconds."""
    return method in {"sendMessage", "copyMessage"} and parameters["chat_id"] not in (OLGA, OTTO)


@pytest.fixture
def telegram(clock: Clock) -> FakeTelegram:
    telegram = FakeTelegram(clock=clock)
    for operator in (OLGA, OTTO):
        telegram.person(operator, "Operator")
    return telegram


@pytest.fixture
def world(telegram: FakeTelegram, clock: Clock, storage: Storage, faq: Faq, anna: Person) -> World:
    assert anna.id == ANNA
    return World(telegram, clock, storage, faq, SlowRequest(telegram, to_subscribers))


@pytest.fixture
async def bot(world: World) -> AsyncIterator[Bot]:
    async with world.start() as bot:
        yield bot
        await bot.parts.sender.finished()


@pytest.fixture
def olga(bot: Bot) -> Chat:
    return bot.olga


def board(world: World) -> str:
    """The text of the bot's newest message to Olga."""
    return world.got(OLGA)[-1]


def formatted(update: Json, *entities: Json) -> Json:
    """A person's message with some of it in bold, say."""
    update["message"]["entities"] = [*update["message"].get("entities", []), *entities]
    return update


# Preview and question


async def test_a_broadcast_of_nothing_says_how_it_is_done(olga: Chat, world: World) -> None:
    await world.subscribe(ANNA)
    await olga.write("/broadcast")
    assert olga.texts == [texts.HOW]
    await olga.write("/broadcast   ")
    assert olga.texts == [texts.HOW] * 2


async def test_the_operator_sees_the_text_before_anybody_else_does(
    olga: Chat, world: World
) -> None:
    await world.subscribe(ANNA, BERT)
    await olga.write(f"/broadcast {NEWS}")
    assert olga.texts == [NEWS, texts_of(2)]
    assert olga.buttons == ["Send", "Cancel"]
    assert world.got(ANNA) == []


async def test_a_link_in_it_shows_its_preview(
    olga: Chat, world: World, telegram: FakeTelegram
) -> None:
    await world.subscribe(ANNA)
    await olga.write("/broadcast https://bicycles.test")
    shown, question = telegram.sent("sendMessage")
    assert shown == {"chat_id": OLGA, "text": "https://bicycles.test", "parse_mode": "HTML"}
    assert question["link_preview_options"] == {"is_disabled": True}


def texts_of(people: int) -> str:
    """The question that stands below the preview."""
    who = "1 subscriber" if people == 1 else f"{people:,} subscribers"
    return f"This is what they will see. It goes to {who} and takes less than a minute. Send it?"


async def test_the_question_says_how_long_it_takes(olga: Chat, world: World) -> None:
    await world.subscribe_many(2_500)
    await olga.write(f"/broadcast {NEWS}")
    assert "2,500 subscribers and takes about 2 minutes" in olga.text


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(59, "less than a minute"), (60, "about 1 minute."), (3_600, "60 minutes"), (9e3, "2 hours")],
)
def test_how_long_it_takes_is_said_in_round_figures(seconds: float, said: str) -> None:
    assert said in texts.ask(10, seconds)


async def test_a_replied_to_message_is_shown_as_a_copy(
    olga: Chat, world: World, telegram: FakeTelegram
) -> None:
    await world.subscribe(ANNA)
    photo = olga.person.sends_photo("Our new shop")
    await olga.write("/broadcast", reply_to=photo["message"])
    [copied] = telegram.sent("copyMessage")
    assert copied == {
        "chat_id": OLGA,
        "from_chat_id": OLGA,
        "message_id": photo["message"]["message_id"],
    }
    assert "photo" in olga.said[0]
    assert olga.said[1]["text"] == texts_of(1)


async def test_a_text_behind_the_command_counts_more_than_the_message_replied_to(
    olga: Chat, world: World, telegram: FakeTelegram
) -> None:
    await world.subscribe(ANNA)
    photo = olga.person.sends_photo()
    await olga.write(f"/broadcast {NEWS}", reply_to=photo["message"])
    assert telegram.sent("copyMessage") == []
    assert olga.texts[0] == NEWS


async def test_the_formatting_stays_as_it_was_typed(olga: Chat, world: World) -> None:
    await world.subscribe(ANNA)
    update = olga.person.writes("/broadcast 🎉 Open <again> & new\nfrom Monday on")
    bold = {"type": "bold", "offset": 14, "length": 4}
    link = {"type": "text_link", "offset": 38, "length": 6, "url": 'https://a.org/?b=1&lt="2"'}
    await olga.gets(formatted(update, bold, link))
    [shown, _] = olga.said
    assert shown["text"] == "🎉 Open <again> & new\nfrom Monday on"
    assert shown["entities"] == [{**bold, "offset": 3}, {**link, "offset": 27}]


async def test_formatting_within_formatting_stays_so(olga: Chat, world: World) -> None:
    await world.subscribe(ANNA)
    update = olga.person.writes("/broadcast one two three")
    inner: Json = {"type": "italic", "offset": 11, "length": 3}
    outer: Json = {"type": "bold", "offset": 11, "length": 13}
    deep: Json = {"type": "underline", "offset": 15, "length": 3}
    await olga.gets(formatted(update, inner, outer, deep))
    [shown, _] = olga.said
    assert shown["text"] == "one two three"
    moved = [{**each, "offset": each["offset"] - 11} for each in (outer, inner, deep)]
    assert shown["entities"] == moved


async def test_bold_that_begins_at_the_command_goes_on_behind_it(olga: Chat, world: World) -> None:
    await world.subscribe(ANNA)
    update = olga.person.writes(f"/broadcast {NEWS}")
    length = len(update["message"]["text"])
    await olga.gets(formatted(update, {"type": "bold", "offset": 0, "length": length}))
    assert olga.said[0]["text"] == NEWS
    assert olga.said[0]["entities"] == [{"type": "bold", "offset": 0, "length": len(NEWS)}]


async def test_without_subscribers_there_is_nobody_to_ask_about(olga: Chat) -> None:
    await olga.write(f"/broadcast {NEWS}")
    assert olga.texts == [texts.NOBODY]


async def test_what_telegram_does_not_copy_is_refused_at_once(
    olga: Chat, world: World, telegram: FakeTelegram
) -> None:
    await world.subscribe(ANNA)
    why = "Bad Request: message can't be copied"
    telegram.fail_next("copyMessage", faults.Refusal(400, why))
    photo = olga.person.sends_photo()
    await olga.write("/broadcast", reply_to=photo["message"])
    assert olga.texts == ["Telegram does not take this message: Message can't be copied"]


UNWILLING: dict[str, Callable[[Subscriber], Subscriber]] = {
    "stopped": lambda known: known.ended(State.STOPPED),
    "blocked": lambda known: known.ended(State.BLOCKED),
    "deactivated": lambda known: known.ended(State.DEACTIVATED),
    "paused": lambda known: known.paused(None),
    "paused for a week": lambda known: known.paused(START + dt.timedelta(days=7)),
}
unwilling = pytest.mark.parametrize("mind", UNWILLING.values(), ids=UNWILLING)


@unwilling
async def test_only_who_gets_tips_is_counted_and_gets_it(
    bot: Bot, olga: Chat, world: World, mind: Callable[[Subscriber], Subscriber]
) -> None:
    await world.subscribe(ANNA, BERT)
    await world.change(BERT, mind)
    await olga.write(f"/broadcast {NEWS}")
    assert olga.text == texts_of(1)
    await olga.press(texts.SEND)
    await bot.tick()
    assert (world.got(ANNA), world.got(BERT)) == ([NEWS], [])
    assert await world.progress(BERT) == []


async def test_a_pause_that_is_over_is_none(bot: Bot, world: World, clock: Clock) -> None:
    await world.subscribe(ANNA)
    await world.change(ANNA, lambda known: known.paused(START + dt.timedelta(hours=1)))
    clock.forward(HOUR)
    await bot.sends()
    await bot.tick()
    assert world.got(ANNA) == [NEWS]


async def test_a_draft_that_is_cancelled_goes_to_nobody(bot: Bot, olga: Chat, world: World) -> None:
    await world.subscribe(ANNA)
    await olga.write(f"/broadcast {NEWS}")
    question = olga.said[-1]
    await olga.press(texts.CANCEL)
    assert olga.text == texts.NOT_SENT
    await bot.tick()
    await olga.gets(olga.person.presses_old(SendBroadcast(1).pack(), question))
    await bot.tick()
    assert world.got(ANNA) == []
    assert olga.alerts == [None, texts.OUTDATED]


async def test_a_draft_is_confirmed_only_where_it_was_made(
    bot: Bot, olga: Chat, world: World
) -> None:
    await world.subscribe(ANNA)
    await olga.write(f"/broadcast {NEWS}")
    otto = bot.operator(OTTO)
    for button in (SendBroadcast(1), CancelBroadcast(1), SendBroadcast(999)):
        await otto.gets(otto.person.presses_old(button.pack()))
    await bot.tick()
    assert otto.alerts == [texts.OUTDATED] * 3
    assert world.got(ANNA) == []
    await olga.press(texts.SEND)
    await otto.gets(otto.person.presses_old(CancelBroadcast(1).pack()))
    await bot.tick()
    assert world.got(ANNA) == [NEWS]


async def test_a_draft_outlives_the_process(world: World) -> None:
    await world.subscribe(ANNA)
    async with world.start() as bot:
        await bot.olga.write(f"/broadcast {NEWS}")
    async with world.start() as bot:
        await bot.olga.press(texts.SEND)
        await bot.tick()
    assert world.got(ANNA) == [NEWS]


async def test_the_buttons_fit() -> None:
    for number in (1, 10**17):
        for button in (SendBroadcast(number), CancelBroadcast(number)):
            assert len(button.pack().encode()) <= 64
            assert button.unpack(button.pack()) == button


# Sending


async def test_everybody_gets_it_once(bot: Bot, world: World) -> None:
    chats = await world.subscribe_many(100)
    await bot.sends()
    await bot.tick()
    await bot.ticks(MINUTE)
    assert [world.got(each) for each in chats] == [[NEWS]] * 100
    assert board(world) == "The broadcast is done\nSent: 100"


async def test_a_second_tap_sends_nothing_twice(bot: Bot, olga: Chat, world: World) -> None:
    chats = await world.subscribe_many(100)
    await olga.write(f"/broadcast {NEWS}")
    question = olga.said[-1]
    both = [olga.person.presses_old(SendBroadcast(1).pack(), question) for _ in range(2)]
    await asyncio.gather(*(olga.gets(each) for each in both))
    await bot.tick()
    assert [world.got(each) for each in chats] == [[NEWS]] * 100
    assert olga.alerts == [None, None]
    await olga.gets(olga.person.presses_old(SendBroadcast(1).pack(), question))
    await bot.tick()
    assert [world.got(each) for each in chats] == [[NEWS]] * 100
    assert olga.alerts[-1] == texts.OUTDATED


async def test_a_message_arrives_as_a_copy_of_the_one_replied_to(
    bot: Bot, olga: Chat, world: World, telegram: FakeTelegram
) -> None:
    await world.subscribe(ANNA, BERT)
    photo = olga.person.sends_photo("Our new shop")["message"]
    await olga.write("/broadcast", reply_to=photo)
    await olga.press(texts.SEND)
    await bot.tick()
    for chat in (ANNA, BERT):
        [copy] = telegram.messages(chat)
        assert (copy["photo"], copy["caption"]) == (photo["photo"], "Our new shop")
        assert copy["from"] == BOT


async def test_copies_keep_to_the_pace_of_telegram(
    world: World, olga_sends_a_photo: Callable[[Bot], Any]
) -> None:
    telegram = FakeTelegram(per_second=30, per_chat_second=1, clock=world.clock)
    strict = replace(world, telegram=telegram, wire=SlowRequest(telegram, to_subscribers))
    async with strict.start() as bot:
        chats = await strict.subscribe_many(200)
        await olga_sends_a_photo(bot)
        await bot.tick()
        assert [len(telegram.messages(each)) for each in chats] == [1] * 200
    copies = [call for call in telegram.calls if call.method == "copyMessage"]
    assert all(call.accepted for call in copies)


@pytest.fixture
def olga_sends_a_photo() -> Callable[[Bot], Any]:
    async def sends(bot: Bot) -> None:
        photo = bot.olga.person.sends_photo()
        await bot.olga.write("/broadcast", reply_to=photo["message"])
        bot.clock.forward(1)
        await bot.olga.press(texts.SEND)

    return sends


async def test_two_broadcasts_run_one_after_the_other(bot: Bot, world: World) -> None:
    chats = await world.subscribe_many(100)
    await bot.sends("The first.")
    await bot.passes(1)
    await bot.sends("The second.")
    await bot.parts.sender.finished()
    assert [world.got(each) for each in chats] == [["The first.", "The second."]] * 100
    first, second = (
        [call.at for call in world.telegram.calls if call.params.get("text") == said]
        for said in ("The first.", "The second.")
    )
    # Behind the previews.
    assert max(first[1:]) <= min(second[1:]) + 1


async def test_the_same_message_may_go_out_again(bot: Bot, world: World) -> None:
    await world.subscribe(ANNA)
    for _ in range(2):
        await bot.sends()
        await bot.tick()
    assert world.got(ANNA) == [NEWS, NEWS]


async def test_who_subscribes_after_the_start_is_spared(bot: Bot, world: World) -> None:
    await world.subscribe_many(60)
    await bot.sends()
    await world.subscribe(ANNA)
    await bot.tick()
    assert world.got(ANNA) == []


@unwilling
async def test_who_wants_no_more_while_it_runs_gets_nothing_more(
    bot: Bot, world: World, mind: Callable[[Subscriber], Subscriber]
) -> None:
    chats = await world.subscribe_many(60)
    await bot.sends()
    await bot.passes(1)
    await world.change(chats[-1], mind)
    await bot.tick()
    assert world.got(chats[-1]) == []
    assert await world.progress(chats[-1]) == [Progress.CANCELLED]
    assert board(world) == f"The broadcast is done\n{texts.LEFT}\nSent: 59\nCancelled: 1"


async def test_who_is_forgotten_while_it_runs_is_left_in_peace(bot: Bot, world: World) -> None:
    chats = await world.subscribe_many(60)
    await bot.sends()
    await bot.passes(1)
    await world.storage.forget(chats[-1])
    await bot.tick()
    assert world.got(chats[-1]) == []
    assert board(world) == "The broadcast is done\nSent: 59"


async def test_without_a_subscriber_left_there_is_a_result_too(olga: Chat, world: World) -> None:
    await world.subscribe(ANNA)
    await olga.write(f"/broadcast {NEWS}")
    await world.storage.forget(ANNA)
    await olga.press(texts.SEND)
    assert olga.text == f"The broadcast is done\n{texts.NOBODY}"


async def test_without_tips_broadcasts_go_out(world: World, faq: Faq) -> None:
    without = replace(faq, knowledge=replace(faq.knowledge, tips={}))
    async with world.start(without) as bot:
        await world.subscribe(ANNA)
        await bot.sends()
        await bot.tick()
    assert world.got(ANNA) == [NEWS]


async def test_a_bot_for_one_chat_sends_to_that_one_only(world: World) -> None:
    """The terminal may look at the database that serves real people."""
    await world.subscribe(ANNA, BERT, OLGA)
    async with world.start(only=OLGA) as bot:
        await bot.olga.write(f"/broadcast {NEWS}")
        assert bot.olga.text == texts_of(1)
        await bot.olga.press(texts.SEND)
        await bot.tick()
    assert (world.got(ANNA), world.got(BERT)) == ([], [])
    assert world.got(OLGA) == [NEWS, "The broadcast is done\nSent: 1", NEWS]


async def test_a_bot_for_one_chat_leaves_the_broadcasts_of_others_alone(world: World) -> None:
    await world.subscribe(ANNA, OTTO)
    async with world.start() as bot:
        await bot.parts.sender.stop()
        await bot.sends()
    before = board(world)
    async with world.start(only=OTTO) as bot:
        await bot.tick()
    assert (world.got(ANNA), world.got(OTTO), board(world)) == ([], [], before)


# Beside the tips


async def test_the_tip_of_the_day_comes_beside_a_broadcast(
    bot: Bot, world: World, clock: Clock
) -> None:
    await world.subscribe(ANNA)
    clock.forward(21 * HOUR)
    await bot.sends()
    await bot.tick()
    assert (world.got(ANNA), world.tips(ANNA)) == ([NEWS], 1)
    await bot.sends()
    await bot.tick()
    assert (world.got(ANNA), world.tips(ANNA)) == ([NEWS, NEWS], 1)


async def test_a_broadcast_is_no_tip_that_was_seen(bot: Bot, world: World) -> None:
    await world.subscribe(ANNA, BERT)
    world.fail(faults.Timeout(), BERT)
    await bot.sends()
    await bot.tick()
    await bot.ticks(MINUTE)
    assert (
        await world.storage.deliveries.seen(ANNA),
        await world.storage.deliveries.seen(BERT),
    ) == ([], [])


async def test_a_broadcast_that_may_have_arrived_is_no_tip_either(
    bot: Bot, world: World, clock: Clock
) -> None:
    await world.subscribe(ANNA)
    world.fail(faults.Timeout())
    await bot.sends()
    await bot.tick()
    clock.forward(LASTS.total_seconds())
    await bot.tick()
    assert (await world.progress())[0] is Progress.UNKNOWN
    assert "" not in await world.storage.deliveries.seen(ANNA)


async def test_a_round_of_tips_is_not_changed_by_a_broadcast(bot: Bot, world: World) -> None:
    await world.subscribe(ANNA)
    await bot.ticks(2 * DAY, every=6 * HOUR)
    world.fail(faults.NoConnection())
    await bot.sends()
    await bot.tick()
    await bot.ticks(2 * DAY, every=6 * HOUR)
    sent = [each.tip for each in await world.storage.deliveries.ledger(ANNA) if each.tip]
    assert len(sent) == len(set(sent)) == 4


async def test_tips_that_come_due_during_a_broadcast_do_not_wait_for_its_end(
    bot: Bot, world: World, clock: Clock
) -> None:
    await world.subscribe_many(300)
    due = clock.now + 4
    early = await world.subscribe_many(10, begin=9_001, seconds=4)
    await bot.sends()
    await bot.tick()
    begun = [next(iter(world.tip_times(each))) - due for each in early]
    assert max(begun) < 3
    assert clock.now - due > 6


async def test_a_broadcast_moves_on_while_many_tips_are_due(bot: Bot, world: World) -> None:
    await world.subscribe_many(500, seconds=0)
    await bot.sends()
    await bot.passes(10)
    await bot.parts.sender.stop()
    standing = await world.storage.broadcasts.standing(1)
    assert standing.done >= sender.BROADCAST_BATCH - sender.AT_ONCE
    assert len(await world.storage.deliveries.due(world.clock.wall(), 500)) > 200


async def test_the_ledger_and_mydata_tell_a_broadcast_from_a_tip(
    bot: Bot, world: World, anna: Person
) -> None:
    await world.subscribe(ANNA)
    await bot.sends()
    await bot.tick()
    [delivery] = await world.storage.deliveries.ledger(ANNA)
    until = START + LASTS
    assert delivery == Delivery(
        delivery.id, ANNA, TODAY, "", Progress.SENT, lost=0, until=until, broadcast=1
    )
    chat = Chat(bot.parts.app, world.telegram, anna)
    await chat.write("/mydata")
    assert f"{TODAY}: message from the operator (sent)" in chat.text


# By the bot's own handlers


async def test_operators_find_it_where_the_bot_has_put_it(world: World) -> None:
    chats = await world.subscribe_many(3)
    async with world.start(alone=False) as bot:
        await bot.sends()
        await bot.parts.sender.finished()
    assert [world.got(each) for each in chats] == [[NEWS]] * 3
    assert board(world) == "Sending: 0 of 3"


async def test_nobody_else_can_send_or_stop_anything(world: World, anna: Person) -> None:
    await world.subscribe(ANNA, BERT)
    async with world.start(alone=False) as bot:
        chat = Chat(bot.parts.app, world.telegram, anna)
        await chat.write(f"/broadcast {NEWS}")
        assert chat.texts == [bot_texts.UNKNOWN_COMMAND]
        await bot.olga.write(f"/broadcast {NEWS}")
        for button in (SendBroadcast(1), CancelBroadcast(1)):
            await chat.gets(anna.presses_old(button.pack()))
        assert chat.alerts == [bot_texts.OUTDATED_BUTTON] * 2
        await bot.tick()
        assert world.got(BERT) == []
        await bot.olga.press(texts.SEND)
        await bot.tick()
    assert world.got(BERT) == [NEWS]


# Progress and result


async def test_the_board_says_how_far_it_is(bot: Bot, olga: Chat, world: World) -> None:
    await world.subscribe_many(100)
    await bot.sends()
    assert olga.text == "Sending: 0 of 100"
    assert olga.buttons == ["Cancel"]
    await bot.passes(2)
    head, sent = olga.text.split("\n")
    assert head.startswith("Sending: ")
    assert head.endswith(" of 100")
    assert 40 <= int(sent.removeprefix("Sent: ")) <= 60
    assert olga.buttons == ["Cancel"]
    await bot.tick()
    assert olga.text == "The broadcast is done\nSent: 100"
    assert olga.buttons == []
    # The preview, and the board in the place of the question.
    assert len(olga.said) == 2


async def test_the_board_is_edited_only_when_something_changed(bot: Bot, world: World) -> None:
    await world.subscribe(ANNA, BERT)
    world.fail(faults.FloodWait(30))
    await bot.sends()
    for _ in range(12):
        await bot.passes(TICK)
    await bot.tick()
    assert board(world) == "The broadcast is done\nSent: 2"
    assert len(world.edits()) <= 4
    assert all(call.accepted for call in world.edits())


async def test_the_result_is_told_by_what_became_of_each(bot: Bot, world: World) -> None:
    blocked, deactivated, refused, silent, fine = await world.subscribe_many(5)
    world.fail(faults.Blocked(), blocked)
    world.fail(faults.Deactivated(), deactivated)
    world.fail(faults.Refusal(400, "Bad Request: chat not found"), refused)
    world.fail(faults.Timeout(), silent, times=FOREVER)
    await bot.sends()
    await bot.tick()
    assert board(world) == (
        "Sending: 4 of 5\nSent: 1\nBlocked the bot: 1\nAccount deleted: 1\nFailed: 1"
    )
    await bot.ticks(HOUR, every=MINUTE)
    assert board(world) == (
        "The broadcast is done\nSent: 1\nBlocked the bot: 1\nAccount deleted: 1\nFailed: 1\n"
        "May have arrived or not: 1"
    )
    states = [(await world.storage.subscriber(each)) for each in (blocked, deactivated, fine)]
    assert [each and each.state for each in states] == [
        State.BLOCKED,
        State.DEACTIVATED,
        State.ACTIVE,
    ]


async def test_a_board_that_was_deleted_comes_back(
    bot: Bot, olga: Chat, world: World, telegram: FakeTelegram
) -> None:
    """Nothing else could cancel the broadcast."""
    await world.subscribe_many(100)
    await bot.sends()
    del telegram.world.find(OLGA).messages[olga.said[-1]["message_id"]]
    await bot.passes(1)
    assert olga.text.startswith("Sending: ")
    before = len(olga.said)
    await olga.press(texts.CANCEL)
    await bot.tick()
    assert olga.text.startswith("The broadcast was cancelled")
    assert len(olga.said) == before


async def test_told_to_slow_down_the_board_waits_as_told(
    bot: Bot, world: World, telegram: FakeTelegram
) -> None:
    await world.subscribe_many(100)
    await bot.sends()
    telegram.fail_next("editMessageText", faults.FloodWait(30))
    await bot.passes(1)
    tried = len(world.edits())
    for _ in range(5):
        await bot.passes(TICK)
    assert len(world.edits()) == tried
    await bot.passes(TICK)
    assert board(world) == "The broadcast is done\nSent: 100"


@pytest.mark.parametrize(
    "fault", [faults.NoConnection(), faults.Timeout(), faults.ServerError()], ids=repr
)
async def test_a_result_that_could_not_be_shown_is_shown_later(
    bot: Bot, world: World, telegram: FakeTelegram, fault: faults.Fault
) -> None:
    await world.subscribe(ANNA)
    await bot.sends()
    await bot.parts.sender.finished()
    telegram.fail_next("editMessageText", fault)
    await bot.broadcasting.refresh()
    assert not board(world).startswith("The broadcast is done")
    await bot.broadcasting.refresh()
    assert board(world) == "The broadcast is done\nSent: 1"


async def test_an_operator_who_blocks_the_bot_is_no_reason_to_stop(world: World) -> None:
    chats = await world.subscribe_many(60)
    async with world.start() as bot:
        await bot.sends()
        bot.olga.person.blocks_bot()
        await bot.passes(1)
        await bot.tick()
        assert [world.got(each) for each in chats] == [[NEWS]] * 60
        assert await world.storage.broadcasts.under_way() == []


async def test_what_is_over_leaves_no_text_behind(bot: Bot, world: World) -> None:
    await world.subscribe(ANNA)
    await bot.sends()
    await bot.tick()
    over = await world.storage.broadcasts.get(1)
    assert over
    assert (over.stage, over.text) == (Stage.OVER, None)
    calls = len(world.telegram.calls)
    await bot.ticks(MINUTE)
    assert len(world.telegram.calls) == calls


# Cancel


async def test_a_cancel_spares_everybody_who_did_not_get_it_yet(
    bot: Bot, olga: Chat, world: World
) -> None:
    chats = await world.subscribe_many(100)
    await bot.sends()
    await bot.passes(1)
    await olga.press(texts.CANCEL)
    await bot.tick()
    got = Counter(len(world.got(each)) for each in chats)
    assert 20 < got[1] < 50
    assert olga.text == (f"The broadcast was cancelled\nSent: {got[1]}\nCancelled: {got[0]}")
    assert olga.buttons == []
    await bot.ticks(HOUR, every=MINUTE)
    assert Counter(len(world.got(each)) for each in chats) == got


async def test_what_is_on_its_way_at_a_cancel_still_comes_out(
    bot: Bot, olga: Chat, world: World
) -> None:
    chats = await world.subscribe_many(60)
    world.wire.seconds = 5
    await bot.sends()
    await bot.passes(1)
    await olga.press(texts.CANCEL)
    head, cancelled = olga.text.split("\n")
    assert head.startswith("Cancelling: ")
    assert olga.buttons == []
    await bot.tick()
    sent = sum(len(world.got(each)) for each in chats)
    assert 0 < sent <= sender.AT_ONCE
    assert olga.text == f"The broadcast was cancelled\nSent: {sent}\n{cancelled}"


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (faults.NoConnection(), Progress.CANCELLED),
        (faults.FloodWait(3), Progress.CANCELLED),
        (faults.Timeout(), Progress.UNKNOWN),
    ],
    ids=repr,
)
async def test_what_fails_after_a_cancel_is_not_tried_again(
    bot: Bot, olga: Chat, world: World, fault: faults.Fault, outcome: Progress
) -> None:
    await world.subscribe(ANNA)
    world.wire.seconds = 5
    world.fail(fault)
    await bot.sends()
    await bot.passes(1)
    await olga.press(texts.CANCEL)
    await bot.tick()
    await bot.ticks(HOUR, every=MINUTE)
    assert len(world.tries(ANNA)) == 1
    assert await world.progress() == [outcome]
    assert olga.text.startswith("The broadcast was cancelled\n")


async def test_what_may_have_arrived_before_a_cancel_is_not_called_cancelled(
    bot: Bot, olga: Chat, world: World
) -> None:
    await world.subscribe(ANNA, BERT)
    world.fail(faults.Timeout(), ANNA)
    world.fail(faults.NoConnection(), BERT)
    await bot.sends()
    await bot.tick()
    await olga.press(texts.CANCEL)
    assert (await world.progress(ANNA), await world.progress(BERT)) == (
        [Progress.UNKNOWN],
        [Progress.CANCELLED],
    )
    await bot.ticks(HOUR, every=MINUTE)
    assert (len(world.tries(ANNA)), len(world.tries(BERT))) == (1, 1)


async def test_a_cancel_leaves_another_broadcast_alone(bot: Bot, olga: Chat, world: World) -> None:
    chats = await world.subscribe_many(60)
    await bot.sends("The first.")
    first = olga.said[-1]
    await bot.sends("The second.")
    await olga.press(texts.CANCEL, on=first)
    await bot.tick()
    assert all(world.got(each)[-1] == "The second." for each in chats)


async def test_a_cancel_of_what_is_over_says_so(bot: Bot, olga: Chat, world: World) -> None:
    await world.subscribe(ANNA)
    await bot.sends()
    await bot.parts.sender.finished()
    shown = olga.said[-1]
    await bot.tick()
    await olga.gets(olga.person.presses_old(CancelBroadcast(1).pack(), shown))
    assert olga.alerts[-1] == texts.OUTDATED
    assert olga.text == "The broadcast is done\nSent: 1"


# A message that is deleted


async def test_a_source_that_is_deleted_stops_the_broadcast(
    bot: Bot, olga: Chat, world: World, telegram: FakeTelegram
) -> None:
    chats = await world.subscribe_many(300)
    photo = olga.person.sends_photo()["message"]
    await olga.write("/broadcast", reply_to=photo)
    await olga.press(texts.SEND)
    await bot.passes(2)
    del telegram.world.find(OLGA).messages[photo["message_id"]]
    await bot.tick()
    sent = sum(len(world.got(each)) for each in chats)
    assert board(world) == (
        f"The broadcast was stopped\n{texts.LOST}\nSent: {sent}\nCancelled: {300 - sent}"
    )
    assert len(world.tries(*chats)) <= sent + sender.AT_ONCE
    assert not bot.parts.sender.results.breaker.resting


# Faults


@pytest.mark.parametrize(
    "fault",
    [
        faults.NoConnection(),
        faults.FloodWait(3),
        faults.Timeout(),
        faults.ServerError(500),
        faults.ConnectionCut(),
        faults.Conflict(),
    ],
    ids=repr,
)
async def test_a_fault_on_the_way_costs_nobody_the_message(
    bot: Bot, world: World, fault: faults.Fault
) -> None:
    await world.subscribe(ANNA, BERT)
    world.fail(fault)
    await bot.sends()
    await bot.tick()
    await bot.ticks(2 * MINUTE)
    assert (world.got(ANNA), world.got(BERT)) == ([NEWS], [NEWS])


async def test_what_was_not_answered_comes_twice_at_most(bot: Bot, world: World) -> None:
    await world.subscribe(ANNA)
    world.fail(faults.Timeout(accepted=True))
    await bot.sends()
    await bot.tick()
    await bot.ticks(HOUR, every=MINUTE)
    assert world.got(ANNA) == [NEWS, NEWS]


async def test_what_could_not_be_sent_within_a_day_is_no_news_any_more(
    bot: Bot, world: World, clock: Clock
) -> None:
    await world.subscribe(ANNA)
    world.fail(faults.NoConnection())
    await bot.sends()
    await bot.tick()
    clock.forward(LASTS.total_seconds())
    await bot.tick()
    assert world.got(ANNA) == []
    assert board(world) == "The broadcast is done\nFailed: 1"


async def test_many_failures_hold_a_broadcast_up_and_lose_nobody(bot: Bot, world: World) -> None:
    chats = await world.subscribe_many(60)
    for each in chats[:30]:
        world.fail(faults.NoConnection(), each)
    await bot.sends()
    await bot.tick()
    assert bot.parts.sender.results.breaker.resting
    await bot.ticks(10 * MINUTE)
    assert [world.got(each) for each in chats] == [[NEWS]] * 60


@pytest.mark.parametrize("anew", [False, True], ids=["moved", "moved and subscribed anew"])
async def test_a_group_that_moves_while_it_runs_gets_it_at_the_new_place(
    bot: Bot, world: World, telegram: FakeTelegram, anew: bool
) -> None:
    group, new = telegram.group(-55), -1_005
    await world.subscribe(group.id)
    await bot.parts.sender.stop()
    await bot.sends()
    telegram.person(7, "Greta", group).migrates_chat(new)
    if anew:
        await world.subscribe(new)
    async with world.start() as later:
        await later.tick()
    assert world.got(new) == [NEWS]
    assert board(world) == "The broadcast is done\nSent: 1"


async def test_a_group_that_was_known_at_both_places_gets_it_once(
    bot: Bot, world: World, telegram: FakeTelegram
) -> None:
    group, new = telegram.group(-55), -1_005
    telegram.person(7, "Greta", group).migrates_chat(new)
    await world.subscribe(group.id, new)
    await bot.sends()
    await bot.tick()
    assert world.got(new) == [NEWS]
    assert board(world) == "The broadcast is done\nSent: 1"


# A process that ends


async def test_after_a_kill_a_broadcast_goes_on(world: World) -> None:
    chats = await world.subscribe_many(80)
    async with world.start() as bot:
        await bot.sends()
        await bot.passes(1)
        world.wire.seconds = FOREVER
        await bot.dies()
    flying = [each for each in chats if await world.progress(each) == [Progress.SENDING]]
    world.wire.seconds = 0
    async with world.start() as bot:
        await bot.broadcasting.refresh()
        assert board(world).startswith("Sending: ")
        await bot.tick()
    assert [world.got(each) for each in chats] == [[NEWS]] * 80
    assert 0 < len(flying) <= sender.AT_ONCE
    assert board(world) == "The broadcast is done\nSent: 80"


async def test_a_kill_brings_at_most_what_was_in_flight_twice(world: World) -> None:
    chats = await world.subscribe_many(80)
    async with world.start() as bot:
        await bot.sends()
        await bot.passes(1)
        world.wire.seconds_back = FOREVER
        await bot.dies()
    flying = [each for each in chats if await world.progress(each) == [Progress.SENDING]]
    world.wire.seconds_back = 0
    async with world.start() as bot:
        await bot.tick()
    assert [each for each in chats if len(world.got(each)) != 1] == flying
    assert {len(world.got(each)) for each in flying} == {2}


async def test_a_kill_right_after_the_confirmation_changes_nothing(world: World) -> None:
    chats = await world.subscribe_many(30)
    async with world.start() as bot:
        await bot.olga.write(f"/broadcast {NEWS}")
        number = bot.olga.said[-1]["message_id"]
        assert await world.storage.broadcasts.start(1, OLGA, number, world.clock.wall())
    async with world.start() as bot:
        await bot.tick()
    assert [world.got(each) for each in chats] == [[NEWS]] * 30
    assert board(world) == "The broadcast is done\nSent: 30"


async def test_what_was_in_flight_when_a_cancelled_broadcast_was_killed_stays_unknown(
    world: World,
) -> None:
    await world.subscribe(ANNA)
    world.wire.seconds = FOREVER
    async with world.start() as bot:
        await bot.sends()
        await bot.passes(1)
        await bot.olga.press(texts.CANCEL)
        await bot.dies()
    world.wire.seconds = 0
    async with world.start() as bot:
        await bot.tick()
        await bot.ticks(HOUR, every=MINUTE)
    assert len(world.tries(ANNA)) == 0
    assert board(world) == "The broadcast was cancelled\nMay have arrived or not: 1"


async def test_a_stop_ends_soon_and_the_next_start_goes_on(world: World, clock: Clock) -> None:
    chats = await world.subscribe_many(80)
    async with world.start() as bot:
        await bot.sends()
        await bot.passes(1)
        began = clock.now
        await bot.parts.sender.stop()
        assert clock.now - began < 1
    assert any(world.got(each) == [] for each in chats)
    async with world.start() as bot:
        await bot.tick()
    assert [world.got(each) for each in chats] == [[NEWS]] * 80


# The database


async def test_what_is_old_is_deleted_and_what_runs_stays(world: World, clock: Clock) -> None:
    broadcasts, now = world.storage.broadcasts, clock.wall()
    await world.subscribe(ANNA)
    numbers = [await broadcasts.draft(OLGA, None, NEWS, now) for _ in range(3)]
    draft, running, over = numbers
    for each in (running, over):
        assert await broadcasts.start(each, OLGA, 5, now)
    await broadcasts.close(over)
    await broadcasts.prune(now)
    assert [bool(await broadcasts.get(each)) for each in numbers] == [True] * 3
    await broadcasts.prune(now + dt.timedelta(seconds=1))
    assert [bool(await broadcasts.get(each)) for each in numbers] == [False, True, False]
    assert draft


async def test_drafts_leave_after_three_months(bot: Bot, olga: Chat, world: World) -> None:
    await world.subscribe(ANNA)
    await olga.write(f"/broadcast {NEWS}")
    await bot.ticks(results.KEPT.days * DAY, every=results.KEPT.days * DAY)
    assert await world.storage.broadcasts.get(1)
    await bot.ticks(DAY, every=DAY)
    assert await world.storage.broadcasts.get(1) is None


async def test_an_operator_who_is_forgotten_leaves_no_drafts(world: World, clock: Clock) -> None:
    broadcasts = world.storage.broadcasts
    kept = await broadcasts.draft(OTTO, None, NEWS, clock.wall())
    gone = await broadcasts.draft(OLGA, None, NEWS, clock.wall())
    await world.storage.forget(OLGA)
    assert await broadcasts.get(gone) is None
    assert await broadcasts.get(kept)


async def test_of_two_starts_at_once_one_wins(world: World, clock: Clock) -> None:
    await world.subscribe_many(50)
    broadcasts, now = world.storage.broadcasts, clock.wall()
    number = await broadcasts.draft(OLGA, None, NEWS, now)
    won = await asyncio.gather(*(broadcasts.start(number, OLGA, 5, now) for _ in range(10)))
    assert sum(won) == 1
    assert await broadcasts.standing(number) == Standing(50, {})


async def test_a_stop_of_what_does_not_run_is_none(world: World, clock: Clock) -> None:
    broadcasts, now = world.storage.broadcasts, clock.wall()
    number = await broadcasts.draft(OLGA, None, NEWS, now)
    assert not await broadcasts.stop(number, Stage.CANCELLED, now)
    assert await broadcasts.start(number, OLGA, 5, now)
    assert not await broadcasts.stop(number, Stage.CANCELLED, now, OTTO)
    assert await broadcasts.stop(number, Stage.LOST, now)
    assert not await broadcasts.stop(number, Stage.CANCELLED, now)


async def test_a_broadcast_that_is_no_more_fails(bot: Bot, world: World, clock: Clock) -> None:
    """Somebody who edits the file by hand does not bring the sender down."""
    await world.subscribe(ANNA)
    await bot.parts.sender.stop()
    await bot.sends()
    async with world.start() as later:
        [due] = await world.storage.broadcasts.due(clock.wall(), 10)
        await world.storage.broadcasts.close(1)
        await world.storage.forget(OLGA)
        claimed = await world.storage.deliveries.claim_again(due, clock.wall())
        assert await world.storage.broadcasts.get(1) is None
        await later.parts.sender._send(later.parts.sender.knowledge, claimed)
    assert await world.progress() == [Progress.FAILED]


async def test_sending_writes_no_message_into_the_log(
    bot: Bot, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    await world.subscribe(ANNA)
    world.fail(faults.Timeout())
    await bot.sends()
    await bot.tick()
    assert caplog.records
    assert NEWS not in caplog.text
