"""The way to everything that is stored, and SQL of subscribers."""

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy import Connection

from bot.storage.broadcasts import Broadcasts
from bot.storage.database import Database, Repository, put, transaction
from bot.storage.deliveries import Deliveries
from bot.storage.records import Records
from bot.storage.subscribers import columns, found
from bot.storage.tables import broadcasts, deliveries, subscribers, votes
from bot.subscriptions.delivery import UNDER_WAY
from bot.subscriptions.subscriber import State, Subscriber


class Storage(Repository):
    """Subscribers, and the way to everything else; each method is one transaction."""

    @classmethod
    def open(cls, url: str) -> "Storage":
        """See `Database.open` for what it raises."""
        return cls(Database.open(url))

    @property
    def records(self) -> Records:
        """Questions, lessons, votes, counts and knowledge bases."""
        return Records(self.database)

    @property
    def deliveries(self) -> Deliveries:
        """The ledger of messages to subscribers."""
        return Deliveries(self.database)

    @property
    def broadcasts(self) -> Broadcasts:
        """Messages of operators to all subscribers."""
        return Broadcasts(self.database)

    async def close(self) -> None:
        await self.database.close()

    @transaction
    def subscriber(self, db: Connection, chat: int) -> Subscriber | None:
        return found(db, chat)

    @transaction
    def change(
        self, db: Connection, chat: int, how: Callable[[Subscriber | None], Subscriber | None]
    ) -> Subscriber | None:
        """Read, change and write a subscriber in one transaction, so that no tip comes in between.

        `how` gets None for an unknown chat, and returns None to change nothing.
        """
        before = found(db, chat)
        after = how(before)
        if after is None:
            return before
        put(db, subscribers, {"chat_id": chat}, columns(after))
        return after

    async def forget(self, chat: int) -> bool:
        """Delete all data about a chat, also its traces in the file. False if there was none.

        A private chat has the number of its person, so their votes go too.
        """
        gone = await self._forget(chat)
        if gone or not self.database.was_wiped.is_set():
            await self.database.wipe()
        return gone

    @transaction
    def _forget(self, db: Connection, chat: int) -> bool:
        gone = [
            db.execute(sa.delete(subscribers).where(subscribers.c.chat_id == chat)).rowcount,
            db.execute(sa.delete(votes).where(votes.c.person == chat)).rowcount,
        ]
        # A broadcast that is still being sent is deleted later (`Broadcasts.prune`).
        sent = sa.delete(broadcasts).where(broadcasts.c.chat_id == chat)
        db.execute(sent.where(broadcasts.c.state.not_in(UNDER_WAY)))
        return any(gone)

    @transaction
    def end(self, db: Connection, chat: int, state: State) -> None:
        """End the tips of a chat; the state tells why."""
        ended = {"state": state, "next_at": None, "next_date": None, "paused_until": None}
        db.execute(sa.update(subscribers).where(subscribers.c.chat_id == chat).values(ended))

    @transaction
    def follow(self, db: Connection, old: int, new: int) -> None:
        """Give a group its new id."""
        its_own = subscribers.c.chat_id == old
        if not found(db, new):
            db.execute(sa.update(subscribers).where(its_own).values(chat_id=new))
            return
        # Both ids are subscribed: the new one gets the broadcasts that only the old one would get.
        has = sa.select(deliveries.c.broadcast).where(deliveries.c.chat_id == new)
        lacks = deliveries.c.broadcast.not_in(has), deliveries.c.broadcast != 0
        moved = sa.update(deliveries).where(deliveries.c.chat_id == old, *lacks)
        db.execute(moved.values(chat_id=new))
        db.execute(sa.delete(subscribers).where(its_own))
