"""The connection to the database, with the right driver, pragmas and tables."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial, wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, NoSuchModuleError

from bot.errors import StorageError
from bot.storage.address import read
from bot.storage.file import ANEW, DatabaseFile, empty_the_log, wipe
from bot.storage.migrate import BUSY_MILLISECONDS, begin, bring_up_to_date

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

log = logging.getLogger(__name__)

AGAIN, LATEST = 5.0, 300.0
"""Seconds until traces that stayed are removed once more; twice as long each time, at most."""
THREADS = {"sqlite": 1, "postgresql": 5}
"""SQLite has one writer: waiting for it is cheaper than being refused."""

Given = ParamSpec("Given")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Database:
    """An open database. It works in threads of its own, never on the event loop."""

    engine: Engine
    threads: ThreadPoolExecutor
    was_wiped: asyncio.Event = field(default_factory=asyncio.Event)
    """Set if the last `wipe` left no traces."""
    _wiping: asyncio.Lock = field(default_factory=asyncio.Lock)
    _wipes: list[asyncio.Task[None]] = field(default_factory=list)
    """The next wipe, if somebody waits for it."""
    _later: list[asyncio.Task[None]] = field(default_factory=list)
    """The task that tries again to remove traces that stayed."""
    _files: list[DatabaseFile] = field(default_factory=list)
    """The file of an SQLite database."""
    _told: list[str] = field(default_factory=list)
    """Troubles with it that are among the news already."""
    news: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    """Sentences for the operators about what happened to the file."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    @classmethod
    def open(cls, url: str) -> "Database":
        """Open a database, and bring its tables up to date.

        Raises:
            StorageError: it cannot be opened or written, is no database, or comes from a newer
                version of this program. It stays as it was.
        """
        engine = _opened(url)
        threads = ThreadPoolExecutor(THREADS[engine.dialect.name], thread_name_prefix="database")
        database = cls(engine, threads)
        if engine.dialect.name == "sqlite" and "uri" not in engine.url.query:
            database._files.append(DatabaseFile.of(Path(engine.url.database or "")))
        return database

    async def run(self, work: Callable[[Connection], Result]) -> Result:
        """Run one transaction: all of it is done, or nothing.

        A caller that is cancelled meanwhile does not learn how it ended.

        Raises:
            StorageError: the file was deleted or replaced, so that nothing would stay.
        """

        def transact() -> Result:
            self._look_after_the_file(loop)
            with begin(self.engine) as connection:
                return work(connection)

        loop = asyncio.get_running_loop()
        return await self._elsewhere(transact)

    def _look_after_the_file(self, loop: asyncio.AbstractEventLoop) -> None:
        for at, file in enumerate(self._files):
            try:
                if file.is_there():
                    self._told.clear()
                    continue
                self._files[at] = file.write_anew(self.engine)
            except StorageError as error:
                if str(error) not in self._told:
                    self._told.append(str(error))
                    loop.call_soon_threadsafe(self.news.put_nowait, str(error))
                raise
            loop.call_soon_threadsafe(self.news.put_nowait, ANEW.format(file.path))

    async def wipe(self) -> None:
        """Remove traces of deleted rows from SQLite's files: from gaps in pages, and from the log.

        A failure is logged. A wipe that has begun may miss rows that are deleted later, so all
        who ask during it share the next one.
        """
        if self.engine.dialect.name == "sqlite":
            if not self._wipes:
                self._wipes.append(asyncio.create_task(self._wiped()))
            await asyncio.shield(self._wipes[0])

    async def _wiped(self) -> None:
        async with self._wiping:
            self._wipes.clear()
            why = await self._elsewhere(partial(wipe, self.engine))
        self._note(why)
        if why:
            # The rows are gone, only traces of them are left.
            log.warning("traces of what was deleted stay in the database for a while: %s", why)
            if not self._later:
                self._later.append(asyncio.create_task(self._wipe_later()))

    async def _wipe_later(self) -> None:
        pause = AGAIN
        while not self.was_wiped.is_set():
            await self.sleep(pause)
            pause = min(LATEST, 2 * pause)
            self._note(await self._elsewhere(partial(empty_the_log, self.engine)))
        self._later.clear()
        log.info("the traces of what was deleted are gone from the database")

    def _note(self, why: str | None) -> None:
        if why:
            self.was_wiped.clear()
        else:
            self.was_wiped.set()

    async def close(self) -> None:
        """Close the database when all work is done."""
        for task in self._later:
            task.cancel()
        await asyncio.gather(*self._later, return_exceptions=True)
        await asyncio.to_thread(self.threads.shutdown)
        self.engine.dispose()

    async def _elsewhere(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self.threads, work)


