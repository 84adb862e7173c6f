"""Operators ask why a question gets its reply."""

import asyncio
from dataclasses import dataclass

from telegram import Update

from bot.answering import explanation
from bot.answering.faq import Live
from bot.bot_api import sending
from bot.bot_api.sending import arguments, message_of
from bot.bot_api.types import Context
from bot.features.why import texts


@dataclass(frozen=True, slots=True)
class WhyHandlers:
    """The callback for /why."""

    live: Live

    async def why(self, update: Update, _: Context) -> None:
        """The question stands behind /why, or in the message that /why replies to."""
        message = message_of(update)
        asked = arguments(message)
        if not asked and message.reply_to_message is not None:
            asked = message.reply_to_message.text or ""
        faq = self.live.faq
        if asked:
            found = await asyncio.to_thread(explanation.explain, faq, asked)
            await sending.reply(message, texts.why(faq.knowledge, found), None)
        else:
            await sending.reply(message, texts.how(faq.knowledge), None)
