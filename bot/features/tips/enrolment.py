"""What becomes of a subscription when somebody chooses, comes back or leaves."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from bot.features.statistics.recorder import UsageRecorder
from bot.features.tips import texts
from bot.places.zones import Place
from bot.storage.storage import Storage
from bot.subscriptions.schedule import Schedule
from bot.subscriptions.subscriber import GONE, RUNNING, State, Subscriber


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Writes it down, and says what was understood."""

    storage: Storage
    journal: UsageRecorder
    now: Callable[[], dt.datetime]
    default: Schedule
    """What is offered to somebody who has said nothing yet."""

    async def settle(self, chat: int, at: dt.time | None, place: Place) -> str:
        """Write the time and place down; without a time, only the place of who gets tips."""
        now = self.now()
        known = await self.storage.subscriber(chat)
        if at is None and known is None:
            return texts.not_yet(replace(self.default, zone=place.zone), place.name, now)
        how = partial(self._subscribed, chat=chat, at=at, zone=place.zone, now=now)
        after = await self.storage.change(chat, self.journal.watched(how))
        if after is None or after.state not in RUNNING:
            return texts.not_yet(replace(self.default, zone=place.zone), place.name, now)
        return texts.subscribed(after, place.name, now)

    def _subscribed(
        self,
        known: Subscriber | None,
        chat: int,
        at: dt.time | None,
        zone: str,
        now: dt.datetime,
    ) -> Subscriber:
        usual = known.schedule if known else self.default
        schedule = replace(usual, at=at or usual.at, zone=zone)
        if known is None:
            return Subscriber.new(chat, schedule, now)
        if at is None or known.state in RUNNING:
            return known.rescheduled(schedule, now)
        return known.again(schedule, now)

    async def came_back(self, chat: int) -> None:
        """Whoever had blocked the bot gets tips again."""
        await self.storage.change(chat, self.journal.watched(self._returned))

    async def left(self, chat: int) -> None:
        """Somebody blocked the bot, or a group removed it."""
        await self.storage.change(chat, self.journal.watched(_left))

    def _returned(self, known: Subscriber | None) -> Subscriber | None:
        gone = known is not None and known.state in GONE
        return known.returned(self.now()) if known and gone else None


def _left(known: Subscriber | None) -> Subscriber | None:
    active = known is not None and known.state is State.ACTIVE
    return known.ended(State.BLOCKED) if known and active else None
