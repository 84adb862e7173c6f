"""Reload under fire: questions go on being answered while the folder is changed and broken.

    python -m benchmarks.reload [--reloads 500] [--shipped 40] [--seed N]

The whole bot runs in one process, with a Telegram that takes everything at once. 2,000 people ask
it 200 questions a second, while its folder is changed and reloaded as fast as it can be. Half of
the changes are good versions: some have a file of 20,000 phrasings, some have a link that leads out
of the folder. The others are broken in all the ways of `broken_folders.py`. The order is random.
Each answer shows of which version it is. The small knowledge base of the tests comes first, then
the shipped one.

The time for an answer counts from the moment at which its question was due, so that nothing is left
out while the process stands still. It is also measured before, without reloads, for comparison.
Memory is resident (RSS), of the process that answers, after the garbage was collected. It is read
at the end, and at the beginning, once all that is remembered has its full length and each good kind
of reload has come once.

On a machine that has other things to do, the bot waits for a processor as well, and no reload can
be blamed for that. So the table also gives the times without this wait (on Linux, from schedstat).
"""

import argparse
import asyncio
import gc
import json
import os
import random
import re
import statistics
import sys
import tempfile
import time
from array import array
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped] # it ships no types
from telegram import Update
from telegram.request import BaseRequest, RequestData

from benchmarks.broken_folders import (
    BROKEN,
    GOOD,
    Change,
    Folder,
    drawn,
    forbidden,
    large,
    many_phrasings,
    nothing_else,
)
from benchmarks.promises import AtMost, report
from benchmarks.subscribers import TOKEN
from bot import app as composition
from bot.answering.faq import Live
from bot.app import Clocks
from bot.bot_api.throttle import Throttle
from bot.errors import KnowledgeError, ReloadError
from bot.features.questions.recent_answers import REMEMBERED
from bot.knowledge import base as knowledge
from bot.knowledge import files
from bot.lifecycle import Parts
from bot.reload import reloader
from bot.reload.build import Job, beside, give_back
from bot.reload.reloader import Reloader
from bot.settings import Settings
from bot.storage.storage import Storage
from tests.support.processes import BICYCLES

RELOADS = 500
SHIPPED = 40
A_SECOND = 200
PEOPLE = 2_000
FIRST_CHAT = 1_000
MOST_MILLISECONDS = 500.0
MOST_GROWTH = 1.3
"""Times the memory at the beginning: the thread that builds leaves gaps, which the next one fills.
It is 1.2 after 60 reloads and after 180: what leaks would go on growing.
"""
CALM = 10.0
"""Seconds without reloads, to compare with."""
TICK = 0.005
LATE = 2.0
"""Seconds after which an answer is given up."""
MEGABYTE = 1024 * 1024
SCHEDSTAT = Path("/proc/thread-self/schedstat")

_MARK = re.compile(r"Version (\d+)\.")


@dataclass(slots=True)
class Question:
    """A question that waits for its answer."""

    due: float
    queued: float
    """Seconds that the process had waited for a processor by then."""
    oldest: int
    """The version that answered when it was asked."""


