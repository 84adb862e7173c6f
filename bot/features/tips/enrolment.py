"""Changes of a subscription when somebody chooses a time, comes back or leaves."""

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
    """Writes changes down, and says what was understood."""

    storage: Storage
    recorder: UsageRecorder
    now: Callable[[], dt.datetime]
    default: Schedule
    """The time and zone for somebody who has named none."""

    async def settle(
        self, chat: int, at: dt.time | None, place: Place, topic: int | None = None
    ) -> str:
        """Write a time and a place down. Without a time, only a subscriber's place is changed.

        The tips go where the time was named; `topic` is as in `sending.topic_of`.
        """
        now = self.now()

        def chosen(known: Subscriber | None) -> Subscriber | None:
            usual = known.schedule if known else self.default
            schedule = replace(usual, at=at or usual.at, zone=place.zone)
            if known is None:
                return None if at is None else _in(topic, Subscriber.new(chat, schedule, now))
            if at is None:
                return known.rescheduled(schedule, now)
            runs = known.state in RUNNING
            return _in(topic, (known.rescheduled if runs else known.again)(schedule, now))

        after = await self.storage.change(chat, self.recorder.watched(chosen))
        if after is None or after.state not in RUNNING:
            return texts.not_yet(replace(self.default, zone=place.zone), place.name, now)
        return texts.subscribed(after, place.name, now)

    async def came_back(self, chat: int) -> None:
        """Somebody who had blocked the bot gets tips again."""
        await self.storage.change(chat, self.recorder.watched(self._returned))

    async def left(self, chat: int) -> None:
        """Somebody blocked the bot, or a group removed it."""
        await self.storage.change(chat, self.recorder.watched(partial(gone, State.BLOCKED)))

    def _returned(self, known: Subscriber | None) -> Subscriber | None:
        return known.returned(self.now()) if known and known.state in GONE else None


def _in(topic: int | None, whose: Subscriber) -> Subscriber:
    return whose if topic is None else replace(whose, thread=topic or None)


def gone(why: State, known: Subscriber | None) -> Subscriber | None:
    """End an active subscription; old news must not undo a later choice."""
    return known.ended(why) if known and known.state is State.ACTIVE else None
