"""Tips in groups: one subscription for all, which only administrators change."""

import datetime as dt

import pytest

from bot.bot_api.types import App
from bot.features import texts
from bot.features.privacy import texts as privacy_texts
from bot.features.questions import texts as question_texts
from bot.features.tips import texts as tip_texts
from bot.lifecycle import Parts
from bot.storage.storage import Storage
from bot.subscriptions.subscriber import State
from tests.fake_bot_api.parameters import Json
from tests.fake_bot_api.telegram import FakeTelegram
from tests.fake_bot_api.world import ChatState
from tests.support.chats import Chat
from tests.support.fake_time import Clock
from tests.support.subscriptions import due_tips, stored, subscribed_at_nine

GROUP, NEW_GROUP = -1001234567890, -1009999999999
ANONYMOUS: Json = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
"""The sender that Telegram shows when an administrator stays anonymous."""
AS_A_CHANNEL: Json = {
    "id": 136817688,
    "is_bot": True,
    "first_name": "Channel",
    "username": "Channel_Bot",
}
DAY = 24 * 3600

pytestmark = pytest.mark.usefixtures("no_faults")


@pytest.fixture
def group(telegram: FakeTelegram) -> ChatState:
    """Anna runs it, and the bot is in it."""
    group = telegram.group(GROUP)
    telegram.person(42, "Anna", chat=group)
    group.administrators.add(42)
    return group


@pytest.fixture
def anna_there(app: App, telegram: FakeTelegram, group: ChatState) -> Chat:
    """Anna, an administrator, in the group."""
    return Chat(app, telegram, telegram.person(42, "Anna", chat=group))


@pytest.fixture
def ben_there(app: App, telegram: FakeTelegram, group: ChatState) -> Chat:
    """Ben, a member, in the group."""
    return Chat(app, telegram, telegram.person(7, "Ben", chat=group))


@pytest.fixture
async def subscribed(anna_there: Chat, parts: Parts) -> Chat:
    """Anna in the group, which gets a tip at nine every day, in UTC; today's has come."""
    return await subscribed_at_nine(anna_there, parts)


def anonymously(update: Json) -> Json:
    """A message of an administrator who stays anonymous: the group itself seems to write."""
    message = update["message"]
    message |= {"from": ANONYMOUS, "sender_chat": message["chat"]}
    return update


# Administrators


async def test_an_administrator_subscribes_the_group(
    anna_there: Chat, parts: Parts, storage: Storage
) -> None:
    command = await anna_there.write("/subscribe@skin_test_bot 7:30 UTC")
    assert "every day at 07:30 in UTC" in anna_there.text
    assert anna_there.said[0]["reply_to_message"]["message_id"] == command["message_id"]
    assert len(await due_tips(anna_there, parts)) == 1
    assert (await stored(storage, GROUP)).schedule.at == dt.time(7, 30)
    assert await storage.subscriber(42) is None


async def test_a_group_is_not_asked_for_its_location(anna_there: Chat) -> None:
    """Telegram lets a bot ask for it in private only."""
    await anna_there.write("/subscribe 7:30")
    assert anna_there.text == tip_texts.WHERE + tip_texts.IN_GROUP
    assert anna_there.buttons == [tip_texts.BY_CLOCK, "UTC"]


async def test_an_administrator_changes_the_settings_in_place(subscribed: Chat) -> None:
    await subscribed.write("/settings")
    said, alerts = len(subscribed.said), len(subscribed.alerts)
    for button, shown in {
        "+1 h": "Time: 10:00",
        "✓ Mo": "Days: on Tuesday",
        tip_texts.PAUSE_A_WEEK: "Paused. The next one",
        tip_texts.RESUME: "The next one comes tomorrow",
        tip_texts.PAUSE: "Paused until further notice.",
        tip_texts.STOP: "You get no tips at the moment.",
    }.items():
        await subscribed.press(button)
        assert shown in subscribed.text
    assert len(subscribed.said) == said
    assert subscribed.alerts[alerts:] == [None] * 6


async def test_an_administrator_sees_and_deletes_what_is_stored(
    subscribed: Chat, storage: Storage
) -> None:
    await subscribed.write("/mydata")
    assert subscribed.text.startswith(f"Chat: {GROUP}\nTime: 09:00\n")
    await subscribed.write("/forget")
    await subscribed.press(privacy_texts.FORGET_YES)
    assert subscribed.text == privacy_texts.FORGOTTEN
    assert await storage.subscriber(GROUP) is None


