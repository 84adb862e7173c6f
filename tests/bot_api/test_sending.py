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


TAKES_NOTHING = [
    faults.NoConnection(),
    faults.ServerError(502),
    faults.ServerError(503),
    faults.Refusal(502, "Bad Gateway"),
    faults.Page(403, "<h1>Forbidden</h1>"),
]


@pytest.mark.parametrize("fault", TAKES_NOTHING, ids=str)
async def test_an_answer_is_tried_again_while_nothing_goes_out(
    chat: Chat, clock: Clock, fault: faults.Fault
) -> None:
    chat.telegram.fail_next("sendMessage", fault, times=9)
    await chat.write("why does my chain squeak")
    assert chat.texts == [SQUEAK]
    assert clock.now == pytest.approx(9 * sending.RECONNECT_SECONDS)


@pytest.mark.parametrize("fault", TAKES_NOTHING, ids=str)
async def test_an_edit_is_tried_again_while_nothing_goes_out(
    chat: Chat, fault: faults.Fault
) -> None:
    question = await chat.write("hello")
    chat.telegram.fail_next("editMessageText", fault, times=9)
    await chat.edit(question, "why does my chain squeak")
    assert chat.texts == [SQUEAK]


@pytest.mark.parametrize("fault", TAKES_NOTHING, ids=str)
async def test_after_a_minute_it_gives_up(chat: Chat, clock: Clock, fault: faults.Fault) -> None:
    chat.telegram.fail_next("sendMessage", fault, times=61)
    await chat.write("why does my chain squeak")
    assert chat.texts == [texts.FAULT]
    assert clock.now == pytest.approx(sending.OUTAGE_SECONDS)


async def test_a_spinner_does_not_hold_up_what_comes_behind_it(chat: Chat, clock: Clock) -> None:
    await chat.write("/topics")
    chat.telegram.fail_next("answerCallbackQuery", faults.ServerError(), times=1_000)
    await chat.press("⛓️ Chain")
    assert clock.now == pytest.approx(sending.SPINNER_SECONDS)
    assert texts.FAULT not in chat.texts


MAY_HAVE_ARRIVED = [
    faults.Timeout(accepted=True),
    faults.ConnectionCut(accepted=True),
    faults.Truncated(),
    faults.ServerError(504, accepted=True),
]


@pytest.mark.parametrize("fault", MAY_HAVE_ARRIVED, ids=str)
async def test_after_what_may_have_arrived_nothing_is_said(chat: Chat, fault: faults.Fault) -> None:
    chat.telegram.fail_next("sendMessage", fault)
    await chat.write("why does my chain squeak")
    assert chat.texts == [SQUEAK]


@pytest.mark.parametrize("fault", MAY_HAVE_ARRIVED, ids=str)
async def test_after_an_edit_that_may_have_arrived_nothing_is_said(
    chat: Chat, fault: faults.Fault
) -> None:
    question = await chat.write("hello")
    chat.telegram.fail_next("editMessageText", fault)
    await chat.edit(question, "why does my chain squeak")
    assert chat.texts == [SQUEAK]


@pytest.mark.parametrize("fault", MAY_HAVE_ARRIVED, ids=str)
async def test_after_a_press_whose_answer_may_have_arrived_no_alert_pops_up(
    chat: Chat, fault: faults.Fault
) -> None:
    await chat.write("/topics")
    chat.telegram.fail_next("editMessageText", fault)
    await chat.press("⛓️ Chain")
    assert len(chat.texts) == 1
    assert chat.text.startswith("⛓️ Chain")
    assert chat.alerts == [None]


@pytest.mark.parametrize(
    ("update", "what"), [(Update(7), "update 7 holds no message"), (Update(8), "update 8 holds no")]
)
def test_an_update_of_another_kind_is_named(update: Update, what: str) -> None:
    """A handler that is registered for the wrong updates is a mistake in this program."""
    take = sending.message_of if update.update_id == 7 else sending.query_of
    with pytest.raises(TypeError, match=what):
        take(update)
