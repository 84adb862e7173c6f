"""People see what is stored about them, and delete it."""

from dataclasses import dataclass

from telegram import Update

from bot.bot_api import sending
from bot.bot_api.sending import chat_of, message_of, query_of
from bot.bot_api.types import Context
from bot.features.privacy import keyboards, texts
from bot.features.privacy.keyboards import Forget
from bot.features.questions.conversations import Conversations
from bot.features.questions.recent_answers import RecentAnswers
from bot.features.statistics.recorder import UsageRecorder
from bot.features.tips.pending import PendingQuestions
from bot.markup import pages
from bot.storage.storage import Storage


@dataclass(frozen=True, slots=True)
class PrivacyHandlers:
    """The callbacks for /privacy, /mydata and /forget."""

    storage: Storage
    recorder: UsageRecorder
    pending: PendingQuestions
    recent: RecentAnswers
    conversations: Conversations

    async def privacy(self, update: Update, _: Context) -> None:
        await sending.reply(message_of(update), texts.privacy(self.recorder.days), None)

    async def my_data(self, update: Update, _: Context) -> None:
        chat = chat_of(update).id
        known = await self.storage.subscriber(chat)
        votes = await self.storage.records.votes_of(chat)
        if known is None and not votes:
            await sending.say(update, texts.NO_DATA, None)
            return
        deliveries = self.storage.deliveries
        ledger, seen = await deliveries.ledger(chat), await deliveries.seen(chat)
        for page in pages(texts.my_data(chat, known, ledger, seen, votes)):
            await sending.say(update, page, None)

    async def forget(self, update: Update, _: Context) -> None:
        chat = chat_of(update).id
        if await self._holds(chat):
            await sending.say(update, texts.FORGET, keyboards.forget())
        else:
            self._forget_what_is_in_memory(chat)
            await sending.say(update, texts.NO_DATA, None)

    async def forget_for_good(self, update: Update, _: Context) -> None:
        query, chat = query_of(update), chat_of(update).id
        if Forget.pressed(update).sure:
            self.pending.done(update)
            self._forget_what_is_in_memory(chat)
            self.recorder.changed(await self.storage.subscriber(chat), None)
            await self.storage.forget(chat)
            await sending.show(query, texts.FORGOTTEN, None)
        else:
            kept = await self._holds(chat)
            await sending.show(query, texts.KEPT if kept else texts.NO_DATA, None)

    def _forget_what_is_in_memory(self, chat: int) -> None:
        self.recent.forget(chat)
        self.conversations.forget(chat)

    async def _holds(self, chat: int) -> bool:
        """True if anything is stored about a chat, or about the person whose private chat it is."""
        known = await self.storage.subscriber(chat)
        return known is not None or bool(await self.storage.records.votes_of(chat))
