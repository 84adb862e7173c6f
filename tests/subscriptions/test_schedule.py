"""The moment at which a tip is due, on dates on which the clocks of a zone do something unusual.

The moments that are expected here were worked out by hand from the history of each zone.
test_subscriber.py shows that two whole years come out right in many zones.
"""

import datetime as dt
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bot.places.zones import is_zone
from bot.subscriptions.schedule import EVERY_DAY, Schedule, Slot

BERLIN = "Europe/Berlin"
MONDAY, FRIDAY, SATURDAY, SUNDAY = 1, 5, 6, 7
QUARTER = dt.timedelta(minutes=15)
SECOND = dt.timedelta(seconds=1)


def utc(written: str) -> dt.datetime:
    return dt.datetime.fromisoformat(written).replace(tzinfo=dt.UTC)


def schedule(at: str, zone: str = BERLIN, days: frozenset[int] = EVERY_DAY) -> Schedule:
    return Schedule(dt.time.fromisoformat(at), zone, days)


def slot(date: str, moment: str) -> Slot:
    return Slot(utc(moment), dt.date.fromisoformat(date))


# The moment of a local date


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("UTC", "2026-07-01 09:00"),
        ("Europe/Berlin", "2026-07-01 07:00"),
        ("Europe/London", "2026-07-01 08:00"),
        ("America/St_Johns", "2026-07-01 11:30"),
        ("Pacific/Marquesas", "2026-07-01 18:30"),
        ("Pacific/Pago_Pago", "2026-07-01 20:00"),
        ("Asia/Kathmandu", "2026-07-01 03:15"),
        ("Australia/Eucla", "2026-07-01 00:15"),
        ("Australia/Lord_Howe", "2026-06-30 22:30"),
        ("Pacific/Chatham", "2026-06-30 20:15"),
        ("Pacific/Kiritimati", "2026-06-30 19:00"),
        ("UTC+05:30", "2026-07-01 03:30"),
        ("UTC-03:30", "2026-07-01 12:30"),
        ("UTC+14:00", "2026-06-30 19:00"),
        ("UTC-12:00", "2026-07-01 21:00"),
    ],
)
def test_the_time_is_that_of_the_zone(zone: str, moment: str) -> None:
    date = dt.date(2026, 7, 1)
    assert schedule("09:00", zone).on(date) == Slot(utc(moment), date)


def test_the_time_stays_the_same_when_summer_time_begins_and_ends() -> None:
    nine = schedule("09:00")
    assert nine.on(dt.date(2026, 3, 28)) == slot("2026-03-28", "2026-03-28 08:00")
    assert nine.on(dt.date(2026, 3, 29)) == slot("2026-03-29", "2026-03-29 07:00")
    assert nine.on(dt.date(2026, 10, 24)) == slot("2026-10-24", "2026-10-24 07:00")
    assert nine.on(dt.date(2026, 10, 25)) == slot("2026-10-25", "2026-10-25 08:00")


@pytest.mark.parametrize(
    ("zone", "date", "at", "moment"),
    [
        # From 02:00 to 03:00, as in most of Europe; the minutes beside it are as usual.
        ("Europe/Berlin", "2026-03-29", "01:59", "2026-03-29 00:59"),
        ("Europe/Berlin", "2026-03-29", "02:00", "2026-03-29 01:00"),
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29 01:00"),
        ("Europe/Berlin", "2026-03-29", "02:59", "2026-03-29 01:00"),
        ("Europe/Berlin", "2026-03-29", "03:00", "2026-03-29 01:00"),
        ("Europe/Berlin", "2026-03-29", "03:01", "2026-03-29 01:01"),
        ("America/St_Johns", "2026-03-08", "02:30", "2026-03-08 05:30"),
        # From midnight to 01:00, so that the day begins an hour late.
        ("America/Sao_Paulo", "2018-11-04", "00:00", "2018-11-04 03:00"),
        ("America/Sao_Paulo", "2018-11-04", "00:59", "2018-11-04 03:00"),
        ("America/Havana", "2026-03-08", "00:30", "2026-03-08 05:00"),
        ("Africa/Cairo", "2025-04-25", "00:30", "2025-04-24 22:00"),
        ("Asia/Beirut", "2025-03-30", "00:00", "2025-03-29 22:00"),
        ("Atlantic/Azores", "2026-03-29", "00:30", "2026-03-29 01:00"),
        # From 23:00 to midnight: the first moment after is on the next day.
        ("America/Nuuk", "2026-03-28", "22:59", "2026-03-29 00:59"),
        ("America/Nuuk", "2026-03-28", "23:00", "2026-03-29 01:00"),
        ("America/Nuuk", "2026-03-28", "23:59", "2026-03-29 01:00"),
        ("America/Nuuk", "2026-03-29", "00:00", "2026-03-29 01:00"),
        # Half an hour.
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03 15:30"),
        ("Australia/Lord_Howe", "2026-10-04", "02:30", "2026-10-03 15:30"),
        ("Asia/Pyongyang", "2018-05-04", "23:45", "2018-05-04 15:00"),
        # A quarter of an hour, for good, and at the turn of a year.
        ("Asia/Kathmandu", "1986-01-01", "00:00", "1985-12-31 18:30"),
        ("Asia/Kathmandu", "1986-01-01", "00:14", "1985-12-31 18:30"),
        # Two hours; a quarter of an hour past; after Ramadan; to the second.
        ("Antarctica/Troll", "2026-03-29", "01:30", "2026-03-29 01:00"),
        ("Antarctica/Troll", "2026-03-29", "02:59", "2026-03-29 01:00"),
        ("Pacific/Chatham", "2026-09-27", "03:00", "2026-09-26 14:00"),
        ("Africa/Casablanca", "2026-03-22", "02:30", "2026-03-22 02:00"),
        ("Africa/Monrovia", "1972-01-07", "00:30", "1972-01-07 00:44:30"),
    ],
)
def test_a_time_that_the_clocks_leap_over_is_the_first_moment_after(
    zone: str, date: str, at: str, moment: str
) -> None:
    assert schedule(at, zone).on(dt.date.fromisoformat(date)) == slot(date, moment)


