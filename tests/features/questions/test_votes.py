"""People vote on an answer; the buttons show it, and operators get to know."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.answering.faq import Faq
from bot.answering.replies import Answer
from bot.features import texts
from bot.features.questions import texts as question_texts
from bot.features.questions.recent_answers import RecentAnswers
from bot.knowledge.models import Entry
from bot.language.words import MAX_QUESTION
from bot.lifecycle import Parts
from bot.storage.storage import Storage
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.telegram import FakeTelegram
from tests.fake_bot_api.world import keyboard
from tests.support.bots import ANNA, build_parts
from tests.support.chats import Chat
from tests.support.fake_time import Clock
from tests.support.unsure import Unsure

UP, DOWN = "👍", "👎"
UP_THANKS, DOWN_THANKS = "👍 Thanks", "👎 Thanks"
BEN = 7
SQUEAK = "why does my chain squeak"
BOTH = "my chain squeaks and are my brake pads worn?"

pytestmark = pytest.mark.usefixtures("no_faults")


@pytest.fixture
def ben(group: Chat, telegram: FakeTelegram) -> Chat:
    """Ben, in Anna's group."""
    return Chat(group.app, telegram, telegram.person(BEN, "Ben", chat=group.person.chat))


@pytest.fixture
async def unsure(
    chat: Chat, faq: Faq, clock: Clock, storage: Storage
) -> AsyncIterator[tuple[Chat, Parts]]:
    """Anna's chat with a bot that is never sure."""
    parts = build_parts(chat.telegram, Unsure.of(faq.knowledge), clock, storage)
    async with parts.app as app:
        yield Chat(app, chat.telegram, chat.person), parts


async def missed(parts: Parts) -> list[tuple[str, str]]:
    """The inbox of operators, oldest first."""
    await parts.recorder.write()
    found = await parts.recorder.records.missed(1_000)
    return [(each.text, each.outcome) for each in reversed(found)]


async def counted(parts: Parts, clock: Clock) -> dict[str, int]:
    """The votes that are counted, by their kind."""
    await parts.recorder.write()
    tallies = await parts.recorder.records.tallies(clock.wall().date())
    return {each.name: each.count for each in tallies if each.kind == "vote"}


# The buttons


async def test_every_message_that_shows_an_entry_can_be_voted_on(chat: Chat, anna: Person) -> None:
    await chat.write(SQUEAK)
    assert chat.buttons[-2:] == [UP, DOWN]
    await chat.press("Why does my chain slip?")
    assert chat.buttons[-2:] == [UP, DOWN]
    await chat.gets(anna.presses_old("more:brakes.pads"))
    assert chat.buttons[-2:] == [UP, DOWN]


async def test_the_two_buttons_stand_beside_each_other_below_all_others(chat: Chat) -> None:
    await chat.write(SQUEAK)
    rows = chat.said[-1]["reply_markup"]["inline_keyboard"]
    assert [[button["text"] for button in row] for row in rows] == [
        ["Why does my chain slip?"],
        ["⛓️ Chain"],
        [UP, DOWN],
    ]


@pytest.mark.parametrize(
    "text", ["hello", "how much is a bicycle", "I broke my arm", "who won", "/topics", "/tip"]
)
async def test_what_is_no_entry_cannot_be_voted_on(chat: Chat, text: str) -> None:
    await chat.write(text)
    assert not {UP, DOWN} & set(chat.buttons)


# Voting in a private chat


@pytest.mark.parametrize(("button", "marked"), [(UP, UP_THANKS), (DOWN, DOWN_THANKS)])
async def test_a_vote_is_thanked_for_on_its_button_and_all_else_stays(
    chat: Chat, button: str, marked: str
) -> None:
    await chat.write(SQUEAK)
    text, before = chat.text, keyboard(chat.said[-1])
    await chat.press(button)
    assert chat.texts == [text]
    expected = [b | {"text": marked} if b["text"] == button else b for b in before]
    assert keyboard(chat.said[-1]) == expected
    assert chat.alerts == [None]
    [edited] = chat.telegram.sent("editMessageReplyMarkup")
    assert edited.keys() == {"chat_id", "message_id", "reply_markup"}


async def test_a_vote_is_stored_for_the_person(chat: Chat, storage: Storage) -> None:
    await chat.write(SQUEAK)
    await chat.press(UP)
    assert await storage.records.votes_of(ANNA) == {"chain.squeak": True}


