"""A knowledge base as an earlier start left it, so that an unchanged one is not read again.

To parse and validate YAML, to train and to try every expected question takes long and much memory.
What comes of it is kept as a pickle under a name that stands for everything that it was made from:
the files, this program, Python and what is installed. Whoever writes a pickle can run code in
whoever reads it, so none is read that others than this user may have written.
"""

import hashlib
import logging
import os
import pickle
import re
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import bot
from bot.answering.faq import Faq
from bot.knowledge.lessons import Kind, Lesson
from bot.once import Once

KEPT = 3
"""Copies that stay: the newest."""
_NAME = re.compile(r"[0-9a-f]{64}\.pickle")
NOTHING_KEPT = "this start leaves nothing behind for the next one: %s"

log = logging.getLogger(__name__)


def load(folder: Path, cache: Path | None = None, lessons: Sequence[Lesson] = ()) -> Faq:
    """As `loading.load`, or what that made of the same files before.

    Whatever is wrong with `cache`, which is the user's own by default, the bot starts without it.

    Raises:
        KnowledgeError: with every problem, not only the first.
    """
    copy = _copy(folder, cache, lessons)
    if copy and (faq := _read(copy)):
        return faq
    # Imported here: with a copy at hand nothing that reads YAML is needed.
    from bot.answering import loading

    faq = loading.load(folder, lessons)
    if copy:
        _keep(faq, folder, copy, lessons)
    return faq


def _copy(folder: Path, cache: Path | None, lessons: Sequence[Lesson]) -> Path | None:
    """Where the copy of a folder is, or will be; None where there cannot be one."""
    try:
        name = f"{_fingerprint(folder, lessons)}.pickle"
    except OSError:
        # Whoever loads the folder says what is wrong with it.
        return None
    try:
        place = cache or _users()
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _ours(place.stat()):
            return place / name
        log.warning("%s is not used: others than this user can write there", place)
    except (OSError, RuntimeError) as error:
        log.info(NOTHING_KEPT, error)
    return None


def _users() -> Path:
    """The user's place for what can be made again, by the XDG Base Directory Specification."""
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (given if given.is_absolute() else Path.home() / ".cache") / "skinbot"


def _ours(found: os.stat_result) -> bool:
    """Whether nobody but this user, and root, can have written it."""
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _fingerprint(folder: Path, lessons: Sequence[Lesson] = ()) -> str:
    """Of everything that loading depends on."""
    return _digest((program().encode(), *_files(folder), *_taught(lessons)))


@Once
def program() -> str:
    """Stands for the code that this process has loaded, if it is asked for early enough."""
    return program_in(Path(bot.__file__).parent)


def program_in(folder: Path) -> str:
    """The same for the code in a folder and all that it holds."""
    own = (part for place in (folder, *_folders(folder)) for part in _contents(place, ".py"))
    return _digest((sys.version.encode(), *_installed(), *own))


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*/") if path.is_dir())


def _digest(parts: Iterable[bytes]) -> str:
    found = hashlib.sha256()
    for part in parts:
        # With its length, or a part could pass for the end of the one before.
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.hexdigest()


def _installed() -> list[bytes]:
    """What is installed, with versions; to import `importlib.metadata` alone takes far longer."""
    found = (path for place in sys.path for path in Path(place).glob("*.dist-info"))
    # Two processes may name the same folder in two ways, or twice.
    return sorted({os.fsencode(path.name) for path in found})


def _files(folder: Path) -> Iterator[bytes]:
    """Every file that loading reads or says something about."""
    yield from _contents(folder, ".yaml")
    yield from _contents(folder / "topics", ".yaml", ".yml")


def _taught(lessons: Sequence[Lesson]) -> Iterator[bytes]:
    for lesson in lessons:
        if lesson.kind is not Kind.IGNORE:
            taught = "\n".join((lesson.kind, lesson.target, lesson.phrasing))
            yield taught.encode("utf-8", "replace")


def _contents(folder: Path, *endings: str) -> Iterator[bytes]:
    for path in sorted(folder.iterdir()):
        if path.name.lower().endswith(endings) and not path.name.startswith("."):
            if not path.is_file():
                raise FileNotFoundError(f"{path} is no file")
            with path.open("rb") as file:
                yield os.fsencode(path.name)
                yield hashlib.file_digest(file, "sha256").digest()


def _read(copy: Path) -> Faq | None:
    """What an earlier start left; None where that is nothing, or nothing good."""
    try:
        with copy.open("rb") as file:
            if not _ours(os.fstat(file.fileno())):
                log.warning("%s is not used: others than this user can write it", copy)
                return None
            found = pickle.load(file)  # noqa: S301 - only this user can have written it
    except FileNotFoundError:
        return None
    except Exception as error:  # noqa: BLE001 - what is damaged can raise anything
        log.info("%s cannot be used: %s", copy, error)
        return None
    return found if isinstance(found, Faq) else None


def _keep(faq: Faq, folder: Path, copy: Path, lessons: Sequence[Lesson]) -> None:
    try:
        # Otherwise a file was changed meanwhile: nobody knows whether before or after it was read.
        if copy.stem == _fingerprint(folder, lessons):
            _write(faq, copy)
            _tidy(copy.parent)
    except Exception as error:  # noqa: BLE001 - the bot is loaded, and needs no copy
        log.info(NOTHING_KEPT, error)


def _write(faq: Faq, copy: Path) -> None:
    """Whole or not at all, and readable for this user only."""
    handle, name = tempfile.mkstemp(prefix=f"{copy.name}.", dir=copy.parent)
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            pickle.dump(faq, file, pickle.HIGHEST_PROTOCOL)
            file.flush()
            os.fsync(handle)
        unfinished.replace(copy)
    finally:
        unfinished.unlink(missing_ok=True)


def _tidy(place: Path) -> None:
    """Remove older copies, and what a process left that was killed while it wrote."""
    found = (path for path in place.iterdir() if _NAME.match(path.name))
    for old in sorted(found, key=lambda path: path.stat().st_mtime_ns)[:-KEPT]:
        old.unlink(missing_ok=True)
