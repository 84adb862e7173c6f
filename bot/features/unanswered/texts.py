"""Texts of the inbox and of the digest for operators, as Telegram HTML."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from bot.answering import replies
from bot.errors import KnowledgeError, ReloadError
from bot.features.unanswered.groups import Group
from bot.knowledge.base import Knowledge
from bot.knowledge.lessons import Kind, Lesson
from bot.knowledge.models import Entry
from bot.markup import escape, quoted, short

MOST_WORDING = 300
MOST_OTHER = 100
MOST_PROBLEMS = 5
MOST_PROBLEM = 250
MOST_EXAMPLES = 3
MOST_VOTED_DOWN = 5

TEACH, NOT_COVERED, IGNORE, DONE, NEXT = "Teach", "Not covered", "Ignore", "Done", "Next"
LESSONS, BACK, MORE, UNDO, TO_INBOX = "What was taught", "Back", "More", "Undo", "Unanswered"
UNDO_IGNORE = "Undo: do not ignore that"
NO_TOPIC = "There is no such topic any more. /unanswered shows what there is."
MOST_NAME = 40
GONE = "These questions were dealt with by now. /unanswered shows what is left."
NOTHING = "Nothing is unanswered. What finds no answer from now on comes here."
CHECKING = "Checking what that changes. It takes some seconds, and the bot goes on answering …"
WHICH_TOPIC = "Which of these is it about? Choose what it asks for, or its topic:"
WHICH_ENTRY = "What does it ask for?"
WHICH_LIMIT = "Which subject is it, of those that are not covered?"
NOTHING_TAUGHT = "Nothing was taught, or all of it was undone."
UNDONE_BEFORE = "That was undone before."
OUTCOMES = {
    "unknown": "nothing found",
    "suggestions": "suggestions",
    "voted_down": "an answer that did not help",
}


def group(shown: Group, place: int, many: int, today: dt.date, now_gets: str | None) -> str:
    """A group, at its place of `many`. `now_gets` tells of its reply by now, if that is better."""
    count = len(shown.questions)
    times = "Asked once" if count == 1 else f"Asked {count:,} times, last"
    mixed = len(shown.outcomes) > 1
    got = ", ".join(
        OUTCOMES.get(name, escape(name)) + (f" ({part:,})" if mixed else "")
        for name, part in shown.outcomes
    )
    lines = [
        f"<b>Unanswered: {place + 1} of {many:,}</b>",
        quoted(shown.example.text, MOST_WORDING),
        "",
        f"{times} {ago(shown.last.day, today)}. It got: {got}.",
    ]
    if shown.others:
        lines += ["Also worded:", *(f"• {quoted(each, MOST_OTHER)}" for each in shown.others)]
    if now_gets:
        lines.append(f"Now it gets {now_gets}.")
    return "\n".join(lines)


def ago(day: dt.date, today: dt.date) -> str:
    days = (today - day).days
    if days > 1:
        return f"{days:,} days ago"
    return "yesterday" if days == 1 else "today"


def choice(question: str, what: str) -> str:
    """A wording, and what the operator has to choose for it."""
    return f"{quoted(question, MOST_WORDING)}\n\n{what}"


def gets(reply: replies.Reply) -> str:
    """A reply in words that fit behind “it gets”."""
    match reply:
        case replies.Answer(entries=entries):
            return f"the answer to {_entries(entries)}"
        case replies.Suggestions(entries=entries):
            return f"only suggestions: {_entries(entries)}"
        case replies.Limited(limit=limit):
            return f"the limit “{escape(limit.title)}”"
        case replies.RedFlag(flag=flag):
            return f"the red flag “{escape(flag.title)}”, which comes before all else"
        case replies.SmallTalkReply(talk=talk):
            return f"the small talk <code>{escape(talk.id)}</code>"
        case replies.Unknown():
            return "nothing"
        case _:
            assert_never(reply)


def _entries(entries: Sequence[Entry]) -> str:
    return " and ".join(f"“{escape(entry.question)}”" for entry in entries)


def taught(lesson: Lesson, reply: replies.Reply, settled: int) -> str:
    """A lesson that was learned, and the reply that its wording really gets now."""
    wording = quoted(lesson.phrasing, MOST_WORDING)
    if _reaches(lesson, reply):
        return f"<b>Learned.</b> {wording} gets {gets(reply)} now. {_settled(settled)}"
    return (
        f"<b>Learned, but it does not decide yet.</b> {wording} still gets {gets(reply)}. "
        f"/why says why. {_settled(settled)}"
    )


def _reaches(lesson: Lesson, reply: replies.Reply) -> bool:
    return isinstance(reply, replies.Answer | replies.Limited) and lesson.target in reply.ids


def _settled(count: int) -> str:
    return "One question is settled." if count == 1 else f"{count:,} questions are settled."


def gone(name: str | None) -> str:
    """Plain text for an alert: these questions are not open any more."""
    return f"{short(name, MOST_NAME)} was faster. {GONE}" if name else GONE


def ignored(question: str) -> str:
    """A line about the ignored question. It is shown above the next group."""
    return f"Ignored, with all that is asked like it: {quoted(question, MOST_OTHER)}"


def refused(question: str, error: KnowledgeError | ReloadError) -> str:
    """A wording that was not learned. Nothing has changed."""
    said = f"<b>Not learned.</b> {quoted(question, MOST_WORDING)}"
    return "\n".join([said, *_reasons(error), "", "Choose another:"])


def not_undone(error: KnowledgeError | ReloadError) -> str:
    return "\n".join(["<b>Not undone.</b>", *_reasons(error)])


def _reasons(error: KnowledgeError | ReloadError) -> Iterator[str]:
    if isinstance(error, ReloadError):
        yield escape(str(error))
        return
    yield "Other questions would go astray:"
    lines = [escape(short(str(problem), MOST_PROBLEM)) for problem in error.problems]
    yield from _listed(lines, MOST_PROBLEMS)


def _listed(lines: Sequence[str], most: int) -> Iterator[str]:
    """The first lines of a list, and the number of the others."""
    yield from (f"• {line}" for line in lines[:most])
    if len(lines) > most:
        yield f"… and {len(lines) - most:,} more."


def lessons(
    knowledge: Knowledge, shown: Sequence[Lesson], first: int, many: int, today: dt.date
) -> str:
    """A page of the list of lessons. `first` is the number of its first lesson."""
    if not shown:
        return NOTHING_TAUGHT
    lines = (
        f"{number}. {quoted(lesson.phrasing, MOST_OTHER)} → {_meaning(knowledge, lesson)} "
        f"({ago(lesson.day, today)})"
        for number, lesson in enumerate(shown, first)
    )
    return "\n".join([f"<b>What was taught</b> ({many:,}), the newest first", *lines])


def _meaning(knowledge: Knowledge, lesson: Lesson) -> str:
    entry, limit = knowledge.entries.get(lesson.target), knowledge.limits.get(lesson.target)
    match lesson.kind:
        case Kind.IGNORE:
            return "ignored"
        case Kind.ENTRY if entry:
            return f"“{escape(entry.question)}”"
        case Kind.LIMIT if limit:
            return f"not covered: {escape(limit.title)}"
    return f"<code>{escape(lesson.target)}</code>, which is gone"


def undone(lesson: Lesson | None) -> str:
    if lesson is None:
        return UNDONE_BEFORE
    what = "is ignored no more" if lesson.kind is Kind.IGNORE else "is forgotten"
    return f"<b>Undone.</b> {quoted(lesson.phrasing, MOST_OTHER)} {what}."


def digest(knowledge: Knowledge, questions: Sequence[Group], down: Mapping[str, int]) -> str:
    """News since the last digest. `down` counts for each entry how often it was voted down."""
    parts = [_new(questions)] if questions else []
    parts += [_voted_down(knowledge, down)] if down else []
    return "\n\n".join(map("\n".join, parts))


def _new(questions: Sequence[Group]) -> Iterator[str]:
    count = len(questions)
    new = "1 new question" if count == 1 else f"{count:,} new questions"
    yield f"<b>{new} without a good answer</b>"
    yield from _listed([_example(group) for group in questions], MOST_EXAMPLES)
    yield "/unanswered shows them."


def _example(group: Group) -> str:
    times = len(group.questions)
    return quoted(group.example.text) + (f" ({times:,} times)" if times > 1 else "")


def _voted_down(knowledge: Knowledge, down: Mapping[str, int]) -> Iterator[str]:
    yield "<b>Answers that did not help</b>"
    # A reload may have removed an entry. Then its id stands for it.
    names = (knowledge.entries[i].question if i in knowledge.entries else short(i) for i in down)
    votes = zip(names, down.values(), strict=True)
    yield from _listed([f"{escape(name)} (👎 {n:,})" for name, n in votes], MOST_VOTED_DOWN)
