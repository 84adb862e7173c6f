"""Replaces the whole knowledge base while the bot answers, or nothing of it."""

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.answering.faq import Faq, Live
from bot.answering.replies import RedFlag
from bot.errors import KnowledgeError, ReloadError, SkinbotError
from bot.knowledge import files
from bot.knowledge import lessons as teaching
from bot.knowledge.files import TOPICS, Files, Found
from bot.knowledge.lessons import Kind, Lesson
from bot.places.zones import zone
from bot.reload import build, cache, diff, put_file
from bot.reload.build import Builder, Built, Job, beside
from bot.reload.diff import Changes
from bot.reload.put_file import Replacement
from bot.reload.unfinished import sweep
from bot.storage.records import Records

RECENT = 500
"""Questions without an answer that are asked again, to see what a change does to them."""
LETTERS, MOST_LETTERS = 200, 20_000
"""Characters of such a question, and of all of them: nonsense must not hold up a reload."""
FLAGGED = "It trips the red flag {}, which comes before everything that could be taught."
NOTHING_OLDER = "There is nothing older to go back to."
FAULT = "Something went wrong in the bot itself; the log says what."

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Taught:
    """A lesson, and the reply that its wording gets now."""

    lesson: Lesson
    reply: str


@dataclass(frozen=True, slots=True)
class Start:
    """The knowledge base with which a process begins."""

    faq: Faq
    files: Files
    problems: KnowledgeError | None = None
    """Problems of the folder, where an older knowledge base stands in for it."""
    taken: dt.datetime | None = None
    """The moment at which the older one was kept."""
    left_out: tuple[Lesson, ...] = ()
    """Lessons that would turn an expected question astray."""


async def start(folder: Path, records: Records) -> Start:
    """Take the knowledge base of a folder, or, where it is broken, the last good one kept.

    Raises:
        KnowledgeError: the folder has problems, and nothing good was kept.
    """
    lessons = await records.lessons()
    for place in (folder, folder / TOPICS):
        sweep(place)
    found = files.look(folder)
    try:
        faq, left_out = build.fitted(found, lessons)
        return Start(faq, found.files, left_out=left_out)
    except KnowledgeError as error:
        problems, number = error, None
    while kept := await records.kept(before=number):
        number, packed, taken = kept
        older = files.unpack(packed)
        try:
            faq, left_out = build.fitted(Found(older), lessons)
        except KnowledgeError:
            continue  # An older version of the program took it for good.
        return Start(faq, older, problems, taken, left_out)
    raise problems


def _asked_again(missed: Iterable[str]) -> Iterator[str]:
    """The first questions that are no longer than usual, up to so many characters in all."""
    left = MOST_LETTERS
    for text in missed:
        if len(text) <= LETTERS and len(text) <= left:
            left -= len(text)
            yield text


