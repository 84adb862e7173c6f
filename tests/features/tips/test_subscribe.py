"""People subscribe to a daily tip: in one line, or by buttons, by typing, by place or by clock."""

import asyncio
import datetime as dt
from pathlib import Path

import pytest

from bot.answering import loading
from bot.features import texts
from bot.features.questions import texts as question_texts
from bot.features.tips import texts as tip_texts
from bot.lifecycle import Parts
from bot.storage.storage import Storage
from bot.subscriptions.subscriber import State
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import ANNA, build_app
from tests.support.chats import Chat
from tests.support.fake_time import Clock
from tests.support.subscriptions import stored, tips

# The clock shows noon of a Monday in UTC: one o'clock in Berlin, seven in New York.
WELCOME = "Hello. Ask me about bicycles."
SQUEAK = "It is dry. A drop of oil on each link ends it.\n\nThe handbook's view."
FIRST = "The first one follows right away; the next comes tomorrow at "
TEN_MINUTES, QUARTER = 10 * 60, 15 * 60

pytestmark = pytest.mark.usefixtures("no_faults")


async def wanted(storage: Storage) -> tuple[str, str]:
    """The time and the zone of Anna's tip."""
    schedule = (await stored(storage)).schedule
    return f"{schedule.at:%H:%M}", schedule.zone


def says(text: str, *parts: str) -> bool:
    return all(part in text for part in parts)


def all_bytes(folder: Path) -> bytes:
    """All bytes in the files of a database."""
    return b"".join(file.read_bytes() for file in folder.glob("test.db*"))


# In one line


async def test_a_time_and_a_city_are_all_it_takes(chat: Chat, parts: Parts) -> None:
    await chat.write("/subscribe 7:30 berlin")
    said, *_ = chat.texts
    assert said == (
        "Done. A tip comes every day at 07:30 in Berlin, Germany (it is 13:00 there now). "
        "The first one follows right away; the next comes tomorrow at 07:30.\n"
        "/settings changes that, /unsubscribe ends it."
    )
    [tip] = await tips(chat, parts)
    assert chat.texts == [said, tip]


async def test_the_first_tip_leads_to_more_and_to_the_settings(chat: Chat, parts: Parts) -> None:
    await chat.write("/subscribe 7:30 UTC")
    await tips(chat, parts)
    assert chat.buttons == [tip_texts.READ_MORE, tip_texts.SETTINGS]


@pytest.mark.parametrize(
    ("arguments", "at", "zone"),
    [
        ("berlin 0730", "07:30", "Europe/Berlin"),
        ("half past nine in new york", "09:30", "America/New_York"),
        ("at 9 pm, New York please", "21:00", "America/New_York"),
        ("0:00 new yrok", "00:00", "America/New_York"),
        ("8:00 UTC+5:30", "08:00", "UTC+05:30"),
        ("Москва 8:00", "08:00", "Europe/Moscow"),
        ("Europe/Paris", "09:00", "Europe/Paris"),
    ],
)
async def test_time_and_place_are_understood_in_many_ways(
    chat: Chat, storage: Storage, arguments: str, at: str, zone: str
) -> None:
    await chat.write(f"/subscribe {arguments}")
    assert await wanted(storage) == (at, zone)
    assert f"every day at {at} " in chat.text


@pytest.mark.parametrize("time", ["9", "9am"])
async def test_a_time_alone_leads_to_the_question_where(
    chat: Chat, storage: Storage, time: str
) -> None:
    await chat.write(f"/subscribe {time}")
    assert chat.texts == [tip_texts.WHERE]
    assert await storage.subscriber(ANNA) is None
    await chat.press("UTC")
    assert await wanted(storage) == ("09:00", "UTC")


