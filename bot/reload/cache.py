"""Keeps a knowledge base that was built, so that the next start need not build it again.

Parsing YAML, training and trying every expected question takes much time and memory. The result is
kept as a pickle. Its name is a fingerprint of everything that it was made from: the files, this
program, Python and the installed packages. A pickle can run any code in the program that reads it,
so none is read that others than this user may have written.
"""

import hashlib
import logging
import os
import pickle
import re
import stat
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import bot
from bot.answering import loading
from bot.answering.faq import Faq
from bot.knowledge.files import Found
from bot.knowledge.lessons import Kind, Lesson
from bot.language.embeddings import FILE, embeddings
from bot.once import Once
from bot.reload.unfinished import sweep, unfinished

KEPT = 3
"""Copies that stay: the newest."""
_NAME = re.compile(r"\.?[0-9a-f]{64}\.pickle")

log = logging.getLogger(__name__)


def load(found: Found, lessons: Sequence[Lesson] = (), cache: Path | None = None) -> Faq:
    """Takes the copy that an earlier start left, or builds: see `loading.build`.

    The bot starts without a copy when anything is wrong with `cache`, by default the user's own.

    Raises:
        KnowledgeError: with every problem, not only the first.
    """
    copy = None if found.problems else _copy(found, lessons, cache)
    if copy and (faq := _read(copy)):
        return faq
    vectors = _known_vectors(copy.with_name(FILE)) if copy else 0
    faq = loading.build(found, lessons)
    if copy:
        try:
            _write(faq, copy)
            _keep_vectors(copy.with_name(FILE), vectors)
        except Exception as error:  # noqa: BLE001 - the bot is loaded and needs no copy
            _leaves_nothing(error)
    return faq


def drop(cache: Path | None = None) -> None:
    """Delete all copies, as one may hold a wording that was undone."""
    try:
        for path in (cache or _users()).iterdir():
            if _NAME.match(path.name):
                path.unlink(missing_ok=True)
    except FileNotFoundError:
        return
    except (OSError, RuntimeError) as error:
        log.warning("an undone wording may stay in the cache: %s", error)


def _known_vectors(file: Path) -> int:
    """Read the vectors that an earlier build made; returns the number of those known now."""
    known = embeddings()
    if known is None:
        return 0
    try:
        known.read(file)
    except (OSError, ValueError, KeyError) as error:
        log.debug("%s is not read: %s", file, error)
    return len(known.rows)


def _keep_vectors(file: Path, before: int) -> None:
    """Write the vectors for the next build, whole or not at all, if there are new ones."""
    known = embeddings()
    if known is not None and len(known.rows) > before:
        with unfinished(file) as new:
            known.save(new)
            new.replace(file)


def _copy(found: Found, lessons: Sequence[Lesson], cache: Path | None) -> Path | None:
    """The file for the copy; None where there cannot be one."""
    try:
        place = cache or _users()
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _ours(place.stat()):
            sweep(place)
            return place / f"{_fingerprint(found, lessons)}.pickle"
        log.warning("%s is not used: others than this user can write there", place)
    except (OSError, RuntimeError) as error:
        _leaves_nothing(error)
    return None


def _leaves_nothing(error: Exception) -> None:
    log.info("this start leaves nothing behind for the next one: %s", error)


def _users() -> Path:
    """The user's folder for caches, by the XDG Base Directory Specification."""
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (given if given.is_absolute() else Path.home() / ".cache") / "skinbot"


def _ours(found: os.stat_result) -> bool:
    """True where only this user, or root, can have written it."""
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _fingerprint(found: Found, lessons: Sequence[Lesson]) -> str:
    """Stands for everything that loading depends on."""
    read = (part for name, data in sorted(found.files.items()) for part in (name.encode(), data))
    taught = (
        f"{lesson.kind}\n{lesson.target}\n{lesson.phrasing}".encode("utf-8", "replace")
        for lesson in lessons
        if lesson.kind is not Kind.IGNORE
    )
    return _digest((program().encode(), *read, *taught))


@Once
def program() -> str:
    """Stands for the code that this process has loaded; ask before anybody changes the code."""
    return program_in(Path(bot.__file__).parent)


def program_in(folder: Path) -> str:
    """Stands for the code in a folder and below, for Python and the installed packages."""
    code = (path.read_bytes() for path in sorted(folder.rglob("*.py")))
    # The import of `importlib.metadata` alone takes far longer.
    installed = {path.name for place in sys.path for path in Path(place).glob("*.dist-info")}
    return _digest((sys.version.encode(), *map(os.fsencode, sorted(installed)), *code))


def _digest(parts: Iterable[bytes]) -> str:
    found = hashlib.sha256()
    for part in parts:
        # The length keeps a part from passing for the end of the one before.
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.hexdigest()


def _read(copy: Path) -> Faq | None:
    """The copy that an earlier start left; None where there is no good one."""
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
    """Write a copy for this user only, whole or not at all; older copies go."""
    with unfinished(copy) as new:
        with new.open("wb") as file:
            pickle.dump(faq, file, pickle.HIGHEST_PROTOCOL)
        new.replace(copy)
    # A process that was killed while it wrote may have left something, too.
    copies = (path for path in copy.parent.iterdir() if _NAME.match(path.name))
    for old in sorted(copies, key=lambda path: path.stat().st_mtime_ns)[:-KEPT]:
        old.unlink(missing_ok=True)
