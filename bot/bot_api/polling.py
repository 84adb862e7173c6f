"""Fetching updates: connect, poll, and confirm what is done.

The bot does not use PTB's Updater, which sleeps through a stop for up to half a minute, swallows a
cancellation, ends without a word when Telegram refuses the token, and ends at an update that PTB
cannot read.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import urlencode

from telegram import Bot, Update
from telegram.error import (
    BadRequest,
    Conflict,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import BaseRequest

from bot.bot_api.intake import WINDOW, Intake
from bot.bot_api.outgoing import rival
from bot.bot_api.outgoing.rival import Rival
from bot.bot_api.sending import seconds_to_wait
from bot.bot_api.types import App
from bot.errors import StartError

UPDATES = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]
POLL_SECONDS = 10
CONFIRM_SECONDS = 2.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
SHORTEST_WAIT, LONGEST_WAIT = 0.05, 0.4
"""Seconds between two fetches while Telegram still hands out updates that are in hand."""
SILENCE = 60.0
"""Seconds between two notices to the operators about updates that cannot be read."""
REFUSED = (
    "Telegram refuses the token; compare BOT_TOKEN with what @BotFather shows "
    "(and TELEGRAM_API_URL, if you set it)"
)

log = logging.getLogger(__name__)

Tell = Callable[[int], Coroutine[Any, Any, None]]
"""Tells the operators of an update that is not handled."""


@dataclass(slots=True)
class Polling:
    """Hands updates to the application, in the order in which they came."""

    app: App
    request: BaseRequest
    """The connection on which updates come. The application initializes it."""
    intake: Intake
    tell_deadly: Tell
    """Called with an update that was in hand when the process died, again and again."""
    tell_unreadable: Tell
    """Called with an update that PTB cannot read."""
    rival: Rival
    _wait: float = SHORTEST_WAIT
    _more: bool = False
    """True where Telegram probably has more updates than it has handed out."""
    _told: float = -SILENCE
    _telling: set[asyncio.Task[None]] = field(default_factory=set)

    async def connect(self) -> None:
        """Connect to Telegram, even if the network takes long.

        Raises:
            StartError: Telegram refuses the token.
        """
        await _until_it_works(self._connect)

    async def run(self) -> NoReturn:
        """Fetch updates until cancelled, which loses none.

        Raises:
            StartError: Telegram now refuses the token.
        """
        while True:
            await _until_it_works(self._try)

    async def confirm(self) -> None:
        """Tell Telegram which updates are done, or they would come again after a restart."""
        if not self.intake.offset:
            return
        try:
            async with asyncio.timeout(CONFIRM_SECONDS):
                await self._updates(limit=1, wait=0)
                self.intake.confirmed()
        except Exception as error:  # noqa: BLE001 - whatever it is
            log.warning("the last questions may be answered again after a restart (%s)", error)

    async def _connect(self) -> None:
        await self.app.initialize()
        # A webhook that was once set for this bot would take all updates.
        await self.app.bot.delete_webhook()

    async def _try(self) -> None:
        try:
            await self._fetch()
        except Conflict as error:
            self._mention(self.rival.refused(error))
            raise

    async def _fetch(self) -> None:
        await self.intake.settled(self._wait, more=self._more)
        fetched = await self._updates(
            limit=WINDOW,
            wait=0 if self.intake.waits else POLL_SECONDS,
            allowed_updates=json.dumps(UPDATES),
        )
        self.rival.heard()
        fresh, fatal = await self.intake.take(list(fetched))
        self._more = len(fetched) == WINDOW and bool(fresh)
        self._wait = SHORTEST_WAIT if fresh else min(LONGEST_WAIT, 2 * self._wait)
        for number in fresh:
            self._hand_over(number, fetched[number])
        for number in fatal:
            log.error("update %d is passed over: the process died of it again and again", number)
            self._mention(self.tell_deadly(number))

    async def _updates(self, *, wait: int, **asked: object) -> dict[int, dict[str, Any]]:
        """Fetch raw updates from the offset on, by number.

        PTB's own method reads a whole batch or nothing, and logs the text that it cannot read.
        """
        query = urlencode({"offset": self.intake.ask(), "timeout": wait, **asked})
        patience = float(self.request.read_timeout or 0) + wait
        address = f"{self.app.bot.base_url}/getUpdates?{query}"
        found = await self.request.post(address, read_timeout=patience)
        numbered = _by_number(found) if isinstance(found, list) else {}
        if found != [] and not numbered:
            raise NetworkError("an answer that nobody can read")
        return numbered

    def _hand_over(self, number: int, update: dict[str, Any]) -> None:
        try:
            self.app.update_queue.put_nowait(_read(update, self.app.bot))
        except Exception as error:  # noqa: BLE001 - whatever PTB makes of what it does not know
            kind = type(error).__name__
            # The error's text and trace may hold what people wrote.
            log.error("update %d cannot be read: %s", number, kind)  # noqa: TRY400 - no trace
            self.intake.done(number)
            if self.intake.clock() - self._told >= SILENCE:
                self._told = self.intake.clock()
                self._mention(self.tell_unreadable(number))

    def _mention(self, work: Coroutine[Any, Any, None]) -> None:
        """Tell the operators in a task of its own, so that people's questions do not wait."""
        telling = asyncio.create_task(work)
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)


def _read(raw: dict[str, Any], bot: Bot) -> Update | None:
    update = Update.de_json(raw, bot)
    who = (update.effective_chat, update.effective_user, update.effective_sender) if update else ()
    # PTB accepts ids that are no numbers.
    if not all(isinstance(each.id, int) for each in who if each):
        raise TypeError
    return update


def _by_number(updates: Iterable[object]) -> dict[int, dict[str, Any]]:
    """Number → update. Updates without a number are left out: not even `done` could name them."""
    found = (each for each in updates if isinstance(each, dict))
    return {each["update_id"]: each for each in found if isinstance(each.get("update_id"), int)}


async def _until_it_works(work: Callable[[], Awaitable[None]]) -> None:
    pause = FIRST_PAUSE
    while True:
        try:
            return await work()
        except InvalidToken:
            # From None: PTB puts the token into the text of this error.
            raise StartError(REFUSED) from None
        except RetryAfter as flood:
            await asyncio.sleep(seconds_to_wait(flood))
        except Exception as error:  # noqa: BLE001 - whatever it is
            _report(error, pause)
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)


def _report(error: Exception, pause: float) -> None:
    match error:
        case Conflict():
            log.error("%s", rival.line(error))
        case NetworkError() if not isinstance(error, BadRequest):
            log.warning("no connection to Telegram (%s); next try in %.0f s", error, pause)
        case TelegramError():
            log.error("Telegram refuses to hand out updates: %s", error)
        case _:
            # PTB only expects Telegram's JSON, not that of a server on the way.
            log.warning("an answer that nobody can read (%s)", type(error).__name__)
