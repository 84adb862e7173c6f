"""The file of an SQLite database: it may be deleted, replaced or in use by others meanwhile."""

import logging
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from bot.errors import StorageError

VACUUMED_PAGES = 16_384
"""64 MB in pages of 4 KB: cleaning a larger file would take seconds."""
REPLACED = "the database {} was replaced while the program ran; start it again to use the new one"
GONE = "the database {} was deleted while the program ran and cannot be written anew: {}"
ANEW = "the database {} was deleted while the program ran; it was written anew, with all it held"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DatabaseFile:
    """The file that was opened, wherever its path leads later."""

    path: Path
    identity: tuple[int, int]
    """Device and number of the file on it."""

    @classmethod
    def of(cls, path: Path) -> "DatabaseFile":
        """Remember a file that is there."""
        path = path.absolute()
        return cls(path, _identity(path))

    def is_there(self) -> bool:
        """False where the file was deleted.

        Raises:
            StorageError: another file lies there, or nobody can tell.
        """
        try:
            if _identity(self.path) == self.identity:
                return True
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StorageError(GONE.format(self.path, error.strerror)) from error
        raise StorageError(REPLACED.format(self.path))

    def write_anew(self, engine: Engine) -> "DatabaseFile":
        """Write a deleted file again, from the connection in which all of it is still there.

        Raises:
            StorageError: it cannot be written.
        """
        if not (isinstance(engine.pool, QueuePool) and engine.pool.checkedin()):
            raise StorageError(GONE.format(self.path, "nothing had been read from it"))
        aside = self.path.with_name(f".{self.path.name}.anew")
        try:
            aside.unlink(missing_ok=True)
            with engine.connect() as connection:
                connection.exec_driver_sql("VACUUM INTO ?", (str(aside),))
                # They belong to the deleted file, and would spoil the new one.
                for ending in ("-wal", "-shm"):
                    self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
                connection.invalidate()
            aside.replace(self.path)
            engine.dispose()
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        except (OSError, DBAPIError) as error:
            why = error.orig if isinstance(error, DBAPIError) else error.strerror
            raise StorageError(GONE.format(self.path, why)) from error
        log.error(ANEW.format(self.path))
        return DatabaseFile.of(self.path)


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def wipe(engine: Engine) -> str | None:
    """Remove traces of deleted rows; returns what keeps them there."""
    with engine.connect() as connection:
        try:
            if connection.exec_driver_sql("PRAGMA page_count").scalar_one() < VACUUMED_PAGES:
                connection.exec_driver_sql("VACUUM")
        except DBAPIError as error:
            return str(error.orig)
        return _emptied(connection)


def empty_the_log(engine: Engine) -> str | None:
    """Empty the log without waiting for anybody; returns what keeps traces in it."""
    with engine.connect() as connection:
        before = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        try:
            return _emptied(connection)
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {before}")


def _emptied(connection: Connection) -> str | None:
    try:
        busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one()
    except DBAPIError as error:
        return str(error.orig)
    return "another process reads it" if busy else None
