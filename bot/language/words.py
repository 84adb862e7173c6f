"""A typed text becomes words that can be compared."""

import re
import unicodedata
from functools import lru_cache

import Stemmer  # type: ignore[import-not-found] # PyStemmer ships no types

from bot.language.disguises import latin

MAX_WORD = 64
"""Characters of a word that are read. Longer ones are no words, and would fill the caches."""
MAX_QUESTION = 1_000
"""Characters of a message that are read; the rest is cut off before matching."""
MOST_FOLDED = 2 * MAX_QUESTION
"""Characters of a message that are left after `fold`, which turns some into eighteen."""
_CONTRACTIONS = {
    "n't": " not",
    "'m": " am",
    "'re": " are",
    "'ve": " have",
    "'ll": " will",
    "'d": " would",
    "'s": "",
    "'": "",
}
_CONTRACTION = re.compile(r"n't\b|'(?:m|re|ve|ll|d|s)\b|'")
_NOT = ("do", "does", "did", "is", "are", "was", "were", "have", "has", "could", "would", "should")
# People write so on a phone. "ill", "id", "well" and "were" are words of their own, so not here.
_SHORTHAND = {
    "can't": "can not",
    "won't": "will not",
    "shan't": "shall not",
    "cannot": "can not",
    "cant": "can not",
    "wont": "will not",
    **{f"{verb}nt": f"{verb} not" for verb in _NOT},
    "im": "i am",
    "ive": "i have",
    **{f"{word}s": word for word in ("what", "how", "who", "where", "that", "there")},
    "youre": "you are",
    "gonna": "going to",
    "wanna": "want to",
    "gotta": "got to",
    "lemme": "let me",
    "gimme": "give me",
    "kinda": "kind of",
    "dunno": "do not know",
    "u": "you",
    "r": "are",
    "ur": "your",
    "ya": "you",
    "bc": "because",
    "cuz": "because",
    "coz": "because",
    "tho": "though",
    "rly": "really",
    "y": "why",
    "abt": "about",
    "w": "with",
    "b4": "before",
    "teh": "the",
    "wat": "what",
    "wut": "what",
    "hwo": "how",
    "smth": "something",
    "shld": "should",
    "hrs": "hours",
    "mins": "minutes",
    "tmrw": "tomorrow",
    "ppl": "people",
}
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*'?")
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ′`´＇", "'"))
_BRITISH = (
    (re.compile(r"(?<=\w{3})is(?=(?:e|es|ed|er|ers|ing|ation)$)"), "iz"),
    (re.compile(r"(?<=\w{3})our(?=(?:s|ed|ing|less)?$)"), "or"),
    (re.compile(r"^grey"), "gray"),
)
# Snowball gives them the stem of "radiation", with which they have nothing to do.
_OWN_STEMS = {
    **dict.fromkeys(("radiator", "radiators"), "radiator"),
    **dict.fromkeys(("radiate", "radiates", "radiating"), "radiate"),
}
_REPEATED = re.compile(r"(.)\1{2,}")


def fold(text: str) -> str:
    """Make lower case and plain apostrophes, drop accents and unseen characters, cut the end."""
    if text.isascii():
        return text[:MAX_QUESTION].lower().replace("`", "'")
    # Apostrophes first: NFKD splits the acute accent that some keyboards type for an apostrophe.
    decomposed = unicodedata.normalize("NFKD", text[:MAX_QUESTION].translate(_APOSTROPHES))
    dropped = {ord(c): None for c in set(decomposed) if unicodedata.category(c) in {"Mn", "Cf"}}
    return latin(decomposed.translate(dropped)[:MOST_FOLDED].casefold())


def words(text: str) -> tuple[str, ...]:
    """The words of a text: folded, contractions written out, all in one spelling."""
    return words_of(fold(text))


def words_of(folded: str) -> tuple[str, ...]:
    """The words of a folded text."""
    found = _WORD.findall(folded[:MOST_FOLDED])
    return tuple(word for each in found for word in _open(each[:MAX_WORD]))


def has_words(text: str) -> bool:
    """True where `words` finds at least one word."""
    return _WORD.search(fold(text)) is not None


@lru_cache(maxsize=50_000)
def _open(found: str) -> tuple[str, ...]:
    opened = _SHORTHAND.get(found) or _CONTRACTION.sub(lambda m: _CONTRACTIONS[m.group()], found)
    return tuple(one_spelling(word) for word in opened.split())


def one_spelling(word: str) -> str:
    """Give a word its American spelling, and no letter more than twice in a row."""
    word = _REPEATED.sub(r"\1\1", word)
    for pattern, american in _BRITISH:
        word = pattern.sub(american, word)
    return word


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The Snowball (Porter 2) stem of one word of `words`."""
    if word in _OWN_STEMS:
        return _OWN_STEMS[word]
    # A new stemmer for each call: it holds the word it works on, and a reload runs in a thread.
    return str(Stemmer.Stemmer("english", 0).stemWord(word))


def stems(text: str) -> tuple[str, ...]:
    """The stems of a text, in order."""
    return tuple(map(stem, words(text)))
