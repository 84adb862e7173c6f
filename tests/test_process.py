"""`skinbot run` as a real process: its start, its answers and its end."""

import asyncio
import logging
import signal
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import app as composition
from bot.bot_api.polling import REFUSED
from bot.features import texts
from bot.settings import Settings
from tests.fake_bot_api import faults
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.server import FakeServer
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import ANNA
from tests.support.log_lines import logged
from tests.support.processes import BICYCLES, TOKEN, bot_process

CONFLICT = "another copy of this bot is polling with the same token; stop one of them"


@pytest.fixture
async def server(telegram: FakeTelegram) -> AsyncIterator[FakeServer]:
    async with FakeServer(telegram) as server:
        yield server


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Life:
    """One process from its start to its end."""

    telegram: FakeTelegram
    written: str
    code: int


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    """The process introduces itself, answers a question, meets a second copy and is stopped."""

    async def live() -> Life:
        telegram, folder = FakeTelegram(), tmp_path_factory.mktemp("life")
        telegram.push(telegram.person(ANNA).writes("why does my chain squeak"))
        async with (
            FakeServer(telegram) as server,
            bot_process(folder, BOT_TOKEN=TOKEN, TELEGRAM_API_URL=server.url) as bot,
        ):
            await telegram.until("setMyShortDescription")
            await telegram.until("sendMessage")
            telegram.fail_next("getUpdates", faults.Conflict())
            await bot.says("another copy")
            return Life(telegram, code=await bot.stops(), written=bot.everything)

    return asyncio.run(live())


def test_it_answers(life: Life) -> None:
    assert life.telegram.messages(ANNA)[-1]["text"].startswith("It is dry.")


def test_it_introduces_itself(life: Life) -> None:
    everywhere, groups = life.telegram.sent("setMyCommands")
    assert [c["command"] for c in everywhere["commands"]] == list(texts.COMMANDS)
    assert [c["command"] for c in groups["commands"]] == list(texts.GROUP_COMMANDS)
    assert groups["scope"] == {"type": "all_group_chats"}
    assert life.telegram.sent("setMyDescription")[0]["description"] == "Ask about bicycles."


def test_a_second_copy_is_said_in_one_clear_line(life: Life) -> None:
    [line] = [each for each in life.written.splitlines() if "another copy" in each]
    assert line.endswith(CONFLICT)
    assert life.written.count("ERROR") == 1


def test_it_ends_quietly(life: Life) -> None:
    assert life.code == 0
    others = [each for each in life.written.splitlines() if "another copy" not in each]
    assert others
    assert all(" INFO " in line for line in others)


SLOW_LOOKUP = """
import socket, sys, time

def getaddrinfo(*_, **__):
    print("looking it up", file=sys.stderr, flush=True)
    time.sleep(60)

socket.getaddrinfo = getaddrinfo
"""


async def test_a_stop_does_not_wait_for_an_address_to_be_looked_up(tmp_path: Path) -> None:
    """The system takes its time over that without a network, in a thread that cannot be ended."""
    (tmp_path / "sitecustomize.py").write_text(SLOW_LOOKUP, "utf-8")
    settings = {"TELEGRAM_API_URL": "http://telegram.test", "PYTHONPATH": str(tmp_path)}
    async with bot_process(tmp_path, BOT_TOKEN=TOKEN, **settings) as bot:
        await bot.says("looking it up")
        assert await bot.stops() == 0


@pytest.fixture(scope="module")
def late_life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    """It starts without a network, gets more than it can answer at once, and is stopped."""

    async def live() -> Life:
        telegram, folder, port = FakeTelegram(), tmp_path_factory.mktemp("late"), free_port()
        telegram.push(*(telegram.person(number).writes("hello") for number in range(1, 61)))
        url = f"http://127.0.0.1:{port}"
        async with bot_process(folder, BOT_TOKEN=TOKEN, TELEGRAM_API_URL=url) as bot:
            await bot.says("no connection to Telegram")
            async with FakeServer(telegram, delays={"sendMessage": 0.2}, port=port):
                await telegram.until("sendMessage")
                return Life(telegram, code=await bot.stops(), written=bot.everything)

    return asyncio.run(live())


def test_it_starts_when_the_network_is_back(late_life: Life) -> None:
    assert late_life.code == 0
    assert late_life.telegram.messages(1)


def test_a_stop_drains_what_was_fetched(late_life: Life) -> None:
    assert len(late_life.telegram.sent("sendMessage")) == 60
    assert len(late_life.telegram.updates) == 0
    assert "Traceback" not in late_life.written


async def test_a_wrong_token_ends_in_one_clear_line(
    server: FakeServer, telegram: FakeTelegram, tmp_path: Path
) -> None:
    telegram.fail_next("getMe", faults.Unauthorized())
    async with bot_process(tmp_path, BOT_TOKEN=TOKEN, TELEGRAM_API_URL=server.url) as bot:
        assert await bot.ends() == 1
    assert bot.everything == f"skinbot: {REFUSED}\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_both_signals_end_it(
    number: signal.Signals, server: FakeServer, telegram: FakeTelegram, anna: Person, tmp_path: Path
) -> None:
    """The bot runs in this very process here, and handles the signals once it polls."""
    settings = here(server.url, tmp_path)
    telegram.push(anna.writes("hello"))
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(composition.run(settings, TOKEN))
        await telegram.until("sendMessage")
        signal.raise_signal(number)
    assert running.done()
    assert len(telegram.updates) == 0


async def test_a_stop_while_the_network_is_down_at_the_start_is_no_failure(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = here(f"http://127.0.0.1:{free_port()}", tmp_path)
    said = asyncio.Event()

    def hear(record: logging.LogRecord) -> bool:
        if record.name.startswith("bot."):
            said.set()
        return True

    caplog.handler.addFilter(hear)
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(composition.run(settings, TOKEN))
        await said.wait()
        signal.raise_signal(signal.SIGTERM)
    assert running.done()
    first, *others = logged(caplog)  # More than one where the machine is busy.
    assert [line for line in others if not line.startswith("no connection to Telegram")] == []
    assert first.startswith("no connection to Telegram")
    assert first.endswith("next try in 1 s")


def here(api: str, folder: Path) -> Settings:
    return Settings(api=api, knowledge=BICYCLES, database=f"sqlite:///{folder}/skinbot.db")


@pytest.mark.parametrize("pause", [0.3, 0.6, 1.0])
async def test_a_sighup_during_the_start_does_not_end_it(tmp_path: Path, pause: float) -> None:
    telegram = FakeTelegram()
    async with (
        FakeServer(telegram) as server,
        bot_process(tmp_path, BOT_TOKEN=TOKEN, TELEGRAM_API_URL=server.url) as bot,
    ):
        await asyncio.sleep(pause)
        bot.process.send_signal(signal.SIGHUP)
        await bot.says("is answering")
        assert await bot.stops() == 0
