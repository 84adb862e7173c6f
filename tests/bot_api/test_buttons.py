"""People press buttons, also old and odd ones."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.answering.faq import Faq
from bot.bot_api.types import App
from bot.features import texts
from bot.features.questions import texts as question_texts
from tests.fake_bot_api import faults
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import build_app
from tests.support.chats import Chat
from tests.support.fake_time import Clock

BRAKES = "🛑 Brakes\n\nBrakes stop the bicycle."
CHAIN = "⛓️ Chain\n\nThe chain drives the wheel."
SLIP = "Its links are longer than they were.\n\nThe handbook's view."

pytestmark = pytest.mark.usefixtures("no_faults")


async def test_buttons_lead_from_topic_to_entry_to_related_and_back(chat: Chat) -> None:
    await chat.write("/topics")
    await chat.press("⛓️ Chain")
    assert chat.texts == [CHAIN]
    await chat.press("Why does my chain squeak?")
    assert chat.text.startswith("It is dry.")
    await chat.press("Why does my chain slip?")
    assert chat.text == SLIP
    await chat.press("⛓️ Chain")
    await chat.press("All topics")
    assert chat.texts == [question_texts.TOPICS]
    await chat.press("🛑 Brakes")
    assert chat.texts == [BRAKES]
    assert chat.alerts == [None] * 6


async def test_a_button_edits_its_own_message_not_the_newest(chat: Chat) -> None:
    await chat.write("/topics")
    first = chat.said[0]
    await chat.write("/topics")
    await chat.press("⛓️ Chain", on=first)
    assert chat.texts == [CHAIN, question_texts.TOPICS]


async def test_a_button_in_a_group_works_as_in_private(app: App, telegram: FakeTelegram) -> None:
    group = Chat(app, telegram, telegram.person(42, "Anna", chat=telegram.group()))
    await group.write("/ask who won the football match")
    await group.press("🛑 Brakes")
    assert group.texts == [BRAKES]


async def test_the_same_button_twice_is_fine(chat: Chat) -> None:
    await chat.write("/topics")
    twice = [chat.person.presses("⛓️ Chain") for _ in range(2)]
    for update in twice:
        await chat.gets(update)
    assert chat.texts == [CHAIN]
    assert chat.alerts == [None, None]


@pytest.mark.parametrize(
    "data",
    ["entry:chain.gone", "topic:gone", "entry:", "topic:", "entry:chain", "topics:", "tip", "💥"],
)
async def test_a_button_of_something_removed_or_unknown_says_so(chat: Chat, data: str) -> None:
    await chat.write("/topics")
    await chat.gets(chat.person.presses_old(data, on=chat.said[0]))
    assert chat.texts == [question_texts.TOPICS]
    assert chat.alerts == [texts.OUTDATED_BUTTON]
    assert chat.telegram.sent("answerCallbackQuery")[0]["show_alert"] is True


async def test_a_button_of_an_entry_that_a_restart_removed_says_so(
    chat: Chat, faq: Faq, clock: Clock
) -> None:
    await chat.write("/start topic_chain")
    kept = {i: entry for i, entry in faq.knowledge.entries.items() if i != "chain.slip"}
    without = replace(faq, knowledge=replace(faq.knowledge, entries=kept))
    async with build_app(chat.telegram, without, clock) as restarted:
        await Chat(restarted, chat.telegram, chat.person).press("Why does my chain slip?")
    assert chat.texts == [CHAIN]
    assert chat.alerts == [texts.OUTDATED_BUTTON]


async def test_a_button_that_was_pressed_long_ago_still_works(chat: Chat) -> None:
    """As after an hour without a network: the spinner has stopped, the message can be edited."""
    await chat.write("/topics")
    update = chat.person.presses("⛓️ Chain")
    chat.telegram.expire(update)
    await chat.gets(update)
    assert chat.texts == [CHAIN]
    assert chat.alerts == []


async def test_an_alert_for_a_button_that_was_pressed_long_ago_is_let_go(chat: Chat) -> None:
    update = chat.person.presses_old("entry:gone")
    chat.telegram.expire(update)
    await chat.gets(update)
    assert chat.said == []


@pytest.mark.parametrize(
    ("data", "text"),
    [("topic:chain", CHAIN), ("entry:chain.slip", SLIP), ("topics", question_texts.TOPICS)],
)
async def test_a_button_under_an_inaccessible_message_sends_a_new_one(
    chat: Chat, data: str, text: str
) -> None:
    await chat.gets(chat.person.presses_old(data))
    assert chat.texts == [text]
    assert chat.buttons
    assert chat.telegram.sent("sendMessage")[0]["link_preview_options"] == {"is_disabled": True}


async def test_a_button_under_a_deleted_message_sends_a_new_one(chat: Chat) -> None:
    await chat.write("/topics")
    update = chat.person.presses("⛓️ Chain")
    chat.person.chat.messages.clear()
    await chat.gets(update)
    assert chat.texts == [CHAIN]


async def test_a_button_without_any_message_is_answered_in_private(chat: Chat) -> None:
    update = chat.person.presses_old("topic:chain")
    del update["callback_query"]["message"]
    await chat.gets(update)
    assert chat.texts == [CHAIN]


async def test_a_button_waits_as_telegram_says(chat: Chat, clock: Clock) -> None:
    await chat.write("/topics")
    chat.telegram.fail_next("answerCallbackQuery", faults.FloodWait(3))
    chat.telegram.fail_next("editMessageText", faults.FloodWait(4))
    await chat.press("⛓️ Chain")
    assert chat.texts == [CHAIN]
    assert chat.alerts == [None]
    assert clock.now == pytest.approx(7)


# More topics than fit on a screen


@pytest.fixture
async def library(chat: Chat, faq: Faq, clock: Clock) -> AsyncIterator[Chat]:
    """Anna's chat with a bot that has 45 topics."""
    chain = faq.knowledge.topics["chain"]
    ids = [f"t{number}" for number in range(1, 46)]
    many = {i: replace(chain, id=i, title=i, emoji="•") for i in ids}
    wide = replace(faq, knowledge=replace(faq.knowledge, topics=many))
    async with build_app(chat.telegram, wide, clock) as app:
        yield Chat(app, chat.telegram, chat.person)


def numbers(chat: Chat) -> list[int]:
    return [int(button.removeprefix("• t")) for button in chat.buttons[:-1]]


async def test_many_topics_come_on_pages(library: Chat) -> None:
    await library.write("/topics")
    pages = []
    for _ in range(4):
        assert library.buttons[-1] == question_texts.MORE_TOPICS
        pages.append(numbers(library))
        await library.press(question_texts.MORE_TOPICS)
    first, second, third = range(1, 21), range(21, 41), range(41, 46)
    assert pages == [list(page) for page in (first, second, third, first)]
    assert library.texts == [question_texts.TOPICS]


async def test_a_page_that_is_no_more_leads_to_the_first(library: Chat) -> None:
    await library.gets(library.person.presses_old("topics:7"))
    assert numbers(library) == list(range(1, 21))
    await library.press(question_texts.MORE_TOPICS)
    assert numbers(library) == list(range(21, 41))
