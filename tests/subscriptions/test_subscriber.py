"""The life of a subscriber: day after day in many zones, through wishes and through silences.

Where two years are simulated, a second way to tell the time says what is right. It looks at the
clocks of a zone from moment to moment, and notes when they first show a time or have leapt over it.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import cycle, pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.subscriptions.schedule import EVERY_DAY, Schedule, Slot
from bot.subscriptions.subscriber import RUNNING, State, Subscriber

ANNA = 42
BERLIN = "Europe/Berlin"
KIRITIMATI, PAGO_PAGO = "Pacific/Kiritimati", "Pacific/Pago_Pago"
"""It is always a day later in the first than in the second."""
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
WEEK = 7 * DAY
SILENCES = [3 * HOUR, 3 * DAY, 3 * WEEK]
FOREVER = dt.datetime.max.replace(tzinfo=dt.UTC)

TIMES = [
    *(dt.time(0, 0), dt.time(0, 30), dt.time(1, 30), dt.time(2, 0), dt.time(2, 15)),
    *(dt.time(2, 30), dt.time(3, 0), dt.time(9, 0), dt.time(23, 30), dt.time(23, 59)),
]
FIXED = {
    "UTC": dt.UTC,
    "UTC+05:30": dt.timezone(dt.timedelta(hours=5, minutes=30)),
    "UTC-03:30": dt.timezone(-dt.timedelta(hours=3, minutes=30)),
    "UTC+14:00": dt.timezone(dt.timedelta(hours=14)),
    "UTC-12:00": dt.timezone(-dt.timedelta(hours=12)),
}
ZONES = [
    *("Europe/Berlin", "Europe/London", "Europe/Dublin"),
    *("Atlantic/Azores", "Atlantic/Reykjavik", "Africa/Casablanca", "Africa/Cairo"),
    *("Africa/Johannesburg", "America/New_York"),
    *("America/Phoenix", "America/Los_Angeles", "America/Adak", "America/St_Johns"),
    *("America/Havana", "America/Mexico_City", "America/Sao_Paulo"),
    *("America/Santiago", "America/Asuncion", "America/Nuuk", "America/Scoresbysund"),
    *("Antarctica/Troll", "Asia/Beirut", "Asia/Jerusalem", "Asia/Gaza", "Asia/Amman"),
    *("Asia/Tehran", "Asia/Almaty", "Asia/Kolkata", "Asia/Kathmandu"),
    *("Asia/Yangon", "Asia/Tokyo", "Australia/Eucla"),
    *("Australia/Adelaide", "Australia/Sydney", "Australia/Lord_Howe", "Pacific/Auckland"),
    *("Pacific/Chatham", "Pacific/Norfolk", "Pacific/Easter", "Pacific/Marquesas"),
    *("Pacific/Honolulu", "Pacific/Apia", KIRITIMATI, PAGO_PAGO),
    *FIXED,
]
# Where and when the rules themselves have changed, with the first of two years.
CHANGED = [
    ("Pacific/Apia", 2011),  # no 30th of December
    ("Pacific/Fakaofo", 2011),  # the same
    ("Pacific/Kwajalein", 1993),  # no 21st of August
    (KIRITIMATI, 1994),  # no 31st of December
    ("Africa/Cairo", 2010),  # summer time twice in one summer
    ("Africa/Cairo", 2023),  # summer time again after years without
    ("Africa/Casablanca", 2018),  # for good, except in Ramadan
    ("Africa/Khartoum", 2017),  # back over midnight
    ("Africa/Sao_Tome", 2018),  # forth and back within a year
    ("America/Caracas", 2016),  # half an hour
    ("America/Mexico_City", 2022),  # the last summer time
    ("America/Nuuk", 2023),  # no winter time, then summer time on top
    ("America/Sao_Paulo", 2018),  # a leap at midnight, then none any more
    ("America/St_Johns", 2010),  # a minute past midnight
    ("Antarctica/Casey", 2018),  # three hours, many times
    ("Asia/Almaty", 2023),  # back over midnight, to the 29th of February
    ("Asia/Amman", 2022),  # summer time for good
    ("Asia/Beirut", 2022),
    ("Asia/Dhaka", 2009),  # back over midnight, at the end of the year
    ("Asia/Kathmandu", 1985),  # a quarter of an hour
    ("Asia/Pyongyang", 2015),  # half an hour back over midnight
    ("Asia/Pyongyang", 2018),  # and half an hour forth over midnight
    ("Asia/Tehran", 2022),
    ("Europe/Istanbul", 2015),
    ("Europe/Volgograd", 2018),
    ("Pacific/Fiji", 2019),
]
YEARS = [*((zone, 2025) for zone in ZONES), *CHANGED]
# Those of them in which most happens, for lives in which somebody moves from one to another.
HARD = [
    *(BERLIN, KIRITIMATI, PAGO_PAGO, "UTC+05:30", "Africa/Cairo", "Africa/Casablanca"),
    *("America/Havana", "America/Nuuk", "America/Sao_Paulo", "Antarctica/Casey", "Asia/Pyongyang"),
    *("Australia/Lord_Howe", "Pacific/Apia", "Pacific/Chatham"),
]


def utc(written: str) -> dt.datetime:
    return dt.datetime.fromisoformat(written).replace(tzinfo=dt.UTC)


def slot(date: str, moment: str) -> Slot:
    return Slot(utc(moment), dt.date.fromisoformat(date))


def schedule(at: str, zone: str = BERLIN, days: frozenset[int] = EVERY_DAY) -> Schedule:
    return Schedule(dt.time.fromisoformat(at), zone, days)


def waiting(for_: Schedule, since: str) -> Subscriber:
    """Somebody who waits for the next slot after a moment and has had no tip yet."""
    moment = utc(since)
    return Subscriber(ANNA, for_, State.ACTIVE, moment, for_.after(moment, None))


def walk(subscriber: Subscriber, end: dt.datetime) -> list[Slot | None]:
    """The slots that are due one after the other, each served as it comes."""
    tips = list[Slot | None]()
    while subscriber.next and subscriber.next.moment <= end and len(tips) < 1_000:
        now = subscriber.next.moment
        tips.append(subscriber.due(now))
        subscriber = subscriber.served(tips[-1], now)
    return tips


# What wishes do. Nine in Berlin is 07:00 UTC in summer.

NINE = schedule("09:00")
FIRST = slot("2026-07-01", "2026-07-01 07:00")
SECOND = slot("2026-07-02", "2026-07-02 07:00")
THIRD = slot("2026-07-03", "2026-07-03 07:00")


@pytest.mark.parametrize("now", ["2026-07-01 05:00", "2026-07-01 12:00"])
def test_a_new_subscriber_gets_the_first_tip_at_once_and_no_other_on_that_day(now: str) -> None:
    new = Subscriber.new(ANNA, NINE, utc(now))
    first = new.due(utc(now))
    assert first == slot("2026-07-01", now)
    assert new.served(first, utc(now)).next == SECOND


def test_the_first_tip_comes_at_once_also_on_a_day_that_was_not_chosen() -> None:
    now = utc("2026-07-01 12:00")  # a Wednesday
    new = Subscriber.new(ANNA, schedule("09:00", days=frozenset({5})), now)
    assert new.due(now) == slot("2026-07-01", "2026-07-01 12:00")
    assert new.served(new.due(now), now).next == THIRD


def test_a_tip_is_due_from_its_moment_on() -> None:
    subscriber = waiting(NINE, "2026-07-01 05:00")
    assert subscriber.due(utc("2026-07-01 06:59:59")) is None
    assert subscriber.due(utc("2026-07-01 07:00")) == FIRST
    assert subscriber.due(utc("2026-07-01 07:00:05")) == FIRST


def test_a_tip_that_goes_out_late_does_not_move_the_next_one() -> None:
    subscriber = waiting(NINE, "2026-07-01 05:00")
    assert subscriber.served(FIRST, utc("2026-07-01 20:00")).next == SECOND


def test_serving_notes_the_date_of_the_tip() -> None:
    after = waiting(NINE, "2026-07-01 05:00").served(FIRST, FIRST.moment)
    assert after.last == FIRST.date
    assert after.served(None, utc("2026-07-03 00:00")).last == FIRST.date


def test_a_later_time_on_the_same_day_brings_no_second_tip() -> None:
    served = waiting(NINE, "2026-07-01 05:00").served(FIRST, FIRST.moment)
    later = served.rescheduled(schedule("20:00"), utc("2026-07-01 08:00"))
    assert later.next == slot("2026-07-02", "2026-07-02 18:00")


def test_an_earlier_time_that_is_still_to_come_is_todays() -> None:
    subscriber = waiting(schedule("20:00"), "2026-07-01 05:00")
    assert subscriber.rescheduled(NINE, utc("2026-07-01 06:00")).next == FIRST


@pytest.mark.parametrize("moment", ["2026-07-01 07:00", "2026-07-01 07:00:03"])
def test_a_wish_for_another_time_leaves_what_is_due(moment: str) -> None:
    """The tip is about to go out; it is not lost because somebody wrote at that moment."""
    now = utc(moment)
    later = waiting(NINE, "2026-07-01 05:00").rescheduled(schedule("08:00"), now)
    assert later.due(now) == FIRST
    assert later.served(FIRST, now).next == slot("2026-07-02", "2026-07-02 06:00")


def test_moving_to_where_it_is_yesterday_brings_no_date_twice() -> None:
    """The second of July was served in Kiritimati; in Pago Pago it is only the first."""
    here = schedule("09:00", KIRITIMATI)
    second = slot("2026-07-02", "2026-07-01 19:00")
    served = waiting(here, "2026-07-01 12:00").served(second, second.moment)
    moved = served.rescheduled(schedule("09:00", PAGO_PAGO), utc("2026-07-01 19:30"))
    assert moved.next == slot("2026-07-03", "2026-07-03 20:00")


def test_moving_to_where_it_is_tomorrow_brings_tomorrows_tip() -> None:
    here = schedule("09:00", PAGO_PAGO)
    first = slot("2026-07-01", "2026-07-01 20:00")
    served = waiting(here, "2026-07-01 12:00").served(first, first.moment)
    moved = served.rescheduled(schedule("12:00", KIRITIMATI), utc("2026-07-01 21:00"))
    assert moved.next == slot("2026-07-02", "2026-07-01 22:00")


def test_moving_far_west_during_a_silence_brings_no_date_twice() -> None:
    """The third of July was due in Kiritimati; where they are now, the second begins."""
    here = schedule("00:30", KIRITIMATI)
    second = slot("2026-07-02", "2026-07-01 10:30")
    served = waiting(here, "2026-07-01 06:00").served(second, second.moment)
    now = utc("2026-07-02 13:00")
    moved = served.rescheduled(schedule("00:30", "UTC-12:00"), now)
    assert moved.due(now) is None
    assert moved.served(None, now).next == slot("2026-07-03", "2026-07-03 12:30")


def test_a_pause_of_a_week_ends_by_itself() -> None:
    now = utc("2026-07-01 12:00")
    paused = waiting(NINE, "2026-07-01 12:00").paused(now + WEEK)
    back = slot("2026-07-09", "2026-07-09 07:00")
    assert paused.is_paused(now)
    assert paused.is_paused(now + WEEK - MINUTE)
    assert not paused.is_paused(now + WEEK)
    assert walk(paused, now + WEEK + DAY) == [back]
    assert paused.served(back, back.moment).paused_until is None


def test_a_pause_until_further_notice_does_not_end() -> None:
    now = utc("2026-07-01 12:00")
    paused = waiting(NINE, "2026-07-01 12:00").paused(None)
    assert paused.is_paused(now + 100 * WEEK)
    assert paused.next is None
    assert paused.due(now + 100 * WEEK) is None


def test_a_pause_that_is_over_does_not_count_when_the_time_is_changed() -> None:
    paused = waiting(NINE, "2026-07-01 12:00").paused(utc("2026-07-08 12:00"))
    changed = paused.rescheduled(schedule("18:00"), utc("2026-07-08 20:00"))
    assert changed.next == slot("2026-07-09", "2026-07-09 16:00")


@pytest.mark.parametrize("until", ["2026-07-08 12:00", None])
def test_another_time_or_zone_does_not_end_a_pause(until: str | None) -> None:
    now = utc("2026-07-01 12:00")
    paused = waiting(NINE, "2026-07-01 12:00").paused(utc(until) if until else None)
    changed = paused.rescheduled(schedule("08:00", PAGO_PAGO), now)
    assert changed.is_paused(now)
    assert changed.next == (slot("2026-07-08", "2026-07-08 19:00") if until else None)


def test_going_on_after_a_pause_does_not_make_up_for_what_was_missed() -> None:
    paused = waiting(NINE, "2026-07-01 05:00").paused(None)
    back = paused.resumed(utc("2026-07-02 12:00"))
    assert not back.is_paused(utc("2026-07-02 12:00"))
    assert back.next == THIRD


def test_going_on_before_the_pause_is_over_brings_the_next_tip_of_all() -> None:
    paused = waiting(NINE, "2026-07-01 12:00").paused(utc("2026-07-08 12:00"))
    assert paused.resumed(utc("2026-07-02 05:00")).next == SECOND


def test_going_on_without_a_pause_leaves_what_is_due() -> None:
    """Somebody presses an old button of a pause that is over, as the tip is about to go out."""
    now = utc("2026-07-01 07:00:03")
    assert waiting(NINE, "2026-07-01 05:00").resumed(now).due(now) == FIRST


@pytest.mark.parametrize("state", [State.STOPPED, State.BLOCKED, State.DEACTIVATED])
def test_after_the_end_nothing_is_due_any_more(state: State) -> None:
    ended = waiting(NINE, "2026-07-01 05:00").ended(state)
    assert ended.state is state
    assert ended.next is None
    assert ended.due(utc("2026-07-01 07:00")) is None
    assert ended.rescheduled(schedule("08:00"), utc("2026-07-01 07:00")).next is None


@pytest.mark.parametrize("state", sorted(set(State) - {State.ACTIVE}))
def test_nothing_is_due_in_any_other_state_whatever_comes_next(state: State) -> None:
    subscriber = replace(waiting(NINE, "2026-07-01 05:00"), state=state)
    assert subscriber.due(utc("2026-07-01 07:00:03")) is None


@pytest.mark.parametrize("state", [State.STOPPED, State.BLOCKED, State.DEACTIVATED])
def test_who_is_back_gets_the_next_tip(state: State) -> None:
    ended = waiting(NINE, "2026-07-01 05:00").ended(state)
    back = ended.resumed(utc("2026-07-02 05:00"))
    assert back.state is State.ACTIVE
    assert back.next == SECOND


def test_an_end_in_the_middle_of_a_pause_ends_the_pause_too() -> None:
    now = utc("2026-07-01 12:00")
    paused = waiting(NINE, "2026-07-01 12:00").paused(now + WEEK)
    ended = paused.ended(State.STOPPED)
    assert not ended.is_paused(now)
    assert ended.resumed(now).next == SECOND


def test_subscribing_again_brings_a_tip_at_once() -> None:
    now = utc("2026-07-02 12:00")
    served = waiting(NINE, "2026-07-01 05:00").served(FIRST, FIRST.moment)
    again = served.ended(State.STOPPED).again(schedule("20:00"), now)
    assert again.state is State.ACTIVE
    assert again.due(now) == slot("2026-07-02", "2026-07-02 12:00")


def test_subscribing_again_on_the_day_of_a_tip_brings_the_next_one_tomorrow() -> None:
    now = utc("2026-07-01 12:00")
    served = waiting(NINE, "2026-07-01 05:00").served(FIRST, FIRST.moment)
    again = served.ended(State.STOPPED).again(schedule("20:00"), now)
    assert again.due(now) is None
    assert again.next == slot("2026-07-02", "2026-07-02 18:00")


def test_subscribing_again_where_it_is_yesterday_brings_no_date_twice() -> None:
    now = utc("2026-07-01 19:30")
    second = slot("2026-07-02", "2026-07-01 19:00")
    served = waiting(schedule("09:00", KIRITIMATI), "2026-07-01 12:00").served(second, now)
    again = served.ended(State.STOPPED).again(schedule("09:00", PAGO_PAGO), now)
    assert again.due(now) is None
    assert again.next == slot("2026-07-03", "2026-07-03 20:00")


@pytest.mark.parametrize("until", ["2026-07-08 12:00", None])
def test_subscribing_again_ends_a_pause(until: str | None) -> None:
    now = utc("2026-07-02 12:00")
    paused = waiting(NINE, "2026-07-01 12:00").paused(utc(until) if until else None)
    again = paused.again(NINE, now)
    assert not again.is_paused(now)
    assert again.due(now) == slot("2026-07-02", "2026-07-02 12:00")


# A second way to tell the time


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment, the time on the clocks then, and their time a step before."""

    now: dt.datetime
    shown: dt.datetime
    before: dt.datetime
    leapt: bool
    """The clocks were changed during this step, which is then a minute long."""


