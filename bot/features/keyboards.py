"""Keyboards: which buttons stand under which message, and in what order."""

import datetime as dt
from collections.abc import Iterable, Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup

from bot.answering.faq import Answer, Limited, RedFlag, Reply, SmallTalkReply, Suggestions, Unknown
from bot.bot_api.buttons import (
    AskPlace,
    Button,
    Forget,
    OpenSettings,
    Pause,
    PickPlace,
    PickTime,
    ReadMore,
    Resume,
    ShareLocation,
    Shift,
    ShowEntry,
    ShowTopic,
    ShowTopics,
    Stop,
    TellClock,
    ToggleDay,
    Vote,
)
from bot.features.privacy import texts as privacy_texts
from bot.features.questions import texts as question_texts
from bot.features.tips import texts as tip_texts
from bot.knowledge.base import Knowledge
from bot.knowledge.models import Entry, Tip, Topic
from bot.places.zones import Place
from bot.subscriptions.subscriber import State, Subscriber

MOST_RELATED = 3
PAGE = 20
HOURS = tuple(dt.time(hour) for hour in (6, 7, 8, 9, 10, 12, 14, 16, 18, 19, 20, 21))
A_WEEK = 7


Row = list[InlineKeyboardButton]


def _button(text: str, button: Button) -> InlineKeyboardButton:
    return InlineKeyboardButton(text, callback_data=button.pack())


def _row(text: str, button: Button) -> Row:
    return [_button(text, button)]


def _entry(entry: Entry) -> Row:
    return _row(entry.question, ShowEntry(entry.id))


def _topic(topic: Topic) -> Row:
    return _row(f"{topic.emoji} {topic.title}", ShowTopic(topic.id))


def _all_topics() -> Row:
    return _row(question_texts.ALL_TOPICS, ShowTopics())


def topics(chosen: Sequence[Topic], page: int = 0) -> InlineKeyboardMarkup:
    """One row for each topic; Telegram takes 100, a thumb about twenty."""
    if page * PAGE >= len(chosen):
        page = 0  # An old button: there are fewer topics by now.
    rows = [_topic(topic) for topic in chosen[page * PAGE :][:PAGE]]
    if len(chosen) > PAGE:
        rest = (page + 1) * PAGE < len(chosen)
        rows.append(_row(question_texts.MORE_TOPICS, ShowTopics(page + 1 if rest else 0)))
    return InlineKeyboardMarkup(rows)


def entries(topic: Topic) -> InlineKeyboardMarkup:
    """What a topic can be asked, and the way back."""
    return InlineKeyboardMarkup([*map(_entry, topic.entries), _all_topics()])


def around(knowledge: Knowledge, shown: Iterable[Entry]) -> InlineKeyboardMarkup:
    """Under an answer: what is related, the topics that it belongs to, and whether it helped."""
    shown = list(shown)
    ids = dict.fromkeys(other for entry in shown for other in entry.related)
    related = [knowledge.entries[i] for i in ids if i not in {entry.id for entry in shown}]
    belongs = {entry.topic: knowledge.topic(entry.id) for entry in shown}
    rows = [*map(_entry, related[:MOST_RELATED]), *map(_topic, belongs.values())]
    # Each of several answers is known by the emoji that it stands under.
    emoji = [f"{knowledge.topic(entry.id).emoji} " if shown[1:] else "" for entry in shown]
    votes = [_vote(entry, label) for entry, label in zip(shown, emoji, strict=True)]
    return InlineKeyboardMarkup([*rows, *votes])


def _vote(entry: Entry, label: str) -> Row:
    return [
        _button(f"{label}{question_texts.UP}", Vote(entry.id, up=True)),
        _button(f"{label}{question_texts.DOWN}", Vote(entry.id, up=False)),
    ]


def thanked(shown: InlineKeyboardMarkup, vote: Vote) -> InlineKeyboardMarkup:
    """The same buttons, with a mark on the one that was pressed and none on its opposite."""
    rows = [[_thanked(button, vote) for button in row] for row in shown.inline_keyboard]
    return InlineKeyboardMarkup(rows)