@pytest.mark.parametrize(
    ("zone", "date", "at", "moment"),
    [
        ("Europe/Berlin", "2026-10-25", "02:00", "2026-10-25 00:00"),
        ("Europe/Berlin", "2026-10-25", "02:59", "2026-10-25 00:59"),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01 05:30"),
        ("Pacific/Chatham", "2026-04-05", "03:30", "2026-04-04 13:45"),
        ("Africa/Casablanca", "2026-02-15", "02:30", "2026-02-15 01:30"),
        # Half an hour and two hours.
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04 14:45"),
        ("Antarctica/Troll", "2026-10-25", "01:30", "2026-10-24 23:30"),
        ("Antarctica/Troll", "2026-10-25", "02:30", "2026-10-25 00:30"),
        # Midnight comes twice.
        ("America/Havana", "2026-11-01", "00:00", "2026-11-01 04:00"),
        ("Atlantic/Azores", "2026-10-25", "00:30", "2026-10-25 00:30"),
        # The last hour of a day comes twice.
        ("America/Nuuk", "2026-10-24", "23:30", "2026-10-25 00:30"),
        ("Africa/Cairo", "2025-10-30", "23:30", "2025-10-30 20:30"),
        ("Asia/Almaty", "2024-02-29", "23:30", "2024-02-29 17:30"),
        ("Asia/Dhaka", "2009-12-31", "23:30", "2009-12-31 16:30"),
        # The new day is a minute old when the old one comes back.
        ("America/St_Johns", "2010-11-06", "23:30", "2010-11-07 02:00"),
        ("America/St_Johns", "2010-11-07", "00:00", "2010-11-07 02:30"),
    ],
)
def test_a_time_that_comes_twice_is_the_first_of_both(
    zone: str, date: str, at: str, moment: str
) -> None:
    assert schedule(at, zone).on(dt.date.fromisoformat(date)) == slot(date, moment)


@pytest.mark.parametrize(
    ("zone", "date"),
    [
        ("Pacific/Apia", "2011-12-30"),
        ("Pacific/Fakaofo", "2011-12-30"),
        ("Pacific/Kwajalein", "1993-08-21"),
        ("Pacific/Kiritimati", "1994-12-31"),
    ],
)
@pytest.mark.parametrize("at", ["00:00", "12:00", "23:59"])
def test_a_date_that_a_zone_left_out_has_no_slot(zone: str, date: str, at: str) -> None:
    left_out = dt.date.fromisoformat(date)
    times = schedule(at, zone)
    assert times.on(left_out) is None
    for beside in (left_out - dt.timedelta(days=1), left_out + dt.timedelta(days=1)):
        there = dt.datetime.combine(beside, times.at, ZoneInfo(zone))
        assert times.on(beside) == Slot(there.astimezone(dt.UTC), beside)


def test_a_slot_is_only_on_the_chosen_days() -> None:
    weekend = schedule("09:00", days=frozenset({SATURDAY, SUNDAY}))
    week = [dt.date(2026, 6, day) for day in range(1, 8)]  # Monday to Sunday
    assert [date.day for date in week if weekend.on(date)] == [6, 7]


