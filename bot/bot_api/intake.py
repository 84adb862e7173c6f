"""Which updates are in hand, and up to which one Telegram may forget what it has handed out.

Telegram hands out the first 100 updates that are not confirmed, and confirms all below the one that
is asked for next. So that nothing is lost when the process is killed, only what is done is
confirmed, and no more is fetched than is handled soon.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from msgspec import Struct, field

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
DEATHS = 2
"""Deaths of the process after which an update that was being handled is not handled again."""
DATABASE_SECONDS = 0.5
"""For which answers wait until it is written down what was fetched."""

log = logging.getLogger(__name__)

Result = TypeVar("Result")


class Receipt(Struct, frozen=True):
    """What is known of an update that comes again."""

    begun: int
    """How often its handling was begun."""
    done: bool


class Receipts(Protocol):
    """Keeps, over a death of the process, how far the handling of updates has come."""

    async def take(
        self, fetched: Sequence[int], done: Collection[int], unconfirmed: tuple[int, int]
    ) -> dict[int, Receipt]:
        """Write down what is done and what was fetched; returns what was known of the latter."""

    async def begin_again(self, number: int) -> None:
        """An update that was begun before is handled once more."""

    async def close(self, done: Collection[int]) -> None:
        """The process ends, and was not killed: only what is done needs to be known."""


class Intake(Struct):
    """Told what is fetched and what is done; tells what to handle and what to ask for next."""

    receipts: Receipts
    clock: Callable[[], float]
    """Seconds, never going back."""
    _next: int = 0
    """Behind the last one that was fetched."""
    _open: dict[int, float] = field(default_factory=dict)
    """Those in hand, by number, with the time when each came."""
    _let_go: set[int] = field(default_factory=set)
    """Those in hand that may be confirmed already."""
    _done: set[int] = field(default_factory=set)
    """Those that are done and not confirmed: one before them is still in hand."""
    _unwritten: set[int] = field(default_factory=set)
    """Those that were done since it was written down the last time."""
    _suspects: set[int] = field(default_factory=set)
    """Those in hand that were in hand when the process died."""
    _chats: dict[int, int] = field(default_factory=dict)
    """Of those in hand, by number, the chat."""
    _held: set[int | None] = field(default_factory=set)
    """Chats in which Telegram takes nothing for a while."""
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
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
        try:
            async with asyncio.timeout(seconds):
                while self.waits and not (more and self._has_room):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return

    async def take(self, fetched: Sequence[int]) -> tuple[list[int], list[int]]:
        """What to handle of this, in order; and what is not, as the process died of it."""
        if not fetched and not self.waits:
            # All is confirmed. After a week without updates Telegram numbers them anew.
            self._next = 0
        new = [each for each in fetched if each not in self._open and each not in self._done]
        known = await self._written(new)
        fresh, fatal = [], []
        for each in new:
            receipt = known.get(each, Receipt(0, done=False))
            if receipt.done or receipt.begun >= DEATHS:
                self._done.add(each)
                if not receipt.done:
                    self._unwritten.add(each)
                    fatal.append(each)
            else:
                fresh.append(each)
                self._open[each] = self.clock()
                if receipt.begun:
                    self._suspects.add(each)
        self._next = max([self._next, *(each + 1 for each in fetched)])
        self._make_room(len(fetched))
        return fresh, fatal

    def done(self, number: int) -> None:
        """It is handled, or cannot be."""
        if self._open.pop(number, None) is not None:
            self._unwritten.add(number)
            self._suspects.discard(number)
            if number not in self._let_go:
                self._done.add(number)
            self._let_go.discard(number)
            self._chats.pop(number, None)
            self._confirm()
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
        self._held.add(chat)
        until = asyncio.get_running_loop().time() + seconds
        try:
            async with asyncio.timeout_at(until):
                await self._stopping.wait()
                left = until - asyncio.get_running_loop().time()
                if number not in self._let_go or left > DRAIN_SECONDS:
                    raise asyncio.CancelledError
                await asyncio.Event().wait()
        except TimeoutError:
            return
        finally:
            self._held.discard(chat)

    def stop(self) -> None:
        """Nothing that can be handed out again is waited for from now on."""
        self._stopping.set()

    def is_suspect(self, number: int) -> bool:
        """Whether it was in hand when the process died."""
        return number in self._suspects

    async def begin_again(self, number: int) -> None:
        """A suspect is handled once more; if the process dies of it, it is known to be the one."""
        await _in_time(self.receipts.begin_again(number))

    async def close(self) -> None:
        """At the end of the process: what is in hand still has done no harm."""
        await _in_time(self.receipts.close(self._done))

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
            unconfirmed = len(self._open) - len(self._let_go) + len(self._done)
            full = len(self._let_go) >= MOST_LET_GO
            if full or unconfirmed <= ROOM or not self._is_stuck(each, lines):
                return
            self._let_go.add(each)
            self._confirm()

    def _is_stuck(self, number: int, lines: Mapping[int, int]) -> bool:
        """Whether its chat takes nothing, or others are done while it is not."""
        chat = self._chats.get(number)
        if chat is not None and chat in self._held:
            return True
        floods = chat is not None and lines[chat] >= LONG_LINE
        late = self.clock() - self._open[number] >= PATIENCE
        return (floods or late) and len(self._done) >= WINDOW // 2

    def _confirm(self) -> None:
        self._done = {each for each in self._done if each >= self.offset}


async def _in_time(work: Coroutine[Any, Any, Result]) -> Result | None:
    """Done in the database, or not, if that takes too long or fails: people are answered anyway."""
    try:
        async with asyncio.timeout(DATABASE_SECONDS):
            return await work
    except Exception as error:  # noqa: BLE001 - whatever it is
        log.warning("not written down which questions are in hand: %s", type(error).__name__)
        return None
