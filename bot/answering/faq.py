"""The rules that choose a reply, from red flags, small talk and the index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from bot.answering import clauses, red_flags
from bot.answering.clauses import Asked, Clause, Hear
from bot.answering.cues import Cues
from bot.answering.dangers import CERTAIN, LIKELY, UNLIKELY, Dangers
from bot.answering.index import Index, Weighed
from bot.answering.red_flags import Watch
from bot.answering.replies import (
    Answer,
    Limited,
    RedFlag,
    Reply,
    SmallTalkReply,
    Suggestions,
    Unknown,
)
from bot.knowledge.base import Knowledge
from bot.knowledge.models import Entry, Flag, SmallTalk, Topic
from bot.language.foreign import is_foreign
from bot.language.spelling import Heard
from bot.language.words import MAX_QUESTION, words
from bot.matching.concepts import Concepts

MOST_SUGGESTED, MOST_TOPICS = 3, 3
SLIGHT = 0.2
"""Score below which an entry is no answer, even if the others are far behind."""
FAINT = 0.1
"""Score below which a topic has nothing to do with a question."""
SMALL_TALK = 0.4
"""Score from which a message is small talk."""
COURTESY = "courtesy"
"""The one concept that all courtesies stand for."""
SURE, CLEAR = 0.9, 0.5
"""Confidence and score from which a part of a question is asked for by itself."""
BESIDE, SEVERAL = 0.4, 0.3
"""Shares of the best topic's score that a second one needs; the latter where several are said."""
NEARBY = 0.5
"""Share of the best topic's score. Another topic from there on is near enough to be offered."""


