"""Buttons of the daily tip, and where they stand."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated

from telegram import InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup

from bot.bot_api.buttons import Button, Id, Time, button, number, row, rows_of
from bot.features.tips import texts
from bot.knowledge.models import Tip
from bot.places.zones import Place
from bot.subscriptions.subscriber import State, Subscriber


class ReadMore(Button, data="more:{entry}"):
    """Sends the entry that a tip was drawn from; the tip stays."""

    entry: Id


class OpenSettings(Button, data="settings"):
    """Sends the settings, or begins a subscription."""


class PickTime(Button, data="time:{at}"):
    """A time for the tip; None for one that is to be typed."""

    at: Time


class PickPlace(Button, data="place:{at}:{zone}"):
    """A zone, for a subscription at a time, or with None for the one that there is."""

    at: Time
    zone: Id


class AskPlace(Button, data="where"):
    """Asks where somebody is."""


class ShareLocation(Button, data="location:{at}"):
    """Shows the button with which a phone shares its location."""

    at: Time


class TellClock(Button, data="clock:{at}"):
    """Asks what the clock shows now."""

    at: Time


class Shift(Button, data="shift:{minutes}"):
    """Moves the time of the tip by so many minutes."""

    minutes: Annotated[int, number(r"-?\d{1,3}")]


class ToggleDay(Button, data="day:{day}"):
    """Adds or removes a day of the week; 1 is Monday."""

    day: Annotated[int, number("[1-7]")]


class Pause(Button, data="pause:{days}"):
    """No tips for so many days; 0 for until further notice."""

    days: Annotated[int, number(r"\d{1,2}")]


class Resume(Button, data="resume"):
    """Tips again, after a pause or a stop."""


class Stop(Button, data="stop"):
    """No tips any more."""


HOURS = tuple(dt.time(hour) for hour in (6, 7, 8, 9, 10, 12, 14, 16, 18, 19, 20, 21))
A_WEEK = 7


def under_tip(tip: Tip, *, subscribed: bool = True) -> InlineKeyboardMarkup:
    settings = button(texts.SETTINGS if subscribed else texts.GET_DAILY, OpenSettings())
    return InlineKeyboardMarkup.from_row([button(texts.READ_MORE, ReadMore(tip.entry)), settings])


def times() -> InlineKeyboardMarkup:
    """The hours at which most people want something to read, and any other."""
    hours = [button(f"{at:%H:%M}", PickTime(at)) for at in HOURS]
    return InlineKeyboardMarkup([*rows_of(hours), row(texts.OTHER_TIME, PickTime(None))])


def where(at: dt.time | None, likely: Place, *, private: bool) -> InlineKeyboardMarkup:
    """Ways to say where one is, beside writing it."""
    rows = [row(texts.BY_CLOCK, TellClock(at))]
    if private:  # Telegram offers it nowhere else.
        rows.append(row(texts.BY_LOCATION, ShareLocation(at)))
    # Hardly anybody lives by UTC, but what stands first is pressed.
    at_end = len(rows) if likely.zone == "UTC" else 0
    rows.insert(at_end, row(likely.name, PickPlace(at, likely.zone)))
    return InlineKeyboardMarkup(rows)


def places(at: dt.time | None, found: Iterable[Place]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([row(p.name, PickPlace(at, p.zone)) for p in found])


def location() -> ReplyKeyboardMarkup:
    """The one button that can ask a phone where it is."""
    return ReplyKeyboardMarkup(
        [[KeyboardButton(texts.SHARE_LOCATION, request_location=True)]],
        resize_keyboard=True,
        one_time_keyboard=True,
    )


def settings(subscriber: Subscriber, now: dt.datetime) -> InlineKeyboardMarkup:
    """What can be changed, in the state that a subscription is in."""
    if subscriber.state not in {State.ACTIVE, State.PAUSED}:
        return again()
    days = subscriber.schedule.days
    rows = [
        [button(label, Shift(minutes)) for label, minutes in texts.SHIFTS.items()],
        [button(texts.OTHER_TIME, PickTime(None)), button(texts.OTHER_PLACE, AskPlace())],
        [
            button(f"✓ {name}" if day in days else name, ToggleDay(day))
            for day, name in enumerate(texts.DAYS, 1)
        ],
    ]
    if subscriber.is_paused(now):
        rows.append(row(texts.RESUME, Resume()))
    else:
        rows.append([button(texts.PAUSE_A_WEEK, Pause(A_WEEK)), button(texts.PAUSE, Pause(0))])
    return InlineKeyboardMarkup([*rows, row(texts.STOP, Stop())])


def again() -> InlineKeyboardMarkup:
    """The way back for somebody who gets no tips."""
    return InlineKeyboardMarkup([row(texts.SUBSCRIBE_AGAIN, Resume())])