def shown(now: dt.datetime, zone: str) -> dt.datetime:
    """The time that the clocks of a zone show, without a zone."""
    return now.astimezone(FIXED.get(zone) or ZoneInfo(zone)).replace(tzinfo=None)


@cache
def clock(zone: str, year: int) -> list[Tick]:
    """The clocks of a zone through two years: one tick a day, or one a minute where they change."""
    start = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
    end = dt.datetime(year + 2, 1, 1, tzinfo=dt.UTC)
    moments = [start, *_moments(zone, start, end, DAY, HOUR, MINUTE)]
    steps = [(now, shown(now, zone)) for now in moments]
    return [
        Tick(now, after, before, leapt=after - before != now - earlier)
        for (earlier, before), (now, after) in pairwise(steps)
    ]


def _moments(
    zone: str, start: dt.datetime, end: dt.datetime, step: dt.timedelta, *finer: dt.timedelta
) -> Iterator[dt.datetime]:
    for n in range((end - start) // step):
        now, later = start + n * step, start + (n + 1) * step
        if finer and shown(later, zone) - shown(now, zone) != step:
            yield from _moments(zone, now, later, *finer)
        else:
            yield later


@cache
def around_changes(zone: str, year: int) -> list[list[Tick]]:
    """Some days for each change of the clocks in two years."""
    ticks = clock(zone, year)
    changes = [tick.now for tick in ticks if tick.leapt]
    return [[tick for tick in ticks if abs(tick.now - change) < 3 * DAY] for change in changes]


@cache
def expected(zone: str, year: int, at: dt.time) -> list[Slot]:
    return reached(clock(zone, year), at)


def reached(ticks: list[Tick], at: dt.time) -> list[Slot]:
    """The slots at which the clocks first show this time on each date, or are first past it.

    A date that they never show has no slot, and clocks that have gone back show nothing new.
    """
    found, latest = list[Slot](), ticks[0].before
    for tick in ticks:
        for date in sorted({tick.before.date(), tick.shown.date()}):
            wanted = dt.datetime.combine(date, at)
            if latest < wanted <= tick.shown:
                since = dt.timedelta() if tick.leapt else tick.shown - wanted
                found.append(Slot(tick.now - since, date))
        latest = max(latest, tick.shown)
    return found


# Two years


@pytest.mark.parametrize(
    ("zone", "year", "at"),
    [
        pytest.param(zone, year, at, id=f"{zone} {year} {at:%H:%M}")
        for (zone, year), at in zip(YEARS, cycle(TIMES), strict=False)
    ],
)
def test_there_is_one_tip_for_each_local_date_of_two_years(
    zone: str, year: int, at: dt.time
) -> None:
    ticks = clock(zone, year)
    start, today = ticks[0].now, ticks[0].shown.date()
    first, *tips = walk(Subscriber.new(ANNA, Schedule(at, zone), start), ticks[-1].now)
    assert first == Slot(start, today)
    assert tips == [slot for slot in expected(zone, year, at) if slot.date > today]
    dates = [slot.date for slot in tips if slot]
    every = sorted({tick.shown.date() for tick in ticks})
    assert dates == [date for date in every if today < date <= dates[-1]]
    assert dates[-1] >= every[-1] - DAY


@pytest.mark.parametrize("at", TIMES, ids=str)
def test_no_change_of_the_clocks_doubles_or_drops_a_tip(at: dt.time) -> None:
    """The days around every change in every zone."""
    for zone, year in YEARS:
        for ticks in around_changes(zone, year):
            start, today = ticks[0].now, ticks[0].shown.date()
            _, *tips = walk(Subscriber.new(ANNA, Schedule(at, zone), start), ticks[-1].now)
            assert tips == [slot for slot in reached(ticks, at) if slot.date > today], zone


@pytest.mark.parametrize(
    ("zone", "left_out"),
    [
        ("Pacific/Apia", "2011-12-30"),
        ("Pacific/Kwajalein", "1993-08-21"),
        (KIRITIMATI, "1994-12-31"),
    ],
)
def test_only_a_date_that_a_zone_left_out_has_no_tip(zone: str, left_out: str) -> None:
    gone = dt.date.fromisoformat(left_out)
    start = dt.datetime.combine(gone - 10 * DAY, dt.time(), dt.UTC)
    tips = walk(Subscriber.new(ANNA, Schedule(dt.time(9), zone), start), start + 20 * DAY)
    dates = [slot.date for slot in tips if slot]
    first, last = dates[0], dates[-1]
    days = [first + n * DAY for n in range((last - first).days + 1)]
    assert gone in days
    assert dates == [day for day in days if day != gone]


# Down for three hours, three days, three weeks


@pytest.mark.parametrize(
    ("down", "back", "sent"),
    [
        # Nine in Berlin is 07:00 UTC. What is still the same day goes out.
        ("2026-07-01 06:00", "2026-07-01 09:00", "2026-07-01"),
        ("2026-07-01 06:00", "2026-07-01 21:59", "2026-07-01"),
        # Over midnight, to a time before nine: nothing to send, nine will come.
        ("2026-07-01 06:00", "2026-07-01 22:00", None),
        ("2026-07-01 06:00", "2026-07-02 06:59", None),
        # Three days, three weeks: one tip if it is past nine, and only today's.
        ("2026-07-01 06:00", "2026-07-04 06:00", None),
        ("2026-07-01 06:00", "2026-07-04 09:00", "2026-07-04"),
        ("2026-07-01 06:00", "2026-07-22 06:00", None),
        ("2026-07-01 06:00", "2026-07-22 09:00", "2026-07-22"),
        # Meanwhile summer time has ended.
        ("2026-10-10 06:00", "2026-10-31 07:59", None),
        ("2026-10-10 06:00", "2026-10-31 08:00", "2026-10-31"),
    ],
)
def test_after_a_silence_only_the_tip_of_today_comes(
    down: str, back: str, sent: str | None
) -> None:
    subscriber = waiting(NINE, down)
    due = subscriber.due(utc(back))
    assert (due and due.date.isoformat()) == sent
    after = subscriber.served(due, utc(back))
    assert after.due(utc(back)) is None
    assert after.next is not None
    assert after.next.moment > utc(back)
    assert after.next.moment - utc(back) <= 25 * HOUR


def test_no_silence_is_made_up_for() -> None:
    """The silence is three weeks; then one tip comes each day, as if nothing had been."""
    back = utc("2026-07-22 09:00")
    tips = walk(waiting(NINE, "2026-07-01 06:00").served(None, back), back + 3 * DAY)
    assert [slot.date.day for slot in tips if slot] == [23, 24, 25]


def test_a_silence_that_ends_on_a_day_that_was_not_chosen_brings_nothing() -> None:
    mondays = waiting(schedule("09:00", days=frozenset({1})), "2026-06-28 06:00")
    wednesday = utc("2026-07-01 12:00")
    assert mondays.due(wednesday) is None
    assert mondays.served(None, wednesday).next == slot("2026-07-06", "2026-07-06 07:00")


def test_a_tip_that_was_sent_before_the_silence_is_not_sent_after_it() -> None:
    subscriber = waiting(NINE, "2026-07-01 06:00").served(FIRST, FIRST.moment)
    assert subscriber.due(utc("2026-07-01 12:00")) is None


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(YEARS), st.sampled_from(TIMES), st.sampled_from(SILENCES), st.data())
def test_a_silence_anywhere_leaves_at_most_one_tip_and_only_todays(
    zone_and_year: tuple[str, int], at: dt.time, silence: dt.timedelta, data: st.DataObject
) -> None:
    zone, year = zone_and_year
    ticks = clock(zone, year)
    # The ticks stand close together where the clocks change, so that is where most silences end.
    tick = data.draw(st.sampled_from([t for t in ticks if t.now - ticks[0].now > silence + DAY]))
    down, back = tick.now - silence, tick.now
    missed = [slot for slot in expected(zone, year, at) if down < slot.moment <= back]
    # Clocks that are set back over midnight show yesterday again: the day that began is not over.
    todays = [slot for slot in missed if shown(slot.moment, zone).date() >= tick.shown.date()]
    daily = Schedule(at, zone)
    subscriber = Subscriber(ANNA, daily, State.ACTIVE, down, daily.after(down, None))
    due = subscriber.due(back)
    assert due in todays if todays else due is None
    assert subscriber.served(due, back).due(back) is None


