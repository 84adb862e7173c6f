"""Finding the places that people mean when they write a name, also with slips."""

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from itertools import chain, zip_longest

from bot.places import gazetteer
from bot.places.cities import Area, City
from bot.places.fitting import fitting
from bot.places.gazetteer import Gazetteer, Match
from bot.places.names import key
from bot.places.zones import Place, name_of

MOST = 5
"""At most so many places are found."""
_SURE = 10
"""A place with so many times the weight of another is sure: the other is left out."""
_SLIP = 0.02
"""Each slip in its name leaves a place this part of its weight."""
_LARGE = 1_000_000
"""A city with so many people is recognized beside an unknown word."""
_SMALL = 100_000
"""A city with so many people is recognized in a part of a longer text."""
_WORDS = 8
"""At most so many words name a place and the areas around it."""
_FEW_WORDS = 4
_LETTERS = (5, 9, 11)
"""In names of so many letters one, two or three slips are forgiven."""

_COMMA = re.compile(r"[,;|()\n]+")
_APOSTROPHES = "'’‘ʼ′`´"
_FLAG_A = ord("\U0001f1e6") - ord("a")
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_WORD = re.compile(r"[^\W_]+")

# Words that people write around the name of a place.
AROUND = frozenset(
    _WORD.findall("""
    i im am we our live lives living based located stay staying reside currently now right here
    there my is its it time times timezone timezones zone tz hour hours hrs city town village of in
    at from near around to by outside region area state province please pls plz thanks thank you
    thx hi hello hey set use for local standard daylight summer the a and ok okay yes yeah ich wohne
    vivo en de moro em j habite я живу в из г город
    """)
)
_VAGUE = AROUND.union(
    ["downtown", "central", "greater", "metro", "upstate", "inner", "north", "south", "east"],
    ["west", "northern", "southern", "eastern", "western"],
)
_BEFORE = re.compile(r"\b(?:in|on|from|near|at|en|aus|в|из)\b")
# Common words that are also names of small places, or codes. In capitals they count as names.
_NOWHERE = frozenset(
    _WORD.findall("""
    europe asia africa earth world can come more than name same normal man turn hang chin tan hun
    side bank cat eat wet wit ad ag ai al am an as at ax ba be by co de do eh er es ga go gp he hi
    id in is it les ma md me mi mm mo ms my ne no of ok on or ox pa pm se si so ta te to tv up we
    """)
)

Words = tuple[str, ...]


def search(typed: str) -> tuple[Place, ...]:
    """Places that a text names: none, one that is sure, or up to MOST, the likeliest first."""
    atlas = gazetteer.load()
    flags = ("".join(chr(ord(half) - _FLAG_A) for half in flag) for flag in _FLAG.findall(typed))
    countries = [match for flag in flags for match in atlas.coded(flag, region=False)]
    words = words_of(typed)
    found = next(filter(None, _guesses(atlas, typed, words)), []) if words else countries
    found = _within(found, _areas_of(countries)) or found
    parts = filter(None, map(_stripped, map(words_of, _COMMA.split(typed))))
    return _places(atlas, fitting(atlas, found, [*parts], AROUND | _NOWHERE))


def _places(atlas: Gazetteer, found: Iterable[Match]) -> tuple[Place, ...]:
    """One place for each zone, without those that hardly anybody means."""
    ranked = sorted(found, key=lambda match: -match.weight)
    likely = [match for match in ranked if match.weight * _SURE >= ranked[0].weight]
    clocks = [_clocks(atlas, match.meant) for match in likely]
    names: dict[str, str] = {}
    # The main zones of two countries come before other zones of the first.
    for place in filter(None, chain.from_iterable(zip_longest(*clocks))):
        names.setdefault(place.zone, place.name)
    offered = list(names.items())[:MOST]
    often = Counter(name for _, name in offered)
    return tuple(
        Place(name if often[name] == 1 else f"{name} ({name_of(zone)})", zone)
        for zone, name in offered
    )


def _clocks(atlas: Gazetteer, meant: City | Area) -> list[Place]:
    cities = [meant] if isinstance(meant, City) else atlas.clocks(meant)
    only = len(cities) == 1
    return [Place(atlas.label(meant if only else city), city.zone) for city in cities]