@dataclass(slots=True)
class Seen:
    """The fate of the questions."""

    # Arrays, as it is the memory of the bot that is measured.
    delays: "array[float]" = field(default_factory=lambda: array("d"))
    """Seconds from each question to its answer."""
    own: "array[float]" = field(default_factory=lambda: array("d"))
    """As `delays`, but without the wait for a processor."""
    wrong: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Asking(BaseRequest):
    """People and their Telegram: asks on one side, gets the answers on the other."""

    questions: Sequence[str]
    seen: Seen = field(default_factory=Seen)
    answering: int = 0
    """The version that surely answers."""
    coming: int = 0
    """The version that may answer by now."""
    newest: int = 0
    """The newest version that was seen in an answer."""
    asked: int = 0
    waiting: dict[int, Question] = field(default_factory=dict)
    """Chat → the question."""

    @property
    def read_timeout(self) -> float:
        return 5

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,  # noqa: ARG002 - always the same
        request_data: RequestData | None = None,
        *_: object,
        **__: object,
    ) -> tuple[int, bytes]:
        if url.endswith("/getMe"):
            user = {"id": 1, "is_bot": True, "first_name": "Bot", "username": "bot"}
            return 200, json.dumps({"ok": True, "result": user}).encode()
        given = request_data.parameters if request_data else {}
        chat = int(str(given.get("chat_id", 0)))
        self.answered(chat, str(given.get("text")))
        where = {"id": chat, "type": "private", "first_name": "A"}
        sent = {"message_id": self.asked, "date": 0, "chat": where, "text": "x"}
        return 200, json.dumps({"ok": True, "result": sent}).encode()

    def update(self, due: float, queued: float) -> Mapping[str, object]:
        """The update in which the next person asks the next question."""
        self.asked += 1
        chat = FIRST_CHAT + self.asked % PEOPLE
        if chat in self.waiting:
            self.seen.wrong["never answered"] += 1
        self.waiting[chat] = Question(due, queued, self.answering)
        person = {"id": chat, "is_bot": False, "first_name": "A"}
        message = {
            "message_id": self.asked,
            "date": 0,
            "chat": {"id": chat, "type": "private", "first_name": "A"},
            "from": person,
            "text": self.questions[self.asked % len(self.questions)],
        }
        return {"update_id": self.asked, "message": message}

    def answered(self, chat: int, text: str) -> None:
        question = self.waiting.pop(chat, None)
        if question is None:
            self.seen.wrong["answered twice, or not asked"] += 1
            return
        delay = time.perf_counter() - question.due
        self.seen.delays.append(delay)
        self.seen.own.append(max(0, delay - (_queued() - question.queued)))
        versions = {int(found) for found in _MARK.findall(text)}
        if len(versions) != 1:
            self.seen.wrong[f"no answer of one version: {text[:60]}"] += 1
            return
        (version,) = versions
        if not question.oldest <= version <= self.coming or version < self.newest:
            self.seen.wrong["of a version that was not there"] += 1
        self.newest = max(self.newest, version)

    def pause(self) -> Seen:
        """Take all that was seen so far, and begin anew."""
        now = time.perf_counter()
        late = sum(now - question.due > LATE for question in self.waiting.values())
        if late:
            self.seen.wrong["never answered"] += late
        seen, self.seen = self.seen, Seen()
        return seen


@dataclass(slots=True)
class Fire:
    """The bot, asked on and on, and its folder."""

    parts: Parts
    asking: Asking
    folder: Folder
    chance: random.Random
    rate: int = A_SECOND
    version: int = 0
    unexpected: Counter[str] = field(default_factory=Counter)
    """Reloads that ended in another way than they must."""
    seconds: dict[str, list[float]] = field(default_factory=dict)
    """Change, or "broken" → the seconds that each reload took."""

    @property
    def reloader(self) -> Reloader:
        return self.parts.watcher.reloader

    async def ask(self) -> None:
        """Ask on and on, whatever happens."""
        begun, asked, queued = time.perf_counter(), 0, _queued()
        app = self.parts.app
        while True:
            due = begun + asked / self.rate
            if due > time.perf_counter():
                queued = _queued()
                await asyncio.sleep(TICK)
                continue
            written = dict(self.asking.update(due, queued))
            app.update_queue.put_nowait(Update.de_json(written, app.bot))
            asked += 1

    async def reload(self, change: Change) -> None:
        """Change the folder, and reload."""
        self.version += 1
        await asyncio.to_thread(self.folder.restore, self.version)
        await asyncio.to_thread(change, self.folder, self.chance)
        good = change in GOOD
        self.asking.coming = self.version if good else self.asking.answering
        begun = time.perf_counter()
        came = await _outcome(self.reloader.reload())
        kind = change.__name__ if good else "broken"
        self.seconds.setdefault(kind, []).append(time.perf_counter() - begun)
        if came != ("good" if good else "broken"):
            self.unexpected[f"{change.__name__}: {came}"] += 1
        if came == "good":
            self.asking.answering = self.version


