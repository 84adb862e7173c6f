"""The reply to a question: every outcome, and the order of the rules."""

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answering import loading
from bot.answering.faq import NEARBY, Faq, Live
from bot.answering.replies import Answer, Limited, RedFlag, SmallTalkReply, Suggestions, Unknown
from bot.knowledge.models import Thresholds
from bot.language.words import MAX_QUESTION

NEVER_SURE = Thresholds(answer=1.0, suggest=0.0, trace=1.0)
BELLS = """
id: bells
title: Bells
emoji: "🔔"
summary: Bells ring.
entries:
  - id: bells.ring
    question: Why does my bell not ring?
    answer: Its hammer is bent.
    phrasings:
      - bell does not ring
      - silent bell
      - my bell went mute
      - ding dong is gone
      - bell hammer is bent
      - hammer misses the dome
      - loud bell for the city
      - bell ringing stopped
    section: Bells
    reviewed: 2026-11-22
"""


def with_thresholds(faq: Faq, thresholds: Thresholds) -> Faq:
    return Faq.of(replace(faq.knowledge, thresholds=thresholds))


def with_bells(folder: Path) -> Faq:
    (folder / "topics" / "bells.yaml").write_text(BELLS, "utf-8")
    return loading.load(folder)


def answered(faq: Faq, question: str) -> list[str]:
    """Ids of the entries that a question is answered with."""
    reply = faq.ask(question)
    assert isinstance(reply, Answer), reply
    assert 0 <= reply.score <= 1
    return [entry.id for entry in reply.entries]


# Answers


def test_every_phrasing_is_answered_with_its_entry(faq: Faq) -> None:
    astray = [
        phrasing
        for entry in faq.knowledge.entries.values()
        for phrasing in (entry.question, *entry.phrasings)
        if answered(faq, phrasing) != [entry.id]
    ]
    assert astray == []


@pytest.mark.parametrize(
    "question",
    ["my braks squeel", "BRAKES SQUEAL!!!", "squealingbrakes", "brake noise wen its wet"],
)
def test_a_sloppy_question_is_answered(question: str, faq: Faq) -> None:
    assert answered(faq, question) == ["brakes.squeal"]


@pytest.mark.parametrize(
    "question", ["Hello, brakes squeal", "brakes squeal please", "dear bot: hi, brakes squeal"]
)
def test_courtesies_around_a_question_change_nothing(question: str, faq: Faq) -> None:
    assert faq.ask(question) == faq.ask("brakes squeal")


# Two topics


@pytest.mark.parametrize(
    "question",
    [
        "my brakes squeal and my chain slips",
        "chain slips, brakes squeal",
        "brakes squeal & chain slips",
        "brakes squeal; also the chain slips",
    ],
)
def test_two_topics_in_one_question_get_both_answers(question: str, faq: Faq) -> None:
    assert sorted(answered(faq, question)) == ["brakes.squeal", "chain.slip"]


def test_a_plain_question_is_answered_too_where_another_topic_drowns_it(faq: Faq) -> None:
    question = "brakes squeal in the rain and my chain slips off"
    (_, loud), (_, quiet), *_ = faq.weigh(faq.index.hear(question)).topics
    assert quiet < NEARBY * loud
    assert sorted(answered(faq, question)) == ["brakes.squeal", "chain.slip"]


def test_two_questions_about_one_topic_get_one_answer(faq: Faq) -> None:
    assert len(answered(faq, "brakes squeal and brake pads are worn")) == 1


def test_a_topic_that_only_comes_along_gets_no_answer(faq: Faq) -> None:
    assert answered(faq, "worn brake pads, zebra chain giraffe") == ["brakes.pads"]


def test_three_topics_get_the_two_best_answers(folder: Path) -> None:
    faq = with_bells(folder)
    found = answered(faq, "silent bell, chain slips under load, brakes squeal")
    assert len(found) == len({faq.knowledge.entries[i].topic for i in found}) == 2


def test_a_broad_topic_is_no_second_answer(folder: Path) -> None:
    chain = folder / "topics" / "chain.yaml"
    chain.write_text(chain.read_text("utf-8").replace("entries:", "broad: true\nentries:", 1))
    faq = loading.load(folder)
    assert len(answered(faq, "my brakes squeal and my chain slips")) == 1


def test_two_answers_are_as_sure_as_the_less_sure_of_them(faq: Faq) -> None:
    parts = ["thin pads", "my drivetrain skips"]
    assert answered(faq, " and ".join(parts)) == ["brakes.pads", "chain.slip"]
    assert faq.ask(" and ".join(parts)).score == min(faq.ask(part).score for part in parts)


def test_a_question_of_many_parts_is_decided_in_bounded_time(faq: Faq) -> None:
    began = time.process_time()
    faq.ask("pads,chain," * 90)
    assert time.process_time() - began < 0.5


# Red flags