async def test_an_anonymous_administrator_subscribes_the_group(
    anna_there: Chat, storage: Storage
) -> None:
    await anna_there.gets(anonymously(anna_there.person.writes("/subscribe 7:30 UTC")))
    assert "every day at 07:30 in UTC" in anna_there.text
    assert (await stored(storage, GROUP)).schedule.at == dt.time(7, 30)


async def test_an_anonymous_administrator_is_asked_and_answers(
    anna_there: Chat, storage: Storage
) -> None:
    await anna_there.gets(anonymously(anna_there.person.writes("/subscribe 7:30")))
    assert anna_there.text == tip_texts.WHERE + tip_texts.IN_GROUP
    answer = anna_there.person.writes("berlin", reply_to=anna_there.said[-1])
    await anna_there.gets(anonymously(answer))
    assert (await stored(storage, GROUP)).schedule.zone == "Europe/Berlin"


async def test_an_anonymous_administrator_presses_and_then_answers(
    anna_there: Chat, storage: Storage
) -> None:
    """Telegram names the person who presses a button, but the answer comes from the group."""
    await anna_there.gets(anonymously(anna_there.person.writes("/subscribe")))
    await anna_there.press("08:00")
    answer = anna_there.person.writes("berlin", reply_to=anna_there.said[-1])
    await anna_there.gets(anonymously(answer))
    schedule = (await stored(storage, GROUP)).schedule
    assert (schedule.at, schedule.zone) == (dt.time(8), "Europe/Berlin")


# Members


async def test_a_member_changes_nothing_by_commands(
    subscribed: Chat, ben_there: Chat, storage: Storage
) -> None:
    before = await stored(storage, GROUP)
    for command in (
        *("/subscribe", "/subscribe 7:30 UTC", "/timezone berlin", "/settings"),
        *("/unsubscribe", "/mydata", "/forget"),
    ):
        said = len(subscribed.said)
        written = await ben_there.write(command)
        assert ben_there.texts[said:] == [texts.ADMINS_ONLY], command
        assert ben_there.said[-1]["reply_to_message"]["message_id"] == written["message_id"]
    assert await stored(storage, GROUP) == before


async def test_a_member_who_presses_a_button_of_an_administrator_gets_an_alert(
    subscribed: Chat, ben_there: Chat, storage: Storage
) -> None:
    for command in ("/timezone", "/settings", "/forget", "/unsubscribe"):
        await subscribed.write(command)
    before, said, alerts = await stored(storage, GROUP), subscribed.texts, len(subscribed.alerts)
    buttons = (
        *(
            "21:00",
            "UTC",
            tip_texts.BY_CLOCK,
            tip_texts.SETTINGS,
            "+1 h",
            tip_texts.OTHER_TIME,
            "✓ Mo",
        ),
        *(tip_texts.OTHER_PLACE, tip_texts.PAUSE_A_WEEK, tip_texts.PAUSE, tip_texts.STOP),
        *(privacy_texts.FORGET_YES, privacy_texts.FORGET_NO, tip_texts.SUBSCRIBE_AGAIN),
    )
    for button in buttons:
        await ben_there.press(button)
    assert ben_there.alerts[alerts:] == [texts.ADMINS_ONLY] * len(buttons)
    assert all(a.get("show_alert") for a in ben_there.telegram.sent("answerCallbackQuery")[alerts:])
    assert ben_there.texts == said
    assert await stored(storage, GROUP) == before


async def test_a_member_may_have_a_tip_and_read_more(ben_there: Chat, storage: Storage) -> None:
    await ben_there.write("/tip")
    tip = ben_there.text
    assert tip.startswith("💡 ")
    await ben_there.press(tip_texts.READ_MORE)
    assert ben_there.texts[0] == tip
    assert ben_there.text.endswith("The handbook's view.")
    assert ben_there.alerts == [None]
    await ben_there.press(tip_texts.GET_DAILY)
    assert ben_there.alerts[-1] == texts.ADMINS_ONLY
    assert await storage.subscriber(GROUP) is None


async def test_a_member_may_read_more_below_the_tip_of_the_day(
    subscribed: Chat, ben_there: Chat, parts: Parts
) -> None:
    [tip] = await due_tips(subscribed, parts)
    await ben_there.press(tip_texts.READ_MORE)
    assert ben_there.texts[-2] == tip
    assert ben_there.text.endswith("The handbook's view.")