def _thanked(button: InlineKeyboardButton, vote: Vote) -> InlineKeyboardButton:
    label = button.text.removesuffix(question_texts.THANKS)
    if button.callback_data == vote.pack():
        return _button(f"{label}{question_texts.THANKS}", vote)
    opposite = Vote(vote.entry, not vote.up)
    return _button(label, opposite) if button.callback_data == opposite.pack() else button


def under(knowledge: Knowledge, reply: Reply) -> InlineKeyboardMarkup | None:
    """The buttons that belong under a reply."""
    match reply:
        case Answer(entries=shown):
            return around(knowledge, shown)
        case Suggestions(entries=near):
            return InlineKeyboardMarkup([*map(_entry, near), _all_topics()])
        case Limited(topics=near):
            return InlineKeyboardMarkup([*map(_topic, near), _all_topics()])
        case Unknown(topics=near):
            others = [topic for topic in knowledge.topics.values() if topic not in near]
            return topics([*near, *others])
        case SmallTalkReply():
            return InlineKeyboardMarkup([_all_topics()])
        case RedFlag():
            return None


def under_tip(tip: Tip, *, subscribed: bool = True) -> InlineKeyboardMarkup:
    settings = tip_texts.SETTINGS if subscribed else tip_texts.GET_DAILY
    return InlineKeyboardMarkup(
        [[_button(tip_texts.READ_MORE, ReadMore(tip.entry)), _button(settings, OpenSettings())]]
    )


def times() -> InlineKeyboardMarkup:
    """The hours at which most people want something to read, and any other."""
    rows = [
        [_button(f"{at:%H:%M}", PickTime(at)) for at in HOURS[i : i + 4]]
        for i in range(0, len(HOURS), 4)
    ]
    return InlineKeyboardMarkup([*rows, _row(tip_texts.OTHER_TIME, PickTime(None))])


def where(at: dt.time | None, likely: Place, *, private: bool) -> InlineKeyboardMarkup:
    """Ways to say where one is, beside writing it."""
    rows = [_row(tip_texts.BY_CLOCK, TellClock(at))]
    if private:  # Telegram offers it nowhere else.
        rows.append(_row(tip_texts.BY_LOCATION, ShareLocation(at)))
    # Hardly anybody lives by UTC, but what stands first is pressed.
    at_end = len(rows) if likely.zone == "UTC" else 0
    rows.insert(at_end, _row(likely.name, PickPlace(at, likely.zone)))
    return InlineKeyboardMarkup(rows)


def places(at: dt.time | None, found: Iterable[Place]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([_row(p.name, PickPlace(at, p.zone)) for p in found])


def location() -> ReplyKeyboardMarkup:
    """The one button that can ask a phone where it is."""
    return ReplyKeyboardMarkup(
        [[KeyboardButton(tip_texts.SHARE_LOCATION, request_location=True)]],
        resize_keyboard=True,
        one_time_keyboard=True,
    )


def settings(subscriber: Subscriber, now: dt.datetime) -> InlineKeyboardMarkup:
    """What can be changed, in the state that a subscription is in."""
    if subscriber.state not in {State.ACTIVE, State.PAUSED}:
        return again()
    days = subscriber.schedule.days
    rows = [
        [_button(label, Shift(minutes)) for label, minutes in tip_texts.SHIFTS.items()],
        [_button(tip_texts.OTHER_TIME, PickTime(None)), _button(tip_texts.OTHER_PLACE, AskPlace())],
        [
            _button(f"✓ {name}" if day in days else name, ToggleDay(day))
            for day, name in enumerate(tip_texts.DAYS, 1)
        ],
    ]
    if subscriber.is_paused(now):
        rows.append(_row(tip_texts.RESUME, Resume()))
    else:
        rows.append(
            [_button(tip_texts.PAUSE_A_WEEK, Pause(A_WEEK)), _button(tip_texts.PAUSE, Pause(0))]
        )
    return InlineKeyboardMarkup([*rows, _row(tip_texts.STOP, Stop())])


def again() -> InlineKeyboardMarkup:
    """The way back for somebody who gets no tips."""
    return InlineKeyboardMarkup([_row(tip_texts.SUBSCRIBE_AGAIN, Resume())])


def forget() -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [_row(privacy_texts.FORGET_YES, Forget(True)), _row(privacy_texts.FORGET_NO, Forget(False))]
    )
