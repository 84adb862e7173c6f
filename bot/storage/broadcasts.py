"""SQL of broadcasts: what operators send to all subscribers, who gets it, how far it is."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from bot.storage.database import Database, transaction
from bot.storage.tables import broadcasts, deliveries, subscribers
from bot.subscriptions.delivery import Broadcast, Delivery, Progress, Stage, Standing
from bot.subscriptions.subscriber import State

UNDER_WAY = (Stage.RUNNING, Stage.CANCELLED, Stage.LOST)
"""Broadcasts of which something may still be on its way."""
LASTS = dt.timedelta(hours=24)
"""After that a broadcast is no news any more: what was not sent is not sent."""


@dataclass(frozen=True, slots=True)
class Broadcasts:
    """Each method is one transaction."""

    database: Database

    @transaction
    def draft(
        self,
        connection: Connection,
        chat: int,
        message: int | None,
        text: str | None,
        now: dt.datetime,
    ) -> int:
        """Keep what an operator may send: a copy of a message, or a text. Its number."""
        row = {"created": now, "state": Stage.DRAFT, "chat_id": chat, "message_id": message}
        drafted = insert(broadcasts).values(text=text, **row).returning(broadcasts.c.id)
        return int(connection.execute(drafted).scalar_one())

    @transaction
    def discard(self, connection: Connection, broadcast: int, chat: int) -> bool:
        """Delete a draft of this chat; False where it is none."""
        return connection.execute(delete(broadcasts).where(_draft(broadcast, chat))).rowcount > 0

    @transaction
    def receivers(self, connection: Connection, now: dt.datetime, only: int | None = None) -> int:
        """How many people would get a broadcast now; or whether one chat would."""
        query = select(func.count()).select_from(subscribers).where(_wanted(now, only))
        return connection.execute(query).scalar_one()

    @transaction
    def start(
        self,
        connection: Connection,
        broadcast: int,
        chat: int,
        board: int,
        now: dt.datetime,
        only: int | None = None,
    ) -> bool:
        """Make a draft of this chat due to everybody; False where it is none, or is no more."""
        running = update(broadcasts).where(_draft(broadcast, chat))
        started = running.values(state=Stage.RUNNING, board_id=board)
        if not connection.execute(started).rowcount:
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
        values = (literal(value, deliveries.c[name].type) for name, value in row.items())
        everybody = select(subscribers.c.chat_id, *values).where(_wanted(now, only))
        connection.execute(insert(deliveries).from_select(["chat_id", *row], everybody))
        return True

    @transaction
    def stop(
        self,
        connection: Connection,
        broadcast: int,
        stage: Stage,
        now: dt.datetime,
        chat: int | None = None,
    ) -> bool:
        """Send nothing more of it; False where it does not run, or is not this chat's."""
        running = update(broadcasts).where(
            broadcasts.c.id == broadcast, broadcasts.c.state == Stage.RUNNING
        )
        if chat is not None:
            running = running.where(broadcasts.c.chat_id == chat)
        if not connection.execute(running.values(state=stage)).rowcount:
            return False
        _give_up(connection, broadcast, now)
        return True

    @transaction
    def settle(self, connection: Connection, broadcast: int, now: dt.datetime) -> None:
        """Of a broadcast that was stopped: try nothing again that was on its way then."""
        _give_up(connection, broadcast, now)

    @transaction
    def close(self, connection: Connection, broadcast: int) -> None:
        """It is over, and its text is not needed any more."""
        ended = update(broadcasts).where(broadcasts.c.id == broadcast)
        connection.execute(ended.values(state=Stage.OVER, text=None))

    @transaction
    def get(self, connection: Connection, broadcast: int) -> Broadcast | None:
        query = select(broadcasts).where(broadcasts.c.id == broadcast)
        row = connection.execute(query).one_or_none()
        return _broadcast(row) if row else None

    @transaction
    def under_way(self, connection: Connection, only: int | None = None) -> list[Broadcast]:
        """What is being sent or has just been stopped, oldest first; or one chat's only."""
        return [_broadcast(row) for row in connection.execute(_in(only), _UNDER_WAY)]

    @transaction
    def due(
        self, connection: Connection, now: dt.datetime, most: int, only: int | None = None
    ) -> list[Delivery]:
        """What is to be sent now, of the oldest broadcast first; or to one chat only."""
        found: list[Delivery] = []
        query = RETRIES if only is None else RETRIES.where(deliveries.c.chat_id == only)
        for running in connection.execute(_in(only), _RUNNING).all():
            given = {"broadcast": running.id, "now": now, "most": most - len(found)}
            found += map(delivery, connection.execute(query, given))
        return found

    @transaction
    def standing(self, connection: Connection, broadcast: int) -> Standing:
        """How far it is."""
        its_own = deliveries.c.broadcast == broadcast
        still_open = select(func.count()).where(its_own, deliveries.c.retry_at.is_not(None))
        # Both read nothing but the index: this is done every few seconds.
        ended = (
            select(deliveries.c.state, func.count())
            .where(its_own, deliveries.c.retry_at.is_(None))
            .group_by(deliveries.c.state)
        )
        outcomes = {Progress(state): count for state, count in connection.execute(ended)}
        return Standing(connection.execute(still_open).scalar_one(), outcomes)

    @transaction
    def put_board(self, connection: Connection, broadcast: int, message: int) -> None:
        """Another message shows how far it is."""
        moved = update(broadcasts).where(broadcasts.c.id == broadcast)
        connection.execute(moved.values(board_id=message))

    @transaction
    def prune(self, connection: Connection, before: dt.datetime) -> None:
        """Delete drafts, and what is over, from before a moment."""
        connection.execute(_OLD, {"before": before})


