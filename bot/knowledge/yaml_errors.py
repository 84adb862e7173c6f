"""A broken YAML file is explained to the person who edits it."""

import re
from typing import Any

import yaml

from bot.knowledge.files import MAX_BYTES

Place = tuple[int, int]
"""Line and column, counted from 1."""
MAX_DEPTH = 12
"""Lists and mappings inside one another: more is no knowledge base."""
TOO_DEEP = f"values are nested more than {MAX_DEPTH} deep; make them flatter"
UNFINISHED = "the file ends in the middle; write the rest, or save the whole file again"
KEY = "could not find expected ':'"
"""Said of a line that should be a key, and has no colon."""

_TAB = "a tab cannot indent a line; use spaces"
_START = "text cannot begin with this character; put it in quotes"
_FIT = (
    "this does not fit what stands before it; check the spaces at the beginning of the line, "
    "and the quotes"
)
_ESCAPE = r"a backslash in double quotes begins a code; write \\ or use single quotes"
_HINTS = {
    # The library's own limit, which a file may meet before it is looked at more closely.
    "exceeded maximum nesting depth": TOO_DEEP,
    "mapping values are not allowed": "a key cannot stand here; line it up with the keys around "
    "it, and put text with a colon in quotes",
    KEY: "a key needs a colon and a space behind it; add them",
    "found a tab character": _TAB,
    "cannot start any token": _START,
    "expected alphabetic or numeric character": _START,
    "expected node content": _START,
    "expected '>'": _START,
    "URI": _START,
    "undefined tag handle": _START,
    "did not find expected key": _FIT,
    "did not find expected '-' indicator": _FIT,
    "did not find expected <document start>": _FIT,
    "block sequence entries are not allowed": "a list cannot begin here; move it to a line of "
    "its own",
    "expected ',' or ']'": "items in [brackets] need a comma between them and a ] at the end",
    "expected ',' or '}'": "keys in {braces} need a comma between them and a } at the end",
    "escape c": _ESCAPE,
    "hexdecimal": _ESCAPE,
    "expected comment or line break": "text behind | or > begins on the next line; move it there",
    "unexpected end of stream": "this quote is never closed; add one at the end of the text",
    "unexpected document indicator": "this quote is never closed; add one at the end of the text",
}
_BEGINS_BEFORE = (KEY, "unexpected", "alphabetic", "'>'", "URI")
"""PyYAML finds these mistakes behind the place that must be mended."""

_REFUSED = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


class Unreadable(Exception):  # noqa: N818 - tells of a file, not of a fault
    """Ends the reading of a file. Holds line, column, and what is wrong and would be right."""


def explained(error: yaml.MarkedYAMLError, text: str) -> Unreadable:
    """An error of PyYAML in plain words."""
    said = error.problem or "it cannot be read"
    mark = error.problem_mark
    if error.context_mark and any(words in said for words in _BEGINS_BEFORE):
        mark = error.context_mark
    at = mark.index if mark else 0
    what = next((hint for words, hint in _HINTS.items() if words in said), None)
    if what is _START and not text[at:].strip():
        what = "the file ends too early; write the rest"
    elif what is _START and text[at] == "\t":
        what = _TAB
    what = what or f"this cannot be read as YAML ({said}); mend it here or just above"
    return Unreadable(*place(mark), what)


_CERTAIN = ("tab character", "document indicator", "end of stream", "nesting", "document start")
"""PyYAML itself finds these mistakes best."""


def certain(error: yaml.MarkedYAMLError) -> bool:
    """True where no other line can be the cause."""
    return any(words in (error.problem or "") for words in _CERTAIN)


def trapped(event: yaml.Event) -> str | None:
    """Aliases can blow up a small file; anchors and tags are mostly text without its quotes."""
    alias = isinstance(event, yaml.AliasEvent)
    signs = {"*": alias, "&": getattr(event, "anchor", None), "!": getattr(event, "tag", None)}
    begins = next((sign for sign, there in signs.items() if there), None)
    return f"a value cannot begin with {begins}; put it in quotes" if begins else None


def line(error: yaml.MarkedYAMLError) -> int:
    """The line, counted from 0, that cannot be read."""
    behind = error.context_mark and KEY in (error.problem or "")
    mark = error.context_mark if behind else error.problem_mark
    return mark.line if mark else 0


def place(mark: Any) -> Place:  # noqa: ANN401 - each half of PyYAML has a type of its own
    """A mark of PyYAML as an editor counts."""
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def decoded(data: bytes) -> str:
    """The text of a file.

    Raises:
        Unreadable: it is too large, no UTF-8, or holds a character that YAML refuses everywhere.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(1, 1, "the file is larger than 1 MiB; shorten it")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace")
        what = "this is no UTF-8 text; save the file as UTF-8"
        raise Unreadable(*_end(before), what) from error
    if found := _REFUSED.search(text):
        what = f"the character U+{ord(found[0]):04X} cannot stand in YAML; remove it"
        raise Unreadable(*_end(text[: found.start()]), what)
    return text


def _end(before: str) -> Place:
    return before.count("\n") + 1, len(before) - before.rfind("\n")