def _guesses(atlas: Gazetteer, typed: str, words: Words) -> Iterator[list[Match]]:
    """Meanings of the whole text, then with slips forgiven, then meanings of parts of it."""
    shouted, bare = typed.isupper(), _stripped(words)
    if len(words) == 1 and (shouted or (len(words[0]) == 2 and words[0] not in _NOWHERE)):
        yield atlas.named(words[0], code=True)
    if not bare or (len(bare) == 1 and bare[0] in _NOWHERE and not shouted):
        return
    parts = [part for part in map(words_of, _COMMA.split(typed)) if part]
    whole = dict.fromkeys((*_around(words), parts[0] + parts[-1] if len(parts) > 2 else words))
    behind_in = words_of(_BEFORE.split(typed.casefold())[-1])
    some = dict.fromkeys(chain.from_iterable(map(_around, (behind_in, *parts))))
    few = len(bare) <= _FEW_WORDS
    yield from (_meant(atlas, reading, slips=False) for reading in whole)
    yield from (_meant(atlas, reading, slips=True) for reading in whole)
    for slips in (False, True)[: 1 + few]:
        for reading in some:
            found = _meant(atlas, reading, slips=slips)
            yield found if few else [match for match in found if match.weight >= _SMALL]
    if few:
        yield _among_others(atlas, bare)


def words_of(typed: str) -> Words:
    """The words in small letters, without accents."""
    folded = unicodedata.normalize("NFKD", typed.casefold())
    kept = (c for c in folded if c not in _APOSTROPHES and unicodedata.category(c)[0] != "M")
    return tuple(_WORD.findall("".join(kept)))


def _around(words: Words) -> Iterator[Words]:
    """All words, then fewer and fewer of those that belong to no place."""
    yield words
    yield _stripped(words, begin=False)
    yield _stripped(words)
    yield _stripped(words, _VAGUE)


def _stripped(words: Words, those: Set[str] = AROUND, *, begin: bool = True) -> Words:
    while words and (words[-1] in those or words[-1].isdecimal()):
        words = words[:-1]
    while begin and words and (words[0] in those or words[0].isdecimal()):
        words = words[1:]
    return words


def _meant(atlas: Gazetteer, words: Words, *, slips: bool, depth: int = 2) -> list[Match]:
    """Meanings of words: a name alone, or beside the name of an area around it."""
    name = key(" ".join(words))
    found = _mistyped(atlas, name) if slips else atlas.named(name)
    if found or not depth or len(words) > _WORDS:
        return found
    for end in range(len(words) - 1, 0, -1):
        for inner, outer in ((words[:end], words[end:]), (words[-end:], words[:-end])):
            # "in" before a city does not mean Indiana.
            code = outer == words[end:] or not (AROUND | _NOWHERE).intersection(outer)
            areas = _areas(atlas, key(" ".join(outer)), slips=slips, code=code)
            if areas and (found := _inside(atlas, inner, areas, slips=slips, depth=depth - 1)):
                return found
    return []


def _areas(atlas: Gazetteer, name: str, *, slips: bool, code: bool) -> list[Area]:
    found = atlas.named(name) + (atlas.coded(name) if code else [])
    # Beside a known city, a shorter word may have slips.
    return _areas_of(found) or (atlas.near_areas(name, _slips(f"{name}-")) if slips else [])


def _inside(
    atlas: Gazetteer, words: Words, areas: list[Area], *, slips: bool, depth: int
) -> list[Match]:
    found = _within(_meant(atlas, words, slips=False, depth=depth), areas)
    if not found and slips:
        found = _within(_mistyped(atlas, key(" ".join(words)), known=False), areas)
    return found


def _within(found: Iterable[Match], areas: list[Area]) -> list[Match]:
    return [match for match in found if any(area.holds(match.meant) for area in areas)]


def _areas_of(found: Iterable[Match]) -> list[Area]:
    return [match.meant for match in found if isinstance(match.meant, Area)]


def _slips(name: str) -> int:
    """The number of slips that are forgiven in a name."""
    return bisect_right(_LETTERS, len(name))


def _mistyped(atlas: Gazetteer, name: str, *, known: bool = True) -> list[Match]:
    """Meanings of a name with slips; with `known` only places with enough people."""
    found: dict[City | Area, Match] = {}
    for near, slips in atlas.near(name, _slips(name)):
        for match in atlas.named(near):
            if match.weight >= _least(slips, len(name)) or not known:
                weight = match.weight * _SLIP**slips
                if match.meant not in found or found[match.meant].weight < weight:
                    found[match.meant] = Match(match.meant, weight)
    return list(found.values())


def _least(slips: int, letters: int) -> int:
    """The least weight of a place whose name has slips: "Narnia" must not mean a small town."""
    if slips > 1:
        return 250_000
    return {5: 500_000, 6: 300_000, 7: 150_000}.get(letters, 100_000)


def _among_others(atlas: Gazetteer, words: Words) -> list[Match]:
    """A large city or a country beside unknown words: "shibuya tokyo"."""
    for size in range(len(words) - 1, 0, -1):
        for some in (words[-size:], words[:size]):
            name = key(" ".join(some))
            found = [match for match in atlas.named(name) if match.weight >= _LARGE]
            if found and len(name) > 3:
                return found
    return []
