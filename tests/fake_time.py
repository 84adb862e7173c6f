"""Time that passes without waiting: a clock, and an event loop that leaps to its next timer."""

import asyncio
import selectors
from dataclasses import dataclass
from typing import Any

from typing_extensions import override


@dataclass(slots=True)
class Clock:
    """Seconds, never going back."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds


class _Leaping(selectors.SelectSelector):
    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, Any]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise RuntimeError("everything waits, and nothing is left that could happen")
        if not ready:
            self._clock.forward(timeout or 0)
        return ready


class LeapingLoop(asyncio.SelectorEventLoop):
    """For tests without sockets: when all tasks wait, the next timer is due at once.

    So pauses and time limits are real to the program, and `clock` says how long they were.
    """

    def __init__(self) -> None:
        self.clock = Clock()
        super().__init__(_Leaping(self.clock))

    @override
    def time(self) -> float:
        return self.clock()
