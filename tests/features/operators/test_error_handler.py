"""A handler fails: people get an apology, operators a notice, the log a traceback."""

import logging
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import NoReturn

import pytest
from telegram import Update
from typing_extensions import override

from bot.answering.faq import Faq
from bot.answering.replies import Reply
from bot.features import texts
from bot.features.operators.error_handler import SILENCE
from bot.features.questions import texts as question_texts
from bot.knowledge.models import Topic
from bot.settings import Settings
from tests.fake_bot_api import faults
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import build_app
from tests.support.chats import Chat
from tests.support.fake_time import Clock

OPERATORS = frozenset({1001, 1002})
OFTEN = 1_000
SECRET = "my very private question"

LOGGER = "bot.features.operators.error_handler"


class Failing(Faq):
    """Fails at two places, and says what it was asked."""

    def ask(self, question: str) -> Reply:
        if "other" in question:
            raise LookupError(question)
        raise ValueError(question)


class Unreadable(dict[str, Topic]):
    """Topics in which no button can look anything up."""

    @override
    def get(self, key: object, default: object = None) -> NoReturn:
        raise OSError(key)


@pytest.fixture
def operators(telegram: FakeTelegram) -> list[Person]:
    return [telegram.person(each, "Operator") for each in sorted(OPERATORS)]


@pytest.fixture
async def chat(
    telegram: FakeTelegram, anna: Person, faq: Faq, clock: Clock, operators: list[Person]
) -> AsyncIterator[Chat]:
    """Anna's chat with a bot that fails at every question and every topic."""
    assert len(operators) == len(OPERATORS)
    failing = Failing.of(faq.knowledge)
    broken = replace(failing.knowledge, topics=Unreadable(failing.knowledge.topics))
    settings = Settings(operators=OPERATORS)
    async with build_app(telegram, replace(failing, knowledge=broken), clock, settings) as app:
        yield Chat(app, telegram, anna)


def notices(chat: Chat, operator: int = 1001) -> list[str]:
    return [m["text"] for m in chat.telegram.messages(operator)]


async def test_a_failing_handler_says_one_friendly_line(chat: Chat) -> None:
    await chat.write(SECRET)
    assert chat.texts == [texts.FAULT]


async def test_a_failing_button_gets_an_alert(chat: Chat) -> None:
    await chat.gets(chat.person.presses_old("topic:chain"))
    assert chat.alerts == [texts.FAULT_ALERT]
    assert chat.said == []


