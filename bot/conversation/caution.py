"""A danger stays in a conversation until a message lets it go."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.answering.cues import Said
from bot.knowledge.conversation import Conversation
from bot.matching.marks import Mark

CLOSE = 4
"""A word that turns a sign around stands at most so many words before it, or right behind."""
NEXT = 2
"""A word stands at most so close to a person whose part it tells."""


FAR = 8
"""A person's question stands at most so many words behind the person."""


@dataclass(frozen=True, slots=True)
class Caution:
    """A red flag, and what it concerns."""

    flag: str
    """The id of the flag."""
    parts: frozenset[str] = frozenset()
    """Cues of the parts of the body that were named; empty where none was."""
    person: str = ""
    """The cue of the one who is in danger; empty for the one who writes."""

    @classmethod
    def of(cls, flag: str, said: Said) -> "Caution":
        """Read off the message that tripped the flag whom and what it concerns."""
        return cls(flag, said.parts(), next(_persons(said), ""))

    def more(self, said: Said) -> "Caution":
        """The danger, with the part of the body that is only named later."""
        return self if self.parts else replace(self, parts=said.parts())

    def again(self, flag: str, said: Said) -> "Caution":
        """The danger after a message that trips a flag, too."""
        found = Caution.of(flag, said)
        if _has(said.people, "third") and not found.person:
            found = replace(found, person=self.person)
        return found if found.parts or flag != self.flag else replace(found, parts=self.parts)

    def is_over(self, said: Said, talk: Conversation) -> bool:
        """True where a message settles the danger or turns away from it."""
        return self.is_settled(said) or self._is_elsewhere(said, talk)

    def is_settled(self, said: Said) -> bool:
        """True where a message says that there is no danger any more, or never was one."""
        return is_denied(said) or bool(self._settled(said))

    def is_surely_settled(self, said: Said) -> bool:
        """True where it says so more than once."""
        return is_denied(said) or len(self._settled(said)) > 1

    def _settled(self, said: Said) -> list[Mark]:
        """The signs that the danger is over, without those that another word turns around."""
        if any(person != self.person for person, _ in _others(said)):
            return []  # It is about somebody else, or no more than an opinion of theirs.
        before = [mark.end for mark in said.danger if "unsettled" in mark.names]
        behind = [mark.start for mark in said.danger if "relapse" in mark.names]
        return [
            mark
            for mark in said.danger
            if _is_end(said, mark)
            and not _is_near(before, mark)
            and not any(0 <= start - mark.end < NEXT for start in behind)
        ]

    def _is_elsewhere(self, said: Said, talk: Conversation) -> bool:
        there = said.parts()
        if _has(said.danger, "others") or self._is_about_another(said):
            return True
        if self.flag not in talk.danger.local or self.parts & there:
            return False
        named = {each.name for each in said.subjects}
        if not named & set(talk.covered) - set(talk.danger.signs):
            return said.drops() and not (said.leans or said.themes)
        if said.drops() or (_has(said.danger, "elsewhere") and not said.has("pointer")):
            return True
        return bool(self.parts and there)

    def _is_about_another(self, said: Said) -> bool:
        if self.person and _has(said.people, "self"):
            return True
        return any(person != self.person for person in _concerned(said))


def gets_help(said: Said, talk: Conversation) -> bool:
    """True where a message says no more than that somebody looks after the danger."""
    covered = any(each.name in talk.covered for each in said.subjects)
    if covered or said.themes or said.has("ask"):
        return False
    before = [mark.end for mark in said.danger if "unsettled" in mark.names]
    return any("cared" in m.names and not _is_near(before, m) for m in said.danger)


def _is_end(said: Said, mark: Mark) -> bool:
    """True for a sign that a danger is over, by itself or with the words near it."""
    if "settled" in mark.names:
        return True
    if "past" in mark.names:
        return _is_near((m.end for m in said.talk if "pointer" in m.names), mark)
    firm = [m for m in said.danger if {"firm", "past"} & {*m.names}]
    near = any(-NEXT <= m.start - mark.end < NEXT or 0 <= mark.start - m.end < NEXT for m in firm)
    return "state" in mark.names and near


def is_denied(said: Said) -> bool:
    """True where a message says that it was a joke."""
    denied = [mark.end for mark in said.danger if "unsettled" in mark.names]
    return any("kidding" in m.names and not _is_near(denied, m) for m in said.danger)


def _is_near(ends: Iterable[int], mark: Mark) -> bool:
    """True where one of the places is shortly before a sign."""
    return any(mark.start - CLOSE <= end <= mark.start for end in ends)


def _has(marks: Iterable[Mark], name: str) -> bool:
    return any(name in mark.names for mark in marks)


def _others(said: Said) -> Iterator[tuple[str, Mark]]:
    """Cues of the people in a message other than the one who writes."""
    for mark in said.people:
        yield from ((name, mark) for name in mark.names if name.startswith("other "))


def _persons(said: Said) -> Iterator[str]:
    """Those who do more in a message than have an opinion."""
    return (name for name, mark in _others(said) if not _follows(said.people, mark, "saying"))


def _concerned(said: Said) -> Iterator[str]:
    """Those whom a message is about."""
    if not said.subjects and not said.parts() and said.has("pointer"):
        return iter(())  # It is about what was named before, whoever has to do with it.
    return (name for name, mark in _others(said) if _is_concerned(said, mark))


def _is_concerned(said: Said, person: Mark) -> bool:
    if _follows(said.people, person, "saying") or _is_known(said):
        return False
    if _follows(said.people, person, "asking", FAR):
        return _has(said.people, "third") or not said.has("pointer")
    if _follows(said.people, person, "having"):
        return True
    before = [m.end for m in said.people if "before" in m.names]
    behind = [m.start for m in said.people if any(n.startswith("part ") for n in m.names)]
    behind += [each.at for each in said.subjects]
    return any(0 <= person.start - end < NEXT for end in before) or any(
        0 <= at - person.end < NEXT for at in behind
    )


def _follows(marks: Sequence[Mark], person: Mark, name: str, within: int = NEXT) -> bool:
    return any(name in m.names and 0 <= m.start - person.end < within for m in marks)


def _is_known(said: Said) -> bool:
    """True where a subject is one that was named before, by "the" or "my"."""
    ends = {mark.end for mark in said.people if "known" in mark.names}
    return any(each.at in ends for each in said.subjects)
