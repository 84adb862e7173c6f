"""Which buttons stand under a broadcast."""

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.features.broadcasts import texts
from bot.features.broadcasts.buttons import CancelBroadcast, SendBroadcast


def draft(broadcast: int) -> InlineKeyboardMarkup:
    send = InlineKeyboardButton(texts.SEND, callback_data=SendBroadcast(broadcast).pack())
    return InlineKeyboardMarkup([[send, _cancel(broadcast)]])


def running(broadcast: int) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[_cancel(broadcast)]])


def _cancel(broadcast: int) -> InlineKeyboardButton:
    return InlineKeyboardButton(texts.CANCEL, callback_data=CancelBroadcast(broadcast).pack())
