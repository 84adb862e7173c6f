"""Texts about the daily tip, as Telegram HTML; words that people typed are escaped."""

import datetime as dt
from collections.abc import Iterable

from bot.knowledge.models import Tip
from bot.markup import escape
from bot.places.zones import name_of
from bot.subscriptions.schedule import Schedule
from bot.subscriptions.subscriber import State, Subscriber

OUTDATED_SETTING = "This button is out of date. /settings shows what there is now."
READ_MORE = "Read more"
SETTINGS = "Settings"
GET_DAILY = "One every day"
NO_TIPS = "There are no daily tips here."
WHEN = (
    "One short tip a day, at your own hour. When should it come? Press a button or write the time, "
    "such as 7:30."
)
OTHER_TIME = "Another time"
WRITE_TIME = "Please write the time, such as 7:30 or half past nine."
NO_TIME = "I could not read a time in that. Please write it like 7:30, 9 pm or half past nine."
WHERE = (
    "Where are you? I need that for the right hour. Write your city or country, or press a button."
)
OTHER_PLACE = "Another zone"
BY_CLOCK = "Tell by my clock"
BY_LOCATION = "Share my location"
SHARE_LOCATION = "Share my location"
LOCATION = (
    "Press the button below, and I look up your zone. The location itself is not kept. You can "
    "write your city instead."
)
NO_LOCATION = "I could not find a zone for that location. Please write your city instead."
CLOCK = "What time is it for you right now? Please write it, such as 14:30."
NO_CLOCK = "I know no place where it is that time now. Please look again, or write your city."
WHICH = "Which one do you mean?"
WHICH_BY_CLOCK = "It is that time in these places now. Which is nearest to you?"
AS_IT_WAS = "All right, nothing was changed."
IN_GROUP = " Here in the group, please reply to this message."
NOT_SUBSCRIBED = "You get no tips at the moment. /subscribe starts them."
UNSUBSCRIBED = "Done, no more tips. Your questions are welcome at any time."
SUBSCRIBE_AGAIN = "Get tips again"
SHIFTS = {"−1 h": -60, "−15 min": -15, "+15 min": 15, "+1 h": 60}
DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
ONE_DAY = "At least one day is needed. Pause or stop the tips instead."
PAUSE_A_WEEK = "Pause a week"
PAUSE = "Pause"
RESUME = "Go on"
STOP = "Stop the tips"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def run_stopped(seconds: float) -> str:
    """Tells operators that too many tips failed."""
    return (
        f"Many tips could not be sent, so I stopped and go on in {seconds:.0f} seconds. "
        "The log says what failed."
    )


def tip(shown: Tip) -> str:
    return f"💡 {shown.text}"


def subscribe_how(written: str) -> str:
    """Answers a /subscribe that holds neither a time nor a place."""
    return (
        f"I did not understand “{escape(written[:60])}”. Please write the time and your city, for "
        "example:\n/subscribe 7:30 New York"
    )


def no_place(written: str) -> str:
    return (
        f"I found no place called “{escape(written[:60])}”. Please write the nearest big city, "
        "a country, or a zone such as Europe/Paris or UTC+5:30."
    )


def subscribed(subscriber: Subscriber, place: str, now: dt.datetime) -> str:
    """Says what was understood, so that the person notices a wrong place at once."""
    schedule, slot = subscriber.schedule, subscriber.next
    if slot is None:
        follows = "Your tips are paused; /settings goes on with them."
    elif slot.moment <= now:
        second = schedule.after(now, slot.date)
        then = f"; the next comes {_when(schedule, second.moment, now)}" if second else ""
        follows = f"The first one follows right away{then}."
    else:
        follows = _next(subscriber, now)
    return (
        f"Done. A tip comes {days(schedule.days)} at <b>{schedule.at:%H:%M}</b> "
        f"in {escape(place)} (it is {schedule.local(now):%H:%M} there now). {follows}\n"
        "/settings changes that, /unsubscribe ends it."
    )


def not_yet(schedule: Schedule, place: str, now: dt.datetime) -> str:
    """Confirms the place of somebody who gets no tips yet."""
    local = f"{schedule.local(now):%H:%M}"
    return f"It is {local} in {escape(place)} now. You get no tips yet: /subscribe starts them."


def settings(subscriber: Subscriber, now: dt.datetime) -> str:
    schedule = subscriber.schedule
    match subscriber.state:
        case State.ACTIVE if not subscriber.is_paused(now):
            state = _next(subscriber, now)
        case State.ACTIVE:
            state = f"Paused. {_next(subscriber, now)}"
        case State.PAUSED:
            state = "Paused until further notice."
        case _:
            return "<b>Daily tip</b>\nYou get no tips at the moment."
    there = f"{escape(name_of(schedule.zone))} time (it is {schedule.local(now):%H:%M} there now)"
    when = f"Time: {schedule.at:%H:%M}, {there}"
    return f"<b>Daily tip</b>\n{when}\nDays: {days(schedule.days)}\n{state}"


def days(chosen: Iterable[int]) -> str:
    match sorted(chosen):
        case [1, 2, 3, 4, 5, 6, 7]:
            return "every day"
        case [1, 2, 3, 4, 5]:
            return "from Monday to Friday"
        case [6, 7]:
            return "on Saturday and Sunday"
        case [*some, last]:
            first = ", ".join(WEEKDAYS[day - 1] for day in some)
            return f"on {first} and {WEEKDAYS[last - 1]}" if some else f"on {WEEKDAYS[last - 1]}"
    return "on no day"


def _next(subscriber: Subscriber, now: dt.datetime) -> str:
    if subscriber.next is None:
        return "No tip is due."
    return f"The next one comes {_when(subscriber.schedule, subscriber.next.moment, now)}."


def _when(schedule: Schedule, moment: dt.datetime, now: dt.datetime) -> str:
    there = schedule.local(max(moment, now)).replace(second=0, microsecond=0)
    match (there.date() - schedule.local(now).date()).days:
        case 0:
            day = "today"
        case 1:
            day = "tomorrow"
        case away if away < len(WEEKDAYS):
            day = f"on {WEEKDAYS[there.weekday()]}"
        case _:
            day = f"on {there.day} {there:%B}"
    leaps = "" if there.time() == schedule.at else " (the clocks change that night)"
    return f"{day} at {there:%H:%M}{leaps}"
