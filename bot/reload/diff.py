"""Compares two knowledge bases: their contents and their replies."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.answering.faq import Faq
from bot.answering.replies import Reply
from bot.knowledge.base import Knowledge
from bot.knowledge.lessons import Lesson


@dataclass(frozen=True, slots=True)
class Moved:
    """A question that gets another reply."""

    question: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Section:
    """Ids of one kind of thing, such as entries."""

    name: str
    """In the plural."""
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """From one knowledge base to another."""

    sections: tuple[Section, ...]
    """Sections without a difference are not among them."""
    moved: tuple[Moved, ...]
    left_out: tuple[Lesson, ...] = ()
    """Lessons that would turn an expected question astray now."""

    def __bool__(self) -> bool:
        return bool(self.sections or self.moved or self.left_out)


def replies(faq: Faq, questions: Iterable[str]) -> dict[str, str]:
    """The reply to each question, in a few words."""
    return {question: told(faq.ask(question)) for question in questions}


def told(reply: Reply) -> str:
    """A reply in a few words, such as `answer brakes.squeak`."""
    return f"{reply.outcome.replace('_', ' ')} {', '.join(reply.ids)}".strip()


def between(
    before: Knowledge,
    after: Knowledge,
    was: Mapping[str, str],
    now: Mapping[str, str],
    left_out: tuple[Lesson, ...] = (),
) -> Changes:
    """The differences; replies are compared where a question was asked on both sides."""
    old, new = _contents(before), _contents(after)
    sections = [_section(name, old[name], new[name]) for name in old]
    rest = _settings(before, old, new), _settings(after, new, old)
    sections.append(_section("settings of all", *rest))
    moved = (Moved(q, was[q], now[q]) for q in was if q in now and was[q] != now[q])
    return Changes(tuple(s for s in sections if s is not None), tuple(moved), left_out)


def _contents(knowledge: Knowledge) -> dict[str, Mapping[str, object]]:
    """All that has an id, by the name of its section."""
    red = knowledge.red_flags
    flags = {flag.id: flag for flag in red.flags}
    words = {f"words of {key}": value for key, value in red.words.items()}
    shared = {"denials": red.denials, "unless of all": red.unless}
    topics = knowledge.topics.values()
    return {
        # Without their entries, which have a section of their own.
        "topics": {t.id: (t.title, t.emoji, t.summary, t.broad) for t in topics},
        "entries": knowledge.entries,
        "limits": knowledge.limits,
        "red flags": flags | words | {key: value for key, value in shared.items() if value},
        "small talk": knowledge.smalltalk,
        "tips": knowledge.tips,
    }


def _settings(
    knowledge: Knowledge,
    these: Mapping[str, Mapping[str, object]],
    those: Mapping[str, Mapping[str, object]],
) -> dict[str, object]:
    """The rest of a knowledge base, and the order of the ids that both have."""
    names = ("about", "conversation", "courtesies", "synonyms", "expected", "thresholds")
    orders = {f"order of {s}": [key for key in these[s] if key in those[s]] for s in these}
    return {name: getattr(knowledge, name) for name in names} | orders


def _section(name: str, old: Mapping[str, object], new: Mapping[str, object]) -> Section | None:
    added = tuple(key for key in new if key not in old)
    removed = tuple(key for key in old if key not in new)
    changed = tuple(key for key in new if key in old and new[key] != old[key])
    return Section(name, added, removed, changed) if added or removed or changed else None
