"""Makes a knowledge base ready in a thread: the bot goes on answering meanwhile."""

import asyncio
import ctypes
import gc
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path

from bot.answering.faq import Faq
from bot.errors import KnowledgeError, Problem
from bot.knowledge import files
from bot.knowledge.files import Files, Found
from bot.knowledge.lessons import Kind, Lesson
from bot.reload import cache, diff

PAUSE = 0.2
"""Seconds between two looks at files that may be on their way to the disk."""
LOOKS = 40
QUIET = 1.0
"""Seconds for which no file may have changed: a slow writer pauses, too."""
SWITCH = 0.0005
"""Seconds after which the building thread lets others run; Python itself waits ten times that."""
UNSETTLED = "the files are changing all the time; reload when they are written"


@dataclass(frozen=True, slots=True)
class Job:
    """An order to build a knowledge base, and questions for it."""

    source: Path | Files
    lessons: tuple[Lesson, ...] = ()
    """Lessons that turn something astray are left out."""
    new: Lesson | None = None
    """This lesson is never left out; it is a problem where it turns something astray."""
    questions: tuple[str, ...] = ()
    instead: Files = field(default_factory=dict)
    """Files that replace those of the source."""
    pause: float = PAUSE


@dataclass(frozen=True, slots=True)
class Built:
    """A knowledge base that can be used."""

    faq: Faq
    files: bytes
    """All in one, from `files.pack`."""
    replies: Mapping[str, str]
    """Replies to the expected questions, and to those of the job."""
    left_out: tuple[Lesson, ...]


Builder = Callable[[Job], Awaitable[Built]]


async def beside(job: Job) -> Built:
    """Run `build` while everything else goes on."""
    return await asyncio.to_thread(_unsearched, job)


def _unsearched(job: Job) -> Built:
    # A search for garbage would stop every answer for long, again and again. It would find nothing:
    # a knowledge base holds no circles.
    gc.disable()
    usual = sys.getswitchinterval()
    # An answer gives up Python's lock many times, and would wait so long each time to get it back.
    sys.setswitchinterval(SWITCH)
    try:
        return build(job)
    finally:
        sys.setswitchinterval(usual)
        gc.enable()


def build(job: Job, sleep: Callable[[float], None] = time.sleep) -> Built:
    """Read, check, train, and ask all questions.

    Raises:
        KnowledgeError: with every problem.
    """
    found = _found(job, sleep)
    faq, left_out = fitted(found, job.lessons, job.new)
    expected = (each.question for each in faq.knowledge.expected.expected)
    replies = diff.replies(faq, dict.fromkeys([*expected, *job.questions]))
    return Built(faq, files.pack(found.files), replies, left_out)


def give_back() -> None:
    """Return free memory to the system. After a large knowledge base glibc would keep tens of MB.

    Other C libraries offer no way to do that.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def _found(job: Job, sleep: Callable[[float], None]) -> Found:
    if isinstance(job.source, Path):
        return _settled(job.source, lambda: sleep(job.pause)).instead(job.instead)
    return Found(job.source).instead(job.instead)


def _settled(folder: Path, wait: Callable[[], None]) -> Found:
    """The files of a folder, once nobody is writing them any more."""
    before, same = files.look(folder), 0
    rested = time.time() - files.changed(folder)
    # A clock of another machine, or a date that was kept, may be ahead.
    looks = ceil((QUIET - rested) / PAUSE) if 0 <= rested < QUIET else 1
    for _ in range(LOOKS):
        wait()
        after = files.look(folder)
        same, looks = (same + 1, looks) if after == before else (0, ceil(QUIET / PAUSE))
        if same >= looks:
            return after
        before = after
    raise KnowledgeError([Problem(str(folder), 1, 1, UNSETTLED)])


def fitted(
    found: Found, lessons: Sequence[Lesson], new: Lesson | None = None
) -> tuple[Faq, tuple[Lesson, ...]]:
    """A knowledge base with every lesson that turns nothing astray, and the lessons that do.

    Raises:
        KnowledgeError: the files have problems without any lesson, or with the new one.
    """
    taught = [lesson for lesson in lessons if lesson.kind is not Kind.IGNORE]
    wanted = [new] if new else []
    try:
        return cache.load(found, [*taught, *wanted]), ()
    except KnowledgeError:
        if not taught or (new and _fit(found, taught)):
            raise
    cache.load(found, [])  # Without this, lessons would be blamed for problems of the files.
    fitting = _halves(found, [], taught)
    left_out = tuple(lesson for lesson in taught if lesson not in fitting)
    return cache.load(found, [*fitting, *wanted]), left_out


def _halves(found: Found, fitting: list[Lesson], more: list[Lesson]) -> list[Lesson]:
    """Adds to the fitting lessons those of `more` that fit; all of them together do not."""
    middle = len(more) // 2
    for half in (more[:middle], more[middle:]) if middle else ():
        fits = _fit(found, [*fitting, *half])
        fitting = [*fitting, *half] if fits else _halves(found, fitting, half)
    return fitting


def _fit(found: Found, lessons: Sequence[Lesson]) -> bool:
    try:
        cache.load(found, lessons)
    except KnowledgeError:
        return False
    return True
