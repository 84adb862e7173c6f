"""The promises of the shipped knowledge base, and the one place where its subject may stand."""

import re
from pathlib import Path

import pytest

import bot
from bot.answering.faq import Faq
from bot.knowledge import base

PROGRAM = Path(bot.__file__).parent
SUBJECT = re.compile(
    r"(?<![a-z])(?:massag|skin(?!bot)|wrinkl|scar|stretch|moistur|exfoliat|collagen|elastic)",
    re.IGNORECASE,
)


def test_it_has_no_problems(shipped: Faq) -> None:
    assert shipped.knowledge.expected.expected, "loading has asked them all"


def test_it_has_the_six_topics_of_the_article(shipped: Faq) -> None:
    assert sorted(shipped.knowledge.topics) == [
        "anti_aging",
        "elasticity",
        "exfoliation",
        "general",
        "moisture",
        "scars",
    ]


def test_every_entry_has_at_least_eight_phrasings(shipped: Faq) -> None:
    few = {e.id for e in shipped.knowledge.entries.values() if len(set(e.phrasings)) < 8}
    assert few == set()


def test_it_has_at_least_twelve_red_flags_with_sentences_for_both_sides(shipped: Faq) -> None:
    flags = shipped.knowledge.red_flags.flags
    assert len(flags) >= 12
    assert min(len(set(flag.trips)) for flag in flags) >= 8
    assert min(len(set(flag.passes)) for flag in flags) >= 4


def test_every_topic_is_expected_to_be_reached_and_so_is_no_answer(shipped: Faq) -> None:
    expected = {line.reaches for line in shipped.knowledge.expected.expected}
    reached = {name.partition(".")[0] for name in expected}
    assert {*shipped.knowledge.topics, "none"} <= reached


def test_it_lies_where_the_program_finds_it_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (base.shipped() / "topics" / "general.yaml").is_file()


def test_nothing_in_the_program_knows_the_subject() -> None:
    """The subject is in the YAML alone, so that another folder makes another bot."""
    found = {path: SUBJECT.findall(path.read_text("utf-8")) for path in PROGRAM.rglob("*.py")}
    assert found, "there is a program"
    assert {path: words for path, words in found.items() if words} == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [("skinbot and Skinbot", []), ("discard", []), ("dry_skin", ["skin"]), ("MASSAGE", ["MASSAG"])],
)
def test_the_search_for_the_subject_can_find_it(text: str, found: list[str]) -> None:
    assert SUBJECT.findall(text) == found
