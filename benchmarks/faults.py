"""The second part of `crash.py`: faults between the bot and Telegram, strewn in at random."""

import random
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.promises import AtMost
from benchmarks.subscribers import FIRST_CHAT, Installation, received
from bot.subscriptions.subscriber import State
from tests.fake_bot_api.faults import (
    ConnectionCut,
    Fault,
    FloodWait,
    ServerError,
    Timeout,
    UnansweredError,
)
from tests.fake_bot_api.parameters import Json, Upload
from tests.fake_bot_api.server import FakeServer
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.processes import BICYCLES

DELAYS = {"sendMessage": 0.075}
PROXY = ServerError(403)
"""A page that is not Telegram's: surely not sent, and not the person's fault."""
OFTEN: tuple[Fault, ...] = (
    ConnectionCut(),
    ConnectionCut(accepted=True),
    ServerError(500),
    ServerError(502),
    ServerError(502, accepted=True),
    PROXY,
)
"""Each of these meets 2 % of the people at their first try."""
SELDOM: tuple[Fault, ...] = (
    Timeout(),
    Timeout(accepted=True),
    FloodWait(1),
    FloodWait(2),
    FloodWait(3),
)
"""Each of these meets 1 % only, since it holds up everybody else: the bot waits ten seconds."""
TWICE = 0.02
"""Share of the people who meet another fault at their second try."""
LEAVE = 0.01
"""Share of the people who blocked the bot, and as many deactivated accounts, groups that have
removed the bot, groups that have moved and groups that move after the bot was told."""
GROUP = -5_000
SUPERGROUP = -1_001_000_000_000


class Unsteady(FakeTelegram):
    """Counts the sends of which the bot cannot know whether they arrived."""

    def __init__(self) -> None:
        super().__init__()
        self.unknown = 0
        self.arrived = 0
        """The number of those sends that did arrive."""

    def handle(
        self,
        method: str,
        params: Mapping[str, object],
        files: Mapping[str, Upload] | None = None,
    ) -> tuple[int, Json]:
        try:
            return super().handle(method, params, files)
        except UnansweredError as lost:
            if lost.fault != PROXY:
                self.unknown += 1
                self.arrived += lost.accepted
            raise


@dataclass(slots=True)
class Fates:
    """The people who are subscribed, and the fate of some. All others stay as they are."""

    people: list[int] = field(default_factory=list)
    gone: dict[int, State] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)
    """Old id → new id."""

    @property
    def chats(self) -> list[int]:
        return [*self.people, *(chat for chat in self.gone if chat < 0), *self.moved]

    @property
    def expected(self) -> dict[int, State]:
        """Chat → what must stand in the database at the end."""
        active = {self.moved.get(chat, chat): State.ACTIVE for chat in self.chats}
        return active | self.gone


async def faulty(subscribers: int, chance: random.Random) -> list[AtMost]:
    """Run the bot through all these faults."""
    telegram = Unsteady()
    fates = _people(telegram, subscribers, chance)
    strewn = _strew(telegram, fates, chance)
    with tempfile.TemporaryDirectory() as folder:
        async with FakeServer(telegram, DELAYS) as server:
            bot = Installation(Path(folder), server.url, BICYCLES)
            await bot.fill(fates.chats)
            begun = time.monotonic()
            idle = await bot.finish()
            seconds = time.monotonic() - begun
        states = bot.states()
    print(f"\n{len(fates.chats)} subscribers, {strewn} faults, {len(fates.gone)} gone,", end=" ")
    print(f"{len(fates.moved)} groups moved, {seconds:.0f} s")
    return _after_faults(telegram, fates, states, idle=idle)


def _people(telegram: FakeTelegram, subscribers: int, chance: random.Random) -> Fates:
    some = round(LEAVE * subscribers)
    people = list(range(FIRST_CHAT, FIRST_CHAT + subscribers - 3 * some))
    fates = Fates(people)
    persons = {chat: telegram.person(chat) for chat in people}
    leaving = chance.sample(people, 2 * some)
    for chat in leaving[:some]:
        persons[chat].blocks_bot()
        fates.gone[chat] = State.BLOCKED
    for chat in leaving[some:]:
        persons[chat].deletes_account()
        fates.gone[chat] = State.DEACTIVATED
    for number in range(3 * some):
        _group(telegram, fates, number, some)
    return fates


def _group(telegram: FakeTelegram, fates: Fates, number: int, some: int) -> None:
    chat = GROUP - number
    admin = telegram.person(FIRST_CHAT - 1, chat=telegram.group(chat))
    if number < some:
        admin.removes_bot()
        fates.gone[chat] = State.BLOCKED
        return
    fates.moved[chat] = SUPERGROUP - number
    news = admin.migrates_chat(fates.moved[chat])
    if number < 2 * some:
        telegram.push(news)


def _strew(telegram: FakeTelegram, fates: Fates, chance: random.Random) -> int:
    """Plan the faults; the number of them."""
    subscribers = len(fates.chats)
    faults: list[Fault] = [*OFTEN * 2, *SELDOM] * round(0.01 * subscribers)
    struck = chance.sample([chat for chat in fates.people if chat not in fates.gone], len(faults))
    again = struck[: round(TWICE * subscribers)]
    chance.shuffle(faults)
    for chat, fault in zip(struck, faults, strict=True):
        telegram.fail_next("sendMessage", fault, chat_id=chat)
    for chat in again:
        telegram.fail_next("sendMessage", chance.choice([*OFTEN, *SELDOM]), chat_id=chat)
    return len(struck) + len(again)


def _after_faults(
    telegram: Unsteady, fates: Fates, states: Mapping[int, str], *, idle: bool
) -> list[AtMost]:
    got = received(telegram)
    expected = fates.expected
    active = [chat for chat, state in expected.items() if state is State.ACTIVE]
    missing = sum(chat not in got for chat in active)
    duplicates = got.total() - len(got)
    wrong = {chat for chat, state in expected.items() if states.get(chat) != state}
    unfair = len(wrong & set(active))
    print(f"missing {missing}, duplicates {duplicates}, unknown {telegram.unknown}", end=" ")
    print(f"(of which {telegram.arrived} had arrived), unsubscribed for nothing {unfair}\n")
    return [
        AtMost("faults: people without a tip", missing, 0),
        AtMost(
            "faults: duplicates, at most the unknown that arrived", duplicates, telegram.arrived
        ),
        AtMost("faults: unsubscribed by a fault that was not theirs", unfair, 0),
        AtMost("faults: gone and not marked so, or not moved", len(wrong) - unfair, 0),
        AtMost("faults: chats in the database that nobody knows", len(states.keys() - expected), 0),
        AtMost("faults: runs that did not come to an end", not idle, 0),
    ]
