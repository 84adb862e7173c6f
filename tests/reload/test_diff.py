"""Operators are told what another knowledge base would change."""

import dataclasses
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, TypeVar

import pytest

from bot.answering.faq import Faq
from bot.knowledge.base import Knowledge
from bot.knowledge.lessons import Kind, Lesson
from bot.knowledge.models import Flag, Thresholds, Topic
from bot.reload import diff
from bot.reload.diff import Changes, Moved, Section
from tests.support.fake_time import START

Thing = TypeVar("Thing", Knowledge, Topic)

BROKEN_ARM = "I broke my arm"
SQUEAK = "chain squeaks"
SEVERAL = "my chain squeaks and are my brake pads worn"


@pytest.fixture
def knowledge(faq: Faq) -> Knowledge:
    return faq.knowledge


def sections(before: Knowledge, after: Knowledge) -> list[Section]:
    return list(diff.between(before, after, {}, {}).sections)


def but(thing: Thing, part: str, value: object) -> Thing:
    """As `thing`, but with another value in one of its fields."""
    fields: dict[str, Any] = {part: value}
    return replace(thing, **fields)


# A reply in a few words


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (SQUEAK, "answer chain.squeak"),
        (SEVERAL, "answer brakes.pads, chain.squeak"),
        ("how much is a new bicycle", "limited price"),
        (BROKEN_ARM, "red flag injury"),
        ("thank you", "smalltalk thanks"),
        ("who won the football match", "unknown"),
    ],
)
def test_a_reply_is_told_by_its_outcome_and_its_ids(faq: Faq, question: str, said: str) -> None:
    assert diff.told(faq.ask(question)) == said


def test_suggestions_are_told_best_first(faq: Faq) -> None:
    reply = faq.ask("chain brake thing")
    assert diff.told(reply).startswith("suggestions ")


def test_replies_belong_to_their_questions(faq: Faq) -> None:
    assert diff.replies(faq, [SQUEAK, BROKEN_ARM]) == {
        SQUEAK: "answer chain.squeak",
        BROKEN_ARM: "red flag injury",
    }


# What is different


def test_a_knowledge_base_is_no_different_from_itself(knowledge: Knowledge) -> None:
    assert diff.between(knowledge, knowledge, {"q": "a"}, {"q": "a"}) == Changes((), ())
    assert not diff.between(knowledge, knowledge, {"q": "a"}, {"q": "a"})


def test_entries_and_their_topic_that_were_added_removed_and_changed_are_named(
    knowledge: Knowledge,
) -> None:
    chain = knowledge.topics["chain"]
    squeak, slip = chain.entries
    new = replace(slip, id="chain.rust")
    changed = replace(squeak, phrasings=[*squeak.phrasings, "it chirps"])
    topic = replace(chain, entries=[changed, new])
    entries = {**knowledge.entries, changed.id: changed, new.id: new}
    del entries[slip.id]
    after = replace(knowledge, topics={**knowledge.topics, "chain": topic}, entries=entries)
    only = Section("entries", ("chain.rust",), ("chain.slip",), ("chain.squeak",))
    assert sections(knowledge, after) == [only]


def test_a_topic_is_changed_by_its_own_words_and_not_by_its_entries(knowledge: Knowledge) -> None:
    chain = replace(knowledge.topics["chain"], summary="It drives.")
    after = replace(knowledge, topics={**knowledge.topics, "chain": chain})
    assert sections(knowledge, after) == [Section("topics", (), (), ("chain",))]


def test_every_word_of_a_topic_is_compared(knowledge: Knowledge) -> None:
    chain = knowledge.topics["chain"]
    other = {"broad": True}
    for field in dataclasses.fields(chain):
        if field.name not in {"id", "entries"}:
            topic = but(chain, field.name, other.get(field.name, "another"))
            after = replace(knowledge, topics={**knowledge.topics, "chain": topic})
            assert sections(knowledge, after) == [Section("topics", (), (), ("chain",))]


def test_tips_that_were_added_removed_and_changed_are_named(knowledge: Knowledge) -> None:
    first, second, third, fourth = knowledge.tips.values()
    tips = [replace(first, text="Other."), third, fourth, replace(second, id="new")]
    after = replace(knowledge, tips={tip.id: tip for tip in tips})
    assert sections(knowledge, after) == [Section("tips", ("new",), (second.id,), (first.id,))]


