"""Texts for operators about the knowledge base, as Telegram HTML."""

import datetime as dt
from collections.abc import Sequence

from bot.errors import KnowledgeError, Problem
from bot.knowledge.base import Knowledge
from bot.knowledge.lessons import Lesson
from bot.markup import escape, quoted, short
from bot.reload.diff import Changes, Moved, Section

MOST_IDS = 10
MOST_MOVED = 10
MOST_PROBLEMS = 6
"""With a line above and one below: a phone shows eight."""

CHECKING = "Reading and checking. Everybody else is answered meanwhile …"
UNCHANGED = "Nothing has changed."
NO_FILE = "Please send the file as a document of at most 1 MiB, with the caption /reload."
NOT_FETCHED = "The file could not be fetched from Telegram. Please send it once more."
OLD_STAYS = "The bot goes on answering as before."


def reloaded(changes: Changes) -> str:
    if not changes:
        return f"Checked: no problems. {UNCHANGED}"
    return "\n".join(["<b>Reloaded.</b>", *_changes(changes)])


def put(name: str, changes: Changes) -> str:
    kept = f"If another file was there, it stays beside it as {escape(name)}.old."
    return "\n".join([f"<b>{escape(name)} is in place.</b> {kept}", *_changes(changes)])


def how_to_put(name: str) -> str:
    """A file came without the caption that puts it in place."""
    return (
        f"To put {escape(name)} in place, send it once more with the caption /reload. "
        "It is checked first, and a file with a problem changes nothing."
    )


def rolled_back(changes: Changes) -> str:
    files = "The files in the folder are as they were: the next reload or start takes them again."
    return "\n".join(["<b>Back to what was before.</b>", *_changes(changes), files])


def _changes(changes: Changes) -> Sequence[str]:
    if not changes:
        return [UNCHANGED]
    return [
        *map(_section, changes.sections),
        *_moved(changes.moved),
        *_left_out(changes.left_out),
    ]


def _left_out(lessons: Sequence[Lesson]) -> Sequence[str]:
    """A line about the taught wordings that do not fit these files."""
    if not lessons:
        return []
    wordings = _listed([quoted(lesson.phrasing) for lesson in lessons])
    why = "it would turn an expected question astray"
    return [f"Left out of what was taught, as {why}: {wordings}"]


def _section(section: Section) -> str:
    parts = {"added": section.added, "removed": section.removed, "changed": section.changed}
    said = (
        f"{len(ids)} {what} ({_listed([*map(escape, ids)])})" for what, ids in parts.items() if ids
    )
    return f"• {section.name.capitalize()}: {', '.join(said)}"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_IDS} more" if len(names) > MOST_IDS else ""
    return ", ".join(names[:MOST_IDS]) + more


def _moved(moved: Sequence[Moved]) -> Sequence[str]:
    if not moved:
        return ["None of the expected or recent questions gets another reply."]
    count = len(moved)
    gets = "1 question gets" if count == 1 else f"{count} questions get"
    lines = [
        f"• {quoted(each.question)}: {escape(each.before)} → {escape(each.after)}"
        for each in moved[:MOST_MOVED]
    ]
    more = [f"… and {count - MOST_MOVED} more."] if count > MOST_MOVED else []
    return [f"{gets} another reply:", *lines, *more]


def problems(error: KnowledgeError) -> str:
    """The first problems, as many as a phone shows well. A file holds all of them."""
    found = error.problems
    count = "1 problem" if len(found) == 1 else f"{len(found)} problems"
    lines = [f"• {_problem(each)}" for each in found[:MOST_PROBLEMS]]
    more = [*error.rest, *(["The rest is in the file below."] if is_cut(error) else [])]
    more = [" ".join(more)] if more else []
    return "\n".join([f"<b>Not taken: {count}.</b> {OLD_STAYS}", *lines, *more])


def _problem(problem: Problem) -> str:
    where = f"{problem.file}:{problem.line}:{problem.column}"
    return f"<code>{escape(short(where, 100))}</code> {escape(short(problem.what, 300))}"


def is_cut(error: KnowledgeError) -> bool:
    return len(error.problems) > MOST_PROBLEMS


def failed(why: str) -> str:
    """A reload that failed for one reason, without a list of problems."""
    return f"{escape(why)} {OLD_STAYS}" if OLD_STAYS not in why else escape(why)


def started(knowledge: Knowledge, left_out: Sequence[Lesson] = ()) -> str:
    entries, limits, tips = map(len, (knowledge.entries, knowledge.limits, knowledge.tips))
    begun = f"Started, with {entries} entries, {limits} limits, {tips} tips."
    return "\n".join([begun, *_left_out(left_out)])


def started_without(error: KnowledgeError, taken: dt.datetime | None) -> str:
    """The folder is broken, so the kept knowledge base answers instead."""
    of = f" of {taken:%Y-%m-%d %H:%M} UTC" if taken else ""
    kept = f"<b>Started from the kept knowledge base{of}</b>, as the folder cannot be used."
    return "\n".join([kept, *problems(error).splitlines()[1:]])
