"""Texts for operators about the running bot, as Telegram HTML."""

from bot.markup import escape

PROBLEMS_FILE = "problems.txt"
READ_ON = "Everything else is answered. The log says more."
STOPPING = "Stopping. What was fetched is still answered."


def of_the_database(news: str) -> str:
    return f"{escape(news[0].upper() + news[1:])}."


def died_of(update: int) -> str:
    return (
        f"Update {update} was passed over: the process died again and again while it was being "
        "handled. Whoever wrote it may have got no answer; the bot goes on with all others."
    )


def cannot_read(update: int) -> str:
    return f"Update {update} has a shape that cannot be read, and was passed over. {READ_ON}"
