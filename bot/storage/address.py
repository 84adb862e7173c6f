"""The address of a database, as an operator writes it."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import StorageError

DRIVERS = {"sqlite": "pysqlite", "postgresql": "psycopg"}
EXAMPLE = "sqlite:///skinbot.db"
_KNOWN = {"timeout", "check_same_thread", "cached_statements", "detect_types", "isolation_level"}


def refuse_what_is_not_there(url: str) -> None:
    """Refuse a missing SQLite file: opening would make it.

    Raises:
        StorageError: there is no such file.
    """
    try:
        address = read(url)
    except StorageError:
        return  # `Database.open` tells what is wrong with the address.
    file = Path(address.database or ".")
    if address.get_backend_name() == "sqlite" and not file.exists():
        raise StorageError(f"there is no database {file}; name another in DATABASE_URL")


def read(url: str) -> URL:
    """The address with the right driver.

    Raises:
        StorageError: it is none, or names no database that stays.
    """
    # The message leaves the value out: it may hold a password.
    what = f"is no address of an SQLite or PostgreSQL database, expected one such as {EXAMPLE}"
    wrong = StorageError(f"DATABASE_URL {what}")
    try:
        address = make_url(url)
        driver = DRIVERS[address.get_backend_name()]
    except (ArgumentError, KeyError, ValueError):
        raise wrong from None
    if driver == "pysqlite":
        address = _with_its_path(address, url)
    if driver == "pysqlite" and (address.host or address.database in {None, "", ":memory:"}):
        raise wrong
    return address.set(drivername=f"{address.get_backend_name()}+{driver}")


def _with_its_path(address: URL, url: str) -> URL:
    """The address of an SQLite file, with a path that may hold "?": only options come off it."""
    if "uri" in address.query:
        return address
    _, _, written = url.partition(":///")
    path, mark, options = written.rpartition("?")
    given = [each.partition("=") for each in options.split("&")]
    if mark and all(name in _KNOWN and equals for name, equals, _ in given):
        return address.set(database=path, query=make_url(f"sqlite://?{options}").query)
    return address.set(database=written, query={})