# Lives: wishes and silences of any kind, in any order

Wish = Schedule | dt.timedelta | State
"""A schedule, a pause for some time or until further notice, an end, or going on."""


@dataclass(frozen=True, slots=True)
class Step:
    """Some time passes; a wish may follow."""

    wait: dt.timedelta
    down: bool
    """The bot is down meanwhile."""
    wish: Wish | None
    first: bool
    """The wish is read before the tips that are due."""


@dataclass(frozen=True, slots=True)
class Event:
    """A wish that was heard, or a tip that was due."""

    now: dt.datetime
    before: Subscriber
    after: Subscriber
    wish: Wish | None
    sent: Slot | None = None


def live(schedule: Schedule, start: dt.datetime, steps: list[Step]) -> list[Event]:
    """All that happens to a subscriber, as the bot does it."""
    now, new = start, Subscriber.new(ANNA, schedule, start)
    events = [Event(now, new, new, schedule)]
    for step in steps:
        end = now + step.wait
        if not step.down:
            serve(events, now, end)
        now = end
        if step.first:
            hear(events, now, step.wish)
        serve(events, now, now)
        if not step.first:
            hear(events, now, step.wish)
    return events


def serve(events: list[Event], start: dt.datetime, end: dt.datetime) -> None:
    """Add each tip when it is due, or at the start of this time if it was due before."""
    known = events[-1].after
    # So many days do not pass in one step: who is due for ever is no reason to wait for ever.
    for _ in range(100):
        if known.next is None or known.next.moment > end:
            return
        now = max(start, known.next.moment)
        sent = known.due(now)
        after = known.served(sent, now)
        events.append(Event(now, known, after, None, sent))
        known = after


