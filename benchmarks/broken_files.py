"""Breaks files in a hundred ways, and prints what an operator reads first on a phone.

    python -m benchmarks.broken_files

Exit 1 where it names file, place and remedy in less than 9 of 10 ways.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.answering import loading
from bot.errors import KnowledgeError
from bot.features.knowledge_base import texts
from bot.knowledge import files
from bot.knowledge.base import shipped
from tests.support.slips import DEEDS, SLIPS, Slip

SHARE = 0.9
PHONE = 8
"""Lines that a phone shows."""


def main() -> int:
    """Break a folder in every way; the exit code."""
    named = 0
    for name, place, remedy, make in ways():
        first, lines = told(make)
        good = first.startswith(place) and remedy in first and lines <= PHONE
        named += good
        print(f"{'' if good else 'NOT '}{name}\n    {first}")
    count = len(SLIPS) + len(DEEDS)
    print(f"the first line names file, place and remedy in {named} of {count} ways")
    return int(named < SHARE * count)


def ways() -> Iterator[tuple[str, str, str, Callable[[Path], object]]]:
    """Name, place and remedy that must be read, and how to break a folder."""
    for name, slip in SLIPS.items():
        yield name, f"{slip.file}:{_line(slip)}:", slip.remedy, slip.make
    for name, (deed, place, remedy) in DEEDS.items():
        yield name, place, remedy, deed


def _line(slip: Slip) -> int:
    with tempfile.TemporaryDirectory() as place:
        return slip.make(_copy(place))


def told(make: Callable[[Path], object]) -> tuple[str, int]:
    """The first line about a folder that was broken, and the lines that a phone must show."""
    with tempfile.TemporaryDirectory() as place:
        folder = _copy(place)
        make(folder)
        try:
            loading.parsed(files.look(folder))
        except KnowledgeError as error:
            return str(error).split("\n")[0], len(texts.problems(error).split("\n"))
    return "nothing is said", 0


def _copy(place: str) -> Path:
    return Path(shutil.copytree(shipped(), Path(place) / "knowledge"))


if __name__ == "__main__":
    sys.exit(main())
