"""Dangers by their wording: a classifier sees those that no pattern of a red flag describes.

It learns at every load from the sentences of the flags. Their look-alikes and all that people ask
for otherwise are the harmless side. The patterns go first; the classifier only makes a reply
careful that would have been cheerful.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
import numpy.typing as npt

from bot.knowledge.base import Knowledge
from bot.knowledge.models import Flag, RedFlags
from bot.knowledge.patterns import PIECE
from bot.language import background
from bot.language.embeddings import embeddings
from bot.language.spelling import Heard
from bot.language.words import stem, stems, words
from bot.matching.classifier import Classifier
from bot.matching.concepts import Concepts
from bot.matching.sentences import SentenceClassifier
from bot.matching.vectors import Vectors

Floats = npt.NDArray[np.floating]
Hear = Callable[[str], Sequence[Heard]]

LIKELY, CERTAIN = 0.6, 0.7
"""Chance from which an answer is a careful one, and any other reply, which does less harm.

`benchmarks/dangers.py` shows what they cost.
"""
UNLIKELY = 0.1
"""Chance below which a pattern alone does not alarm, unless the reply would be an answer."""
ALONE = 1.4
"""Log odds that words alone need more, where no encoder is there to agree with them."""
LEAST = 3
"""Words of a clause that is judged by itself."""
FEWEST = 60
"""Sentences of each side without which there is nothing to learn from."""
EVERY = 4
"""One limit's phrasing in so many is learned from: the others say little else, and take time."""
AGAIN = 3
"""Times that a sentence of a flag is learned from, beside once for a phrasing."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence to learn from, and the number of its flag; None if it is harmless."""

    text: str
    flag: int | None
    times: int = AGAIN


@dataclass(frozen=True, slots=True)
class Dangers:
    """Tells dangers from harmless questions."""

    flags: tuple[Flag, ...]
    concepts: Concepts
    chances: Classifier
    """Two classes: harmless and dangerous."""
    kinds: Classifier
    """A class for each flag."""
    meanings: SentenceClassifier | None
    """Harmless and dangerous by meaning; None where there is no encoder."""

    @classmethod
    def of(cls, knowledge: Knowledge, hear: Hear) -> "Dangers | None":
        """Learn from a knowledge base; None if it has too few sentences to learn from."""
        return cls.train(knowledge, tuple(sentences(knowledge)), hear)

    @classmethod
    def train(
        cls,
        knowledge: Knowledge,
        told: Sequence[Sentence],
        hear: Hear,
    ) -> "Dangers | None":
        """Learn from these sentences; None if they are too few."""
        dangers = [one for one in told if one.flag is not None]
        if min(len(dangers), len(told) - len(dangers)) < FEWEST:
            return None
        red = knowledge.red_flags
        # The named sets of the patterns are concepts here: "hot" is as good as "red".
        concepts = Concepts.of(red.words)
        # Nobody mistypes a phrasing.
        said = {
            one.text: tuple(h.stem for h in hear(one.text)) if one.times > 1 else stems(one.text)
            for one in told
        }
        often = [one for one in told for _ in range(one.times)]
        others = [tuple(map(stem, message)) for message in background.messages()]
        signs = [*_signs(red), *((said[one.text], one.flag) for one in dangers)]
        return cls(
            flags=tuple(red.flags),
            concepts=concepts,
            chances=Classifier.train(
                Vectors.of([*(said[one.text] for one in often), *others], concepts),
                np.array([*(one.flag is not None for one in often), *([False] * len(others))], int),
            ),
            kinds=Classifier.train(
                Vectors.of([words for words, _ in signs], concepts),
                np.array([flag for _, flag in signs]),
            ),
            meanings=_meanings(told),
        )

    def chance(self, heard: Sequence[Heard], clauses: Sequence[Sequence[Heard]] = ()) -> float:
        """Chance that this tells of a danger, 0..1.

        By the mean log odds of the whole message and of its most dangerous clause: a harmless
        question may follow a danger that is told in a few words.
        """
        whole = self._odds(heard)
        long = [clause for clause in clauses if LEAST <= len(clause) < len(heard) and _says(clause)]
        odds = (whole + max(map(self._odds, long), default=whole)) / 2
        return float(1 / (1 + np.exp(-odds)))

    def _odds(self, heard: Sequence[Heard]) -> float:
        """Log odds of danger: the mean of both classifiers'."""
        harmless, danger = self._logits(self.chances, heard)
        odds, known = float(danger - harmless), embeddings()
        if self.meanings is None or known is None:
            odds -= ALONE
        else:
            vector = known.one(tuple(h.meant for h in heard))
            harmless, danger = self.meanings.logits(vector[None])[0]
            odds = (odds + float(danger - harmless)) / 2
        return odds

    def likeliest(self, heard: Sequence[Heard]) -> Flag:
        """The flag that these words are most like."""
        return self.flags[int(np.argmax(self._logits(self.kinds, heard)))]

    def _logits(self, classifier: Classifier, heard: Sequence[Heard]) -> npt.NDArray[np.float32]:
        features = self.concepts.features([h.stem for h in heard], [h.trust or 1.0 for h in heard])
        unknown = sum(h.mass for h in heard if f"w {h.stem}" not in classifier.rows)
        return classifier.logits(features, unknown)


def _says(clause: Sequence[Heard]) -> bool:
    """False where a clause is nonsense: every English one has a known word."""
    return any(word.trust for word in clause)


def sentences(knowledge: Knowledge) -> Iterator[Sentence]:
    """All that a knowledge base says of dangers and of what is none."""
    for number, flag in enumerate(knowledge.red_flags.flags):
        yield from (Sentence(text, number) for text in (*flag.trips, *flag.tells))
        yield from (Sentence(text, None) for text in flag.passes)
    answered = (entry.phrasings for entry in knowledge.entries.values())
    others = islice(_unanswered(knowledge), 0, None, EVERY)
    yield from (Sentence(text, None, 1) for text in chain(*answered, others))


def _signs(red: RedFlags) -> Iterator[tuple[tuple[str, ...], int]]:
    """The words of each flag's patterns, so that its likeness does not hang on sentences alone."""
    for number, flag in enumerate(red.flags):
        pieces = chain.from_iterable(map(PIECE.findall, flag.patterns))
        yield from ((stems(piece), number) for piece in pieces if not piece.startswith("{"))


def _unanswered(knowledge: Knowledge) -> Iterator[str]:
    limits = (limit.phrasings for limit in knowledge.limits.values())
    talk = (talk.phrasings for talk in knowledge.smalltalk.values())
    return chain.from_iterable(chain(limits, talk))


def _meanings(told: Sequence[Sentence]) -> SentenceClassifier | None:
    """Learn from the meanings of sentences, with general messages on the harmless side."""
    known = embeddings()
    if known is None:
        return None
    often = [one for one in told for _ in range(one.times)]
    texts = [words(one.text) for one in often]
    harmless = [*background.messages()][: len(texts)]
    classes = np.array([one.flag is not None for one in often] + [False] * len(harmless), np.int64)
    return SentenceClassifier.train(known.of([*texts, *harmless]), classes, 2)
