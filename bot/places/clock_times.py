"""Reading the clock times that people write."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

LONGEST = 200
"""Characters; a longer text is no answer to "at what time?"."""

_HOURS = ["one", "two", "three", "four", "five", "six"]
_HOURS += ["seven", "eight", "nine", "ten", "eleven", "twelve"]
_TENS = {"ten": 10, "fifteen": 15, "quarter": 15, "twenty": 20, "half": 30, "thirty": 30}
_TENS |= {"forty": 40, "fourty": 40, "fifty": 50, "five": 5, "oh": 0, "o": 0}
_PARTS = r"mornings?|afternoons?|evenings?|(?:to)?nights?|tonite"

# Words around a time that belong to no place. "me", "on" and "or" are left out: they are states.
_JOINING = (
    r"at|in|for|every|each|day|daily|everyday|days|please|pls|plz|thanks|thank you|the|this|time|of"
    rf"|o\s?clock|sharp|exactly|around|about|between|from|by|to|um|kl|klo|à|as|and|{_PARTS}"
)
# A hyphen before a digit is the sign of an offset.
_EDGE = re.compile(rf"(?:[\s,;.!?@~—–]|-(?!\d)|(?<!\w)(?:{_JOINING})(?!\w))++")
_PART = re.compile(_PARTS)

_UNIT = r"h|hrs?|hours?|u|uhr|o\s?clock|時|点|點|시"
_HOUR = rf"""
    (?:12\s?)?(?P<named>noon|mid-?day|mid-?night)
  | (?P<word>{"|".join(_HOURS)})
    (?:[\s-](?P<minutes>fifteen|ten|oh?[\s-]five|(?:twenty|thirty|fou?rty|fifty)(?:[\s-]five)?))?
  | (?P<compact>\d{{3,4}})
  | (?P<hour>\d{{1,2}})
    (?:(?:[:;.]|\s?(?:h|u|uhr|時|点|點|시)\s?|\s)(?P<minute>\d\d)(?::[0-5]\d)?[分분]?)?
