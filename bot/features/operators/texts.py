"""Texts for operators about the running bot, as Telegram HTML."""

PROBLEMS_FILE = "problems.txt"
READ_ON = "Everything else is answered. The log says more."
STOPPING = "Stopping. What was fetched is still answered."


def died_of(update: int) -> str:
    return (
        f"Update {update} was passed over: the process died again and again while it was being "
        "handled. Whoever wrote it may have got no answer; the bot goes on with all others."
    )


def cannot_read(update: int) -> str:
    return f"Update {update} has a shape that cannot be read, and was passed over. {READ_ON}"
