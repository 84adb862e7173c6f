"""The caption of /stats, as Telegram HTML, and the words in its chart."""

import datetime as dt
from collections.abc import Iterator, Sequence

from bot.features.statistics.figures import TOP_ENTRIES, Figures
from bot.knowledge.base import Knowledge
from bot.markup import escape, plain, short, units
from bot.places.zones import name_of

MOST_CAPTION = 1_024
"""Telegram allows so much text below a picture, counted by `units`."""
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
    """All figures in short, with fewer entries if it gets too long.

    The hours were counted in `zone`.
    """
    for entries in range(TOP_ENTRIES, -1, -1):
        text = "\n".join(_lines(figures, knowledge, zone, entries))
        if units(plain(text)) <= MOST_CAPTION:
            break
    return text


def _lines(figures: Figures, knowledge: Knowledge, zone: str, entries: int) -> Iterator[str]:
    days = len(figures.days)
    span = "today" if days == 1 else f"in the last {days} days"
    yield f"<b>{_questions(figures.questions)} {span}</b>"
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


def _questions(count: int) -> str:
    return {0: "No questions", 1: "1 question"}.get(count, f"{count:,} questions")


def _outcomes(figures: Figures) -> str:
    totals = figures.totals
    counts = [f"{OUTCOMES[name]} {count:,}" for name, count in totals.items() if count]
    if totals["answer"]:
        counts[0] += f" ({totals['answer'] / figures.questions:.0%})"
    return " · ".join(counts)


def _entry(knowledge: Knowledge, entry: str) -> str:
    """The question of an entry; the id of one that a reload has removed."""
    known = knowledge.entries.get(entry)
    return escape(short(known.question if known else entry))


def _helpful(figures: Figures) -> str:
    if figures.helpful is None:
        return "no votes"
    votes = figures.up + figures.down
    return f"{figures.up:,} of {votes:,} vote{'s' * (votes > 1)} ({figures.helpful:.0%})"


def _subscribers(figures: Figures) -> str:
    changes = [(figures.joined, "joined"), (figures.left, "left")]
    counts = [f"{count:,} {what}" for count, what in changes if count]
    return ", ".join([f"{figures.subscribers:,}", *counts])


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
    """The title of the chart names the days that it shows."""
    first, last = days[0], days[-1]
    if first == last:
        return f"Questions on {_date(last)}"
    begin = f"{first.day} {first:%b}" if first.year == last.year else _date(first)
    return f"Questions, {begin} – {_date(last)}"


def _date(day: dt.date) -> str:
    return f"{day.day} {day:%b} {day.year}"