def hear(events: list[Event], now: dt.datetime, wish: Wish | None) -> None:
    if wish is not None:
        known = events[-1].after
        events.append(Event(now, known, granted(known, wish, now), wish))


def granted(known: Subscriber, wish: Wish, now: dt.datetime) -> Subscriber:
    if isinstance(wish, Schedule):
        active = known.state is State.ACTIVE
        return known.rescheduled(wish, now) if active else known.again(wish, now)
    if isinstance(wish, dt.timedelta):
        return known.paused(now + wish) if known.state in RUNNING else known
    if wish is State.ACTIVE:
        return known.resumed(now)
    if wish is State.PAUSED:
        return known.paused(None) if known.state in RUNNING else known
    return known.ended(wish)


def quiet(until: dt.datetime, ended: bool, event: Event) -> tuple[dt.datetime, bool]:
    """The end of the pause, and True for somebody who has left, after an event."""
    match event.wish:
        case State.ACTIVE:
            return event.now, False
        case Schedule() if until == FOREVER:
            return event.now, False
        case State.STOPPED | State.BLOCKED | State.DEACTIVATED:
            return FOREVER, True
        case State.PAUSED if not ended:
            return FOREVER, False
        case dt.timedelta() as pause if not ended:
            return event.now + pause, False
    return until, ended


