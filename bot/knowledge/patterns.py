"""The rules for writing the pattern of a red flag."""

import re
from collections.abc import Mapping, Sequence

from bot.language.words import words
from bot.markup import short

NEAR = " ... "
ALTERNATIVE = r'(?:"[^"|]+"|\{[a-z0-9_]+\}|[^\s"{}|]+)'
TERM = re.compile(rf"{ALTERNATIVE}(?:\|{ALTERNATIVE})*")
PIECE = re.compile(ALTERNATIVE)


def problem(pattern: str, names: Mapping[str, Sequence[str]]) -> str | None:
    """The mistake in a pattern or look-alike, and what would be right; None for a good one."""
    pattern = pattern.replace(NEAR, " ")
    if TERM.sub("", pattern).strip():
        such = 'a|b, {name} or "two words"'
        return f"the pattern {short(pattern)} cannot be read; write words, {such}"
    for piece in PIECE.findall(pattern):
        if piece.startswith("{") and piece[1:-1] not in names:
            return f"there is no set {short(piece)} under words; define it there"
        if not piece.startswith("{") and not words(piece):
            return f"{short(piece)} has no word in it; write a word"
    return None
