"""A talk with the bot: each message is read with what was said before it."""

from collections.abc import AsyncIterator

import pytest
from telegram import Update

from bot.answering.faq import Faq
from bot.bot_api.types import App
from bot.conversation.context import SILENCE
from bot.features.questions import texts
from bot.features.questions.conversations import Conversations
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import build_app
from tests.support.chats import Chat
from tests.support.fake_time import Clock

BROKEN = "I broke my arm on the bike"
CAREFUL = "Please have a doctor look at that first."
FOOTER = "\n\nThe handbook's view."
SQUEAK = "It is dry. A drop of oil on each link ends it."
SLIP = "Its links are longer than they were."
PADS = "When the groove in the rubber is gone."

pytestmark = pytest.mark.usefixtures("no_faults")


@pytest.fixture
async def app(telegram: FakeTelegram, talkative: Faq, clock: Clock) -> AsyncIterator[App]:
    async with build_app(telegram, talkative, clock) as app:
        yield app


async def test_a_message_is_read_with_the_one_before(chat: Chat) -> None:
    await chat.write("chain squeaks")
    await chat.write("why")
    assert chat.texts == [SQUEAK + FOOTER, SLIP]


async def test_the_footer_comes_once_in_a_talk(chat: Chat, clock: Clock) -> None:
    await chat.write("chain squeaks")
    await chat.write("worn brake pads")
    clock.forward(SILENCE + 1)
    await chat.write("worn brake pads")
    assert chat.texts == [SQUEAK + FOOTER, PADS, PADS + FOOTER]


async def test_the_topics_are_listed_once_in_a_talk(chat: Chat) -> None:
    await chat.write("who won the football match")
    assert chat.text == texts.UNKNOWN
    assert chat.buttons == ["🛑 Brakes", "⛓️ Chain"]
    await chat.write("who won the cricket match")
    assert chat.text == texts.UNKNOWN_AGAIN
    assert chat.buttons == [texts.ALL_TOPICS]


async def test_the_source_is_the_section_of_the_article(chat: Chat) -> None:
    await chat.write("chain squeaks")
    await chat.write("source?")
    assert chat.text == texts.SOURCE.format(sections="“Chain”")
    assert chat.buttons == []


async def test_a_danger_stays_for_half_an_hour(chat: Chat, clock: Clock) -> None:
    await chat.write(BROKEN)
    clock.forward(SILENCE)
    await chat.write("chain slips")
    clock.forward(SILENCE + 1)
    await chat.write("chain slips")
    assert chat.texts == [CAREFUL, f"{CAREFUL}\n\n{SLIP}{FOOTER}", SLIP + FOOTER]


async def test_start_begins_a_new_talk(chat: Chat) -> None:
    await chat.write(BROKEN)
    await chat.write("/start")
    await chat.write("chain slips")
    assert chat.text == SLIP + FOOTER


async def test_start_with_tips_begins_a_new_talk(chat: Chat) -> None:
    await chat.write(BROKEN)
    await chat.write("/start tips")
    await chat.write("chain slips")
    assert chat.text == SLIP + FOOTER


async def test_forget_ends_a_talk(chat: Chat) -> None:
    await chat.write(BROKEN)
    await chat.write("/forget")
    await chat.write("chain slips")
    assert chat.text == SLIP + FOOTER


async def test_an_entry_that_a_button_opens_belongs_to_the_talk(chat: Chat) -> None:
    await chat.write("/topics")
    await chat.press("⛓️ Chain")
    await chat.press("Why does my chain squeak?")
    await chat.write("why")
    assert chat.texts == [SQUEAK + FOOTER, SLIP + FOOTER]


async def test_buttons_do_not_let_a_danger_go(chat: Chat) -> None:
    await chat.write(BROKEN)
    await chat.write("/topics")
    await chat.press("⛓️ Chain")
    assert chat.text == f"{CAREFUL}\n\n⛓️ Chain\n\nThe chain drives the wheel."
    await chat.press("Why does my chain slip?")
    assert chat.text == f"{CAREFUL}\n\n{SLIP}{FOOTER}"


async def test_an_edited_question_keeps_its_footer(chat: Chat) -> None:
    question = await chat.write("chain squeaks")
    await chat.edit(question, "worn brake pads")
    assert chat.texts == [PADS + FOOTER]


async def test_each_person_in_a_group_has_a_talk_of_their_own(
    group: Chat, telegram: FakeTelegram
) -> None:
    ben = Chat(group.app, telegram, telegram.person(7, "Ben", chat=group.person.chat))
    await group.write(f"/ask {BROKEN}")
    await ben.write("/ask chain slips")
    assert ben.text == SLIP + FOOTER
    await group.write("/ask chain slips")
    assert group.text.startswith(CAREFUL)


async def test_only_so_many_talks_are_remembered(
    app: App, talkative: Faq, telegram: FakeTelegram, clock: Clock
) -> None:
    conversations = Conversations(clock, most=2)
    updates = [
        Update.de_json(telegram.person(number).writes(BROKEN), app.bot) for number in (1, 2, 3)
    ]
    for update in updates:
        conversations.keep(update, conversations.turn(talkative, update, BROKEN).context)
    flags = [conversations.danger(talkative, update) for update in updates]
    assert [flag is not None for flag in flags] == [False, True, True]


async def test_talks_that_are_over_are_forgotten(
    app: App, talkative: Faq, telegram: FakeTelegram, clock: Clock
) -> None:
    conversations = Conversations(clock)
    for number in (1, 2):
        update = Update.de_json(telegram.person(number).writes(BROKEN), app.bot)
        conversations.keep(update, conversations.turn(talkative, update, BROKEN).context)
        clock.forward(SILENCE + 1)
    assert len(conversations) == 1
