"""Opening the database: its pragmas, older versions, and files that cannot be used."""

import asyncio
import logging
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import traceback
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime, time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, inspect

from bot import cli
from bot.errors import StorageError
from bot.knowledge.lessons import Kind
from bot.storage import migrate
from bot.storage import migrations as shipped
from bot.storage.counts import Tally
from bot.storage.storage import Storage
from bot.storage.tables import TABLES
from bot.subscriptions.delivery import Delivery, Progress
from bot.subscriptions.schedule import EVERY_DAY, Schedule, Slot
from bot.subscriptions.subscriber import State, Subscriber
from tests.support.bots import ANNA, BICYCLES, opened

BEN = 43
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TOKEN = "123456789:AAF-abcdefghijklmnopqrstuvwxyz_012345"
NO_ADDRESS = (
    "DATABASE_URL is no address of an SQLite or PostgreSQL database, "
    "expected one such as sqlite:///skinbot.db"
)
Console = pytest.CaptureFixture[str]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The path of a database that is not there yet, in a folder of its own."""
    (tmp_path / "data").mkdir()
    return tmp_path / "data" / "skinbot.db"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that `used` copies."""
    file = tmp_path_factory.mktemp("template") / "skinbot.db"
    asyncio.run(use(file))
    return file


@pytest.fixture
def used(template: Path, file: Path) -> Path:
    """A database that Anna is in, closed again."""
    return Path(shutil.copyfile(template, file))


async def use(file: Path) -> None:
    storage = Storage.open(f"sqlite:///{file}")
    anna = Subscriber.new(ANNA, Schedule(time(9), "Europe/Berlin"), NOW)
    await storage.change(ANNA, lambda _: anna)
    await storage.close()


def rows(file: Path, sql: str) -> list[Any]:
    """The rows that a plain connection finds."""
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(sql).fetchall()


def write(file: Path, script: str) -> None:
    """Change a file, as another program or another version of this one would."""
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(script)


