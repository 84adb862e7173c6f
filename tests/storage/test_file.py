"""The file of the database is deleted, replaced, full or read by others while the bot runs."""

import asyncio
import datetime as dt
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import StorageError
from bot.storage.address import read
from bot.storage.storage import Storage
from bot.subscriptions.schedule import Schedule
from bot.subscriptions.subscriber import Subscriber
from tests.support.bots import ANNA, opened

BEN = 43
NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
FAR_AWAY = 2**46 + 0x123456789A
"""A chat whose number stands in six bytes of its own wherever SQLite writes it."""


async def stored(storage: Storage, chat: int) -> None:
    new = Subscriber.new(chat, Schedule(dt.time(9), "Europe/Berlin"), NOW)
    await storage.change(chat, lambda _: new)


async def people(folder: Path) -> list[int]:
    """Those of the two whom the next start finds."""
    async with opened(folder) as storage:
        return [chat for chat in (ANNA, BEN) if await storage.subscriber(chat)]


def delete(folder: Path) -> None:
    (folder / "test.db").unlink()


def delete_all(folder: Path) -> None:
    for file in folder.glob("test.db*"):
        file.unlink()


def move_away(folder: Path) -> None:
    (folder / "test.db").rename(folder / "elsewhere.db")


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


# Deleted or replaced


@pytest.mark.parametrize("accident", [delete, delete_all, move_away])
async def test_a_database_that_is_deleted_is_written_anew_with_all_it_held(
    accident: Callable[[Path], None], tmp_path: Path
) -> None:
    async with opened(tmp_path) as storage:
        await stored(storage, ANNA)
        accident(tmp_path)
        await stored(storage, BEN)
    assert await people(tmp_path) == [ANNA, BEN]


async def test_a_database_that_is_deleted_twice_is_written_anew_twice(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        for chat in (ANNA, BEN):
            await stored(storage, chat)
            delete_all(tmp_path)
        assert await storage.subscriber(ANNA)
        assert storage.database.news.qsize() == 2
        told = storage.database.news.get_nowait()
    assert told.endswith("was deleted while the program ran; it was written anew, with all it held")
    assert await people(tmp_path) == [ANNA, BEN]


async def test_nothing_seems_stored_when_the_folder_of_the_database_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    async with opened(folder) as storage:
        await stored(storage, ANNA)
        shutil.rmtree(folder)
        for _ in range(2):
            with pytest.raises(StorageError, match="was deleted while the program ran and cannot"):
                await stored(storage, BEN)
        assert storage.database.news.qsize() == 1, "operators are told once"


@pytest.mark.parametrize("content", [b"", b"a backup of an older version"])
async def test_a_file_that_takes_the_place_of_the_database_is_left_alone(
    content: bytes, tmp_path: Path
) -> None:
    async with opened(tmp_path) as storage:
        await stored(storage, ANNA)
        (tmp_path / "backup.db").write_bytes(content)
        (tmp_path / "backup.db").replace(tmp_path / "test.db")
        with pytest.raises(StorageError, match="replaced while the program ran; start"):
            await stored(storage, BEN)
    assert (tmp_path / "test.db").read_bytes() == content


async def test_a_database_that_is_deleted_before_it_was_read_is_not_called_saved(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as storage:
        delete_all(tmp_path)
        with pytest.raises(StorageError, match="nothing had been read from it"):
            await stored(storage, BEN)
        assert not names(tmp_path)


# A full disk


def _full() -> None:
    """Let no file grow past a few bytes, as on a disk without room."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))


@pytest.mark.parametrize("there", [False, True])
def test_a_new_database_on_a_full_disk_is_one_clear_sentence(there: bool, tmp_path: Path) -> None:
    file = tmp_path / "new.db"
    if there:
        file.touch()
    script = (
        "import sys; from bot.storage.storage import Storage; from bot.errors import StorageError\n"
        "try: Storage.open(sys.argv[1])\n"
        "except StorageError as error: print(error)"
    )
    command = (sys.executable, "-B", "-c", script, f"sqlite:///{file}")
    done = subprocess.run(  # noqa: S603 - the script above
        command, preexec_fn=_full, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout.startswith(f"the database {file} cannot be used: ")
    assert "rollback" not in done.stdout
    assert done.stdout.count("\n") == 1


# What others read


@pytest.mark.parametrize("tries", [1, 2, 4])
async def test_what_is_forgotten_while_others_read_goes_as_soon_as_they_are_done(
    tries: int, tmp_path: Path
) -> None:
    pauses: list[float] = []
    asleep, awake = asyncio.Semaphore(0), asyncio.Semaphore(0)

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        asleep.release()
        await awake.acquire()

    def traces() -> bool:
        found = b"".join(file.read_bytes() for file in tmp_path.glob("test.db*"))
        return FAR_AWAY.to_bytes(6, "big") in found

    async with opened(tmp_path) as first:
        storage = Storage(replace(first.database, sleep=sleep))
        await stored(storage, FAR_AWAY)
        with closing(sqlite3.connect(tmp_path / "test.db", isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM subscribers").fetchall()
            await storage.database.run(lambda db: db.exec_driver_sql("PRAGMA busy_timeout = 0"))
            assert await storage.forget(FAR_AWAY)
            assert traces()
            for _ in range(tries - 1):
                await asleep.acquire()
                awake.release()
            await asleep.acquire()
            assert traces()
        awake.release()
        await asyncio.wait_for(storage.database.was_wiped.wait(), 10)
        assert not traces()
        assert pauses == [5.0 * 2**number for number in range(tries)]
        await storage.close()


# Where it lies


@pytest.mark.parametrize(
    "name",
    [
        "what?.db",
        "what?now=1.db",
        "a#b.db",
        "100%.db",
        "50%25.db",
        "a b&c=d.db",
        "über.db",
        "a?timeout",
    ],
)
async def test_a_path_opens_that_very_file(name: str, tmp_path: Path) -> None:
    storage = Storage.open(f"sqlite:///{tmp_path}/{name}")
    await stored(storage, ANNA)
    assert names(tmp_path) == {name, f"{name}-wal", f"{name}-shm"}
    await storage.close()


@pytest.mark.parametrize("options", ["timeout=7", "timeout=7&cached_statements=9"])
def test_options_of_the_driver_are_no_part_of_the_path(options: str) -> None:
    address = read(f"sqlite:////srv/what?.db?{options}")
    assert address.database == "/srv/what?.db"
    assert address.query["timeout"] == "7"