"""
_TIME = re.compile(
    rf"""(?<![\w+.:/−])(?<!\d,)
    (?:(?:a\s)?(?P<step>half|quarter|ten|twenty(?:[\s-]five)?|five|\d{{1,2}})
        (?:\smin(?:ute)?s?)?\s(?P<side>past|after|to|before|till|of)\s)?
    (?:{_HOUR})
    (?P<unit>\s?(?:{_UNIT})(?!\w))?
    (?:[\s.]?(?P<half>[ap])(?:\.?\s?m\b\.?)?)?
    (?![\w:/%°])(?![.,+\-−–]\d)""",
    re.VERBOSE,
)
_OFFSET = re.compile(r"(?:[+−]\s*+|[-–]|\b(?:utc|gmt)\s*+(?:[-−–]\s*+)?)\Z")
"""This stands before a number of hours from UTC, which is no hour of the clock."""
_HALVED = re.compile(r"\b(?:half|halb|halv|quarter|viertel|kwart)\s*\Z")
""""Half nine" means 9:30 to some people and 8:30 to others."""
_TELLING = ("named", "minutes", "minute", "unit", "half", "step", "compact")
"""With one of these groups it is surely a time and not only a number."""
_ANNOUNCED = re.compile(r"(?:\b(?:at|um|kl|klo|à)\s|@)\s*\Z")
_NUMBERS = re.compile(rf"(?![+\-−–]\d)(?:\d|\b(?:{'|'.join(_HOURS)})\b|\W)+")
"""A rest of only numbers: there are two times, or none ("nine to five")."""
_REPEATED = re.compile(r"\bevery \w+ (?:h|hours?|hrs?|min(?:ute)?s?)\b")
"""Such a text asks for more than one tip a day."""


@dataclass(frozen=True, slots=True)
class _Reading:
    clock: time
    rest: str
    bare: bool
    """True if it is only a number."""


def parse(text: str) -> time | None:
    """The time that a text names, to the minute; None if it names none, or says more."""
    clock, rest = read(text)
    return None if rest else clock


def read(text: str) -> tuple[time | None, str]:
    """The time at the beginning or end of a text, and the rest without joining words.

    The time is exact to the minute. If no time is sure, it is None, and the rest is the whole text.
    """
    safe = len(text) <= LONGEST and not _REPEATED.search(_plain(text))
    readings = list(_readings(text)) if safe else []
    # A reading that can only be a time goes first: "three rivers 9am".
    readings.sort(key=lambda reading: reading.bare)
    twice = len(readings) > 1 and readings[0].bare
    if not readings or twice or any(_NUMBERS.fullmatch(reading.rest) for reading in readings):
        return None, text
    return readings[0].clock, readings[0].rest


def _readings(text: str) -> Iterator[_Reading]:
    plain = _plain(text)
    for found in _TIME.finditer(plain):
        before, after = plain[: found.start()], plain[found.end() :]
        rest = _trimmed(f"{text[: found.start()]} {text[found.end() :]}")
        if _at_an_end(before, after) and _is_time(found, before, alone=not rest):
            clock = _value(found, _part_of_day(plain, rest))
            if clock is not None:
                yield _Reading(clock, rest, bare=not any(map(found.group, _TELLING)))


def _plain(text: str) -> str:
    """The text in small letters and ASCII digits; every character keeps its place."""
    return "".join(map(_plain_character, text))


def _plain_character(character: str) -> str:
    if character in "'’‘ʼ′`´＇" or unicodedata.category(character) == "Cf":
        return " "
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    folded = unicodedata.normalize("NFKC", character).lower()
    return folded if len(folded) == 1 else character


def _trimmed(text: str) -> str:
    text = text.strip()
    plain = _plain(text)
    leading = _EDGE.match(plain)
    begin = leading.end() if leading else 0
    ends = (edge.start() for edge in _EDGE.finditer(plain, begin) if edge.end() == len(plain))
    return text[begin : next(ends, None)].strip()


def _at_an_end(before: str, after: str) -> bool:
    return any(not side or _EDGE.fullmatch(side) for side in (before, after))


def _is_time(found: re.Match[str], before: str, *, alone: bool) -> bool:
    """True if the number is a time and no offset from UTC, unclear half hour or amount."""
    if _HALVED.search(before) or (not found["half"] and _OFFSET.search(before)):
        return False
    compact = found["compact"] or ""
    told = alone or found["unit"] or found["half"] or _ANNOUNCED.search(before)
    return not compact or bool(told) or (compact.startswith("0") and len(compact) == 4)


def _part_of_day(plain: str, rest: str) -> str:
    """The part of the day that belongs to the time and not to the rest; empty if there is none."""
    part = None if _PART.search(_plain(rest)) else _PART.search(plain)
    return part[0] if part else ""


def _value(found: re.Match[str], part: str) -> time | None:
    hour, minute = _hour_and_minute(found)
    if hour == 24 and minute == 0 and (found["compact"] or found["minute"] or found["unit"]):
        hour = 0
    counted = _half_of_day(hour, found["half"]) if found["half"] else _hour_of_day(hour, part)
    step, side = found["step"], found["side"]
    if counted is None or minute > 59 or (step and (minute or not _safe(step, side))):
        return None
    minutes = counted * 60 + minute
    if step:
        minutes += _number(step) if side in {"past", "after"} else -_number(step)
    return time(minutes // 60 % 24, minutes % 60)


def _hour_and_minute(found: re.Match[str]) -> tuple[int, int]:
    if found["named"]:
        return (0 if "night" in found["named"] else 12), 0
    if found["word"]:
        return _HOURS.index(found["word"]) + 1, _number(found["minutes"] or "oh")
    if found["compact"]:
        return int(found["compact"][:-2]), int(found["compact"][-2:])
    return int(found["hour"]), int(found["minute"] or 0)


def _number(written: str) -> int:
    if written.isdecimal():
        return int(written)
    return sum(_TENS[word] for word in re.split(r"[\s-]", written))


def _safe(step: str, side: str) -> bool:
    """False for what may be a range: "5 to 9" may be working hours."""
    if side in {"past", "after"}:
        return _number(step) < 60
    if side == "of":
        return step == "quarter"
    return step != "half" and (not step.isdecimal() or int(step) in {20, 25})


def _half_of_day(hour: int, half: str) -> int | None:
    """The hour with am or pm: 12 am is midnight, 12 pm is noon, 0 pm and 13 pm are no times."""
    if half == "p":
        return hour % 12 + 12 if 1 <= hour <= 12 else None
    return hour % 12 if hour <= 12 else None


def _hour_of_day(hour: int, part: str) -> int | None:
    """The hour on a clock of 24 hours; None if this part of the day has no such hour."""
    if hour > 23 or (hour > 12 and part.startswith("morning")):
        return None
    if hour == 12 and part and not part.startswith("afternoon"):
        return 0
    # Three at night is before the morning.
    later = part.startswith(("afternoon", "evening")) or (
        part.startswith(("night", "tonight", "tonite")) and hour > 5
    )
    return hour + 12 if later and 0 < hour < 12 else hour
