"""A subscriber changes with each wish and each tip: values without a clock or storage."""

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.subscriptions.schedule import Schedule, Slot


class State(StrEnum):
    """The reason why somebody gets tips, or not."""

    ACTIVE = "active"
    PAUSED = "paused"
    """Until further notice."""
    STOPPED = "stopped"
    """They unsubscribed."""
    BLOCKED = "blocked"
    """They blocked the bot, or removed it from the group."""
    DEACTIVATED = "deactivated"
    """The account or the group is gone."""


RUNNING = frozenset({State.ACTIVE, State.PAUSED})
GONE = frozenset({State.BLOCKED, State.DEACTIVATED})


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One chat with its tips. Moments are aware and in UTC."""

    chat: int
    schedule: Schedule
    state: State
    since: dt.datetime
    next: Slot | None
    """None unless active."""
    last: dt.date | None = None
    """The local date of the last tip; no date is served twice."""
    paused_until: dt.datetime | None = None
    round: int = 0
    """The number of times that all tips were seen."""
    thread: int | None = None
    """The topic of a forum where the tips go; None for its General topic, and in other chats."""

    @classmethod
    def new(cls, chat: int, schedule: Schedule, now: dt.datetime) -> "Subscriber":
        """Somebody who gets the first tip at once."""
        return cls(chat, schedule, State.ACTIVE, now, Slot(now, schedule.local(now).date()))

    def is_paused(self, now: dt.datetime) -> bool:
        until = self.paused_until
        return self.state is State.PAUSED or (until is not None and until > now)

    def again(self, schedule: Schedule, now: dt.datetime) -> "Subscriber":
        """Subscribes once more: today's tip comes at once, unless it was sent before."""
        today = schedule.local(now).date()
        served = self.last is not None and today <= self.last
        slot = schedule.after(now, self.last) if served else Slot(now, today)
        return replace(self, schedule=schedule, state=State.ACTIVE, next=slot, paused_until=None)

    def rescheduled(self, schedule: Schedule, now: dt.datetime) -> "Subscriber":
        """Wants another time, zone or other days; a pause goes on, and a due tip stays due."""
        if self.next is None or self.next.moment <= now:
            return replace(self, schedule=schedule)
        return replace(self, schedule=schedule)._waiting(now)

    def paused(self, until: dt.datetime | None) -> "Subscriber":
        """Wants no tips before a moment; None for until further notice."""
        if until is None:
            return replace(self, state=State.PAUSED, next=None, paused_until=None)
        return replace(
            self,
            state=State.ACTIVE,
            next=self.schedule.after(until, self.last),
            paused_until=until,
        )

    def resumed(self, now: dt.datetime) -> "Subscriber":
        """Wants tips again after a pause or a stop; missed tips stay missed."""
        if self.due(now):
            return self  # An old button, pressed while a tip is on its way.
        return replace(self, state=State.ACTIVE, paused_until=None)._waiting(now)

    def ended(self, state: State) -> "Subscriber":
        """Gets no tips any more, for this reason."""
        until = self.paused_until if state in GONE else None
        return replace(self, state=state, next=None, paused_until=until)

    def returned(self, now: dt.datetime) -> "Subscriber":
        """Has unblocked the bot: everything is as before, a pause included."""
        return replace(self, state=State.ACTIVE)._waiting(now)

    def due(self, now: dt.datetime) -> Slot | None:
        """The slot to serve now; after a longer silence only that of today."""
        if self.state is not State.ACTIVE or self.next is None or self.next.moment > now:
            return None
        if self.schedule.midnight(self.next.moment) > now:
            return self.next
        return self.schedule.today(now, self.last)

    def served(self, slot: Slot | None, now: dt.datetime) -> "Subscriber":
        """The tip of a slot is on its way; None where there was no tip left to send."""
        last = slot.date if slot else self.last
        return replace(self, last=last, paused_until=None)._waiting(now)

    def _waiting(self, now: dt.datetime) -> "Subscriber":
        after = max(now, self.paused_until) if self.paused_until else now
        return replace(self, next=self.schedule.after(after, self.last))
