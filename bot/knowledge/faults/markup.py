"""Signs by which other bot programs mark words of a phrasing; here they mean nothing."""

import re

from bot.markup import short

_MARKS = {
    re.compile(r"\([^()|]*\|[^()]*\)"): "of several words; write one phrasing for each",
    re.compile(r"\[[^\[\]]*\][({][^(){}]*[)}]"): "of a marked word; write the word alone",
    re.compile(r"\{\{?[\w .:-]+\}?\}"): "of a place for a word; write a phrasing with such a word",
    re.compile(r"<[\w .:-]+>"): "of a place for a word; write a phrasing with such a word",
    re.compile(r"\[[^\[\]]+\]"): "of words that may be missing; write phrasings with and without",
    re.compile(r"(?<!\w)[$@]\w+|\w\*(?=\s|$)|\.\*"): "of a pattern; write it as people type it",
}


def warning(phrasing: str) -> str | None:
    """The markup in a phrasing, and what to write; None where there is none."""
    for pattern, what in _MARKS.items():
        if found := pattern.search(phrasing):
            return f"{short(found[0])} is markup of another program, {what}"
    return None
