"""Words by which a message leans on what was said before, found in the message."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.answering import cue_words
from bot.knowledge.base import Knowledge
from bot.knowledge.conversation import Conversation
from bot.language.spelling import Heard
from bot.language.words import words
from bot.matching.concepts import Concepts
from bot.matching.marks import Mark, marks

SILENT = "is"
"""A word that people shorten to 's, which `words` drops."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A concept that is named, and the place of its words."""

    name: str
    at: int
    end: int
    """Place of the first word behind it."""


@dataclass(frozen=True, slots=True)
class Said:
    """The words of a message, and the cues among them."""

    heard: tuple[Heard, ...]
    talk: tuple[Mark, ...]
    """Words by which it leans on the reply before: `Cues.talk`."""
    danger: tuple[Mark, ...]
    """Signs that a danger is over: `Cues.danger`."""
    people: tuple[Mark, ...]
    """Persons and parts of the body: `Cues.people`."""
    denial: tuple[Mark, ...]
    """Words that take a subject out of it: `Cues.denial`."""
    subjects: tuple[Subject, ...]
    """The concepts that are a subject of their own."""
    themes: bool
    """True where it names what all questions are about."""

    def first(self, kind: str) -> str | None:
        """The rest of the name of the longest cue of a kind: `often` for `ask often`."""
        found = [(m.end - m.start, n) for m in self.talk for n in m.names if _is(n, kind)]
        best = max(found, key=lambda each: each[0], default=None)
        return best[1].removeprefix(kind).strip() if best else None

    def has(self, *kinds: str) -> bool:
        return any(_is(name, kind) for mark in self.talk for name in mark.names for kind in kinds)

    @property
    def content(self) -> tuple[Heard, ...]:
        """The words that are neither a cue nor a part of the body."""
        known = {at for mark in self.talk for at in range(mark.start, mark.end)}
        known |= {at for mark in self._parts() for at in range(mark.start, mark.end)}
        return tuple(heard for at, heard in enumerate(self.heard) if at not in known)

    @property
    def beside(self) -> int:
        """The number of words that are neither a cue, a part of the body nor a subject."""
        named = {at for each in self.subjects for at in range(each.at, each.end)}
        return len(self.content) - sum(self.heard[at] in self.content for at in named)

    @property
    def leans(self) -> bool:
        """True where it speaks of what was named before, or asks on about it."""
        return self.has("pointer", "ask", "more", "source")

    @property
    def bare(self) -> bool:
        """True where it has nothing but small words and parts of the body."""
        return not (self.content or self.subjects) and not self.has("ask", "more", "source")

    def parts(self, *, denied: bool = False) -> frozenset[str]:
        """The parts of the body that it names, or only those that it sets aside."""
        named = [mark for mark in self._parts() if self._is_aside(mark) == denied]
        return frozenset(name for mark in named for name in mark.names if _is(name, "part"))

    def denied(self) -> frozenset[int]:
        """Places behind a negation and the words that tie it to what it denies."""
        ends: set[int] = set()
        for mark in self.denial:
            if "not" in mark.names or ("between" in mark.names and mark.start in ends):
                ends.add(mark.end)
        return frozenset(ends)

    def drops(self) -> bool:
        """True where it sets a part of the body aside, or a thing that may be dangerous."""
        things = [mark for mark in self.people if "thing" in mark.names]
        return any(self._is_aside(mark) for mark in (*self._parts(), *things))

    def _is_aside(self, named: Mark) -> bool:
        if named.start in self.denied():
            return True
        known = {mark.start: mark.end for mark in self.people if "known" in mark.names}
        aside = [mark for mark in self.people if "aside" in mark.names]
        ends = {known.get(mark.end, mark.end) for mark in aside}
        return named.start in ends or any(mark.start == named.end for mark in aside)

    def _parts(self) -> Iterator[Mark]:
        return (mark for mark in self.people if any(_is(name, "part") for name in mark.names))


def _is(name: str, kind: str) -> bool:
    return name == kind or name.startswith(f"{kind} ")


