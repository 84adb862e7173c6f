"""What operators are shown in numbers."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from bot.storage.counts import Tally

OUTCOMES = ("answer", "suggestions", "limited", "red_flag", "smalltalk", "unknown")
"""What can become of a question, in the order in which it is shown."""
MOST_DAYS = 365
"""The most days that the chart is made for."""
TOP_ENTRIES = 5
BUSIEST_HOURS = 3
Name = TypeVar("Name", str, int)


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened in some days, the last of which is today."""

    days: tuple[dt.date, ...]
    """Each of them, whether anything happened or not."""
    outcomes: Mapping[str, tuple[int, ...]]
    """For each of `OUTCOMES`, how many questions ended so on each of the days."""
    entries: tuple[tuple[str, int], ...]
    """What was answered most, by id; at most `TOP_ENTRIES`."""
    hours: tuple[int, ...]
    """Questions in each hour of the day, from midnight on."""
    up: int
    """Votes that an answer helped."""
    down: int
    subscribers: int
    joined: int
    left: int
    tips: Counter[str]
    """By what became of them: sent, blocked, deactivated, failed, unknown."""

    @classmethod
    def of(cls, tallies: Iterable[Tally], subscribers: int, today: dt.date, days: int) -> "Figures":
        """From whatever was counted; what lies before the days or after today is left out."""
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
            # Who changes a vote takes back one of another day.
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
        """The hours with the most questions and how many those are; at most `BUSIEST_HOURS`."""
        return _most(dict(enumerate(self.hours)), BUSIEST_HOURS)


def _most(counts: Mapping[Name, int], most: int) -> tuple[tuple[Name, int], ...]:
    """The names that count most, the first by name among equals."""
    found = [(name, count) for name, count in counts.items() if count > 0]
    return tuple(sorted(found, key=lambda each: (-each[1], each[0]))[:most])
