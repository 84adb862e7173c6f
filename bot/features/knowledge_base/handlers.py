"""Operators change what the bot knows."""

from dataclasses import dataclass
from pathlib import PurePath

from telegram import Document, Message, Update

from bot.bot_api import sending
from bot.bot_api.sending import message_of
from bot.bot_api.types import Context
from bot.features.knowledge_base import reports, texts
from bot.features.operators.notices import Notice, attachment
from bot.knowledge.files import MAX_BYTES
from bot.reload.reloader import Reloader


@dataclass(frozen=True, slots=True)
class ReloadHandlers:
    """The callbacks, with what they need."""

    reloader: Reloader

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


async def _download(document: Document) -> bytes:
    file = await sending.patiently(document.get_file)
    return bytes(await file.download_as_bytearray())


async def _show(board: Message, report: Notice) -> None:
    """Turn the message that says to wait into the report."""
    if not await sending.edit(board, board.message_id, report.text, None):
        await sending.reply(board, report.text, None)
    if report.file is not None:
        await board.reply_document(attachment(report.file))
