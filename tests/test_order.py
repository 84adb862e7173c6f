"""Chats run side by side; the messages of one chat stay in order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from telegram import Update
from telegram.request import RequestData
from typing_extensions import override

from bot.faq import Faq
from bot.handlers import App
from bot.order import AT_ONCE
from tests.fake_telegram import FakeRequest, FakeTelegram
from tests.fake_time import Clock
from tests.fake_updates import Person
from tests.fake_wire import Json
from tests.fixtures import build_app

Deliver = Callable[[list[Json]], Awaitable[None]]


class SlowRequest(FakeRequest):
    """A way to Telegram that takes a second; to some chats longer."""

    def __init__(self, telegram: FakeTelegram, seconds: dict[int, float]) -> None:
        super().__init__(telegram)
        self._seconds = seconds

    @override
    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *_timeouts: object,
        **_named_timeouts: object,
    ) -> tuple[int, bytes]:
        chat = request_data.parameters.get("chat_id") if request_data else None
        if isinstance(chat, int):
            await asyncio.sleep(self._seconds.get(chat, 1))
        return await super().do_request(url, method, request_data)


@pytest.fixture
def telegram(clock: Clock) -> FakeTelegram:
    return FakeTelegram(clock=clock)


@pytest.fixture
def slow() -> dict[int, float]:
    """Seconds that a message to a chat takes, where it is not one."""
    return {}


@pytest.fixture
async def app(
    telegram: FakeTelegram, faq: Faq, clock: Clock, slow: dict[int, float]
) -> AsyncIterator[App]:
    async with build_app(telegram, faq, clock, request=SlowRequest(telegram, slow)) as app:
        await app.start()
        yield app
        await app.stop()


@pytest.fixture
def deliver(app: App) -> Deliver:
    """Hands over updates as polling does, and returns when all are handled."""

    async def all_of(updates: list[Json]) -> None:
        for update in updates:
            app.update_queue.put_nowait(Update.de_json(update, app.bot))
        await app.update_queue.join()

    return all_of


def times(telegram: FakeTelegram, person: Person) -> list[float]:
    """When messages to a person arrived."""
    return [
        round(c.at, 6)
        for c in telegram.calls
        if c.method == "sendMessage" and c.params["chat_id"] == person.id
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


async def test_a_flood_in_one_chat_does_not_hold_up_another(
    telegram: FakeTelegram, anna: Person, deliver: Deliver
) -> None:
    ben = telegram.person(7, "Ben")
    await deliver([*(anna.writes("/topics") for _ in range(200)), ben.writes("hello")])
    assert times(telegram, ben) == [1]
    assert times(telegram, anna) == list(range(1, 201))


async def test_a_slow_chat_does_not_hold_up_another(
    telegram: FakeTelegram, anna: Person, deliver: Deliver, slow: dict[int, float]
) -> None:
    slow[anna.id] = 300
    ben = telegram.person(7, "Ben")
    await deliver([anna.writes("hello"), *(ben.writes("hello") for _ in range(3))])
    assert times(telegram, ben) == [1, 2, 3]
    assert times(telegram, anna) == [300]


async def test_an_update_without_a_chat_waits_for_none(
    telegram: FakeTelegram, anna: Person, deliver: Deliver
) -> None:
    pressed = anna.presses_old("topic:chain")
    del pressed["callback_query"]["message"]
    await deliver([anna.writes("hello"), anna.writes("hello"), pressed])
    assert times(telegram, anna) == [1, 1, 2]


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