def test_the_day_of_a_leap_over_midnight_is_the_one_that_was_chosen() -> None:
    """Saturday's tip comes as Sunday begins, for those who want it on Saturdays."""
    saturday, sunday = dt.date(2026, 3, 28), dt.date(2026, 3, 29)
    moment = utc("2026-03-29 01:00")
    only_saturdays = schedule("23:30", "America/Nuuk", frozenset({SATURDAY}))
    only_sundays = schedule("23:30", "America/Nuuk", frozenset({SUNDAY}))
    assert only_saturdays.on(saturday) == Slot(moment, saturday)
    assert only_saturdays.on(sunday) is None
    assert only_sundays.on(saturday) is None


# The next slot


def test_the_next_slot_is_today_before_the_time_and_tomorrow_from_then_on() -> None:
    nine = schedule("09:00")
    today, tomorrow = slot("2026-07-01", "2026-07-01 07:00"), slot("2026-07-02", "2026-07-02 07:00")
    assert nine.after(utc("2026-07-01 06:59:59"), None) == today
    assert nine.after(utc("2026-07-01 07:00"), None) == tomorrow


def test_the_next_slot_is_later_than_the_date_that_was_served() -> None:
    nine = schedule("09:00")
    early = utc("2026-07-01 05:00")
    assert nine.after(early, dt.date(2026, 7, 1)) == slot("2026-07-02", "2026-07-02 07:00")


def test_a_date_that_was_served_where_the_day_began_earlier_is_not_served_again() -> None:
    """Somebody moves from Kiritimati, where it is July 2nd, to Pago Pago, where it is July 1st."""
    there = schedule("09:00", "Pacific/Pago_Pago")
    served = dt.date(2026, 7, 2)
    assert there.after(utc("2026-07-01 19:00"), served) == slot("2026-07-03", "2026-07-03 20:00")


@pytest.mark.parametrize("day", range(1, 8))
def test_the_next_slot_of_one_day_a_week_is_within_a_week(day: int) -> None:
    weekly = schedule("09:00", days=frozenset({day}))
    found = weekly.after(utc("2026-07-01 07:00"), None)  # a Wednesday, at nine in Berlin
    assert found is not None
    assert found.date.isoweekday() == day
    assert dt.date(2026, 7, 2) <= found.date <= dt.date(2026, 7, 8)


def test_the_hour_that_comes_twice_has_no_second_slot() -> None:
    half_past_two = schedule("02:30")
    tomorrow = slot("2026-10-26", "2026-10-26 01:30")
    for passed in ("00:30", "00:31", "01:29", "01:30", "01:31"):
        assert half_past_two.after(utc(f"2026-10-25 {passed}"), None) == tomorrow


def test_the_slot_of_yesterday_that_leapt_to_midnight_is_still_to_come_before_it() -> None:
    late = schedule("23:30", "America/Nuuk")
    leapt = slot("2026-03-28", "2026-03-29 01:00")
    tonight = slot("2026-03-29", "2026-03-30 00:30")
    assert late.after(utc("2026-03-29 00:59:59"), None) == leapt
    assert late.after(utc("2026-03-29 01:00"), None) == tonight


def test_a_weekly_tip_goes_on_although_its_day_was_left_out() -> None:
    """Samoa had no Friday between the 23rd of December 2011 and the 6th of January."""
    fridays = schedule("09:00", "Pacific/Apia", frozenset({FRIDAY}))
    next_friday = slot("2012-01-06", "2012-01-05 19:00")
    for last in (dt.date(2011, 12, 23), dt.date(2011, 12, 16), None):
        assert fridays.after(utc("2011-12-23 20:00"), last) == next_friday


# The slot of today


def test_the_slot_of_today_is_there_from_its_time_until_the_day_is_over() -> None:
    nine = schedule("09:00")
    today, tomorrow = slot("2026-07-01", "2026-07-01 07:00"), slot("2026-07-02", "2026-07-02 07:00")
    assert nine.today(utc("2026-07-01 06:59:59"), None) is None
    assert nine.today(utc("2026-07-01 07:00"), None) == today
    assert nine.today(utc("2026-07-01 21:59:59"), None) == today
    assert nine.today(utc("2026-07-01 22:00"), None) is None  # midnight
    assert nine.today(utc("2026-07-02 07:00"), None) == tomorrow


def test_the_slot_of_today_is_gone_once_it_was_served() -> None:
    nine = schedule("09:00")
    noon = utc("2026-07-01 10:00")
    assert nine.today(noon, dt.date(2026, 6, 30)) == slot("2026-07-01", "2026-07-01 07:00")
    assert nine.today(noon, dt.date(2026, 7, 1)) is None
    assert nine.today(noon, dt.date(2026, 7, 2)) is None