async def test_of_two_places_with_one_name_the_person_chooses(
    chat: Chat, parts: Parts, storage: Storage
) -> None:
    await chat.write("/subscribe 7:30 portland")
    assert chat.texts == [tip_texts.WHICH]
    oregon, maine = chat.buttons
    assert "Oregon" in oregon
    assert "Maine" in maine
    assert await storage.subscriber(ANNA) is None
    await chat.press(maine)
    assert await wanted(storage) == ("07:30", "America/New_York")
    assert says(chat.text, "every day at 07:30", "Maine", "07:00 there now")
    assert len(await tips(chat, parts)) == 1


@pytest.mark.parametrize("place", ["Narnia", "25:00", "<b>&", "x" * 400])
async def test_what_is_no_place_is_answered_with_an_example(
    chat: Chat, storage: Storage, place: str
) -> None:
    await chat.write(f"/subscribe {place}")
    assert len(chat.texts) == 1
    assert "for example:\n/subscribe 7:30 " in chat.text
    assert await storage.subscriber(ANNA) is None


@pytest.mark.parametrize("arguments", ["25:00 berlin", "berlin 9:75"])
async def test_a_time_that_there_is_not_becomes_no_other_time(
    chat: Chat, storage: Storage, arguments: str
) -> None:
    await chat.write(f"/subscribe {arguments}")
    assert await storage.subscriber(ANNA) is None
    assert "for example:\n/subscribe 7:30 " in chat.text


async def test_a_time_with_a_place_that_is_none_is_answered_with_places(
    chat: Chat, storage: Storage
) -> None:
    await chat.write("/subscribe 7:30 Narnia")
    assert says(chat.text, "“Narnia”", "Europe/Paris", "UTC+5:30")
    assert await storage.subscriber(ANNA) is None


async def test_subscribing_again_changes_time_and_place_and_sends_no_second_tip(
    chat: Chat, parts: Parts, storage: Storage
) -> None:
    await chat.write("/subscribe 7:30 UTC")
    first = await tips(chat, parts)
    await chat.write("/subscribe 20:00 Europe/Berlin")
    assert await wanted(storage) == ("20:00", "Europe/Berlin")
    assert FIRST not in chat.text
    assert "The next one comes tomorrow at 20:00." in chat.text
    assert await tips(chat, parts) == first


async def test_a_subscriber_can_change_only_the_time(chat: Chat, storage: Storage) -> None:
    await chat.write("/subscribe 7:30 UTC+5:30")
    await chat.write("/subscribe 20:00")
    assert await wanted(storage) == ("20:00", "UTC+05:30")


async def test_a_subscriber_can_change_only_the_place(chat: Chat, storage: Storage) -> None:
    await chat.write("/subscribe 7:30 UTC+5:30")
    await chat.write("/subscribe berlin")
    assert await wanted(storage) == ("07:30", "Europe/Berlin")


async def test_who_comes_back_on_the_same_day_gets_the_next_tip_tomorrow(
    chat: Chat, parts: Parts
) -> None:
    await chat.write("/subscribe 7:30 UTC")
    first = await tips(chat, parts)
    await chat.write("/unsubscribe")
    await chat.write("/subscribe 20:00 UTC")
    assert "The next one comes tomorrow at 20:00." in chat.text
    assert await tips(chat, parts) == first


async def test_who_comes_back_later_gets_a_tip_at_once(
    chat: Chat, parts: Parts, clock: Clock
) -> None:
    await chat.write("/subscribe 7:30 UTC")
    first = await tips(chat, parts)
    await chat.write("/unsubscribe")
    clock.forward(3 * 24 * 3600)
    await chat.write("/subscribe 20:00 UTC")
    assert FIRST in chat.text
    assert len(await tips(chat, parts)) == len(first) + 1


# By buttons


async def test_two_taps_subscribe(chat: Chat, parts: Parts, storage: Storage) -> None:
    await chat.write("/subscribe")
    assert chat.texts == [tip_texts.WHEN]
    await chat.press("08:00")
    assert chat.texts == [tip_texts.WHEN, tip_texts.WHERE]
    assert chat.buttons == [tip_texts.BY_CLOCK, tip_texts.BY_LOCATION, "UTC"]
    await chat.press("UTC")
    when, done = chat.texts
    assert when == tip_texts.WHEN
    assert says(done, "every day at 08:00", "UTC", "12:00 there now")
    [tip] = await tips(chat, parts)
    assert chat.texts == [when, done, tip]
    assert await wanted(storage) == ("08:00", "UTC")
    assert chat.alerts == [None, None]


