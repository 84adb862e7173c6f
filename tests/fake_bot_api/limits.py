"""The limits for a text, a keyboard or a command, and Telegram's words when they are broken."""

import re
from collections.abc import Iterator

from tests.fake_bot_api.faults import RefusedError, bad_request
from tests.fake_bot_api.html import Formatted, parse_html, trimmed, utf16_length
from tests.fake_bot_api.parameters import Json

TEXT, CAPTION, CALLBACK_ANSWER = 4096, 1024, 200
RAW_TEXT_BYTES = 1 << 15
BUTTONS, BUTTON_DATA_BYTES, COPY_TEXT, PLACEHOLDER = 100, 64, 256, 64
COMMANDS, COMMAND_DESCRIPTION, DESCRIPTION, SHORT_DESCRIPTION = 100, 256, 512, 120
_URL = re.compile(r"tg://\S+|(?:https?://)?[^\s/?#]+\.[^\s/?#]+(?:[/?#]\S*)?")
BUTTON_ACTIONS = (
    "callback_data",
    "url",
    "copy_text",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
)


def message_text(params: Json) -> Formatted:
    if not params.get("text"):
        raise bad_request("message text is empty")
    text = _formatted(params["text"], params.get("parse_mode"), params.get("entities"))
    if not text.text:
        raise bad_request("text must be non-empty")
    if utf16_length(text.text) > TEXT:
        raise bad_request("message is too long")
    return text


def caption(params: Json) -> Formatted:
    raw, entities = params.get("caption", ""), params.get("caption_entities")
    text = _formatted(raw, params.get("parse_mode"), entities)
    if utf16_length(text.text) > CAPTION:
        raise bad_request("message caption is too long")
    return text


def _formatted(raw: str, parse_mode: str | None, entities: list[Json] | None) -> Formatted:
    if not isinstance(raw, str):
        raise bad_request("text must be a string")
    if len(raw.encode()) > RAW_TEXT_BYTES:
        raise bad_request("text is too long")
    match (parse_mode or "").lower():
        case "html":
            return parse_html(raw)
        case "":
            return trimmed(raw, _in_range(raw, entities or []))
    raise bad_request(f"unsupported parse_mode (the fake knows HTML only, not {parse_mode})")


def _in_range(raw: str, entities: list[Json]) -> list[Json]:
    length = utf16_length(raw)
    for entity in entities:
        if not 0 <= entity["offset"] < entity["offset"] + entity["length"] <= length:
            raise bad_request("entity beginning or end is out of the text")
    return entities


def callback_answer(params: Json) -> None:
    if utf16_length(params.get("text", "")) > CALLBACK_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")


def reply_markup(markup: Json | None) -> Json | None:
    """The inline keyboard that the message then carries; other keyboards are no part of it."""
    if not markup:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        return inline_keyboard(markup)
    if not markup.keys() & {"keyboard", "remove_keyboard", "force_reply"}:
        raise bad_request("can't parse reply keyboard markup JSON object")
    for row in markup.get("keyboard", []):
        for button in row:
            _button_text(button)
    if utf16_length(markup.get("input_field_placeholder", "")) > PLACEHOLDER:
        raise bad_request("input field placeholder is too long")
    return None


def inline_keyboard(markup: Json | None) -> Json | None:
    if not markup:
        return None
    if "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    buttons = list(buttons_of(markup))
    if len(buttons) > BUTTONS:
        raise bad_request("reply markup is too long")
    for button in buttons:
        _inline_button(button)
    rows = [row for row in markup["inline_keyboard"] if row]
    return {"inline_keyboard": rows} if rows else None


def buttons_of(markup: Json) -> Iterator[Json]:
    for row in markup.get("inline_keyboard", []):
        if not isinstance(row, list):
            raise bad_request("can't parse inline keyboard button: array of arrays expected")
        yield from row


def _inline_button(button: Json) -> None:
    _button_text(button)
    if not any(action in button for action in BUTTON_ACTIONS):
        raise bad_request("text buttons are unallowed in the inline keyboard")
    if "callback_data" in button:
        _callback_data(button["callback_data"])
    if "url" in button and not _URL.fullmatch(button["url"]):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid")
    if "copy_text" in button and not 1 <= utf16_length(button["copy_text"]["text"]) <= COPY_TEXT:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _callback_data(data: object) -> None:
    if not isinstance(data, str) or not 1 <= len(data.encode()) <= BUTTON_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")


def _button_text(button: Json | str) -> None:
    text = button if isinstance(button, str) else button.get("text")
    if not isinstance(text, str) or not text.strip():
        raise bad_request("can't parse keyboard button: text must be non-empty")


def commands(listed: object) -> None:
    if not isinstance(listed, list):
        raise bad_request("can't parse commands: expected an Array of BotCommand")
    if len(listed) > COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in listed:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= utf16_length(command["description"].strip()) <= COMMAND_DESCRIPTION:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")


def description(text: str) -> None:
    _at_most(text, DESCRIPTION, bad_request("bot description is too long"))


def short_description(text: str) -> None:
    _at_most(text, SHORT_DESCRIPTION, bad_request("bot short description is too long"))


def _at_most(text: str, limit: int, refused: RefusedError) -> None:
    if utf16_length(text) > limit:
        raise refused
