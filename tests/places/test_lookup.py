"""From what people write to the time zone that they live in."""

import subprocess
import sys
import time as clocks
from datetime import UTC, datetime, time, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.places import gazetteer, search
from bot.places.lookup import at, at_local_time, find
from bot.places.zones import Place, name_of, zone

WINTER = datetime(2026, 12, 1, 12, 10, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, 12, 10, tzinfo=UTC)
WORDS = st.sampled_from([
    "berlin", "Berlin,", "paris", "texas", "portland", "me", "or", "in", "usa", "uk", "us", "UTC+2",
    "-3", "gmt", "europe/", "🇩🇪", "東京", "москва", "the", "st.", "san", "9", ",", "(", "los",
    "new", "angelas", "yrok", "etc/gmt+3", "cst",
])  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _cities() -> None:
    gazetteer.load()


def zones(typed: str) -> list[str]:
    return [place.zone for place in find(typed)]


def names(typed: str) -> list[str]:
    return [place.name for place in find(typed)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Berlin", "Europe/Berlin"),
        ("Paris", "Europe/Paris"),
        ("new york", "America/New_York"),
        ("NewYork", "America/New_York"),
        ("São Paulo", "America/Sao_Paulo"),
        ("sao paulo", "America/Sao_Paulo"),
        ("Bombay", "Asia/Kolkata"),
        ("Saigon", "Asia/Ho_Chi_Minh"),
        ("Hanoi", "Asia/Ho_Chi_Minh"),
        ("Kiev", "Europe/Kyiv"),
        ("koeln", "Europe/Berlin"),
        ("kobenhavn", "Europe/Copenhagen"),
        ("St. Petersburg", "Europe/Moscow"),
        ("xi'an", "Asia/Shanghai"),
        ("Urumqi", "Asia/Urumqi"),
        ("Москва", "Europe/Moscow"),
        ("東京", "Asia/Tokyo"),
        ("纽约", "America/New_York"),
        ("紐約", "America/New_York"),
        ("القاهرة", "Africa/Cairo"),
        ("दिल्ली", "Asia/Kolkata"),
        ("서울", "Asia/Seoul"),
        ("กรุงเทพ", "Asia/Bangkok"),
    ],
)
def test_a_city_is_found_in_any_script(typed: str, meant: str) -> None:
    assert zones(typed) == [meant]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("new yrok", "America/New_York"),
        ("berln", "Europe/Berlin"),
        ("sydeny", "Australia/Sydney"),
        ("los angelas", "America/Los_Angeles"),
        ("san fransisco", "America/Los_Angeles"),
        ("banglore", "Asia/Kolkata"),
        ("phillidelphia", "America/New_York"),
        ("edinborough", "Europe/London"),
        ("Масква", "Europe/Moscow"),
        ("germny", "Europe/Berlin"),
        ("phillipines", "Asia/Manila"),
        ("europe/belrin", "Europe/Berlin"),
    ],
)
def test_a_name_with_a_typo_is_found(typed: str, meant: str) -> None:
    assert zones(typed) == [meant]


@pytest.mark.parametrize(
    "typed",
    ["Narnia", "asdf", "my house", "does massage help wrinkles", "Wakanda", "Mordor", "nowhere",
     "later", "home", "here", "good morning", "not sure", "europe", "2", "123", "?", "😀", "",
     "in", "the", "oily skin", "i don't know", "in the same world", "idk"],
)  # fmt: skip
def test_what_is_no_place_is_not_bent_into_one(typed: str) -> None:
    assert find(typed) == ()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("portland", ["America/Los_Angeles", "America/New_York"]),
        ("georgia", ["America/New_York", "Asia/Tbilisi"]),
        ("washington", ["America/Los_Angeles", "America/New_York"]),
        ("odessa", ["Europe/Kyiv", "America/Chicago"]),
        ("punjab", ["Asia/Kolkata", "Asia/Karachi"]),
    ],
)
def test_a_name_of_two_places_is_asked_about(typed: str, meant: list[str]) -> None:
    assert zones(typed) == meant


