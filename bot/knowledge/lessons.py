"""What an operator taught while the bot was running."""

import datetime as dt
from enum import StrEnum

from msgspec import Struct


class Kind(StrEnum):
    """What a wording was taught to be."""

    ENTRY = "entry"
    """A phrasing of an entry."""
    LIMIT = "limit"
    """A phrasing of a subject that is not covered."""
    IGNORE = "ignore"
    """Nothing that the operators want to see again."""


class Lesson(Struct, frozen=True):
    """A wording, and what it is."""

    id: int
    kind: Kind
    target: str
    """Id of the entry or the limit; empty for what is ignored."""
    phrasing: str
    day: dt.date
    """When it was taught."""


class Missed(Struct, frozen=True):
    """A question that found no answer; nothing says who asked it."""

    id: int
    text: str
    outcome: str
    """unknown or suggestions; voted_down for an answer that did not help."""
    day: dt.date
    """When it was asked; more exactly nobody may know."""
