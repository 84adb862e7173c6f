"""SQL of subscribers, the ledger, and the tips that were seen."""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy import (
    CursorResult,
    Delete,
    Table,
    Update,
    bindparam,
    delete,
    exists,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker

from bot import database
from bot.delivery import Delivery, Progress
from bot.mailings import LASTS, UNDER_WAY, Mailings
from bot.mailings import delivery as _delivery
from bot.records import Records
from bot.schedule import Schedule, Slot
from bot.subscriber import State, Subscriber
from bot.tables import BroadcastRow, DeliveryRow, SeenRow, SubscriberRow, VoteRow

PRUNED_AT_ONCE = 1_000
FAR_AHEAD = dt.timedelta(days=2)
"""No zone is so far ahead of another."""
_SHOWN = {Progress.SENT, Progress.UNKNOWN, Progress.FAILED}
"""What was refused does not come back either: another tip may be taken."""

Choose = Callable[[Collection[str], int], str | None]
"""From the tips that were seen and the round to the next tip; None when the round is over."""


@dataclass(frozen=True, slots=True)
class Storage:
    """Each method is one transaction."""

    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]

    @classmethod
    def open(cls, url: str) -> "Storage":
        """See `database.connect` for what it raises."""
        engine = database.connect(url)
        return cls(engine, async_sessionmaker(engine, expire_on_commit=False))

    @property
    def records(self) -> Records:
        """What is stored beside subscribers."""
        return Records(self.engine, self.sessions)

    @property
    def mailings(self) -> Mailings:
        """What operators send to all subscribers."""
        return Mailings(self.engine, self.sessions)

    async def close(self) -> None:
        await self.engine.dispose()

    async def subscriber(self, chat: int) -> Subscriber | None:
        async with self.sessions.begin() as session:
            row = await session.get(SubscriberRow, chat)
            return _subscriber(row) if row else None

    async def change(
        self, chat: int, how: Callable[[Subscriber | None], Subscriber | None]
    ) -> Subscriber | None:
        """Read, change and write a subscriber at once, so that no tip comes in between.

        `how` gets None for a chat that is not known, and returns None to leave it as it is.
        """
        async with self.sessions.begin() as session:
            row = await session.get(SubscriberRow, chat)
            before = _subscriber(row) if row else None
            after = how(before)
            if after is None:
                return before
            await session.merge(SubscriberRow(chat_id=chat, **_columns(after)))
            return after

    async def forget(self, chat: int) -> bool:
        """Delete all that is stored about a chat, from the file as well; False for nothing.

        A private chat has the number of its person, so that their votes go with it.
        """
        async with self.sessions.begin() as session:
            gone = [
                await _changed(session, delete(SubscriberRow).where(SubscriberRow.chat_id == chat)),
                await _changed(session, delete(VoteRow).where(VoteRow.person == chat)),
            ]
            # What an operator is still sending goes on; it is deleted later (`Mailings.prune`).
            sent = delete(BroadcastRow).where(BroadcastRow.chat_id == chat)
            await _execute(session, sent.where(BroadcastRow.state.not_in(UNDER_WAY)))
        await database.wipe(self.engine)
        return any(gone)

    async def end(self, chat: int, state: State) -> None:
        """No tips any more, for a reason that lies with the chat."""
        columns = {"state": state, "next_at": None, "next_date": None, "paused_until": None}
        async with self.sessions.begin() as session:
            await session.execute(
                update(SubscriberRow).where(SubscriberRow.chat_id == chat).values(**columns)
            )

    async def follow(self, old: int, new: int) -> None:
        """A group has another id by now."""
        async with self.sessions.begin() as session:
            if await session.get(SubscriberRow, new):
                await _execute(session, _handed_over(old, new))
                await session.execute(delete(SubscriberRow).where(SubscriberRow.chat_id == old))
            else:
                moved = update(SubscriberRow).where(SubscriberRow.chat_id == old)
                await session.execute(moved.values(chat_id=new))

    async def due(self, now: dt.datetime, most: int, only: int | None = None) -> list[Subscriber]:
        """Subscribers whose next tip has come, the longest waiting first; or one chat only."""
        query = select(SubscriberRow).where(SubscriberRow.next_at <= now)
        if only is not None:
            query = query.where(SubscriberRow.chat_id == only)
        async with self.sessions.begin() as session:
            rows = await session.scalars(query.order_by(SubscriberRow.next_at).limit(most))
            return [_subscriber(row) for row in rows]

    async def advance(self, before: Subscriber, after: Subscriber) -> bool:
        """Write what has become of a subscriber, unless they changed their mind meanwhile."""
        async with self.engine.begin() as connection:
            return await _advance(connection, before, after)

    async def claim(
        self, before: Subscriber, slot: Slot, choose: Choose, now: dt.datetime
    ) -> Delivery | None:
        """Take a slot into the ledger; None where it is there already or no longer wanted."""
        async with self.engine.begin() as connection:
            if not await _advance(connection, before, before.served(slot, now)):
                return None
            tip = await _next_tip(connection, before.chat, before.round, choose)
            if tip is None:
                return None
            until = before.schedule.midnight(slot.moment)
            row = (before.chat, slot.date, tip, Progress.SENDING, 0, until, now, now)
            # In one statement: this is done for every tip, and each costs a way to the thread.
            number = await connection.scalar(_INTO_LEDGER, dict(zip(_LEDGER, row, strict=True)))
            if number is None:
                return None
            return Delivery(number, before.chat, slot.date, tip, Progress.SENDING, 0, until)

    async def retries(self, now: dt.datetime, most: int, only: int | None = None) -> list[Delivery]:
        """Tips that are to be tried again, the longest waiting first; or one chat's only."""
        query = select(DeliveryRow).where(
            DeliveryRow.broadcast == 0,
            DeliveryRow.retry_at <= now,
            DeliveryRow.state != Progress.SENDING,
        )
        if only is not None:
            query = query.where(DeliveryRow.chat_id == only)
        async with self.sessions.begin() as session:
            rows = await session.scalars(query.order_by(DeliveryRow.retry_at).limit(most))
            return [_delivery(row) for row in rows]

    async def claim_again(self, delivery: Delivery, now: dt.datetime) -> Delivery | None:
        """Take a delivery up once more; None where it is no longer wanted, or too late."""
        async with self.engine.begin() as connection:
            taken = await connection.execute(_TAKEN_UP, {"number": delivery.id, "now": now})
            if row := taken.one_or_none():
                # The group may have moved, and another tip been taken for it.
                return replace(delivery, chat=row.chat_id, tip=row.tip, progress=Progress.SENDING)
        await self._give_up(delivery, now)
        return None

    async def _give_up(self, delivery: Delivery, now: dt.datetime) -> None:
        """What was not taken up is not tried again, unless somebody else does right now."""
        async with self.sessions.begin() as session:
            row = await session.get(DeliveryRow, delivery.id)
            if row is None or row.retry_at is None or row.state == Progress.SENDING:
                return
            row.changed, row.retry_at = now, None
            if row.state == Progress.UNKNOWN and not row.broadcast:
                await session.merge(SeenRow(chat_id=row.chat_id, tip=row.tip))
            row.state = _given_up(row, now)

    async def exchange(self, delivery: Delivery, choose: Choose) -> Delivery | None:
        """Another tip for a delivery whose own has left the knowledge base; None if forgotten."""
        async with self.sessions.begin() as session:
            row = await session.get(DeliveryRow, delivery.id)
            if row is None:
                return None
            subscriber = await session.get_one(SubscriberRow, row.chat_id)
            connection = await session.connection()
            row.tip = await _next_tip(connection, row.chat_id, subscriber.round, choose) or row.tip
            return _delivery(row)

    async def finish(
        self,
        delivery: Delivery,
        progress: Progress,
        now: dt.datetime,
        retry_at: dt.datetime | None = None,
    ) -> None:
        """Write how a try came out, and when to try again if that makes sense."""
        columns: dict[str, Any] = {"state": progress, "changed": now, "retry_at": retry_at}
        if progress is Progress.UNKNOWN:
            columns["lost"] = delivery.lost + 1
        async with self.engine.begin() as connection:
            await connection.execute(_TRIED, {"number": delivery.id, **columns})
            if progress in _SHOWN and not delivery.broadcast:
                await connection.execute(_SEEN_NOW, {"number": delivery.id, "shown": delivery.tip})

    async def interrupted(self, now: dt.datetime, only: int | None = None) -> int:
        """What was on its way when the process died: try again. Returns how many."""
        # Nobody knows whether it arrived; that is no fault of the network, so it does not count.
        under_way = select(BroadcastRow.id).where(BroadcastRow.state.in_(UNDER_WAY))
        cut = update(DeliveryRow).where(
            DeliveryRow.broadcast.in_(under_way.union_all(select(literal(0)))),
            DeliveryRow.retry_at.is_not(None),
            DeliveryRow.state == Progress.SENDING,
        )
        if only is not None:
            cut = cut.where(DeliveryRow.chat_id == only)
        columns = {"state": Progress.UNKNOWN, "retry_at": now}
        async with self.sessions.begin() as session:
            return (await _execute(session, cut.values(**columns))).rowcount

    async def draw(self, chat: int, choose: Choose) -> str | None:
        """The next tip of a subscriber, seen from now on; None for others, or without tips."""
        async with self.sessions.begin() as session:
            row = await session.get(SubscriberRow, chat)
            connection = await session.connection()
            tip = await _next_tip(connection, chat, row.round, choose) if row else None
            if tip is not None:
                await session.merge(SeenRow(chat_id=chat, tip=tip))
            return tip

    async def seen(self, chat: int) -> list[str]:
        async with self.sessions.begin() as session:
            tips = await session.scalars(select(SeenRow.tip).where(SeenRow.chat_id == chat))
            return sorted(tips)

    async def ledger(self, chat: int) -> list[Delivery]:
        """What was sent to a chat, or tried, oldest first."""
        query = select(DeliveryRow).where(DeliveryRow.chat_id == chat)
        async with self.sessions.begin() as session:
            rows = await session.scalars(query.order_by(DeliveryRow.local_date, DeliveryRow.id))
            return [_delivery(row) for row in rows]

    async def come_back_to(self, today: dt.date, now: dt.datetime) -> int:
        """Undo what a clock that was far ahead has written. Returns how many it silenced."""
        ahead = today + FAR_AHEAD
        silenced = update(SubscriberRow).where(SubscriberRow.last_date > ahead)
        # So long ago that nothing is sent for it, and the right moment is found anew.
        past = (now - 2 * FAR_AHEAD, today - 2 * FAR_AHEAD)
        columns = {"last_date": None, "next_at": past[0], "next_date": past[1]}
        async with self.sessions.begin() as session:
            written = DeliveryRow.local_date > ahead
            await _execute(session, delete(DeliveryRow).where(DeliveryRow.tip != "", written))
            # People still wait for a broadcast, whatever the clock showed when it began.
            begun = update(DeliveryRow).where(written)
            waiting = begun.where(DeliveryRow.retry_at.is_not(None))
            await _execute(session, waiting.values(retry_at=now, until=now + LASTS))
            await _execute(session, begun.values(local_date=today))
            active = silenced.where(SubscriberRow.state == State.ACTIVE).values(**columns)
            found = (await _execute(session, active)).rowcount
            await _execute(session, silenced.values(last_date=None))
            return found

    async def prune(self, before: dt.date) -> int:
        """Delete some deliveries that are older than a date. Returns how many."""
        old = select(DeliveryRow.id).where(DeliveryRow.local_date < before).limit(PRUNED_AT_ONCE)
        async with self.sessions.begin() as session:
            gone = delete(DeliveryRow).where(DeliveryRow.id.in_(old))
            return (await _execute(session, gone)).rowcount


