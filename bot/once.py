"""What is made once and shared, whoever asks first and from however many threads."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Once(Generic[Made]):
    """A function without arguments that remembers what it returned; who asks meanwhile waits.

    `functools.cache` lets everybody who asks before the first call is over make one of their own.
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