async def test_a_vote_can_be_changed(chat: Chat, storage: Storage) -> None:
    await chat.write(SQUEAK)
    await chat.press(UP)
    await chat.press(DOWN)
    assert chat.buttons[-2:] == [UP, DOWN_THANKS]
    await chat.press(UP)
    await chat.press(DOWN)
    assert await storage.records.votes_of(ANNA) == {"chain.squeak": False}


async def test_the_same_vote_again_is_no_error(chat: Chat, storage: Storage) -> None:
    await chat.write(SQUEAK)
    await chat.press(UP)
    await chat.press(UP_THANKS)
    assert chat.buttons[-2:] == [UP_THANKS, DOWN]
    assert all(call.accepted for call in chat.telegram.calls)
    assert await storage.records.votes_of(ANNA) == {"chain.squeak": True}


async def test_a_button_pressed_twice_at_once_is_no_error(chat: Chat) -> None:
    """The second press still carries the buttons as they were."""
    await chat.write(SQUEAK)
    for update in [chat.person.presses(UP), chat.person.presses(UP)]:
        await chat.gets(update)
    assert chat.buttons[-2:] == [UP_THANKS, DOWN]
    assert chat.alerts == [None, None]


async def test_each_of_two_answers_has_its_own_votes(chat: Chat, storage: Storage) -> None:
    await chat.write(BOTH)
    await chat.press("⛓️ 👎")
    assert chat.buttons[-4:] == ["🛑 👍", "🛑 👎", "⛓️ 👍", "⛓️ 👎 Thanks"]
    await chat.press("🛑 👍")
    assert chat.buttons[-4:] == ["🛑 👍 Thanks", "🛑 👎", "⛓️ 👍", "⛓️ 👎 Thanks"]
    assert await storage.records.votes_of(ANNA) == {"brakes.pads": True, "chain.squeak": False}


async def test_other_buttons_still_work_after_a_vote(chat: Chat) -> None:
    await chat.write(SQUEAK)
    await chat.press(UP)
    await chat.press("Why does my chain slip?")
    assert chat.text.startswith("Its links are longer")
    assert chat.buttons[-2:] == [UP, DOWN]


async def test_a_vote_below_a_message_out_of_reach_counts(
    chat: Chat, anna: Person, storage: Storage
) -> None:
    await chat.gets(anna.presses_old("up:chain.squeak"))
    update = anna.presses_old("down:chain.slip")
    del update["callback_query"]["message"]
    await chat.gets(update)
    assert chat.alerts == [UP_THANKS, DOWN_THANKS]
    assert await storage.records.votes_of(ANNA) == {"chain.squeak": True, "chain.slip": False}


async def test_a_vote_below_a_deleted_message_counts(chat: Chat, storage: Storage) -> None:
    await chat.write(SQUEAK)
    update = chat.person.presses(UP)
    chat.person.chat.messages.clear()
    await chat.gets(update)
    assert chat.alerts == [UP_THANKS]
    assert await storage.records.votes_of(ANNA) == {"chain.squeak": True}


async def test_a_vote_below_a_message_that_shows_something_else_by_now_counts(
    chat: Chat, anna: Person, storage: Storage
) -> None:
    await chat.write(SQUEAK)
    await chat.press("⛓️ Chain")
    await chat.gets(anna.presses_old("up:chain.squeak", on=chat.said[-1]))
    assert chat.buttons[-1] == question_texts.ALL_TOPICS
    assert chat.alerts[-1] == UP_THANKS
    assert await storage.records.votes_of(ANNA) == {"chain.squeak": True}


@pytest.mark.parametrize("data", ["up:chain.gone", "down:chain.gone", "up:", "down:chain"])
async def test_a_vote_on_an_entry_that_is_gone_says_so(
    chat: Chat, anna: Person, storage: Storage, data: str
) -> None:
    await chat.write(SQUEAK)
    await chat.gets(anna.presses_old(data, on=chat.said[-1]))
    assert chat.alerts == [texts.OUTDATED_BUTTON]
    assert chat.telegram.sent("answerCallbackQuery")[0]["show_alert"] is True
    assert await storage.records.votes_of(ANNA) == {}


async def test_a_reload_decides_what_can_be_voted_on(chat: Chat, parts: Parts, faq: Faq) -> None:
    await chat.write(SQUEAK)
    kept = {i: entry for i, entry in faq.knowledge.entries.items() if i != "chain.squeak"}
    parts.live.faq = replace(faq, knowledge=replace(faq.knowledge, entries=kept))
    await chat.press(DOWN)
    assert chat.alerts == [texts.OUTDATED_BUTTON]


# Voting in a group


