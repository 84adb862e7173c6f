"""Opening the database: the right driver, the right pragmas, tables of the newest version."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from typing import TYPE_CHECKING

from sqlalchemy import (
    URL,
    AdaptedConnection,
    Connection,
    Engine,
    create_engine,
    event,
    inspect,
    make_url,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import StorageError
from bot.tables import SubscriberRow, Table

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

log = logging.getLogger(__name__)

BUSY_MILLISECONDS = 5_000
VACUUMED_PAGES = 16_384
"""64 MB of 4 KB each: a larger file would be busy for seconds."""
DRIVERS = {"sqlite": "aiosqlite", "postgresql": "psycopg"}
MIGRATIONS = "bot.migrations"
NO_TRANSACTION = "skinbot_no_transaction"
EXAMPLE = "sqlite:///skinbot.db"


def connect(url: str) -> AsyncEngine:
    """An engine over a database whose tables are up to date.

    Raises:
        StorageError: it cannot be opened or written, is no database, or comes from a newer
            version of this program; it is left as it was.
    """
    address = _address(url)
    with _explained(address):
        # Alembic does its work without asyncio, before anything else does.
        plain = create_engine(_without_asyncio(address), hide_parameters=True)
        if plain.dialect.name == "sqlite":
            # Without these the driver begins no transaction before it makes or changes tables.
            event.listen(plain, "connect", _leave_transactions_alone)
            event.listen(plain, "begin", _begin)
        try:
            _bring_up_to_date(plain)
        finally:
            plain.dispose()
        if address.get_backend_name() != "sqlite":
            return create_async_engine(address, hide_parameters=True)
        # One connection: SQLite has one writer, and waiting for it is cheaper than being refused.
        engine = create_async_engine(
            address, hide_parameters=True, pool_size=1, max_overflow=0, pool_timeout=60
        )
        event.listen(engine.sync_engine, "connect", _set_pragmas)
        event.listen(engine.sync_engine, "begin", _begin)
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
    if driver == "aiosqlite" and (address.host or address.database in {None, "", ":memory:"}):
        raise wrong
    return address.set(drivername=f"{address.get_backend_name()}+{driver}")


def _without_asyncio(address: URL) -> URL:
    is_sqlite = address.get_backend_name() == "sqlite"
    return address.set(drivername="sqlite") if is_sqlite else address


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


def _leave_transactions_alone(
    connection: "DBAPIConnection", _: "ConnectionPoolEntry | None" = None
) -> None:
    # SQLAlchemy begins transactions itself (`_begin`), so that the driver must not.
    connection.isolation_level = None


def _set_pragmas(connection: "DBAPIConnection", _: "ConnectionPoolEntry") -> None:
    _leave_transactions_alone(connection)
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


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get(NO_TRANSACTION):
        return
    # At once for writing: whoever reads first and writes then is refused instead of waiting.
    # By the driver itself: a cursor of SQLAlchemy's goes to SQLite's thread three times for it.
    driver = connection.connection.dbapi_connection
    if isinstance(driver, AdaptedConnection):
        driver.run_async(lambda opened: opened.execute("BEGIN IMMEDIATE"))
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


async def wipe(engine: AsyncEngine) -> None:
    """Remove from SQLite's files what was deleted: it may stand in gaps of pages and in the log."""
    if engine.dialect.name != "sqlite":
        return
    async with engine.connect() as connection:
        outside = await connection.execution_options(**{NO_TRANSACTION: True})
        try:
            if (await outside.exec_driver_sql("PRAGMA page_count")).scalar_one() < VACUUMED_PAGES:
                await outside.exec_driver_sql("VACUUM")
            done = await outside.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            why = "another process reads it" if done.scalar_one() else None
        except DBAPIError as error:
            why = str(error.orig)
        if why:  # The rows are gone all the same.
            log.warning("traces of what was deleted stay in the database for a while: %s", why)


def _bring_up_to_date(engine: Engine) -> None:
    known = versions()
    with engine.connect() as connection:
        outside = connection.execution_options(**{NO_TRANSACTION: True})
        if engine.dialect.name == "sqlite":
            _refuse_what_is_read_only(outside)
        found = _version(outside)
        if found is not None and found not in known:
            where = engine.url.database
            raise StorageError(
                f"the database {where} comes from a newer version of this program ({found}); "
                "update the program, or name another file in DATABASE_URL"
            )
        if engine.dialect.name == "sqlite":
            _write_ahead(outside)
    if found is None:
        with engine.begin() as connection:
            # Once more: another process may have been faster.
            if _version(connection) is None:
                _create(connection, known[-1])
    elif found != known[-1]:
        migrate(engine, "head")
    with engine.begin() as connection:
        # Fails on a file that can be read and not written.
        connection.execute(text("UPDATE alembic_version SET version_num = version_num"))


def _write_ahead(connection: Connection) -> None:
    """Turn to WAL. Where another process is doing so, SQLite does not wait by itself."""
    until = time.monotonic() + BUSY_MILLISECONDS / 1000
    while True:
        try:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        except OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def _refuse_what_is_read_only(connection: Connection) -> None:
    """Before anything is read: reading alone leaves files beside one that cannot be written."""
    connection.exec_driver_sql("BEGIN")
    try:
        connection.exec_driver_sql("PRAGMA user_version = 0")
    finally:
        connection.exec_driver_sql("ROLLBACK")


def versions() -> list[str]:
    """The versions that the tables had, oldest first."""
    files = resources.files(MIGRATIONS).joinpath("versions").iterdir()
    names = (file.name for file in files if file.name.endswith(".py"))
    return sorted(name.partition("_")[0] for name in names if name[0].isdigit())


def _version(connection: Connection) -> str | None:
    """None for a database without tables.

    Raises:
        StorageError: the tables are not ours.
    """
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return None
    found = None
    if {"alembic_version", SubscriberRow.__tablename__} <= tables:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found is None:
        where = connection.engine.url.database
        raise StorageError(
            f"the database {where} belongs to another program; name another in DATABASE_URL"
        )
    return str(found)


def _create(connection: Connection, version: str) -> None:
    """Alembic's own way for an empty database; it spares half a second of importing Alembic."""
    Table.metadata.create_all(connection)
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
    connection.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": version})


def migrate(engine: Engine, version: str) -> None:
    """Bring existing tables to a version; all of it happens, or nothing."""
    # Imported here: few starts need it, and it takes longer than everything else here.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", MIGRATIONS.replace(".", ":"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
