"""The knowledge base of a bot that runs as a process: changed on the disk, broken, and kept."""

import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from bot import operator_texts
from tests.fake_server import FakeServer
from tests.fake_telegram import FakeTelegram
from tests.fake_updates import Person
from tests.processes import BICYCLES, TOKEN, BotProcess, bot_process

OPERATOR = 1_000_001
OLD_ANSWER, NEW_ANSWER = "It is dry.", "It wants oil."


@pytest.fixture
async def server(telegram: FakeTelegram) -> AsyncIterator[FakeServer]:
    telegram.person(OPERATOR, "Olga")
    async with FakeServer(telegram) as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What the bot reads: a copy that a test may change."""
    return Path(shutil.copytree(BICYCLES, tmp_path / "knowledge"))


def started(server: FakeServer, folder: Path) -> AbstractAsyncContextManager[BotProcess]:
    settings = {"TELEGRAM_API_URL": server.url, "OPERATOR_IDS": str(OPERATOR)}
    return bot_process(folder.parent, BOT_TOKEN=TOKEN, KNOWLEDGE_DIR=str(folder), **settings)


def told(telegram: FakeTelegram) -> list[str]:
    """What the operator has read."""
    return [message["text"] for message in telegram.messages(OPERATOR)]


async def test_what_is_changed_on_the_disk_is_taken_and_told(
    server: FakeServer, telegram: FakeTelegram, folder: Path
) -> None:
    topic = folder / "topics/chain.yaml"
    async with started(server, folder) as bot:
        await telegram.until("sendMessage")
        topic.write_text(topic.read_text("utf-8").replace(OLD_ANSWER, NEW_ANSWER), "utf-8")
        await telegram.until("sendMessage", 2)
        assert await bot.stops() == 0
    begun, reloaded, ended = told(telegram)
    assert begun == "Started, with 4 entries, 2 limits, 4 tips."
    assert reloaded.startswith("Reloaded.\n• Entries: 1 changed (chain.squeak)")
    assert ended == operator_texts.STOPPING


async def test_a_hangup_asks_for_a_reload(
    server: FakeServer, telegram: FakeTelegram, folder: Path
) -> None:
    async with started(server, folder) as bot:
        await telegram.until("sendMessage")
        bot.process.send_signal(signal.SIGHUP)
        assert "the knowledge base was reloaded" in await bot.says("reloaded")
        assert await bot.stops() == 0


async def test_a_restart_with_a_broken_folder_answers_from_the_kept_copy(
    server: FakeServer, telegram: FakeTelegram, anna: Person, folder: Path
) -> None:
    async with started(server, folder) as bot:
        await telegram.until("sendMessage")
        assert await bot.stops() == 0
    (folder / "topics/chain.yaml").write_text("id: chain\ntitle: [\n", "utf-8")
    async with started(server, folder) as bot:
        telegram.push(anna.writes("why does my chain squeak"))
        await telegram.until("sendMessage", 4)
        assert await bot.stops() == 0
    assert telegram.messages(anna.id)[-1]["text"].startswith(OLD_ANSWER)
    assert told(telegram)[2].startswith("Started from the kept knowledge base of ")
    assert "topics/chain.yaml:3:1" in told(telegram)[2]


async def test_a_first_start_with_a_broken_folder_says_every_problem(
    server: FakeServer, folder: Path
) -> None:
    (folder / "topics/chain.yaml").write_text("id: chain\n", "utf-8")
    (folder / "limits.yaml").unlink()
    async with started(server, folder) as bot:
        assert await bot.ends() == 1
    assert "limits.yaml:1:1: there is no such file; add it" in bot.everything
    assert "topics/chain.yaml:1:1: " in bot.everything
    assert "Traceback" not in bot.everything
