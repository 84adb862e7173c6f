"""Handlers of broadcasts: an operator sees a preview, confirms, and watches the progress."""

import asyncio
import datetime as dt
import html
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from telegram import InlineKeyboardMarkup, Message, MessageEntity, Update
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.bot_api import sending
from bot.bot_api.rate_limiter import PER_SECOND
from bot.bot_api.sending import chat_of, message_of, query_of, seconds_to_wait
from bot.bot_api.types import Context
from bot.features.broadcasts import keyboards, texts
from bot.features.broadcasts.keyboards import CancelBroadcast, SendBroadcast
from bot.features.tips import messages
from bot.features.tips.sender import Sender
from bot.markup import units
from bot.storage.broadcasts import Broadcasts
from bot.storage.storage import Storage
from bot.subscriptions.delivery import Broadcast, Stage

log = logging.getLogger(__name__)


@dataclass(slots=True)
class BroadcastHandlers:
    """The callbacks, with what they need, and the boards: messages that show the progress."""

    storage: Storage
    sender: Sender
    bot: ExtBot[int]
    now: Callable[[], dt.datetime]
    _shown: dict[int, str] = field(default_factory=dict)
    """The text that this process last put on each board, by broadcast."""
    _one_by_one: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Keeps edits in order: of two that cross on their way, the older one could win."""
    _quiet_until: dt.datetime | None = None
    """Telegram takes no edits before this moment."""

    @property
    def broadcasts(self) -> Broadcasts:
        return self.storage.broadcasts

    async def broadcast(self, update: Update, _: Context) -> None:
        """/broadcast with a text, or in reply to a message: show a preview, and ask."""
        message = message_of(update)
        text, copied = behind(message), message.reply_to_message
        if not (text or copied):
            await sending.reply(message, texts.HOW, None)
            return
        receivers = await self.broadcasts.receivers(self.now(), self.sender.only)
        if not receivers:
            await sending.reply(message, texts.NOBODY, None)
            return
        source = copied.message_id if copied and not text else None
        shown = Broadcast(0, Stage.DRAFT, message.chat.id, source, text or None, None)
        try:
            await sending.patiently(messages.broadcast(self.bot, shown.chat, shown, paced=None))
        except BadRequest as error:
            await sending.reply(message, texts.refused(error.message), None)
            return
        number = await self.broadcasts.draft(shown.chat, shown.message, shown.text, self.now())
        question = texts.ask(receivers, receivers / PER_SECOND)
        await sending.reply(message, question, keyboards.draft(number))

    async def send(self, update: Update, _: Context) -> None:
        """Start the broadcast; the sender of tips does the work, also after a restart."""
        query, chat = query_of(update), chat_of(update).id
        number = SendBroadcast.pressed(update).broadcast
        board = query.message.message_id if query.message else 0
        if await self.broadcasts.start(number, chat, board, self.now(), self.sender.only):
            self.sender.wake()
        elif not await self._is_under_way(number, chat):
            await sending.acknowledge(query, texts.OUTDATED)
            return
        await self.refresh()
        await sending.acknowledge(query)

    async def cancel(self, update: Update, _: Context) -> None:
        query, chat = query_of(update), chat_of(update).id
        number = CancelBroadcast.pressed(update).broadcast
        if await self.broadcasts.discard(number, chat):
            await sending.show(query, texts.NOT_SENT, None)
        elif not await self._is_under_way(number, chat):
            await sending.acknowledge(query, texts.OUTDATED)
        else:
            await self.broadcasts.stop(number, Stage.CANCELLED, self.now(), chat)
            await self.refresh()
            await sending.acknowledge(query)

    async def refresh(self) -> None:
        """Bring all boards up to date, and close broadcasts that are over. Called at every tick."""
        async with self._one_by_one:
            for each in await self.broadcasts.under_way(self.sender.only):
                await self._refresh(each)

    async def _is_under_way(self, number: int, chat: int) -> bool:
        known = await self.broadcasts.under_way(self.sender.only)
        return any(each.id == number and each.chat == chat for each in known)

    async def _refresh(self, broadcast: Broadcast) -> None:
        number = broadcast.id
        if broadcast.stage is not Stage.RUNNING:
            # A message that was on its way at the stop must not be tried again.
            await self.broadcasts.settle(number, self.now())
        standing = await self.broadcasts.standing(number)
        text = texts.board(broadcast.stage, standing)
        if self._shown.get(number) != text:
            can_be_cancelled = standing.open and broadcast.stage is Stage.RUNNING
            keyboard = keyboards.running(number) if can_be_cancelled else None
            if not await self._put(broadcast, text, keyboard):
                return
            self._shown[number] = text
        if not standing.open:
            await self.broadcasts.close(number)
            del self._shown[number]

    async def _put(
        self, broadcast: Broadcast, text: str, keyboard: InlineKeyboardMarkup | None
    ) -> bool:
        """Show a text on the board. Returns False if that has to be tried again."""
        if self._quiet_until and self.now() < self._quiet_until:
            return False
        try:
            await self._edit(broadcast, text, keyboard)
        except RetryAfter as flood:
            self._quiet_until = self.now() + dt.timedelta(seconds=seconds_to_wait(flood))
        except (BadRequest, Forbidden) as error:
            log.warning("broadcast %d has no board: %s", broadcast.id, error)
            return True  # The broadcast goes on without a board.
        except TelegramError as error:
            log.warning("the board of broadcast %d was not updated: %s", broadcast.id, error)
        else:
            return True
        return False

    async def _edit(
        self, broadcast: Broadcast, text: str, keyboard: InlineKeyboardMarkup | None
    ) -> None:
        chat, board = broadcast.chat, broadcast.board
        editing = self.bot.edit_message_text(text, chat, board, reply_markup=keyboard)
        if not await sending.changed(editing):
            # One that was deleted comes back: nothing else could cancel the broadcast.
            anew = await self.bot.send_message(chat, text, reply_markup=keyboard)
            await self.broadcasts.put_board(broadcast.id, anew.message_id)


def behind(message: Message) -> str:
    """The text behind the command as HTML; it keeps its formatting."""
    text = message.text or ""
    rest = "".join(text.split(maxsplit=1)[1:])
    skipped = units(text) - units(rest)
    entities = [moved for each in message.entities if (moved := _earlier(each, skipped))]
    # PTB wants the outer of two entities first.
    entities.sort(key=lambda each: (each.offset, -each.length))
    kept = Message(message.message_id, message.date, message.chat, text=rest, entities=entities)
    return kept.text_html


def _earlier(entity: MessageEntity, by: int) -> MessageEntity | None:
    """Move an entity to the left; None if nothing of it is left."""
    start, end = max(entity.offset - by, 0), entity.offset + entity.length - by
    if end <= start:
        return None
    moved = {**entity.to_dict(), "offset": start, "length": end - start}
    if entity.url:  # PTB puts it into the HTML without escaping it.
        moved["url"] = html.escape(entity.url)
    return MessageEntity.de_json(moved)
