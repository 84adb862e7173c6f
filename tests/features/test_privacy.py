"""Data about people is kept for a set time, and can be deleted without a trace."""

import datetime as dt
from collections.abc import AsyncIterator, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, Connection, Date, Integer, String, Text, Time, select
from sqlalchemy.exc import OperationalError

from bot.answering.faq import Faq
from bot.answering.replies import Reply, Suggestions
from bot.features.privacy import texts
from bot.knowledge.lessons import Kind
from bot.lifecycle import Parts
from bot.markup import plain
from bot.settings import Settings
from bot.storage.receipts import Receipts
from bot.storage.storage import Storage
from bot.storage.tables import TABLES, Moment
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import ANNA, build_parts
from tests.support.chats import Chat
from tests.support.fake_time import Clock

EVE = 0x5A5B_5C5D_5E5F
"""An id whose every byte is unlike other numbers, so that it can be found in a file."""
BEN = 0x4A4B_4C4D_4E4F
GROUP = -0x3A3B_3C3D_3E3F
OPERATOR = 0x2A2B_2C2D_2E2F
KEPT = 30
DAY = 24 * 3600

ANSWERED = ("why does my chain squeak", "brakes squeal")
NOT_KEPT = (*ANSWERED, "how much is a bicycle", "I broke my arm on the bike", "hello")
VOTED_DOWN = "my drivetrain chirps like a bird, what now"
IN_VAIN = ("who won the football match", "it is noisy down there", VOTED_DOWN)
TAUGHT = "a wording that an operator took over"

pytestmark = pytest.mark.usefixtures("no_faults")


class Doubtful(Faq):
    """Never sure about noise."""

    def ask(self, question: str) -> Reply:
        if "noisy" in question:
            return Suggestions(tuple(self.knowledge.entries.values())[:2], 0.5)
        return super().ask(question)


@dataclass(frozen=True, slots=True)
class World:
    """A bot in which much has happened."""

    eve: Chat
    group: Chat
    """Eve in a group, with others."""
    ben: Chat
    """Ben in Eve's group."""
    parts: Parts
    storage: Storage

    async def tables(self) -> dict[str, list[dict[str, Any]]]:
        """Everything in the database, row by row, whatever tables there are."""

        def read(connection: Connection) -> dict[str, list[dict[str, Any]]]:
            return {
                name: [dict(row) for row in connection.execute(select(table)).mappings()]
                for name, table in TABLES.tables.items()
            }

        return await self.storage.database.run(read)

    async def holding(self, *sought: str | int) -> set[str]:
        """The tables in which any of this stands, alone or inside something longer."""
        return {
            name
            for name, rows in (await self.tables()).items()
            if any(_holds(row, sought) for row in rows)
        }


def in_files(folder: Path, person: int) -> bool:
    """True where SQLite's files hold a number, also in deleted parts."""
    number = person.to_bytes(6, "big", signed=True), str(person).encode()
    files = [file.read_bytes() for file in folder.glob("test.db*")]
    assert any(b"CREATE TABLE votes" in file for file in files)
    return any(written in file for written in number for file in files)


def _holds(row: dict[str, Any], sought: Collection[str | int]) -> bool:
    return any(str(each) in _shown(value) for each in sought for value in row.values())


