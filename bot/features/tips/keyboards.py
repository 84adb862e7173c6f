"""Buttons of the daily tip, and where they stand."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Self

from telegram import InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup

from bot.bot_api.buttons import (
    TIME,
    BareButton,
    Button,
    button,
    packed_time,
    row,
    unpacked_time,
)
from bot.features.tips import texts as tip_texts
from bot.knowledge.models import Tip
from bot.places.zones import Place
from bot.subscriptions.subscriber import State, Subscriber


@dataclass(frozen=True, slots=True)
class ReadMore(Button):
    """Sends the entry that a tip was drawn from; the tip stays."""

    PATTERN: ClassVar[str] = r"^more:"
    entry: str

    def pack(self) -> str:
        return f"more:{self.entry}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(data.removeprefix("more:"))


@dataclass(frozen=True, slots=True)
class OpenSettings(BareButton):
    """Sends the settings, or begins a subscription."""

    PATTERN: ClassVar[str] = r"^settings$"


@dataclass(frozen=True, slots=True)
class PickTime(Button):
    """A time for the tip; None for one that is to be typed."""

    PATTERN: ClassVar[str] = rf"^time:(?:{TIME})?$"
    at: dt.time | None

    def pack(self) -> str:
        return f"time:{packed_time(self.at)}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(unpacked_time(data.removeprefix("time:")))


@dataclass(frozen=True, slots=True)
class PickPlace(Button):
    """A zone, for a subscription at a time, or with None for the one that there is."""

    PATTERN: ClassVar[str] = rf"^place:(?:{TIME})?:"
    at: dt.time | None
    zone: str

    def pack(self) -> str:
        return f"place:{packed_time(self.at)}:{self.zone}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        _, at, zone = data.split(":", 2)
        return cls(unpacked_time(at), zone)


@dataclass(frozen=True, slots=True)
class AskPlace(BareButton):
    """Asks where somebody is."""

    PATTERN: ClassVar[str] = r"^where$"


@dataclass(frozen=True, slots=True)
class ShareLocation(Button):
    """Shows the button with which a phone shares its location."""

    PATTERN: ClassVar[str] = rf"^location:(?:{TIME})?$"
    at: dt.time | None

    def pack(self) -> str:
        return f"location:{packed_time(self.at)}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(unpacked_time(data.removeprefix("location:")))


@dataclass(frozen=True, slots=True)
class TellClock(Button):
    """Asks what the clock shows now."""

    PATTERN: ClassVar[str] = rf"^clock:(?:{TIME})?$"
    at: dt.time | None

    def pack(self) -> str:
        return f"clock:{packed_time(self.at)}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(unpacked_time(data.removeprefix("clock:")))


@dataclass(frozen=True, slots=True)
class Shift(Button):
    """Moves the time of the tip by so many minutes."""

    PATTERN: ClassVar[str] = r"^shift:-?\d{1,3}$"
    minutes: int

    def pack(self) -> str:
        return f"shift:{self.minutes}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(int(data.removeprefix("shift:")))


@dataclass(frozen=True, slots=True)
class ToggleDay(Button):
    """Adds or removes a day of the week; 1 is Monday."""

    PATTERN: ClassVar[str] = r"^day:[1-7]$"
    day: int

    def pack(self) -> str:
        return f"day:{self.day}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(int(data.removeprefix("day:")))


@dataclass(frozen=True, slots=True)
class Pause(Button):
    """No tips for so many days; 0 for until further notice."""

    PATTERN: ClassVar[str] = r"^pause:\d{1,2}$"
    days: int

    def pack(self) -> str:
        return f"pause:{self.days}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(int(data.removeprefix("pause:")))


@dataclass(frozen=True, slots=True)
class Resume(BareButton):
    """Tips again, after a pause or a stop."""

    PATTERN: ClassVar[str] = r"^resume$"


@dataclass(frozen=True, slots=True)
class Stop(BareButton):
    """No tips any more."""

    PATTERN: ClassVar[str] = r"^stop$"


HOURS = tuple(dt.time(hour) for hour in (6, 7, 8, 9, 10, 12, 14, 16, 18, 19, 20, 21))
A_WEEK = 7


def under_tip(tip: Tip, *, subscribed: bool = True) -> InlineKeyboardMarkup:
    settings = tip_texts.SETTINGS if subscribed else tip_texts.GET_DAILY
    return InlineKeyboardMarkup(
        [[button(tip_texts.READ_MORE, ReadMore(tip.entry)), button(settings, OpenSettings())]]
    )


def times() -> InlineKeyboardMarkup:
    """The hours at which most people want something to read, and any other."""
    rows = [
        [button(f"{at:%H:%M}", PickTime(at)) for at in HOURS[i : i + 4]]
        for i in range(0, len(HOURS), 4)
    ]
    return InlineKeyboardMarkup([*rows, row(tip_texts.OTHER_TIME, PickTime(None))])


def where(at: dt.time | None, likely: Place, *, private: bool) -> InlineKeyboardMarkup:
    """Ways to say where one is, beside writing it."""
    rows = [row(tip_texts.BY_CLOCK, TellClock(at))]
    if private:  # Telegram offers it nowhere else.
        rows.append(row(tip_texts.BY_LOCATION, ShareLocation(at)))
    # Hardly anybody lives by UTC, but what stands first is pressed.
    at_end = len(rows) if likely.zone == "UTC" else 0
    rows.insert(at_end, row(likely.name, PickPlace(at, likely.zone)))
    return InlineKeyboardMarkup(rows)


def places(at: dt.time | None, found: Iterable[Place]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([row(p.name, PickPlace(at, p.zone)) for p in found])


def location() -> ReplyKeyboardMarkup:
    """The one button that can ask a phone where it is."""
    return ReplyKeyboardMarkup(
        [[KeyboardButton(tip_texts.SHARE_LOCATION, request_location=True)]],
        resize_keyboard=True,
        one_time_keyboard=True,
    )


def settings(subscriber: Subscriber, now: dt.datetime) -> InlineKeyboardMarkup:
    """What can be changed, in the state that a subscription is in."""
    if subscriber.state not in {State.ACTIVE, State.PAUSED}:
        return again()
    days = subscriber.schedule.days
    rows = [
        [button(label, Shift(minutes)) for label, minutes in tip_texts.SHIFTS.items()],
        [button(tip_texts.OTHER_TIME, PickTime(None)), button(tip_texts.OTHER_PLACE, AskPlace())],
        [
            button(f"✓ {name}" if day in days else name, ToggleDay(day))
            for day, name in enumerate(tip_texts.DAYS, 1)
        ],
    ]
    if subscriber.is_paused(now):
        rows.append(row(tip_texts.RESUME, Resume()))
    else:
        rows.append(
            [button(tip_texts.PAUSE_A_WEEK, Pause(A_WEEK)), button(tip_texts.PAUSE, Pause(0))]
        )
    return InlineKeyboardMarkup([*rows, row(tip_texts.STOP, Stop())])


def again() -> InlineKeyboardMarkup:
    """The way back for somebody who gets no tips."""
    return InlineKeyboardMarkup([row(tip_texts.SUBSCRIBE_AGAIN, Resume())])