# Pragmas


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("busy_timeout", 5_000),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("synchronous", 1),
    ],
)
async def test_each_pragma_is_in_force(pragma: str, value: str | int, tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        ask = f"PRAGMA {pragma}"
        found = await storage.database.run(lambda opened: opened.exec_driver_sql(ask).scalar())
    assert found == value


async def test_a_file_that_was_opened_with_a_path_alone_lies_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await Storage.open("sqlite:///tips.db").close()
    assert rows(tmp_path / "tips.db", "SELECT count(*) FROM subscribers") == [(0,)]


# The tables


def parts(sql: str) -> list[str]:
    """The parts of a table or an index."""
    head, _, inner = re.sub(r"\s+", " ", sql.replace('"', "")).partition("(")
    outside_parentheses = r", (?![^()]*\))"
    found = re.split(outside_parentheses, inner.rpartition(")")[0].strip())
    # A migration adds new columns behind the constraints of a table.
    return [head.strip(), *(sorted(found) if head.startswith("CREATE TABLE") else found)]


def tables(engine: Engine) -> dict[str, list[str]]:
    """All that SQLite keeps about our tables and their indexes."""
    query = (
        "SELECT name, sql FROM sqlite_master "
        "WHERE sql IS NOT NULL AND tbl_name != 'alembic_version'"
    )
    with engine.connect() as connection:
        return {name: parts(sql) for name, sql in connection.exec_driver_sql(query)}


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An empty file that went through every migration; no test changes it."""
    engine = create_engine(f"sqlite:///{tmp_path_factory.mktemp('migrated')}/migrated.db")
    migrate.migrate(engine, "head")
    yield engine
    engine.dispose()


def test_the_migrations_make_the_very_tables_that_a_new_database_has(
    migrated: Engine, tmp_path: Path
) -> None:
    new = create_engine(f"sqlite:///{tmp_path}/new.db")
    TABLES.create_all(new)
    assert tables(migrated) == tables(new)
    new.dispose()


def test_opening_an_empty_file_makes_the_same_tables(migrated: Engine, file: Path) -> None:
    file.touch()
    Storage.open(f"sqlite:///{file}")
    opened = create_engine(f"sqlite:///{file}")
    assert tables(opened) == tables(migrated)
    opened.dispose()


def test_alembic_finds_nothing_that_a_migration_has_forgotten(migrated: Engine) -> None:
    with migrated.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, TABLES) == []


@pytest.mark.parametrize("table", TABLES.tables)
def test_every_constraint_has_a_name_by_which_a_later_migration_can_change_it(
    table: str, migrated: Engine
) -> None:
    found = inspect(migrated)
    # SQLite names no primary key that numbers rows by itself; it is never changed either.
    numbers_itself = TABLES.tables[table].dialect_options["sqlite"]["autoincrement"]
    keys = [] if numbers_itself else [found.get_pk_constraint(table)]
    others = [*found.get_foreign_keys(table), *found.get_unique_constraints(table)]
    names = [constraint["name"] for constraint in (*keys, *others)]
    assert all(re.fullmatch(f"(pk|fk|uq)_{table}.*", name or "") for name in names)
    assert len(names) > 1 or table not in {"deliveries", "seen_tips"}


def test_a_tick_finds_what_is_due_by_an_index(file: Path) -> None:
    Storage.open(f"sqlite:///{file}")
    due = "EXPLAIN QUERY PLAN SELECT * FROM subscribers WHERE next_at <= '2026-11-23'"
    tips = "SELECT * FROM deliveries WHERE broadcast = 0 AND retry_at <= '2026-11-23'"
    again = f"EXPLAIN QUERY PLAN {tips}"
    assert "USING INDEX ix_subscribers_next_at" in rows(file, due)[0][3]
    assert "USING INDEX ix_deliveries_broadcast" in rows(file, again)[0][3]


# Versions


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", "bot.storage:migrations")
    return ScriptDirectory.from_config(config)


def test_the_versions_are_those_that_alembic_knows() -> None:
    newest_first = [script.revision for script in scripts().walk_revisions()]
    assert migrate.versions() == newest_first[::-1]
    assert scripts().get_heads() == [migrate.versions()[-1]]


def test_a_new_database_has_the_newest_version(file: Path) -> None:
    Storage.open(f"sqlite:///{file}")
    assert rows(file, "SELECT version_num FROM alembic_version") == [(migrate.versions()[-1],)]


def test_alembic_can_take_up_a_new_database_later(file: Path) -> None:
    Storage.open(f"sqlite:///{file}")
    engine = create_engine(f"sqlite:///{file}")
    before = tables(engine)
    migrate.migrate(engine, "head")
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_heads()
    assert current == (migrate.versions()[-1],)
    assert tables(engine) == before
    engine.dispose()


async def test_opening_once_more_keeps_what_is_stored(used: Path) -> None:
    storage = Storage.open(f"sqlite:///{used}")
    anna = await storage.subscriber(ANNA)
    await storage.close()
    assert anna == Subscriber.new(ANNA, Schedule(time(9), "Europe/Berlin"), NOW)


def test_a_first_start_that_was_cut_short_is_made_up_for(file: Path) -> None:
    """A kill while the tables are made leaves all of them, or none."""

    def cut(_: object, __: object, statement: str, *___: object) -> None:
        if "CREATE TABLE alembic_version" in statement:
            raise KeyboardInterrupt

    event.listen(Engine, "before_cursor_execute", cut)
    try:
        with pytest.raises(KeyboardInterrupt):
            Storage.open(f"sqlite:///{file}")
    finally:
        event.remove(Engine, "before_cursor_execute", cut)
    Storage.open(f"sqlite:///{file}")
    assert rows(file, "SELECT version_num FROM alembic_version") == [(migrate.versions()[-1],)]


def test_processes_that_start_at_the_same_time_make_one_database(file: Path) -> None:
    with ThreadPoolExecutor(8) as starting:
        list(starting.map(lambda _: Storage.open(f"sqlite:///{file}"), range(8)))
    assert rows(file, "SELECT version_num FROM alembic_version") == [(migrate.versions()[-1],)]


# A database of the first version

FIRST = """
INSERT INTO subscribers
    (chat_id, at, zone, days, state, since, next_at, next_date, last_date, paused_until, round)
VALUES
    (42, '07:30:00.000000', 'Asia/Kathmandu', 31, 'active', '2026-10-01 08:00:00.000000',
     '2026-11-24 01:45:00.000000', '2026-11-24', '2026-11-23', NULL, 2),
    (43, '22:00:00.000000', 'UTC+05:30', 127, 'stopped', '2026-10-02 08:00:00.250000',
     NULL, NULL, NULL, '2026-12-01 00:00:00.000000', 0);
INSERT INTO deliveries
    (id, chat_id, local_date, tip, state, lost, until, changed, retry_at)
VALUES
    (7, 42, '2026-11-22', 'oil', 'sent', 0,
     '2026-11-22 18:15:00.000000', '2026-11-22 01:45:01.000000', NULL),
    (8, 42, '2026-11-23', 'pads', 'unknown', 1,
     '2026-11-23 18:15:00.000000', '2026-11-23 11:00:00.000000', '2026-11-23 11:30:00.000000');
INSERT INTO seen_tips (chat_id, tip) VALUES (42, 'oil'), (42, 'pads');
"""
ANNA_AT_FIRST = Subscriber(
    chat=ANNA,
    schedule=Schedule(time(7, 30), "Asia/Kathmandu", frozenset(range(1, 6))),
    state=State.ACTIVE,
    since=datetime(2026, 10, 1, 8, tzinfo=UTC),
    next=Slot(datetime(2026, 11, 24, 1, 45, tzinfo=UTC), date(2026, 11, 24)),
    last=date(2026, 11, 23),
    round=2,
)
BEN_AT_FIRST = Subscriber(
    chat=BEN,
    schedule=Schedule(time(22), "UTC+05:30", EVERY_DAY),
    state=State.STOPPED,
    since=datetime(2026, 10, 2, 8, 0, 0, 250_000, tzinfo=UTC),
    next=None,
    paused_until=datetime(2026, 12, 1, tzinfo=UTC),
)
UNKNOWN_AT_FIRST = Delivery(
    id=8,
    chat=ANNA,
    date=date(2026, 11, 23),
    tip="pads",
    progress=Progress.UNKNOWN,
    lost=1,
    until=datetime(2026, 11, 23, 18, 15, tzinfo=UTC),
)


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """A folder with a database of version 0001 that people are in."""
    engine = create_engine(f"sqlite:///{tmp_path}/test.db")
    migrate.migrate(engine, "0001")
    engine.dispose()
    write(tmp_path / "test.db", FIRST)
    return tmp_path


async def test_the_subscribers_of_the_first_version_are_still_there(first: Path) -> None:
    async with opened(first) as storage:
        assert await storage.subscriber(ANNA) == ANNA_AT_FIRST
        assert await storage.subscriber(BEN) == BEN_AT_FIRST


async def test_the_ledger_of_the_first_version_is_still_there(first: Path) -> None:
    async with opened(first) as storage:
        sent, unknown = await storage.deliveries.ledger(ANNA)
        assert (sent.id, sent.tip, sent.progress) == (7, "oil", Progress.SENT)
        assert unknown == UNKNOWN_AT_FIRST


async def test_what_was_seen_with_the_first_version_stays_seen(first: Path) -> None:
    async with opened(first) as storage:
        assert await storage.deliveries.seen(ANNA) == ["oil", "pads"]


async def test_a_database_of_the_first_version_gets_the_newest(first: Path) -> None:
    async with opened(first):
        pass
    found = rows(first / "test.db", "SELECT version_num FROM alembic_version")
    assert found == [(migrate.versions()[-1],)]


async def test_a_database_of_the_first_version_goes_on_working(first: Path) -> None:
    async with opened(first) as storage:
        assert await storage.deliveries.retries(NOW, 10) == [UNKNOWN_AT_FIRST]
        (due,) = await storage.deliveries.due(datetime(2026, 11, 24, 2, tzinfo=UTC), 10)
        assert due.next
        asked: list[tuple[set[str], int]] = []

        def choose(seen: Collection[str], turn: int) -> str:
            asked.append((set(seen), turn))
            return "bell"

        delivery = await storage.deliveries.claim(due, due.next, choose, NOW)
        assert asked == [({"oil", "pads"}, 2)]
        assert delivery
        await storage.deliveries.finish(delivery, Progress.SENT, NOW)
        assert await storage.deliveries.seen(ANNA) == ["bell", "oil", "pads"]
        assert await storage.forget(ANNA)
        assert await storage.deliveries.ledger(ANNA) == []


SECOND = """
INSERT INTO questions (id, asked, text, outcome) VALUES
    (1, '2026-11-22 01:45:01.000000', 'why', 'unknown'),
    (2, '2026-11-23 23:59:59.000000', 'how', 'voted_down'),
    (3, '2026-11-24 00:00:00.000000', 'where', 'suggestions');
INSERT INTO lessons (id, taught, kind, target, phrasing) VALUES
    (4, '2026-11-22 01:45:01.000000', 'entry', 'chain.slip', 'it slips'),
    (9, '2026-11-23 12:00:00.000000', 'ignore', '', 'lol');
UPDATE sqlite_sequence SET seq = 12 WHERE name = 'lessons';
INSERT INTO votes (person, entry, up, at) VALUES
    (42, 'chain.slip', 1, '2026-11-22 01:45:01.000000'),
    (41, 'chain.slip', 0, '2026-11-23 23:59:59.250000');
INSERT INTO tallies (day, kind, name, count) VALUES ('2026-11-22', 'vote', 'up', 1);
"""


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """A folder with a database of version 0002 in which moments are kept."""
    engine = create_engine(f"sqlite:///{tmp_path}/test.db")
    migrate.migrate(engine, "0002")
    engine.dispose()
    write(tmp_path / "test.db", SECOND)
    return tmp_path


async def test_what_the_second_version_kept_is_still_there_by_day(second: Path) -> None:
    async with opened(second) as storage:
        asked = await storage.records.missed(9)
        assert [(each.text, each.outcome, each.day.day) for each in asked] == [
            ("where", "suggestions", 24),
            ("how", "voted_down", 23),
            ("why", "unknown", 22),
        ]
        taught = await storage.records.lessons()
        assert [(each.id, each.phrasing, each.day.day) for each in taught] == [
            (4, "it slips", 22),
            (9, "lol", 23),
        ]
        assert await storage.records.votes_of(ANNA) == {"chain.slip": True}
        days = date(2026, 11, 23), date(2026, 11, 24)
        assert await storage.records.voted_down(*days) == {"chain.slip": 1}
        tallied = await storage.records.tallies(date(2026, 11, 22))
        assert tallied == [Tally(date(2026, 11, 22), "vote", "up", 1)]
        later = await storage.records.teach(Kind.IGNORE, "", "hm", date(2026, 11, 25), ())
        assert later.id == 13


async def test_whoever_asks_to_wipe_while_it_is_done_shares_the_next_time(tmp_path: Path) -> None:
    async with opened(tmp_path) as storage:
        done: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            done.append(statement)

        event.listen(storage.database.engine, "before_cursor_execute", note)
        await asyncio.gather(*(storage.database.wipe() for _ in range(40)))
        assert 1 <= done.count("VACUUM") <= 2
        done.clear()
        assert not await storage.forget(ANNA)
        assert "VACUUM" not in done


async def test_the_moments_of_the_second_version_are_gone_from_the_file(second: Path) -> None:
    async with opened(second) as storage:
        await storage.database.wipe()
    found = b"".join(contents(second).values())
    assert b"2026-11-22" in found
    assert b"01:45:01" not in found
    assert b"23:59:59" not in found


# A version still to come


def next_version(folder: Path, patch: pytest.MonkeyPatch, upgrade: str) -> str:
    """Give the program one more migration; the version of it."""
    newest = migrate.versions()[-1]
    name = f"later_{folder.name}"
    here = Path(shipped.__file__).parent
    shutil.copytree(here, folder / name / "migrations", ignore=shutil.ignore_patterns("__pyc*"))
    version = f"{int(newest) + 1:04}"
    (folder / name / "migrations" / "versions" / f"{version}_later.py").write_text(
        "import sqlalchemy as sa\n"
        "from alembic import op\n"
        f"revision = '{version}'\n"
        f"down_revision = '{newest}'\n"
        f"def upgrade():\n    {upgrade}\n"
    )
    (folder / name / "__init__.py").touch()
    patch.syspath_prepend(folder)
    patch.setattr(migrate, "MIGRATIONS", f"{name}.migrations")
    return version


async def test_an_older_database_is_migrated_when_it_is_opened(
    used: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = "op.add_column('subscribers', sa.Column('note', sa.String(9)))"
    version = next_version(tmp_path, monkeypatch, add)
    await use(used)
    assert rows(used, "SELECT version_num FROM alembic_version") == [(version,)]
    assert rows(used, "SELECT chat_id, note FROM subscribers") == [(ANNA, None)]


async def test_a_table_that_a_migration_makes_anew_loses_nothing_that_refers_to_it(
    first: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite changes a table by copying and dropping it; that must delete no deliveries."""
    async with opened(first):
        pass
    again = "with op.batch_alter_table('subscribers', recreate='always') as table:\n"
    add = "        table.add_column(sa.Column('note', sa.String(9)))"
    next_version(first, monkeypatch, again + add)
    async with opened(first) as storage:
        assert await storage.subscriber(ANNA) == ANNA_AT_FIRST
        assert [delivery.tip for delivery in await storage.deliveries.ledger(ANNA)] == [
            "oil",
            "pads",
        ]
        assert await storage.deliveries.seen(ANNA) == ["oil", "pads"]


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    used: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(used)) as connection:
        before = list(connection.iterdump())
    half = "op.add_column('subscribers', sa.Column('note', sa.String(9)))"
    next_version(tmp_path, monkeypatch, half + "; op.drop_table('nowhere')")
    with pytest.raises(StorageError) as refused:
        Storage.open(f"sqlite:///{used}")
    assert str(refused.value) == f"the database {used} cannot be used: no such table: nowhere"
    with closing(sqlite3.connect(used)) as connection:
        assert list(connection.iterdump()) == before


