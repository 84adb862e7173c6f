"""Sending due messages: each is claimed, sent, and its outcome written down."""

import asyncio
import datetime as dt
import logging
import random
from collections import deque
from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from telegram.ext import ExtBot

from bot.answering.faq import Live
from bot.bot_api.rate_limiter import RateLimiter
from bot.features import texts
from bot.features.operators.faults import described
from bot.features.tips import messages
from bot.features.tips.circuit_breaker import FIRST_REST
from bot.features.tips.outcome import outcome
from bot.features.tips.results import Results
from bot.knowledge.base import Knowledge
from bot.knowledge.models import Tip
from bot.storage.storage import Storage
from bot.subscriptions import rotation
from bot.subscriptions.delivery import Delivery, Progress
from bot.subscriptions.subscriber import Subscriber

BATCH = 200
"""Tips that are fetched from the database at once."""
BROADCAST_BATCH = 50
"""Messages of broadcasts that are fetched at once: a tip that comes due waits two seconds."""
AT_ONCE = 16
"""Messages on their way at once: half of the connections, the other half is for answers."""
LOOKED = 1.0
"""Seconds between two looks for due messages, while the last ones are on their way."""
MOST_LOGGED = 5
"""Errors of single chats that are logged after a run."""
ASIDE = dt.timedelta(hours=1)
"""A subscriber whose zone cannot be read is looked at again so much later."""

