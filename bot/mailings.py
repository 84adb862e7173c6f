"""SQL of broadcasts: what operators send to all subscribers, who gets it, how far it is."""

import datetime as dt
from dataclasses import dataclass
from typing import cast

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker

from bot.delivery import Broadcast, Delivery, Progress, Stage, Standing
from bot.subscriber import State
from bot.tables import BroadcastRow, DeliveryRow, SubscriberRow

UNDER_WAY = (Stage.RUNNING, Stage.CANCELLED, Stage.LOST)
"""Broadcasts of which something may still be on its way."""
LASTS = dt.timedelta(hours=24)
"""After which a broadcast is no news any more, and what was not sent is not sent."""


@dataclass(frozen=True, slots=True)
class Mailings:
    """Each method is one transaction."""

    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]

    async def draft(
        self, chat: int, message: int | None, text: str | None, now: dt.datetime
    ) -> int:
        """Keep what an operator may send: a copy of a message, or a text. Its number."""
        row = BroadcastRow(
            created=now, state=Stage.DRAFT, chat_id=chat, message_id=message, text=text
        )
        async with self.sessions.begin() as session:
            session.add(row)
            await session.flush()
            return row.id

    async def discard(self, broadcast: int, chat: int) -> bool:
        """Delete a draft of this chat; False where it is none."""
        async with self.engine.begin() as connection:
            gone = delete(BroadcastRow).where(_draft(broadcast, chat))
            return (await connection.execute(gone)).rowcount > 0

    async def receivers(self, now: dt.datetime, only: int | None = None) -> int:
        """How many people would get a broadcast now; or whether one chat would."""
        query = select(func.count()).select_from(SubscriberRow).where(_wanted(now, only))
        async with self.sessions.begin() as session:
            return (await session.scalars(query)).one()

    async def start(
        self, broadcast: int, chat: int, board: int, now: dt.datetime, only: int | None = None
    ) -> bool:
        """Make a draft of this chat due to everybody; False where it is none, or is no more."""
        running = update(BroadcastRow).where(_draft(broadcast, chat))
        async with self.engine.begin() as connection:
            started = running.values(state=Stage.RUNNING, board_id=board)
            if not (await connection.execute(started)).rowcount:
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
            values = (literal(value, _ledger.c[name].type) for name, value in row.items())
            everybody = select(SubscriberRow.chat_id, *values).where(_wanted(now, only))
            due = insert(DeliveryRow).from_select(["chat_id", *row], everybody)
            await connection.execute(due)
            return True

    async def stop(
        self, broadcast: int, stage: Stage, now: dt.datetime, chat: int | None = None
    ) -> bool:
        """Send nothing more of it; False where it does not run, or is not this chat's."""
        running = update(BroadcastRow).where(
            BroadcastRow.id == broadcast, BroadcastRow.state == Stage.RUNNING
        )
        if chat is not None:
            running = running.where(BroadcastRow.chat_id == chat)
        async with self.engine.begin() as connection:
            if not (await connection.execute(running.values(state=stage))).rowcount:
                return False
            await _give_up(connection, broadcast, now)
            return True

    async def settle(self, broadcast: int, now: dt.datetime) -> None:
        """Of a broadcast that was stopped: try nothing again that was on its way then."""
        async with self.engine.begin() as connection:
            await _give_up(connection, broadcast, now)

    async def close(self, broadcast: int) -> None:
        """It is over, and its text is not needed any more."""
        async with self.engine.begin() as connection:
            ended = update(BroadcastRow).where(BroadcastRow.id == broadcast)
            await connection.execute(ended.values(state=Stage.OVER, text=None))

    async def get(self, broadcast: int) -> Broadcast | None:
        async with self.sessions.begin() as session:
            row = await session.get(BroadcastRow, broadcast)
            return _broadcast(row) if row else None

    async def under_way(self, only: int | None = None) -> list[Broadcast]:
        """What is being sent or has just been stopped, oldest first; or one chat's only."""
        async with self.sessions.begin() as session:
            rows = await session.scalars(_in(*UNDER_WAY, only=only))
            return [_broadcast(row) for row in rows]

    async def due(self, now: dt.datetime, most: int, only: int | None = None) -> list[Delivery]:
        """What is to be sent now, of the oldest broadcast first; or to one chat only."""
        found: list[Delivery] = []
        async with self.sessions.begin() as session:
            for running in await session.scalars(_in(Stage.RUNNING, only=only)):
                query = select(DeliveryRow).where(
                    DeliveryRow.broadcast == running.id,
                    DeliveryRow.retry_at <= now,
                    DeliveryRow.state != Progress.SENDING,
                )
                if only is not None:
                    query = query.where(DeliveryRow.chat_id == only)
                left = most - len(found)
                rows = await session.scalars(query.order_by(DeliveryRow.retry_at).limit(left))
                found += map(delivery, rows)
        return found

    async def standing(self, broadcast: int) -> Standing:
        """How far it is."""
        its_own = DeliveryRow.broadcast == broadcast
        still_open = select(func.count()).where(its_own, DeliveryRow.retry_at.is_not(None))
        # Both read nothing but the index: this is done every few seconds.
        ended = (
            select(DeliveryRow.state, func.count())
            .where(its_own, DeliveryRow.retry_at.is_(None))
            .group_by(DeliveryRow.state)
        )
        async with self.sessions.begin() as session:
            outcomes = {Progress(state): n for state, n in await session.execute(ended)}
            return Standing((await session.scalars(still_open)).one(), outcomes)

    async def put_board(self, broadcast: int, message: int) -> None:
        """Another message shows how far it is."""
        async with self.engine.begin() as connection:
            moved = update(BroadcastRow).where(BroadcastRow.id == broadcast)
            await connection.execute(moved.values(board_id=message))

    async def prune(self, before: dt.datetime) -> None:
        """Delete drafts, and what is over, from before a moment."""
        async with self.engine.begin() as connection:
            old = delete(BroadcastRow).where(BroadcastRow.created < before)
            await connection.execute(old.where(BroadcastRow.state.not_in(UNDER_WAY)))


