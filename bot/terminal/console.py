"""The whole bot in a terminal: its own handlers talk to a pretended Telegram."""

import asyncio
import datetime as dt
import re
import textwrap
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TextIO

from telegram import Update

from bot import app as composition
from bot.answering.faq import Live
from bot.bot_api.throttle import Throttle
from bot.features.knowledge_base import reports, texts
from bot.knowledge.base import shipped
from bot.lifecycle import Parts
from bot.markup import plain
from bot.reload import reloader
from bot.reload.reloader import Start
from bot.settings import Settings
from bot.storage.storage import Storage
from bot.terminal.fake_bot_api import CHAT, CHAT_ID, Offline
from bot.terminal.keyboard import ENDS, keyboard

TOKEN = "1:offline"  # noqa: S105 - names a bot that lives in this process only
PERSON = {"id": 2, "is_bot": False, "first_name": "You"}
WIDTH = 88
SENT = re.compile(r":send (\S++(?:\s++(?!/)\S++)*+)(?:\s++(/.+))?")
OURS = re.compile(r":(?!edit )[a-z]+\b")
"""A line that nobody would write to a bot."""
NO_BUTTON = "(No button has the number {}: {}. Nothing was sent; a time is written as 18:00.)"
NUMBER = re.compile(r"\d{1,3}", re.ASCII)
NO_FILE = "this is no file that can be sent"
HOW = "(':edit TEXT', ':send FILE /reload' and ':location 52.5 13.4' are for this terminal.)"
SPOT = re.compile(r":location (-?\d+(?:\.\d+)?)[, ]+(-?\d+(?:\.\d+)?)")
GREETING = (
    "{name}. Type a question, the number of a button, or /help. "
    "':edit ...' changes your last question. You are the operator: /reload, /unanswered, /why, "
    "/stats and the like work too. 'quit' or Ctrl-D ends."
)


def _written(text: str) -> dict[str, Any]:
    return {"text": text, "entities": _command(text)}


def _command(text: str) -> list[dict[str, Any]]:
    if not text.startswith("/"):
        return []
    return [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]


@dataclass(slots=True)
class Terminal:
    """Turns lines into updates, and shows the replies."""

    parts: Parts
    wire: Offline
    now: Callable[[], dt.datetime]
    last: dict[str, Any] | None = None
    """The last message that was typed."""

    async def take(self, line: str) -> None:
        """Handle one line as if it came from Telegram."""
        number, app = next(self.wire.numbers), self.parts.app
        if not (event := self._event(line, number)):
            return
        update = {"update_id": number, **event}
        await app.process_update(Update.de_json(update, app.bot))
        # A tip that this line asked for must come before the next prompt.
        await self.parts.sender.finished()

    def _event(self, line: str, number: int) -> dict[str, Any]:
        """The update that Telegram would make of a line; empty for a line to the terminal."""
        if line.isascii() and line.isdigit() and 0 < int(line) <= len(self.wire.buttons):
            return {"callback_query": self._pressed(int(line) - 1, number)}
        if line.startswith(":edit ") and self.last:
            text = line.removeprefix(":edit ").strip()
            edited = self._message(self.last["message_id"], _written(text))
            self.last = edited | {"edit_date": edited["date"]}
            return {"edited_message": self.last}
        if not (content := self._content(line)):
            return {}
        message = self._message(number, content)
        if "text" in content:
            self.last = message
        return {"message": message}

    def _message(self, number: int, content: dict[str, Any]) -> dict[str, Any]:
        sent = {"message_id": number, "date": int(self.now().timestamp())}
        return sent | {"chat": CHAT, "from": PERSON} | content

    def _content(self, line: str) -> dict[str, Any]:
        """The content of a message; empty for a line to the terminal."""
        if sent := SENT.fullmatch(line):
            return self._document(*sent.groups())
        if spot := SPOT.fullmatch(line):
            return {"location": {"latitude": float(spot[1]), "longitude": float(spot[2])}}
        if OURS.match(line):
            self.wire.show(HOW, False)
            return {}
        if NUMBER.fullmatch(line):
            count = len(self.wire.buttons)
            there = f"the last text has {count or 'none'}"
            self.wire.show(NO_BUTTON.format(line, there), False)
            return {}
        return _written(line)

    def _document(self, name: str, caption: str | None) -> dict[str, Any]:
        path = Path(name).expanduser()
        try:
            # A pipe would hold the chat up until somebody writes into it.
            content = path.read_bytes() if path.is_file() or not path.exists() else None
        except OSError as error:
            self.wire.show(f"({name}: {error.strerror})", False)
            return {}
        if content is None:
            self.wire.show(f"({name}: {NO_FILE})", False)
            return {}
        self.wire.given[path.name] = content
        known = {"file_id": path.name, "file_unique_id": path.name}
        document = known | {"file_name": path.name, "file_size": len(content)}
        said = {"caption": caption, "caption_entities": _command(caption)} if caption else {}
        return {"document": document} | said

    def _pressed(self, index: int, number: int) -> dict[str, Any]:
        message, data = self.wire.buttons[index]
        return {
            "id": str(number),
            "from": PERSON,
            "chat_instance": "1",
            "data": data,
            "message": self.wire.sent[message],
        }


