"""The buttons under the question of /forget."""

from typing import Annotated

from telegram import InlineKeyboardMarkup

from bot.bot_api.buttons import Button, button, either
from bot.features.privacy import texts


class Forget(Button, data="forget:{sure}"):
    """Deletes all that is stored if `sure` is true, and nothing if not."""

    sure: Annotated[bool, either("yes", "no")]


def forget() -> InlineKeyboardMarkup:
    choices = button(texts.FORGET_YES, Forget(True)), button(texts.FORGET_NO, Forget(False))
    return InlineKeyboardMarkup.from_column(choices)
