"""The buttons under answers and lists of topics, and their rows."""

from collections.abc import Iterable
from typing import Annotated, assert_never

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.answering import replies
from bot.bot_api.buttons import Button, Id, Part, Row, button, either, paged, row
from bot.features.questions import texts
from bot.knowledge.base import Knowledge
from bot.knowledge.models import Entry, Topic

_PAGE = Part(
    r"(?::\d{1,3})?", lambda packed: int(packed[1:] or 0), lambda page: f":{page}" if page else ""
)


class ShowEntry(Button, data="entry:{entry}"):
    """Opens an entry."""

    entry: Id


class ShowTopic(Button, data="topic:{topic}"):
    """Opens a topic."""

    topic: Id


class ShowTopics(Button, data="topics{page}"):
    """Opens a page of the list of topics. The data of the first page has no number."""

    page: Annotated[int, _PAGE] = 0


class Vote(Button, data="{up}:{entry}"):
    """Votes on an entry: True means that it helped."""

    entry: Id
    up: Annotated[bool, either("up", "down")]


MOST_RELATED = 3
PAGE = 20


def _entry(entry: Entry) -> Row:
    return row(entry.question, ShowEntry(entry.id))


def _topic(topic: Topic) -> Row:
    return row(f"{topic.emoji} {topic.title}", ShowTopic(topic.id))


def _all_topics() -> Row:
    return row(texts.ALL_TOPICS, ShowTopics())


def topics(chosen: Iterable[Topic], page: int = 0) -> InlineKeyboardMarkup:
    """One row for each topic. Telegram takes 100 rows, but a person wants about twenty."""
    _, shown, following = paged(list(chosen), page, PAGE)
    more = [] if following is None else [row(texts.MORE_TOPICS, ShowTopics(following))]
    return InlineKeyboardMarkup([*map(_topic, shown), *more])


def entries(topic: Topic) -> InlineKeyboardMarkup:
    """The entries of a topic, and the way back to all topics."""
    return InlineKeyboardMarkup([*map(_entry, topic.entries), _all_topics()])


def around(knowledge: Knowledge, shown: Iterable[Entry]) -> InlineKeyboardMarkup:
    """Under an answer: related entries, the topics of the answer, and the vote buttons."""
    shown = list(shown)
    ids = dict.fromkeys(other for entry in shown for other in entry.related)
    related = [knowledge.entries[i] for i in ids if i not in {entry.id for entry in shown}]
    belongs = {entry.topic: knowledge.topic(entry.id) for entry in shown}
    rows = [*map(_entry, related[:MOST_RELATED]), *map(_topic, belongs.values())]
    # Of several answers, each one is marked by the emoji of its topic.
    emoji = [f"{knowledge.topic(entry.id).emoji} " if shown[1:] else "" for entry in shown]
    votes = [_vote(entry, label) for entry, label in zip(shown, emoji, strict=True)]
    return InlineKeyboardMarkup([*rows, *votes])


def _vote(entry: Entry, label: str) -> Row:
    return [
        button(f"{label}{texts.UP}", Vote(entry.id, up=True)),
        button(f"{label}{texts.DOWN}", Vote(entry.id, up=False)),
    ]


def thanked(shown: InlineKeyboardMarkup, vote: Vote) -> InlineKeyboardMarkup:
    """The shown buttons again: the pressed one says thanks, its opposite does not."""
    rows = [[_thanked(each, vote) for each in line] for line in shown.inline_keyboard]
    return InlineKeyboardMarkup(rows)


def _thanked(pressed: InlineKeyboardButton, vote: Vote) -> InlineKeyboardButton:
    label = pressed.text.removesuffix(texts.THANKS)
    if pressed.callback_data == vote.pack():
        return button(f"{label}{texts.THANKS}", vote)
    opposite = Vote(vote.entry, not vote.up)
    return button(label, opposite) if pressed.callback_data == opposite.pack() else pressed


def under(
    knowledge: Knowledge, reply: replies.Reply, *, listed: bool = True
) -> InlineKeyboardMarkup | None:
    """The buttons that belong under a reply; `listed` is as in `context.Turn`."""
    match reply:
        case replies.Answer(sourced=True):
            return None
        case replies.Answer(entries=shown):
            return around(knowledge, shown)
        case replies.Suggestions(entries=near):
            return InlineKeyboardMarkup([*map(_entry, near), _all_topics()])
        case replies.Limited(near=near):
            return InlineKeyboardMarkup([*map(_topic, near), _all_topics()])
        case replies.Unknown(near=near) if not listed:
            return InlineKeyboardMarkup([*map(_topic, near), _all_topics()])
        case replies.Unknown(near=near):
            others = [topic for topic in knowledge.topics.values() if topic not in near]
            return topics([*near, *others])
        case replies.SmallTalkReply():
            return InlineKeyboardMarkup([_all_topics()])
        case replies.RedFlag():
            return None
        case _:
            assert_never(reply)
