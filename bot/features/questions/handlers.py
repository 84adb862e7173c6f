"""Questions, topics and entries: each handler reads the update and sends the reply."""

import asyncio
from dataclasses import dataclass, field

from telegram import InlineKeyboardMarkup, Message, Update

from bot.answering import explanation
from bot.answering.faq import Live
from bot.bot_api import sending
from bot.bot_api.sending import arguments, message_of, query_of
from bot.bot_api.types import Context
from bot.features import texts
from bot.features.questions import keyboards, why_texts
from bot.features.questions import texts as question_texts
from bot.features.questions.keyboards import ShowEntry, ShowTopic, ShowTopics
from bot.features.questions.recent_answers import RecentAnswers
from bot.features.statistics.recorder import UsageRecorder
from bot.knowledge.base import Knowledge


@dataclass(frozen=True, slots=True)
class QuestionHandlers:
    """The callbacks for questions, for /why, for the menu of topics, and for the help."""

    live: Live
    recorder: UsageRecorder
    memory: RecentAnswers = field(default_factory=RecentAnswers)

    async def start(self, update: Update, context: Context) -> None:
        payload = context.args[0] if context.args else ""
        topics = self.knowledge.topics
        topic = topics.get(payload.removeprefix("topic_"))
        text = question_texts.topic(topic) if topic else question_texts.welcome(self.knowledge)
        keyboard = keyboards.entries(topic) if topic else keyboards.topics(topics.values())
        await sending.reply(message_of(update), text, keyboard)

    async def help(self, update: Update, _: Context) -> None:
        await sending.reply(message_of(update), texts.help_text(self.knowledge), None)

    async def help_operator(self, update: Update, _: Context) -> None:
        await sending.reply(message_of(update), texts.operator_help(self.knowledge), None)

    async def topics(self, update: Update, _: Context) -> None:
        keyboard = keyboards.topics(self.knowledge.topics.values())
        await sending.reply(message_of(update), question_texts.TOPICS, keyboard)

    async def ask(self, update: Update, _: Context) -> None:
        message = message_of(update)
        if asked := _asked(message):
            await self._answer(message, asked)
        else:
            await sending.reply(message, question_texts.ask_how(self.knowledge), None)

    async def why(self, update: Update, _: Context) -> None:
        message, faq = message_of(update), self.live.faq
        if asked := _asked(message):
            found = await asyncio.to_thread(explanation.explain, faq, asked)
            text = why_texts.why(faq.knowledge, found)
        else:
            text = why_texts.how(faq.knowledge)
        await sending.reply(message, text, None)

    async def question(self, update: Update, _: Context) -> None:
        message = message_of(update)
        await self._answer(message, message.text or "")

    async def hint(self, update: Update, _: Context) -> None:
        await sending.reply(message_of(update), question_texts.hint(self.knowledge), None)

    async def unknown_command(self, update: Update, _: Context) -> None:
        await sending.reply(message_of(update), texts.UNKNOWN_COMMAND, None)

    async def show_entry(self, update: Update, _: Context) -> None:
        knowledge = self.knowledge
        entry = knowledge.entries.get(ShowEntry.pressed(update).entry)
        if entry is None:
            await sending.acknowledge(query_of(update), texts.OUTDATED_BUTTON)
        else:
            text = question_texts.entries(knowledge, [entry])
            await sending.show(query_of(update), text, keyboards.around(knowledge, [entry]))

    async def show_topic(self, update: Update, _: Context) -> None:
        topic = self.knowledge.topics.get(ShowTopic.pressed(update).topic)
        if topic is None:
            await sending.acknowledge(query_of(update), texts.OUTDATED_BUTTON)
        else:
            text = question_texts.topic(topic)
            await sending.show(query_of(update), text, keyboards.entries(topic))

    async def show_topics(self, update: Update, _: Context) -> None:
        topics = self.knowledge.topics.values()
        keyboard = keyboards.topics(topics, ShowTopics.pressed(update).page)
        await sending.show(query_of(update), question_texts.TOPICS, keyboard)

    async def outdated(self, update: Update, _: Context) -> None:
        await sending.acknowledge(query_of(update), texts.OUTDATED_BUTTON)

    @property
    def knowledge(self) -> Knowledge:
        return self.live.faq.knowledge

    async def _answer(self, message: Message, asked: str) -> None:
        faq = self.live.faq
        reply = faq.ask(asked)
        self.recorder.answered(asked, reply)
        keyboard = keyboards.under(faq.knowledge, reply)
        answer = await self._deliver(message, question_texts.of(faq.knowledge, reply), keyboard)
        spot = message.chat.id, message.message_id
        self.memory.keep(spot, answer, asked, reply)

    async def _deliver(
        self, message: Message, text: str, keyboard: InlineKeyboardMarkup | None
    ) -> int:
        """Send an answer, or edit the one that an edited question had. Its number is returned."""
        spot = message.chat.id, message.message_id
        earlier = self.memory.answer(spot) if message.edit_date else None
        if earlier is not None and await sending.edit(message, earlier, text, keyboard):
            return earlier
        return (await sending.reply(message, text, keyboard)).message_id


def _asked(message: Message) -> str:
    """The question behind a command. If there is none, the text that the command replies to."""
    answered = message.reply_to_message
    return arguments(message) or (answered.text if answered else None) or ""
