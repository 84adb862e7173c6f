"""All tables of the database. A change here needs an equal one in `migrations`."""

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa

from bot.subscriptions.delivery import Progress, Stage
from bot.subscriptions.subscriber import State

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Constraints need names, because SQLite changes them only by name."""

ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""SQLite numbers rows by itself only in an INTEGER column."""
TABLES = sa.MetaData(naming_convention=NAMES)

# Some tables below have `sqlite_with_rowid=False`. Otherwise SQLite numbers rows in the order in
# which they came, and the orders of two tables together could tell who did what.


class Moment(sa.TypeDecorator[dt.datetime]):
    """An aware moment, stored in UTC, because SQLite keeps no zones."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, _: sa.Dialect) -> dt.datetime | None:
        return value and value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, _: sa.Dialect) -> dt.datetime | None:
        return value and value.replace(tzinfo=dt.UTC)


def _one_of(names: type[StrEnum]) -> sa.Enum:
    return sa.Enum(names, native_enum=False, length=16, values_callable=list)


def _subscriber() -> sa.ForeignKey:
    """A reference to a chat: the row is deleted, or gets a new id, together with the chat."""
    return sa.ForeignKey("subscribers.chat_id", ondelete="CASCADE", onupdate="CASCADE")


subscribers = sa.Table(
    "subscribers",
    TABLES,
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Time, nullable=False),
    sa.Column("zone", sa.String(64), nullable=False),
    # Monday is 1, Tuesday 2, Wednesday 4 and so on.
    sa.Column("days", sa.SmallInteger, nullable=False),
    sa.Column("state", _one_of(State), nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("next_at", Moment, index=True),
    # The local date that `next_at` stands for.
    sa.Column("next_date", sa.Date),
    sa.Column("last_date", sa.Date),
    sa.Column("paused_until", Moment),
    sa.Column("round", sa.Integer, nullable=False),
    # The topic of a forum; None for its General topic, and in other chats.
    sa.Column("thread_id", sa.BigInteger),
)
"""Chats and their wishes for tips."""

deliveries = sa.Table(
    "deliveries",
    TABLES,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("chat_id", _subscriber(), nullable=False),
    sa.Column("local_date", sa.Date, nullable=False, index=True),
    # Empty for a broadcast.
    sa.Column("tip", sa.String(64), nullable=False),
    sa.Column("state", _one_of(Progress), nullable=False),
    # Tries after which no answer came back.
    sa.Column("lost", sa.SmallInteger, nullable=False, default=0),
    # The end of the local day, after which this makes no sense.
    sa.Column("until", Moment, nullable=False),
    sa.Column("changed", Moment, nullable=False),
    # None if there is nothing left to try.
    sa.Column("retry_at", Moment),
    # 0 for a tip.
    sa.Column("broadcast", sa.Integer, nullable=False, server_default="0"),
    sa.UniqueConstraint("chat_id", "local_date", "broadcast"),
    # For next tries of tips or of one broadcast, and for the progress of a broadcast.
    sa.Index(None, "broadcast", "retry_at", "state"),
    # Numbers of deleted rows are not used again, or a late outcome would hit the wrong row.
    sqlite_autoincrement=True,
)
"""The ledger: one row for each chat and local date, and for each broadcast."""

seen_tips = sa.Table(
    "seen_tips",
    TABLES,
    sa.Column("chat_id", _subscriber(), primary_key=True),
    sa.Column("tip", sa.String(64), primary_key=True),
)
"""Tips that a subscriber has seen in this round."""

broadcasts = sa.Table(
    "broadcasts",
    TABLES,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("created", Moment, nullable=False),
    sa.Column("state", _one_of(Stage), nullable=False, index=True),
    # The operator's chat.
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    # The message there that is copied; None for a text.
    sa.Column("message_id", sa.BigInteger),
    # Telegram HTML; None for a copy.
    sa.Column("text", sa.Text),
    # The message that shows the progress.
    sa.Column("board_id", sa.BigInteger),
    sqlite_autoincrement=True,
)
"""Messages from an operator to all subscribers."""

questions = sa.Table(
    "questions",
    TABLES,
    # Random: counted up, the numbers would say in which order people asked.
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("day", sa.Date, nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False),
    sqlite_with_rowid=False,
)
"""Questions without an answer; nothing says who asked them, or at what time of the day."""

lessons = sa.Table(
    "lessons",
    TABLES,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    # The id of the entry or limit; empty for questions to be ignored.
    sa.Column("target", sa.String(64), nullable=False),
    sa.Column("phrasing", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
"""Phrasings that operators taught."""

votes = sa.Table(
    "votes",
    TABLES,
    sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("entry", sa.String(64), primary_key=True),
    sa.Column("up", sa.Boolean, nullable=False),
    sa.Column("day", sa.Date, nullable=False, index=True),
    sqlite_with_rowid=False,
)
"""Votes of people about entries. No exact time is kept: it could tie a vote to a question."""

tallies = sa.Table(
    "tallies",
    TABLES,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""Counts of things that happened on a day."""

updates = sa.Table(
    "updates",
    TABLES,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    # The suspicion that it kills the process: see `bot_api/receipt.py`.
    sa.Column("suspicion", sa.SmallInteger, nullable=False),
    sa.Column("done", sa.Boolean, nullable=False),
)
"""Updates that Telegram may hand out again, by its own numbers, which say nothing of anybody."""

snapshots = sa.Table(
    "snapshots",
    TABLES,
    sa.Column("id", ROW_ID, primary_key=True),
    sa.Column("taken", Moment, nullable=False),
    sa.Column("files", sa.LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
"""The files of knowledge bases that were in use."""

marks = sa.Table(
    "marks",
    TABLES,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.String(64), nullable=False),
)
"""Small notes that outlive a restart."""
