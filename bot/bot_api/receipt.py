"""Receipts of updates, kept over a death of the process, show if the process died of one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

DEADLY = 4
"""Suspicion from which an update is not handled again."""
IN_HAND, BEGUN_ALONE, SURVIVED = 1, 3, -2
"""Steps of suspicion: an update is fetched; it is begun again, as the only suspect; the process
still lives a moment later. So an update that kills at once does that twice. An update that was only
in hand while others killed is handled four times."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The knowledge about an update that comes again."""

    suspicion: int
    """Suspicion that the process dies of the update; see `DEADLY`."""
    done: bool


class Receipts(Protocol):
    """Keeps the progress of updates over a death of the process."""

    async def take(
        self, fetched: Sequence[int], done: Collection[int], unconfirmed: tuple[int, int]
    ) -> dict[int, Receipt]:
        """Write down which updates are done and fetched; return older receipts of the fetched."""

    async def suspect(self, number: int, more: int) -> None:
        """Add so much to the suspicion that the process dies of this update."""

    async def close(self, done: Collection[int]) -> None:
        """Keep only the done updates, as the process ends without being killed."""
