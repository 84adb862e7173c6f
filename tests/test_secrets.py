"""Whatever goes wrong, the token is in nothing that is written or sent."""

import asyncio
import io
import json
import logging
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from telegram.error import InvalidToken

from bot import cli, lifecycle, logs
from bot.answering.faq import Faq
from bot.answering.replies import Reply
from bot.bot_api.transport import Transport
from bot.errors import SettingsError, StartError
from bot.lifecycle import Parts
from bot.settings import Settings
from bot.storage.storage import Storage
from tests.fake_bot_api import faults
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.server import FakeServer
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import OPERATOR, build_parts
from tests.support.fake_time import Clock
from tests.support.processes import SECRET, TOKEN, bot_process

WITH_OPERATOR = Settings(operators=frozenset({OPERATOR}))
FORMATS = ("text", "json")
GONE: list[faults.Fault] = [faults.Blocked(), faults.Deactivated()]
FAULTS: list[faults.Fault] = [
    faults.ServerError(),
    faults.Timeout(),
    faults.Timeout(accepted=True),
    faults.ConnectionCut(),
    faults.NoConnection(),
    faults.FloodWait(1),
    faults.Conflict(),
    *GONE,
    faults.Migrated(-1009),
    faults.Refusal(400, "Bad Request: no"),
    faults.Refusal(400, f"Telegram knows {TOKEN}"),
]
FATAL: list[faults.Fault] = [
    faults.Unauthorized(),
    faults.Refusal(404, "Not Found"),
]
OVER_SOCKETS = [f for f in FAULTS if not isinstance(f, faults.Timeout | faults.NoConnection)]
"""Faults that a real server can show at once, without a wait for a time-out."""
METHODS = ["getMe", "deleteWebhook", "getUpdates", "setMyCommands", "setMyDescription"]
ANSWERS = ["sendMessage", "editMessageText", "answerCallbackQuery"]

pytestmark = pytest.mark.usefixtures("logging_as_before")


class Failing(Faq):
    """Fails, and says what it was asked."""

    def ask(self, question: str) -> Reply:
        raise ValueError(question)


@pytest.fixture(params=FORMATS)
def written(request: pytest.FixtureRequest) -> io.StringIO:
    """All that is logged, down to DEBUG, as `skinbot run` would write it."""
    stream = io.StringIO()
    logs.set_up(stream, "DEBUG", request.param, TOKEN)
    return stream


@pytest.fixture
def parts(telegram: FakeTelegram, faq: Faq, clock: Clock, storage: Storage) -> Parts:
    """The parts of a bot that has an operator and is not connected yet."""
    telegram.person(OPERATOR, "Operator")
    return build_parts(telegram, faq, clock, storage, WITH_OPERATOR, token=TOKEN)


