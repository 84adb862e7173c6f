"""Settings, read once from a mapping such as `os.environ`."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bot.errors import SettingsError
from bot.logs import HIDDEN
from bot.places import clock_times
from bot.places.zones import is_zone

TELEGRAM = "https://api.telegram.org"
DATABASE = "sqlite:///skinbot.db"
"""In the working directory."""
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
FORMATS = ("text", "json")
NO_ENV = "{} is no file; put a file of lines such as LOG_LEVEL=INFO there, or remove it"
CLOSED_ENV = "{} cannot be read: {}; make it readable for this user, or remove it"

TOKEN = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{20,100}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Choices of the operator."""

    token: str | None = field(default=None, repr=False)
    """Only `skinbot run` needs one."""
    operators: frozenset[int] = frozenset()
    knowledge: Path | None = None
    """None for the knowledge base of the program itself."""
    database: str | None = field(default=None, repr=False)
    """The place of the subscriptions; may hold a password. None for the default of the command."""
    zone: str = "UTC"
    """The bot's own time zone, which people are offered first."""
    tip_time: dt.time = dt.time(9)
    questions_a_minute: int = 20
    """The most that one person may ask."""
    kept_days: int = 90
    """Days for which questions without an answer are kept."""
    api: str = TELEGRAM
    """Root of the Bot API server, without a slash at the end."""
    level: str = "INFO"
    format: str = "text"

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Settings":
        """Take the settings from environment variables.

        Raises:
            SettingsError: names the variable, its value (never the token) and what was expected.
        """
        given = {name: value.strip() for name, value in environment.items() if value.strip()}
        knowledge = given.get("KNOWLEDGE_DIR")
        return cls(
            token=_token(given),
            operators=_operators(given.get("OPERATOR_IDS", "")),
            knowledge=_path("KNOWLEDGE_DIR", knowledge) if knowledge else None,
            database=given.get("DATABASE_URL"),
            zone=_zone(given.get("DEFAULT_TIMEZONE", "UTC")),
            tip_time=_time(given.get("TIP_TIME", "09:00")),
            questions_a_minute=_number(given, "QUESTIONS_A_MINUTE", 20, most=10_000),
            kept_days=_number(given, "QUESTIONS_KEPT_DAYS", 90, most=3_650),
            api=_url(given.get("TELEGRAM_API_URL", TELEGRAM)),
            level=_one_of("LOG_LEVEL", given.get("LOG_LEVEL", "INFO"), LEVELS),
            format=_one_of("LOG_FORMAT", given.get("LOG_FORMAT", "text"), FORMATS),
        )


def environment(process: Mapping[str, str], file: Path) -> dict[str, str]:
    """The variables of the process, and others from a `.env` file, if there is one.

    Raises:
        SettingsError: the file cannot be read.
    """
    try:
        if not (file.exists() or file.is_symlink()):
            return dict(process)
        if not file.is_file():
            raise SettingsError(NO_ENV.format(file.absolute()))
        # Imported here: on most servers there is no such file.
        from dotenv import dotenv_values

        filed = dotenv_values(file, encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file.absolute()} is no UTF-8 text; save it as UTF-8") from error
    except OSError as error:
        raise SettingsError(CLOSED_ENV.format(file.absolute(), error.strerror)) from error
    return {**{name: value for name, value in filed.items() if value is not None}, **process}


def _wrong(name: str, value: str, expected: str) -> SettingsError:
    # A token may stand where it does not belong, and would show.
    return SettingsError(f"{name} is {TOKEN.sub(HIDDEN, value)!r}, expected {expected}")


def _token(given: Mapping[str, str]) -> str | None:
    token = given.get("BOT_TOKEN")
    file = given.get("BOT_TOKEN_FILE")
    if token is None and file is not None:
        try:
            token = _path("BOT_TOKEN_FILE", file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            # From None: the cause names the file, which may be the token itself.
            raise _wrong("BOT_TOKEN_FILE", file, "a readable file that holds the token") from None
    if token is not None and not TOKEN.fullmatch(token):
        where = "BOT_TOKEN" if "BOT_TOKEN" in given else "BOT_TOKEN_FILE"
        what = "is not a bot token, expected what @BotFather gave you: digits, a colon, letters"
        raise SettingsError(f"{where} {what}")
    return token


def _path(name: str, value: str) -> Path:
    try:
        return Path(value).expanduser()
    except RuntimeError:
        raise _wrong(name, value, "a path; nobody here has that home directory") from None


def _operators(value: str) -> frozenset[int]:
    parts = [part.strip() for part in value.split(",") if part.strip()]
    if not all(re.fullmatch(r"[1-9]\d{0,17}", part) for part in parts):
        raise _wrong("OPERATOR_IDS", value, "user ids such as 42,1001")
    return frozenset(map(int, parts))


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise _wrong("TELEGRAM_API_URL", value, f"the address of a server such as {TELEGRAM}")
    return value.rstrip("/")


def _zone(value: str) -> str:
    if not is_zone(value):
        raise _wrong("DEFAULT_TIMEZONE", value, "a time zone such as Europe/Paris or UTC+05:30")
    return value


def _time(value: str) -> dt.time:
    at = clock_times.parse(value)
    if at is None:
        raise _wrong("TIP_TIME", value, "a time such as 09:00")
    return at


def _number(given: Mapping[str, str], name: str, default: int, most: int) -> int:
    value = given.get(name, str(default))
    if not re.fullmatch(r"[1-9]\d{0,5}", value) or int(value) > most:
        raise _wrong(name, value, f"a number from 1 to {most:,}")
    return int(value)


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> str:
    for choice in choices:
        if value.lower() == choice.lower():
            return choice
    raise _wrong(name, value, f"one of {', '.join(choices)}")
