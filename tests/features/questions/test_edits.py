"""A question is edited, and its answer with it."""

import pytest
from telegram.ext import MessageHandler, filters

from bot.answering.faq import Faq, Live
from bot.bot_api.types import App
from bot.features.questions.conversations import Conversations
from bot.features.questions.handlers import QuestionHandlers
from bot.features.questions.recent_answers import RecentAnswers
from bot.lifecycle import Parts
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import build_app
from tests.support.chats import Chat
from tests.support.fake_time import Clock

SQUEAK = "It is dry. A drop of oil on each link ends it.\n\nThe handbook's view."
PRICES = "The handbook names no prices."

pytestmark = pytest.mark.usefixtures("no_faults")


async def test_an_edited_question_edits_the_earlier_answer(chat: Chat) -> None:
    question = await chat.write("why does my chain squeak")
    await chat.write("hello")
    await chat.edit(question, "how much is a bicycle")
    assert chat.texts == [PRICES, "Hello. What would you like to know?"]
    assert [b["text"] for [b] in chat.said[0]["reply_markup"]["inline_keyboard"]] == [
        "⛓️ Chain",
        "All topics",
    ]


async def test_a_question_can_be_edited_again_and_again(chat: Chat) -> None:
    question = await chat.write("hello")
    for text in ("how much is a bicycle", "hello", "why does my chain squeak"):
        await chat.edit(question, text)
    assert chat.texts == [SQUEAK]


async def test_an_edited_ask_edits_its_answer(chat: Chat) -> None:
    question = await chat.write("/ask hello")
    await chat.edit(question, "/ask why does my chain squeak")
    assert chat.texts == [SQUEAK]


async def test_an_edit_that_changes_no_answer_is_fine(chat: Chat) -> None:
    question = await chat.write("why does my chain squeak")
    await chat.edit(question, "why does my chain squeak?!")
    assert chat.texts == [SQUEAK]


async def test_an_edited_question_from_before_a_restart_gets_a_new_answer(
    chat: Chat, telegram: FakeTelegram, anna: Person, faq: Faq, clock: Clock
) -> None:
    question = await chat.write("hello")
    async with build_app(telegram, faq, clock) as restarted:
        await Chat(restarted, telegram, anna).edit(question, "why does my chain squeak")
    assert chat.texts == ["Hello. What would you like to know?", SQUEAK]


async def test_an_edited_question_whose_answer_was_deleted_gets_a_new_one(chat: Chat) -> None:
    question = await chat.write("hello")
    del chat.person.chat.messages[chat.said[-1]["message_id"]]
    await chat.edit(question, "why does my chain squeak")
    assert chat.texts == [SQUEAK]
    await chat.edit(question, "how much is a bicycle")
    assert chat.texts == [PRICES]


async def test_edits_do_not_mix_up_chats(chat: Chat, app: App, telegram: FakeTelegram) -> None:
    """Messages are numbered in each chat."""
    ben = Chat(app, telegram, telegram.person(7, "Ben"))
    asked = await chat.write("hello")
    update = ben.person.writes("hello")
    update["message"]["message_id"] = asked["message_id"]
    await ben.gets(update)
    await chat.edit(asked, "how much is a bicycle")
    assert chat.texts == [PRICES]
    assert ben.texts == ["Hello. What would you like to know?"]


async def test_only_so_many_answers_are_remembered(
    telegram: FakeTelegram, anna: Person, faq: Faq, clock: Clock, parts: Parts
) -> None:
    async with build_app(telegram, faq, clock) as app:
        app.handlers.clear()
        asked = QuestionHandlers(
            Live(faq), parts.recorder, Conversations(clock), RecentAnswers(most=2)
        )
        app.add_handler(MessageHandler(filters.TEXT, asked.question))
        chat = Chat(app, telegram, anna)
        first, second, _ = [await chat.write("hello") for _ in range(3)]
        await chat.edit(second, "why does my chain squeak")
        assert chat.texts[1] == SQUEAK
        await chat.edit(first, "how much is a bicycle")
    hello = "Hello. What would you like to know?"
    assert chat.texts == [hello, SQUEAK, hello, PRICES]


async def test_an_edited_command_other_than_ask_is_left_alone(chat: Chat) -> None:
    command = await chat.write("/help")
    await chat.edit(command, "/topics")
    assert len(chat.said) == 1
