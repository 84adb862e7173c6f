"""Texts about questions and answers, as Telegram HTML; typed words are escaped."""

from collections.abc import Sequence
from typing import assert_never

from bot.answering import replies
from bot.knowledge.base import Knowledge
from bot.knowledge.models import Entry, Flag, Topic
from bot.markup import escape

ALL_TOPICS = "All topics"
MORE_TOPICS = "More topics"
ASK_HOW = "Write your question behind the command, for example:\n/ask {example}"
DID_YOU_MEAN = "I am not sure that I understood. Did you mean one of these?"
TOPICS = "What would you like to know more about?"
UNKNOWN = (
    "Sorry, I found nothing on that. All I know comes from one article. "
    "These are the subjects that it covers:"
)
UNKNOWN_AGAIN = "Sorry, I found nothing on that either. /topics shows what I can tell about."
SOURCE = (
    "That is from the only article that I know, from its section {sections}. "
    "I tell it in my own words and have no link to it."
)
UP, DOWN, THANKS = "👍", "👎", " Thanks"


def welcome(knowledge: Knowledge) -> str:
    return knowledge.about.welcome


def voted(*, up: bool) -> str:
    return f"{UP if up else DOWN}{THANKS}"


def ask_how(knowledge: Knowledge) -> str:
    return ASK_HOW.format(example=escape(knowledge.about.examples[0]))


def hint(knowledge: Knowledge) -> str:
    return escape(knowledge.about.hint)


def topic(shown: Topic) -> str:
    return f"{_title(shown)}\n\n{shown.summary}"


def _title(topic: Topic) -> str:
    return f"{topic.emoji} <b>{escape(topic.title)}</b>"


def entries(knowledge: Knowledge, shown: Sequence[Entry], *, footer: bool = True) -> str:
    """One answer alone, or several, each under the title of its topic."""
    parts = [_entry(entry) for entry in shown]
    if len(shown) > 1:
        parts = [f"{_title(knowledge.topic(entry.id))}\n{_entry(entry)}" for entry in shown]
    if footer:
        parts.append(f"<i>{escape(knowledge.about.footer)}</i>")
    return "\n\n".join(parts)


def sources(shown: Sequence[Entry]) -> str:
    """The sections of the article that answers come from."""
    names = dict.fromkeys(f"“{escape(entry.section)}”" for entry in shown)
    return SOURCE.format(sections=" and ".join(names))


def _entry(entry: Entry) -> str:
    if entry.details is None:
        return entry.answer
    return f"{entry.answer}\n<blockquote expandable>{entry.details}</blockquote>"


def careful(flag: Flag, text: str) -> str:
    """A text behind the advice of a red flag."""
    return f"{flag.advice}\n\n{text}"


def of(
    knowledge: Knowledge, reply: replies.Reply, *, footer: bool = True, listed: bool = True
) -> str:
    """The text of a reply; `footer` and `listed` are as in `context.Turn`."""
    match reply:
        case replies.Answer(entries=shown, sourced=True):
            return sources(shown)
        case replies.Answer(entries=shown):
            return entries(knowledge, shown, footer=footer)
        case replies.Suggestions():
            return DID_YOU_MEAN
        case replies.Limited(limit=limit):
            return limit.answer
        case replies.RedFlag(flag=flag, under=under):
            below = of(knowledge, under, footer=footer) if under else None
            return careful(flag, below) if below else flag.advice
        case replies.SmallTalkReply(talk=talk):
            return talk.answer
        case replies.Unknown():
            return UNKNOWN if listed else UNKNOWN_AGAIN
        case _:
            assert_never(reply)
