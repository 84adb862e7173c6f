"""What is known of an update over a death of the process, and whether the process died of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

DEADLY = 4
"""Suspicion with which an update is not handled again."""
IN_HAND, BEGUN_ALONE, SURVIVED = 1, 3, -2
"""What is added to it: by being fetched; when it is begun again, as the only such one; and when the
process lives a moment later. So an update that kills at once does so twice; one that was only in
hand, as others killed, is handled four times."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is known of an update that comes again."""

    suspicion: int
    """That the process dies of it."""
    done: bool


class Receipts(Protocol):
    """Keeps, over a death of the process, how far the handling of updates has come."""

    async def take(
        self, fetched: Sequence[int], done: Collection[int], unconfirmed: tuple[int, int]
    ) -> dict[int, Receipt]:
        """Write down what is done and what was fetched; returns what was known of the latter."""

    async def suspect(self, number: int, more: int) -> None:
        """That the process dies of this update is by so much more likely."""

    async def close(self, done: Collection[int]) -> None:
        """The process ends, and was not killed: only what is done needs to be known."""
