"""Lessons: wordings that an operator taught while the bot was running."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.knowledge.base import Knowledge
from bot.knowledge.models import Entry, Limit
from bot.language.words import has_words, words
from bot.markup import short


class Kind(StrEnum):
    """An operator taught a wording as one of these."""

    ENTRY = "entry"
    """A phrasing of an entry."""
    LIMIT = "limit"
    """A phrasing of a subject that is not covered."""
    IGNORE = "ignore"
    """The operators do not want to see it again."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A wording, and its meaning."""

    id: int
    kind: Kind
    target: str
    """Id of the entry or the limit; empty for IGNORE."""
    phrasing: str
    day: dt.date
    """The day of teaching."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A question that found no answer; nothing says who asked it."""

    id: int
    text: str
    outcome: str
    """unknown or suggestions; voted_down for an answer that did not help."""
    day: dt.date
    """The day of asking. Nobody may know the time more exactly."""


MAX_PHRASING = 300
"""Characters, as in the YAML."""


def fitting(knowledge: Knowledge, lessons: Iterable[Lesson]) -> list[Lesson]:
    """The lessons that add something: not in the YAML yet, and about something that is there."""
    owners = _owners(knowledge)
    found = []
    for lesson in lessons:
        said = words(lesson.phrasing)
        if said and said not in owners and lesson.target in _targets(knowledge, lesson.kind):
            owners[said] = lesson.target
            found.append(lesson)
    return found


def refusal(knowledge: Knowledge, kind: Kind, target: str, phrasing: str) -> str | None:
    """Why a wording cannot be taught, as a sentence; None where it can."""
    if kind is Kind.IGNORE:
        return None
    if not has_words(phrasing):
        return "There is no word in it."
    if len(phrasing) > MAX_PHRASING:
        return f"It is longer than {MAX_PHRASING} characters; a phrasing is a short question."
    if target not in _targets(knowledge, kind):
        return f"There is no {short(target)} any more."
    owner = _owners(knowledge).get(words(phrasing))
    if owner == target:
        return f"It is a phrasing of {short(owner)} already."
    if owner is not None:
        return f"It is a phrasing of {short(owner)} already; a phrasing can only have one place."
    return None


def _targets(knowledge: Knowledge, kind: Kind) -> Collection[str]:
    """Ids that a lesson of this kind can have as its target."""
    match kind:
        case Kind.ENTRY:
            return knowledge.entries
        case Kind.LIMIT:
            return knowledge.limits
        case Kind.IGNORE:
            return ()


def _owners(knowledge: Knowledge) -> dict[tuple[str, ...], str]:
    """The words of each phrasing, with the id of its entry or limit."""
    owned: list[Entry | Limit] = [*knowledge.entries.values(), *knowledge.limits.values()]
    return {words(phrasing): each.id for each in owned for phrasing in each.phrasings}
