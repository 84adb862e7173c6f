"""What every test may use: a small knowledge base about bicycles, and a Telegram that is strict."""

import asyncio
import atexit
import datetime as dt
import gc
import logging
import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import TypeVar, cast

import pytest
from sqlalchemy import Connection, event, insert
from sqlalchemy.engine.interfaces import DBAPIConnection
from telegram.request import BaseRequest

from bot import app as composition
from bot.answering import loading
from bot.answering.faq import Faq
from bot.answering.live import Live
from bot.bot_api.throttle import Throttle
from bot.bot_api.types import App
from bot.knowledge import base, files
from bot.lifecycle import Parts
from bot.reload import build
from bot.reload import cache as compiled
from bot.reload.build import Built, Job
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.records import Records
from bot.storage.storage import Storage
from bot.storage.tables import subscribers
from bot.subscriptions.subscriber import State
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.telegram import FakeRequest, FakeTelegram
from tests.support.chats import Chat
from tests.support.fake_time import AtOnce, Clock, LeapingLoop

BICYCLES = Path(__file__).parent / "bicycles"
TOKEN = "123456:TEST"
ANNA = 42
Result = TypeVar("Result")
NEED_NOT_LAST = "PRAGMA synchronous = OFF"


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Whoever uses the clock runs on a loop that never waits for it."""
    if "clock" in getattr(item, "fixturenames", ()):
        return {"leaping": LeapingLoop}
    return {"waiting": asyncio.new_event_loop}


def pytest_collection_finish() -> None:
    """Search for garbage again, which `conftest` has stopped, but not in what was imported.

    Less often than Python does by itself: that alone takes a second.
    """
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for what one start leaves to the next one, in any process of this test run."""
    own = tmp_path_factory.getbasetemp()
    with pytest.MonkeyPatch.context() as patch:
        shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
        cache = shared / "cache"
        patch.setenv("XDG_CACHE_HOME", str(cache))
        yield cache


@pytest.fixture(scope="session")
def faq() -> Faq:
    """A bot that knows about bicycles: nothing in the program depends on the subject."""
    return loading.load(BICYCLES)


@pytest.fixture(scope="session")
def shipped(_cache: Path) -> Faq:
    """The bot as people get it: read from the YAML once in a test run.

    In a folder of its own, where no copies of other knowledge bases take its place.
    """
    return compiled.load(files.look(base.shipped()), cache=_cache / "shipped")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the bicycle knowledge base, without tips, that a test may break."""
    without = shutil.ignore_patterns("tips.yaml")
    return Path(shutil.copytree(BICYCLES, tmp_path / "knowledge", ignore=without))


@pytest.fixture
def telegram() -> FakeTelegram:
    return FakeTelegram()


@pytest.fixture
def anna(telegram: FakeTelegram) -> Person:
    """Somebody who has started the bot."""
    return telegram.person(ANNA, "Anna")


@pytest.fixture
async def clock() -> Clock:
    """The time of the throttle, of the faults and of every pause."""
    return cast("LeapingLoop", asyncio.get_running_loop()).clock


@pytest.fixture
async def storage(
    clock: Clock,  # noqa: ARG001 - its loop
    request: pytest.FixtureRequest,
) -> AsyncIterator[Storage]:
    """A database that is empty at first."""
    is_looked_into = "database_folder" in request.fixturenames
    folder = request.getfixturevalue("database_folder") if is_looked_into else None
    async with opened(folder) if folder else SharedDatabase.of_this_process().lent() as storage:
        yield storage


@pytest.fixture
def database_folder(tmp_path: Path) -> Path:
    """Where the database lies of a test that looks into its files: no other test has used it."""
    return tmp_path


@pytest.fixture
async def parts(
    telegram: FakeTelegram, faq: Faq, clock: Clock, storage: Storage
) -> AsyncIterator[Parts]:
    """The whole bot, ready for updates."""
    parts = build_parts(telegram, faq, clock, storage)
    async with parts.app:
        yield parts
        await parts.tips.finished()


@pytest.fixture
def app(parts: Parts) -> App:
    return parts.app


@pytest.fixture
def chat(app: App, telegram: FakeTelegram, anna: Person) -> Chat:
    """Anna's private chat with the bot."""
    return Chat(app, telegram, anna)


