"""SQL beside `storage`: what was missed, taught, voted and counted, and what the bot knew."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from importlib import import_module

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from bot.figures import Tally
from bot.lesson import Kind, Lesson, Missed
from bot.subscriber import RUNNING
from bot.tables import (
    LessonRow,
    MarkRow,
    QuestionRow,
    SnapshotRow,
    SubscriberRow,
    TallyRow,
    VoteRow,
)

UNDONE = "unknown"
"""What became of a question whose lesson is undone: nobody remembers more."""
SNAPSHOTS = 10
"""Kept knowledge bases, with the one that answers: /rollback can go one step less."""


@dataclass(frozen=True, slots=True)
class Records:
    """Each method is one transaction."""

    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]

    # What was asked in vain, and how often what happened

    async def note(
        self,
        tallies: Iterable[Tally],
        missed: Iterable[Missed],
        found: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Add to the counts, and keep what found no answer; the ids of `missed` do not matter.

        `found` are texts and outcomes of questions that did find one: one row of each goes.
        """
        # Imported here: a start needs neither, and the other database's takes a while.
        dialect = import_module(f"sqlalchemy.dialects.{self.engine.dialect.name}")
        insert = dialect.insert(TallyRow)
        counted = insert.on_conflict_do_update(
            index_elements=["day", "kind", "name"],
            set_={"count": TallyRow.count + insert.excluded.count},
        )
        rows = [{"day": t.day, "kind": t.kind, "name": t.name, "count": t.count} for t in tallies]
        async with self.sessions.begin() as session:
            if rows:
                await session.execute(counted, rows)
            session.add_all(
                QuestionRow(asked=m.asked, text=m.text, outcome=m.outcome) for m in missed
            )
            for text, outcome in found:
                alike = select(func.max(QuestionRow.id)).where(
                    QuestionRow.text == text, QuestionRow.outcome == outcome
                )
                newest = alike.scalar_subquery()
                await session.execute(delete(QuestionRow).where(QuestionRow.id == newest))

    async def tallies(self, since: dt.date) -> list[Tally]:
        query = select(TallyRow).where(TallyRow.day >= since).order_by(TallyRow.day)
        async with self.sessions.begin() as session:
            rows = await session.scalars(query)
            return [Tally(row.day, row.kind, row.name, row.count) for row in rows]

    async def missed(self, most: int, after: int = 0) -> list[Missed]:
        """Questions with a greater number than `after`, the newest first."""
        query = select(QuestionRow).where(QuestionRow.id > after)
        async with self.sessions.begin() as session:
            rows = await session.scalars(query.order_by(QuestionRow.id.desc()).limit(most))
            return [Missed(row.id, row.text, row.outcome, row.asked) for row in rows]

    async def settle(self, questions: Collection[int]) -> None:
        """An operator has dealt with these questions."""
        async with self.sessions.begin() as session:
            await _settle(session, questions)

    async def prune(self, before: dt.datetime, counted: dt.date) -> None:
        """Delete questions that were asked before a moment, and counts of days before a date."""
        async with self.sessions.begin() as session:
            await session.execute(delete(QuestionRow).where(QuestionRow.asked < before))
            await session.execute(delete(TallyRow).where(TallyRow.day < counted))

    async def subscribers(self) -> int:
        """How many get tips, or will again after a pause."""
        running = select(func.count()).where(SubscriberRow.state.in_(RUNNING))
        async with self.sessions.begin() as session:
            return await session.scalar(running) or 0

    # Lessons

    async def lessons(self) -> list[Lesson]:
        """In the order in which they were taught."""
        async with self.sessions.begin() as session:
            rows = await session.scalars(select(LessonRow).order_by(LessonRow.id))
            return [_lesson(row) for row in rows]

    async def teach(
        self, kind: Kind, target: str, phrasing: str, now: dt.datetime, settled: Collection[int]
    ) -> Lesson:
        """Keep a lesson; the questions that it settles are gone with the same stroke."""
        row = LessonRow(taught=now, kind=kind, target=target, phrasing=phrasing)
        async with self.sessions.begin() as session:
            session.add(row)
            await _settle(session, settled)
            await session.flush()
            return _lesson(row)

    async def unlearn(self, lesson: int) -> Lesson | None:
        """Undo a lesson, and find its question unanswered again; None for one that is not there."""
        async with self.sessions.begin() as session:
            row = await session.get(LessonRow, lesson)
            if row is None:
                return None
            await session.delete(row)
            session.add(QuestionRow(asked=row.taught, text=row.phrasing, outcome=UNDONE))
            return _lesson(row)

    # Votes

    async def vote(self, person: int, entry: str, now: dt.datetime, *, up: bool) -> bool | None:
        """Write a vote; returns what the person had said before, None for nothing."""
        async with self.sessions.begin() as session:
            before = await session.get(VoteRow, (person, entry))
            said = before.up if before else None
            await session.merge(VoteRow(person=person, entry=entry, up=up, at=now))
            return said

    async def votes(self) -> dict[str, tuple[int, int]]:
        """For each entry that was voted on: how many found it helpful, and how many did not."""
        query = select(VoteRow.entry, VoteRow.up, func.count()).group_by(VoteRow.entry, VoteRow.up)
        found: dict[str, tuple[int, int]] = {}
        async with self.sessions.begin() as session:
            for entry, up, count in await session.execute(query):
                helped, not_helped = found.get(entry, (0, 0))
                found[entry] = (helped + count, not_helped) if up else (helped, not_helped + count)
        return found

    async def voted_down(self, since: dt.datetime, until: dt.datetime) -> dict[str, int]:
        """Entries that did not help, by how often that was said after a moment; the worst first."""
        said = (VoteRow.up.is_(False), VoteRow.at > since, VoteRow.at <= until)
        count = func.count().label("votes")
        query = select(VoteRow.entry, count).where(*said).group_by(VoteRow.entry)
        async with self.sessions.begin() as session:
            rows = await session.execute(query.order_by(count.desc(), VoteRow.entry))
            return {row.entry: row.votes for row in rows}

    async def votes_of(self, person: int) -> dict[str, bool]:
        """What a person said of which entries."""
        query = select(VoteRow).where(VoteRow.person == person).order_by(VoteRow.at)
        async with self.sessions.begin() as session:
            return {row.entry: row.up for row in await session.scalars(query)}

    # Knowledge bases that were good

    async def keep(self, files: bytes, now: dt.datetime) -> int:
        """Keep a knowledge base as the newest; the oldest beyond `SNAPSHOTS` go. Its number."""
        row = SnapshotRow(taken=now, files=files)
        async with self.sessions.begin() as session:
            session.add(row)
            await session.flush()
            newest = select(SnapshotRow.id).order_by(SnapshotRow.id.desc()).limit(SNAPSHOTS)
            kept = list(await session.scalars(newest))
            await session.execute(delete(SnapshotRow).where(SnapshotRow.id < min(kept)))
            return row.id

    async def kept(self, before: int | None = None) -> tuple[int, bytes, dt.datetime] | None:
        """The newest knowledge base, or the newest before one: number, files, when it was taken."""
        query = select(SnapshotRow).order_by(SnapshotRow.id.desc()).limit(1)
        if before is not None:
            query = query.where(SnapshotRow.id < before)
        async with self.sessions.begin() as session:
            row = await session.scalar(query)
            return (row.id, row.files, row.taken) if row else None

    async def drop_after(self, snapshot: int) -> None:
        """Forget the knowledge bases that came after one."""
        async with self.sessions.begin() as session:
            await session.execute(delete(SnapshotRow).where(SnapshotRow.id > snapshot))

    # Marks

    async def mark(self, name: str) -> str | None:
        async with self.sessions.begin() as session:
            row = await session.get(MarkRow, name)
            return row.value if row else None

    async def set_mark(self, name: str, value: str) -> None:
        async with self.sessions.begin() as session:
            await session.merge(MarkRow(name=name, value=value))


async def _settle(session: AsyncSession, questions: Collection[int]) -> None:
    # One by one: a statement takes only so many numbers.
    one = delete(QuestionRow).where(QuestionRow.id == bindparam("number"))
    if questions:
        connection = await session.connection()
        await connection.execute(one, [{"number": number} for number in questions])


def _lesson(row: LessonRow) -> Lesson:
    return Lesson(row.id, Kind(row.kind), row.target, row.phrasing, row.taught)
