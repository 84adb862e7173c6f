"""Log lines, as text or JSON, in which the token never shows."""

import json
import logging
from datetime import UTC, datetime
from typing import TextIO

HIDDEN = "<token>"
_CHATTY = (
    "httpx",
    "httpcore",
    "hpack",
    "apscheduler",
    "matplotlib",
    "PIL",
)


class Redacting(logging.Formatter):
    """Writes whole records, tracebacks included, without the token."""

    def __init__(self, token: str | None) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        # The half behind the colon is the secret, however the colon may be written in a URL.
        self._secret = token.partition(":")[2] if token else ""

    def format(self, record: logging.LogRecord) -> str:
        return self.redact(self.compose(record))

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
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.root.level))