def test_places_of_one_name_and_one_zone_are_one() -> None:
    assert names("springfield") == [
        "Springfield, Missouri, United States",
        "Springfield, Massachusetts, United States",
        "Springfield, Oregon, United States",
    ]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("paris", "Paris, France"),
        ("london", "London, United Kingdom"),
        ("moscow", "Moscow, Russia"),
        ("cancun", "Cancún, Mexico"),
        ("tonga", "Tonga"),
    ],
)
def test_a_place_that_nearly_everybody_means_is_sure(typed: str, meant: str) -> None:
    assert names(typed) == [meant]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("paris texas", "America/Chicago"),
        ("paris texs", "America/Chicago"),
        ("Portland, ME", "America/New_York"),
        ("portland or", "America/Los_Angeles"),
        ("Portland, Oregon, USA", "America/Los_Angeles"),
        ("london ontario", "America/Toronto"),
        ("birmingham uk", "Europe/London"),
        ("UK Birmingham", "Europe/London"),
        ("Manchester, England", "Europe/London"),
        ("santos sp", "America/Sao_Paulo"),
        ("hyderabad, pakistan", "Asia/Karachi"),
        ("berlin germny", "Europe/Berlin"),
        ("Columbus in", "America/Indiana/Indianapolis"),
        ("New York, NY 10001", "America/New_York"),
    ],
)
def test_a_state_or_a_country_narrows_it(typed: str, meant: str) -> None:
    assert zones(typed) == [meant]


def test_in_before_a_city_is_not_indiana() -> None:
    assert names("in Columbus") == ["Columbus, Ohio, United States"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("germany", Place("Germany", "Europe/Berlin")),
        ("deutschland", Place("Germany", "Europe/Berlin")),
        ("bavaria", Place("Germany", "Europe/Berlin")),
        ("Italia", Place("Italy", "Europe/Rome")),
        ("uk", Place("United Kingdom", "Europe/London")),
        ("england", Place("United Kingdom", "Europe/London")),
        ("scotland", Place("Scotland, United Kingdom", "Europe/London")),
        ("日本", Place("Japan", "Asia/Tokyo")),
        ("china", Place("China", "Asia/Shanghai")),
        ("ukraine", Place("Ukraine", "Europe/Kyiv")),
        ("kosovo", Place("Kosovo", "Europe/Belgrade")),
        ("trinidad and tobago", Place("Trinidad and Tobago", "America/Port_of_Spain")),
        ("california", Place("California, United States", "America/Los_Angeles")),
        ("queensland", Place("Queensland, Australia", "Australia/Brisbane")),
    ],
)
def test_a_country_or_state_with_one_time_is_a_place(typed: str, meant: Place) -> None:
    assert find(typed) == (meant,)


@pytest.mark.parametrize(
    ("typed", "first", "count"),
    [
        ("USA", "America/New_York", 5),
        ("us", "America/New_York", 5),
        ("Canada", "America/Toronto", 5),
        ("Россия", "Europe/Moscow", 5),
        ("Australia", "Australia/Sydney", 5),
        ("brasil", "America/Sao_Paulo", 3),
        ("indonesia", "Asia/Jakarta", 3),
        ("españa", "Europe/Madrid", 2),
        ("texas", "America/Chicago", 2),
    ],
)
def test_a_country_with_several_times_offers_the_main_ones(
    typed: str, first: str, count: int
) -> None:
    found = zones(typed)
    assert found[0] == first
    assert len(found) == count


def test_every_country_with_a_city_is_found_by_its_name() -> None:
    countries = {city.country for city, _ in gazetteer.load().zones.values()}
    labels = {gazetteer.load().coded(code.lower(), region=False)[0].meant for code in countries}
    assert [area.name for area in labels if not find(area.name)] == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nyc", "America/New_York"),
        ("LA", "America/Los_Angeles"),
        ("sf", "America/Los_Angeles"),
        ("vegas", "America/Los_Angeles"),
        ("bali", "Asia/Makassar"),
        ("питер", "Europe/Moscow"),
        ("azores", "Atlantic/Azores"),
        ("quintana roo", "America/Cancun"),
    ],
)
def test_a_nickname_is_understood(typed: str, meant: str) -> None:
    assert zones(typed) == [meant]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/paris", "Europe/Paris"),
        ("America/New York", "America/New_York"),
        ("america new_york", "America/New_York"),
        ("America/Lima", "America/Lima"),
        ("Asia/Calcutta", "Asia/Calcutta"),
        ("US/Eastern", "US/Eastern"),
        ("EST5EDT", "EST5EDT"),
        ("Etc/GMT+3", "UTC-03:00"),
        ("etc/utc", "UTC"),
    ],
)
def test_a_key_is_found_whatever_its_case(typed: str, meant: str) -> None:
    assert zones(typed) == [meant]


