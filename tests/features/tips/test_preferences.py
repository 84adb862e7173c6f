"""Subscribers change, pause, stop, see and delete their tips; everybody can get one at any time."""

import datetime as dt
import itertools

import pytest

from bot.features import texts
from bot.features.privacy import texts as privacy_texts
from bot.features.questions import texts as question_texts
from bot.features.tips import texts as tip_texts
from bot.lifecycle import Parts
from bot.storage.storage import Storage
from bot.subscriptions.schedule import Slot
from bot.subscriptions.subscriber import State
from tests.fake_bot_api.people import Person
from tests.support.bots import ANNA
from tests.support.chats import Chat
from tests.support.fake_time import Clock
from tests.support.subscriptions import due_tips, stored, subscribed_at_nine

# The clock shows noon of Monday, 23 November, in UTC.
SQUEAK = "It is dry. A drop of oil on each link ends it.\n\nThe handbook's view."
NO_TIPS_NOW = "Daily tip\nYou get no tips at the moment."
TOMORROW = "The next one comes tomorrow at 09:00."
DAY = 24 * 3600

pytestmark = pytest.mark.usefixtures("no_faults")


@pytest.fixture
async def subscriber(chat: Chat, parts: Parts) -> Chat:
    """Anna gets a tip at nine every day, in UTC; today's has come."""
    return await subscribed_at_nine(chat, parts)


@pytest.fixture
async def settings(subscriber: Chat) -> Chat:
    """The settings are the newest message in her chat."""
    await subscriber.write("/settings")
    return subscriber


# /settings


async def test_settings_show_what_there_is_and_what_can_be_changed(settings: Chat) -> None:
    assert settings.text == (
        "Daily tip\nTime: 09:00, UTC time (it is 12:00 there now)\nDays: every day\n"
        "The next one comes tomorrow at 09:00."
    )
    assert settings.buttons == [
        *tip_texts.SHIFTS,
        *(tip_texts.OTHER_TIME, tip_texts.OTHER_PLACE),
        *("✓ Mo", "✓ Tu", "✓ We", "✓ Th", "✓ Fr", "✓ Sa", "✓ Su"),
        *(tip_texts.PAUSE_A_WEEK, tip_texts.PAUSE),
        tip_texts.STOP,
    ]


async def test_settings_of_somebody_without_a_subscription_say_how_to_get_one(chat: Chat) -> None:
    await chat.write("/settings")
    assert chat.texts == [tip_texts.NOT_SUBSCRIBED]


async def test_the_button_below_a_tip_opens_the_settings_and_leaves_the_tip(
    subscriber: Chat,
) -> None:
    tip = subscriber.text
    await subscriber.press(tip_texts.SETTINGS)
    assert subscriber.texts[-2] == tip
    assert subscriber.text.startswith("Daily tip\nTime: 09:00")
    assert subscriber.alerts[-1] is None


@pytest.mark.parametrize(
    ("presses", "time"),
    [
        (["+15 min", "+1 h"], "10:15"),
        (["−15 min", "−1 h"], "07:45"),
        (["+1 h"] * 15, "00:00"),
        (["−1 h"] * 9 + ["−15 min"], "23:45"),
    ],
)
async def test_the_time_moves_in_steps_within_one_message(
    settings: Chat, storage: Storage, presses: list[str], time: str
) -> None:
    before = len(settings.said)
    for button in presses:
        await settings.press(button)
    assert len(settings.said) == before
    assert f"Time: {time}, UTC time" in settings.text
    assert f"{(await stored(storage)).schedule.at:%H:%M}" == time


async def test_a_time_that_is_moved_back_and_forth_brings_no_second_tip_today(
    settings: Chat, parts: Parts, clock: Clock
) -> None:
    first = await due_tips(settings, parts)
    for _ in range(5):
        await settings.press("+1 h")
    clock.forward(3 * 3600)
    assert await due_tips(settings, parts) == first
    clock.forward(DAY)
    assert len(await due_tips(settings, parts)) == 2


async def test_another_time_is_typed(settings: Chat, storage: Storage) -> None:
    await settings.press(tip_texts.OTHER_TIME)
    assert settings.text == tip_texts.WRITE_TIME
    await settings.write("7:45 pm")
    assert "every day at 19:45 in UTC" in settings.text
    assert "tomorrow at 19:45" in settings.text
    assert (await stored(storage)).schedule.at == dt.time(19, 45)


