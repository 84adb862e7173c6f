"""A newcomer starts the chat at a terminal, and ends it by Ctrl-C."""

import os
import pty
import select
import sys
import time
from pathlib import Path

import pytest

from bot import cli
from tests.support.bots import BICYCLES

PATIENCE = 60
"""Seconds."""


def run(cache: Path, at: str) -> tuple[str, int]:
    """Start a chat and press Ctrl-C once a text is seen; all that was seen, and the exit code."""
    child, keys = pty.fork()
    if child == 0:
        os.environ.update(KNOWLEDGE_DIR=str(BICYCLES), XDG_CACHE_HOME=str(cache))
        os.execv(sys.executable, [sys.executable, "-m", "bot", "chat"])  # noqa: S606 - our own
    seen, pressed, end = "", False, time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if not select.select([keys], [], [], 0.1)[0]:
            continue
        try:
            seen += os.read(keys, 65_536).decode("utf-8", "replace")
        except OSError:  # The other end is closed.
            break
        if at in seen and not pressed:
            os.write(keys, b"\x03")
            pressed = True
    os.close(keys)
    return seen, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("at", [cli.READY[:20], "Ctrl-D ends", "\x1b[6n"])
def test_ctrl_c_ends_it_at_any_time_as_no_mistake(tmp_path: Path, at: str) -> None:
    seen, code = run(tmp_path, at)
    assert code == 0
    assert "Traceback" not in seen


def test_the_first_words_say_what_is_being_done(tmp_path: Path) -> None:
    seen, _ = run(tmp_path, "Ctrl-D ends")
    assert seen.startswith("Getting ready: ")
