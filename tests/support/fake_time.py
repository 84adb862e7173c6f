"""Time that passes without waiting: a clock, and an event loop that leaps to its next timer."""

import asyncio
import datetime as dt
import selectors
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from typing_extensions import TypeVarTuple, override

Given = TypeVarTuple("Given")
Result = TypeVar("Result")

START = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
PATIENCE = 5.0


@dataclass(slots=True)
class Clock:
    """Seconds, never going back."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds

    def wall(self) -> dt.datetime:
        """The time in UTC that calendars show: at first noon of a Monday."""
        return START + dt.timedelta(seconds=self.now)

    def set(self, moment: dt.datetime) -> None:
        """Let the calendar show this moment."""
        self.now = (moment - START).total_seconds()


class _Leaping(selectors.SelectSelector):
    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self.elsewhere: list[asyncio.Future[Any]] = []
        """The work of threads, which takes real time."""

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, Any]]:
        if timeout == 0:
            return []  # There is something to do already.
        ready = super().select(PATIENCE if self._is_busy_elsewhere() else 0)
        while not ready and self._is_busy_elsewhere():
            ready = super().select(PATIENCE)
        if not ready and timeout is None:
            raise RuntimeError("everything waits, and nothing is left that could happen")
        if not ready:
            self._clock.forward(timeout or 0)
        return ready

    def _is_busy_elsewhere(self) -> bool:
        self.elsewhere = [each for each in self.elsewhere if not each.done()]
        return bool(self.elsewhere)


class LeapingLoop(asyncio.SelectorEventLoop):
    """A loop for tests without sockets: when all tasks wait, the next timer is due at once.

    Pauses and time limits are real to the program, and `clock` says how long they were.
    """

    def __init__(self) -> None:
        self.clock = Clock()
        self._leaping = _Leaping(self.clock)
        super().__init__(self._leaping)
        self._threads = ThreadPoolExecutor()
        self.set_default_executor(self._threads)

    @override
    def time(self) -> float:
        return self.clock()

    @override
    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """Wait for all other threads right here."""
        self._threads.shutdown()

    @override
    def run_in_executor(
        self,
        executor: Executor | None,
        func: Callable[[*Given], Result],
        *args: *Given,
    ) -> asyncio.Future[Result]:
        future = super().run_in_executor(executor, func, *args)
        self._leaping.elsewhere.append(future)
        return future
