"""The lines in which updates wait, and the places that they hold while they are handled."""

import asyncio
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from telegram import Update

from bot.bot_api.intake import Intake


@dataclass(slots=True, weakref_slot=True)
class Line:
    """The updates in hand of one chat or of one person."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by the update that is handled."""
    updates: list[Update] = field(default_factory=list)
    """In the order in which they came."""
    news: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when another update comes."""

    @property
    def length(self) -> int:
        return len(self.updates)

    @contextmanager
    def with_(self, update: Update) -> Iterator[None]:
        self.updates.append(update)
        self.news.set()
        try:
            yield
        finally:
            self.updates.remove(update)

    def behind(self, update: Update) -> Sequence[Update]:
        """The updates that came after this one."""
        return self.updates[self.updates.index(update) + 1 :]


@dataclass(slots=True)
class Place:
    """Places that an update holds while it is handled: the person's, and one of `AT_ONCE`."""

    intake: Intake
    update: Update
    chat: int | None
    own: Line
    """The person's updates."""
    places: asyncio.Semaphore
    task: asyncio.Task[Any] | None = field(default_factory=asyncio.current_task)
    held: bool = False

    async def __aenter__(self) -> None:
        await self.take()
        _PLACE.set(self)

    async def __aexit__(self, *_: object) -> None:
        self.leave()

    async def take(self) -> None:
        await self.own.lock.acquire()
        try:
            await self.places.acquire()
        except BaseException:
            self.own.lock.release()
            raise
        self.held = True

    def leave(self) -> None:
        if self.held:
            self.held = False
            self.places.release()
            self.own.lock.release()


_PLACE: ContextVar[Place | None] = ContextVar("place", default=None)


def is_in_hand() -> bool:
    """True where the running task handles an update; tasks that a handler starts do not."""
    place = _PLACE.get()
    return place is not None and place.task is asyncio.current_task() and place.held


async def aside(seconds: float) -> None:
    """Wait, as Telegram takes nothing. An update gives its place to others meanwhile.

    Raises:
        CancelledError: the process stops meanwhile. The update is not done, and will come again.
    """
    place = _PLACE.get()
    if place is None or not is_in_hand():
        await asyncio.sleep(seconds)
        return
    place.leave()
    await place.intake.held(place.update.update_id, place.chat, seconds)
    await place.take()


async def next_of_this_person(seconds: float) -> Sequence[Update]:
    """Wait for the person's next updates. An update gives its place to others meanwhile.

    Returns none where none comes within so many seconds, or the process stops.
    """
    place = _PLACE.get()
    if place is None or not is_in_hand():
        return ()
    place.leave()
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await _first(place.intake.stopping.wait(), _news(place))
    await place.take()
    return place.own.behind(place.update)


async def _news(place: Place) -> None:
    while not place.own.behind(place.update):
        place.own.news.clear()
        await place.own.news.wait()


async def _first(*works: Coroutine[Any, Any, Any]) -> None:
    """Wait until one of them is done."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
