"""Every text that a person reads, as Telegram HTML; what people typed is escaped here."""

from collections.abc import Sequence

from bot.faq import Answer, Limited, RedFlag, Reply, SmallTalkReply, Suggestions, Unknown
from bot.knowledge import Knowledge
from bot.models import Entry, Topic
from bot.text import escape

ALL_TOPICS = "All topics"
MORE_TOPICS = "More topics"
ASK_HOW = "Write your question behind the command, for example:\n/ask {example}"
DID_YOU_MEAN = "I am not sure that I understood. Did you mean one of these?"
FAULT = "Sorry, something went wrong on my side. Please try again in a moment."
FAULT_ALERT = "Sorry, something went wrong. Please try again."
OUTDATED_BUTTON = "This button is out of date. Please use /topics or ask again."
SLOW_DOWN = "That was a lot of questions at once. Please give me a minute, then ask on."
TOPICS = "What would you like to know more about?"
UNKNOWN = (
    "Sorry, I found nothing on that. All I know comes from one article. "
    "These are the subjects that it covers:"
)
UNKNOWN_COMMAND = "I do not know that command. /help lists what I can do."
PRIVACY = (
    "<b>Privacy</b>\n"
    "Your questions are matched in the memory of this program and are not stored. I keep no "
    "profile and no name. To answer an edited question I remember for a while which of my messages "
    "belonged to it; that is gone when the program stops. Telegram itself keeps our chat: you can "
    "delete it there at any time."
)

COMMANDS = {
    "ask": "Ask a question",
    "topics": "Browse by topic",
    "help": "What I can do",
    "privacy": "What is stored about you",
}
GROUP_COMMANDS = {"ask": "Ask a question"}


def version() -> str:
    # Imported here: it takes as long as a whole knowledge base that was kept (`compiled`).
    from importlib import metadata

    return metadata.version("skinbot")


def welcome(knowledge: Knowledge) -> str:
    return knowledge.about.welcome


def help_text(knowledge: Knowledge) -> str:
    commands = "\n".join(f"/{name}: {what}" for name, what in COMMANDS.items())
    examples = "\n".join(f"• {escape(example)}" for example in knowledge.about.examples)
    return f"{knowledge.about.help}\n\n{examples}\n\n{commands}"


def ask_how(knowledge: Knowledge) -> str:
    return ASK_HOW.format(example=escape(knowledge.about.examples[0]))


def hint(knowledge: Knowledge) -> str:
    return escape(knowledge.about.hint)


def topic(shown: Topic) -> str:
    return f"{shown.emoji} <b>{escape(shown.title)}</b>\n\n{shown.summary}"


def entries(knowledge: Knowledge, shown: Sequence[Entry]) -> str:
    """One answer, or several under the titles of their topics."""
    parts = [_entry(entry) for entry in shown]
    if len(shown) > 1:
        topics = [knowledge.topic(entry.id) for entry in shown]
        parts = [
            f"{t.emoji} <b>{escape(t.title)}</b>\n{part}"
            for t, part in zip(topics, parts, strict=True)
        ]
    return "\n\n".join([*parts, f"<i>{escape(knowledge.about.footer)}</i>"])


def _entry(entry: Entry) -> str:
    if entry.details is None:
        return entry.answer
    return f"{entry.answer}\n<blockquote expandable>{entry.details}</blockquote>"


def of(knowledge: Knowledge, reply: Reply) -> str:
    """What is sent for a reply."""
    match reply:
        case Answer(entries=shown):
            return entries(knowledge, shown)
        case Suggestions():
            return DID_YOU_MEAN
        case Limited(limit=limit):
            return limit.answer
        case RedFlag(flag=flag):
            return flag.advice
        case SmallTalkReply(talk=talk):
            return talk.answer
        case Unknown():
            return UNKNOWN


def fault_notice(fault: str, update: int | None) -> str:
    """For operators: where it broke, never what a person wrote."""
    return f"A fault: {fault} (update {update}). The log has the traceback."
