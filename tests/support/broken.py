"""Breaking a copy of the bicycle knowledge base, and what the operator reads then."""

from pathlib import Path

import pytest

from bot.answering import loading
from bot.errors import KnowledgeError

CHAIN = "topics/chain.yaml"
BRAKES = "topics/brakes.yaml"


def change(folder: Path, file: str, old: str, new: str) -> None:
    """Replace the first occurrence of a piece of a file."""
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text, f"{file} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1), "utf-8")


def said(folder: Path) -> list[str]:
    """The lines that the operator reads of a knowledge base that cannot be used."""
    with pytest.raises(KnowledgeError) as caught:
        loading.load(folder)
    return str(caught.value).split("\n")
