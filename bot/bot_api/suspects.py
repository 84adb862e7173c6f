"""Updates that were in hand when the process died are begun one by one, to know which it was."""

import asyncio
from dataclasses import dataclass

from bot.bot_api.intake import Intake

ALONE_SECONDS = 0.05
"""For which an update that may kill the process is handled without another such one."""


@dataclass(slots=True)
class AtFirst:
    """The moment in which an update would kill the process, if it does."""

    intake: Intake
    number: int
    """Of the update."""
    alone: asyncio.Lock
    """Held until the moment is over."""
    held: bool = True
    watching: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """The handling begins now."""
        await self.intake.begin_again(self.number)
        self.watching = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        await asyncio.sleep(ALONE_SECONDS)
        self._release()
        await self.intake.survived(self.number)

    def end(self) -> None:
        """The handling is over, or will not begin."""
        if self.watching:
            self.watching.cancel()
        self._release()

    def _release(self) -> None:
        if self.held:
            self.held = False
            self.alone.release()
