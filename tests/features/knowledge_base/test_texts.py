"""Operators read about a change, however much has changed."""

from bot.features.knowledge_base import texts
from bot.knowledge.lessons import Kind, Lesson
from bot.reload.diff import Changes, Moved, Section
from tests.support.fake_time import START


def test_at_most_ten_questions_that_move_are_shown_and_the_others_counted() -> None:
    moved = tuple(Moved(f"question {n}", "unknown", "answer chain.slip") for n in range(13))
    lines = texts.reloaded(Changes((), moved)).splitlines()
    assert lines[1] == "13 questions get another reply:"
    assert lines[2] == "• “question 0”: unknown → answer chain.slip"
    assert lines[11:] == ["• “question 9”: unknown → answer chain.slip", "… and 3 more."]


def test_one_question_that_moves_is_one() -> None:
    moved = (Moved("<b>", "unknown", "limited price"),)
    said = texts.reloaded(Changes((), moved))
    assert said.endswith("1 question gets another reply:\n• “&lt;b&gt;”: unknown → limited price")


def test_ids_of_what_changed_are_cut_and_counted() -> None:
    added = tuple(f"tip_{n}" for n in range(12))
    said = texts.reloaded(Changes((Section("tips", added, (), ("old",)),), ()))
    shown = ", ".join(added[:10])
    assert f"• Tips: 12 added ({shown} and 2 more), 1 changed (old)" in said


def test_lessons_that_do_not_fit_any_more_are_named() -> None:
    lesson = Lesson(1, Kind.ENTRY, "chain.slip", "who won the football game", START.date())
    said = texts.reloaded(Changes((), (), (lesson,)))
    assert said.endswith(
        "Left out of what was taught, as it would turn an expected question astray: "
        "“who won the football game”"
    )
