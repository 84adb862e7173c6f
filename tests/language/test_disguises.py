"""Words that somebody made hard to read, and words that only look so."""

import time

import pytest

from bot.answering.faq import Faq
from bot.language.disguises import latin, revealed
from bot.language.spelling import Vocabulary
from bot.language.words import MAX_QUESTION, words

KNOWN = ["my brake is broken", "burn and cancer, blood, infected, wound, hives, pus", "lost well"]


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.of(map(words, KNOWN))


def read(vocabulary: Vocabulary, text: str) -> list[str]:
    return [heard.word for heard in vocabulary.read(text)]


@pytest.mark.parametrize(
    "typed", ["b u r n", "b.u.r.n", "b-u-r-n", "b*u*r*n", "B_U_R_N", "b, u, r, n", "b🔥u🔥r🔥n"]
)
def test_a_known_word_whose_letters_stand_apart_is_read(typed: str, vocabulary: Vocabulary) -> None:
    assert read(vocabulary, typed) == ["burn"]


def test_letters_around_a_word_stay_letters(vocabulary: Vocabulary) -> None:
    assert read(vocabulary, "a b u r n z on it")[:3] == ["a", "burn", "z"]


def test_a_whole_sentence_in_single_letters_is_read(vocabulary: Vocabulary) -> None:
    assert read(vocabulary, "m y w o u n d") == ["my", "wound"]


@pytest.mark.parametrize("typed", ["p u s", "p.u.s"])
def test_three_letters_that_people_write_for_no_words_are_a_word(
    typed: str, vocabulary: Vocabulary
) -> None:
    assert read(vocabulary, typed) == ["pus"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("c*ncer", "cancer"),
        ("inf*ct*d", "infected"),
        ("c#ncer", "cancer"),
        ("can*r", "cancer"),
        ("canc3r", "cancer"),
        ("bl00d", "blood"),
        ("w0und", "wound"),
        ("1nfected", "infected"),
        ("h!ves", "hives"),
        ("br@ke", "brake"),
    ],
)
def test_known_words_behind_stars_and_digits_are_read(
    typed: str, meant: str, vocabulary: Vocabulary
) -> None:
    assert read(vocabulary, typed) == [meant]


@pytest.mark.parametrize(
    "typed", ["вurn", "cаncer", "ｂｕｒｎ", "ᴮurn", "WОUND", "brоken and my brаke"]
)
def test_letters_that_only_look_latin_are_latin(typed: str, vocabulary: Vocabulary) -> None:
    assert set(read(vocabulary, typed)) <= {
        "burn",
        "cancer",
        "wound",
        "broken",
        "brake",
        *words("and my"),
    }


@pytest.mark.parametrize("typed", ["рана", "сосна", "καρκινοσ", "я бегу и пою", "סרטן"])
def test_other_alphabets_stay_themselves(typed: str) -> None:
    assert latin(typed) == typed


@pytest.mark.parametrize(
    "typed",
    [
        "u n i",
        "a b c",
        "24/7",
        "3 x a day",
        "w/o oil",
        "at 10am or 5:30pm",
        "$5 off, 20% less",
        "j. r. r. tolkien",
        "u r ok",
        "i weigh 10st",
        "5 well oiled wheels",
        "b12 and q10",
        "gr8 4 me, c u l8r",
        "snake_case",
        "*bold* and **bolder**",
        "5* hotel",
        "a@b.com",
        "hi!!!",
        "f*** this",
        "c*t",
        "1st, 2nd, 3rd",
        "i.e. this, e.g. that",
    ],
)
def test_what_is_no_disguise_comes_through_unharmed(typed: str, vocabulary: Vocabulary) -> None:
    assert revealed(typed, vocabulary.words, vocabulary.shapes.initials) == typed


def test_of_the_words_behind_stars_the_rarest_is_meant() -> None:
    counts = {"been": 9, "burn": 2, "born": 3}
    assert revealed("b**n", counts, {"b": [*counts]}) == "burn"


def test_a_disguised_danger_trips_its_flag(faq: Faq) -> None:
    told = ["I b r o k e my arm", "I br0ke my arm", "I br*ke my arm", "I brоke my arm"]
    assert [faq.ask(text).outcome for text in told] == ["red_flag"] * len(told)


@pytest.mark.parametrize("piece", ["a ", "a*", "0a", "@", "b.", "x_y*", "1!"])
def test_a_long_text_of_disguises_is_read_in_bounded_time(
    piece: str, vocabulary: Vocabulary
) -> None:
    began = time.process_time()
    read(vocabulary, piece * MAX_QUESTION)
    assert time.process_time() - began < 1
