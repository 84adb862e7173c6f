"""Every possible reply, ready to be weighed against a question."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from bot.answering import red_flags
from bot.knowledge.base import Knowledge
from bot.knowledge.models import Thresholds
from bot.language.called import without_names
from bot.language.spelling import Heard, Hearing, Vocabulary
from bot.language.words import stem, words
from bot.markup import plain
from bot.matching import holdout
from bot.matching.concepts import Concepts
from bot.matching.confidence import Confidence, Evidence
from bot.matching.corpus import Corpus
from bot.matching.holdout import Curve
from bot.matching.scorer import Ranked, Scorer
from bot.places.cities import place_names

SENTENCE_END = re.compile(r"(?<=[.!?;])\s+")
UNSURE = 3
"""Suggestions begin at the answer threshold divided by this, if a folder does not say more."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A question, with its scores against every possible reply."""

    heard: tuple[Heard, ...]
    entries: Ranked
    """Ids and scores of the entries, best first."""
    topics: Ranked
    """Ids of the topics and the score of the best entry of each, best first."""
    rivals: Ranked
    """Ids and scores of limits and small talk, best first."""
    evidence: Evidence
    confidence: float
    """Chance that the best entry of the best topic is what was asked for, 0..1."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The thresholds of `models.Thresholds`, none of them left open."""

    answer: float
    suggest: float
    trace: float


@dataclass(frozen=True, slots=True)
class Index:
    """The phrasings of a knowledge base, indexed and learned from."""

    thresholds: Measured
    vocabulary: Vocabulary
    asked: Mapping[tuple[str, ...], str]
    """The words of each text of an entry → its id."""
    stubs: frozenset[str]
    """Stems of the texts of one word: they ask for a reply all by themselves."""
    members: frozenset[str]
    """Stems that stand for a concept, such as one of a topic's subject."""
    scorer: Scorer
    curve: Curve
    """The confidence in the texts that were held out to measure it."""
    confidence: Confidence

    @classmethod
    def of(cls, knowledge: Knowledge) -> "Index":
        """Index a knowledge base, train on it, and measure its thresholds."""
        concepts = Concepts.of(knowledge.synonyms.concepts)
        texts, known = corpus(knowledge), vocabulary(knowledge)
        trials = holdout.rehearse(texts, concepts, known.hear)
        confidence = Confidence.fit([t.evidence for t in trials], [t.right for t in trials])
        curve = Curve.of(trials, confidence)
        return cls(
            thresholds=measured(knowledge.thresholds or Thresholds(), curve),
            vocabulary=known,
            asked={
                text: key
                for key, group in texts.groups.items()
                if key in knowledge.entries
                for text in group
            },
            stubs=frozenset(stem(text[0]) for text in _told(texts) if len(text) == 1),
            members=_members(concepts),
            scorer=Scorer.train(texts, concepts),
            curve=curve,
            confidence=confidence,
        )

    def hear(self, text: str) -> tuple[Heard, ...]:
        """The words of a text, with typos mended."""
        return self.hearing()(text)

    def hearing(self) -> Callable[[str], tuple[Heard, ...]]:
        """`hear` for all parts of one message, of which only so many words are mended."""
        reads = Hearing(self.vocabulary).read
        return lambda text: reads(without_names(text))

    def phrasing_of(self, heard: tuple[Heard, ...]) -> str | None:
        """The id of the entry that has exactly these words as a phrasing, if any has."""
        return self.asked.get(tuple(h.meant for h in heard))

    def asks(self, weighed: Weighed) -> bool:
        """False where one word is all that was said, and it stands for no reply by itself.

        Everyday words are members of a broad topic's concepts, as "city" may be: they say too
        little.
        """
        word, topic = weighed.heard[0].stem, weighed.topics[0][0]
        narrow = not self.scorer.broad(topic)
        return len(weighed.heard) > 1 or word in self.stubs or (narrow and word in self.members)

    def weigh(self, heard: tuple[Heard, ...]) -> Weighed:
        """Score a question against everything."""
        scores = self.scorer.score(heard)
        return Weighed(
            heard=heard,
            entries=scores.entries,
            topics=scores.topics,
            rivals=scores.rivals,
            evidence=scores.evidence,
            confidence=self.confidence(scores.evidence),
        )


def measured(given: Thresholds, curve: Curve) -> Measured:
    """Fill in the thresholds that a folder leaves open."""
    answer = curve.threshold() if given.answer is None else given.answer
    suggest = answer / UNSURE if given.suggest is None else given.suggest
    return Measured(answer, suggest, given.trace)


def texts(knowledge: Knowledge) -> dict[str, list[str]]:
    """Id of every possible reply → the texts that people ask for it with."""
    entries = {e.id: [e.question, *e.phrasings, *e.keywords] for e in knowledge.entries.values()}
    limits = {limit.id: limit.phrasings for limit in knowledge.limits.values()}
    talk = {talk.id: talk.phrasings for talk in knowledge.smalltalk.values()}
    return entries | limits | talk


def corpus(knowledge: Knowledge) -> Corpus:
    """The texts of a knowledge base, with a background beside them."""
    phrasings, entries = _phrasings(knowledge), knowledge.entries
    return Corpus.of(
        groups=phrasings,
        classes={key: entries[key].topic if key in entries else key for key in phrasings},
        broad={key: topic.broad for key, topic in knowledge.topics.items()},
        talk=knowledge.smalltalk,
        answers={key: _sentences(entry.answer) for key, entry in entries.items()},
    )


def _sentences(answer: str) -> list[tuple[str, ...]]:
    """The words of each sentence of an answer."""
    return [found for part in SENTENCE_END.split(plain(answer)) if (found := words(part))]


def vocabulary(knowledge: Knowledge) -> Vocabulary:
    """Every word of a knowledge base."""
    phrasings = _phrasings(knowledge).values()
    synonyms = [words(m) for members in knowledge.synonyms.concepts.values() for m in members]
    courtesies = [words(courtesy) for courtesy in knowledge.courtesies]
    watched = red_flags.vocabulary(knowledge.red_flags)
    said = chain(*phrasings, synonyms, courtesies, watched)
    return Vocabulary.of(said, place_names())


def _told(texts: Corpus) -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(texts.groups.values())


def _members(concepts: Concepts) -> frozenset[str]:
    pieces = (phrase for known in concepts.phrases.values() for phrase, _ in known)
    return frozenset(phrase[0] for phrase in pieces if len(phrase) == 1)


def _phrasings(knowledge: Knowledge) -> dict[str, list[tuple[str, ...]]]:
    """Id → the words of each of its texts, without texts and ids that have no words."""
    said = {
        key: [found for text in group if (found := words(text))]
        for key, group in texts(knowledge).items()
    }
    return {key: group for key, group in said.items() if group}
