"""SQL of broadcasts: messages of operators, their receivers and their progress."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import Connection

from bot.storage.database import Repository, transaction
from bot.storage.deliveries import to_try
from bot.storage.subscribers import gets_tips, is_one
from bot.storage.tables import broadcasts, deliveries, subscribers
from bot.subscriptions.delivery import UNDER_WAY, Broadcast, Delivery, Progress, Stage, Standing

LASTS = dt.timedelta(hours=24)
"""A broadcast is sent no longer than this: after that it is no news any more."""

_FIELDS = [broadcasts.c[n] for n in ("id", "state", "chat_id", "message_id", "text", "board_id")]
"""The fields of `Broadcast`, in its order."""


class Broadcasts(Repository):
    """Each method is one transaction."""

    @transaction
    def draft(
        self, db: Connection, chat: int, message: int | None, text: str | None, now: dt.datetime
    ) -> int:
        """Keep a draft: the message to be copied, or a text. Returns the number of the draft."""
        row = {"chat_id": chat, "message_id": message, "text": text, "state": Stage.DRAFT}
        drafted = sa.insert(broadcasts).values(created=now, **row)
        return int(db.execute(drafted.returning(broadcasts.c.id)).scalar_one())

    @transaction
    def discard(self, db: Connection, broadcast: int, chat: int) -> bool:
        """Delete a draft of this chat. Returns False if there is no such draft."""
        drafted = _is(broadcast, Stage.DRAFT, chat)
        return db.execute(sa.delete(broadcasts).where(drafted)).rowcount > 0

    @transaction
    def receivers(self, db: Connection, now: dt.datetime, only: int | None = None) -> int:
        """The number of chats that would get a broadcast now; with `only`, 1 or 0."""
        return db.execute(sa.select(sa.func.count()).where(gets_tips(now, only))).scalar_one()

    @transaction
    def start(
        self,
        db: Connection,
        broadcast: int,
        chat: int,
        board: int,
        now: dt.datetime,
        only: int | None = None,
    ) -> bool:
        """Make a draft of this chat due to everybody. Returns False if there is no such draft."""
        drafted = sa.update(broadcasts).where(_is(broadcast, Stage.DRAFT, chat))
        if not db.execute(drafted.values(state=Stage.RUNNING, board_id=board)).rowcount:
            return False
        row = {
            "local_date": now.astimezone(dt.UTC).date(),
            "tip": "",
            "state": Progress.DUE,
            "until": now + LASTS,
            "changed": now,
            "retry_at": now,
            "broadcast": broadcast,
        }
        values = (sa.literal(value, deliveries.c[name].type) for name, value in row.items())
        everybody = sa.select(subscribers.c.chat_id, *values).where(gets_tips(now, only))
        db.execute(sa.insert(deliveries).from_select(["chat_id", *row], everybody))
        return True

    @transaction
    def stop(
        self,
        db: Connection,
        broadcast: int,
        stage: Stage,
        now: dt.datetime,
        chat: int | None = None,
    ) -> bool:
        """Send no more of a broadcast. Returns False if none runs, or it is not this chat's."""
        running = sa.update(broadcasts).where(_is(broadcast, Stage.RUNNING, chat))
        if not db.execute(running.values(state=stage)).rowcount:
            return False
        _give_up(db, broadcast, now)
        return True

    @transaction
    def settle(self, db: Connection, broadcast: int, now: dt.datetime) -> None:
        """Give up messages that were on their way when the broadcast was stopped."""
        _give_up(db, broadcast, now)

    @transaction
    def close(self, db: Connection, broadcast: int) -> None:
        """Mark a broadcast as over, and delete its text."""
        ended = sa.update(broadcasts).where(broadcasts.c.id == broadcast)
        db.execute(ended.values(state=Stage.OVER, text=None))

    @transaction
    def get(self, db: Connection, broadcast: int) -> Broadcast | None:
        row = db.execute(sa.select(*_FIELDS).where(broadcasts.c.id == broadcast)).one_or_none()
        return Broadcast(*row) if row else None

    @transaction
    def under_way(self, db: Connection, only: int | None = None) -> list[Broadcast]:
        """Broadcasts being sent or just stopped, oldest first; with `only`, those of one chat."""
        query = sa.select(*_FIELDS).where(
            broadcasts.c.state.in_(UNDER_WAY), is_one(broadcasts, only)
        )
        return [Broadcast(*row) for row in db.execute(query.order_by(broadcasts.c.id))]

    @transaction
    def due(
        self, db: Connection, now: dt.datetime, most: int, only: int | None = None
    ) -> list[Delivery]:
        """Deliveries to be sent now, of the oldest broadcast first; with `only`, to one chat."""
        found: list[Delivery] = []
        running = broadcasts.c.state == Stage.RUNNING, is_one(broadcasts, only)
        query = sa.select(broadcasts.c.id).where(*running).order_by(broadcasts.c.id)
        for broadcast in db.scalars(query).all():
            found += to_try(db, broadcast, now, most - len(found), only)
        return found

    @transaction
    def standing(self, db: Connection, broadcast: int) -> Standing:
        """The progress of a broadcast."""
        # Both queries read only the index, because they run every few seconds.
        of_it = sa.select(sa.func.count()).where(deliveries.c.broadcast == broadcast)
        still_open = db.execute(of_it.where(deliveries.c.retry_at.is_not(None))).scalar_one()
        state = deliveries.c.state
        ended = of_it.where(deliveries.c.retry_at.is_(None)).add_columns(state).group_by(state)
        return Standing(still_open, {outcome: count for count, outcome in db.execute(ended)})

    @transaction
    def put_board(self, db: Connection, broadcast: int, message: int) -> None:
        """Remember another message as the board of a broadcast."""
        moved = sa.update(broadcasts).where(broadcasts.c.id == broadcast)
        db.execute(moved.values(board_id=message))

    @transaction
    def prune(self, db: Connection, before: dt.datetime) -> None:
        """Delete drafts and finished broadcasts from before a moment."""
        old = broadcasts.c.created < before, broadcasts.c.state.not_in(UNDER_WAY)
        db.execute(sa.delete(broadcasts).where(*old))


def _is(broadcast: int, stage: Stage, chat: int | None) -> sa.ColumnElement[bool]:
    """The broadcast is at this stage, and belongs to this chat; with None, to any."""
    its_own = broadcasts.c.id == broadcast, broadcasts.c.state == stage
    return sa.and_(*its_own, is_one(broadcasts, chat))


def _give_up(db: Connection, broadcast: int, now: dt.datetime) -> None:
    waiting = sa.update(deliveries).where(
        deliveries.c.broadcast == broadcast,
        deliveries.c.retry_at.is_not(None),
        deliveries.c.state != Progress.SENDING,
    )
    may_have_arrived = sa.or_(deliveries.c.state == Progress.UNKNOWN, deliveries.c.lost > 0)
    state = sa.case((may_have_arrived, Progress.UNKNOWN.value), else_=Progress.CANCELLED.value)
    db.execute(waiting.values(state=state, changed=now, retry_at=None))
