"""Texts about the stored data of people, as Telegram HTML."""

import datetime as dt
from collections.abc import Mapping, Sequence

from bot.features.tips.texts import days
from bot.markup import escape
from bot.subscriptions.delivery import Delivery
from bot.subscriptions.subscriber import Subscriber

PRIVACY = (
    "<b>Privacy</b>\n"
    "I keep no profile and no name. What I can answer is not stored: the newest questions stay in "
    "the memory of this program with the answers that they got, so that you can edit one or say "
    "that an answer did not help. That is gone when the program stops. For half an hour I also "
    "remember, without the text, what our talk is about.\n"
    "A question that I had no sure answer to, or whose answer got a 👎, is kept for {kept} so that "
    "I can learn, without your name or number. An operator reads it, and may keep its wording as "
    "an example. Nothing says that it was yours, so /forget cannot find it.\n"
    "A 👍 or 👎 is kept with your number until you delete it. The counts of questions and votes "
    "that I keep hold nothing about anybody.\n"
    "If you subscribe to the daily tip, I store the number of this chat and of the topic in it, "
    "your time, zone and days, whether the tips are paused, stopped or blocked, which you have "
    "seen, and for 90 days what was sent. It stays until you delete it. A location that you share "
    "is turned into a zone and not kept.\n"
    "/mydata shows all that is kept with a number, /forget deletes it. Telegram itself keeps our "
    "chat: you can delete it there at any time."
)
FROM_OPERATOR = "message from the operator"
NO_DATA = "Nothing is stored about this chat."
FORGET = (
    "This deletes all that is stored about this chat: the subscription with its time and zone, "
    "what was sent, and votes. It cannot be undone. Sure?"
)
FORGET_YES, FORGET_NO = "Delete it all", "Keep it"
FORGOTTEN = "Done. Nothing is stored about this chat any more."
KEPT = "Nothing was deleted."


def privacy(days: int) -> str:
    """The text of /privacy. `days` is how long a question without an answer is kept."""
    return PRIVACY.format(kept="one day" if days == 1 else f"{days} days")


def my_data(
    chat: int,
    subscriber: Subscriber | None,
    ledger: Sequence[Delivery],
    seen: Sequence[str],
    votes: Mapping[str, bool],
) -> str:
    """All that the database holds about a chat. It may be longer than one message."""
    said = [f"{entry}: {'up' if up else 'down'}" for entry, up in votes.items()]
    lines = [
        f"Chat: {chat}",
        *(_subscription(subscriber, ledger, seen) if subscriber else ()),
        *(("Votes:", *said) if said else ()),
    ]
    return escape("\n".join(lines))


def _subscription(
    subscriber: Subscriber, ledger: Sequence[Delivery], seen: Sequence[str]
) -> Sequence[str]:
    schedule = subscriber.schedule
    facts = {
        "Time": f"{schedule.at:%H:%M}",
        "Zone": schedule.zone,
        "Days": days(schedule.days),
        "State": subscriber.state.value,
        "Since": _moment(subscriber.since),
        "Next tip": _moment(subscriber.next.moment) if subscriber.next else "none",
        "Last tip": str(subscriber.last or "none"),
        "Paused until": _moment(subscriber.paused_until) if subscriber.paused_until else "no",
        "Rounds of all tips seen": str(subscriber.round),
        "Tips seen in this round": ", ".join(seen) or "none",
    }
    if subscriber.thread is not None:
        facts["Topic"] = str(subscriber.thread)
    sent = [f"{each.date}: {each.tip or FROM_OPERATOR} ({each.progress})" for each in ledger]
    return [*(f"{name}: {value}" for name, value in facts.items()), "Sent:", *(sent or ["none"])]


def _moment(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
