"""The files of a knowledge base as bytes. Nothing else reads them from the disk, and each once."""

import errno
import io
import os
import stat
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import KnowledgeError, Problem
from bot.knowledge import models
from bot.knowledge.conversation import Conversation
from bot.knowledge.faults import names as misnaming
from bot.knowledge.fields import Model

Files = Mapping[str, bytes]
"""Bytes by their names in the folder, such as `topics/brakes.yaml`."""
TOPICS = "topics"
"""The folder of the topics, each in a file that is named after its id."""
LEARNED = "learned.yaml"
CONVERSATION = "conversation.yaml"
FILES: Mapping[str, type[Model]] = {
    "about.yaml": models.About,
    CONVERSATION: Conversation,
    "expected.yaml": models.Expected,
    LEARNED: models.Learned,
    "limits.yaml": models.Limits,
    "red_flags.yaml": models.RedFlags,
    "smalltalk.yaml": models.SmallTalks,
    "synonyms.yaml": models.Synonyms,
    "thresholds.yaml": models.Thresholds,
    "tips.yaml": models.Tips,
}
"""The files beside the topics; the bot takes no notice of others."""
OPTIONAL = frozenset({CONVERSATION, LEARNED, "thresholds.yaml", "tips.yaml"})
ENDINGS = (".yaml", ".yml")
MAX_BYTES = 1024 * 1024
THEN = (1980, 1, 1, 0, 0, 0)
"""The date of everything in a package, so that equal files make equal bytes."""


@dataclass(frozen=True, slots=True)
class Found:
    """The contents of a folder."""

    files: Files
    problems: tuple[Problem, ...] = ()
    """Of files that cannot be read."""

    def instead(self, others: Files) -> "Found":
        """Puts other files in place of those with their names."""
        rest = tuple(problem for problem in self.problems if problem.file not in others)
        return Found({**self.files, **others}, rest)


def read(folder: Path) -> Files:
    """All the files.

    Raises:
        KnowledgeError: the folder or one of the files cannot be read.
    """
    found = look(folder)
    if found.problems:
        raise KnowledgeError(found.problems)
    return found.files


def look(folder: Path) -> Found:
    """Every file of the knowledge base; one that is too large is cut just behind the limit."""
    found: dict[str, bytes] = {}
    problems: list[Problem] = []
    try:
        there = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        return Found({}, (_closed(str(folder), error),))
    names = [name for name in there if name in FILES]
    problems += _misnamed("", there, FILES)
    try:
        names += in_topics(folder)
        problems += _misnamed(f"{TOPICS}/", _names(folder / TOPICS))
    except OSError as error:
        problems.append(_closed(TOPICS, error))
    for name in names:
        try:
            name.encode()
            found[name] = _bytes(folder / name)
        except (OSError, UnicodeEncodeError) as error:
            shown = name.encode("utf-8", "backslashreplace").decode()
            problems.append(Problem(shown, 1, 1, _why(folder / name, error)))
    return Found(found, tuple(problems))


def changed(folder: Path) -> float:
    """The moment of the newest change, as a timestamp; 0 where the folder cannot be read."""
    try:
        paths = [folder, folder / TOPICS, *folder.iterdir(), *(folder / TOPICS).iterdir()]
        return max(path.lstat().st_mtime for path in paths if path.name[0] != ".")
    except OSError:
        return 0


def in_topics(folder: Path) -> list[str]:
    """Names of the files of topics; none where there is no such folder."""
    names = _names(folder / TOPICS)
    return sorted(f"{TOPICS}/{name}" for name in names if name.lower().endswith(ENDINGS))


def _names(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    return [path.name for path in folder.iterdir() if path.name[0] != "."]


def _misnamed(
    folder: str, there: Collection[str], known: Collection[str] | None = None
) -> Iterator[Problem]:
    """Files that are not read because of their names, and were meant to be."""
    for name, right in misnaming.misnamed(there, known).items():
        # A topic whose name only ends wrongly is read, and refused by `parser`.
        if known is not None or not name.lower().endswith(ENDINGS):
            yield Problem(folder + name, 1, 1, misnaming.advice(right))


def _bytes(path: Path) -> bytes:
    # Even to open a device can hang, or do something.
    if not stat.S_ISREG(path.stat().st_mode):
        raise IsADirectoryError if path.is_dir() else OSError
    # A pipe may have taken its place, and would block the bot until somebody writes into it.
    with open(path, "rb", opener=_at_once) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError  # Such as a pipe or a device.
        return bytes(file.read(MAX_BYTES + 1))


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def _why(path: Path, error: Exception) -> str:
    match error:
        case UnicodeEncodeError():
            return "the name of this file is no UTF-8; rename it"
        case IsADirectoryError():
            return "this is a folder; put a YAML file in its place"
        case OSError(errno=errno.ELOOP):
            return "this is a link that leads back to itself; put the file in its place"
        case FileNotFoundError() if path.is_symlink():
            return "this is a link to a file that is not there; put the file in its place"
        case OSError(errno=None):
            return "this is no file but a pipe or a device; put a YAML file in its place"
        case OSError():
            return f"the file cannot be read: {error.strerror}; make it readable"
    return str(error)


def _closed(folder: str, error: OSError) -> Problem:
    what = f"this folder cannot be read: {error.strerror}; name one that holds a knowledge base"
    return Problem(folder, 1, 1, what)


def pack(files: Files) -> bytes:
    """Puts all of them into one; equal files make equal bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name in sorted(files):
            package.writestr(zipfile.ZipInfo(name, THEN), files[name], zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def unpack(packed: bytes) -> Files:
    """Takes the files out of what `pack` has made."""
    with zipfile.ZipFile(io.BytesIO(packed)) as package:
        return {name: package.read(name) for name in package.namelist()}
