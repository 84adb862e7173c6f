"""All handlers in one list, and who may call each; the first one that fits an update takes it."""

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
    CaptionCommand,
    NotTooOften,
    ReplyToThisBot,
    Stop,
    Unheard,
    by_administrators,
    once_an_album,
    only_operators,
)
from bot.features.knowledge_base.handlers import ReloadHandlers
from bot.features.privacy.handlers import PrivacyHandlers
from bot.features.privacy.keyboards import Forget
from bot.features.questions import keyboards as question_keyboards
from bot.features.questions.feedback import VoteHandlers
from bot.features.questions.handlers import QuestionHandlers
from bot.features.statistics.handlers import StatisticsHandlers
from bot.features.tips import keyboards as tip_keyboards
from bot.features.tips.preferences import PreferenceHandlers
from bot.features.tips.presence import Presence
from bot.features.tips.subscribe import SubscribeHandlers
from bot.features.unanswered.handlers import InboxHandlers

Buttons = Mapping[type[Button], Callback]
Rules = list[BaseHandler[Update, Context, None]]

_AT_FIRST = -1
"""The group of handlers that are called before the one that answers."""
_PRIVATE = filters.ChatType.PRIVATE
_FIRST = filters.UpdateType.MESSAGE
_OR_EDITED = filters.UpdateType.MESSAGE | filters.UpdateType.EDITED_MESSAGE

_CAPTION = filters.CAPTION & ~filters.CaptionRegex(r"^/")
_YAML = filters.Document.FileExtension("yaml") | filters.Document.FileExtension("yml")
_NO_TEXT = (
    filters.ANIMATION
    | filters.AUDIO
    | filters.CHECKLIST
    | filters.CONTACT
    | filters.Dice.ALL
    | filters.Document.ALL
    | filters.GAME
    | filters.LIVE_PHOTO
    | filters.LOCATION
    | filters.PAID_MEDIA
    | filters.PHOTO
    | filters.POLL
    | filters.STORY
    | filters.Sticker.ALL
    | filters.VENUE
    | filters.VIDEO
    | filters.VIDEO_NOTE
    | filters.VOICE
)
"""Messages of people, other than texts. Any other kind is news of a chat, or still to come."""

_SENDS = frozenset(
    {
        tip_keyboards.ReadMore,
        tip_keyboards.OpenSettings,
        tip_keyboards.PickTime,
        tip_keyboards.AskPlace,
        tip_keyboards.ShareLocation,
        tip_keyboards.TellClock,
    }
)
"""Buttons that are answered by a new message, so that they count as messages."""

RELOAD_CAPTION = r"^/reload(?:@\w+)?\s*$"


@dataclass(frozen=True, slots=True)
class Handlers:
    """The handlers of all features."""

    presence: Presence
    questions: QuestionHandlers
    subscriptions: SubscribeHandlers
    preferences: PreferenceHandlers
    votes: VoteHandlers
    privacy: PrivacyHandlers
    reloading: ReloadHandlers
    statistics: StatisticsHandlers
    inbox: InboxHandlers
    broadcasts: BroadcastHandlers


def register(app: App, handlers: Handlers, operators: frozenset[int], limited: NotTooOften) -> None:
    """Give the application all that it handles.

    The commands of operators come first. Those of other people find no handler there, and go on.
    """
    presence, subscriptions = handlers.presence, handlers.subscriptions
    unheard = MessageHandler(Unheard(presence.heard), presence.hear)
    app.add_handlers([unheard, CallbackQueryHandler(presence.hear)], _AT_FIRST)
    app.add_handlers(_for_operators(handlers, operators, limited))
    # The bot sends nothing for these two, so `limited` does not count them.
    app.add_handler(ChatMemberHandler(subscriptions.membership, ChatMemberHandler.MY_CHAT_MEMBER))
    app.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, subscriptions.moved))
    app.add_handlers(_commands(handlers, limited))
    app.add_handlers(_texts(handlers, limited))
    app.add_handlers(_buttons(handlers, limited))


def fits(app: App, update: Update) -> bool:
    """True if the application has a handler for this update."""
    rules = (rule for group in app.handlers.values() for rule in group)
    return any(rule.check_update(update) not in (None, False) for rule in rules)


