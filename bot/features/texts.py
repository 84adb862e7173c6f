"""Every text that a person reads, as Telegram HTML; what people typed is escaped here."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from bot.answering.faq import Answer, Limited, RedFlag, Reply, SmallTalkReply, Suggestions, Unknown
from bot.knowledge.base import Knowledge
from bot.knowledge.models import Entry, Tip, Topic
from bot.language.words import escape
from bot.places.zones import name_of
from bot.subscriptions.delivery import Delivery
from bot.subscriptions.schedule import Schedule
from bot.subscriptions.subscriber import State, Subscriber

ALL_TOPICS = "All topics"
MORE_TOPICS = "More topics"
ASK_HOW = "Write your question behind the command, for example:\n/ask {example}"
DID_YOU_MEAN = "I am not sure that I understood. Did you mean one of these?"
FAULT = "Sorry, something went wrong on my side. Please try again in a moment."
FAULT_ALERT = "Sorry, something went wrong. Please try again."
OUTDATED_SETTING = "This button is out of date. /settings shows what there is now."
OUTDATED_BUTTON = "This button is out of date. Please use /topics or ask again."
SLOW_DOWN = "That was a lot at once. Please give me a minute, then go on."
TOPICS = "What would you like to know more about?"
UNKNOWN = (
    "Sorry, I found nothing on that. All I know comes from one article. "
    "These are the subjects that it covers:"
)
UNKNOWN_COMMAND = "I do not know that command. /help lists what I can do."
PRIVACY = (
    "<b>Privacy</b>\n"
    "I keep no profile and no name. What I can answer is not stored: the newest questions stay in "
    "the memory of this program with the answers that they got, so that you can edit one or say "
    "that an answer did not help. That is gone when the program stops.\n"
    "A question that I had no sure answer to, or whose answer got a 👎, is kept for {kept} so that "
    "I can learn, without your name or number. An operator reads it, and may keep its wording as "
    "an example. Nothing says that it was yours, so /forget cannot find it.\n"
    "A 👍 or 👎 is kept with your number until you delete it. The counts of questions and votes "
    "that I keep hold nothing about anybody.\n"
    "If you subscribe to the daily tip, I store the number of this chat, your time, zone and days, "
    "whether the tips are paused, stopped or blocked, which you have seen, and for 90 days what "
    "was sent. It stays until you delete it. A location that you share is turned into a zone and "
    "not kept.\n"
    "/mydata shows all that is kept with a number, /forget deletes it. Telegram itself keeps our "
    "chat: you can delete it there at any time."
)
UP, DOWN, THANKS = "👍", "👎", " Thanks"

READ_MORE = "Read more"
SETTINGS = "Settings"
GET_DAILY = "One every day"
NO_TIPS = "There are no daily tips here."
WHEN = (
    "One short tip a day, at your own hour. When should it come? Press a button or write the time, "
    "such as 7:30."
)
OTHER_TIME = "Another time"
WRITE_TIME = "Please write the time, such as 7:30 or half past nine."
NO_TIME = "I could not read a time in that. Please write it like 7:30, 9 pm or half past nine."
WHERE = (
    "Where are you? I need that for the right hour. Write your city or country, or press a button."
)
OTHER_PLACE = "Another zone"
BY_CLOCK = "Tell by my clock"
BY_LOCATION = "Share my location"
SHARE_LOCATION = "Share my location"
LOCATION = (
    "Press the button below, and I look up your zone. The location itself is not kept. You can "
    "write your city instead."
)
NO_LOCATION = "I could not find a zone for that location. Please write your city instead."
CLOCK = "What time is it for you right now? Please write it, such as 14:30."
NO_CLOCK = "I know no place where it is that time now. Please look again, or write your city."
WHICH = "Which one do you mean?"
WHICH_BY_CLOCK = "It is that time in these places now. Which is nearest to you?"
AS_IT_WAS = "All right, nothing was changed."
IN_GROUP = " Here in the group, please reply to this message."
NOT_SUBSCRIBED = "You get no tips at the moment. /subscribe starts them."
UNSUBSCRIBED = "Done, no more tips. Your questions are welcome at any time."
SUBSCRIBE_AGAIN = "Get tips again"
SHIFTS = {"−1 h": -60, "−15 min": -15, "+15 min": 15, "+1 h": 60}
DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
ONE_DAY = "At least one day is needed. Pause or stop the tips instead."
PAUSE_A_WEEK = "Pause a week"
PAUSE = "Pause"
RESUME = "Go on"
STOP = "Stop the tips"
ADMINS_ONLY = "Only administrators of this group can change that."
FROM_OPERATOR = "message from the operator"
NO_DATA = "Nothing is stored about this chat."
FORGET = (
    "This deletes all that is stored about this chat: the subscription with its time and zone, "
    "what was sent, and votes. It cannot be undone. Sure?"
)
FORGET_YES, FORGET_NO = "Delete it all", "Keep it"
FORGOTTEN = "Done. Nothing is stored about this chat any more."
KEPT = "Nothing was deleted."
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

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


def welcome(knowledge: Knowledge) -> str:
    return knowledge.about.welcome


def privacy(days: int) -> str:
    """Questions that found no answer are kept so long."""
    return PRIVACY.format(kept="one day" if days == 1 else f"{days} days")


def voted(*, up: bool) -> str:
    return f"{UP if up else DOWN}{THANKS}"


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
    where = f" (update {update})" if update is not None else ""
    return f"A fault: {escape(fault)}{where}. The log has the traceback."


def run_stopped(seconds: float) -> str:
    """For operators: too many tips failed."""
    return (
        f"Many tips could not be sent, so I stopped and go on in {seconds:.0f} seconds. "
        "The log says what failed."
    )


def tip(shown: Tip) -> str:
    return f"💡 {shown.text}"


def subscribe_how(written: str) -> str:
    """For arguments that hold neither a time nor a place."""
    return (
        f"I did not understand “{escape(written[:60])}”. Please write the time and your city, for "
        "example:\n/subscribe 7:30 New York"
    )


def no_place(written: str) -> str:
    return (
        f"I found no place called “{escape(written[:60])}”. Please write the nearest big city, "
        "a country, or a zone such as Europe/Paris or UTC+5:30."
    )


def subscribed(subscriber: Subscriber, place: str, now: dt.datetime) -> str:
    """What was understood, so that a wrong place is noticed at once."""
    schedule, slot = subscriber.schedule, subscriber.next
    if slot is None:
        follows = "Your tips are paused; /settings goes on with them."
    elif slot.moment <= now:
        second = schedule.after(now, slot.date)
        then = f"; the next comes {_when(schedule, second.moment, now)}" if second else ""
        follows = f"The first one follows right away{then}."
    else:
        follows = _next(subscriber, now)
    return (
        f"Done. A tip comes {days(schedule.days)} at <b>{schedule.at:%H:%M}</b> "
        f"{_there(schedule, place, now)}. {follows}\n"
        "/settings changes that, /unsubscribe ends it."
    )


def not_yet(schedule: Schedule, place: str, now: dt.datetime) -> str:
    """For a place that nobody needs until there is a subscription."""
    local = f"{schedule.local(now):%H:%M}"
    return f"It is {local} in {escape(place)} now. You get no tips yet: /subscribe starts them."


def settings(subscriber: Subscriber, now: dt.datetime) -> str:
    schedule = subscriber.schedule
    match subscriber.state:
        case State.ACTIVE if not subscriber.is_paused(now):
            state = _next(subscriber, now)
        case State.ACTIVE:
            state = f"Paused. {_next(subscriber, now)}"
        case State.PAUSED:
            state = "Paused until further notice."
        case _:
            return "<b>Daily tip</b>\nYou get no tips at the moment."
    there = f"{escape(name_of(schedule.zone))} time (it is {schedule.local(now):%H:%M} there now)"
    when = f"Time: {schedule.at:%H:%M}, {there}"
    return f"<b>Daily tip</b>\n{when}\nDays: {days(schedule.days)}\n{state}"


def days(chosen: Iterable[int]) -> str:
    match sorted(chosen):
        case [1, 2, 3, 4, 5, 6, 7]:
            return "every day"
        case [1, 2, 3, 4, 5]:
            return "from Monday to Friday"
        case [6, 7]:
            return "on Saturday and Sunday"
        case [*some, last]:
            first = ", ".join(WEEKDAYS[day - 1] for day in some)
            return f"on {first} and {WEEKDAYS[last - 1]}" if some else f"on {WEEKDAYS[last - 1]}"
    return "on no day"


def _there(schedule: Schedule, place: str, now: dt.datetime) -> str:
    return f"in {escape(place)} (it is {schedule.local(now):%H:%M} there now)"


def _next(subscriber: Subscriber, now: dt.datetime) -> str:
    if subscriber.next is None:
        return "No tip is due."
    return f"The next one comes {_when(subscriber.schedule, subscriber.next.moment, now)}."


def _when(schedule: Schedule, moment: dt.datetime, now: dt.datetime) -> str:
    there = schedule.local(max(moment, now)).replace(second=0, microsecond=0)
    match (there.date() - schedule.local(now).date()).days:
        case 0:
            day = "today"
        case 1:
            day = "tomorrow"
        case away if away < len(WEEKDAYS):
            day = f"on {WEEKDAYS[there.weekday()]}"
        case _:
            day = f"on {there.day} {there:%B}"
    leaps = "" if there.time() == schedule.at else " (the clocks change that night)"
    return f"{day} at {there:%H:%M}{leaps}"


def my_data(
    chat: int,
    subscriber: Subscriber | None,
    ledger: Sequence[Delivery],
    seen: Sequence[str],
    votes: Mapping[str, bool],
) -> str:
    """All that the database holds about a chat; may be longer than one message."""
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
    sent = [f"{each.date}: {each.tip or FROM_OPERATOR} ({each.progress})" for each in ledger]
    return [*(f"{name}: {value}" for name, value in facts.items()), "Sent:", *(sent or ["none"])]


def _moment(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
