"""Short messages to the operators."""

import logging

from msgspec import Struct
from telegram import Bot, InputFile, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.features.knowledge_base import texts
from bot.features.knowledge_base.reports import Report

log = logging.getLogger(__name__)


class Notices(Struct, frozen=True):
    """Whoever cannot be reached is passed over."""

    operators: frozenset[int]

    async def tell(self, bot: Bot, text: str) -> None:
        """Telegram HTML."""
        await self.hand(bot, Report(text))

    async def hand(self, bot: Bot, report: Report) -> None:
        for operator in self.operators:
            try:
                await bot.send_message(
                    operator,
                    report.text,
                    parse_mode=ParseMode.HTML,
                    link_preview_options=LinkPreviewOptions(is_disabled=True),
                )
                if report.file is not None:
                    await bot.send_document(operator, attachment(report.file))
            except TelegramError as failed:
                log.warning("an operator could not be told: %s", failed)


def attachment(content: bytes) -> InputFile:
    return InputFile(content, texts.PROBLEMS_FILE)
