"""The order in which updates are handled, and the number of them at once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from weakref import WeakValueDictionary

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.bot_api.intake import MOST_LET_GO, WINDOW, Intake
from bot.bot_api.lines import Line, Place
from bot.bot_api.suspects import AtFirst

AT_ONCE = 32
CHAT_LINE = 40
"""Updates of one chat in hand, at most; Telegram takes 20 messages a minute in a group."""

log = logging.getLogger(__name__)


SHARED = frozenset({1087968824, 136817688, 777000})
"""Accounts that Telegram shows for everybody who writes in the name of a group or a channel."""


def asker(update: Update) -> int | None:
    """The id of the person who sent an update, or of the chat in whose name they write."""
    message = update.message or update.edited_message
    if message and message.sender_chat:
        return message.sender_chat.id
    user, chat = update.effective_user, update.effective_chat
    if chat and (user is None or user.id in SHARED):
        return chat.id
    return user.id if user else None


class UpdateProcessor(BaseUpdateProcessor):
    """Handles chats side by side, each chat in order, and one update of each person at a time.

    A flood in one chat only delays that chat. Further updates are dropped if a person or a chat has
    too many in line.
    """

    def __init__(self, intake: Intake, longest_line: int) -> None:
        # No more can be in hand, so PTB never holds one back by itself.
        super().__init__(WINDOW + MOST_LET_GO)
        self._intake = intake
        self._longest_line = longest_line
        """Most updates of one person in line."""
        self.wants: Callable[[Update], bool] = lambda _: True
        """True where a handler takes the update. People's talk with each other needs no place."""
        self._tasks: set[asyncio.Task[Any]] = set()
        self._is_over = False
        self._chats: _Lines = WeakValueDictionary()
        self._people: _Lines = WeakValueDictionary()
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
        """Handle no more updates; Telegram will hand out again those that are not done."""
        self._is_over = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _until_done(self, update: Update, coroutine: Awaitable[Any]) -> None:
        try:
            if self.wants(update):
                await self._in_line(update, coroutine)
        except asyncio.CancelledError:
            if self._intake.stopping.is_set() or _this_task().cancelling():
                raise  # What a stop has cancelled will be handed out again.
        except Exception as error:  # noqa: BLE001 - whatever an update that nobody expects leads to
            kind = type(error).__name__
            # The error's text and trace may hold what people wrote.
            log.error("update %d failed: %s", update.update_id, kind)  # noqa: TRY400 - no trace
        self._intake.done(update.update_id)

    async def _in_line(self, update: Update, coroutine: Awaitable[Any]) -> None:
        chat = update.effective_chat.id if update.effective_chat else None
        here, own = _line(self._chats, chat), _line(self._people, asker(update))
        with here.with_(update), own.with_(update):
            too_long = here.length > CHAT_LINE or own.length > self._longest_line
            if too_long and not _changes_the_chat(update):
                return
            if chat is not None:
                self._intake.belongs(update.update_id, chat)
            at_first = AtFirst(self._intake, update.update_id, self._one_suspect)
            place = Place(self._intake, update, chat, own, self._places)
            async with here.lock, at_first, place:
                await at_first.begin()
                await coroutine

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""


_Lines = WeakValueDictionary[int, Line]


def _line(lines: _Lines, key: int | None) -> Line:
    """The line with this key; a new one where there is no key."""
    return Line() if key is None else lines.setdefault(key, Line())


def _this_task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("updates are handled in tasks")
    return task


def _changes_the_chat(update: Update) -> bool:
    """True where a chat moved, or changed the bot's membership: nobody would tell that again."""
    message = update.message
    return bool(
        update.my_chat_member
        or (message and (message.migrate_to_chat_id or message.migrate_from_chat_id))
    )
