"""Texts for operators about broadcasts, as Telegram HTML."""

from bot.markup import escape, short
from bot.subscriptions.delivery import Progress, Stage, Standing

SEND, CANCEL = "Send", "Cancel"
HOW = (
    "Reply with /broadcast to the message that all subscribers are to get, or write a text behind "
    "the command, for example:\n/broadcast We are back on Monday.\n"
    "I show it first, and send it when you say so."
)
NOBODY = "Nobody would get it: there are no active subscribers."
NOT_SENT = "All right, nothing was sent."
OUTDATED = "This button is out of date. /broadcast begins a new one."
MOST_WHY = 200
"""At most so many characters of a refusal are shown."""
OUTCOMES = {
    Progress.SENT: "Sent",
    Progress.BLOCKED: "Blocked the bot",
    Progress.DEACTIVATED: "Account deleted",
    Progress.FAILED: "Failed",
    Progress.UNKNOWN: "May have arrived or not",
    Progress.CANCELLED: "Cancelled",
}
"""The ends of deliveries, in the order in which they are shown."""
HEADS = {
    Stage.RUNNING: ("Sending", "The broadcast is done"),
    Stage.CANCELLED: ("Cancelling", "The broadcast was cancelled"),
    Stage.LOST: ("Stopping", "The broadcast was stopped"),
}
"""The head of the board while messages are on their way, and at the end."""
LOST = "Telegram cannot copy the message any more; it was probably deleted."
LEFT = "Cancelled are people who unsubscribed or paused meanwhile."


def refused(why: str) -> str:
    """Telegram's own words for its refusal; they are about the message, not about a person."""
    return f"Telegram does not take this message: {escape(short(why, MOST_WHY))}"


def ask(receivers: int, seconds: float) -> str:
    """The question below the preview."""
    people = "1 subscriber" if receivers == 1 else f"{receivers:,} subscribers"
    return (
        f"This is what they will see. It goes to <b>{people}</b> and takes "
        f"{_duration(seconds)}. Send it?"
    )


def board(stage: Stage, standing: Standing) -> str:
    """The progress of a broadcast, or its result."""
    going, over = HEADS[stage]
    lines = [f"<b>{over}</b>"]
    if standing.open:
        lines = [f"<b>{going}</b>: {standing.done:,} of {standing.total:,}"]
    if stage is Stage.LOST:
        lines.append(LOST)
    elif stage is Stage.RUNNING and not standing.open and Progress.CANCELLED in standing.outcomes:
        lines.append(LEFT)
    counts = [
        f"{name}: {standing.outcomes[outcome]:,}"
        for outcome, name in OUTCOMES.items()
        if outcome in standing.outcomes
    ]
    if not (counts or standing.open):
        lines.append(NOBODY)
    return "\n".join([*lines, *counts])


def _duration(seconds: float) -> str:
    if seconds < 60:
        return "less than a minute"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"about {minutes} minute{'s' * (minutes > 1)}"
    return f"about {round(minutes / 60)} hours"
