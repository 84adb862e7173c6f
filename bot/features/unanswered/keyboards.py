"""The buttons of the inbox, and their rows.

The data of a button has 64 bytes. The id of an entry may take 52 of them.
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
    """Opens the group of a question. If that is gone, it opens the group at the place `page`."""

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
    """One digit is enough: a topic has at most 90 entries."""


class Teach(Button, data="ua{question}:{target}"):
    """Makes the wording a phrasing of an entry."""

    question: Number
    target: Id


class NotCovered(Button, data="un{question}:{target}"):
    """Makes the wording a phrasing of a limit."""

    question: Number
    target: Id


class Ignore(Button, data="ui{question}"):
    """Puts the group away for good. Similar questions in future are ignored too."""

    question: Number


class Settle(Button, data="us{question}"):
    """Puts the group away for now. A similar question in future brings it back."""

    question: Number


class ShowLessons(Button, data="uw{page}"):
    """Lists what was taught."""

    page: Page = 0


class Undo(Button, data="ux{lesson}:{page}"):
    """Forgets a lesson."""

    lesson: Number
    page: Annotated[int | None, optional(number(r"\d{1,3}"))] = None
    """The page of the list in which it was pressed. None under any other message."""


PAGE = 20
LESSONS = 8
"""Lessons on a page. They are few, because each one is in the text, too."""
FIRST = OpenGroup(0, 0)
"""Opens the first group: no question has the number 0."""


def group(
    question: int, following: OpenGroup | None, undo: Lesson | None, *, better: bool, lessons: bool
) -> InlineKeyboardMarkup:
    """The buttons under a group. `better` is true if its example gets a reply by now."""
    choose = [
        button(texts.TEACH, PickTopic(question)),
        button(texts.NOT_COVERED, PickLimit(question)),
    ]
    put_away = row(texts.IGNORE, Ignore(question))
    if following:
        put_away += row(texts.NEXT, following)
    if better:  # At the end of the row, so that pressing "Next" again and again never hits it.
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
    """The entries that the wording may ask for, then all topics."""
    first = [row(entry.question, Teach(question, entry.id)) for entry in near]
    rows = [row(f"{topic.emoji} {topic.title}", PickEntry(question, topic.id)) for topic in chosen]
    return _choice(question, rows, page, partial(PickTopic, question), first)


def entries(question: int, topic: Topic, page: int) -> InlineKeyboardMarkup:
    rows = [row(entry.question, Teach(question, entry.id)) for entry in topic.entries]
    return _choice(question, rows, page, partial(PickEntry, question, topic.id))


def limits(question: int, chosen: Sequence[Limit], page: int) -> InlineKeyboardMarkup:
    rows = [row(limit.title, NotCovered(question, limit.id)) for limit in chosen]
    return _choice(question, rows, page, partial(PickLimit, question))


def _choice(
    question: int,
    rows: Sequence[Row],
    page: int,
    at: Callable[[int], Button],
    first: Sequence[Row] = (),
) -> InlineKeyboardMarkup:
    """A page of these rows below the first ones. `at` makes the button that opens a page."""
    _, shown, following = paged(rows, page, PAGE)
    last = [] if following is None else row(texts.MORE, at(following))
    return InlineKeyboardMarkup([*first, *shown, [*last, button(texts.BACK, OpenGroup(question))]])


def taught(lesson: Lesson, place: int) -> InlineKeyboardMarkup:
    """After a lesson. Its group is gone, so the next group has its place."""
    after = button(texts.NEXT, OpenGroup(0, place))
    return InlineKeyboardMarkup(
        [[button(texts.UNDO, Undo(lesson.id)), after], row(texts.LESSONS, ShowLessons())]
    )


def undone() -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([row(texts.TO_INBOX, FIRST), row(texts.LESSONS, ShowLessons())])


def lessons(taught: Sequence[Lesson], page: int) -> InlineKeyboardMarkup:
    """A button to undo each lesson of the page, with the number of the lesson."""
    page, shown, following = paged(taught, page, LESSONS)
    undo = [
        button(f"{texts.UNDO} {number}", Undo(lesson.id, page))
        for number, lesson in enumerate(shown, page * LESSONS + 1)
    ]
    last = [] if following is None else row(texts.MORE, ShowLessons(following))
    return InlineKeyboardMarkup([*rows_of(undo), [*last, button(texts.TO_INBOX, FIRST)]])