async def test_every_hour_that_is_offered_is_the_one_that_is_taken(
    chat: Chat, storage: Storage
) -> None:
    await chat.write("/subscribe")
    *hours, other = chat.buttons
    assert other == tip_texts.OTHER_TIME
    assert len(hours) == 12
    await chat.press(hours[0])
    await chat.press("UTC")
    for hour in hours:
        await chat.press(hour)
        assert (await wanted(storage))[0] == hour


async def test_another_time_is_typed(chat: Chat, storage: Storage) -> None:
    await chat.write("/subscribe")
    await chat.press(tip_texts.OTHER_TIME)
    assert chat.text == tip_texts.WRITE_TIME
    await chat.write("half past nine")
    assert chat.text == tip_texts.WHERE
    await chat.press("UTC")
    assert await wanted(storage) == ("09:30", "UTC")


@pytest.mark.parametrize("typed", ["25:00", "later"])
async def test_a_typed_time_that_is_none_is_asked_for_again(
    chat: Chat, storage: Storage, typed: str
) -> None:
    await chat.write("/subscribe")
    await chat.press(tip_texts.OTHER_TIME)
    await chat.write(typed)
    assert chat.text == tip_texts.NO_TIME
    await chat.write("7:45")
    assert chat.text == tip_texts.WHERE
    await chat.press("UTC")
    assert await wanted(storage) == ("07:45", "UTC")


async def test_who_was_subscribed_before_needs_one_tap(chat: Chat, storage: Storage) -> None:
    await chat.write("/subscribe 7:30 UTC+5:30")
    await chat.write("/unsubscribe")
    await chat.write("/subscribe")
    assert chat.text == tip_texts.WHEN
    await chat.press("18:00")
    assert await wanted(storage) == ("18:00", "UTC+05:30")


async def test_a_subscriber_who_subscribes_sees_the_settings(chat: Chat) -> None:
    await chat.write("/subscribe 7:30 UTC")
    await chat.write("/subscribe")
    assert chat.text.startswith("Daily tip\nTime: 07:30")


async def test_the_button_below_a_tip_for_anybody_begins_a_subscription(
    chat: Chat, storage: Storage
) -> None:
    await chat.write("/tip")
    await chat.press(tip_texts.GET_DAILY)
    assert chat.text == tip_texts.WHEN
    await chat.press("10:00")
    await chat.press("UTC")
    assert await wanted(storage) == ("10:00", "UTC")


# By typing


@pytest.fixture
async def asked(chat: Chat) -> Chat:
    """Anna's chat, where she wants a tip at eight and the bot waits for the place."""
    await chat.write("/subscribe")
    await chat.press("08:00")
    return chat


async def test_a_typed_city_subscribes(asked: Chat, parts: Parts, storage: Storage) -> None:
    await asked.write("new york")
    assert says(asked.texts[2], "every day at 08:00", "New York", "07:00 there now")
    assert FIRST in asked.texts[2]
    assert len(await tips(asked, parts)) == 1
    assert await wanted(storage) == ("08:00", "America/New_York")


async def test_a_typed_city_that_is_two_is_asked_about(asked: Chat, storage: Storage) -> None:
    await asked.write("portland")
    assert asked.text == tip_texts.WHICH
    await asked.press(asked.buttons[0])
    assert await wanted(storage) == ("08:00", "America/Los_Angeles")


async def test_who_is_asked_which_place_may_write_another(asked: Chat, storage: Storage) -> None:
    await asked.write("portland")
    await asked.write("berlin")
    assert await wanted(storage) == ("08:00", "Europe/Berlin")


