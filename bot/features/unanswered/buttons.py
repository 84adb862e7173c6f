"""The buttons of the inbox, in the manner of `buttons`.

Next to the id of an entry there is room for very little: 12 bytes of the 64.
"""

from dataclasses import dataclass
from typing import ClassVar, Self

from bot.bot_api.buttons import Button

_NUMBER = r"\d{1,9}"
_PAGE = r"\d{1,3}"


@dataclass(frozen=True, slots=True)
class _OfQuestion(Button):
    """A button that says what to do with the group of a question."""

    MARK: ClassVar[str]
    question: int

    def pack(self) -> str:
        return f"{self.MARK}{self.question}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(int(data.removeprefix(cls.MARK)))


@dataclass(frozen=True, slots=True)
class _Paged(Button):
    """A button that opens a page of a list about a question."""

    MARK: ClassVar[str]
    question: int
    page: int = 0

    def pack(self) -> str:
        return f"{self.MARK}{self.question}:{self.page}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        question, page = data.removeprefix(cls.MARK).split(":")
        return cls(int(question), int(page))


@dataclass(frozen=True, slots=True)
class _Target(Button):
    """A button that says what the wording of a question is."""

    MARK: ClassVar[str]
    question: int
    target: str

    def pack(self) -> str:
        return f"{self.MARK}{self.question}:{self.target}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        question, target = data.removeprefix(cls.MARK).split(":", 1)
        return cls(int(question), target)


@dataclass(frozen=True, slots=True)
class OpenGroup(_Paged):
    """Opens the group of a question, or what stands in its place by now: `page` is that place."""

    MARK: ClassVar[str] = "ug"
    PATTERN: ClassVar[str] = rf"^ug{_NUMBER}:\d{{1,4}}$"


@dataclass(frozen=True, slots=True)
class PickTopic(_Paged):
    """Asks which topic the wording belongs to."""

    MARK: ClassVar[str] = "ut"
    PATTERN: ClassVar[str] = rf"^ut{_NUMBER}:{_PAGE}$"


@dataclass(frozen=True, slots=True)
class PickLimit(_Paged):
    """Asks which limit the wording belongs to."""

    MARK: ClassVar[str] = "ul"
    PATTERN: ClassVar[str] = rf"^ul{_NUMBER}:{_PAGE}$"


@dataclass(frozen=True, slots=True)
class PickEntry(Button):
    """Asks which entry of a topic it is."""

    PATTERN: ClassVar[str] = rf"^ue\d{_NUMBER}:"
    question: int
    topic: str
    page: int = 0
    """Of one digit: a topic has at most 90 entries."""

    def pack(self) -> str:
        return f"ue{self.page}{self.question}:{self.topic}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        numbers, topic = data.removeprefix("ue").split(":", 1)
        return cls(int(numbers[1:]), topic, int(numbers[0]))


@dataclass(frozen=True, slots=True)
class Teach(_Target):
    """Makes the wording a phrasing of an entry."""

    MARK: ClassVar[str] = "ua"
    PATTERN: ClassVar[str] = rf"^ua{_NUMBER}:"


@dataclass(frozen=True, slots=True)
class NotCovered(_Target):
    """Makes the wording a phrasing of a limit."""

    MARK: ClassVar[str] = "un"
    PATTERN: ClassVar[str] = rf"^un{_NUMBER}:"


@dataclass(frozen=True, slots=True)
class Ignore(_OfQuestion):
    """Puts the group away for good, with all that will be asked like it."""

    MARK: ClassVar[str] = "ui"
    PATTERN: ClassVar[str] = rf"^ui{_NUMBER}$"


@dataclass(frozen=True, slots=True)
class Settle(_OfQuestion):
    """Puts the group away; what will be asked like it comes again."""

    MARK: ClassVar[str] = "us"
    PATTERN: ClassVar[str] = rf"^us{_NUMBER}$"


@dataclass(frozen=True, slots=True)
class ShowLessons(Button):
    """Lists what was taught."""

    PATTERN: ClassVar[str] = rf"^uw{_PAGE}$"
    page: int = 0

    def pack(self) -> str:
        return f"uw{self.page}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(int(data.removeprefix("uw")))


@dataclass(frozen=True, slots=True)
class Undo(Button):
    """Forgets a lesson."""

    PATTERN: ClassVar[str] = rf"^ux{_NUMBER}:(?:{_PAGE})?$"
    lesson: int
    page: int | None = None
    """Of the list in which it was pressed; None anywhere else."""

    def pack(self) -> str:
        return f"ux{self.lesson}:{'' if self.page is None else self.page}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        lesson, page = data.removeprefix("ux").split(":")
        return cls(int(lesson), int(page) if page else None)
