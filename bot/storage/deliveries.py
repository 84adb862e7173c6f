"""SQL of the ledger: deliveries that are due, on their way, or finished."""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy import Connection

from bot.storage.database import Repository, insert, transaction
from bot.storage.subscribers import CHANGED, advance, found, is_one, subscriber
from bot.storage.tables import broadcasts, deliveries, seen_tips, subscribers
from bot.subscriptions.delivery import UNDER_WAY, Delivery, Progress
from bot.subscriptions.schedule import Slot
from bot.subscriptions.subscriber import State, Subscriber

PRUNED_AT_ONCE = 1_000

Choose = Callable[[Collection[str], int], str | None]
"""Chooses the next tip from the seen tips and the round; None if the round is over."""

_SHOWN = {Progress.SENT, Progress.UNKNOWN, Progress.FAILED}
"""After these a tip counts as seen. A failed one does not come back: another may be taken."""
_NAMES = ("id", "chat_id", "local_date", "tip", "state", "lost", "until", "broadcast")
_FIELDS = [deliveries.c[name] for name in _NAMES]
"""The fields of `Delivery`, in its order."""
_OWN = deliveries.c.id == sa.bindparam("number")
_KNOWN = sa.select(*_FIELDS).where(_OWN).with_for_update()
_CHANGED = sa.update(deliveries).where(_OWN).returning(*_FIELDS)
_SEEN = sa.select(seen_tips.c.tip).where(seen_tips.c.chat_id == sa.bindparam("chat"))
_ON_ITS_WAY = sa.select(deliveries.c.tip).where(
    deliveries.c.chat_id == sa.bindparam("chat"),
    deliveries.c.retry_at.is_not(None),
    deliveries.c.tip != "",
)


class Deliveries(Repository):
    """Each method is one transaction."""

    @transaction
    def due(
        self, db: Connection, now: dt.datetime, most: int, only: int | None = None
    ) -> list[Subscriber]:
        """Subscribers whose tip is due, the longest waiting first; with `only`, one chat."""
        next_at = subscribers.c.next_at
        query = sa.select(subscribers).where(next_at <= now, is_one(subscribers, only))
        return [subscriber(row) for row in db.execute(query.order_by(next_at).limit(most))]

    @transaction
    def advance(self, db: Connection, before: Subscriber, after: Subscriber) -> bool:
        """Write a subscriber's new state, unless they changed something meanwhile."""
        return advance(db, before, after)

    @transaction
    def claim(
        self, db: Connection, before: Subscriber, slot: Slot, choose: Choose, now: dt.datetime
    ) -> Delivery | None:
        """Enter a tip in the ledger. Returns None if it is there already or no longer wanted."""
        if not advance(db, before, before.served(slot, now)):
            return None
        tip = _next_tip(db, before, choose)
        if tip is None:
            return None
        row = {
            "chat_id": before.chat,
            "local_date": slot.date,
            "tip": tip,
            "state": Progress.SENDING,
            "until": before.schedule.midnight(slot.moment),
            "changed": now,
            "retry_at": now,
        }
        taken = insert(db, deliveries).on_conflict_do_nothing()
        return _to(before, _one(db, taken.returning(*_FIELDS), **row))

    @transaction
    def retries(
        self, db: Connection, now: dt.datetime, most: int, only: int | None = None
    ) -> list[Delivery]:
        """Tips to be tried again, the longest waiting first; with `only`, those of one chat."""
        return to_try(db, 0, now, most, only)

    @transaction
    def claim_again(self, db: Connection, delivery: Delivery, now: dt.datetime) -> Delivery | None:
        """Take a delivery up once more. Returns None if it is no longer wanted, or too late."""
        still_open = deliveries.c.retry_at.is_not(None), deliveries.c.state != Progress.SENDING
        # Read anew, because the group may have moved and another tip been taken.
        known = _one(db, _KNOWN.where(*still_open), number=delivery.id)
        owner = found(db, known.chat) if known else None
        if not (known and owner):
            return None
        awake = owner.state is State.ACTIVE and not owner.is_paused(now)
        if awake and known.until > now:
            sending = {"state": Progress.SENDING, "changed": now}
            return _to(owner, _one(db, _CHANGED, number=known.id, **sending))
        if known.progress is Progress.UNKNOWN and not known.broadcast:
            _see(db, known.chat, known.tip)
        ended = _given_up(known, now)
        _one(db, _CHANGED, number=known.id, state=ended, changed=now, retry_at=None)
        return None

    @transaction
    def exchange(self, db: Connection, delivery: Delivery, choose: Choose) -> Delivery | None:
        """Take another tip for a delivery whose tip was removed. None if the chat was forgotten."""
        known = _one(db, _KNOWN, number=delivery.id)
        owner = found(db, known.chat) if known else None
        tip = _next_tip(db, owner, choose) if owner else None
        return _to(owner, _one(db, _CHANGED, number=delivery.id, tip=tip) if tip else known)

    @transaction
    def finish(
        self,
        db: Connection,
        delivery: Delivery,
        progress: Progress,
        now: dt.datetime,
        retry_at: dt.datetime | None = None,
    ) -> None:
        """Write down how a try ended, and when the next one is, if any."""
        lost = delivery.lost + (progress is Progress.UNKNOWN)
        outcome = {"state": progress, "changed": now, "retry_at": retry_at, "lost": lost}
        known = _one(db, _CHANGED, number=delivery.id, **outcome)
        if known and progress in _SHOWN and not known.broadcast:
            _see(db, known.chat, delivery.tip)

    @transaction
    def interrupted(self, db: Connection, now: dt.datetime, only: int | None = None) -> int:
        """Mark what was on its way when the process died for a new try. Returns the number."""
        # They may have arrived. It does not count as a lost try: the network did not fail.
        under_way = sa.select(broadcasts.c.id).where(broadcasts.c.state.in_(UNDER_WAY))
        cut = sa.update(deliveries).where(
            deliveries.c.broadcast.in_(under_way.union_all(sa.select(sa.literal(0)))),
            deliveries.c.retry_at.is_not(None),
            deliveries.c.state == Progress.SENDING,
            is_one(deliveries, only),
        )
        return db.execute(cut.values(state=Progress.UNKNOWN, retry_at=now)).rowcount

    @transaction
    def draw(self, db: Connection, chat: int, choose: Choose) -> str | None:
        """The next tip of a subscriber, which counts as seen. None for others, or without tips."""
        known = found(db, chat)
        tip = _next_tip(db, known, choose) if known else None
        if tip is not None:
            _see(db, chat, tip)
        return tip

    @transaction
    def seen(self, db: Connection, chat: int) -> list[str]:
        return sorted(db.scalars(_SEEN, {"chat": chat}))

    @transaction
    def ledger(self, db: Connection, chat: int) -> list[Delivery]:
        """All deliveries to a chat, also those that failed, oldest first."""
        query = sa.select(*_FIELDS).where(deliveries.c.chat_id == chat)
        rows = db.execute(query.order_by(deliveries.c.local_date, deliveries.c.id))
        return [Delivery(*row) for row in rows]

    @transaction
    def prune(self, db: Connection, before: dt.date) -> int:
        """Delete some deliveries from before a date. Returns the number."""
        old = sa.select(deliveries.c.id).where(deliveries.c.local_date < before)
        some = deliveries.c.id.in_(old.limit(PRUNED_AT_ONCE))
        return db.execute(sa.delete(deliveries).where(some)).rowcount


