"""Once a day, operators read of new questions without an answer, and of bad answers."""

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
"""The mark in the database: the day of the last digest. Its questions are new in the next one."""


@dataclass(frozen=True, slots=True)
class Digest:
    """The daily message to operators."""

    records: Records
    notices: Notices
    bot: ExtBot[int]
    live: Live
    now: Callable[[], dt.datetime]
    zone: str
    at: dt.time
    """The time of day in that zone at which the digest is sent."""

    async def maybe(self) -> None:
        """Send the digest if its time has come and if there is news. It runs at each tick."""
        if not self.notices.operators:
            return
        day = self._due(self.now())
        told = _read(await self.records.mark(MARK))
        if told is None:
            # The first digest tells nothing of the days before this.
            await self.records.set_mark(MARK, day.isoformat())
        elif told < day:
            await self._tell(told, day)

    def _due(self, now: dt.datetime) -> dt.date:
        """The day of the newest digest that should have been sent by now."""
        local = now.astimezone(zone(self.zone))
        return local.date() if local.time() >= self.at else local.date() - dt.timedelta(days=1)

    async def _tell(self, told: dt.date, day: dt.date) -> None:
        """Tell of the full days since the last digest: only the day of a question is stored."""
        over = await self.records.missed(groups.NEWEST, day)
        is_new = any(each.day >= told for each in over)
        new = await self._new(over, told) if is_new else []
        down = await self.records.voted_down(told, day)
        # The mark is written before the message, so no digest is ever sent twice.
        await self.records.set_mark(MARK, day.isoformat())
        if new or down:
            text = texts.digest(self.live.faq.knowledge, new, down)
            await self.notices.tell(self.bot, text)

    async def _new(self, missed: Sequence[Missed], since: dt.date) -> list[Group]:
        """Groups of which no question was asked in vain before that day, the biggest first."""
        lessons = await self.records.lessons()
        found = await groups.unsettled(missed, lessons, self.live.faq)
        return [group for group in found if min(each.day for each in group.questions) >= since]


def _read(mark: str | None) -> dt.date | None:
    """The day in a mark, or None. An older version wrote more behind the day; it is left out."""
    try:
        return dt.date.fromisoformat((mark or "").partition(" ")[0])
    except ValueError:
        return None
