"""The updates that wait for getUpdates."""

import asyncio
import contextlib
import itertools
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from tests.fake_bot_api.parameters import Json

# What Telegram sends only to those who ask for it by name.
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(slots=True)
class UpdateQueue:
    waiting: deque[Json] = field(default_factory=deque)
    confirmed: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)
    nonsense: list[Any] = field(default_factory=list)
    """Things that no Telegram sends; they stand in front of every answer."""
    _allowed: frozenset[str] | None = None

    def push(self, update: Json) -> None:
        last = self.waiting[-1]["update_id"] if self.waiting else self.confirmed - 1
        if update["update_id"] <= last:
            raise ValueError(f"update {update['update_id']} comes after {last}: push in order")
        if self._wanted(update):
            self.waiting.append(update)
            self.news.set()

    def _wanted(self, update: Json) -> bool:
        kinds = update.keys() - {"update_id"}
        return bool(kinds & self._allowed if self._allowed else kinds - ON_REQUEST)

    def allow(self, kinds: list[str] | None) -> None:
        """Telegram remembers the last choice; updates that already wait are not affected."""
        if kinds is not None:
            self._allowed = frozenset(kinds)

    def confirm(self, offset: int) -> None:
        """Forget the updates below the offset; a negative one keeps that many from the end."""
        if offset < 0:
            offset = self.waiting[max(offset, -len(self.waiting))]["update_id"] if self else 0
        self.confirmed = max(self.confirmed, offset)
        while self.waiting and self.waiting[0]["update_id"] < offset:
            self.waiting.popleft()

    def first(self, limit: int) -> list[Json]:
        return [*self.nonsense, *itertools.islice(self.waiting, limit)]

    def __len__(self) -> int:
        return len(self.waiting)

    async def wait(self, seconds: float) -> None:
        self.news.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.news.wait()
