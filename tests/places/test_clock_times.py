"""The clock times that people write."""

from datetime import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.places.clock_times import LONGEST, parse, read

WORDS = st.sampled_from([
    "9", "09", "9am", "13pm", "24:00", "9:75", "0900", "930", "+", "-", ":", ".", ",", "utc+5:30",
    "gmt", "at", "in", "o'clock", "half", "quarter", "past", "to", "of", "nine", "thirty", "noon",
    "midnight", "morning", "evening", "night", "berlin", "９", "٩", "時", "uhr", "h", "p.m.",
])  # fmt: skip


def at(written: str) -> time:
    return time.fromisoformat(written)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("9", "09:00"),
        ("09", "09:00"),
        ("21", "21:00"),
        ("0", "00:00"),
        ("9:05", "09:05"),
        ("9:30", "09:30"),
        ("9.30", "09:30"),
        ("9;30", "09:30"),
        ("9 30", "09:30"),
        ("00:00", "00:00"),
        ("9:00:00", "09:00"),
        ("0900", "09:00"),
        ("930", "09:30"),
        ("2130", "21:30"),
        ("9h", "09:00"),
        ("21h30", "21:30"),
        ("21 h 30", "21:30"),
        ("09:00 Uhr", "09:00"),
        ("9 Uhr 30", "09:30"),
        ("1800 hours", "18:00"),
        ("21時", "21:00"),
        ("9時30分", "09:30"),
    ],
)
def test_an_hour_in_digits_is_read(typed: str, meant: str) -> None:
    assert parse(typed) == at(meant)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("9am", "09:00"),
        ("9 AM", "09:00"),
        ("9a.m.", "09:00"),
        ("9 p.m", "21:00"),
        ("9:30pm", "21:30"),
        ("9.30 p.m.", "21:30"),
        ("9:30\u202fPM", "21:30"),
        ("9p", "21:00"),
        ("930pm", "21:30"),
        ("12am", "00:00"),
        ("12pm", "12:00"),
        ("12:30 am", "00:30"),
        ("11:59pm", "23:59"),
    ],
)
def test_halves_of_the_day_are_told_apart(typed: str, meant: str) -> None:
    assert parse(typed) == at(meant)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("noon", "12:00"),
        ("12 noon", "12:00"),
        ("midday", "12:00"),
        ("midnight", "00:00"),
        ("24:00", "00:00"),
        ("2400", "00:00"),
    ],
)
def test_noon_and_midnight_have_names(typed: str, meant: str) -> None:
    assert parse(typed) == at(meant)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("nine", "09:00"),
        ("Nine thirty", "09:30"),
        ("nine forty-five", "09:45"),
        ("nine oh five pm", "21:05"),
        ("nine o'clock", "09:00"),
        ("9 o’clock", "09:00"),
        ("nine oclock", "09:00"),
        ("half past nine", "09:30"),
        ("quarter to eight", "07:45"),
        ("a quarter to eight", "07:45"),
        ("quarter of eight", "07:45"),
        ("quarter past 7 pm", "19:15"),
        ("ten past nine", "09:10"),
        ("twenty-five to ten", "09:35"),
        ("20 to 8", "07:40"),
        ("20 minutes past 8", "08:20"),
        ("five to midnight", "23:55"),
    ],
)
def test_an_hour_in_words_is_read(typed: str, meant: str) -> None:
    assert parse(typed) == at(meant)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("seven in the evening", "19:00"),
        ("8 in the morning", "08:00"),
        ("9 in the afternoon", "21:00"),
        ("8 at night", "20:00"),
        ("3 at night", "03:00"),
        ("12 at night", "00:00"),
        ("12 in the afternoon", "12:00"),
        ("20:00 in the evening", "20:00"),
        ("9 tonight", "21:00"),
        ("every evening at 7:15", "19:15"),
        ("nine o'clock in the evening", "21:00"),
    ],
)
def test_a_part_of_the_day_tells_which_half(typed: str, meant: str) -> None:
    assert parse(typed) == at(meant)


@pytest.mark.parametrize("typed", ["９：３０", "٩:٣٠", "۹:۳۰", "९:३०", "\u200e9:30\u200f"])
def test_every_keyboards_digits_are_digits(typed: str) -> None:
    assert parse(typed) == time(9, 30)


@pytest.mark.parametrize("typed", ["at 9", "at 9 please", "9am daily", "9 every day!", "@9", "~9"])
def test_what_belongs_to_a_time_may_stand_around_it(typed: str) -> None:
    assert parse(typed) == time(9)


