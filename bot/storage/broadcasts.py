"""SQL of broadcasts: what operators send to all subscribers, who gets it, how far it is."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import Connection

from bot.storage.database import Repository, transaction
from bot.storage.deliveries import to_try
from bot.storage.subscribers import gets_tips, is_one
from bot.storage.tables import broadcasts, deliveries, subscribers
from bot.subscriptions.delivery import UNDER_WAY, Broadcast, Delivery, Progress, Stage, Standing

LASTS = dt.timedelta(hours=24)
"""After that a broadcast is no news any more: what was not sent is not sent."""


_FIELDS = [broadcasts.c[n] for n in ("id", "state", "chat_id", "message_id", "text", "board_id")]
"""In the order of `Broadcast`."""


class Broadcasts(Repository):
    """Each method is one transaction."""

    @transaction
    def draft(
        self, db: Connection, chat: int, message: int | None, text: str | None, now: dt.datetime
    ) -> int:
        """Keep what an operator may send: a copy of a message, or a text. Its number."""
        row = {"chat_id": chat, "message_id": message, "text": text, "state": Stage.DRAFT}
        drafted = sa.insert(broadcasts).values(created=now, **row)
        return int(db.execute(drafted.returning(broadcasts.c.id)).scalar_one())

    @transaction
    def discard(self, db: Connection, broadcast: int, chat: int) -> bool:
        """Delete a draft of this chat; False where it is none."""
        drafted = _is(broadcast, Stage.DRAFT, chat)
        return db.execute(sa.delete(broadcasts).where(drafted)).rowcount > 0

    @transaction
    def receivers(self, db: Connection, now: dt.datetime, only: int | None = None) -> int:
        """How many people would get a broadcast now; or whether one chat would."""
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
        """Make a draft of this chat due to everybody; False where it is none, or is no more."""
        drafted = sa.update(broadcasts).where(_is(broadcast, Stage.DRAFT, chat))
        if not db.execute(drafted.values(state=Stage.RUNNING, board_id=board)).rowcount:
            return False
        row = {
            "local_date": now.astimezone(dt.UTC).date(),
            "tip": "",
            "state": Progress.DUE,
            "lost": 0,
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
        """Send nothing more of it; False where it does not run, or is not this chat's."""
        running = sa.update(broadcasts).where(_is(broadcast, Stage.RUNNING, chat))
        if not db.execute(running.values(state=stage)).rowcount:
            return False
        _give_up(db, broadcast, now)
        return True

    @transaction
    def settle(self, db: Connection, broadcast: int, now: dt.datetime) -> None:
        """Of a broadcast that was stopped: try nothing again that was on its way then."""
        _give_up(db, broadcast, now)

    @transaction
    def close(self, db: Connection, broadcast: int) -> None:
        """It is over, and its text is not needed any more."""
        ended = sa.update(broadcasts).where(broadcasts.c.id == broadcast)
        db.execute(ended.values(state=Stage.OVER, text=None))

    @transaction
    def get(self, db: Connection, broadcast: int) -> Broadcast | None:
        row = db.execute(sa.select(*_FIELDS).where(broadcasts.c.id == broadcast)).one_or_none()
        return Broadcast(*row) if row else None

    @transaction
    def under_way(self, db: Connection, only: int | None = None) -> list[Broadcast]:
        """What is being sent or has just been stopped, oldest first; or one chat's only."""
        query = sa.select(*_FIELDS).where(
            broadcasts.c.state.in_(UNDER_WAY), is_one(broadcasts, only)
        )
        return [Broadcast(*row) for row in db.execute(query.order_by(broadcasts.c.id))]

    @transaction
    def due(
        self, db: Connection, now: dt.datetime, most: int, only: int | None = None
    ) -> list[Delivery]:
        """What is to be sent now, of the oldest broadcast first; or to one chat only."""
        found: list[Delivery] = []
        running = broadcasts.c.state == Stage.RUNNING, is_one(broadcasts, only)
        query = sa.select(broadcasts.c.id).where(*running).order_by(broadcasts.c.id)
        for broadcast in db.scalars(query).all():
            found += to_try(db, broadcast, now, most - len(found), only)
        return found

    @transaction
    def standing(self, db: Connection, broadcast: int) -> Standing:
        """How far it is."""
        # Both read nothing but the index: this is done every few seconds.
        of_it = sa.select(sa.func.count()).where(deliveries.c.broadcast == broadcast)
        still_open = db.execute(of_it.where(deliveries.c.retry_at.is_not(None))).scalar_one()
        state = deliveries.c.state
        ended = of_it.where(deliveries.c.retry_at.is_(None)).add_columns(state).group_by(state)
        return Standing(still_open, {outcome: count for count, outcome in db.execute(ended)})

    @transaction
    def put_board(self, db: Connection, broadcast: int, message: int) -> None:
        """Another message shows how far it is."""
        moved = sa.update(broadcasts).where(broadcasts.c.id == broadcast)
        db.execute(moved.values(board_id=message))

    @transaction
    def prune(self, db: Connection, before: dt.datetime) -> None:
        """Delete drafts, and what is over, from before a moment."""
        old = broadcasts.c.created < before, broadcasts.c.state.not_in(UNDER_WAY)
        db.execute(sa.delete(broadcasts).where(*old))


def _is(broadcast: int, stage: Stage, chat: int | None) -> sa.ColumnElement[bool]:
    """Has come so far, and was begun in this chat, or in any."""
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
