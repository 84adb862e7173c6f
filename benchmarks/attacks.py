"""Nobody stops the bot for everybody: each attack, and the time that others wait meanwhile.

    python -m benchmarks.attacks [name ...]

The fake Bot API server of the tests listens on 127.0.0.1 and takes 100 ms for a `sendMessage`.
`skinbot run` is a process of its own for each attack. Ten times a second somebody else asks an
ordinary question. The wait begins when the question lies ready for the bot to fetch, and ends when
the server takes the answer. Memory is the most that the process took. A message is lost when its
writer never gets anything.
"""

import argparse
import asyncio
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.promises import AtMost, report
from benchmarks.siege import Siege, besieged
from tests.fake_bot_api import faults

SECONDS = 3.0
"""Seconds that an attack goes on."""
WAIT = 1.0
"""Seconds that an ordinary question may wait."""
EVE, UNNAMED = 666, 1087968824
FIRST = 1_000
MB = 300
TIPS = 120
OFTEN = 1_000

_LETTERS = str.maketrans("0123456789", "bcdfghjklm")

BOMBS = [
    "Stop sending me messages" + 22 * " any more" + "!?x",
    "Stop sending me messages" + 26 * " any more" + "!?x",
    "Stop sending me messages" + 400 * " any more" + "!?x",
    "stop" + ", please" * 500,
    "no more tips " + "&" * 4_000,
    "9 " * 2_000,
    "at " * 1_300 + "9",
    "+ " * 2_000,
    "utc" + " " * 4_000 + "x",
    "(" * 4_090,
    "a'" * 2_000,
]

NONSENSE: list[Callable[[int], str]] = [
    lambda number: " ".join(
        f"q{number}zx".translate(_LETTERS) + str(i).translate(_LETTERS) for i in range(250)
    ),
    lambda number: "\ufdfa" * (1_000 - number),
    lambda number: "".join(chr(0x1F300 + (number + i) % 700) for i in range(1_000)),
    lambda number: f"x{number}" * 1_300,
    lambda number: " ".join(f"{chr(97 + i % 26)}*{chr(97 + number % 26)}x" for i in range(250)),
    lambda number: "".join(
        f"{chr(97 + (i + number) % 26)}\u0301\u0302\u0303" for i in range(1_000)
    ),
]

SHAPES: list[dict[str, Any]] = [
    {"gift": {"gift": {"id": "1"}}},
    {"forward_origin": {"type": "user"}},
    {"location": {"latitude": 1.0}},
    {"reply_to_message": {"message_id": 4, "chat": {"id": 1, "type": "private"}}},
    {"entities": [{"type": "bold"}]},
    {"photo": [{"file_id": "1"}]},
    {"from": {"id": 42}},
    {"chat": {"id": 42}},
    {"date": "yesterday"},
    {"date": None},
    {"poll": {"id": "1"}},
    {"contact": {}},
    {"venue": {"title": "x"}},
    {"sticker": {"file_id": "1"}},
    {"via_bot": 5},
]

SHUT = [
    "TOPIC_CLOSED",
    "TOPIC_DELETED",
    "message thread not found",
    "CHAT_WRITE_FORBIDDEN",
    "CHAT_RESTRICTED",
    "not enough rights to send text messages to the chat",
]
SENDING = ("sendMessage", "sendPhoto")


async def patterns(siege: Siege) -> list[AtMost]:
    """Texts that blow up regular expressions, also from people who are asked for a place."""
    await siege.start()
    async with siege.witnessed():
        for number, bomb in enumerate(BOMBS):
            person = siege.telegram.person(FIRST + number)
            siege.telegram.push(person.writes("/subscribe"), person.writes(bomb))
        await asyncio.sleep(SECONDS)
    return []