async def test_another_place_is_typed(settings: Chat, storage: Storage) -> None:
    await settings.press(tip_texts.OTHER_PLACE)
    assert settings.text == tip_texts.WHERE
    await settings.write("berlin")
    assert "every day at 09:00 in Berlin" in settings.text
    assert (await stored(storage)).schedule.zone == "Europe/Berlin"


async def test_another_place_is_told_by_the_clock(settings: Chat, storage: Storage) -> None:
    await settings.press(tip_texts.OTHER_PLACE)
    await settings.press(tip_texts.BY_CLOCK)
    await settings.write("13:00")
    await settings.press("UTC+01:00")
    schedule = (await stored(storage)).schedule
    assert (schedule.at, schedule.zone) == (dt.time(9), "UTC+01:00")


async def test_another_place_is_shared_as_a_location(
    settings: Chat, anna: Person, storage: Storage
) -> None:
    await settings.press(tip_texts.OTHER_PLACE)
    await settings.press(tip_texts.BY_LOCATION)
    await settings.gets(anna.sends_location())
    schedule = (await stored(storage)).schedule
    assert (schedule.at, schedule.zone) == (dt.time(9), "Europe/Berlin")


async def test_a_day_is_left_out_and_taken_back_within_one_message(
    settings: Chat, parts: Parts, clock: Clock
) -> None:
    first, before = await due_tips(settings, parts), len(settings.said)
    await settings.press("✓ Tu")
    assert "Days: on Monday, Wednesday, Thursday, Friday, Saturday and Sunday" in settings.text
    assert "The next one comes on Wednesday at 09:00." in settings.text
    assert "Tu" in settings.buttons
    clock.forward(DAY)
    assert await due_tips(settings, parts) == first
    await settings.press("Tu")
    assert "Days: every day" in settings.text
    assert len(settings.said) == before
    clock.forward(DAY)
    assert len(await due_tips(settings, parts)) == 2


@pytest.mark.parametrize(
    ("left_out", "days"),
    [
        (["Sa", "Su"], "from Monday to Friday"),
        (["Mo", "Tu", "We", "Th", "Fr"], "on Saturday and Sunday"),
        (["Mo", "Tu", "We", "Th", "Fr", "Su"], "on Saturday"),
    ],
)
async def test_days_are_said_in_words(settings: Chat, left_out: list[str], days: str) -> None:
    for day in left_out:
        await settings.press(f"✓ {day}")
    assert f"Days: {days}\n" in settings.text


async def test_the_last_day_cannot_be_left_out(settings: Chat, storage: Storage) -> None:
    for day in ("Mo", "Tu", "We", "Th", "Fr", "Sa"):
        await settings.press(f"✓ {day}")
    await settings.press("✓ Su")
    assert settings.alerts[-1] == tip_texts.ONE_DAY
    assert settings.telegram.sent("answerCallbackQuery")[-1]["show_alert"] is True
    assert (await stored(storage)).schedule.days == {7}
    assert "✓ Su" in settings.buttons


async def test_a_pause_of_a_week_ends_by_itself(settings: Chat, parts: Parts, clock: Clock) -> None:
    first, before = await due_tips(settings, parts), len(settings.said)
    await settings.press(tip_texts.PAUSE_A_WEEK)
    assert "Paused. The next one comes on 1 December at 09:00." in settings.text
    assert tip_texts.RESUME in settings.buttons
    assert tip_texts.PAUSE not in settings.buttons
    assert len(settings.said) == before
    for _ in range(7):
        clock.forward(DAY)
        assert await due_tips(settings, parts) == first
    clock.forward(DAY)
    assert len(await due_tips(settings, parts)) == 2
    await settings.write("/settings")
    assert "Paused" not in settings.text


async def test_a_pause_until_further_notice_does_not_end(
    settings: Chat, parts: Parts, clock: Clock
) -> None:
    first, before = await due_tips(settings, parts), len(settings.said)
    await settings.press(tip_texts.PAUSE)
    assert settings.text.endswith("Paused until further notice.")
    assert len(settings.said) == before
    clock.forward(60 * DAY)
    assert await due_tips(settings, parts) == first


