"""Two operators deal with one group of questions at one moment: exactly one succeeds."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.answering.faq import Faq
from bot.features.unanswered import texts
from bot.features.unanswered.dealt import Dealt
from bot.features.unanswered.keyboards import Ignore, NotCovered, Settle, Teach
from bot.lifecycle import Parts
from bot.settings import Settings
from bot.storage.storage import Storage
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import OPERATOR, build_parts
from tests.support.chats import Chat
from tests.support.fake_time import Clock

BELL = "how often should I grease the bell"
PAULA = OPERATOR + 1
FASTER = {f"{name} was faster. {texts.GONE}" for name in ("Olga", "Paula")}

pytestmark = pytest.mark.usefixtures("no_faults")


@pytest.fixture
async def parts(
    telegram: FakeTelegram, faq: Faq, clock: Clock, storage: Storage, folder: Path
) -> AsyncIterator[Parts]:
    settings = Settings(operators=frozenset({OPERATOR, PAULA}), knowledge=folder)
    parts = build_parts(telegram, faq, clock, storage, settings)
    async with parts.app:
        yield parts


@pytest.fixture
def olga(parts: Parts, telegram: FakeTelegram) -> Chat:
    return Chat(parts.app, telegram, telegram.person(OPERATOR, "Olga"))


@pytest.fixture
def paula(parts: Parts, telegram: FakeTelegram) -> Chat:
    return Chat(parts.app, telegram, telegram.person(PAULA, "Paula"))


@pytest.fixture
async def question(chat: Chat, parts: Parts, storage: Storage) -> int:
    """The id of a question that found no answer."""
    await chat.write(BELL)
    await parts.recorder.write()
    [missed] = await storage.records.missed(10)
    return missed.id


def told(chat: Chat) -> set[str]:
    """All that an operator reads, in messages and in alerts."""
    return {*chat.texts, *(alert for alert in chat.alerts if alert)}


ENTRY, LIMIT = "chain.slip", "price"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("teach", "ignore"),
        ("ignore", "teach"),
        ("ignore", "ignore"),
        ("teach", "limit"),
        ("teach", "settle"),
        ("settle", "ignore"),
        ("settle", "settle"),
    ],
)
async def test_exactly_one_succeeds_and_the_other_is_told_who_was_first(
    olga: Chat, paula: Chat, storage: Storage, question: int, one: str, other: str
) -> None:
    buttons = {
        "teach": Teach(question, ENTRY),
        "limit": NotCovered(question, LIMIT),
        "ignore": Ignore(question),
        "settle": Settle(question),
    }
    await olga.write("/unanswered")
    await paula.write("/unanswered")
    await asyncio.gather(
        olga.gets(olga.person.presses_old(buttons[one].pack(), olga.said[-1])),
        paula.gets(paula.person.presses_old(buttons[other].pack(), paula.said[-1])),
    )
    assert len((told(olga) | told(paula)) & FASTER) == 1
    lessons = await storage.records.lessons()
    assert len(lessons) <= 1
    assert lessons or "settle" in (one, other)
    assert await storage.records.missed(10) == []


async def test_whoever_comes_later_is_told_who_was_first(
    olga: Chat, paula: Chat, question: int
) -> None:
    await olga.write("/unanswered")
    await paula.write("/unanswered")
    await olga.gets(olga.person.presses_old(Ignore(question).pack(), olga.said[-1]))
    await paula.gets(paula.person.presses_old(Settle(question).pack(), paula.said[-1]))
    assert paula.alerts[-1] == f"Olga was faster. {texts.GONE}"


def test_only_so_many_questions_are_remembered() -> None:
    dealt = Dealt(most=2)
    dealt.note((1, 2, 3), "Olga")
    assert [dealt.by(question) for question in (1, 2, 3)] == [None, "Olga", "Olga"]
