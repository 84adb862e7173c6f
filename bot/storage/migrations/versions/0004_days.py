"""Only the day of what is kept beside nobody, and of votes: moments tied questions to people."""

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LARGEST = 999_999_999

Row = dict[str, Any]


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # Nor may they stay in pages that are free by now.
        op.execute("PRAGMA secure_delete = ON")
    _anew("questions", _questions, _day_of("asked"), _numbers)
    last = _last_lesson()
    _anew("lessons", _lessons, _day_of("taught"))
    _count_on_from(last)
    _anew("votes", _votes, _day_of("at"))
    _anew("tallies", _tallies)


def _anew(
    name: str, make: Callable[[], sa.Table], *changes: Callable[[list[Row]], list[Row]]
) -> None:
    """The table as `make` makes it, with its rows changed; in no order that they came in."""
    connection = op.get_bind()
    old = sa.Table(name, sa.MetaData(), autoload_with=connection)
    rows = [dict(row) for row in connection.execute(sa.select(old)).mappings()]
    for change in changes:
        rows = change(rows)
    op.drop_table(name)
    new = make()
    if rows:
        connection.execute(sa.insert(new), rows)


def _last_lesson() -> int:
    """The last number that was given, were it to one that is gone by now."""
    connection = op.get_bind()
    last = "SELECT last_value FROM lessons_id_seq"
    if connection.dialect.name == "sqlite":
        last = "SELECT seq FROM sqlite_sequence WHERE name = 'lessons'"
    return int(connection.execute(sa.text(last)).scalar() or 0)


def _count_on_from(last: int) -> None:
    """A number that was given before would let an old button undo another lesson."""
    if not last:
        return
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        op.execute("DELETE FROM sqlite_sequence WHERE name = 'lessons'")
        on = "INSERT INTO sqlite_sequence (name, seq) VALUES ('lessons', :last)"
    else:
        on = "SELECT setval('lessons_id_seq', :last)"
    connection.execute(sa.text(on), {"last": last})


def _day_of(column: str) -> Callable[[list[Row]], list[Row]]:
    def changed(rows: list[Row]) -> list[Row]:
        return [{"day": _date(row.pop(column)), **row} for row in rows]

    return changed


def _date(moment: dt.datetime) -> dt.date:
    return moment.date()


def _numbers(rows: list[Row]) -> list[Row]:
    numbers = random.SystemRandom().sample(range(1, LARGEST), len(rows))
    return [{**row, "id": number} for row, number in zip(rows, numbers, strict=True)]


def _questions() -> sa.Table:
    made = op.create_table(
        "questions",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_questions"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_questions_day", "questions", ["day"])
    return made


def _lessons() -> sa.Table:
    return op.create_table(
        "lessons",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("target", sa.String(64), nullable=False),
        sa.Column("phrasing", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lessons"),
        sqlite_autoincrement=True,
    )


def _votes() -> sa.Table:
    made = op.create_table(
        "votes",
        sa.Column("person", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.String(64), nullable=False),
        sa.Column("up", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("person", "entry", name="pk_votes"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_votes_day", "votes", ["day"])
    return made


def _tallies() -> sa.Table:
    return op.create_table(
        "tallies",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "kind", "name", name="pk_tallies"),
        sqlite_with_rowid=False,
    )
