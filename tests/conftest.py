"""What every test may use: a small knowledge base about bicycles, and a Telegram that is strict."""

import asyncio
import atexit
import logging
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import cast

import pytest
from telegram.request import BaseRequest

from bot import app as composition
from bot import database, loading
from bot.faq import Faq
from bot.handlers import App
from bot.live import Live
from bot.serving import Parts
from bot.settings import Settings
from bot.storage import Storage
from bot.throttle import Throttle
from tests.chats import Chat
from tests.fake_telegram import FakeRequest, FakeTelegram
from tests.fake_time import Clock, LeapingLoop
from tests.fake_updates import Person

BICYCLES = Path(__file__).parent / "bicycles"
TOKEN = "123456:TEST"
ANNA = 42


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Whoever uses the clock runs on a loop that never waits for it."""
    if "clock" in getattr(item, "fixturenames", ()):
        return {"leaping": LeapingLoop}
    return {"waiting": asyncio.new_event_loop}


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What one start leaves behind for the next one lies where it is in nobody's way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def faq() -> Faq:
    """A bot that knows about bicycles: nothing in the program depends on the subject."""
    return loading.load(BICYCLES)


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
async def storage(clock: Clock, tmp_path: Path) -> AsyncIterator[Storage]:  # noqa: ARG001 - its loop
    """A database of the test's own, empty at first."""
    async with opened(tmp_path) as storage:
        yield storage


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


@cache
def empty_database() -> bytes:
    """To make the tables anew for every test would take longer than most tests."""
    with TemporaryDirectory() as folder:
        database.connect(f"sqlite:///{folder}/empty.db")
        return (Path(folder) / "empty.db").read_bytes()


@dataclass(slots=True)
class SharedEngine:
    """One engine for one fresh database after the other: each engine compiles every statement anew,
    which would take longer than most tests."""

    link: Path
    """What the engine opens: a link to the database of the test that runs."""
    storage: Storage
    taken: bool = False

    @classmethod
    @cache
    def of_this_process(cls) -> "SharedEngine":
        folder = Path(mkdtemp(prefix="skinbot-tests-"))
        atexit.register(shutil.rmtree, folder)
        link = folder / "current.db"
        link.write_bytes(empty_database())
        return cls(link, Storage.open(f"sqlite:///{link}"))

    def turn_to(self, file: Path) -> Storage:
        file.write_bytes(empty_database())
        self.link.unlink()
        self.link.symlink_to(file)
        self.taken = True
        return self.storage


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Storage]:
    """The database in a folder, empty at first."""
    file, shared = folder / "test.db", SharedEngine.of_this_process()
    fresh = not (file.exists() or shared.taken)
    storage = shared.turn_to(file) if fresh else Storage.open(f"sqlite:///{file}")
    try:
        yield storage
    finally:
        await storage.close()
        shared.taken = shared.taken and not fresh


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
        async with opened(Path(folder)) as storage:
            parts = build_parts(telegram, faq, clock, storage, settings, request)
            async with parts.app as app:
                yield app
                await parts.tips.finished()
