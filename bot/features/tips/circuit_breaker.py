"""Whether Telegram takes tips at all, and when to try again if it does not."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

WATCHED, MOST_FAILED = 20, 12
"""Of so many chats in a row so many may fail before the run is stopped."""
FIRST_REST, LONGEST_REST = 60.0, 300.0
"""Seconds until a stopped run goes on."""


@dataclass(slots=True)
class CircuitBreaker:
    """Whether Telegram takes tips at all; when many fail, the run rests."""

    clock: Callable[[], float]
    """Seconds, never going back."""
    outcomes: OrderedDict[int, bool] = field(default_factory=OrderedDict)
    """The newest of each chat, for the last few chats."""
    rest: float = FIRST_REST
    until: float = 0.0

    @property
    def resting(self) -> bool:
        return self.clock() < self.until

    def note(self, chat: int, *, good: bool) -> bool:
        """Count one outcome; True when the run has to stop now."""
        self.outcomes.pop(chat, None)
        self.outcomes[chat] = good
        if len(self.outcomes) > WATCHED:
            self.outcomes.popitem(last=False)
        if good:
            self.rest = FIRST_REST
        if list(self.outcomes.values()).count(False) < MOST_FAILED or self.resting:
            return False
        self.outcomes.clear()
        self.until = self.clock() + self.rest
        self.rest = min(LONGEST_REST, 2 * self.rest)
        return True
