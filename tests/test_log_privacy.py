"""Whatever happens, and however much is logged, nothing in the log is a person's."""

import asyncio
import io
import logging
from dataclasses import replace

import pytest

from bot import lifecycle, logs
from bot.answering.faq import Faq
from bot.answering.replies import Reply
from bot.lifecycle import Parts
from bot.settings import Settings
from bot.storage.storage import Storage
from tests.fake_bot_api import faults
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import OPERATOR, build_parts, sql
from tests.support.fake_time import Clock

NAME, USERNAME, TEXT = "Wilhelmina", "minna_the_cyclist", "zebra crossing"
PRIVATE = (NAME, USERNAME, "zebra")

pytestmark = pytest.mark.usefixtures("logging_as_before")


class Quoting(Faq):
    """Fails, and says what it was asked."""

    def ask(self, question: str) -> Reply:
        if "fail" in question:
            raise KeyError(question)
        return super().ask(question)


@pytest.fixture(params=["text", "json"])
def written(request: pytest.FixtureRequest) -> io.StringIO:
    stream = io.StringIO()
    logs.set_up(stream, "DEBUG", request.param, None)
    return stream


@pytest.fixture
def parts(telegram: FakeTelegram, faq: Faq, clock: Clock, storage: Storage) -> Parts:
    telegram.person(OPERATOR, "Olga")
    settings = Settings(operators=frozenset({OPERATOR}))
    return build_parts(telegram, Quoting.of(faq.knowledge), clock, storage, settings)


@pytest.fixture
def minna(telegram: FakeTelegram) -> Person:
    return telegram.person(42, NAME, username=USERNAME)


async def day(parts: Parts, telegram: FakeTelegram, minna: Person) -> None:
    """Questions, commands, edits and presses, good and bad, from the start to the end of a bot."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(lifecycle.serve(parts, stop))
        asked = minna.writes(f"why does my chain squeak, {TEXT}")
        telegram.push(asked, minna.edits(asked["message"], f"how much is a {TEXT}"))
        telegram.push(minna.writes(f"fail, {TEXT}"), minna.writes(f"/ask {TEXT}"))
        telegram.push(minna.writes(f"/subscribe 9:00 {TEXT}"), minna.writes("/subscribe 9 UTC"))
        telegram.push(minna.writes(f"/{'_'.join(TEXT.split())}"))
        telegram.push(minna.presses_old(f"entry:{TEXT}"), minna.presses_old(TEXT))
        broken = minna.writes(TEXT)
        del broken["message"]["date"]
        telegram.push(broken, minna.blocks_bot(), minna.unblocks_bot(), minna.writes("hello"))
        await asyncio.sleep(120)
        stop.set()


def assert_private(written: io.StringIO) -> None:
    assert "is answering" in written.getvalue()
    assert [each for each in PRIVATE if each in written.getvalue()] == []


FAULTS: list[faults.Fault] = [
    faults.ServerError(),
    faults.Timeout(accepted=True),
    faults.ConnectionCut(),
    faults.FloodWait(1),
    faults.Page(200, f'{{"ok": true, "result": {{"text": "{TEXT}", "chat": '),
    faults.Page(200, f'{{"ok": true, "result": {{"text": "{TEXT}"}}}}'),
    faults.Page(502, f"<html>{TEXT}"),
    faults.Page(403, f'{{"text": "{TEXT}"}}'),
    faults.Refusal(400, f'Bad Request: can\'t parse entities: Unsupported start tag "{TEXT}"'),
]


async def test_an_everyday_log_holds_nothing_of_anybody(
    written: io.StringIO, parts: Parts, telegram: FakeTelegram, minna: Person
) -> None:
    await day(parts, telegram, minna)
    assert "update 5" in written.getvalue()
    assert_private(written)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
async def test_no_fault_of_the_network_writes_it_down(
    written: io.StringIO, parts: Parts, telegram: FakeTelegram, minna: Person, fault: faults.Fault
) -> None:
    for method in ("getUpdates", "sendMessage", "editMessageText", "answerCallbackQuery"):
        telegram.fail_next(method, fault, times=3)
    await day(parts, telegram, minna)
    assert_private(written)


async def test_no_fault_of_the_database_writes_it_down(
    written: io.StringIO, parts: Parts, telegram: FakeTelegram, minna: Person, storage: Storage
) -> None:
    await sql(storage, "DROP TABLE subscribers", "DROP TABLE updates", "DROP TABLE questions")
    await day(parts, telegram, minna)
    assert "no such table" in written.getvalue()
    assert_private(written)


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO])
def test_what_libraries_tell_of_their_work_is_not_written(written: io.StringIO, level: int) -> None:
    for library in ("telegram.ext.ExtBot", "sqlalchemy.engine.Engine", "apscheduler", "asyncio"):
        logging.getLogger(library).log(level, "it got %s", TEXT)
    assert written.getvalue() == ""


def test_of_what_libraries_complain_about_only_the_fixed_part_is_written(
    written: io.StringIO,
) -> None:
    try:
        int(TEXT)
    except ValueError:
        logging.getLogger("telegram.Bot").exception("Can not load %s", TEXT)
        logging.getLogger("asyncio").exception(f"Task failed\nfuture: <Task {TEXT}>")  # noqa: G004 - as asyncio does
    assert "Can not load %s" in written.getvalue()
    assert "Task failed" in written.getvalue()
    assert "ValueError" in written.getvalue()
    assert "zebra" not in written.getvalue()


def test_what_led_to_an_error_is_told_without_its_text(written: io.StringIO) -> None:
    try:
        try:
            int(TEXT)
        except ValueError as error:
            raise ExceptionGroup("two", [KeyError(TEXT), OSError(28, "disk full")]) from error
    except ExceptionGroup:
        logging.getLogger("bot").exception("it failed")
    told = written.getvalue()
    assert all(part in told for part in ("ValueError", "KeyError", "[Errno 28] disk full"))
    assert "zebra" not in told


async def test_an_answer_that_telegram_cuts_off_is_not_written(
    written: io.StringIO, parts: Parts, telegram: FakeTelegram, minna: Person
) -> None:
    telegram.fail_next("sendMessage", faults.Page(200, f'{{"ok": true, "result": "{TEXT}'))
    await day(parts, telegram, minna)
    assert "an answer that nobody can read" in written.getvalue()
    assert_private(written)


def test_replacing_values_is_what_the_fixtures_promise(faq: Faq) -> None:
    """`Quoting` fails with the question in its text, or the tests above would show nothing."""
    quoting = replace(Quoting.of(faq.knowledge))
    with pytest.raises(KeyError, match="zebra"):
        quoting.ask(f"fail {TEXT}")
