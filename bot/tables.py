"""What the database holds. A change here needs a migration of the same shape in `migrations`."""

import datetime as dt

from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    MetaData,
    SmallInteger,
    String,
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
    """The ledger: one row for each chat and local date."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("chat_id", "local_date"),
        # Otherwise the number of a deleted row is given to another, which a late outcome would hit.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(ROW_ID, primary_key=True)
    chat_id: Mapped[int] = mapped_column(
        ForeignKey("subscribers.chat_id", ondelete="CASCADE", onupdate="CASCADE")
    )
    local_date: Mapped[dt.date] = mapped_column(Date, index=True)
    tip: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    lost: Mapped[int] = mapped_column(SmallInteger)
    """Tries after which no answer came back."""
    until: Mapped[dt.datetime] = mapped_column(Moment)
    """When the local day is over, and with it the reason to send this."""
    changed: Mapped[dt.datetime] = mapped_column(Moment)
    retry_at: Mapped[dt.datetime | None] = mapped_column(Moment, index=True)
    """None where nothing is left to try."""


class SeenRow(Table):
    """A tip that a subscriber has seen in this round."""

    __tablename__ = "seen_tips"

    chat_id: Mapped[int] = mapped_column(
        ForeignKey("subscribers.chat_id", ondelete="CASCADE", onupdate="CASCADE"), primary_key=True
    )
    tip: Mapped[str] = mapped_column(String(64), primary_key=True)
