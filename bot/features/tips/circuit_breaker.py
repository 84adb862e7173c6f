"""The pause in sending when Telegram takes no messages at all."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

WATCHED, MOST_FAILED = 20, 12
"""Of the last `WATCHED` chats, `MOST_FAILED` failures stop the run."""
FIRST_REST, LONGEST_REST = 60.0, 300.0
"""Seconds that a stopped run rests: at first, and at most. Each rest is twice the last."""


@dataclass(slots=True)
class CircuitBreaker:
    """Lets the run rest when many messages fail."""

    clock: Callable[[], float]
    """Seconds, never going back."""
    outcomes: OrderedDict[int, bool] = field(default_factory=OrderedDict)
    """The newest outcome of each of the last chats: True for a good one."""
    rest: float = FIRST_REST
    until: float = 0.0

    @property
    def resting(self) -> bool:
        return self.clock() < self.until

    def note(self, chat: int, *, good: bool) -> bool:
        """Count one outcome. Returns True if the run has to stop now."""
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
