"""Once a day, what operators should know: questions without an answer, answers without use."""

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from typing import Self

from msgspec import Struct
from telegram.ext import ExtBot

from bot import digest_texts, inbox
from bot.inbox import Group
from bot.lesson import Kind, Missed
from bot.live import Live
from bot.notices import Notices
from bot.records import Records
from bot.zones import zone

MARK = "digest"
FAR_AHEAD = dt.timedelta(days=2)
"""No zone is so far ahead of another: a clock was wrong."""


class Told(Struct, frozen=True):
    """How far the last digest went."""

    day: dt.date
    """Of the operators' calendar."""
    moment: dt.datetime
    question: int
    """The newest question at that time."""

    def pack(self) -> str:
        return f"{self.day} {self.moment.isoformat()} {self.question}"

    @classmethod
    def unpack(cls, mark: str | None) -> Self | None:
        """None for what cannot be read."""
        try:
            day, moment, question = (mark or "").split(" ")
            return cls(dt.date.fromisoformat(day), dt.datetime.fromisoformat(moment), int(question))
        except ValueError:
            return None


class Digest(Struct):
    """`maybe` sends it when its time has come."""

    records: Records
    notices: Notices
    bot: ExtBot[int]
    live: Live
    now: Callable[[], dt.datetime]
    zone: str
    at: dt.time
    """When the day's digest is due, in that zone."""
    _told: Told | None = None

    async def maybe(self) -> None:
        """At each tick: a digest once a day, if there is something to say."""
        if not self.notices.operators:
            return
        now = self.now()
        day = self._due(now)
        if self._told is None:
            self._told = Told.unpack(await self.records.mark(MARK))
        told = self._told
        if told is None or told.day > day + FAR_AHEAD:
            # Nobody waits for what happened before there were digests.
            newest = await self.records.missed(1)
            await self._go_on_from(Told(day, now, newest[0].id if newest else 0))
        elif told.day < day:
            await self._tell(told, day, now)

    def _due(self, now: dt.datetime) -> dt.date:
        """The day of the newest digest that could have been sent by now."""
        local = now.astimezone(zone(self.zone))
        return local.date() if local.time() >= self.at else local.date() - dt.timedelta(days=1)

    async def _tell(self, told: Told, day: dt.date, now: dt.datetime) -> None:
        missed = await self.records.missed(inbox.NEWEST)
        newest = max([told.question, *(each.id for each in missed)])
        new = await self._new(missed, told.question) if newest > told.question else []
        down = await self.records.voted_down(told.moment, now)
        # First: whatever becomes of the message, it is not sent twice.
        await self._go_on_from(Told(day, now, newest))
        if new or down:
            text = digest_texts.digest(self.live.faq.knowledge, new, down)
            await self.notices.tell(self.bot, text)

    async def _new(self, missed: Sequence[Missed], after: int) -> list[Group]:
        """What nobody had asked in vain before, the biggest group first."""
        lessons = await self.records.lessons()
        ignored = [lesson.phrasing for lesson in lessons if lesson.kind is Kind.IGNORE]
        found = await asyncio.to_thread(inbox.groups, missed, ignored, self.live.faq)
        return [group for group in found if min(group.ids) > after]

    async def _go_on_from(self, told: Told) -> None:
        await self.records.set_mark(MARK, told.pack())
        self._told = told