def test_every_key_is_found() -> None:
    keys = {key for key in available_timezones() if "/" in key and not key.startswith("Etc/")}
    assert {key for key in keys if zones(key.lower()) != [key]} == set()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("EST", ["America/New_York"]),
        ("eastern time", ["America/New_York"]),
        ("Pacific Standard Time", ["America/Los_Angeles"]),
        ("PT", ["America/Los_Angeles"]),
        ("CET", ["Europe/Berlin"]),
        ("UTC", ["UTC"]),
        ("GMT", ["UTC", "Europe/London"]),
        ("CST", ["America/Chicago", "Asia/Shanghai"]),
        ("IST", ["Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"]),
        ("AEST", ["Australia/Sydney", "Australia/Brisbane"]),
    ],
)
def test_an_abbreviation_is_the_place_whose_clocks_it_names(typed: str, meant: list[str]) -> None:
    assert zones(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("UTC+5:30", "UTC+05:30"),
        ("gmt-3", "UTC-03:00"),
        ("UTC−3", "UTC-03:00"),
        ("+2", "UTC+02:00"),
        ("utc 2", "UTC+02:00"),
        ("GMT+0530", "UTC+05:30"),
        ("utc+530", "UTC+05:30"),
        ("UTC+5.5", "UTC+05:30"),
        ("UTC+5.30", "UTC+05:30"),
        ("UTC+14", "UTC+14:00"),
        ("UTC+0", "UTC"),
        ("my timezone is UTC+3", "UTC+03:00"),
    ],
)
def test_an_offset_is_kept_as_it_is(typed: str, meant: str) -> None:
    assert find(typed) == (Place(meant, meant),)


@pytest.mark.parametrize("typed", ["UTC+15", "utc-14:15", "UTC+5:07", "+25", "Etc/GMT+99"])
def test_an_offset_that_no_clock_has_is_nothing(typed: str) -> None:
    assert find(typed) == ()


@pytest.mark.parametrize("typed", ["GMT+1 Lagos", "(UTC+01:00) Lagos", "Lagos +1"])
def test_a_place_next_to_its_offset_is_the_place(typed: str) -> None:
    assert zones(typed) == ["Africa/Lagos"]


def test_a_telephone_number_is_no_offset() -> None:
    assert find("+1 555 1234567") == ()


@pytest.mark.parametrize(
    "typed",
    ["in Berlin", "I live in berlin", "berlin please", "it's BERLIN!!!", "Berlin, Germany 🇩🇪",
     "Berlin 🇩🇪", "berlin time", "hello, I'm from Berlin", "10115 Berlin", "Kreuzberg/Berlin",
     "my house is in berlin", "north berlin", "Ich wohne in Berlin", "Some Street, Berlin"],
)  # fmt: skip
def test_what_people_write_around_a_place_is_left_out(typed: str) -> None:
    assert zones(typed) == ["Europe/Berlin"]


def test_a_village_that_is_not_known_has_the_time_of_its_country() -> None:
    assert zones("zermatt switzerland") == ["Europe/Zurich"]


def test_a_flag_is_a_country() -> None:
    assert names("🇨🇴") == ["Colombia"]


def test_a_flag_narrows_it() -> None:
    assert names("Birmingham 🇬🇧") == ["Birmingham, United Kingdom"]


def test_a_flag_from_elsewhere_moves_no_city() -> None:
    assert names("Paris 🇯🇵") == ["Paris, France"]


@pytest.mark.parametrize(
    ("typed", "names_it"),
    [("IN", "India"), ("TX", "Houston, Texas, United States"), ("nz", "New Zealand")],
)
def test_a_code_is_a_country_or_a_state(typed: str, names_it: str) -> None:
    assert names(typed)[0] == names_it


@settings(deadline=None, max_examples=40)
@given(st.text(st.characters(), max_size=60) | st.lists(WORDS, max_size=8).map(" ".join))
def test_any_text_finds_places_whose_clocks_are_known(typed: str) -> None:
    found = find(typed)
    assert len(found) <= search.MOST
    assert len({place.zone for place in found}) == len(found) == len({p.name for p in found})
    assert all(zone(place.zone) for place in found)


