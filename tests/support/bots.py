"""Bots to test: with a knowledge base, a database and a Telegram of a test's own."""

import asyncio
import atexit
import datetime as dt
import shutil
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from sqlalchemy import Connection, insert
from telegram.request import BaseRequest

from bot import app as composition
from bot.answering.faq import Faq, Live
from bot.bot_api.throttle import Throttle
from bot.bot_api.types import App
from bot.lifecycle import Parts
from bot.reload import build
from bot.reload.build import Built, Job
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.records import Records
from bot.storage.storage import Storage
from bot.storage.tables import subscribers
from bot.subscriptions.subscriber import State
from tests.fake_bot_api.telegram import FakeRequest, FakeTelegram
from tests.support.fake_time import Clock

BICYCLES = Path(__file__).parent.parent / "bicycles"
TOKEN = "123456:TEST"
ANNA = 42
OPERATOR = 1_000_001


async def sql(storage: Storage | Records, *statements: str) -> None:
    """Change the file, as an operator or a broken disk might."""

    def execute(connection: Connection) -> None:
        for statement in statements:
            connection.exec_driver_sql(statement)

    await storage.database.run(execute)


async def subscribed_at(
    storage: Storage, chats: Iterable[int], due: dt.datetime, since: dt.datetime
) -> None:
    """Subscribe people whose next tip is due at a moment, in one transaction."""
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
    file = folder / "test.db"
    if not file.exists():
        shutil.copy(_empty_database(), file)
    storage = Storage.open(f"sqlite:///{file}")
    try:
        yield storage
    finally:
        await storage.close()


@cache
def _empty_database() -> Path:
    """A file that is made once in a process: to make all tables takes longer than most tests."""
    folder = Path(mkdtemp(prefix="skinbot-tests-"))
    atexit.register(shutil.rmtree, folder)
    Database.open(f"sqlite:///{folder}/empty.db").engine.dispose()
    return folder / "empty.db"


async def at_once(job: Job) -> Built:
    """Builds without looking at the files twice."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, partial(build.build, job, instantly))


def instantly(_: float) -> None:
    """Nobody writes to the files of a test while they are read, unless the test is about that."""


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
        builder=at_once,
    )


@asynccontextmanager
async def build_app(
    telegram: FakeTelegram,
    faq: Faq,
    clock: Clock,
    settings: Settings | None = None,
    request: BaseRequest | None = None,
) -> AsyncIterator[App]:
    """As `build_parts`, but ready for updates, with a database of its own."""
    with TemporaryDirectory() as folder:
        async with opened(Path(folder)) as storage:
            parts = build_parts(telegram, faq, clock, storage, settings, request)
            async with parts.app as app:
                yield app
                await parts.sender.finished()
