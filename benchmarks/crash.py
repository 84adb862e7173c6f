"""Nobody misses a tip: the bot is killed again and again, and then everything else goes wrong.

    python -m benchmarks.crash [--subscribers 2000] [--kills 20] [--faults 600] [--seed 7]

The fake Bot API server of the tests listens on 127.0.0.1. It carries each `sendMessage` out and
takes 50 to 100 ms more to say so. `skinbot run` is a process of its own, with an SQLite file in
which everybody's tip is due. Each message beyond a person's first is a duplicate.

First part: the process is killed with SIGKILL and started again, and only the file is kept. Most
kills come at a random moment after the process has begun to send, some before that. A send is in
flight at a kill when the server had received it and had not answered. It is in flight, too, when
the answer came so late that the bot could not have read it and written it down.

Second part: one process that is not killed. Faults are strewn in at random, each at somebody's
first try, and for a few at the second try too. Some people are really gone, and some groups have
moved. Where no proper answer came back, nobody knows whether the message arrived: those sends are
counted as unknown.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from math import inf
from pathlib import Path

from aiohttp import web

from benchmarks.faults import faulty
from benchmarks.promises import AtMost, report
from benchmarks.subscribers import FIRST_CHAT, Installation, received
from tests.fake_bot_api.server import FakeServer
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.processes import BICYCLES

FASTEST, SLOWEST = 0.05, 0.1
"""Seconds that an answer takes after Telegram has carried a call out."""
PER_SECOND = 27.5
"""Tips that the bot sends, about, to spread the kills over the run."""
EARLY, STARTUP = 0.1, 2.0
"""Share of the kills that come in the first seconds, at any point of the start; those seconds."""
SHARE = 0.7
"""Share of the run that is over at the last kill, about."""
UNREAD = 0.05
"""Seconds before a kill; a send that is answered within them is still in flight."""
PATIENCE = 30.0
"""Seconds in which a process must have begun to send."""
SETTLED = 0.3
"""Seconds in which the server reads what a killed process had sent."""


@dataclass(slots=True)
class Send:
    """One `sendMessage` as the server saw it."""

    chat: int
    answered: float = inf
    """The moment of the answer, in seconds."""


@dataclass(slots=True)
class Life:
    """One process of the bot, up to its end."""

    sends: list[Send] = field(default_factory=list)
    killed: float = inf
    """The moment of the kill, in seconds."""
    unwritten: frozenset[int] = frozenset()
    """Chats to which a send was on its way at the kill, as the file says."""

    def unanswered(self) -> int:
        return sum(send.answered > self.killed for send in self.sends)

    def flying(self) -> int:
        return sum(send.answered > self.killed - UNREAD for send in self.sends)


class SlowServer(FakeServer):
    """Answers late, and remembers what it answered."""

    def __init__(self, telegram: FakeTelegram, chance: random.Random) -> None:
        super().__init__(telegram)
        self.life = Life()
        self.sending = asyncio.Event()
        """Set once this life has begun to send."""
        self._chance = chance

    def begin(self) -> Life:
        self.life = Life()
        self.sending.clear()
        return self.life

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["method"] != "sendMessage":
            return await super()._answer(request)
        send = Send(int(str((await request.post())["chat_id"])))
        self.life.sends.append(send)
        self.sending.set()
        response = await super()._answer(request)
        # Does not get to the end when the bot dies meanwhile.
        await asyncio.sleep(self._chance.uniform(FASTEST, SLOWEST))
        send.answered = time.monotonic()
        return response


async def tips_due(bot: Installation, _: FakeTelegram, chats: Sequence[int]) -> None:
    """Everybody waits for the first tip."""
    await bot.fill(chats)


Prepare = Callable[[Installation, FakeTelegram, Sequence[int]], Awaitable[None]]
"""Gives a bot something to send to these chats."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run both parts; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--subscribers", type=int, default=2_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument(
        "--faults", type=int, default=600, help="people of the second part; 0: none"
    )
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))  # noqa: S311
    given = parser.parse_args(arguments)
    print(f"--seed {given.seed}\n")
    chance = random.Random(given.seed)  # noqa: S311 - to be had again
    promises = asyncio.run(killed(given.subscribers, given.kills, chance))
    if given.faults:
        promises += asyncio.run(faulty(given.faults, chance))
    return report(promises)


