"""Which updates are in hand, and up to which one Telegram may forget what it has handed out.

Telegram hands out the first 100 updates that are not confirmed, and confirms all below the one that
is asked for next. So that nothing is lost when the process is killed, only what is done is
confirmed, and no more is fetched than is handled soon.
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
"""Unconfirmed updates beside which enough new ones are handed out."""
PATIENCE = 0.5
"""Seconds after which an update may be confirmed while it is handled, where others need room."""
LONG_LINE = 5
"""Updates of one chat in hand, from which all of them may be confirmed as if they took long."""
MOST_LET_GO = 1_000
"""Updates that are handled though they are confirmed; then nothing more is fetched."""
DRAIN_SECONDS = 8.0
"""That a stop may take: a supervisor kills after ten."""
DATABASE_SECONDS = 0.5
"""For which answers wait until it is written down what was fetched."""

log = logging.getLogger(__name__)

Result = TypeVar("Result")


@dataclass(slots=True)
class Intake:
    """Told what is fetched and what is done; tells what to handle and what to ask for next."""

    receipts: Receipts
    clock: Callable[[], float]
    """Seconds, never going back."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the process is about to end: what can be handed out again is waited for no more."""
    _asked: int = 0
    """The update that was asked for the last time."""
    _next: int = 0
    """Behind the last one that was fetched."""
    _open: dict[int, float] = field(default_factory=dict)
    """Those in hand, by number, with the time when each came."""
    _let_go: set[int] = field(default_factory=set)
    """Those in hand that may be confirmed already."""
    _done: set[int] = field(default_factory=set)
    """Those that are done, but may come again."""
    _unwritten: set[int] = field(default_factory=set)
    """Those that were done since it was written down the last time."""
    _suspects: set[int] = field(default_factory=set)
    """Those in hand that were in hand when the process died."""
    _chats: dict[int, int] = field(default_factory=dict)
    """Of those in hand, by number, the chat."""
    _held: set[int | None] = field(default_factory=set)
    """Chats in which Telegram takes nothing for a while."""
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def offset(self) -> int:
        """The update to ask for next: all before it are confirmed by that. 0 for any."""
        return min(self._open.keys() - self._let_go, default=self._next)

    @property
    def waits(self) -> bool:
        """Whether Telegram would hand out again what is in hand."""
        return self.offset < self._next

    @property
    def _has_room(self) -> bool:
        return len(self._open) - len(self._let_go) <= ROOM

    async def settled(self, seconds: float, *, more: bool = False) -> None:
        """Wait until nothing is in hand that would be handed out again, but no longer than this.

        Where `more` is known to come, only until there is room for it.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.waits and not (more and self._has_room):
                    self._news.clear()
                    await self._news.wait()

    async def take(self, fetched: Sequence[int]) -> tuple[list[int], list[int]]:
        """What to handle of this, in order; and what is not, as the process died of it."""
        if not fetched and not self.waits:
            # All is confirmed. After a week without updates Telegram numbers them anew.
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
        """Telegram is asked now; returns the update to ask for."""
        self._asked = self.offset
        return self._asked

    def confirmed(self) -> None:
        """Telegram has answered to that: those before cannot come again."""
        self._done = {each for each in self._done if each >= self._asked}

    def done(self, number: int) -> None:
        """It is handled, or cannot be."""
        if self._open.pop(number, None) is not None:
            self._unwritten.add(number)
            self._suspects.discard(number)
            self._done.add(number)
            self._let_go.discard(number)
            self._chats.pop(number, None)
            self._news.set()

    def belongs(self, number: int, chat: int) -> None:
        """An update in hand is one of this chat's."""
        if number in self._open:
            self._chats[number] = chat

    async def held(self, number: int, chat: int | None, seconds: float) -> None:
        """Telegram takes nothing in this chat for so long, and this update waits for that.

        Raises:
            CancelledError: the process stops. Telegram will hand the update out again, unless it is
                confirmed; then it is waited for as long as a stop may take.
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
        """Whether it was in hand when the process died."""
        return number in self._suspects

    async def begin_again(self, number: int) -> None:
        """A suspect is handled once more; if the process dies of it, it is known to be the one."""
        await _in_time(self.receipts.suspect(number, BEGUN_ALONE))

    async def survived(self, number: int) -> None:
        """The process did not die of this suspect at once."""
        await _in_time(self.receipts.suspect(number, SURVIVED))

    async def close(self) -> None:
        """At the end of the process: what is in hand still has done no harm."""
        if self._let_go:
            lost = len(self._let_go)
            log.warning("%d messages of a flood are lost: Telegram took no answers", lost)
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
        """Where all that Telegram hands out cannot be done soon, confirm it meanwhile."""
        if fetched < WINDOW:
            return
        lines = Counter(self._chats.values())
        for each in sorted(self._open.keys() - self._let_go):
            unconfirmed = len(self._open) - len(self._let_go) + self._blocked
            full = len(self._let_go) >= MOST_LET_GO
            if full or unconfirmed <= ROOM or not self._is_stuck(each, lines):
                return
            self._let_go.add(each)

    def _is_stuck(self, number: int, lines: Mapping[int, int]) -> bool:
        """Whether its chat takes nothing, or others are done while it is not."""
        chat = self._chats.get(number)
        if chat is not None and chat in self._held:
            return True
        floods = chat is not None and lines[chat] >= LONG_LINE
        late = self.clock() - self._open[number] >= PATIENCE
        return (floods or late) and self._blocked >= WINDOW // 2

    @property
    def _blocked(self) -> int:
        """How many are done, but not to be confirmed: one before them is in hand."""
        first = self.offset
        return sum(each >= first for each in self._done)


async def _in_time(work: Coroutine[Any, Any, Result]) -> Result | None:
    """Done in the database, or not, if that takes too long or fails: people are answered anyway."""
    try:
        async with asyncio.timeout(DATABASE_SECONDS):
            return await work
    except Exception as error:  # noqa: BLE001 - whatever it is
        log.warning("not written down which questions are in hand: %s", type(error).__name__)
        return None
