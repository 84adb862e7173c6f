"""Buttons under a broadcast, and where they stand."""

from dataclasses import dataclass
from typing import ClassVar, Self

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.bot_api.buttons import Button, button
from bot.features.broadcasts import texts

_NUMBER = r"\d{1,18}"


@dataclass(frozen=True, slots=True)
class SendBroadcast(Button):
    """Sends a draft to everybody."""

    PATTERN: ClassVar[str] = rf"^broadcast:send:{_NUMBER}$"
    broadcast: int

    def pack(self) -> str:
        return f"broadcast:send:{self.broadcast}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(int(data.removeprefix("broadcast:send:")))


@dataclass(frozen=True, slots=True)
class CancelBroadcast(Button):
    """Throws a draft away, or sends no more of what is being sent."""

    PATTERN: ClassVar[str] = rf"^broadcast:cancel:{_NUMBER}$"
    broadcast: int

    def pack(self) -> str:
        return f"broadcast:cancel:{self.broadcast}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(int(data.removeprefix("broadcast:cancel:")))


def draft(broadcast: int) -> InlineKeyboardMarkup:
    send = button(texts.SEND, SendBroadcast(broadcast))
    return InlineKeyboardMarkup([[send, _cancel(broadcast)]])


def running(broadcast: int) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[_cancel(broadcast)]])


def _cancel(broadcast: int) -> InlineKeyboardButton:
    return button(texts.CANCEL, CancelBroadcast(broadcast))