async def test_somebody_who_is_no_administrator_any_more_changes_nothing(
    subscribed: Chat, group: ChatState, storage: Storage
) -> None:
    before = await stored(storage, GROUP)
    await subscribed.write("/settings")
    group.administrators.clear()
    await subscribed.press("+1 h")
    assert subscribed.alerts[-1] == texts.ADMINS_ONLY
    assert await stored(storage, GROUP) == before


async def test_who_writes_as_a_channel_is_no_administrator(
    anna_there: Chat, storage: Storage
) -> None:
    """Telegram's stand-in for the channel is no member, and an error may say so."""
    update = anna_there.person.writes("/subscribe 7:30 UTC")
    channel = {"id": -1005555, "type": "channel", "title": "News"}
    update["message"] |= {"from": AS_A_CHANNEL, "sender_chat": channel}
    await anna_there.gets(update)
    assert anna_there.texts == [texts.ADMINS_ONLY]
    assert await storage.subscriber(GROUP) is None


async def test_somebody_who_has_left_changes_nothing(
    subscribed: Chat, ben_there: Chat, group: ChatState, storage: Storage
) -> None:
    """Buttons stay visible to them for a while."""
    before = await stored(storage, GROUP)
    await subscribed.write("/settings")
    press = ben_there.person.presses("+1 h")
    del group.members[7]
    await ben_there.gets(press)
    assert ben_there.alerts[-1] == texts.ADMINS_ONLY
    assert await stored(storage, GROUP) == before


# Answers


@pytest.fixture
async def asked(anna_there: Chat) -> Chat:
    """The bot waits for Anna to say where the group is."""
    await anna_there.write("/subscribe 7:30")
    return anna_there


async def test_a_typed_answer_is_a_reply_to_the_bot(asked: Chat, storage: Storage) -> None:
    await asked.write("berlin", reply_to=asked.said[-1])
    schedule = (await stored(storage, GROUP)).schedule
    assert (schedule.at, schedule.zone) == (dt.time(7, 30), "Europe/Berlin")


async def test_a_typed_time_is_a_reply_to_the_bot(subscribed: Chat, storage: Storage) -> None:
    await subscribed.write("/settings")
    await subscribed.press(tip_texts.OTHER_TIME)
    await subscribed.write("19:45", reply_to=subscribed.said[-1])
    assert (await stored(storage, GROUP)).schedule.at == dt.time(19, 45)


async def test_what_people_say_to_each_other_is_no_answer(asked: Chat, storage: Storage) -> None:
    await asked.write("berlin")
    assert asked.texts == [tip_texts.WHERE + tip_texts.IN_GROUP]
    assert await storage.subscriber(GROUP) is None


async def test_the_reply_of_somebody_else_is_no_answer(
    asked: Chat, ben_there: Chat, storage: Storage
) -> None:
    await ben_there.write("berlin", reply_to=asked.said[-1])
    assert ben_there.text == question_texts.UNKNOWN
    assert await storage.subscriber(GROUP) is None


async def test_two_administrators_are_asked_at_once_and_not_mixed_up(
    subscribed: Chat, ben_there: Chat, group: ChatState, storage: Storage
) -> None:
    group.administrators.add(7)
    await subscribed.write("/settings")
    await subscribed.press(tip_texts.OTHER_TIME)
    about_time = subscribed.said[-1]
    await ben_there.press(tip_texts.OTHER_PLACE)
    about_place = ben_there.said[-1]
    await subscribed.write("19:45", reply_to=about_time)
    await ben_there.write("berlin", reply_to=about_place)
    schedule = (await stored(storage, GROUP)).schedule
    assert (schedule.at, schedule.zone) == (dt.time(19, 45), "Europe/Berlin")


async def test_a_group_and_its_administrator_have_tips_of_their_own(
    chat: Chat, subscribed: Chat, parts: Parts, storage: Storage
) -> None:
    await chat.write("/subscribe 20:00 UTC+5:30")
    await chat.write("/unsubscribe")
    assert (await stored(storage, GROUP)).state is State.ACTIVE
    assert (await stored(storage, GROUP)).schedule.at == dt.time(9)
    assert (await stored(storage, 42)).state is State.STOPPED
    assert len(await due_tips(subscribed, parts)) == 1


@pytest.mark.parametrize("text", ["stop", "unsubscribe", "STOP!"])
async def test_a_word_among_people_stops_nothing(
    subscribed: Chat, storage: Storage, text: str
) -> None:
    said = subscribed.texts
    await subscribed.write(text)
    assert subscribed.texts == said
    assert (await stored(storage, GROUP)).state is State.ACTIVE


