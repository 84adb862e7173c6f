"""What an operator taught while the bot was running."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.knowledge.base import Knowledge
from bot.knowledge.models import Entry, Limit
from bot.language.words import has_words, words
from bot.markup import short


class Kind(StrEnum):
    """What a wording was taught to be."""

    ENTRY = "entry"
    """A phrasing of an entry."""
    LIMIT = "limit"
    """A phrasing of a subject that is not covered."""
    IGNORE = "ignore"
    """Nothing that the operators want to see again."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A wording, and what it is."""

    id: int
    kind: Kind
    target: str
    """Id of the entry or the limit; empty for what is ignored."""
    phrasing: str
    day: dt.date
    """When it was taught."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A question that found no answer; nothing says who asked it."""

    id: int
    text: str
    outcome: str
    """unknown or suggestions; voted_down for an answer that did not help."""
    day: dt.date
    """When it was asked; more exactly nobody may know."""


MAX_PHRASING = 300
"""Characters, as in the YAML."""


def fitting(knowledge: Knowledge, lessons: Iterable[Lesson]) -> list[Lesson]:
    """Those that add something; what stands in the YAML by now, or fits no more, is left out."""
    owners = _owners(knowledge)
    found = []
    for lesson in lessons:
        said = words(lesson.phrasing)
        if said and said not in owners and _there(knowledge, lesson):
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


def _there(knowledge: Knowledge, lesson: Lesson) -> bool:
    return lesson.target in _targets(knowledge, lesson.kind)


def _targets(knowledge: Knowledge, kind: Kind) -> Collection[str]:
    """Ids of what a lesson can be about."""
    targets: dict[Kind, Collection[str]] = {
        Kind.ENTRY: knowledge.entries,
        Kind.LIMIT: knowledge.limits,
    }
    return targets.get(kind, ())


def _owners(knowledge: Knowledge) -> dict[tuple[str, ...], str]:
    """Each phrasing by its words, with the id of what it asks for."""
    owned: list[Entry | Limit] = [*knowledge.entries.values(), *knowledge.limits.values()]
    return {words(phrasing): each.id for each in owned for phrasing in each.phrasings}
