"""Texts for operators about the running bot, as Telegram HTML."""

from bot.markup import escape

PROBLEMS_FILE = "problems.txt"
READ_ON = "Everything else is answered. The log says more."
ANOTHER_COPY = (
    "Another copy of this bot is running with the same token, and gets the questions. Stop one of "
    "the two. Until then this one sends no tips and no broadcasts."
)
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


def rival(host: str | None) -> str:
    """Tell who gets the updates: the host of a webhook, or None for another copy."""
    if host is None:
        return ANOTHER_COPY
    where = "" if host == "?" else f" at {escape(host)}"
    return (
        f"Somebody has set a webhook{where} for this bot, and it gets all questions. Restart the "
        "bot: that removes the webhook. Until then it sends no tips and no broadcasts. If nobody "
        "of you did it, ask @BotFather for a new token."
    )
