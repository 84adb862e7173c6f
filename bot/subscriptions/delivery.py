"""Deliveries to subscribers, as the ledger knows them: tips, and messages of operators."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Progress(StrEnum):
    """The states of a delivery."""

    DUE = "due"
    """It was surely not sent yet, and will be tried again."""
    SENDING = "sending"
    SENT = "sent"
    BLOCKED = "blocked"
    DEACTIVATED = "deactivated"
    MIGRATED = "migrated"
    """The group has another id now; it will be tried there."""
    FAILED = "failed"
    """Telegram refused it, or its time was over before it could be sent."""
    UNKNOWN = "unknown"
    """It went out, and no answer came back."""
    CANCELLED = "cancelled"
    """The broadcast was called off, or not wanted any more, before this was sent."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one chat. Moments are aware and in UTC."""

    id: int
    chat: int
    date: dt.date
    tip: str
    """Empty for a broadcast."""
    progress: Progress
    lost: int
    """Tries after which no answer came back."""
    until: dt.datetime
    """The end of the subscriber's local day; a broadcast is too old to be sent then."""
    broadcast: int = 0
    """0 for a tip."""
    thread: int | None = None
    """The subscriber's topic. It is known from the moment at which the delivery is claimed."""


class Stage(StrEnum):
    """The stages of a broadcast."""

    DRAFT = "draft"
    """The operator was shown it and asked whether to send it."""
    RUNNING = "running"
    CANCELLED = "cancelled"
    """The operator has called it off; deliveries on their way still come out."""
    LOST = "lost"
    """The message to be copied is gone; deliveries on their way still come out."""
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
    """The message there that is copied; None for a text."""
    text: str | None
    """Telegram HTML; None for a copy."""
    board: int | None
    """The message there that shows the progress."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The deliveries of a broadcast, counted."""

    open: int
    """Deliveries that are still to be made, or on their way."""
    outcomes: Mapping[Progress, int]
    """Numbers of those that ended, by their last state; no zeros."""

    @property
    def done(self) -> int:
        return sum(self.outcomes.values())

    @property
    def total(self) -> int:
        return self.open + self.done