def _for_operators(handlers: Handlers, operators: frozenset[int], limited: NotTooOften) -> Rules:
    by_name: dict[str, Callback] = {
        "help": handlers.questions.help_operator,
        "reload": handlers.reloading.reload,
        "rollback": handlers.reloading.rollback,
        "unanswered": handlers.inbox.unanswered,
        "why": handlers.questions.why,
        "stats": handlers.statistics.stats,
        "broadcast": handlers.broadcasts.broadcast,
    }
    buttons: Buttons = {
        **handlers.inbox.buttons(),
        SendBroadcast: handlers.broadcasts.send,
        CancelBroadcast: handlers.broadcasts.cancel,
    }
    from_operators = filters.User(operators) & _PRIVATE & _FIRST
    document = from_operators & filters.Document.ALL & filters.CaptionRegex(RELOAD_CAPTION)
    outdated, albums = limited.in_place(handlers.questions.outdated), handlers.questions.albums
    pressed = {kind: only_operators(operators, do, outdated) for kind, do in buttons.items()}
    return [
        *(CommandHandler(name, do, from_operators) for name, do in by_name.items()),
        MessageHandler(document, handlers.reloading.put),
        MessageHandler(from_operators & _YAML, once_an_album(albums, handlers.reloading.how)),
        *(CallbackQueryHandler(do, kind.PATTERN) for kind, do in pressed.items()),
    ]


def _commands(handlers: Handlers, limited: NotTooOften) -> Rules:
    private: dict[str, Callback] = {
        "start": handlers.subscriptions.start,
        "help": handlers.questions.help,
        "topics": handlers.questions.topics,
        "privacy": handlers.privacy.privacy,
    }
    for_all: dict[tuple[str, ...], Callback] = {
        ("tip", "tips"): handlers.preferences.tip,
        ("cancel",): handlers.subscriptions.cancel,
    }
    for_administrators: dict[tuple[str, ...], Callback] = {
        ("subscribe", "sub"): handlers.subscriptions.subscribe,
        ("timezone", "timezones"): handlers.subscriptions.timezone,
        ("settings",): handlers.preferences.settings,
        ("unsubscribe", "unsub"): handlers.preferences.unsubscribe,
        ("mydata",): handlers.privacy.my_data,
        ("forget",): handlers.privacy.forget,
    }
    anywhere = for_all | {names: by_administrators(do) for names, do in for_administrators.items()}
    return [
        *(CommandHandler(name, limited(do), _PRIVATE & _FIRST) for name, do in private.items()),
        CommandHandler("ask", limited(handlers.questions.ask), _OR_EDITED),
        MessageHandler(CaptionCommand("ask") & _OR_EDITED, limited(handlers.questions.ask)),
        *(CommandHandler(names, limited(do), _FIRST) for names, do in anywhere.items()),
    ]


def _texts(handlers: Handlers, limited: NotTooOften) -> Rules:
    questions, subscriptions = handlers.questions, handlers.subscriptions
    text = (filters.TEXT & ~filters.COMMAND) | _CAPTION
    here = _PRIVATE | ReplyToThisBot()
    hint = once_an_album(questions.albums, limited(questions.hint))
    rules: list[tuple[filters.BaseFilter, Callback]] = [
        (_PRIVATE & _FIRST & Stop(), handlers.preferences.unsubscribe),
        (here & filters.TEXT & text & _FIRST & Asked(subscriptions.pending), subscriptions.typed),
        (here & text & _OR_EDITED, questions.question),
        (_PRIVATE & filters.LOCATION & _FIRST, subscriptions.located),
        (_PRIVATE & filters.COMMAND & _FIRST, questions.unknown_command),
    ]
    return [
        *(MessageHandler(messages, limited(do)) for messages, do in rules),
        MessageHandler(_PRIVATE & _NO_TEXT & _FIRST, hint),
    ]


def _buttons(handlers: Handlers, limited: NotTooOften) -> Rules:
    questions, subscriptions = handlers.questions, handlers.subscriptions
    preferences = handlers.preferences
    for_all: Buttons = {
        question_keyboards.ShowEntry: questions.show_entry,
        question_keyboards.ShowTopic: questions.show_topic,
        question_keyboards.ShowTopics: questions.show_topics,
        question_keyboards.Vote: handlers.votes.vote,
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
        Forget: handlers.privacy.forget_for_good,
    }
    guarded = {kind: by_administrators(do) for kind, do in for_administrators.items()}
    pressed = {**for_all, **guarded}
    return [
        *(
            CallbackQueryHandler(
                (limited if kind in _SENDS else limited.in_place)(do), kind.PATTERN
            )
            for kind, do in pressed.items()
        ),
        CallbackQueryHandler(limited.in_place(questions.outdated)),
    ]
