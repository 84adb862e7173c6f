"""Common English words and their frequency."""

import gzip
import json
import math
from collections.abc import Mapping
from importlib import resources

from bot.language.words import one_spelling
from bot.once import Once

_COMMON = 300
"""Occurrences in the dictionary's corpus from which a word counts as English."""
NUMBER = 0.2
"""Weight with which a word with digits counts against every entry."""


@Once
def english() -> dict[str, int]:
    """Common English words with their corpus frequency, from pyspellchecker's dictionary.

    It also holds the spelling of `words.words`: a "cruize" is a cruise, no typo of a bruise.
    """
    common, _ = _dictionary()
    return {one_spelling(word): count for word, count in common.items()} | common


def rare() -> list[str]:
    """The other words of the dictionary. Many are names of people, places and brands."""
    return _dictionary()[1].split()


@Once
def _dictionary() -> tuple[dict[str, int], str]:
    """Common words with their frequency, and all others as one string, which takes less memory."""
    file = resources.files("spellchecker") / "resources" / "en.json.gz"
    found: dict[str, int] = json.loads(gzip.decompress(file.read_bytes()))
    common = {word: count for word, count in found.items() if count >= _COMMON}
    return common, "\n".join(word for word in found if word not in common)


def mass(word: str, common: Mapping[str, int]) -> float:
    """Weight with which a word counts against every entry when no phrasing holds it."""
    if not word.isalpha():
        # People tell an age, a year or a weight, but it decides nothing.
        return NUMBER
    # 0.4 for the commonest English words, 1 for rare ones, which say more about the subject.
    rarity = max(0.4, 1 - 0.06 * math.log(common.get(word, _COMMON) / _COMMON))
    return min(1.4, len(word) / 5) * rarity
