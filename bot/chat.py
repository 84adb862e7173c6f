"""The whole bot in a terminal: its own handlers, behind a Telegram that is not there."""

import asyncio
import datetime as dt
import json
import re
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from tempfile import TemporaryDirectory
from typing import Any, TextIO

from telegram import Update
from telegram.request import BaseRequest, RequestData

from bot import app as composition
from bot.app import Parts
from bot.faq import Faq
from bot.settings import Settings
from bot.storage import Storage
from bot.text import plain
from bot.throttle import Throttle

TOKEN = "1:offline"  # noqa: S105 - names a bot that lives in this process only
BOT = {"id": 1, "is_bot": True, "first_name": "Bot", "username": "offline_bot"}
PERSON = {"id": 2, "is_bot": False, "first_name": "You"}
CHAT_ID = 2
CHAT = {"id": CHAT_ID, "type": "private", "first_name": "You"}
WIDTH = 88
PROMPT = "> "
NO_PHONE = "(A phone shows a button here. Type ':location 52.5 13.4' instead.)"
SPOT = re.compile(r":location (-?\d+(?:\.\d+)?)[, ]+(-?\d+(?:\.\d+)?)")
GREETING = (
    "{name}. Type a question, the number of a button, or /help. "
    "':edit ...' changes your last question. Ctrl-D ends."
)


@dataclass(slots=True)
class Offline(BaseRequest):
    """Answers every request as Telegram would, and shows what people would see."""

    show: Callable[[str, bool], None]
    """Called with a text for people, and whether it replaces an earlier one."""
    sent: dict[int, dict[str, Any]] = field(default_factory=dict)
    numbers: int = 0
    buttons: list[tuple[int, str]] = field(default_factory=list)
    """Message and data of the numbered buttons."""

    @property
    def read_timeout(self) -> float:
        return 1.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    def number(self) -> int:
        """The next number for a message or an update."""
        self.numbers += 1
        return self.numbers

    async def do_request(
        self,
        url: str,
        method: str,  # noqa: ARG002 - it is always POST
        request_data: RequestData | None = None,
        *_: Any,  # noqa: ANN401 - time-outs, of which there are none here
        **__: Any,  # noqa: ANN401 - the same
    ) -> tuple[int, bytes]:
        given = dict(request_data.parameters) if request_data else {}
        result = self._result(url.rpartition("/")[2], given)
        return HTTPStatus.OK, json.dumps({"ok": True, "result": result}).encode()

    def _result(self, method: str, given: dict[str, Any]) -> object:
        match method:
            case "getMe":
                return BOT
            case "sendMessage":
                return self._put(self.number(), given, edited=False)
            case "editMessageText":
                return self._put(int(given["message_id"]), given, edited=True)
            case "answerCallbackQuery":
                if given.get("text"):
                    self.show(f"({given['text']})", False)
        return True

    def _put(self, number: int, given: dict[str, Any], *, edited: bool) -> dict[str, Any]:
        markup = given.get("reply_markup") or {}
        rows = markup.get("inline_keyboard", [])
        labels = [button["text"] for row in rows for button in row]
        self.buttons = [(number, button["callback_data"]) for row in rows for button in row]
        text = plain(str(given["text"]))
        numbered = [f"[{i}] {label}" for i, label in enumerate(labels, 1)]
        below = [NO_PHONE] if "keyboard" in markup else numbered
        self.show("\n".join([text, *(["", *below] if below else [])]), edited)
        self.sent[number] = {
            "message_id": number,
            # PTB takes a message without a date for one that is out of reach.
            "date": int(time.time()),
            "chat": CHAT,
            "from": BOT,
            "text": text,
            "reply_markup": {"inline_keyboard": rows},
        }
        return self.sent[number]


def _written(text: str) -> dict[str, Any]:
    return {"text": text, "entities": _command(text)}


def _command(text: str) -> list[dict[str, Any]]:
    if not text.startswith("/"):
        return []
    return [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]


