"""What PyYAML says about a broken file, as sentences for the person who edits it."""

import re

import yaml

from bot.knowledge.files import MAX_BYTES

MAX_DEPTH = 12
"""Lists and mappings inside one another: more is no knowledge base."""
TOO_DEEP = f"values are nested more than {MAX_DEPTH} deep; make them flatter"

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
    "could not find expected ':'": "a key needs a colon and a space behind it; add them",
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
_BEGINS_BEFORE = ("could not find expected ':'", "unexpected", "alphabetic", "'>'", "URI")
"""Where the mistake is found behind the place that must be mended."""

_REFUSED = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


def explain(error: yaml.MarkedYAMLError, text: str) -> tuple[int, int, str]:
    """Line, column, and what is wrong and would be right."""
    said = error.problem or "it cannot be read"
    mark = error.problem_mark
    if error.context_mark and any(words in said for words in _BEGINS_BEFORE):
        mark = error.context_mark
    line, column, at = (mark.line + 1, mark.column + 1, mark.index) if mark else (1, 1, 0)
    what = next((hint for words, hint in _HINTS.items() if words in said), None)
    if what is _START and not text[at:].strip():
        what = "the file ends too early; write the rest"
    elif what is _START and text[at] == "\t":
        what = _TAB
    return line, column, what or f"this cannot be read as YAML ({said}); mend it here or just above"


def undecodable(data: bytes) -> tuple[int, int, str] | None:
    """The reason why these bytes are no text that is read: line, column, and what to do."""
    if len(data) > MAX_BYTES:
        return 1, 1, "the file is larger than 1 MiB; shorten it"
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace")
        return *_end(before), "this is no UTF-8 text; save the file as UTF-8"
    return None


def refused(text: str) -> tuple[int, int, str] | None:
    """The first character that YAML refuses anywhere: line, column, and what to do."""
    found = _REFUSED.search(text)
    if not found:
        return None
    what = f"the character U+{ord(found[0]):04X} cannot stand in YAML; remove it"
    return *_end(text[: found.start()]), what


def _end(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - before.rfind("\n")
