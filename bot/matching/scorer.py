"""The scorer says how well each possible reply fits a question, and what speaks for the best one.

It adds up three views: the soft-token matcher, a classifier of words, and, where an encoder is
installed, a classifier of meanings.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
import numpy.typing as npt

from bot.language.embeddings import embeddings
from bot.language.spelling import Heard
from bot.language.words import stem
from bot.matching.classifier import Classifier
from bot.matching.concepts import Concepts
from bot.matching.confidence import Evidence, Judgement
from bot.matching.corpus import Corpus
from bot.matching.matcher import Matcher
from bot.matching.sentences import SentenceClassifier
from bot.matching.vectors import Vectors

BACKGROUND = ""
"""The key and the class of whatever no reply fits."""
KIND = 0.035
"""Weight of the word classifier's log odds beside the matcher's scores."""
MEANING = 0.05
"""Weight of the sentence classifier's log odds in the choice of the best topic."""
BROAD = 0.1
"""Score that a broad topic must be better by, since its phrasings fit half of all questions."""

STRANGE = 0.4
"""Weight of a word that may decide what is asked, and that the best topic does not know."""
TELLING, NARROW = 0.35, 0.6
"""Weight of a feature that decides in spite of a strange word; the latter in a broad topic."""

Floats = npt.NDArray[np.floating]
Ranked = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """A question's scores against every possible reply."""

    entries: Ranked
    """Ids and scores of the entries, best first."""
    topics: Ranked
    """Ids of the topics and the score of the best entry of each, best first."""
    rivals: Ranked
    """Ids and scores of limits and small talk, best first."""
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Scorer:
    """The texts of a knowledge base, indexed and learned from."""

    keys: tuple[str, ...]
    """Ids of entries, limits and small talk, then the background."""
    classes: tuple[str, ...]
    """Ids of the topics, of limits and small talk, then the background."""
    firsts: npt.NDArray[np.int64]
    """Place in `keys` of the first key of each class."""
    lengths: npt.NDArray[np.int64]
    """The number of keys of each class."""
    topics: int
    """The number of classes that are topics."""
    handicap: npt.NDArray[np.float64]
    """Score that is taken off each topic; 0 for a topic that is not broad."""
    limits: npt.NDArray[np.int64]
    """Places in `classes` of the limits."""
    talk: npt.NDArray[np.int64]
    matcher: Matcher
    classifier: Classifier
    sentences: SentenceClassifier | None

    @classmethod
    def train(cls, corpus: Corpus, concepts: Concepts) -> "Scorer":
        """Learn from a corpus."""
        groups = {**corpus.groups, BACKGROUND: corpus.strange()}
        sizes = [len(group) for group in groups.values()]
        class_of = [corpus.classes.get(key, BACKGROUND) for key in groups]
        classes = tuple(dict.fromkeys(class_of))
        numbers = [classes.index(name) for name in class_of]
        stems = (tuple(map(stem, text)) for text in chain.from_iterable(groups.values()))
        vectors = Vectors.of(stems, concepts)
        rivals = range(len(corpus.broad), len(classes) - 1)
        each = np.repeat(numbers, sizes)
        return cls(
            keys=tuple(groups),
            classes=classes,
            firsts=np.searchsorted(numbers, np.arange(len(classes))),
            lengths=np.bincount(numbers),
            topics=len(corpus.broad),
            handicap=np.array(
                [BROAD * corpus.broad[name] for name in classes[: len(corpus.broad)]]
            ),
            limits=np.array([at for at in rivals if classes[at] not in corpus.talk], np.int64),
            talk=np.array([at for at in rivals if classes[at] in corpus.talk], np.int64),
            matcher=Matcher.of(vectors, sizes, concepts),
            classifier=Classifier.train(vectors, each),
            sentences=_sentences(corpus),
        )

    def score(
        self, heard: Sequence[Heard], vector: npt.NDArray[np.float32] | None = None
    ) -> Scores:
        """Score a question against everything; `vector` is its meaning, if that is known."""
        features = self.matcher.features(heard)
        unknown = self.matcher.unknown(heard)
        kinds = self.classifier.logits(features, unknown).astype(np.float64)
        meanings = self._meanings(heard, vector)
        kind = KIND * kinds
        if meanings is not None:
            kind[: self.topics] += MEANING * meanings[: self.topics]
        scores = self.matcher.score(features, unknown) + np.repeat(kind, self.lengths)
        best = np.maximum.reduceat(scores, self.firsts)
        fits = best[: self.topics] - self.handicap
        entries = int(self.lengths[: self.topics].sum())
        topics = _ranked(self.classes[: self.topics], fits)
        rivals = _ranked(self.classes[self.topics : -1], best[self.topics : -1])
        share = self._shared(heard, topics[0][0])
        broad = self.broad(topics[0][0])
        return Scores(
            entries=_ranked(self.keys[:entries], scores[:entries]),
            topics=topics,
            rivals=rivals,
            evidence=Evidence(
                lead=topics[0][1] - (rivals[0][1] if rivals else 0.0),
                margin=topics[0][1] - (topics[1][1] if len(topics) > 1 else 0.0),
                fit=topics[0][1],
                unaccounted=share.unaccounted,
                accounted=share.total - share.missing,
                background=float(best[-1]),
                telling=share.telling,
                strange=share.heaviest,
                doubt=share.heaviest * (1 - share.telling),
                length=math.log(max(1, len(heard))),
                words=self._judge(kinds),
                meaning=Judgement() if meanings is None else self._judge(meanings),
                undecided=share.heaviest > STRANGE
                and share.telling < (NARROW if broad else TELLING),
            ),
        )

    def broad(self, topic: str) -> bool:
        """True for a topic whose phrasings fit half of all questions."""
        return bool(self.handicap[self.classes.index(topic)])

    def _meanings(
        self, heard: Sequence[Heard], vector: npt.NDArray[np.float32] | None
    ) -> npt.NDArray[np.float64] | None:
        known = embeddings()
        if self.sentences is None or known is None:
            return None
        if vector is None:
            vector = known.one(tuple(h.meant for h in heard))
        logits = self.sentences.logits(vector[None])[0].astype(np.float64)
        return np.logaddexp.reduceat(logits, self.firsts)

    def _judge(self, logits: npt.NDArray[np.float64]) -> Judgement:
        topics, rest = logits[: self.topics], logits[self.topics :]
        covered = _together(topics)
        limit = logits[self.limits].max() if len(self.limits) else logits[-1]
        talk = _together(logits[self.talk]) if len(self.talk) else logits[-1]
        return Judgement(
            covered=float(covered - _together(rest)),
            lead=float(topics.max() - limit),
            background=float(covered - logits[-1]),
            talk=float(covered - talk),
        )

    def unaccounted(self, heard: Sequence[Heard], name: str) -> float:
        """The share of words that a class does not know. Rare words count more."""
        return self._shared(heard, name).unaccounted

    def _shared(self, heard: Sequence[Heard], name: str) -> "_Shared":
        number = self.classes.index(name)
        first = int(self.firsts[number])
        last = first + int(self.lengths[number])
        total = missing = heaviest = telling = 0.0
        rest = iter(heard)
        for phrase, names in self.matcher.concepts.pieces([h.stem for h in heard]):
            part = [*islice(rest, len(phrase))]
            mass = max(h.mass for h in part)
            features = (f"w {' '.join(phrase)}", *(f"c {name}" for name in names))
            held = [f for f in features if self.matcher.holds(f, first, last)]
            total += mass
            if held:
                trust = min(h.trust for h in part)
                telling = max(telling, *(trust * self.matcher.weight(f) for f in held))
            else:
                missing += mass
                heaviest = max(heaviest, mass)
        return _Shared(total, missing, heaviest, telling)


