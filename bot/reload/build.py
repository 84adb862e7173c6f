"""Makes a knowledge base ready in a process of its own: the bot goes on answering meanwhile.

`main` takes a pickled `Job` from standard input and leaves `Built`, `Broken`
or `Failed` in the file. Only the bot starts it, and only the bot reads what it leaves.
"""

import os
import pickle
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct, field

from bot.answering.faq import Faq
from bot.errors import KnowledgeError, Problem
from bot.knowledge import files
from bot.knowledge.files import Files, Found
from bot.knowledge.lessons import Kind, Lesson
from bot.reload import cache, diff, mapped

PAUSE = 0.2
"""Seconds between two looks at files that may be on their way to the disk."""
LOOKS = 25
UNSETTLED = "the files are changing all the time; reload when they are written"
NICE = 5
"""How far this process steps back behind the one that answers."""
UPDATED = "The program or a library was updated on the disk; restart the bot to take it."
NO_ROOM = "There is no room for temporary files: {}."


class Job(Struct, frozen=True):
    """What to build, and what to ask it then."""

    source: Path | Files
    lessons: tuple[Lesson, ...] = ()
    """Those that turn something astray are left out."""
    new: Lesson | None = None
    """This one is not left out: it is a problem then."""
    questions: tuple[str, ...] = ()
    instead: Files = field(default_factory=dict)
    """Files that replace those of the source."""
    pause: float = PAUSE
    program: str = ""
    """What the other process runs, which cannot read what another version leaves."""


class Built(Struct, frozen=True):
    """A knowledge base that can be used."""

    faq: Faq
    files: bytes
    """Packed."""
    replies: Mapping[str, str]
    """To the questions that it expects, and to those of the job."""
    left_out: tuple[Lesson, ...]


class Broken(Struct, frozen=True):
    """A knowledge base that cannot be used."""

    problems: tuple[Problem, ...]


class Failed(Struct, frozen=True):
    """Nobody knows about the knowledge base: something else is wrong."""

    why: str


def build(job: Job, sleep: Callable[[float], None] = time.sleep) -> Built | Broken | Failed:
    if job.program not in {"", cache.program()}:
        return Failed(UPDATED)
    try:
        found = _found(job, sleep)
        faq, left_out = fitted(found, job.lessons, job.new)
    except KnowledgeError as error:
        return Broken(error.problems)
    except OSError as error:
        return Failed(NO_ROOM.format(error.strerror))
    expected = (each.question for each in faq.knowledge.expected.expected)
    replies = diff.replies(faq, dict.fromkeys([*expected, *job.questions]))
    return Built(faq, files.pack(found.files), replies, left_out)


def _found(job: Job, sleep: Callable[[float], None]) -> Found:
    if isinstance(job.source, Path):
        return _settled(job.source, lambda: sleep(job.pause)).instead(job.instead)
    return Found(job.source).instead(job.instead)


def _settled(folder: Path, wait: Callable[[], None]) -> Found:
    """The files of a folder in which nothing is being written."""
    before = files.look(folder)
    for _ in range(LOOKS):
        wait()
        after = files.look(folder)
        if after == before:
            return after
        before = after
    raise KnowledgeError([Problem(str(folder), 1, 1, UNSETTLED)])


def fitted(
    found: Found, lessons: Sequence[Lesson], new: Lesson | None = None
) -> tuple[Faq, tuple[Lesson, ...]]:
    """With all the lessons that turn nothing astray; returns also those that do.

    Raises:
        KnowledgeError: the files have problems without any lesson, or with the new one.
        OSError: there is no place for temporary files.
    """
    taught = [lesson for lesson in lessons if lesson.kind is not Kind.IGNORE]
    wanted = [new] if new else []
    try:
        return _load(found, [*taught, *wanted]), ()
    except KnowledgeError:
        if not taught or (new and _fit(found, taught)):
            raise
    _load(found, [])  # Otherwise lessons would be blamed for what is wrong in the files.
    middle = len(taught) // 2
    fitting = _more(found, _more(found, [], taught[:middle]), taught[middle:])
    left_out = tuple(lesson for lesson in taught if lesson not in fitting)
    return _load(found, [*fitting, *wanted]), left_out


def _more(found: Found, fitting: list[Lesson], more: list[Lesson]) -> list[Lesson]:
    """What fits, and of the others those that fit too."""
    if not more or _fit(found, [*fitting, *more]):
        return [*fitting, *more]
    if len(more) == 1:
        return fitting
    middle = len(more) // 2
    return _more(found, _more(found, fitting, more[:middle]), more[middle:])


def _fit(found: Found, lessons: Sequence[Lesson]) -> bool:
    try:
        _load(found, lessons)
    except KnowledgeError:
        return False
    return True


def _load(found: Found, lessons: Sequence[Lesson]) -> Faq:
    if found.problems and not found.files:
        raise KnowledgeError(found.problems)
    try:
        with TemporaryDirectory(prefix="skinbot-") as place:
            files.write(found.files, Path(place))
            faq = cache.load(Path(place), lessons=lessons)
    except KnowledgeError as error:
        # What cannot be read is not there, and loading would say that it is missing.
        unread = {problem.file for problem in found.problems}
        rest = (problem for problem in error.problems if problem.file not in unread)
        raise KnowledgeError([*found.problems, *rest]) from None
    if found.problems:
        raise KnowledgeError(found.problems)
    return faq


def main() -> None:
    os.nice(NICE)
    job: Job = pickle.load(sys.stdin.buffer)  # noqa: S301 - the bot itself has written it
    with Path(sys.argv[1]).open("wb") as result:
        mapped.dump(build(job), result)
