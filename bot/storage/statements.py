"""The statements behind `storage`, built once, and what goes into rows and comes out of them."""

import datetime as dt
from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    Update,
    bindparam,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)

from bot.storage.database import put
from bot.storage.tables import deliveries, seen_tips, subscribers
from bot.subscriptions.delivery import Delivery, Progress
from bot.subscriptions.schedule import Schedule, Slot
from bot.subscriptions.subscriber import State, Subscriber

PRUNED_AT_ONCE = 1_000

Choose = Callable[[Collection[str], int], str | None]
"""From the tips that were seen and the round to the next tip; None when the round is over."""

LEDGER = ("chat_id", "local_date", "tip", "state", "lost", "until", "changed", "retry_at")
INTO_LEDGER = (
    insert(deliveries)
    .from_select(
        LEDGER,
        select(*(bindparam(name, type_=deliveries.c[name].type) for name in LEDGER)).where(
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
SEEN_NOW = insert(seen_tips).from_select(
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
DUE = (
    select(subscribers)
    .where(subscribers.c.next_at <= bindparam("now"))
    .order_by(subscribers.c.next_at)
    .limit(bindparam("most"))
)
KNOWN = select(subscribers).where(subscribers.c.chat_id == bindparam("chat"))
ADVANCED = update(subscribers).where(
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
TAKEN_UP = (
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
TRIED = update(deliveries).where(deliveries.c.id == bindparam("number"))
ON_ITS_WAY = select(deliveries.c.tip).where(
    deliveries.c.chat_id == bindparam("chat"),
    deliveries.c.retry_at.is_not(None),
    deliveries.c.tip != "",
)
SEEN_BY = (
    select(seen_tips.c.tip).where(seen_tips.c.chat_id == bindparam("chat")).union_all(ON_ITS_WAY)
)
"""What is still on its way counts as seen, or it could come twice."""
OLD = delete(deliveries).where(
    deliveries.c.id.in_(
        select(deliveries.c.id)
        .where(deliveries.c.local_date < bindparam("before"))
        .limit(PRUNED_AT_ONCE)
    )
)


def advance(connection: Connection, before: Subscriber, after: Subscriber) -> bool:
    was = {
        "chat": before.chat,
        "was_due": before.next and before.next.moment,
        "was": before.state,
        "was_at": before.schedule.at,
        "was_in": before.schedule.zone,
        "was_on": mask(before.schedule),
        "was_paused": before.paused_until,
        "was_round": before.round,
    }
    return connection.execute(ADVANCED, was | columns(after)).rowcount > 0


def next_tip(connection: Connection, chat: int, turn: int, choose: Choose) -> str | None:
    this = {"chat": chat}
    if tip := choose(list(connection.scalars(SEEN_BY, this)), turn):
        return tip
    on_its_way = list(connection.scalars(ON_ITS_WAY, this))
    if tip := choose(on_its_way, turn + 1) or choose((), turn + 1):
        # All were seen: the next round begins, with an order of its own.
        connection.execute(delete(seen_tips).where(seen_tips.c.chat_id == chat))
        next_round = update(subscribers).where(subscribers.c.chat_id == chat)
        connection.execute(next_round.values(round=turn + 1))
    return tip


def found(connection: Connection, chat: int) -> Subscriber | None:
    row = connection.execute(KNOWN, {"chat": chat}).one_or_none()
    return subscriber(row) if row else None


def delivery_of(delivery: Delivery) -> Select[Any]:
    return select(deliveries).where(deliveries.c.id == delivery.id)


def give_up(connection: Connection, delivery: Delivery, now: dt.datetime) -> None:
    """What was not taken up is not tried again, unless somebody else does right now."""
    row = connection.execute(delivery_of(delivery)).one_or_none()
    if row is None or row.retry_at is None or row.state == Progress.SENDING:
        return
    if row.state == Progress.UNKNOWN and not row.broadcast:
        put(connection, seen_tips, {"chat_id": row.chat_id, "tip": row.tip})
    its_own = update(deliveries).where(deliveries.c.id == delivery.id)
    ended = {"state": given_up(row, now), "changed": now, "retry_at": None}
    connection.execute(its_own.values(**ended))


def handed_over(old: int, new: int) -> Update:
    """The broadcasts of a group that is subscribed under its new id as well."""
    has = select(deliveries.c.broadcast).where(deliveries.c.chat_id == new)
    moved = update(deliveries).where(deliveries.c.chat_id == old, deliveries.c.broadcast != 0)
    return moved.where(deliveries.c.broadcast.not_in(has)).values(chat_id=new)


def given_up(row: Row[Any], now: dt.datetime) -> Progress:
    """What has become of a delivery that is not tried again."""
    state = Progress(row.state)
    if not row.broadcast or state is Progress.UNKNOWN:
        return Progress.FAILED if state is Progress.DUE else state
    if row.lost:
        return Progress.UNKNOWN
    return Progress.CANCELLED if row.until > now else Progress.FAILED


def mask(schedule: Schedule) -> int:
    return sum(1 << day - 1 for day in schedule.days)


def columns(subscriber: Subscriber) -> dict[str, Any]:
    slot = subscriber.next
    return {
        "at": subscriber.schedule.at,
        "zone": subscriber.schedule.zone,
        "days": mask(subscriber.schedule),
        "state": subscriber.state,
        "since": subscriber.since,
        "next_at": slot and slot.moment,
        "next_date": slot and slot.date,
        "last_date": subscriber.last,
        "paused_until": subscriber.paused_until,
        "round": subscriber.round,
    }


def subscriber(row: Row[Any]) -> Subscriber:
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
