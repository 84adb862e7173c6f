"""Buttons under a broadcast, and their keyboards."""

from typing import Annotated

from telegram import InlineKeyboardMarkup

from bot.bot_api.buttons import Button, button, number, row
from bot.features.broadcasts import texts

Number = Annotated[int, number(r"\d{1,18}")]


class SendBroadcast(Button, data="broadcast:send:{broadcast}"):
    """Sends a draft to everybody."""

    broadcast: Number


class CancelBroadcast(Button, data="broadcast:cancel:{broadcast}"):
    """Throws a draft away, or stops a broadcast that is being sent."""

    broadcast: Number


def draft(broadcast: int) -> InlineKeyboardMarkup:
    send = button(texts.SEND, SendBroadcast(broadcast))
    return InlineKeyboardMarkup([[send, button(texts.CANCEL, CancelBroadcast(broadcast))]])


def running(broadcast: int) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([row(texts.CANCEL, CancelBroadcast(broadcast))])
