"""Which words of a question matched what, and which counted against its best entry.

What a word did is found out by leaving it out and weighing the rest.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import islice
from math import fsum

from rapidfuzz.distance import JaroWinkler

from bot.answering.concepts import Concepts
from bot.answering.faq import Faq
from bot.answering.index import Weighed, texts
from bot.answering.matcher import Matcher
from bot.answering.replies import (
    RedFlag,
    Reply,
)
from bot.language.spelling import Heard, Vocabulary
from bot.language.words import stem, words

MOST_PIECES = 24
"""Words of a question that are tried out: each of them takes as long as a question."""
MOST_TARGETS = 2
MOST_OWNERS = 2
COST = 0.05
"""Confidence that a known word must cost to count as one against the best entry."""
MENDED = 0.75
"""Trust from which a typo is mended in what is proposed as a phrasing."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question, or several that are one to the knowledge base."""

    typed: str
    read_as: str
    """Another word where a typo was forgiven."""

    @classmethod
    def of(cls, heard: Sequence[Heard], vocabulary: Vocabulary) -> "Word":
        read_as = " ".join(_read_as(h, vocabulary) for h in heard)
        return cls(" ".join(h.word for h in heard), read_as)


@dataclass(frozen=True, slots=True)
class Match:
    """A word of the question that has one of the knowledge base beside it."""

    word: Word
    found: str
    """As it stands there."""
    concept: str | None
    """What both words mean, where they are not the same."""


@dataclass(frozen=True, slots=True)
class Matched:
    """What a question has in common with an entry, a limit or a small talk."""

    id: str
    closest: str
    """Of its phrasings."""
    matches: tuple[Match, ...]
    """Those that its score owes most to come first."""


@dataclass(frozen=True, slots=True)
class Against:
    """A word that counted against the best entry."""

    word: Word
    missing: bool
    """Whether no phrasing of the best topic has it."""
    owners: tuple[str, ...]
    """Other topics, limits and small talk that have it, the best of them."""
    confidence: float | None
    """What it would be without the word; None where another topic would come first."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A word wherever it stands in a question, and the question without it."""

    word: Word
    heard: tuple[Heard, ...]
    features: tuple[str, ...]
    without: Weighed


def typos(heard: Iterable[Heard], vocabulary: Vocabulary) -> tuple[Word, ...]:
    """The words that were taken for others."""
    read = (Word.of([h], vocabulary) for h in dict.fromkeys(heard))
    return tuple(word for word in read if word.read_as != word.typed)


def phrasing(heard: Sequence[Heard], kept: Sequence[Heard], vocabulary: Vocabulary) -> str:
    """A question as it would stand among phrasings: no courtesies around it, sure typos mended."""
    if not kept:
        return ""
    first = heard.index(kept[0])
    last = len(heard) - list(reversed(heard)).index(kept[-1])
    return " ".join(
        _read_as(h, vocabulary) if h.trust >= MENDED else h.word for h in heard[first:last]
    )


def pieces(faq: Faq, heard: tuple[Heard, ...]) -> tuple[Piece, ...]:
    """The words of a question that may have decided, the weightiest first."""
    cut = list(_cut(heard, faq.index.matcher.concepts))
    ranked = sorted(dict(cut).items(), key=lambda item: -max(h.mass for h in item[1]))
    return tuple(
        Piece(
            word=Word.of(piece, faq.index.vocabulary),
            heard=piece,
            features=features,
            without=faq.index.weigh(tuple(h for f, p in cut if f != features for h in p)),
        )
        for features, piece in ranked[:MOST_PIECES]
    )


def matched(
    faq: Faq, weighed: Weighed, reply: Reply, pieces: Sequence[Piece]
) -> tuple[Matched, ...]:
    """What the question has in common with what is replied, and with the best entry."""
    matcher = faq.index.matcher
    said = texts(faq.knowledge)
    asked = matcher.features(weighed.heard).keys()
    found = []
    for target in _targets(reply, faq.best_entry(weighed)):
        read = {text: _read(text, matcher.concepts) for text in said[target]}
        closest = max(read, key=lambda text: _likeness(matcher, asked, read[text].keys()))
        forms = _forms(read.values())
        helped = sorted(pieces, key=lambda piece: dict(_scores(piece.without))[target])
        matches = (match for piece in helped if (match := _match(piece, forms)))
        found.append(Matched(target, closest, tuple(matches)))
    return tuple(found)


