"""What the database holds. A change here needs a migration of the same shape in `migrations`."""

import datetime as dt

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    Time,
    TypeDecorator,
    UniqueConstraint,
)

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""SQLite changes a constraint only by its name."""

ROW_ID = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in an INTEGER."""
TABLES = MetaData(naming_convention=NAMES)


# `sqlite_with_rowid=False`, below: SQLite numbers the rows of other tables in the order in which
# they came, and two such orders side by side would tell who did what.


class Moment(TypeDecorator[dt.datetime]):
    """An aware moment, stored in UTC; SQLite keeps no zones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, _: Dialect) -> dt.datetime | None:
        return value and value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, _: Dialect) -> dt.datetime | None:
        return value and value.replace(tzinfo=dt.UTC)


def _subscriber() -> ForeignKey:
    """What belongs to a chat goes, and moves, with it."""
    return ForeignKey("subscribers.chat_id", ondelete="CASCADE", onupdate="CASCADE")


subscribers = Table(
    "subscribers",
    TABLES,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Time, nullable=False),
    Column("zone", String(64), nullable=False),
    # Monday is 1, Tuesday 2, Wednesday 4 and so on.
    Column("days", SmallInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("since", Moment, nullable=False),
    Column("next_at", Moment, index=True),
    # The local date that `next_at` stands for.
    Column("next_date", Date),
    Column("last_date", Date),
    Column("paused_until", Moment),
    Column("round", Integer, nullable=False),
)
"""Chats with their wishes."""

deliveries = Table(
    "deliveries",
    TABLES,
    Column("id", ROW_ID, primary_key=True),
    Column("chat_id", _subscriber(), nullable=False),
    Column("local_date", Date, nullable=False, index=True),
    # Empty for a broadcast.
    Column("tip", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    # Tries after which no answer came back.
    Column("lost", SmallInteger, nullable=False),
    # When the local day is over, and with it the reason to send this.
    Column("until", Moment, nullable=False),
    Column("changed", Moment, nullable=False),
    # None where nothing is left to try.
    Column("retry_at", Moment),
    # 0 for a tip.
    Column("broadcast", Integer, nullable=False, default=0, server_default="0"),
    UniqueConstraint("chat_id", "local_date", "broadcast"),
    # What is to be tried again, of tips alone or of one broadcast; and how far that one is.
    Index(None, "broadcast", "retry_at", "state"),
    # Otherwise the number of a deleted row is given to another, which a late outcome would hit.
    sqlite_autoincrement=True,
)
"""The ledger: one row for each chat and local date, and for each broadcast."""

seen_tips = Table(
    "seen_tips",
    TABLES,
    Column("chat_id", _subscriber(), primary_key=True),
    Column("tip", String(64), primary_key=True),
)
"""Tips that a subscriber has seen in this round."""

broadcasts = Table(
    "broadcasts",
    TABLES,
    Column("id", ROW_ID, primary_key=True),
    Column("created", Moment, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    # The operator's chat.
    Column("chat_id", BigInteger, nullable=False),
    # The message there that is copied; None for a text.
    Column("message_id", BigInteger),
    # Telegram HTML; None for a copy.
    Column("text", Text),
    # The message that shows how far it is.
    Column("board_id", BigInteger),
    sqlite_autoincrement=True,
)
"""Messages from an operator to all subscribers."""

questions = Table(
    "questions",
    TABLES,
    # Drawn by lot: in a row they would say in which order people asked.
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Date, nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("outcome", String(16), nullable=False),
    sqlite_with_rowid=False,
)
"""Questions that found no answer; nothing says who asked them, nor when on that day."""

lessons = Table(
    "lessons",
    TABLES,
    Column("id", ROW_ID, primary_key=True),
    Column("day", Date, nullable=False),
    Column("kind", String(16), nullable=False),
    # Id of the entry or limit; empty for what is ignored.
    Column("target", String(64), nullable=False),
    Column("phrasing", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""What operators taught."""

votes = Table(
    "votes",
    TABLES,
    Column("person", BigInteger, primary_key=True, autoincrement=False),
    Column("entry", String(64), primary_key=True),
    Column("up", Boolean, nullable=False),
    Column("day", Date, nullable=False, index=True),
    sqlite_with_rowid=False,
)
"""What people think of entries. It is written by them, so no moment may tie it to a question."""

tallies = Table(
    "tallies",
    TABLES,
    Column("day", Date, primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""How often something happened on a day."""

updates = Table(
    "updates",
    TABLES,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    # That the process dies of it: see `bot_api/receipt.py`.
    Column("suspicion", SmallInteger, nullable=False),
    Column("done", Boolean, nullable=False),
)
"""Updates that Telegram may hand out again: numbers of Telegram's, which say nothing of anybody."""

snapshots = Table(
    "snapshots",
    TABLES,
    Column("id", ROW_ID, primary_key=True),
    Column("taken", Moment, nullable=False),
    Column("files", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
"""The files of knowledge bases that were good."""

marks = Table(
    "marks",
    TABLES,
    Column("name", String(32), primary_key=True),
    Column("value", String(64), nullable=False),
)
"""Small things to be remembered over a restart."""
