"""Replacing what the bot knows while it answers: all of it, or nothing."""

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.answering.faq import Faq, Live
from bot.answering.replies import RedFlag
from bot.errors import KnowledgeError, ReloadError, SkinbotError
from bot.knowledge import files
from bot.knowledge import lessons as teaching
from bot.knowledge.files import Files, Found
from bot.knowledge.lessons import Kind, Lesson
from bot.reload import build, diff, put_file
from bot.reload.build import Builder, Built, Job, beside
from bot.reload.diff import Changes
from bot.reload.put_file import Replacement
from bot.storage.records import Records

RECENT = 500
"""Questions without an answer that are asked again, to see what a change does to them."""
FLAGGED = "It trips the red flag {}, which comes before everything that could be taught."
NOTHING_OLDER = "There is nothing older to go back to."
FAULT = "Something went wrong in the bot itself; the log says what."

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Taught:
    """A lesson, and what its wording gets now."""

    lesson: Lesson
    reply: str


@dataclass(frozen=True, slots=True)
class Start:
    """What a process begins with."""

    faq: Faq
    files: Files
    problems: KnowledgeError | None = None
    """Of the folder, where an older knowledge base was kept and stands in for it."""
    taken: dt.datetime | None = None
    """When that was kept."""
    left_out: tuple[Lesson, ...] = ()
    """What an operator taught and what would turn an expected question astray."""


async def start(folder: Path, records: Records) -> Start:
    """The knowledge base of a folder; where that is broken, the last good one that was kept.

    Raises:
        KnowledgeError: the folder has problems, and nothing good was kept.
    """
    lessons = await records.lessons()
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


@dataclass(slots=True)
class Reloader:
    """One change at a time; while one is being prepared, what was there goes on answering.

    All methods raise KnowledgeError, with every problem, or ReloadError, with one line; then
    nothing has changed.
    """

    live: Live
    records: Records
    folder: Path
    now: Callable[[], dt.datetime]
    build: Builder = beside
    """Makes a knowledge base ready without holding up answers."""
    _number: int | None = None
    """Of the kept knowledge base that answers."""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def keep(self, found: Files) -> None:
        """What the process began with is kept, unless it is what was kept last."""
        async with self._alone():
            self._number = await self._kept(await asyncio.to_thread(files.pack, found))

    async def reload(self) -> Changes:
        """Take what is in the folder."""
        async with self._alone():
            built, difference = await self._build(Job(self.folder))
            self._number = await self._kept(built.files)
            self.live.faq = built.faq
            return difference

    async def put(self, name: str, data: bytes) -> Changes:
        """Take the folder with another file in place of the one of that name; the old one stays."""
        async with self._alone():
            target = await asyncio.to_thread(put_file.target, self.folder, name, len(data))
            built, difference = await self._build(Job(self.folder, instead={target: data}))
            new = await asyncio.to_thread(Replacement.of, self.folder / target, data)
            try:
                number = await self._kept(built.files)
                await asyncio.to_thread(new.put)
            finally:
                await asyncio.to_thread(new.discard)
            self._number = number
            self.live.faq = built.faq
            return difference

    async def rollback(self) -> Changes:
        """Take what was there before; the folder stays as it is."""
        async with self._alone():
            problems, number = None, self._number
            while kept := await self.records.kept(before=number):
                number = kept[0]
                try:
                    older = await asyncio.to_thread(files.unpack, kept[1])
                    built, difference = await self._build(Job(older))
                except KnowledgeError as error:
                    # An older version of the program took it for good; there may be more.
                    problems = problems or error
                    continue
                await self.records.drop_after(number)
                self._number = number
                self.live.faq = built.faq
                return difference
            raise problems or ReloadError(NOTHING_OLDER)

    async def teach(
        self, kind: Kind, target: str, phrasing: str, settles: Collection[int]
    ) -> Taught:
        """Learn a wording, unless it turns something astray or has a place already."""
        async with self._alone():
            faq = self.live.faq
            why = await asyncio.to_thread(teaching.refusal, faq.knowledge, kind, target, phrasing)
            if why:
                raise ReloadError(why)
            if kind is not Kind.IGNORE and isinstance(flagged := faq.ask(phrasing), RedFlag):
                raise ReloadError(FLAGGED.format(flagged.flag.id))
            day = self.now().date()
            if kind is not Kind.IGNORE:
                new = Lesson(0, kind, target, phrasing, day)
                job = Job(await self._files(), tuple(await self.records.lessons()), new)
                faq = (await self.build(job)).faq
            lesson = await self.records.teach(kind, target, phrasing, day, settles)
            self.live.faq = faq
            return Taught(lesson, diff.told(faq.ask(phrasing)))

    async def unlearn(self, number: int) -> Lesson | None:
        """Undo a lesson; None where it was undone before."""
        async with self._alone():
            lessons = await self.records.lessons()
            undone = next((lesson for lesson in lessons if lesson.id == number), None)
            if undone is None:
                return None
            faq = self.live.faq
            if undone.kind is not Kind.IGNORE:
                rest = tuple(lesson for lesson in lessons if lesson.id != number)
                faq = (await self.build(Job(await self._files(), rest))).faq
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
        """With what operators taught, compared with what answers now."""
        before = self.live.faq
        lessons = tuple(await self.records.lessons())
        expected = (each.question for each in before.knowledge.expected.expected)
        missed = (each.text for each in await self.records.missed(RECENT))
        built = await self.build(replace(job, lessons=lessons, questions=(*expected, *missed)))
        was = {}
        for question in built.replies:
            was[question] = diff.told(before.ask(question))
            await asyncio.sleep(0)  # Whoever asks something meanwhile comes first.
        knows = before.knowledge, built.faq.knowledge
        return built, diff.between(*knows, was, built.replies, built.left_out)

    async def _files(self) -> Files:
        """Of what answers right now."""
        after = None if self._number is None else self._number + 1
        kept = await self.records.kept(before=after)
        if kept is None:
            return await asyncio.to_thread(files.read, self.folder)
        return await asyncio.to_thread(files.unpack, kept[1])

    async def _kept(self, packed: bytes) -> int:
        """The number under which it is kept: a new one, unless it is what was kept last."""
        newest = await self.records.kept()
        if newest and newest[1] == packed:
            return newest[0]
        return await self.records.keep(packed, self.now())
