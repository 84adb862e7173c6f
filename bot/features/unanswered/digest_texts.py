"""What operators read once a day, as Telegram HTML."""

from collections.abc import Iterator, Mapping, Sequence

from bot.features.unanswered.groups import Group
from bot.knowledge.base import Knowledge
from bot.markup import escape, short

MOST_EXAMPLES = 3
MOST_ENTRIES = 5


def digest(knowledge: Knowledge, questions: Sequence[Group], down: Mapping[str, int]) -> str:
    """News since the last one: what was asked in vain and how often, and entries voted down."""
    parts = [*_unanswered(questions)] if questions else []
    if down:
        parts += [""] if parts else []
        parts += _voted_down(knowledge, down)
    return "\n".join(parts)


def _unanswered(questions: Sequence[Group]) -> Iterator[str]:
    count = len(questions)
    new = "1 new question" if count == 1 else f"{count:,} new questions"
    yield f"<b>{new} without a good answer</b>"
    for group in questions[:MOST_EXAMPLES]:
        times = len(group.questions)
        often = f" ({times:,} times)" if times > 1 else ""
        yield f"• “{escape(short(group.example.text))}”{often}"
    if count > MOST_EXAMPLES:
        yield f"… and {count - MOST_EXAMPLES:,} more."
    yield "/unanswered shows them."


def _voted_down(knowledge: Knowledge, down: Mapping[str, int]) -> Iterator[str]:
    yield "<b>Answers that did not help</b>"
    entries = list(down.items())
    for entry, votes in entries[:MOST_ENTRIES]:
        # Its id where a reload has removed it.
        known = knowledge.entries.get(entry)
        yield f"• {escape(known.question if known else short(entry))} (👎 {votes:,})"
    if len(entries) > MOST_ENTRIES:
        yield f"… and {len(entries) - MOST_ENTRIES:,} more."
