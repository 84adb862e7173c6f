"""The command /stats, with which operators ask for figures."""

import asyncio
import datetime as dt
from dataclasses import dataclass

from telegram import InputFile, Update

from bot.answering.faq import Live
from bot.bot_api import sending
from bot.bot_api.sending import arguments, message_of
from bot.bot_api.types import Context
from bot.features.statistics import charts, texts
from bot.features.statistics.figures import MOST_DAYS, Figures
from bot.features.statistics.recorder import UsageRecorder
from bot.storage.records import Records

SHOWN_DAYS = 30
"""Days that /stats shows if no number is given."""


@dataclass(frozen=True, slots=True)
class StatisticsHandlers:
    """The callback, with what it needs."""

    live: Live
    records: Records
    recorder: UsageRecorder

    async def stats(self, update: Update, _: Context) -> None:
        """/stats, with a number of days or without."""
        message = message_of(update)
        given = arguments(message) or str(SHOWN_DAYS)
        if not (given.isascii() and given.isdigit() and 1 <= int(given) <= MOST_DAYS):
            await sending.reply(message, texts.HOW.format(most=MOST_DAYS), None)
            return
        figures = await self._figures(int(given))
        picture = await asyncio.to_thread(charts.draw, figures)
        caption = texts.caption(figures, self.live.faq.knowledge, self.recorder.zone)
        await sending.picture(message, InputFile(picture, "stats.png"), caption)

    async def _figures(self, days: int) -> Figures:
        await self.recorder.write()
        today = self.recorder.today
        tallies = await self.records.tallies(today - dt.timedelta(days=days))
        return Figures.of(tallies, await self.records.subscribers(), today, days)
