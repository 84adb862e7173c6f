"""What operators do to the running bot, and what they ask it about itself."""

import asyncio
import datetime as dt
from collections.abc import Callable
from pathlib import PurePath

from msgspec import Struct
from telegram import Document, InputFile, Message, Update

from bot.answering import explanation
from bot.answering.live import Live
from bot.bot_api import sending
from bot.bot_api.sending import message_of
from bot.features.knowledge_base import reports, texts
from bot.features.knowledge_base.reports import Report
from bot.features.operators.notices import attachment
from bot.features.questions.handlers import Context
from bot.features.statistics import charts
from bot.features.statistics import texts as stats_texts
from bot.features.statistics.figures import MOST_DAYS, Figures
from bot.features.statistics.recorder import Journal
from bot.features.why import texts as why_texts
from bot.knowledge.files import MAX_BYTES
from bot.places.zones import zone
from bot.reload.reloader import Reloader
from bot.storage.records import Records

SHOWN_DAYS = 30
"""That /stats shows where no number is given."""


class Operating(Struct, frozen=True):
    """The callbacks, with what they need."""

    reloader: Reloader
    live: Live
    records: Records
    journal: Journal
    now: Callable[[], dt.datetime]
    zone: str

    async def help(self, update: Update, _: Context) -> None:
        """What everybody reads, and what only operators can do."""
        knowledge = self.live.faq.knowledge
        await sending.reply(message_of(update), texts.help_text(knowledge), None)

    async def reload(self, update: Update, _: Context) -> None:
        message = message_of(update)
        board = await sending.reply(message, texts.CHECKING, None)
        await _show(board, await reports.report(self.reloader.reload(), texts.reloaded))

    async def rollback(self, update: Update, _: Context) -> None:
        board = await sending.reply(message_of(update), texts.CHECKING, None)
        await _show(board, await reports.report(self.reloader.rollback(), texts.rolled_back))

    async def put(self, update: Update, _: Context) -> None:
        """A document with the caption /reload takes the place of the file of its name."""
        message = message_of(update)
        document = message.document
        if document is None or (document.file_size or 0) > MAX_BYTES:
            await sending.reply(message, texts.NO_FILE, None)
            return
        board = await sending.reply(message, texts.CHECKING, None)
        name = document.file_name or ""
        data = await _download(document)
        work = self.reloader.put(name, data)
        short = PurePath(name).name
        await _show(board, await reports.report(work, lambda done: texts.put(short, done)))

    async def why(self, update: Update, _: Context) -> None:
        message = message_of(update)
        asked = _behind(message)
        if not asked and message.reply_to_message is not None:
            asked = message.reply_to_message.text or ""
        faq = self.live.faq
        if asked:
            found = await asyncio.to_thread(explanation.explain, faq, asked)
            text = why_texts.why(faq.knowledge, found)
            await sending.reply(message, text, None)
        else:
            await sending.reply(message, texts.why_how(faq.knowledge), None)

    async def stats(self, update: Update, _: Context) -> None:
        message = message_of(update)
        given = _behind(message) or str(SHOWN_DAYS)
        if not (given.isascii() and given.isdigit() and 1 <= int(given) <= MOST_DAYS):
            await sending.reply(message, texts.STATS_HOW.format(most=MOST_DAYS), None)
            return
        figures = await self._figures(int(given))
        picture = await asyncio.to_thread(charts.draw, figures)
        caption = stats_texts.caption(figures, self.live.faq.knowledge, self.zone)
        await sending.picture(message, InputFile(picture, "stats.png"), caption)

    async def _figures(self, days: int) -> Figures:
        await self.journal.write()
        today = self.now().astimezone(zone(self.zone)).date()
        since = today - dt.timedelta(days=days)
        tallies = await self.records.tallies(since)
        return Figures.of(tallies, await self.records.subscribers(), today, days)


def _behind(message: Message) -> str:
    """What stands behind the command."""
    return "".join((message.text or "").split(maxsplit=1)[1:]).strip()


async def _download(document: Document) -> bytes:
    file = await sending.patiently(document.get_file)
    return bytes(await file.download_as_bytearray())


async def _show(board: Message, report: Report) -> None:
    """Turn the message that says to wait into the report."""
    if not await sending.edit(board, board.message_id, report.text, None):
        await sending.reply(board, report.text, None)
    if report.file is not None:
        await board.reply_document(attachment(report.file))
