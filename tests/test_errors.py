"""Causes come first; what follows from them is one count."""

import pytest

from bot.errors import KnowledgeError, Problem

CAUSE = Problem("topics/x.yaml", 3, 1, "this is wrong; mend it")
OTHER = Problem("about.yaml", 1, 1, "this is wrong, too; mend it")
MORE = [Problem("about.yaml", line, 1, "that is gone", follows=True) for line in range(2, 39)]


@pytest.mark.parametrize(
    ("problems", "lines"),
    [
        ([*MORE, CAUSE], [str(CAUSE), "37 more follow from this."]),
        ([*MORE[:1], CAUSE], [str(CAUSE), "1 more follows from this."]),
        ([*MORE, CAUSE, OTHER], [str(OTHER), str(CAUSE), "37 more follow from these."]),
        ([CAUSE], [str(CAUSE)]),
    ],
)
def test_causes_are_listed_and_what_follows_is_counted(
    problems: list[Problem], lines: list[str]
) -> None:
    assert str(KnowledgeError(problems)).split("\n") == lines


def test_where_no_cause_is_known_everything_is_listed() -> None:
    error = KnowledgeError(MORE)
    assert (len(error.problems), error.following) == (37, 0)
