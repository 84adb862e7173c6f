"""Everything that the bot knows, as one value."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import bot
from bot.errors import KnowledgeError
from bot.knowledge import models
from bot.knowledge.conversation import Conversation
from bot.knowledge.parser import ParsedFiles
from bot.language.words import words

Asked = TypeVar("Asked", models.Entry, models.Limit)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything that the bot knows."""

    about: models.About
    topics: Mapping[str, models.Topic]
    entries: Mapping[str, models.Entry]
    limits: Mapping[str, models.Limit]
    smalltalk: Mapping[str, models.SmallTalk]
    courtesies: tuple[str, ...]
    red_flags: models.RedFlags
    synonyms: models.Synonyms
    expected: models.Expected
    tips: Mapping[str, models.Tip]
    """Empty where there is no daily tip."""
    thresholds: models.Thresholds | None
    """None where nobody has measured any: the defaults of the model count then."""
    conversation: Conversation | None = None
    """None where every message is answered alone."""

    def topic(self, entry: str) -> models.Topic:
        """The topic that an entry stands under."""
        return self.topics[self.entries[entry].topic]

    def talk(self) -> dict[tuple[str, ...] | str, models.SmallTalk]:
        """Words of a message → small talk. The message itself is the key if it has no words."""
        return {
            words(phrasing) or phrasing: small
            for small in self.smalltalk.values()
            for phrasing in small.phrasings
        }

    @property
    def foreign(self) -> models.SmallTalk | None:
        """The answer to messages in other languages, if there is one."""
        return next((small for small in self.smalltalk.values() if small.foreign), None)

    @classmethod
    def of(cls, draft: ParsedFiles) -> "Knowledge":
        """Put parsed files together.

        Raises:
            KnowledgeError: they have problems.
        """
        if draft.problems:
            raise KnowledgeError(draft.problems)
        (talk,) = draft.all(models.SmallTalks)
        topics = {topic.id: topic for topic in draft.all(models.Topic)}
        knowledge = cls(
            about=draft.all(models.About)[0],
            topics=topics,
            entries=_entries(topics),
            limits={limit.id: limit for limit in draft.all(models.Limits)[0].limits},
            smalltalk={small.id: small for small in talk.smalltalk},
            courtesies=tuple(talk.courtesies),
            red_flags=draft.all(models.RedFlags)[0],
            synonyms=draft.all(models.Synonyms)[0],
            expected=draft.all(models.Expected)[0],
            tips={tip.id: tip for tips in draft.all(models.Tips) for tip in tips.tips},
            thresholds=next(iter(draft.all(models.Thresholds)), None),
            conversation=next(iter(draft.all(Conversation)), None),
        )
        more = [pair for learned in draft.all(models.Learned) for pair in learned.pairs]
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


def _entries(topics: Mapping[str, models.Topic]) -> dict[str, models.Entry]:
    return {entry.id: entry for topic in topics.values() for entry in topic.entries}


def shipped() -> Path:
    """The knowledge base of the program: inside `bot` in a wheel, beside it in a checkout."""
    here = Path(bot.__file__).resolve().parent
    packed = here / "knowledge_base"
    return packed if packed.is_dir() else here.parent / "knowledge"
