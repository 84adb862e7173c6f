"""What became of each message that was sent: written down, counted, watched."""

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
from bot.features.tips.outcome import Gone, Moved, NotSent, Outcome, Refused, Sent, TooFast, Unsure
from bot.storage.storage import Storage
from bot.subscriptions.delivery import Delivery, Progress, Stage
from bot.subscriptions.subscriber import State, Subscriber

LATER = dt.timedelta(seconds=30)
AFTER_UNSURE = (30, 120, 600, 1800)
"""Seconds before trying again what may have arrived, each time longer; then it is left alone."""
KEPT = dt.timedelta(days=90)
"""How long the ledger is kept."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Results:
    """Writes outcomes down, and tells when too many fail."""

    storage: Storage
    bot: ExtBot[int]
    notices: Notices
    journal: UsageRecorder
    health: CircuitBreaker
    now: Callable[[], dt.datetime]
    unwritten: dict[int, tuple[Delivery, Outcome]] = field(default_factory=dict)
    """Outcomes that the database did not take yet, by delivery."""
    tidied: dt.date | None = None

    async def keep(self, delivery: Delivery, result: Outcome) -> None:
        """Write an outcome down; where the database fails, remember it until it can be."""
        self.unwritten[delivery.id] = delivery, result
        await self._write_down(delivery, result)
        del self.unwritten[delivery.id]
        if not delivery.broadcast and (what := _counted(delivery, result)):
            self.journal.count("tip", what)

    async def _write_down(self, delivery: Delivery, result: Outcome) -> None:
        now, finish = self.now(), partial(self.storage.deliveries.finish, delivery)
        match result:
            case Sent():
                await finish(Progress.SENT, now)
            case Gone(state=state):
                await finish(Progress(state), now)
                gone = self.journal.watched(partial(_gone, state))
                await self.storage.change(delivery.chat, gone)
            case Moved(chat=new):
                await self.storage.follow(delivery.chat, new)
                await finish(Progress.MIGRATED, now, now)
            case TooFast(seconds=seconds):
                await finish(Progress.DUE, now, now + dt.timedelta(seconds=seconds))
            case NotSent():
                await finish(Progress.DUE, now, now + LATER)
            case Unsure():
                await finish(Progress.UNKNOWN, now, _after_unsure(delivery.lost, now))
            case Refused(why=why) if delivery.broadcast and messages.has_no_source(why):
                # So it would be for everybody else.
                await self.storage.mailings.stop(delivery.broadcast, Stage.LOST, now)
                await finish(Progress.UNKNOWN if delivery.lost else Progress.CANCELLED, now)
            case Refused():
                await finish(Progress.FAILED, now)

    async def watch(self, delivery: Delivery, result: Outcome) -> None:
        match result:
            case TooFast():
                return  # The pace knows already.
            case Refused(why=why) if messages.has_no_source(why):
                return  # That says nothing about Telegram.
            case Sent() | Gone() | Moved() | Refused(by_the_chat=True):
                good = True
            case Refused(why=why):
                good = False
                log.error("a message was refused for a reason that is not the chat's: %s", why)
            case NotSent() | Unsure():
                good = False
                log.warning("delivery %s: %s", delivery.id, result)
        if self.health.note(delivery.chat, good=good):
            seconds = self.health.until - self.health.clock()
            log.error("too many messages fail; the run goes on in %.0f s", seconds)
            await self.notices.tell(self.bot, texts.run_stopped(seconds))

    async def tidy(self) -> None:
        """Once a day: forget old deliveries and broadcasts."""
        now = self.now()
        if self.tidied == now.date():
            return
        while await self.storage.deliveries.prune(now.date() - KEPT):
            pass
        await self.storage.mailings.prune(now - KEPT)
        self.tidied = now.date()


def _counted(delivery: Delivery, result: Outcome) -> str | None:
    """What has become of a tip; None where it is tried again."""
    match result:
        case Sent():
            return Progress.SENT
        case Gone(state=state):
            return state
        case Refused():
            return Progress.FAILED
        case Unsure() if delivery.lost >= len(AFTER_UNSURE):
            return Progress.UNKNOWN
    return None


def _gone(state: State, known: Subscriber | None) -> Subscriber | None:
    """Only who got tips until now: an old answer must not undo what was chosen since."""
    return known.ended(state) if known and known.state is State.ACTIVE else None


def _after_unsure(before: int, now: dt.datetime) -> dt.datetime | None:
    """When to try again, after so many earlier tries without an answer; None for never."""
    if before >= len(AFTER_UNSURE):
        return None
    return now + dt.timedelta(seconds=AFTER_UNSURE[before])