async def test_a_typed_place_that_is_none_is_asked_for_again(asked: Chat, storage: Storage) -> None:
    await asked.write("Narnia")
    assert asked.text.startswith("I found no place called “Narnia”.")
    assert await storage.subscriber(ANNA) is None
    await asked.write("berlin")
    assert await wanted(storage) == ("08:00", "Europe/Berlin")


async def test_a_question_while_the_bot_waits_for_a_city_is_answered(
    asked: Chat, storage: Storage
) -> None:
    await asked.write("why does my chain squeak")
    assert asked.text == SQUEAK
    assert await storage.subscriber(ANNA) is None
    await asked.write("berlin")
    assert await wanted(storage) == ("08:00", "Europe/Berlin")


async def test_a_question_while_the_bot_waits_for_a_time_is_answered(chat: Chat) -> None:
    await chat.write("/subscribe")
    await chat.press(tip_texts.OTHER_TIME)
    await chat.write("why does my chain squeak")
    assert chat.text == SQUEAK
    await chat.write("7:45")
    assert chat.text == tip_texts.WHERE


async def test_an_emergency_is_seen_while_the_bot_waits_for_a_city(asked: Chat) -> None:
    await asked.write("I broke my arm in Berlin")
    assert asked.text == "Please have a doctor look at that first."


async def test_after_the_answer_a_city_is_a_question_again(asked: Chat, storage: Storage) -> None:
    await asked.write("berlin")
    await asked.write("new york")
    assert asked.text == question_texts.UNKNOWN
    assert await wanted(storage) == ("08:00", "Europe/Berlin")


async def test_the_bot_waits_for_an_answer(asked: Chat, storage: Storage, clock: Clock) -> None:
    clock.forward(TEN_MINUTES)
    await asked.write("berlin")
    assert await wanted(storage) == ("08:00", "Europe/Berlin")


async def test_the_bot_does_not_wait_for_ever(asked: Chat, storage: Storage, clock: Clock) -> None:
    clock.forward(QUARTER)
    await asked.write("berlin")
    assert asked.text == question_texts.UNKNOWN
    assert await storage.subscriber(ANNA) is None


async def test_a_button_still_works_after_the_bot_has_stopped_to_wait(
    asked: Chat, storage: Storage, clock: Clock
) -> None:
    clock.forward(24 * 3600)
    await asked.press("UTC")
    assert await wanted(storage) == ("08:00", "UTC")


async def test_a_button_answers_what_the_bot_waits_for(asked: Chat, storage: Storage) -> None:
    await asked.press("UTC")
    await asked.write("berlin")
    assert asked.text == question_texts.UNKNOWN
    assert await wanted(storage) == ("08:00", "UTC")


@pytest.mark.parametrize("word", ["stop", "/unsubscribe", "cancel"])
async def test_who_stops_while_the_bot_waits_is_not_asked_any_more(
    asked: Chat, storage: Storage, word: str
) -> None:
    await asked.write(word)
    await asked.write("berlin")
    assert asked.text == question_texts.UNKNOWN
    assert await storage.subscriber(ANNA) is None


async def test_an_edited_message_is_a_question_and_no_answer(asked: Chat, storage: Storage) -> None:
    message = await asked.write("why does my chain squeak")
    await asked.edit(message, "berlin")
    assert asked.text == question_texts.UNKNOWN
    assert await storage.subscriber(ANNA) is None


async def test_an_edited_command_subscribes_nobody(chat: Chat, storage: Storage) -> None:
    message = await chat.write("/nonsense 7:30 UTC")
    await chat.edit(message, "/subscribe 7:30 UTC")
    assert await storage.subscriber(ANNA) is None


# By location


