"""Lessons of operators go into the knowledge base where they fit, and nowhere else."""

from pathlib import Path

import pytest

from bot.answering import loading
from bot.answering.faq import Faq
from bot.answering.replies import Answer, Limited
from bot.knowledge import lessons as teaching
from bot.knowledge.base import Knowledge
from bot.knowledge.lessons import MAX_PHRASING, Kind, Lesson
from tests.support.broken import BRAKES, change
from tests.support.fake_time import START

MOAN, PEDELEC = "why do the stoppers moan", "my pedelec hums"
LEARNED = "learned.yaml"


def lesson(
    phrasing: str = MOAN, target: str = "brakes.squeal", kind: Kind = Kind.ENTRY, number: int = 1
) -> Lesson:
    return Lesson(number, kind, target, phrasing, START.date())


def limit(phrasing: str = PEDELEC, target: str = "motors") -> Lesson:
    return lesson(phrasing, target, Kind.LIMIT)


@pytest.fixture
def knowledge(faq: Faq) -> Knowledge:
    return faq.knowledge


# Which lessons fit


def test_a_phrasing_of_an_entry_and_one_of_a_limit_fit(knowledge: Knowledge) -> None:
    lessons = [lesson(), limit()]
    assert teaching.fitting(knowledge, lessons) == lessons


@pytest.mark.parametrize(
    "gone",
    [
        lesson(target="brakes.gone"),
        lesson(target="brakes"),
        lesson(target="motors"),
        limit(target="boats"),
        limit(target="brakes.squeal"),
        limit(target="greeting"),
    ],
)
def test_a_lesson_about_something_that_has_gone_is_skipped(
    knowledge: Knowledge, gone: Lesson
) -> None:
    assert teaching.fitting(knowledge, [gone, lesson("another")]) == [lesson("another")]


@pytest.mark.parametrize("target", ["brakes.pads", "chain.slip"])
def test_what_stands_in_the_yaml_wins_over_a_lesson(knowledge: Knowledge, target: str) -> None:
    """The YAML may agree with the lesson, or not."""
    assert teaching.fitting(knowledge, [lesson("Worn, BRAKE pads?", target)]) == []


def test_of_two_lessons_with_the_same_words_the_first_counts(knowledge: Knowledge) -> None:
    lessons = [lesson(number=1), lesson(f"{MOAN}?!", "chain.slip", number=2)]
    assert teaching.fitting(knowledge, lessons) == lessons[:1]


@pytest.mark.parametrize("kind", [Kind.ENTRY, Kind.IGNORE])
def test_what_is_ignored_or_has_no_word_teaches_nothing(knowledge: Knowledge, kind: Kind) -> None:
    phrasing = "👍" if kind is Kind.ENTRY else MOAN
    assert teaching.fitting(knowledge, [lesson(phrasing, kind=kind)]) == []


# Why something cannot be taught


@pytest.mark.parametrize(
    ("kind", "target", "phrasing", "why"),
    [
        (Kind.ENTRY, "brakes.squeal", "👍", "There is no word in it."),
        (
            Kind.LIMIT,
            "motors",
            "hum" * MAX_PHRASING,
            "It is longer than 300 characters; a phrasing is a short question.",
        ),
        (Kind.ENTRY, "brakes.gone", MOAN, "There is no brakes.gone any more."),
        (Kind.ENTRY, "motors", MOAN, "There is no motors any more."),
        (Kind.LIMIT, "brakes.squeal", MOAN, "There is no brakes.squeal any more."),
        (
            Kind.ENTRY,
            "brakes.pads",
            "worn brake PADS!",
            "It is a phrasing of brakes.pads already.",
        ),
        (
            Kind.LIMIT,
            "motors",
            "worn brake pads",
            "It is a phrasing of brakes.pads already; a phrasing can only have one place.",
        ),
        (
            Kind.ENTRY,
            "chain.slip",
            "cheap bikes",
            "It is a phrasing of price already; a phrasing can only have one place.",
        ),
    ],
)
def test_a_refusal_says_why(
    knowledge: Knowledge, kind: Kind, target: str, phrasing: str, why: str
) -> None:
    assert teaching.refusal(knowledge, kind, target, phrasing) == why


