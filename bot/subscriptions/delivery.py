"""What is on its way to subscribers, as the ledger knows it: tips, and messages of operators."""

import datetime as dt
from collections.abc import Mapping
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
    """Telegram refused it, or its time was over before it could be sent."""
    UNKNOWN = "unknown"
    """It went out and no answer came back."""
    CANCELLED = "cancelled"
    """A broadcast that was called off, or not wanted any more, before this was sent."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Moments are aware and in UTC."""

    id: int
    chat: int
    date: dt.date
    tip: str
    """Empty for a broadcast."""
    progress: Progress
    lost: int
    """Tries after which no answer came back."""
    until: dt.datetime
    """When the subscriber's local day is over, or a broadcast too old to be sent."""
    broadcast: int = 0
    """0 for a tip."""


class Stage(StrEnum):
    """How far a broadcast has come."""

    DRAFT = "draft"
    """The operator was shown it and asked whether to send it."""
    RUNNING = "running"
    CANCELLED = "cancelled"
    """The operator has called it off; what is on its way still comes out."""
    LOST = "lost"
    """The message to be copied is gone; the same."""
    OVER = "over"


UNDER_WAY = (Stage.RUNNING, Stage.CANCELLED, Stage.LOST)
"""Of these something may still be on its way."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A message from an operator to all subscribers: a copy of another, or a text."""

    id: int
    stage: Stage
    chat: int
    """The operator's."""
    message: int | None
    """The one there that is copied; None for a text."""
    text: str | None
    """Telegram HTML; None for a copy."""
    board: int | None
    """The message there that shows how far it is."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What has become of the deliveries of a broadcast so far."""

    open: int
    """Deliveries that are still to be made, or on their way."""
    outcomes: Mapping[Progress, int]
    """How many ended how; no zeros."""

    @property
    def done(self) -> int:
        return sum(self.outcomes.values())

    @property
    def total(self) -> int:
        return self.open + self.done
