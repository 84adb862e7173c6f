"""Finds when a tip is due: a local time on days of the week, even when clocks change."""

import datetime as dt
from dataclasses import dataclass, field

from bot.places.zones import zone

DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)
EVERY_DAY = frozenset(range(1, 8))
MOST_DAYS = 16
"""Days to look ahead: a week holds every weekday, but a zone may skip that very date."""


@dataclass(frozen=True, order=True, slots=True)
class Slot:
    """A local date and the moment, in UTC, at which its tip is due."""

    moment: dt.datetime
    date: dt.date


@dataclass(frozen=True, slots=True)
class Schedule:
    """A local time, without seconds, on some days of the week."""

    at: dt.time
    zone: str
    """An IANA zone, or a fixed offset such as UTC+05:30."""
    days: frozenset[int] = field(default=EVERY_DAY)
    """ISO weekdays: 1 is Monday."""

    def local(self, moment: dt.datetime) -> dt.datetime:
        """The moment in this zone."""
        return moment.astimezone(zone(self.zone))

    def on(self, date: dt.date) -> Slot | None:
        """The slot of a local date.

        Where two moments have this local time, the earlier one counts; where clocks leap over it,
        the first moment after. None for a weekday that was not chosen, and a date that is skipped.
        """
        if date.isoweekday() not in self.days:
            return None
        there = zone(self.zone)
        wanted = dt.datetime.combine(date, self.at)
        moment = _utc(wanted, there, fold=0)
        if moment.astimezone(there).replace(tzinfo=None) == wanted:
            return Slot(moment, date)
        leap = _leap(_utc(wanted, there, fold=1), moment, there)
        days = {leap.astimezone(there).date(), (leap - SECOND).astimezone(there).date()}
        return Slot(leap, date) if date in days else None

    def after(self, moment: dt.datetime, last: dt.date | None) -> Slot | None:
        """The first slot after a moment, and with a date after the last one that was served."""
        # After a leap at midnight, yesterday's slot is a moment of today.
        first = self.local(moment).date() - DAY
        if last is not None:
            first = max(first, last + DAY)
        slots = (self.on(first + i * DAY) for i in range(MOST_DAYS))
        return next((slot for slot in slots if slot and slot.moment > moment), None)

    def today(self, moment: dt.datetime, last: dt.date | None) -> Slot | None:
        """The last slot up to a moment and on its local day, unless it was served."""
        today = self.local(moment).date()
        for date in (today, today - DAY):
            slot = self.on(date)
            if slot and slot.moment <= moment and self.local(slot.moment).date() == today:
                return slot if last is None or date > last else None
        return None

    def midnight(self, moment: dt.datetime) -> dt.datetime:
        """The moment, in UTC, at which the local day of a moment is over."""
        there = zone(self.zone)
        end = dt.datetime.combine(self.local(moment).date() + DAY, dt.time())
        return _utc(end, there, fold=0)


def _utc(local: dt.datetime, there: dt.tzinfo, fold: int) -> dt.datetime:
    return local.replace(tzinfo=there, fold=fold).astimezone(dt.UTC)


def _leap(before: dt.datetime, after: dt.datetime, there: dt.tzinfo) -> dt.datetime:
    """The moment, to the second, at which the offset changes between two moments."""
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(middle, there) == _offset(low, there):
            low = middle
        else:
            high = middle
    return dt.datetime.fromtimestamp(high, dt.UTC)


def _offset(second: int, there: dt.tzinfo) -> dt.timedelta | None:
    return dt.datetime.fromtimestamp(second, there).utcoffset()
