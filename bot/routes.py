"""All handlers in one list, and who may call what; the first one that fits an update takes it."""

import re

from telegram import Chat, Message, Update
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

from bot import buttons, sending, texts
from bot.feedback import Feedback
from bot.handlers import App, Callback, Context, Handlers
from bot.preferences import Preferences
from bot.sending import chat_of
from bot.subscribing import Subscribing
from bot.text import MAX_QUESTION
from bot.throttle import Throttle, Verdict

STOP = re.compile(
    r"\A\W*+(?:(?:please|pls|plz|can you|could you|i want to|i'?d like to) )*+"
    r"(?:stopp?|unsub(?:scribe)?|cancel(?= \w)|no more(?= \w)|(?:don'?t|do not) send(?= \w))"
    r"(?:,? (?:me|it|this|these|the|my|your|daily|any|more|sending|from|tips?|messages?"
    r"|subscription|please|pls|plz|thanks|thank you|ok|now|all|anymore)(?!\w))*+\W*+"
    r"|\A\W*+(?:leave me alone|стоп|отписаться|abbestellen|abmelden|basta|arrête|quit)\W*+",
    re.IGNORECASE,
)
"""A whole message that asks for no more tips."""


def register(
    app: App, asked: Handlers, wanted: Subscribing, chosen: Preferences, voted: Feedback
) -> None:
    """Give the application all that it handles."""
    app.add_handlers([*_commands(asked, wanted, chosen), *_texts(asked, wanted, chosen)])
    app.add_handlers(_buttons(asked, wanted, chosen, voted))
    app.add_handler(CallbackQueryHandler(asked.outdated))


Rules = list[BaseHandler[Update, Context, None]]

_PRIVATE = filters.ChatType.PRIVATE
_FIRST = filters.UpdateType.MESSAGE
_OR_EDITED = filters.UpdateType.MESSAGE | filters.UpdateType.EDITED_MESSAGE


def _commands(asked: Handlers, wanted: Subscribing, chosen: Preferences) -> Rules:
    return [
        CommandHandler("start", wanted.start, filters=_PRIVATE & _FIRST),
        CommandHandler("help", asked.help, filters=_PRIVATE & _FIRST),
        CommandHandler("topics", asked.topics, filters=_PRIVATE & _FIRST),
        CommandHandler("privacy", asked.privacy, filters=_PRIVATE & _FIRST),
        CommandHandler("ask", asked.ask, filters=_OR_EDITED),
        CommandHandler(["tip", "tips"], _not_too_often(asked.throttle, chosen.tip), filters=_FIRST),
        CommandHandler(
            ["subscribe", "sub"],
            _not_too_often(asked.throttle, _by_administrators(wanted.subscribe)),
            filters=_FIRST,
        ),
        CommandHandler(
            ["timezone", "timezones"], _by_administrators(wanted.timezone), filters=_FIRST
        ),
        CommandHandler("settings", _by_administrators(chosen.settings), filters=_FIRST),
        CommandHandler(
            ["unsubscribe", "unsub"], _by_administrators(chosen.unsubscribe), filters=_FIRST
        ),
        CommandHandler("mydata", _by_administrators(chosen.my_data), filters=_FIRST),
        CommandHandler("forget", _by_administrators(chosen.forget), filters=_FIRST),
        CommandHandler("cancel", wanted.cancel, filters=_FIRST),
        ChatMemberHandler(wanted.membership, ChatMemberHandler.MY_CHAT_MEMBER),
    ]


def _texts(asked: Handlers, wanted: Subscribing, chosen: Preferences) -> Rules:
    text = filters.TEXT & ~filters.COMMAND
    here = _PRIVATE | _ReplyToThisBot()
    other = ~filters.TEXT & ~filters.StatusUpdate.ALL
    return [
        MessageHandler(_PRIVATE & _FIRST & _Stop(), chosen.unsubscribe),
        MessageHandler(
            here & text & _FIRST & _Asked(wanted), _not_too_often(asked.throttle, wanted.typed)
        ),
        MessageHandler(here & text & _OR_EDITED, asked.question),
        MessageHandler(_PRIVATE & filters.LOCATION & _FIRST, wanted.located),
        MessageHandler(filters.StatusUpdate.MIGRATE, wanted.moved),
        MessageHandler(_PRIVATE & filters.COMMAND & _FIRST, asked.unknown_command),
        MessageHandler(_PRIVATE & other & _FIRST, asked.hint),
    ]


def _buttons(asked: Handlers, wanted: Subscribing, chosen: Preferences, voted: Feedback) -> Rules:
    for_all: dict[str, Callback] = {
        buttons.ShowEntry.PATTERN: asked.show_entry,
        buttons.ShowTopic.PATTERN: asked.show_topic,
        buttons.ShowTopics.PATTERN: asked.show_topics,
        buttons.ReadMore.PATTERN: chosen.read_more,
        buttons.Vote.PATTERN: _not_too_often(asked.throttle, voted.vote),
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
    return [
        *(CallbackQueryHandler(do, pattern) for pattern, do in for_all.items()),
        *(
            CallbackQueryHandler(_by_administrators(do), pattern)
            for pattern, do in for_administrators.items()
        ),
    ]


def _not_too_often(throttle: Throttle, callback: Callback) -> Callback:
    """What costs a tip, a search or a vote counts like a question."""

    async def judged(update: Update, context: Context) -> None:
        asker, query = update.effective_user or chat_of(update), update.callback_query
        match throttle.judge(asker.id):
            case Verdict.ANSWER:
                await callback(update, context)
            case verdict if query is not None:  # A button waits for an answer each time.
                asked_to = verdict is Verdict.ASK_TO_SLOW_DOWN
                await sending.acknowledge(query, texts.SLOW_DOWN if asked_to else None)
            case Verdict.ASK_TO_SLOW_DOWN:
                await sending.say(update, texts.SLOW_DOWN, None)

    return judged


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

    def __init__(self, wanted: Subscribing) -> None:
        super().__init__()
        self._dialog = wanted.dialog

    def filter(self, update: Update) -> bool:
        return self._dialog.asked(update) is not None