async def test_a_shared_location_subscribes_and_is_not_kept(
    asked: Chat, anna: Person, parts: Parts, storage: Storage, database_folder: Path
) -> None:
    await asked.press(tip_texts.BY_LOCATION)
    assert asked.text == tip_texts.LOCATION
    [[button]] = asked.telegram.sent("sendMessage")[-1]["reply_markup"]["keyboard"]
    assert button == {"text": tip_texts.SHARE_LOCATION, "request_location": True}
    await asked.gets(anna.sends_location(52.5219876, 13.4132109))
    assert says(asked.text, "every day at 08:00", "Berlin", "13:00 there now")
    assert asked.telegram.sent("sendMessage")[-1]["reply_markup"] == {"remove_keyboard": True}
    assert len(await tips(asked, parts)) == 1
    assert await wanted(storage) == ("08:00", "Europe/Berlin")
    kept = all_bytes(database_folder)
    assert b"Europe/Berlin" in kept
    assert b"52.5" not in kept
    assert b"13.4" not in kept


async def test_a_location_in_the_middle_of_the_sea_is_a_zone_too(
    asked: Chat, anna: Person, storage: Storage
) -> None:
    await asked.press(tip_texts.BY_LOCATION)
    await asked.gets(anna.sends_location(0, -30))
    assert await wanted(storage) == ("08:00", "UTC-02:00")


async def test_a_location_that_is_nowhere_leaves_the_question_open(
    asked: Chat, anna: Person, storage: Storage
) -> None:
    await asked.press(tip_texts.BY_LOCATION)
    await asked.gets(anna.sends_location(91, 0))
    assert asked.text == tip_texts.NO_LOCATION
    assert asked.telegram.sent("sendMessage")[-1]["reply_markup"] == {"remove_keyboard": True}
    await asked.write("berlin")
    assert await wanted(storage) == ("08:00", "Europe/Berlin")


async def test_a_location_that_nobody_asked_for_subscribes_nobody(
    chat: Chat, anna: Person, storage: Storage
) -> None:
    await chat.gets(anna.sends_location())
    assert says(chat.text, "It is 13:00 in Berlin", "You get no tips yet: /subscribe starts them.")
    assert await storage.subscriber(ANNA) is None


async def test_a_location_tells_the_place_of_a_subscriber_at_any_time(
    chat: Chat, anna: Person, storage: Storage
) -> None:
    await chat.write("/subscribe 7:30 UTC")
    await chat.gets(anna.sends_location())
    assert await wanted(storage) == ("07:30", "Europe/Berlin")


async def test_who_was_asked_for_the_location_may_write_a_city(
    asked: Chat, storage: Storage
) -> None:
    await asked.press(tip_texts.BY_LOCATION)
    await asked.write("berlin")
    assert await wanted(storage) == ("08:00", "Europe/Berlin")
    assert asked.telegram.sent("sendMessage")[-1]["reply_markup"] == {"remove_keyboard": True}, (
        "the button of the phone must not stay"
    )


# By the clock


@pytest.fixture
async def by_clock(asked: Chat) -> Chat:
    """Anna's chat, where the bot waits for the time on her clock."""
    await asked.press(tip_texts.BY_CLOCK)
    assert asked.text == tip_texts.CLOCK
    return asked


async def test_what_the_clock_shows_tells_the_place(by_clock: Chat, storage: Storage) -> None:
    await by_clock.write("13:01")
    assert by_clock.text == tip_texts.WHICH_BY_CLOCK
    assert "UTC+01:00" in by_clock.buttons
    [berlin] = [button for button in by_clock.buttons if "Berlin" in button]
    await by_clock.press(berlin)
    assert await wanted(storage) == ("08:00", "Europe/Berlin")


async def test_a_clock_with_half_an_hour_is_india(by_clock: Chat) -> None:
    await by_clock.write("half past five pm")
    assert any("India" in button for button in by_clock.buttons)


async def test_a_clock_that_is_nowhere_can_be_read_again(by_clock: Chat, storage: Storage) -> None:
    await by_clock.write("12:20")
    assert by_clock.text == tip_texts.NO_CLOCK
    await by_clock.write("12:00")
    assert by_clock.text == tip_texts.WHICH_BY_CLOCK
    await by_clock.press("UTC")
    assert await wanted(storage) == ("08:00", "UTC")