@pytest.mark.parametrize("pause", [tip_texts.PAUSE_A_WEEK, tip_texts.PAUSE])
async def test_after_a_pause_tips_go_on_with_the_next_one(
    settings: Chat, parts: Parts, clock: Clock, pause: str
) -> None:
    first, before = await due_tips(settings, parts), len(settings.said)
    await settings.press(pause)
    clock.forward(3 * DAY)
    await settings.press(tip_texts.RESUME)
    assert settings.text.endswith(TOMORROW)
    assert tip_texts.PAUSE in settings.buttons
    assert len(settings.said) == before
    assert await due_tips(settings, parts) == first
    clock.forward(DAY)
    assert len(await due_tips(settings, parts)) == 2


@pytest.mark.parametrize("pause", [tip_texts.PAUSE_A_WEEK, tip_texts.PAUSE])
@pytest.mark.parametrize("change", ["a step", "a day", "a typed time", "a place"])
async def test_a_pause_goes_on_when_something_else_is_changed(
    settings: Chat, parts: Parts, clock: Clock, pause: str, change: str
) -> None:
    first = await due_tips(settings, parts)
    await settings.press(pause)
    match change:
        case "a step":
            await settings.press("+1 h")
        case "a day":
            await settings.press("✓ Mo")
        case "a typed time":
            await settings.press(tip_texts.OTHER_TIME)
            await settings.write("7:45")
        case "a place":
            await settings.write("/timezone UTC+1")
    clock.forward(3 * DAY)
    assert await due_tips(settings, parts) == first
    await settings.write("/settings")
    assert "Paused" in settings.text


@pytest.mark.parametrize("pause", [tip_texts.PAUSE_A_WEEK, tip_texts.PAUSE])
async def test_subscribing_again_after_a_stop_ends_a_pause(
    settings: Chat, parts: Parts, clock: Clock, pause: str
) -> None:
    await settings.press(pause)
    await settings.write("/unsubscribe")
    clock.forward(DAY)
    await settings.write("/subscribe 9:00 UTC")
    assert len(await due_tips(settings, parts)) == 2
    clock.forward(DAY)
    assert len(await due_tips(settings, parts)) == 3


async def test_stop_within_the_settings_offers_the_way_back(
    settings: Chat, parts: Parts, clock: Clock
) -> None:
    first, before = await due_tips(settings, parts), len(settings.said)
    await settings.press(tip_texts.STOP)
    assert settings.text == NO_TIPS_NOW
    assert settings.buttons == [tip_texts.SUBSCRIBE_AGAIN]
    clock.forward(10 * DAY)
    assert await due_tips(settings, parts) == first
    await settings.press(tip_texts.SUBSCRIBE_AGAIN)
    assert settings.text.endswith(TOMORROW)
    assert tip_texts.STOP in settings.buttons
    assert len(settings.said) == before
    clock.forward(DAY)
    assert len(await due_tips(settings, parts)) == 2


async def test_settings_after_a_stop_offer_the_way_back(settings: Chat) -> None:
    await settings.press(tip_texts.STOP)
    await settings.write("/settings")
    assert settings.text == NO_TIPS_NOW
    assert settings.buttons == [tip_texts.SUBSCRIBE_AGAIN]


async def test_each_button_says_nothing_but_what_it_changed(settings: Chat) -> None:
    before = len(settings.alerts)
    for button in ("+1 h", "✓ Mo", tip_texts.PAUSE_A_WEEK, tip_texts.RESUME, tip_texts.STOP):
        await settings.press(button)
    assert settings.alerts[before:] == [None] * 5


# Old buttons, and buttons pressed twice


@pytest.mark.parametrize(
    ("button", "end"),
    [
        (tip_texts.PAUSE, "Paused until further notice."),
        (tip_texts.PAUSE_A_WEEK, "Paused. The next one comes on 1 December at 09:00."),
        (tip_texts.STOP, "You get no tips at the moment."),
    ],
)
async def test_a_button_that_is_pressed_twice_changes_once(
    settings: Chat, anna: Person, button: str, end: str
) -> None:
    before = len(settings.said)
    for update in [anna.presses(button), anna.presses(button)]:
        await settings.gets(update)
    assert settings.text.endswith(end)
    assert len(settings.said) == before


async def test_a_day_that_is_pressed_twice_is_as_it_was(settings: Chat, anna: Person) -> None:
    for update in [anna.presses("✓ Mo"), anna.presses("✓ Mo")]:
        await settings.gets(update)
    assert "Days: every day" in settings.text


