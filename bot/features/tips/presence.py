"""A chat that says something is there: it gets its tips again, if the bot thought it was gone."""

import asyncio
import logging
from dataclasses import dataclass, field

from telegram import Update

from bot.bot_api.types import Context
from bot.features.tips.enrolment import Enrolment

REMEMBERED = 100_000
"""The most chats that are remembered at once."""
DATABASE_SECONDS = 0.25
"""Seconds that the answer waits, at most, until the database has been asked."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """Chats that were heard, and have not been lost since: they need no look into the database."""

    most: int = REMEMBERED
    _chats: set[int] = field(default_factory=set)

    def __contains__(self, chat: int) -> bool:
        return chat in self._chats

    def add(self, chat: int) -> None:
        if len(self._chats) >= self.most:
            self._chats.clear()
        self._chats.add(chat)

    def lost(self, chat: int) -> None:
        """The chat takes no messages, or cannot be asked about."""
        self._chats.discard(chat)


@dataclass(frozen=True, slots=True)
class Presence:
    """Hears from each chat before its message, command or press is answered."""

    enrolment: Enrolment
    heard: Heard

    async def hear(self, update: Update, _: Context) -> None:
        """End a state such as `blocked`. The answer does not depend on it, so nothing is raised."""
        chat = update.effective_chat
        if chat is None or chat.id in self.heard:
            return
        self.heard.add(chat.id)
        try:
            async with asyncio.timeout(DATABASE_SECONDS):
                await self.enrolment.came_back(chat.id)
        except Exception as error:  # noqa: BLE001 - whatever ails the database
            self.heard.lost(chat.id)
            log.warning("not asked whether a chat was thought gone: %s", type(error).__name__)