@dataclass(frozen=True, slots=True)
class Faq:
    """A knowledge base that answers. It never changes: a reload replaces all of it."""

    knowledge: Knowledge
    index: Index
    watching: tuple[Watch, ...]
    dangers: Dangers | None
    """None where the red flags have too few sentences to learn from."""
    courtesies: Concepts
    talk: Mapping[tuple[str, ...] | str, SmallTalk]
    """Words of a message → small talk. The message itself is the key if it has no words."""
    cues: Cues | None
    """None where every message is answered alone."""

    def __repr__(self) -> str:  # Libraries that log a call would print megabytes.
        return f"<{type(self).__name__} of {len(self.knowledge.entries)} entries>"

    @classmethod
    def of(cls, knowledge: Knowledge) -> "Faq":
        """Make a knowledge base ready to answer."""
        index = Index.of(knowledge)
        return cls(
            knowledge=knowledge,
            index=index,
            watching=red_flags.watches(knowledge.red_flags),
            dangers=Dangers.of(knowledge, index.hear),
            courtesies=Concepts.of({COURTESY: knowledge.courtesies}),
            talk=knowledge.talk(),
            cues=Cues.of(knowledge, index.scorer.matcher.concepts),
        )

    def ask(self, question: str) -> Reply:
        """Decide on a reply to any text. Only red flags are looked for behind MAX_QUESTION."""
        return self.decide(question)[0]

    def decide(self, question: str) -> tuple[Reply, Weighed | None]:
        """Decide on a reply, and return the scores behind it; None where no scores were needed."""
        beginning, hear = question[:MAX_QUESTION], self.index.hearing()
        heard, parts = hear(beginning), clauses.split(beginning, hear)
        flag, chance = self._red_flag(heard, question, hear), self._chance(heard, parts)
        if flag and (chance >= UNLIKELY or beginning != question):
            return RedFlag(flag), None
        reply, weighed = self._harmless(beginning, heard, parts)
        cheerful = isinstance(reply, Answer | Suggestions)
        if flag and cheerful:
            return RedFlag(flag), weighed
        if self.dangers is None or isinstance(reply, SmallTalkReply):
            return reply, weighed
        likely = chance >= (LIKELY if cheerful else CERTAIN)
        return (RedFlag(self.dangers.likeliest(heard), chance) if likely else reply), weighed

    def _harmless(
        self, question: str, heard: Clause, parts: Sequence[Clause]
    ) -> tuple[Reply, Weighed | None]:
        """The reply to a question in which there is no danger."""
        if talk := self.talk.get(words(question) or question.strip()) or self._foreign(question):
            return SmallTalkReply(talk, 1.0), None
        if not heard:
            return Unknown((), 0.0), None
        return self._reply(clauses.asked(self.cues, heard, parts), heard)

    def _reply(self, asked: Asked, heard: Clause) -> tuple[Reply, Weighed]:
        whole = self.weigh(asked.heard)
        reply = self._two_topics(asked.clauses, whole) or self._one(whole)
        if isinstance(reply, Answer):
            denied = Suggestions(self._suggested(whole), reply.score) if asked.denied else None
            return denied or reply, whole
        if asked.otherwise:
            return self._reply(asked.otherwise, heard)
        if asked.heard != heard and (subject := self._subject(asked.heard)):
            whole = self.weigh(subject)
            return self._one(whole), whole
        return reply, whole

    def _foreign(self, question: str) -> SmallTalk | None:
        return self.knowledge.foreign if is_foreign(question) else None

    def _red_flag(self, heard: Clause, question: str, hear: Hear) -> Flag | None:
        windows = chain([heard], map(hear, red_flags.rest(question)))
        found = (red_flags.first(self.watching, [h.stem for h in part]) for part in windows)
        return next((flag for flag in found if flag), None)

    def _chance(self, heard: Clause, parts: Sequence[Clause]) -> float:
        return self.dangers.chance(heard, parts) if self.dangers and heard else UNLIKELY

    def weigh(self, heard: tuple[Heard, ...]) -> Weighed:
        """Score a question, without its courtesies, against everything."""
        return self.index.weigh(self.without_courtesies(heard))

    def _one(self, weighed: Weighed) -> Reply:
        thresholds = self.index.thresholds
        if entry := self.index.phrasing_of(weighed.heard):
            # Somebody wrote or taught this wording, whatever its words are otherwise used for.
            return Answer((self.knowledge.entries[entry],), weighed.confidence)
        sure = weighed.confidence >= thresholds.answer and weighed.evidence.fit >= SLIGHT
        if sure and self.index.asks(weighed):
            best = self.knowledge.entries[self.best_entry(weighed)]
            return Answer((best,), weighed.confidence)
        if reply := self._small_talk(weighed) or self._limited(weighed):
            return reply
        if weighed.confidence >= thresholds.suggest:
            return Suggestions(self._suggested(weighed), weighed.confidence)
        return Unknown(self._near(weighed), weighed.confidence)

    def _small_talk(self, weighed: Weighed) -> SmallTalkReply | None:
        """Small talk, if no topic shows a trace; a wrong guess here reads as an insult."""
        if not weighed.rivals or weighed.topics[0][1] >= self.index.thresholds.trace:
            return None
        name, score = weighed.rivals[0]
        talk = self.knowledge.smalltalk.get(name)
        return (
            SmallTalkReply(talk, 1 - weighed.confidence) if talk and score >= SMALL_TALK else None
        )

    def _limited(self, weighed: Weighed) -> Limited | None:
        """The best limit, where it is ahead of every topic."""
        floor = max(self.index.thresholds.trace, weighed.topics[0][1])
        for name, score in weighed.rivals:
            if score < floor:
                return None
            if limit := self.knowledge.limits.get(name):
                return Limited(limit, self._near(weighed, limit.topics), 1 - weighed.confidence)
        return None

    def best_entry(self, weighed: Weighed) -> str:
        """The id of the entry that is the answer, if any entry is."""
        topic = weighed.topics[0][0]
        return next(key for key, _ in weighed.entries if self.knowledge.entries[key].topic == topic)

    def _suggested(self, weighed: Weighed) -> tuple[Entry, ...]:
        """The best entry of each of the best topics, then more entries of the best topic."""
        best = weighed.topics[0][1]
        floor = min(best, NEARBY * best)  # Scores can be below 0.
        near = [topic for topic, score in weighed.topics[:MOST_SUGGESTED] if score >= floor]
        entries = [self.knowledge.entries[key] for key, _ in weighed.entries]
        firsts = [next(e for e in entries if e.topic == topic) for topic in near]
        more = [e for e in entries if e.topic == near[0] and e not in firsts]
        return (*firsts, *more)[:MOST_SUGGESTED]

    def _near(self, weighed: Weighed, named: Sequence[str] = ()) -> tuple[Topic, ...]:
        """The topics that the question touches, then those that its limit names."""
        best = weighed.topics[0][1]
        floor = max(FAINT, NEARBY * best)
        touched = [topic for topic, score in weighed.topics if score >= floor]
        ids = list(dict.fromkeys([*touched, *named]))[:MOST_TOPICS]
        return tuple(self.knowledge.topics[i] for i in ids)

    def _two_topics(self, parts: Sequence[Clause], whole: Weighed) -> Answer | None:
        """Give two answers if two parts of a question surely ask about two topics."""
        several = self.cues is not None and self.cues.asks_for_several(whole.heard)
        least = (SEVERAL if several else BESIDE) * whole.topics[0][1]
        scores = {topic: score for topic, score in whole.topics if score >= least}
        found: dict[str, Weighed] = {}
        for at, part in enumerate(parts):
            if min(len(scores), len(found) + len(parts) - at) < 2:
                return None
            if weighed := self._beside(part, whole, scores):
                found.setdefault(weighed.topics[0][0], weighed)
        pair = sorted(found, key=lambda topic: -scores[topic])[:2]
        entries = tuple(self.knowledge.entries[self.best_entry(found[topic])] for topic in pair)
        least = min((found[topic].confidence for topic in pair), default=0.0)
        return Answer(entries, least) if len(pair) == 2 else None

    def _beside(self, part: Clause, whole: Weighed, near: Mapping[str, float]) -> Weighed | None:
        """The scores of a part, or of the subject that it names, if it asks for one of these."""
        several = self.cues is not None and self.cues.asks_for_several(whole.heard)
        for clause in filter(None, (part, self._subject(part))):
            weighed = self.weigh(clause)
            score = near.get(weighed.topics[0][0])
            close = several or (score or 0.0) >= NEARBY * whole.topics[0][1]
            if score is not None and self._stands_alone(weighed, close, several):
                return weighed
        return None

    def _stands_alone(self, part: Weighed, close: bool, several: bool) -> bool:
        """True where a part is a question of its own, more easily if it is one of several."""
        clear = part.confidence >= SURE and part.evidence.fit >= CLEAR
        answered = part.confidence >= self.index.thresholds.answer
        broad = self.knowledge.topics[part.topics[0][0]].broad
        if self.cues is None:
            return not broad and (answered if close else clear)
        if several:
            return answered
        return self.cues.is_about(part.heard) and answered and (clear or not broad)

    def _subject(self, part: Clause) -> Clause:
        """A whole question about the subject of these words; empty where they name none."""
        return self.index.hear((self.cues.subject(part) or "") if self.cues else "")

    def parts(self, question: str) -> tuple[Clause, ...]:
        """Cut a question into parts that may be questions; each part has a known word."""
        return clauses.known(clauses.split(question, self.index.hear))

    def without_courtesies(self, heard: tuple[Heard, ...]) -> tuple[Heard, ...]:
        """Drop greetings and thanks around a question; a greeting alone stays."""
        return self.courtesies.rest(heard) or heard


@dataclass(slots=True)
class Live:
    """The one thing that a reload replaces. Read `faq` once, and go on with that one."""

    faq: Faq
