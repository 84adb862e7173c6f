"""People vote on answers. A question whose answer did not help goes to the operators."""

from dataclasses import dataclass

from telegram import CallbackQuery, Chat, Message, Update

from bot.answering.faq import Live
from bot.bot_api import sending
from bot.bot_api.sending import query_of
from bot.bot_api.types import Context
from bot.features import texts
from bot.features.questions import keyboards
from bot.features.questions import texts as question_texts
from bot.features.questions.keyboards import Vote
from bot.features.questions.recent_answers import RecentAnswers
from bot.features.statistics.recorder import UsageRecorder
from bot.storage.records import Records

VOTED_DOWN = "voted_down"
"""The outcome of a question whose answer did not help."""


@dataclass(frozen=True, slots=True)
class VoteHandlers:
    """The callback for the vote buttons."""

    records: Records
    recorder: UsageRecorder
    live: Live
    memory: RecentAnswers

    async def vote(self, update: Update, _: Context) -> None:
        """Take a 👍 or 👎 under an answer. Each person has one vote on an entry."""
        query, vote = query_of(update), Vote.pressed(update)
        if vote.entry not in self.live.faq.knowledge.entries:
            await sending.acknowledge(query, texts.OUTDATED_BUTTON)
            return
        before = await self.records.vote(
            query.from_user.id, vote.entry, self.recorder.today, up=vote.up
        )
        if before is not vote.up:
            self.recorder.count("vote", "up" if vote.up else "down")
            if before is not None:
                self.recorder.count("vote", "up" if before else "down", by=-1)
        self._judge(query, vote)
        await _thank(query, vote)

    def _judge(self, query: CallbackQuery, vote: Vote) -> None:
        """Hand the question to the operators, or take it back, if it is still remembered."""
        if query.message is None:
            return
        spot = query.message.chat.id, query.message.message_id
        if vote.up:
            if question := self.memory.praise(spot, vote.entry, query.from_user.id):
                self.recorder.found(question, VOTED_DOWN)
        elif question := self.memory.regret(spot, vote.entry, query.from_user.id):
            self.recorder.missed(question, VOTED_DOWN)


async def _thank(query: CallbackQuery, vote: Vote) -> None:
    """Say thanks on the button itself. Where other people see the button, a toast says it."""
    message = query.message
    shown = message.reply_markup if isinstance(message, Message) else None
    if isinstance(message, Message) and shown and message.chat.type == Chat.PRIVATE:
        marked = keyboards.thanked(shown, vote)
        if marked != shown and await sending.relabel(message, marked):
            await sending.acknowledge(query)
            return
    await sending.acknowledge(query, question_texts.voted(up=vote.up), toast=True)