@pytest.mark.parametrize(
    "question",
    [
        "I broke my arm",
        "brakes squeal brakes squeal brakes squeal, broke my arm, brakes squeal",
        "hello, I broke my arm, please",
        "thanks a lot, and my arm is broken",
        "how much is a bicycle if I broke my arm",
        "my squealing brakes? fine. but i borke my arm",
    ],
)
def test_a_red_flag_comes_first_and_cannot_be_out_scored(question: str, faq: Faq) -> None:
    reply = faq.ask(question)
    assert isinstance(reply, RedFlag)
    assert (reply.flag.id, reply.score) == ("injury", 1.0)


def test_a_red_flag_comes_before_a_phrasing_in_the_same_words(faq: Faq, folder: Path) -> None:
    talk = folder / "smalltalk.yaml"
    text = talk.read_text("utf-8")
    talk.write_text(text.replace("- good morning", "- break an arm"), "utf-8")
    assert isinstance(loading.load(folder).ask("broke an arm"), RedFlag)
    assert isinstance(faq.ask("good morning"), SmallTalkReply)


@pytest.mark.parametrize("question", ["the arm of the brake is broken", "I broke the crank arm"])
def test_a_look_alike_is_no_red_flag(question: str, faq: Faq) -> None:
    assert not isinstance(faq.ask(question), RedFlag)


# Limits


@pytest.mark.parametrize(
    ("question", "limit"),
    [("how much is a bicycle", "price"), ("does it have a motor", "motors")],
)
def test_a_subject_that_is_not_covered_is_named(question: str, limit: str, faq: Faq) -> None:
    reply = faq.ask(question)
    assert isinstance(reply, Limited)
    assert reply.limit.id == limit
    assert {*reply.limit.topics} <= {*reply.topics}
    assert 0 <= reply.score <= 1


def test_the_topic_that_a_question_touches_is_offered_first(faq: Faq) -> None:
    """The topic that the limit names comes second: that is the chain."""
    reply = faq.ask("price of brake pads")
    assert isinstance(reply, Limited)
    assert reply.topics == ("brakes", "chain")


# Small talk


@pytest.mark.parametrize(
    ("message", "talk"),
    [
        ("hello", "greeting"),
        ("Hello!!", "greeting"),
        ("👋", "greeting"),
        (" 👋\n", "greeting"),
        ("good morning to you", "greeting"),
        ("Thank you", "thanks"),
        ("thanks a lot, mate", "thanks"),
    ],
)
def test_small_talk_is_answered_as_such(message: str, talk: str, faq: Faq) -> None:
    reply = faq.ask(message)
    assert isinstance(reply, SmallTalkReply)
    assert reply.talk.id == talk
    assert 0 <= reply.score <= 1


def test_thanks_with_a_question_about_a_topic_are_no_small_talk(faq: Faq) -> None:
    cautious = with_thresholds(faq, Thresholds(answer=1.0, suggest=1.0, trace=0.1))
    assert not isinstance(cautious.ask("thanks a lot for the chain"), SmallTalkReply)


# Nothing fits


@pytest.mark.parametrize("message", ["", "  ", "...", "😀", "\ud83d", "\x00", "🧴🧴🧴", "<>&"])
def test_a_message_without_words_is_not_understood(message: str, faq: Faq) -> None:
    assert faq.ask(message) == Unknown((), 0.0)


def test_what_has_nothing_to_do_with_the_subject_is_not_understood(faq: Faq) -> None:
    reply = faq.ask("who won the football match")
    assert isinstance(reply, Unknown)
    assert reply.topics == ()
    assert 0 <= reply.score < 0.5


def test_topics_with_a_trace_of_evidence_come_with_the_refusal(faq: Faq) -> None:
    cautious = with_thresholds(faq, Thresholds(answer=1.0, suggest=1.0, trace=0.05))
    reply = cautious.ask("a chain that is worn")
    assert isinstance(reply, Unknown)
    assert reply.topics[0] == "chain"


def test_at_most_three_topics_are_offered(folder: Path) -> None:
    lights = re.sub(r"bell|dong|dome", "light", BELLS)
    (folder / "topics" / "lights.yaml").write_text(lights, "utf-8")
    touched = Thresholds(answer=1.0, suggest=1.0, trace=0.0)
    reply = with_thresholds(with_bells(folder), touched).ask("bell, light, chain or brakes")
    assert isinstance(reply, Unknown | Limited)
    assert len({*reply.topics}) == len(reply.topics) == 3


# Suggestions


@pytest.mark.parametrize(
    "question", ["worn", "noise", "chain and pads", "teeth of a bird", "brakes", "zebra"]
)
def test_at_most_three_different_entries_are_suggested_the_best_first(
    question: str, faq: Faq
) -> None:
    unsure = with_thresholds(faq, NEVER_SURE)
    reply = unsure.ask(question)
    assert isinstance(reply, Suggestions)
    ids = [entry.id for entry in reply.entries]
    assert 1 <= len(set(ids)) == len(ids) <= 3
    weighed = unsure.weigh(unsure.index.hear(question))
    best = weighed.topics[0][0]
    assert ids[0] == next(i for i, _ in weighed.entries if faq.knowledge.entries[i].topic == best)