Work = Callable[[], Coroutine[Any, Any, None]]

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Sender:
    """Sends daily tips, and then broadcasts; `wake` starts a run if none is going on."""

    live: Live
    storage: Storage
    bot: ExtBot[int]
    limiter: RateLimiter
    now: Callable[[], dt.datetime]
    results: Results
    only: int | None = None
    """The one chat to send to; None for all."""
    is_muted: Callable[[], bool] = lambda: False
    """True while another copy of the bot may send these tips."""
    _urgent: deque[int] = field(default_factory=deque)
    _run: asyncio.Task[None] | None = None
    _stopping: bool = False
    _told: dict[str, float] = field(default_factory=dict)
    """Fault → when operators were told of it."""

    @property
    def knowledge(self) -> Knowledge:
        return self.live.faq.knowledge

    async def recover(self) -> None:
        """After a start: try again what was on its way when the process died."""
        if cut := await self.storage.deliveries.interrupted(self.now(), self.only):
            log.info(
                "%d messages were on their way when the process ended; sending them again", cut
            )

    def wake(self, chat: int | None = None) -> None:
        """Send soon what is due, first of all to this chat."""
        if chat is not None:
            self._urgent.append(chat)
        if self._going_on() and (self._run is None or self._run.done()):
            self._run = asyncio.create_task(self._safely())

    async def finished(self) -> None:
        """Wait for the end of the present run, if there is one."""
        if self._run:
            await self._run

    async def stop(self) -> None:
        """Begin nothing new, and finish what is on its way."""
        self._stopping = True
        self.limiter.close()
        await self.finished()

    async def _safely(self) -> None:
        try:
            await self.run()
            while self._urgent and self._going_on():  # Somebody subscribed while it was ending.
                await self.run()
        except Exception as error:
            log.exception("tips: a run failed; the next tick begins another")
            fault, now = described(error), self.results.breaker.clock()
            if now - self._told.get(fault, -FIRST_REST) >= FIRST_REST:
                self._told[fault] = now
                await self.results.notices.tell(self.bot, texts.fault_notice(fault, None))

    async def run(self) -> None:
        """Send until nothing is due any more, or too much fails."""
        waiting: deque[tuple[int, Work]] = deque()
        busy: dict[int, asyncio.Task[None]] = {}
        failed: dict[int, BaseException] = {}
        time = asyncio.get_running_loop().time
        looked_in_vain = -LOOKED
        try:
            while self._going_on():
                await self._overtake(waiting)
                if not waiting and (not busy or time() - looked_in_vain >= LOOKED):
                    found = await self._due()
                    waiting.extend((c, do) for c, do in found if c not in {*busy, *failed})
                    if not waiting:
                        looked_in_vain = time()
                if not (waiting or busy):
                    await self.results.tidy()
                    break
                if waiting and len(busy) < AT_ONCE:
                    chat, do = waiting.popleft()
                    if chat not in busy:
                        busy[chat] = asyncio.create_task(do())
                else:
                    await asyncio.wait(busy.values(), return_when=asyncio.FIRST_COMPLETED)
                    failed |= _ended(busy)
        except asyncio.CancelledError:
            for task in busy.values():
                task.cancel()
            raise
        finally:
            await asyncio.gather(*busy.values(), return_exceptions=True)
            failed |= _ended(busy)
        # Errors of single chats are told only now, so that they held up no other chat.
        errors = list(failed.values())
        for error in errors[1:MOST_LOGGED]:
            log.error("tips: one of %d chats that failed", len(errors), exc_info=error)
        if errors:
            raise errors[0]

    async def _due(self) -> list[tuple[int, Work]]:
        """Chats and the work for each, in this order."""
        now, ledger = self.now(), self.storage.deliveries
        again, new = [], []
        if self.knowledge.tips:
            again = await ledger.retries(now, BATCH, self.only)
            new = await ledger.due(now, BATCH, self.only)
        messages_due = await self.storage.broadcasts.due(now, BROADCAST_BATCH, self.only)
        unwritten = self.results.unwritten.values()
        return [
            *((each.chat, partial(self.results.keep, each, result)) for each, result in unwritten),
            *((each.chat, partial(self._retry, each)) for each in again),
            *((each.chat, partial(self._serve, each)) for each in new),
            *((each.chat, partial(self._retry, each)) for each in messages_due),
        ]

    async def _overtake(self, waiting: deque[tuple[int, Work]]) -> None:
        """Put new subscribers first: they were promised a tip right away."""
        while self._urgent:
            chat = self._urgent.popleft()
            subscriber = await self.storage.subscriber(chat)
            if subscriber and subscriber.due(self.now()) and self.knowledge.tips:
                waiting.appendleft((chat, partial(self._serve, subscriber)))

    def _going_on(self) -> bool:
        return not (self._stopping or self.results.breaker.resting or self.is_muted())

    async def _serve(self, subscriber: Subscriber) -> None:
        """Send today's tip; send none if its day is over."""
        try:
            due = subscriber.due(self.now())
        except ValueError:  # The zone was abolished: nobody else must wait for this one.
            if slot := subscriber.next:
                aside = replace(slot, moment=self.now() + ASIDE)
                await self.storage.deliveries.advance(subscriber, replace(subscriber, next=aside))
            raise
        if due is None:
            await self.storage.deliveries.advance(subscriber, subscriber.served(None, self.now()))
            return
        await self.limiter.turn()
        # The turn may have taken long, so what is due is asked once more.
        slot = subscriber.due(self.now())
        if slot and self._going_on():
            # A reload during these lines must not take the chosen tip away.
            knowledge = self.knowledge
            choose = partial(_choose, knowledge, subscriber.chat)
            delivery = await self.storage.deliveries.claim(subscriber, slot, choose, self.now())
            await self._send(knowledge, delivery)

    async def _retry(self, earlier: Delivery) -> None:
        await self.limiter.turn()
        if self._going_on():
            knowledge = self.knowledge
            delivery = await self.storage.deliveries.claim_again(earlier, self.now())
            was_never_sent = earlier.progress is Progress.DUE and not earlier.lost
            tip_is_gone = delivery and not delivery.broadcast and delivery.tip not in knowledge.tips
            if delivery and was_never_sent and tip_is_gone:
                choose = partial(_choose, knowledge, delivery.chat)
                delivery = await self.storage.deliveries.exchange(delivery, choose)
            await self._send(knowledge, delivery)

    async def draw(self, chat: int) -> Tip | None:
        """A tip right now: the next one for a subscriber, any one for somebody else."""
        knowledge = self.knowledge
        drawn = await self.storage.deliveries.draw(chat, partial(_choose, knowledge, chat))
        if drawn is not None:
            return knowledge.tips[drawn]
        tips = list(knowledge.tips.values())
        return random.choice(tips) if tips else None  # noqa: S311 - nothing to guess here

    async def _send(self, knowledge: Knowledge, delivery: Delivery | None) -> None:
        if delivery is None:
            return
        send = await messages.to_send(self.storage, self.bot, knowledge, delivery)
        if send is None:  # A reload has removed the tip since the first try.
            await self.storage.deliveries.finish(delivery, Progress.FAILED, self.now())
            return
        result = await outcome(send)
        await self.results.keep(delivery, result)
        await self.results.watch(delivery, result)


def _choose(knowledge: Knowledge, chat: int, seen: Collection[str], turn: int) -> str | None:
    return rotation.choose(knowledge.tips, seen, chat, turn)


def _ended(busy: dict[int, asyncio.Task[None]]) -> dict[int, BaseException]:
    """Take out the tasks that are done. Returns the errors of those that failed, by chat."""
    done = {chat: busy.pop(chat) for chat, task in list(busy.items()) if task.done()}
    failed = {chat: task for chat, task in done.items() if not task.cancelled()}
    return {chat: error for chat, task in failed.items() if (error := task.exception())}
