"""Guesses why YAML refuses a file: the mistake often stands a line above the place it names."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from bot.knowledge.faults.values import CUT, LATE, SPACE
from bot.markup import short

Cause = tuple[int, int, str]
"""Line and column, counted from 1; what is wrong and would be right."""

_SIGN = re.compile(r"^\s*+([–—−•·*+])\s++(?=\S)")
_TIGHT = re.compile(r"^\s*+(-)(?=[^\s-])")
_KEY = re.compile(r"^(\s*+(?:- ++)?)([A-Za-z_]++):(\s|$)")
_NO_SPACE = re.compile(r"^\s*+(?:- ++)?([a-z_]++):(?=[^\s/])(.*+)")
_VALUE = re.compile(r"^\s*+(?:- ++)?(?:[a-z_]++: ++)?(.*+)")
_INNER_COLON = re.compile(
    r"^\s*+(?:- ++)?[a-z_]++: ++[^\"'\s|>\[{:][^:]*+(?::(?! |$)[^:]*+)*+(:)(?: |$)"
)
_COMMENT = re.compile(r"^\s*+(?:- ++)?(?:[a-z_]++: ++)?[^\"'#\s|>].*?(\s)#")
_ENDED = re.compile(r"[\"']|\s+#|:(?:\s|$)")
"""May follow a quote that closes."""
_CLOSING = {"[": "]", "{": "}"}

DASH = "an item begins with a plain dash and a space; write - here, not {}"
COLON = "a colon needs a space behind it; write '{}: {}'"
BRACKET = "text that begins with {} needs quotes; write {}"
BEHIND = "text goes on behind the quote that closes here; put all of it in {} quotes"
INNER = "text with a colon needs quotes; put all that stands behind the first colon in quotes"
NO_DASH = "this line has no dash; write '- {}'"
OUT = "this line is not indented as the text above; put {} spaces before it"
ALIGN = "this line begins in column {}; line it up with those around it, in column {}"


def cause(lines: Sequence[str], at: int, quoted: tuple[Any, Any] | None) -> Cause | None:
    """The likely mistake behind an error in a line, counted from 0; None where none is known.

    `quoted` holds the marks of the last value if it stands in quotes.
    """
    if quoted and quoted[0].line < quoted[1].line == at:
        start = quoted[0]
        return start.line + 1, start.column + 1, LATE.format(at + 1)
    above = next((n for n in range(min(at, len(lines)) - 1, -1, -1) if lines[n].strip()), 0)
    for number in dict.fromkeys((at, above)):
        if number < len(lines):
            for column, what in _of_line(lines[number]):
                return number + 1, column, what
    if above < at < len(lines):
        return _between(lines, above, at)
    return None


def _of_line(line: str) -> Iterator[tuple[int, str]]:
    """Mistakes that a line shows by itself: column and sentence."""
    if found := _SIGN.match(line):
        yield found.start(1) + 1, DASH.format(found[1])
    if found := _TIGHT.match(line):
        yield found.start(1) + 1, SPACE.format(short(line.strip()[1:]))
    if found := _NO_SPACE.match(line):
        yield found.start(2) + 1, COLON.format(found[1], short(found[2]))
    value = _VALUE.match(line)
    text = value[1].rstrip() if value else ""
    if value and text:
        yield from ((value.start(1) + column, what) for column, what in _of_value(text))
    if found := _INNER_COLON.match(line):
        yield found.start(1) + 1, INNER


def _of_value(text: str) -> Iterator[tuple[int, str]]:
    """Mistakes of a text that begins with a bracket or a quote; columns are counted from 1."""
    first = text[0]
    if first in _CLOSING:
        end = text.find(_CLOSING[first])
        if end > 0 and text[end + 1 :].strip()[:1] not in {"", "#"}:
            yield 1, BRACKET.format(first, f"'{short(text)}'")
    elif first in "\"'" and (end := text.find(first, 1)) > 0:
        rest = text[end + 1 :]
        if rest and not _ENDED.match(rest):
            yield end + 1, BEHIND.format("single" if first == '"' else "double")


def _between(lines: Sequence[str], above: int, at: int) -> Cause | None:
    """A mistake that only the line above shows."""
    line, before = lines[at], lines[above]
    indent, key = _indent(line), _KEY.match(line)
    if not key and (found := _COMMENT.match(before)) and indent >= _indent(before):
        return above + 1, found.start(1) + 2, CUT
    item = re.match(r"\s*- ", before)
    if item and not key and not line.lstrip().startswith("-"):
        if indent == _indent(before):
            return at + 1, indent + 1, NO_DASH.format(short(line.strip()))
        return at + 1, 1, f"{NO_DASH.format(short(line.strip()))}, below the dash above"
    if not key and not line.lstrip().startswith("- ") and indent < _indent(before):
        return at + 1, 1, OUT.format(_indent(before))
    if (right := _around(lines, at)) is not None and right != indent:
        return at + 1, indent + 1, ALIGN.format(indent + 1, right + 1)
    return None


def _around(lines: Sequence[str], at: int) -> int | None:
    """The indentation that a key or an item would need to line up with the nearest of its kind."""
    dashed = lines[at].lstrip().startswith("- ")
    found = []
    for line in reversed(lines[:at]):
        key = _KEY.match(line)
        if dashed and line.lstrip().startswith("- "):
            found.append(_indent(line))
        elif key and not dashed:
            found.append(len(key[1]))
    near = [each for each in dict.fromkeys(found) if abs(each - _indent(lines[at])) <= 2]
    return None if _indent(lines[at]) in near else next(iter(near), None)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
