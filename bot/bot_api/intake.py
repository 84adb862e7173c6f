"""The intake keeps track of updates: those in hand, and those that Telegram may forget.

Telegram hands out the first 100 unconfirmed updates. Asking for an update confirms all before it.
Nothing may be lost when the process is killed. So the bot confirms only updates that are done, and
fetches no more than it handles soon.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.bot_api.receipt import BEGUN_ALONE, DEADLY, SURVIVED, Receipt, Receipts

WINDOW = 100
"""Updates that Telegram hands out at once, at most."""
ROOM = WINDOW // 2
"""Unconfirmed updates, at most, that leave enough room in a batch for new ones."""
PATIENCE = 0.5
"""Seconds after which an unfinished update may be confirmed, if others need room."""
LONG_LINE = 5
"""A chat with this many updates in hand is a flood: they may be confirmed without patience."""
MOST_LET_GO = 1_000
"""Unfinished updates that may be confirmed, at most; then nothing more is fetched."""
DRAIN_SECONDS = 8.0
"""Seconds that a stop may take; a supervisor kills after ten."""
DATABASE_SECONDS = 0.25
"""Seconds that answers wait, at most, until the database knows what was fetched."""

log = logging.getLogger(__name__)

Result = TypeVar("Result")


@dataclass(slots=True)
class Intake:
    """Hears which updates are fetched and done; says which to handle and which to ask for next."""

    receipts: Receipts
    clock: Callable[[], float]
    """Seconds, never going back."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the process is about to end. Updates that can come again are then not waited for."""
    _asked: int = 0
    """Number of the update that was asked for last."""
    _next: int = 0
    """Number behind the last update that was fetched."""
    _open: dict[int, float] = field(default_factory=dict)
    """Number of each update in hand → the time when it came."""
    _let_go: set[int] = field(default_factory=set)
    """Updates in hand that may be confirmed already."""
    _done: set[int] = field(default_factory=set)
    """Updates that are done, but may come again."""
    _unwritten: set[int] = field(default_factory=set)
    """Updates that are done, but not yet written down as done."""
    _suspects: set[int] = field(default_factory=set)
    """Updates in hand that were also in hand when the process died."""
    _chats: dict[int, int] = field(default_factory=dict)
    """Number of an update in hand → its chat."""
    _held: set[int | None] = field(default_factory=set)
    """Chats in which Telegram takes nothing for a while."""
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def offset(self) -> int:
        """The update to ask for next, which confirms all before it; 0 asks for any."""
        return min(self._open.keys() - self._let_go, default=self._next)

    @property
    def waits(self) -> bool:
        """True where Telegram would hand out updates again that are in hand."""
        return self.offset < self._next

    @property
    def _has_room(self) -> bool:
        return len(self._open) - len(self._let_go) <= ROOM

    async def settled(self, seconds: float, *, more: bool = False) -> None:
        """Wait until Telegram would hand out nothing in hand again, but no longer than `seconds`.

        With `more` (more updates are known to come) wait only until there is room for them.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.waits and not (more and self._has_room):
                    self._news.clear()
                    await self._news.wait()

    async def take(self, fetched: Sequence[int]) -> tuple[list[int], list[int]]:
        """Return the updates to handle, in order, and those that killed the process too often."""
        if not fetched and not self.waits:
            # All are confirmed. After a week without updates Telegram numbers them anew.
            self._next = self._asked = 0
        new = [each for each in fetched if each not in self._open and each not in self._done]
        self.confirmed()
        known = await self._written(new)
        fresh, fatal = [], []
        for each in new:
            receipt = known.get(each, Receipt(0, done=False))
            if receipt.done or receipt.suspicion >= DEADLY:
                self._done.add(each)
                if not receipt.done:
                    self._unwritten.add(each)
                    fatal.append(each)
            else:
                fresh.append(each)
                self._open[each] = self.clock()
                if receipt.suspicion:
                    self._suspects.add(each)
        self._next = max([self._next, *(each + 1 for each in fetched)])
        self._make_room(len(fetched))
        return fresh, fatal

    def ask(self) -> int:
        """Return the update to ask for; the caller asks Telegram now."""
        self._asked = self.offset
        return self._asked

    def confirmed(self) -> None:
        """Telegram has answered, so updates before the asked one cannot come again."""
        self._done = {each for each in self._done if each >= self._asked}

    def done(self, number: int) -> None:
        """An update is handled, or cannot be handled."""
        if self._open.pop(number, None) is not None:
            self._unwritten.add(number)
            self._suspects.discard(number)
            self._done.add(number)
            self._let_go.discard(number)
            self._chats.pop(number, None)
            self._news.set()

    def belongs(self, number: int, chat: int) -> None:
        """Note the chat of an update in hand."""
        if number in self._open:
            self._chats[number] = chat

    async def held(self, number: int, chat: int | None, seconds: float) -> None:
        """Wait, as Telegram takes nothing in the chat of this update for so many seconds.

        Raises:
            CancelledError: the process stops, and Telegram will hand the update out again. A
                confirmed update cannot come again, so it waits on if the stop has time for that.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        self._held.add(chat)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(until):
                    await self.stopping.wait()
                    if number not in self._let_go or until - loop.time() > DRAIN_SECONDS:
                        raise asyncio.CancelledError
                    await asyncio.Event().wait()
        finally:
            self._held.discard(chat)

    def is_suspect(self, number: int) -> bool:
        """True where the update was in hand when the process died."""
        return number in self._suspects

    async def begin_again(self, number: int) -> None:
        """Note that a suspect is handled once more. If the process dies now, it is to blame."""
        await _in_time(self.receipts.suspect(number, BEGUN_ALONE))

    async def survived(self, number: int) -> None:
        """Note that the process did not die of this suspect at once."""
        await _in_time(self.receipts.suspect(number, SURVIVED))

    async def close(self) -> None:
        """End the intake with the process; the updates still in hand have done no harm."""
        if self._let_go:
            lost = len(self._let_go)
            log.warning("%d messages of a flood are lost: they were not answered in time", lost)
        await _in_time(self.receipts.close(frozenset(self._done)))

    async def _written(self, new: Sequence[int]) -> dict[int, Receipt]:
        if not (new or self._unwritten & self._done):
            return {}
        numbers = {*new, *self._open, *self._done}
        done, self._unwritten = self._unwritten, set()
        work = self.receipts.take(new, done, (min(numbers), max(numbers)))
        known = await _in_time(work)
        if known is None:
            self._unwritten |= done
        return known or {}

    def _make_room(self, fetched: int) -> None:
        """Let stuck updates be confirmed before they are done, if a full batch leaves no room."""
        if fetched < WINDOW:
            return
        lines = Counter(self._chats.values())
        for each in sorted(self._open.keys() - self._let_go):
            unconfirmed = len(self._open) - len(self._let_go) + self._blocked
            full = len(self._let_go) >= MOST_LET_GO
            # The first that is not stuck ends it: nothing behind it can be confirmed.
            if full or unconfirmed <= ROOM or not self._is_stuck(each, lines):
                return
            self._let_go.add(each)

    def _is_stuck(self, number: int, lines: Mapping[int, int]) -> bool:
        """True where the chat takes nothing, or floods, or the update takes long, and blocks."""
        chat = self._chats.get(number)
        if chat is not None and chat in self._held:
            return True
        floods = chat is not None and lines[chat] >= LONG_LINE
        late = self.clock() - self._open[number] >= PATIENCE
        return (floods or late) and self._blocked >= ROOM

    @property
    def _blocked(self) -> int:
        """Number of done updates that cannot be confirmed yet, as one before them is in hand."""
        first = self.offset
        return sum(each >= first for each in self._done)


async def _in_time(work: Coroutine[Any, Any, Result]) -> Result | None:
    """Work in the database; None if it fails or takes too long: people are answered anyway."""
    try:
        async with asyncio.timeout(DATABASE_SECONDS):
            return await work
    except Exception as error:  # noqa: BLE001 - whatever it is
        log.warning("not written down which questions are in hand: %s", type(error).__name__)
        return None
