"""All handlers in one list, and who may call what; the first one that fits an update takes it."""

from collections.abc import Mapping
from dataclasses import dataclass

from telegram import Update
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

from bot.bot_api.types import App, Callback, Context
from bot.features.broadcasts.handlers import BroadcastHandlers
from bot.features.broadcasts.keyboards import CancelBroadcast, SendBroadcast
from bot.features.guards import (
    Asked,
    NotTooOften,
    ReplyToThisBot,
    Stop,
    by_administrators,
    only_operators,
)
from bot.features.help import HelpHandlers
from bot.features.knowledge_base.handlers import ReloadHandlers
from bot.features.privacy import keyboards as privacy_keyboards
from bot.features.privacy.handlers import PrivacyHandlers
from bot.features.questions import keyboards as question_keyboards
from bot.features.questions.feedback import VoteHandlers
from bot.features.questions.handlers import QuestionHandlers
from bot.features.statistics.handlers import StatisticsHandlers
from bot.features.tips import keyboards as tip_keyboards
from bot.features.tips.preferences import PreferenceHandlers
from bot.features.tips.subscribe import SubscribeHandlers
from bot.features.unanswered.handlers import InboxHandlers
from bot.features.why.handlers import WhyHandlers

RELOAD_CAPTION = r"^/reload(?:@\w+)?\s*$"


@dataclass(frozen=True, slots=True)
class Commands:
    """What operators can call, and the buttons that only they can press."""

    helping: HelpHandlers
    reloading: ReloadHandlers
    asking_why: WhyHandlers
    statistics: StatisticsHandlers
    inbox: InboxHandlers
    broadcasting: BroadcastHandlers

    def commands(self) -> Mapping[str, Callback]:
        return {
            "help": self.helping.help,
            "reload": self.reloading.reload,
            "rollback": self.reloading.rollback,
            "unanswered": self.inbox.unanswered,
            "why": self.asking_why.why,
            "stats": self.statistics.stats,
            "broadcast": self.broadcasting.broadcast,
        }

    def buttons(self) -> Mapping[str, Callback]:
        return {
            **self.inbox.buttons(),
            SendBroadcast.PATTERN: self.broadcasting.send,
            CancelBroadcast.PATTERN: self.broadcasting.cancel,
        }


def register_operators(
    app: App, operators: frozenset[int], commands: Commands, outdated: Callback
) -> None:
    """Before all others: what nobody here takes goes on to them, as if this were not there."""
    theirs = filters.User(operators) & filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    for name, do in commands.commands().items():
        app.add_handler(CommandHandler(name, do, filters=theirs))
    document = theirs & filters.Document.ALL & filters.CaptionRegex(RELOAD_CAPTION)
    app.add_handler(MessageHandler(document, commands.reloading.put))
    for pattern, do in commands.buttons().items():
        app.add_handler(CallbackQueryHandler(only_operators(operators, do, outdated), pattern))


@dataclass(frozen=True, slots=True)
class Everybody:
    """What everybody can call."""

    questions: QuestionHandlers
    subscriptions: SubscribeHandlers
    preferences: PreferenceHandlers
    votes: VoteHandlers
    privacy: PrivacyHandlers


def register(
    app: App,
    everybody: Everybody,
    seldom: NotTooOften,
) -> None:
    """Give the application all that it handles."""
    app.add_handlers(_chats(everybody))
    app.add_handlers(_commands(everybody, seldom))
    app.add_handlers(_texts(everybody, seldom))
    app.add_handlers(_buttons(everybody, seldom))


def fits(app: App, update: Update) -> bool:
    """Whether something of this is handled."""
    rules = (rule for group in app.handlers.values() for rule in group)
    return any(rule.check_update(update) not in (None, False) for rule in rules)


Rules = list[BaseHandler[Update, Context, None]]

_PRIVATE = filters.ChatType.PRIVATE
_FIRST = filters.UpdateType.MESSAGE
_OR_EDITED = filters.UpdateType.MESSAGE | filters.UpdateType.EDITED_MESSAGE


def _chats(everybody: Everybody) -> Rules:
    """What becomes of a chat; nothing is sent for it."""
    return [
        ChatMemberHandler(everybody.subscriptions.membership, ChatMemberHandler.MY_CHAT_MEMBER),
        MessageHandler(filters.StatusUpdate.MIGRATE, everybody.subscriptions.moved),
    ]


