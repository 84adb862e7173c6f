"""The cost of a tick with few and with very many subscribers stored.

    python -m benchmarks.scale [--sizes 10000 1000000]

Each size has an SQLite file of its own. Its subscribers live in 40 zones and want their tips mostly
in the morning or in the evening; each has one tip in the ledger and one seen. Each size is measured
in a process of its own, with the program's `Sender` and `Storage`. The processes take turns, so
that whatever else the machine does meets all of them.

The way to Telegram is cut short: PTB sends each tip, and the answer is there at once. No tip waits
for its turn, which takes 35 ms in the real run. So a tick with 1,000 due is choosing, claiming,
sending through PTB and writing down, 1,000 times. In between, the storage works alone: it makes
as many claims and writes as many outcomes, and nothing else. CPU times include SQLite's thread.
"""

import argparse
import asyncio
import datetime as dt
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from subprocess import PIPE, Popen
from zoneinfo import ZoneInfo

import psutil  # type: ignore[import-untyped] # it ships no types
from telegram.request import BaseRequest, RequestData

from benchmarks.promises import AtMost, report
from benchmarks.subscribers import FIRST_CHAT, TOKEN
from bot import app as composition
from bot.answering import loading
from bot.answering.faq import Live
from bot.app import Clocks
from bot.bot_api.rate_limiter import PER_SECOND, RateLimiter
from bot.bot_api.throttle import Throttle
from bot.features.tips.sender import AT_ONCE, BATCH, Sender
from bot.knowledge import base
from bot.settings import Settings
from bot.storage.storage import Storage
from bot.subscriptions import rotation
from bot.subscriptions.delivery import Progress
from bot.subscriptions.schedule import DAY, Schedule, Slot
from bot.subscriptions.subscriber import Subscriber