@dataclass(slots=True)
class Terminal:
    """Turns lines into updates and shows what comes back."""

    parts: Parts
    wire: Offline
    now: Callable[[], dt.datetime]
    last: dict[str, Any] | None = None
    """The message that was typed last."""

    async def take(self, line: str) -> None:
        """Handle one line as if it came from Telegram."""
        number = self.wire.number()
        update = {"update_id": number, **self._event(line, number)}
        app = self.parts.app
        await app.process_update(Update.de_json(update, app.bot))
        # A tip that this line asked for belongs above the next prompt.
        await self.parts.tips.finished()

    def _event(self, line: str, number: int) -> dict[str, Any]:
        if line.isascii() and line.isdigit() and 0 < int(line) <= len(self.wire.buttons):
            return {"callback_query": self._pressed(int(line) - 1, number)}
        if line.startswith(":edit ") and self.last:
            text = line.removeprefix(":edit ").strip()
            edited = {"edit_date": self._seconds()}
            self.last = self._message(self.last["message_id"], _written(text)) | edited
            return {"edited_message": self.last}
        if spot := SPOT.fullmatch(line):
            latitude, longitude = map(float, spot.groups())
            shared = {"location": {"latitude": latitude, "longitude": longitude}}
            return {"message": self._message(number, shared)}
        self.last = self._message(number, _written(line))
        return {"message": self.last}

    def _message(self, number: int, content: dict[str, Any]) -> dict[str, Any]:
        return {
            "message_id": number,
            "date": self._seconds(),
            "chat": CHAT,
            "from": PERSON,
            **content,
        }

    def _seconds(self) -> int:
        return int(self.now().timestamp())

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
    """A clock that shows `start` now and goes on from there; the real one for None."""
    ahead = start - dt.datetime.now(dt.UTC) if start else dt.timedelta()
    return lambda: dt.datetime.now(dt.UTC) + ahead


async def run(
    settings: Settings, faq: Faq, lines: TextIO, screen: TextIO, start: dt.datetime | None = None
) -> None:
    """Talk until the lines end. The clock shows `start` at first.

    Raises:
        StorageError: the database cannot be used.
    """
    with TemporaryDirectory(prefix="skinbot-") as folder:
        storage = Storage.open(settings.database or f"sqlite:///{folder}/chat.db")
        try:
            await _talk(settings, faq, storage, lines, screen, clock_from(start))
        finally:
            await storage.close()


async def _talk(
    settings: Settings,
    faq: Faq,
    storage: Storage,
    lines: TextIO,
    screen: TextIO,
    now: Callable[[], dt.datetime],
) -> None:
    def show(text: str, edited: bool) -> None:
        mark = "(edited)\n" if edited else ""
        print(f"\n{mark}{_wrapped(text)}\n", file=screen, flush=True)

    wire = Offline(show)
    parts = composition.build(
        settings,
        faq,
        storage,
        request=wire,
        updates_request=Offline(show),
        token=TOKEN,
        # Nobody floods themselves, and a script that pipes a hundred questions in is no flood.
        throttle=Throttle(time.monotonic, most=1_000_000),
        clocks=composition.Clocks(now=now),
        tick_seconds=1.0,
        # The database may be the one that serves real people.
        only=CHAT_ID,
    )
    print(_wrapped(GREETING.format(name=faq.knowledge.about.name)), file=screen)
    async with parts.app as app:
        await parts.tips.recover()
        await app.start()
        terminal = Terminal(parts, wire, now)
        try:
            while (line := await _read(lines, screen)) is not None:
                if line:
                    await terminal.take(line)
        finally:
            await parts.tips.stop()
            await app.stop()


async def _read(lines: TextIO, screen: TextIO) -> str | None:
    """The next line without its end; None at the end of the input."""
    print(PROMPT, end="", file=screen, flush=True)
    if lines.isatty():
        await _typed(lines)
    line = await asyncio.to_thread(lines.readline)
    if not (line and lines.isatty()):
        print(line.rstrip("\n"), file=screen)
    return line.strip() if line else None


async def _typed(lines: TextIO) -> None:
    """Wait for somebody to press Enter: a thread that waits in `readline` would outlive Ctrl-C."""
    loop = asyncio.get_running_loop()
    pressed = asyncio.Event()
    loop.add_reader(lines, pressed.set)
    try:
        await pressed.wait()
    finally:
        loop.remove_reader(lines)


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.fill(line, WIDTH) for line in text.split("\n"))
