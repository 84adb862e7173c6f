"""Red flags: signs of danger that must never get a cheerful answer, whatever else is asked.

A pattern is words separated by spaces. All must occur near each other, in any order. A word may
be alternatives (`wound|cut`), a named set (`{recent}`) or adjacent words in double quotes. The
look-alikes in `unless` are taken out first. They are adjacent words, or words near each other,
joined by ` ... `. A word right behind a denial ("no", "never had any") does not count, nor do the
words that "or" joins to it.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice

from bot.knowledge.models import Flag, RedFlags
from bot.knowledge.patterns import NEAR, PIECE, TERM
from bot.language.words import MAX_QUESTION, stems, words

WINDOW = 12
"""All the words of a pattern must stand within this many words."""
MOST_DENIAL = 5
"""Words of the longest denial."""
JOINTS = frozenset({"or", "nor"})
"""Words that carry a denial on to the next sign: "no burns or open cuts"."""
MOST_SIGN = 3
"""Words of a sign before a joint."""
MOST_PLACES = 10_000
"""Places of one look-alike that are compared in a text; more would be mere repetition."""
Phrase = tuple[str, ...]
"""Adjacent stems."""
Span = tuple[int, int]
"""Position of the first word of a phrase, and position of the first word behind it."""
Term = Mapping[str, Sequence[Phrase]]
"""First stem → phrases that begin with it; any one phrase of a term will do."""
_MASKED = ""
SHARED = 150
"""Characters that two parts of a long message share, so that no red flag is cut in two."""
MOST_PARTS = 7


@dataclass(frozen=True, slots=True)
class Pattern:
    """Terms that must all occur near each other; no two of them share a word."""

    terms: tuple[Term, ...]

    def places(self, said: Sequence[str]) -> Iterator[tuple[Span, ...]]:
        """Find every way in which the terms stand near each other."""
        if not any(term.keys().isdisjoint(said) for term in self.terms):
            yield from _near([_spans(term, said) for term in self.terms], ())


@dataclass(frozen=True, slots=True)
class Watch:
    """A flag, ready to look at a question."""

    flag: Flag
    patterns: Mapping[str, tuple[Pattern, ...]]
    """Stem → the patterns to try for it. A pattern is listed under the stems of one term."""
    unless: tuple[Pattern, ...]
    denials: frozenset[Phrase]

    def sees(self, said: Sequence[str]) -> bool:
        """True where these stems trip the flag."""
        return next(self.places(said), None) is not None

    def places(self, said: Sequence[str]) -> Iterator[tuple[Span, ...]]:
        """Find every way in which these stems trip the flag."""
        if next(self._fitting(said), None) is not None:
            left = list(said)
            for look_alike in self.unless:
                for spans in sorted(islice(look_alike.places(left), MOST_PLACES), key=_width):
                    _mask(left, spans)
            yield from self._fitting(left)

    def _fitting(self, said: Sequence[str]) -> Iterator[tuple[Span, ...]]:
        near = (pattern for stem in self.patterns.keys() & said for pattern in self.patterns[stem])
        found = (spans for pattern in near for spans in pattern.places(said))
        return (spans for spans in found if not any(self._denied(said, spans)))

    def _denied(self, said: Sequence[str], spans: Sequence[Span]) -> Iterator[bool]:
        """True for each span that is denied by words that are no part of another span."""
        for start, end in spans:
            # "no cuts, burns or rashes": the words before "or" are of the list, too.
            listed = not JOINTS.isdisjoint(said[end : end + 2])
            for at in range(max(0, start - MOST_SIGN) if listed else start, start + 1):
                for first in self._denials(said, at):
                    yield not any(begin < start and first < end for begin, end in spans)

    def _denials(self, said: Sequence[str], end: int) -> Iterator[int]:
        """Where each denial begins that ends here, or before the other signs of a list."""
        for first in range(max(0, end - MOST_DENIAL), end):
            if tuple(said[first:end]) in self.denials:
                yield first
        for length in range(1, MOST_SIGN + 1):
            joint = end - length
            if joint > 0 and said[joint] in JOINTS:
                for start in range(max(1, joint - MOST_SIGN), joint):
                    yield from self._denials(said, start)


def rest(question: str) -> Iterator[str]:
    """The parts of a long message behind its beginning, which is read as a question."""
    starts = range(MAX_QUESTION - SHARED, len(question) - SHARED, MAX_QUESTION - SHARED)
    return (question[at : at + MAX_QUESTION] for at in islice(starts, MOST_PARTS))


def watches(red_flags: RedFlags) -> tuple[Watch, ...]:
    """Make every flag ready, in the order of the file; their patterns must be valid."""
    names = {name: tuple(map(stems, members)) for name, members in red_flags.words.items()}

    denials = frozenset(map(stems, red_flags.denials))

    @cache
    def term(written: str) -> Term:
        # Made once for all patterns: a named set is in dozens of them.
        return _term(written, names)

    return tuple(
        Watch(
            flag,
            _by_stem(_pattern(pattern, term) for pattern in flag.patterns),
            tuple(_look_alike(unless, term) for unless in (*flag.unless, *red_flags.unless)),
            denials,
        )
        for flag in red_flags.flags
    )


def first(watching: Sequence[Watch], said: Sequence[str]) -> Flag | None:
    """The first flag that these stems trip."""
    return next((watch.flag for watch in watching if watch.sees(said)), None)


def vocabulary(red_flags: RedFlags) -> Iterator[tuple[str, ...]]:
    """Every word that stands in a pattern or a look-alike."""
    for members in (*red_flags.words.values(), red_flags.denials):
        yield from map(words, members)
    written = chain(red_flags.unless, *((*flag.patterns, *flag.unless) for flag in red_flags.flags))
    for pattern in written:
        yield words(re.sub(r"\{[a-z0-9_]+\}", " ", pattern))
    for flag in red_flags.flags:
        yield from map(words, (*flag.passes, *flag.tells))


def _by_stem(patterns: Iterable[Pattern]) -> dict[str, tuple[Pattern, ...]]:
    found: dict[str, tuple[Pattern, ...]] = {}
    for pattern in patterns:
        for stem in min(pattern.terms, key=len):
            found[stem] = (*found.get(stem, ()), pattern)
    return found


def _pattern(pattern: str, term: Callable[[str], Term]) -> Pattern:
    return Pattern(tuple(map(term, TERM.findall(pattern))))


def _look_alike(unless: str, term: Callable[[str], Term]) -> Pattern:
    if NEAR in unless:
        return _pattern(unless.replace(NEAR, " "), term)
    phrase = stems(unless)
    return Pattern(({phrase[0]: [phrase]},))


def _term(term: str, names: Mapping[str, Sequence[Phrase]]) -> Term:
    found: dict[str, list[Phrase]] = {}
    phrases = (phrase for piece in PIECE.findall(term) for phrase in _phrases(piece, names))
    for phrase in dict.fromkeys(phrases):
        found.setdefault(phrase[0], []).append(phrase)
    return found


def _phrases(piece: str, names: Mapping[str, Sequence[Phrase]]) -> Sequence[Phrase]:
    return names[piece[1:-1]] if piece.startswith("{") else (stems(piece),)


def _spans(term: Term, said: Sequence[str]) -> list[Span]:
    return [
        (at, at + len(phrase))
        for at, stem in enumerate(said)
        for phrase in term.get(stem, ())
        if tuple(said[at : at + len(phrase)]) == phrase
    ]


def _near(rest: Sequence[Sequence[Span]], chosen: tuple[Span, ...]) -> Iterator[tuple[Span, ...]]:
    """Choose one span for each term: none overlaps another, and all stand within WINDOW."""
    if not rest:
        yield chosen
        return
    for span in _in_reach(rest[0], chosen):
        longer = (*chosen, span)
        if _width(longer) <= WINDOW and not any(span[0] < e and s < span[1] for s, e in chosen):
            yield from _near(rest[1:], longer)


def _in_reach(spans: Sequence[Span], chosen: Sequence[Span]) -> Sequence[Span]:
    """The spans that can stand within WINDOW of the chosen ones; `spans` must be sorted."""
    if not chosen:
        return spans
    first = max(end for _, end in chosen) - WINDOW
    last = min(start for start, _ in chosen) + WINDOW
    return spans[bisect_left(spans, (first, 0)) : bisect_left(spans, (last, 0))]


def _mask(said: list[str], spans: Sequence[Span]) -> None:
    """Take a look-alike out of a text, unless a closer one has taken a part of it."""
    if not any(_MASKED in said[start:end] for start, end in spans):
        for start, end in spans:
            said[start:end] = [_MASKED] * (end - start)


def _width(spans: Sequence[Span]) -> int:
    return max(end for _, end in spans) - min(start for start, _ in spans)
