"""Buttons under what is stored, and where they stand."""

from dataclasses import dataclass
from typing import ClassVar, Self

from telegram import InlineKeyboardMarkup

from bot.bot_api.buttons import Button, row
from bot.features.privacy import texts as privacy_texts


@dataclass(frozen=True, slots=True)
class Forget(Button):
    """Deletes what is stored, or does not."""

    PATTERN: ClassVar[str] = r"^forget:(?:yes|no)$"
    sure: bool

    def pack(self) -> str:
        return f"forget:{'yes' if self.sure else 'no'}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(data == "forget:yes")


def forget() -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [row(privacy_texts.FORGET_YES, Forget(True)), row(privacy_texts.FORGET_NO, Forget(False))]
    )
