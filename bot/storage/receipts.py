"""SQL of updates that were fetched, and how far their handling came."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from bot.bot_api.receipt import IN_HAND, Receipt
from bot.storage.database import Repository, transaction
from bot.storage.tables import updates


class Receipts(Repository):
    """Each method is one transaction."""

    @transaction
    def take(
        self,
        db: Connection,
        fetched: Sequence[int],
        done: Collection[int],
        unconfirmed: tuple[int, int],
    ) -> dict[int, Receipt]:
        """Write down the done and the fetched updates; returns what was known of the fetched ones.

        A new one counts as begun. Telegram may hand out updates again, from the first to the last
        number in `unconfirmed`: all others are forgotten.
        """
        db.execute(sa.delete(updates).where(~updates.c.id.between(*unconfirmed)))
        db.execute(sa.update(updates).where(updates.c.id.in_(done)).values(done=True))
        rows = db.execute(sa.select(updates).where(updates.c.id.in_(fetched)))
        known = {row.id: Receipt(row.suspicion, row.done) for row in rows}
        begun = {"suspicion": IN_HAND, "done": False}
        if new := [{"id": each, **begun} for each in fetched if each not in known]:
            db.execute(sa.insert(updates), new)
        return known

    @transaction
    def suspect(self, db: Connection, number: int, more: int) -> None:
        """Raise the suspicion that this update kills the process."""
        its_own = sa.update(updates).where(updates.c.id == number)
        db.execute(its_own.values(suspicion=updates.c.suspicion + more))

    @transaction
    def close(self, db: Connection, done: Collection[int]) -> None:
        """Forget all updates that are not done, because the process was not killed."""
        db.execute(sa.delete(updates).where(updates.c.id.not_in(done)))
        db.execute(sa.update(updates).where(updates.c.id.in_(done)).values(done=True))
