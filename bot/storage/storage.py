"""SQL of subscribers, the ledger, and the tips that were seen."""

import datetime as dt
from collections.abc import Callable, Collection
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import (
    Connection,
    Row,
    Select,
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

from bot.storage.broadcasts import LASTS, RETRIES, UNDER_WAY, Broadcasts
from bot.storage.broadcasts import delivery as _delivery
from bot.storage.database import Database, put, transaction
from bot.storage.records import Records
from bot.storage.tables import broadcasts, deliveries, seen_tips, subscribers, votes
from bot.subscriptions.delivery import Delivery, Progress
from bot.subscriptions.schedule import Schedule, Slot
from bot.subscriptions.subscriber import State, Subscriber

PRUNED_AT_ONCE = 1_000
FAR_AHEAD = dt.timedelta(days=2)
"""No zone is so far ahead of another."""
_SHOWN = {Progress.SENT, Progress.UNKNOWN, Progress.FAILED}
"""What was refused does not come back either: another tip may be taken."""

Choose = Callable[[Collection[str], int], str | None]
"""From the tips that were seen and the round to the next tip; None when the round is over."""


class Storage(Struct, frozen=True):
    """Each method is one transaction."""

    database: Database

    @classmethod
    def open(cls, url: str) -> "Storage":
        """See `Database.open` for what it raises."""
        return cls(Database.open(url))

    @property
    def records(self) -> Records:
        """What is stored beside subscribers."""
        return Records(self.database)

    @property
    def mailings(self) -> Broadcasts:
        """What operators send to all subscribers."""
        return Broadcasts(self.database)

    async def close(self) -> None:
        await self.database.close()

    @transaction
    def subscriber(self, connection: Connection, chat: int) -> Subscriber | None:
        return _found(connection, chat)

    @transaction
    def change(
        self,
        connection: Connection,
        chat: int,
        how: Callable[[Subscriber | None], Subscriber | None],
    ) -> Subscriber | None:
        """Read, change and write a subscriber at once, so that no tip comes in between.

        `how` gets None for a chat that is not known, and returns None to leave it as it is.
        """
        before = _found(connection, chat)
        after = how(before)
        if after is None:
            return before
        put(connection, subscribers, {"chat_id": chat}, _columns(after))
        return after

    async def forget(self, chat: int) -> bool:
        """Delete all that is stored about a chat, from the file as well; False for nothing.

        A private chat has the number of its person, so that their votes go with it.
        """
        gone = await self._forget(chat)
        await self.database.wipe()
        return gone

    @transaction
    def _forget(self, connection: Connection, chat: int) -> bool:
        gone = [
            connection.execute(delete(subscribers).where(subscribers.c.chat_id == chat)).rowcount,
            connection.execute(delete(votes).where(votes.c.person == chat)).rowcount,
        ]
        # What an operator is still sending goes on; it is deleted later (`Broadcasts.prune`).
        sent = delete(broadcasts).where(broadcasts.c.chat_id == chat)
        connection.execute(sent.where(broadcasts.c.state.not_in(UNDER_WAY)))
        return any(gone)

    @transaction
    def end(self, connection: Connection, chat: int, state: State) -> None:
        """No tips any more, for a reason that lies with the chat."""
        columns = {"state": state, "next_at": None, "next_date": None, "paused_until": None}
        ended = update(subscribers).where(subscribers.c.chat_id == chat)
        connection.execute(ended.values(**columns))

    @transaction
    def follow(self, connection: Connection, old: int, new: int) -> None:
        """A group has another id by now."""
        if _found(connection, new):
            connection.execute(_handed_over(old, new))
            connection.execute(delete(subscribers).where(subscribers.c.chat_id == old))
        else:
            moved = update(subscribers).where(subscribers.c.chat_id == old)
            connection.execute(moved.values(chat_id=new))

    @transaction
    def due(
        self, connection: Connection, now: dt.datetime, most: int, only: int | None = None
    ) -> list[Subscriber]:
        """Subscribers whose next tip has come, the longest waiting first; or one chat only."""
        query = _DUE if only is None else _DUE.where(subscribers.c.chat_id == only)
        rows = connection.execute(query, {"now": now, "most": most})
        return [_subscriber(row) for row in rows]

    @transaction
    def advance(self, connection: Connection, before: Subscriber, after: Subscriber) -> bool:
        """Write what has become of a subscriber, unless they changed their mind meanwhile."""
        return _advance(connection, before, after)

    @transaction
    def claim(
        self,
        connection: Connection,
        before: Subscriber,
        slot: Slot,
        choose: Choose,
        now: dt.datetime,
    ) -> Delivery | None:
        """Take a slot into the ledger; None where it is there already or no longer wanted."""
        if not _advance(connection, before, before.served(slot, now)):
            return None
        tip = _next_tip(connection, before.chat, before.round, choose)
        if tip is None:
            return None
        until = before.schedule.midnight(slot.moment)
        row = (before.chat, slot.date, tip, Progress.SENDING, 0, until, now, now)
        number = connection.scalar(_INTO_LEDGER, dict(zip(_LEDGER, row, strict=True)))
        if number is None:
            return None
        return Delivery(number, before.chat, slot.date, tip, Progress.SENDING, 0, until)

    @transaction
    def retries(
        self, connection: Connection, now: dt.datetime, most: int, only: int | None = None
    ) -> list[Delivery]:
        """Tips that are to be tried again, the longest waiting first; or one chat's only."""
        query = RETRIES if only is None else RETRIES.where(deliveries.c.chat_id == only)
        rows = connection.execute(query, {"broadcast": 0, "now": now, "most": most})
        return [_delivery(row) for row in rows]

    @transaction
    def claim_again(
        self, connection: Connection, delivery: Delivery, now: dt.datetime
    ) -> Delivery | None:
        """Take a delivery up once more; None where it is no longer wanted, or too late."""
        taken = connection.execute(_TAKEN_UP, {"number": delivery.id, "now": now})
        if row := taken.one_or_none():
            # The group may have moved, and another tip been taken for it.
            return replace(delivery, chat=row.chat_id, tip=row.tip, progress=Progress.SENDING)
        _give_up(connection, delivery, now)
        return None

    @transaction
    def exchange(
        self, connection: Connection, delivery: Delivery, choose: Choose
    ) -> Delivery | None:
        """Another tip for a delivery whose own has left the knowledge base; None if forgotten."""
        row = connection.execute(_delivery_of(delivery)).one_or_none()
        if row is None:
            return None
        whose = select(subscribers.c.round).where(subscribers.c.chat_id == row.chat_id)
        turn = connection.execute(whose).scalar_one()
        found = _delivery(row)
        tip = _next_tip(connection, found.chat, turn, choose)
        if tip is None:
            return found
        its_own = update(deliveries).where(deliveries.c.id == delivery.id)
        connection.execute(its_own.values(tip=tip))
        return replace(found, tip=tip)

    @transaction
    def finish(
        self,
        connection: Connection,
        delivery: Delivery,
        progress: Progress,
        now: dt.datetime,
        retry_at: dt.datetime | None = None,
    ) -> None:
        """Write how a try came out, and when to try again if that makes sense."""
        columns: dict[str, Any] = {"state": progress, "changed": now, "retry_at": retry_at}
        if progress is Progress.UNKNOWN:
            columns["lost"] = delivery.lost + 1
        connection.execute(_TRIED, {"number": delivery.id, **columns})
        if progress in _SHOWN and not delivery.broadcast:
            connection.execute(_SEEN_NOW, {"number": delivery.id, "shown": delivery.tip})

    @transaction
    def interrupted(self, connection: Connection, now: dt.datetime, only: int | None = None) -> int:
        """What was on its way when the process died: try again. Returns how many."""
        # Nobody knows whether it arrived; that is no fault of the network, so it does not count.
        under_way = select(broadcasts.c.id).where(broadcasts.c.state.in_(UNDER_WAY))
        cut = update(deliveries).where(
            deliveries.c.broadcast.in_(under_way.union_all(select(literal(0)))),
            deliveries.c.retry_at.is_not(None),
            deliveries.c.state == Progress.SENDING,
        )
        if only is not None:
            cut = cut.where(deliveries.c.chat_id == only)
        return connection.execute(cut.values(state=Progress.UNKNOWN, retry_at=now)).rowcount

    @transaction
    def draw(self, connection: Connection, chat: int, choose: Choose) -> str | None:
        """The next tip of a subscriber, seen from now on; None for others, or without tips."""
        subscriber = _found(connection, chat)
        if subscriber is None:
            return None
        tip = _next_tip(connection, chat, subscriber.round, choose)
        if tip is not None:
            put(connection, seen_tips, {"chat_id": chat, "tip": tip})
        return tip

    @transaction
    def seen(self, connection: Connection, chat: int) -> list[str]:
        tips = connection.scalars(select(seen_tips.c.tip).where(seen_tips.c.chat_id == chat))
        return sorted(tips)

    @transaction
    def ledger(self, connection: Connection, chat: int) -> list[Delivery]:
        """What was sent to a chat, or tried, oldest first."""
        query = select(deliveries).where(deliveries.c.chat_id == chat)
        rows = connection.execute(query.order_by(deliveries.c.local_date, deliveries.c.id))
        return [_delivery(row) for row in rows]

    @transaction
    def come_back_to(self, connection: Connection, today: dt.date, now: dt.datetime) -> int:
        """Undo what a clock that was far ahead has written. Returns how many it silenced.

        They are due so long ago that nothing is sent for it, and the right moment is found anew.
        People still wait for a broadcast, whatever the clock showed when it began.
        """
        ahead = {"ahead": today + FAR_AHEAD}
        connection.execute(_TIPS_AHEAD, ahead)
        connection.execute(_WAITING_AHEAD, ahead | {"retry_at": now, "until": now + LASTS})
        connection.execute(_SENT_AHEAD, ahead | {"local_date": today})
        past = {"next_at": now - 2 * FAR_AHEAD, "next_date": today - 2 * FAR_AHEAD}
        found = connection.execute(_SILENCED, ahead | past | {"last_date": None}).rowcount
        connection.execute(_AHEAD, ahead | {"last_date": None})
        return found

    @transaction
    def prune(self, connection: Connection, before: dt.date) -> int:
        """Delete some deliveries that are older than a date. Returns how many."""
        return connection.execute(_OLD, {"before": before}).rowcount


_LEDGER = ("chat_id", "local_date", "tip", "state", "lost", "until", "changed", "retry_at")
_INTO_LEDGER = (
    insert(deliveries)
    .from_select(
        _LEDGER,
        select(*(bindparam(name, type_=deliveries.c[name].type) for name in _LEDGER)).where(
            ~exists().where(
                deliveries.c.chat_id == bindparam("chat_id"),
                deliveries.c.local_date == bindparam("local_date"),
                deliveries.c.broadcast == 0,
            )
        ),
    )
    .returning(deliveries.c.id)
)
"""A delivery, unless the ledger holds one for this chat and date."""
_SEEN_NOW = insert(seen_tips).from_select(
    ("chat_id", "tip"),
    select(deliveries.c.chat_id, bindparam("shown", type_=deliveries.c["tip"].type)).where(
        deliveries.c.id == bindparam("number"),
        ~exists().where(
            seen_tips.c.chat_id == deliveries.c.chat_id, seen_tips.c.tip == bindparam("shown")
        ),
    ),
)
"""The tip of a delivery, unless it was seen or its subscriber is forgotten by now."""


# Prepared: to build a statement takes longer than to run it.
_DUE = (
    select(subscribers)
    .where(subscribers.c.next_at <= bindparam("now"))
    .order_by(subscribers.c.next_at)
    .limit(bindparam("most"))
)
_KNOWN = select(subscribers).where(subscribers.c.chat_id == bindparam("chat"))
_ADVANCED = update(subscribers).where(
    subscribers.c.chat_id == bindparam("chat"),
    subscribers.c.next_at.is_not_distinct_from(bindparam("was_due")),
    subscribers.c.state == bindparam("was"),
    subscribers.c.at == bindparam("was_at"),
    subscribers.c.zone == bindparam("was_in"),
    subscribers.c.days == bindparam("was_on"),
    subscribers.c.paused_until.is_not_distinct_from(bindparam("was_paused")),
    subscribers.c.round == bindparam("was_round"),
)
"""A subscriber, unless they changed their mind meanwhile."""
_TAKEN_UP = (
    update(deliveries)
    .where(
        deliveries.c.id == bindparam("number"),
        deliveries.c.retry_at.is_not(None),
        deliveries.c.state != Progress.SENDING,
        deliveries.c.until > bindparam("now"),
        deliveries.c.chat_id.in_(
            select(subscribers.c.chat_id).where(
                subscribers.c.chat_id == deliveries.c.chat_id,
                subscribers.c.state == State.ACTIVE,
                or_(
                    subscribers.c.paused_until.is_(None),
                    subscribers.c.paused_until <= bindparam("now"),
                ),
            )
        ),
    )
    .values(state=Progress.SENDING, changed=bindparam("now"))
    .returning(deliveries.c.chat_id, deliveries.c.tip)
)
"""A delivery that is still wanted, and on its way nowhere else."""
_TRIED = update(deliveries).where(deliveries.c.id == bindparam("number"))
_ON_ITS_WAY = select(deliveries.c.tip).where(
    deliveries.c.chat_id == bindparam("chat"),
    deliveries.c.retry_at.is_not(None),
    deliveries.c.tip != "",
)
_SEEN_BY = (
    select(seen_tips.c.tip).where(seen_tips.c.chat_id == bindparam("chat")).union_all(_ON_ITS_WAY)
)
"""What is still on its way counts as seen, or it could come twice."""
_AHEAD = update(subscribers).where(subscribers.c.last_date > bindparam("ahead"))
_SILENCED = _AHEAD.where(subscribers.c.state == State.ACTIVE)
_SENT_AHEAD = update(deliveries).where(deliveries.c.local_date > bindparam("ahead"))
_WAITING_AHEAD = _SENT_AHEAD.where(deliveries.c.retry_at.is_not(None))
_TIPS_AHEAD = delete(deliveries).where(
    deliveries.c.tip != "", deliveries.c.local_date > bindparam("ahead")
)
_OLD = delete(deliveries).where(
    deliveries.c.id.in_(
        select(deliveries.c.id)
        .where(deliveries.c.local_date < bindparam("before"))
        .limit(PRUNED_AT_ONCE)
    )
)


def _advance(connection: Connection, before: Subscriber, after: Subscriber) -> bool:
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
    return connection.execute(_ADVANCED, was | _columns(after)).rowcount > 0


def _next_tip(connection: Connection, chat: int, turn: int, choose: Choose) -> str | None:
    this = {"chat": chat}
    if tip := choose(list(connection.scalars(_SEEN_BY, this)), turn):
        return tip
    on_its_way = list(connection.scalars(_ON_ITS_WAY, this))
    if tip := choose(on_its_way, turn + 1) or choose((), turn + 1):
        # All were seen: the next round begins, with an order of its own.
        connection.execute(delete(seen_tips).where(seen_tips.c.chat_id == chat))
        next_round = update(subscribers).where(subscribers.c.chat_id == chat)
        connection.execute(next_round.values(round=turn + 1))
    return tip


def _found(connection: Connection, chat: int) -> Subscriber | None:
    row = connection.execute(_KNOWN, {"chat": chat}).one_or_none()
    return _subscriber(row) if row else None


def _delivery_of(delivery: Delivery) -> Select[Any]:
    return select(deliveries).where(deliveries.c.id == delivery.id)


def _give_up(connection: Connection, delivery: Delivery, now: dt.datetime) -> None:
    """What was not taken up is not tried again, unless somebody else does right now."""
    row = connection.execute(_delivery_of(delivery)).one_or_none()
    if row is None or row.retry_at is None or row.state == Progress.SENDING:
        return
    if row.state == Progress.UNKNOWN and not row.broadcast:
        put(connection, seen_tips, {"chat_id": row.chat_id, "tip": row.tip})
    given_up = update(deliveries).where(deliveries.c.id == delivery.id)
    columns = {"state": _given_up(row, now), "changed": now, "retry_at": None}
    connection.execute(given_up.values(**columns))


def _handed_over(old: int, new: int) -> Update:
    """The broadcasts of a group that is subscribed under its new id as well."""
    has = select(deliveries.c.broadcast).where(deliveries.c.chat_id == new)
    moved = update(deliveries).where(deliveries.c.chat_id == old, deliveries.c.broadcast != 0)
    return moved.where(deliveries.c.broadcast.not_in(has)).values(chat_id=new)


def _given_up(row: Row[Any], now: dt.datetime) -> Progress:
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


def _subscriber(row: Row[Any]) -> Subscriber:
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
