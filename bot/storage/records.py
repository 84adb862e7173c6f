"""SQL of missed questions, lessons, votes, counts, and earlier knowledge bases."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import asdict
from secrets import randbelow
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from bot.errors import SettledError
from bot.knowledge.lessons import Kind, Lesson, Missed
from bot.storage.counts import Tally
from bot.storage.database import Repository, insert, put, transaction
from bot.storage.tables import lessons, marks, questions, snapshots, subscribers, tallies, votes
from bot.subscriptions.subscriber import RUNNING

UNDONE = "unknown"
"""The outcome of a question whose lesson is undone: the first outcome is not kept."""
LARGEST_NUMBER = 999_999_999
"""A question's number is no larger, to fit into a button beside the id of an entry."""
SETTLED = "Another operator was faster."
SNAPSHOTS = 10
"""So many knowledge bases are kept; one of them is in use, the others are for /rollback."""


class Records(Repository):
    """Each method is one transaction."""

    # Missed questions, and counts

    @transaction
    def note(
        self,
        db: Connection,
        counts: Iterable[Tally],
        missed: Iterable[Missed],
        found: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Add to the counts, and keep missed questions, whose ids do not matter.

        `found` holds texts and outcomes of questions that got an answer after all. One row of each
        is deleted.
        """
        new = insert(db, tallies)
        more = {"count": tallies.c["count"] + new.excluded["count"]}
        counted = new.on_conflict_do_update(index_elements=["day", "kind", "name"], set_=more)
        if rows := [asdict(tally) for tally in counts]:
            db.execute(counted, rows)
        for each in missed:
            _keep(db, each.day, each.text, each.outcome)
        for text, outcome in found:
            alike = questions.c.text == text, questions.c.outcome == outcome
            newest = sa.select(questions.c.id).where(*alike).order_by(questions.c.day.desc())
            one = questions.c.id == newest.limit(1).scalar_subquery()
            db.execute(sa.delete(questions).where(one))

    @transaction
    def tallies(self, db: Connection, since: dt.date) -> list[Tally]:
        query = sa.select(tallies).where(tallies.c.day >= since).order_by(tallies.c.day)
        return [Tally(*row) for row in db.execute(query)]

    @transaction
    def missed(self, db: Connection, most: int, before: dt.date = dt.date.max) -> list[Missed]:
        """Missed questions of the newest days first; the order within a day says nothing."""
        of = questions.c
        query = sa.select(of.id, of.text, of.outcome, of.day).where(of.day < before)
        rows = db.execute(query.order_by(of.day.desc(), of.id).limit(most))
        return [Missed(*row) for row in rows]

    @transaction
    def settle(
        self, db: Connection, dealt_with: Collection[int], question: int | None = None
    ) -> bool:
        """An operator has dealt with these questions.

        False, and nothing is done, if another has dealt with `question` before.
        """
        if not _is_first(db, question):
            return False
        _settle(db, dealt_with)
        return True

    @transaction
    def prune(self, db: Connection, asked: dt.date, counted: dt.date) -> None:
        """Delete questions that were asked before a day, and counts of days before another."""
        db.execute(sa.delete(questions).where(questions.c.day < asked))
        db.execute(sa.delete(tallies).where(tallies.c.day < counted))

    @transaction
    def subscribers(self, db: Connection) -> int:
        """The number of chats that get tips, or will again after a pause."""
        running = sa.select(sa.func.count()).where(subscribers.c.state.in_(RUNNING))
        return db.execute(running).scalar_one()

    # Lessons

    @transaction
    def lessons(self, db: Connection) -> list[Lesson]:
        """In the order in which they were taught."""
        return [_lesson(row) for row in db.execute(sa.select(lessons).order_by(lessons.c.id))]

    @transaction
    def teach(
        self,
        db: Connection,
        kind: Kind,
        target: str,
        phrasing: str,
        day: dt.date,
        settled: Collection[int],
        question: int | None = None,
    ) -> Lesson:
        """Keep a lesson, and delete the questions that it settles.

        Raises:
            SettledError: another operator has dealt with `question` before; nothing is done.
        """
        if not _is_first(db, question):
            raise SettledError(SETTLED)
        row = {"day": day, "kind": kind, "target": target, "phrasing": phrasing}
        taught = db.execute(sa.insert(lessons).values(row).returning(*lessons.c)).one()
        _settle(db, settled)
        return _lesson(taught)

    @transaction
    def unlearn(self, db: Connection, lesson: int) -> Lesson | None:
        """Undo a lesson, so that its question is missed again. Returns the lesson, if it exists."""
        undone = sa.delete(lessons).where(lessons.c.id == lesson).returning(*lessons.c)
        row = db.execute(undone).one_or_none()
        if row is None:
            return None
        _keep(db, row.day, row.phrasing, UNDONE)
        return _lesson(row)

    # Votes

    @transaction
    def vote(
        self, db: Connection, person: int, entry: str, day: dt.date, *, up: bool
    ) -> bool | None:
        """Write a vote. Returns the person's earlier vote, or None."""
        its_own = votes.c.person == person, votes.c.entry == entry
        before = db.execute(sa.select(votes.c.up).where(*its_own)).scalar_one_or_none()
        put(db, votes, {"person": person, "entry": entry}, {"up": up, "day": day})
        return before

    @transaction
    def voted_down(self, db: Connection, since: dt.date, before: dt.date) -> dict[str, int]:
        """Votes against each entry in some days, the most first."""
        said = (votes.c.up.is_(False), votes.c.day >= since, votes.c.day < before)
        count = sa.func.count().label("votes")
        query = sa.select(votes.c.entry, count).where(*said).group_by(votes.c.entry)
        rows = db.execute(query.order_by(count.desc(), votes.c.entry))
        return dict(rows.all())

    @transaction
    def votes_of(self, db: Connection, person: int) -> dict[str, bool]:
        """The votes of a person, by entry."""
        query = sa.select(votes.c.entry, votes.c.up).where(votes.c.person == person)
        return dict(db.execute(query.order_by(votes.c.day, votes.c.entry)).all())

    # Earlier knowledge bases

    @transaction
    def keep(self, db: Connection, files: bytes, now: dt.datetime) -> int:
        """Keep a knowledge base, and delete all but the last `SNAPSHOTS`. Returns its number."""
        taken = sa.insert(snapshots).values(taken=now, files=files).returning(snapshots.c.id)
        number = db.execute(taken).scalar_one()
        newest = sa.select(snapshots.c.id).order_by(snapshots.c.id.desc()).limit(SNAPSHOTS)
        db.execute(sa.delete(snapshots).where(snapshots.c.id.not_in(newest)))
        return int(number)

    @transaction
    def kept(
        self, db: Connection, before: int | None = None
    ) -> tuple[int, bytes, dt.datetime] | None:
        """The newest knowledge base (before a number): its number, its files, when it was kept."""
        of = snapshots.c
        query = sa.select(of.id, of.files, of.taken).order_by(of.id.desc()).limit(1)
        if before is not None:
            query = query.where(of.id < before)
        row = db.execute(query).one_or_none()
        return tuple(row) if row else None

    @transaction
    def drop_after(self, db: Connection, snapshot: int) -> None:
        """Delete the knowledge bases that were kept after one."""
        db.execute(sa.delete(snapshots).where(snapshots.c.id > snapshot))

    # Marks

    @transaction
    def mark(self, db: Connection, name: str) -> str | None:
        query = sa.select(marks.c.value).where(marks.c.name == name)
        return db.execute(query).scalar_one_or_none()

    @transaction
    def set_mark(self, db: Connection, name: str, value: str) -> None:
        put(db, marks, {"name": name}, {"value": value})


def _keep(db: Connection, day: dt.date, text: str, outcome: str) -> None:
    """Write a question down under a random number."""
    number = 1 + randbelow(LARGEST_NUMBER)
    while db.scalar(sa.select(questions.c.id).where(questions.c.id == number)):
        number = 1 + randbelow(LARGEST_NUMBER)
    row = {"id": number, "day": day, "text": text, "outcome": outcome}
    db.execute(sa.insert(questions).values(row))


def _is_first(db: Connection, question: int | None) -> bool:
    """True if nobody has dealt with a question. It is deleted, so that nobody else is first."""
    if question is None:
        return True
    return db.execute(sa.delete(questions).where(questions.c.id == question)).rowcount == 1


def _settle(db: Connection, dealt_with: Collection[int]) -> None:
    # One by one, because a statement takes only so many numbers.
    for number in dealt_with:
        db.execute(sa.delete(questions).where(questions.c.id == number))


def _lesson(row: sa.Row[Any]) -> Lesson:
    return Lesson(row.id, Kind(row.kind), row.target, row.phrasing, row.day)
