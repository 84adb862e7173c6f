"""The numbers that operators see."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from bot.storage.counts import Tally

OUTCOMES = ("answer", "suggestions", "limited", "red_flag", "smalltalk", "unknown")
"""The outcomes of questions, in the order in which they are shown."""
MOST_DAYS = 365
"""Days; the chart is made for no more."""
TOP_ENTRIES = 5
BUSIEST_HOURS = 3
Name = TypeVar("Name", str, int)


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts of some days; the last day is today."""

    days: tuple[dt.date, ...]
    """All of them, also those on which nothing happened."""
    outcomes: Mapping[str, tuple[int, ...]]
    """For each of `OUTCOMES`, the number of questions that ended so on each day."""
    entries: tuple[tuple[str, int], ...]
    """The entries that answered most, and how often; at most `TOP_ENTRIES` ids."""
    hours: tuple[int, ...]
    """Questions in each of the 24 hours, from midnight on."""
    up: int
    """Votes that an answer helped; `down` are the others."""
    down: int
    subscribers: int
    joined: int
    left: int
    tips: Counter[str]
    """The number of tips for each outcome: sent, blocked, deactivated, failed, unknown."""

    @classmethod
    def of(cls, tallies: Iterable[Tally], subscribers: int, today: dt.date, days: int) -> "Figures":
        """Sum up the tallies of the last `days` days; all other days are left out."""
        shown = tuple(today - dt.timedelta(days=back) for back in reversed(range(days)))
        named: defaultdict[str, Counter[str]] = defaultdict(Counter)
        questions: Counter[tuple[str, dt.date]] = Counter()
        for each in tallies:
            if shown[0] <= each.day <= today:
                named[each.kind][each.name] += each.count
                if each.kind == "outcome":
                    questions[each.name, each.day] += each.count
        return cls(
            days=shown,
            outcomes={name: tuple(questions[name, day] for day in shown) for name in OUTCOMES},
            entries=_most(named["entry"], TOP_ENTRIES),
            hours=tuple(named["hour"][f"{hour:02}"] for hour in range(24)),
            # A changed vote takes back one of an earlier day, so a sum may be below zero.
            up=max(0, named["vote"]["up"]),
            down=max(0, named["vote"]["down"]),
            subscribers=subscribers,
            joined=named["joined"].total(),
            left=named["left"].total(),
            tips=named["tip"],
        )

    @property
    def totals(self) -> dict[str, int]:
        """Questions by outcome."""
        return {name: sum(counts) for name, counts in self.outcomes.items()}

    @property
    def questions(self) -> int:
        return sum(self.totals.values())

    @property
    def helpful(self) -> float | None:
        """The share of votes that an answer helped; None without votes."""
        votes = self.up + self.down
        return self.up / votes if votes else None

    @property
    def busiest(self) -> tuple[tuple[int, int], ...]:
        """The hours with the most questions, and their numbers; at most `BUSIEST_HOURS`."""
        return _most(dict(enumerate(self.hours)), BUSIEST_HOURS)


def _most(counts: Mapping[Name, int], most: int) -> tuple[tuple[Name, int], ...]:
    """The names with the highest counts; equal counts are sorted by name."""
    found = [(name, count) for name, count in counts.items() if count > 0]
    return tuple(sorted(found, key=lambda each: (-each[1], each[0]))[:most])
