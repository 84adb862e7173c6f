"""What `/why` tells an operator: which rule decided, by how much, and which words did it."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from bot.answering import loading
from bot.answering.explanation import Explanation, explain
from bot.answering.faq import Faq
from bot.answering.replies import Answer, RedFlag, Suggestions
from bot.answering.word_influence import Against, Matched
from bot.features.why.texts import why
from bot.knowledge.models import Thresholds
from bot.language.words import MAX_QUESTION
from bot.markup import TELEGRAM_TEXT, html_problem
from tests.answering.test_any_text import SEEDS, any_text, known
from tests.fake_bot_api.html import parse_html, utf16_length

MOST_LINES = 30
FILLER = "so " * MAX_QUESTION
NEVER_SURE = Thresholds(answer=1.0, suggest=0.0)


def told(faq: Faq, question: str) -> str:
    """What an operator reads."""
    return parse_html(why(faq.knowledge, explain(faq, question))).text


def lines(faq: Faq, question: str) -> list[str]:
    return told(faq, question).split("\n")


def with_thresholds(faq: Faq, thresholds: Thresholds) -> Faq:
    return Faq.of(replace(faq.knowledge, thresholds=thresholds))


def matched(faq: Faq, question: str, target: str) -> Matched:
    return next(m for m in explain(faq, question).matched if m.id == target)


def against(faq: Faq, question: str) -> dict[str, Against]:
    return {each.word.typed: each for each in explain(faq, question).against}


# Which rule decided


@pytest.mark.parametrize(
    ("question", "reply", "because"),
    [
        ("brakes squeal", "Answer brakes.squeal", "The confidence is enough for an answer."),
        (
            "brakes squeal, chain slips",
            "Answer brakes.squeal, chain.slip",
            "Two parts ask about two topics, each with a confidence of 0.5 at least:",
        ),
        ("Hello!", "Small talk greeting", "The message is one of its phrasings, word for word."),
        (" 👋", "Small talk greeting", "The message is one of its phrasings, word for word."),
        (
            "thanks mate",
            "Small talk thanks",
            "It scores 0.74 (needed: 0.4), and no topic reaches 0.24.",
        ),
        (
            "how much is it",
            "Limit price",
            "It scores 0.62 (needed: 0.24), ahead of every topic (best: 0.08). "
            "The confidence is not enough for an answer, nor to suggest.",
        ),
        (
            "zebra giraffe",
            "Unknown",
            "The confidence is not enough for an answer, nor to suggest. "
            "No limit is ahead with 0.24 or more.",
        ),
        ("?!", "Unknown", "There is no word in it."),
        ("", "Unknown", "There is no word in it."),
    ],
)
def test_the_reply_and_the_rule_that_decided_come_first(
    question: str, reply: str, because: str, faq: Faq
) -> None:
    assert lines(faq, question)[:2] == [reply, because]


def test_suggestions_are_told_from_an_answer_by_the_confidence(faq: Faq) -> None:
    unsure = with_thresholds(faq, Thresholds(answer=1.0, suggest=0.1, trace=1.0))
    assert lines(unsure, "brake pads")[:2] == [
        "Suggestions brakes.pads, brakes.squeal",
        "The confidence is enough to suggest, not to answer. No limit is ahead with 1 or more.",
    ]


def test_an_entry_that_scores_too_little_is_no_answer_however_sure(faq: Faq) -> None:
    sure = with_thresholds(faq, Thresholds(bias=50.0, trace=1.0))
    assert lines(sure, "zebra giraffe")[1] == (
        "The best entry scores less than 0.2, too little for an answer. "
        "No limit is ahead with 1 or more."
    )


def test_each_part_about_two_topics_is_told_with_its_answer(faq: Faq) -> None:
    found = lines(faq, "hi my drivetrain skips, and squeeling braks?")
    assert found[2:4] == [
        "• my drivetrain skips → chain.slip, confidence 1.00",
        "• squeeling braks → brakes.squeal, confidence 1.00",
    ]


def test_a_part_that_got_no_answer_is_no_part_of_it(faq: Faq) -> None:
    explained = explain(faq, "hello and zebra, brakes squeal, chain slips, brakes squeal")
    assert [part.entry for part in explained.parts] == ["brakes.squeal", "chain.slip"]


# Red flags


def test_a_red_flag_is_told_with_the_pattern_and_the_words_that_tripped_it(faq: Faq) -> None:
    assert lines(faq, "my arm, I borke it")[:2] == [
        "Red flag injury",
        "It comes before all else. Found: arm, borke → broke; by pattern 1 of it, "
        "broken|broke|fractured {body}",
    ]


@pytest.mark.parametrize("at", [0, 900, 1_000, 3_000])
def test_the_words_of_a_red_flag_are_found_anywhere_in_a_long_message(at: int, faq: Faq) -> None:
    tripped = explain(faq, FILLER[:at] + " knocked out " + FILLER[:500]).tripped
    assert tripped is not None
    assert (tripped.number, [word.typed for word in tripped.words]) == (3, ["knocked out"])


def test_every_sentence_that_must_trip_a_flag_is_explained(faq: Faq) -> None:
    for flag in faq.knowledge.red_flags.flags:
        for sentence in flag.trips:
            tripped = explain(faq, sentence).tripped
            assert tripped is not None
            assert tripped.pattern == flag.patterns[tripped.number - 1]
            assert {w for word in tripped.words for w in word.typed.split()} <= {
                *sentence.lower().replace(",", "").split()
            }


def test_a_look_alike_is_not_what_tripped_a_flag(faq: Faq) -> None:
    tripped = explain(faq, "I broke the crank arm and my neck").tripped
    assert tripped is None
    tripped = explain(faq, "arm of the brake is broken, my broken neck too").tripped
    assert tripped is not None
    assert "arm" not in [word.typed for word in tripped.words]


def test_what_a_red_flag_stood_in_front_of_is_told(faq: Faq) -> None:
    explained = explain(faq, "my brakes squeal and I broke my arm")
    assert isinstance(explained.reply, RedFlag)
    assert isinstance(explained.otherwise, Answer)
    assert "\nOtherwise: Answer brakes.squeal. The confidence is enough" in told(
        faq, "my brakes squeal and I broke my arm"
    )


# By how much


def test_every_figure_that_decides_is_told(faq: Faq) -> None:
    question = "screech of used up zebra"
    weighed = faq.weigh(faq.index.hear(question))
    (_, first), (_, second) = weighed.topics
    assert lines(faq, question)[3:9] == [
        f"Confidence {weighed.confidence:.2f} (answer from 0.5, suggest from 0.2)",
        f"Best entry: brakes.pads {weighed.entries[0][1]:.2f}",
        f"Runner-up: brakes.squeal {weighed.entries[1][1]:.2f}",
        f"Next topic: chain {second:.2f}, margin {first - second:.2f}",
        f"Best rival: limit price {weighed.rivals[0][1]:.2f} (needed: 0.24), "
        f"lead +{first - weighed.rivals[0][1]:.2f}",
        "Words not in brakes: 40% (confidence 0.99 if it had them)",
    ]


def test_a_margin_behind_a_rival_is_not_counted(faq: Faq) -> None:
    explained = explain(faq, "how much for pads")
    assert explained.weighed is not None
    assert explained.weighed.evidence.margin == 0
    assert ", not counted behind a rival\nBest rival: limit price" in told(faq, "how much for pads")


def test_what_a_broad_topic_gives_away_is_told(folder: Path) -> None:
    chain = folder / "topics" / "chain.yaml"
    chain.write_text(chain.read_text("utf-8").replace("entries:", "broad: true\nentries:", 1))
    broad = loading.load(folder)
    weighed = broad.weigh(broad.index.hear("rusty chain"))
    score = dict(weighed.entries)["chain.squeak"]
    assert score - weighed.topics[0][1] == pytest.approx(0.1)
    assert f"Best entry: chain.squeak {score:.2f} − 0.1 for a broad topic" in told(
        broad, "rusty chain"
    )


def test_a_knowledge_base_of_one_entry_alone_is_explained(faq: Faq) -> None:
    chain = replace(faq.knowledge.topics["chain"], entries=[faq.knowledge.entries["chain.slip"]])
    entries = {entry.id: entry for entry in chain.entries}
    topics = {"chain": chain}
    alone = Faq.of(replace(faq.knowledge, topics=topics, entries=entries, limits={}, smalltalk={}))
    found = told(alone, "chain slips")
    assert found.startswith("Answer chain.slip\n")
    assert not any(name in found for name in ("Runner-up", "Next topic", "Best rival"))


# Which words matched


def test_a_forgiven_typo_is_told_with_the_word_that_it_was_read_as(faq: Faq) -> None:
    found = told(faq, "my braks squeel")
    assert "Matched with brakes.squeal\nSame: squeal, brakes, my\n" in found
    assert "Typos forgiven: braks → brakes, squeel → squeal\n" in found


def test_another_form_of_a_word_is_told_as_it_stands_there(faq: Faq) -> None:
    found = matched(faq, "a brake that screams", "brakes.squeal")
    assert {(m.word.typed, m.found, m.concept) for m in found.matches} == {
        ("screams", "scream", None),
        ("brake", "brake", None),
        ("a", "a", None),
    }
    assert "• screams → scream\n" in told(faq, "a brake that screams")


def test_a_synonym_is_told_with_what_both_words_mean(faq: Faq) -> None:
    unsure = with_thresholds(faq, NEVER_SURE)
    found = matched(unsure, "thin chain", "chain.slip")
    assert ("thin", "worn", "worn") in {(m.word.typed, m.found, m.concept) for m in found.matches}
    assert "• thin → worn (both worn)\n" in told(unsure, "thin chain")


def test_a_phrase_is_one_word(faq: Faq) -> None:
    found = matched(faq, "high pitched chain", "chain.squeak")
    assert [(m.word.typed, m.concept) for m in found.matches if m.concept] == [
        ("high pitched", "noise")
    ]


def test_a_limit_is_compared_and_the_entry_that_it_was_ahead_of(faq: Faq) -> None:
    explained = explain(faq, "how much for pads")
    assert [m.id for m in explained.matched] == ["price", "brakes.pads"]


def test_the_nearest_phrasing_is_told(faq: Faq) -> None:
    assert matched(faq, "wet rims", "brakes.squeal").closest == "wet rims squeal"


def test_nothing_in_common_is_said_so(faq: Faq) -> None:
    assert "No word in common." in told(faq, "zebra giraffe")


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_a_word_that_matched_is_one_that_the_index_holds_there(
    faq: Faq, data: st.DataObject
) -> None:
    vocabulary = sorted(faq.index.vocabulary.words)
    said = data.draw(st.lists(st.sampled_from(vocabulary), min_size=1, max_size=6))
    explained = explain(faq, " ".join(said))
    for found in explained.matched:
        name = found.id.partition(".")[0]
        for match in found.matches:
            assert faq.index.unaccounted(faq.index.hear(match.word.typed), name) == 0
    best = {match.word for m in explained.matched if m.id == explained.best for match in m.matches}
    assert best.isdisjoint(each.word for each in explained.against if each.missing)


# Which words counted against


def test_a_word_of_no_phrasing_counts_against(faq: Faq) -> None:
    found = against(faq, "brakes go zebra")["zebra"]
    assert (found.missing, found.owners) == (True, ())
    assert found.confidence == faq.weigh(faq.index.hear("brakes go")).confidence
    assert f"• zebra: in no phrasing; {found.confidence:.2f} without it\n" in told(
        faq, "brakes go zebra"
    )


def test_a_word_of_a_limit_counts_against_and_the_limit_is_named(faq: Faq) -> None:
    found = against(faq, "how much for zebra pads")["much"]
    assert (found.missing, found.owners) == (True, ("price",))
    assert "• much: only in limit price; " in told(faq, "how much for zebra pads")


def test_a_word_that_the_best_topic_shares_may_count_against_it(faq: Faq) -> None:
    found = against(faq, "brakes bike")["bike"]
    assert (found.missing, found.owners) == (False, ("price", "motors"))
    assert "• bike: also in limit price, limit motors" in told(faq, "brakes bike")


def test_the_word_that_cost_most_comes_first(faq: Faq) -> None:
    question = "chain noise, sparks, zebra and giraffe"
    gained = [each.confidence or 0 for each in explain(faq, question).against]
    assert gained == sorted(gained, reverse=True)
    assert min(gained) > faq.ask(question).score


def test_a_word_without_which_another_topic_would_be_best_has_no_price(faq: Faq) -> None:
    found = against(faq, "noise battery")["battery"]
    assert (found.missing, found.confidence) == (True, None)
    assert "• battery: only in limit motors\n" in told(faq, "noise battery")


def test_only_the_weightiest_words_of_a_long_question_are_tried(faq: Faq) -> None:
    nonsense = " ".join(f"zebra{letter}{letter}x" for letter in "abcdefghijklmnopqrstuvwxyz")
    explained = explain(faq, f"a an the of {nonsense} chain")
    assert len(explained.against) <= 24
    assert len(told(faq, f"a an the of {nonsense} chain").split("\n")) <= MOST_LINES


def test_a_word_said_twice_is_told_once(faq: Faq) -> None:
    found = explain(faq, "zebra brakes zebra brakes zebra")
    assert [each.word.typed for each in found.against] == ["zebra"]


def test_courtesies_that_were_left_out_are_told(faq: Faq) -> None:
    assert "Left out as courtesy: hello, dear, bot" in told(faq, "hello dear bot, brakes squeal")


# What to do about it


def test_the_wording_to_add_has_no_courtesies_around_it_and_no_typos(faq: Faq) -> None:
    assert explain(faq, "Hello, my braks squeel please").phrasing == "my brakes squeal"
    assert explain(faq, "brakes please squeal").phrasing == "brakes please squeal"


def test_a_typo_that_may_be_another_word_is_added_as_it_was_typed(faq: Faq) -> None:
    explained = explain(faq, "scrach of squeel")
    assert [(word.typed, word.read_as) for word in explained.typos] == [
        ("scrach", "screech"),
        ("squeel", "squeal"),
    ]
    assert explained.phrasing == "scrach of squeal"


def test_the_wording_settles_the_question_once_it_is_added(folder: Path, faq: Faq) -> None:
    question = "hi, zebra sparks from underneath please"
    assert not isinstance(faq.ask(question), Answer)
    wording = explain(faq, question).phrasing
    assert told(faq, question).endswith(f"right entry or limit: {wording}")
    brakes = folder / "topics" / "brakes.yaml"
    text = brakes.read_text("utf-8").replace("- noisy brakes", f"- noisy brakes\n      - {wording}")
    brakes.write_text(text, "utf-8")
    reply = loading.load(folder).ask(question)
    assert isinstance(reply, Answer)
    assert [entry.id for entry in reply.entries] == ["brakes.squeal"]


@pytest.mark.parametrize(
    ("question", "hint"),
    [
        ("brakes squeal", "It is a phrasing of brakes.squeal. Wrong there? Move it."),
        ("how much is a bicycle", "It is a phrasing of price. Wrong there? Move it."),
        (
            "braks sqeal zebra",
            "Wrong? Add to the phrasings of the right entry or limit: brakes squeal zebra",
        ),
        (
            "brakes squeal, chain slips",
            "Wrong? Add the part to the phrasings of the right entry or limit.",
        ),
        ("hello", "Not small talk? Take that phrasing out of it."),
        (
            "I broke my arm",
            "False alarm? Add what it looks like to unless of the flag, and the question to its "
            "passes.",
        ),
        ("?!", "There is no word in it."),
    ],
)
def test_the_last_line_says_what_to_do(question: str, hint: str, faq: Faq) -> None:
    assert lines(faq, question)[-1] == hint


# Any text


def assert_explained(faq: Faq, question: str) -> Explanation:
    explained = explain(faq, question)
    assert explained.reply == faq.ask(question)
    assert (explained.tripped is not None) == isinstance(explained.reply, RedFlag)
    assert len(explained.parts) == (
        len(explained.reply.entries)
        if isinstance(explained.reply, Answer) and len(explained.reply.entries) > 1
        else 0
    )
    text = why(faq.knowledge, explained)
    assert html_problem(text) is None
    read = parse_html(text).text
    assert 0 < utf16_length(read) <= TELEGRAM_TEXT
    assert len(read.split("\n")) <= MOST_LINES
    return explained


@settings(deadline=None, max_examples=30)
@given(SEEDS)
def test_any_text_is_explained_with_the_reply_that_it_gets(faq: Faq, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - texts, no secrets
    said = known(faq)
    for _ in range(5):
        question = any_text(random, said)
        note(repr(question))
        assert_explained(faq, question)


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(), max_size=80))
def test_no_text_is_too_strange_to_be_explained(faq: Faq, question: str) -> None:
    assert_explained(faq, question)


@pytest.mark.parametrize(
    "question", ["<b>&amp; </code>", "z" * 5_000, "wet " * 900, "a,b;c " * 400, "_ * ` [x](y)"]
)
def test_what_would_break_a_message_does_not(question: str, faq: Faq) -> None:
    assert_explained(faq, question)


def test_a_pattern_as_long_as_may_be_is_cut_and_escaped(faq: Faq) -> None:
    injury, *_ = faq.knowledge.red_flags.flags
    alternatives = "|".join(f'"wörd{i} & x"' for i in range(90))
    flag = replace(injury, patterns=[f"{alternatives}|glowing"])
    red_flags = replace(faq.knowledge.red_flags, flags=[flag])
    glowing = Faq.of(replace(faq.knowledge, red_flags=red_flags))
    explained = assert_explained(glowing, "it is glowing")
    assert "&amp; x" in why(glowing.knowledge, explained)


def test_unsure_replies_are_explained_with_the_best_suggestions(faq: Faq) -> None:
    explained = assert_explained(with_thresholds(faq, NEVER_SURE), "worn brakes and chain")
    assert isinstance(explained.reply, Suggestions)
    assert [m.id for m in explained.matched] == [e.id for e in explained.reply.entries[:2]]
