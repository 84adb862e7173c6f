"""Buttons: each kind packs and unpacks its own data; keyboards are rows of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.faq import Answer, Limited, RedFlag, Reply, SmallTalkReply, Suggestions, Unknown
from bot.knowledge import Knowledge
from bot.models import Entry, Topic
from bot.texts import ALL_TOPICS, MORE_TOPICS

MOST_RELATED = 3
PAGE = 20


@dataclass(frozen=True, slots=True)
class ShowEntry:
    """Opens an entry."""

    PATTERN: ClassVar[str] = r"^entry:"
    entry: str

    def pack(self) -> str:
        return f"entry:{self.entry}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(data.removeprefix("entry:"))


@dataclass(frozen=True, slots=True)
class ShowTopic:
    """Opens a topic."""

    PATTERN: ClassVar[str] = r"^topic:"
    topic: str

    def pack(self) -> str:
        return f"topic:{self.topic}"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(data.removeprefix("topic:"))


@dataclass(frozen=True, slots=True)
class ShowTopics:
    """Opens a page of the list of topics."""

    PATTERN: ClassVar[str] = r"^topics(?::\d{1,3})?$"
    page: int = 0

    def pack(self) -> str:
        return f"topics:{self.page}" if self.page else "topics"

    @classmethod
    def unpack(cls, data: str) -> Self:
        return cls(int(data.removeprefix("topics").removeprefix(":") or 0))


Button = ShowEntry | ShowTopic | ShowTopics
Row = list[InlineKeyboardButton]


def _row(text: str, button: Button) -> Row:
    return [InlineKeyboardButton(text, callback_data=button.pack())]


def _entry(entry: Entry) -> Row:
    return _row(entry.question, ShowEntry(entry.id))


def _topic(topic: Topic) -> Row:
    return _row(f"{topic.emoji} {topic.title}", ShowTopic(topic.id))


def _all_topics() -> Row:
    return _row(ALL_TOPICS, ShowTopics())


def topics(chosen: Sequence[Topic], page: int = 0) -> InlineKeyboardMarkup:
    """One row for each topic; Telegram takes 100, a thumb about twenty."""
    if page * PAGE >= len(chosen):
        page = 0  # An old button: there are fewer topics by now.
    rows = [_topic(topic) for topic in chosen[page * PAGE :][:PAGE]]
    if len(chosen) > PAGE:
        rest = (page + 1) * PAGE < len(chosen)
        rows.append(_row(MORE_TOPICS, ShowTopics(page + 1 if rest else 0)))
    return InlineKeyboardMarkup(rows)


def entries(topic: Topic) -> InlineKeyboardMarkup:
    """What a topic can be asked, and the way back."""
    return InlineKeyboardMarkup([*map(_entry, topic.entries), _all_topics()])


def around(knowledge: Knowledge, shown: Iterable[Entry]) -> InlineKeyboardMarkup:
    """Under an answer: what is related, and the topics that it belongs to."""
    shown = list(shown)
    ids = dict.fromkeys(other for entry in shown for other in entry.related)
    related = [knowledge.entries[i] for i in ids if i not in {entry.id for entry in shown}]
    belongs = {entry.topic: knowledge.topic(entry.id) for entry in shown}
    rows = [*map(_entry, related[:MOST_RELATED]), *map(_topic, belongs.values())]
    return InlineKeyboardMarkup(rows)


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