def _commands(
    everybody: Everybody,
    seldom: NotTooOften,
) -> Rules:
    private: dict[str, Callback] = {
        "start": everybody.subscriptions.start,
        "help": everybody.questions.help,
        "topics": everybody.questions.topics,
        "privacy": everybody.privacy.privacy,
    }
    for_all: dict[str, Callback] = {
        "tip": everybody.preferences.tip,
        "tips": everybody.preferences.tip,
        "cancel": everybody.subscriptions.cancel,
    }
    for_administrators: dict[str, Callback] = {
        "subscribe": everybody.subscriptions.subscribe,
        "sub": everybody.subscriptions.subscribe,
        "timezone": everybody.subscriptions.timezone,
        "timezones": everybody.subscriptions.timezone,
        "settings": everybody.preferences.settings,
        "unsubscribe": everybody.preferences.unsubscribe,
        "unsub": everybody.preferences.unsubscribe,
        "mydata": everybody.privacy.my_data,
        "forget": everybody.privacy.forget,
    }
    anywhere = for_all | {name: by_administrators(do) for name, do in for_administrators.items()}
    return [
        *(CommandHandler(name, seldom(do), _PRIVATE & _FIRST) for name, do in private.items()),
        CommandHandler("ask", seldom(everybody.questions.ask), _OR_EDITED),
        *(CommandHandler(name, seldom(do), _FIRST) for name, do in anywhere.items()),
    ]


def _texts(
    everybody: Everybody,
    seldom: NotTooOften,
) -> Rules:
    text = filters.TEXT & ~filters.COMMAND
    here = _PRIVATE | ReplyToThisBot()
    other = ~filters.TEXT & ~filters.StatusUpdate.ALL
    rules: list[tuple[filters.BaseFilter, Callback]] = [
        (_PRIVATE & _FIRST & Stop(), everybody.preferences.unsubscribe),
        (
            here & text & _FIRST & Asked(everybody.subscriptions.dialog),
            everybody.subscriptions.typed,
        ),
        (here & text & _OR_EDITED, everybody.questions.question),
        (_PRIVATE & filters.LOCATION & _FIRST, everybody.subscriptions.located),
        (_PRIVATE & filters.COMMAND & _FIRST, everybody.questions.unknown_command),
        (_PRIVATE & other & _FIRST, everybody.questions.hint),
    ]
    return [MessageHandler(fits, seldom(do)) for fits, do in rules]


def _buttons(
    everybody: Everybody,
    seldom: NotTooOften,
) -> Rules:
    for_all: dict[str, Callback] = {
        question_keyboards.ShowEntry.PATTERN: everybody.questions.show_entry,
        question_keyboards.ShowTopic.PATTERN: everybody.questions.show_topic,
        question_keyboards.ShowTopics.PATTERN: everybody.questions.show_topics,
        tip_keyboards.ReadMore.PATTERN: everybody.preferences.read_more,
        question_keyboards.Vote.PATTERN: everybody.votes.vote,
    }
    for_administrators: dict[str, Callback] = {
        tip_keyboards.OpenSettings.PATTERN: everybody.subscriptions.open_settings,
        tip_keyboards.PickTime.PATTERN: everybody.subscriptions.pick_time,
        tip_keyboards.PickPlace.PATTERN: everybody.subscriptions.pick_place,
        tip_keyboards.AskPlace.PATTERN: everybody.subscriptions.ask_place,
        tip_keyboards.ShareLocation.PATTERN: everybody.subscriptions.share_location,
        tip_keyboards.TellClock.PATTERN: everybody.subscriptions.tell_clock,
        tip_keyboards.Shift.PATTERN: everybody.preferences.shift,
        tip_keyboards.ToggleDay.PATTERN: everybody.preferences.toggle_day,
        tip_keyboards.Pause.PATTERN: everybody.preferences.pause,
        tip_keyboards.Resume.PATTERN: everybody.preferences.resume,
        tip_keyboards.Stop.PATTERN: everybody.preferences.stop,
        privacy_keyboards.Forget.PATTERN: everybody.privacy.forget_for_good,
    }
    pressed = for_all | {data: by_administrators(do) for data, do in for_administrators.items()}
    return [
        *(CallbackQueryHandler(seldom(do), data) for data, do in pressed.items()),
        CallbackQueryHandler(seldom(everybody.questions.outdated)),
    ]
