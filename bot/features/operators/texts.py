"""What operators read about the bot itself, as Telegram HTML."""

from bot.features import texts as everybodys
from bot.knowledge.base import Knowledge

PROBLEMS_FILE = "problems.txt"
COMMANDS = {
    "reload": "Take what is in the folder",
    "rollback": "Back to what was before",
    "unanswered": "Questions that found no answer",
    "why": "Why a question gets what it gets",
    "stats": "Figures and a chart",
    "broadcast": "A message to all subscribers",
}
READ_ON = "Everything else is answered. The log says more."
STOPPING = "Stopping. What was fetched is still answered."


def help_text(knowledge: Knowledge) -> str:
    """What everybody reads, and what only operators can do."""
    theirs = "\n".join(f"/{name}: {what}" for name, what in COMMANDS.items())
    return f"{everybodys.help_text(knowledge)}\n\n<b>For operators</b>\n{theirs}"


def died_of(update: int) -> str:
    return (
        f"Update {update} was passed over: the process died again and again while it was being "
        "handled. Whoever wrote it may have got no answer; the bot goes on with all others."
    )


def cannot_read(update: int) -> str:
    return f"Update {update} has a shape that cannot be read, and was passed over. {READ_ON}"
