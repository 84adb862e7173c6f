"""Buttons: each one packs its meaning into at most 64 bytes, and unpacks it again."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self, TypeVar, dataclass_transform, get_type_hints

from telegram import InlineKeyboardButton, Update

from bot.bot_api.sending import query_of

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Part:
    """A field in the data: its pattern, how it is read from the data, how it is written there."""

    pattern: str
    read: Callable[[str], Any] = str
    write: Callable[[Any], str] = str


def number(pattern: str) -> Part:
    return Part(pattern, int)


def either(yes: str, no: str) -> Part:
    """A field that is True or False: one word means True, the other False."""
    return Part(f"{yes}|{no}", lambda word: word == yes, lambda value: yes if value else no)


def optional(part: Part) -> Part:
    """A field that may be None. An empty text means None."""
    return Part(
        f"(?:{part.pattern})?",
        lambda packed: part.read(packed) if packed else None,
        lambda value: "" if value is None else part.write(value),
    )


_FOUR_DIGITS = r"(?:[01]\d|2[0-3])[0-5]\d"
_CLOCK = Part(_FOUR_DIGITS, lambda at: dt.time(int(at[:2]), int(at[2:])), "{:%H%M}".format)

Id = Annotated[str, Part("(?s:.*)")]
"""Any text. It takes all that follows, so only the last field can be an id."""
Time = Annotated[dt.time | None, optional(_CLOCK)]


@dataclass_transform(frozen_default=True)
class Button:
    """A button under a message. Its data tells the bot what it means.

    A kind of button names its data, as in `class ShowEntry(Button, data="entry:{entry}")`. It has a
    field for each pair of braces, annotated with a `Part`. Each kind becomes a frozen dataclass.
    """

    DATA: ClassVar[str]
    PARTS: ClassVar[Mapping[str, Part]]
    PATTERN: ClassVar[str]
    """A regular expression. Data that does not match it belongs to another kind of button."""

    def __init_subclass__(cls, data: str) -> None:
        dataclass(frozen=True)(cls)
        hints = get_type_hints(cls, include_extras=True).items()
        cls.DATA = data
        cls.PARTS = {n: hint.__metadata__[0] for n, hint in hints if hasattr(hint, "__metadata__")}
        groups = {name: f"(?P<{name}>{part.pattern})" for name, part in cls.PARTS.items()}
        cls.PATTERN = f"^{data.format(**groups)}$"

    def pack(self) -> str:
        """The data of this button, at most 64 bytes."""
        packed = {name: part.write(getattr(self, name)) for name, part in self.PARTS.items()}
        return self.DATA.format(**packed)

    @classmethod
    def unpack(cls, data: str) -> Self:
        """The button that has this data.

        Raises:
            ValueError: the data does not match the pattern.
        """
        found = re.match(cls.PATTERN, data)
        if found is None:
            raise ValueError(f"{data!r} is no {cls.__name__}")
        return cls(**{name: part.read(found[name]) for name, part in cls.PARTS.items()})

    @classmethod
    def pressed(cls, update: Update) -> Self:
        """The pressed button of an update. Only its own handler may ask for it."""
        return cls.unpack(query_of(update).data or "")


Row = list[InlineKeyboardButton]


def button(text: str, pressed: Button) -> InlineKeyboardButton:
    return InlineKeyboardButton(text, callback_data=pressed.pack())


def row(text: str, pressed: Button) -> Row:
    """A row of one button."""
    return [button(text, pressed)]


def rows_of(buttons: Row, size: int = 4) -> list[Row]:
    return [buttons[at : at + size] for at in range(0, len(buttons), size)]


def paged(items: Sequence[Item], page: int, size: int) -> tuple[int, Sequence[Item], int | None]:
    """The number of the page, its items, and the number of the next page.

    The first page follows the last one. If there is only one page, the next one is None. An old
    button may ask for a page that is gone: it gets the first page.
    """
    page = page if page * size < len(items) else 0
    rest = (page + 1) * size < len(items)
    following = (page + 1 if rest else 0) if len(items) > size else None
    return page, items[page * size :][:size], following
