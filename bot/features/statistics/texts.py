"""What /stats says: the caption, as Telegram HTML, and the words in the chart."""

import datetime as dt
from collections.abc import Iterator, Sequence

from bot.features.statistics.figures import TOP_ENTRIES, Figures
from bot.knowledge.base import Knowledge
from bot.markup import escape, plain, short, units
from bot.places.zones import name_of

MOST_CAPTION = 1_024
"""What Telegram takes below a picture, counted as `units` does."""
OUTCOMES = {
    "answer": "answered",
    "suggestions": "suggested",
    "limited": "not covered",
    "red_flag": "red flag",
    "smalltalk": "small talk",
    "unknown": "not understood",
}
HOW = "Write a number of days from 1 to {most}, for example:\n/stats 7"
A_DAY, A_WEEK, IN_AN_HOUR = "questions a day", "questions a week", "questions"
DAY, WEEK, HOUR, NUMBER = "day", "week", "hour of the day", "number of questions"
NO_QUESTIONS = "No questions were asked"


def caption(figures: Figures, knowledge: Knowledge, zone: str) -> str:
    """All figures in short; `zone` is the one whose hours were counted."""
    entries = TOP_ENTRIES
    while units(plain(text := _of(figures, knowledge, zone, entries))) > MOST_CAPTION and entries:
        entries -= 1
    return text


def _of(figures: Figures, knowledge: Knowledge, zone: str, entries: int) -> str:
    return "\n".join(_lines(figures, knowledge, zone, entries))


def _lines(figures: Figures, knowledge: Knowledge, zone: str, entries: int) -> Iterator[str]:
    yield f"<b>{_questions(figures)} {_span(len(figures.days))}</b>"
    if figures.questions:
        yield _outcomes(figures)
    if top := figures.entries[:entries]:
        yield "\n<b>Most answered</b>"
        for number, (entry, count) in enumerate(top, 1):
            yield f"{number}. {_entry(knowledge, entry)} ({count:,})"
    yield f"\n<b>Helpful:</b> {_helpful(figures)}"
    if busiest := figures.busiest:
        hours = ", ".join(f"{hour}–{hour + 1}" for hour, _ in busiest)
        yield f"<b>Busiest hours:</b> {hours} ({escape(name_of(zone))})"
    yield f"<b>Subscribers:</b> {_subscribers(figures)}"
    yield f"<b>Tips:</b> {_tips(figures)}"


def _questions(figures: Figures) -> str:
    match figures.questions:
        case 0:
            return "No questions"
        case 1:
            return "1 question"
        case many:
            return f"{many:,} questions"


def _span(days: int) -> str:
    return "today" if days == 1 else f"in the last {days} days"


def _outcomes(figures: Figures) -> str:
    totals = figures.totals
    counts = [f"{OUTCOMES[name]} {count:,}" for name, count in totals.items() if count]
    if totals["answer"]:
        counts[0] += f" ({totals['answer'] / figures.questions:.0%})"
    return " · ".join(counts)


def _entry(knowledge: Knowledge, entry: str) -> str:
    """The question that it answers; its id where a reload has removed it."""
    known = knowledge.entries.get(entry)
    return escape(short(known.question if known else entry))


def _helpful(figures: Figures) -> str:
    if figures.helpful is None:
        return "no votes"
    votes = figures.up + figures.down
    return f"{figures.up:,} of {votes:,} vote{'s' * (votes > 1)} ({figures.helpful:.0%})"


def _subscribers(figures: Figures) -> str:
    changes = [(figures.joined, "joined"), (figures.left, "left")]
    return ", ".join(
        [f"{figures.subscribers:,}", *(f"{count:,} {what}" for count, what in changes if count)]
    )


def _tips(figures: Figures) -> str:
    tips = figures.tips
    counts = [
        (tips["sent"], "sent"),
        (tips["failed"], "failed"),
        (tips["blocked"] + tips["deactivated"], "to chats that take none any more"),
        (tips["unknown"], "that may not have arrived"),
    ]
    return ", ".join(f"{count:,} {what}" for count, what in counts if count) or "none sent"


def title(days: Sequence[dt.date]) -> str:
    """Of the chart: the days that it shows."""
    first, last = days[0], days[-1]
    if first == last:
        return f"Questions on {_date(last)}"
    begin = f"{first.day} {first:%b}" if first.year == last.year else _date(first)
    return f"Questions, {begin} – {_date(last)}"


def _date(day: dt.date) -> str:
    return f"{day.day} {day:%b} {day.year}"
