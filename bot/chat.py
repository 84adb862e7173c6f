"""The whole bot in a terminal: its own handlers, behind a Telegram that is not there."""

import asyncio
import json
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TextIO

from telegram import Update
from telegram.request import BaseRequest, RequestData

from bot import app as composition
from bot.faq import Faq
from bot.handlers import App
from bot.settings import Settings
from bot.text import plain
from bot.throttle import Throttle

TOKEN = "1:offline"  # noqa: S105 - names a bot that lives in this process only
BOT = {"id": 1, "is_bot": True, "first_name": "Bot", "username": "offline_bot"}
PERSON = {"id": 2, "is_bot": False, "first_name": "You"}
CHAT = {"id": 2, "type": "private", "first_name": "You"}
WIDTH = 88
PROMPT = "> "
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
        rows = (given.get("reply_markup") or {}).get("inline_keyboard", [])
        labels = [button["text"] for row in rows for button in row]
        self.buttons = [(number, button["callback_data"]) for row in rows for button in row]
        text = plain(str(given["text"]))
        numbered = [f"[{i}] {label}" for i, label in enumerate(labels, 1)]
        self.show("\n".join([text, *(["", *numbered] if numbered else [])]), edited)
        self.sent[number] = _message(number, BOT, text)
        return self.sent[number]


def _message(number: int, author: dict[str, Any], text: str) -> dict[str, Any]:
    return {
        "message_id": number,
        "date": int(time.time()),
        "chat": CHAT,
        "from": author,
        "text": text,
        "entities": _command(text),
    }


def _command(text: str) -> list[dict[str, Any]]:
    if not text.startswith("/"):
        return []
    return [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]


@dataclass(slots=True)
class Terminal:
    """Turns lines into updates and shows what comes back."""

    app: App
    wire: Offline
    last: dict[str, Any] | None = None
    """The message that was typed last."""

    async def take(self, line: str) -> None:
        """Handle one line as if it came from Telegram."""
        number = self.wire.number()
        update = {"update_id": number, **self._event(line, number)}
        await self.app.process_update(Update.de_json(update, self.app.bot))

    def _event(self, line: str, number: int) -> dict[str, Any]:
        if line.isascii() and line.isdigit() and 0 < int(line) <= len(self.wire.buttons):
            return {"callback_query": self._pressed(int(line) - 1, number)}
        if line.startswith(":edit ") and self.last:
            text = line.removeprefix(":edit ").strip()
            self.last = {
                **_message(self.last["message_id"], PERSON, text),
                "edit_date": int(time.time()),
            }
            return {"edited_message": self.last}
        self.last = _message(number, PERSON, line)
        return {"message": self.last}

    def _pressed(self, index: int, number: int) -> dict[str, Any]:
        message, data = self.wire.buttons[index]
        return {
            "id": str(number),
            "from": PERSON,
            "chat_instance": "1",
            "data": data,
            "message": self.wire.sent[message],
        }


async def run(settings: Settings, faq: Faq, lines: TextIO, screen: TextIO) -> None:
    """Talk until the lines end."""

    def show(text: str, edited: bool) -> None:
        mark = "(edited)\n" if edited else ""
        print(f"\n{mark}{_wrapped(text)}\n", file=screen, flush=True)

    wire = Offline(show)
    app = composition.build(
        settings,
        faq,
        request=wire,
        updates_request=Offline(show),
        token=TOKEN,
        # Nobody floods themselves, and a script that pipes a hundred questions in is no flood.
        throttle=Throttle(time.monotonic, most=1_000_000),
    )
    print(_wrapped(GREETING.format(name=faq.knowledge.about.name)), file=screen)
    async with app:
        terminal = Terminal(app, wire)
        while (line := await _read(lines, screen)) is not None:
            if line:
                await terminal.take(line)


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
