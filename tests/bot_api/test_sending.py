"""An answer on its way, while Telegram or the network is in trouble."""

import asyncio
from datetime import timedelta

import pytest
from telegram import Update
from telegram.error import RetryAfter

from bot.answering.faq import Faq
from bot.bot_api import sending
from bot.features import texts
from tests.fake_bot_api import faults
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import build_app
from tests.support.chats import Chat
from tests.support.fake_time import Clock

SQUEAK = "It is dry. A drop of oil on each link ends it.\n\nThe handbook's view."


async def test_a_flood_wait_is_waited_for_as_told(chat: Chat, clock: Clock) -> None:
    chat.telegram.fail_next("sendMessage", faults.FloodWait(7))
    await chat.write("why does my chain squeak")
    assert chat.texts == [SQUEAK]
    assert clock.now == pytest.approx(7)


async def test_a_flood_wait_is_obeyed_however_often_it_comes(chat: Chat, clock: Clock) -> None:
    chat.telegram.fail_next("sendMessage", faults.FloodWait(3), times=10)
    await chat.write("why does my chain squeak")
    assert chat.texts == [SQUEAK]
    assert clock.now == pytest.approx(30)


async def test_a_flood_wait_for_an_edit_is_waited_for(chat: Chat, clock: Clock) -> None:
    question = await chat.write("hello")
    chat.telegram.fail_next("editMessageText", faults.FloodWait(2))
    await chat.edit(question, "why does my chain squeak")
    assert chat.texts == [SQUEAK]
    assert clock.now == pytest.approx(2)


async def test_nothing_is_lost_at_telegrams_own_pace(faq: Faq, clock: Clock) -> None:
    telegram = FakeTelegram(per_second=5, per_chat_second=1, clock=clock)
    async with build_app(telegram, faq, clock) as app:
        people = [Chat(app, telegram, telegram.person(number)) for number in range(1, 31)]
        await asyncio.gather(*(each.write("hello") for each in people))
    assert [len(each.said) for each in people] == [1] * 30
    assert clock.now == pytest.approx(5)


def test_a_flood_wait_comes_as_a_number_or_as_a_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """PTB decides by an environment variable that an operator may have set."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    assert RetryAfter(3).retry_after == timedelta(seconds=3)
    assert sending.seconds_to_wait(RetryAfter(3)) == 3
    monkeypatch.delenv("PTB_TIMEDELTA")
    assert sending.seconds_to_wait(RetryAfter(3)) == 3


async def test_what_never_left_is_sent_again(chat: Chat, clock: Clock) -> None:
    chat.telegram.fail_next("sendMessage", faults.NoConnection(), times=2)
    await chat.write("why does my chain squeak")
    assert chat.texts == [SQUEAK]
    assert clock.now == pytest.approx(2 * sending.RECONNECT_SECONDS)


async def test_without_any_connection_it_gives_up(chat: Chat, clock: Clock) -> None:
    chat.telegram.fail_next("sendMessage", faults.NoConnection(), times=sending.TRIES)
    await chat.write("why does my chain squeak")
    assert chat.texts == [texts.FAULT]
    assert clock.now == pytest.approx((sending.TRIES - 1) * sending.RECONNECT_SECONDS)


@pytest.mark.parametrize(
    "fault",
    [faults.Timeout(accepted=True), faults.ConnectionCut(accepted=True)],
    ids=["time-out", "cut"],
)
async def test_what_may_have_arrived_is_not_sent_again(chat: Chat, fault: faults.Fault) -> None:
    chat.telegram.fail_next("sendMessage", fault)
    await chat.write("why does my chain squeak")
    assert chat.texts == [SQUEAK, texts.FAULT]


async def test_an_edit_that_may_have_arrived_is_not_sent_as_a_new_answer(chat: Chat) -> None:
    question = await chat.write("hello")
    chat.telegram.fail_next("editMessageText", faults.Timeout(accepted=True))
    await chat.edit(question, "why does my chain squeak")
    assert chat.texts == [SQUEAK, texts.FAULT]


@pytest.mark.parametrize(
    ("update", "what"), [(Update(7), "update 7 holds no message"), (Update(8), "update 8 holds no")]
)
def test_an_update_of_another_kind_is_named(update: Update, what: str) -> None:
    """A handler that is registered for the wrong updates is a mistake in this program."""
    take = sending.message_of if update.update_id == 7 else sending.query_of
    with pytest.raises(TypeError, match=what):
        take(update)
