"""In which order updates are handled."""

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any
from weakref import WeakValueDictionary

from telegram import Update
from telegram.ext import BaseUpdateProcessor

MOST_WAITING = 4_096
AT_ONCE = 32


class OneByOneInEachChat(BaseUpdateProcessor):
    """Chats side by side, the messages of one chat in order.

    A flood in one chat waits in line behind itself and takes one of the places, not all of them.
    """

    def __init__(self) -> None:
        super().__init__(MOST_WAITING)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._chats: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        try:
            async with self._chat(update), self._places:
                await coroutine
        finally:
            # Python complains of a coroutine that a stop kept from ever running.
            if isinstance(coroutine, Coroutine):
                coroutine.close()

    def _chat(self, update: object) -> asyncio.Lock:
        chat = update.effective_chat if isinstance(update, Update) else None
        if chat is None:
            return asyncio.Lock()
        return self._chats.setdefault(chat.id, asyncio.Lock())

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""
