"""A value that is made once and shared by all threads."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Once(Generic[Made]):
    """A function without arguments that runs once; other threads wait for its result.

    With `functools.cache` each thread that asks before the first call is over would run it, too.
    """

    def __init__(self, make: Callable[[], Made]) -> None:
        self.make = make
        self._lock = Lock()
        self._made: list[Made] = []

    def __call__(self) -> Made:
        with self._lock:
            if not self._made:
                self._made.append(self.make())
            return self._made[0]

    @property
    def is_made(self) -> bool:
        return bool(self._made)
