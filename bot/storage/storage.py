"""SQL of subscribers, the ledger, and the tips that were seen."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import (
    Connection,
    delete,
    update,
)

from bot.storage.broadcasts import UNDER_WAY, Broadcasts
from bot.storage.database import Database, put, transaction
from bot.storage.deliveries import Deliveries
from bot.storage.records import Records
from bot.storage.statements import (
    columns,
    found,
    handed_over,
)
from bot.storage.tables import broadcasts, subscribers, votes
from bot.subscriptions.delivery import Progress
from bot.subscriptions.subscriber import State, Subscriber

_SHOWN = {Progress.SENT, Progress.UNKNOWN, Progress.FAILED}
"""What was refused does not come back either: another tip may be taken."""


@dataclass(frozen=True, slots=True)
class Storage:
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
    def subscriber(self, connection: Connection, chat: int) -> Subscriber | None:
        return found(connection, chat)

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
        before = found(connection, chat)
        after = how(before)
        if after is None:
            return before
        put(connection, subscribers, {"chat_id": chat}, columns(after))
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
        if found(connection, new):
            connection.execute(handed_over(old, new))
            connection.execute(delete(subscribers).where(subscribers.c.chat_id == old))
        else:
            moved = update(subscribers).where(subscribers.c.chat_id == old)
            connection.execute(moved.values(chat_id=new))