_LEDGER = ("chat_id", "local_date", "tip", "state", "lost", "until", "changed", "retry_at")
_ledger = cast("Table", DeliveryRow.__table__)
_INTO_LEDGER = (
    insert(_ledger)
    .from_select(
        _LEDGER,
        select(*(bindparam(name, type_=_ledger.c[name].type) for name in _LEDGER)).where(
            ~exists().where(
                _ledger.c.chat_id == bindparam("chat_id"),
                _ledger.c.local_date == bindparam("local_date"),
                _ledger.c.broadcast == 0,
            )
        ),
    )
    .returning(_ledger.c.id)
)
"""A delivery, unless the ledger holds one for this chat and date."""
_SEEN_NOW = insert(cast("Table", SeenRow.__table__)).from_select(
    ("chat_id", "tip"),
    select(DeliveryRow.chat_id, bindparam("shown", type_=_ledger.c["tip"].type)).where(
        DeliveryRow.id == bindparam("number"),
        ~exists().where(SeenRow.chat_id == DeliveryRow.chat_id, SeenRow.tip == bindparam("shown")),
    ),
)
"""The tip of a delivery, unless it was seen or its subscriber is forgotten by now."""


async def _execute(session: AsyncSession, statement: Update | Delete) -> "CursorResult[Any]":
    statement = statement.execution_options(synchronize_session=False)
    return cast("CursorResult[Any]", await session.execute(statement))


