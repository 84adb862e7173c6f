"""YAML files on the disk: read as a whole, or with the one problem that keeps them from it."""

from pathlib import Path

from bot.errors import Problem
from bot.knowledge import files
from bot.knowledge.yaml_reader import Place, Source, parse


def read(path: Path, file: str) -> Source:
    """Parse a file; what is wrong with it is in `problems`, nothing is raised.

    `file` is the name that problems give.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(files.MAX_BYTES + 1)
    except FileNotFoundError:
        return _unreadable(file, "there is no such file; add it")
    except IsADirectoryError:
        return _unreadable(file, "this is a folder; put a YAML file in its place")
    except OSError as error:
        return _unreadable(file, f"the file cannot be read: {error.strerror}; make it readable")
    if len(data) > files.MAX_BYTES:
        return _unreadable(file, "the file is larger than 1 MiB; shorten it")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace")
        place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
        return _unreadable(file, "this is no UTF-8 text; save the file as UTF-8", place)
    return parse(text, file)


def _unreadable(file: str, what: str, place: Place = (1, 1)) -> Source:
    return Source(file, problems=(Problem(file, *place, what),))