async def test_two_messages_with_settings_both_work(settings: Chat, storage: Storage) -> None:
    older = settings.said[-1]
    await settings.write("/settings")
    await settings.press("+1 h")
    await settings.press("+1 h", on=older)
    assert (await stored(storage)).schedule.at == dt.time(11)
    assert "Time: 10:00" in settings.text
    assert "Time: 11:00" in settings.texts[-2]


@pytest.mark.parametrize("button", ["+1 h", "✓ Mo", tip_texts.PAUSE_A_WEEK, tip_texts.PAUSE])
async def test_an_old_button_brings_nobody_back_who_has_unsubscribed(
    settings: Chat, storage: Storage, button: str
) -> None:
    old = settings.said[-1]
    await settings.write("/unsubscribe")
    await settings.press(button, on=old)
    assert settings.texts[-2] == NO_TIPS_NOW
    assert (await stored(storage)).state is State.STOPPED
    assert (await stored(storage)).next is None


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ("shift:60", "Time: 10:00"),
        ("day:1", "Days: on Tuesday"),
        ("pause:7", "Paused. The next one"),
        ("pause:0", "Paused until further notice."),
        ("resume", TOMORROW),
        ("stop", NO_TIPS_NOW),
        ("settings", "Time: 09:00"),
        ("time:2100", "at 21:00"),
        ("place::UTC+02:00", "at 09:00 in UTC+02:00"),
        ("more:chain.squeak", SQUEAK),
        ("forget:no", privacy_texts.KEPT),
        ("forget:yes", privacy_texts.FORGOTTEN),
    ],
)
async def test_a_button_of_a_message_that_telegram_no_longer_shows_works(
    subscriber: Chat, anna: Person, data: str, shown: str
) -> None:
    before = len(subscriber.said)
    await subscriber.gets(anna.presses_old(data))
    assert shown in subscriber.text
    assert len(subscriber.said) == before + 1
    assert subscriber.alerts[-1] is None


@pytest.mark.parametrize(
    "data", ["shift:9999", "day:0", "day:8", "pause:-1", "resume:1", "forget:"]
)
async def test_a_button_that_no_version_ever_had_says_so(
    subscriber: Chat, anna: Person, storage: Storage, data: str
) -> None:
    before = await stored(storage)
    await subscriber.gets(anna.presses_old(data))
    assert subscriber.alerts[-1] == texts.OUTDATED_BUTTON
    assert await stored(storage) == before


async def test_two_chats_have_settings_of_their_own(
    settings: Chat, parts: Parts, storage: Storage
) -> None:
    ben = Chat(settings.app, settings.telegram, settings.telegram.person(7, "Ben"))
    await ben.write("/subscribe 9:00 UTC")
    await parts.sender.finished()
    await ben.write("/settings")
    await ben.press(tip_texts.STOP)
    await settings.press("+1 h")
    other = await storage.subscriber(7)
    assert other is not None
    assert (other.state, other.schedule.at) == (State.STOPPED, dt.time(9))
    assert (await stored(storage)).state is State.ACTIVE


# /unsubscribe


@pytest.mark.parametrize("written", ["/unsubscribe", "stop", "unsubscribe"])
async def test_one_message_stops_the_tips(
    subscriber: Chat, parts: Parts, clock: Clock, written: str
) -> None:
    first, before = await due_tips(subscriber, parts), len(subscriber.said)
    await subscriber.write(written)
    assert subscriber.texts[before:] == [tip_texts.UNSUBSCRIBED]
    assert subscriber.buttons == [tip_texts.SUBSCRIBE_AGAIN]
    clock.forward(3 * DAY)
    assert await due_tips(subscriber, parts) == first


async def test_stop_is_understood_in_many_ways(subscriber: Chat, storage: Storage) -> None:
    for written in (
        *("Stop", "STOP!", " stop.", "stop 🛑", "/stop", "please stop", "stop please"),
        *("stop, please", "stop the tips", "stop sending me messages", "Unsubscribe me"),
        *("UNSUBSCRIBE", "unsubscribe me from the daily tips"),
    ):
        await subscriber.write(written)
        assert subscriber.text == tip_texts.UNSUBSCRIBED, written
        assert (await stored(storage)).state is State.STOPPED, written
        await subscriber.press(tip_texts.SUBSCRIBE_AGAIN)


