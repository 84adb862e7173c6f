"""All that is stored, opened at once; and SQL of subscribers."""

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
        """What is stored beside subscribers."""
        return Records(self.database)

    @property
    def deliveries(self) -> Deliveries:
        """What is sent to whom, and what became of it."""
        return Deliveries(self.database)

    @property
    def mailings(self) -> Broadcasts:
        """What operators send to all subscribers."""
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
        """Read, change and write a subscriber at once, so that no tip comes in between.

        `how` gets None for a chat that is not known, and returns None to leave it as it is.
        """
        before = found(db, chat)
        after = how(before)
        if after is None:
            return before
        put(db, subscribers, {"chat_id": chat}, columns(after))
        return after

    async def forget(self, chat: int) -> bool:
        """Delete all that is stored about a chat, from the file as well; False for nothing.

        A private chat has the number of its person, so that their votes go with it.
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
        # What an operator is still sending goes on; it is deleted later (`Broadcasts.prune`).
        sent = sa.delete(broadcasts).where(broadcasts.c.chat_id == chat)
        db.execute(sent.where(broadcasts.c.state.not_in(UNDER_WAY)))
        return any(gone)

    @transaction
    def end(self, db: Connection, chat: int, state: State) -> None:
        """No tips any more, for a reason that lies with the chat."""
        ended = {"state": state, "next_at": None, "next_date": None, "paused_until": None}
        db.execute(sa.update(subscribers).where(subscribers.c.chat_id == chat).values(ended))

    @transaction
    def follow(self, db: Connection, old: int, new: int) -> None:
        """A group has another id by now."""
        its_own = subscribers.c.chat_id == old
        if not found(db, new):
            db.execute(sa.update(subscribers).where(its_own).values(chat_id=new))
            return
        # It is subscribed under the new one as well: what it was to get of broadcasts moves there.
        has = sa.select(deliveries.c.broadcast).where(deliveries.c.chat_id == new)
        lacks = deliveries.c.broadcast.not_in(has), deliveries.c.broadcast != 0
        moved = sa.update(deliveries).where(deliveries.c.chat_id == old, *lacks)
        db.execute(moved.values(chat_id=new))
        db.execute(sa.delete(subscribers).where(its_own))
