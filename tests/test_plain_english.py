"""Docstrings are plain: each says what a thing is, and none leaves the reader to look elsewhere."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PLAIN = ("benchmarks", "bot", "docs", "tests")
"""Folders whose docstrings are held to it."""

HARD = re.compile(r"(What|Which|Whether|How)\b|.*\bthe\s+same\b", re.DOTALL | re.IGNORECASE)


def docstrings(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each, also of those under constants and attributes."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text)), lineno=line):
                yield line, text.strip()


@pytest.mark.parametrize(
    ("source", "hard"),
    [
        ('"""What a module is."""', True),
        ('def f():\n    """How it works."""', True),
        ('SIZE = 1\n"""Whether it fits."""', True),
        ('class A:\n    a: int = 1\n    """Which one."""', True),
        ('"""Bytes.\n\nThe\nsame as before.\n"""', True),
        ('"""Whatever people do, it answers."""', False),
        ('"""A size."""\nASKED = "What is the same?"', False),
    ],
)
def test_a_hard_docstring_is_told_from_a_plain_one(source: str, hard: bool) -> None:
    assert any(HARD.match(text) for _, text in docstrings(source)) == hard


@pytest.mark.parametrize("folder", PLAIN)
def test_docstrings_say_what_a_thing_is(folder: str) -> None:
    found = {
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in (ROOT / folder).rglob("*.py")
        for line, text in docstrings(path.read_text("utf-8"))
        if HARD.match(text)
    }
    assert found == set()
