"""A handler failed: the person, the log and the operators are told."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from telegram import Update
from telegram.error import TelegramError

from bot.bot_api import sending
from bot.bot_api.outgoing.refusals import is_the_chats
from bot.bot_api.transport import NotConnectedError, NotTakenError, may_have_arrived
from bot.bot_api.types import Context
from bot.features import texts
from bot.features.operators.faults import described
from bot.features.operators.notices import Notices

SILENCE = 60.0
"""Seconds. An equal fault is told to the operators only once in this time."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ErrorHandler:
    """The error handler of the application."""

    notices: Notices
    clock: Callable[[], float]
    """A clock that counts seconds and never goes back."""
    _told: dict[str, float] = field(default_factory=dict)

    async def handle(self, update: object, context: Context) -> None:
        """Log the error, apologise to the person, tell the operators. Nothing here may fail."""
        error = context.error
        number = update.update_id if isinstance(update, Update) else None
        if is_the_chats(error):
            log.info("update %s: %s", number, error)
            await _alert(update, texts.SHUT_ALERT)
            return
        if may_have_arrived(error):
            # Whoever sees the answer and then an apology believes neither.
            log.warning("update %s failed: its answer may have arrived (%s)", number, error)
            await _alert(update, None)
            return
        is_cut_off = isinstance(error, NotConnectedError | NotTakenError)
        if is_cut_off:
            log.warning("update %s failed: nothing went out (%s)", number, error)
        else:
            log.error("update %s failed", number, exc_info=error)
        if isinstance(update, Update):
            await _apologise(update)
        # Without a network nobody can be notified, and the code is not at fault.
        if error is not None and not is_cut_off:
            await self._notify(error, number, context)

    async def _notify(self, error: Exception, number: int | None, context: Context) -> None:
        fault = described(error)
        now = self.clock()
        if now - self._told.get(fault, -SILENCE) < SILENCE:
            return
        self._told[fault] = now
        await self.notices.tell(context.bot, texts.fault_notice(fault, number))


async def _alert(update: object, text: str | None) -> None:
    """Stop the spinner of a pressed button; a message gets no second call."""
    if isinstance(update, Update) and update.callback_query is not None:
        try:
            await sending.acknowledge(update.callback_query, text)
        except TelegramError as failed:
            log.info("update %s: no alert either: %s", update.update_id, failed)


async def _apologise(update: Update) -> None:
    try:
        if update.callback_query is not None:
            await sending.acknowledge(update.callback_query, texts.FAULT_ALERT)
        elif update.effective_message is not None:
            await sending.reply(update.effective_message, texts.FAULT, None)
    except TelegramError as failed:
        log.warning("update %s: no apology either: %s", update.update_id, failed)
