"""Building a knowledge base in a process of its own, and what can become of that."""

import asyncio
import gc
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil  # type: ignore[import-untyped] # it ships no types
import pytest

from bot.errors import KnowledgeError, ReloadError
from bot.reload import workshop
from bot.reload.build import UPDATED, Job
from bot.reload.workshop import DIED, NOWHERE, Workshop
from tests.fixtures import BICYCLES, TOKEN
from tests.support.processes import TOKEN as REAL_TOKEN

JOB = Job(BICYCLES)
SECRETS = {
    "BOT_TOKEN": TOKEN,
    "BOT_TOKEN_FILE": "/run/secrets/token",
    "DATABASE_URL": "postgresql://bot:hunter2@db/bot",
    "TELEGRAM_BOT_KEY": f"key={REAL_TOKEN}",
}
TICK = 0.002


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where everything temporary goes."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


@pytest.fixture(autouse=True)
def _nothing_is_left(temporary: Path) -> Iterator[None]:
    """No process and no file, whatever has become of the work."""
    yield
    assert psutil.Process().children() == []
    assert list(temporary.iterdir()) == []


def running(program: str, seconds: float = 60) -> Workshop:
    """A workshop whose processes do something else."""
    return Workshop(seconds, command=(sys.executable, "-S", "-c", program))


async def refused(workshop: Workshop) -> str:
    """The one line in which it is said what went wrong."""
    with pytest.raises(ReloadError) as caught:
        await workshop.build(JOB)
    assert "\n" not in str(caught.value)
    return str(caught.value)


async def test_a_knowledge_base_is_built_elsewhere_while_everything_else_goes_on() -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(TICK)
            ticks += 1

    ticking = asyncio.create_task(tick())
    own = psutil.Process().cpu_times()
    built = await Workshop(pause=0).build(Job(BICYCLES, questions=("squeeky chian",)))
    ticking.cancel()
    assert built.faq.ask("squeeky chian").__class__.__name__ == "Answer"
    assert built.replies["squeeky chian"] == "answer chain.squeak"
    assert ticks > 20
    now = psutil.Process().cpu_times()
    elsewhere = now.children_user - own.children_user
    assert elsewhere > 0


async def test_what_is_wrong_with_it_is_told_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"^.*/gone:1:1: this folder cannot be read"):
        await Workshop(pause=0).build(Job(tmp_path / "gone"))


async def test_a_process_of_another_version_of_the_program_builds_nothing() -> None:
    assert await refused(Workshop(program="what runs here since last week")) == UPDATED


async def test_that_process_is_told_no_secrets_and_leaves_its_files_where_they_are_removed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, temporary: Path
) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HARMLESS", "yes")
    program = "import os, sys; sys.exit(repr(dict(os.environ)))"
    assert await refused(running(program)) == DIED
    for name, value in SECRETS.items():
        assert name not in caplog.text
        assert value not in caplog.text
    assert "'HARMLESS': 'yes'" in caplog.text
    assert f"'TMPDIR': '{temporary}/skinbot-" in caplog.text


async def test_a_ctrl_c_in_the_terminal_does_not_reach_that_process(
    caplog: pytest.LogCaptureFixture,
) -> None:
    program = "import os, sys; sys.exit(f'group {os.getpgid(0) - os.getpid()}')"
    await refused(running(program))
    assert "group 0" in caplog.text


@pytest.mark.parametrize(
    ("program", "log"),
    [
        ("import os; os.kill(os.getpid(), 9)", "ended with -9"),
        ("import os; os.abort()", "ended with -6"),
        ("raise MemoryError('too much')", "MemoryError: too much"),
        ("import sys; sys.stdin.close(); sys.exit(3)", "ended with 3"),
    ],
)
async def test_a_process_that_dies_is_one_line_and_the_log_says_why(
    caplog: pytest.LogCaptureFixture, program: str, log: str
) -> None:
    assert await refused(running(program)) == DIED
    assert log in caplog.text


@pytest.mark.parametrize("leaves", ["", "open(sys.argv[-1], 'wb').write(b'\\x80')"])
async def test_a_process_that_leaves_nothing_good_has_died_too(
    caplog: pytest.LogCaptureFixture, leaves: str
) -> None:
    assert await refused(running(f"import sys; {leaves}")) == DIED
    assert "cannot be read" in caplog.text


async def test_only_the_end_of_a_long_story_goes_into_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    await refused(running("import sys; sys.exit('a' * 1_000_000 + 'the end')"))
    assert "the end" in caplog.text
    assert len(caplog.text) < 2 * workshop.SAID


async def test_what_a_process_that_succeeds_has_to_say_is_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    program = "import sys; print('careful', file=sys.stderr); print('chatter')"
    await refused(running(program))
    assert "the building process said: careful" in caplog.text
    assert "chatter" not in caplog.text


async def test_a_process_that_takes_too_long_is_ended() -> None:
    said = await refused(running("import time; time.sleep(60)", seconds=0.2))
    assert said == "The knowledge base was not ready after 0 s; make it smaller, or try again."


async def test_a_process_that_cannot_be_started_is_one_line() -> None:
    said = await refused(Workshop(command=("/nowhere/python",)))
    assert said == (
        "The process that reads the knowledge base cannot be started: No such file or directory."
    )


async def test_without_a_place_for_temporary_files_that_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    assert await refused(Workshop()) == NOWHERE.format("No such file or directory")


async def test_whoever_is_cancelled_ends_that_process(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "begun")
    program = (
        f"import time; open({str(tmp_path / 'begun')!r}, 'w').write('begun'); "
        "open(__import__('os').environ['TMPDIR'] + '/half', 'w').write('x'); time.sleep(60)"
    )
    building = asyncio.create_task(running(program).build(JOB))
    assert await asyncio.to_thread((tmp_path / "begun").read_text) == "begun"
    building.cancel()
    with pytest.raises(asyncio.CancelledError):
        await building


async def test_whoever_is_cancelled_leaves_no_error_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    building = asyncio.create_task(running("import time; time.sleep(60)").build(JOB))
    await asyncio.sleep(0)
    building.cancel()
    await asyncio.wait([building])
    del building
    gc.collect()
    assert caplog.messages == []


@pytest.mark.parametrize("turns", range(4))
async def test_whoever_is_cancelled_at_once_leaves_no_process_either(turns: int) -> None:
    building = asyncio.create_task(running("import time; time.sleep(60)").build(JOB))
    for _ in range(turns):
        await asyncio.sleep(0)
    building.cancel()
    with pytest.raises(asyncio.CancelledError):
        await building