def against(faq: Faq, weighed: Weighed, pieces: Iterable[Piece]) -> tuple[Against, ...]:
    """The words that counted against the best entry, the one that cost most first."""
    topic = weighed.topics[0][0]
    found: list[tuple[float, Against]] = []
    for piece in pieces:
        same = piece.without.topics[0][0] == topic
        confidence = piece.without.confidence if same else None
        cost = piece.without.confidence - weighed.confidence if same else 0.0
        missing = faq.index.unaccounted(piece.heard, topic) > 0
        if missing or cost >= COST:
            owners = tuple(islice(_owners(faq, weighed, piece), MOST_OWNERS))
            found.append((cost, Against(piece.word, missing, owners, confidence)))
    # Rounded: among words that cost the same, the weightiest stays first.
    return tuple(each for _, each in sorted(found, key=lambda cost: -round(cost[0], 2)))


def _owners(faq: Faq, weighed: Weighed, piece: Piece) -> Iterator[str]:
    others = sorted(weighed.topics[1:] + weighed.rivals, key=lambda scored: -scored[1])
    return (name for name, _ in others if not faq.index.unaccounted(piece.heard, name))


def _targets(reply: Reply, best: str) -> list[str]:
    replied = () if isinstance(reply, RedFlag) else reply.ids
    return list(dict.fromkeys([*replied, best]))[:MOST_TARGETS]


def _scores(weighed: Weighed) -> tuple[tuple[str, float], ...]:
    return weighed.entries + weighed.rivals


def _match(piece: Piece, forms: Mapping[str, Counter[str]]) -> Match | None:
    """By the word itself, or else by what it means."""
    feature = next((feature for feature in piece.features if feature in forms), None)
    if feature is None or not all(h.trust for h in piece.heard):
        return None
    if feature == piece.features[0]:
        return Match(piece.word, _nearest(piece.word.read_as, forms[feature]), None)
    return Match(piece.word, forms[feature].most_common(1)[0][0], feature.removeprefix("c "))


def _cut(
    heard: Sequence[Heard], concepts: Concepts
) -> Iterator[tuple[tuple[str, ...], tuple[Heard, ...]]]:
    """The words and phrases of a question, with the features that each is found by."""
    rest = iter(heard)
    for phrase, names in concepts.pieces([h.stem for h in heard]):
        yield _features(phrase, names), tuple(islice(rest, len(phrase)))


def _read(text: str, concepts: Concepts) -> dict[str, str]:
    """The same of a phrasing: features, and how each is written there."""
    found = words(text)
    rest = iter(found)
    return {
        feature: form
        for phrase, names in concepts.pieces([stem(word) for word in found])
        if (form := " ".join(islice(rest, len(phrase))))
        for feature in _features(phrase, names)
    }


def _features(phrase: Sequence[str], names: Iterable[str]) -> tuple[str, ...]:
    return (f"w {' '.join(phrase)}", *(f"c {name}" for name in names))


def _forms(read: Iterable[Mapping[str, str]]) -> Mapping[str, Counter[str]]:
    """How each feature is written, and how often."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text in read:
        for feature, form in text.items():
            found[feature][form] += 1
    return found


def _likeness(matcher: Matcher, asked: Set[str], said: Set[str]) -> float:
    """Share of the words and concepts that two texts have in common, by their weights (Dice)."""

    def weight(features: Iterable[str]) -> float:
        numbers = (matcher.ids.singles.get(feature) for feature in features)
        # Exact, so that the order in which a set comes makes no difference.
        return fsum(float(matcher.weights[n]) for n in numbers if n is not None)

    return 2 * weight(said & asked) / ((weight(said) + weight(asked)) or 1.0)


def _read_as(heard: Heard, vocabulary: Vocabulary) -> str:
    """The word that a mistyped one was taken for, of which only the stem was kept."""
    if heard.trust in {0.0, 1.0}:
        return heard.word
    return _nearest(heard.word, [word for word in vocabulary.words if stem(word) == heard.stem])


def _nearest(word: str, others: Iterable[str]) -> str:
    return max(others, key=lambda other: JaroWinkler.similarity(word, other))
