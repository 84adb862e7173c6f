"""What people read whatever they do, as Telegram HTML."""

from bot.knowledge.base import Knowledge
from bot.markup import escape

FAULT = "Sorry, something went wrong on my side. Please try again in a moment."
FAULT_ALERT = "Sorry, something went wrong. Please try again."
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


def version() -> str:
    # Imported here: it takes as long as a whole knowledge base that was kept (`compiled`).
    from importlib import metadata

    return metadata.version("skinbot")


def help_text(knowledge: Knowledge) -> str:
    commands = "\n".join(f"/{name}: {what}" for name, what in COMMANDS.items())
    examples = "\n".join(f"• {escape(example)}" for example in knowledge.about.examples)
    return f"{knowledge.about.help}\n\n{examples}\n\n{commands}"


def fault_notice(fault: str, update: int | None) -> str:
    """For operators: where it broke, never what a person wrote."""
    where = f" (update {update})" if update is not None else ""
    return f"A fault: {escape(fault)}{where}. The log has the traceback."
