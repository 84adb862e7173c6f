"""Time zones as they are stored: by their IANA names, or as an offset from UTC."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

_KEY = re.compile(r"[A-Z][\w+-]*(?:/[\w+-]+)*", re.ASCII)
_FIXED = re.compile(r"UTC([+-])(\d\d):([0-5]\d)", re.ASCII)
ETC = re.compile(r"etc/(?:gmt|utc|uct|universal|zulu|greenwich)([+-]?\d\d?)?", re.I | re.A)
"""IANA's names of offsets."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody lives, as far as clocks go."""

    name: str
    """As a person reads it: "Portland, Oregon, United States"."""
    zone: str
    """What `zone` takes: an IANA key, or an offset such as UTC+05:30."""


@lru_cache(maxsize=1_000)
def zone(key: str) -> tzinfo:
    """The clock of a stored zone: an IANA key, "UTC" or "UTC+05:30"; ValueError for all else."""
    if key == "UTC":
        return UTC
    if offset := _FIXED.fullmatch(key):
        minutes = int(f"{offset[1]}1") * (int(offset[2]) * 60 + int(offset[3]))
        if fixed(minutes) == key:
            return timezone(timedelta(minutes=minutes))
    elif _KEY.fullmatch(key):
        try:
            return ZoneInfo(key)
        except (KeyError, OSError) as error:
            raise ValueError(f"{key!r} is no time zone") from error
    raise ValueError(f"{key!r} is no time zone")


def is_zone(key: str) -> bool:
    """Whether `zone` takes it."""
    try:
        zone(key)
    except ValueError:
        return False
    return True


def name_of(zone: str) -> str:
    """How a stored zone is shown: "Buenos Aires", "UTC+05:30"."""
    etc = ETC.fullmatch(zone)
    return (etc and at_sea(etc)) or zone.rpartition("/")[2].replace("_", " ")


def fixed(minutes: int) -> str | None:
    """The name of an offset: UTC+05:30 for 330; None where no clock on Earth is so far from UTC."""
    if abs(minutes) > 14 * 60 or minutes % 15:
        return None
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}" if minutes else "UTC"


def at_sea(etc: re.Match[str]) -> str | None:
    """The same for what `ETC` has found."""
    # West of Greenwich has a plus there.
    return fixed(-60 * int(etc[1] or 0))


Year = tuple[timedelta | None, ...]


def year(zone: str, start: datetime) -> Year:
    """How far clocks are from UTC in each week of a year from then on."""
    place = ZoneInfo(zone)
    return tuple(
        (start + timedelta(weeks=week)).astimezone(place).utcoffset() for week in range(53)
    )