def _queued() -> float:
    """Seconds that this thread wanted a processor and got none."""
    try:
        return int(SCHEDSTAT.read_bytes().split()[1]) / 1e9
    except OSError:
        return 0


async def _outcome(work: Awaitable[object]) -> str:
    try:
        await work
    except KnowledgeError:
        return "broken"
    except ReloadError as error:
        return str(error)
    return "good"


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of one knowledge base."""

    name: str
    reloads: int
    calm: Seen
    """The questions without reloads."""
    fire: Seen
    """The questions during reloads."""
    busy: float
    """Share of a processor that the questions alone took."""
    before: float
    """Megabytes at the beginning."""
    after: float
    unexpected: Mapping[str, int]
    seconds: Mapping[str, Sequence[float]]
    left: int
    """Processes and temporary files that are left."""

    @property
    def wrong(self) -> Counter[str]:
        return self.calm.wrong + self.fire.wrong

    def table(self) -> Iterator[str]:
        times = ("median", "99.9 % within", "slowest")
        yield f"| answers | count | {' | '.join(times)} | without waiting for a processor |||"
        yield f"|---|---|{'---|' * 6}"
        for what, seen in (("without reloads", self.calm), ("under reloads", self.fire)):
            yield f"| {what} | {len(seen.delays)} | {_times(seen.delays)} | {_times(seen.own)} |"
        yield ""
        for kind, took in self.seconds.items():
            yield f"{kind}: {len(took)} reloads, {statistics.median(took):.2f} s each,"
            yield f"    at most {max(took):.2f} s"
        yield f"the questions alone took {self.busy:.0%} of a processor"
        yield f"memory: {self.before:.0f} MB, then {self.after:.0f} MB"
        for what, count in (*self.wrong.items(), *self.unexpected.items()):
            yield f"{count} times: {what}"

    def promises(self) -> Iterator[AtMost]:
        wrong, unexpected = self.wrong.total(), sum(self.unexpected.values())
        yield AtMost(f"{self.name}: answers that are missing or of a wrong version", wrong, 0)
        yield AtMost(f"{self.name}: reloads that came out otherwise than they must", unexpected, 0)
        slowest = max(self.fire.delays) * 1000
        yield AtMost(f"{self.name}: slowest answer in milliseconds", slowest, MOST_MILLISECONDS)
        grown = self.after / self.before
        yield AtMost(f"{self.name}: memory, times that at the beginning", grown, MOST_GROWTH)
        yield AtMost(f"{self.name}: processes and temporary files left", self.left, 0)


def _times(delays: Sequence[float]) -> str:
    ordered = sorted(delays)
    figures = (ordered[len(ordered) // 2], ordered[-1 - len(ordered) // 1000], ordered[-1])
    return " | ".join(f"{figure * 1000:.1f} ms" for figure in figures)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure both; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--reloads", type=int, default=RELOADS)
    parser.add_argument("--shipped", type=int, default=SHIPPED, help="reloads of the shipped one")
    parser.add_argument("--rate", type=int, default=A_SECOND, help="questions a second")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    if forbidden not in BROKEN:
        print("permissions do not stop root: a folder in place of a file stands in for that")
    promises: list[AtMost] = []
    for name, base, reloads in (
        ("bicycles", BICYCLES, given.reloads),
        ("shipped", knowledge.shipped(), given.shipped),
    ):
        if reloads:
            chance = random.Random(given.seed)  # noqa: S311 - the same in every run
            measured = asyncio.run(_measure(name, base, reloads, given.rate, chance))
            print(f"\n{name}, {reloads} reloads, {given.rate} questions a second\n")
            print("\n".join(measured.table()), end="\n\n")
            promises += measured.promises()
    return report(promises)


async def _measure(
    name: str, base: Path, reloads: int, rate: int, chance: random.Random
) -> Measured:
    with tempfile.TemporaryDirectory() as place:
        temporary = Path(place) / "temporary"
        temporary.mkdir()
        with _temporaries_in(temporary):
            async with _begun(Path(place), base, chance) as fire:
                fire.rate = rate
                return await _burn(fire, name, reloads, temporary)


class _temporaries_in:  # noqa: N801 - used as a function
    """This process and its children put here, for a while, all that they need for a moment only."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __enter__(self) -> None:
        self.before, tempfile.tempdir = tempfile.tempdir, str(self.place)

    def __exit__(self, *_: object) -> None:
        tempfile.tempdir = self.before


