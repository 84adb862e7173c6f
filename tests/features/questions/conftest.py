"""A group in which people ask."""

import pytest

from bot.bot_api.types import App
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import ANNA
from tests.support.chats import Chat


@pytest.fixture
def group(app: App, telegram: FakeTelegram) -> Chat:
    """Anna in a group that the bot is in, too."""
    return Chat(app, telegram, telegram.person(ANNA, "Anna", chat=telegram.group()))