async def nonsense(siege: Siege) -> list[AtMost]:
    """Messages that cost much to read: unknown words, ligatures, stars, piled marks."""
    await siege.start()
    async with siege.witnessed():
        for number in range(60):
            person = siege.telegram.person(FIRST + number)
            siege.telegram.push(person.writes(NONSENSE[number % len(NONSENSE)](number)))
            await asyncio.sleep(SECONDS / 60)
        await siege.answered(set(range(FIRST, FIRST + 60)))
    return [AtMost("people without an answer", siege.lost({*range(FIRST, FIRST + 60)}), 0)]


async def deleted(siege: Siege) -> list[AtMost]:
    """Somebody deletes the database while people subscribe."""
    await siege.start()
    async with siege.witnessed():
        people = [siege.telegram.person(FIRST + number) for number in range(10)]
        for number, person in enumerate(people):
            if number % 5 == 2:
                for file in siege.bot.file.parent.glob(f"{siege.bot.file.name}*"):
                    file.unlink()
            siege.telegram.push(person.writes("/subscribe 9:00 berlin"))
            await siege.answered({person.id})
    await siege.stop()
    done = {each["chat_id"] for each in siege.telegram.sent("sendMessage") if _is_done(each)}
    with closing(sqlite3.connect(siege.bot.file)) as database:
        kept = {row[0] for row in database.execute("SELECT chat_id FROM subscribers")}
    return [
        AtMost("subscriptions that were called done and are not stored", len(done - kept), 0),
        AtMost("people whose subscription was not taken", len(people) - len(done), 0),
    ]


def _is_done(message: dict[str, Any]) -> bool:
    return str(message["text"]).startswith("Done.")


