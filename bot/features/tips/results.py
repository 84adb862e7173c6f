"""The outcomes of sent messages are written down, counted and watched."""

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from telegram.ext import ExtBot

from bot.features.operators.notices import Notices
from bot.features.statistics.recorder import UsageRecorder
from bot.features.tips import messages, texts
from bot.features.tips.circuit_breaker import CircuitBreaker
from bot.features.tips.enrolment import gone
from bot.features.tips.outcome import Gone, Moved, NotSent, Outcome, Refused, Sent, TooFast, Unsure
from bot.features.tips.presence import Heard
from bot.storage.storage import Storage
from bot.subscriptions.delivery import Delivery, Progress, Stage

LATER = dt.timedelta(seconds=30)
AFTER_UNSURE = (30, 120, 600, 1800)
"""Seconds before each new try of a message that may have arrived; after the last it is given up."""
KEPT = dt.timedelta(days=90)
"""Old deliveries and broadcasts are kept so long."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Results:
    """Writes outcomes down, and tells operators if too many fail."""

    storage: Storage
    bot: ExtBot[int]
    notices: Notices
    recorder: UsageRecorder
    breaker: CircuitBreaker
    now: Callable[[], dt.datetime]
    heard: Heard = field(default_factory=Heard)
    unwritten: dict[int, tuple[Delivery, Outcome]] = field(default_factory=dict)
    """Outcomes that the database has not taken yet, by the delivery's number."""
    tidied: dt.date | None = None

    async def keep(self, delivery: Delivery, result: Outcome) -> None:
        """Write an outcome down. If the database fails, remember it for a later try."""
        self.unwritten[delivery.id] = delivery, result
        now = self.now()
        progress, retry_at = await self._progress(delivery, result, now)
        await self.storage.deliveries.finish(delivery, progress, now, retry_at)
        if isinstance(result, Gone):
            ended = self.recorder.watched(partial(gone, result.state))
            await self.storage.change(delivery.chat, ended)
            self.heard.lost(delivery.chat)
        del self.unwritten[delivery.id]
        if retry_at is None and not delivery.broadcast:
            self.recorder.count("tip", progress)

    async def _progress(
        self, delivery: Delivery, result: Outcome, now: dt.datetime
    ) -> tuple[Progress, dt.datetime | None]:
        """The state of a delivery after an outcome, and the moment of the next try, if any."""
        match result:
            case Sent():
                return Progress.SENT, None
            case Gone(state=state):
                return Progress(state), None
            case Moved(chat=new):
                await self.storage.follow(delivery.chat, new)
                return Progress.MIGRATED, now
            case TooFast(seconds=seconds):
                return Progress.DUE, now + dt.timedelta(seconds=seconds)
            case NotSent():
                return Progress.DUE, now + LATER
            case Unsure():
                wait = AFTER_UNSURE[delivery.lost : delivery.lost + 1]
                return Progress.UNKNOWN, now + dt.timedelta(seconds=wait[0]) if wait else None
            case Refused(why=why) if delivery.broadcast and messages.has_no_source(why):
                # No other chat could get it either.
                await self.storage.broadcasts.stop(delivery.broadcast, Stage.LOST, now)
                return Progress.UNKNOWN if delivery.lost else Progress.CANCELLED, None
            case Refused():
                return Progress.FAILED, None

    async def watch(self, delivery: Delivery, result: Outcome) -> None:
        """Log a failure, and stop the run if too many fail."""
        match result:
            case TooFast():
                return  # The rate limiter already slows down.
            case Refused(why=why) if messages.has_no_source(why):
                return  # The message is at fault, not Telegram.
            case Sent() | Gone() | Moved() | Refused(by_the_chat=True):
                good = True
            case Refused(why=why):
                good = False
                log.error("a message was refused for a reason that is not the chat's: %s", why)
            case NotSent() | Unsure():
                good = False
                log.warning("delivery %s: %s", delivery.id, result)
        if self.breaker.note(delivery.chat, good=good):
            seconds = self.breaker.until - self.breaker.clock()
            log.error("too many messages fail; the run goes on in %.0f s", seconds)
            await self.notices.tell(self.bot, texts.run_stopped(seconds))

    async def tidy(self) -> None:
        """Once a day: forget old deliveries and broadcasts."""
        now = self.now()
        if self.tidied == now.date():
            return
        while await self.storage.deliveries.prune(now.date() - KEPT):
            pass
        await self.storage.broadcasts.prune(now - KEPT)
        self.tidied = now.date()
