"""Chats run side by side; the messages of one chat stay in order."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from typing import Any

import pytest
from telegram import Update

from bot.answering.faq import Faq
from bot.bot_api.intake import Intake
from bot.bot_api.suspects import ALONE_SECONDS
from bot.bot_api.types import App
from bot.bot_api.update_processor import AT_ONCE, CHAT_LINE
from bot.features import texts
from bot.lifecycle import Parts
from bot.storage.receipts import Receipts
from bot.storage.storage import Storage
from bot.subscriptions.subscriber import State
from tests.fake_bot_api import faults
from tests.fake_bot_api.parameters import Json
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.telegram import FakeTelegram
from tests.fake_bot_api.world import BOT, ChatState
from tests.support.bots import build_parts
from tests.support.fake_time import Clock
from tests.support.slow_request import SlowRequest, Times

FAR = 1 << 40

Deliver = Callable[[list[Json]], Coroutine[Any, Any, None]]


def a_second(longer: Mapping[int, float]) -> Times:
    """Each message takes a second, or longer to some chats."""

    def times(_: str, parameters: Mapping[str, Any]) -> float:
        chat = parameters.get("chat_id")
        return longer.get(chat, 1) if isinstance(chat, int) else 0

    return times


@pytest.fixture
def telegram(clock: Clock) -> FakeTelegram:
    return FakeTelegram(clock=clock)


@pytest.fixture
def slow() -> dict[int, float]:
    """Chat → the seconds that a message to it takes, where it is not one second."""
    return {}


@pytest.fixture
async def parts(
    telegram: FakeTelegram, faq: Faq, clock: Clock, storage: Storage, slow: dict[int, float]
) -> AsyncIterator[Parts]:
    parts = build_parts(
        telegram, faq, clock, storage, request=SlowRequest(telegram, a_second(slow), seconds=1)
    )
    async with parts.app as app:
        await app.start()
        yield parts
        await app.stop()


@pytest.fixture
def deliver(app: App) -> Deliver:
    """Hands over updates as polling does, and returns when all are handled."""

    async def all_of(updates: list[Json]) -> None:
        for update in updates:
            app.update_queue.put_nowait(Update.de_json(update, app.bot))
        await app.update_queue.join()

    return all_of


def times(telegram: FakeTelegram, to: Person | ChatState) -> list[float]:
    """The moments at which messages arrived in a chat, taken or not."""
    chat = to.chat if isinstance(to, Person) else to
    return [
        round(c.at, 6)
        for c in telegram.calls
        if c.method == "sendMessage" and c.params["chat_id"] == chat.id
    ]


async def test_the_messages_of_one_chat_stay_in_order(
    telegram: FakeTelegram, anna: Person, deliver: Deliver
) -> None:
    questions = ["hello", "how much is a bicycle", "why does my chain squeak", "hello", "/topics"]
    await deliver([anna.writes(question) for question in questions])
    texts = [m["text"][:9] for m in telegram.messages(anna.id) if m["from"]["is_bot"]]
    assert texts == ["Hello. Wh", "The handb", "It is dry", "Hello. Wh", "What woul"]
    assert times(telegram, anna) == [1, 2, 3, 4, 5]


async def test_chats_run_side_by_side(telegram: FakeTelegram, deliver: Deliver) -> None:
    people = [telegram.person(number) for number in range(1, AT_ONCE + 1)]
    await deliver([each.writes("hello") for _ in range(2) for each in people])
    assert [times(telegram, each) for each in people] == [[1, 2]] * AT_ONCE


async def test_no_more_than_a_bounded_number_are_answered_at_once(
    telegram: FakeTelegram, deliver: Deliver
) -> None:
    people = [telegram.person(number) for number in range(1, AT_ONCE + 2)]
    await deliver([each.writes("hello") for each in people])
    assert [times(telegram, each) for each in people] == [[1]] * AT_ONCE + [[2]]


async def test_no_more_of_one_chat_is_in_hand_than_it_could_take(
    telegram: FakeTelegram, parts: Parts, deliver: Deliver, slow: dict[int, float]
) -> None:
    """Telegram takes nothing in one group, which would else fill all that can be in hand."""
    group = telegram.group(-1000)
    slow[-1000] = 0.1
    people = [telegram.person(number, chat=group) for number in range(1, CHAT_LINE + 21)]
    await deliver([each.writes("/ask hello") for each in people])
    assert len(times(telegram, group)) == CHAT_LINE
    assert not parts.polling.intake.waits


async def test_what_people_say_to_each_other_needs_no_place_in_line(
    telegram: FakeTelegram, deliver: Deliver
) -> None:
    group = telegram.group(-1000)
    telegram.fail_next("sendMessage", faults.FloodWait(60), chat_id=group.id)
    ben = telegram.person(7, "Ben", chat=group)
    chatter = [ben.writes("nice weather") for _ in range(100)]
    await deliver([ben.writes("/ask hello"), *chatter, telegram.person(7, "Ben").writes("hello")])
    assert len(times(telegram, telegram.person(7, "Ben"))) == 1


async def test_what_becomes_of_a_chat_is_heard_however_long_the_line_is(
    anna: Person, parts: Parts, deliver: Deliver
) -> None:
    await deliver([anna.writes("/subscribe 7:30 berlin")])
    flood = [anna.writes("hello") for _ in range(100)]
    await deliver([*flood, anna.blocks_bot()])
    chat = await parts.sender.storage.subscriber(anna.id)
    assert chat is not None
    assert chat.state is State.BLOCKED


async def test_a_flood_in_one_chat_does_not_hold_up_another(
    telegram: FakeTelegram, anna: Person, deliver: Deliver
) -> None:
    ben = telegram.person(7, "Ben")
    await deliver([*(anna.writes("/topics") for _ in range(5_000)), ben.writes("hello")])
    assert times(telegram, ben) == [1]
    assert times(telegram, anna) == list(range(1, 22))
    assert telegram.messages(anna.id)[-1]["text"] == texts.SLOW_DOWN


async def test_one_person_holds_one_place_at_a_time_in_all_their_chats(
    telegram: FakeTelegram, deliver: Deliver
) -> None:
    groups = [telegram.group(-1000 - number) for number in range(3)]
    eve = [telegram.person(7, "Eve", chat=group) for group in groups]
    ben = [telegram.person(8, "Ben", chat=group) for group in groups]
    await deliver([each.writes("/ask hello") for each in (*eve, ben[0])])
    assert [times(telegram, each)[0] for each in eve] == [1, 2, 3]
    assert times(telegram, ben[0])[-1] == 2


async def test_whoever_waits_for_a_flood_to_end_holds_no_place(
    telegram: FakeTelegram, deliver: Deliver
) -> None:
    """Telegram takes nothing for a minute in the groups of one person, say."""
    floods = 2 * AT_ONCE
    groups = [telegram.group(-1000 - number) for number in range(floods)]
    flooders = [telegram.person(7_000 + i, "Eve", chat=each) for i, each in enumerate(groups)]
    for group in groups:
        telegram.fail_next("sendMessage", faults.FloodWait(60), chat_id=group.id)
    ben = telegram.person(8, "Ben")
    await deliver([*(each.writes("/ask hello") for each in flooders), ben.writes("hello")])
    assert times(telegram, ben) == [3]
    assert all(when[-1] >= 61 for when in (times(telegram, each.chat) for each in flooders))


async def test_what_waits_for_a_flood_to_end_keeps_the_order_of_its_chat(
    telegram: FakeTelegram, anna: Person, deliver: Deliver
) -> None:
    telegram.fail_next("sendMessage", faults.FloodWait(60), chat_id=anna.id)
    await deliver([anna.writes("hello"), anna.writes("how much is a bicycle")])
    said = [each["text"] for each in telegram.messages(anna.id) if each["from"] == BOT]
    assert said[0] == "Hello. What would you like to know?"
    assert len(said) == 2
    assert times(telegram, anna) == [1, 62, 63]


async def test_a_slow_chat_does_not_hold_up_another(
    telegram: FakeTelegram, anna: Person, deliver: Deliver, slow: dict[int, float]
) -> None:
    slow[anna.id] = 300
    ben = telegram.person(7, "Ben")
    await deliver([anna.writes("hello"), *(ben.writes("hello") for _ in range(3))])
    assert times(telegram, ben) == [1, 2, 3]
    assert times(telegram, anna) == [300]


async def test_an_update_without_a_chat_waits_only_for_its_person(
    telegram: FakeTelegram, anna: Person, deliver: Deliver
) -> None:
    pressed = anna.presses_old("topic:chain")
    del pressed["callback_query"]["message"]
    await deliver([anna.writes("hello"), anna.writes("hello"), pressed])
    assert times(telegram, anna) == [1, 2, 3]


async def test_of_what_may_kill_the_process_one_is_begun_at_a_time(
    telegram: FakeTelegram, app: App, parts: Parts, deliver: Deliver, clock: Clock
) -> None:
    """A second death then shows which of them kills; the others do not wait for that."""
    intake, receipts = parts.polling.intake, Receipts(parts.sender.storage.database)
    people = [telegram.person(number) for number in range(1, 8)]
    updates = [each.writes("hello") for each in people]
    numbers = [each["update_id"] for each in updates]
    await Intake(receipts, clock).take(numbers[:5])  # The process that died.
    await intake.take(numbers)
    began = clock.now
    delivered = asyncio.create_task(deliver(updates))
    await asyncio.sleep(ALONE_SECONDS / 2)
    begun = [receipt.suspicion for receipt in (await receipts.take(numbers, [], (0, FAR))).values()]
    assert begun == [4, 1, 1, 1, 1, 1, 1]
    await delivered
    later = [ALONE_SECONDS * n for n in range(5)]
    at = [times(telegram, each)[0] - began for each in people]
    assert at == pytest.approx([*(1 + each for each in later), 1, 1])
    assert app.running


async def test_one_that_waits_long_holds_up_others_like_it_for_a_moment_only(
    telegram: FakeTelegram,
    parts: Parts,
    deliver: Deliver,
    clock: Clock,
    slow: dict[int, float],
) -> None:
    intake, receipts = parts.polling.intake, Receipts(parts.sender.storage.database)
    people = [telegram.person(number) for number in range(1, 4)]
    slow[1] = 60
    updates = [each.writes("hello") for each in people]
    numbers = [each["update_id"] for each in updates]
    await Intake(receipts, clock).take(numbers)
    await intake.take(numbers)
    began = clock.now
    await deliver(updates)
    at = [times(telegram, each)[0] - began for each in people]
    assert at == pytest.approx([60, 1 + ALONE_SECONDS, 1 + 2 * ALONE_SECONDS])


async def test_what_a_stop_keeps_from_running_is_dropped_without_a_warning(
    telegram: FakeTelegram, anna: Person, app: App, slow: dict[int, float]
) -> None:
    slow[anna.id] = 3600
    for _ in range(3):
        app.update_queue.put_nowait(Update.de_json(anna.writes("hello"), app.bot))
    await asyncio.sleep(1)
    others = asyncio.all_tasks() - {asyncio.current_task()}
    waiting = [t for t in others if t.get_name().endswith("process_concurrent_update")]
    for task in waiting:
        task.cancel()
    ends = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(end) for end in ends] == [asyncio.CancelledError] * 3
    assert times(telegram, anna) == []
