"""The speed of the tips of many people, and the wait for answers meanwhile.

    python -m benchmarks.pace [--tips 3000] [questions.tsv ...]

The fake Bot API server of the tests listens on 127.0.0.1 and takes 100 ms for a `sendMessage`. It
says 429 to more than 30 messages in any second, and to more than one in any second to one chat.
`skinbot run` is a process of its own, with an SQLite file in which everybody's tip is due. Until
the last tip has come, somebody else asks a question every half second.

The run lasts from the bot's first `getUpdates` to the last tip. It can take no less than one second
for each 30 messages, answers included. The wait for an answer begins when the question lies ready
for the bot to fetch, and ends when the server takes the answer.
"""

import argparse
import asyncio
import itertools
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from math import inf
from pathlib import Path

import psutil  # type: ignore[import-untyped] # it ships no types

from benchmarks.answers import QUESTIONS
from benchmarks.promises import AtMost, report
from benchmarks.subscribers import FIRST_CHAT, Installation, end
from bot.answering import evaluation
from bot.knowledge import base
from tests.fake_bot_api.server import FakeServer
from tests.fake_bot_api.telegram import Call, FakeTelegram

DELAYS = {"sendMessage": 0.1}
PER_SECOND, PER_CHAT = 30, 1
EVERY = 0.5
"""Seconds from one question to the next."""
FIRST_PERSON = 1_000_000
PATIENCE = 30.0
"""Seconds in which the bot must have started."""
SETTLED = 3.0
"""Seconds in which the last questions must be answered."""


class Telegram(FakeTelegram):
    """Enforces the limits, and notes when the bot came for updates first."""

    def __init__(self) -> None:
        super().__init__(PER_SECOND, PER_CHAT)
        self.polled = asyncio.Event()
        self.begun = 0.0
        self.asked: dict[int, float] = {}
        """Chat → the moment at which its question was there."""

    async def wait_for_updates(self, params: Mapping[str, object]) -> None:
        if not self.polled.is_set():
            self.begun = self.world.clock()
            self.polled.set()
        await super().wait_for_updates(params)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure with the questions of some files; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, default=sorted(QUESTIONS.glob("*.tsv")))
    parser.add_argument("--tips", type=int, default=3_000)
    given = parser.parse_args(arguments)
    asked = [question.text for file in given.files for question in evaluation.read(file)]
    # A command is no question.
    questions = [text for text in asked if text.strip() and not text.startswith("/")]
    return asyncio.run(measure(given.tips, questions))


async def measure(tips: int, questions: Sequence[str]) -> int:
    """Let the bot send; 1 when a promise does not hold."""
    telegram = Telegram()
    chats = range(FIRST_CHAT, FIRST_CHAT + tips)
    for chat in chats:
        telegram.person(chat)
    with tempfile.TemporaryDirectory() as folder:
        async with FakeServer(telegram, DELAYS) as server:
            bot = Installation(Path(folder), server.url, base.shipped())
            await bot.fill(chats)
            process = await bot.start()
            asking = asyncio.create_task(_ask(telegram, questions))
            try:
                await asyncio.wait_for(telegram.polled.wait(), PATIENCE)
                idle = await bot.idle(process)
                asking.cancel()
                cpu = _cpu(process.pid)
                await asyncio.sleep(SETTLED)
            finally:
                await end(process)
    return report([*_promises(telegram, tips, cpu), AtMost("runs without an end", not idle, 0)])


async def _ask(telegram: Telegram, questions: Sequence[str]) -> None:
    """Ask as somebody else each time, once the bot has started."""
    await telegram.polled.wait()
    for number, question in enumerate(itertools.cycle(questions)):
        person = telegram.person(FIRST_PERSON + number)
        telegram.asked[person.id] = telegram.world.clock()
        telegram.push(person.writes(question))
        await asyncio.sleep(EVERY)


def _cpu(process: int) -> float:
    times = psutil.Process(process).cpu_times()
    return float(times.user + times.system)


def _promises(telegram: Telegram, tips: int, cpu: float) -> list[AtMost]:
    calls = [call for call in telegram.calls if call.method == "sendMessage"]
    taken = [call for call in calls if call.accepted]
    sent = [call.at for call in taken if call.params["chat_id"] < FIRST_PERSON]
    seconds = max(sent) - telegram.begun
    answers = sum(call.at <= max(sent) for call in taken) - len(sent)
    least = (len(sent) + answers) / PER_SECOND
    waits = _waits(telegram, taken)
    slow = statistics.quantiles(waits, n=20)[-1]
    print(f"{len(sent)} tips and {answers} answers in {seconds:.1f} s, {least:.1f} s at least;")
    print(f"first tip after {min(sent) - telegram.begun:.1f} s, then ", end="")
    print(f"{(len(sent) + answers) / (max(sent) - min(sent)):.1f} messages a second")
    print(
        f"questions answered after {statistics.median(waits) * 1000:.0f} ms in the median, ", end=""
    )
    print(f"{slow * 1000:.0f} ms or less 95 %, {max(waits) * 1000:.0f} ms at the most")
    print(f"the bot took {cpu / seconds:.0%} of a core\n")
    return [
        AtMost("time, times the least possible", seconds / least, 1.15),
        AtMost("429s", len(calls) - len(taken), 3),
        AtMost("seconds until 95 % of the questions are answered", slow, 1),
        AtMost("tips missing or too many", abs(tips - len(sent)), 0),
        AtMost("questions without an answer", waits.count(inf), 0),
    ]


def _waits(telegram: Telegram, taken: Sequence[Call]) -> list[float]:
    """Seconds from each question to its answer."""
    first: dict[int, float] = {}
    for call in taken:
        first.setdefault(call.params["chat_id"], call.at)
    return [first.get(chat, inf) - at for chat, at in telegram.asked.items()]


if __name__ == "__main__":
    sys.exit(main())
