"""How often something happened."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something happened on a day."""

    day: dt.date
    kind: str
    """outcome, entry, hour, joined, left, tip or vote."""
    name: str
    """Of the outcome, the entry, the hour ("00" to "23"), of what became of the tip, or of the vote
    (up, down); empty for joined and left."""
    count: int
