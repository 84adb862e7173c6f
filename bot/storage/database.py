"""The database: the right driver, the right pragmas, tables of the newest version."""

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
"""64 MB of 4 KB each: a larger file would be busy for seconds."""
THREADS = {"sqlite": 1, "postgresql": 5}
"""SQLite has one writer, and waiting for it is cheaper than being refused."""
DRIVERS = {"sqlite": "pysqlite", "postgresql": "psycopg"}
EXAMPLE = "sqlite:///skinbot.db"


Given = ParamSpec("Given")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Database:
    """An open one, with threads of its own: none of its work is done on the event loop."""

    engine: Engine
    threads: ThreadPoolExecutor
    was_wiped: asyncio.Event = field(default_factory=asyncio.Event)
    """Set where the last `wipe` left no traces."""
    _wiping: asyncio.Lock = field(default_factory=asyncio.Lock)
    _wipes: list[asyncio.Task[None]] = field(default_factory=list)
    """The next one, if somebody waits for it."""

    @classmethod
    def open(cls, url: str) -> "Database":
        """One whose tables are up to date.

        Raises:
            StorageError: it cannot be opened or written, is no database, or comes from a newer
                version of this program; it is left as it was.
        """
        engine = _opened(url)
        threads = THREADS[engine.dialect.name]
        return cls(engine, ThreadPoolExecutor(threads, thread_name_prefix="database"))

    async def run(self, work: Callable[[Connection], Result]) -> Result:
        """One transaction: all of it is done, or nothing.

        Who is cancelled while it is under way does not learn how it came out.
        """
        return await self._elsewhere(partial(self._transaction, work))

    def _transaction(self, work: Callable[[Connection], Result]) -> Result:
        with begin(self.engine) as connection:
            return work(connection)

    async def wipe(self) -> None:
        """Remove from SQLite's files what was deleted: it may stand in gaps of pages, or the log.

        Where that fails it is logged. One that has begun may have passed by what was deleted since:
        whoever asks meanwhile shares the next one.
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
        """When all that was begun is done."""
        await asyncio.to_thread(self.threads.shutdown)
        self.engine.dispose()

    async def _elsewhere(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self.threads, work)


@dataclass(frozen=True, slots=True)
class Repository:
    """Methods that are transactions."""

    database: Database


Owner = TypeVar("Owner", bound=Repository)


def transaction(
    work: Callable[Concatenate[Owner, Connection, Given], Result],
) -> Callable[Concatenate[Owner, Given], Coroutine[Any, Any, Result]]:
    """Make a method a transaction: it is given the connection, and awaited by its callers."""

    @wraps(work)
    async def run(self: Owner, /, *args: Given.args, **kwargs: Given.kwargs) -> Result:
        return await self.database.run(lambda db: work(self, db, *args, **kwargs))

    return run


def insert(db: Connection, table: sa.Table) -> "Insert":
    """An INSERT that can be told what to do where the row is there: each database has its own."""
    # Imported here: nobody needs both.
    new: Insert = import_module(f"sqlalchemy.dialects.{db.dialect.name}").insert(table)
    return new


def put(db: Connection, table: sa.Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Change the row that has this key, or insert it."""
    its_own = [table.c[name] == value for name, value in key.items()]
    if not db.execute(sa.update(table).where(*its_own), values).rowcount:
        db.execute(sa.insert(table), {**key, **values})


def refuse_what_is_not_there(url: str) -> None:
    """A file that is opened would be made.

    Raises:
        StorageError: there is no such file.
    """
    with suppress(ArgumentError):  # Whoever opens it says what is wrong.
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
            # By itself the driver begins no transaction before it makes or changes tables.
            event.listen(engine, "connect", _leave_transactions_alone)
        try:
            bring_up_to_date(engine)
        finally:
            engine.dispose()
        if is_sqlite:
            # Not before: a migration may copy and drop a table that others refer to.
            event.listen(engine, "connect", _set_pragmas)
        return engine


def _address(url: str) -> URL:
    # Without the value: it may hold a password.
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
    """Turn what a driver says into one line for the operator."""
    where = address.database if address.get_backend_name() == "sqlite" else address.host
    try:
        yield
    except ModuleNotFoundError as error:
        raise StorageError(f"DATABASE_URL needs {error.name}; install it with pip") from error
    except (NoSuchModuleError, ValueError) as error:
        raise StorageError(f"DATABASE_URL: {error}") from error
    except DBAPIError as error:
        why = " ".join(str(error.orig).split())
        raise StorageError(f"the database {where} cannot be used: {why}") from error


def _leave_transactions_alone(connection: "DBAPIConnection", _: "ConnectionPoolEntry") -> None:
    # They are begun by `migrate.begin`, so that the driver must not.
    connection.isolation_level = None


def _set_pragmas(connection: "DBAPIConnection", _: "ConnectionPoolEntry") -> None:
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_MILLISECONDS}",
        "foreign_keys = ON",
        # Enough for WAL: a power cut may cost the last transactions, never the file.
        "synchronous = NORMAL",
        # What is forgotten must not stay in the free pages of the file.
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
        if why:  # The rows are gone all the same.
            log.warning("traces of what was deleted stay in the database for a while: %s", why)
    return why is None
