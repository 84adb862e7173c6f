"""The reasons for a reply, for an operator.

Every figure comes from the functions that decide. The bot leaves out each word in turn to see what
the word does. A word is shown as it was typed and, behind an arrow, as the bot read it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from rapidfuzz.distance import JaroWinkler

from bot.answering import red_flags
from bot.answering.faq import Faq
from bot.answering.index import Weighed, texts
from bot.answering.replies import Answer, RedFlag, Reply
from bot.language.spelling import Heard
from bot.language.words import MAX_QUESTION, stem, stems, words

MOST_TELLING = 5
"""Words that are named where a danger was seen by its wording."""
MOST_LEFT_OUT = 24
"""Words of a question that are left out in turn. Each of them takes as long as a question."""
MOST_TARGETS = MOST_OWNERS = 2
COST = 0.05
"""A known word counts against the best entry if it costs at least this much confidence."""
LEAST = 0.01
"""Least score of a word in the search for the nearest phrasing."""
MENDED = 0.75
"""Trust from which a typo is mended in the proposed phrasing."""

_Pieces = Mapping[tuple[str, ...], tuple[tuple[Heard, ...], Weighed]]
"""Features of a word (itself, then its concepts) → the word, and the question without it."""


@dataclass(frozen=True, slots=True)
class Matched:
    """The words that a question shares with an entry, a limit or a small talk."""

    id: str
    words: tuple[tuple[str, float], ...]
    """Each word with the score that would be lost without it, the highest first."""
    nearest: str
    """The phrasing whose words bring the most score."""


@dataclass(frozen=True, slots=True)
class Against:
    """A word that counted against the best entry."""

    word: str
    missing: bool
    """True where no phrasing of the best topic has the word."""
    owners: tuple[str, ...]
    """The best of the other topics, limits and small talk that have the word."""
    confidence: float | None
    """Confidence without the word; None where another topic would come first."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A reply, and the reasons for it."""

    reply: Reply
    weighed: Weighed | None = None
    """None where a red flag or the whole message decided, or where the message has no word."""
    best: str = ""
    """The entry that the confidence is about."""
    parts: tuple[Weighed, ...] = ()
    """The parts of a question that was answered as two questions."""
    matched: tuple[Matched, ...] = ()
    against: tuple[Against, ...] = ()
    """The word that cost the most confidence comes first."""
    typos: tuple[str, ...] = ()
    courtesies: tuple[str, ...] = ()
    phrasing: str = ""
    """The question as a phrasing: without courtesies, and with sure typos mended."""
    pattern: str = ""
    tripped: tuple[str, ...] = ()
    """The words that the pattern of the red flag fits; without a pattern those that tell most."""
    otherwise: "Explanation | None" = None
    """The explanation of the reply that would come without the red flag."""


def explain(faq: Faq, question: str) -> Explanation:
    """Find the reasons for the reply to a question; any text will do."""
    reply, weighed = faq.decide(question)
    if isinstance(reply, RedFlag):
        return _likely(faq, question, reply) if weighed else _alarm(faq, question, reply)
    if weighed is None:
        return Explanation(reply)
    kept, known = weighed.heard, faq.index.vocabulary.words
    best, pieces = faq.best_entry(weighed), _pieces(faq, kept)
    targets = list(dict.fromkeys([*reply.ids, best]))[:MOST_TARGETS]
    two = isinstance(reply, Answer) and len(reply.entries) > 1
    parts = map(faq.weigh, faq.parts(question[:MAX_QUESTION])) if two else ()
    return Explanation(
        reply=reply,
        weighed=weighed,
        best=best,
        parts=tuple(part for part in parts if part.confidence >= reply.score),
        matched=tuple(_matched(faq, weighed, target, pieces) for target in targets),
        against=() if two else tuple(_against(faq, weighed, pieces)),
        typos=tuple(_spelled([h], known) for h in dict.fromkeys(kept) if 0 < h.trust < 1),
        courtesies=tuple(h.word for h in faq.index.hear(question[:MAX_QUESTION]) if h not in kept),
        phrasing=" ".join(_meant(h, known) if MENDED <= h.trust < 1 else h.word for h in kept),
    )


