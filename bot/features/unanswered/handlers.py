"""/unanswered: what people asked in vain, to be taught, put aside or ignored."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from telegram import InlineKeyboardMarkup, Update

from bot.answering.faq import Live
from bot.answering.replies import Suggestions, Unknown
from bot.bot_api import sending
from bot.bot_api.sending import query_of
from bot.bot_api.types import Callback, Context
from bot.errors import KnowledgeError, ReloadError
from bot.features.statistics.recorder import UsageRecorder
from bot.features.unanswered import groups as inbox
from bot.features.unanswered import keyboards, texts
from bot.features.unanswered.groups import Group
from bot.knowledge.lessons import Kind, Lesson
from bot.reload.reloader import Reloader
from bot.storage.records import Records

Shown = tuple[str, InlineKeyboardMarkup | None]


@dataclass(frozen=True, slots=True)
class _Desk:
    """What lies before an operator."""

    groups: list[Group]
    lessons: list[Lesson]
    """The newest first."""

    def find(self, question: int) -> "_Case | None":
        for place, group in enumerate(self.groups):
            for each in group.questions:
                if each.id == question:
                    return _Case(place, group, question, each.text.strip())
        return None


@dataclass(frozen=True, slots=True)
class _Case:
    """A question whose group an operator deals with."""

    place: int
    group: Group
    question: int
    wording: str


@dataclass(frozen=True, slots=True)
class InboxHandlers:
    """The callbacks, with what they need."""

    records: Records
    reloader: Reloader
    live: Live
    journal: UsageRecorder

    def buttons(self) -> Mapping[str, Callback]:
        """By the patterns of their data."""
        return {
            keyboards.OpenGroup.PATTERN: self.open_group,
            keyboards.PickTopic.PATTERN: self.pick_topic,
            keyboards.PickEntry.PATTERN: self.pick_entry,
            keyboards.PickLimit.PATTERN: self.pick_limit,
            keyboards.Teach.PATTERN: self.teach,
            keyboards.NotCovered.PATTERN: self.not_covered,
            keyboards.Ignore.PATTERN: self.ignore,
            keyboards.Settle.PATTERN: self.settle,
            keyboards.ShowLessons.PATTERN: self.show_lessons,
            keyboards.Undo.PATTERN: self.undo,
        }

    async def unanswered(self, update: Update, _: Context) -> None:
        """What was asked a moment ago is shown too."""
        await self.journal.write()
        await sending.say(update, *self._group(await self._desk(), 0))

    async def open_group(self, update: Update, _: Context) -> None:
        query = query_of(update)
        button = keyboards.OpenGroup.unpack(query.data or "")
        desk = await self._desk()
        case = desk.find(button.question)
        await sending.show(query, *self._group(desk, case.place if case else button.page))

    async def pick_topic(self, update: Update, _: Context) -> None:
        button = keyboards.PickTopic.unpack(query_of(update).data or "")
        if case := await self._case(update, button.question):
            await sending.show(query_of(update), *self._topics(case, button.page))

    async def pick_entry(self, update: Update, _: Context) -> None:
        query = query_of(update)
        button = keyboards.PickEntry.unpack(query.data or "")
        topic = self.live.faq.knowledge.topics.get(button.topic)
        if topic is None:
            await sending.acknowledge(query, texts.NO_TOPIC)
        elif case := await self._case(update, button.question):
            text = texts.choice(case.wording, texts.WHICH_ENTRY)
            await sending.show(query, text, keyboards.entries(case.question, topic, button.page))

    async def pick_limit(self, update: Update, _: Context) -> None:
        button = keyboards.PickLimit.unpack(query_of(update).data or "")
        if case := await self._case(update, button.question):
            await sending.show(query_of(update), *self._limits(case, button.page))

    async def teach(self, update: Update, _: Context) -> None:
        button = keyboards.Teach.unpack(query_of(update).data or "")
        if case := await self._case(update, button.question):
            await self._teach(update, case, Kind.ENTRY, button.target)

    async def not_covered(self, update: Update, _: Context) -> None:
        button = keyboards.NotCovered.unpack(query_of(update).data or "")
        if case := await self._case(update, button.question):
            await self._teach(update, case, Kind.LIMIT, button.target)

    async def ignore(self, update: Update, _: Context) -> None:
        """For good; the next one is shown at once, as most of what is ignored comes in rows."""
        query = query_of(update)
        button = keyboards.Ignore.unpack(query.data or "")
        case = await self._case(update, button.question)
        if case is None:
            return
        try:
            taught = await self.reloader.teach(Kind.IGNORE, "", case.wording, case.group.ids)
        except ReloadError as error:
            await sending.acknowledge(query, str(error))
        else:
            shown = self._group(await self._desk(), case.place, taught.lesson)
            await sending.show(query, *shown)

    async def settle(self, update: Update, _: Context) -> None:
        query = query_of(update)
        button = keyboards.Settle.unpack(query.data or "")
        if case := await self._case(update, button.question):
            await self.records.settle(case.group.ids)
            await sending.show(query, *self._group(await self._desk(), case.place))

    async def show_lessons(self, update: Update, _: Context) -> None:
        query = query_of(update)
        page = keyboards.ShowLessons.unpack(query.data or "").page
        await sending.show(query, *self._lessons(await self._taught(), page))

    async def undo(self, update: Update, _: Context) -> None:
        query = query_of(update)
        button = keyboards.Undo.unpack(query.data or "")
        await sending.show(query, texts.CHECKING, None)
        try:
            said = texts.undone(await self.reloader.unlearn(button.lesson))
        except (KnowledgeError, ReloadError) as error:
            said = texts.not_undone(error)
        if button.page is None:
            await _turn(update, said, keyboards.undone())
        else:
            text, keyboard = self._lessons(await self._taught(), button.page)
            await _turn(update, f"{said}\n\n{text}", keyboard)

    async def _teach(self, update: Update, case: _Case, kind: Kind, target: str) -> None:
        await sending.show(query_of(update), texts.CHECKING, None)
        try:
            taught = await self.reloader.teach(kind, target, case.wording, case.group.ids)
        except (KnowledgeError, ReloadError) as error:
            choices = self._topics(case) if kind is Kind.ENTRY else self._limits(case)
            await _turn(update, texts.refused(case.wording, error), choices[1])
        else:
            reply = self.live.faq.ask(case.wording)
            text = texts.taught(taught.lesson, reply, len(case.group.questions))
            await _turn(update, text, keyboards.taught(taught.lesson, case.place))

    async def _desk(self) -> _Desk:
        missed = await self.records.missed(inbox.NEWEST)
        lessons = await self._taught()
        ignored = [each.phrasing for each in lessons if each.kind is Kind.IGNORE]
        found = await asyncio.to_thread(inbox.groups, missed, ignored, self.live.faq)
        return _Desk(found, lessons)

    async def _taught(self) -> list[Lesson]:
        return (await self.records.lessons())[::-1]

    async def _case(self, update: Update, question: int) -> _Case | None:
        """What a button is about; whoever presses one that is about nothing any more is told."""
        case = (await self._desk()).find(question)
        if case is None:
            await sending.acknowledge(query_of(update), texts.GONE)
        return case

    def _group(self, desk: _Desk, place: int, ignored: Lesson | None = None) -> Shown:
        """A group, below what was ignored just before."""
        above = f"{texts.ignored(ignored.phrasing)}\n\n" if ignored else ""
        taught, many = bool(desk.lessons), len(desk.groups)
        if not many:
            return above + texts.NOTHING, keyboards.nothing(ignored, lessons=taught)
        place %= many
        group = desk.groups[place]
        reply = self.live.faq.ask(group.example.text)
        better = None if isinstance(reply, Unknown | Suggestions) else texts.gets(reply)
        text = texts.group(group, place, many, self.journal.today, better)
        after = (place + 1) % many
        following = keyboards.OpenGroup(desk.groups[after].example.id, after) if many > 1 else None
        keyboard = keyboards.group(
            group.example.id, following, ignored, better=better is not None, lessons=taught
        )
        return above + text, keyboard

    def _topics(self, case: _Case, page: int = 0) -> Shown:
        faq = self.live.faq
        near = inbox.nearest_entries(faq, case.wording)
        chosen = list(faq.knowledge.topics.values())
        text = texts.choice(case.wording, texts.WHICH_TOPIC)
        return text, keyboards.topics(case.question, near, chosen, page)

    def _limits(self, case: _Case, page: int = 0) -> Shown:
        chosen = inbox.nearest_limits(self.live.faq, case.wording)
        text = texts.choice(case.wording, texts.WHICH_LIMIT)
        return text, keyboards.limits(case.question, chosen, page)

    def _lessons(self, taught: list[Lesson], page: int) -> Shown:
        first, shown, _ = keyboards.lessons_page(taught, page)
        text = texts.lessons(self.live.faq.knowledge, shown, first, len(taught), self.journal.today)
        return text, keyboards.lessons(taught, page)


async def _turn(update: Update, text: str, keyboard: InlineKeyboardMarkup | None) -> None:
    """Turn the message of a pressed button, which was answered before, into something else."""
    message = query_of(update).message
    if message is None or not await sending.edit(message, message.message_id, text, keyboard):
        await sending.say(update, text, keyboard)
