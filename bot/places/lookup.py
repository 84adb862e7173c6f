"""Finding a time zone from a text, a shared location or the time on a clock."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time

from tzlocal.windows_tz import win_tz

from bot.once import Once
from bot.places import gazetteer, zones
from bot.places.cities import City
from bot.places.names import key
from bot.places.search import AROUND, search, words_of
from bot.places.zones import ETC, Place, at_sea, fixed, is_zone, minutes_from_utc, name_of

LONGEST = 100
"""So many characters of a text are read."""
MOST_ZONES = 6
"""Zones that `at_local_time` offers, before the bare offset."""

_OFFSET = re.compile(
    r"""\(?(?:\b(?P<utc>utc|gmt)\s*+|(?<!\S)(?=[+±\d-]))(?P<sign>[+±-])?\s*+
    (?P<hours>\d\d?)(?::?(?P<minutes>\d\d)|[.,](?P<part>\d\d?))?(?![\d:])\)?""",
    re.VERBOSE,
)
_RENAMED = {
    "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "America/Godthab": "America/Nuuk",
    "America/Indianapolis": "America/Indiana/Indianapolis",
    "Asia/Calcutta": "Asia/Kolkata",
    "Asia/Katmandu": "Asia/Kathmandu",
    "Asia/Rangoon": "Asia/Yangon",
    "Europe/Kiev": "Europe/Kyiv",
}
"""Zones that CLDR calls by an earlier name."""
_DAYLIGHT = re.compile("daylight|summer")
_PARTS = {"5": 30, "50": 30, "25": 15, "75": 45}
"""Decimals of an hour, and their minutes; any other number is taken for minutes."""


def at(latitude: float, longitude: float) -> Place | None:
    """The zone at a point in degrees; None for what is no point on Earth."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    # Imported here, because it takes memory and hardly anybody shares a location.
    import tzfpy

    found = tzfpy.get_tz(longitude, latitude)
    if not is_zone(found):
        return None
    return Place(name_of(found), name_of(found) if found.startswith("Etc/") else found)


def at_local_time(clock: time, now: datetime) -> tuple[Place, ...]:
    """Places where clocks show this time now, most people first, then offsets; or none.

    `now` is aware. Near the date line the time may fit on two days, so there are two offsets.
    """
    atlas, offsets = gazetteer.load(), set(_from_utc(clock, now))
    people: Counter[zones.Year] = Counter()
    largest: dict[zones.Year, City] = {}
    for city, living in atlas.zones.values():
        if minutes_from_utc(city.zone, now) in offsets:
            year = zones.year(city.zone, now)
            people[year] += living
            largest[year] = max(largest.get(year, city), city, key=lambda city: city.people)
    years = [year for year, _ in people.most_common(MOST_ZONES)]
    cities = [largest[year] for year in years]
    bare = dict.fromkeys(fixed(year[0]) for year in years)
    return (
        *(Place(atlas.label(city), city.zone) for city in cities),
        *(Place(name, name) for name in bare if name),
    )


def find(text: str) -> tuple[Place, ...]:
    """Places that a text names: none, one that is sure, or up to MOST with the likeliest first.

    The first call reads the cities, which takes about a second.
    """
    typed = unicodedata.normalize("NFKC", text[:LONGEST]).replace("−", "-").strip()[:LONGEST]
    typed = _windows().get(_DAYLIGHT.sub("standard", key(typed)), typed)
    if etc := ETC.fullmatch(typed):
        return _bare(at_sea(etc))
    offset = _OFFSET.search(typed.lower())
    if not offset or not (offset["utc"] or offset["sign"]):
        return search(typed)
    bare = _bare(fixed(_offset(offset)))
    rest = typed[: offset.start()] + " " + typed[offset.end() :]
    if AROUND.issuperset(words_of(rest)):
        return bare
    return search(rest) or (bare if offset["utc"] else ())


@Once
def _windows() -> dict[str, str]:
    """The key of each name that Windows has for a zone, and the zone, from Unicode's CLDR."""
    known = {name: zone for name, zone in win_tz.items() if not zone.startswith("Etc/")}
    return {key(name): _RENAMED.get(zone, zone) for name, zone in known.items()}


def _bare(name: str | None) -> tuple[Place, ...]:
    return (Place(name, name),) if name else ()


def _offset(found: re.Match[str]) -> int:
    part = found["part"] or found["minutes"] or "0"
    minutes = _PARTS.get(part, int(part)) if found["part"] else int(part)
    total = int(found["hours"]) * 60 + minutes
    return -total if found["sign"] == "-" else total


def _from_utc(clock: time, now: datetime) -> Iterator[int]:
    """Minutes from UTC, in quarters of an hour, of a clock that shows this time."""
    utc = now.astimezone(UTC)
    ahead = 15 * round((clock.hour * 60 + clock.minute - utc.hour * 60 - utc.minute) / 15)
    return (
        minutes for minutes in range(ahead - 1440, ahead + 1441, 1440) if -720 <= minutes <= 840
    )
