"""SQL beside `storage`: what was missed, taught, voted and counted, and what the bot knew."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from secrets import randbelow
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select

from bot.knowledge.lessons import Kind, Lesson, Missed
from bot.storage.counts import Tally
from bot.storage.database import Database, put, transaction
from bot.storage.tables import lessons, marks, questions, snapshots, subscribers, tallies, votes
from bot.subscriptions.subscriber import RUNNING

UNDONE = "unknown"
"""What became of a question whose lesson is undone: nobody remembers more."""
LARGEST_NUMBER = 999_999_999
"""Of a question, so that it fits into a button beside the id of an entry."""
SNAPSHOTS = 10
"""Kept knowledge bases, with the one that answers: /rollback can go one step less."""


@dataclass(frozen=True, slots=True)
class Records:
    """Each method is one transaction."""

    database: Database

    # What was asked in vain, and how often what happened

    @transaction
    def note(
        self,
        connection: Connection,
        counts: Iterable[Tally],
        missed: Iterable[Missed],
        found: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Add to the counts, and keep what found no answer; the ids of `missed` do not matter.

        `found` are texts and outcomes of questions that did find one: one row of each goes.
        """
        # Imported here: a start needs neither, and the other database's takes a while.
        dialect = import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
        new = dialect.insert(tallies)
        counted = new.on_conflict_do_update(
            index_elements=["day", "kind", "name"],
            set_={"count": tallies.c["count"] + new.excluded["count"]},
        )
        rows = [{"day": t.day, "kind": t.kind, "name": t.name, "count": t.count} for t in counts]
        if rows:
            connection.execute(counted, rows)
        _keep(connection, [{"day": m.day, "text": m.text, "outcome": m.outcome} for m in missed])
        for text, outcome in found:
            alike = select(questions.c.id).where(
                questions.c.text == text, questions.c.outcome == outcome
            )
            newest = alike.order_by(questions.c.day.desc()).limit(1).scalar_subquery()
            connection.execute(delete(questions).where(questions.c.id == newest))

    @transaction
    def tallies(self, connection: Connection, since: dt.date) -> list[Tally]:
        query = select(tallies).where(tallies.c.day >= since).order_by(tallies.c.day)
        return [Tally(*row) for row in connection.execute(query)]

    @transaction
    def missed(
        self, connection: Connection, most: int, before: dt.date = dt.date.max
    ) -> list[Missed]:
        """Those of the newest days first; within a day in no order that would tell anything."""
        query = select(questions).where(questions.c.day < before)
        query = query.order_by(questions.c.day.desc(), questions.c.id).limit(most)
        rows = connection.execute(query)
        return [Missed(row.id, row.text, row.outcome, row.day) for row in rows]

    @transaction
    def settle(self, connection: Connection, dealt_with: Collection[int]) -> None:
        """An operator has dealt with these questions."""
        _settle(connection, dealt_with)

    @transaction
    def prune(self, connection: Connection, asked: dt.date, counted: dt.date) -> None:
        """Delete questions that were asked before a day, and counts of days before another."""
        connection.execute(delete(questions).where(questions.c.day < asked))
        connection.execute(delete(tallies).where(tallies.c.day < counted))

    @transaction
    def subscribers(self, connection: Connection) -> int:
        """How many get tips, or will again after a pause."""
        running = select(func.count()).where(subscribers.c.state.in_(RUNNING))
        return connection.execute(running).scalar_one()

    # Lessons

    @transaction
    def lessons(self, connection: Connection) -> list[Lesson]:
        """In the order in which they were taught."""
        return [_lesson(row) for row in connection.execute(select(lessons).order_by(lessons.c.id))]

    @transaction
    def teach(
        self,
        connection: Connection,
        kind: Kind,
        target: str,
        phrasing: str,
        day: dt.date,
        settled: Collection[int],
    ) -> Lesson:
        """Keep a lesson; the questions that it settles are gone with the same stroke."""
        row = {"day": day, "kind": kind, "target": target, "phrasing": phrasing}
        taught = insert(lessons).values(**row).returning(lessons.c.id)
        number = connection.execute(taught).scalar_one()
        _settle(connection, settled)
        return Lesson(number, kind, target, phrasing, day)

    @transaction
    def unlearn(self, connection: Connection, lesson: int) -> Lesson | None:
        """Undo a lesson, and find its question unanswered again; None for one that is not there."""
        this = lessons.c.id == lesson
        row = connection.execute(select(lessons).where(this)).one_or_none()
        if row is None:
            return None
        connection.execute(delete(lessons).where(this))
        _keep(connection, [{"day": row.day, "text": row.phrasing, "outcome": UNDONE}])
        return _lesson(row)

    # Votes

    @transaction
    def vote(
        self, connection: Connection, person: int, entry: str, day: dt.date, *, up: bool
    ) -> bool | None:
        """Write a vote; returns what the person had said before, None for nothing."""
        its_own = select(votes.c.up).where(votes.c.person == person, votes.c.entry == entry)
        before = connection.execute(its_own).scalar_one_or_none()
        put(connection, votes, {"person": person, "entry": entry}, {"up": up, "day": day})
        return before

    @transaction
    def votes(self, connection: Connection) -> dict[str, tuple[int, int]]:
        """For each entry that was voted on: how many found it helpful, and how many did not."""
        query = select(votes.c.entry, votes.c.up, func.count()).group_by(votes.c.entry, votes.c.up)
        found: dict[str, tuple[int, int]] = {}
        for entry, up, count in connection.execute(query):
            helped, not_helped = found.get(entry, (0, 0))
            found[entry] = (helped + count, not_helped) if up else (helped, not_helped + count)
        return found

    @transaction
    def voted_down(self, connection: Connection, since: dt.date, before: dt.date) -> dict[str, int]:
        """Entries that did not help, by how often that was said in some days; the worst first."""
        said = (votes.c.up.is_(False), votes.c.day >= since, votes.c.day < before)
        count = func.count().label("votes")
        query = select(votes.c.entry, count).where(*said).group_by(votes.c.entry)
        rows = connection.execute(query.order_by(count.desc(), votes.c.entry))
        return {row.entry: row.votes for row in rows}

    @transaction
    def votes_of(self, connection: Connection, person: int) -> dict[str, bool]:
        """What a person said of which entries."""
        query = select(votes.c.entry, votes.c.up).where(votes.c.person == person)
        return {
            row.entry: row.up
            for row in connection.execute(query.order_by(votes.c.day, votes.c.entry))
        }

    # Knowledge bases that were good

    @transaction
    def keep(self, connection: Connection, files: bytes, now: dt.datetime) -> int:
        """Keep a knowledge base as the newest; the oldest beyond `SNAPSHOTS` go. Its number."""
        taken = insert(snapshots).values(taken=now, files=files).returning(snapshots.c.id)
        number = connection.execute(taken).scalar_one()
        newest = select(snapshots.c.id).order_by(snapshots.c.id.desc()).limit(SNAPSHOTS)
        oldest = min(connection.scalars(newest))
        connection.execute(delete(snapshots).where(snapshots.c.id < oldest))
        return int(number)

    @transaction
    def kept(
        self, connection: Connection, before: int | None = None
    ) -> tuple[int, bytes, dt.datetime] | None:
        """The newest knowledge base, or the newest before one: number, files, when it was taken."""
        query = select(snapshots).order_by(snapshots.c.id.desc()).limit(1)
        if before is not None:
            query = query.where(snapshots.c.id < before)
        row = connection.execute(query).one_or_none()
        return (row.id, row.files, row.taken) if row else None

    @transaction
    def drop_after(self, connection: Connection, snapshot: int) -> None:
        """Forget the knowledge bases that came after one."""
        connection.execute(delete(snapshots).where(snapshots.c.id > snapshot))

    # Marks

    @transaction
    def mark(self, connection: Connection, name: str) -> str | None:
        query = select(marks.c.value).where(marks.c.name == name)
        return connection.execute(query).scalar_one_or_none()

    @transaction
    def set_mark(self, connection: Connection, name: str, value: str) -> None:
        put(connection, marks, {"name": name}, {"value": value})


def _keep(connection: Connection, asked: Sequence[Mapping[str, Any]]) -> None:
    """Write questions down under numbers that are drawn by lot."""
    numbers: set[int] = set()
    while len(numbers) < len(asked):
        drawn = {1 + randbelow(LARGEST_NUMBER) for _ in range(len(asked) - len(numbers))}
        taken = connection.scalars(select(questions.c.id).where(questions.c.id.in_(drawn)))
        numbers |= drawn.difference(taken)
    rows = [{**row, "id": number} for row, number in zip(asked, numbers, strict=True)]
    if rows:
        connection.execute(insert(questions), rows)


def _settle(connection: Connection, dealt_with: Collection[int]) -> None:
    # One by one: a statement takes only so many numbers.
    one = delete(questions).where(questions.c.id == bindparam("number"))
    if dealt_with:
        connection.execute(one, [{"number": number} for number in dealt_with])


def _lesson(row: Row[Any]) -> Lesson:
    return Lesson(row.id, Kind(row.kind), row.target, row.phrasing, row.day)
