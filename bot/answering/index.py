"""Every possible reply, ready to be weighed against a question."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
import numpy.typing as npt

from bot.answering import red_flags
from bot.knowledge.base import Knowledge
from bot.knowledge.models import Thresholds
from bot.language.spelling import Heard, Vocabulary
from bot.language.words import stem, words
from bot.matching.classifier import Classifier
from bot.matching.concepts import Concepts
from bot.matching.matcher import Matcher
from bot.matching.vectors import Vectors
from bot.places.cities import place_names

KIND = 0.035
"""Weight of the classifier's log odds beside the matcher's scores."""
BROAD = 0.1
"""Score that a broad topic must be better by, since its phrasings fit half of all questions."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Four numbers that say if the best entry is the answer to a question."""

    lead: float
    """Lead in score of the best topic over the best limit or small talk; negative if behind."""
    margin: float
    """Lead of the best topic over the second; 0 where a limit or small talk leads."""
    fit: float
    """Score of the best topic."""
    unaccounted: float
    """Share of the question's words that no phrasing of the best topic holds, 0..1."""

    def confidence(self, thresholds: Thresholds) -> float:
        """Chance that the best entry is what was asked for, 0..1: a logistic curve."""
        odds = (
            thresholds.bias
            + thresholds.lead * self.lead
            + thresholds.margin * self.margin
            + thresholds.fit * self.fit
            + thresholds.unaccounted * self.unaccounted
        )
        return float(1 / (1 + np.exp(-odds)))


@dataclass(frozen=True, slots=True)
class Weighed:
    """A question, with its scores against every possible reply."""

    heard: tuple[Heard, ...]
    entries: tuple[tuple[str, float], ...]
    """Ids and scores of the entries, best first."""
    topics: tuple[tuple[str, float], ...]
    """Ids of the topics and the score of the best entry of each, best first."""
    rivals: tuple[tuple[str, float], ...]
    """Ids and scores of limits and small talk, best first."""
    evidence: Evidence
    confidence: float
    """Chance that the best entry of the best topic is what was asked for, 0..1."""


