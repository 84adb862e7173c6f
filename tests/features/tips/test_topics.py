"""A subscription of a forum lives in the topic where it was made."""

import pytest

from bot.lifecycle import Parts
from bot.storage.storage import Storage
from bot.subscriptions.subscriber import State
from tests.fake_bot_api.faults import NoConnection
from tests.fake_bot_api.parameters import Json
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.chats import Chat
from tests.support.fake_time import Clock
from tests.support.subscriptions import due_tips, stored

FORUM, MORNINGS, NIGHTS = -1001234567890, 7, 8
DAY = 24 * 3600.0

pytestmark = pytest.mark.usefixtures("no_faults")


@pytest.fixture
def forum(chat: Chat, telegram: FakeTelegram) -> Chat:
    """Anna, an administrator, in a group with topics."""
    group = telegram.group(FORUM)
    group.topics |= {MORNINGS, NIGHTS}
    group.administrators.add(42)
    return Chat(chat.app, telegram, telegram.person(42, "Anna", group))


def inside(update: Json, topic: int) -> Json:
    """A message that is written in a topic."""
    update["message"] |= {"message_thread_id": topic, "is_topic_message": True}
    return update


def topics(chat: Chat) -> list[int | None]:
    """The topic of each tip, oldest first."""
    tips = [each for each in chat.said if each.get("text", "").startswith("💡 ")]
    return [each.get("message_thread_id") for each in tips]


async def subscribe(chat: Chat, topic: int, written: str = "/subscribe 9:00 UTC") -> None:
    await chat.gets(inside(chat.person.writes(written), topic))


async def test_each_tip_goes_to_the_topic(forum: Chat, parts: Parts, clock: Clock) -> None:
    await subscribe(forum, MORNINGS)
    for _ in range(3):
        await due_tips(forum, parts)
        clock.forward(DAY)
    assert topics(forum) == [MORNINGS] * 3


async def test_a_subscription_that_is_made_with_buttons_lives_there_too(
    forum: Chat, parts: Parts
) -> None:
    await subscribe(forum, NIGHTS, "/subscribe")
    await forum.press("09:00")
    await forum.press("UTC")
    await due_tips(forum, parts)
    assert topics(forum) == [NIGHTS]
    assert {each["message_thread_id"] for each in forum.said} == {NIGHTS}


async def test_a_subscription_in_general_stays_there(forum: Chat, parts: Parts) -> None:
    await forum.write("/subscribe 9:00 UTC")
    await due_tips(forum, parts)
    assert topics(forum) == [None]


async def test_a_thread_of_replies_in_a_plain_group_is_no_topic(forum: Chat, parts: Parts) -> None:
    update = forum.person.writes("/subscribe 9:00 UTC")
    update["message"]["message_thread_id"] = 99
    await forum.gets(update)
    await due_tips(forum, parts)
    assert topics(forum) == [None]


async def test_a_new_time_moves_it_to_the_topic_where_it_is_named(
    forum: Chat, storage: Storage
) -> None:
    await subscribe(forum, MORNINGS)
    await subscribe(forum, NIGHTS, "/subscribe 21:00")
    assert (await stored(storage, FORUM)).thread == NIGHTS
    await forum.write("/subscribe 8:00")
    assert (await stored(storage, FORUM)).thread is None


@pytest.mark.parametrize("written", ["/timezone UTC", "/settings", "/tip", "/mydata"])
async def test_other_commands_elsewhere_leave_it_where_it_is(
    forum: Chat, storage: Storage, written: str
) -> None:
    await subscribe(forum, MORNINGS)
    await subscribe(forum, NIGHTS, written)
    assert (await stored(storage, FORUM)).thread == MORNINGS


async def test_an_old_button_that_telegram_does_not_show_leaves_it_where_it_is(
    forum: Chat, storage: Storage
) -> None:
    await subscribe(forum, MORNINGS)
    await forum.gets(forum.person.presses_old("time:2100"))
    assert (await stored(storage, FORUM)).thread == MORNINGS


async def test_a_stop_and_a_new_begin_elsewhere_move_it(
    forum: Chat, parts: Parts, storage: Storage
) -> None:
    await subscribe(forum, MORNINGS)
    await parts.sender.finished()
    await subscribe(forum, MORNINGS, "/unsubscribe")
    assert (await stored(storage, FORUM)).state is State.STOPPED
    await subscribe(forum, NIGHTS)
    assert (await stored(storage, FORUM)).thread == NIGHTS


async def test_a_tip_that_is_tried_again_goes_to_the_topic(
    forum: Chat, parts: Parts, telegram: FakeTelegram, clock: Clock
) -> None:
    telegram.fail_next("sendMessage", NoConnection(), 2, FORUM)
    await subscribe(forum, MORNINGS)
    await due_tips(forum, parts)
    clock.forward(60)
    await due_tips(forum, parts)
    assert topics(forum) == [MORNINGS]


async def test_a_button_of_a_message_that_is_gone_answers_in_its_topic(forum: Chat) -> None:
    await subscribe(forum, MORNINGS)
    await subscribe(forum, MORNINGS, "/settings")
    shown = forum.said[-1]
    press = forum.person.presses("+1 h", shown)
    del forum.person.chat.messages[shown["message_id"]]
    await forum.gets(press)
    assert "Time: 10:00" in forum.text
    assert forum.said[-1]["message_thread_id"] == MORNINGS


async def test_whoever_asks_what_is_stored_sees_the_topic(forum: Chat) -> None:
    await subscribe(forum, MORNINGS)
    await subscribe(forum, MORNINGS, "/mydata")
    assert f"Topic: {MORNINGS}" in forum.text.splitlines()