@pytest.mark.parametrize("command", ["/subscribe@other_bot 7:30 UTC", "/unsubscribe@other_bot"])
async def test_a_command_for_another_bot_is_none_of_its_business(
    subscribed: Chat, storage: Storage, command: str
) -> None:
    before, said = await stored(storage, GROUP), subscribed.texts
    await subscribed.write(command)
    assert subscribed.texts == said
    assert await stored(storage, GROUP) == before


async def test_a_button_of_a_message_that_telegram_no_longer_shows_works(
    subscribed: Chat, ben_there: Chat, storage: Storage
) -> None:
    said = len(subscribed.said)
    await ben_there.gets(ben_there.person.presses_old("stop"))
    assert ben_there.alerts[-1] == texts.ADMINS_ONLY
    await subscribed.gets(subscribed.person.presses_old("time:2100"))
    assert (await stored(storage, GROUP)).schedule.at == dt.time(21)
    assert len(subscribed.said) == said + 1


# The bot comes and goes, and the group moves


async def test_a_group_that_removed_the_bot_gets_no_tips_until_it_is_added_again(
    subscribed: Chat, parts: Parts, storage: Storage, clock: Clock
) -> None:
    first = await due_tips(subscribed, parts)
    await subscribed.gets(subscribed.person.removes_bot())
    assert (await stored(storage, GROUP)).state is State.BLOCKED
    clock.forward(3 * DAY)
    tries = len(subscribed.telegram.calls)
    assert await due_tips(subscribed, parts) == first
    assert len(subscribed.telegram.calls) == tries
    await subscribed.gets(subscribed.person.adds_bot())
    clock.forward(DAY)
    assert len(await due_tips(subscribed, parts)) == 2


async def test_a_group_that_removed_the_bot_unnoticed_is_not_written_to_again(
    subscribed: Chat, parts: Parts, storage: Storage, clock: Clock
) -> None:
    """The bot was down for longer than Telegram keeps news, say."""
    subscribed.person.removes_bot()
    clock.forward(DAY)
    await due_tips(subscribed, parts)
    assert (await stored(storage, GROUP)).state is State.BLOCKED
    tries = len(subscribed.telegram.calls)
    clock.forward(DAY)
    await due_tips(subscribed, parts)
    assert len(subscribed.telegram.calls) == tries


async def test_being_added_to_a_group_subscribes_nobody(anna_there: Chat, storage: Storage) -> None:
    await anna_there.gets(anna_there.person.adds_bot())
    assert anna_there.said == []
    assert await storage.subscriber(GROUP) is None


async def test_a_group_that_stopped_the_tips_stays_so_when_the_bot_is_added_again(
    subscribed: Chat, storage: Storage
) -> None:
    await subscribed.write("/unsubscribe")
    await subscribed.gets(subscribed.person.removes_bot())
    await subscribed.gets(subscribed.person.adds_bot())
    assert (await stored(storage, GROUP)).state is State.STOPPED


async def test_tips_follow_a_group_to_its_new_id(
    subscribed: Chat, telegram: FakeTelegram, parts: Parts, storage: Storage, clock: Clock
) -> None:
    await subscribed.gets(subscribed.person.migrates_chat(NEW_GROUP))
    assert await storage.subscriber(GROUP) is None
    assert (await stored(storage, NEW_GROUP)).schedule.at == dt.time(9)
    assert len(await storage.deliveries.ledger(NEW_GROUP)) == 1
    clock.forward(DAY)
    await due_tips(subscribed, parts)
    [tip] = telegram.messages(NEW_GROUP)
    assert tip["text"].startswith("💡 ")


async def test_tips_follow_a_group_whose_move_went_unnoticed(
    subscribed: Chat, telegram: FakeTelegram, parts: Parts, storage: Storage, clock: Clock
) -> None:
    subscribed.person.migrates_chat(NEW_GROUP)
    clock.forward(DAY)
    await due_tips(subscribed, parts)
    [tip] = telegram.messages(NEW_GROUP)
    assert tip["text"].startswith("💡 ")
    assert await storage.subscriber(GROUP) is None
    assert len(await storage.deliveries.seen(NEW_GROUP)) == 2


async def test_a_group_that_moved_without_a_subscription_gets_none(
    anna_there: Chat, storage: Storage
) -> None:
    await anna_there.gets(anna_there.person.migrates_chat(NEW_GROUP))
    assert anna_there.said == []
    assert await storage.subscriber(NEW_GROUP) is None
