"""Texts that belong to no single feature, as Telegram HTML."""

from collections.abc import Mapping

from bot.knowledge.base import Knowledge
from bot.markup import escape

FAULT = "Sorry, something went wrong on my side. Please try again in a moment."
FAULT_ALERT = "Sorry, something went wrong. Please try again."
SHUT_ALERT = "I cannot write in this chat at the moment."
OUTDATED_BUTTON = "This button is out of date. Please use /topics or ask again."
SLOW_DOWN = "That was a lot at once. Please give me a minute, then go on."
UNKNOWN_COMMAND = "I do not know that command. /help lists what I can do."
ADMINS_ONLY = "Only administrators of this group can change that."
COMMANDS = {
    "ask": "Ask a question",
    "topics": "Browse by topic",
    "tip": "A tip right now",
    "subscribe": "A tip every day",
    "settings": "Time, zone and days of your tip",
    "timezone": "Where you are",
    "unsubscribe": "No more tips",
    "help": "What I can do",
    "privacy": "What is stored about you",
    "mydata": "A copy of what is stored",
    "forget": "Delete what is stored",
}
GROUP_COMMANDS = {
    name: COMMANDS[name]
    for name in ("ask", "tip", "subscribe", "settings", "timezone", "unsubscribe")
}
OPERATOR_COMMANDS = {
    "reload": "Take what is in the folder",
    "rollback": "Back to what was before",
    "unanswered": "Questions that found no answer",
    "why": "Why a question gets what it gets",
    "stats": "Figures and a chart",
    "broadcast": "A message to all subscribers",
}
"""Commands that only operators can call."""


def version() -> str:
    # This import takes as long as loading a kept knowledge base. Only `--version` needs it.
    from importlib import metadata

    return metadata.version("skinbot")


def help_text(knowledge: Knowledge) -> str:
    examples = "\n".join(f"• {escape(example)}" for example in knowledge.about.examples)
    return f"{knowledge.about.help}\n\n{examples}\n\n{_listed(COMMANDS)}"


def operator_help(knowledge: Knowledge) -> str:
    """The help for everybody, then the commands of operators."""
    theirs = _listed(OPERATOR_COMMANDS)
    return f"{help_text(knowledge)}\n\n<b>For operators</b>\n{theirs}"


def _listed(commands: Mapping[str, str]) -> str:
    return "\n".join(f"/{name}: {what}" for name, what in commands.items())


def fault_notice(fault: str, update: int | None) -> str:
    """A message to operators. It says where the code failed, never a word that a person wrote."""
    where = f" (update {update})" if update is not None else ""
    return f"A fault: {escape(fault)}{where}. The log has the traceback."
