"""Values that YAML reads, but not as whoever wrote them meant."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from bot.markup import short

Fault = tuple[int, int, str]
"""Line and column, counted from 1; what is wrong and would be right."""

_COMMENT = re.compile(r"\s+#(.?)")
_NEXT = re.compile(r"^\s*+(?:- |-$|[a-z_]++:(?:\s|$))")
"""A line that was meant as the next value, not as the rest of this one."""
_BOLD = re.compile(r"\*\*\w[^*\n]*\*\*|(?<!\w)__\w[^_\n]*__(?!\w)")
_LINK = re.compile(r"\[[^\]\n]+\]\(https?:[^)\n]*\)")
_PAIRS = {'"': '"', "'": "'", "“": "”", "„": "“”", "”": "”", "«": "»", "‘": "’", "`": "`"}
_WRITTEN_BY = {"patterns", "unless"}
"""Under these keys, quotes are signs of their own."""

CUT = (
    "from # on this is a comment and is not read; put the whole text in quotes (a comment needs "
    "two spaces before # and one behind it)"
)
SPACE = "a dash needs a space behind it; write '- {}'"
DASHED = (
    "this line is read as a part of the one above; line its dash up with the dash above, "
    "and put a space behind it"
)
JOINED = "this line is read as a part of the one above; begin it with a dash of its own"
LATE = (
    "the quote that opens here ends in line {} only; put text with an apostrophe in double quotes"
)
QUOTED = "the quotes {} would be shown as a part of the text; remove them"
OPEN = "{} is no quote for YAML; remove it, or write a straight quote on both sides"
STARS = "{} would be shown as it is; remove the signs, or write <b>bold</b> in an answer"
LINKED = '{} would be shown as it is; write <a href="address">text</a>'


TAUGHT = "learned"


def faults(event: Any, lines: Sequence[str], loc: Sequence[str | int]) -> Iterator[Fault]:  # noqa: ANN401 - of PyYAML
    """Everything that is suspicious about a scalar in the lines of a file.

    `loc` holds the keys and positions that lead to it. Scalars between brackets are not meant.
    """
    first, last = event.start_mark, event.end_mark
    plain, block = not event.style, event.style in {"|", ">"}
    if last.line != first.line and not block:
        yield from _glued(event, lines, in_list=bool(loc) and isinstance(loc[-1], int))
    elif plain and (found := _COMMENT.match(lines[last.line], last.column)) and _cut(event, found):
        yield first.line + 1, found.end() - len(found[1]), CUT
    if TAUGHT in loc:
        return  # People's own words, written down by the program: odd signs in them are theirs.
    if not block and not _WRITTEN_BY & {*loc}:
        yield from _quotes(event)
    yield from _markup(event, lines)


def _cut(event: Any, comment: re.Match[str]) -> bool:  # noqa: ANN401 - of PyYAML
    """True where a comment looks like a part of the text: not set apart by blanks as usual."""
    alone = len(comment[0]) - len(comment[1]) > 2
    spaced = comment[1] in {" ", ""}
    return not (spaced and (alone or " " not in event.value))


def _glued(event: Any, lines: Sequence[str], *, in_list: bool) -> Iterator[Fault]:  # noqa: ANN401 - of PyYAML
    first, last = event.start_mark, event.end_mark
    if not event.style and event.value.startswith("-"):
        yield first.line + 1, first.column + 1, SPACE.format(short(lines[first.line].strip()[1:]))
        return
    for number in range(first.line + 1, last.line + 1):
        line = lines[number]
        at = number + 1, len(line) - len(line.lstrip()) + 1
        if event.style:
            if _NEXT.match(line):
                yield first.line + 1, first.column + 1, LATE.format(last.line + 1)
                return
        elif line.lstrip().startswith("-"):
            yield *at, DASHED
            return
        elif in_list and line.strip():
            yield *at, JOINED
            return


def _quotes(event: Any) -> Iterator[Fault]:  # noqa: ANN401 - of PyYAML
    text, mark = event.value.strip().replace('\\"', '"'), event.start_mark
    closing = _PAIRS.get(text[:1], "")
    at = mark.line + 1, mark.column + 1
    if len(text) > 1 and closing and text[-1] in closing:
        if not any(sign in text[1:-1] for sign in closing + text[0]):
            yield *at, QUOTED.format(f"{text[0]} {text[-1]}")
    elif text[:1] in {"“", "„", "«"} and not any(sign in text for sign in closing):
        yield *at, OPEN.format(text[0])


def _markup(event: Any, lines: Sequence[str]) -> Iterator[Fault]:  # noqa: ANN401 - of PyYAML
    if "](" not in event.value and "**" not in event.value and "__" not in event.value:
        return
    for number in range(event.start_mark.line, min(event.end_mark.line + 1, len(lines))):
        for pattern, what in ((_BOLD, STARS), (_LINK, LINKED)):
            if found := pattern.search(lines[number]):
                yield number + 1, found.start() + 1, what.format(short(found[0]))
