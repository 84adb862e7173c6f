"""Questions with one meaning are put together, and others are not."""

import datetime as dt
from collections.abc import Sequence
from hashlib import sha256
from random import Random
from string import digits

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering.faq import Faq
from bot.features.unanswered import groups
from bot.features.unanswered.groups import NEAR, NEWEST, OTHERS, READ, STRANGE
from bot.knowledge.lessons import Missed
from tests.support.fake_time import START

TYRE = "can I ride with a flat tyre"
BELL = "how often should I grease the bell"
DAY = dt.timedelta(days=1)
ROUNDS = 60
LETTERS = str.maketrans(digits, "ghijklmnop")
PIECES = ["flat tyre", "tyre flat", "please", "saddle", "sadle", "bell", "👍", "?", "ride", "not"]
QUESTIONS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=4).map(" ".join),
    st.text(max_size=40),
    st.text(alphabet="abtyresdl ", max_size=12),
)


def missed(*texts: str, outcome: str = "unknown") -> list[Missed]:
    """Questions that were asked one after the other, a minute between them."""
    return [
        Missed(number, text, outcome, START.date() + number * DAY)
        for number, text in enumerate(texts, 1)
    ]


def grouped(faq: Faq, *texts: str, ignored: Sequence[str] = ()) -> list[list[str]]:
    found = groups.groups(missed(*texts), ignored, faq)
    return [[each.text for each in group.questions] for group in found]


# What is alike


@pytest.mark.parametrize(
    "other",
    [
        "flat tyre: can I ride with it?",
        "CAN I RIDE WITH A FLAT TYRE???",
        "can you ride with flat tyres",
        "please can I ride with a flat tyre",
        "hello dear bot, ride with a flat tyre",
        "can I ride with a flat tyer",
        "can i rdie with a flta tyre",
        "  can   I\nride with a flat tyre 🚲",
    ],
)
def test_the_same_in_other_words_is_one_group(faq: Faq, other: str) -> None:
    assert grouped(faq, TYRE, other) == [[other, TYRE]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("how often should I grease the bell", "how often should I grease the pedals"),
        ("how often should I grease the bell", "how long should I grease the bell"),
        ("does the saddle hurt", "does the saddle not hurt"),
        ("can I ride with a flat tyre", "can I ride without a flat tyre"),
        ("can I ride with a flat tyre", "can I ride with a flat"),
        ("who won the race", "who lost the race"),
        ("is 10 bar too much", "is 12 bar too much"),
        ("what about my horse", "what about my house"),
        ("bike lane", "bike line"),
        ("кот", "кит"),
    ],
)
def test_what_asks_for_something_else_is_another_group(faq: Faq, one: str, other: str) -> None:
    assert grouped(faq, one, other) == [[other], [one]]


def test_a_typo_in_a_word_that_nobody_knows_is_forgiven(faq: Faq) -> None:
    wordings = ["garmin mount", "garmni mount", "mount for my germin"]
    assert grouped(faq, *wordings) == [wordings[::-1]]


def test_a_long_word_may_have_two_typos(faq: Faq) -> None:
    wordings = ["cost of a velocipedist", "velocepedisst cost"]
    assert grouped(faq, *wordings) == [wordings[::-1]]


def test_words_of_other_languages_are_compared_as_well(faq: Faq) -> None:
    assert grouped(faq, "шина спустила", "спустило шина") == [["спустило шина", "шина спустила"]]


def test_words_that_say_nothing_count_where_there_are_no_others(faq: Faq) -> None:
    assert grouped(faq, "is it", "can you", "it is") == [["it is", "is it"], ["can you"]]


def test_messages_without_a_word_are_one_group(faq: Faq) -> None:
    assert grouped(faq, "👍", TYRE, "???") == [["???", "👍"], [TYRE]]


def test_only_the_beginning_of_a_long_question_is_compared(faq: Faq) -> None:
    long = f"{TYRE} ".ljust(READ, "-")
    assert grouped(faq, f"{long} tomorrow", f"{long} on Sunday") == [
        [f"{long} on Sunday", f"{long} tomorrow"]
    ]


# Order, and what a group says


def test_the_biggest_group_comes_first_and_then_the_newest(faq: Faq) -> None:
    found = grouped(faq, TYRE, "tyre flat, ride?", "what about the saddle", BELL)
    assert found == [["tyre flat, ride?", TYRE], [BELL], ["what about the saddle"]]


def test_a_group_shows_its_newest_wording_and_a_few_others(faq: Faq) -> None:
    wordings = ["ride flat tyre", *(f"{'please ' * n}ride flat tyre" for n in range(1, 6))]
    [group] = groups.groups(missed(*wordings), [], faq)
    assert group.example.text == wordings[-1]
    assert group.others == tuple(wordings[-2 : -2 - OTHERS : -1])
    assert group.last.day == START.date() + len(wordings) * DAY


