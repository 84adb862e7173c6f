"""The text and buttons of each message, so that nobody asks for an edit that changes nothing."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, TypeVar

from telegram import InlineKeyboardMarkup
from telegram.error import BadRequest

from bot.bot_api.outgoing.refusals import holds

MOST = 5_000
"""Messages, and pressed buttons, that are remembered; the oldest are forgotten first."""
EDIT_TEXT, EDIT_BUTTONS, ANSWER = (
    "editMessageText",
    "editMessageReplyMarkup",
    "answerCallbackQuery",
)
GONE = "Message to edit not found"
NOT_FOUND = ("message to edit not found", "message can't be edited", "message_id_invalid")
"""Words of Telegram, in lower case, about a message that can never be edited."""
NOT_MODIFIED = ("message is not modified",)

Request = dict[str, Any]
Spot = tuple[object, object]
"""The ids of a chat and of a message in it."""
Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Look:
    """A message's text and buttons, each as a hash; a text of None is not known."""

    text: int | None
    buttons: int


@dataclass(slots=True)
class Shown:
    """Remembers what Telegram took. It begins empty with the process."""

    _looks: OrderedDict[Spot, Look | None] = field(default_factory=OrderedDict)
    """Message → its look; None where it is gone."""
    _answered: OrderedDict[object, None] = field(default_factory=OrderedDict)
    """Pressed buttons that were answered, or can be answered no more."""

    def is_vain(self, endpoint: str, data: Request) -> bool:
        """True where a request would change nothing.

        Raises:
            BadRequest: the message is known to be gone.
        """
        if endpoint == ANSWER:
            return data.get("callback_query_id") in self._answered
        spot = _spot(data)
        if endpoint not in (EDIT_TEXT, EDIT_BUTTONS) or spot not in self._looks:
            return False
        look = self._looks[spot]
        if look is None:
            raise BadRequest(GONE)
        return look == self._wanted(endpoint, data)

    def took(self, endpoint: str, data: Request, result: object) -> None:
        """Note a request that Telegram has carried out."""
        if endpoint == ANSWER:
            _keep(self._answered, data.get("callback_query_id"), None)
        elif endpoint in (EDIT_TEXT, EDIT_BUTTONS):
            _keep(self._looks, _spot(data), self._wanted(endpoint, data))
        elif endpoint == "sendMessage" and isinstance(result, dict):
            sent = data.get("chat_id"), result.get("message_id")
            _keep(self._looks, sent, self._wanted(EDIT_TEXT, data))

    def failed(self, endpoint: str, data: Request, error: Exception) -> None:
        """Note a request that Telegram has refused, or perhaps not got."""
        refused = isinstance(error, BadRequest)
        if endpoint == ANSWER:
            if refused:
                _keep(self._answered, data.get("callback_query_id"), None)
        elif endpoint in (EDIT_TEXT, EDIT_BUTTONS):
            if refused and holds(error, NOT_MODIFIED):
                _keep(self._looks, _spot(data), self._wanted(endpoint, data))
            elif refused and holds(error, NOT_FOUND):
                _keep(self._looks, _spot(data), None)
            else:
                self._looks.pop(_spot(data), None)

    def _wanted(self, endpoint: str, data: Request) -> Look:
        """The look that a message has after a request."""
        markup = data.get("reply_markup")
        buttons = hash(markup.to_json()) if isinstance(markup, InlineKeyboardMarkup) else 0
        if endpoint == EDIT_TEXT:
            return Look(hash((data.get("text"), str(data.get("parse_mode")))), buttons)
        before = self._looks.get(_spot(data))
        return Look(before.text if before else None, buttons)


def _spot(data: Request) -> Spot:
    return data.get("chat_id"), data.get("message_id")


def _keep(kept: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > MOST:
        kept.popitem(last=False)
