"""Nonsense costs no more than a question: the program stays quick for everybody else."""

import time
from itertools import islice
from random import Random

import pytest

from bot.language.english import english
from bot.language.spelling import MOST_MENDED, Hearing, Vocabulary
from bot.language.words import MAX_QUESTION, MOST_FOLDED, fold, words

SECONDS = 0.02
"""Time that one message may take to be read."""
LARGE = 9_000
"""Known words of a large knowledge base."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"
MARKS = [chr(mark) for mark in range(0x300, 0x36F)]


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.of([("wrinkles", *islice(english(), LARGE))])


def chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - a test keeps no secrets


def unknown(random: Random, letters: int = 5) -> str:
    """A word that nobody knows."""
    return "".join(random.choices("bcdfgjkqvwxz", k=letters))


def nonsense(random: Random, kind: str) -> str:
    """A message of one kind, another one for each seed."""
    match kind:
        case "unknown words":
            return " ".join(unknown(random) for _ in range(200))
        case "short unknown words":
            return " ".join(unknown(random, 3) for _ in range(250))
        case "words with stars":
            return " ".join(f"{random.choice(LETTERS)}*{unknown(random, 2)}" for _ in range(250))
        case "ligatures":
            return "\ufdfa" * random.randint(900, 1_000)
        case "spaced ligatures":
            return "\ufdfa " * random.randint(450, 500)
        case "emoji":
            return "".join(chr(random.randrange(0x1F300, 0x1F5FF)) for _ in range(1_000))
        case "one word":
            return unknown(random, 4_096)
        case "piled marks":
            return "".join(c + "".join(random.choices(MARKS, k=15)) for c in unknown(random, 250))
        case _:
            return " ".join(f"a1103{unknown(random, 3)}" for _ in range(110))


def seconds(vocabulary: Vocabulary, text: str) -> float:
    """Time that this thread works to read a text."""
    begin = time.thread_time()
    vocabulary.read(text)
    return time.thread_time() - begin


@pytest.mark.parametrize(
    "kind",
    [
        "unknown words",
        "short unknown words",
        "words with stars",
        "ligatures",
        "spaced ligatures",
        "emoji",
        "one word",
        "piled marks",
        "digits for letters",
    ],
)
def test_nonsense_is_read_in_little_time(kind: str, vocabulary: Vocabulary) -> None:
    texts = [nonsense(chance(seed), kind) for seed in range(5)]
    # The least of several: the machine may have other work in between.
    assert min(seconds(vocabulary, text) for text in texts) < SECONDS


@pytest.mark.parametrize("ligature", ["\ufdfa", "\ufdfb", "\u3316", "\u33ff"])
def test_what_unfolds_is_cut_before_anything_else_is_done_with_it(ligature: str) -> None:
    folded = fold(ligature * MAX_QUESTION)
    assert MOST_FOLDED >= len(folded) > MAX_QUESTION


def test_a_typo_behind_a_few_unknown_words_is_mended(vocabulary: Vocabulary) -> None:
    strange = [unknown(chance(seed), 9) for seed in range(MOST_MENDED - 1)]
    *_, last = vocabulary.hear((*strange, "wrinkels"))
    assert last.meant == "wrinkles"


@pytest.mark.parametrize("letters", [4, 9, 30])
def test_words_behind_much_nonsense_are_read_as_they_stand(
    letters: int, vocabulary: Vocabulary
) -> None:
    strange = [f"q{unknown(chance(seed), letters)}" for seed in range(3 * MOST_MENDED)]
    *_, typo, known = vocabulary.hear((*strange, "wrinkels", "wrinkles"))
    assert (typo.meant, typo.trust) == ("wrinkels", 0)
    assert known.trust == 1


def test_all_parts_of_a_message_share_what_may_be_mended(vocabulary: Vocabulary) -> None:
    hearing = Hearing(vocabulary)
    strange = " ".join(unknown(chance(seed), 9) for seed in range(MOST_MENDED))
    hearing.read(strange)
    (late,) = hearing.read("wrinkels")
    assert late.trust == 0


def test_a_word_that_was_mended_is_mended_in_a_later_part(vocabulary: Vocabulary) -> None:
    hearing = Hearing(vocabulary)
    hearing.read("wrinkels")
    hearing.hear(tuple(unknown(chance(seed), 9) for seed in range(2 * MOST_MENDED)))
    (late,) = hearing.read("wrinkels")
    assert late.meant == "wrinkles"


def test_what_somebody_wrote_before_changes_no_other_message(vocabulary: Vocabulary) -> None:
    text = words(" ".join(unknown(chance(seed)) for seed in range(200)) + " wrinkels")
    before = vocabulary.hear(text)
    vocabulary.hear(("wrinkels",))
    assert vocabulary.hear(text) == before
