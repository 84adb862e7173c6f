"""Subscribers as rows of the database, there and back."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from bot.storage.tables import subscribers
from bot.subscriptions.schedule import Schedule, Slot
from bot.subscriptions.subscriber import State, Subscriber

_OWN = subscribers.c.chat_id == sa.bindparam("chat")
_FOUND = sa.select(subscribers).where(_OWN).with_for_update()
CHANGED = sa.update(subscribers).where(_OWN)


def found(db: Connection, chat: int) -> Subscriber | None:
    """Read a subscriber; nobody else changes the row until the transaction ends."""
    row = db.execute(_FOUND, {"chat": chat}).one_or_none()
    return subscriber(row) if row else None


def advance(db: Connection, before: Subscriber, after: Subscriber) -> bool:
    """Write a subscriber's new state, unless they changed something meanwhile."""
    if found(db, before.chat) != before:
        return False
    db.execute(CHANGED, {"chat": before.chat, **columns(after)})
    return True


def gets_tips(now: dt.datetime, only: int | None) -> sa.ColumnElement[bool]:
    """The subscriber gets messages now; with `only`, they are also that chat."""
    until = subscribers.c.paused_until
    awake = sa.or_(until.is_(None), until <= now)
    return sa.and_(subscribers.c.state == State.ACTIVE, awake, is_one(subscribers, only))


def is_one(table: sa.Table, only: int | None) -> sa.ColumnElement[bool]:
    """The row belongs to one chat; with None, to any."""
    return sa.true() if only is None else table.c.chat_id == only


def columns(subscriber: Subscriber) -> dict[str, Any]:
    schedule, slot = subscriber.schedule, subscriber.next
    return {
        "at": schedule.at,
        "zone": schedule.zone,
        "days": sum(1 << day - 1 for day in schedule.days),
        "state": subscriber.state,
        "since": subscriber.since,
        "next_at": slot and slot.moment,
        "next_date": slot and slot.date,
        "last_date": subscriber.last,
        "paused_until": subscriber.paused_until,
        "round": subscriber.round,
        "thread_id": subscriber.thread,
    }


def subscriber(row: sa.Row[Any]) -> Subscriber:
    days = frozenset(day for day in range(1, 8) if row.days >> day - 1 & 1)
    return Subscriber(
        chat=row.chat_id,
        schedule=Schedule(row.at, row.zone, days),
        state=row.state,
        since=row.since,
        next=Slot(row.next_at, row.next_date) if row.next_at and row.next_date else None,
        last=row.last_date,
        paused_until=row.paused_until,
        round=row.round,
        thread=row.thread_id,
    )