@pytest.mark.parametrize(
    "typed",
    ["", " ", "?", "25:00", "9:75", "24:30", "60", "13pm", "0pm", "21 in the morning", "-1", "+2",
     "9:5", "3.5", "9:00:75", "9%", "9/11", "1st", "1,000", "10115", "every day", "berlin"],
)  # fmt: skip
def test_what_no_clock_shows_is_no_time(typed: str) -> None:
    assert read(typed) == (None, typed)


@pytest.mark.parametrize("typed", ["900 people", "1010 Wien", "Sydney 2000", "2026 berlin"])
def test_an_amount_or_a_postal_code_is_no_time(typed: str) -> None:
    assert read(typed) == (None, typed)


@pytest.mark.parametrize("typed", ["at 2130 berlin", "2130h berlin", "berlin 930pm", "0900 berlin"])
def test_four_digits_are_a_time_where_something_says_so(typed: str) -> None:
    assert read(typed)[1] == "berlin"


@pytest.mark.parametrize(
    "typed", ["9 to 5", "9-10", "9 - 10am", "5 to 9", "between 9 and 10", "9 or 10", "9 9"]
)
def test_two_hours_are_not_one(typed: str) -> None:
    assert read(typed) == (None, typed)


@pytest.mark.parametrize("typed", ["half nine", "halb neun", "halb 9"])
def test_what_means_another_hour_elsewhere_is_not_guessed(typed: str) -> None:
    assert read(typed) == (None, typed)


@pytest.mark.parametrize(
    ("typed", "clock", "rest"),
    [
        ("9am new york", "09:00", "new york"),
        ("9 amsterdam", "09:00", "amsterdam"),
        ("berlin half past nine", "09:30", "berlin"),
        ("at 21h30 in Paris please", "21:30", "Paris"),
        ("every day at 9 in berlin", "09:00", "berlin"),
        ("Berlin,9am", "09:00", "Berlin"),
        ("berlin - 9:00", "09:00", "berlin"),
        ("9am, London, UK", "09:00", "London, UK"),
        ("Berlin (Germany) 9am", "09:00", "Berlin (Germany)"),
        ("9 America/New_York", "09:00", "America/New_York"),
        ("7 pm São Paulo", "19:00", "São Paulo"),
        ("Москва 9:00", "09:00", "Москва"),
        ("9am Portland ME", "09:00", "Portland ME"),
        ("three rivers 9am", "09:00", "three rivers"),
        ("9 in the morning in the netherlands", "09:00", "netherlands"),
        ("8 rome evening", "20:00", "rome"),
        ("send me a tip at 9am", "09:00", "send me a tip"),
    ],
)
def test_the_rest_of_the_text_is_handed_back(typed: str, clock: str, rest: str) -> None:
    assert read(typed) == (at(clock), rest)


@pytest.mark.parametrize(
    "typed", ["UTC+5:30", "utc + 5:30", "UTC-3", "gmt 2", "UTC 5:30", "Europe/Berlin", "UTC−3"]
)
def test_an_offset_is_no_time(typed: str) -> None:
    assert read(typed) == (None, typed)


@pytest.mark.parametrize(
    ("typed", "clock", "rest"),
    [
        ("5:30 UTC+2", "05:30", "UTC+2"),
        ("9 utc+2", "09:00", "utc+2"),
        ("9 utc 2", "09:00", "utc 2"),
        ("UTC+5:30 9:00", "09:00", "UTC+5:30"),
        ("9 +5:30", "09:00", "+5:30"),
        ("9:30 -0300", "09:30", "-0300"),
        ("utc 9am", "09:00", "utc"),
        ("9am UTC", "09:00", "UTC"),
    ],
)
def test_a_time_next_to_an_offset_is_read(typed: str, clock: str, rest: str) -> None:
    assert read(typed) == (at(clock), rest)


def test_a_time_and_more_is_not_only_a_time() -> None:
    assert parse("9am berlin") is None


def test_a_long_text_is_no_answer_to_at_what_time() -> None:
    assert read("9am " + "berlin" * LONGEST)[0] is None


@settings(deadline=None, max_examples=100)
@given(st.text(st.characters(), max_size=60) | st.lists(WORDS, max_size=8).map(" ".join))
def test_any_text_is_read(typed: str) -> None:
    clock, rest = read(typed)
    assert rest == typed if clock is None else len(rest) < len(typed)


@settings(deadline=None, max_examples=100)
@given(st.times())
def test_every_minute_of_the_day_is_read_as_clocks_show_it(clock: time) -> None:
    minute = clock.replace(second=0, microsecond=0, fold=0)
    assert parse(f"{minute:%H:%M}") == minute
    assert parse(f"{minute:%I:%M %p}") == minute
