"""A fault as operators are told of it: its kind, its place in this program, and the reason."""

import errno
import re
from collections.abc import Iterator
from traceback import walk_tb

from telegram.error import BadRequest

DOORS = (
    "bot.bot_api.sending",
    "bot.bot_api.rate_limiter",
    "bot.bot_api.transport",
    "bot.bot_api.outgoing.gate",
    "bot.storage.database",
    "bot.storage.migrate",
)
"""Modules through which everything passes, so their names tell nothing about a fault."""
DISK_IS_FULL = "the disk is full"
DISK_FAILS = "the disk cannot be read or written"
READ_ONLY = "the disk or the file may only be read"
BY_NUMBER = {
    errno.ENOSPC: DISK_IS_FULL,
    errno.EDQUOT: DISK_IS_FULL,
    errno.EIO: DISK_FAILS,
    errno.EROFS: READ_ONLY,
    errno.EACCES: "this program may not open a file",
    errno.EPERM: "this program may not open a file",
    errno.ENOENT: "a file or folder is missing",
    errno.EMFILE: "too many files are open",
    errno.ENFILE: "too many files are open",
    errno.ENOMEM: "the memory is full",
}
"""Number of an OSError → the reason in plain words."""
BY_WORDS = {
    "disk is full": DISK_IS_FULL,
    "no space left": DISK_IS_FULL,
    "disk i/o error": DISK_FAILS,
    "is locked": "another process has locked the database",
    "lock timeout": "another process has locked the database",
    "readonly database": READ_ONLY,
    "read-only": READ_ONLY,
    "malformed": "the file of the database is damaged",
    "is not a database": "the file of the database is damaged",
    "unable to open": "the file of the database cannot be opened",
    "no such table": "a table of the database is missing",
    "no such column": "a column of the database is missing",
    "server closed": "the connection to the database broke",
    "connection refused": "the database cannot be reached",
    "could not connect": "the database cannot be reached",
}
"""Words of a database, in lower case → the reason in plain words."""
WORDLY = ("sqlite3", "psycopg", "sqlalchemy")
"""Packages whose errors tell the reason in words."""
LONGEST = 60


def described(error: BaseException) -> str:
    """The kind of a fault, its place and, where it is known, the reason.

    The error's own text is left out: it may hold a person's words.
    """
    place, reason = _place(error), _reason(error)
    return type(error).__name__ + (f" in {place}" if place else "") + (reason and f": {reason}")


def _place(error: BaseException) -> str:
    """The innermost line of this program; of what lies within only where there is nothing else."""
    frames = [(f.f_globals.get("__name__", "?"), line) for f, line in walk_tb(error.__traceback__)]
    ours = [each for each in frames if each[0].partition(".")[0] == "bot"]
    telling = [each for each in ours if each[0] not in DOORS]
    for module, line in reversed(telling or ours or frames):
        return f"{module}, line {line}"
    return ""


def _reason(error: BaseException) -> str:
    """The reason in plain words, or nothing."""
    return next(filter(None, map(_told, _causes(error))), "")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and those that it came from."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _told(error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return "the memory is full"
    if isinstance(error, BadRequest):
        return _refusal(error.message)
    if type(error).__module__.partition(".")[0] in WORDLY:
        said = str(error).lower()
        return next((reason for words, reason in BY_WORDS.items() if words in said), "")
    return BY_NUMBER.get(error.errno or 0, "") if isinstance(error, OSError) else ""


def _refusal(said: str) -> str:
    """Telegram's own words. What stands behind a colon or in quotes may be a person's."""
    own = re.match(r"(?:\w'\w|[\w ,./-])*", said)
    return f"refused as “{own[0].strip()[:LONGEST]}”" if own and own[0].strip() else ""
