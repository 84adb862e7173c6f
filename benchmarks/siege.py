"""A bot as a process, somebody who asks it ordinary questions, and the time that they wait."""

import asyncio
import contextlib
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil  # type: ignore[import-untyped] # it ships no types

from benchmarks.subscribers import Installation, end
from bot.knowledge import base
from tests.fake_bot_api.parameters import Json
from tests.fake_bot_api.server import FakeServer
from tests.fake_bot_api.telegram import FakeTelegram

DELAYS = {"sendMessage": 0.1}
"""Seconds to Telegram and back."""
EVERY = 0.1
"""Seconds from one ordinary question to the next."""
FIRST_WITNESS = 5_000_000
QUESTION = "does massage fade stretch marks?"
PATIENCE = 30.0
"""Seconds in which a process must have started, and in which a question must be answered."""


class Telegram(FakeTelegram):
    """Notes when each person was answered."""

    def __init__(self) -> None:
        super().__init__()
        self.polled = asyncio.Event()
        self.first: dict[int, float] = {}
        """Chat → the moment at which the first message to it was taken."""
        self.news = asyncio.Event()

    async def wait_for_updates(self, params: Mapping[str, object]) -> None:
        self.polled.set()
        await super().wait_for_updates(params)

    async def reached(self, people: set[int]) -> None:
        """Wait until all of these have got something."""
        while not self.first.keys() >= people:
            self.news.clear()
            await self.news.wait()

    def _record(self, method: str, params: Json, *, accepted: bool) -> None:
        super()._record(method, params, accepted=accepted)
        if accepted and method == "sendMessage":
            self.first.setdefault(int(params["chat_id"]), self.world.clock())
            self.news.set()


@dataclass(slots=True)
class Siege:
    """One bot under attack, and all that is measured of it."""

    bot: Installation
    telegram: Telegram
    process: Process | None = None
    asked: dict[int, float] = field(default_factory=dict)
    """Person → the moment of the ordinary question."""
    memory: float = 0.0
    """The most that the process took, in MB."""

    async def start(self) -> None:
        self.telegram.polled.clear()
        self.process = await self.bot.start()
        await asyncio.wait_for(self.telegram.polled.wait(), PATIENCE)

    async def kill(self) -> int:
        """Kill the process, as nobody should; the exit code."""
        assert self.process
        self.process.kill()
        return await self.process.wait()

    async def stop(self) -> int:
        """Stop the process, as a supervisor does; the exit code."""
        assert self.process
        await end(self.process)
        return self.process.returncode or 0

    def ask(self) -> None:
        """Ask as somebody who has nothing to do with the attack."""
        person = self.telegram.person(FIRST_WITNESS + len(self.asked))
        self.telegram.push(person.writes(QUESTION))
        self.asked[person.id] = self.telegram.world.clock()

    @asynccontextmanager
    async def witnessed(self) -> AsyncIterator[None]:
        """Ordinary questions come all the while, and are answered before this ends."""

        async def witness() -> None:
            while True:
                self.ask()
                self._weigh()
                await asyncio.sleep(EVERY)

        asking = asyncio.create_task(witness())
        try:
            yield
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        await self.answered(self.asked)

    async def answered(self, people: Mapping[int, float] | set[int]) -> None:
        """Wait until all of these have got something, or until the patience is over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self.telegram.reached(set(people))

    def longest(self) -> float:
        """The longest wait for an answer in seconds; infinite where an answer is missing."""
        waits = (self.telegram.first.get(who, inf) - at for who, at in self.asked.items())
        return max(waits, default=0)

    def lost(self, people: set[int]) -> int:
        return len(people - self.telegram.first.keys())

    def _weigh(self) -> None:
        with contextlib.suppress(psutil.Error):
            if self.process and self.process.returncode is None:
                used = psutil.Process(self.process.pid).memory_info().rss / 1e6
                self.memory = max(self.memory, used)


@asynccontextmanager
async def besieged(cache: Path, delays: Mapping[str, float] = DELAYS) -> AsyncIterator[Siege]:
    """A bot that has never run; only the cache of an earlier start is there."""
    telegram = Telegram()
    with TemporaryDirectory() as folder:
        async with FakeServer(telegram, delays) as server:
            bot = Installation(Path(folder), server.url, base.shipped(), cache)
            siege = Siege(bot, telegram)
            try:
                yield siege
            finally:
                if siege.process and siege.process.returncode is None:
                    await siege.stop()
