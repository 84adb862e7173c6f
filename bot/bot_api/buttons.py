"""The buttons: each packs what it means into at most 64 bytes, and unpacks it again."""

import datetime as dt
from typing import ClassVar, Self

from msgspec import Struct

_TIME = r"(?:[01]\d|2[0-3])[0-5]\d"


class _Bare(Struct, frozen=True):
    """A button that says all by being pressed."""

    PATTERN: ClassVar[str]

    def pack(self) -> str:
        return self.PATTERN.strip("^$")

    @classmethod
    def unpack(cls, _: str) -> Self:
        return cls()


def _packed(at: dt.time | None) -> str:
    return f"{at:%H%M}" if at else ""


def _unpacked(at: str) -> dt.time | None:
    return dt.time(int(at[:2]), int(at[2:])) if at else None


class ShowEntry(Struct, frozen=True):
    """Opens an entry."""

    PATTERN: ClassVar[str] = r"^entry:"
    entry: str

    def pack(self) -> str:
        return f"entry:{self.entry}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(data.removeprefix("entry:"))


class ShowTopic(Struct, frozen=True):
    """Opens a topic."""

    PATTERN: ClassVar[str] = r"^topic:"
    topic: str

    def pack(self) -> str:
        return f"topic:{self.topic}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(data.removeprefix("topic:"))


class ShowTopics(Struct, frozen=True):
    """Opens a page of the list of topics."""

    PATTERN: ClassVar[str] = r"^topics(?::\d{1,3})?$"
    page: int = 0

    def pack(self) -> str:
        return f"topics:{self.page}" if self.page else "topics"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(int(data.removeprefix("topics").removeprefix(":") or 0))


class ReadMore(Struct, frozen=True):
    """Sends the entry that a tip was drawn from; the tip stays."""

    PATTERN: ClassVar[str] = r"^more:"
    entry: str

    def pack(self) -> str:
        return f"more:{self.entry}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(data.removeprefix("more:"))


class Vote(Struct, frozen=True):
    """Says whether an entry helped."""

    PATTERN: ClassVar[str] = r"^(?:up|down):"
    entry: str
    up: bool

    def pack(self) -> str:
        return f"{'up' if self.up else 'down'}:{self.entry}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        said, _, entry = data.partition(":")
        return cls(entry, said == "up")


class OpenSettings(_Bare, frozen=True):
    """Sends the settings, or begins a subscription."""

    PATTERN: ClassVar[str] = r"^settings$"


class PickTime(Struct, frozen=True):
    """A time for the tip; None for one that is to be typed."""

    PATTERN: ClassVar[str] = rf"^time:(?:{_TIME})?$"
    at: dt.time | None

    def pack(self) -> str:
        return f"time:{_packed(self.at)}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(_unpacked(data.removeprefix("time:")))


class PickPlace(Struct, frozen=True):
    """A zone, for a subscription at a time, or with None for the one that there is."""

    PATTERN: ClassVar[str] = rf"^place:(?:{_TIME})?:"
    at: dt.time | None
    zone: str

    def pack(self) -> str:
        return f"place:{_packed(self.at)}:{self.zone}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        _, at, zone = data.split(":", 2)
        return cls(_unpacked(at), zone)


class AskPlace(_Bare, frozen=True):
    """Asks where somebody is."""

    PATTERN: ClassVar[str] = r"^where$"


class ShareLocation(Struct, frozen=True):
    """Shows the button with which a phone shares its location."""

    PATTERN: ClassVar[str] = rf"^location:(?:{_TIME})?$"
    at: dt.time | None

    def pack(self) -> str:
        return f"location:{_packed(self.at)}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(_unpacked(data.removeprefix("location:")))


class TellClock(Struct, frozen=True):
    """Asks what the clock shows now."""

    PATTERN: ClassVar[str] = rf"^clock:(?:{_TIME})?$"
    at: dt.time | None

    def pack(self) -> str:
        return f"clock:{_packed(self.at)}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(_unpacked(data.removeprefix("clock:")))


class Shift(Struct, frozen=True):
    """Moves the time of the tip by so many minutes."""

    PATTERN: ClassVar[str] = r"^shift:-?\d{1,3}$"
    minutes: int

    def pack(self) -> str:
        return f"shift:{self.minutes}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(int(data.removeprefix("shift:")))


class ToggleDay(Struct, frozen=True):
    """Adds or removes a day of the week; 1 is Monday."""

    PATTERN: ClassVar[str] = r"^day:[1-7]$"
    day: int

    def pack(self) -> str:
        return f"day:{self.day}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(int(data.removeprefix("day:")))


class Pause(Struct, frozen=True):
    """No tips for so many days; 0 for until further notice."""

    PATTERN: ClassVar[str] = r"^pause:\d{1,2}$"
    days: int

    def pack(self) -> str:
        return f"pause:{self.days}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(int(data.removeprefix("pause:")))


class Resume(_Bare, frozen=True):
    """Tips again, after a pause or a stop."""

    PATTERN: ClassVar[str] = r"^resume$"


class Stop(_Bare, frozen=True):
    """No tips any more."""

    PATTERN: ClassVar[str] = r"^stop$"


class Forget(Struct, frozen=True):
    """Deletes what is stored, or does not."""

    PATTERN: ClassVar[str] = r"^forget:(?:yes|no)$"
    sure: bool

    def pack(self) -> str:
        return f"forget:{'yes' if self.sure else 'no'}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(data == "forget:yes")


Button = (
    ShowEntry
    | ShowTopic
    | ShowTopics
    | ReadMore
    | Vote
    | OpenSettings
    | PickTime
    | PickPlace
    | AskPlace
    | ShareLocation
    | TellClock
    | Shift
    | ToggleDay
    | Pause
    | Resume
    | Stop
    | Forget
)
