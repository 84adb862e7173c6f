"""The connection to the database, with the right driver, pragmas and tables."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial, wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from bot.errors import StorageError
from bot.storage.migrate import BUSY_MILLISECONDS, begin, bring_up_to_date

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

log = logging.getLogger(__name__)

VACUUMED_PAGES = 16_384
"""64 MB in pages of 4 KB: cleaning a larger file would take seconds."""
THREADS = {"sqlite": 1, "postgresql": 5}
"""SQLite has one writer: waiting for it is cheaper than being refused."""
DRIVERS = {"sqlite": "pysqlite", "postgresql": "psycopg"}
EXAMPLE = "sqlite:///skinbot.db"

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

    @classmethod
    def open(cls, url: str) -> "Database":
        """Open a database, and bring its tables up to date.

        Raises:
            StorageError: it cannot be opened or written, is no database, or comes from a newer
                version of this program. It stays as it was.
        """
        engine = _opened(url)
        threads = THREADS[engine.dialect.name]
        return cls(engine, ThreadPoolExecutor(threads, thread_name_prefix="database"))

    async def run(self, work: Callable[[Connection], Result]) -> Result:
        """Run one transaction: all of it is done, or nothing.

        A caller that is cancelled meanwhile does not learn how it ended.
        """

        def transact() -> Result:
            with begin(self.engine) as connection:
                return work(connection)

        return await self._elsewhere(transact)

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
            if await self._elsewhere(partial(_wipe, self.engine)):
                self.was_wiped.set()
            else:
                self.was_wiped.clear()

    async def close(self) -> None:
        """Close the database when all work is done."""
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


def refuse_what_is_not_there(url: str) -> None:
    """Refuse a missing SQLite file: opening would make it.

    Raises:
        StorageError: there is no such file.
    """
    with suppress(ArgumentError):  # `Database.open` tells what is wrong with the address.
        address = make_url(url)
        file = Path(address.database or ".")
        if address.get_backend_name() == "sqlite" and not file.exists():
            raise StorageError(f"there is no database {file}; name another in DATABASE_URL")


def _opened(url: str) -> Engine:
    address = _address(url)
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


def _address(url: str) -> URL:
    # The message leaves the value out: it may hold a password.
    what = f"is no address of an SQLite or PostgreSQL database, expected one such as {EXAMPLE}"
    wrong = StorageError(f"DATABASE_URL {what}")
    try:
        address = make_url(url)
        driver = DRIVERS[address.get_backend_name()]
    except (ArgumentError, KeyError, ValueError):
        raise wrong from None
    if driver == "pysqlite" and (address.host or address.database in {None, "", ":memory:"}):
        raise wrong
    return address.set(drivername=f"{address.get_backend_name()}+{driver}")


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
        if address.get_backend_name() == "sqlite" and not folder.is_dir():
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


def _wipe(engine: Engine) -> bool:
    with engine.connect() as connection:
        try:
            if connection.exec_driver_sql("PRAGMA page_count").scalar_one() < VACUUMED_PAGES:
                connection.exec_driver_sql("VACUUM")
            done = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            why = "another process reads it" if done.scalar_one() else None
        except DBAPIError as error:
            why = str(error.orig)
        if why:  # The rows are gone, only traces of them are left.
            log.warning("traces of what was deleted stay in the database for a while: %s", why)
    return why is None
