"""Log lines, as text or JSON. They never show the token, nor anything that people wrote.

The lines of this program hold no text, name or user name of anybody. Libraries log whatever they
are given, so only the fixed part of their lines is written, and nothing below a warning. The texts
of errors may quote people, so only texts about the machine are written.
"""

import json
import logging
import re
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO

HIDDEN = "<token>"
OURS = "bot"
"""The root of this program's own loggers."""
_SPEAK_OF_THE_MACHINE = (OURS, "sqlite3", "psycopg")
"""The homes of errors whose texts are written: on files of the operator, or the disk."""
_QUOTED = re.compile(r'"[^"]*+"')
_LEFT_OUT = "(its text may hold what people wrote)"

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Redacting(logging.Formatter):
    """Writes whole records, tracebacks included, without the token and what people wrote."""

    def __init__(self, token: str | None) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        # Only the half behind the colon is secret, and a URL may write the colon in another way.
        self._secret = token.partition(":")[2] if token else ""

    def format(self, record: logging.LogRecord) -> str:
        kept = logging.makeLogRecord(vars(record))
        kept.exc_text = None  # Another handler may have written it with the secret.
        if not _is_ours(record.name):
            kept.msg, kept.args = str(record.msg).partition("\n")[0], None
        elif isinstance(record.args, tuple):
            kept.args = tuple(_said(a) if isinstance(a, BaseException) else a for a in record.args)
        return self.redact(self.compose(kept))

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - the base class's name
        return "\n".join(_told(ei[1])) if ei[1] else ""

    def compose(self, record: logging.LogRecord) -> str:
        return super().format(record)

    def redact(self, text: str) -> str:
        return text.replace(self._secret, HIDDEN) if self._secret else text


class RedactingJson(Redacting):
    """One JSON object a line."""

    def compose(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def set_up(stream: TextIO, level: str, kind: str, token: str | None) -> None:
    """Send all logging to a stream; replaces what was set up before."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingJson(token) if kind == "json" else Redacting(token))
    handler.addFilter(lambda record: _is_ours(record.name) or record.levelno >= logging.WARNING)
    logging.basicConfig(level=level, handlers=[handler], force=True)


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] == OURS


def _told(error: BaseException) -> Iterator[str]:
    """An error as Python prints it: first its cause, and the members of a group behind it."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _told(before)
        yield ""
    yield "Traceback (most recent call last):"
    for frame in traceback.format_tb(error.__traceback__):
        yield frame.rstrip("\n")
    yield f"{type(error).__name__}: {_said(error)}"
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield ""
            yield from _told(each)


def _said(error: BaseException) -> str:
    where = type(error).__module__.partition(".")[0]
    if where == "telegram":
        # This library quotes everything that it cannot read.
        return _QUOTED.sub('"…"', str(error))
    known = isinstance(error, OSError) or where in _SPEAK_OF_THE_MACHINE
    return str(error) if known else _LEFT_OUT
