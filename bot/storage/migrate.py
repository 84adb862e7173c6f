"""Bringing tables to the newest version; a database that does not fit stays as it was."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import resources

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError

from bot.errors import StorageError
from bot.storage.tables import TABLES, subscribers

BUSY_MILLISECONDS = 5_000
MIGRATIONS = "bot.storage.migrations"
BEGIN = "BEGIN IMMEDIATE"
"""Begins to write at once: a transaction that reads first is later refused, not made to wait."""


@contextmanager
def begin(engine: Engine) -> Iterator[Connection]:
    """Run one transaction: all of it is done, or nothing. On SQLite others wait for it.

    Raises:
        DBAPIError: it cannot be begun.
    """
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            try:
                # Past SQLAlchemy: every transaction begins so, and there it takes far longer.
                connection.connection.cursor().execute(BEGIN)
            except engine.dialect.loaded_dbapi.Error as error:
                raise OperationalError(BEGIN, None, error) from error
        yield connection


def bring_up_to_date(engine: Engine) -> None:
    """Make the tables, or bring them to the newest version.

    Raises:
        StorageError: the tables are not ours, or newer than this program.
        DBAPIError: it cannot be opened or written, or is no database.
    """
    known = versions()
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            _refuse_what_is_read_only(connection)
        found = _version(connection)
        if found is not None and found not in known:
            where = engine.url.database
            raise StorageError(
                f"the database {where} comes from a newer version of this program ({found}); "
                "update the program, or name another file in DATABASE_URL"
            )
        if engine.dialect.name == "sqlite":
            _write_ahead(connection)
    if found is None:
        with begin(engine) as connection:
            # Asked once more, because another process may have been faster.
            if _version(connection) is None:
                _create(connection, known[-1])
    elif found != known[-1]:
        migrate(engine, "head")
    with begin(engine) as connection:
        # This fails on a file that can be read but not written.
        connection.execute(text("UPDATE alembic_version SET version_num = version_num"))


def _write_ahead(connection: Connection) -> None:
    """Turn WAL on. SQLite does not wait while another process does so, thus this does."""
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
    """Called before the first read: a read leaves files beside a database that is read-only."""
    connection.exec_driver_sql("BEGIN")
    try:
        connection.exec_driver_sql("PRAGMA user_version = 0")
    finally:
        # On a full disk SQLite has done that already, and must not hide why.
        with suppress(OperationalError):
            connection.exec_driver_sql("ROLLBACK")


def versions() -> list[str]:
    """All versions of the tables, oldest first."""
    files = resources.files(MIGRATIONS).joinpath("versions").iterdir()
    names = (file.name for file in files if file.name.endswith(".py"))
    return sorted(name.partition("_")[0] for name in names if name[0].isdigit())


def _version(connection: Connection) -> str | None:
    """The version of the tables; None for a database without tables.

    Raises:
        StorageError: the tables are not ours.
    """
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return None
    found = None
    if {"alembic_version", subscribers.name} <= tables:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found is None:
        where = connection.engine.url.database
        raise StorageError(
            f"the database {where} belongs to another program; name another in DATABASE_URL"
        )
    return str(found)


def _create(connection: Connection, version: str) -> None:
    """Make all tables as Alembic would, without the half second that it takes to import it."""
    TABLES.create_all(connection, checkfirst=False)
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
    connection.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": version})


def migrate(engine: Engine, version: str) -> None:
    """Bring existing tables to a version: all of it happens, or nothing."""
    # Imported here, because few starts need it and it takes long.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", MIGRATIONS.replace(".", ":"))
    with begin(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