@pytest.mark.parametrize(
    ("kind", "target", "phrasing"),
    [
        (Kind.ENTRY, "brakes.squeal", MOAN),
        (Kind.LIMIT, "motors", "x" * MAX_PHRASING),
        (Kind.IGNORE, "", "👍"),
        (Kind.IGNORE, "", "x" * 1_000),
        (Kind.IGNORE, "", "worn brake pads"),
    ],
)
def test_what_can_be_taught_is_not_refused(
    knowledge: Knowledge, kind: Kind, target: str, phrasing: str
) -> None:
    assert teaching.refusal(knowledge, kind, target, phrasing) is None


def test_what_was_taught_before_has_its_place(knowledge: Knowledge) -> None:
    taught = knowledge.with_phrasings([("brakes.squeal", MOAN)])
    why = teaching.refusal(taught, Kind.ENTRY, "chain.slip", MOAN)
    assert why is not None
    assert why.startswith("It is a phrasing of brakes.squeal already")


# More phrasings


def test_phrasings_are_added_behind_those_that_there_are(knowledge: Knowledge) -> None:
    richer = knowledge.with_phrasings(
        [("brakes.squeal", MOAN), ("motors", PEDELEC), ("brakes.squeal", "once more")]
    )
    before, after = knowledge.entries["brakes.squeal"], richer.entries["brakes.squeal"]
    assert after.phrasings == [*before.phrasings, MOAN, "once more"]
    assert richer.limits["motors"].phrasings == [*knowledge.limits["motors"].phrasings, PEDELEC]


def test_the_entry_of_a_topic_and_the_entry_by_its_id_stay_the_same(knowledge: Knowledge) -> None:
    richer = knowledge.with_phrasings([("chain.slip", MOAN)])
    for topic in richer.topics.values():
        assert all(richer.entries[entry.id] is entry for entry in topic.entries)
    assert list(richer.entries) == list(knowledge.entries)


def test_what_nobody_added_to_stays_as_it_was(knowledge: Knowledge) -> None:
    richer = knowledge.with_phrasings([("chain.slip", MOAN)])
    assert richer.entries["brakes.squeal"] == knowledge.entries["brakes.squeal"]
    assert richer.limits == knowledge.limits
    assert MOAN not in knowledge.entries["chain.slip"].phrasings


def test_without_more_phrasings_it_is_the_same_knowledge(knowledge: Knowledge) -> None:
    assert knowledge.with_phrasings([]) is knowledge


# Loading with lessons


def test_lessons_are_answered_from_the_start(folder: Path) -> None:
    lessons = [lesson(), limit(), lesson("hum", "brakes.gone"), lesson("x", "", Kind.IGNORE)]
    faq = loading.load(folder, lessons)
    assert isinstance(reply := faq.ask(MOAN), Answer)
    assert [entry.id for entry in reply.entries] == ["brakes.squeal"]
    assert isinstance(limited := faq.ask(PEDELEC), Limited)
    assert limited.limit.id == "motors"


def test_a_phrasing_that_came_into_the_yaml_elsewhere_is_answered_from_there(
    folder: Path,
) -> None:
    change(folder, BRAKES, "- worn brake pads", f"- worn brake pads\n      - {MOAN}")
    reply = loading.load(folder, [lesson(MOAN, "brakes.squeal")]).ask(MOAN)
    assert isinstance(reply, Answer)
    assert [entry.id for entry in reply.entries] == ["brakes.pads"]


def test_a_lesson_and_the_same_line_in_learned_yaml_make_the_same_knowledge(folder: Path) -> None:
    taught = loading.load(folder, [lesson(), limit()]).knowledge
    (folder / LEARNED).write_text(
        f"learned:\n- id: brakes.squeal\n  phrasings: [{MOAN}]\n"
        f"- id: motors\n  phrasings: [{PEDELEC}]\n",
        "utf-8",
    )
    assert loading.load(folder).knowledge == taught
    assert loading.load(folder, [lesson(), limit()]).knowledge == taught
