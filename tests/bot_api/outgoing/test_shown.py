"""Changes that change nothing: the bot knows them, and does not ask Telegram."""

import pytest

from bot.bot_api.types import App
from bot.features.questions import texts as question_texts
from tests.fake_bot_api import faults
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.chats import Chat

SQUEAK = "It is dry. A drop of oil on each link ends it.\n\nThe handbook's view."
CHAIN = "⛓️ Chain"
NOT_FOUND = faults.Refusal(400, "Bad Request: message to edit not found")

pytestmark = pytest.mark.usefixtures("no_faults")


def calls(chat: Chat, method: str) -> int:
    """The number of calls, carried out or not."""
    return sum(call.method == method for call in chat.telegram.calls)


def refused(chat: Chat) -> list[str]:
    """The methods of the calls that Telegram refused."""
    return [call.method for call in chat.telegram.calls if not call.accepted]


async def test_a_question_edited_to_the_same_answer_edits_nothing(chat: Chat) -> None:
    question = await chat.write("why does my chain squeak")
    await chat.edit(question, "why does my chain squeak?")
    assert chat.texts == [SQUEAK]
    edits = calls(chat, "editMessageText")
    for end in ("!", "?!", "??"):
        await chat.edit(question, f"why does my chain squeak{end}")
    assert calls(chat, "editMessageText") == edits <= 1
    assert refused(chat) == []


async def test_sixty_presses_of_a_button_change_the_message_once(chat: Chat) -> None:
    await chat.write("/topics")
    presses = [chat.person.presses(CHAIN) for _ in range(60)]
    for press in presses:
        await chat.gets(press)
    assert calls(chat, "editMessageText") == 1
    assert chat.alerts == [None] * 60
    assert refused(chat) == []


async def test_there_and_back_again_is_no_repetition(chat: Chat) -> None:
    await chat.write("/topics")
    for _ in range(3):
        await chat.press(CHAIN)
        assert chat.text.startswith(CHAIN)
        await chat.press("All topics")
        assert chat.texts == [question_texts.TOPICS]
    assert calls(chat, "editMessageText") == 6


async def test_what_telegram_calls_unchanged_is_asked_for_once(chat: Chat, app: App) -> None:
    """After a restart the bot does not remember what a message shows."""
    await chat.write("hello")
    shown = chat.said[-1]["message_id"]
    fault = faults.Refusal(400, "Bad Request: message is not modified: specified new message")
    chat.telegram.fail_next("editMessageText", fault)
    with pytest.raises(Exception, match="not modified"):
        await app.bot.edit_message_text("Later", chat.person.id, shown)
    assert await app.bot.edit_message_text("Later", chat.person.id, shown) is True
    assert calls(chat, "editMessageText") == 1


async def test_a_message_that_is_gone_is_not_edited_a_second_time(chat: Chat) -> None:
    question = await chat.write("hello")
    shown = chat.said[-1]
    presses = [chat.person.presses_old("topic:chain", on=shown) for _ in range(3)]
    del chat.person.chat.messages[shown["message_id"]]
    for press in presses:
        await chat.gets(press)
    assert refused(chat) == ["editMessageText"]
    assert len(chat.texts) == 3
    await chat.edit(question, "how much is a bicycle")
    assert refused(chat) == ["editMessageText"]


async def test_an_edit_that_may_have_failed_is_asked_for_again(chat: Chat) -> None:
    await chat.write("/topics")
    presses = [chat.person.presses(CHAIN) for _ in range(2)]
    chat.telegram.fail_next("editMessageText", faults.Timeout())
    for press in presses:
        await chat.gets(press)
    assert chat.text.startswith(CHAIN)
    assert calls(chat, "editMessageText") == 2


async def test_a_press_that_was_answered_is_not_answered_again(chat: Chat) -> None:
    await chat.write("/topics")
    press = chat.person.presses(CHAIN)
    for _ in range(3):
        await chat.gets(press)
    assert calls(chat, "answerCallbackQuery") == 1
    assert refused(chat) == []


async def test_a_press_that_is_too_old_to_be_answered_is_tried_once(
    chat: Chat, telegram: FakeTelegram
) -> None:
    await chat.write("/topics")
    press = chat.person.presses(CHAIN)
    telegram.expire(press)
    for _ in range(3):
        await chat.gets(press)
    assert chat.text.startswith(CHAIN)
    assert refused(chat) == ["answerCallbackQuery"]


async def test_a_thumb_after_an_edit_still_marks_the_button(chat: Chat) -> None:
    question = await chat.write("hello")
    await chat.edit(question, "why does my chain squeak")
    await chat.press("👍")
    assert calls(chat, "editMessageReplyMarkup") == 1
    assert refused(chat) == []