async def test_a_question_with_such_a_word_stops_nothing(
    subscriber: Chat, storage: Storage
) -> None:
    before = await stored(storage)
    for written in (
        *("does massage stop wrinkles", "stop squeaking", "how do I stop the squeaking?"),
        *("my chain will not stop", "stop signs", "stop it from squeaking", "stopping"),
        *("non-stop", "should I unsubscribe?", "don't stop", "unstoppable"),
    ):
        await subscriber.write(written)
        assert subscriber.text != tip_texts.UNSUBSCRIBED, written
        assert await stored(storage) == before, written


async def test_an_edited_message_stops_nothing(subscriber: Chat, storage: Storage) -> None:
    message = await subscriber.write("hello")
    await subscriber.edit(message, "stop")
    assert (await stored(storage)).state is State.ACTIVE


@pytest.mark.parametrize("written", ["/unsubscribe", "stop"])
async def test_who_gets_no_tips_is_told_so(chat: Chat, storage: Storage, written: str) -> None:
    await chat.write(written)
    assert chat.texts == [tip_texts.NOT_SUBSCRIBED]
    assert await storage.subscriber(ANNA) is None


async def test_unsubscribing_twice_says_that_there_is_nothing_to_stop(subscriber: Chat) -> None:
    await subscriber.write("/unsubscribe")
    await subscriber.write("stop")
    assert subscriber.text == tip_texts.NOT_SUBSCRIBED


@pytest.mark.parametrize("pause", [tip_texts.PAUSE_A_WEEK, tip_texts.PAUSE])
async def test_a_pause_can_become_a_stop(settings: Chat, storage: Storage, pause: str) -> None:
    await settings.press(pause)
    await settings.write("stop")
    assert settings.text == tip_texts.UNSUBSCRIBED
    assert (await stored(storage)).state is State.STOPPED


async def test_one_tap_leads_back_with_the_same_time_and_place(
    subscriber: Chat, parts: Parts, clock: Clock
) -> None:
    await subscriber.write("stop")
    await subscriber.press(tip_texts.SUBSCRIBE_AGAIN)
    assert "Time: 09:00, UTC time" in subscriber.text
    assert subscriber.text.endswith(TOMORROW)
    assert tip_texts.UNSUBSCRIBED not in subscriber.texts
    clock.forward(DAY)
    assert len(await due_tips(subscriber, parts)) == 2


async def test_questions_are_answered_after_a_stop(subscriber: Chat) -> None:
    await subscriber.write("stop")
    await subscriber.write("why does my chain squeak")
    assert subscriber.text == SQUEAK


# /tip


async def test_tip_gives_anybody_a_tip_and_stores_nothing(chat: Chat, storage: Storage) -> None:
    await chat.write("/tip")
    assert chat.text.startswith("💡 ")
    assert chat.buttons == [tip_texts.READ_MORE, tip_texts.GET_DAILY]
    assert await storage.subscriber(ANNA) is None
    assert await storage.deliveries.seen(ANNA) == []


async def test_a_subscriber_sees_every_tip_once_before_any_comes_again(
    subscriber: Chat, parts: Parts
) -> None:
    """The one that came at subscribing counts as well."""
    for _ in range(7):
        await subscriber.write("/tip")
    assert subscriber.buttons == [tip_texts.READ_MORE, tip_texts.SETTINGS]
    shown = await due_tips(subscriber, parts)
    assert len(shown) == 8
    assert len(set(shown[:4])) == 4
    assert set(shown[4:]) == set(shown[:4])


async def test_a_tip_that_was_asked_for_does_not_replace_the_one_of_the_day(
    subscriber: Chat, parts: Parts, clock: Clock
) -> None:
    await subscriber.write("/tip")
    clock.forward(DAY)
    assert len(await due_tips(subscriber, parts)) == 3


async def test_somebody_who_has_stopped_is_offered_a_tip_a_day(subscriber: Chat) -> None:
    await subscriber.write("stop")
    await subscriber.write("/tip")
    assert subscriber.buttons == [tip_texts.READ_MORE, tip_texts.GET_DAILY]