def test_no_more_than_three_are_suggested_where_more_are_near(folder: Path) -> None:
    reply = with_thresholds(with_bells(folder), NEVER_SURE).ask("worn chain and pads, loud bell")
    assert isinstance(reply, Suggestions)
    assert sorted(entry.topic for entry in reply.entries) == ["bells", "brakes", "chain"]


def test_the_best_entry_of_each_near_topic_is_suggested_first(faq: Faq) -> None:
    reply = with_thresholds(faq, NEVER_SURE).ask("worn")
    assert isinstance(reply, Suggestions)
    assert [entry.id for entry in reply.entries][:2] == ["brakes.pads", "chain.slip"]


def test_more_of_the_best_topic_is_suggested_where_no_other_comes_near(faq: Faq) -> None:
    reply = with_thresholds(faq, NEVER_SURE).ask("brake pads")
    assert isinstance(reply, Suggestions)
    assert [entry.id for entry in reply.entries] == ["brakes.pads", "brakes.squeal"]


def test_something_is_suggested_even_when_every_topic_scores_below_nothing(folder: Path) -> None:
    for file in (folder / "topics").glob("*.yaml"):
        file.write_text(file.read_text("utf-8").replace("entries:", "broad: true\nentries:", 1))
    reply = with_thresholds(loading.load(folder), NEVER_SURE).ask("zebra crossing")
    assert isinstance(reply, Suggestions)
    assert reply.entries


def test_a_limit_behind_a_topic_is_not_named(faq: Faq) -> None:
    traceable = with_thresholds(faq, Thresholds(answer=1.0, suggest=0.0, trace=0.0))
    assert isinstance(traceable.ask("my brakes do squeal"), Suggestions)
    assert isinstance(traceable.ask("price of brake pads"), Limited)


# Other knowledge bases


def test_a_knowledge_base_without_limits_and_small_talk_answers(faq: Faq) -> None:
    bare = Faq.of(
        replace(
            faq.knowledge,
            limits={},
            smalltalk={},
            courtesies=(),
            thresholds=Thresholds(trace=0.0),
        )
    )
    assert answered(bare, "brakes squeal") == ["brakes.squeal"]
    assert isinstance(bare.ask("zebra"), Unknown | Suggestions)
    assert isinstance(bare.ask("👋"), Unknown)


def test_a_single_topic_answers(faq: Faq) -> None:
    chain = faq.knowledge.topics["chain"]
    single = Faq.of(
        replace(
            faq.knowledge,
            topics={"chain": chain},
            entries={entry.id: entry for entry in chain.entries},
            limits={},
        )
    )
    assert answered(single, "chain squeaks") == ["chain.squeak"]


def test_only_the_beginning_of_a_long_message_counts(faq: Faq) -> None:
    begun = "worn pads with a worn chain"
    rest = ", brakes squeal, chain slips"
    assert faq.ask(begun.ljust(MAX_QUESTION) + rest) == faq.ask(begun) != faq.ask(begun + rest)


def test_a_red_flag_anywhere_in_a_long_message_is_seen(faq: Faq) -> None:
    places = [*range(0, 3_900, 197), *range(984, 1_000, 3)]
    unseen = [
        at
        for at in places
        if not isinstance(faq.ask("so " * (at // 3) + "I broke my arm" + " so" * 40), RedFlag)
    ]
    assert unseen == []


def test_a_red_flag_at_the_end_of_a_long_message_is_seen(faq: Faq) -> None:
    message = "brakes squeal " + "so " * MAX_QUESTION + " and I broke my arm"
    assert isinstance(faq.ask(message), RedFlag)


def test_the_same_question_gets_the_same_reply(faq: Faq) -> None:
    again = Faq.of(faq.knowledge)
    assert all(
        faq.ask(question) == again.ask(question) == faq.ask(question)
        for question in ("worn braks and chain slps", "noise", "motor", "zebra")
    )


def test_it_is_printed_in_a_few_words(faq: Faq) -> None:
    """Any log line may hold it, and with all its numbers it would be megabytes."""
    assert len(repr(Live(faq))) < 100


@pytest.mark.parametrize("word", ["city", "traffic", "market", "underground"])
def test_an_everyday_word_of_a_broad_topic_gets_no_answer_by_itself(
    word: str, shipped: Faq
) -> None:
    assert shipped.ask(word).outcome != "answer"


@pytest.mark.parametrize("word", ["wrinkles", "scars", "flaky"])
def test_a_word_of_a_subject_is_answered_by_itself(word: str, shipped: Faq) -> None:
    assert shipped.ask(word).outcome == "answer"


@pytest.mark.parametrize("word", ["fertility", "trombone", "printer", "justice"])
@pytest.mark.parametrize("frame", ["is massage good for {}", "how often should i massage for {}"])
def test_no_answer_where_a_strange_word_stands_in_the_place_that_decides(
    frame: str, word: str, shipped: Faq
) -> None:
    assert shipped.ask(frame.format(word)).outcome != "answer"