async def test_in_a_group_thanks_pop_up_and_the_buttons_stay(group: Chat, ben: Chat) -> None:
    await group.write(f"/ask {SQUEAK}")
    before = group.buttons
    await group.press(UP)
    await ben.press(DOWN)
    assert group.buttons == before
    answers = group.telegram.sent("answerCallbackQuery")
    assert [each["text"] for each in answers] == [UP_THANKS, DOWN_THANKS]
    assert not any(each.get("show_alert") for each in answers)
    assert group.telegram.sent("editMessageReplyMarkup") == []


async def test_everybody_in_a_group_has_a_vote(group: Chat, ben: Chat, storage: Storage) -> None:
    await group.write(f"/ask {SQUEAK}")
    await group.press(UP)
    await ben.press(UP)
    await ben.press(DOWN)
    assert await storage.records.votes_of(ANNA) == {"chain.squeak": True}
    assert await storage.records.votes_of(BEN) == {"chain.squeak": False}


# Counting


async def test_each_person_is_counted_once_however_often_they_change_their_mind(
    chat: Chat, parts: Parts, clock: Clock
) -> None:
    await chat.write(SQUEAK)
    for button in (UP, UP, DOWN, DOWN, DOWN, UP):
        await chat.press(f"{'up' if button == UP else 'down'}:chain.squeak")
    assert await counted(parts, clock) == {"up": 1}


async def test_a_vote_on_the_same_entry_below_another_answer_is_not_counted_again(
    chat: Chat, parts: Parts, clock: Clock
) -> None:
    for _ in range(2):
        await chat.write(SQUEAK)
        await chat.press(UP)
    assert await counted(parts, clock) == {"up": 1}


async def test_voting_too_often_is_slowed_down(
    chat: Chat, parts: Parts, storage: Storage, clock: Clock
) -> None:
    await chat.write(SQUEAK)
    for number in range(64):
        await chat.press(["up:chain.squeak", "down:chain.squeak"][number % 2])
    assert chat.alerts == [None] * 60 + [texts.SLOW_DOWN]
    assert len(chat.said) == 1
    assert await counted(parts, clock) == {"down": 1}
    clock.forward(60)
    await chat.press("down:chain.squeak")
    assert await storage.records.votes_of(ANNA) == {"chain.squeak": False}


# What operators get to know


async def test_a_question_whose_answer_did_not_help_comes_to_the_operators(
    chat: Chat, parts: Parts
) -> None:
    await chat.write(SQUEAK)
    await chat.press(DOWN)
    assert await missed(parts) == [(SQUEAK, "voted_down")]


@pytest.mark.parametrize("written", [False, True])
async def test_a_question_whose_answer_helped_after_all_is_taken_back(
    chat: Chat, parts: Parts, written: bool
) -> None:
    await chat.write(SQUEAK)
    await chat.press(DOWN)
    if written:
        await parts.recorder.write()
    await chat.press(UP)
    assert await missed(parts) == []


async def test_a_question_whose_answer_helped_does_not(chat: Chat, parts: Parts) -> None:
    await chat.write(SQUEAK)
    await chat.press(UP)
    assert await missed(parts) == []


async def test_a_person_leaves_a_question_once_however_often_they_vote(
    chat: Chat, parts: Parts
) -> None:
    await chat.write(SQUEAK)
    for button in (DOWN, UP, DOWN):
        await chat.press(button)
    assert await missed(parts) == [(SQUEAK, "voted_down")]


async def test_two_answers_that_did_not_help_leave_one_question(chat: Chat, parts: Parts) -> None:
    await chat.write(BOTH)
    await chat.press("⛓️ 👎")
    await chat.press("🛑 👎")
    assert await missed(parts) == [(BOTH, "voted_down")]


async def test_another_question_with_the_same_bad_answer_is_left_as_well(
    chat: Chat, parts: Parts
) -> None:
    await chat.write(SQUEAK)
    await chat.press(DOWN)
    await chat.write("squeaky chain")
    await chat.press(DOWN)
    found = sorted(await missed(parts))
    assert found == [("squeaky chain", "voted_down"), (SQUEAK, "voted_down")]


async def test_everybody_in_a_group_can_leave_its_question(
    group: Chat, ben: Chat, parts: Parts
) -> None:
    await group.write(f"/ask {SQUEAK}")
    await group.press(DOWN)
    await ben.press(DOWN)
    assert await missed(parts) == [(SQUEAK, "voted_down")] * 2


async def test_an_entry_that_was_opened_from_an_answer_does_not_answer_its_question(
    chat: Chat, parts: Parts
) -> None:
    await chat.write(SQUEAK)
    await chat.press("Why does my chain slip?")
    await chat.press(DOWN)
    await chat.write("/topics")
    await chat.press("⛓️ Chain")
    await chat.press("Why does my chain squeak?")
    await chat.press(DOWN)
    assert await missed(parts) == []


