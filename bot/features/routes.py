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

from bot.bot_api.buttons import Button
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
from bot.features.privacy.handlers import PrivacyHandlers
from bot.features.privacy.keyboards import Forget
from bot.features.questions import keyboards as question_keyboards
from bot.features.questions.feedback import VoteHandlers
from bot.features.questions.handlers import QuestionHandlers
from bot.features.statistics.handlers import StatisticsHandlers
from bot.features.tips import keyboards as tip_keyboards
from bot.features.tips.preferences import PreferenceHandlers
from bot.features.tips.subscribe import SubscribeHandlers
from bot.features.unanswered.handlers import InboxHandlers
from bot.features.why.handlers import WhyHandlers

Buttons = Mapping[type[Button], Callback]
Rules = list[BaseHandler[Update, Context, None]]

_PRIVATE = filters.ChatType.PRIVATE
_FIRST = filters.UpdateType.MESSAGE
_OR_EDITED = filters.UpdateType.MESSAGE | filters.UpdateType.EDITED_MESSAGE

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


def register_operators(
    app: App, operators: frozenset[int], commands: Commands, outdated: Callback
) -> None:
    """Before all others: what nobody here takes goes on to them, as if this were not there."""
    by_name: dict[str, Callback] = {
        "help": commands.helping.help,
        "reload": commands.reloading.reload,
        "rollback": commands.reloading.rollback,
        "unanswered": commands.inbox.unanswered,
        "why": commands.asking_why.why,
        "stats": commands.statistics.stats,
        "broadcast": commands.broadcasting.broadcast,
    }
    buttons: Buttons = {
        **commands.inbox.buttons(),
        SendBroadcast: commands.broadcasting.send,
        CancelBroadcast: commands.broadcasting.cancel,
    }
    theirs = filters.User(operators) & filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    app.add_handlers([CommandHandler(name, do, theirs) for name, do in by_name.items()])
    document = theirs & filters.Document.ALL & filters.CaptionRegex(RELOAD_CAPTION)
    app.add_handler(MessageHandler(document, commands.reloading.put))
    for kind, do in buttons.items():
        pressed = only_operators(operators, do, outdated)
        app.add_handler(CallbackQueryHandler(pressed, kind.PATTERN))


@dataclass(frozen=True, slots=True)
class Everybody:
    """What everybody can call."""

    questions: QuestionHandlers
    subscriptions: SubscribeHandlers
    preferences: PreferenceHandlers
    votes: VoteHandlers
    privacy: PrivacyHandlers


def register(app: App, everybody: Everybody, seldom: NotTooOften) -> None:
    """Give the application all that it handles."""
    app.add_handlers(_chats(everybody))
    app.add_handlers(_commands(everybody, seldom))
    app.add_handlers(_texts(everybody, seldom))
    app.add_handlers(_buttons(everybody, seldom))


def fits(app: App, update: Update) -> bool:
    """Whether something of this is handled."""
    rules = (rule for group in app.handlers.values() for rule in group)
    return any(rule.check_update(update) not in (None, False) for rule in rules)


def _chats(everybody: Everybody) -> Rules:
    """What becomes of a chat; nothing is sent for it."""
    return [
        ChatMemberHandler(everybody.subscriptions.membership, ChatMemberHandler.MY_CHAT_MEMBER),
        MessageHandler(filters.StatusUpdate.MIGRATE, everybody.subscriptions.moved),
    ]


def _commands(everybody: Everybody, seldom: NotTooOften) -> Rules:
    subscriptions, preferences = everybody.subscriptions, everybody.preferences
    private: dict[str, Callback] = {
        "start": subscriptions.start,
        "help": everybody.questions.help,
        "topics": everybody.questions.topics,
        "privacy": everybody.privacy.privacy,
    }
    for_all: dict[tuple[str, ...], Callback] = {
        ("tip", "tips"): preferences.tip,
        ("cancel",): subscriptions.cancel,
    }
    for_administrators: dict[tuple[str, ...], Callback] = {
        ("subscribe", "sub"): subscriptions.subscribe,
        ("timezone", "timezones"): subscriptions.timezone,
        ("settings",): preferences.settings,
        ("unsubscribe", "unsub"): preferences.unsubscribe,
        ("mydata",): everybody.privacy.my_data,
        ("forget",): everybody.privacy.forget,
    }
    anywhere = for_all | {names: by_administrators(do) for names, do in for_administrators.items()}
    return [
        *(CommandHandler(name, seldom(do), _PRIVATE & _FIRST) for name, do in private.items()),
        CommandHandler("ask", seldom(everybody.questions.ask), _OR_EDITED),
        *(CommandHandler(names, seldom(do), _FIRST) for names, do in anywhere.items()),
    ]


def _texts(everybody: Everybody, seldom: NotTooOften) -> Rules:
    questions, subscriptions = everybody.questions, everybody.subscriptions
    text = filters.TEXT & ~filters.COMMAND
    here = _PRIVATE | ReplyToThisBot()
    other = ~filters.TEXT & ~filters.StatusUpdate.ALL
    rules: list[tuple[filters.BaseFilter, Callback]] = [
        (_PRIVATE & _FIRST & Stop(), everybody.preferences.unsubscribe),
        (here & text & _FIRST & Asked(subscriptions.dialog), subscriptions.typed),
        (here & text & _OR_EDITED, questions.question),
        (_PRIVATE & filters.LOCATION & _FIRST, subscriptions.located),
        (_PRIVATE & filters.COMMAND & _FIRST, questions.unknown_command),
        (_PRIVATE & other & _FIRST, questions.hint),
    ]
    return [MessageHandler(fits, seldom(do)) for fits, do in rules]


def _buttons(everybody: Everybody, seldom: NotTooOften) -> Rules:
    questions, preferences = everybody.questions, everybody.preferences
    subscriptions = everybody.subscriptions
    for_all: Buttons = {
        question_keyboards.ShowEntry: questions.show_entry,
        question_keyboards.ShowTopic: questions.show_topic,
        question_keyboards.ShowTopics: questions.show_topics,
        question_keyboards.Vote: everybody.votes.vote,
        tip_keyboards.ReadMore: preferences.read_more,
    }
    for_administrators: Buttons = {
        tip_keyboards.OpenSettings: subscriptions.open_settings,
        tip_keyboards.PickTime: subscriptions.pick_time,
        tip_keyboards.PickPlace: subscriptions.pick_place,
        tip_keyboards.AskPlace: subscriptions.ask_place,
        tip_keyboards.ShareLocation: subscriptions.share_location,
        tip_keyboards.TellClock: subscriptions.tell_clock,
        tip_keyboards.Shift: preferences.shift,
        tip_keyboards.ToggleDay: preferences.toggle_day,
        tip_keyboards.Pause: preferences.pause,
        tip_keyboards.Resume: preferences.resume,
        tip_keyboards.Stop: preferences.stop,
        Forget: everybody.privacy.forget_for_good,
    }
    theirs = {kind: by_administrators(do) for kind, do in for_administrators.items()}
    pressed = {**for_all, **theirs}
    return [
        *(CallbackQueryHandler(seldom(do), kind.PATTERN) for kind, do in pressed.items()),
        CallbackQueryHandler(seldom(questions.outdated)),
    ]
