"""Everything that makes the bot send counts: people hear once that it is too much, then nothing."""

from collections.abc import Callable

import pytest

from bot.app import PRESSES
from bot.features import texts
from bot.features.tips import texts as tip_texts
from bot.features.unanswered.keyboards import Ignore, ShowLessons, Teach
from bot.lifecycle import Parts
from bot.storage.storage import Storage
from tests.fake_bot_api.parameters import Json
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.chats import Chat
from tests.support.fake_time import Clock
from tests.support.subscriptions import stored

MOST = 20
"""Messages that a person is answered in a minute."""
GROUPS = 25
ANONYMOUS, AS_A_CHANNEL, LINKED = 1087968824, 136817688, 777000
"""The accounts that Telegram shows for whoever writes in the name of a group or a channel."""

pytestmark = pytest.mark.usefixtures("no_faults")


@pytest.mark.parametrize(
    "send",
    [
        Person.sends_sticker,
        Person.sends_voice,
        Person.sends_photo,
        Person.sends_location,
        lambda person: person.sends_photo("hello"),
        lambda person: person.writes("/help"),
        lambda person: person.writes("/start"),
        lambda person: person.writes("/nonsense"),
        lambda person: person.writes("stop"),
        lambda person: person.writes("/subscribe"),
    ],
    ids=[
        *("sticker", "voice", "photo", "location", "caption"),
        *("help", "start", "nonsense", "stop", "subscribe"),
    ],
)
async def test_sixty_messages_of_any_kind_get_one_warning(
    chat: Chat, send: Callable[[Person], Json]
) -> None:
    for _ in range(60):
        await chat.gets(send(chat.person))
    assert len(chat.said) == MOST + 1
    assert chat.texts.count(texts.SLOW_DOWN) == 1
    assert chat.text == texts.SLOW_DOWN


async def test_kinds_of_messages_count_together(chat: Chat) -> None:
    for _ in range(15):
        await chat.gets(chat.person.sends_sticker())
        await chat.write("/help")
        await chat.write("hello")
    assert len(chat.said) == MOST + 1


async def test_a_flood_that_never_ends_gets_one_warning_a_minute(chat: Chat, clock: Clock) -> None:
    for number in range(600):
        await chat.gets(chat.person.sends_sticker())
        clock.forward(0.5 + number % 3 / 10)
    minutes = 600 * 0.6 / 60
    assert chat.texts.count(texts.SLOW_DOWN) <= minutes
    assert len(chat.said) <= (MOST + 1) * (minutes + 1)


async def test_an_album_counts_once(chat: Chat) -> None:
    for _ in range(MOST):
        for update in chat.person.sends_album("", "", "", ""):
            await chat.gets(update)
    assert chat.texts == ["I can only read text."] * MOST


async def test_a_button_that_sends_a_message_counts_as_one(chat: Chat, parts: Parts) -> None:
    await chat.write("/subscribe 7:30 berlin")
    await parts.sender.finished()
    before = len(chat.said)
    for _ in range(60):
        await chat.press("Read more")
    assert len(chat.said) - before == MOST - 1
    assert [alert for alert in chat.alerts if alert] == [texts.SLOW_DOWN]


@pytest.mark.parametrize("button", [Ignore(1), Teach(1, "chain.squeak"), ShowLessons()], ids=str)
async def test_buttons_of_operators_count_for_everybody_else(
    chat: Chat, button: Ignore | Teach | ShowLessons
) -> None:
    hello = await chat.write("/topics")
    for _ in range(200):
        await chat.gets(chat.person.presses_old(button.pack(), on=hello))
    assert chat.alerts == [texts.OUTDATED_BUTTON] * MOST * PRESSES + [texts.SLOW_DOWN]


async def test_buttons_under_messages_that_are_gone_count_as_messages(chat: Chat) -> None:
    """A new message takes the place of one that cannot be changed any more."""
    for _ in range(60):
        await chat.gets(chat.person.presses_old("topics"))
    assert len(chat.said) == MOST
    assert [alert for alert in chat.alerts if alert] == [texts.SLOW_DOWN]


# In the name of a group or a channel


@pytest.mark.parametrize("account", [ANONYMOUS, AS_A_CHANNEL, LINKED])
@pytest.mark.parametrize("named", [True, False])
async def test_those_who_write_unnamed_in_many_groups_are_no_flood_together(
    chat: Chat, telegram: FakeTelegram, account: int, named: bool
) -> None:
    """Telegram usually names the group or the channel beside the account."""
    groups = [telegram.group(-1001 - number) for number in range(GROUPS)]
    unnamed = [Chat(chat.app, telegram, telegram.person(account, "Group", g)) for g in groups]
    for each in unnamed:
        update = each.person.writes("/ask hello")
        if named:
            update["message"]["sender_chat"] = each.person.chat.info
        await each.gets(update)
    assert [len(each.said) for each in unnamed] == [1] * GROUPS


async def test_channels_in_one_group_count_apart(chat: Chat, telegram: FakeTelegram) -> None:
    group = telegram.group()
    anybody = Chat(chat.app, telegram, telegram.person(AS_A_CHANNEL, "Channel", group))
    for number in range(GROUPS):
        update = anybody.person.writes("/ask hello")
        channel = {"id": -2001 - number, "type": "channel", "title": "Oil and chains"}
        update["message"]["sender_chat"] = channel
        await anybody.gets(update)
    assert len(anybody.said) == GROUPS


async def test_one_group_that_asks_without_end_is_a_flood(
    chat: Chat, telegram: FakeTelegram
) -> None:
    unnamed = Chat(chat.app, telegram, telegram.person(ANONYMOUS, "Group", telegram.group()))
    for _ in range(60):
        await unnamed.write("/ask hello")
    assert len(unnamed.said) == MOST + 1


async def test_a_channel_is_not_asked_what_an_administrator_was_asked(
    chat: Chat, telegram: FakeTelegram, storage: Storage
) -> None:
    """Each open question belongs to whoever asked for it, not to the account that is shown."""
    group = telegram.group()
    unnamed = Chat(chat.app, telegram, telegram.person(AS_A_CHANNEL, "Channel", group))
    group.administrators.add(AS_A_CHANNEL)
    asked = unnamed.person.writes("/subscribe 7:30")
    asked["message"]["sender_chat"] = {"id": -2001, "type": "channel", "title": "Oil"}
    await unnamed.gets(asked)
    assert unnamed.text.startswith(tip_texts.WHERE)
    answer = unnamed.person.writes("berlin", reply_to=unnamed.said[-1])
    other = {
        **answer,
        "message": answer["message"]
        | {"sender_chat": {**asked["message"]["sender_chat"], "id": -2002}},
    }
    await unnamed.gets(other)
    assert await storage.subscriber(group.id) is None
    answer["message"]["sender_chat"] = asked["message"]["sender_chat"]
    await unnamed.gets(answer)
    assert (await stored(storage, group.id)).schedule.zone == "Europe/Berlin"