async def test_read_more_shows_the_entry_and_leaves_the_tip(subscriber: Chat) -> None:
    tip, before = subscriber.text, len(subscriber.said)
    await subscriber.press(tip_texts.READ_MORE)
    assert subscriber.texts[before - 1] == tip
    assert len(subscriber.said) == before + 1
    assert subscriber.text.endswith("The handbook's view.")
    assert subscriber.alerts[-1] is None


async def test_read_more_leads_on_to_related_entries_and_the_topic(
    chat: Chat, anna: Person
) -> None:
    await chat.gets(anna.presses_old("more:chain.squeak"))
    assert chat.texts == [SQUEAK]
    assert chat.buttons == ["Why does my chain slip?", "⛓️ Chain", "👍", "👎"]


async def test_read_more_twice_shows_it_twice(subscriber: Chat) -> None:
    tip, before = subscriber.said[-1], len(subscriber.said)
    await subscriber.press(tip_texts.READ_MORE, on=tip)
    await subscriber.press(tip_texts.READ_MORE, on=tip)
    assert len(subscriber.said) == before + 2


@pytest.mark.parametrize("data", ["more:chain.gone", "more:", "more:chain"])
async def test_read_more_of_an_entry_that_is_gone_says_so(
    subscriber: Chat, anna: Person, data: str
) -> None:
    before = len(subscriber.said)
    await subscriber.gets(anna.presses_old(data, on=subscriber.said[-1]))
    assert subscriber.alerts[-1] == texts.OUTDATED_BUTTON
    assert len(subscriber.said) == before


# /mydata and /forget


async def test_my_data_is_all_that_is_stored(subscriber: Chat, storage: Storage) -> None:
    [seen] = await storage.deliveries.seen(ANNA)
    await subscriber.write("/mydata")
    assert subscriber.text.splitlines() == [
        "Chat: 42",
        "Time: 09:00",
        "Zone: UTC",
        "Days: every day",
        "State: active",
        "Since: 2026-11-23 12:00 UTC",
        "Next tip: 2026-11-24 09:00 UTC",
        "Last tip: 2026-11-23",
        "Paused until: no",
        "Rounds of all tips seen: 0",
        f"Tips seen in this round: {seen}",
        "Sent:",
        f"2026-11-23: {seen} (sent)",
    ]


async def test_my_data_of_a_long_time_comes_in_several_messages(
    subscriber: Chat, storage: Storage
) -> None:
    for day in range(1, 150):
        known = await stored(storage)
        moment = known.since + dt.timedelta(days=day)
        slot = Slot(moment, moment.date())
        await storage.deliveries.claim(known, slot, lambda *_: "a_drop_a_link", moment)
    before = len(subscriber.said)
    await subscriber.write("/mydata")
    pages = subscriber.texts[before:]
    assert len(pages) > 1
    lines = list(itertools.chain.from_iterable(page.splitlines() for page in pages))
    assert len(lines) == 12 + 150
    assert lines[-1].startswith("2027-04-21: a_drop_a_link")


@pytest.mark.parametrize("command", ["/mydata", "/forget"])
async def test_who_never_subscribed_has_no_data(chat: Chat, command: str) -> None:
    await chat.write("hello")
    await chat.write(command)
    assert chat.text == privacy_texts.NO_DATA
    assert chat.buttons == []


async def test_my_data_still_tells_of_somebody_who_has_stopped(subscriber: Chat) -> None:
    await subscriber.write("stop")
    await subscriber.write("/mydata")
    assert "State: stopped\n" in subscriber.text
    assert "Next tip: none\n" in subscriber.text


async def test_forget_asks_first(subscriber: Chat, storage: Storage) -> None:
    before = await stored(storage)
    await subscriber.write("/forget")
    assert subscriber.text == privacy_texts.FORGET
    assert subscriber.buttons == [privacy_texts.FORGET_YES, privacy_texts.FORGET_NO]
    assert await stored(storage) == before


async def test_forget_deletes_all_after_the_confirmation(
    subscriber: Chat, parts: Parts, storage: Storage, clock: Clock
) -> None:
    first = await due_tips(subscriber, parts)
    await subscriber.write("/forget")
    await subscriber.press(privacy_texts.FORGET_YES)
    assert subscriber.text == privacy_texts.FORGOTTEN
    assert subscriber.buttons == []
    assert await storage.subscriber(ANNA) is None
    assert (await storage.deliveries.seen(ANNA), await storage.deliveries.ledger(ANNA)) == ([], [])
    clock.forward(3 * DAY)
    assert await due_tips(subscriber, parts) == first


