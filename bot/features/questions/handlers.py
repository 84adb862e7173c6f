"""Questions, topics and entries: each handler reads the update and sends the reply."""

import asyncio
from dataclasses import dataclass, field

from telegram import Chat, InlineKeyboardMarkup, Message, Update

from bot.answering import explanation
from bot.answering.faq import Live
from bot.answering.replies import Answer, RedFlag
from bot.bot_api import sending
from bot.bot_api.lines import next_of_this_person
from bot.bot_api.sending import arguments, message_of, query_of, said
from bot.bot_api.types import Context
from bot.conversation.context import Turn
from bot.features import texts
from bot.features.questions import keyboards, why_texts
from bot.features.questions import texts as question_texts
from bot.features.questions.albums import Albums, album_of
from bot.features.questions.conversations import BURST_SECONDS, Conversations, is_half
from bot.features.questions.keyboards import ShowEntry, ShowTopic, ShowTopics
from bot.features.questions.recent_answers import RecentAnswers
from bot.features.statistics.recorder import UsageRecorder
from bot.knowledge.base import Knowledge


@dataclass(frozen=True, slots=True)
class QuestionHandlers:
    """The callbacks for questions, for /why, for the menu of topics, and for the help."""

    live: Live
    recorder: UsageRecorder
    conversations: Conversations
    memory: RecentAnswers = field(default_factory=RecentAnswers)
    albums: Albums = field(default_factory=Albums)

    async def start(self, update: Update, context: Context) -> None:
        self.conversations.end(update)
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
            await self._answer(update, asked, await self._turn(update, asked))
        else:
            await sending.reply(message, question_texts.ask_how(self.knowledge), None)

    async def why(self, update: Update, _: Context) -> None:
        message, faq = message_of(update), self.live.faq
        if asked := _asked(message):
            found = await asyncio.to_thread(explanation.explain, faq, asked)
            text = why_texts.why(faq.knowledge, found, faq.index.thresholds)
        else:
            text = why_texts.how(faq.knowledge)
        await sending.reply(message, text, None)

    async def question(self, update: Update, _: Context) -> None:
        """Answer a text or a caption; half a question waits a moment for its other half."""
        message = message_of(update)
        text = said(message)
        whole = self.conversations.joined(update, text)
        turn = await self._turn(update, whole)
        if whole != text and not isinstance(turn.reply, Answer | RedFlag):
            alone = await self._turn(update, text)
            if alone.fits:
                whole, turn = text, alone
        # A danger is answered even under the second photo of an album.
        if self.albums.was_answered(message) and not isinstance(turn.reply, RedFlag):
            return
        if is_half(turn, whole) and await _goes_on(message):
            self.conversations.hold(update, whole)
        else:
            await self._answer(update, whole, turn)

    async def hint(self, update: Update, _: Context) -> None:
        """Say that only text can be read, unless another photo of the album has a caption."""
        message = message_of(update)
        if await _has_caption_behind(message):
            return
        hint = await sending.reply(message, question_texts.hint(self.knowledge), None)
        self.memory.hinted((message.chat.id, message.message_id), hint.message_id)

    async def unknown_command(self, update: Update, _: Context) -> None:
        await sending.reply(message_of(update), texts.UNKNOWN_COMMAND, None)

    async def show_entry(self, update: Update, _: Context) -> None:
        knowledge = self.knowledge
        entry = knowledge.entries.get(ShowEntry.pressed(update).entry)
        if entry is None:
            await sending.acknowledge(query_of(update), texts.OUTDATED_BUTTON)
        else:
            text = self._careful(update, question_texts.entries(knowledge, [entry]))
            self.conversations.opened(update, [entry.id])
            await sending.show(query_of(update), text, keyboards.around(knowledge, [entry]))

    async def show_topic(self, update: Update, _: Context) -> None:
        topic = self.knowledge.topics.get(ShowTopic.pressed(update).topic)
        if topic is None:
            await sending.acknowledge(query_of(update), texts.OUTDATED_BUTTON)
        else:
            text = self._careful(update, question_texts.topic(topic))
            self.conversations.opened(update, [topic.entries[0].id])
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

    def _careful(self, update: Update, text: str) -> str:
        """A text behind the advice of a danger that the conversation is still about."""
        flag = self.conversations.danger(self.live.faq, update)
        return question_texts.careful(flag, text) if flag else text

    async def _turn(self, update: Update, asked: str) -> Turn:
        # In a thread: the encoder takes some milliseconds, in which others want to be served.
        return await asyncio.to_thread(self.conversations.turn, self.live.faq, update, asked)

    async def _answer(self, update: Update, asked: str, turn: Turn) -> None:
        message, knowledge, reply = message_of(update), self.knowledge, turn.reply
        self.albums.answer(message)
        self.recorder.answered(asked, reply)
        self.conversations.keep(update, turn.context)
        # An edited question takes the place of one that may have had them.
        again = message.edit_date is not None
        listed, footer = turn.listed or again, turn.footer or again
        keyboard = keyboards.under(knowledge, reply, listed=listed)
        text = question_texts.of(knowledge, reply, footer=footer, listed=listed)
        answer = await self._deliver(message, text, keyboard)
        self.memory.keep((message.chat.id, message.message_id), answer, asked, reply)

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
    return arguments(message) or (said(answered) if answered else "")


async def _goes_on(message: Message) -> bool:
    """Wait a moment for more; True if the person's next message is a text in this chat, too."""
    if message.edit_date or message.chat.type != Chat.PRIVATE:
        return False
    following = await next_of_this_person(BURST_SECONDS)
    after = following[0].message if following else None
    text = said(after) if after and after.chat == message.chat else ""
    return bool(text) and not text.startswith("/")


async def _has_caption_behind(message: Message) -> bool:
    """True if a later photo of the album has a caption. Telegram sends each photo by itself."""
    if message.media_group_id is None:
        return False
    later = [update.message for update in await next_of_this_person(BURST_SECONDS)]
    return any(each and said(each) and album_of(each) == album_of(message) for each in later)
