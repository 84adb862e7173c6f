"""The line by which operators know one fault from another."""

import errno
import sqlite3
from pathlib import Path

import pytest
from telegram.error import BadRequest

from bot.bot_api.buttons import Button
from bot.errors import StorageError
from bot.features.operators.faults import described
from bot.storage.storage import Storage
from tests.support.bots import sql

SECRET = "my very private question"


def caught(error: Exception, cause: Exception | None = None) -> Exception:
    """The error as it is after it was raised here, outside of the program."""
    try:
        raise error from cause
    except type(error) as raised:
        return raised


class ShowSaddle(Button, data="saddle"):
    pass


def test_the_place_is_the_innermost_line_of_this_program() -> None:
    with pytest.raises(ValueError, match=SECRET) as raised:
        ShowSaddle.unpack(SECRET)
    assert described(raised.value).startswith("ValueError in bot.bot_api.buttons, line ")


def test_a_fault_outside_of_the_program_has_a_place_too() -> None:
    assert described(caught(ValueError(SECRET))).startswith(f"ValueError in {__name__}, line ")
    assert described(ValueError(SECRET)) == "ValueError"


async def test_a_fault_of_the_database_names_who_asked_it(storage: Storage) -> None:
    await sql(storage, "DROP TABLE subscribers")
    with pytest.raises(Exception, match="no such table") as raised:
        await storage.subscriber(42)
    told = described(raised.value)
    assert told.startswith("OperationalError in bot.storage.")
    assert "bot.storage.database" not in told
    assert told.endswith(": a table of the database is missing")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (sqlite3.OperationalError("database or disk is full"), "the disk is full"),
        (
            sqlite3.OperationalError("database is locked"),
            "another process has locked the database",
        ),
        (
            sqlite3.OperationalError("database table is locked"),
            "another process has locked the database",
        ),
        (
            sqlite3.DatabaseError("database disk image is malformed"),
            "the file of the database is damaged",
        ),
        (
            sqlite3.OperationalError("attempt to write a readonly database"),
            "the disk or the file may only be read",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (OSError(errno.EMFILE, "Too many open files"), "too many files are open"),
        (
            PermissionError(errno.EACCES, "denied", "secret.yaml"),
            "this program may not open a file",
        ),
        (MemoryError(), "the memory is full"),
    ],
    ids=repr,
)
def test_the_reason_is_told_in_plain_words(error: Exception, reason: str) -> None:
    assert described(caught(error)).endswith(f": {reason}")
    assert described(caught(StorageError("it failed"), error)).endswith(f": {reason}")


def test_what_a_person_wrote_is_no_reason() -> None:
    assert SECRET not in described(caught(ValueError(f"disk is full: {SECRET}")))
    assert described(caught(OSError(SECRET))).endswith(tuple("0123456789"))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Message is too long", "Message is too long"),
        (f'Can\'t parse entities: unsupported start tag "{SECRET}"', "Can't parse entities"),
        (f"Inline keyboard button URL '{SECRET}' is invalid", "Inline keyboard button URL"),
    ],
)
def test_telegrams_own_words_are_a_reason_up_to_those_of_people(said: str, told: str) -> None:
    assert described(caught(BadRequest(said))).endswith(f": refused as “{told}”")


def test_a_fault_names_no_file_of_the_machine(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as raised:
        (tmp_path / "gone").read_text("utf-8")
    told = described(raised.value)
    assert told.endswith(": a file or folder is missing")
    assert str(tmp_path) not in told
