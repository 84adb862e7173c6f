"""A bot that sends to subscribers, in a process that may be killed and started again."""

import asyncio
import datetime as dt
from dataclasses import dataclass

import pytest

from bot.answering.faq import Faq
from bot.lifecycle import Parts
from bot.storage.storage import Storage
from bot.subscriptions.delivery import Progress
from bot.subscriptions.schedule import Schedule, Slot
from bot.subscriptions.subscriber import State, Subscriber
from tests.fake_bot_api import faults
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import ANNA, subscribed_at
from tests.support.fake_time import Clock
from tests.support.slow_request import SlowRequest

TICK, MINUTE, HOUR, DAY = 5.0, 60.0, 3_600.0, 86_400.0
FOREVER = 1_000_000
"""Far more seconds, or times, than any test needs."""


@dataclass(frozen=True, slots=True)
class World:
    """The things that outlive a process."""

    telegram: FakeTelegram
    clock: Clock
    storage: Storage
    faq: Faq
    wire: SlowRequest

    async def put(self, chat: int, schedule: Schedule, first: Slot | None = None) -> None:
        """Subscribe a chat; its first tip comes at `first`, or when the schedule says so."""
        if chat not in self.telegram.world.chats:
            self.telegram.person(chat)
        now = self.clock.wall()
        slot = first or schedule.after(now, None)
        new = Subscriber(chat, schedule, State.ACTIVE, now, slot)
        await self.storage.change(chat, lambda _: new)

    async def subscribe_many(self, count: int, begin: int = 1_001, seconds: float = 0) -> list[int]:
        """Subscribe people whose next tip is due in so many seconds, in one transaction."""
        now = self.clock.wall()
        chats = list(range(begin, begin + count))
        for chat in chats:
            self.telegram.person(chat)
        await subscribed_at(self.storage, chats, now + dt.timedelta(seconds=seconds), since=now)
        return chats

    def fail(self, fault: faults.Fault, chat: int = ANNA, times: int = 1) -> None:
        self.telegram.fail_next("sendMessage", fault, times, chat)

    async def progress(self, chat: int = ANNA) -> list[Progress]:
        """The progress of each delivery, oldest first."""
        return [each.progress for each in await self.storage.deliveries.ledger(chat)]


@dataclass(frozen=True, slots=True)
class Bot:
    """A process of the bot, until it is killed."""

    parts: Parts
    clock: Clock

    async def run(self) -> None:
        """Send all that is due."""
        self.parts.sender.wake()
        await self.parts.sender.finished()

    async def tick(self) -> None:
        """Run the job that comes every few seconds, and wait for all that it starts."""
        await self.run()

    async def ticks(self, seconds: float, every: float = TICK) -> None:
        """Let some time pass, with a tick now and then."""
        end = self.clock.now + seconds
        while self.clock.now + every <= end:
            self.clock.forward(every)
            await self.tick()

    async def dies(self) -> None:
        """Leave the storage as a kill does while sends are on their way to a silent Telegram."""
        self.parts.sender.wake()
        await asyncio.sleep(1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(self.parts.sender.stop(), 1)
