"""Buttons of the inbox, and where they stand.

Next to the id of an entry there is room for very little: 12 bytes of the 64.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated

from telegram import InlineKeyboardMarkup

from bot.bot_api.buttons import Button, Id, Row, button, number, optional, paged, row, rows_of
from bot.features.unanswered import texts
from bot.knowledge.lessons import Lesson
from bot.knowledge.models import Entry, Limit, Topic

Number = Annotated[int, number(r"\d{1,9}")]
Page = Annotated[int, number(r"\d{1,3}")]


class OpenGroup(Button, data="ug{question}:{page}"):
    """Opens the group of a question, or what stands in its place by now: `page` is that place."""

    question: Number
    page: Annotated[int, number(r"\d{1,4}")] = 0


class PickTopic(Button, data="ut{question}:{page}"):
    """Asks which topic the wording belongs to."""

    question: Number
    page: Page = 0


class PickLimit(Button, data="ul{question}:{page}"):
    """Asks which limit the wording belongs to."""

    question: Number
    page: Page = 0


class PickEntry(Button, data="ue{page}{question}:{topic}"):
    """Asks which entry of a topic it is."""

    question: Number
    topic: Id
    page: Annotated[int, number(r"\d")] = 0
    """Of one digit: a topic has at most 90 entries."""


class Teach(Button, data="ua{question}:{target}"):
    """Makes the wording a phrasing of an entry."""

    question: Number
    target: Id


class NotCovered(Button, data="un{question}:{target}"):
    """Makes the wording a phrasing of a limit."""

    question: Number
    target: Id


class Ignore(Button, data="ui{question}"):
    """Puts the group away for good, with all that will be asked like it."""

    question: Number


class Settle(Button, data="us{question}"):
    """Puts the group away; what will be asked like it comes again."""

    question: Number


class ShowLessons(Button, data="uw{page}"):
    """Lists what was taught."""

    page: Page = 0


class Undo(Button, data="ux{lesson}:{page}"):
    """Forgets a lesson."""

    lesson: Number
    page: Annotated[int | None, optional(number(r"\d{1,3}"))] = None
    """Of the list in which it was pressed; None anywhere else."""


PAGE = 20
LESSONS = 8
"""Lessons on a page: each stands in the text too."""
FIRST = OpenGroup(0, 0)
"""Whatever stands first: no question has that number."""


def group(
    question: int, following: OpenGroup | None, undo: Lesson | None, *, better: bool, lessons: bool
) -> InlineKeyboardMarkup:
    """What can be done with a group; `better` where it gets a reply by now."""
    choose = [
        button(texts.TEACH, PickTopic(question)),
        button(texts.NOT_COVERED, PickLimit(question)),
    ]
    put_away = row(texts.IGNORE, Ignore(question))
    if following:
        put_away += row(texts.NEXT, following)
    if better:  # Last: whoever presses the same button again and again means the next one.
        put_away += row(texts.DONE, Settle(question))
    return InlineKeyboardMarkup([choose, put_away, *_below(undo, lessons)])


def nothing(undo: Lesson | None, *, lessons: bool) -> InlineKeyboardMarkup | None:
    rows = _below(undo, lessons)
    return InlineKeyboardMarkup(rows) if rows else None


def _below(undo: Lesson | None, lessons: bool) -> list[Row]:
    rows = [row(texts.UNDO_IGNORE, Undo(undo.id))] if undo else []
    return [*rows, row(texts.LESSONS, ShowLessons())] if lessons else rows


def topics(
    question: int, near: Sequence[Entry], chosen: Sequence[Topic], page: int
) -> InlineKeyboardMarkup:
    """Entries that it may be, then all topics."""
    _, shown, following = paged(chosen, page, PAGE)
    rows = [row(entry.question, Teach(question, entry.id)) for entry in near]
    rows += [row(f"{t.emoji} {t.title}", PickEntry(question, t.id)) for t in shown]
    return _choice(question, rows, following, partial(PickTopic, question))


def entries(question: int, topic: Topic, page: int) -> InlineKeyboardMarkup:
    _, shown, following = paged(topic.entries, page, PAGE)
    rows = [row(entry.question, Teach(question, entry.id)) for entry in shown]
    return _choice(question, rows, following, partial(PickEntry, question, topic.id))


def limits(question: int, chosen: Sequence[Limit], page: int) -> InlineKeyboardMarkup:
    _, shown, following = paged(chosen, page, PAGE)
    rows = [row(limit.title, NotCovered(question, limit.id)) for limit in shown]
    return _choice(question, rows, following, partial(PickLimit, question))


def _choice(
    question: int, rows: Sequence[Row], following: int | None, page: Callable[[int], Button]
) -> InlineKeyboardMarkup:
    last = [] if following is None else row(texts.MORE, page(following))
    return InlineKeyboardMarkup([*rows, [*last, button(texts.BACK, OpenGroup(question))]])


def taught(lesson: Lesson, place: int) -> InlineKeyboardMarkup:
    """After a lesson; its group is gone, and another stands in its place."""
    after = button(texts.NEXT, OpenGroup(0, place))
    return InlineKeyboardMarkup(
        [[button(texts.UNDO, Undo(lesson.id)), after], row(texts.LESSONS, ShowLessons())]
    )


def undone() -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([row(texts.TO_INBOX, FIRST), row(texts.LESSONS, ShowLessons())])


def lessons(taught: Sequence[Lesson], page: int) -> InlineKeyboardMarkup:
    """A button for each that is shown, named by its number in the list."""
    page, shown, following = paged(taught, page, LESSONS)
    undo = [
        button(f"{texts.UNDO} {number}", Undo(lesson.id, page))
        for number, lesson in enumerate(shown, page * LESSONS + 1)
    ]
    last = [] if following is None else row(texts.MORE, ShowLessons(following))
    return InlineKeyboardMarkup([*rows_of(undo), [*last, button(texts.TO_INBOX, FIRST)]])