# What cannot be used


@pytest.fixture
def _operator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Somebody starts the bot, in a folder without a .env; logging is put back afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KNOWLEDGE_DIR", str(BICYCLES))
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    monkeypatch.setenv("TELEGRAM_API_URL", "http://127.0.0.1:9")
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers[:] = []
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def run(_operator: None, monkeypatch: pytest.MonkeyPatch, capsys: Console) -> "Run":
    return Run(monkeypatch, capsys)


class Run:
    """The exit code and the words of `skinbot run` with a DATABASE_URL."""

    def __init__(self, patch: pytest.MonkeyPatch, console: Console) -> None:
        self.patch = patch
        self.console = console

    def __call__(self, url: str, command: str = "run") -> tuple[int, str, str]:
        # Tried without the command line first: with a database that can be used, it would not end.
        with pytest.raises(StorageError) as refused:
            Storage.open(url)
        assert "hunter2" not in "".join(traceback.format_exception(refused.value))
        self.patch.setenv("DATABASE_URL", url)
        code = cli.main([command])
        said = self.console.readouterr()
        return code, said.out, said.err


def contents(folder: Path) -> dict[str, bytes]:
    """Every file that lies there: a -wal or a -shm would show."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize(
    "content",
    [
        b"hello",
        b"These are no subscribers.\n" * 400,
        b"\x89PNG\r\n\x1a\n" + bytes(8192),
        b"\0" * 512,
    ],
    ids=["a word", "a text", "a picture", "zeros"],
)
def test_a_file_that_is_no_database_is_left_alone(content: bytes, file: Path, run: Run) -> None:
    file.write_bytes(content)
    why = f"skinbot: the database {file} cannot be used: file is not a database\n"
    assert run(f"sqlite:///{file}") == (1, "", why)
    assert contents(file.parent) == {"skinbot.db": content}


@pytest.mark.parametrize("length", [100, 5_000])
def test_a_database_that_was_cut_off_is_left_alone(length: int, used: Path, run: Run) -> None:
    content = used.read_bytes()[:length]
    used.write_bytes(content)
    why = f"skinbot: the database {used} cannot be used: database disk image is malformed\n"
    assert run(f"sqlite:///{used}") == (1, "", why)
    assert contents(used.parent) == {"skinbot.db": content}


def test_a_folder_is_no_database(tmp_path: Path, run: Run) -> None:
    why = f"skinbot: the database {tmp_path} cannot be used: unable to open database file\n"
    assert run(f"sqlite:///{tmp_path}") == (1, "", why)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "nowhere" / "skinbot.db"
    why = f"there is no folder {file.parent} for the database {file}"
    remedy = "make it, or name another in DATABASE_URL"
    assert run(f"sqlite:///{file}") == (1, "", f"skinbot: {why}; {remedy}\n")
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_cannot_be_written_is_left_alone(used: Path, run: Run) -> None:
    before = contents(used.parent)
    url = f"sqlite:///file:{used}?mode=ro&uri=true"
    why = "cannot be used: attempt to write a readonly database"
    assert run(url) == (1, "", f"skinbot: the database file:{used} {why}\n")
    assert contents(used.parent) == before


def test_an_empty_file_that_cannot_be_written_stays_empty(file: Path, run: Run) -> None:
    file.touch()
    url = f"sqlite:///file:{file}?mode=ro&uri=true"
    why = "cannot be used: attempt to write a readonly database"
    assert run(url) == (1, "", f"skinbot: the database file:{file} {why}\n")
    assert contents(file.parent) == {"skinbot.db": b""}


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE songs (title TEXT)",
        "CREATE TABLE songs (title TEXT); CREATE TABLE alembic_version (version_num TEXT);"
        "INSERT INTO alembic_version VALUES ('4f6c1d2a9b3e')",
        "CREATE TABLE songs (title TEXT); CREATE TABLE alembic_version (version_num TEXT);"
        "INSERT INTO alembic_version VALUES ('0001')",
        "CREATE TABLE songs (title TEXT); CREATE TABLE alembic_version (version_num TEXT)",
        "CREATE TABLE subscribers (mail TEXT)",
    ],
    ids=["tables", "versions too", "the same version", "no version yet", "the same table"],
)
def test_a_database_of_another_program_is_left_alone(script: str, file: Path, run: Run) -> None:
    write(file, script)
    before = contents(file.parent)
    why = "belongs to another program; name another in DATABASE_URL"
    assert run(f"sqlite:///{file}") == (1, "", f"skinbot: the database {file} {why}\n")
    assert contents(file.parent) == before


@pytest.mark.parametrize("command", ["run", "chat"])
def test_a_database_of_a_newer_version_is_left_alone(command: str, used: Path, run: Run) -> None:
    write(used, "UPDATE alembic_version SET version_num = '0815'")
    before = contents(used.parent)
    expected = (
        f"skinbot: the database {used} comes from a newer version of this program (0815); "
        "update the program, or name another file in DATABASE_URL\n"
    )
    assert run(f"sqlite:///{used}", command) == (1, "", expected)
    assert contents(used.parent) == before


# DATABASE_URL


@pytest.mark.parametrize(
    "url",
    [
        "skinbot.db",
        "/srv/skinbot.db",
        "sqlite",
        "sqlite:",
        "sqlite:/skinbot.db",
        "sqlite://skinbot.db",
        "mysql://anna:hunter2@localhost/tips",
        "postgres://anna:hunter2@localhost/tips",
        "anna:hunter2@localhost",
        "postgresql://anna:hunter2@localhost:port/tips",
        "postgresql://anna@localhost:hunter2/tips",
    ],
)
def test_what_is_no_address_is_one_line_that_does_not_repeat_it(url: str, run: Run) -> None:
    assert run(url) == (1, "", f"skinbot: {NO_ADDRESS}\n")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite:///:memory:"])
def test_subscriptions_are_not_kept_where_they_would_not_last(url: str, run: Run) -> None:
    assert run(url) == (1, "", f"skinbot: {NO_ADDRESS}\n")


def test_a_wrong_option_of_the_driver_is_one_line(file: Path, run: Run) -> None:
    code, out, said = run(f"sqlite:///{file}?timeout=soon")
    assert (code, out) == (1, "")
    assert said.startswith("skinbot: DATABASE_URL")
    assert said.count("\n") == 1


@pytest.mark.skipif(find_spec("psycopg") is not None, reason="the driver is installed")
@pytest.mark.parametrize("driver", ["", "+psycopg", "+asyncpg"])
def test_postgresql_says_which_driver_it_needs(driver: str, run: Run) -> None:
    needs = "skinbot: DATABASE_URL needs psycopg; install it with pip\n"
    assert run(f"postgresql{driver}://anna:hunter2@localhost/tips") == (1, "", needs)


async def test_the_driver_in_an_address_does_not_matter(file: Path) -> None:
    await Storage.open(f"sqlite+aiosqlite:///{file}").close()
    await Storage.open(f"sqlite+pysqlite:///{file}").close()
    assert rows(file, "SELECT count(*) FROM subscribers") == [(0,)]


# Others at the same file

HOLDER = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
connection.execute("UPDATE subscribers SET zone = 'Asia/Tokyo'")
print("locked", flush=True)
time.sleep(0.15)
connection.execute("COMMIT")
"""


