"""Buttons: each packs what it means into at most 64 bytes, and unpacks it again."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar, Self

from telegram import InlineKeyboardButton

TIME = r"(?:[01]\d|2[0-3])[0-5]\d"


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: says by its data what pressing it means."""

    PATTERN: ClassVar[str]
    """Of the data: what does not fit it is no such button."""

    def pack(self) -> str:
        """The data, at most 64 bytes of it."""
        raise NotImplementedError

    @classmethod
    def unpack(cls, data: str) -> Self:
        """The button that was packed so; the data fits the pattern."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class BareButton(Button):
    """A button that says all by being pressed."""

    def pack(self) -> str:
        return self.PATTERN.strip("^$")

    @classmethod
    def unpack(cls, data: str) -> Self:  # noqa: ARG003 - it is always the same
        return cls()


def packed_time(at: dt.time | None) -> str:
    """Four digits, none for no time."""
    return f"{at:%H%M}" if at else ""


def unpacked_time(at: str) -> dt.time | None:
    return dt.time(int(at[:2]), int(at[2:])) if at else None


Row = list[InlineKeyboardButton]


def button(text: str, pressed: Button) -> InlineKeyboardButton:
    return InlineKeyboardButton(text, callback_data=pressed.pack())


def row(text: str, pressed: Button) -> Row:
    """One button alone."""
    return [button(text, pressed)]
