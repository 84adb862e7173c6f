"""Fetching updates: connect, poll, and confirm what was fetched.

PTB's Updater sleeps through a stop for up to half a minute, swallows a cancellation, and ends
without a word when Telegram refuses the token; so the bot polls for itself.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import NoReturn

from msgspec import Struct
from telegram import Update
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.errors import StartError
from bot.handlers import App
from bot.sending import seconds_to_wait

UPDATES = [
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.MY_CHAT_MEMBER,
]
POLL_SECONDS = 10
CONFIRM_SECONDS = 2.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
REFUSED = (
    "Telegram refuses the token; compare BOT_TOKEN with what @BotFather shows "
    "(and TELEGRAM_API_URL, if you set it)"
)

log = logging.getLogger(__name__)


class Polling(Struct):
    """Hands updates to the application, in the order in which they came."""

    app: App
    offset: int = 0
    """The first update that was not fetched yet; 0 before there was any."""

    async def connect(self) -> None:
        """Connect, however long the network takes.

        Raises:
            StartError: Telegram refuses the token.
        """
        await _until_it_works(self._connect)

    async def run(self) -> NoReturn:
        """Fetch updates until cancelled; none is lost then.

        Raises:
            StartError: Telegram refuses the token by now.
        """
        while True:
            await _until_it_works(self._fetch)

    async def confirm(self) -> None:
        """Tell Telegram what was fetched, or it would come again after a restart."""
        if not self.offset:
            return
        try:
            async with asyncio.timeout(CONFIRM_SECONDS):
                await self.app.bot.get_updates(offset=self.offset, limit=1, timeout=0)
        except (TelegramError, TimeoutError) as error:
            log.warning("the last questions may be answered again after a restart (%s)", error)

    async def _connect(self) -> None:
        await self.app.initialize()
        # A webhook that was set for this bot once would keep all updates to itself.
        await self.app.bot.delete_webhook()

    async def _fetch(self) -> None:
        updates = await self.app.bot.get_updates(
            offset=self.offset, timeout=POLL_SECONDS, allowed_updates=UPDATES
        )
        for update in updates:
            self.app.update_queue.put_nowait(update)
            self.offset = update.update_id + 1


async def _until_it_works(work: Callable[[], Awaitable[None]]) -> None:
    pause = FIRST_PAUSE
    while True:
        try:
            return await work()
        except (InvalidToken, Forbidden):
            # From None: PTB puts the token into the text of this error.
            raise StartError(REFUSED) from None
        except RetryAfter as flood:
            await asyncio.sleep(seconds_to_wait(flood))
        except TelegramError as error:
            _report(error, pause)
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)


def _report(error: TelegramError, pause: float) -> None:
    match error:
        case Conflict():
            log.error("another copy of this bot is polling with the same token; stop one of them")
        case NetworkError() if not isinstance(error, BadRequest):
            log.warning("no connection to Telegram (%s); next try in %.0f s", error, pause)
        case _:
            log.error("Telegram refuses to hand out updates: %s", error)
