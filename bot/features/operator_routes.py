"""The handlers of operators; to everybody else they are not there."""

from collections.abc import Mapping

from msgspec import Struct
from telegram import Update
from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.bot_api.sending import query_of
from bot.bot_api.types import App, Callback, Context
from bot.features.broadcasts.buttons import CancelBroadcast, SendBroadcast
from bot.features.broadcasts.handlers import BroadcastHandlers
from bot.features.help import HelpHandlers
from bot.features.knowledge_base.handlers import ReloadHandlers
from bot.features.statistics.handlers import StatisticsHandlers
from bot.features.unanswered.handlers import InboxHandlers
from bot.features.why.handlers import WhyHandlers

RELOAD_CAPTION = r"^/reload(?:@\w+)?\s*$"


class Commands(Struct, frozen=True):
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


def register(app: App, operators: frozenset[int], commands: Commands, outdated: Callback) -> None:
    """Before all others: what nobody here takes goes on to them, as if this were not there."""
    theirs = filters.User(operators) & filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    for name, do in commands.commands().items():
        app.add_handler(CommandHandler(name, do, filters=theirs))
    document = theirs & filters.Document.ALL & filters.CaptionRegex(RELOAD_CAPTION)
    app.add_handler(MessageHandler(document, commands.reloading.put))
    for pattern, do in commands.buttons().items():
        app.add_handler(CallbackQueryHandler(_only(operators, do, outdated), pattern))


def _only(operators: frozenset[int], callback: Callback, outdated: Callback) -> Callback:
    async def checked(update: Update, context: Context) -> None:
        known = query_of(update).from_user.id in operators
        await (callback if known else outdated)(update, context)

    return checked
