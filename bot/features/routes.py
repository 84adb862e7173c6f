"""All handlers in one list, and who may call what; the first one that fits an update takes it."""

import re

from msgspec import Struct
from telegram import Chat, Message, Update
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

from bot.bot_api import buttons, sending
from bot.bot_api.sending import chat_of
from bot.bot_api.throttle import Throttle, Verdict
from bot.bot_api.types import App, Callback, Context
from bot.bot_api.update_processor import asker
from bot.features import texts
from bot.features.questions.feedback import VoteHandlers
from bot.features.questions.handlers import QuestionHandlers
from bot.features.tips.preferences import PreferenceHandlers
from bot.features.tips.subscribe import SubscribeHandlers
from bot.language.words import MAX_QUESTION

STOP = re.compile(
    r"\A\W*+(?:(?:please|pls|plz|can you|could you|i want to|i'?d like to) )*+"
    r"(?:stopp?|unsub(?:scribe)?|cancel(?= \w)|no more(?= \w)|(?:don'?t|do not) send(?= \w))"
    r"(?:,? (?:me|it|this|these|the|my|your|daily|any|more|sending|from|tips?|messages?"
    r"|subscription|please|pls|plz|thanks|thank you|ok|now|all|anymore)(?!\w))*+\W*+"
    r"|\A\W*+(?:leave me alone|стоп|отписаться|abbestellen|abmelden|basta|arrête|quit)\W*+",
    re.IGNORECASE,
)
"""A whole message that asks for no more tips."""


class NotTooOften(Struct, frozen=True):
    """Whatever makes the bot send counts: who asks for too much is told once, then not heard."""

    messages: Throttle
    presses: Throttle
    """Of buttons."""

    def __call__(self, callback: Callback) -> Callback:
        async def judged(update: Update, context: Context) -> None:
            query, who = update.callback_query, asker(update)
            throttle = self.presses if query else self.messages
            match throttle.judge(who) if who else Verdict.ANSWER:
                case Verdict.ANSWER:
                    await callback(update, context)
                case Verdict.ASK_TO_SLOW_DOWN if query:
                    await sending.acknowledge(query, texts.SLOW_DOWN)
                case Verdict.ASK_TO_SLOW_DOWN:
                    await sending.say(update, texts.SLOW_DOWN, None)

        return judged


def register(
    app: App,
    asked: QuestionHandlers,
    wanted: SubscribeHandlers,
    chosen: PreferenceHandlers,
    voted: VoteHandlers,
    seldom: NotTooOften,
) -> None:
    """Give the application all that it handles."""
    app.add_handlers(_chats(wanted))
    app.add_handlers(_commands(asked, wanted, chosen, seldom))
    app.add_handlers(_texts(asked, wanted, chosen, seldom))
    app.add_handlers(_buttons(asked, wanted, chosen, voted, seldom))


Rules = list[BaseHandler[Update, Context, None]]

_PRIVATE = filters.ChatType.PRIVATE
_FIRST = filters.UpdateType.MESSAGE
_OR_EDITED = filters.UpdateType.MESSAGE | filters.UpdateType.EDITED_MESSAGE


def _chats(wanted: SubscribeHandlers) -> Rules:
    """What becomes of a chat; nothing is sent for it."""
    return [
        ChatMemberHandler(wanted.membership, ChatMemberHandler.MY_CHAT_MEMBER),
        MessageHandler(filters.StatusUpdate.MIGRATE, wanted.moved),
    ]


def _commands(
    asked: QuestionHandlers,
    wanted: SubscribeHandlers,
    chosen: PreferenceHandlers,
    seldom: NotTooOften,
) -> Rules:
    private: dict[str, Callback] = {
        "start": wanted.start,
        "help": asked.help,
        "topics": asked.topics,
        "privacy": asked.privacy,
    }
    for_all: dict[str, Callback] = {
        "tip": chosen.tip,
        "tips": chosen.tip,
        "cancel": wanted.cancel,
    }
    for_administrators: dict[str, Callback] = {
        "subscribe": wanted.subscribe,
        "sub": wanted.subscribe,
        "timezone": wanted.timezone,
        "timezones": wanted.timezone,
        "settings": chosen.settings,
        "unsubscribe": chosen.unsubscribe,
        "unsub": chosen.unsubscribe,
        "mydata": chosen.my_data,
        "forget": chosen.forget,
    }
    anywhere = for_all | {name: _by_administrators(do) for name, do in for_administrators.items()}
    return [
        *(CommandHandler(name, seldom(do), _PRIVATE & _FIRST) for name, do in private.items()),
        CommandHandler("ask", seldom(asked.ask), _OR_EDITED),
        *(CommandHandler(name, seldom(do), _FIRST) for name, do in anywhere.items()),
    ]


