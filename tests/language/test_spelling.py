"""Typing mistakes are forgiven; words that are merely unknown stay what they are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, JaroWinkler

from bot.language.english import english
from bot.language.spelling import LONG, Heard, Vocabulary
from bot.language.words import one_spelling, stem, words

KNOWN = """
does massage help with stretch marks scars wrinkles and dry skin on my face oil gum moisture
collagen elasticity exfoliation puffy jowls hydration cellulite moisturizer bruise circulation
"""
VOCABULARY = Vocabulary.of([words(KNOWN)])
LIKENESS = 0.84
"""A known word of this likeness or more may be meant; below it no word is."""


def heard(typed: str) -> tuple[Heard, ...]:
    return VOCABULARY.hear(words(typed))


def meant(typed: str) -> list[str]:
    return [h.stem for h in heard(typed)]


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("massahe", "massage"),
        ("wrimkles", "wrinkles"),
        ("moistire", "moisture"),
        ("wrinkels", "wrinkles"),
        ("massgae", "massage"),
        ("skni", "skin"),
        ("scarrs", "scars"),
        ("masage", "massage"),
        ("colagen", "collagen"),
        ("wrinklles", "wrinkles"),
        ("wrnkles", "wrinkles"),
        ("exfolation", "exfoliation"),
        ("elastisity", "elasticity"),
        ("moisturisre", "moisturizer"),
        ("massaaage", "massage"),
        ("hydratoin", "hydration"),
    ],
)
def test_a_typing_mistake_is_heard_as_the_word_that_was_meant(typed: str, word: str) -> None:
    (found,) = heard(typed)
    assert found.stem == stem(word)
    assert 0 < found.trust < 1


@pytest.mark.parametrize("typed", ["stretchmarks", "dryskin", "puffyface", "helpscars"])
def test_two_joined_words_are_parted(typed: str) -> None:
    first, second = heard(typed)
    assert first.trust == second.trust == 1
    assert first.word + second.word == typed


@pytest.mark.parametrize("typed", ["wrin kles", "col lagen", "mois ture", "cellu lite"])
def test_a_parted_word_is_joined(typed: str) -> None:
    (found,) = heard(typed)
    assert found.word == typed.replace(" ", "")
    assert found.trust == 1


def test_two_words_of_their_own_are_not_joined() -> None:
    together = Vocabulary.of([("skin", "care", "skincare")])
    assert [h.word for h in together.hear(("skin", "care"))] == ["skin", "care"]


def test_short_words_are_not_joined() -> None:
    """Too many of them would make another word by chance."""
    assert [h.word for h in heard("o il, sk in, gu m")] == ["o", "il", "sk", "in", "gu", "m"]


def test_a_joined_word_is_parted_where_its_parts_are_commonest() -> None:
    vocabulary = Vocabulary.of([("face", "oils", "faceo", "ils")] + [("face", "oils")] * 3)
    assert [h.word for h in vocabulary.hear(("faceoils",))] == ["face", "oils"]


@pytest.mark.parametrize(
    "unknown",
    ["foil", "gym", "fun", "fain", "scary", "face-off", "message", "fade", "bum", "boil", "cruise"],
)
def test_an_unknown_english_word_is_not_bent_into_a_known_one(unknown: str) -> None:
    assert all(h.trust in (0, 1) and h.stem == stem(h.word) for h in heard(unknown))


def test_no_short_english_word_is_bent_into_another() -> None:
    short = [word for word in english() if len(word) <= 5 and "'" not in word]
    bent = [h.word for word in short for h in heard(word) if h.stem != stem(h.word)]
    assert bent == []


def test_no_word_of_two_spellings_is_bent_into_another() -> None:
    """A cruise is no typo of a bruise, though it is compared as "cruize"."""
    respelled = [word for word in english() if one_spelling(word) != word]
    assert len(respelled) > 100
    assert [h.word for word in respelled for h in heard(word) if h.stem != stem(h.word)] == []


def test_english_holds_common_words_in_both_spellings() -> None:
    common = english()
    assert {"foil", "gym", "cruise", "color", "surprise"} <= set(common)
    assert one_spelling("cruise") in common
    assert "wrinkels" not in common
    assert "\u65e5\u672c" not in common
    assert len(common) == len(set(common)) > 10_000


@pytest.mark.parametrize("typed", ["30", "2024", "3x", "b12", "scars2", "m4ssage"])
def test_numbers_stay_what_they_are(typed: str) -> None:
    (found,) = heard(typed)
    assert (found.word, found.stem, found.trust) == (typed, stem(typed), 0)
    assert found.mass < heard("qzqzqzq")[0].mass


@pytest.mark.parametrize("typed", ["o", "ol", "gm", "qzxvj", "日本語", "кожа"])
def test_what_resembles_nothing_stands_for_nothing(typed: str) -> None:
    (found,) = heard(typed)
    assert (found.stem, found.trust) == (stem(typed), 0)
    assert found.mass > 0


def test_other_forms_of_a_known_word_are_known() -> None:
    assert [h.trust for h in heard("massaging wrinkled scar")] == [1, 1, 1]


@pytest.mark.parametrize("typed", ["Malaga", "Sue", "Rashid", "Byrne", "Moises", "Weleda"])
def test_a_name_is_no_typo_of_a_word_that_is_like_it(typed: str) -> None:
    vocabulary = Vocabulary.of([words("malar use rash burn noise welded")], ["Málaga", "Rasht"])
    (found,) = vocabulary.hear(words(typed))
    assert (found.stem, found.trust) == (stem(typed.lower()), 0)


def test_a_rare_word_of_the_dictionary_is_no_typo() -> None:
    (found,) = Vocabulary.of([words("angina and a flaming brake")]).hear(("argentina",))
    assert found.trust == 0


def test_a_name_is_not_taken_apart() -> None:
    vocabulary = Vocabulary.of([words("black burn")], ["Blackburn"])
    assert [h.word for h in vocabulary.hear(("blackburn",))] == ["blackburn"]


@pytest.mark.parametrize(
    ("typed", "forgiven"),
    [("scras", True), ("scrsa", False), ("collegan", True), ("culegan", False)],
)
def test_a_short_word_may_have_one_wrong_letter_and_a_long_one_two(
    typed: str, *, forgiven: bool
) -> None:
    assert (heard(typed)[0].trust > 0) == forgiven


def test_a_slip_to_the_next_key_is_likelier_than_another_letter() -> None:
    vocabulary = Vocabulary.of([("fact", "face")])
    assert [h.stem for h in vocabulary.hear(("facw",))] == [stem("face")]


def test_a_common_word_is_likelier_than_a_rare_one() -> None:
    vocabulary = Vocabulary.of([("skina",), *[("skino",)] * 9])
    assert [h.stem for h in vocabulary.hear(("skinx",))] == [stem("skino")]


def test_a_small_mistake_is_trusted_more_than_a_large_one() -> None:
    (small,), (large,) = heard("exfoliatoin"), heard("exfolitin")
    assert small.stem == large.stem
    assert 1 > small.trust > large.trust > 0


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    (common,), (rare,) = heard("people"), heard("pelota")
    assert 0 < common.mass < rare.mass


def test_nothing_is_heard_in_silence() -> None:
    assert heard("") == ()


def test_a_vocabulary_without_words_knows_nothing() -> None:
    (found,) = Vocabulary.of([]).hear(("qwertz",))
    assert found.trust == 0


def test_words_are_heard_the_same_after_thousands_of_others() -> None:
    before = heard("wrinkels")
    for number in range(20_001):
        VOCABULARY.hear((f"x{number}",))
    assert heard("wrinkels") == before


LETTERS = st.sampled_from("abcdeiklmnorstuwyäж")
EDIT = st.tuples(st.integers(0, 12), st.sampled_from(["drop", "add", "swap", "change"]), LETTERS)


def edited(word: str, edits: list[tuple[int, str, str]]) -> str:
    for at, how, letter in edits:
        head, rest = word[: at % len(word)], word[at % len(word) :]
        match how:
            case "drop":
                word = head + rest[1:] or word
            case "add":
                word = head + letter + rest
            case "swap":
                word = head + rest[1:2] + rest[:1] + rest[2:]
            case _:
                word = head + letter + rest[1:]
    return word


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(sorted(VOCABULARY.words)), st.lists(EDIT, min_size=1, max_size=4))
def test_a_mistake_is_forgiven_exactly_when_a_known_word_is_like_it(
    word: str, edits: list[tuple[int, str, str]]
) -> None:
    """The slow way compares with every word, one by one; the shortcuts must agree with it."""
    typed = edited(word, edits)
    found = VOCABULARY.hear((typed,))
    wrong = 1 if len(typed) < LONG else 2
    likeness = {
        known: JaroWinkler.normalized_similarity(typed, known)
        for known in VOCABULARY.words
        if OSA.distance(typed, known) <= wrong
    }
    sure = typed in english() or typed in VOCABULARY.names or VOCABULARY.knows(typed)
    if len(found) > 1 or len(typed) < 3 or sure:
        assert all(h.trust in (0, 1) for h in found)
    elif max(likeness.values(), default=0) < LIKENESS:
        assert found[0].trust == 0
    else:
        possible = [
            s**3 for known, s in likeness.items() if stem(known) == found[0].stem and s >= LIKENESS
        ]
        assert any(found[0].trust == pytest.approx(trust, abs=1e-6) for trust in possible)
