"""A knowledge base as an earlier start left it, so that an unchanged one is not built again.

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
from collections.abc import Iterable, Sequence
from pathlib import Path

import bot
from bot.answering import loading
from bot.answering.faq import Faq
from bot.knowledge.files import Found
from bot.knowledge.lessons import Kind, Lesson
from bot.once import Once

KEPT = 3
"""Copies that stay: the newest."""
_NAME = re.compile(r"[0-9a-f]{64}\.pickle")

log = logging.getLogger(__name__)


def load(found: Found, lessons: Sequence[Lesson] = (), cache: Path | None = None) -> Faq:
    """As `loading.build`, or what that made of these files before.

    Whatever is wrong with `cache`, which is the user's own by default, the bot starts without it.

    Raises:
        KnowledgeError: with every problem, not only the first.
    """
    copy = None if found.problems else _copy(found, lessons, cache)
    if copy and (faq := _read(copy)):
        return faq
    faq = loading.build(found, lessons)
    if copy:
        try:
            _write(faq, copy)
        except Exception as error:  # noqa: BLE001 - the bot is loaded, and needs no copy
            _leaves_nothing(error)
    return faq


def _copy(found: Found, lessons: Sequence[Lesson], cache: Path | None) -> Path | None:
    """The file in which the copy is, or will be; None where there cannot be one."""
    try:
        place = cache or _users()
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _ours(place.stat()):
            return place / f"{_fingerprint(found, lessons)}.pickle"
        log.warning("%s is not used: others than this user can write there", place)
    except (OSError, RuntimeError) as error:
        _leaves_nothing(error)
    return None


def _leaves_nothing(error: Exception) -> None:
    log.info("this start leaves nothing behind for the next one: %s", error)


def _users() -> Path:
    """The user's place for what can be made again, by the XDG Base Directory Specification."""
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (given if given.is_absolute() else Path.home() / ".cache") / "skinbot"


def _ours(found: os.stat_result) -> bool:
    """Whether nobody but this user, and root, can have written it."""
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _fingerprint(found: Found, lessons: Sequence[Lesson]) -> str:
    """Of everything that loading depends on."""
    read = (part for name, data in sorted(found.files.items()) for part in (name.encode(), data))
    taught = (
        f"{lesson.kind}\n{lesson.target}\n{lesson.phrasing}".encode("utf-8", "replace")
        for lesson in lessons
        if lesson.kind is not Kind.IGNORE
    )
    return _digest((program().encode(), *read, *taught))


@Once
def program() -> str:
    """Stands for the code that this process has loaded, if it is asked for early enough."""
    return program_in(Path(bot.__file__).parent)


def program_in(folder: Path) -> str:
    """Stands for the code in a folder and its subfolders, for Python and for what is installed."""
    code = (path.read_bytes() for path in sorted(folder.rglob("*.py")))
    # To import `importlib.metadata` alone takes far longer.
    installed = {path.name for place in sys.path for path in Path(place).glob("*.dist-info")}
    return _digest((sys.version.encode(), *map(os.fsencode, sorted(installed)), *code))


def _digest(parts: Iterable[bytes]) -> str:
    found = hashlib.sha256()
    for part in parts:
        # With its length, or a part could pass for the end of the one before.
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.hexdigest()


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


def _write(faq: Faq, copy: Path) -> None:
    """Whole or not at all, and readable for this user only; older copies go."""
    handle, name = tempfile.mkstemp(prefix=f"{copy.name}.", dir=copy.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            pickle.dump(faq, file, pickle.HIGHEST_PROTOCOL)
        Path(name).replace(copy)
    finally:
        Path(name).unlink(missing_ok=True)
    # Also what a process left that was killed while it wrote.
    copies = (path for path in copy.parent.iterdir() if _NAME.match(path.name))
    for old in sorted(copies, key=lambda path: path.stat().st_mtime_ns)[:-KEPT]:
        old.unlink(missing_ok=True)