@pytest.fixture
def no_faults(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever people do in such a test, no handler fails."""
    yield
    assert [r for r in caplog.get_records("call") if r.levelno >= logging.ERROR] == []


@dataclass(slots=True)
class SharedDatabase:
    """One open database for one test after the other: to open one takes longer than most tests."""

    storage: Storage
    beside: sqlite3.Connection
    """Sees the same file, and needs no thread."""
    empty: sqlite3.Connection
    """What the file was like at first."""
    taken: bool = False

    @classmethod
    @cache
    def of_this_process(cls) -> "SharedDatabase":
        folder = Path(mkdtemp(prefix="skinbot-tests-"))
        atexit.register(shutil.rmtree, folder)
        engine = Database.open(f"sqlite:///{folder}/shared.db").engine
        event.listen(engine, "connect", _need_not_last)
        beside, empty = sqlite3.connect(folder / "shared.db"), sqlite3.connect(":memory:")
        beside.execute(NEED_NOT_LAST)
        beside.backup(empty)
        return cls(Storage(Database(engine, AtOnce())), beside, empty)

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[Storage]:
        """Empty at first, whatever the test before has done to it."""
        self.empty.backup(self.beside)
        self.taken = True
        try:
            yield self.storage
        finally:
            self.taken = False


def _need_not_last(connection: DBAPIConnection, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute(NEED_NOT_LAST)
    cursor.close()


async def sql(storage: Storage | Records, *statements: str) -> None:
    """What an operator might do to the file, or a disk."""

    def execute(connection: Connection) -> None:
        for statement in statements:
            connection.exec_driver_sql(statement)

    await storage.database.run(execute)


async def subscribed_at(
    storage: Storage, chats: Iterable[int], due: dt.datetime, since: dt.datetime
) -> None:
    """People whose next tip is due at a moment, written in one transaction."""
    row = {
        "at": due.time(),
        "zone": "UTC",
        "days": 0b1111111,
        "state": State.ACTIVE,
        "since": since,
        "next_at": due,
        "next_date": due.date(),
        "round": 0,
    }
    rows = [{"chat_id": chat, **row} for chat in chats]
    await storage.database.run(lambda connection: connection.execute(insert(subscribers), rows))


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Storage]:
    """The database in a folder, empty at first."""
    storage = Storage.open(f"sqlite:///{folder}/test.db")
    try:
        yield storage
    finally:
        await storage.close()


async def at_once(job: Job) -> Built:
    """Builds without looking at the files twice."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, partial(build.build, job, instantly))


def instantly(_: float) -> None:
    """Nobody writes to the files of a test while they are read, but where that is what it tests."""


def build_parts(
    telegram: FakeTelegram,
    faq: Faq,
    clock: Clock,
    storage: Storage,
    settings: Settings | None = None,
    request: BaseRequest | None = None,
    token: str = TOKEN,
) -> Parts:
    """The bot with a knowledge base, settings or a way to Telegram of a test's own."""
    return composition.build(
        settings or Settings(),
        Live(faq),
        storage,
        request=request or FakeRequest(telegram),
        updates_request=request or FakeRequest(telegram),
        token=token,
        throttle=Throttle(clock),
        clocks=composition.Clocks(clock, clock.wall),
        # Tests wake the sender themselves: the job queue goes by the clock of the machine.
        tick_seconds=86_400,
        build=at_once,
    )


@asynccontextmanager
async def build_app(
    telegram: FakeTelegram,
    faq: Faq,
    clock: Clock,
    settings: Settings | None = None,
    request: BaseRequest | None = None,
) -> AsyncIterator[App]:
    """The same, ready for updates, with a database that nobody else needs."""
    with TemporaryDirectory() as folder:
        shared = SharedDatabase.of_this_process()
        async with opened(Path(folder)) if shared.taken else shared.lent() as storage:
            parts = build_parts(telegram, faq, clock, storage, settings, request)
            async with parts.app as app:
                yield app
                await parts.tips.finished()
