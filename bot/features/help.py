"""Operators ask what they can do."""

from dataclasses import dataclass

from telegram import Update

from bot.answering.faq import Live
from bot.bot_api import sending
from bot.bot_api.sending import message_of
from bot.bot_api.types import Context
from bot.features.operators import texts


@dataclass(frozen=True, slots=True)
class HelpHandlers:
    """The callback, with what it needs."""

    live: Live

    async def help(self, update: Update, _: Context) -> None:
        knowledge = self.live.faq.knowledge
        await sending.reply(message_of(update), texts.help_text(knowledge), None)