def test_there_is_no_slot_today_on_another_day_of_the_week() -> None:
    assert schedule("09:00", days=frozenset({MONDAY})).today(utc("2026-07-01 10:00"), None) is None


def test_what_leapt_to_midnight_counts_for_the_day_on_which_it_came() -> None:
    late = schedule("23:30", "America/Nuuk")
    leapt = slot("2026-03-28", "2026-03-29 01:00")
    assert late.today(utc("2026-03-29 12:00"), None) == leapt
    assert late.today(utc("2026-03-29 12:00"), leapt.date) is None
    tonight = slot("2026-03-29", "2026-03-30 00:30")
    assert late.today(utc("2026-03-30 00:30"), leapt.date) == tonight


# The end of the day


@pytest.mark.parametrize(
    ("zone", "moment", "end"),
    [
        ("Europe/Berlin", "2026-07-01 12:00", "2026-07-01 22:00"),
        ("Europe/Berlin", "2026-07-01 22:00", "2026-07-02 22:00"),  # midnight begins a day
        ("Europe/Berlin", "2026-03-28 23:00", "2026-03-29 22:00"),  # 23 hours
        ("Europe/Berlin", "2026-10-24 22:00", "2026-10-25 23:00"),  # 25 hours
        ("America/Sao_Paulo", "2018-11-03 12:00", "2018-11-04 03:00"),  # no midnight
        ("America/Havana", "2026-10-31 12:00", "2026-11-01 04:00"),  # the first of two
        ("America/Nuuk", "2026-10-24 12:00", "2026-10-25 02:00"),  # 23:00 comes twice before
        ("Pacific/Apia", "2011-12-29 20:00", "2011-12-30 10:00"),  # then it is the 31st
        ("UTC-03:30", "2026-07-01 12:00", "2026-07-02 03:30"),
    ],
)
def test_a_day_is_over_at_its_midnight(zone: str, moment: str, end: str) -> None:
    assert schedule("09:00", zone).midnight(utc(moment)) == utc(end)


# Zones


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Berlin", "America/Argentina/Ushuaia", "Etc/GMT+12", "UTC+05:45"]
)
def test_a_schedule_can_be_kept_in_a_zone(zone: str) -> None:
    assert is_zone(zone)


@pytest.mark.parametrize("zone", ["", "Narnia", "Europe", "../etc/passwd", "UTC+25:00", "+05:30"])
def test_no_schedule_can_be_kept_in_what_is_no_zone(zone: str) -> None:
    assert not is_zone(zone)


# Any zone, any time

zones = st.sampled_from(sorted(available_timezones() - {"Factory", "localtime"}))
times = st.times().map(lambda time: time.replace(second=0, microsecond=0))
dates = st.dates(dt.date(1970, 1, 3), dt.date(2037, 12, 29))


@settings(deadline=None, max_examples=100)
@given(zones, times, dates)
@example("Pacific/Apia", dt.time(9), dt.date(2011, 12, 30))
def test_a_date_has_a_slot_if_and_only_if_the_clocks_show_it(
    zone: str, at: dt.time, date: dt.date
) -> None:
    there, noon = ZoneInfo(zone), dt.datetime.combine(date, dt.time(12), dt.UTC)
    shown = {(noon + n * QUARTER).astimezone(there).date() for n in range(-30 * 4, 30 * 4)}
    found = Schedule(at, zone).on(date)
    assert (found and found.date) == (date if date in shown else None)


@settings(deadline=None, max_examples=100)
@given(zones, times, dates)
def test_a_slot_is_the_first_moment_at_which_the_clocks_have_reached_the_time(
    zone: str, at: dt.time, date: dt.date
) -> None:
    there, wanted = ZoneInfo(zone), dt.datetime.combine(date, at)
    found = Schedule(at, zone).on(date)
    assume(found is not None)
    assert found is not None
    earlier = [found.moment - SECOND, *(found.moment - n * QUARTER for n in range(1, 26 * 4))]
    assert max(m.astimezone(there).replace(tzinfo=None) for m in earlier) < wanted
    assert found.moment.astimezone(there).replace(tzinfo=None) >= wanted


@settings(deadline=None, max_examples=100)
@given(zones, times, st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2037, 12, 1)))  # noqa: DTZ001 - hypothesis adds no zone
def test_no_date_is_left_out_between_two_slots(zone: str, at: dt.time, moment: dt.datetime) -> None:
    """The rules of today count: no zone is known to leave out a date in the future."""
    daily = Schedule(at, zone)
    first = daily.after(moment.replace(tzinfo=dt.UTC), None)
    assert first is not None
    second = daily.after(first.moment, first.date)
    assert second is not None
    assert second.moment > first.moment
    assert second.date == first.date + dt.timedelta(days=1)