@asynccontextmanager
async def _begun(place: Path, base: Path, chance: random.Random) -> AsyncIterator[Fire]:
    """The bot, ready for updates."""
    os.environ["XDG_CACHE_HOME"] = str(place / "cache")
    folder = Folder(place / "knowledge", base)
    folder.restore(0)
    asking = Asking(await _answered(folder))
    storage = Storage.open(f"sqlite:///{place}/fire.db")
    begun = await reloader.start(folder.path, storage.records)
    parts = composition.build(
        Settings(knowledge=folder.path),
        Live(begun.faq),
        storage,
        request=asking,
        updates_request=asking,
        token=TOKEN,
        throttle=Throttle(time.monotonic, most=10_000),
        clocks=Clocks(),
    )
    await parts.watcher.reloader.keep(begun.files)
    async with parts.app:
        await parts.app.start()
        try:
            yield Fire(parts, asking, folder, chance)
        finally:
            await parts.app.stop()
    await storage.close()


async def _answered(folder: Folder) -> list[str]:
    """Questions that are answered with an entry, with and without the 20,000 phrasings."""
    base = files.read(folder.path)
    more = {**base, "topics/large.yaml": large().encode()}
    asked: dict[str, int] = {}
    for found in (base, more):
        built = await beside(Job(found, questions=_phrasings(folder)))
        for question, reply in built.replies.items():
            asked[question] = asked.get(question, 0) + reply.startswith("answer")
    return [question for question, times in asked.items() if times == 2]


def _phrasings(folder: Folder) -> tuple[str, ...]:
    written = "\n".join(path.read_text() for path in (folder.path / "topics").glob("*.yaml"))
    return tuple(re.findall(r"^      - ([a-z][a-z ?]+)$", written, re.MULTILINE))


async def _burn(fire: Fire, name: str, reloads: int, temporary: Path) -> Measured:
    await _warm_up(fire)
    used = time.process_time()
    calm = await _while_asked(fire, asyncio.sleep(CALM))
    busy = (time.process_time() - used) / CALM
    before = await asyncio.to_thread(_megabytes)
    fire.seconds.clear()
    seen = await _while_asked(fire, _reloads(fire, drawn(reloads, fire.chance)))
    await fire.reload(nothing_else)
    return Measured(
        name,
        reloads,
        calm,
        seen,
        busy,
        before,
        _megabytes(),
        fire.unexpected,
        fire.seconds,
        _left(temporary),
    )


async def _warm_up(fire: Fire) -> None:
    """Fill all that is remembered to its full length, and try every good change once."""

    async def enough() -> None:
        for change in (many_phrasings, nothing_else):
            await fire.reload(change)
        await asyncio.sleep(max(0, REMEMBERED - fire.asking.asked) / fire.rate)

    await _while_asked(fire, enough())


async def _reloads(fire: Fire, changes: Sequence[Change]) -> None:
    for number, change in enumerate(changes):
        if sys.stderr.isatty():
            print(f"\r{number}/{len(changes)} {change.__name__:20}", end="", file=sys.stderr)
        await fire.reload(change)


async def _while_asked(fire: Fire, work: Awaitable[object]) -> Seen:
    asking = asyncio.create_task(fire.ask())
    await work
    asking.cancel()
    with suppress(asyncio.CancelledError):
        await asking
    await asyncio.sleep(LATE)
    return fire.asking.pause()


def _left(temporary: Path) -> int:
    return len(psutil.Process().children()) + len(list(temporary.iterdir()))


def _megabytes() -> float:
    gc.collect()
    give_back()
    return float(psutil.Process().memory_info().rss) / MEGABYTE


if __name__ == "__main__":
    sys.exit(main())