@pytest.fixture
def locked(used: Path) -> Iterator[Path]:
    """A database that another process is writing to, for a moment."""
    command = (sys.executable, "-c", HOLDER, str(used))
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:  # noqa: S603 - the script above
        assert holder.stdout
        assert holder.stdout.readline() == b"locked\n"
        yield used
        assert holder.wait(30) == 0


def test_a_start_waits_for_a_process_that_is_writing(locked: Path) -> None:
    Storage.open(f"sqlite:///{locked}")
    assert rows(locked, "SELECT zone FROM subscribers") == [("Asia/Tokyo",)]


async def test_a_change_waits_for_a_process_that_is_writing(
    used: Path, request: pytest.FixtureRequest
) -> None:
    storage = Storage.open(f"sqlite:///{used}")
    await storage.subscriber(ANNA)
    request.getfixturevalue("locked")
    found: list[Subscriber | None] = []
    await storage.change(ANNA, lambda anna: found.append(anna))
    await storage.close()
    assert [anna and anna.schedule.zone for anna in found] == ["Asia/Tokyo"]


# The thread in which SQLite works


@pytest.mark.parametrize("turns", [0, 1, 2, 4, 8, 16, 64, 256])
def test_work_that_is_cancelled_leaves_no_traceback_of_the_thread(
    turns: int, used: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed: list[object] = []
    monkeypatch.setattr(threading, "excepthook", failed.append)
    before = set(threading.enumerate())

    async def ask_and_leave() -> None:
        storage = Storage.open(f"sqlite:///{used}")
        await storage.subscriber(ANNA)
        asking = [asyncio.create_task(storage.subscriber(ANNA)) for _ in range(20)]
        for _ in range(turns):
            await asyncio.sleep(0)
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        await storage.close()

    asyncio.run(ask_and_leave())
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
    assert failed == []
    assert rows(used, "SELECT chat_id FROM subscribers") == [(ANNA,)]
