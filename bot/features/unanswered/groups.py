"""Questions without an answer, put into groups: one group for each thing that people ask."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.answering.faq import Faq
from bot.knowledge.lessons import MAX_PHRASING, Kind, Lesson, Missed
from bot.knowledge.models import Entry, Limit
from bot.language.english import english
from bot.language.spelling import Heard
from bot.language.words import has_words, stem, words

NEWEST = 1_000
"""The most questions that are put into groups, the newest."""
OTHERS = 3
"""The most other wordings of a group that are shown."""
NEAR = 3
"""The most entries that are proposed for a wording."""
READ = 200
"""The most characters of a question that are compared: nobody repeats a longer one."""
STRANGE = 400
"""The most unknown words that are checked for typos, because each check takes long."""
TELLING = 0.1
"""A word of the knowledge base with this weight or more tells two questions apart."""
SHORTEST = 4
"""A word with fewer letters is never taken for a typo."""
LONG = 8
"""A word with so many letters can have two typos, a shorter one only one."""

_SMALL_WORDS = (
    "a an the i you he she it we they me him us them my your his her its our their this that these "
    "those am is are was were be been being do does did doing done have has had having can could "
    "will would shall should may might must to of in on at for with from by about and or if so "
    "just some any there here get got really please"
)
_SMALL = frozenset(map(stem, words(_SMALL_WORDS)))
"""Stems of words that do not change what a question asks."""

Key = frozenset[str]


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask for one thing, in different words."""

    questions: tuple[Missed, ...]
    """At least one, the newest first."""

    @property
    def example(self) -> Missed:
        """The newest question that can become a phrasing. If none can, the newest of all."""
        fit = (q for q in self.questions if len(q.text) <= MAX_PHRASING and has_words(q.text))
        return next(fit, self.questions[0])

    @property
    def last(self) -> Missed:
        """The newest question."""
        return self.questions[0]

    @property
    def others(self) -> tuple[str, ...]:
        """A few other wordings than the example, the newest first."""
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
        """Each outcome with how often the questions got it, the most frequent first."""
        counts = Counter(each.outcome for each in self.questions)
        return tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def groups(missed: Sequence[Missed], ignored: Iterable[str], faq: Faq) -> list[Group]:
    """The newest questions in groups, the biggest group first. Ignored groups are left out.

    The order of the given questions makes no difference. This is too slow for the event loop.
    """
    newest = sorted(missed, key=attrgetter("day", "id", "text", "outcome"), reverse=True)[:NEWEST]
    away = list(dict.fromkeys(ignored))
    reader = _Reader.of(faq, [*(each.text for each in newest), *away])
    gone = set(map(reader.key, away))
    found: defaultdict[Key, list[Missed]] = defaultdict(list)
    for question in newest:
        if (key := reader.key(question.text)) not in gone:
            found[key].append(question)
    alike = [Group(tuple(questions)) for questions in found.values()]
    # Groups of equal size stay in order, the newest question first: sorting is stable.
    return sorted(alike, key=lambda group: -len(group.questions))


async def unsettled(missed: Sequence[Missed], lessons: Iterable[Lesson], faq: Faq) -> list[Group]:
    """`groups`, run in a thread. The lessons say which wordings are ignored."""
    ignored = [lesson.phrasing for lesson in lessons if lesson.kind is Kind.IGNORE]
    return await asyncio.to_thread(groups, missed, ignored, faq)


def _same(text: str) -> str:
    return " ".join(text.casefold().split())


@dataclass(frozen=True, slots=True)
class _Reader:
    """Finds the important words of questions. Typos are forgiven, as when the bot answers."""

    faq: Faq
    unread: frozenset[str]
    """Words whose typos are not looked for."""
    meant: Mapping[str, str]
    """Words that the knowledge base does not have, each with the stem of the word that is meant."""

    @classmethod
    def of(cls, faq: Faq, texts: Iterable[str]) -> "_Reader":
        counts = Counter(word for text in texts for word in words(_beginning(text)))
        strange = [word for word in counts if not faq.index.vocabulary.knows(word)]
        strange.sort(key=lambda word: (-counts[word], word))
        return cls(faq, frozenset(strange[STRANGE:]), _spellings(faq, strange[:STRANGE]))

    def key(self, text: str) -> Key:
        """The important words of a question. Questions of one group have equal keys.

        A question without any word has an empty key.
        """
        asked = self.faq.without_courtesies(self._hear(words(_beginning(text))))
        said = [heard for heard in asked if heard.stem not in _SMALL]
        telling = [heard for heard in said if self._weight(heard) >= TELLING]
        return frozenset(self.meant.get(h.word, h.stem) for h in telling or said or asked)

    def _hear(self, said: tuple[str, ...]) -> tuple[Heard, ...]:
        if self.unread.isdisjoint(said):
            return self.faq.index.vocabulary.hear(said)
        return tuple(Heard(word, word, stem(word), 1.0, 0.0) for word in said)

    def _weight(self, heard: Heard) -> float:
        """The weight of a word. A word that the knowledge base lacks weighs most."""
        matcher = self.faq.index.scorer.matcher
        number = matcher.ids.get(f"w {heard.stem}")
        return 1.0 if number is None else float(matcher.weights[number])


def _spellings(faq: Faq, strange: Sequence[str]) -> dict[str, str]:
    """The unknown words, each with the stem of what it means. The frequent words come first.

    An English word means itself. Any other word means a word with nearly equal letters: an English
    one, or one like itself that came before it. If there is none, it means itself.
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
    """The part of a text that is compared. It does not end inside of a word."""
    return text if len(text) <= READ else text[:READ].rpartition(" ")[0] or text[:READ]


def nearest_entries(faq: Faq, question: str) -> list[Entry]:
    """The entries that the question may ask for, best first."""
    heard = faq.index.hear(question)
    ranked = faq.weigh(heard).entries if heard else ()
    return [faq.knowledge.entries[name] for name, _ in ranked[:NEAR]]


def nearest_limits(faq: Faq, question: str) -> list[Limit]:
    """All limits, best first."""
    heard = faq.index.hear(question)
    ranked = faq.weigh(heard).rivals if heard else ()
    known = faq.knowledge.limits
    names = dict.fromkeys([*(name for name, _ in ranked), *known])
    return [known[name] for name in names if name in known]
