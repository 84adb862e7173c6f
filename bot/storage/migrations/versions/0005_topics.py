"""The topic of a forum in which a subscription was made."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("subscribers", sa.Column("thread_id", sa.BigInteger(), nullable=True))
