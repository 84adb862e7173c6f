"""In which order updates are handled, and how many at once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import WeakValueDictionary

from msgspec import Struct, field
from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.bot_api.intake import MOST_LET_GO, WINDOW, Intake

AT_ONCE = 32
ALONE_SECONDS = 0.05
"""For which an update that may kill the process is handled without another such one."""


def asker(update: Update) -> int | None:
    """Whose update it is: a person, or the chat in whose name they write."""
    message = update.message or update.edited_message
    # Telegram names one account for all who write in the name of a group or a channel.
    who = (message and message.sender_chat) or update.effective_user or update.effective_chat
    return who.id if who else None


class UpdateProcessor(BaseUpdateProcessor):
    """Chats side by side, the messages of one chat in order, one of each person at a time.

    A flood in one chat waits in line behind itself. Whoever has too much in line is not heard.
    """

    def __init__(self, intake: Intake, longest_line: int) -> None:
        super().__init__(WINDOW + MOST_LET_GO)
        self._intake = intake
        self._longest_line = longest_line
        """Of one person's updates."""
        self._lines: Counter[int | None] = Counter()
        self._chats: Locks = WeakValueDictionary()
        self._people: Locks = WeakValueDictionary()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._alone = asyncio.Lock()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        try:
            if isinstance(update, Update):
                await self._in_line(update, coroutine)
        finally:
            # Python complains of a coroutine that never runs.
            if isinstance(coroutine, Coroutine):
                coroutine.close()

    async def _in_line(self, update: Update, coroutine: Awaitable[Any]) -> None:
        person = asker(update)
        if person is None or self._lines[person] < self._longest_line:
            chat = update.effective_chat.id if update.effective_chat else None
            if chat is not None:
                self._intake.belongs(update.update_id, chat)
            with self._counted(person):
                async with _lock(self._chats, chat), self._alone_at_first(update.update_id):
                    own = _lock(self._people, person)
                    place = _Place(self._intake, update.update_id, chat, own, self._places)
                    await self._in_place(place, coroutine)
        # Not reached by what a stop has cancelled: that will be handed out again.
        self._intake.done(update.update_id)

    async def _in_place(self, place: "_Place", coroutine: Awaitable[Any]) -> None:
        await place.take()
        _PLACE.set(place)
        try:
            if self._intake.is_suspect(place.number):
                await self._intake.begin_again(place.number)
            await coroutine
        finally:
            place.leave()

    @contextmanager
    def _counted(self, person: int | None) -> Iterator[None]:
        self._lines[person] += 1
        try:
            yield
        finally:
            self._lines[person] -= 1
            if not self._lines[person]:
                del self._lines[person]

    @asynccontextmanager
    async def _alone_at_first(self, number: int) -> AsyncIterator[None]:
        """Of what may kill the process only one is begun at a time, so that it is known which.

        What does so does it at once: others need not wait until Telegram has taken the answer.
        """
        if not self._intake.is_suspect(number):
            yield
            return
        await self._alone.acquire()
        held = [self._alone]

        def release() -> None:
            while held:
                held.pop().release()

        timer = asyncio.get_running_loop().call_later(ALONE_SECONDS, release)
        try:
            yield
        finally:
            timer.cancel()
            release()

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""


Locks = WeakValueDictionary[int, asyncio.Lock]


def _lock(locks: Locks, key: int | None) -> asyncio.Lock:
    """The one that all with this key share; one of its own without a key."""
    return asyncio.Lock() if key is None else locks.setdefault(key, asyncio.Lock())


class _Place(Struct):
    """What is held while an update is handled: the person's own place, and one of all."""

    intake: Intake
    number: int
    """Of the update."""
    chat: int | None
    own: asyncio.Lock
    places: asyncio.Semaphore
    task: asyncio.Task[Any] | None = field(default_factory=asyncio.current_task)
    held: bool = False

    async def take(self) -> None:
        await self.own.acquire()
        try:
            await self.places.acquire()
        except BaseException:
            self.own.release()
            raise
        self.held = True

    def leave(self) -> None:
        if self.held:
            self.held = False
            self.places.release()
            self.own.release()


_PLACE: ContextVar[_Place | None] = ContextVar("place", default=None)


async def aside(seconds: float) -> None:
    """Wait, as Telegram takes nothing; whoever handles an update leaves the place to others.

    Raises:
        CancelledError: the process stops meanwhile. The update is not done, and will come again.
    """
    place = _PLACE.get()
    # Tasks that a handler begins have its context, but not its place.
    if place is None or place.task is not asyncio.current_task() or not place.held:
        await asyncio.sleep(seconds)
        return
    place.leave()
    await place.intake.held(place.number, place.chat, seconds)
    await place.take()