def schedules(zones: st.SearchStrategy[str]) -> st.SearchStrategy[Schedule]:
    some = st.integers(1, 127).map(
        lambda bits: frozenset(d for d in EVERY_DAY if bits >> d - 1 & 1)
    )
    days = st.just(EVERY_DAY) | some
    return st.builds(Schedule, st.sampled_from(TIMES), zones, days)


def lives(zones: st.SearchStrategy[str], year: int) -> st.SearchStrategy[list[Event]]:
    minutes = st.integers(1, 180) | st.integers(1, 3 * 24 * 60) | st.integers(1, 30 * 24 * 60)
    spans = minutes.map(lambda some: some * MINUTE)
    wishes = schedules(zones) | st.sampled_from(State) | spans
    steps = st.builds(Step, spans, st.booleans(), st.none() | wishes, st.booleans())
    begin = dt.datetime(year, 2, 1), dt.datetime(year, 12, 31)  # noqa: DTZ001 - Hypothesis wants that
    return st.builds(
        live,
        schedules(zones),
        st.datetimes(*begin, timezones=st.just(dt.UTC)),
        st.lists(steps, min_size=1, max_size=10),
    )


ANYWHERE = st.sampled_from(sorted({*available_timezones(), *FIXED} - {"Factory", "localtime"}))
LIVES = lives(ANYWHERE, 2025) | lives(ANYWHERE, 2018)


