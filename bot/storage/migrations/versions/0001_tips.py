"""Subscribers, the ledger of deliveries, and the tips that each has seen."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "subscribers",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Time(), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("next_at", sa.DateTime(), nullable=True),
        sa.Column("next_date", sa.Date(), nullable=True),
        sa.Column("last_date", sa.Date(), nullable=True),
        sa.Column("paused_until", sa.DateTime(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name="pk_subscribers"),
    )
    op.create_index("ix_subscribers_next_at", "subscribers", ["next_at"])
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("tip", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("lost", sa.SmallInteger(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("changed", sa.DateTime(), nullable=False),
        sa.Column("retry_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        _subscriber("deliveries"),
        sa.UniqueConstraint("chat_id", "local_date", name="uq_deliveries_chat_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deliveries_local_date", "deliveries", ["local_date"])
    op.create_index("ix_deliveries_retry_at", "deliveries", ["retry_at"])
    op.create_table(
        "seen_tips",
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("tip", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "tip", name="pk_seen_tips"),
        _subscriber("seen_tips"),
    )


def _subscriber(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["chat_id"],
        ["subscribers.chat_id"],
        name=f"fk_{table}_chat_id_subscribers",
        ondelete="CASCADE",
        onupdate="CASCADE",
    )