@dataclass(frozen=True, slots=True)
class Repository:
    """A class whose methods are transactions."""

    database: Database


Owner = TypeVar("Owner", bound=Repository)


def transaction(
    work: Callable[Concatenate[Owner, Connection, Given], Result],
) -> Callable[Concatenate[Owner, Given], Coroutine[Any, Any, Result]]:
    """Make a method a transaction. It gets the connection, and its callers await it."""

    @wraps(work)
    async def run(self: Owner, /, *args: Given.args, **kwargs: Given.kwargs) -> Result:
        return await self.database.run(lambda db: work(self, db, *args, **kwargs))

    return run


def insert(db: Connection, table: sa.Table) -> "Insert":
    """An INSERT that can say what happens if the row exists. Each database has its own kind."""
    # Imported here, because nobody needs both.
    new: Insert = import_module(f"sqlalchemy.dialects.{db.dialect.name}").insert(table)
    return new


def put(db: Connection, table: sa.Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Change the row with this key, or insert it."""
    its_own = [table.c[name] == value for name, value in key.items()]
    if not db.execute(sa.update(table).where(*its_own), values).rowcount:
        db.execute(sa.insert(table), {**key, **values})


def _opened(url: str) -> Engine:
    address = read(url)
    with _explained(address):
        engine = create_engine(address, hide_parameters=True)
        is_sqlite = engine.dialect.name == "sqlite"
        if is_sqlite:
            # The driver by itself begins no transaction before it changes tables.
            event.listen(engine, "connect", _leave_transactions_alone)
        try:
            bring_up_to_date(engine)
        finally:
            engine.dispose()
        if is_sqlite:
            # Only now, because a migration may copy and drop a table that others refer to.
            event.listen(engine, "connect", _set_pragmas)
        return engine


@contextmanager
def _explained(address: URL) -> Iterator[None]:
    """Turn a driver's error into one line for the operator."""
    where = address.database if address.get_backend_name() == "sqlite" else address.host
    try:
        yield
    except ModuleNotFoundError as error:
        raise StorageError(f"DATABASE_URL needs {error.name}; install it with pip") from error
    except (NoSuchModuleError, ValueError) as error:
        raise StorageError(f"DATABASE_URL: {error}") from error
    except DBAPIError as error:
        folder = Path(where or "").absolute().parent
        by_path = address.get_backend_name() == "sqlite" and "uri" not in address.query
        if by_path and not folder.is_dir():
            what = f"there is no folder {folder} for the database {where}"
            raise StorageError(f"{what}; make it, or name another in DATABASE_URL") from error
        why = " ".join(str(error.orig).split())
        raise StorageError(f"the database {where} cannot be used: {why}") from error


def _leave_transactions_alone(connection: "DBAPIConnection", _: "ConnectionPoolEntry") -> None:
    # `migrate.begin` begins transactions, so the driver must not.
    connection.isolation_level = None


def _set_pragmas(connection: "DBAPIConnection", _: "ConnectionPoolEntry") -> None:
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_MILLISECONDS}",
        "foreign_keys = ON",
        # That is enough for WAL: a power cut may cost the last transactions, never the file.
        "synchronous = NORMAL",
        # Deleted data must not stay in the free pages of the file.
        "secure_delete = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
