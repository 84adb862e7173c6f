"""Everything that is written must fit; islands and the names that Windows has are found."""

from datetime import UTC, datetime

import pytest
from tzlocal.windows_tz import win_tz

from bot.places import lookup, zones
from bot.places.zones import minutes_from_utc

SUMMER, WINTER = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)


def names(typed: str) -> list[str]:
    return [place.name for place in lookup.find(typed)]


# A state or a country that is written


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("South Bend, WA", "Indiana"),
        ("Berlin, Texas", "Germany"),
        ("Mumbai USA", "India"),
        ("I live in Delhi USA", "India"),
        ("USA, Texas, Berlin", "Germany"),
        ("Texas Berlin", "Germany"),
        ("Toronto, USA", "Canada"),
        ("Sydney, WA", "New South Wales"),
        ("Paris, Germany", "France"),
        ("Madrid, Mexico", "Spain"),
        ("Tokyo in Brazil", "Japan"),
        ("Austin, CA", "Texas"),
    ],
)
def test_what_contradicts_is_never_given(typed: str, wrong: str) -> None:
    found = names(typed)
    assert found
    assert [name for name in found if wrong in name.split(", ")] == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Seattle, Washington, USA", "Seattle, Washington, United States"),
        ("Salt Lake City Utah USA", "Salt Lake City, Utah, United States"),
        ("shibuya tokyo", "Tokyo, Japan"),
        ("Hong Kong, China", "Hong Kong"),
        ("Newark New Jersey", "Newark, New Jersey, United States"),
        ("in mumbai, i think", "Mumbai, India"),
        ("Paris, ok", "Paris, France"),
        ("New Mexico", "New Mexico, United States"),
        ("Reykjavik, Island", "Reykjavík, Iceland"),
        ("I live on Norfolk Island", "Norfolk Island"),
        ("Christmas Island", "Christmas Island"),
    ],
)
def test_what_fits_is_found_as_ever(typed: str, meant: str) -> None:
    assert names(typed) == [meant]


# Islands, and earlier names


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Lord Howe Island", "Australia/Lord_Howe"),
        ("Easter Island", "Pacific/Easter"),
        ("Chatham Islands", "Pacific/Chatham"),
        ("Fernando de Noronha", "America/Noronha"),
        ("Galápagos Islands", "Pacific/Galapagos"),
        ("marquesas islands", "Pacific/Marquesas"),
        ("Rapa Nui", "Pacific/Easter"),
        ("wake island", "Pacific/Wake"),
        ("Midway Atoll", "Pacific/Midway"),
        ("South Georgia", "Atlantic/South_Georgia"),
        ("diego garcia", "Indian/Chagos"),
        ("i live on lord howe island", "Australia/Lord_Howe"),
        ("chatam islands", "Pacific/Chatham"),
    ],
)
def test_an_island_is_found_by_its_zone(typed: str, zone: str) -> None:
    assert [place.zone for place in lookup.find(typed)] == [zone]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Calcutta", "Kolkata, India"),
        ("calcutta, india", "Kolkata, India"),
        ("Bombay", "Mumbai, India"),
        ("Madras", "Chennai, India"),
        ("Saigon", "Ho Chi Minh City, Vietnam"),
    ],
)
def test_an_earlier_name_is_the_city_that_had_it(typed: str, meant: str) -> None:
    assert names(typed) == [meant]


# Windows


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("W. Europe Standard Time", "Berlin, Germany"),
        ("W. Europe Daylight Time", "Berlin, Germany"),
        ("w europe standard time", "Berlin, Germany"),
        ("Pacific Standard Time", "Los Angeles, California, United States"),
        ("SA Pacific Standard Time", "Bogotá, Colombia"),
        ("GMT Standard Time", "London, United Kingdom"),
        ("India Standard Time", "Kolkata, India"),
        ("Tokyo Standard Time", "Tokyo, Japan"),
    ],
)
def test_a_name_that_windows_has_is_read(typed: str, meant: str) -> None:
    assert names(typed) == [meant]


def test_every_name_that_windows_has_is_a_place_with_that_clock() -> None:
    known = {name: zone for name, zone in win_tz.items() if not zone.startswith("Etc/")}
    assert len(known) > 100
    for name, zone in known.items():
        (found,) = lookup.find(name)
        assert zones.is_zone(found.zone), name
        for moment in (SUMMER, WINTER):
            assert minutes_from_utc(found.zone, moment) == minutes_from_utc(zone, moment), name