async def _changed(session: AsyncSession, statement: Update | Delete) -> bool:
    return (await _execute(session, statement)).rowcount > 0


# What each tip needs is prepared here, and goes past the ORM: that halves the CPU time of it.
_ADVANCED = update(SubscriberRow).where(
    SubscriberRow.chat_id == bindparam("chat"),
    SubscriberRow.next_at.is_not_distinct_from(bindparam("was_due")),
    SubscriberRow.state == bindparam("was"),
    SubscriberRow.at == bindparam("was_at"),
    SubscriberRow.zone == bindparam("was_in"),
    SubscriberRow.days == bindparam("was_on"),
    SubscriberRow.paused_until.is_not_distinct_from(bindparam("was_paused")),
    SubscriberRow.round == bindparam("was_round"),
)
"""A subscriber, unless they changed their mind meanwhile."""
_TAKEN_UP = (
    update(DeliveryRow)
    .where(
        DeliveryRow.id == bindparam("number"),
        DeliveryRow.retry_at.is_not(None),
        DeliveryRow.state != Progress.SENDING,
        DeliveryRow.until > bindparam("now"),
        DeliveryRow.chat_id.in_(
            select(SubscriberRow.chat_id).where(
                SubscriberRow.chat_id == DeliveryRow.chat_id,
                SubscriberRow.state == State.ACTIVE,
                or_(
                    SubscriberRow.paused_until.is_(None),
                    SubscriberRow.paused_until <= bindparam("now"),
                ),
            )
        ),
    )
    .values(state=Progress.SENDING, changed=bindparam("now"))
    .returning(DeliveryRow.chat_id, DeliveryRow.tip)
)
"""A delivery that is still wanted, and on its way nowhere else."""
_TRIED = update(DeliveryRow).where(DeliveryRow.id == bindparam("number"))
_ON_ITS_WAY = select(DeliveryRow.tip).where(
    DeliveryRow.chat_id == bindparam("chat"),
    DeliveryRow.retry_at.is_not(None),
    DeliveryRow.tip != "",
)
_SEEN_BY = select(SeenRow.tip).where(SeenRow.chat_id == bindparam("chat")).union_all(_ON_ITS_WAY)
"""What is still on its way counts as seen, or it could come twice."""