async def killed(
    subscribers: int, kills: int, chance: random.Random, prepare: Prepare = tips_due
) -> list[AtMost]:
    """The first part: kill the bot again and again."""
    telegram = FakeTelegram()
    chats = range(FIRST_CHAT, FIRST_CHAT + subscribers)
    for chat in chats:
        telegram.person(chat)
    longest = 2 * SHARE * subscribers / PER_SECOND / kills
    with tempfile.TemporaryDirectory() as folder:
        async with SlowServer(telegram, chance) as server:
            bot = Installation(Path(folder), server.url, BICYCLES)
            await prepare(bot, telegram, chats)
            print("| kill | after the start | sends | unanswered | in flight |")
            print("|---|---|---|---|---|")
            lives = []
            for number in range(kills):
                lives.append(server.begin())
                seconds = await _kill(bot, server, longest, chance)
                print(f"| {number + 1} | {seconds:.2f} s | {_row(lives[-1])} |", flush=True)
            left = bot.waiting()
            assert left, "everything was sent before the last kill; give more subscribers"
            lives.append(server.begin())
            idle = await bot.finish()
    print(f"\n{subscribers} subscribers; {left} were still to be served after the last kill")
    return _after_kills(telegram, chats, lives, idle=idle)


async def _kill(
    bot: Installation, server: SlowServer, longest: float, chance: random.Random
) -> float:
    """Start the bot and kill it some time later; the seconds in between."""
    begun, process = time.monotonic(), await bot.start()
    if chance.random() < EARLY:
        await asyncio.sleep(chance.uniform(0, STARTUP))
    else:
        await asyncio.wait_for(server.sending.wait(), PATIENCE)
        await asyncio.sleep(chance.uniform(0, longest))
    assert process.returncode is None, "the bot ended by itself"
    process.kill()
    server.life.killed = time.monotonic()
    await process.wait()
    server.life.unwritten = bot.sending()
    await asyncio.sleep(SETTLED)
    return server.life.killed - begun


def _row(life: Life) -> str:
    return f"{len(life.sends)} | {life.unanswered()} | {life.flying()}"


def _after_kills(
    telegram: FakeTelegram, chats: Sequence[int], lives: Sequence[Life], *, idle: bool
) -> list[AtMost]:
    got = received(telegram)
    missing = sum(chat not in got for chat in chats)
    duplicates = got.total() - len(got)
    flying = sum(life.flying() for life in lives)
    unanswered = sum(life.unanswered() for life in lives)
    late, unfounded = _repeated(lives)
    print(
        f"missing {missing}, duplicates {duplicates}, sends in flight at the kills {flying}", end=""
    )
    print(f" ({unanswered} unanswered); repeated though answered before the kill: {len(late)},")
    print(f"at most {max(late, default=0) * 1000:.0f} ms before\n")
    return [
        AtMost("killed: people without a message", missing, 0),
        AtMost("killed: duplicates, at most the sends in flight", duplicates, flying),
        AtMost("killed: repeated though written down as sent", unfounded, 0),
        AtMost("killed: runs that did not come to an end", not idle, 0),
    ]


def _repeated(lives: Sequence[Life]) -> tuple[list[float], int]:
    """Seconds from the answer to the kill, for each send that was repeated and had an answer; and
    the number of sends that were repeated though the ledger said that they were done."""
    sends: dict[int, list[tuple[Send, Life]]] = defaultdict(list)
    for life in lives:
        for send in life.sends:
            sends[send.chat].append((send, life))
    # The last one to each chat was not repeated.
    repeated = [pair for pairs in sends.values() for pair in pairs[:-1]]
    late = [life.killed - send.answered for send, life in repeated if send.answered < life.killed]
    return late, sum(send.chat not in life.unwritten for send, life in repeated)


if __name__ == "__main__":
    sys.exit(main())
