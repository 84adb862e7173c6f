"""Each setting, right and wrong, and a token that never shows."""

import datetime as dt
import errno
import os
import traceback
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import TELEGRAM, Settings, environment

TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz_012345"
SECRET = TOKEN.partition(":")[2]


def refusal(**given: str) -> str:
    """The message about these variables."""
    with pytest.raises(SettingsError) as refused:
        Settings.read(given)
    assert SECRET not in "".join(traceback.format_exception(refused.value))
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_nothing_needs_to_be_set() -> None:
    assert Settings.read({}) == Settings(
        token=None,
        operators=frozenset(),
        knowledge=None,
        database=None,
        zone="UTC",
        tip_time=dt.time(9),
        api=TELEGRAM,
        level="INFO",
        format="text",
    )


def test_everything_can_be_set() -> None:
    found = Settings.read(
        {
            "BOT_TOKEN": TOKEN,
            "OPERATOR_IDS": "42, 1001,",
            "KNOWLEDGE_DIR": "/srv/knowledge",
            "DATABASE_URL": "sqlite:////srv/tips.db",
            "DEFAULT_TIMEZONE": "Europe/Paris",
            "TIP_TIME": "7:30",
            "TELEGRAM_API_URL": "http://localhost:8081/",
            "LOG_LEVEL": "debug",
            "LOG_FORMAT": "JSON",
            "HOME": "/root",
        }
    )
    assert found == Settings(
        token=TOKEN,
        operators=frozenset({42, 1001}),
        knowledge=Path("/srv/knowledge"),
        database="sqlite:////srv/tips.db",
        zone="Europe/Paris",
        tip_time=dt.time(7, 30),
        api="http://localhost:8081",
        level="DEBUG",
        format="json",
    )


def test_a_blank_variable_is_not_set() -> None:
    assert Settings.read({"BOT_TOKEN": " ", "LOG_LEVEL": "", "OPERATOR_IDS": "\n"}) == Settings()


def test_a_token_may_end_in_the_newline_that_was_pasted_with_it() -> None:
    assert Settings.read({"BOT_TOKEN": f" {TOKEN}\n"}).token == TOKEN


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("OPERATOR_IDS", "12,x", "OPERATOR_IDS is '12,x', expected user ids such as 42,1001"),
        ("OPERATOR_IDS", "-5", "OPERATOR_IDS is '-5', expected user ids such as 42,1001"),
        ("OPERATOR_IDS", "@anna", "OPERATOR_IDS is '@anna', expected user ids such as 42,1001"),
        ("OPERATOR_IDS", "[1]", "OPERATOR_IDS is '[1]', expected user ids such as 42,1001"),
        ("OPERATOR_IDS", "1\n2", r"OPERATOR_IDS is '1\n2', expected user ids such as 42,1001"),
        (
            "LOG_LEVEL",
            "verbose",
            "LOG_LEVEL is 'verbose', expected one of DEBUG, INFO, WARNING, ERROR",
        ),
        ("LOG_FORMAT", "xml", "LOG_FORMAT is 'xml', expected one of text, json"),
        (
            "TELEGRAM_API_URL",
            "api.telegram.org",
            "TELEGRAM_API_URL is 'api.telegram.org', "
            "expected the address of a server such as https://api.telegram.org",
        ),
        (
            "KNOWLEDGE_DIR",
            "~nobody-of-that-name/kb",
            "KNOWLEDGE_DIR is '~nobody-of-that-name/kb', "
            "expected a path; nobody here has that home directory",
        ),
        (
            "BOT_TOKEN_FILE",
            "/nowhere/token",
            "BOT_TOKEN_FILE is '/nowhere/token', expected a readable file that holds the token",
        ),
        (
            "BOT_TOKEN",
            "12345",
            "BOT_TOKEN is not a bot token, "
            "expected what @BotFather gave you: digits, a colon, letters",
        ),
        (
            "DEFAULT_TIMEZONE",
            "Berlin",
            "DEFAULT_TIMEZONE is 'Berlin', expected a time zone such as Europe/Paris or UTC+05:30",
        ),
        ("TIP_TIME", "25:00", "TIP_TIME is '25:00', expected a time such as 09:00"),
    ],
)
def test_a_wrong_value_is_one_line(name: str, value: str, said: str) -> None:
    assert refusal(**{name: value}) == said


@pytest.mark.parametrize(
    "value", ["ftp://a.b", "https://", "https://a:99999", "http://[::1", "http://a:0", "/srv"]
)
def test_only_the_address_of_a_server_will_do(value: str) -> None:
    assert refusal(TELEGRAM_API_URL=value).startswith(f"TELEGRAM_API_URL is '{value}', expected")


# The token


def test_a_token_can_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    assert Settings.read({"BOT_TOKEN_FILE": str(tmp_path / "token")}).token == TOKEN


