"""What happens when a handler fails: a friendly line, a log entry, a short notice."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from telegram import Update
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError

from bot.bot_api import sending
from bot.bot_api.types import Context
from bot.features import texts
from bot.features.operators.notices import Notices

SILENCE = 60.0
"""Seconds in which the operators hear of the same fault only once."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ErrorHandler:
    """PTB's error handler."""

    notices: Notices
    clock: Callable[[], float]
    """Seconds, never going back."""
    _told: dict[str, float] = field(default_factory=dict)

    async def handle(self, update: object, context: Context) -> None:
        """Log, apologise, notify. Nothing in here may fail."""
        error = context.error
        number = update.update_id if isinstance(update, Update) else None
        if isinstance(error, Forbidden):
            log.info("update %s: %s", number, error)
            return
        log.error("update %s failed", number, exc_info=error)
        if isinstance(update, Update):
            await _apologise(update)
        # Without a network there is nobody to notify, and it is nobody's bug.
        if error is not None and not _is_network(error):
            await self._notify(error, number, context)

    async def _notify(self, error: Exception, number: int | None, context: Context) -> None:
        fault = _place(error)
        now = self.clock()
        if now - self._told.get(fault, -SILENCE) < SILENCE:
            return
        self._told[fault] = now
        await self.notices.tell(context.bot, texts.fault_notice(fault, number))


async def _apologise(update: Update) -> None:
    try:
        if update.callback_query is not None:
            await sending.acknowledge(update.callback_query, texts.FAULT_ALERT)
        elif update.effective_message is not None:
            await sending.reply(update.effective_message, texts.FAULT, None)
    except TelegramError as failed:
        log.warning("update %s: no apology either: %s", update.update_id, failed)


def _is_network(error: Exception) -> bool:
    # BadRequest is a NetworkError in PTB, but it is our bug.
    return isinstance(error, NetworkError) and not isinstance(error, BadRequest)


def _place(error: Exception) -> str:
    """Kind and line of a fault; never its text, which may hold what a person wrote."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    module = trace.tb_frame.f_globals.get("__name__", "?")
    return f"{type(error).__name__} in {module}, line {trace.tb_lineno}"
