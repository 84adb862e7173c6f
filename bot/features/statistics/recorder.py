"""What is counted, and what found no answer: no answer ever waits for the database."""

import datetime as dt
import logging
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.answering.replies import Answer, Reply, Suggestions, Unknown
from bot.knowledge.lessons import Missed
from bot.language.words import MAX_QUESTION
from bot.logs import HIDDEN
from bot.places.zones import zone
from bot.settings import TOKEN
from bot.storage.counts import Tally
from bot.storage.records import Records
from bot.subscriptions.subscriber import RUNNING, Subscriber

MOST_WAITING = 5_000
"""Missed questions that wait in memory, the newest, when the database does not take them."""
COUNTED = dt.timedelta(days=400)
"""How long counts are kept: they hold nothing about anybody."""

Change = Callable[[Subscriber | None], Subscriber | None]

log = logging.getLogger(__name__)


@dataclass(slots=True)
class UsageRecorder:
    """Notes in memory, written at each tick and at the end."""

    records: Records
    now: Callable[[], dt.datetime]
    zone: str
    """Whose days and hours are counted."""
    days: int
    """How long questions are kept."""
    _counts: Counter[tuple[dt.date, str, str]] = field(default_factory=Counter)
    _missed: deque[Missed] = field(default_factory=lambda: deque(maxlen=MOST_WAITING))
    _found: list[tuple[str, str]] = field(default_factory=list)
    _pruned: dt.date | None = None

    def answered(self, question: str, reply: Reply) -> None:
        """A question got this reply."""
        self.count("outcome", reply.outcome)
        self.count("hour", f"{self._local():%H}")
        if isinstance(reply, Answer):
            for entry in reply.entries:
                self.count("entry", entry.id)
        elif isinstance(reply, Suggestions | Unknown) and question.strip():
            self.missed(question, reply.outcome)

    def missed(self, question: str, outcome: str) -> None:
        """A question was asked in vain."""
        self._missed.append(Missed(0, _kept(question), outcome, self.today))

    def count(self, kind: str, name: str = "", by: int = 1) -> None:
        self._counts[self.today, kind, name] += by

    def found(self, question: str, outcome: str) -> None:
        """A question was not asked in vain after all."""
        kept = _kept(question)
        for each in reversed(self._missed):
            if (each.text, each.outcome) == (kept, outcome):
                self._missed.remove(each)
                return
        self._found.append((kept, outcome))

    def watched(self, how: Change) -> Change:
        """The same change of a subscriber; whether it begins or ends a subscription is counted."""

        def observed(before: Subscriber | None) -> Subscriber | None:
            after = how(before)
            if after is not None:
                self.changed(before, after)
            return after

        return observed

    def changed(self, before: Subscriber | None, after: Subscriber | None) -> None:
        was, is_now = (each is not None and each.state in RUNNING for each in (before, after))
        if was != is_now:
            self.count("joined" if is_now else "left")

    async def write(self) -> None:
        """Write what has come together since the last time, and forget what is too old."""
        counts, self._counts = self._counts, Counter()
        missed, found = list(self._missed), self._found
        self._missed.clear()
        self._found = []
        try:
            if counts or missed or found:
                tallies = [Tally(*key, count) for key, count in counts.items() if count]
                await self.records.note(tallies, missed, found)
            await self._prune()
        except BaseException:
            self._counts.update(counts)
            self._missed = deque([*missed, *self._missed], MOST_WAITING)
            self._found = [*found, *self._found]
            raise

    async def _prune(self) -> None:
        now = self.now()
        if self._pruned != now.date():
            oldest = self.today - dt.timedelta(days=self.days)
            await self.records.prune(oldest, self.today - COUNTED)
            self._pruned = now.date()

    @property
    def today(self) -> dt.date:
        """In the operators' calendar."""
        return self._local().date()

    def _local(self) -> dt.datetime:
        return self.now().astimezone(zone(self.zone))


def _kept(question: str) -> str:
    """A question as the database holds it."""
    # Somebody who runs a bot may paste its token into the wrong window.
    hidden = TOKEN.sub(HIDDEN, question)[:MAX_QUESTION]
    # One text that no database takes would hold up all others.
    return hidden.encode("utf-8", "replace").decode().replace("\0", " ")