async def test_what_is_no_clock_is_asked_for_again(by_clock: Chat) -> None:
    await by_clock.write("25:00")
    assert by_clock.text == tip_texts.NO_TIME
    await by_clock.write("13:00")
    assert by_clock.text == tip_texts.WHICH_BY_CLOCK


async def test_who_was_asked_for_the_clock_may_write_a_city(
    by_clock: Chat, storage: Storage
) -> None:
    """The bot itself says that they may, when it knows no place for a clock."""
    await by_clock.write("12:20")
    await by_clock.write("berlin")
    assert await wanted(storage) == ("08:00", "Europe/Berlin")


# /timezone


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("berlin", "Europe/Berlin"),
        ("new yrok", "America/New_York"),
        ("UTC+5:30", "UTC+05:30"),
        ("São Paulo", "America/Sao_Paulo"),
    ],
)
async def test_timezone_moves_a_subscriber_and_keeps_the_time(
    chat: Chat, storage: Storage, written: str, zone: str
) -> None:
    await chat.write("/subscribe 7:30 UTC")
    await chat.write(f"/timezone {written}")
    assert await wanted(storage) == ("07:30", zone)
    assert says(chat.text, "every day at 07:30", "there now")


async def test_timezone_tells_others_the_time_there_and_stores_nothing(
    chat: Chat, storage: Storage
) -> None:
    await chat.write("/timezone berlin")
    assert says(chat.text, "It is 13:00 in Berlin", "You get no tips yet: /subscribe starts them.")
    assert await storage.subscriber(ANNA) is None


async def test_timezone_alone_asks(chat: Chat, storage: Storage) -> None:
    await chat.write("/subscribe 7:30 UTC")
    await chat.write("/timezone")
    assert chat.text == tip_texts.WHERE
    await chat.write("berlin")
    assert await wanted(storage) == ("07:30", "Europe/Berlin")


async def test_timezone_asks_which_of_two(chat: Chat, storage: Storage) -> None:
    await chat.write("/subscribe 7:30 UTC")
    await chat.write("/timezone portland")
    assert chat.text == tip_texts.WHICH
    await chat.press(chat.buttons[1])
    assert await wanted(storage) == ("07:30", "America/New_York")


async def test_timezone_of_a_place_that_is_none_changes_nothing(
    chat: Chat, storage: Storage
) -> None:
    await chat.write("/subscribe 7:30 UTC")
    await chat.write("/timezone <Narnia>")
    assert chat.text.startswith("I found no place called “<Narnia>”.")
    assert await wanted(storage) == ("07:30", "UTC")


async def test_timezone_does_not_bring_back_who_has_stopped(
    chat: Chat, parts: Parts, storage: Storage
) -> None:
    await chat.write("/subscribe 7:30 UTC")
    before = await tips(chat, parts)
    await chat.write("/unsubscribe")
    await chat.write("/timezone berlin")
    assert (await stored(storage)).next is None
    assert await tips(chat, parts) == before


# /start


async def test_the_link_for_tips_begins_a_subscription(chat: Chat, storage: Storage) -> None:
    await chat.write("/start tips")
    assert chat.texts == [tip_texts.WHEN]
    await chat.press("07:00")
    await chat.press("UTC")
    assert await wanted(storage) == ("07:00", "UTC")


async def test_the_link_for_tips_shows_a_subscriber_the_settings(chat: Chat) -> None:
    await chat.write("/subscribe 7:30 UTC")
    await chat.write("/start tips")
    assert chat.text.startswith("Daily tip\nTime: 07:30")


async def test_start_alone_subscribes_nobody(chat: Chat, storage: Storage) -> None:
    await chat.write("/start")
    assert chat.texts == [WELCOME]
    assert await storage.subscriber(ANNA) is None