def clock_from(start: dt.datetime | None) -> Callable[[], dt.datetime]:
    """A clock that shows `start` now and goes on from there; for None the real time."""
    ahead = start - dt.datetime.now(dt.UTC) if start else dt.timedelta()
    return lambda: dt.datetime.now(dt.UTC) + ahead


async def run(
    settings: Settings, lines: TextIO, screen: TextIO, start: dt.datetime | None = None
) -> None:
    """Talk until the lines end. The clock shows `start` at first.

    Raises:
        KnowledgeError: the knowledge base has problems.
        StorageError: the database cannot be used.
    """
    with (
        TemporaryDirectory(prefix="skinbot-") as folder,
        keyboard(lines, screen) as typing,
    ):
        screen = typing.screen
        storage = Storage.open(settings.database or f"sqlite:///{folder}/chat.db")
        try:
            begun = await reloader.start(settings.knowledge or shipped(), storage.records)
            wire = Offline(partial(_show, screen), Path(folder))
            parts = _parts(settings, Live(begun.faq), storage, wire, clock_from(start))
            print(_wrapped(GREETING.format(name=begun.faq.knowledge.about.name)), file=screen)
            if begun.problems:
                report = texts.started_without(begun.problems, begun.taken)
                parts.watcher.knows(reports.problems(begun.problems))
                _show(screen, plain(report), edited=False)
            async with _answering(parts, begun, alone=not lines.isatty()):
                terminal = Terminal(parts, wire, clock_from(start))
                while (line := await typing.line()) is not None and line.lower() not in ENDS:
                    if line:
                        await terminal.take(line)
        finally:
            await storage.close()


def _parts(
    settings: Settings, live: Live, storage: Storage, wire: Offline, now: Callable[[], dt.datetime]
) -> Parts:
    return composition.build(
        # The person at the terminal may do everything.
        replace(settings, operators=frozenset({CHAT_ID})),
        live,
        storage,
        request=wire,
        updates_request=wire,
        token=TOKEN,
        # A script that pipes in a hundred questions is no flood.
        throttle=Throttle(time.monotonic, most=1_000_000),
        clocks=composition.Clocks(now=now),
        tick_seconds=0.25,
        # The database may be the one that serves real people.
        only=CHAT_ID,
    )


@asynccontextmanager
async def _answering(parts: Parts, begun: Start, *, alone: bool) -> AsyncIterator[None]:
    """Run the bot; files are watched only for a person, as a script knows what it changes."""
    async with parts.app as app:
        await parts.sender.recover()
        await parts.watcher.reloader.keep(begun.files)
        await app.start()
        parts.watcher.begun = begun
        watching = None if alone else asyncio.create_task(parts.watcher.run())
        try:
            yield
        finally:
            if watching:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)
            await parts.sender.stop()
            await app.stop()
            await parts.recorder.write()


def _show(screen: TextIO, text: str, edited: bool) -> None:
    mark = "(edited)\n" if edited else ""
    print(f"\n{mark}{_wrapped(text)}\n", file=screen, flush=True)


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.fill(line, WIDTH) for line in text.split("\n"))
