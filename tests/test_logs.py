"""Log lines as text and as JSON, and a token that never shows in them."""

import io
import json
import logging
from datetime import UTC, datetime

import pytest

from bot import logs

TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz_012345"
SECRET = TOKEN.partition(":")[2]
KINDS = ["text", "json"]

pytestmark = pytest.mark.usefixtures("logging_as_before")


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


def test_a_line_of_text_has_time_level_logger_and_message(stream: io.StringIO) -> None:
    logs.set_up(stream, "INFO", "text", None)
    logging.getLogger("bot.app").warning("no connection for %d s", 5)
    date, _, rest = stream.getvalue().partition(" ")
    assert datetime.fromisoformat(date)
    assert rest.partition(" ")[2] == "WARNING bot.app: no connection for 5 s\n"


def test_a_line_of_json_is_one_object(stream: io.StringIO) -> None:
    logs.set_up(stream, "INFO", "json", None)
    logging.getLogger("bot.app").warning("two\nlines, %s", "ünïcode \ud83d")
    line = json.loads(stream.getvalue())
    assert stream.getvalue().count("\n") == 1
    assert {**line, "time": ""} == {
        "time": "",
        "level": "WARNING",
        "logger": "bot.app",
        "message": "two\nlines, ünïcode \ud83d",
    }
    assert datetime.fromisoformat(line["time"]).tzinfo == UTC


def test_a_line_of_json_holds_the_traceback(stream: io.StringIO) -> None:
    logs.set_up(stream, "INFO", "json", None)
    try:
        int("broken")
    except ValueError:
        logging.getLogger("bot").exception("failed")
    traceback = json.loads(stream.getvalue())["traceback"]
    assert traceback.splitlines()[0] == "Traceback (most recent call last):"
    assert traceback.splitlines()[-1].startswith("ValueError: ")
    assert "broken" not in traceback.splitlines()[-1]


@pytest.mark.parametrize("kind", KINDS)
def test_less_than_the_level_is_not_written(kind: str, stream: io.StringIO) -> None:
    logs.set_up(stream, "WARNING", kind, None)
    logging.getLogger("bot").info("started")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("name", ["httpx2", "httpcore2.http11", "httpx", "httpcore", "hpack"])
def test_libraries_that_log_every_request_are_quiet(name: str, stream: io.StringIO) -> None:
    """Each of their lines would hold the URL, and with it the token."""
    logs.set_up(stream, "DEBUG", "text", TOKEN)
    logging.getLogger(name).info("POST %s", f"https://api.telegram.org/bot{TOKEN}/getMe")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("kind", KINDS)
def test_the_token_shows_in_no_part_of_a_line(kind: str, stream: io.StringIO) -> None:
    logs.set_up(stream, "DEBUG", kind, TOKEN)
    log = logging.getLogger(f"bot.{SECRET}")
    log.info("token %s", TOKEN)
    log.info("in a URL: /bot123456789%%3A%s/getMe", SECRET)
    try:
        int(f"https://api.telegram.org/bot{TOKEN}/getMe")
    except ValueError:
        log.exception("failed: %(url)s", {"url": TOKEN}, stack_info=True)
    assert SECRET not in stream.getvalue()
    assert stream.getvalue().count(logs.HIDDEN) >= 6


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_token_nothing_is_hidden(kind: str, stream: io.StringIO) -> None:
    logs.set_up(stream, "INFO", kind, None)
    logging.getLogger("bot").info("plain")
    assert "plain" in stream.getvalue()
    assert logs.HIDDEN not in stream.getvalue()


def test_a_second_set_up_replaces_the_first(stream: io.StringIO) -> None:
    first = io.StringIO()
    logs.set_up(first, "INFO", "text", None)
    logs.set_up(stream, "INFO", "json", None)
    logging.getLogger("bot").info("once")
    assert first.getvalue() == ""
    assert json.loads(stream.getvalue())["message"] == "once"
