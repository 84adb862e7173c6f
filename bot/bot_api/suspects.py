"""Suspects, updates in hand when the process died, are begun one by one to find the deadly one."""

import asyncio
from dataclasses import dataclass
from typing import Self

from bot.bot_api.intake import Intake

ALONE_SECONDS = 0.05
"""Seconds that a suspect is handled without another suspect beside it."""


@dataclass(slots=True)
class AtFirst:
    """The first moment of handling an update, in which it would kill the process.

    Enter it before the update is handled. A deadly update kills at once, so other suspects wait
    only for a moment, not until Telegram has taken the answer.
    """

    intake: Intake
    number: int
    """Number of the update."""
    alone: asyncio.Lock
    """Held by a suspect until the moment is over."""
    held: bool = False
    watching: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if self.intake.is_suspect(self.number):
            self.held = await self.alone.acquire()
        return self

    async def begin(self) -> None:
        """Note that the handling begins now."""
        if self.held:
            await self.intake.begin_again(self.number)
            self.watching = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        await asyncio.sleep(ALONE_SECONDS)
        self._release()
        await self.intake.survived(self.number)

    async def __aexit__(self, *_: object) -> None:
        if self.watching:
            self.watching.cancel()
        self._release()

    def _release(self) -> None:
        if self.held:
            self.held = False
            self.alone.release()
