"""Why a question gets its reply, for an operator.

Nothing is decided here: every figure comes from the functions that decide.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.answering import red_flags, word_influence
from bot.answering.faq import Faq
from bot.answering.index import Weighed
from bot.answering.red_flags import Watch
from bot.answering.replies import Answer, RedFlag, Reply, SmallTalkReply
from bot.answering.word_influence import Against, Matched, Word
from bot.knowledge.models import Flag, Thresholds
from bot.language.words import MAX_QUESTION


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a question about two topics."""

    words: tuple[str, ...]
    entry: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Tripped:
    """What tripped a red flag."""

    number: int
    """Which pattern of the flag, counted from 1."""
    pattern: str
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A reply, and how it came about."""

    reply: Reply
    otherwise: Reply | None
    """What would be replied without the red flag or small talk before which nothing is weighed."""
    tripped: Tripped | None
    parts: tuple[Part, ...]
    """Of a question about two topics, those that were answered."""
    thresholds: Thresholds
    weighed: Weighed | None
    """None where there is nothing to weigh."""
    best: str | None
    """The entry that the confidence is about."""
    matched: tuple[Matched, ...]
    against: tuple[Against, ...]
    typos: tuple[Word, ...]
    """Words that were read as others."""
    courtesies: tuple[str, ...]
    """Words that were left out."""
    phrasing: str
    """The question as it would stand among phrasings."""


def explain(faq: Faq, question: str) -> Explanation:
    """Why a question gets its reply; any text will do."""
    reply, weighed = faq.decide(question)
    otherwise = None
    if isinstance(reply, RedFlag | SmallTalkReply) and weighed is None:
        otherwise, weighed = replace(faq, watching=(), talk={}).decide(question)
    heard = faq.index.hear(question[:MAX_QUESTION])
    kept = weighed.heard if weighed else ()
    # Where something else decided, no word did.
    pieces = word_influence.pieces(faq, kept) if otherwise is None else ()
    return Explanation(
        reply=reply,
        otherwise=otherwise,
        tripped=next(_tripping(faq, question, reply.flag)) if isinstance(reply, RedFlag) else None,
        parts=tuple(_parts(faq, question, reply)) if isinstance(reply, Answer) else (),
        thresholds=faq.index.thresholds,
        weighed=weighed,
        best=faq.best_entry(weighed) if weighed else None,
        matched=word_influence.matched(faq, weighed, reply, pieces) if weighed and pieces else (),
        against=word_influence.against(faq, weighed, pieces) if weighed else (),
        typos=word_influence.typos(kept, faq.index.vocabulary),
        courtesies=tuple(h.word for h in (Counter(heard) - Counter(kept)).elements()),
        phrasing=word_influence.phrasing(heard, kept, faq.index.vocabulary),
    )


def _tripping(faq: Faq, question: str, flag: Flag) -> Iterator[Tripped]:
    """The patterns of a flag that fit, and the words that they fit."""
    beginning = faq.index.hear(question[:MAX_QUESTION])
    windows = list(faq.windows(beginning, question))
    for number, (pattern, watch) in enumerate(_alone(faq, flag), start=1):
        for heard in windows:
            if spans := next(watch.places([h.stem for h in heard]), None):
                found = (heard[start:end] for start, end in sorted(spans))
                words = tuple(Word.of(h, faq.index.vocabulary) for h in found)
                yield Tripped(number, pattern, words)


def _alone(faq: Faq, flag: Flag) -> Iterator[tuple[str, Watch]]:
    """Each pattern of a flag as if it had no other."""
    whole = next(watch for watch in faq.watching if watch.flag is flag)
    alone = [replace(flag, patterns=[pattern], unless=[]) for pattern in flag.patterns]
    watching = red_flags.watches(replace(faq.knowledge.red_flags, flags=alone))
    for pattern, watch in zip(flag.patterns, watching, strict=True):
        yield pattern, replace(watch, unless=whole.unless)


def _parts(faq: Faq, question: str, answer: Answer) -> Iterator[Part]:
    """The parts of a question that got its two answers."""
    left = {entry.id for entry in answer.entries} if len(answer.entries) > 1 else set()
    for heard in faq.parts(question[:MAX_QUESTION]):
        weighed = faq.weigh(heard)
        best = faq.best_entry(weighed)
        if best in left and weighed.confidence >= answer.score:
            left.remove(best)
            yield Part(tuple(h.word for h in weighed.heard), best, weighed.confidence)