def to_try(
    db: Connection, broadcast: int, now: dt.datetime, most: int, only: int | None
) -> list[Delivery]:
    """Deliveries to try now of one broadcast, or of all tips (0), the longest waiting first."""
    query = sa.select(*_FIELDS).where(
        deliveries.c.broadcast == broadcast,
        deliveries.c.retry_at <= now,
        deliveries.c.state != Progress.SENDING,
        is_one(deliveries, only),
    )
    rows = db.execute(query.order_by(deliveries.c.retry_at).limit(most))
    return [Delivery(*row) for row in rows]


def _one(db: Connection, statement: sa.Executable, **values: object) -> Delivery | None:
    row = db.execute(statement, values).one_or_none()
    return Delivery(*row) if row else None


def _to(whose: Subscriber | None, delivery: Delivery | None) -> Delivery | None:
    """The delivery with the topic of its subscriber."""
    return replace(delivery, thread=whose.thread) if whose and delivery else delivery


def _see(db: Connection, chat: int, tip: str) -> None:
    db.execute(insert(db, seen_tips).on_conflict_do_nothing(), {"chat_id": chat, "tip": tip})


def _next_tip(db: Connection, whose: Subscriber, choose: Choose) -> str | None:
    """The next tip of a subscriber; it may begin a new round."""
    own, turn = {"chat": whose.chat}, whose.round + 1
    # A tip on its way counts as seen, or it could come twice.
    on_its_way = list(db.scalars(_ON_ITS_WAY, own))
    if tip := choose([*db.scalars(_SEEN, own), *on_its_way], whose.round):
        return tip
    if tip := choose(on_its_way, turn) or choose((), turn):
        # All tips were seen. The next round has an order of its own.
        db.execute(sa.delete(seen_tips).where(seen_tips.c.chat_id == whose.chat))
        db.execute(CHANGED, {**own, "round": turn})
    return tip


def _given_up(delivery: Delivery, now: dt.datetime) -> Progress:
    """The last state of a delivery that is not tried again."""
    state = delivery.progress
    if not delivery.broadcast or state is Progress.UNKNOWN:
        return Progress.FAILED if state is Progress.DUE else state
    if delivery.lost:
        return Progress.UNKNOWN
    return Progress.CANCELLED if delivery.until > now else Progress.FAILED
