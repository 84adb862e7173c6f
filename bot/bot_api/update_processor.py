"""In which order updates are handled, and how many at once."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.bot_api.intake import MOST_LET_GO, WINDOW, Intake
from bot.bot_api.suspects import AtFirst

AT_ONCE = 32
CHAT_LINE = 40
"""Updates of one chat in hand; Telegram takes 20 messages a minute in a group."""


log = logging.getLogger(__name__)


def asker(update: Update) -> int | None:
    """Whose update it is: a person, or the chat in whose name they write."""
    message = update.message or update.edited_message
    # Telegram names one account for all who write in the name of a group or a channel.
    who = (message and message.sender_chat) or update.effective_user or update.effective_chat
    return who.id if who else None


class UpdateProcessor(BaseUpdateProcessor):
    """Chats side by side, the messages of one chat in order, one of each person at a time.

    A flood in one chat waits in line behind itself. Whoever, or whatever chat, has too much in line
    is not heard.
    """

    def __init__(self, intake: Intake, longest_line: int) -> None:
        super().__init__(WINDOW + MOST_LET_GO)
        self._intake = intake
        self._longest_line = longest_line
        """Of one person's updates."""
        self.wants: Callable[[Update], bool] = lambda _: True
        """Whether somebody handles it: what people say to each other needs no place in line."""
        self._tasks: set[asyncio.Task[Any]] = set()
        self._is_over = False
        self._lines: Counter[tuple[str, int]] = Counter()
        self._chats: Locks = WeakValueDictionary()
        self._people: Locks = WeakValueDictionary()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._one_suspect = asyncio.Lock()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        task = _this_task()
        self._tasks.add(task)
        try:
            if isinstance(update, Update) and not self._is_over:
                await self._until_done(update, coroutine)
        finally:
            self._tasks.discard(task)
            # Python complains of a coroutine that never runs.
            if isinstance(coroutine, Coroutine):
                coroutine.close()

    async def give_up(self) -> None:
        """Handle nothing any more: all that is not done will be handed out again."""
        self._is_over = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _until_done(self, update: Update, coroutine: Awaitable[Any]) -> None:
        try:
            if self.wants(update):
                await self._in_line(update, coroutine)
        except asyncio.CancelledError:
            if self._intake.stops or _this_task().cancelling():
                raise  # What a stop has cancelled will be handed out again.
        except Exception as error:  # noqa: BLE001 - whatever an update that nobody expects leads to
            kind = type(error).__name__
            # Its text and its trace may hold what people wrote.
            log.error("update %d failed: %s", update.update_id, kind)  # noqa: TRY400 - no trace
        self._intake.done(update.update_id)

    async def _in_line(self, update: Update, coroutine: Awaitable[Any]) -> None:
        chat = update.effective_chat.id if update.effective_chat else None
        person = asker(update)
        lines = [("person", person, self._longest_line), ("chat", chat, CHAT_LINE)]
        with self._counted([(kind, number) for kind, number, _ in lines if number is not None]):
            if not _changes_the_chat(update) and any(
                number is not None and self._lines[kind, number] > most
                for kind, number, most in lines
            ):
                return
            if chat is not None:
                self._intake.belongs(update.update_id, chat)
            async with _lock(self._chats, chat), self._alone(update.update_id) as at_first:
                own = _lock(self._people, person)
                place = _Place(self._intake, update.update_id, chat, own, self._places)
                await self._in_place(place, coroutine, at_first)

    async def _in_place(
        self, place: "_Place", coroutine: Awaitable[Any], at_first: AtFirst | None
    ) -> None:
        await place.take()
        _PLACE.set(place)
        try:
            if at_first:
                await at_first.begin()
            await coroutine
        finally:
            place.leave()

    @contextmanager
    def _counted(self, lines: list[tuple[str, int]]) -> Iterator[None]:
        self._lines.update(lines)
        try:
            yield
        finally:
            self._lines.subtract(lines)
            for each in lines:
                if not self._lines[each]:
                    del self._lines[each]

    @asynccontextmanager
    async def _alone(self, number: int) -> AsyncIterator[AtFirst | None]:
        """Of what may kill the process only one is begun at a time, so that it is known which.

        An update that kills does so at once: others wait for a moment only, not until Telegram has
        taken the answer.
        """
        if not self._intake.is_suspect(number):
            yield None
            return
        await self._one_suspect.acquire()
        at_first = AtFirst(self._intake, number, self._one_suspect)
        try:
            yield at_first
        finally:
            at_first.end()

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""


Locks = WeakValueDictionary[int, asyncio.Lock]


def _lock(locks: Locks, key: int | None) -> asyncio.Lock:
    """The one that all with this key share; one of its own without a key."""
    return asyncio.Lock() if key is None else locks.setdefault(key, asyncio.Lock())


def _this_task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("updates are handled in tasks")
    return task


def _changes_the_chat(update: Update) -> bool:
    """Whether something is lost when this is not heard, which nobody would say again."""
    message = update.message
    return bool(
        update.my_chat_member
        or (message and (message.migrate_to_chat_id or message.migrate_from_chat_id))
    )


@dataclass(slots=True)
class _Place:
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


def is_in_hand() -> bool:
    """Whether whoever asks is handling an update; tasks that a handler begins are not."""
    place = _PLACE.get()
    return place is not None and place.task is asyncio.current_task() and place.held


async def aside(seconds: float) -> None:
    """Wait, as Telegram takes nothing; whoever handles an update leaves the place to others.

    Raises:
        CancelledError: the process stops meanwhile. The update is not done, and will come again.
    """
    place = _PLACE.get()
    if place is None or not is_in_hand():
        await asyncio.sleep(seconds)
        return
    place.leave()
    await place.intake.held(place.number, place.chat, seconds)
    await place.take()
