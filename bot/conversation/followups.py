"""A message that cannot stand alone is read with the reply before it."""

from dataclasses import dataclass, replace

from bot.answering.cues import Cues, Said, spoken
from bot.answering.faq import MOST_TOPICS, Faq
from bot.answering.index import Weighed
from bot.answering.replies import Answer, Limited, RedFlag, Reply, SmallTalkReply, Suggestions
from bot.knowledge.models import Entry
from bot.language.spelling import Heard

SHORT = 4
"""Words of a message that is likely to be half a question."""
LIKELY = 0.8
"""Score from which a limit is what a message with one more word is about."""
ALIKE = 0.7
"""Share of the best entry's score from which another entry is as good an answer."""
FOREIGN = 2
"""Words from which on a message speaks of something that nobody knows here."""
MOST = 2
"""Answers that are given at once."""


@dataclass(frozen=True, slots=True)
class Before:
    """The replies before, as far as they are still there in the knowledge base."""

    shown: tuple[Entry, ...] = ()
    """The entries of the newest answer or suggestions."""
    suggested: bool = False
    """True where they were only suggested."""
    offered: tuple[Entry, ...] = ()
    """The entries that "the second one" chooses from, in their order."""
    seen: frozenset[str] = frozenset()
    """Ids of all entries that this conversation has shown."""
    limited: Limited | None = None
    """The newest reply, where it was a limit."""

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(entry.topic for entry in self.shown))

    @property
    def classes(self) -> tuple[str, ...]:
        """The topics, and the limit."""
        return (*self.topics, *(self.limited.ids if self.limited else ()))


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A message, the reply to it alone, and what was said before it."""

    faq: Faq
    cues: Cues
    said: Said
    alone: Reply
    before: Before

    def reply(self) -> Reply:
        """The reply to the message as it was meant."""
        if isinstance(self.alone, RedFlag):
            return self.alone
        if chosen := self._chosen():
            return chosen
        if self._asks_on():
            return self._leaning()
        if self.said.subjects:
            return self._repeated() or self._named() or self.alone
        if self._talks():
            return self.alone
        if self.before.limited and self._stays_limited():
            return self.before.limited
        if not self.before.shown or self._is_whole():
            return self._repeated() or self._nearest(self.alone)
        return self._nearest(self._leaning())

    def offered(self, reply: Answer) -> tuple[Entry, ...]:
        """The entries that the next message can choose from, in the order of this message."""
        if self._chosen():
            return self.before.offered
        covered = self.cues.conversation.covered
        named = [each for each in self.said.subjects if each.name in covered]
        words = dict.fromkeys(spoken(self.said.heard, [each]) for each in named)
        found = [entry for word in words for entry in self._about(word)]
        firsts = {entry.topic: entry for entry in reversed((*found, *reply.entries))}
        order = dict.fromkeys(entry.topic for entry in (*found, *reply.entries))
        return tuple(firsts[topic] for topic in order)

    def _about(self, subject: str) -> tuple[Entry, ...]:
        """The answer to somebody who names no more than this subject; empty where there is none."""
        asked = self.faq.ask(self.cues.conversation.asks.format(subject=subject))
        return asked.entries[:1] if isinstance(asked, Answer) else ()

    def _chosen(self) -> Reply | None:
        """The choice of a message from several suggestions or answers."""
        offered, said = self.before.offered, self.said
        if not offered or said.subjects or len(said.content) > 1:
            return None
        if self.before.suggested and len(said.heard) <= SHORT:
            if said.has("agreed"):
                return Answer(offered[:1], 1.0)
            if said.has("both"):
                return Answer(offered[:MOST], 1.0)
        place = said.first("choice")
        if place is None or len(offered) < 2:
            return None
        at = len(offered) - 1 if place == "last" else int(place)
        return Answer(offered[at : at + 1], 1.0) if at < len(offered) else None

    def _asks_on(self) -> bool:
        """True where a limit alone asks by name about a topic that was answered before."""
        if not isinstance(self.alone, Limited) or not self.said.has("ask"):
            return False
        covered = {each.name for each in self.said.subjects} & {*self.cues.conversation.covered}
        if not covered or len(covered) < len({each.name for each in self.said.subjects}):
            return False
        about = self._about(spoken(self.said.heard, self.said.subjects))
        return any(entry.topic in self.before.topics for entry in about)

    def _talks(self) -> bool:
        """True for small talk that does not lean on anything."""
        if not isinstance(self.alone, SmallTalkReply):
            return False
        if self.alone.talk.id in self.cues.conversation.leaning:
            return False
        return not self.said.has("ask", "source") and not (self.said.has("more"))

    def _stays_limited(self) -> bool:
        alone = self.alone
        if self.said.bare:
            return True
        if isinstance(alone, Answer):
            return alone.topics[0] not in self.before.topics and not self.said.themes
        return not isinstance(alone, Limited) and self._strange() < FOREIGN

    def _is_foreign(self) -> bool:
        return self._strange() >= (FOREIGN if self.said.has("lead", "pointer") else 1)

    def _strange(self) -> int:
        """The number of words that what was said before does not know."""
        share, topics = self.faq.index.scorer.unaccounted, self.before.classes
        words = [heard for heard in self.said.content if heard.word.isalpha()]
        strange = sum(all(share((word,), topic) == 1 for topic in topics) for word in words)
        # One number is an age or a year; several are sums, or a telephone number.
        return strange + max(0, len(self.said.content) - len(words) - 1) * FOREIGN

    def _is_whole(self) -> bool:
        """True where a message needs nothing that was said before."""
        said, alone = self.said, self.alone
        if self._strange() >= FOREIGN or not any(heard.word.isalpha() for heard in said.heard):
            return True
        narrow = isinstance(alone, Answer) and not self._is_broad(alone)
        asks = said.has("ask", "more", "source")
        if narrow and said.themes and (not asks or len(said.content) >= FOREIGN):
            return True
        if asks or said.has("pointer"):
            return isinstance(alone, Limited | Answer) and len(said.content) > FOREIGN
        if not said.content and not said.themes:
            return False
        if isinstance(alone, Answer) and self._is_broad(alone):
            return said.themes and not said.has("lead")
        if isinstance(alone, Answer):
            return len(said.content) >= FOREIGN or not said.has("lead")
        if isinstance(alone, Limited):
            return not said.has("lead")
        return (said.themes or self._is_foreign()) and not said.has("lead")

    def _is_broad(self, answer: Answer) -> bool:
        return self.faq.knowledge.topics[answer.topics[0]].broad

    def _repeated(self) -> Answer | None:
        """The answer to a message that says again, in new words, what was not understood."""
        if isinstance(self.alone, Suggestions):
            known = [e for e in self.alone.entries if e.topic in self.before.topics]
            if known and self.alone.entries[0].topic in self.before.topics:
                return Answer((known[0],), self.alone.score)
        return None

    def _named(self) -> Reply | None:
        """The answer to a message that hardly says more than a subject of its own."""
        said, covered = self.said, self.cues.conversation.covered
        if isinstance(self.alone, Answer) or said.beside >= FOREIGN:
            return None
        other = any(each.name not in covered for each in said.subjects)
        if isinstance(self.alone, Limited):
            most = 0 if self.alone.score >= LIKELY else 1
            if other or said.has("ask") or said.beside > most:
                return None
        entries = self._about(spoken(said.heard, said.subjects))
        return Answer(entries, self.faq.index.thresholds.answer) if entries else None

    def _nearest(self, reply: Reply) -> Reply:
        """A limit that a follow-up runs into offers the topics before it first."""
        if not isinstance(reply, Limited) or not self.before.shown:
            return reply
        ids = dict.fromkeys((*self.before.topics, *reply.topics))
        return replace(reply, near=tuple(self.faq.knowledge.topics[i] for i in ids)[:MOST_TOPICS])

    def _leaning(self) -> Reply:
        said, shown = self.said, self.before.shown
        if said.has("source"):
            return Answer(shown[:MOST], 1.0, sourced=True)
        if said.has("more") and not said.has("ask"):
            return Answer((self._next(),), 1.0)
        weighed = self.faq.index.weigh(self._whole())
        limit = None if said.subjects else self._limited()
        return limit or Answer((self._best(weighed),), max(0.0, min(1.0, weighed.confidence)))

    def _limited(self) -> Limited | None:
        """The limit, where the message alone is one and names something of its own."""
        if isinstance(self.alone, Limited) and self.said.content and not self.said.has("ask"):
            return self.alone
        return None

    def _next(self) -> Entry:
        """An entry of the topic that was not shown yet, related ones first."""
        entries, topic = self.faq.knowledge.entries, self.before.topics[0]
        related = [i for entry in self.before.shown for i in entry.related]
        others = [entry.id for entry in self.faq.knowledge.topics[topic].entries]
        ids = [i for i in (*related, *others) if entries[i].topic == topic]
        fresh = (i for i in ids if i not in self.before.seen)
        return entries[next(fresh, self.before.shown[0].id)]

    def _best(self, weighed: Weighed) -> Entry:
        """The best entry of the topics before: to a question about it, rather another one."""
        entries, topics = self.faq.knowledge.entries, self.before.topics
        found = [(entries[i], score) for i, score in weighed.entries if entries[i].topic in topics]
        best, most = found[0]
        if best not in self.before.shown or not self.said.has("ask"):
            return best
        others = (entry for entry, score in found[1:] if score >= ALIKE * most)
        return next((entry for entry in others if entry.id not in self.before.seen), best)

    def _whole(self) -> tuple[Heard, ...]:
        """The message as a whole question: with the subject of the reply before it."""
        subject = " ".join(self._subject(entry) for entry in self.before.shown[:1])
        asked = self.said.first("ask")
        forms = {each.id: each.asks for each in self.cues.conversation.follow_ups}
        form = forms.get(asked or "", self.cues.conversation.asks)
        whole = self.faq.index.hear(form.format(subject=subject))
        return (*whole, *(h for h in self.said.content if h.trust))

    def _subject(self, entry: Entry) -> str:
        """The subjects in the question of an entry, or in the title of its topic."""
        title = self.faq.knowledge.topics[entry.topic].title
        for text in (entry.question, title):
            said = self.cues.read(self.faq.index.hear(text))
            if said.subjects:
                return spoken(said.heard, said.subjects)
        return title
