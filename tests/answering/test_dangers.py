"""Dangers that are known by their wording, where no pattern describes them."""

from dataclasses import replace

import pytest

from bot.answering import red_flags
from bot.answering.dangers import FEWEST, LIKELY, sentences
from bot.answering.explanation import explain
from bot.answering.faq import Faq
from bot.answering.replies import RedFlag
from bot.features.questions import why_texts

PARTS = ("arm", "leg", "wrist", "knee", "hip", "neck", "jaw", "rib", "toe", "heel", "foot", "hand")
CRIES = ("went crunch", "swings loose", "points backwards", "will not bend", "clicks and throbs")
TOYS = ("the bell", "my lamp", "a mudguard", "the saddle", "that rack", "my pump", "the lock")
JOYS = ("looks dusty", "wants polish", "came in red", "costs a lot", "fits the frame")


@pytest.fixture(scope="module")
def taught(faq: Faq) -> Faq:
    """The bicycle bot, with enough sentences about injuries to learn from."""
    red = faq.knowledge.red_flags
    told = [f"my {part} {cry}" for part in PARTS for cry in CRIES]
    fine = [f"{toy} {joy}" for toy in TOYS for joy in JOYS]
    flags = [replace(red.flags[0], tells=told, passes=[*red.flags[0].passes, *fine, *fine])]
    knowledge = replace(faq.knowledge, red_flags=replace(red, flags=[*flags, *red.flags[1:]]))
    return Faq.of(knowledge)


def chance(faq: Faq, question: str) -> float:
    assert faq.dangers
    return faq.dangers.chance(faq.index.hear(question))


def test_a_wording_like_the_sentences_of_a_flag_is_likely_a_danger(taught: Faq) -> None:
    assert chance(taught, "her wrist clicks and swings loose") > LIKELY


def test_a_wording_like_a_look_alike_or_a_question_is_none(taught: Faq) -> None:
    assert chance(taught, "the rack looks dusty and wants polish") < 1 - LIKELY
    assert chance(taught, taught.knowledge.entries["brakes.squeal"].phrasings[0]) < 1 - LIKELY


def test_words_that_nobody_knows_make_a_danger_less_likely(taught: Faq) -> None:
    assert chance(taught, "my wrist zzyzx qwqwq") < chance(taught, "my wrist clicks")


def test_an_answer_to_a_likely_danger_becomes_the_careful_reply(taught: Faq) -> None:
    question = "my brakes squeal and my wrist went crunch and swings loose"
    assert not red_flags.first(taught.watching, [h.stem for h in taught.index.hear(question)])
    assert replace(taught, dangers=None).ask(question).outcome in {"answer", "suggestions"}
    reply = taught.ask(question)
    assert isinstance(reply, RedFlag)
    assert reply.flag is taught.knowledge.red_flags.flags[0]


def test_why_names_the_words_that_tell_of_a_danger(taught: Faq) -> None:
    question = "my brakes squeal and my wrist went crunch and swings loose"
    explained = explain(taught, question)
    assert explained.reply.outcome == "red_flag"
    assert {"crunch", "wrist"} & set(explained.tripped)
    assert explained.otherwise
    assert explained.otherwise.reply.outcome in {"answer", "suggestions"}
    assert "sounds like it" in why_texts.why(taught.knowledge, explained, taught.index.thresholds)


def test_a_folder_without_red_flags_or_with_few_sentences_learns_nothing(faq: Faq) -> None:
    assert faq.dangers is None
    none = replace(faq.knowledge, red_flags=replace(faq.knowledge.red_flags, flags=[]))
    assert Faq.of(none).dangers is None
    assert len([one for one in sentences(faq.knowledge) if one.flag is not None]) < FEWEST


def test_the_meaning_of_a_message_counts_beside_its_words(taught: Faq) -> None:
    assert taught.dangers
    assert taught.dangers.meanings
    heard = taught.index.hear("the wrist clicks")
    words_alone = replace(taught.dangers, meanings=None).chance(heard)
    assert taught.dangers.chance(heard) != words_alone


@pytest.mark.parametrize(
    "question",
    [
        "dad is diabetic, his toe looks like coal, rub his dry feet?",
        "since the new tablets the inside of my mouth peels and my skin hurts, is a massage good",
        "took the skin off my whole shin on the pavement, would rubbing help",
    ],
)
def test_a_danger_in_new_words_gets_no_cheerful_answer(question: str, shipped: Faq) -> None:
    assert shipped.ask(question).outcome not in {"answer", "suggestions"}


@pytest.mark.parametrize(
    "question",
    [
        "i am dying for softer elbows, does massage help",
        "that film was a pain in the neck, how do i relax my frown lines",
        "massage for dead dull skin, yes or no",
    ],
)
def test_figures_of_speech_get_no_alarm(question: str, shipped: Faq) -> None:
    assert shipped.ask(question).outcome != "red_flag"


@pytest.mark.parametrize(
    "message",
    ["a sun stroke is my favourite cocktail", "the infection is what we call our old car"],
)
def test_a_pattern_in_an_unlikely_sense_does_not_alarm_who_asks_nothing(
    message: str, shipped: Faq
) -> None:
    assert red_flags.first(shipped.watching, [h.stem for h in shipped.index.hear(message)])
    assert shipped.ask(message).outcome != "red_flag"


@pytest.mark.parametrize(
    "message",
    ["a sun stroke is my favourite cocktail, does massage help dry skin", "sun stroke"],
)
def test_a_pattern_alarms_beside_a_question_and_where_it_is_likely(
    message: str, shipped: Faq
) -> None:
    assert shipped.ask(message).outcome == "red_flag"


def test_a_danger_that_is_told_before_a_cheerful_question_is_not_drowned_by_it(
    taught: Faq,
) -> None:
    told = taught.index.hear("her wrist clicks and swings loose")
    asked = taught.index.hear("how do i make my brakes squeal less when it is wet outside")
    assert taught.dangers
    alone = taught.dangers.chance((*told, *asked))
    assert taught.dangers.chance((*told, *asked), [told, asked]) > alone
