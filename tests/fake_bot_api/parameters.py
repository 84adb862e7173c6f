"""The parameters of a Bot API call as they come over the wire: strings, or already typed."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.fake_bot_api.faults import bad_request

Json = dict[str, Any]

INTEGERS = frozenset(
    {"offset", "limit", "timeout", "message_id", "user_id", "message_thread_id", "cache_time"}
)
FLAGS = frozenset(
    {
        "disable_notification",
        "protect_content",
        "show_alert",
        "drop_pending_updates",
        "disable_content_type_detection",
        "has_spoiler",
        "show_caption_above_media",
    }
)
STRUCTURES = frozenset(
    {
        "reply_markup",
        "reply_parameters",
        "entities",
        "caption_entities",
        "link_preview_options",
        "commands",
        "scope",
        "allowed_updates",
    }
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    content: bytes
    mime: str


def parse(params: Mapping[str, object]) -> Json:
    return {name: _value(name, value) for name, value in params.items() if value is not None}


def _value(name: str, value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    if name in INTEGERS:
        return _integer(name, value)
    if name in FLAGS:
        return value.lower() in {"true", "yes", "1"}
    if name in STRUCTURES:
        return _structure(name, value)
    if name in {"chat_id", "from_chat_id"} and re.fullmatch(r"-?\d+", value):
        return int(value)
    return value


def _integer(name: str, value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise bad_request(f"invalid {name} specified") from None


def _structure(name: str, value: str) -> object:
    try:
        return json.loads(value)
    except ValueError:
        raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None
