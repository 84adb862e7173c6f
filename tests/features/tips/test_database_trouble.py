"""The database is locked, deleted or gone: people hear the truth, and as much as can be said."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot import lifecycle
from bot.answering.faq import Faq
from bot.errors import StorageError
from bot.features import texts
from bot.settings import Settings
from bot.storage.storage import Storage
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import ANNA, OPERATOR, build_parts
from tests.support.chats import Chat
from tests.support.fake_time import Clock

FOUND = "SELECT chat_id FROM subscribers"


@pytest.fixture
def database_folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
async def locked(storage: Storage, database_folder: Path) -> AsyncIterator[None]:
    """Another process writes, longer than anybody waits."""
    await storage.database.run(lambda db: db.exec_driver_sql("PRAGMA busy_timeout = 0"))
    with closing(sqlite3.connect(database_folder / "test.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def rows(folder: Path) -> list[tuple[int]]:
    with closing(sqlite3.connect(folder / "test.db")) as connection:
        return connection.execute(FOUND).fetchall()


def delete(folder: Path) -> None:
    for file in folder.glob("test.db*"):
        file.unlink()


async def eventually(true: Callable[[], bool]) -> None:
    """Let others work until something is true."""
    for _ in range(10_000):
        if true():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came true")


@pytest.mark.usefixtures("locked", "no_faults")
@pytest.mark.parametrize("text", ["/start", "/help", "/topics", "why does my chain squeak"])
async def test_what_needs_nothing_stored_is_answered_while_the_database_is_locked(
    text: str, chat: Chat
) -> None:
    await chat.write(text)
    assert len(chat.texts) == 1
    assert chat.text != texts.FAULT


@pytest.mark.usefixtures("locked")
@pytest.mark.parametrize("text", ["/subscribe 7:30 berlin", "/unsubscribe", "/forget"])
async def test_nothing_is_called_done_while_the_database_is_locked(text: str, chat: Chat) -> None:
    await chat.write(text)
    assert chat.texts == [texts.FAULT]


async def test_a_subscription_stays_although_the_database_was_deleted(
    chat: Chat, storage: Storage, database_folder: Path
) -> None:
    await storage.subscriber(ANNA)
    delete(database_folder)
    await chat.write("/subscribe 7:30 berlin")
    assert chat.text.startswith("Done.")
    assert rows(database_folder) == [(ANNA,)]


async def test_nothing_is_called_done_when_the_database_cannot_be_written_anew(
    chat: Chat, storage: Storage, database_folder: Path
) -> None:
    await storage.subscriber(ANNA)
    shutil.rmtree(database_folder)
    await chat.write("/subscribe 7:30 berlin")
    assert chat.texts == [texts.FAULT]


async def test_operators_hear_what_became_of_the_database(
    telegram: FakeTelegram, faq: Faq, clock: Clock, storage: Storage, database_folder: Path
) -> None:
    settings = Settings(operators=frozenset({OPERATOR}))
    telegram.person(OPERATOR)
    parts = build_parts(telegram, faq, clock, storage, settings)
    await storage.subscriber(ANNA)
    telling = asyncio.create_task(lifecycle.tell_of_the_database(parts))
    shutil.rmtree(database_folder)
    with pytest.raises(StorageError):
        await storage.subscriber(ANNA)
    await eventually(lambda: bool(telegram.sent("sendMessage")))
    telling.cancel()
    (told,) = telegram.sent("sendMessage")
    assert told["chat_id"] == OPERATOR
    assert "was deleted while the program ran and cannot be written anew" in told["text"]