_ledger = cast("Table", DeliveryRow.__table__)


def _draft(broadcast: int, chat: int) -> ColumnElement[bool]:
    """A draft that was made in this chat."""
    return and_(
        BroadcastRow.id == broadcast,
        BroadcastRow.chat_id == chat,
        BroadcastRow.state == Stage.DRAFT,
    )


def _wanted(now: dt.datetime, only: int | None) -> ColumnElement[bool]:
    """Subscribers who get tips now, or one of them: the rule of `storage._gets_tips`."""
    until = SubscriberRow.paused_until
    wanted = and_(SubscriberRow.state == State.ACTIVE, or_(until.is_(None), until <= now))
    return wanted if only is None else and_(wanted, SubscriberRow.chat_id == only)


def _in(*stages: Stage, only: int | None) -> Select[BroadcastRow]:
    query = select(BroadcastRow).where(BroadcastRow.state.in_(stages)).order_by(BroadcastRow.id)
    return query if only is None else query.where(BroadcastRow.chat_id == only)


async def _give_up(connection: AsyncConnection, broadcast: int, now: dt.datetime) -> None:
    waiting = update(DeliveryRow).where(
        DeliveryRow.broadcast == broadcast,
        DeliveryRow.retry_at.is_not(None),
        DeliveryRow.state != Progress.SENDING,
    )
    may_have_arrived = or_(DeliveryRow.state == Progress.UNKNOWN, DeliveryRow.lost > 0)
    state = case((may_have_arrived, Progress.UNKNOWN.value), else_=Progress.CANCELLED.value)
    await connection.execute(waiting.values(state=state, changed=now, retry_at=None))


def delivery(row: DeliveryRow) -> Delivery:
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


def _broadcast(row: BroadcastRow) -> Broadcast:
    return Broadcast(
        id=row.id,
        stage=Stage(row.state),
        chat=row.chat_id,
        message=row.message_id,
        text=row.text,
        board=row.board_id,
    )
