"""Pipes, devices and links among the files: every command ends, and names the file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.broken import CHAIN


def skinbot(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command; a command that hangs is a failure."""
    command = [sys.executable, "-m", "bot", *arguments]
    environment = {**os.environ, "KNOWLEDGE_DIR": arguments[-1]}
    return subprocess.run(  # noqa: S603 - our own program
        command, capture_output=True, text=True, timeout=60, env=environment, check=False
    )


def pipe(path: Path) -> None:
    os.mkfifo(path)


def terminal(path: Path) -> None:
    path.symlink_to("/dev/ptmx")


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("put", [pipe, terminal, endless])
@pytest.mark.parametrize("command", ["check", "ask"])
def test_a_command_does_not_hang_on_what_is_no_file(
    folder: Path, command: str, put: object
) -> None:
    (folder / CHAIN).unlink()
    assert callable(put)
    put(folder / CHAIN)
    ended = skinbot(command, str(folder))
    what = "this is no file but a pipe or a device; put a YAML file in its place"
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"{CHAIN}:1:1: {what}\n"
