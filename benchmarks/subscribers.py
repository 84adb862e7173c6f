"""People whose tip is due, and the bot as a process: for the benchmarks of the daily tips."""

import asyncio
import datetime as dt
import os
import sqlite3
import sys
import time
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.storage.storage import Storage
from bot.subscriptions.schedule import Schedule
from bot.subscriptions.subscriber import Subscriber
from tests.fake_bot_api.telegram import FakeTelegram

TOKEN = "1234567890:AAbenchmarkbenchmarkbenchmarkbenchm"
FIRST_CHAT = 1000
MOST_SECONDS = 400.0
"""Seconds after which a bot that is not done is given up."""
LATE = 3.0
"""Seconds to wait for messages that nobody expects."""
END_SECONDS = 30.0
"""Seconds in which a process must have ended."""


@dataclass(frozen=True, slots=True)
class Installation:
    """A folder with a database and a cache of its own, and the Bot API that its bot talks to."""

    folder: Path
    api: str
    knowledge: Path
    cache: Path | None = None
    """The folder of the cache; None for a cache of its own."""

    @property
    def file(self) -> Path:
        return self.folder / "tips.db"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.file}"

    async def start(self) -> Process:
        """`skinbot run`, without any setting of whoever started the benchmark."""
        settings = {
            "PATH": os.environ["PATH"],
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": self.api,
            "DATABASE_URL": self.url,
            "KNOWLEDGE_DIR": str(self.knowledge),
            "XDG_CACHE_HOME": str(self.cache or self.folder),
            "LOG_LEVEL": "ERROR",
        }
        command = (sys.executable, "-m", "bot", "run")
        return await asyncio.create_subprocess_exec(*command, cwd=self.folder, env=settings)

    async def fill(self, chats: Iterable[int], *, served: bool = False) -> None:
        """Subscribe these chats, with their first tip due now, or with today's behind them."""
        now = dt.datetime.now(dt.UTC)
        schedule = Schedule(dt.time(9), zone_at_noon(now))
        storage = Storage.open(self.url)
        try:
            for chat in chats:
                new = Subscriber.new(chat, schedule, now)
                one = new.served(new.next, now) if served else new
                await storage.change(chat, lambda _, one=one: one)  # type: ignore[misc] # mypy sees no default
        finally:
            await storage.close()

    def states(self) -> dict[int, str]:
        """Chat → the state of its subscription."""
        return dict(self._read("SELECT chat_id, state FROM subscribers"))

    def waiting(self) -> int:
        """The number of tips that are due and of deliveries to be tried again."""
        now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        due = "SELECT count(*) FROM subscribers WHERE next_at <= ?"
        again = "SELECT count(*) FROM deliveries WHERE retry_at IS NOT NULL"
        return int(self._read(due, now)[0][0] + self._read(again)[0][0])

    def sending(self) -> frozenset[int]:
        """The chats to which a delivery is on its way, as the file says."""
        rows = self._read("SELECT chat_id, state FROM deliveries WHERE state = 'sending'")
        return frozenset(chat for chat, _ in rows)

    async def finish(self) -> bool:
        """Run the bot until it has nothing left to do; False when it takes too long."""
        process = await self.start()
        try:
            idle = await self.idle(process)
            await asyncio.sleep(LATE)
        finally:
            await end(process)
        return idle

    async def idle(self, process: Process) -> bool:
        """Wait until a running bot has nothing left to do; False when it takes too long."""
        last = time.monotonic() + MOST_SECONDS
        while self.waiting():
            assert process.returncode is None, "the bot ended by itself"
            if time.monotonic() > last:
                return False
            await asyncio.sleep(0.5)
        return True

    def _read(self, query: str, *values: object) -> list[tuple[int, str]]:
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as database:
            return database.execute(query, values).fetchall()


def received(telegram: FakeTelegram) -> Counter[int]:
    """Chat → the number of messages that it got."""
    return Counter(int(params["chat_id"]) for params in telegram.sent("sendMessage"))


def zone_at_noon(now: dt.datetime) -> str:
    """A fixed offset where it is about noon: nobody's day ends during a benchmark."""
    hours = 12 - now.astimezone(dt.UTC).hour
    return f"UTC{hours:+03d}:00" if hours else "UTC"


async def end(process: Process) -> None:
    """Stop a process as a supervisor does."""
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), END_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