@dataclass(slots=True)
class Reloader:
    """Makes one change at a time; the old knowledge base answers until the new one is ready.

    All methods raise KnowledgeError, with every problem, or ReloadError, with one line. Nothing has
    changed then.
    """

    live: Live
    records: Records
    folder: Path
    now: Callable[[], dt.datetime]
    build: Builder = beside
    """Makes a knowledge base ready without holding up answers."""
    zone: str = "UTC"
    """A lesson is dated by the days of this zone."""
    _number: int | None = None
    """The number of the knowledge base that answers, where it is kept."""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def keep(self, found: Files) -> None:
        """Keep the files with which the process began, unless they were kept last."""
        async with self._alone():
            self._number = await self._kept(await asyncio.to_thread(files.pack, found))

    async def reload(self) -> Changes:
        """Take the folder."""
        async with self._alone():
            built, difference = await self._build(Job(self.folder))
            self._number = await self._kept(built.files)
            self.live.faq = built.faq
            return difference

    async def put(self, name: str, data: bytes) -> Changes:
        """Take the folder with another file of a name; the old file stays beside it."""
        async with self._alone():
            target = await asyncio.to_thread(put_file.target, self.folder, name, len(data))
            built, difference = await self._build(Job(self.folder, instead={target: data}))
            new = await asyncio.to_thread(Replacement.of, self.folder / target, data)
            try:
                number = await self._kept(built.files)
                await asyncio.to_thread(new.put)
            except ReloadError:
                # A knowledge base that never answered is nothing to go back to.
                if self._number is not None:
                    await self.records.drop_after(self._number)
                raise
            finally:
                await asyncio.to_thread(new.discard)
            self._number = number
            self.live.faq = built.faq
            return difference

    async def rollback(self) -> Changes:
        """Take the knowledge base before this one; the folder stays as it is."""
        async with self._alone():
            problems, number = None, self._number
            while kept := await self.records.kept(before=number):
                number = kept[0]
                try:
                    older = await asyncio.to_thread(files.unpack, kept[1])
                    built, difference = await self._build(Job(older))
                except KnowledgeError as error:
                    # An older version of the program took it for good. There may be others.
                    problems = problems or error
                    continue
                await self.records.drop_after(number)
                self._number = number
                self.live.faq = built.faq
                return difference
            raise problems or ReloadError(NOTHING_OLDER)

    async def teach(
        self,
        kind: Kind,
        target: str,
        phrasing: str,
        settles: Collection[int],
        question: int | None = None,
    ) -> Taught:
        """Learn a wording, unless it turns something astray or has a place already.

        Raises:
            SettledError: another operator has dealt with `question` before.
        """
        async with self._alone():
            faq = self.live.faq
            why = await asyncio.to_thread(teaching.refusal, faq.knowledge, kind, target, phrasing)
            if why:
                raise ReloadError(why)
            day = self.now().astimezone(zone(self.zone)).date()
            if kind is not Kind.IGNORE:
                if isinstance(flagged := await asyncio.to_thread(faq.ask, phrasing), RedFlag):
                    raise ReloadError(FLAGGED.format(flagged.flag.id))
                new = Lesson(0, kind, target, phrasing, day)
                faq = await self._with(await self.records.lessons(), new)
            lesson = await self.records.teach(kind, target, phrasing, day, settles, question)
            self.live.faq = faq
            return Taught(lesson, diff.told(await asyncio.to_thread(faq.ask, phrasing)))

    async def unlearn(self, number: int) -> Lesson | None:
        """Undo a lesson; None where it was undone before."""
        async with self._alone():
            lessons = await self.records.lessons()
            undone = next((lesson for lesson in lessons if lesson.id == number), None)
            if undone is None:
                return None
            faq = self.live.faq
            if undone.kind is not Kind.IGNORE:
                await asyncio.to_thread(cache.drop)
                faq = await self._with([lesson for lesson in lessons if lesson.id != number])
            await self.records.unlearn(number)
            self.live.faq = faq
            return undone

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        async with self._turn:
            try:
                yield
            except SkinbotError:
                raise
            except Exception as error:
                log.exception("what the bot knows could not be replaced")
                raise ReloadError(FAULT) from error
            finally:
                build.give_back()

    async def _build(self, job: Job) -> tuple[Built, Changes]:
        """Build with all lessons, and compare with the knowledge base that answers now."""
        before = self.live.faq
        lessons = tuple(await self.records.lessons())
        expected = (each.question for each in before.knowledge.expected.expected)
        missed = _asked_again(each.text for each in await self.records.missed(RECENT))
        built = await self.build(replace(job, lessons=lessons, questions=(*expected, *missed)))
        was = {}
        for question in built.replies:
            # One by one, so that questions of people are answered in between.
            was[question] = diff.told(await asyncio.to_thread(before.ask, question))
        knows = before.knowledge, built.faq.knowledge
        return built, diff.between(*knows, was, built.replies, built.left_out)

    async def _with(self, lessons: Sequence[Lesson], new: Lesson | None = None) -> Faq:
        """Build the knowledge base that answers now, with other lessons."""
        after = None if self._number is None else self._number + 1
        if kept := await self.records.kept(before=after):
            found = await asyncio.to_thread(files.unpack, kept[1])
        else:
            found = await asyncio.to_thread(files.read, self.folder)
        return (await self.build(Job(found, tuple(lessons), new))).faq

    async def _kept(self, packed: bytes) -> int:
        """Keep packed files, unless they were kept last; returns their number."""
        newest = await self.records.kept()
        if newest and newest[1] == packed:
            return newest[0]
        return await self.records.keep(packed, self.now())
