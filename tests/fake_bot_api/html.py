"""Telegram's HTML, as strict as Telegram's own parser and in its words."""

import re
from dataclasses import dataclass, field
from typing import Any

from tests.fake_bot_api.faults import RefusedError, bad_request

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}

_ATTRIBUTE = re.compile(
    r"""\s*([^\s=>/"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9.-]+)(?=[\s>])))?"""
)
_START_TAG = re.compile(r"<([^\s>]*)(?=[\s>])")
_CLOSE = re.compile(r"\s*>")
_END_TAG = re.compile(r"</([^\s>]*)\s*>")
_CHARACTER = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")


def utf16_length(text: str) -> int:
    """Telegram counts text in UTF-16 code units: an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text and its entities, trimmed as Telegram trims it."""

    text: str
    entities: list[dict[str, Any]]


def parse_html(text: str) -> Formatted:
    parsed = _Parser(text).parse()
    return trimmed(parsed.text, parsed.entities)


def trimmed(text: str, entities: list[dict[str, Any]]) -> Formatted:
    lead = utf16_length(text) - utf16_length(text.lstrip())
    end = utf16_length(text.strip())
    kept = []
    for entity in entities:
        start = max(entity["offset"] - lead, 0)
        stop = min(entity["offset"] + entity["length"] - lead, end)
        if stop > start:
            kept.append({**entity, "offset": start, "length": stop - start})
    kept.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return Formatted(text.strip(), kept)


def decoded(text: str) -> str:
    """The text with character references resolved; those that Telegram does not know stay."""
    return _CHARACTER.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    hexadecimal, decimal, name = found.groups()
    if name:
        return NAMED.get(name, found[0])
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(code) if 0 < code < 0x10FFFF else found[0]


@dataclass(frozen=True, slots=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int
    position: int


@dataclass(slots=True)
class _Parser:
    source: str
    position: int = 0
    text: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)

    def parse(self) -> Formatted:
        while self.position < len(self.source):
            if self.source.startswith("</", self.position):
                self._end_tag()
            elif self.source[self.position] == "<":
                self._start_tag()
            else:
                self._plain()
        if self.open:
            tag = self.open[-1].tag
            raise _cannot(f'Can\'t find end tag corresponding to start tag "{tag}"')
        return Formatted(self.text, self.entities)

    def _plain(self) -> None:
        end = self.source.find("<", self.position)
        end = len(self.source) if end < 0 else end
        self.text += decoded(self.source[self.position : end])
        self.position = end

    def _start_tag(self) -> None:
        begin = self.position
        found = _START_TAG.match(self.source, begin)
        if not found:
            raise self._cannot("Unclosed start tag", begin)
        tag = found[1].lower()
        if tag not in TAGS:
            raise self._cannot(f'Unsupported start tag "{tag}"', begin)
        self.position = found.end()
        attributes = self._attributes(tag, begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self._cannot('Tag "span" must have class "tg-spoiler"', begin)
        if tag == "blockquote" and any(outer.tag == tag for outer in self.open):
            raise self._cannot("Nested blockquotes are not allowed", begin)
        self.open.append(_Open(tag, attributes, utf16_length(self.text), len(self.text)))

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while not (close := _CLOSE.match(self.source, self.position)):
            found = _ATTRIBUTE.match(self.source, self.position)
            if not found:
                raise self._broken_attribute(tag, begin)
            name, *values = found.groups()
            attributes[name] = decoded(next((value for value in values if value is not None), ""))
            self.position = found.end()
        self.position = close.end()
        return attributes

    def _broken_attribute(self, tag: str, begin: int) -> RefusedError:
        rest = self.source[self.position :].lstrip()
        if not rest or re.match(r"""=\s*["']""", rest):
            return self._cannot("Unclosed start tag", begin)
        if rest.startswith("="):
            return self._cannot("Unexpected end of name token", self.position)
        return self._cannot(f'Empty attribute name in the tag "{tag}"', begin)

    def _end_tag(self) -> None:
        begin = self.position
        if not self.open:
            raise self._cannot("Unexpected end tag", begin)
        found = _END_TAG.match(self.source, begin)
        if not found:
            raise self._cannot("Unclosed end tag", begin)
        tag = self.open[-1].tag
        if found[1] and found[1].lower() != tag:
            expected = f'expected "</{tag}>", found "</{found[1]}>"'
            raise self._cannot("Unmatched end tag", begin, expected)
        self._close(self.open.pop())
        self.position = found.end()

    def _close(self, opened: _Open) -> None:
        length = utf16_length(self.text) - opened.offset
        if not length:
            return
        entity = {"type": TAGS[opened.tag], "offset": opened.offset, "length": length}
        extra = self._extra(opened)
        if extra is not None:
            self.entities.append({**entity, **extra})

    def _extra(self, opened: _Open) -> dict[str, str] | None:
        """The fields of an entity besides its place; None for a tag that leaves no entity."""
        attributes = opened.attributes
        match opened.tag:
            case "a":
                url = attributes.get("href") or self.text[opened.position :]
                return {"url": url} if "." in url or ":" in url else None
            case "blockquote" if "expandable" in attributes:
                return {"type": "expandable_blockquote"}
            case "tg-emoji":
                return {"custom_emoji_id": _emoji_id(attributes)}
            case "code" if self.open and self.open[-1].tag == "pre" and "class" in attributes:
                language = attributes["class"].removeprefix("language-")
                self.open[-1].attributes["language"] = language
                return None
            case "pre" if "language" in attributes:
                return {"language": attributes["language"]}
        return {}

    def _cannot(self, why: str, position: int, more: str = "") -> RefusedError:
        where = f"{why} at byte offset {len(self.source[:position].encode())}"
        return _cannot(f"{where}, {more}" if more else where)


def _cannot(why: str) -> RefusedError:
    return bad_request(f"can't parse entities: {why}")


def _emoji_id(attributes: dict[str, str]) -> str:
    emoji_id = attributes.get("emoji-id", "")
    if not emoji_id.isdecimal():
        raise _cannot("Invalid custom emoji identifier specified")
    return emoji_id