async def locked(siege: Siege) -> list[AtMost]:
    """Another program locks the database; people write /start and /help."""
    await siege.start()
    people = [siege.telegram.person(FIRST + number) for number in range(10)]
    with closing(sqlite3.connect(siege.bot.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with siege.witnessed():
            for number, person in enumerate(people):
                siege.telegram.push(person.writes("/help" if number % 2 else "/start"))
            await asyncio.sleep(2 * SECONDS)
            lost = siege.lost({person.id for person in people})
    faults_said = [e for e in siege.telegram.sent("sendMessage") if "went wrong" in str(e["text"])]
    return [
        AtMost("people without an answer while it is locked", lost, 0),
        AtMost("apologies", len(faults_said), 0),
    ]


async def places(siege: Siege) -> list[AtMost]:
    """32 people subscribe at one moment, just after the start."""
    await siege.start()
    async with siege.witnessed():
        people = [siege.telegram.person(FIRST + number) for number in range(32)]
        siege.telegram.push(*(each.writes("/subscribe 9:00 berlim") for each in people))
        await asyncio.sleep(SECONDS)
        await siege.answered({each.id for each in people})
    return [AtMost("people without an answer", siege.lost({p.id for p in people}), 0)]


async def groups(siege: Siege) -> list[AtMost]:
    """One person's 34 groups, in which Telegram takes nothing for a minute."""
    await siege.start()
    chats = [siege.telegram.group(-1_000 - number) for number in range(34)]
    eve = [siege.telegram.person(EVE, "Eve", chat=chat) for chat in chats]
    for chat in chats:
        siege.telegram.fail_next("sendMessage", faults.FloodWait(54), OFTEN, chat.id)
    async with siege.witnessed():
        for _ in range(5):
            siege.telegram.push(*(each.writes("/settings") for each in eve))
            siege.telegram.push(*(each.writes("/ask hello") for each in eve))
            await asyncio.sleep(SECONDS / 5)
    return []


async def accounts(siege: Siege) -> list[AtMost]:
    """33 accounts write and write, and Telegram takes nothing for them."""
    await siege.start()
    eve = [siege.telegram.person(EVE + number, "Eve") for number in range(33)]
    for each in eve:
        siege.telegram.fail_next("sendMessage", faults.FloodWait(54), OFTEN, each.id)
    async with siege.witnessed():
        for _ in range(20):
            siege.telegram.push(*(each.writes("hello") for each in eve))
            await asyncio.sleep(SECONDS / 20)
    return []


async def flood(siege: Siege) -> list[AtMost]:
    """5,000 messages of one person, all at once."""
    await siege.start()
    async with siege.witnessed():
        eve = siege.telegram.person(EVE, "Eve")
        siege.telegram.push(*(eve.writes("/topics") for _ in range(5_000)))
        await asyncio.sleep(SECONDS)
    return []


async def noise(siege: Siege) -> list[AtMost]:
    """One person sends 600 stickers, albums and commands, and presses buttons of all kinds."""
    await siege.start()
    eve = siege.telegram.person(EVE, "Eve")
    async with siege.witnessed():
        for _ in range(100):
            siege.telegram.push(eve.sends_sticker(), eve.writes("/help"), *eve.sends_album("", ""))
            siege.telegram.push(eve.presses_old("topics"), eve.presses_old("ignore:1"))
            await asyncio.sleep(SECONDS / 100)
    got = sum(each["chat_id"] == EVE for each in siege.telegram.sent("sendMessage"))
    return [AtMost("messages to one person who makes noise", got, 21 + 1)]


async def unnamed(siege: Siege) -> list[AtMost]:
    """Administrators of 60 groups write unnamed: Telegram shows one account for all of them."""
    await siege.start()
    chats = [siege.telegram.group(-1_000 - number) for number in range(60)]
    async with siege.witnessed():
        for chat in chats:
            update = siege.telegram.person(UNNAMED, "Group", chat=chat).writes("/ask hello")
            update["message"]["sender_chat"] = chat.info
            siege.telegram.push(update)
        await asyncio.sleep(SECONDS)
        await siege.answered({chat.id for chat in chats})
    return [AtMost("groups without an answer", siege.lost({chat.id for chat in chats}), 0)]


async def shapes(siege: Siege) -> list[AtMost]:
    """Updates that the library cannot read."""
    await siege.start()
    async with siege.witnessed():
        person = siege.telegram.person(EVE, "Eve")
        for shape in SHAPES:
            update = person.writes("hello")
            siege.telegram.push({**update, "message": {**update["message"], **shape}})
            await asyncio.sleep(SECONDS / len(SHAPES))
    return [AtMost("processes that ended", siege.process is None or _ended(siege), 0)]


async def pages(siege: Siege) -> list[AtMost]:
    """A proxy answers 403 and 404 for Telegram, at the start and later."""
    siege.telegram.fail_next("getMe", faults.Page(403, "<html>Forbidden</html>"))
    siege.telegram.fail_next("deleteWebhook", faults.Page(404, "<html>Not Found</html>"))
    await siege.start()
    siege.telegram.fail_next("getUpdates", faults.Page(404, "<html>Not Found</html>"))
    await asyncio.sleep(SECONDS)
    async with siege.witnessed():
        await asyncio.sleep(1)
    return [AtMost("processes that ended", _ended(siege), 0)]


async def outage(siege: Siege) -> list[AtMost]:
    """A gateway answers 502 to the messages of 30 people for nine seconds."""
    await siege.start()
    people = [siege.telegram.person(FIRST + number) for number in range(30)]
    for each in people:
        siege.telegram.fail_next("sendMessage", faults.ServerError(), 9, each.id)
    async with siege.witnessed():
        siege.telegram.push(*(each.writes("hello") for each in people))
        await siege.answered({each.id for each in people})
    return [AtMost("people without an answer", siege.lost({p.id for p in people}), 0)]


async def unconfirmed(siege: Siege) -> list[AtMost]:
    """30 answers arrive, and nothing says so: the connection is cut, or half of it comes."""
    await siege.start()
    people = [siege.telegram.person(FIRST + number) for number in range(30)]
    cuts = faults.ConnectionCut(accepted=True), faults.Truncated(), faults.ServerError(504, True)
    for number, each in enumerate(people):
        siege.telegram.fail_next("sendMessage", cuts[number % 3], chat_id=each.id)
    async with siege.witnessed():
        siege.telegram.push(*(each.writes("hello") for each in people))
        await asyncio.sleep(SECONDS)
    shown = [len(siege.telegram.messages(each.id)) for each in people]
    return [
        AtMost("people without an answer", shown.count(1), 0),
        AtMost("messages after the answer", sum(shown) - 2 * len(people), 0),
    ]


async def shut(siege: Siege) -> list[AtMost]:
    """30 chats take no messages, each for one of six reasons that are no fault."""
    await siege.start()
    people = [siege.telegram.person(FIRST + number) for number in range(30)]
    for number, each in enumerate(people):
        said = faults.Refusal(400, f"Bad Request: {SHUT[number % len(SHUT)]}")
        siege.telegram.fail_next("sendMessage", said, OFTEN, each.id)
    async with siege.witnessed():
        siege.telegram.push(*(each.writes("hello") for each in people))
        await asyncio.sleep(SECONDS)
    ids = {each.id for each in people}
    calls = [call.params["chat_id"] for call in siege.telegram.calls if call.method in SENDING]
    refused = sum(chat in ids for chat in calls)
    return [AtMost("refused calls to 30 closed chats", refused, len(people))]


async def vain(siege: Siege) -> list[AtMost]:
    """A person presses one button 50 times, which changes the message once."""
    await siege.start()
    person = siege.telegram.person(EVE, "Eve")
    siege.telegram.push(person.writes("/topics"))
    await siege.answered({EVE})
    shown = siege.telegram.messages(EVE)[-1]
    data = shown["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    async with siege.witnessed():
        for _ in range(50):
            siege.telegram.push(person.presses_old(data, on=shown))
            await asyncio.sleep(SECONDS / 50)
    refused = [c for c in siege.telegram.calls if c.method.startswith("edit") and not c.accepted]
    return [AtMost("edits that Telegram refused", len(refused), 0)]


async def stopped(siege: Siege) -> list[AtMost]:
    """1,500 questions wait at Telegram; SIGTERM in the middle, and a new start."""
    return await _cut_short(siege, kill=False)


async def killed(siege: Siege) -> list[AtMost]:
    """As `stopped`, but with SIGKILL."""
    return await _cut_short(siege, kill=True)


async def _cut_short(siege: Siege, *, kill: bool) -> list[AtMost]:
    people = [siege.telegram.person(FIRST + number) for number in range(1_500)]
    siege.telegram.push(*(each.writes("hello") for each in people))
    await siege.start()
    await asyncio.sleep(SECONDS / 3)
    code = await siege.kill() if kill else await siege.stop()
    before = len(siege.telegram.first)
    print(f"  {before} answered, {len(siege.telegram.updates)} left at Telegram", end="; ")
    await siege.start()
    waited = {each.id for each in people}
    await siege.answered(waited)
    twice = len(siege.telegram.sent("sendMessage")) - len(siege.telegram.first)
    print(f"{twice} answered twice")
    return [
        AtMost("messages lost", siege.lost(waited), 0),
        AtMost("messages answered twice, of at most 100 in hand", twice, 100 if kill else 0),
        AtMost("exit code of the stop", 0 if kill else code, 0),
    ]


async def deadly(siege: Siege) -> list[AtMost]:
    """One message is in hand at four deaths; after that it is passed over, and only it.

    It kills late: of one that kills at once the bot is sure after two.
    """
    victim = siege.telegram.person(EVE, "Eve")
    # As if it held the process: no answer to it ever comes back.
    siege.telegram.fail_next("sendMessage", faults.Timeout(), OFTEN, victim.id)
    update = victim.writes("hello")
    siege.telegram.push(update)
    for _ in range(4):
        await siege.start()
        await asyncio.sleep(SECONDS / 4)
        await siege.kill()
    await siege.start()
    async with siege.witnessed():
        await asyncio.sleep(1)
    still = [each for each in siege.telegram.updates.waiting if each == update]
    return [AtMost("deadly messages that come again", len(still), 0)]


async def tips(siege: Siege) -> list[AtMost]:
    """120 tips are due; three chats say 429 for long, and 20 groups are closed."""
    everybody = [siege.telegram.person(FIRST + number).id for number in range(TIPS)]
    slow, closed = everybody[:3], everybody[3:23]
    for chat in slow:
        siege.telegram.fail_next("sendMessage", faults.FloodWait(600), OFTEN, chat)
    for chat in closed:
        closing_topic = faults.Refusal(400, "Bad Request: TOPIC_CLOSED")
        siege.telegram.fail_next("sendMessage", closing_topic, OFTEN, chat)
    await siege.bot.fill(everybody)
    await siege.start()
    begun = siege.telegram.world.clock()
    others = set(everybody[23:])
    async with siege.witnessed():
        await siege.answered(others)
        taken = max(siege.telegram.first.get(chat, 1e9) for chat in others) - begun
    # Ten answers a second take their part of what Telegram takes.
    return [AtMost("seconds until the tips of all others have come", taken, 10)]


async def joined(siege: Siege) -> list[AtMost]:
    """Whoever reads the database tries to tell who asked what, by order and by moment."""
    await siege.start()
    asked: dict[int, str] = {}
    async with siege.witnessed():
        for number in range(21):
            person = siege.telegram.person(FIRST + 377 * number % 997)
            asked[person.id] = f"does massage fade stretch marks, {8 * number % 21} weeks old?"
            siege.telegram.push(person.writes(asked[person.id]))
            await siege.answered({person.id})
            siege.telegram.push(person.presses("👎"))
            await asyncio.sleep(SECONDS / 21)
    await siege.stop()
    return [AtMost("questions tied to people, of 21", _tied(siege.bot.file, asked), 6)]


def _tied(file: Path, asked: dict[int, str]) -> int:
    """The most that any pair of orders ties rightly; by chance it is one or two."""
    with closing(sqlite3.connect(file)) as database:
        voters = [_column(database, "person", "votes", by) for by in ("person", "day", "NULL")]
        orders = "id", "id DESC", "day", "NULL"
        texts = [_column(database, "text", "questions", by) for by in orders]
    return max(
        sum(bool(asked[who] == text) for who, text in zip(some, others, strict=True))
        for some in voters
        for others in texts
    )


def _column(database: sqlite3.Connection, name: str, table: str, by: str) -> list[Any]:
    query = f"SELECT {name} FROM {table} ORDER BY {by}"  # noqa: S608 - our own words
    return [row[0] for row in database.execute(query)]


def _ended(siege: Siege) -> bool:
    return siege.process is None or siege.process.returncode is not None


Attack = Callable[[Siege], Awaitable[list[AtMost]]]
ATTACKS: dict[str, Attack] = {
    attack.__name__: attack
    for attack in (
        patterns,
        nonsense,
        deleted,
        locked,
        places,
        groups,
        accounts,
        flood,
        noise,
        unnamed,
        shapes,
        pages,
        outage,
        unconfirmed,
        shut,
        vain,
        stopped,
        killed,
        deadly,
        tips,
        joined,
    )
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all attacks, or those that are named; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(ATTACKS))
    names = parser.parse_args(arguments).names or list(ATTACKS)
    with TemporaryDirectory() as cache:
        return report(asyncio.run(_all(names, Path(cache))))


async def _all(names: Sequence[str], cache: Path) -> list[AtMost]:
    async with besieged(cache) as siege:  # The first start, which leaves its copy to the others.
        await siege.start()
    promises = []
    for name in names:
        async with besieged(cache) as siege:
            print(f"{name}: {ATTACKS[name].__doc__}")
            found = await ATTACKS[name](siege)
            longest = siege.longest()
            print(f"  the longest wait of {len(siege.asked)} ordinary questions: ", end="")
            print(f"{longest:.2f} s; memory {siege.memory:.0f} MB", flush=True)
            found += [
                AtMost("seconds that an ordinary question waits", longest, WAIT),
                AtMost("memory, MB", siege.memory, MB),
            ]
            promises += [AtMost(f"{name}: {p.what}", p.figure, p.limit) for p in found]
    return promises


if __name__ == "__main__":
    sys.exit(main())
