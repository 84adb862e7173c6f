"""Short messages to the operators."""

import logging
from dataclasses import dataclass

from telegram import Bot
from telegram.error import TelegramError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Notices:
    """Whoever cannot be reached is passed over."""

    operators: frozenset[int]

    async def tell(self, bot: Bot, text: str) -> None:
        for operator in self.operators:
            try:
                await bot.send_message(operator, text)
            except TelegramError as failed:
                log.warning("an operator could not be told: %s", failed)
