"""/unanswered: operators teach, put away or ignore the questions that found no answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from telegram import CallbackQuery, InlineKeyboardMarkup, Update

from bot.answering.faq import Live
from bot.answering.replies import Suggestions, Unknown
from bot.bot_api import sending
from bot.bot_api.buttons import Button, paged
from bot.bot_api.sending import query_of
from bot.bot_api.types import Callback, Context
from bot.errors import KnowledgeError, ReloadError, SettledError
from bot.features.statistics.recorder import UsageRecorder
from bot.features.unanswered import groups as inbox
from bot.features.unanswered import keyboards, texts
from bot.features.unanswered.dealt import Dealt
from bot.features.unanswered.groups import Group
from bot.knowledge.lessons import Kind, Lesson
from bot.markup import escape
from bot.reload.reloader import Reloader, Taught
from bot.storage.records import Records

Shown = tuple[str, InlineKeyboardMarkup | None]


@dataclass(frozen=True, slots=True)
class _Desk:
    """The open questions of the inbox, and the lessons."""

    groups: list[Group]
    lessons: list[Lesson]
    """All that was taught, the newest first."""

    def find(self, question: int) -> "_Case | None":
        """The case of a question, by its id. None if the question is not open any more."""
        for place, group in enumerate(self.groups):
            for each in group.questions:
                if each.id == question:
                    return _Case(place, group, question, each.text.strip())
        return None


@dataclass(frozen=True, slots=True)
class _Case:
    """The question of a pressed button, with its group."""

    place: int
    """The position of the group in the inbox, from 0."""
    group: Group
    question: int
    """The id of the question."""
    wording: str


@dataclass(frozen=True, slots=True)
class InboxHandlers:
    """The callbacks for /unanswered and for the buttons of the inbox."""

    records: Records
    reloader: Reloader
    live: Live
    recorder: UsageRecorder
    dealt: Dealt = field(default_factory=Dealt)

    def buttons(self) -> Mapping[type[Button], Callback]:
        return {
            keyboards.OpenGroup: self.open_group,
            keyboards.PickTopic: self.pick_topic,
            keyboards.PickEntry: self.pick_entry,
            keyboards.PickLimit: self.pick_limit,
            keyboards.Teach: self.teach,
            keyboards.NotCovered: self.not_covered,
            keyboards.Ignore: self.ignore,
            keyboards.Settle: self.settle,
            keyboards.ShowLessons: self.show_lessons,
            keyboards.Undo: self.undo,
        }

    async def unanswered(self, update: Update, _: Context) -> None:
        """Show the inbox, with the questions of this moment: those in memory are written first."""
        await self.recorder.write()
        await sending.say(update, *self._group(await self._desk(), 0))

    async def open_group(self, update: Update, _: Context) -> None:
        button, desk = keyboards.OpenGroup.pressed(update), await self._desk()
        case = desk.find(button.question)
        await _show(update, self._group(desk, case.place if case else button.page))

    async def pick_topic(self, update: Update, _: Context) -> None:
        button = keyboards.PickTopic.pressed(update)
        if case := await self._case(update, button.question):
            await _show(update, self._topics(case, button.page))

    async def pick_entry(self, update: Update, _: Context) -> None:
        button = keyboards.PickEntry.pressed(update)
        topic = self.live.faq.knowledge.topics.get(button.topic)
        if topic is None:
            await sending.acknowledge(query_of(update), texts.NO_TOPIC)
        elif case := await self._case(update, button.question):
            text = texts.choice(case.wording, texts.WHICH_ENTRY)
            await _show(update, (text, keyboards.entries(case.question, topic, button.page)))

    async def pick_limit(self, update: Update, _: Context) -> None:
        button = keyboards.PickLimit.pressed(update)
        if case := await self._case(update, button.question):
            await _show(update, self._limits(case, button.page))

    async def teach(self, update: Update, _: Context) -> None:
        button = keyboards.Teach.pressed(update)
        if case := await self._case(update, button.question):
            await self._teach(query_of(update), case, Kind.ENTRY, button.target)

    async def not_covered(self, update: Update, _: Context) -> None:
        button = keyboards.NotCovered.pressed(update)
        if case := await self._case(update, button.question):
            await self._teach(query_of(update), case, Kind.LIMIT, button.target)

    async def ignore(self, update: Update, _: Context) -> None:
        """Ignore a group for good, and show the next one: operators often ignore many in a row."""
        case = await self._case(update, keyboards.Ignore.pressed(update).question)
        if case is None:
            return
        try:
            taught = await self._learn(query_of(update), case, Kind.IGNORE, "")
        except SettledError:
            await sending.acknowledge(query_of(update), texts.gone(self.dealt.by(case.question)))
        except ReloadError as error:
            await sending.acknowledge(query_of(update), str(error))
        else:
            await _show(update, self._group(await self._desk(), case.place, taught.lesson))

    async def settle(self, update: Update, _: Context) -> None:
        if case := await self._case(update, keyboards.Settle.pressed(update).question):
            if await self.records.settle(case.group.ids, case.question):
                self.dealt.note(case.group.ids, query_of(update).from_user.full_name)
                await _show(update, self._group(await self._desk(), case.place))
            else:
                said = texts.gone(self.dealt.by(case.question))
                await sending.acknowledge(query_of(update), said)

    async def show_lessons(self, update: Update, _: Context) -> None:
        page = keyboards.ShowLessons.pressed(update).page
        await _show(update, self._lessons(await self._taught(), page))

    async def undo(self, update: Update, _: Context) -> None:
        query, button = query_of(update), keyboards.Undo.pressed(update)
        await sending.show(query, texts.CHECKING, None)
        try:
            said = texts.undone(await self.reloader.unlearn(button.lesson))
        except (KnowledgeError, ReloadError) as error:
            said = texts.not_undone(error)
        if button.page is None:
            await sending.turn(query, said, keyboards.undone())
        else:
            text, keyboard = self._lessons(await self._taught(), button.page)
            await sending.turn(query, f"{said}\n\n{text}", keyboard)

    async def _teach(self, query: CallbackQuery, case: _Case, kind: Kind, target: str) -> None:
        await sending.show(query, texts.CHECKING, None)
        try:
            taught = await self._learn(query, case, kind, target)
        except SettledError:
            said = escape(texts.gone(self.dealt.by(case.question)))
            await sending.turn(query, said, keyboards.undone())
        except (KnowledgeError, ReloadError) as error:
            _, choices = self._topics(case) if kind is Kind.ENTRY else self._limits(case)
            await sending.turn(query, texts.refused(case.wording, error), choices)
        else:
            reply = self.live.faq.ask(case.wording)
            text = texts.taught(taught.lesson, reply, len(case.group.questions))
            await sending.turn(query, text, keyboards.taught(taught.lesson, case.place))

    async def _learn(self, query: CallbackQuery, case: _Case, kind: Kind, target: str) -> Taught:
        """Teach, and remember who did; `Reloader.teach` says what is raised."""
        ids = case.group.ids
        try:
            taught = await self.reloader.teach(kind, target, case.wording, ids, case.question)
        except (KnowledgeError, ReloadError) as error:
            # What the faster one taught may stand in the way even before the database decides.
            if self.dealt.by(case.question):
                raise SettledError(str(error)) from error
            raise
        self.dealt.note(ids, query.from_user.full_name)
        return taught

    async def _desk(self) -> _Desk:
        missed, lessons = await self.records.missed(inbox.NEWEST), await self._taught()
        return _Desk(await inbox.unsettled(missed, lessons, self.live.faq), lessons)

    async def _taught(self) -> list[Lesson]:
        return (await self.records.lessons())[::-1]

    async def _case(self, update: Update, question: int) -> _Case | None:
        """The case of a pressed button. If its question is gone, it tells that and returns None."""
        case = (await self._desk()).find(question)
        if case is None:
            await sending.acknowledge(query_of(update), texts.gone(self.dealt.by(question)))
        return case

    def _group(self, desk: _Desk, place: int, ignored: Lesson | None = None) -> Shown:
        """The text and the buttons of a group, with a line about the group just ignored."""
        above = f"{texts.ignored(ignored.phrasing)}\n\n" if ignored else ""
        taught, many = bool(desk.lessons), len(desk.groups)
        if not many:
            return above + texts.NOTHING, keyboards.nothing(ignored, lessons=taught)
        place %= many
        group = desk.groups[place]
        reply = self.live.faq.ask(group.example.text)
        better = None if isinstance(reply, Unknown | Suggestions) else texts.gets(reply)
        text = texts.group(group, place, many, self.recorder.today, better)
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
        number, shown, _ = paged(taught, page, keyboards.LESSONS)
        first = number * keyboards.LESSONS + 1
        text = texts.lessons(
            self.live.faq.knowledge, shown, first, len(taught), self.recorder.today
        )
        return text, keyboards.lessons(taught, page)


async def _show(update: Update, shown: Shown) -> None:
    await sending.show(query_of(update), *shown)