@pytest.mark.parametrize("returns", ["by unblocking", "by /start"])
async def test_who_blocked_the_bot_gets_no_tips_until_they_return(
    chat: Chat, anna: Person, parts: Parts, clock: Clock, returns: str
) -> None:
    await chat.write("/subscribe 12:00 UTC")
    first = await tips(chat, parts)
    await chat.gets(anna.blocks_bot())
    clock.forward(3 * 24 * 3600)
    parts.sender.wake()
    assert await tips(chat, parts) == first
    back = anna.unblocks_bot()
    if returns == "by unblocking":
        await chat.gets(back)
    else:
        await chat.write("/start")
    clock.forward(24 * 3600)
    parts.sender.wake()
    assert len(await tips(chat, parts)) == len(first) + 1


async def test_start_does_not_bring_back_who_has_unsubscribed(
    chat: Chat, storage: Storage, anna: Person
) -> None:
    await chat.write("/subscribe 7:30 UTC")
    await chat.write("/unsubscribe")
    await chat.gets(anna.blocks_bot())
    await chat.gets(anna.unblocks_bot())
    await chat.write("/start")
    assert (await stored(storage)).next is None


# Old buttons, and buttons pressed twice


async def test_a_place_that_is_pressed_twice_subscribes_once(
    asked: Chat, anna: Person, parts: Parts, storage: Storage
) -> None:
    twice = [anna.presses("UTC") for _ in range(2)]
    for update in twice:
        await asked.gets(update)
    assert len(await tips(asked, parts)) == 1
    assert len(asked.said) == 3
    assert await wanted(storage) == ("08:00", "UTC")


async def test_an_hour_that_is_pressed_twice_still_leads_on(
    chat: Chat, anna: Person, storage: Storage
) -> None:
    await chat.write("/subscribe")
    twice = [anna.presses("08:00") for _ in range(2)]
    for update in twice:
        await chat.gets(update)
    await chat.press("UTC")
    assert await wanted(storage) == ("08:00", "UTC")


async def test_an_hour_of_an_old_message_changes_a_subscription(
    chat: Chat, parts: Parts, storage: Storage
) -> None:
    await chat.write("/subscribe")
    when = chat.said[0]
    await chat.press("08:00")
    await chat.press("UTC")
    await tips(chat, parts)
    await chat.press("21:00", on=when)
    assert await wanted(storage) == ("21:00", "UTC")
    assert "The next one comes tomorrow at 21:00." in chat.text


@pytest.mark.parametrize(
    ("data", "start"),
    [
        ("settings", tip_texts.WHEN),
        ("time:0800", tip_texts.WHERE),
        ("time:", tip_texts.WRITE_TIME),
        ("place:0800:UTC", "Done. A tip comes every day at 08:00"),
        ("place::UTC", "It is 12:00 in UTC now."),
        ("where", tip_texts.WHERE),
        ("location:0800", tip_texts.LOCATION),
        ("clock:0800", tip_texts.CLOCK),
    ],
)
async def test_a_button_of_a_message_that_telegram_no_longer_shows_works(
    chat: Chat, anna: Person, data: str, start: str
) -> None:
    await chat.gets(anna.presses_old(data))
    assert chat.texts[0].startswith(start)
    assert chat.alerts == [None]


async def test_an_hour_of_a_message_that_telegram_no_longer_shows_changes_a_subscription(
    chat: Chat, anna: Person, storage: Storage
) -> None:
    await chat.write("/subscribe 7:30 UTC")
    await chat.gets(anna.presses_old("time:2100"))
    assert await wanted(storage) == ("21:00", "UTC")


@pytest.mark.parametrize(
    "data", ["time:2400", "place:0800:", "place:0800:Mars/Crater", "place:9999:UTC"]
)
async def test_a_button_that_no_version_ever_had_says_so(
    chat: Chat, anna: Person, storage: Storage, data: str
) -> None:
    await chat.gets(anna.presses_old(data))
    assert chat.said == []
    assert chat.alerts == [texts.OUTDATED_BUTTON]
    assert await storage.subscriber(ANNA) is None