def _shown(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


@pytest.fixture
async def world(
    telegram: FakeTelegram, faq: Faq, clock: Clock, storage: Storage
) -> AsyncIterator[World]:
    settings = Settings(kept_days=KEPT)
    parts = build_parts(telegram, Doubtful.of(faq.knowledge), clock, storage, settings)
    together = telegram.group(GROUP)
    async with parts.app as app:
        eve = Chat(app, telegram, telegram.person(EVE, "Eve"))
        group = Chat(app, telegram, telegram.person(EVE, "Eve", chat=together))
        ben = Chat(app, telegram, telegram.person(BEN, "Ben", chat=together))
        world = World(eve, group, ben, parts, storage)
        await _ask(world, clock)
        await _operate(storage, clock.wall())
        yield world
        await parts.sender.finished()


async def _ask(world: World, clock: Clock) -> None:
    """Ask questions of every outcome, vote, subscribe and get tips."""
    eve, group, ben = world.eve, world.group, world.ben
    for question in (*NOT_KEPT, *IN_VAIN):
        await eve.write(question)
    await eve.press("👎")
    await eve.write("chain slips")
    await eve.press("👍")
    await eve.write("/subscribe 9:00 UTC")
    await world.parts.sender.finished()
    clock.forward(DAY)
    world.parts.sender.wake()
    await world.parts.sender.finished()
    await group.write(f"/ask {ANSWERED[0]}")
    await group.press("👍")
    await ben.press("👍")
    await world.parts.recorder.write()


async def _operate(storage: Storage, now: dt.datetime) -> None:
    """Store the traces of an operator's work."""
    await storage.records.teach(Kind.ENTRY, "chain.squeak", TAUGHT, now.date(), settled=())
    await storage.records.keep(b"files", now)
    await storage.records.set_mark("digest", "yesterday")
    await storage.broadcasts.draft(OPERATOR, None, "<b>News</b>", now)
    await Receipts(storage.database).take([1, 2], [], (1, 2))


async def days_later(world: World, clock: Clock, days: float) -> None:
    """Let days pass, and let the bot tick."""
    clock.forward(days * DAY)
    await world.parts.recorder.write()


async def test_the_life_that_is_looked_at_leaves_something_in_every_table(world: World) -> None:
    assert [name for name, rows in (await world.tables()).items() if not rows] == []


# Questions


async def test_only_questions_asked_in_vain_are_kept_and_only_in_one_place(world: World) -> None:
    assert await world.holding(*NOT_KEPT) == set()
    for question in IN_VAIN:
        assert await world.holding(question) == {"questions"}, question


async def test_the_days_pruning_leaves_no_question_older_than_the_setting(
    world: World, clock: Clock
) -> None:
    await days_later(world, clock, KEPT + 1)
    assert await world.holding(*NOT_KEPT, *IN_VAIN) == set()
    assert await world.holding(TAUGHT) == {"lessons"}


async def test_a_question_is_kept_as_long_as_the_setting_says(world: World, clock: Clock) -> None:
    await world.eve.write("what about the saddle")
    await days_later(world, clock, KEPT)
    assert await world.holding("what about the saddle") == {"questions"}
    await days_later(world, clock, 1)
    assert await world.holding("what about the saddle") == set()


async def test_no_id_of_a_person_stands_beside_a_question(world: World) -> None:
    people = (EVE, BEN, GROUP)
    for name, rows in (await world.tables()).items():
        asked = [row for row in rows if _holds(row, IN_VAIN)]
        assert not any(_holds(row, people) for row in asked), name
    assert await world.holding(*IN_VAIN) & await world.holding(*people) == set()


def free_texts() -> Iterator[tuple[str, set[str]]]:
    """Tables that can hold what somebody wrote, with the names of their columns."""
    for name, table in TABLES.tables.items():
        if any(isinstance(column.type, Text) for column in table.columns):
            yield name, set(table.columns.keys())


def test_no_table_has_a_place_for_a_person_beside_a_text() -> None:
    people = {"person", "chat_id", "user_id"}
    both = {name for name, columns in free_texts() if columns & people}
    assert both == {"broadcasts"}, "these hold the operator's own chat"
    assert dict(free_texts())["questions"] == {"id", "day", "text", "outcome"}


BESIDE_NOBODY = ("questions", "lessons", "tallies")
OF_PEOPLE = ("subscribers", "deliveries", "seen_tips", "votes")


def test_what_is_kept_beside_nobody_has_only_its_day() -> None:
    """A moment would tie it to other things that the person did just then."""
    assert {type(column.type) for name in BESIDE_NOBODY for column in TABLES.tables[name].c} <= {
        BigInteger,
        Date,
        Integer,
        String,
        Text,
    }
    assert not any(isinstance(c.type, Moment | Time) for c in TABLES.tables["votes"].c)


async def test_no_vote_can_be_joined_to_the_question_that_it_was_about(
    chat: Chat, parts: Parts, storage: Storage, telegram: FakeTelegram, clock: Clock
) -> None:
    """Rows can be read in the order of numbers, in that of the file, or in none; no order helps."""
    people = [1_000 + 377 * number % 997 for number in range(40)]
    asked = {}
    for number, person in enumerate(people):
        each = Chat(chat.app, telegram, telegram.person(person))
        asked[person] = f"chain squeaks {'and squeaks ' * number}".strip()
        await each.write(asked[person])
        await each.press("👎")
        clock.forward(60)
        if number % 5 == 0:
            await parts.recorder.write()
    await parts.recorder.write()
    orders = "id", "id DESC", "day", "NULL"
    voters = [await ordered(storage, "person", "votes", by) for by in ("NULL", "person", "day")]
    for by in orders:
        texts = await ordered(storage, "text", "questions", by)
        for order in voters:
            pairs = zip(order, texts, strict=True)
            assert sum(asked[person] == text for person, text in pairs) < 10


async def ordered(storage: Storage, column: str, table: str, by: str) -> list[Any]:
    query = f"SELECT {column} FROM {table} ORDER BY {by}"  # noqa: S608 - ours
    return await storage.database.run(lambda c: list(c.exec_driver_sql(query).scalars()))


@pytest.mark.parametrize(
    ("table", "column"), [("votes", "person"), ("questions", "text"), ("tallies", "name")]
)
async def test_rows_are_not_numbered_in_the_order_in_which_they_came(
    storage: Storage, table: str, column: str
) -> None:
    with pytest.raises(OperationalError, match="no such column: rowid"):
        await ordered(storage, column, table, "rowid")


async def test_counts_name_nobody(world: World) -> None:
    assert await world.holding(EVE, BEN) == {"subscribers", "deliveries", "seen_tips", "votes"}
    tallies = (await world.tables())["tallies"]
    assert {frozenset(row) for row in tallies} == {frozenset({"day", "kind", "name", "count"})}


# /forget


async def test_nothing_of_a_person_is_left_once_they_are_forgotten(
    world: World, database_folder: Path
) -> None:
    assert await world.holding(EVE)
    assert in_files(database_folder, EVE)
    await world.eve.write("/forget")
    await world.eve.press(texts.FORGET_YES)
    assert world.eve.text == texts.FORGOTTEN
    assert await world.holding(EVE) == set()
    assert not in_files(database_folder, EVE)


async def test_forgetting_one_person_leaves_the_others(world: World, database_folder: Path) -> None:
    await world.eve.write("/forget")
    await world.eve.press(texts.FORGET_YES)
    assert await world.storage.records.votes_of(BEN) == {"chain.squeak": True}
    assert in_files(database_folder, BEN)


@pytest.fixture
async def voter(chat: Chat) -> Chat:
    """Anna has voted, and nothing else."""
    await chat.write("why does my chain squeak")
    await chat.press("👎")
    return chat


async def test_forget_deletes_votes_of_who_never_subscribed(voter: Chat, storage: Storage) -> None:
    await voter.write("/forget")
    assert voter.text == texts.FORGET
    await voter.press(texts.FORGET_YES)
    assert voter.text == texts.FORGOTTEN
    assert await storage.records.votes_of(ANNA) == {}
    await voter.write("/forget")
    assert voter.text == texts.NO_DATA


async def test_votes_stay_where_forgetting_was_thought_better_of(
    voter: Chat, storage: Storage
) -> None:
    await voter.write("/forget")
    await voter.press(texts.FORGET_NO)
    assert voter.text == texts.KEPT
    assert await storage.records.votes_of(ANNA) == {"chain.squeak": False}


async def test_a_forgotten_person_can_vote_again(voter: Chat, storage: Storage) -> None:
    answer = voter.said[-1]
    await voter.write("/forget")
    await voter.press(texts.FORGET_YES)
    await voter.press("👍", on=answer)
    assert await storage.records.votes_of(ANNA) == {"chain.squeak": True}


async def test_forget_clears_the_memory_of_questions(chat: Chat, parts: Parts) -> None:
    await chat.write("/subscribe 9:00 UTC")
    await chat.write("why does my chain squeak")
    answer = chat.said[-1]
    await chat.write("/forget")
    await chat.press(texts.FORGET_YES)
    await chat.press("👎", on=answer)
    await parts.recorder.write()
    assert await parts.recorder.records.missed(10) == []


async def test_forget_clears_the_memory_also_where_nothing_is_stored(
    chat: Chat, parts: Parts
) -> None:
    await chat.write("why does my chain squeak")
    await chat.write("/forget")
    assert chat.text == texts.NO_DATA
    await chat.press("👎")
    await parts.recorder.write()
    assert await parts.recorder.records.missed(10) == []


async def test_forgetting_a_group_leaves_the_votes_of_its_members(world: World) -> None:
    world.group.person.chat.administrators.add(EVE)
    await world.group.write("/subscribe 9:00 UTC")
    await world.parts.sender.finished()
    await world.group.write("/forget")
    await world.group.press(texts.FORGET_YES)
    assert await world.storage.subscriber(GROUP) is None
    assert len(await world.storage.records.votes_of(EVE)) == 2


# /mydata


async def test_my_data_shows_votes_to_who_never_subscribed(voter: Chat) -> None:
    await voter.write("/ask chain slips")
    await voter.press("👍")
    await voter.write("/mydata")
    assert voter.text.splitlines() == [
        "Chat: 42",
        "Votes:",
        "chain.slip: up",
        "chain.squeak: down",
    ]


async def test_my_data_shows_votes_below_the_subscription(voter: Chat) -> None:
    await voter.write("/subscribe 9:00 UTC")
    await voter.write("/mydata")
    assert voter.text.startswith("Chat: 42\nTime: 09:00\n")
    assert voter.text.endswith("\nVotes:\nchain.squeak: down")


async def test_my_data_of_a_group_shows_no_votes_of_its_members(world: World) -> None:
    world.group.person.chat.administrators.add(EVE)
    await world.group.write("/subscribe 9:00 UTC")
    await world.parts.sender.finished()
    await world.group.write("/mydata")
    assert world.group.text.startswith(f"Chat: {GROUP}\n")
    assert "Votes" not in world.group.text


# /privacy


async def test_privacy_tells_how_long_questions_are_kept(world: World) -> None:
    await world.eve.write("/privacy")
    assert world.eve.text == plain(texts.privacy(KEPT))
    assert "is kept for 30 days so that" in world.eve.text


@pytest.mark.parametrize(
    ("days", "said"), [(1, "kept for one day so"), (2, "kept for 2 days so"), (90, "for 90 days")]
)
def test_the_number_of_days_reads_well(days: int, said: str) -> None:
    assert said in texts.privacy(days)
    assert "!" not in texts.privacy(days)
