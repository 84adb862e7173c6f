"""Time that passes without waiting: a clock, and an event loop that leaps to its next timer."""

import asyncio
import datetime as dt
import selectors
import sys
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from typing_extensions import TypeVarTuple, override

Given = TypeVarTuple("Given")
Result = TypeVar("Result")

START = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
PATIENCE = 5.0
SHUTDOWN = "shutdown_default_executor"
"""The function that waits for all other threads."""


@dataclass(slots=True)
class Clock:
    """Seconds, never going back."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds

    def wall(self) -> dt.datetime:
        """What calendars say, in UTC: noon of a Monday at first."""
        return START + dt.timedelta(seconds=self.now)

    def set(self, moment: dt.datetime) -> None:
        """Let the calendar show this moment."""
        self.now = (moment - START).total_seconds()


class _Leaping(selectors.SelectSelector):
    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self.elsewhere: list[asyncio.Future[Any]] = []
        """What threads are working on, which takes real time."""

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


class AtOnce(ThreadPoolExecutor):
    """Works in the thread that asks: to wake another takes as long as what it does for a test."""


class LeapingLoop(asyncio.SelectorEventLoop):
    """For tests without sockets: when all tasks wait, the next timer is due at once.

    So pauses and time limits are real to the program, and `clock` says how long they were.
    """

    def __init__(self) -> None:
        self.clock = Clock()
        self._leaping = _Leaping(self.clock)
        super().__init__(self._leaping)

    @override
    def time(self) -> float:
        return self.clock()

    @override
    def create_future(self) -> asyncio.Future[Any]:
        """The end of all other threads is waited for."""
        future = super().create_future()
        if sys._getframe(1).f_code.co_name == SHUTDOWN:
            self._leaping.elsewhere.append(future)
        return future

    @override
    def run_in_executor(
        self,
        executor: Executor | None,
        func: Callable[[*Given], Result],
        *args: *Given,
    ) -> asyncio.Future[Result]:
        if isinstance(executor, AtOnce):
            return self._at_once(func, *args)
        future = super().run_in_executor(executor, func, *args)
        self._leaping.elsewhere.append(future)
        return future

    def _at_once(self, func: Callable[[*Given], Result], *args: *Given) -> asyncio.Future[Result]:
        """What a thread would do is done; others have their turn before that is seen."""
        future: asyncio.Future[Result] = self.create_future()
        done: Callable[[], None]
        try:
            done = partial(future.set_result, func(*args))
        except BaseException as error:  # noqa: BLE001 - whoever waits gets it
            done = partial(future.set_exception, error)
        self.call_soon(_unless_done, future, done)
        return future


def _unless_done(future: asyncio.Future[Any], finish: Callable[[], None]) -> None:
    """Whoever waits may have been cancelled meanwhile."""
    if not future.done():
        finish()