async def test_a_failure_is_logged_with_its_traceback_and_the_number_of_the_update(
    chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    update = chat.person.writes(SECRET)
    await chat.gets(update)
    [record] = [r for r in caplog.records if r.name == LOGGER]
    assert record.levelno == logging.ERROR
    assert record.getMessage() == f"update {update['update_id']} failed"
    assert "raise ValueError(question)" in caplog.text


async def test_operators_are_told_where_it_broke_but_not_what_was_asked(chat: Chat) -> None:
    update = chat.person.writes(SECRET)
    await chat.gets(update)
    for operator in OPERATORS:
        [notice] = notices(chat, operator)
        assert notice.startswith("A fault: ValueError in bot.conversation.context, line ")
        assert f"(update {update['update_id']})" in notice
        assert SECRET not in notice


async def test_operators_hear_of_the_same_fault_once_a_minute(chat: Chat, clock: Clock) -> None:
    for _ in range(3):
        await chat.write(SECRET)
    clock.forward(SILENCE - 1)
    await chat.write(SECRET)
    assert len(notices(chat)) == 1
    clock.forward(1)
    await chat.write(SECRET)
    assert len(notices(chat)) == 2
    assert chat.texts == [texts.FAULT] * 5


async def test_another_fault_has_a_minute_of_its_own(chat: Chat) -> None:
    await chat.write(SECRET)
    await chat.write(f"{SECRET}, another one")
    first, second = notices(chat)
    assert "ValueError" in first
    assert "LookupError" in second


async def test_one_operator_who_cannot_be_told_does_not_keep_it_from_the_other(
    chat: Chat, operators: list[Person], caplog: pytest.LogCaptureFixture
) -> None:
    operators[0].blocks_bot()
    chat.telegram.fail_next("sendMessage", faults.ServerError(), chat_id=1002)
    await chat.write(SECRET)
    assert chat.texts == [texts.FAULT]
    assert (notices(chat, 1001), notices(chat, 1002)) == ([], [])
    assert caplog.text.count("could not be told") == 2
    await chat.write(f"{SECRET}, another one")
    assert len(notices(chat, 1002)) == 1


async def test_no_apology_is_owed_to_whom_it_cannot_reach(
    chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    chat.telegram.fail_next("sendMessage", faults.Timeout(), chat_id=chat.person.id)
    await chat.write(SECRET)
    assert chat.said == []
    assert "no apology either" in caplog.text
    assert len(notices(chat)) == 1


@pytest.mark.parametrize("update", [None, Update(7)], ids=["none", "empty"])
async def test_what_nobody_wrote_fails_quietly(chat: Chat, update: Update | None) -> None:
    """Nobody waits for an answer to it, but operators want to know."""
    await chat.app.process_error(update, ValueError(SECRET))
    assert chat.said == []
    [notice] = notices(chat)
    where = f" (update {update.update_id})" if update else ""
    assert notice == f"A fault: ValueError{where}. The log has the traceback."


# Troubles that are nobody's fault


@pytest.fixture
async def working(
    telegram: FakeTelegram, anna: Person, faq: Faq, clock: Clock, operators: list[Person]
) -> AsyncIterator[Chat]:
    """Anna's chat with a bot that works, and has operators."""
    assert len(operators) == len(OPERATORS)
    async with build_app(telegram, faq, clock, Settings(operators=OPERATORS)) as app:
        yield Chat(app, telegram, anna)


@pytest.mark.parametrize(
    "fault",
    [faults.ServerError(), faults.NoConnection(), faults.Refusal(400, "Bad Request: no")],
    ids=["502", "no connection", "refusal"],
)
async def test_a_button_that_cannot_be_carried_out_gets_an_alert(
    working: Chat, fault: faults.Fault
) -> None:
    await working.write("/topics")
    working.telegram.fail_next("editMessageText", fault, times=OFTEN)
    working.telegram.fail_next("sendMessage", fault, OFTEN, working.person.id)
    await working.press("⛓️ Chain")
    assert working.texts == [question_texts.TOPICS]
    assert working.alerts == [texts.FAULT_ALERT]


@pytest.mark.parametrize(
    "fault",
    [faults.Blocked(), faults.Deactivated(), faults.Kicked()],
    ids=["blocked", "deactivated", "kicked"],
)
async def test_who_is_gone_is_no_fault(
    working: Chat, fault: faults.Fault, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    working.telegram.fail_next("sendMessage", fault, chat_id=working.person.id)
    await working.write("hello")
    assert working.said == []
    assert notices(working) == []
    assert [r.levelno for r in caplog.records if r.name == LOGGER] == [logging.INFO]


@pytest.mark.parametrize(
    "fault",
    [faults.ServerError(), faults.Timeout(), faults.ConnectionCut(), faults.NoConnection()],
    ids=["502", "time-out", "cut", "no connection"],
)
async def test_a_bad_network_is_logged_but_no_news_for_operators(
    working: Chat, fault: faults.Fault, caplog: pytest.LogCaptureFixture
) -> None:
    working.telegram.fail_next("sendMessage", fault, OFTEN, working.person.id)
    await working.write("hello")
    assert notices(working) == []
    told = [r for r in caplog.records if r.name == LOGGER]
    assert "failed" in told[0].getMessage()
    assert [r.exc_info for r in told if r.exc_info] == []


STATES = [
    "Bad Request: not enough rights to send text messages to the chat",
    "Bad Request: CHAT_WRITE_FORBIDDEN",
    "Bad Request: CHAT_RESTRICTED",
    "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN",
    "Bad Request: TOPIC_CLOSED",
    "Bad Request: TOPIC_DELETED",
    "Bad Request: message thread not found",
    "Bad Request: chat not found",
]


@pytest.mark.parametrize("said", STATES)
async def test_a_chat_that_takes_no_answer_is_no_fault(
    working: Chat, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    working.telegram.fail_next("sendMessage", faults.Refusal(400, said), times=9)
    await working.write("why does my chain squeak")
    assert len([c for c in working.telegram.calls if c.method == "sendMessage"]) == 1
    [record] = [r for r in caplog.records if r.name == LOGGER]
    assert record.levelno == logging.INFO
    assert record.exc_info is None
    assert notices(working) == []


@pytest.mark.parametrize("said", STATES)
async def test_a_button_in_such_a_chat_gets_an_alert_and_no_new_message(
    working: Chat, said: str
) -> None:
    await working.write("/topics")
    working.telegram.fail_next("editMessageText", faults.Refusal(400, said), times=9)
    await working.press("⛓️ Chain")
    assert working.texts == [question_texts.TOPICS]
    assert working.alerts == [texts.SHUT_ALERT]
    assert notices(working) == []


async def test_a_full_disk_does_not_hide_a_locked_database(working: Chat, clock: Clock) -> None:
    assert clock.now == 0
    for said in ("database or disk is full", "database is locked", "database is locked"):
        await working.app.process_error(None, sqlite3.OperationalError(said))
    full, locked = notices(working)
    assert "the disk is full" in full
    assert "another process has locked the database" in locked


async def test_what_telegram_refuses_is_news_for_operators(working: Chat) -> None:
    """A bad request is a mistake in this program, although PTB files it under the network."""
    working.telegram.fail_next("sendMessage", faults.Refusal(400, "Bad Request: no"))
    await working.write("hello")
    assert working.texts == [texts.FAULT]
    [notice] = notices(working)
    assert "BadRequest" in notice
