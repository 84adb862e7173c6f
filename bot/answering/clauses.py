"""The clauses of a question, without those that name a subject only to set it aside."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.answering.cues import Cues, Said
from bot.language.spelling import Heard

MOST_PARTS = 8
ENOUGH = 6
"""Known words that may be a question although they name no known subject."""

_PARTS = re.compile(
    r"[,;/&+!?:\n]|\.(?=\W|$)|\s[-–—]+\s|\b(?:and|n|or|plus|also|as well as|then|likewise)\b"
    r"|(?=\b(?:but|while|whereas|now (?:i|my|the|what|how|does|tell))\b)",
    re.IGNORECASE,
)

Clause = tuple[Heard, ...]
Hear = Callable[[str], Clause]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question by its clauses."""

    clauses: tuple[Clause, ...]
    """Those that count."""
    heard: Clause
    """All their words; the whole question where every clause counts."""
    denied: bool = False
    """True where the only subject of the question is one that is denied."""
    otherwise: "Asked | None" = None
    """The whole question, where no known subject stands in the clauses that count."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One clause, and its signs."""

    said: Said
    clause: Clause
    """Its words without a subject that it denies."""
    names: frozenset[str]
    """The subjects that it still has."""
    out: frozenset[str]
    """The subjects that it denies."""
    denied: bool
    """True where one of those is a trouble."""

    @property
    def named(self) -> bool:
        return bool(self.names)

    def has(self, *names: str) -> bool:
        return any(name in mark.names for mark in self.said.denial for name in names)


def split(question: str, hear: Hear) -> list[Clause]:
    """Cut a question into parts that may be questions."""
    return [part for part in map(hear, _PARTS.split(question, MOST_PARTS)) if part]


def known(parts: Iterable[Clause]) -> tuple[Clause, ...]:
    """The parts that have a known word."""
    return tuple(part for part in parts if any(word.trust for word in part))


def asked(cues: Cues | None, heard: Clause, clauses: Sequence[Clause]) -> Asked:
    """Leave out the clauses, and the subjects in a clause, that are set aside."""
    whole = Asked(known(clauses), heard)
    if cues is None or not cues.sets_aside(heard):
        return whole
    parts = [_part(cues, clause) for clause in clauses]
    aside = _aside(parts, cues.asks_for_several(heard))
    kept = [part for at, part in enumerate(parts) if at not in aside]
    words = tuple(word for part in kept for word in part.clause)
    counted = Asked(known(part.clause for part in kept), words)
    if any(part.named for part in kept):
        return counted
    whole = replace(whole, denied=any(part.denied for part in parts))
    enough = not whole.denied and sum(word.trust > 0 for word in words) >= ENOUGH
    return replace(counted, otherwise=whole) if enough and words != heard else whole


def _part(cues: Cues, clause: Clause) -> _Part:
    said = cues.read(clause)
    denied = said.denied()
    talk = cues.conversation
    out = [each for each in said.subjects if each.at in denied]
    last = max((each.end for each in out), default=0)
    return _Part(
        said,
        said.heard[last:] if out else clause,
        names=frozenset(e.name for e in said.subjects if e.at >= last and e.name in talk.covered),
        out=frozenset(each.name for each in out),
        denied=any(each.name in talk.denial.troubles for each in out),
    )


def _aside(parts: Sequence[_Part], several: bool) -> set[int]:
    """Places of the clauses that are set aside."""
    dismissed = set(_dismissed(parts))
    out = frozenset[str]().union(
        *(part.out for part in parts), *(parts[at].names for at in dismissed)
    )
    found = {at for at, part in enumerate(parts) if part.names <= out and part.out | part.names}
    found |= dismissed | set(_replaced(parts)) | set(_of_others(parts, several))
    return found


def _dismissed(parts: Sequence[_Part]) -> Iterator[int]:
    """Clauses that a dismissal stands in, or behind."""
    for at, part in enumerate(parts):
        if part.has("dismissal"):
            before = at and not part.named and not parts[at - 1].out
            yield at - 1 if before else at


def _replaced(parts: Sequence[_Part]) -> Iterator[int]:
    """Clauses before the newest correction, or before that which counts alone."""
    for at, part in enumerate(parts):
        if part.has("correction", "focus") and any(each.named for each in parts[at : at + 2]):
            yield from range(at)


def _of_others(parts: Sequence[_Part], several: bool) -> Iterator[int]:
    """Clauses about somebody else, where another one says what the person is about."""
    others = {at for at, part in enumerate(parts) if part.named and _tells_of_another(part.said)}
    own = any(part.named and part.has("own") for at, part in enumerate(parts) if at not in others)
    if any(part.has("but") for part in parts) or (own and not several):
        yield from others


def _tells_of_another(said: Said) -> bool:
    """True where somebody else is named, without a question of theirs."""
    others = [mark for mark in said.people if any(n.startswith("other ") for n in mark.names)]
    asking = any("asking" in mark.names for mark in said.people)
    ends = {mark.end for mark in said.people if "before" in mark.names}
    ends |= {mark.end for mark in said.people if "known" in mark.names and mark.start in ends}
    return bool(others) and not asking and not any(mark.start in ends for mark in others)
