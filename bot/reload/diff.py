"""What another knowledge base would change: what it holds, and what it replies."""

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
    """Only those in which something is different."""
    moved: tuple[Moved, ...]
    left_out: tuple[Lesson, ...] = ()
    """What an operator taught and what would turn an expected question astray now."""

    def __bool__(self) -> bool:
        return bool(self.sections or self.moved or self.left_out)


def replies(faq: Faq, questions: Iterable[str]) -> dict[str, str]:
    """What each question gets, in a few words."""
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
    """What differs, also in the replies to questions that were asked on both sides."""
    kinds = (
        ("topics", _headings(before), _headings(after)),
        ("entries", before.entries, after.entries),
        ("limits", before.limits, after.limits),
        ("red flags", _flags(before), _flags(after)),
        ("small talk", before.smalltalk, after.smalltalk),
        ("tips", before.tips, after.tips),
    )
    was_all = _rest(before) | {f"order of {name}": _both(old, new) for name, old, new in kinds}
    now_all = _rest(after) | {f"order of {name}": _both(new, old) for name, old, new in kinds}
    sections = [_section(*kind) for kind in kinds]
    sections.append(_section("settings of all", was_all, now_all))
    moved = (Moved(q, was[q], now[q]) for q in was if q in now and was[q] != now[q])
    return Changes(tuple(s for s in sections if s is not None), tuple(moved), left_out)


def _headings(knowledge: Knowledge) -> Mapping[str, object]:
    """Topics without their entries, which are compared on their own."""
    return {t.id: (t.title, t.emoji, t.summary, t.broad) for t in knowledge.topics.values()}


def _flags(knowledge: Knowledge) -> Mapping[str, object]:
    words = {f"words of {key}": value for key, value in knowledge.red_flags.words.items()}
    return {flag.id: flag for flag in knowledge.red_flags.flags} | words


def _both(these: Mapping[str, object], those: Mapping[str, object]) -> list[str]:
    """What is in both, in the order of the first."""
    return [key for key in these if key in those]


def _rest(knowledge: Knowledge) -> dict[str, object]:
    return {
        "about": knowledge.about,
        "courtesies": knowledge.courtesies,
        "synonyms": knowledge.synonyms,
        "expected": knowledge.expected,
        "thresholds": knowledge.thresholds,
    }


def _section(name: str, old: Mapping[str, object], new: Mapping[str, object]) -> Section | None:
    added = tuple(key for key in new if key not in old)
    removed = tuple(key for key in old if key not in new)
    changed = tuple(key for key in new if key in old and new[key] != old[key])
    return Section(name, added, removed, changed) if added or removed or changed else None