async def everyday(parts: Parts, telegram: FakeTelegram, anna: Person) -> None:
    """A bot from the start to the end, with a question, an edit and a button on the way."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(lifecycle.serve(parts, stop))
        # A person may know the token, too: an operator who pastes it into the wrong window.
        question = anna.writes(f"hello {TOKEN}")
        telegram.push(question, anna.edits(question["message"], f"{TOKEN} how much is a bicycle"))
        telegram.push(anna.presses_old("topic:chain"), anna.presses_old(f"topic:{SECRET}"))
        await asyncio.sleep(300)
        stop.set()
    assert running.done()


def assert_hidden(written: io.StringIO, telegram: FakeTelegram) -> None:
    assert "is answering" in written.getvalue()
    assert SECRET not in written.getvalue()
    assert SECRET not in str(telegram.calls)


# Logs and messages


@pytest.mark.parametrize("fault", FAULTS, ids=str)
async def test_no_fault_of_the_network_shows_it(
    written: io.StringIO,
    parts: Parts,
    telegram: FakeTelegram,
    anna: Person,
    fault: faults.Fault,
) -> None:
    for method in ANSWERS if fault in GONE else METHODS + ANSWERS:
        telegram.fail_next(method, fault, times=2)
    await everyday(parts, telegram, anna)
    assert_hidden(written, telegram)


@pytest.mark.parametrize("method", METHODS[:3])
@pytest.mark.parametrize("fault", FATAL, ids=str)
async def test_no_refusal_shows_it(
    written: io.StringIO,
    parts: Parts,
    telegram: FakeTelegram,
    method: str,
    fault: faults.Fault,
) -> None:
    telegram.fail_next(method, fault)
    with pytest.raises(StartError) as raised:
        await lifecycle.serve(parts, asyncio.Event())
    logging.getLogger("test").error("it ended", exc_info=raised.value)
    assert SECRET not in str(raised.value)
    assert "Telegram refuses the token" in written.getvalue()
    assert SECRET not in written.getvalue()


async def test_no_failing_handler_shows_it(
    written: io.StringIO,
    telegram: FakeTelegram,
    faq: Faq,
    clock: Clock,
    storage: Storage,
    anna: Person,
) -> None:
    telegram.person(OPERATOR, "Operator")
    failing = Failing.of(faq.knowledge)
    parts = build_parts(telegram, failing, clock, storage, WITH_OPERATOR, token=TOKEN)
    await everyday(parts, telegram, anna)
    assert_hidden(written, telegram)
    assert "ValueError: (its text" in written.getvalue()
    assert telegram.messages(OPERATOR)


async def test_no_error_of_ptbs_own_shows_it_in_the_log(written: io.StringIO) -> None:
    """PTB puts the token into the text of this error."""
    error = InvalidToken(f"The token `{TOKEN}` was rejected by the server.")
    logging.getLogger("telegram").error("failed: %s", error, exc_info=error)
    assert "rejected by the server" in written.getvalue()
    assert SECRET not in written.getvalue()


@pytest.mark.parametrize("written", ["json"], indirect=True)
async def test_redacted_json_is_still_json(
    written: io.StringIO, parts: Parts, telegram: FakeTelegram, anna: Person
) -> None:
    telegram.fail_next("sendMessage", faults.Refusal(400, f"Telegram knows {TOKEN}"), times=3)
    await everyday(parts, telegram, anna)
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert any("Traceback" in line.get("traceback", "") for line in lines)
    assert any(logs.HIDDEN in line["message"] for line in lines)


# Settings and what is shown of the program itself


@pytest.mark.parametrize(
    "wrong",
    [
        {"BOT_TOKEN": f"{TOKEN} "[1:] + "!"},
        {"BOT_TOKEN": SECRET},
        {"BOT_TOKEN": f"bot{TOKEN}"},
        {"BOT_TOKEN": TOKEN, "OPERATOR_IDS": "nobody"},
        {"BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": "nowhere"},
        {"BOT_TOKEN": TOKEN, "LOG_LEVEL": "loud"},
        {"BOT_TOKEN": TOKEN, "LOG_FORMAT": "verse"},
        {"BOT_TOKEN": TOKEN, "KNOWLEDGE_DIR": "nowhere"},
        {"BOT_TOKEN_FILE": "nowhere"},
    ],
    ids=lambda wrong: " ".join(wrong),
)
def test_no_wrong_setting_shows_it(
    wrong: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in ({"LOG_LEVEL": "DEBUG", "KNOWLEDGE_DIR": str(tmp_path)} | wrong).items():
        monkeypatch.setenv(name, value)
    assert cli.main(["run"]) == 1
    said = capsys.readouterr()
    assert said.err
    assert SECRET not in said.err + said.out


def test_no_wrong_token_in_a_file_shows(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"<{TOKEN}>", "utf-8")
    with pytest.raises(SettingsError, match="BOT_TOKEN_FILE is not a bot token") as raised:
        Settings.read({"BOT_TOKEN_FILE": str(file)})
    assert SECRET not in str(raised.value)


def test_settings_do_not_show_it() -> None:
    assert SECRET not in repr(replace(Settings.read({"BOT_TOKEN": TOKEN}), level="DEBUG"))


# The whole process


@pytest.fixture
async def server(telegram: FakeTelegram) -> AsyncIterator[FakeServer]:
    async with FakeServer(telegram) as server:
        yield server


async def test_a_process_in_every_kind_of_trouble_does_not_write_it(tmp_path: Path) -> None:
    """Errors over real sockets know the address, and the address holds the token."""
    async with asyncio.TaskGroup() as both:
        troubles = [both.create_task(_in_trouble(kind, tmp_path)) for kind in FORMATS]
    for trouble in troubles:
        assert "Traceback" in trouble.result()
        assert SECRET not in trouble.result()


async def _in_trouble(kind: str, place: Path) -> str:
    """Everything that the process has written and sent."""
    telegram, folder = FakeTelegram(), place / kind
    folder.mkdir()
    telegram.person(OPERATOR, "Operator")
    telegram.fail_next("setMyCommands", faults.ConnectionCut())
    telegram.fail_next("getUpdates", faults.ConnectionCut())
    people = [telegram.person(number) for number, _ in enumerate(OVER_SOCKETS, 1)]
    for person, fault in zip(people, OVER_SOCKETS, strict=True):
        telegram.fail_next("sendMessage", fault, chat_id=person.id)
        telegram.push(person.writes(f"hello {TOKEN}"))
    settings = {"OPERATOR_IDS": str(OPERATOR), "LOG_FORMAT": kind, "LOG_LEVEL": "DEBUG"}
    async with (
        FakeServer(telegram) as server,
        bot_process(folder, BOT_TOKEN=TOKEN, TELEGRAM_API_URL=server.url, **settings) as bot,
    ):
        await telegram.until("sendMessage", 2)
        assert await bot.stops() == 0
    called = {c.params["chat_id"] for c in telegram.calls if c.method == "sendMessage"}
    assert called == {OPERATOR, -1009, *(person.id for person in people)}
    return bot.everything + str(telegram.calls)


async def test_a_process_that_crashes_does_not_write_it(
    server: FakeServer, telegram: FakeTelegram, tmp_path: Path
) -> None:
    settings = {"BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": server.url, "PYTHONFAULTHANDLER": "1"}
    async with bot_process(tmp_path, **settings, LOG_LEVEL="DEBUG") as bot:
        await telegram.until("getMe")
        bot.process.send_signal(signal.SIGABRT)
        assert await bot.ends() == -signal.SIGABRT
    assert "Fatal Python error: Aborted" in bot.everything
    assert SECRET not in bot.everything


async def test_the_lines_of_the_transport_that_hold_it_are_not_written(
    written: io.StringIO, server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger().addHandler(caplog.handler)
    async with Transport() as request:
        await request.post(f"{server.url}/bot{TOKEN}/getMe")
    assert {"httpx2", "httpcore2.http11"} <= {record.name for record in caplog.records}
    assert SECRET in caplog.text
    assert SECRET not in written.getvalue()


async def test_an_error_of_the_transport_does_not_hold_it(server: FakeServer) -> None:
    server.telegram.fail_next("getMe", faults.ConnectionCut())
    request = Transport()
    async with request:
        with pytest.raises(Exception, match="RemoteProtocolError") as raised:
            await request.post(f"{server.url}/bot{TOKEN}/getMe")
    assert SECRET not in f"{raised.value!r} {raised.value}"