def _texts(
    asked: QuestionHandlers,
    wanted: SubscribeHandlers,
    chosen: PreferenceHandlers,
    seldom: NotTooOften,
) -> Rules:
    text = filters.TEXT & ~filters.COMMAND
    here = _PRIVATE | _ReplyToThisBot()
    other = ~filters.TEXT & ~filters.StatusUpdate.ALL
    rules: list[tuple[filters.BaseFilter, Callback]] = [
        (_PRIVATE & _FIRST & _Stop(), chosen.unsubscribe),
        (here & text & _FIRST & _Asked(wanted), wanted.typed),
        (here & text & _OR_EDITED, asked.question),
        (_PRIVATE & filters.LOCATION & _FIRST, wanted.located),
        (_PRIVATE & filters.COMMAND & _FIRST, asked.unknown_command),
        (_PRIVATE & other & _FIRST, asked.hint),
    ]
    return [MessageHandler(fits, seldom(do)) for fits, do in rules]


def _buttons(
    asked: QuestionHandlers,
    wanted: SubscribeHandlers,
    chosen: PreferenceHandlers,
    voted: VoteHandlers,
    seldom: NotTooOften,
) -> Rules:
    for_all: dict[str, Callback] = {
        buttons.ShowEntry.PATTERN: asked.show_entry,
        buttons.ShowTopic.PATTERN: asked.show_topic,
        buttons.ShowTopics.PATTERN: asked.show_topics,
        buttons.ReadMore.PATTERN: chosen.read_more,
        buttons.Vote.PATTERN: voted.vote,
    }
    for_administrators: dict[str, Callback] = {
        buttons.OpenSettings.PATTERN: wanted.open_settings,
        buttons.PickTime.PATTERN: wanted.pick_time,
        buttons.PickPlace.PATTERN: wanted.pick_place,
        buttons.AskPlace.PATTERN: wanted.ask_place,
        buttons.ShareLocation.PATTERN: wanted.share_location,
        buttons.TellClock.PATTERN: wanted.tell_clock,
        buttons.Shift.PATTERN: chosen.shift,
        buttons.ToggleDay.PATTERN: chosen.toggle_day,
        buttons.Pause.PATTERN: chosen.pause,
        buttons.Resume.PATTERN: chosen.resume,
        buttons.Stop.PATTERN: chosen.stop,
        buttons.Forget.PATTERN: chosen.forget_for_good,
    }
    pressed = for_all | {data: _by_administrators(do) for data, do in for_administrators.items()}
    return [
        *(CallbackQueryHandler(seldom(do), data) for data, do in pressed.items()),
        CallbackQueryHandler(seldom(asked.outdated)),
    ]


def _by_administrators(callback: Callback) -> Callback:
    """In groups only administrators may; in a private chat, whose it is."""

    async def checked(update: Update, context: Context) -> None:
        if await _may_change(update):
            await callback(update, context)
        elif update.callback_query is not None:
            await sending.acknowledge(update.callback_query, texts.ADMINS_ONLY)
        else:
            await sending.say(update, texts.ADMINS_ONLY, None)

    return checked


async def _may_change(update: Update) -> bool:
    chat, user, message = chat_of(update), update.effective_user, update.message
    if chat.type == Chat.PRIVATE:
        return True
    if message is not None and message.sender_chat == chat:
        return True  # An administrator who writes as the group.
    if user is None:
        return False
    listed = await sending.patiently(chat.get_administrators)
    return any(member.user == user for member in listed)


class _ReplyToThisBot(filters.MessageFilter):
    """Messages that answer one of the bot's own."""

    def filter(self, message: Message) -> bool:
        answered = message.reply_to_message
        author = answered.from_user if answered else None
        return author is not None and author.id == message.get_bot().id


class _Stop(filters.MessageFilter):
    def filter(self, message: Message) -> bool:
        return STOP.fullmatch((message.text or "")[:MAX_QUESTION]) is not None


class _Asked(filters.UpdateFilter):
    """Texts of people who were asked to write something."""

    def __init__(self, wanted: SubscribeHandlers) -> None:
        super().__init__()
        self._dialog = wanted.dialog

    def filter(self, update: Update) -> bool:
        return self._dialog.asked(update) is not None