async def _advance(connection: AsyncConnection, before: Subscriber, after: Subscriber) -> bool:
    was = {
        "chat": before.chat,
        "was_due": before.next and before.next.moment,
        "was": before.state,
        "was_at": before.schedule.at,
        "was_in": before.schedule.zone,
        "was_on": _mask(before.schedule),
        "was_paused": before.paused_until,
        "was_round": before.round,
    }
    return (await connection.execute(_ADVANCED, was | _columns(after))).rowcount > 0


async def _next_tip(
    connection: AsyncConnection, chat: int, turn: int, choose: Choose
) -> str | None:
    this = {"chat": chat}
    if tip := choose(list(await connection.scalars(_SEEN_BY, this)), turn):
        return tip
    on_its_way = list(await connection.scalars(_ON_ITS_WAY, this))
    if tip := choose(on_its_way, turn + 1) or choose((), turn + 1):
        # All were seen: the next round begins, with an order of its own.
        await connection.execute(delete(SeenRow).where(SeenRow.chat_id == chat))
        next_round = update(SubscriberRow).where(SubscriberRow.chat_id == chat)
        await connection.execute(next_round.values(round=turn + 1))
    return tip


def _handed_over(old: int, new: int) -> Update:
    """The broadcasts of a group that is subscribed under its new id as well."""
    has = select(DeliveryRow.broadcast).where(DeliveryRow.chat_id == new)
    moved = update(DeliveryRow).where(DeliveryRow.chat_id == old, DeliveryRow.broadcast != 0)
    return moved.where(DeliveryRow.broadcast.not_in(has)).values(chat_id=new)


def _given_up(row: DeliveryRow, now: dt.datetime) -> Progress:
    """What has become of a delivery that is not tried again."""
    state = Progress(row.state)
    if not row.broadcast or state is Progress.UNKNOWN:
        return Progress.FAILED if state is Progress.DUE else state
    if row.lost:
        return Progress.UNKNOWN
    return Progress.CANCELLED if row.until > now else Progress.FAILED


def _mask(schedule: Schedule) -> int:
    return sum(1 << day - 1 for day in schedule.days)


def _columns(subscriber: Subscriber) -> dict[str, Any]:
    slot = subscriber.next
    return {
        "at": subscriber.schedule.at,
        "zone": subscriber.schedule.zone,
        "days": _mask(subscriber.schedule),
        "state": subscriber.state,
        "since": subscriber.since,
        "next_at": slot and slot.moment,
        "next_date": slot and slot.date,
        "last_date": subscriber.last,
        "paused_until": subscriber.paused_until,
        "round": subscriber.round,
    }


def _subscriber(row: SubscriberRow) -> Subscriber:
    days = frozenset(day for day in range(1, 8) if row.days >> day - 1 & 1)
    return Subscriber(
        chat=row.chat_id,
        schedule=Schedule(row.at, row.zone, days),
        state=State(row.state),
        since=row.since,
        next=Slot(row.next_at, row.next_date) if row.next_at and row.next_date else None,
        last=row.last_date,
        paused_until=row.paused_until,
        round=row.round,
    )
