"""A question that comes in several messages is one question."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest
from telegram import Update

from bot.answering.faq import Faq
from bot.bot_api.types import App
from bot.features.questions import texts
from bot.features.questions.conversations import BURST_SECONDS
from bot.lifecycle import Parts
from bot.storage.storage import Storage
from tests.fake_bot_api.parameters import Json
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import build_parts
from tests.support.fake_time import Clock

SLIP = "Its links are longer than they were."
CAREFUL = "Please have a doctor look at that first."
GREETING = "Hello. What would you like to know?"

Deliver = Callable[..., Coroutine[Any, Any, None]]

pytestmark = pytest.mark.usefixtures("no_faults")


@pytest.fixture
def telegram(clock: Clock) -> FakeTelegram:
    return FakeTelegram(clock=clock)


@pytest.fixture
async def parts(
    telegram: FakeTelegram, talkative: Faq, clock: Clock, storage: Storage
) -> AsyncIterator[Parts]:
    parts = build_parts(telegram, talkative, clock, storage)
    async with parts.app as app:
        await app.start()
        yield parts
        await app.stop()


@pytest.fixture
def deliver(app: App) -> Deliver:
    """Hands over updates, each so many seconds after the one before, until all are handled."""

    async def all_of(*updates: Json, pause: float = 0.5) -> None:
        for update in updates:
            app.update_queue.put_nowait(Update.de_json(update, app.bot))
            await asyncio.sleep(pause)
        await app.update_queue.join()

    return all_of


def said(telegram: FakeTelegram, person: Person) -> list[tuple[float, str]]:
    """The bot's messages in a chat, each with the moment when it came."""
    return [
        (round(call.at, 3), str(call.params["text"]).partition("\n")[0])
        for call in telegram.calls
        if call.method == "sendMessage" and call.params["chat_id"] == person.id
    ]


async def test_parts_of_a_question_are_answered_as_one(
    telegram: FakeTelegram, anna: Person, deliver: Deliver
) -> None:
    await deliver(anna.writes("when"), anna.writes("does my"), anna.writes("chain slip"))
    assert said(telegram, anna) == [(1.0, SLIP)]


async def test_half_a_question_is_answered_alone_after_a_moment(
    telegram: FakeTelegram, anna: Person, deliver: Deliver
) -> None:
    await deliver(anna.writes("football"))
    assert said(telegram, anna) == [(BURST_SECONDS, texts.UNKNOWN.partition("\n")[0])]


async def test_messages_far_apart_are_questions_of_their_own(
    telegram: FakeTelegram, anna: Person, deliver: Deliver
) -> None:
    await deliver(anna.writes("my neck"), anna.writes("chain slips"), pause=2.0)
    assert [text for _, text in said(telegram, anna)][1:] == [SLIP]
    assert len(said(telegram, anna)) == 2


@pytest.mark.parametrize(
    ("text", "reply"),
    [("chain slips", SLIP), ("broke my arm", CAREFUL), ("hello", GREETING)],
)
async def test_what_stands_alone_is_answered_at_once(
    text: str, reply: str, telegram: FakeTelegram, anna: Person, deliver: Deliver
) -> None:
    await deliver(anna.writes(text))
    assert said(telegram, anna) == [(0.0, reply)]


async def test_a_command_is_handled_at_once_and_what_was_begun_with_it(
    telegram: FakeTelegram, anna: Person, deliver: Deliver
) -> None:
    await deliver(anna.writes("football"), anna.writes("/topics"))
    unknown, topics = said(telegram, anna)
    assert unknown == (0.5, texts.UNKNOWN)
    assert topics == (0.5, texts.TOPICS)


async def test_a_danger_in_parts_is_a_danger(
    telegram: FakeTelegram, anna: Person, deliver: Deliver
) -> None:
    await deliver(anna.writes("my elbow"), anna.writes("and neck"), anna.writes("broken"))
    assert said(telegram, anna) == [(1.0, CAREFUL)]


async def test_a_question_behind_half_a_one_counts_alone_where_they_do_not_fit(
    telegram: FakeTelegram, anna: Person, deliver: Deliver
) -> None:
    await deliver(anna.writes("zebra giraffe uncle"), anna.writes("hello"))
    assert said(telegram, anna) == [(0.5, GREETING)]


async def test_half_a_question_holds_up_nobody_else(
    telegram: FakeTelegram, anna: Person, deliver: Deliver
) -> None:
    people = [telegram.person(number) for number in range(1, 41)]
    await deliver(*(each.writes("my neck") for each in people), anna.writes("hello"), pause=0)
    assert said(telegram, anna) == [(0.0, GREETING)]


async def test_a_stop_does_not_wait_for_the_other_half(
    telegram: FakeTelegram, anna: Person, parts: Parts, clock: Clock
) -> None:
    parts.app.update_queue.put_nowait(Update.de_json(anna.writes("football"), parts.app.bot))
    await asyncio.sleep(0.1)
    parts.polling.intake.stopping.set()
    await parts.app.update_queue.join()
    assert clock() < BURST_SECONDS
    assert [text for _, text in said(telegram, anna)] == [texts.UNKNOWN]


async def test_in_a_group_every_message_stands_alone(
    telegram: FakeTelegram, deliver: Deliver
) -> None:
    group = telegram.group()
    ben = telegram.person(7, "Ben", chat=group)
    await deliver(ben.writes("/ask my neck"), ben.writes("/ask stretched"))
    sent = [call for call in telegram.calls if call.method == "sendMessage"]
    assert [round(call.at, 3) for call in sent] == [0.0, 0.5]