@dataclass(frozen=True, slots=True)
class _Shared:
    """The words of a question that a class knows, and those that it does not know."""

    total: float
    """Weight of all words."""
    missing: float
    """Weight of the words that the class does not know."""
    heaviest: float
    """Weight of the heaviest of them."""
    telling: float
    """Weight of the most telling feature that the class does know."""

    @property
    def unaccounted(self) -> float:
        return self.missing / self.total if self.total else 1.0


def _sentences(corpus: Corpus) -> SentenceClassifier | None:
    """Learn from the meanings of all texts but the frames, which have none and stand last.

    Each key is a class of its own. The texts of a small folder are seen more than once, so that
    they count as much as the general messages.
    """
    known = embeddings()
    if known is None:
        return None
    own = [(at, text) for at, key in enumerate(corpus.groups) for text in corpus.meant(key)]
    often = max(1, round(len(corpus.messages) / len(own)))
    vectors = known.of([*(text for _, text in own), *corpus.messages])
    keys = np.array([at for at, _ in own] + [len(corpus.groups)] * len(corpus.messages))
    seen = np.repeat(np.arange(len(keys)), np.where(keys < len(corpus.groups), often, 1))
    return SentenceClassifier.train(vectors.of(seen), keys[seen], len(corpus.groups) + 1)


def _together(logits: Floats) -> float:
    """The log odds of some classes together."""
    most = float(logits.max())
    return most + float(np.log(np.exp(logits - most).sum()))


def _ranked(names: tuple[str, ...], scores: Floats) -> Ranked:
    order = np.argsort(-scores, kind="stable")
    ranked = (names[i] for i in order.tolist())
    return tuple(zip(ranked, scores[order].tolist(), strict=True))
