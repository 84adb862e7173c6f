"""A chat that was thought gone, and that talks to the bot, gets its tips again."""

from collections.abc import Awaitable, Callable

import pytest
from telegram import Update

from bot.features.questions import texts as question_texts
from bot.features.tips.presence import Heard
from bot.lifecycle import Parts
from bot.storage.storage import Storage
from bot.subscriptions.subscriber import State
from tests.fake_bot_api.faults import Blocked, Deactivated, Kicked
from tests.fake_bot_api.parameters import Json
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.chats import Chat
from tests.support.fake_time import Clock
from tests.support.subscriptions import due_tips, stored, subscribed_at_nine

DAY = 24 * 3600.0
Fault = Blocked | Deactivated | Kicked

pytestmark = pytest.mark.usefixtures("no_faults")


@pytest.fixture
async def subscribed(chat: Chat, parts: Parts) -> Chat:
    return await subscribed_at_nine(chat, parts)


async def refused_once(chat: Chat, parts: Parts, clock: Clock, fault: Fault) -> None:
    """The next tip is refused; then the chat takes messages again, and nobody tells the bot."""
    chat.person.chat.shut = fault
    clock.forward(DAY)
    await due_tips(chat, parts)
    chat.person.chat.shut = None


def read(update: Json, parts: Parts) -> Update:
    return Update.de_json(update, parts.app.bot)


SIGNS: dict[str, Callable[[Chat], Awaitable[object]]] = {
    "question": lambda chat: chat.write("why does my chain squeak"),
    "command": lambda chat: chat.write("/topics"),
    "start": lambda chat: chat.write("/start"),
    "sticker": lambda chat: chat.gets(chat.person.sends_sticker()),
    "press": lambda chat: chat.gets(chat.person.presses_old("topics")),
    "edit": lambda chat: chat.edit(chat.person.writes("hello")["message"], "hi"),
}


@pytest.mark.parametrize("sign", SIGNS.values(), ids=SIGNS)
@pytest.mark.parametrize(
    ("fault", "state"),
    [(Blocked(), State.BLOCKED), (Deactivated(), State.DEACTIVATED)],
    ids=["blocked", "deactivated"],
)
async def test_any_sign_of_life_brings_the_tips_back(
    subscribed: Chat,
    parts: Parts,
    storage: Storage,
    clock: Clock,
    sign: Callable[[Chat], Awaitable[object]],
    fault: Fault,
    state: State,
) -> None:
    await refused_once(subscribed, parts, clock, fault)
    assert (await stored(storage)).state is state
    before = len(await due_tips(subscribed, parts))
    await sign(subscribed)
    assert (await stored(storage)).state is State.ACTIVE
    clock.forward(DAY)
    assert len(await due_tips(subscribed, parts)) == before + 1


async def test_it_is_so_again_and_again(
    subscribed: Chat, parts: Parts, storage: Storage, clock: Clock
) -> None:
    for _ in range(3):
        await refused_once(subscribed, parts, clock, Blocked())
        assert (await stored(storage)).state is State.BLOCKED
        await subscribed.write("hello")
        assert (await stored(storage)).state is State.ACTIVE


async def test_talk_in_a_group_is_a_sign_of_life(
    chat: Chat, telegram: FakeTelegram, parts: Parts, storage: Storage, clock: Clock
) -> None:
    """A bot that reads all messages of a group says nothing to most of them."""
    group = telegram.group()
    there = Chat(chat.app, telegram, telegram.person(42, "Anna", group))
    group.administrators.add(42)
    await there.write("/subscribe 9:00 UTC")
    await refused_once(there, parts, clock, Kicked())
    assert (await stored(storage, group.id)).state is State.BLOCKED
    said = len(there.said)
    update = there.person.writes("nice weather")
    assert parts.updates.wants(read(update, parts))
    await there.gets(update)
    assert (await stored(storage, group.id)).state is State.ACTIVE
    assert len(there.said) == said
    assert not parts.updates.wants(read(there.person.writes("is it not"), parts))


async def test_the_news_that_the_bot_was_removed_is_no_sign_of_life(
    chat: Chat, telegram: FakeTelegram, parts: Parts, storage: Storage
) -> None:
    group = telegram.group()
    there = Chat(chat.app, telegram, telegram.person(42, "Anna", group))
    group.administrators.add(42)
    await there.write("/subscribe 9:00 UTC")
    await parts.sender.finished()
    await there.gets(there.person.removes_bot())
    farewell = there.person.writes("gone")
    farewell["message"] |= {"left_chat_member": {"id": 100, "is_bot": True, "first_name": "Bot"}}
    del farewell["message"]["text"]
    await there.gets(farewell)
    assert (await stored(storage, group.id)).state is State.BLOCKED


@pytest.mark.parametrize("state", [State.STOPPED, State.PAUSED])
async def test_a_sign_of_life_brings_back_nothing_that_the_chat_has_ended(
    subscribed: Chat, storage: Storage, state: State
) -> None:
    await storage.change(42, lambda known: known and known.ended(state))
    await subscribed.write("hello")
    assert (await stored(storage)).state is state


async def test_a_chat_is_answered_while_the_database_cannot_be_asked(
    chat: Chat, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def locked(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(Storage, "change", locked)
    await chat.write("/topics")
    assert chat.texts == [question_texts.TOPICS]
    monkeypatch.undo()
    assert await storage.subscriber(42) is None


def test_only_so_many_chats_are_remembered() -> None:
    heard = Heard(most=2)
    for chat in (1, 2, 3):
        heard.add(chat)
    assert [chat in heard for chat in (1, 2, 3)] == [False, False, True]
