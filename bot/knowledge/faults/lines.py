"""Lines that belong in no file of YAML, whatever stands around them."""

import re

from bot.knowledge.yaml_errors import Unreadable

_CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: |$)|^={7}$", re.MULTILINE)
_INDENT = re.compile(
    r"^[ \t]*(?:-[ ]*)?([\u00a0\u1680\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff])", re.MULTILINE
)
_DASH = re.compile(r"^ *-([\u00a0\u1680\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff])", re.MULTILINE)

CONFLICT = (
    "git left both versions of a change here; keep one of them, and remove the lines of "
    "<<<<<<<, ======= and >>>>>>>"
)
ODD = "this line begins with a space that is none for YAML (U+{:04X}); type plain spaces instead"


def check(text: str) -> None:
    """Look through a file before it is parsed.

    Raises:
        Unreadable: at the first such line.
    """
    if found := _CONFLICT.search(text):
        raise Unreadable(*_place(text, found.start()), CONFLICT)
    if found := _INDENT.search(text) or _DASH.search(text):
        raise Unreadable(*_place(text, found.start(1)), ODD.format(ord(found[1])))


def _place(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