SIZES = (10_000, 1_000_000)
BEFORE = dt.datetime(2026, 11, 23, 12, 1, tzinfo=dt.UTC)
"""A moment at which nobody's tip is due: tips come at full quarters of an hour in every zone."""
MINUTE = dt.timedelta(minutes=1)
ROUNDS = 3
"""Ticks with many due, one a minute; the storage alone works as often."""
STEPS = 1 + 2 * ROUNDS
"""The first step is the ticks with nothing due."""
DUE = 1_000
IDLE_TICKS = 200
MOMENT, TIME = "%Y-%m-%d %H:%M:%S.%f", "%H:%M:%S.%f"
"""The formats in which SQLAlchemy writes them into SQLite."""
MEGABYTE = 1024 * 1024
ZONES = (
    *("Africa/Cairo", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi", "America/Bogota"),
    *("America/Chicago", "America/Denver", "America/Halifax", "America/Havana", "America/Lima"),
    *("America/Los_Angeles", "America/Mexico_City", "America/New_York", "America/Santiago"),
    *("America/Sao_Paulo", "America/St_Johns", "America/Toronto", "Asia/Baghdad", "Asia/Bangkok"),
    *("Asia/Dhaka", "Asia/Dubai", "Asia/Jakarta", "Asia/Karachi", "Asia/Kathmandu", "Asia/Kolkata"),
    *("Asia/Manila", "Asia/Seoul", "Asia/Shanghai", "Asia/Tehran", "Asia/Tokyo", "Asia/Yangon"),
    *("Australia/Adelaide", "Australia/Lord_Howe", "Australia/Sydney", "Europe/Berlin"),
    *("Europe/Istanbul", "Europe/London", "Europe/Moscow", "Europe/Paris", "Pacific/Auckland"),
)
HOURS = (1, 1, 1, 1, 2, 8, 25, 60, 80, 60, 30, 15, 15, 10, 8, 8, 10, 15, 25, 35, 40, 30, 12, 4)
"""The share of subscribers for each hour of the day, from 0 to 23."""

_SUBSCRIBER = """
    INSERT INTO subscribers
        (chat_id, at, zone, days, state, since, next_at, next_date, last_date, round)
    VALUES (?, ?, ?, 127, 'active', '2026-11-01 00:00:00', ?, ?, ?, 0)
"""
_LEDGER = """
    INSERT INTO deliveries (chat_id, local_date, tip, state, lost, until, changed)
    VALUES (?, '2026-11-22', ?, 'sent', 0, '2026-11-23 00:00:00', '2026-11-22 12:00:00')
"""
_TODAY = "SELECT state, count(*) FROM deliveries WHERE local_date > '2026-11-22' GROUP BY state"
_SEEN = "INSERT INTO seen_tips (chat_id, tip) VALUES (?, ?)"


@dataclass(slots=True)
class Calendar:
    """A clock that stands still."""

    moment: dt.datetime

    def __call__(self) -> dt.datetime:
        return self.moment


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of one size of database."""

    stored: int
    first: float
    """Milliseconds of the first tick of a day, which tidies up."""
    idle: float
    """Milliseconds of a tick that finds nothing due, the median."""
    busy: float
    """Seconds of a tick that finds 1,000 due, the median."""
    cpu: float
    """CPU milliseconds of one tip in such a tick."""
    rate: float
    """Deliveries that the storage alone manages in a second."""
    storage: float
    """CPU milliseconds of one of those deliveries."""
    memory: float
    """Megabytes, at the end."""

    def __str__(self) -> str:
        return (
            f"{self.stored:,} | {self.first:.0f} ms | {self.idle:.2f} ms | {self.busy:.2f} s | "
            f"{self.cpu:.2f} ms | {self.rate:.0f} | {self.storage:.2f} ms | {self.memory:.0f} MB"
        )


@dataclass(frozen=True, slots=True)
class Cost:
    """The seconds that some work took."""

    seconds: float
    cpu: float


class Instant(BaseRequest):
    """A Telegram that takes everything at once."""

    @property
    def read_timeout(self) -> float:
        return 5

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,  # noqa: ARG002 - only messages are sent
        method: str,  # noqa: ARG002 - the same
        request_data: RequestData | None = None,
        *_: object,
        **__: object,
    ) -> tuple[int, bytes]:
        assert request_data
        chat = {"id": request_data.parameters["chat_id"], "type": "private", "first_name": "A"}
        message = {
            "message_id": 1,
            "date": 0,
            "chat": chat,
            "text": request_data.parameters["text"],
        }
        return 200, json.dumps({"ok": True, "result": message}).encode()


class Unpaced(RateLimiter):
    """Every turn comes at once."""

    async def turn(self) -> None:
        await asyncio.sleep(0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure all sizes and print the table; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--file", type=Path, help="measure this database only, as JSON")
    given = parser.parse_args(arguments)
    if given.file is not None:
        print(json.dumps(asdict(asyncio.run(_measure(given.file)))))
        return 0
    columns = ("stored", "first tick of a day", "nothing due", "1,000 due", "CPU each")
    print(f"| {' | '.join((*columns, 'storage alone, a second', 'CPU each', 'RSS'))} |")
    print("|---|---|---|---|---|---|---|---|")
    measured = _in_turns(given.sizes)
    for each in measured:
        print(f"| {each} |")
    few, many = measured[0], measured[-1]
    print(f"\nat {PER_SECOND} tips a second the storage takes ", end="")
    print(f"{many.storage / 1000 * PER_SECOND:.0%} of a core, and with sending ", end="")
    print(f"{many.cpu / 1000 * PER_SECOND:.0%}; that is {PER_SECOND * 3600:,.0f} tips an hour\n")
    return report(
        [
            AtMost(f"milliseconds, nothing due of {many.stored:,}", many.idle, 20),
            AtMost(f"1,000 due, times that with {few.stored:,}", many.busy / few.busy, 1.5),
            AtMost(f"memory, times that with {few.stored:,}", many.memory / few.memory, 1.1),
        ]
    )


def _in_turns(sizes: Sequence[int]) -> list[Measured]:
    """Start a process for each size; only one of them works at a time."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        workers = []
        for size in sizes:
            file = Path(folder) / f"{size}.db"
            _fill(file, size)
            command = [sys.executable, "-m", "benchmarks.scale", "--file", str(file)]
            workers.append(stack.enter_context(Popen(command, stdin=PIPE, stdout=PIPE, text=True)))
        for _ in range(STEPS):
            said = [_step(worker) for worker in workers]
    return [Measured(**json.loads(line)) for line in said]


def _step(worker: "Popen[str]") -> str:
    """Let one process do its next step; the line that it says then."""
    assert worker.stdin
    assert worker.stdout
    worker.stdin.write("go on\n")
    worker.stdin.flush()
    line = worker.stdout.readline()
    assert line, "a process has failed"
    return line


def _wait() -> None:
    """Wait in such a process: this step is done, and the next one may begin."""
    print("done", flush=True)
    sys.stdin.readline()


def _fill(file: Path, size: int) -> None:
    """Write the rows without `Storage`, which would take an hour for a million."""
    asyncio.run(Storage.open(f"sqlite:///{file}").close())
    chance = random.Random(size)  # noqa: S311 - must be the same in every run
    chats = sorted(chance.sample(range(FIRST_CHAT, 8_000_000_000), size))
    due = {chat: i % (2 * ROUNDS) for i, chat in enumerate(chance.sample(chats, 2 * ROUNDS * DUE))}
    first = next(iter(loading.load(base.shipped()).knowledge.tips))
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode = MEMORY")
        database.execute("PRAGMA synchronous = OFF")
        with database:
            database.executemany(_SUBSCRIBER, _subscribers(chats, due, chance))
            database.executemany(_LEDGER, ((chat, first) for chat in chats))
            database.executemany(_SEEN, ((chat, first) for chat in chats))


def _subscribers(
    chats: Sequence[int], due: Mapping[int, int], chance: random.Random
) -> Iterator[tuple[object, ...]]:
    """Rows of subscribers; those in `due` are due so many minutes after the first tick."""
    hours = chance.choices(range(24), HOURS, k=len(chats))
    for chat, hour in zip(chats, hours, strict=True):
        zone = chance.choice(ZONES)
        at = dt.time(hour, chance.choice((0, 0, 15, 30, 30, 45)))
        if chat in due:
            moment = BEFORE + (due[chat] + 1) * MINUTE
            at = moment.astimezone(ZoneInfo(zone)).time()
        slot = _next(zone, at)
        yield (
            chat,
            at.strftime(TIME),
            zone,
            slot.moment.strftime(MOMENT),
            slot.date.isoformat(),
            (slot.date - DAY).isoformat(),
        )


@cache
def _next(zone: str, at: dt.time) -> Slot:
    slot = Schedule(at, zone).after(BEFORE, None)
    assert slot
    return slot


async def _measure(file: Path) -> Measured:
    sys.stdin.readline()
    storage = Storage.open(f"sqlite:///{file}")
    clock = Calendar(BEFORE)
    tips = _tips(storage, clock)
    idle = [await _costs(tips.run()) for _ in range(IDLE_TICKS)]
    busy, alone = [], []
    for _ in range(ROUNDS):
        _wait()
        clock.moment += MINUTE
        busy.append(await _costs(tips.run()))
        _wait()
        clock.moment += MINUTE
        alone.append(await _costs(_deliver(storage, tips, clock)))
    memory = psutil.Process().memory_info().rss / MEGABYTE
    await storage.close()
    return Measured(
        stored=_check(file),
        first=idle[0].seconds * 1000,
        idle=statistics.median(cost.seconds for cost in idle) * 1000,
        busy=statistics.median(cost.seconds for cost in busy),
        cpu=statistics.median(cost.cpu for cost in busy) / DUE * 1000,
        rate=DUE / statistics.median(cost.seconds for cost in alone),
        storage=statistics.median(cost.cpu for cost in alone) / DUE * 1000,
        memory=memory,
    )


async def _costs(work: Awaitable[None]) -> Cost:
    begun, cpu = time.perf_counter(), time.process_time()
    await work
    return Cost(time.perf_counter() - begun, time.process_time() - cpu)


def _check(file: Path) -> int:
    """The number of rows that are stored, once all that was due has been sent."""
    with closing(sqlite3.connect(file)) as database:
        (stored,) = database.execute("SELECT count(*) FROM subscribers").fetchone()
        ((state, sent),) = database.execute(_TODAY).fetchall()
    assert (state, sent) == (Progress.SENT, 2 * ROUNDS * DUE), f"{sent} are {state}"
    return int(stored)


def _tips(storage: Storage, now: Callable[[], dt.datetime]) -> Sender:
    parts = composition.build(
        Settings(),
        Live(loading.load(base.shipped())),
        storage,
        request=Instant(),
        updates_request=Instant(),
        token=TOKEN,
        throttle=Throttle(time.monotonic),
        clocks=Clocks(time.monotonic, now),
    )
    parts.sender.limiter = Unpaced(time.monotonic)
    return parts.sender


async def _deliver(storage: Storage, tips: Sender, now: Callable[[], dt.datetime]) -> None:
    """Claim and finish all that is due, as many at once as `Sender` does."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(subscriber: Subscriber) -> None:
        async with places:
            slot = subscriber.due(now())
            assert slot

            def choose(seen: Collection[str], turn: int) -> str | None:
                return rotation.choose(tips.knowledge.tips, seen, subscriber.chat, turn)

            delivery = await storage.deliveries.claim(subscriber, slot, choose, now())
            assert delivery
            await storage.deliveries.finish(delivery, Progress.SENT, now())

    while due := await storage.deliveries.due(now(), BATCH):
        await asyncio.gather(*map(one, due))


if __name__ == "__main__":
    sys.exit(main())
