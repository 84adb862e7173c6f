"""Short messages to the operators."""

import logging
from dataclasses import dataclass

from telegram import Bot, InputFile
from telegram.error import TelegramError

from bot.features.operators import texts

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to the operators: a text, and a file if the text cannot hold everything."""

    text: str
    file: bytes | None = None
    good: bool = True
    """False if it tells of a problem."""
    quiet: bool = False
    """True if nothing has changed."""


@dataclass(frozen=True, slots=True)
class Notices:
    """Sends messages to all operators. One who cannot be reached is left out."""

    operators: frozenset[int]

    async def tell(self, bot: Bot, text: str) -> None:
        """Send a text, as Telegram HTML."""
        await self.hand(bot, Notice(text))

    async def hand(self, bot: Bot, notice: Notice) -> None:
        for operator in self.operators:
            try:
                await bot.send_message(operator, notice.text)
                if notice.file is not None:
                    await bot.send_document(operator, attachment(notice.file), parse_mode=None)
            except TelegramError as failed:
                log.warning("an operator could not be told: %s", failed)


def attachment(content: bytes) -> InputFile:
    return InputFile(content, texts.PROBLEMS_FILE)
