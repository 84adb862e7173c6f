"""The six kinds of reply, and the facts that each of them tells."""

from dataclasses import dataclass
from typing import ClassVar

from bot.knowledge.models import Entry, Flag, Limit, SmallTalk, Topic


@dataclass(frozen=True, slots=True)
class _OfEntries:
    """Entries that are shown or suggested, best first."""

    entries: tuple[Entry, ...]
    score: float

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(entry.id for entry in self.entries)

    @property
    def topics(self) -> tuple[str, ...]:
        """Ids of the entries' topics, each once, best first."""
        return tuple(dict.fromkeys(entry.topic for entry in self.entries))


@dataclass(frozen=True, slots=True)
class _OfNoEntry:
    @property
    def ids(self) -> tuple[str, ...]:
        """The id of the limit, the red flag or the small talk, if there is one."""
        return ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        return ()

    @property
    def topics(self) -> tuple[str, ...]:
        """Ids of the topics that are offered instead, best first."""
        return ()


@dataclass(frozen=True, slots=True)
class Answer(_OfEntries):
    """A confident reply: one entry, or two when the question asks about two topics."""

    outcome: ClassVar[str] = "answer"
    sourced: bool = False
    """True where the person asked where the answer before comes from."""


@dataclass(frozen=True, slots=True)
class Suggestions(_OfEntries):
    """An unsure reply: up to three entries."""

    outcome: ClassVar[str] = "suggestions"


@dataclass(frozen=True, slots=True)
class Limited(_OfNoEntry):
    """A subject that is not covered, and the nearest topics, best first."""

    outcome: ClassVar[str] = "limited"
    limit: Limit
    near: tuple[Topic, ...]
    score: float

    @property
    def ids(self) -> tuple[str, ...]:
        return (self.limit.id,)

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(topic.id for topic in self.near)


@dataclass(frozen=True, slots=True)
class RedFlag(_OfNoEntry):
    """A sign of danger gets fixed advice, before everything else."""

    outcome: ClassVar[str] = "red_flag"
    flag: Flag
    score: float = 1.0
    """Below 1 where no pattern describes the danger, and it is only likely."""
    under: Answer | Limited | None = None
    """Shown below the advice, where a later message of the conversation asked for it."""

    @property
    def ids(self) -> tuple[str, ...]:
        return (self.flag.id,)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return self.under.entries if self.under else ()

    @property
    def topics(self) -> tuple[str, ...]:
        return self.under.topics if self.under else ()


@dataclass(frozen=True, slots=True)
class SmallTalkReply(_OfNoEntry):
    """A reply to a message that asks nothing."""

    outcome: ClassVar[str] = "smalltalk"
    talk: SmallTalk
    score: float

    @property
    def ids(self) -> tuple[str, ...]:
        return (self.talk.id,)


@dataclass(frozen=True, slots=True)
class Unknown(_OfNoEntry):
    """No entry fits; `near` holds the topics with a trace of evidence, best first."""

    outcome: ClassVar[str] = "unknown"
    near: tuple[Topic, ...]
    score: float

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(topic.id for topic in self.near)


Reply = Answer | Suggestions | Limited | RedFlag | SmallTalkReply | Unknown
"""Each reply has an `outcome`, the `ids` of its contents, `entries`, `topics` and a `score`."""
