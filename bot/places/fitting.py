"""Everything that is written must fit: a city in another country than the written one is not meant.

"South Bend, WA" is a village in Washington that nobody knows here, and not South Bend, Indiana.
"""

from collections.abc import Iterator, Sequence, Set
from itertools import chain

from bot.places.cities import Area
from bot.places.gazetteer import Gazetteer, Match
from bot.places.names import key

_AREA_WORDS = 3
"""At most so many words behind a place name the area around it."""
_CODES = 2
"""Letters of codes that stand behind a place, never before it."""
_LAND = "island"
"""The name of Iceland there, but of no country behind the name of an island."""

Words = tuple[str, ...]


def fitting(
    atlas: Gazetteer, found: list[Match], parts: Sequence[Words], unclear: Set[str]
) -> list[Match]:
    """Keep what fits every country, and every part of one, that is written.

    Where nothing fits, the written country is meant. `parts` are the words between commas,
    `unclear` words say too little to be a code.
    """
    if atlas.named(key(" ".join(chain.from_iterable(parts)))):
        return found
    for areas in _written(atlas, parts, unclear):
        fits = [match for match in found if any(area.may_hold(match.meant) for area in areas)]
        if found and not fits:
            around = [match.meant for match in found if isinstance(match.meant, Area)]
            inside = [area for area in areas if any(each.holds(area) for each in around)]
            fits = atlas.clocked(inside or areas)
        found = fits
    return found


def _written(
    atlas: Gazetteer, parts: Sequence[Words], unclear: Set[str]
) -> Iterator[Sequence[Area]]:
    """Countries and their parts that stand behind a comma, or at either end of other words."""
    for part in parts[1:]:
        if areas := _areas(atlas, part, unclear):
            yield areas
    for part in parts[-1:]:
        sizes = range(min(len(part) - 1, _AREA_WORDS), 0, -1)
        ends = (_areas(atlas, part[-size:], unclear) for size in sizes)
        begins = (_areas(atlas, part[:size], unclear, code=False) for size in sizes)
        if areas := next(filter(None, chain(ends, begins)), []):
            yield areas


def _areas(
    atlas: Gazetteer, words: Words, unclear: Set[str], *, code: bool = True
) -> Sequence[Area]:
    name = key(" ".join(words))
    if name == _LAND or (len(words) == 1 and name in unclear):
        return []
    return atlas.areas(name) if code or len(name) > _CODES else []
