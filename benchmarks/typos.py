"""Typos of a phone keyboard; every run makes equal ones."""

import random

KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
SHORTEST = 4
"""Letters that a word must have to be mistyped."""


def mistype(question: str) -> str:
    """The question with a typo in one word of four, at least in one word."""
    words = question.split()
    chance = random.Random(question)  # noqa: S311 - must be the same in every run
    places = [i for i, word in enumerate(words) if len(word) >= SHORTEST and word.isalpha()]
    for place in chance.sample(places, min(len(places), max(1, len(words) // 4))):
        words[place] = _slip(words[place], chance)
    return " ".join(words)


def _slip(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    match chance.choice(["swap", "drop", "double", "neighbour"]):
        case "swap":
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case "drop":
            return word[:at] + word[at + 1 :]
        case "double":
            return word[:at] + word[at] + word[at:]
    return word[:at] + _neighbour(word[at], chance) + word[at + 1 :]


def _neighbour(letter: str, chance: random.Random) -> str:
    for row in KEYS:
        if letter in row:
            at = row.index(letter)
            return chance.choice([row[i] for i in (at - 1, at + 1) if 0 <= i < len(row)])
    return letter
