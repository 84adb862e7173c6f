"""Words that were made hard to read: b u r n, c*ncer, bl00d. They become words again.

Only words that the knowledge base knows are put back; "u n i", "24/7" and "3 x a day" stay.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import product

SHORTEST = 4
"""Letters of a word that is read behind digits, or between letters that are words of their own."""
_LONGEST = 16
_MOST_STARRED = 8
"""Words with stars that are read in one text; each is compared with every known word."""
_MOST_DIGITS = 5
_CHATTY = frozenset("abciknoruwxy")
"""Letters that people write for words: u n i."""
_SPELLED = re.compile(r"(?<![\w'])[^\W\d_](?:[^\w\n']{1,3}[^\W\d_]|_[^\W\d_]){2,}(?![\w'])")
_STARRED = re.compile(r"(?<![\w*#])[^\W\d_]{1,12}(?:[*#•_]{1,4}[^\W\d_]{1,12}){1,4}(?![\w*#])")
_MASKS = re.compile(r"[*#•_]+")
_LEET = re.compile(r"(?<![\w@$!])(?=[a-z]{0,24}[0-9@$!|])[0-9a-z@$!|]{4,24}(?![\w@$!])")
_LETTER = re.compile(r"[^\W\d_]")
_LETTERS = re.compile(r"[^\W\d_]+")
_READ_AS = dict(
    zip("01345|7@$!", ("o", "il", "e", "a", "s", "il", "t", "a", "s", "i"), strict=True)
)

# Small letters of other alphabets, and the Latin ones that they look like.
_LOOK_ALIKE = str.maketrans(
    "авегкмнорстухьіјѕһԁӏԛԝүαβγεηικνορτυχωıłøđħ",
    "aberkmhopctyxbijshdlqwyabyenikvoptuxwilodh",
)


def latin(folded: str) -> str:
    """Turn letters that only look Latin into Latin ones, where a text is Latin but for them."""
    if folded.isascii():
        return folded
    plain = sum(letter.isascii() and letter.isalpha() for letter in folded)
    return _LETTERS.sub(lambda word: _latin(word[0], plain > len(folded) / 2), folded)


def _latin(word: str, among_latin: bool) -> str:
    seen = word.translate(_LOOK_ALIKE)
    mixed = among_latin or any(letter.isascii() for letter in word)
    return seen if mixed and seen.isascii() else word


def revealed(folded: str, known: Mapping[str, int], initials: Mapping[str, Collection[str]]) -> str:
    """The text with its disguised words put back.

    `known` counts how often each word occurs, `initials` has the known words by first letter.
    """
    text = _SPELLED.sub(lambda run: _unspelled(run[0], known), folded)
    text = _STARRED.sub(lambda found: _unstarred(found[0], known, initials), text, _MOST_STARRED)
    return _LEET.sub(lambda found: _undigited(found[0], known), text)


def _unspelled(run: str, known: Collection[str]) -> str:
    """The run with known words joined, if any of them was surely spelled on purpose."""
    found = list(_joined("".join(_LETTER.findall(run)), known))
    return " ".join(found) if any(map(_on_purpose, found)) else run


def _joined(letters: str, known: Collection[str]) -> Iterator[str]:
    """Letters, with the longest known word at each place joined."""
    at = 0
    while at < len(letters):
        ends = range(min(len(letters), at + _LONGEST), at + 1, -1)
        end = next((end for end in ends if letters[at:end] in known), at + 1)
        yield letters[at:end]
        at = end


def _on_purpose(word: str) -> bool:
    return len(word) >= SHORTEST or (len(word) == SHORTEST - 1 and len(_CHATTY & {*word}) < 2)


def _unstarred(
    found: str, known: Mapping[str, int], initials: Mapping[str, Collection[str]]
) -> str:
    """The rarest word that fits: nobody hides a common one."""
    if len(found) < SHORTEST:
        return found
    shape = _MASKS.sub(lambda masks: "*" * len(masks[0]), found)
    first, *_, last = shape.split("*")
    near = initials.get(first[0], ())
    fitting = [word for word in near if _fits(shape, word)]
    if not fitting and shape.count("*") == 1:
        fitting = [word for word in near if _begins_and_ends(first, last, word)]
    return min(fitting, key=lambda word: known[word], default=found)


def _fits(shape: str, word: str) -> bool:
    return len(shape) == len(word) and all(a in {"*", b} for a, b in zip(shape, word, strict=True))


def _begins_and_ends(first: str, last: str, word: str) -> bool:
    """True where one star stands for up to four letters."""
    hidden = len(word) - len(first) - len(last)
    return 0 < hidden <= SHORTEST and word.startswith(first) and word.endswith(last)


def _undigited(found: str, known: Collection[str]) -> str:
    typed = found.rstrip("!")
    signs = sum(letter in _READ_AS for letter in typed)
    most = min(_MOST_DIGITS, len(typed) - 2)
    if not 0 < signs <= most or len(typed) < SHORTEST or typed[:2].isdigit():
        return found
    read = map("".join, product(*(_READ_AS.get(letter, letter) for letter in typed)))
    return next((word for word in read if word in known), typed) + found[len(typed) :]
