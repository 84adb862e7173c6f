"""SQL of the ledger: what is due, what was taken up, and how it came out."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    Connection,
    literal,
    select,
    update,
)

from bot.storage.broadcasts import RETRIES, UNDER_WAY
from bot.storage.broadcasts import delivery as _delivery
from bot.storage.database import Database, put, transaction
from bot.storage.statements import (
    DUE,
    INTO_LEDGER,
    LEDGER,
    OLD,
    SEEN_NOW,
    TAKEN_UP,
    TRIED,
    Choose,
    advance,
    delivery_of,
    found,
    give_up,
    next_tip,
    subscriber,
)
from bot.storage.tables import broadcasts, deliveries, seen_tips, subscribers
from bot.subscriptions.delivery import Delivery, Progress
from bot.subscriptions.schedule import Slot
from bot.subscriptions.subscriber import Subscriber

_SHOWN = {Progress.SENT, Progress.UNKNOWN, Progress.FAILED}
"""What was refused does not come back either: another tip may be taken."""


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Each method is one transaction."""

    database: Database

    @transaction
    def due(
        self, connection: Connection, now: dt.datetime, most: int, only: int | None = None
    ) -> list[Subscriber]:
        """Subscribers whose next tip has come, the longest waiting first; or one chat only."""
        query = DUE if only is None else DUE.where(subscribers.c.chat_id == only)
        rows = connection.execute(query, {"now": now, "most": most})
        return [subscriber(row) for row in rows]

    @transaction
    def advance(self, connection: Connection, before: Subscriber, after: Subscriber) -> bool:
        """Write what has become of a subscriber, unless they changed their mind meanwhile."""
        return advance(connection, before, after)

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
        if not advance(connection, before, before.served(slot, now)):
            return None
        tip = next_tip(connection, before.chat, before.round, choose)
        if tip is None:
            return None
        until = before.schedule.midnight(slot.moment)
        row = (before.chat, slot.date, tip, Progress.SENDING, 0, until, now, now)
        number = connection.scalar(INTO_LEDGER, dict(zip(LEDGER, row, strict=True)))
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
        taken = connection.execute(TAKEN_UP, {"number": delivery.id, "now": now})
        if row := taken.one_or_none():
            # The group may have moved, and another tip been taken for it.
            return replace(delivery, chat=row.chat_id, tip=row.tip, progress=Progress.SENDING)
        give_up(connection, delivery, now)
        return None

    @transaction
    def exchange(
        self, connection: Connection, delivery: Delivery, choose: Choose
    ) -> Delivery | None:
        """Another tip for a delivery whose own has left the knowledge base; None if forgotten."""
        row = connection.execute(delivery_of(delivery)).one_or_none()
        if row is None:
            return None
        whose = select(subscribers.c.round).where(subscribers.c.chat_id == row.chat_id)
        turn = connection.execute(whose).scalar_one()
        found = _delivery(row)
        tip = next_tip(connection, found.chat, turn, choose)
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
        connection.execute(TRIED, {"number": delivery.id, **columns})
        if progress in _SHOWN and not delivery.broadcast:
            connection.execute(SEEN_NOW, {"number": delivery.id, "shown": delivery.tip})

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
        subscriber = found(connection, chat)
        if subscriber is None:
            return None
        tip = next_tip(connection, chat, subscriber.round, choose)
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
    def prune(self, connection: Connection, before: dt.date) -> int:
        """Delete some deliveries that are older than a date. Returns how many."""
        return connection.execute(OLD, {"before": before}).rowcount