async def test_a_city_typed_twice_in_a_row_subscribes_once(
    asked: Chat, anna: Person, parts: Parts
) -> None:
    """A phone may send a message again: the bot handles both, one after the other."""
    for update in [anna.writes("berlin"), anna.writes("berlin")]:
        await asked.gets(update)
    assert len(await tips(asked, parts)) == 1


async def test_two_people_who_subscribe_at_once_do_not_mix(
    asked: Chat, telegram: FakeTelegram, storage: Storage
) -> None:
    ben = Chat(asked.app, telegram, telegram.person(7, "Ben"))
    await ben.write("/subscribe")
    await ben.press("21:00")
    await asyncio.gather(asked.write("berlin"), ben.write("new york"))
    other = await storage.subscriber(7)
    assert other is not None
    assert (other.schedule.at, other.schedule.zone) == (dt.time(21), "America/New_York")
    assert await wanted(storage) == ("08:00", "Europe/Berlin")


# Without tips


@pytest.mark.parametrize("written", ["/subscribe", "/subscribe 7:30 UTC", "/start tips", "/tip"])
async def test_a_knowledge_base_without_tips_offers_none(
    tipless: Path, telegram: FakeTelegram, anna: Person, clock: Clock, written: str
) -> None:
    async with build_app(telegram, loading.load(tipless), clock) as app:
        chat = Chat(app, telegram, anna)
        await chat.write(written)
        assert chat.texts == [tip_texts.NO_TIPS]


async def test_a_time_can_be_written_instead_of_pressed(chat: Chat, storage: Storage) -> None:
    await chat.write("/subscribe")
    await chat.write("21.15")
    await chat.write("berlin")
    assert await wanted(storage) == ("21:15", "Europe/Berlin")


async def test_a_time_and_a_city_answer_both_questions_at_once(
    chat: Chat, storage: Storage
) -> None:
    await chat.write("/subscribe")
    await chat.write("9 pm berlin")
    assert await wanted(storage) == ("21:00", "Europe/Berlin")


async def test_after_a_place_that_is_not_found_another_can_be_written(
    chat: Chat, storage: Storage
) -> None:
    await chat.write("/subscribe 8 narnia")
    assert chat.buttons == [tip_texts.BY_CLOCK, tip_texts.BY_LOCATION, "UTC"]
    await chat.write("berlin")
    assert await wanted(storage) == ("08:00", "Europe/Berlin")


async def test_a_time_beside_the_place_is_newer_than_the_one_before(
    chat: Chat, storage: Storage
) -> None:
    await chat.write("/subscribe 8:00")
    await chat.write("berlin 9:30")
    assert await wanted(storage) == ("09:30", "Europe/Berlin")


async def test_a_zone_that_sounds_like_an_illness_is_a_zone(chat: Chat) -> None:
    await chat.write("/subscribe 8:00")
    await chat.write("cst")
    assert chat.text == tip_texts.WHICH


async def test_cancel_closes_what_was_asked(chat: Chat) -> None:
    await chat.write("/subscribe")
    await chat.write("/cancel")
    assert chat.text == tip_texts.AS_IT_WAS
    await chat.write("8:00")
    assert "Done" not in chat.text


@pytest.mark.parametrize(
    "said",
    ["no more tips", "I want to unsubscribe", "pls stop", "can you stop the tips", "стоп", "unsub"],
)
async def test_people_say_in_many_ways_that_it_is_enough(
    chat: Chat, storage: Storage, said: str
) -> None:
    await chat.write("/subscribe 9:00 UTC")
    await chat.write(said)
    assert chat.text == tip_texts.UNSUBSCRIBED
    known = await storage.subscriber(chat.person.id)
    assert known is not None
    assert known.state is State.STOPPED


async def test_the_night_of_the_clocks_is_explained(chat: Chat, clock: Clock) -> None:
    clock.set(dt.datetime(2026, 3, 28, 8, tzinfo=dt.UTC))
    await chat.write("/subscribe 2:30 Europe/Berlin")
    assert "tomorrow at 03:00 (the clocks change that night)" in chat.text