def test_the_variable_comes_before_the_file() -> None:
    assert Settings.read({"BOT_TOKEN": TOKEN, "BOT_TOKEN_FILE": "/nowhere"}).token == TOKEN


@pytest.mark.parametrize("content", ["", "not a token", f"TOKEN={TOKEN}", f"{TOKEN} {TOKEN}"])
def test_a_file_without_a_token_is_named_and_not_quoted(content: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(content)
    said = refusal(BOT_TOKEN_FILE=str(tmp_path / "token"))
    assert said.startswith("BOT_TOKEN_FILE is not a bot token, expected")


@pytest.mark.parametrize("content", [b"\xff", b"\x89PNG"])
def test_a_file_that_is_no_text_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(content)
    assert refusal(BOT_TOKEN_FILE=str(tmp_path / "token")).endswith(
        "expected a readable file that holds the token"
    )


def test_a_folder_is_no_file_for_a_token(tmp_path: Path) -> None:
    assert "expected a readable file" in refusal(BOT_TOKEN_FILE=str(tmp_path))


@pytest.mark.parametrize(
    "name", ["BOT_TOKEN_FILE", "OPERATOR_IDS", "LOG_LEVEL", "LOG_FORMAT", "TELEGRAM_API_URL"]
)
def test_a_token_in_the_wrong_place_does_not_show(name: str) -> None:
    assert "<token>" in refusal(**{name: TOKEN})


@pytest.mark.parametrize("token", [f"{TOKEN}!", f"{TOKEN}{'a' * 100}", f"bot{TOKEN}", SECRET])
def test_what_is_almost_a_token_does_not_show_either(token: str) -> None:
    assert refusal(BOT_TOKEN=token).startswith("BOT_TOKEN is not a bot token")


def test_settings_can_be_printed_without_the_password_of_the_database() -> None:
    settings = Settings.read({"DATABASE_URL": "postgresql://bot:hunter2@db/tips"})
    assert settings.database == "postgresql://bot:hunter2@db/tips"
    assert "hunter2" not in repr(settings)


def test_settings_can_be_printed_without_the_token() -> None:
    settings = Settings.read({"BOT_TOKEN": TOKEN})
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings)


# .env


def test_the_process_comes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f'BOT_TOKEN="{TOKEN}"\nLOG_LEVEL=DEBUG\n# a note\nEMPTY\n')
    found = environment({"LOG_LEVEL": "ERROR", "HOME": "/root"}, tmp_path / ".env")
    assert found == {"BOT_TOKEN": TOKEN, "LOG_LEVEL": "ERROR", "HOME": "/root"}


def test_there_need_be_no_file(tmp_path: Path) -> None:
    assert environment({"A": "b"}, tmp_path / ".env") == {"A": "b"}


def test_a_file_from_windows_is_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfLOG_LEVEL=DEBUG\r\nOPERATOR_IDS=1\r\n")
    assert environment({}, tmp_path / ".env") == {"LOG_LEVEL": "DEBUG", "OPERATOR_IDS": "1"}


def test_a_file_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(f"BOT_TOKEN={TOKEN}\n\xff".encode("latin-1"))
    with pytest.raises(SettingsError) as refused:
        environment({}, tmp_path / ".env")
    said = str(refused.value)
    assert said == f"{tmp_path / '.env'} is no UTF-8 text; save it as UTF-8"


NO_FILE = "is no file; put a file of lines such as LOG_LEVEL=INFO there, or remove it"


def refused_file(file: Path) -> str:
    """The reason why this file is not taken, behind its path."""
    with pytest.raises(SettingsError) as refused:
        environment({}, file)
    return str(refused.value).removeprefix(f"{file} ")


def test_a_folder_in_place_of_the_file_of_settings_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    assert refused_file(tmp_path / ".env") == NO_FILE


def test_a_link_to_nothing_in_place_of_the_settings_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / ".env").symlink_to("gone")
    assert refused_file(tmp_path / ".env") == NO_FILE


def test_a_pipe_in_place_of_the_settings_holds_nothing_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".env")
    assert refused_file(tmp_path / ".env") == NO_FILE


def test_settings_that_this_user_may_not_read_say_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("LOG_LEVEL=INFO\n", "utf-8")
    # Permissions do not stop root, as whom tests may run.
    monkeypatch.setattr("dotenv.dotenv_values", _closed)
    with pytest.raises(SettingsError) as refused:
        environment({}, tmp_path / ".env")
    what = "cannot be read: Permission denied; make it readable for this user, or remove it"
    assert str(refused.value) == f"{tmp_path}/.env {what}"


def _closed(*_: object, **__: object) -> None:
    raise PermissionError(errno.EACCES, "Permission denied")
