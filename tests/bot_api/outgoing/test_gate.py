"""Requests that change on their way out: a group may move while its answer is written."""

import pytest

from bot.bot_api.types import App
from bot.features import texts
from tests.fake_bot_api import faults
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import ANNA
from tests.support.chats import Chat

NEW = -1_009_999_999_999
SQUEAK = "It is dry. A drop of oil on each link ends it.\n\nThe handbook's view."

pytestmark = pytest.mark.usefixtures("no_faults", "clock")


@pytest.fixture
def group(app: App, telegram: FakeTelegram) -> Chat:
    """Anna in a group, and the bot in it too."""
    return Chat(app, telegram, telegram.person(ANNA, "Anna", chat=telegram.group()))


def moved(group: Chat) -> None:
    """The group moves before the bot hears of it."""
    group.person.migrates_chat(NEW)


async def test_an_answer_follows_a_group_that_moves_meanwhile(group: Chat) -> None:
    question = group.person.writes("/ask why does my chain squeak")
    moved(group)
    await group.gets(question)
    assert [each["text"] for each in group.telegram.messages(NEW)] == [SQUEAK]
    [sent] = group.telegram.sent("sendMessage")
    assert "reply_parameters" not in sent


async def test_the_next_answer_goes_to_the_new_group_at_once(
    group: Chat, telegram: FakeTelegram
) -> None:
    questions = [group.person.writes("/ask why does my chain squeak") for _ in range(3)]
    moved(group)
    for question in questions:
        await group.gets(question)
    asked = [call.params["chat_id"] for call in telegram.calls if call.method == "sendMessage"]
    assert asked == [group.person.chat.id, NEW, NEW, NEW]


async def test_a_button_in_a_group_that_has_moved_is_answered_in_the_new_one(group: Chat) -> None:
    await group.write("/ask hello")
    await group.write("/ask how much is a bicycle")
    shown = group.said[-1]
    press = group.person.presses_old("topic:chain", on=shown)
    moved(group)
    await group.gets(press)
    assert len(group.telegram.messages(NEW)) == 1
    assert len(group.telegram.sent("answerCallbackQuery")) == 1


async def test_an_edited_question_in_a_group_that_has_moved_is_answered_in_the_new_one(
    group: Chat,
) -> None:
    question = await group.write("/ask hello")
    edit = group.person.edits(question, "/ask why does my chain squeak")
    moved(group)
    await group.gets(edit)
    assert [each["text"] for each in group.telegram.messages(NEW)] == [SQUEAK]


@pytest.mark.parametrize("fault", [faults.Timeout(), faults.ConnectionCut(), faults.Truncated()])
async def test_what_was_only_to_be_read_is_read_again(group: Chat, fault: faults.Fault) -> None:
    group.person.chat.administrators.add(group.person.id)
    group.telegram.fail_next("getChatAdministrators", fault, times=3)
    await group.write("/subscribe 9:00 Berlin")
    assert len(group.said) == 1
    assert texts.FAULT not in group.texts
    assert len([c for c in group.telegram.calls if c.method == "getChatAdministrators"]) == 4
