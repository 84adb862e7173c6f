"""The longer menu of commands, which only those have who are operators now."""

import pytest
from telegram.error import NetworkError

from bot.features import texts
from bot.features.operators.menus import Menus
from bot.lifecycle import Parts
from bot.storage.storage import Storage
from tests.fake_bot_api import faults
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import sql

ANN, BEN = 11, 12


async def introduced(parts: Parts, *operators: int) -> None:
    """A start of the bot with these operators."""
    await Menus(frozenset(operators), parts.recorder.records).introduce(parts.app.bot)


def chats(telegram: FakeTelegram, method: str) -> list[int]:
    return [each["scope"]["chat_id"] for each in telegram.sent(method)]


@pytest.fixture(autouse=True)
def people(telegram: FakeTelegram) -> None:
    telegram.person(ANN, "Ann")
    telegram.person(BEN, "Ben")


async def test_every_operator_sees_the_commands_of_operators(
    parts: Parts, telegram: FakeTelegram
) -> None:
    await introduced(parts, ANN, BEN)
    assert chats(telegram, "setMyCommands") == [ANN, BEN]
    [shown, _] = telegram.sent("setMyCommands")
    assert [each["command"] for each in shown["commands"]] == [
        *texts.COMMANDS,
        *texts.OPERATOR_COMMANDS,
    ]


async def test_a_former_operator_loses_the_menu_at_the_next_start(
    parts: Parts, telegram: FakeTelegram
) -> None:
    await introduced(parts, ANN, BEN)
    await introduced(parts, BEN)
    assert chats(telegram, "deleteMyCommands") == [ANN]


async def test_the_last_operator_loses_it_too(parts: Parts, telegram: FakeTelegram) -> None:
    await introduced(parts, ANN)
    await introduced(parts)
    assert chats(telegram, "deleteMyCommands") == [ANN]


async def test_a_menu_is_taken_only_once(parts: Parts, telegram: FakeTelegram) -> None:
    for operators in ((ANN, BEN), (BEN,), (BEN,)):
        await introduced(parts, *operators)
    assert chats(telegram, "deleteMyCommands") == [ANN]


async def test_a_menu_that_could_not_be_taken_is_taken_at_the_next_start(
    parts: Parts, telegram: FakeTelegram
) -> None:
    await introduced(parts, ANN)
    telegram.fail_next("deleteMyCommands", faults.ServerError())
    with pytest.raises(NetworkError):
        await introduced(parts)
    await introduced(parts)
    assert chats(telegram, "deleteMyCommands") == [ANN]


async def test_without_its_database_the_bot_still_gives_menus(
    parts: Parts, telegram: FakeTelegram, storage: Storage
) -> None:
    await sql(storage, "DROP TABLE marks")
    await introduced(parts, ANN)
    assert chats(telegram, "setMyCommands") == [ANN]