async def test_the_way_back_to_an_answer_leads_to_its_question(chat: Chat, parts: Parts) -> None:
    await chat.write("brakes squeal")
    await chat.press("When are brake pads worn?")
    await chat.press("Do brakes squeal when wet?")
    await chat.press(DOWN)
    assert await missed(parts) == [("brakes squeal", "voted_down")]


async def test_a_suggestion_that_did_not_help_leaves_no_second_question(
    unsure: tuple[Chat, Parts],
) -> None:
    chat, parts = unsure
    await chat.write("something is noisy")
    await chat.press("When are brake pads worn?")
    await chat.press(DOWN)
    assert await missed(parts) == [("something is noisy", "suggestions")]


async def test_what_an_edited_question_says_now_is_what_is_left(chat: Chat, parts: Parts) -> None:
    question = await chat.write("brakes squeal")
    await chat.edit(question, SQUEAK)
    await chat.press(DOWN)
    assert await missed(parts) == [(SQUEAK, "voted_down")]


async def test_a_question_that_was_edited_into_small_talk_is_not_left(
    chat: Chat, parts: Parts
) -> None:
    question = await chat.write(SQUEAK)
    late = chat.person.presses(DOWN)
    await chat.edit(question, "hello")
    await chat.gets(late)
    assert await missed(parts) == []


async def test_after_a_restart_a_vote_counts_and_the_question_is_not_known(
    chat: Chat, faq: Faq, clock: Clock, storage: Storage
) -> None:
    await chat.write(SQUEAK)
    restarted = build_parts(chat.telegram, faq, clock, storage)
    async with restarted.app as app:
        await Chat(app, chat.telegram, chat.person).press(DOWN)
        assert chat.buttons[-1] == DOWN_THANKS
        assert await storage.records.votes_of(ANNA) == {"chain.squeak": False}
        assert await missed(restarted) == []


# What is remembered for it


@pytest.fixture
def squeak(faq: Faq) -> Entry:
    return faq.knowledge.entries["chain.squeak"]


def test_only_the_newest_questions_are_remembered(squeak: Entry) -> None:
    memory = RecentAnswers(most=2)
    for number in range(3):
        memory.keep((ANNA, number), 10 + number, f"question {number}", Answer((squeak,), 1.0))
    assert memory.answer((ANNA, 0)) is None
    assert memory.regret((ANNA, 10), squeak.id, ANNA) is None
    assert memory.answer((ANNA, 1)) == 11
    assert memory.regret((ANNA, 11), squeak.id, ANNA) == "question 1"


def test_no_more_of_a_question_is_remembered_than_was_read(squeak: Entry) -> None:
    memory = RecentAnswers()
    memory.keep((ANNA, 1), 2, "x" * 4_096, Answer((squeak,), 1.0))
    assert memory.regret((ANNA, 2), squeak.id, ANNA) == "x" * MAX_QUESTION


def test_a_chat_that_is_forgotten_leaves_the_others(squeak: Entry) -> None:
    memory = RecentAnswers()
    for chat in (ANNA, BEN):
        memory.keep((chat, 1), 2, "a question", Answer((squeak,), 1.0))
    memory.forget(ANNA)
    assert memory.answer((ANNA, 1)) is None
    assert memory.regret((ANNA, 2), squeak.id, ANNA) is None
    assert memory.answer((BEN, 1)) == 2
    assert memory.regret((BEN, 2), squeak.id, BEN) == "a question"


def test_who_is_forgotten_is_not_remembered_below_the_answers_of_a_group(squeak: Entry) -> None:
    memory = RecentAnswers()
    memory.keep((-100, 1), 2, "a question", Answer((squeak,), 1.0))
    assert memory.regret((-100, 2), squeak.id, ANNA)
    assert memory.regret((-100, 2), squeak.id, BEN)
    memory.forget(ANNA)
    assert memory.regret((-100, 2), squeak.id, BEN) is None
    assert memory.regret((-100, 2), squeak.id, ANNA) == "a question"


async def test_a_question_that_no_database_could_keep_as_it_is_holds_up_nothing(
    parts: Parts,
) -> None:
    parts.recorder.missed("half an emoji \ud83d\0", "unknown")
    parts.recorder.missed("who won", "unknown")
    found = sorted(await missed(parts))
    assert found == [("half an emoji ? ", "unknown"), ("who won", "unknown")]
