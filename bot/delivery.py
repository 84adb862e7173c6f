"""One tip on its way to one subscriber, as the ledger knows it."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Progress(StrEnum):
    """How far a delivery has come."""

    DUE = "due"
    """Surely not sent yet; it will be tried again."""
    SENDING = "sending"
    SENT = "sent"
    BLOCKED = "blocked"
    DEACTIVATED = "deactivated"
    MIGRATED = "migrated"
    """The group has another id by now; it will be tried there."""
    FAILED = "failed"
    """Telegram refused it, or the day was over before it could be sent."""
    UNKNOWN = "unknown"
    """It went out and no answer came back."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Moments are aware and in UTC."""

    id: int
    chat: int
    date: dt.date
    tip: str
    progress: Progress
    lost: int
    """Tries after which no answer came back."""
    until: dt.datetime
    """When the subscriber's local day is over."""