# Prepared: to build a statement takes longer than to run it.
RETRIES = (
    select(deliveries)
    .where(
        deliveries.c.broadcast == bindparam("broadcast"),
        deliveries.c.retry_at <= bindparam("now"),
        deliveries.c.state != Progress.SENDING,
    )
    .order_by(deliveries.c.retry_at)
    .limit(bindparam("most"))
)
"""What is to be tried now, of one broadcast, or of all tips (0); the longest waiting first."""
_IN = (
    select(broadcasts)
    .where(broadcasts.c.state.in_(bindparam("stages", expanding=True)))
    .order_by(broadcasts.c.id)
)
_OLD = delete(broadcasts).where(
    broadcasts.c.created < bindparam("before"), broadcasts.c.state.not_in(UNDER_WAY)
)
_RUNNING, _UNDER_WAY = {"stages": [Stage.RUNNING]}, {"stages": UNDER_WAY}


def _draft(broadcast: int, chat: int) -> ColumnElement[bool]:
    """A draft that was made in this chat."""
    drafts = broadcasts.c
    return and_(drafts.id == broadcast, drafts.chat_id == chat, drafts.state == Stage.DRAFT)


def _wanted(now: dt.datetime, only: int | None) -> ColumnElement[bool]:
    """Subscribers who get tips now, or one of them: the rule of `storage._gets_tips`."""
    until = subscribers.c.paused_until
    wanted = and_(subscribers.c.state == State.ACTIVE, or_(until.is_(None), until <= now))
    return wanted if only is None else and_(wanted, subscribers.c.chat_id == only)


def _in(only: int | None) -> Select[Any]:
    return _IN if only is None else _IN.where(broadcasts.c.chat_id == only)


def _give_up(connection: Connection, broadcast: int, now: dt.datetime) -> None:
    waiting = update(deliveries).where(
        deliveries.c.broadcast == broadcast,
        deliveries.c.retry_at.is_not(None),
        deliveries.c.state != Progress.SENDING,
    )
    may_have_arrived = or_(deliveries.c.state == Progress.UNKNOWN, deliveries.c.lost > 0)
    state = case((may_have_arrived, Progress.UNKNOWN.value), else_=Progress.CANCELLED.value)
    connection.execute(waiting.values(state=state, changed=now, retry_at=None))


def delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        chat=row.chat_id,
        date=row.local_date,
        tip=row.tip,
        progress=Progress(row.state),
        lost=row.lost,
        until=row.until,
        broadcast=row.broadcast,
    )


def _broadcast(row: Row[Any]) -> Broadcast:
    return Broadcast(
        id=row.id,
        stage=Stage(row.state),
        chat=row.chat_id,
        message=row.message_id,
        text=row.text,
        board=row.board_id,
    )
