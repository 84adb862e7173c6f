"""Everything that the bot knows, as one value."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import bot
from bot.errors import KnowledgeError
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

Asked = TypeVar("Asked", Entry, Limit)


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
    """None where nobody has measured any: the defaults of the model count then."""

    def topic(self, entry: str) -> Topic:
        """The topic that an entry stands under."""
        return self.topics[self.entries[entry].topic]

    @classmethod
    def of(cls, draft: ParsedFiles) -> "Knowledge":
        """Put parsed files together.

        Raises:
            KnowledgeError: they have problems.
        """
        if draft.problems:
            raise KnowledgeError(draft.problems)
        (talk,) = draft.all(SmallTalks)
        topics = {topic.id: topic for topic in draft.all(Topic)}
        knowledge = cls(
            about=draft.all(About)[0],
            topics=topics,
            entries=_entries(topics),
            limits={limit.id: limit for limit in draft.all(Limits)[0].limits},
            smalltalk={small.id: small for small in talk.smalltalk},
            courtesies=tuple(talk.courtesies),
            red_flags=draft.all(RedFlags)[0],
            synonyms=draft.all(Synonyms)[0],
            expected=draft.all(Expected)[0],
            tips={tip.id: tip for tips in draft.all(Tips) for tip in tips.tips},
            thresholds=next(iter(draft.all(Thresholds)), None),
        )
        more = [pair for learned in draft.all(Learned) for pair in learned.pairs]
        return knowledge.with_phrasings(more)

    def with_phrasings(self, more: Iterable[tuple[str, str]]) -> "Knowledge":
        """Adds ways to ask: pairs of the id of an entry or a limit and a phrasing."""
        added: dict[str, list[str]] = defaultdict(list)
        for owner, phrasing in more:
            added[owner].append(phrasing)
        if not added:
            return self

        def richer(owner: Asked) -> Asked:
            return replace(owner, phrasings=[*owner.phrasings, *added[owner.id]])

        topics = {
            key: replace(topic, entries=[richer(entry) for entry in topic.entries])
            for key, topic in self.topics.items()
        }
        limits = {key: richer(limit) for key, limit in self.limits.items()}
        return replace(self, topics=topics, entries=_entries(topics), limits=limits)


def _entries(topics: Mapping[str, Topic]) -> dict[str, Entry]:
    return {entry.id: entry for topic in topics.values() for entry in topic.entries}


def shipped() -> Path:
    """The knowledge base of the program: inside `bot` in a wheel, beside it in a checkout."""
    here = Path(bot.__file__).resolve().parent
    packed = here / "knowledge_base"
    return packed if packed.is_dir() else here.parent / "knowledge"
