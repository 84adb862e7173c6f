"""What the database holds. A change here needs a migration of the same shape in `migrations`."""

import datetime as dt

from sqlalchemy import (
    BigInteger,
    Boolean,
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
    Text,
    Time,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""SQLite changes a constraint only by its name."""

ROW_ID = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in an INTEGER."""


class Moment(TypeDecorator[dt.datetime]):
    """An aware moment, stored in UTC; SQLite keeps no zones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, _: Dialect) -> dt.datetime | None:
        return value and value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, _: Dialect) -> dt.datetime | None:
        return value and value.replace(tzinfo=dt.UTC)


class Table(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMES)


class SubscriberRow(Table):
    """A chat with its wishes."""

    __tablename__ = "subscribers"

    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[dt.time] = mapped_column(Time)
    zone: Mapped[str] = mapped_column(String(64))
    days: Mapped[int] = mapped_column(SmallInteger)
    """Monday is 1, Tuesday 2, Wednesday 4 and so on."""
    state: Mapped[str] = mapped_column(String(16))
    since: Mapped[dt.datetime] = mapped_column(Moment)
    next_at: Mapped[dt.datetime | None] = mapped_column(Moment, index=True)
    next_date: Mapped[dt.date | None] = mapped_column(Date)
    """The local date that `next_at` stands for."""
    last_date: Mapped[dt.date | None] = mapped_column(Date)
    paused_until: Mapped[dt.datetime | None] = mapped_column(Moment)
    round: Mapped[int] = mapped_column(Integer)


class DeliveryRow(Table):
    """The ledger: one row for each chat and local date, and for each broadcast."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("chat_id", "local_date", "broadcast"),
        # What is to be tried again, of tips alone or of one broadcast; and how far that one is.
        Index(None, "broadcast", "retry_at", "state"),
        # Otherwise the number of a deleted row is given to another, which a late outcome would hit.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(ROW_ID, primary_key=True)
    chat_id: Mapped[int] = mapped_column(
        ForeignKey("subscribers.chat_id", ondelete="CASCADE", onupdate="CASCADE")
    )
    local_date: Mapped[dt.date] = mapped_column(Date, index=True)
    tip: Mapped[str] = mapped_column(String(64))
    """Empty for a broadcast."""
    state: Mapped[str] = mapped_column(String(16))
    lost: Mapped[int] = mapped_column(SmallInteger)
    """Tries after which no answer came back."""
    until: Mapped[dt.datetime] = mapped_column(Moment)
    """When the local day is over, and with it the reason to send this."""
    changed: Mapped[dt.datetime] = mapped_column(Moment)
    retry_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    """None where nothing is left to try."""
    broadcast: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """0 for a tip."""


class SeenRow(Table):
    """A tip that a subscriber has seen in this round."""

    __tablename__ = "seen_tips"

    chat_id: Mapped[int] = mapped_column(
        ForeignKey("subscribers.chat_id", ondelete="CASCADE", onupdate="CASCADE"), primary_key=True
    )
    tip: Mapped[str] = mapped_column(String(64), primary_key=True)


class BroadcastRow(Table):
    """A message from an operator to all subscribers."""

    __tablename__ = "broadcasts"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(ROW_ID, primary_key=True)
    created: Mapped[dt.datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(16), index=True)
    chat_id: Mapped[int] = mapped_column(BigInteger)
    """The operator's chat."""
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    """The message there that is copied; None for a text."""
    text: Mapped[str | None] = mapped_column(Text)
    """Telegram HTML; None for a copy."""
    board_id: Mapped[int | None] = mapped_column(BigInteger)
    """The message that shows how far it is."""


class QuestionRow(Table):
    """A question that found no answer; nothing says who asked it."""

    __tablename__ = "questions"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(ROW_ID, primary_key=True)
    asked: Mapped[dt.datetime] = mapped_column(Moment, index=True)
    text: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(16))


class LessonRow(Table):
    """What an operator taught."""

    __tablename__ = "lessons"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(ROW_ID, primary_key=True)
    taught: Mapped[dt.datetime] = mapped_column(Moment)
    kind: Mapped[str] = mapped_column(String(16))
    target: Mapped[str] = mapped_column(String(64))
    """Id of the entry or limit; empty for what is ignored."""
    phrasing: Mapped[str] = mapped_column(Text)


class VoteRow(Table):
    """What a person thinks of an entry."""

    __tablename__ = "votes"

    person: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry: Mapped[str] = mapped_column(String(64), primary_key=True)
    up: Mapped[bool] = mapped_column(Boolean)
    at: Mapped[dt.datetime] = mapped_column(Moment, index=True)


class TallyRow(Table):
    """How often something happened on a day."""

    __tablename__ = "tallies"

    day: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class SnapshotRow(Table):
    """The files of a knowledge base that was good."""

    __tablename__ = "snapshots"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(ROW_ID, primary_key=True)
    taken: Mapped[dt.datetime] = mapped_column(Moment)
    files: Mapped[bytes] = mapped_column(LargeBinary)


class MarkRow(Table):
    """A small thing to be remembered over a restart."""

    __tablename__ = "marks"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(64))