def _alarm(faq: Faq, question: str, reply: RedFlag) -> Explanation:
    """Try each pattern of the flag as if the flag had no other."""
    alone = [replace(reply.flag, patterns=[pattern]) for pattern in reply.flag.patterns]
    hear, texts = faq.index.hearing(), (question[:MAX_QUESTION], *red_flags.rest(question))
    windows = [*map(hear, texts)]
    pattern, found = next(
        (watch.flag.patterns[0], [window[start:end] for start, end in sorted(spans)])
        for watch in red_flags.watches(replace(faq.knowledge.red_flags, flags=alone))
        for window in windows
        for spans in islice(watch.places([h.stem for h in window]), 1)
    )
    tripped = tuple(_spelled(heard, faq.index.vocabulary.words) for heard in found)
    otherwise = explain(replace(faq, watching=(), dangers=None), question)
    return Explanation(reply, pattern=pattern, tripped=tripped, otherwise=otherwise)


def _likely(faq: Faq, question: str, reply: RedFlag) -> Explanation:
    """Leave out each word: the chance of danger falls most without those that tell of it."""
    heard = faq.index.hear(question[:MAX_QUESTION])
    chance = faq.dangers.chance if faq.dangers else lambda _: 0.0
    without = {one.word: chance([h for h in heard if h is not one]) for one in heard}
    telling = [word for word, left in without.items() if left < chance(heard)]
    tripped = tuple(sorted(telling, key=without.__getitem__)[:MOST_TELLING])
    otherwise = explain(replace(faq, dangers=None), question)
    return Explanation(reply, tripped=tripped, otherwise=otherwise)


def _pieces(faq: Faq, heard: tuple[Heard, ...]) -> _Pieces:
    """The words that may have decided the reply, the weightiest first, each once."""
    cut, rest = [], iter(heard)
    for phrase, names in faq.index.scorer.matcher.concepts.pieces([h.stem for h in heard]):
        features = (f"w {' '.join(phrase)}", *(f"c {name}" for name in names))
        cut.append((features, tuple(islice(rest, len(phrase)))))
    ranked = sorted(dict(cut).items(), key=lambda item: -max(h.mass for h in item[1]))
    return {
        own: (said, faq.index.weigh(tuple(h for f, part in cut if f != own for h in part)))
        for own, said in ranked[:MOST_LEFT_OUT]
    }


def _matched(faq: Faq, weighed: Weighed, target: str, pieces: _Pieces) -> Matched:
    matcher, place = faq.index.scorer.matcher, faq.index.scorer.keys.index(target)
    score, phrasings = dict(weighed.entries + weighed.rivals)[target], texts(faq.knowledge)[target]
    known = {word for phrasing in phrasings for word in words(phrasing)}
    found: list[tuple[str, float]] = []
    gains: dict[str, float] = {}
    for features, (heard, without) in pieces.items():
        held = [feature for feature in features if matcher.holds(feature, place, place + 1)]
        if held and all(h.trust for h in heard):
            gain = score - dict(without.entries + without.rivals)[target]
            concept = "" if held[0] == features[0] else f" (as {held[0][2:]})"
            found.append((_spelled(heard, known) + concept, gain))
            gains |= dict.fromkeys(held, max(LEAST, gain))

    def worth(phrasing: str) -> float:
        said = matcher.concepts.features(stems(phrasing))
        shared = sum(gain for feature, gain in gains.items() if feature in said)
        return shared - LEAST / 4 * len(said)

    found.sort(key=lambda word: -word[1])
    return Matched(target, tuple(found), max(phrasings, key=worth))


def _against(faq: Faq, weighed: Weighed, pieces: _Pieces) -> list[Against]:
    topic, known = weighed.topics[0][0], faq.index.vocabulary.words
    others = sorted(weighed.topics[1:] + weighed.rivals, key=lambda scored: -scored[1])
    found: dict[Against, float] = {}
    for heard, without in pieces.values():
        confidence = without.confidence if without.topics[0][0] == topic else None
        cost = 0.0 if confidence is None else confidence - weighed.confidence
        missing = faq.index.scorer.unaccounted(heard, topic) > 0
        if cost >= (0 if missing else COST):
            owners = (name for name, _ in others if not faq.index.scorer.unaccounted(heard, name))
            best = tuple(islice(owners, MOST_OWNERS))
            found[Against(_spelled(heard, known), missing, best, confidence)] = cost
    return sorted(found, key=lambda against: -found[against])


def _spelled(heard: Sequence[Heard], known: Collection[str]) -> str:
    typed, read = " ".join(h.word for h in heard), " ".join(_meant(h, known) for h in heard)
    return typed if typed == read else f"{typed} → {read}"


def _meant(heard: Heard, known: Collection[str]) -> str:
    """Guess the known word that was meant, since only its stem was kept."""
    same = [word for word in known if heard.trust and stem(word) == heard.stem]
    return max(same, key=lambda word: JaroWinkler.similarity(heard.word, word), default=heard.word)