@dataclass(frozen=True, slots=True)
class Index:
    """The phrasings of a knowledge base, indexed and learned from."""

    keys: tuple[str, ...]
    """Ids of entries, limits and small talk. The entries of a topic stand side by side."""
    classes: tuple[str, ...]
    """Ids of the topics, then of limits and small talk. Each of them is one class."""
    firsts: npt.NDArray[np.int64]
    """Place in `keys` of the first key of each class."""
    lengths: npt.NDArray[np.int64]
    """The number of keys of each class."""
    topics: int
    """The number of classes that are topics."""
    handicap: npt.NDArray[np.float64]
    """Score that is taken off each topic; 0 for a topic that is not broad."""
    thresholds: Thresholds
    vocabulary: Vocabulary
    matcher: Matcher
    classifier: Classifier

    @classmethod
    def of(cls, knowledge: Knowledge) -> "Index":
        """Index a knowledge base and train on it."""
        concepts = Concepts.of(knowledge.synonyms.concepts)
        phrasings = _phrasings(knowledge)
        sizes = [len(group) for group in phrasings.values()]
        stems = (tuple(map(stem, said)) for group in phrasings.values() for said in group)
        vectors = Vectors.of(stems, concepts)
        class_of = [knowledge.entries[k].topic if k in knowledge.entries else k for k in phrasings]
        classes = tuple(dict.fromkeys(class_of))
        numbers = [classes.index(name) for name in class_of]
        return cls(
            keys=tuple(phrasings),
            classes=classes,
            firsts=np.searchsorted(numbers, np.arange(len(classes))),
            lengths=np.bincount(numbers),
            topics=len(knowledge.topics),
            handicap=np.array([BROAD * topic.broad for topic in knowledge.topics.values()]),
            thresholds=knowledge.thresholds or Thresholds(),
            vocabulary=_vocabulary(knowledge, phrasings),
            matcher=Matcher.of(vectors, sizes, concepts),
            classifier=Classifier.train(vectors, np.repeat(numbers, sizes)),
        )

    def hear(self, text: str) -> tuple[Heard, ...]:
        """The words of a text, with typos mended."""
        return self.vocabulary.read(text)

    def weigh(self, heard: tuple[Heard, ...]) -> Weighed:
        """Score a question against everything."""
        features = self.matcher.features(heard)
        unknown = self.matcher.unknown(heard)
        matched = self.matcher.score(features, unknown)
        kind = KIND * self.classifier.logits(features, unknown)
        scores = matched + np.repeat(kind, self.lengths)
        best = np.maximum.reduceat(scores, self.firsts)
        entries = int(self.lengths[: self.topics].sum())
        topics = _ranked(self.classes[: self.topics], best[: self.topics] - self.handicap)
        rivals = _ranked(self.classes[self.topics :], best[self.topics :])
        lead = topics[0][1] - (rivals[0][1] if rivals else 0.0)
        second = topics[1][1] if len(topics) > 1 else 0.0
        evidence = Evidence(
            lead=lead,
            margin=topics[0][1] - second if lead > 0 else 0.0,
            fit=topics[0][1],
            unaccounted=self.unaccounted(heard, topics[0][0]),
        )
        return Weighed(
            heard=heard,
            entries=_ranked(self.keys[:entries], scores[:entries]),
            topics=topics,
            rivals=rivals,
            evidence=evidence,
            confidence=evidence.confidence(self.thresholds),
        )

    def unaccounted(self, heard: tuple[Heard, ...], name: str) -> float:
        """The share of words that a class does not know. Rare words count more."""
        number = self.classes.index(name)
        first = int(self.firsts[number])
        last = first + int(self.lengths[number])
        total = strange = 0.0
        rest = iter(heard)
        for phrase, names in self.matcher.concepts.pieces([h.stem for h in heard]):
            mass = max(h.mass for h in islice(rest, len(phrase)))
            features = (f"w {' '.join(phrase)}", *(f"c {name}" for name in names))
            total += mass
            if not any(self.matcher.holds(feature, first, last) for feature in features):
                strange += mass
        return strange / total if total else 1.0


def _ranked(
    names: tuple[str, ...], scores: npt.NDArray[np.floating]
) -> tuple[tuple[str, float], ...]:
    order = np.argsort(-scores, kind="stable")
    ranked = (names[i] for i in order.tolist())
    return tuple(zip(ranked, scores[order].tolist(), strict=True))


def texts(knowledge: Knowledge) -> dict[str, list[str]]:
    """Id of every possible reply → the texts that people ask for it with."""
    entries = {e.id: [e.question, *e.phrasings, *e.keywords] for e in knowledge.entries.values()}
    limits = {limit.id: limit.phrasings for limit in knowledge.limits.values()}
    talk = {talk.id: talk.phrasings for talk in knowledge.smalltalk.values()}
    return entries | limits | talk


def _phrasings(knowledge: Knowledge) -> dict[str, list[tuple[str, ...]]]:
    """Id → the words of each of its texts, without texts and ids that have no words."""
    said = {
        key: [found for text in group if (found := words(text))]
        for key, group in texts(knowledge).items()
    }
    return {key: group for key, group in said.items() if group}


def _vocabulary(
    knowledge: Knowledge, phrasings: Mapping[str, Iterable[tuple[str, ...]]]
) -> Vocabulary:
    synonyms = [words(m) for members in knowledge.synonyms.concepts.values() for m in members]
    courtesies = [words(courtesy) for courtesy in knowledge.courtesies]
    watched = red_flags.vocabulary(knowledge.red_flags)
    said = chain(*phrasings.values(), synonyms, courtesies, watched)
    return Vocabulary.of(said, place_names())
