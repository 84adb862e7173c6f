"""What happens on each update: read it, ask the core, send what it decided."""

from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from telegram import CallbackQuery, InlineKeyboardMarkup, Message, Update
from telegram.ext import Application, CallbackContext, ExtBot, JobQueue

from bot import keyboards, sending, texts
from bot.buttons import ShowEntry, ShowTopic, ShowTopics
from bot.faq import Faq
from bot.models import Entry, Topic
from bot.sending import message_of, query_of
from bot.throttle import Throttle, Verdict

Nothing = dict[Any, Any]
"""PTB's places for data, which stay empty here."""
Context = CallbackContext[ExtBot[None], Nothing, Nothing, Nothing]
App = Application[ExtBot[int], Context, Nothing, Nothing, Nothing, JobQueue[Context]]
Callback = Callable[[Update, Context], Coroutine[Any, Any, None]]

REMEMBERED = 10_000
"""Questions whose answer is found again when the question is edited."""


@dataclass(frozen=True, slots=True)
class Handlers:
    """The callbacks, with what they need."""

    faq: Faq
    throttle: Throttle
    answered: OrderedDict[tuple[int, int], int] = field(default_factory=OrderedDict, repr=False)
    """Chat and question → the message that answered it."""

    async def start(self, update: Update, context: Context) -> None:
        payload = context.args[0] if context.args else ""
        if topic := self.faq.knowledge.topics.get(payload.removeprefix("topic_")):
            await self._send_topic(message_of(update), topic)
            return
        keyboard = keyboards.topics(self._topics())
        await sending.reply(message_of(update), texts.welcome(self.faq.knowledge), keyboard)

    async def help(self, update: Update, _: Context) -> None:
        await sending.reply(message_of(update), texts.help_text(self.faq.knowledge), None)

    async def topics(self, update: Update, _: Context) -> None:
        keyboard = keyboards.topics(self._topics())
        await sending.reply(message_of(update), texts.TOPICS, keyboard)

    async def privacy(self, update: Update, _: Context) -> None:
        await sending.reply(message_of(update), texts.PRIVACY, None)

    async def ask(self, update: Update, _: Context) -> None:
        """/ask with the question behind it, or in reply to a message that asks it."""
        message = message_of(update)
        asked = "".join((message.text or "").split(maxsplit=1)[1:])
        if not asked and message.reply_to_message is not None:
            asked = message.reply_to_message.text or ""
        if asked:
            await self._answer(message, asked)
        else:
            await sending.reply(message, texts.ask_how(self.faq.knowledge), None)

    async def question(self, update: Update, _: Context) -> None:
        message = message_of(update)
        await self._answer(message, message.text or "")

    async def hint(self, update: Update, _: Context) -> None:
        await sending.reply(message_of(update), texts.hint(self.faq.knowledge), None)

    async def unknown_command(self, update: Update, _: Context) -> None:
        await sending.reply(message_of(update), texts.UNKNOWN_COMMAND, None)

    async def show_entry(self, update: Update, _: Context) -> None:
        query = query_of(update)
        entry = self.faq.knowledge.entries.get(ShowEntry.unpack(query.data or "").entry)
        if entry is None:
            await sending.acknowledge(query, texts.OUTDATED_BUTTON)
        else:
            await self._show_entry(query, entry)

    async def show_topic(self, update: Update, _: Context) -> None:
        query = query_of(update)
        topic = self.faq.knowledge.topics.get(ShowTopic.unpack(query.data or "").topic)
        if topic is None:
            await sending.acknowledge(query, texts.OUTDATED_BUTTON)
        else:
            await sending.show(query, texts.topic(topic), keyboards.entries(topic))

    async def show_topics(self, update: Update, _: Context) -> None:
        query = query_of(update)
        page = ShowTopics.unpack(query.data or "").page
        await sending.show(query, texts.TOPICS, keyboards.topics(self._topics(), page))

    async def outdated(self, update: Update, _: Context) -> None:
        await sending.acknowledge(query_of(update), texts.OUTDATED_BUTTON)

    def _topics(self) -> list[Topic]:
        return list(self.faq.knowledge.topics.values())

    async def _answer(self, message: Message, asked: str) -> None:
        asker = message.from_user or message.sender_chat or message.chat
        match self.throttle.judge(asker.id):
            case Verdict.ASK_TO_SLOW_DOWN:
                await sending.reply(message, texts.SLOW_DOWN, None)
            case Verdict.ANSWER:
                reply = self.faq.ask(asked)
                text = texts.of(self.faq.knowledge, reply)
                await self._deliver(message, text, keyboards.under(self.faq.knowledge, reply))

    async def _deliver(
        self, message: Message, text: str, keyboard: InlineKeyboardMarkup | None
    ) -> None:
        """Send an answer, or edit the one that an edited question had before."""
        key = message.chat.id, message.message_id
        earlier = self.answered.get(key) if message.edit_date else None
        if earlier is not None and await sending.edit(message, earlier, text, keyboard):
            return
        self.answered[key] = (await sending.reply(message, text, keyboard)).message_id
        if len(self.answered) > REMEMBERED:
            self.answered.popitem(last=False)

    async def _send_topic(self, message: Message, topic: Topic) -> None:
        await sending.reply(message, texts.topic(topic), keyboards.entries(topic))

    async def _show_entry(self, query: CallbackQuery, entry: Entry) -> None:
        text = texts.entries(self.faq.knowledge, [entry])
        await sending.show(query, text, keyboards.around(self.faq.knowledge, [entry]))
