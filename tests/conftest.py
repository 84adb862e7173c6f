"""Fixtures for every test: a small knowledge base about bicycles, and a Telegram that is strict."""

import asyncio
import logging
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import cast

import pytest

from bot.answering import loading
from bot.answering.faq import Faq
from bot.bot_api.types import App
from bot.knowledge import base, files
from bot.lifecycle import Parts
from bot.reload import cache as compiled
from bot.storage.storage import Storage
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import ANNA, BICYCLES, build_parts, opened
from tests.support.chats import Chat
from tests.support.fake_time import Clock, LeapingLoop
from tests.support.talks import make_talkative


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Tests that use the clock run on a loop that never waits for it."""
    if "clock" in getattr(item, "fixturenames", ()):
        return {"leaping": LeapingLoop}
    return {"waiting": asyncio.new_event_loop}


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for the copies that one start leaves for the next, in any process of this run."""
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
def talkative(tmp_path_factory: pytest.TempPathFactory) -> Faq:
    """The bicycles, with the words by which messages lean on each other."""
    folder = Path(shutil.copytree(BICYCLES, tmp_path_factory.mktemp("talk") / "knowledge"))
    return loading.load(make_talkative(folder))


@pytest.fixture(scope="session")
def shipped(_cache: Path) -> Faq:
    """The bot as people get it: read from the YAML once in a test run.

    It has a folder of its own, where no copies of other knowledge bases take its place.
    """
    return compiled.load(files.look(base.shipped()), cache=_cache / "shipped")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the bicycle knowledge base that a test may change or break."""
    return Path(shutil.copytree(BICYCLES, tmp_path / "knowledge"))


@pytest.fixture
def tipless(folder: Path) -> Path:
    """The folder without the tips, which are optional."""
    (folder / "tips.yaml").unlink()
    return folder


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
    database_folder: Path,
) -> AsyncIterator[Storage]:
    """A database that is empty at first."""
    async with opened(database_folder) as storage:
        yield storage


@pytest.fixture
def database_folder(tmp_path: Path) -> Path:
    """The folder in which the database lies."""
    return tmp_path


@pytest.fixture
async def parts(
    telegram: FakeTelegram, faq: Faq, clock: Clock, storage: Storage
) -> AsyncIterator[Parts]:
    """The whole bot, ready for updates."""
    parts = build_parts(telegram, faq, clock, storage)
    async with parts.app:
        yield parts
        await parts.sender.finished()


@pytest.fixture
def app(parts: Parts) -> App:
    return parts.app


@pytest.fixture
def chat(app: App, telegram: FakeTelegram, anna: Person) -> Chat:
    """Anna's private chat with the bot."""
    return Chat(app, telegram, anna)


@pytest.fixture
def no_faults(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No handler fails in such a test, whatever people do."""
    yield
    assert [r for r in caplog.get_records("call") if r.levelno >= logging.ERROR] == []


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    """Logging belongs to the whole process: without handlers at first, and put back at the end.

    `logs.set_up` closes the handlers that it replaces, and must not reach those of pytest.
    """
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
