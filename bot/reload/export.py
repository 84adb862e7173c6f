"""Writes a YAML file that takes the lessons of operators into the knowledge base."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import InputError
from bot.knowledge import files
from bot.knowledge import lessons as teaching
from bot.knowledge.base import Knowledge
from bot.knowledge.lessons import Lesson
from bot.knowledge.models import Learned
from bot.knowledge.parser import ParsedFiles
from bot.reload import build
from bot.reload.unfinished import unfinished
from bot.storage.address import refuse_what_is_not_there
from bot.storage.storage import Storage

_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""YAML takes these in no file, or for the end of a line; JSON leaves them as they are."""


@dataclass(frozen=True, slots=True)
class Export:
    """A file for the folder."""

    yaml: str
    """Empty where there is nothing to write."""
    left_out: tuple[Lesson, ...]
    """Lessons that would turn an expected question astray."""


async def lessons(url: str) -> list[Lesson]:
    """Everything that operators taught.

    Raises:
        StorageError: there is no database, and none is made; or it cannot be used.
    """
    refuse_what_is_not_there(url)
    storage = Storage.open(url)
    try:
        return await storage.records.lessons()
    finally:
        await storage.close()


def export(folder: Path, taught: Sequence[Lesson]) -> Export:
    """A new `learned.yaml`: the old one, and what is not in the folder yet.

    Raises:
        KnowledgeError: the folder has problems.
    """
    found = files.look(folder)
    _, left_out = build.fitted(found, taught)
    draft = ParsedFiles.of(found)
    good = [lesson for lesson in taught if lesson not in left_out]
    new = teaching.fitting(Knowledge.of(draft), good)
    old = [pair for learned in draft.all(Learned) for pair in learned.pairs]
    return Export(dump([*old, *((each.target, each.phrasing) for each in new)]), left_out)


def write(yaml: str, file: Path) -> None:
    """Write a file, whole or not at all.

    Raises:
        InputError: it cannot be written.
    """
    try:
        with unfinished(file) as new:
            new.write_text(yaml, "utf-8")
            new.chmod(0o644)
            new.replace(file)
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}") from error


def dump(phrasings: Iterable[tuple[str, str]]) -> str:
    """The YAML of `Learned` for pairs of an id and a phrasing; empty for none."""
    owned: defaultdict[str, list[str]] = defaultdict(list)
    for owner, phrasing in phrasings:
        owned[owner].append(phrasing)
    return "".join(f"{line}\n" for line in _lines(owned)) if owned else ""


def _lines(owned: dict[str, list[str]]) -> Iterator[str]:
    yield "learned:"
    for owner, phrasings in owned.items():
        yield f"  - id: {_quoted(owner)}"
        yield "    phrasings:"
        yield from (f"      - {_quoted(phrasing)}" for phrasing in phrasings)


def _quoted(text: str) -> str:
    """Text in double quotes: YAML bends nothing there and knows the codes of JSON."""
    codes = json.dumps(text, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", codes)