async def test_forget_can_be_thought_better_of(subscriber: Chat, storage: Storage) -> None:
    before = await stored(storage)
    await subscriber.write("/forget")
    await subscriber.press(privacy_texts.FORGET_NO)
    assert subscriber.text == privacy_texts.KEPT
    assert subscriber.buttons == []
    assert await stored(storage) == before


async def test_who_is_forgotten_can_come_again_as_somebody_new(
    subscriber: Chat, parts: Parts
) -> None:
    await subscriber.write("/forget")
    await subscriber.press(privacy_texts.FORGET_YES)
    await subscriber.write("/subscribe 9:00")
    assert subscriber.text == tip_texts.WHERE
    await subscriber.press("UTC")
    assert len(await due_tips(subscriber, parts)) == 2


async def test_forget_ends_what_the_bot_waits_for(settings: Chat, storage: Storage) -> None:
    await settings.press(tip_texts.OTHER_TIME)
    await settings.write("/forget")
    await settings.press(privacy_texts.FORGET_YES)
    await settings.write("7:45")
    assert settings.text == question_texts.UNKNOWN
    assert await storage.subscriber(ANNA) is None


@pytest.mark.parametrize(
    "button", ["+1 h", "✓ Mo", tip_texts.PAUSE_A_WEEK, tip_texts.PAUSE, tip_texts.STOP]
)
async def test_settings_of_somebody_who_was_forgotten_are_out_of_date(
    settings: Chat, storage: Storage, button: str
) -> None:
    old = settings.said[-1]
    await settings.write("/forget")
    await settings.press(privacy_texts.FORGET_YES)
    await settings.press(button, on=old)
    assert settings.alerts[-1] == tip_texts.OUTDATED_SETTING
    assert await storage.subscriber(ANNA) is None


async def test_the_way_back_of_somebody_who_was_forgotten_is_out_of_date(
    subscriber: Chat, storage: Storage
) -> None:
    await subscriber.write("stop")
    way_back = subscriber.said[-1]
    await subscriber.write("/forget")
    await subscriber.press(privacy_texts.FORGET_YES)
    await subscriber.press(tip_texts.SUBSCRIBE_AGAIN, on=way_back)
    assert subscriber.alerts[-1] == tip_texts.OUTDATED_SETTING
    assert await storage.subscriber(ANNA) is None


async def test_a_tip_of_somebody_who_was_forgotten_leads_to_a_new_subscription(
    subscriber: Chat,
) -> None:
    tip = subscriber.said[-1]
    await subscriber.write("/forget")
    await subscriber.press(privacy_texts.FORGET_YES)
    await subscriber.press(tip_texts.SETTINGS, on=tip)
    assert subscriber.text == tip_texts.WHEN


async def test_a_confirmation_that_is_pressed_twice_deletes_once(
    subscriber: Chat, anna: Person, storage: Storage
) -> None:
    await subscriber.write("/forget")
    for update in [anna.presses(privacy_texts.FORGET_YES), anna.presses(privacy_texts.FORGET_YES)]:
        await subscriber.gets(update)
    assert subscriber.text == privacy_texts.FORGOTTEN
    assert await storage.subscriber(ANNA) is None


async def test_nobody_reads_that_nothing_was_deleted_after_it_was(subscriber: Chat) -> None:
    await subscriber.write("/forget")
    older = subscriber.said[-1]
    await subscriber.write("/forget")
    await subscriber.press(privacy_texts.FORGET_YES)
    await subscriber.press(privacy_texts.FORGET_NO, on=older)
    assert privacy_texts.KEPT not in subscriber.texts


@pytest.mark.parametrize("said", ["cancel", "Never mind.", "no"])
async def test_never_mind_closes_what_was_asked_and_changes_nothing(
    chat: Chat, storage: Storage, said: str
) -> None:
    await chat.write("/subscribe 9:00 UTC")
    await chat.write("/settings")
    await chat.press("Another time")
    await chat.write(said)
    assert chat.text == tip_texts.AS_IT_WAS
    await chat.write("10:15")
    known = await storage.subscriber(chat.person.id)
    assert known is not None
    assert known.schedule.at == dt.time(9)
