"""An operator reads in `/why` the rule that decided, by how much, and the words that did it."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from bot.answering import loading
from bot.answering.explanation import Against, Explanation, explain
from bot.answering.faq import Faq
from bot.answering.replies import Answer, RedFlag, Suggestions
from bot.features.questions.why_texts import why
from bot.knowledge.models import Thresholds
from bot.language.words import MAX_QUESTION, words
from bot.markup import TELEGRAM_TEXT, html_problem
from tests.answering.test_any_text import SEEDS, any_text, known
from tests.fake_bot_api.html import parse_html, utf16_length

MOST_LINES = 30
FILLER = "so " * MAX_QUESTION
NEVER_SURE = Thresholds(answer=1.0, suggest=0.0)


def told(faq: Faq, question: str) -> str:
    """The text that an operator reads."""
    return parse_html(why(faq.knowledge, explain(faq, question), faq.index.thresholds)).text


def lines(faq: Faq, question: str) -> list[str]:
    return told(faq, question).split("\n")


def with_thresholds(faq: Faq, thresholds: Thresholds) -> Faq:
    return Faq.of(replace(faq.knowledge, thresholds=thresholds))


def shared(faq: Faq, question: str, target: str) -> dict[str, float]:
    """The words that are shared with it, and the score that each brings."""
    return dict(next(m.words for m in explain(faq, question).matched if m.id == target))


def against(faq: Faq, question: str) -> dict[str, Against]:
    return {each.word: each for each in explain(faq, question).against}


# Which rule decided


@pytest.mark.parametrize(
    ("question", "reply", "because"),
    [
        ("brakes squeal", "Answer brakes.squeal", "The confidence is enough for an answer."),
        (
            "brakes squeal, chain slips",
            "Answer brakes.squeal, chain.slip",
            "Two parts ask about two topics, each with enough confidence:",
        ),
        ("Hello!", "Small talk greeting", "The message is one of its phrasings, word for word."),
        (" 👋", "Small talk greeting", "The message is one of its phrasings, word for word."),
        (
            "thanks mate",
            "Small talk thanks",
            "It scores 0.77 (needed: 0.4), and no topic reaches 0.24.",
        ),
        (
            "how much is it",
            "Limit price",
            "It leads all topics with 0.52 (needed: 0.24). "
            "The confidence is not enough for an answer.",
        ),
        (
            "zebra giraffe",
            "Unknown",
            "The confidence is not enough for an answer. No limit leads with 0.24 or more.",
        ),
        ("?!", "Unknown", "There is no word in it."),
        ("", "Unknown", "There is no word in it."),
    ],
)
def test_the_reply_and_the_rule_that_decided_come_first(
    question: str, reply: str, because: str, faq: Faq
) -> None:
    assert lines(faq, question)[:2] == [reply, because]


def test_a_confidence_that_is_not_enough_for_an_answer_is_told(faq: Faq) -> None:
    unsure = with_thresholds(faq, Thresholds(answer=1.0, suggest=0.1, trace=1.0))
    assert lines(unsure, "brake pads")[:2] == [
        "Suggestions brakes.pads, brakes.squeal",
        "The confidence is not enough for an answer. No limit leads with 1 or more.",
    ]


def test_an_entry_that_scores_too_little_is_no_answer_however_sure(faq: Faq) -> None:
    sure = with_thresholds(faq, Thresholds(answer=0.0, suggest=0.0, trace=1.0))
    assert lines(sure, "zebra giraffe")[1] == (
        "A score under 0.2 is not enough for an answer. No limit leads with 1 or more."
    )


def test_each_part_about_two_topics_is_told_with_its_topic(faq: Faq) -> None:
    found = lines(faq, "hi my drivetrain skips, and squeeling braks?")
    assert found[2:4] == [
        "• my drivetrain skips → topic chain, confidence 1.00",
        "• squeeling braks → topic brakes, confidence 1.00",
    ]


def test_a_part_that_got_no_answer_is_no_part_of_it(faq: Faq) -> None:
    explained = explain(faq, "hello and zebra, brakes squeal, chain slips")
    assert [part.topics[0][0] for part in explained.parts] == ["brakes", "chain"]


# Red flags


def test_a_red_flag_is_told_with_the_pattern_and_the_words_that_tripped_it(faq: Faq) -> None:
    assert lines(faq, "my arm, I borke it")[:2] == [
        "Red flag injury",
        "It comes before all else. Found: arm, borke → broke; by the pattern "
        "broken|broke|fractured {body}",
    ]


@pytest.mark.parametrize("at", [0, 900, 1_000, 3_000])
def test_the_words_of_a_red_flag_are_found_anywhere_in_a_long_message(at: int, faq: Faq) -> None:
    explained = explain(faq, FILLER[:at] + " knocked out " + FILLER[:500])
    assert explained.pattern == '"knocked out"|unconscious'
    assert explained.tripped == ("knocked out",)


def test_every_sentence_that_must_trip_a_flag_is_explained(faq: Faq) -> None:
    for flag in faq.knowledge.red_flags.flags:
        for sentence in flag.trips:
            explained = explain(faq, sentence)
            assert explained.pattern in flag.patterns
            said = sentence.lower().replace(",", "").split()
            assert {*" ".join(explained.tripped).split()} <= {*said}


def test_a_look_alike_is_not_what_tripped_a_flag(faq: Faq) -> None:
    assert explain(faq, "I broke the crank arm and my neck").tripped == ()
    assert explain(faq, "arm of the brake is broken, my broken neck too").tripped[1] == "neck"


def test_what_a_red_flag_stood_in_front_of_is_told(faq: Faq) -> None:
    explained = explain(faq, "my brakes squeal and I broke my arm")
    assert isinstance(explained.reply, RedFlag)
    assert explained.otherwise is not None
    assert isinstance(explained.otherwise.reply, Answer)
    found = told(faq, "my brakes squeal and I broke my arm")
    assert "\nOtherwise: Answer brakes.squeal. The confidence is enough" in found
    assert "\nConfidence " in found


# Words that matched


def test_a_forgiven_typo_is_told_with_the_word_that_it_was_read_as(faq: Faq) -> None:
    found = told(faq, "my braks squeel")
    assert "\nTypos forgiven: braks → brakes, squeel → squeal\n" in found
    assert "squeel → squeal +" in found


def test_another_form_of_a_word_is_told_as_it_stands_there(faq: Faq) -> None:
    found = shared(faq, "a brake that screams", "brakes.squeal")
    assert found.keys() == {"screams → scream", "brake", "a"}


def test_a_synonym_is_told_with_what_both_words_mean(faq: Faq) -> None:
    unsure = with_thresholds(faq, NEVER_SURE)
    assert "thin (as worn)" in shared(unsure, "thin chain", "chain.slip")
    assert "thin (as worn) " in told(unsure, "thin chain")


def test_a_phrase_is_one_word(faq: Faq) -> None:
    assert "high pitched (as noise)" in shared(faq, "high pitched chain", "chain.squeak")


def test_the_score_that_a_word_brings_is_lost_without_it(faq: Faq) -> None:
    found = shared(faq, "squeaky wet brakes", "brakes.squeal")
    weighed, rest = (faq.weigh(faq.index.hear(q)) for q in ("squeaky wet brakes", "squeaky brakes"))
    gain = dict(weighed.entries)["brakes.squeal"] - dict(rest.entries)["brakes.squeal"]
    assert found["wet"] == pytest.approx(gain)
    assert f"wet {gain:+.2f}" in told(faq, "squeaky wet brakes")


def test_the_word_that_brings_most_comes_first(faq: Faq) -> None:
    gains = list(shared(faq, "do brakes squeal when it is wet", "brakes.squeal").values())
    assert gains == sorted(gains, reverse=True)
    assert gains[0] > 0


def test_a_limit_is_compared_and_the_entry_that_it_was_ahead_of(faq: Faq) -> None:
    explained = explain(faq, "how much for pads")
    assert [m.id for m in explained.matched] == ["price", "brakes.pads"]


def test_the_nearest_phrasing_is_told(faq: Faq) -> None:
    assert "\nNearest phrasing: wet rims squeal\n" in told(faq, "wet rims")


def test_a_phrasing_is_nearest_to_itself(faq: Faq) -> None:
    for entry in faq.knowledge.entries.values():
        for phrasing in entry.phrasings:
            found = {m.id: m.nearest for m in explain(faq, phrasing).matched}
            assert sorted(words(found[entry.id])) == sorted(words(phrasing))


def test_nothing_in_common_is_said_so(faq: Faq) -> None:
    assert "\nNo word in common.\n" in told(faq, "zebra giraffe")


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
        typed = {word.split(" → ")[0].split(" (as ")[0] for word, _ in found.words}
        assert all(faq.index.scorer.unaccounted(faq.index.hear(word), name) == 0 for word in typed)
        if found.id == explained.best:
            assert typed.isdisjoint(each.word for each in explained.against if each.missing)


# Words that counted against


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
    found = against(faq, "battery cost")["battery"]
    assert (found.missing, found.confidence) == (True, None)
    assert "• battery: only in limit motors\n" in told(faq, "battery cost")


def test_words_that_part_two_topics_count_against_neither(faq: Faq) -> None:
    assert explain(faq, "brakes squeal, chain slips").against == ()


def test_only_the_weightiest_words_of_a_long_question_are_tried(faq: Faq) -> None:
    nonsense = " ".join(f"zebra{letter}{letter}x" for letter in "abcdefghijklmnopqrstuvwxyz")
    explained = explain(faq, f"a an the of {nonsense} chain")
    assert len(explained.against) <= 24
    assert len(told(faq, f"a an the of {nonsense} chain").split("\n")) <= MOST_LINES


def test_a_word_said_twice_is_told_once(faq: Faq) -> None:
    found = explain(faq, "zebra brakes zebra brakes zebra")
    assert [each.word for each in found.against] == ["zebra"]


def test_courtesies_that_were_left_out_are_told(faq: Faq) -> None:
    assert "Left out as courtesy: hello, dear, bot" in told(faq, "hello dear bot, brakes squeal")


# Figures


def test_every_figure_that_decides_is_told(faq: Faq) -> None:
    question = "screech of used up zebra"
    weighed = faq.weigh(faq.index.hear(question))
    (_, first), (_, second) = weighed.topics
    assert lines(faq, question)[-8:-2] == [
        f"Confidence {weighed.confidence:.2f} (answer from {faq.index.thresholds.answer:.2f}, "
        f"suggest from {faq.index.thresholds.suggest:.2f})",
        f"Best entry: brakes.pads {weighed.entries[0][1]:.2f}",
        f"Runner-up: brakes.squeal {weighed.entries[1][1]:.2f}",
        f"Next topic: chain {second:.2f}, margin {first - second:.2f}",
        f"Best rival: limit price {weighed.rivals[0][1]:.2f}, "
        f"lead +{first - weighed.rivals[0][1]:.2f}",
        "Words not in brakes: 40%",
    ]


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


# What to do about it


def test_the_wording_to_add_has_no_courtesies_and_no_typos(faq: Faq) -> None:
    assert explain(faq, "Hello, my braks squeel please").phrasing == "my brakes squeal"
    assert explain(faq, "brakes please squeal").phrasing == "brakes squeal"


def test_a_typo_that_may_be_another_word_is_added_as_it_was_typed(faq: Faq) -> None:
    explained = explain(faq, "scrach of squeel")
    assert explained.typos == ("scrach → screech", "squeel → squeal")
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
            "Wrong? Add to the phrasings of the right entry or limit: the part",
        ),
        ("hello", "The message is one of its phrasings, word for word."),
        (
            "I broke my arm",
            "False alarm? Add the look-alike to “unless”, and the question to “passes”.",
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
    assert bool(explained.tripped) == isinstance(explained.reply, RedFlag)
    if isinstance(explained.reply, Answer) and len(explained.reply.entries) > 1:
        assert {part.topics[0][0] for part in explained.parts} >= set(explained.reply.topics)
    else:
        assert explained.parts == ()
    text = why(faq.knowledge, explained, faq.index.thresholds)
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
    assert "&amp; x" in why(glowing.knowledge, explained, glowing.index.thresholds)


def test_unsure_replies_are_explained_with_the_best_suggestions(faq: Faq) -> None:
    explained = assert_explained(with_thresholds(faq, NEVER_SURE), "worn brakes and chain")
    assert isinstance(explained.reply, Suggestions)
    assert [m.id for m in explained.matched] == [e.id for e in explained.reply.entries[:2]]