@pytest.mark.parametrize(
    ("part", "name"),
    [("limits", "limits"), ("smalltalk", "small talk"), ("tips", "tips"), ("entries", "entries")],
)
def test_whatever_goes_away_is_named(knowledge: Knowledge, part: str, name: str) -> None:
    ids = tuple(getattr(knowledge, part))
    after = but(knowledge, part, {})
    assert sections(knowledge, after) == [Section(name, (), ids, ())]
    assert sections(after, knowledge) == [Section(name, ids, (), ())]


def test_red_flags_are_named_and_so_are_their_sets_of_words(knowledge: Knowledge) -> None:
    flags = knowledge.red_flags
    injury: Flag = replace(flags.flags[0], advice="Rest.")
    after = replace(
        knowledge, red_flags=replace(flags, flags=[injury], words={"body": ["toe"], "x": ["y"]})
    )
    changed = ("injury", "words of body")
    assert sections(knowledge, after) == [Section("red flags", ("words of x",), (), changed)]


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("about", lambda k: replace(k.about, hint="?")),
        ("courtesies", lambda _: ("hey",)),
        ("synonyms", lambda k: replace(k.synonyms, concepts={})),
        ("expected", lambda k: replace(k.expected, expected=[])),
        ("thresholds", lambda _: Thresholds()),
    ],
)
def test_what_is_there_once_is_told_as_a_setting_of_all(
    knowledge: Knowledge, part: str, change: Callable[[Knowledge], object]
) -> None:
    after = but(knowledge, part, change(knowledge))
    assert sections(knowledge, after) == [Section("settings of all", (), (), (part,))]


def test_no_part_of_the_knowledge_is_forgotten_in_the_comparison(knowledge: Knowledge) -> None:
    for field in fields(knowledge):
        after = but(knowledge, field.name, _another(getattr(knowledge, field.name)))
        assert sections(knowledge, after), f"{field.name} can change and nobody is told"


def _another(value: Any) -> object:  # noqa: ANN401 - of several kinds
    match value:
        case dict() | tuple():
            return type(value)()
        case None:
            return Thresholds()
    first = dataclasses.fields(value)[0].name
    return replace(value, **{first: type(getattr(value, first))()})


@pytest.mark.parametrize("part", ["topics", "entries", "limits", "tips"])
def test_another_order_is_told(knowledge: Knowledge, part: str) -> None:
    turned = dict(reversed(getattr(knowledge, part).items()))
    changed = (f"order of {part}",)
    assert sections(knowledge, but(knowledge, part, turned)) == [
        Section("settings of all", (), (), changed)
    ]


def test_what_was_put_in_between_has_not_changed_the_order(knowledge: Knowledge) -> None:
    first, *rest = knowledge.tips.values()
    tips = [first, replace(first, id="new"), *rest[:-1]]
    after = replace(knowledge, tips={tip.id: tip for tip in tips})
    assert sections(knowledge, after) == [Section("tips", ("new",), (rest[-1].id,), ())]


# Questions that get another reply


def test_questions_that_get_another_reply_are_told_in_their_order(knowledge: Knowledge) -> None:
    was = {"a": "unknown", "b": "answer x", "c": "answer x", "d": "answer y"}
    now = {"d": "answer y", "c": "answer z", "b": "unknown", "a": "unknown"}
    found = diff.between(knowledge, knowledge, was, now)
    assert found.moved == (Moved("b", "answer x", "unknown"), Moved("c", "answer x", "answer z"))
    assert found


def test_a_question_that_was_asked_on_one_side_only_is_not_told(knowledge: Knowledge) -> None:
    assert not diff.between(knowledge, knowledge, {"a": "unknown"}, {"b": "unknown"})


def test_lessons_that_were_left_out_are_something_to_tell(knowledge: Knowledge) -> None:
    lesson = Lesson(1, Kind.ENTRY, "chain.squeak", "who won", START.date())
    found = diff.between(knowledge, knowledge, {}, {}, (lesson,))
    assert found.left_out == (lesson,)
    assert found