@settings(deadline=None, max_examples=50)
@given(LIVES)
def test_each_tip_comes_later_and_is_for_a_later_date_than_the_one_before(
    life: list[Event],
) -> None:
    tips = [(event.now, event.sent.date) for event in life if event.sent]
    for (moment, date), (next_moment, next_date) in pairwise(tips):
        assert next_date > date
        assert next_moment > moment


@settings(deadline=None, max_examples=50)
@given(LIVES)
def test_every_tip_is_of_the_local_day_on_which_it_is_sent(life: list[Event]) -> None:
    for event in life:
        if event.sent:
            zone = event.before.schedule.zone
            assert shown(event.sent.moment, zone).date() == shown(event.now, zone).date()


@settings(deadline=None, max_examples=50)
@given(LIVES)
def test_nothing_is_due_to_somebody_who_wants_none(life: list[Event]) -> None:
    until, ended = life[0].now, False
    for event in life:
        if event.sent:
            assert event.now >= until
        until, ended = quiet(until, ended, event)
        if until > event.now:
            assert event.after.due(event.now) is None


@settings(deadline=None, max_examples=35)
@given(st.sampled_from([2025, 2018, 2011]).flatmap(partial(lives, st.sampled_from(HARD))))
def test_whoever_wants_tips_waits_for_the_first_slot_that_they_want(life: list[Event]) -> None:
    """Nobody is left out, and nobody is served at another time than the one they chose last."""
    until, ended, last, wanted = life[0].now, False, dt.date.min, life[0].before.schedule
    year = life[0].now.year
    for event in life:
        until, ended = quiet(until, ended, event)
        wanted = event.wish if isinstance(event.wish, Schedule) else wanted
        last = event.sent.date if event.sent else last
        coming = event.after.next
        if event.wish is None and event.before.next and event.before.next.moment == event.now:
            assert event.sent == event.before.next
        if until == FOREVER:
            assert coming is None
        elif event.wish and coming and coming.moment <= event.now:
            # It is due, and not served yet.
            assert coming.date > last
        else:
            slots = expected(wanted.zone, year, wanted.at)
            assert coming == next(
                slot
                for slot in slots
                if slot.moment > max(event.now, until)
                and slot.date > last
                and slot.date.isoweekday() in wanted.days
            )
