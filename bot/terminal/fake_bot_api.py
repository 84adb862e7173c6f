"""A pretended Telegram: every request is answered in this process."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import Any

from telegram.request import BaseRequest, RequestData

from bot.markup import plain

BOT = {"id": 1, "is_bot": True, "first_name": "Bot", "username": "offline_bot"}
CHAT_ID = 2
CHAT = {"id": CHAT_ID, "type": "private", "first_name": "You"}
NO_PHONE = "(A phone shows a button here. Type ':location 52.5 13.4' instead.)"


@dataclass(slots=True)
class Offline(BaseRequest):
    """Answers every request as Telegram would, and shows all that people would see."""

    show: Callable[[str, bool], None]
    """Called with a text for people, and whether it replaces an earlier one."""
    folder: Path
    """The place for pictures."""
    sent: dict[int, dict[str, Any]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    """One for each message or update."""
    buttons: list[tuple[int, str]] = field(default_factory=list)
    """Message and data of the numbered buttons."""
    given: dict[str, bytes] = field(default_factory=dict)
    """Files that can be downloaded, by their paths."""

    @property
    def read_timeout(self) -> float:
        return 1.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,  # noqa: ARG002 - it is always POST
        request_data: RequestData | None = None,
        *_: Any,  # noqa: ANN401 - time-outs, of which there are none here
        **__: Any,  # noqa: ANN401 - more of them
    ) -> tuple[int, bytes]:
        name = url.rpartition("/")[2]
        if name in self.given:
            return HTTPStatus.OK, self.given[name]
        given = dict(request_data.parameters) if request_data else {}
        files = dict(request_data.multipart_data) if request_data else {}
        result = self._result(name, given, files)
        return HTTPStatus.OK, json.dumps({"ok": True, "result": result}).encode()

    def _result(self, method: str, given: dict[str, Any], files: dict[str, Any]) -> object:
        match method:
            case "getMe":
                return BOT
            case "sendMessage" | "editMessageText":
                return self._put(given)
            case "sendPhoto" | "sendDocument":
                return self._file(given, *files.values())
            case "editMessageReplyMarkup":
                return self._put(self.sent[int(given["message_id"])] | given)
            case "getFile":
                path = str(given["file_id"])
                return {"file_id": path, "file_unique_id": path, "file_path": path}
            case "answerCallbackQuery":
                if given.get("text"):
                    self.show(f"({given['text']})", False)
        return True

    def _file(self, given: dict[str, Any], file: tuple[str, bytes, str]) -> dict[str, Any]:
        """Show a text; put any other file where it can be opened until the chat ends."""
        name, content, kind = file
        if kind.startswith("text/"):
            text = content.decode("utf-8", "replace")
        else:
            path = self.folder / f"{next(self.numbers)}-{name}"
            path.write_bytes(content)
            text = f"({path}, until the chat ends)"
        caption = plain(str(given.get("caption", "")))
        return self._put({"text": f"{text}\n{caption}".strip()})

    def _put(self, given: dict[str, Any]) -> dict[str, Any]:
        """Show a message: a new one, or that of an id with its changes."""
        edited = "message_id" in given
        number = int(given["message_id"]) if edited else next(self.numbers)
        markup = given.get("reply_markup") or {}
        rows = markup.get("inline_keyboard", [])
        self.buttons = [(number, button["callback_data"]) for row in rows for button in row]
        text = plain(str(given["text"]))
        numbers = count(1)
        numbered = [
            "  ".join(f"[{next(numbers)}] {button['text']}" for button in row) for row in rows
        ]
        below = [NO_PHONE] if "keyboard" in markup else numbered
        self.show("\n".join([text, *(["", *below] if below else [])]), edited)
        self.sent[number] = {
            "message_id": number,
            # PTB believes that a message without a date is out of reach.
            "date": int(time.time()),
            "chat": CHAT,
            "from": BOT,
            "text": text,
            "reply_markup": {"inline_keyboard": rows},
        }
        return self.sent[number]
