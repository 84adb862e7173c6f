"""Once a day, what operators should know: questions without an answer, answers without use."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from telegram.ext import ExtBot

from bot.answering.faq import Live
from bot.features.operators.notices import Notices
from bot.features.unanswered import groups, texts
from bot.features.unanswered.groups import Group
from bot.knowledge.lessons import Missed
from bot.places.zones import zone
from bot.storage.records import Records

MARK = "digest"


@dataclass(slots=True)
class Digest:
    """`maybe` sends it when its time has come."""

    records: Records
    notices: Notices
    bot: ExtBot[int]
    live: Live
    now: Callable[[], dt.datetime]
    zone: str
    at: dt.time
    """When the day's digest is due, in that zone."""
    _told: dt.date | None = None
    """The day of the last one: what was asked on that day is news still."""

    async def maybe(self) -> None:
        """At each tick: a digest once a day, if there is something to say."""
        if not self.notices.operators:
            return
        day = self._due(self.now())
        if self._told is None:
            self._told = _read(await self.records.mark(MARK))
        told = self._told
        if told is None:
            # Nobody waits for what happened before there were digests.
            await self._go_on_from(day)
        elif told < day:
            await self._tell(told, day)

    def _due(self, now: dt.datetime) -> dt.date:
        """The day of the newest digest that could have been sent by now."""
        local = now.astimezone(zone(self.zone))
        return local.date() if local.time() >= self.at else local.date() - dt.timedelta(days=1)

    async def _tell(self, told: dt.date, day: dt.date) -> None:
        """Of all days since the last one that are over: nothing says when on a day it was."""
        over = await self.records.missed(groups.NEWEST, day)
        is_new = any(each.day >= told for each in over)
        new = await self._new(over, told) if is_new else []
        down = await self.records.voted_down(told, day)
        # First: whatever becomes of the message, it is not sent twice.
        await self._go_on_from(day)
        if new or down:
            text = texts.digest(self.live.faq.knowledge, new, down)
            await self.notices.tell(self.bot, text)

    async def _new(self, missed: Sequence[Missed], since: dt.date) -> list[Group]:
        """What nobody had asked in vain before, the biggest group first."""
        lessons = await self.records.lessons()
        found = await groups.unsettled(missed, lessons, self.live.faq)
        return [group for group in found if min(each.day for each in group.questions) >= since]

    async def _go_on_from(self, day: dt.date) -> None:
        await self.records.set_mark(MARK, day.isoformat())
        self._told = day


def _read(mark: str | None) -> dt.date | None:
    """None for what cannot be read; behind the day there may be what is not kept any more."""
    try:
        return dt.date.fromisoformat((mark or "").partition(" ")[0])
    except ValueError:
        return None
