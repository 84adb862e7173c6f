"""Counts, and questions without an answer, kept in memory: no reply waits for the database."""

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
"""If the database fails, so many missed questions wait in memory: the newest."""
COUNTED = dt.timedelta(days=400)
"""Counts are kept so long: they say nothing about any person."""

Change = Callable[[Subscriber | None], Subscriber | None]

log = logging.getLogger(__name__)


@dataclass(slots=True)
class UsageRecorder:
    """Keeps notes in memory, and writes them at each tick and at the end."""

    records: Records
    now: Callable[[], dt.datetime]
    zone: str
    """The time zone in which days and hours are counted."""
    days: int
    """Questions are kept for so many days."""
    _counts: Counter[tuple[dt.date, str, str]] = field(default_factory=Counter)
    _missed: deque[Missed] = field(default_factory=lambda: deque(maxlen=MOST_WAITING))
    _found: list[tuple[str, str]] = field(default_factory=list)
    _pruned: dt.date | None = None

    def answered(self, question: str, reply: Reply) -> None:
        """Count a question that got this reply."""
        self.count("outcome", reply.outcome)
        self.count("hour", f"{self._local():%H}")
        if isinstance(reply, Answer):
            for entry in reply.entries:
                self.count("entry", entry.id)
        elif isinstance(reply, Suggestions | Unknown) and question.strip():
            self.missed(question, reply.outcome)

    def missed(self, question: str, outcome: str) -> None:
        """Keep a question that found no answer."""
        self._missed.append(Missed(0, _kept(question), outcome, self.today))

    def count(self, kind: str, name: str = "", by: int = 1) -> None:
        self._counts[self.today, kind, name] += by

    def found(self, question: str, outcome: str) -> None:
        """Drop a question that found an answer after all."""
        kept = _kept(question)
        for each in reversed(self._missed):
            if (each.text, each.outcome) == (kept, outcome):
                self._missed.remove(each)
                return
        self._found.append((kept, outcome))

    def watched(self, how: Change) -> Change:
        """Wrap a change of a subscriber, so that a subscription that begins or ends is counted."""

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
        """Write the notes made since the last time, and delete what is too old."""
        counts, self._counts = self._counts, Counter()
        missed, self._missed = self._missed, deque(maxlen=MOST_WAITING)
        found, self._found = self._found, []
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
        today = self.today
        if self._pruned != today:
            await self.records.prune(today - dt.timedelta(days=self.days), today - COUNTED)
            self._pruned = today

    @property
    def today(self) -> dt.date:
        """The date in the operators' time zone."""
        return self._local().date()

    def _local(self) -> dt.datetime:
        return self.now().astimezone(zone(self.zone))


def _kept(question: str) -> str:
    """Shorten and clean a question for the database."""
    # An operator may paste the token into the wrong window.
    hidden = TOKEN.sub(HIDDEN, question)[:MAX_QUESTION]
    # A text that the database refuses would hold up all others.
    return hidden.encode("utf-8", "replace").decode().replace("\0", " ")
