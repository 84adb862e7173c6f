"""Counts of things that happened."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """The number of times that something happened on a day."""

    day: dt.date
    kind: str
    """outcome, entry, hour, joined, left, tip or vote."""
    name: str
    """The outcome, entry, hour ("00" to "23"), end of the tip, or vote (up, down); else empty."""
    count: int