def test_the_same_wording_is_shown_once(faq: Faq) -> None:
    [group] = groups.groups(missed(TYRE, TYRE.upper(), f"  {TYRE} ", f"{TYRE}?"), [], faq)
    assert group.example.text == f"{TYRE}?"
    assert group.others == (f"  {TYRE} ",)
    assert group.ids == (4, 3, 2, 1)


def test_the_example_is_one_that_can_be_a_phrasing(faq: Faq) -> None:
    far_too_long = f"{TYRE}{' please' * 60}"
    [group] = groups.groups(missed(TYRE, far_too_long), [], faq)
    assert group.example.text == TYRE
    assert group.last.text == far_too_long


def test_without_any_wording_that_can_be_a_phrasing_the_newest_is_shown(faq: Faq) -> None:
    [group] = groups.groups(missed("👍", "???"), [], faq)
    assert group.example.text == "???"


def test_a_group_says_what_its_questions_got(faq: Faq) -> None:
    questions = [*missed(TYRE), *missed(TYRE, TYRE, outcome="suggestions")]
    [group] = groups.groups(questions, [], faq)
    assert group.outcomes == (("suggestions", 2), ("unknown", 1))


# What is left out


def test_what_is_alike_to_something_ignored_is_left_out(faq: Faq) -> None:
    assert grouped(faq, TYRE, BELL, ignored=["flat tyers, can you ride please"]) == [[BELL]]


def test_ignoring_a_message_without_words_ignores_all_of_them(faq: Faq) -> None:
    assert grouped(faq, "👍", TYRE, "...", ignored=["🚲"]) == [[TYRE]]


def test_nothing_asked_makes_no_groups(faq: Faq) -> None:
    assert grouped(faq, ignored=[TYRE]) == []


def test_only_the_newest_are_looked_at(faq: Faq) -> None:
    found = groups.groups(missed(*([BELL] * 5), *([TYRE] * NEWEST)), [], faq)
    assert [len(group.questions) for group in found] == [NEWEST]


# Any text, in any order


@settings(max_examples=ROUNDS)
@given(texts=st.lists(QUESTIONS, max_size=12), random=st.randoms(), ignored=QUESTIONS)
def test_the_order_in_which_questions_come_does_not_matter(
    faq: Faq, texts: list[str], random: Random, ignored: str
) -> None:
    questions = missed(*texts)
    mixed = random.sample(questions, len(questions))
    assert groups.groups(mixed, [ignored, TYRE], faq) == groups.groups(
        questions, [TYRE, ignored], faq
    )


@settings(max_examples=ROUNDS)
@given(texts=st.lists(QUESTIONS, max_size=12))
def test_every_question_is_in_exactly_one_group(faq: Faq, texts: list[str]) -> None:
    questions = missed(*texts)
    found = groups.groups(questions, [], faq)
    assert sorted(number for group in found for number in group.ids) == [q.id for q in questions]
    for group in found:
        assert group.example in group.questions
        assert len(group.others) <= OTHERS
        assert group.example.text not in group.others


@settings(max_examples=ROUNDS)
@given(text=QUESTIONS, texts=st.lists(QUESTIONS, max_size=5))
def test_what_was_ignored_never_comes_back(faq: Faq, text: str, texts: list[str]) -> None:
    found = groups.groups(missed(text, *texts), [text], faq)
    assert text not in {each.text for group in found for each in group.questions}


def test_a_thousand_questions_of_words_that_nobody_knows_are_not_all_compared(faq: Faq) -> None:
    """Somebody who sends noise could else keep the machine busy for minutes."""
    hashes = (sha256(bytes([n % 256, n // 256])).hexdigest() for n in range(NEWEST))
    noise = (each.translate(LETTERS)[:24] for each in hashes)
    questions = missed(*(f"{each[:8]} {each[8:16]} {each[16:]}" for each in noise))
    known = set(faq.index.vocabulary._memory)
    assert len(groups.groups(questions, [], faq)) == NEWEST
    assert len(faq.index.vocabulary._memory.keys() - known) <= STRANGE


# What a wording may be meant to ask for


def test_the_entries_that_come_nearest_are_proposed(faq: Faq) -> None:
    near = groups.nearest_entries(faq, "chain jumps over the tooth")
    assert near[0].id == "chain.slip"
    assert len(near) == NEAR


def test_all_limits_are_proposed_the_nearest_first(faq: Faq) -> None:
    assert [limit.id for limit in groups.nearest_limits(faq, "a battery")] == ["motors", "price"]
    assert [limit.id for limit in groups.nearest_limits(faq, "cheap?")] == ["price", "motors"]


def test_for_a_message_without_words_no_entry_is_proposed(faq: Faq) -> None:
    assert groups.nearest_entries(faq, "👍") == []
    assert [limit.id for limit in groups.nearest_limits(faq, "👍")] == ["price", "motors"]
