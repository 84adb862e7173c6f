"""Everything that the bot knows, as one value."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import bot
from bot.knowledge.models import (
    About,
    Entry,
    Expected,
    Learned,
    Limit,
    Limits,
    RedFlags,
    SmallTalk,
    SmallTalks,
    Synonyms,
    Thresholds,
    Tip,
    Tips,
    Topic,
)
from bot.knowledge.parser import ParsedFiles


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything that the bot knows."""

    about: About
    topics: Mapping[str, Topic]
    entries: Mapping[str, Entry]
    limits: Mapping[str, Limit]
    smalltalk: Mapping[str, SmallTalk]
    courtesies: tuple[str, ...]
    red_flags: RedFlags
    synonyms: Synonyms
    expected: Expected
    tips: Mapping[str, Tip]
    """Empty where there is no daily tip."""
    thresholds: Thresholds | None
    """None where no script has measured any: the defaults of the model count then."""

    def topic(self, entry: str) -> Topic:
        """The topic that an entry stands under."""
        return self.topics[self.entries[entry].topic]

    @classmethod
    def of(cls, draft: ParsedFiles) -> "Knowledge":
        """From a draft without problems."""
        talk = draft.the("smalltalk.yaml", SmallTalks)
        tips = draft.get("tips.yaml", Tips)
        topics = {topic.id: topic for _, topic in draft.topics()}
        knowledge = cls(
            about=draft.the("about.yaml", About),
            topics=topics,
            entries={entry.id: entry for topic in topics.values() for entry in topic.entries},
            limits={limit.id: limit for limit in draft.the("limits.yaml", Limits).limits},
            smalltalk={small.id: small for small in talk.smalltalk},
            courtesies=tuple(talk.courtesies),
            red_flags=draft.the("red_flags.yaml", RedFlags),
            synonyms=draft.the("synonyms.yaml", Synonyms),
            expected=draft.the("expected.yaml", Expected),
            tips={tip.id: tip for tip in tips.tips} if tips else {},
            thresholds=draft.get("thresholds.yaml", Thresholds),
        )
        learned = draft.get("learned.yaml", Learned)
        more = [(each.id, p) for each in learned.learned for p in each.phrasings] if learned else []
        return knowledge.with_phrasings(more)

    def with_phrasings(self, more: Iterable[tuple[str, str]]) -> "Knowledge":
        """The same with more ways to ask: pairs of the id of an entry or a limit and a phrasing."""
        added: dict[str, list[str]] = defaultdict(list)
        for owner, phrasing in more:
            added[owner].append(phrasing)
        if not added:
            return self
        topics = {key: _richer_topic(topic, added) for key, topic in self.topics.items()}
        limits = {
            key: replace(limit, phrasings=[*limit.phrasings, *added.get(key, ())])
            for key, limit in self.limits.items()
        }
        entries = {entry.id: entry for topic in topics.values() for entry in topic.entries}
        return replace(self, topics=topics, entries=entries, limits=limits)


def _richer_topic(topic: Topic, added: Mapping[str, list[str]]) -> Topic:
    return replace(
        topic,
        entries=[
            replace(entry, phrasings=[*entry.phrasings, *added.get(entry.id, ())])
            for entry in topic.entries
        ],
    )


def shipped() -> Path:
    """The knowledge base of the program: inside `bot` in a wheel, beside it in a checkout."""
    here = Path(bot.__file__).resolve().parent
    packed = here / "knowledge_base"
    return packed if packed.is_dir() else here.parent / "knowledge"
