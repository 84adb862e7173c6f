"""Questions that were asked in vain, put together where they ask the same."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.answering.faq import Faq
from bot.knowledge.lessons import MAX_PHRASING, Kind, Lesson, Missed
from bot.knowledge.models import Entry, Limit
from bot.language.english import english
from bot.language.spelling import Heard
from bot.language.words import has_words, stem, words

NEWEST = 1_000
"""Questions that are looked at."""
OTHERS = 3
"""Wordings that are shown beside the newest."""
NEAR = 3
"""Entries that are proposed for a wording."""
READ = 200
"""Characters of a question that are compared: nobody asks a longer one again."""
STRANGE = 400
"""Words that no knowledge base has and that may be typos: to look for what is meant takes long."""
TELLING = 0.1
"""Weight from which a word of the knowledge base tells one question from another."""
SHORTEST = 4
"""Letters of a word that can be a typo of another."""
LONG = 8
"""Letters from which a word can have two typos."""

_SMALL = frozenset(
    map(
        stem,
        words(
            "a an the i you he she it we they me him us them my your his her its our their this "
            "that these those am is are was were be been being do does did doing done have has had "
            "having can could will would shall should may might must to of in on at for with from "
            "by about and or if so just some any there here get got really please"
        ),
    )
)
"""Words that two people who ask the same use or leave out."""

Key = frozenset[str]


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask the same."""

    questions: tuple[Missed, ...]
    """The newest first; there is at least one."""

    @property
    def example(self) -> Missed:
        """The newest of those that can be a phrasing; the newest where none can."""
        return next(filter(_teachable, self.questions), self.questions[0])

    @property
    def last(self) -> Missed:
        return self.questions[0]

    @property
    def others(self) -> tuple[str, ...]:
        """A few more wordings, the newest first."""
        shown: dict[str, str] = {}
        for each in self.questions:
            shown.setdefault(_same(each.text), each.text)
        shown.pop(_same(self.example.text))
        return tuple(shown.values())[:OTHERS]

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(each.id for each in self.questions)

    @property
    def outcomes(self) -> tuple[tuple[str, int], ...]:
        """What they got and how often, the most frequent first."""
        counts = Counter(each.outcome for each in self.questions)
        return tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def groups(missed: Sequence[Missed], ignored: Iterable[str], faq: Faq) -> list[Group]:
    """The newest questions, the biggest group first; what is alike to an ignored one is left out.

    The same whatever order the questions come in. It takes a while, so not for the event loop.
    """
    newest = sorted(missed, key=_age, reverse=True)[:NEWEST]
    away = list(dict.fromkeys(ignored))
    reader = _Reader.of(faq, [*(each.text for each in newest), *away])
    gone = set(map(reader.key, away))
    found: defaultdict[Key, list[Missed]] = defaultdict(list)
    for question in newest:
        if (key := reader.key(question.text)) not in gone:
            found[key].append(question)
    alike = [Group(tuple(questions)) for questions in found.values()]
    # Sorting is stable, and they were found by their newest question.
    return sorted(alike, key=lambda group: -len(group.questions))


async def unsettled(missed: Sequence[Missed], lessons: Iterable[Lesson], faq: Faq) -> list[Group]:
    """As `groups`, in a thread; what was taught says what is ignored."""
    ignored = [lesson.phrasing for lesson in lessons if lesson.kind is Kind.IGNORE]
    return await asyncio.to_thread(groups, missed, ignored, faq)


def _age(question: Missed) -> tuple[object, ...]:
    return question.day, question.id, question.text, question.outcome


def _same(text: str) -> str:
    return " ".join(text.casefold().split())


def _teachable(question: Missed) -> bool:
    return len(question.text) <= MAX_PHRASING and has_words(question.text)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads from questions what they ask, typos forgiven as in an answer."""

    faq: Faq
    unread: frozenset[str]
    """Words that are taken as they are written."""
    meant: Mapping[str, str]
    """For words that the knowledge base does not have: the stem of what each stands for."""

    @classmethod
    def of(cls, faq: Faq, texts: Iterable[str]) -> "_Reader":
        counts = Counter(word for text in texts for word in words(_beginning(text)))
        strange = [word for word in counts if not faq.index.vocabulary.knows(word)]
        strange.sort(key=lambda word: (-counts[word], word))
        return cls(faq, frozenset(strange[STRANGE:]), _spellings(faq, strange[:STRANGE]))

    def key(self, text: str) -> Key:
        """The same for questions that ask the same; empty for all that have no word."""
        asked = self.faq.without_courtesies(self._hear(words(_beginning(text))))
        said = [heard for heard in asked if heard.stem not in _SMALL]
        telling = [heard for heard in said if self._weight(heard) >= TELLING]
        return frozenset(self.meant.get(h.word, h.stem) for h in telling or said or asked)

    def _hear(self, said: tuple[str, ...]) -> tuple[Heard, ...]:
        if self.unread.isdisjoint(said):
            return self.faq.index.vocabulary.hear(said)
        return tuple(Heard(word, stem(word), 1.0, 0.0) for word in said)

    def _weight(self, heard: Heard) -> float:
        """What the knowledge base does not hold is what is missing there, so it tells most."""
        matcher = self.faq.index.matcher
        number = matcher.ids.get(f"w {heard.stem}")
        return 1.0 if number is None else float(matcher.weights[number])


def _spellings(faq: Faq, strange: Sequence[str]) -> dict[str, str]:
    """The stem of what a word stands for, by words that came most often first.

    English words stand for themselves; what else is written for the nearest of those, or of its own
    kind for the one that came before.
    """
    unknown = [
        word for word in strange if not any(h.trust for h in faq.index.vocabulary.hear((word,)))
    ]
    meant: dict[str, str] = {}
    right: list[str] = []
    for word in sorted(unknown, key=lambda word: word not in english()):
        written = stem(word)
        near = None if word in english() else _nearest(written, right)
        if near is None:
            right.append(written)
        meant[word] = near or written
    return meant


def _nearest(written: str, right: Sequence[str]) -> str | None:
    if len(written) < SHORTEST or not written.isalpha():
        return None
    most = 2 if len(written) >= LONG else 1
    found = process.extractOne(written, right, scorer=OSA.distance, score_cutoff=most)
    return found[0] if found else None


def _beginning(text: str) -> str:
    """What is compared, without a word that is cut in two."""
    return text if len(text) <= READ else text[:READ].rpartition(" ")[0] or text[:READ]


def nearest_entries(faq: Faq, question: str) -> list[Entry]:
    """What the wording may be meant to ask for, best first."""
    heard = faq.index.hear(question)
    ranked = faq.weigh(heard).entries if heard else ()
    return [faq.knowledge.entries[name] for name, _ in ranked[:NEAR]]


def nearest_limits(faq: Faq, question: str) -> list[Limit]:
    """All of them, best first."""
    heard = faq.index.hear(question)
    ranked = faq.weigh(heard).rivals if heard else ()
    known = faq.knowledge.limits
    return [
        known[name] for name in dict.fromkeys([*(n for n, _ in ranked), *known]) if name in known
    ]
