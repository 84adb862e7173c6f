"""The whole bot as a process, beside two bare echo bots, against a Bot API that takes its time.

    python -m benchmarks.throughput [questions.tsv ...]

The fake Bot API server of the tests listens on 127.0.0.1 and takes 100 ms for a `sendMessage`. Each
bot runs as a process of its own, one after the other: `skinbot run`, and `echo_bot.py` with
`concurrent_updates(True)` and with PTB's defaults.

Start-up lasts from the start of the process to its first `getUpdates`. The fastest of several
counts, since whatever else the machine does only adds to it. Memory is resident (RSS), after the
start and at its most during the burst. skinbot's first start reads the YAML and makes the database;
it is measured apart. The later ones find what it left, in a folder of this benchmark's own.

Then 600 people send a question each, all at once, and each must get the reply that the bot's rules
give. Half a question is not among them: its reply waits on purpose for the other half. The echo bot
with PTB's defaults gets 60 questions: it answers one at a time, so its rate does not depend on
their number.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path

import psutil  # type: ignore[import-untyped] # it ships no types

from benchmarks.answers import QUESTIONS
from benchmarks.promises import AtLeast, AtMost, report
from bot.answering import evaluation, loading
from bot.answering.faq import Faq
from bot.conversation.context import Context, converse
from bot.features.guards import STOP
from bot.features.questions import texts
from bot.features.questions.conversations import is_half
from bot.knowledge import base
from tests.fake_bot_api.server import FakeServer
from tests.fake_bot_api.telegram import FakeTelegram

TOKEN = "1234567890:AAbenchmarkbenchmarkbenchmarkbenchm"
DELAYS = {"sendMessage": 0.1}
BURST = 600
"""Questions of a burst, and answers to which the CPU time refers."""
STARTS = 15
FIRST_PERSON = 1000
MOST_SECONDS = 120.0
"""Seconds after which a bot is given up."""
SETTLED = 1.0
"""Seconds of doing nothing after which memory is read."""
SAMPLE = 0.02

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Candidate:
    """A bot that can be started."""

    name: str
    command: tuple[str, ...]
    people: int


@dataclass(frozen=True, slots=True)
class Run:
    """The figures of one process."""

    startup: float
    idle: float
    """Megabytes before the questions."""
    peak: float
    """The most megabytes during the questions."""
    rate: float
    """Answers a second."""
    cpu: float
    """Seconds for 600 answers."""
    said: Mapping[int, list[str]]
    """Chat → texts, in the order in which they came."""

    def __str__(self) -> str:
        return (
            f"{self.startup:.2f} s | {self.idle:.0f} MB | {self.peak:.0f} MB | {self.rate:.0f} | "
            f"{self.cpu:.2f} s"
        )


class Telegram(FakeTelegram):
    """A fake Telegram that notes when the bot came for updates first."""

    def __init__(self) -> None:
        super().__init__()
        self.polled = asyncio.Event()

    async def wait_for_updates(self, params: Mapping[str, object]) -> None:
        self.polled.set()
        await super().wait_for_updates(params)


@asynccontextmanager
async def started(
    candidate: Candidate, telegram: Telegram, folder: Path
) -> AsyncIterator[tuple[psutil.Process, float]]:
    """The process of a bot, and the seconds to its first getUpdates."""
    async with FakeServer(telegram, DELAYS) as server:
        given = {"BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": server.url, "LOG_LEVEL": "WARNING"}
        given["XDG_CACHE_HOME"] = str(folder)
        begun = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            *candidate.command, cwd=folder, env={**os.environ, **given}
        )
        try:
            await asyncio.wait_for(telegram.polled.wait(), MOST_SECONDS)
            yield psutil.Process(process.pid), time.perf_counter() - begun
        finally:
            await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), MOST_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


async def startup(candidate: Candidate, folder: Path) -> float:
    """Seconds from the start of the process to its first getUpdates."""
    async with started(candidate, Telegram(), folder) as (_, seconds):
        return seconds


async def first_start(candidate: Candidate, folder: Path) -> tuple[float, float]:
    """Seconds of a start that finds no cache, and megabytes."""
    async with started(candidate, Telegram(), folder) as (process, seconds):
        await asyncio.sleep(SETTLED)
        return seconds, process.memory_info().rss / MEGABYTE


async def burst(candidate: Candidate, asked: Sequence[str], folder: Path) -> Run:
    """Start a bot and send it all questions at once, each from another person."""
    telegram = Telegram()
    async with started(candidate, telegram, folder) as (process, seconds):
        await asyncio.sleep(SETTLED)
        idle, busy = process.memory_info().rss, _cpu(process)
        pushed = time.time()
        people = (telegram.person(FIRST_PERSON + i) for i in range(len(asked)))
        telegram.push(*(one.writes(q) for one, q in zip(people, asked, strict=True)))
        peak = await _watch(process, asyncio.create_task(_answered(telegram, len(asked))))
        last = max(call.at for call in telegram.calls if call.method == "sendMessage")
        return Run(
            startup=seconds,
            idle=idle / MEGABYTE,
            peak=peak / MEGABYTE,
            rate=len(asked) / (last - pushed),
            cpu=(_cpu(process) - busy) * BURST / len(asked),
            said=_said(telegram),
        )


async def _answered(telegram: Telegram, count: int) -> None:
    await telegram.until("sendMessage", count, MOST_SECONDS)
    # The bot still has to read what came back.
    await asyncio.sleep(SETTLED)


async def _watch(process: psutil.Process, waiting: asyncio.Task[None]) -> int:
    """The most memory that a process had while another task ran."""
    most = 0
    while not waiting.done():
        most = max(most, process.memory_info().rss)
        await asyncio.wait([waiting], timeout=SAMPLE)
    await waiting
    return most


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _said(telegram: Telegram) -> dict[int, list[str]]:
    said: dict[int, list[str]] = defaultdict(list)
    for params in telegram.sent("sendMessage"):
        said[int(params["chat_id"])].append(params["text"])
    return dict(said)


def _wrong(run: Run, asked: Sequence[str], replies: Mapping[str, str]) -> int:
    """The number of people who did not get the one reply that their question has."""
    return sum(
        run.said.get(FIRST_PERSON + i) != [replies[question]] for i, question in enumerate(asked)
    )


def _burst(replies: Iterable[str], people: int) -> list[str]:
    """A question for each person; the questions start again where they are too few."""
    return [*islice(cycle(replies), people)]


def _candidates() -> tuple[Candidate, Candidate, Candidate]:
    echo = (sys.executable, str(Path(__file__).with_name("echo_bot.py")))
    return (
        Candidate("skinbot", (sys.executable, "-m", "bot", "run"), BURST),
        Candidate("echo, concurrent_updates(True)", (*echo, "concurrent"), BURST),
        Candidate("echo, PTB's defaults", echo, BURST // 10),
    )


async def measure(replies: Mapping[str, str], folder: Path) -> int:
    """Run all bots and print the table; 1 when a promise does not hold."""
    candidates = _candidates()
    first, large = await first_start(candidates[0], folder)
    print("skinbot's first start, which reads the YAML and makes its database: ", end="")
    print(f"{first:.2f} s, {large:.0f} MB.")
    print("All starts below are later ones, which find what it left.\n")
    starts: dict[str, list[float]] = {candidate.name: [] for candidate in candidates}
    for candidate in candidates * STARTS:
        starts[candidate.name].append(await startup(candidate, folder))
    print("| bot | start-up | memory | at its most | answers a second | CPU for 600 |")
    print("|---|---|---|---|---|---|")
    runs = []
    for candidate in candidates:
        run = await burst(candidate, _burst(replies, candidate.people), folder)
        runs.append(replace(run, startup=min(starts[candidate.name])))
        print(f"| {candidate.name} | {runs[-1]} |")
    ours, concurrent, default = runs
    wrong = _wrong(ours, _burst(replies, BURST), replies)
    return report(
        [
            AtMost("seconds of the first start", first, 6),
            *_promises(ours, concurrent, default),
            AtMost("people answered wrongly", wrong, 0),
        ]
    )


def _promises(ours: Run, concurrent: Run, default: Run) -> list[AtMost | AtLeast]:
    return [
        AtMost("seconds of a later start", ours.startup, 1.5),
        AtMost("megabytes after it", ours.idle, 130),
        AtLeast("rate, times that of concurrent updates", ours.rate / concurrent.rate, 2),
        AtLeast("rate, times that of PTB's defaults", ours.rate / default.rate, 10),
        AtMost("CPU, times that of concurrent updates", ours.cpu / concurrent.cpu, 0.5),
    ]


def _replies(faq: Faq, asked: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each question that is no half of one, and the text of its reply at the start of a talk."""
    for question in asked:
        turn = converse(faq, question, Context(), 0.0)
        if not is_half(turn, question):
            shown = texts.of(faq.knowledge, turn.reply, footer=turn.footer, listed=turn.listed)
            yield question, shown


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure with the questions of some files; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, default=sorted(QUESTIONS.glob("*.tsv")))
    files: list[Path] = parser.parse_args(arguments).files
    faq = loading.load(base.shipped())
    asked = [question.text for file in files for question in evaluation.read(file)]
    # A command is no question, nor is a word that ends the tips.
    asked = [text for text in asked if text.strip() and not text.startswith("/")]
    asked = [text for text in asked if not STOP.fullmatch(text)]
    replies = dict(_replies(faq, asked))
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(measure(replies, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
