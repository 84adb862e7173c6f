"""Buttons of the daily tip, and their keyboards."""

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
    """Sends the entry that a tip comes from; the tip stays."""

    entry: Id


class OpenSettings(Button, data="settings"):
    """Sends the settings, or begins a subscription."""


class PickTime(Button, data="time:{at}"):
    """Chooses a time for the tip; with None the person will type it."""

    at: Time


class PickPlace(Button, data="place:{at}:{zone}"):
    """Chooses a zone for tips at a time; with None the time stays as it is."""

    at: Time
    zone: Id


class AskPlace(Button, data="where"):
    """Lets the bot ask where somebody is."""


class ShareLocation(Button, data="location:{at}"):
    """Shows the button with which a phone shares its location."""

    at: Time


class TellClock(Button, data="clock:{at}"):
    """Lets the bot ask for the time on the person's clock."""

    at: Time


class Shift(Button, data="shift:{minutes}"):
    """Moves the time of the tip by so many minutes."""

    minutes: Annotated[int, number(r"-?\d{1,3}")]


class ToggleDay(Button, data="day:{day}"):
    """Adds or removes a day of the week; 1 is Monday."""

    day: Annotated[int, number("[1-7]")]


class Pause(Button, data="pause:{days}"):
    """Stops tips for so many days; 0 means until further notice."""

    days: Annotated[int, number(r"\d{1,2}")]


class Resume(Button, data="resume"):
    """Starts tips again after a pause or a stop."""


class Stop(Button, data="stop"):
    """Ends the tips."""


HOURS = tuple(dt.time(hour) for hour in (6, 7, 8, 9, 10, 12, 14, 16, 18, 19, 20, 21))
A_WEEK = 7


def under_tip(tip: Tip, *, subscribed: bool = True) -> InlineKeyboardMarkup:
    settings = button(texts.SETTINGS if subscribed else texts.GET_DAILY, OpenSettings())
    return InlineKeyboardMarkup.from_row([button(texts.READ_MORE, ReadMore(tip.entry)), settings])


def times() -> InlineKeyboardMarkup:
    """The hours that most people want, and a button for any other time."""
    hours = [button(f"{at:%H:%M}", PickTime(at)) for at in HOURS]
    return InlineKeyboardMarkup([*rows_of(hours), row(texts.OTHER_TIME, PickTime(None))])


def where(at: dt.time | None, likely: Place, *, private: bool) -> InlineKeyboardMarkup:
    """Ways for a person to say where they are without writing it."""
    rows = [row(texts.BY_CLOCK, TellClock(at))]
    if private:  # In groups Telegram has no such button.
        rows.append(row(texts.BY_LOCATION, ShareLocation(at)))
    # People press the first button, but hardly anybody lives by UTC.
    at_end = len(rows) if likely.zone == "UTC" else 0
    rows.insert(at_end, row(likely.name, PickPlace(at, likely.zone)))
    return InlineKeyboardMarkup(rows)


def places(at: dt.time | None, found: Iterable[Place]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([row(p.name, PickPlace(at, p.zone)) for p in found])


def location() -> ReplyKeyboardMarkup:
    """The one kind of button that can ask a phone for its location."""
    return ReplyKeyboardMarkup(
        [[KeyboardButton(texts.SHARE_LOCATION, request_location=True)]],
        resize_keyboard=True,
        one_time_keyboard=True,
    )


def settings(subscriber: Subscriber, now: dt.datetime) -> InlineKeyboardMarkup:
    """The buttons that make sense in the present state of a subscription."""
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
    """The button with which somebody gets tips again."""
    return InlineKeyboardMarkup([row(texts.SUBSCRIBE_AGAIN, Resume())])
