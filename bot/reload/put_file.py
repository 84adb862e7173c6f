"""Puts a file into the folder of a knowledge base: whole or not at all, and never outside of it."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path, PurePath

from bot.errors import ReloadError
from bot.knowledge.files import FILES, MAX_BYTES, TOPICS, in_topics
from bot.reload.unfinished import unfinished

OLD = ".old"
"""Ending of the earlier file, which is kept beside the new one."""
NEW_FILE = 0o644
MOST_NAMES = 30
UNKNOWN = "There is no file of that name here to replace; a document must be called {}."
TOO_LARGE = "{} would be larger than 1 MiB; nothing was changed."
CLOSED = "The folder {} cannot be read: {}; nothing was changed."
OUTSIDE = "{} is a link that leads out of the folder; nothing was written there."
READ_ONLY = "{} cannot be written: {}; nothing was changed."


def target(folder: Path, name: str, size: int) -> str:
    """The path, inside the folder, of a file that can be replaced.

    Raises:
        ReloadError: it cannot be replaced, or there is none of that name.
    """
    try:
        # A file beside the topics wins over a topic of its name.
        there = {PurePath(each).name: each for each in (*in_topics(folder), *FILES)}
    except OSError as error:
        raise ReloadError(CLOSED.format(TOPICS, error.strerror)) from error
    if name not in there:
        raise ReloadError(UNKNOWN.format(_listed(sorted(there))))
    place = (folder / there[name]).parent
    if size > MAX_BYTES:
        raise ReloadError(TOO_LARGE.format(there[name]))
    if not place.resolve().is_relative_to(folder.resolve()):
        raise ReloadError(OUTSIDE.format(place.name))
    if not place.is_dir():
        raise ReloadError(CLOSED.format(place.name, "it is not there"))
    effective = os.access in os.supports_effective_ids
    if not os.access(place, os.W_OK | os.X_OK, effective_ids=effective):
        raise ReloadError(READ_ONLY.format(name, "this folder is read-only"))
    return there[name]


def _listed(names: list[str]) -> str:
    more = [f"{len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else []
    return ", ".join([*names[:MOST_NAMES], *more])


@dataclass(frozen=True, slots=True)
class Replacement:
    """A file that lies beside its place until it is put there."""

    path: Path
    unfinished: Path | None
    """None where the file needs no change."""

    @classmethod
    def of(cls, path: Path, data: bytes) -> "Replacement":
        """Write the new file beside its place.

        Raises:
            ReloadError: the folder cannot be written.
        """
        try:
            if path.is_file() and path.read_bytes() == data:
                return cls(path, None)
            return cls(path, _written(path, data))
        except OSError as error:
            raise ReloadError(READ_ONLY.format(path.name, error.strerror)) from error

    def put(self) -> None:
        """Put the file in its place; the earlier one stays beside it.

        Raises:
            ReloadError: it cannot be put there.
        """
        if self.unfinished is None:
            return
        try:
            _keep(self.path)
            self.unfinished.replace(self.path)
        except OSError as error:
            raise ReloadError(READ_ONLY.format(self.path.name, error.strerror)) from error

    def discard(self) -> None:
        """Remove the file, unless it was put in its place."""
        if self.unfinished:
            self.unfinished.unlink(missing_ok=True)


def _written(path: Path, data: bytes) -> Path:
    with unfinished(path) as new:
        with new.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.chmod(path.stat().st_mode & 0o777 if path.is_file() else NEW_FILE)
    return new


def _keep(path: Path) -> None:
    """Copy it to its old name, never by writing into that: it may be a link to anywhere."""
    if not (path.exists() or path.is_symlink()):
        return
    with unfinished(path) as aside:
        if path.is_symlink():
            # A link stays a link, and its target is left alone.
            aside.unlink()
            aside.symlink_to(path.readlink())
        else:
            shutil.copy2(path, aside)
        aside.replace(path.with_name(path.name + OLD))
