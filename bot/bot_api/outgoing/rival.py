"""Whoever else gets the updates of this bot: another copy, or a webhook."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from telegram import Bot
from telegram.error import Conflict, TelegramError

SETTLED = 5.0
"""Seconds after the last 409 before updates count as this bot's again: copies take turns."""
SILENCE = 3_600.0
"""Seconds between two notices to the operators of one cause."""
COPY = "another copy of this bot is polling with the same token; stop one of them"
WEBHOOK = "somebody has set a webhook for this bot, which gets all updates"

Tell = Callable[[str | None], Coroutine[Any, Any, None]]
"""Tells the operators who gets the updates: the host of a webhook, or None for another copy."""


def line(error: Conflict) -> str:
    """The cause of a 409, for the log."""
    return WEBHOOK if "webhook" in str(error).lower() else COPY


@dataclass(slots=True)
class Rival:
    """Knows whether somebody else gets the updates. Then this bot sends nothing by itself."""

    bot: Bot
    clock: Callable[[], float]
    tell: Tell
    is_there: bool = False
    """True from a 409 on until this bot has the updates again."""
    _refused: float = 0.0
    """The moment of the last 409."""
    _told: tuple[str, float] | None = None

    def heard(self) -> None:
        """Note that updates were fetched."""
        if self.is_there and self.clock() - self._refused >= SETTLED:
            self.is_there = False

    async def refused(self, error: Conflict) -> None:
        """Note a 409, and tell the operators of it once."""
        self.is_there, self._refused = True, self.clock()
        cause = line(error)
        if self._told and self._told[0] == cause and self.clock() - self._told[1] < SILENCE:
            return
        self._told = cause, self.clock()
        await self.tell(await self._host() if cause == WEBHOOK else None)

    async def _host(self) -> str:
        """The host of the webhook. The rest of its address may hold a secret."""
        try:
            url = (await self.bot.get_webhook_info()).url
        except TelegramError:
            return "?"
        return urlsplit(url).hostname or "?"