@pytest.mark.parametrize("typed", ["\ufdfa", "us ", "berlin ", "a b c d e f ", "🇩🇪", "new yrok, "])
def test_a_long_text_takes_no_longer(typed: str) -> None:
    began = clocks.process_time()
    find(typed * (4_000 // len(typed)))
    assert clocks.process_time() - began < 0.5


@pytest.mark.parametrize(
    ("key", "hours"),
    [("UTC", 0), ("UTC+05:30", 5.5), ("UTC-03:00", -3), ("Europe/Berlin", 1), ("Etc/GMT+3", -3)],
)
def test_a_stored_zone_has_a_clock(key: str, hours: float) -> None:
    assert WINTER.astimezone(zone(key)).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize(
    "key",
    ["", "\0", "../etc/passwd", "/etc/passwd", "Europe", "Europe/", "Europe/Atlantis", "localtime",
     "utc", "UTC+5:30", "UTC+00:00", "UTC+15:00", "UTC+05:07", "UTC+٠٥:٣٠", "europe/berlin",
     "Europe/Berlin\n", "Europe/Berlin\0", "posix/Europe/Berlin", "A" * 5_000, "\ud800", "É"],
)  # fmt: skip
def test_anything_else_is_no_zone(key: str) -> None:
    with pytest.raises(ValueError, match=r"is no time zone"):
        zone(key)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("Europe/Berlin", "Berlin"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("UTC", "UTC"),
        ("UTC+05:30", "UTC+05:30"),
        ("Etc/GMT-5", "UTC+05:00"),
        ("Etc/UTC", "UTC"),
        ("EST5EDT", "EST5EDT"),
    ],
)
def test_a_stored_zone_has_a_name(stored: str, shown: str) -> None:
    assert name_of(stored) == shown


@pytest.mark.parametrize(
    ("latitude", "longitude", "place"),
    [
        (52.5, 13.4, Place("Berlin", "Europe/Berlin")),
        (-34.6, -58.4, Place("Buenos Aires", "America/Argentina/Buenos_Aires")),
        (10, -30, Place("UTC-02:00", "UTC-02:00")),
        (0, 0, Place("UTC", "UTC")),
        (90, 180, Place("UTC+12:00", "UTC+12:00")),
    ],
)
def test_a_point_on_earth_has_a_zone(latitude: float, longitude: float, place: Place) -> None:
    assert at(latitude, longitude) == place


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(91, 0), (0, -181), (float("nan"), 0), (0, float("nan")), (float("inf"), 0), (1e300, 1e300)],
)
def test_what_is_no_point_on_earth_has_none(latitude: float, longitude: float) -> None:
    assert at(latitude, longitude) is None


def test_a_zone_that_is_newer_than_our_clocks_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tzfpy.get_tz", lambda *_: "Europe/Atlantis")
    assert at(52.5, 13.4) is None


@settings(deadline=None, max_examples=40)
@given(st.floats(-90, 90), st.floats(-180, 180))
def test_every_zone_of_a_point_can_be_stored(latitude: float, longitude: float) -> None:
    place = at(latitude, longitude)
    assert place is None or zone(place.zone)


@pytest.mark.parametrize(
    ("shown", "now", "meant"),
    [
        (time(13, 10), WINTER, ["Europe/Berlin", "Africa/Kinshasa", "Africa/Casablanca"]),
        (time(13, 12), WINTER, ["Europe/Berlin", "Africa/Kinshasa", "Africa/Casablanca"]),
        (time(7, 9), WINTER, ["America/New_York", "America/Lima"]),
        (time(17, 40), WINTER, ["Asia/Kolkata"]),
        (time(17, 55), WINTER, ["Asia/Kathmandu"]),
        (time(14, 10), SUMMER, ["Europe/Berlin", "Africa/Johannesburg"]),
    ],
)
def test_a_clock_tells_where_one_may_be(shown: time, now: datetime, meant: list[str]) -> None:
    found = [place.zone for place in at_local_time(shown, now)]
    assert found[: len(meant)] == meant


def test_the_bare_offset_is_offered_last() -> None:
    assert at_local_time(time(17, 40), WINTER)[-1] == Place("UTC+05:30", "UTC+05:30")


def test_two_days_may_fit_one_clock() -> None:
    found = {place.zone for place in at_local_time(time(1, 10), WINTER)}
    assert {"Pacific/Auckland", "Pacific/Pago_Pago", "UTC+13:00", "UTC-11:00"} <= found


def test_a_day_on_which_nobody_lives_is_not_offered() -> None:
    assert at_local_time(time(0, 10), WINTER)[-1].zone == "UTC+12:00"


def test_no_place_has_some_clocks() -> None:
    assert at_local_time(time(15, 10), WINTER) != ()
    assert at_local_time(time(15, 25), WINTER) == ()


@settings(deadline=None, max_examples=12)
@given(st.times(), st.timedeltas(timedelta(days=-9_000), timedelta(days=20_000)))
def test_any_clock_offers_zones_that_show_about_it(shown: time, later: timedelta) -> None:
    moment = WINTER + later
    for place in at_local_time(shown, moment):
        local = moment.astimezone(zone(place.zone))
        apart = (local.hour - shown.hour) * 60 + local.minute - shown.minute
        assert min(apart % 1440, -apart % 1440) <= 8


def test_importing_reads_no_cities() -> None:
    code = "import bot.places.lookup, bot.places.gazetteer as g; print(g.load.is_made)"
    done = subprocess.run(  # noqa: S603 - this program itself
        [sys.executable, "-c", code], capture_output=True, check=True
    )
    assert done.stdout.strip() == b"False"
