"""Phrasings in the markup of other bot programs are warned of."""

from pathlib import Path

import pytest

from bot.answering import loading
from bot.knowledge import base, files
from tests.support.broken import CHAIN, change


@pytest.mark.parametrize(
    ("phrasing", "marked", "remedy"),
    [
        ("(fix|mend) my chain ring", "(fix|mend)", "one phrasing for each"),
        ("mend [the] chain ring", "[the]", "with and without"),
        ("mend the {part} please", "{part}", "a phrasing with such a word"),
        ("mend the {{ part }} please", "{{ part }}", "a phrasing with such a word"),
        ("mend my [Shimano](brand) chain", "[Shimano](brand)", "the word alone"),
        ('mend my [Shimano]{"entity": "brand"} chain', "[Shimano]{", "the word alone"),
        ("mend the <part> please", "<part>", "a phrasing with such a word"),
        ("mend the $part please", "$part", "as people type it"),
        ("mend* the chain ring", "d*", "as people type it"),
    ],
)
def test_markup_is_named_where_it_stands_with_the_remedy(
    folder: Path, phrasing: str, marked: str, remedy: str
) -> None:
    change(folder, CHAIN, "- squeaky chain", f"- squeaky chain\n      - '{phrasing}'")
    [warning] = loading.marked(loading.parsed(files.look(folder)))
    assert str(warning).startswith(f"{CHAIN}:13:9: ")
    assert marked in warning.what
    assert remedy in warning.what


def test_it_is_a_warning_of_the_check_and_no_problem(folder: Path) -> None:
    change(folder, CHAIN, "- squeaky chain", "- squeaky chain\n      - (fix|mend) my chain ring")
    _, warnings = loading.check(folder)
    assert any("(fix|mend)" in warning.what for warning in warnings)


def test_the_shipped_phrasings_hold_none() -> None:
    assert list(loading.marked(loading.parsed(files.look(base.shipped())))) == []
