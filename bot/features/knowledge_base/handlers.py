"""Operators change what the bot knows."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath

from telegram import Document, Message, Update
from telegram.error import BadRequest, TelegramError

from bot.bot_api import sending
from bot.bot_api.sending import message_of
from bot.bot_api.types import Context
from bot.errors import ReloadError
from bot.features.knowledge_base import reports, texts
from bot.features.knowledge_base.reports import Work
from bot.features.operators.notices import attachment
from bot.knowledge.files import MAX_BYTES
from bot.reload.diff import Changes
from bot.reload.reloader import Reloader


@dataclass(frozen=True, slots=True)
class ReloadHandlers:
    """The callbacks for /reload and /rollback."""

    reloader: Reloader

    async def reload(self, update: Update, _: Context) -> None:
        await _report(message_of(update), self.reloader.reload, texts.reloaded)

    async def rollback(self, update: Update, _: Context) -> None:
        await _report(message_of(update), self.reloader.rollback, texts.rolled_back)

    async def put(self, update: Update, _: Context) -> None:
        """A document with the caption /reload replaces the file that has its name."""
        message = message_of(update)
        document = message.document
        if document is None or (document.file_size or 0) > MAX_BYTES:
            await sending.reply(message, texts.NO_FILE, None)
            return
        name = document.file_name or ""

        async def work() -> Changes:
            return await self.reloader.put(name, await _download(document))

        await _report(message, work, partial(texts.put, PurePath(name).name))

    async def how(self, update: Update, _: Context) -> None:
        """A YAML file without that caption."""
        message = message_of(update)
        name = (message.document and message.document.file_name) or ""
        await sending.reply(message, texts.how_to_put(name), None)


async def _download(document: Document) -> bytes:
    """Fetch a file that was sent.

    Raises:
        ReloadError: Telegram does not hand it out.
    """
    try:
        file = await sending.patiently(document.get_file)
        return bytes(await file.download_as_bytearray())
    except BadRequest as error:
        too_big = "file is too big" in error.message.lower()
        raise ReloadError(texts.NO_FILE if too_big else texts.NOT_FETCHED) from error
    except TelegramError as error:
        raise ReloadError(texts.NOT_FETCHED) from error


async def _report(
    message: Message, work: Callable[[], Work], told: Callable[[Changes], str]
) -> None:
    """Ask the operator to wait, then edit that message into the report of the work."""
    board = await sending.reply(message, texts.CHECKING, None)
    report = await reports.report(work(), told)
    if not await sending.edit(board, board.message_id, report.text, None):
        await sending.reply(board, report.text, None)
    if report.file is not None:
        await board.reply_document(attachment(report.file), parse_mode=None)
