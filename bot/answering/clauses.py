"""The clauses of a question, without those that name a subject only to set it aside."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.answering.cues import Cues, Said
from bot.language.spelling import Heard

MOST_PARTS = 8

_PARTS = re.compile(
    r"[,;/&+!?:\n]|\.(?=\W|$)|\s[-–—]+\s|\b(?:and|n|or|plus|also|as well as|then|likewise)\b"
    r"|(?=\b(?:but|while|whereas)\b)",
    re.IGNORECASE,
)

Clause = tuple[Heard, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question by its clauses."""

    clauses: tuple[Clause, ...]
    """Those that count."""
    heard: Clause
    """All their words; the whole question where every clause counts."""
    denied: bool = False
    """True where the only subject of the question is one that is denied."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One clause, and its signs."""

    said: Said
    clause: Clause
    """Its words without a subject that it denies."""
    named: bool
    """True where it still has a subject."""
    denied: bool
    """True where it denies a trouble."""
    cut: bool
    """True where it denies any subject."""

    def has(self, *names: str) -> bool:
        return any(name in mark.names for mark in self.said.denial for name in names)


def split(question: str, hear: Callable[[str], Clause]) -> list[Clause]:
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
    aside = _aside(parts)
    kept = [part for at, part in enumerate(parts) if at not in aside]
    if any(part.named for part in kept):
        words = tuple(word for part in kept for word in part.clause)
        return Asked(known(part.clause for part in kept), words)
    return replace(whole, denied=any(part.denied for part in parts))


def _part(cues: Cues, clause: Clause) -> _Part:
    said = cues.read(clause)
    denied = said.denied()
    talk = cues.conversation
    out = [each for each in said.subjects if each.at in denied]
    last = max((each.end for each in out), default=0)
    return _Part(
        said,
        said.heard[last:] if out else clause,
        named=any(each.at >= last for each in said.subjects if each.name in talk.covered),
        denied=any(each.name in talk.denial.troubles for each in out),
        cut=bool(out),
    )


def _aside(parts: Sequence[_Part]) -> set[int]:
    """Places of the clauses that are set aside."""
    found = {at for at, part in enumerate(parts) if part.cut and not part.named}
    found |= set(_dismissed(parts)) | set(_replaced(parts)) | set(_of_others(parts))
    return found


def _dismissed(parts: Sequence[_Part]) -> Iterator[int]:
    """Clauses that a dismissal stands in, or behind."""
    for at, part in enumerate(parts):
        if part.has("dismissal"):
            yield at if part.named or not at else at - 1


def _replaced(parts: Sequence[_Part]) -> Iterator[int]:
    """Clauses before the newest correction, or before that which counts alone."""
    for at, part in enumerate(parts):
        if part.has("correction", "focus") and any(each.named for each in parts[at : at + 2]):
            yield from range(at)


def _of_others(parts: Sequence[_Part]) -> Iterator[int]:
    """Clauses about somebody else, where another one says what the person is about."""
    if any(part.has("but") for part in parts):
        for at, part in enumerate(parts):
            if part.named and _tells_of_another(part.said):
                yield at


def _tells_of_another(said: Said) -> bool:
    """True where somebody else is named, without a question of theirs."""
    names = {name for mark in said.people for name in mark.names}
    others = any(name.startswith("other ") for name in names)
    return others and not names & {"asking", "before"}
