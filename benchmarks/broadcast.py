"""Nobody misses a broadcast: the bot is killed again and again while it sends one.

    python -m benchmarks.broadcast [--subscribers 1000] [--kills 12] [--seed 7]

It is the first part of `crash.py`, with a broadcast instead of tips. The broadcast stands confirmed
in the database, and nobody's tip is due. All that `crash.py` says about kills and about sends in
flight is true here, too.
"""

import argparse
import asyncio
import datetime as dt
import random
import sys
from collections.abc import Sequence

from benchmarks.crash import killed
from benchmarks.promises import report
from benchmarks.subscribers import Installation
from bot.storage.storage import Storage
from tests.fake_bot_api.telegram import FakeTelegram

OPERATOR = 7
NEWS = "We are back on <b>Monday</b>."


async def broadcast(bot: Installation, telegram: FakeTelegram, chats: Sequence[int]) -> None:
    """Store a broadcast that an operator has confirmed just now."""
    await bot.fill(chats, served=True)
    telegram.person(OPERATOR)
    _, board = telegram.handle("sendMessage", {"chat_id": OPERATOR, "text": "Send it?"})
    now = dt.datetime.now(dt.UTC)
    storage = Storage.open(bot.url)
    try:
        number = await storage.broadcasts.draft(OPERATOR, None, NEWS, now)
        message = board["result"]["message_id"]
        assert await storage.broadcasts.start(number, OPERATOR, message, now)
    finally:
        await storage.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill the bot during a broadcast; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--subscribers", type=int, default=1_000)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))  # noqa: S311
    given = parser.parse_args(arguments)
    print(f"--seed {given.seed}\n")
    chance = random.Random(given.seed)  # noqa: S311 - to be had again
    return report(asyncio.run(killed(given.subscribers, given.kills, chance, broadcast)))


if __name__ == "__main__":
    sys.exit(main())