@dataclass(frozen=True, slots=True)
class Cues:
    """The words of `conversation.yaml`, ready to be found."""

    conversation: Conversation
    talk: Concepts
    danger: Concepts
    ends: frozenset[tuple[str, ...]]
    """Words of the signs that end a danger."""
    people: Concepts
    denial: Concepts
    several: Concepts
    concepts: Concepts
    """Those of `synonyms.yaml`."""

    @classmethod
    def of(cls, knowledge: Knowledge, concepts: Concepts) -> "Cues | None":
        """None where the knowledge base has no conversation."""
        said = knowledge.conversation
        if said is None:
            return None
        return cls(
            said,
            talk=_concepts(cue_words.talk(said)),
            danger=_concepts(cue_words.danger(said.danger)),
            ends=frozenset(words(_spoken(phrase)) for phrase in cue_words.ends(said.danger)),
            people=_concepts(cue_words.people(said.danger)),
            denial=_concepts(cue_words.denial(said.denial)),
            several=_concepts({"several": said.several}),
            concepts=concepts,
        )

    def read(self, heard: Iterable[Heard]) -> Said:
        """Find the cues in a message."""
        spoken = tuple(h for h in heard if h.stem != SILENT)
        themes = frozenset(self.conversation.themes)
        named, talk = list(self.named(spoken)), tuple(marks(self.talk, spoken))
        return Said(
            spoken,
            talk=talk,
            danger=tuple(m for m in marks(self.danger, spoken) if self._is_exact(m, spoken)),
            people=tuple(marks(self.people, spoken)),
            denial=tuple(marks(self.denial, spoken)),
            subjects=tuple(each for each in named if self._is_subject(each, talk)),
            themes=any(each.name in themes for each in named),
        )

    def _is_exact(self, mark: Mark, heard: Sequence[Heard]) -> bool:
        """True where a sign that ends a danger is no other form of it: "to heal" for "healed"."""
        if not {"unsettled", "relapse", "cared"}.isdisjoint(mark.names):
            return True
        return tuple(h.word for h in heard[mark.start : mark.end]) in self.ends

    def sets_aside(self, heard: Sequence[Heard]) -> bool:
        """True where a message may set a subject aside."""
        return any({*mark.names} - {"between", "inclusion"} for mark in marks(self.denial, heard))

    def asks_for_several(self, heard: Sequence[Heard]) -> bool:
        """True where a question says that it is about two things."""
        return any(marks(self.several, heard))

    def _is_subject(self, named: Subject, talk: Iterable[Mark]) -> bool:
        """True for a subject that is no mere part of a cue, as a line is of "bottom line"."""
        if named.name not in self.conversation.covered:
            return named.name in self.conversation.subjects
        return not any(mark.start <= named.at and named.end <= mark.end for mark in talk)

    def is_about(self, heard: Sequence[Heard]) -> bool:
        """True where one of the covered subjects is named."""
        return any(each.name in self.conversation.covered for each in self.named(heard))

    def subject(self, heard: Sequence[Heard]) -> str | None:
        """The question of somebody who only names the covered subjects of these words."""
        named = (each for each in self.named(heard) if each.name in self.conversation.covered)
        subject = spoken(heard, named)
        return self.conversation.asks.format(subject=subject) if subject else None

    def named(self, heard: Sequence[Heard]) -> Iterator[Subject]:
        """The concepts of `synonyms.yaml` that are named."""
        at = 0
        for phrase, names in self.concepts.pieces([h.stem for h in heard]):
            yield from (Subject(name, at, at + len(phrase)) for name in names)
            at += len(phrase)


def spoken(heard: Sequence[Heard], subjects: Iterable[Subject]) -> str:
    """The words of subjects."""
    places = dict.fromkeys((each.at, each.end) for each in subjects)
    return " ".join(word.word for at, end in places for word in heard[at:end])


def _concepts(phrases: Mapping[str, Iterable[str]]) -> Concepts:
    """Cues by their names; `read` hears no silent word, so none stands in a cue."""
    return Concepts.of({name: map(_spoken, said) for name, said in phrases.items()})


def _spoken(phrase: str) -> str:
    return " ".join(word for word in phrase.split() if word != SILENT) or phrase
