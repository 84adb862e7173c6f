"""Time zones as they are stored: an IANA name, or an offset from UTC."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

_KEY = re.compile(r"[A-Z][\w+-]*(?:/[\w+-]+)*", re.ASCII)
_FIXED = re.compile(r"UTC([+-])(\d\d):([0-5]\d)", re.ASCII)
ETC = re.compile(r"etc/(?:gmt|utc|uct|universal|zulu|greenwich)([+-]?\d\d?)?", re.I | re.A)
"""The names of offsets in IANA's list."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place with its clock."""

    name: str
    """The name for people to read: "Portland, Oregon, United States"."""
    zone: str
    """An IANA key, or an offset such as UTC+05:30; the function `zone` takes it."""


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
    """True if `zone` takes the key."""
    try:
        zone(key)
    except ValueError:
        return False
    return True


def name_of(zone: str) -> str:
    """The name of a stored zone for people to read: "Buenos Aires", "UTC+05:30"."""
    etc = ETC.fullmatch(zone)
    return (etc and at_sea(etc)) or zone.rpartition("/")[2].replace("_", " ")


def fixed(minutes: int) -> str | None:
    """The name of an offset: UTC+05:30 for 330. None if no clock on Earth has this offset."""
    if abs(minutes) > 14 * 60 or minutes % 15:
        return None
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}" if minutes else "UTC"


def at_sea(etc: re.Match[str]) -> str | None:
    """The name of an offset that `ETC` has found."""
    # These names have a plus west of Greenwich.
    return fixed(-60 * int(etc[1] or 0))


def minutes_from_utc(zone: str, moment: datetime) -> int:
    """The offset of an IANA zone at an aware moment."""
    offset = moment.astimezone(ZoneInfo(zone)).utcoffset()
    return round(offset / timedelta(minutes=1)) if offset else 0


Year = tuple[int, ...]


def year(zone: str, start: datetime) -> Year:
    """The offsets of an IANA zone in each week of a year from a moment on, in minutes."""
    return tuple(minutes_from_utc(zone, start + timedelta(weeks=week)) for week in range(53))
