"""In groups only /ask and replies to the bot are its business."""

import pytest

from bot.features.questions import texts
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.chats import Chat

SQUEAK = "It is dry. A drop of oil on each link ends it.\n\nThe handbook's view."
PRICES = "The handbook names no prices."

pytestmark = pytest.mark.usefixtures("no_faults")


async def test_ask_as_a_reply_answers_what_it_replies_to(
    group: Chat, telegram: FakeTelegram
) -> None:
    ben = telegram.person(7, "Ben", chat=group.person.chat)
    question = ben.writes("why does my chain squeak?")["message"]
    await group.write("/ask", reply_to=question)
    assert group.texts == [SQUEAK]


async def test_ask_as_a_reply_to_a_photo_says_how(group: Chat) -> None:
    photo = group.person.sends_photo()["message"]
    await group.write("/ask", reply_to=photo)
    assert group.text == texts.ASK_HOW.format(example="Why does my chain squeak?")


async def test_a_group_can_edit_its_question(group: Chat) -> None:
    question = await group.write("/ask hello")
    await group.edit(question, "/ask why does my chain squeak")
    assert group.texts == [SQUEAK]


async def test_a_group_is_answered_when_it_asks(group: Chat) -> None:
    question = await group.write("/ask why does my chain squeak")
    assert group.texts == [SQUEAK]
    assert group.said[-1]["reply_to_message"]["message_id"] == question["message_id"]


async def test_a_group_is_answered_when_it_replies_to_the_bot(group: Chat) -> None:
    await group.write("/ask hello")
    question = await group.write("why does my chain squeak", reply_to=group.said[-1])
    assert group.texts[1:] == [SQUEAK]
    assert group.said[-1]["reply_to_message"]["message_id"] == question["message_id"]
    await group.edit(question, "how much is a bicycle")
    assert group.texts[1:] == [PRICES]


async def test_a_reply_to_somebody_else_is_none_of_its_business(
    group: Chat, telegram: FakeTelegram
) -> None:
    ben = telegram.person(7, "Ben", chat=group.person.chat)
    remark = ben.writes("my chain squeaks")["message"]
    await group.write("why does my chain squeak", reply_to=remark)
    assert group.said == []


@pytest.mark.parametrize("text", ["why does my chain squeak", "hello", "/help", "/start", "/stats"])
async def test_other_messages_of_a_group_are_none_of_its_business(group: Chat, text: str) -> None:
    await group.write(text)
    await group.gets(group.person.sends_voice())
    assert group.said == []


async def test_a_group_is_answered_although_its_question_was_deleted(group: Chat) -> None:
    update = group.person.writes("/ask why does my chain squeak")
    del group.person.chat.messages[update["message"]["message_id"]]
    await group.gets(update)
    assert group.texts == [SQUEAK]
    [sent] = group.telegram.sent("sendMessage")
    assert sent["reply_parameters"] == {
        "message_id": update["message"]["message_id"],
        "allow_sending_without_reply": True,
        "quote_parse_mode": "HTML",  # PTB's Defaults say so, of a quote that there is not.
    }


async def test_a_private_chat_is_answered_without_quoting(chat: Chat) -> None:
    await chat.write("why does my chain squeak")
    assert "reply_to_message" not in chat.said[-1]
