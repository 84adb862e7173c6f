"""SQL beside `storage`: which updates were fetched, and how far their handling came."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from bot.bot_api.receipt import IN_HAND, Receipt
from bot.storage.database import Database, transaction
from bot.storage.tables import updates


@dataclass(frozen=True, slots=True)
class Receipts:
    """Each method is one transaction."""

    database: Database

    @transaction
    def take(
        self,
        connection: Connection,
        fetched: Sequence[int],
        done: Collection[int],
        unconfirmed: tuple[int, int],
    ) -> dict[int, Receipt]:
        """Write down what is done and what was fetched; returns what was known of the latter.

        The handling of a fetched one is begun by it, unless it was known. `unconfirmed` are the
        first and the last update that Telegram may hand out again: all others are forgotten.
        """
        first, last = unconfirmed
        connection.execute(delete(updates).where((updates.c.id < first) | (updates.c.id > last)))
        if done:
            its_own = update(updates).where(updates.c.id == bindparam("number"))
            connection.execute(its_own.values(done=True), [{"number": each} for each in done])
        rows = connection.execute(select(updates).where(updates.c.id.in_(fetched)))
        known = {row.id: Receipt(row.suspicion, row.done) for row in rows}
        new = [
            {"id": each, "suspicion": IN_HAND, "done": False}
            for each in fetched
            if each not in known
        ]
        if new:
            connection.execute(insert(updates), new)
        return known

    @transaction
    def suspect(self, connection: Connection, number: int, more: int) -> None:
        """That the process dies of this update is by so much more likely."""
        its_own = update(updates).where(updates.c.id == number)
        connection.execute(its_own.values(suspicion=updates.c.suspicion + more))

    @transaction
    def close(self, connection: Connection, done: Collection[int]) -> None:
        """The process ends, and was not killed: only what is done needs to be known."""
        connection.execute(delete(updates).where(updates.c.id.not_in(done)))
        its_own = update(updates).where(updates.c.id.in_(done))
        connection.execute(its_own.values(done=True))
