"""A first `make chat` says what it is doing, and uv shows its progress."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = """#!/bin/sh
case "$*" in
*venv) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
*"pip install"*) echo "pip $*"; cp ../uv .venv/bin/uv ;;
*) echo "True here 3.12" ;;
esac
"""
UV = """#!/bin/sh
case "$*" in
--version) echo "uv 0.9.9" ;;
*--check*) exit 1 ;;
*) echo "uv $*" ;;
esac
"""


def program(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    path.chmod(0o755)


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A checkout in which nothing is installed, with stand-ins for Python and uv."""
    shutil.copytree(ROOT / ".ci", tmp_path / "fresh" / ".ci")
    program(tmp_path / "python", PYTHON)
    program(tmp_path / "uv", UV)
    return tmp_path / "fresh"


def installed(fresh: Path, path: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own script
        [fresh / ".ci" / "install"],
        env={"PATH": f"{path}:{os.defpath}", "PYTHON": str(fresh.parent / "python")},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )


def test_a_first_start_says_what_is_done_and_uv_is_not_quiet(fresh: Path) -> None:
    said = installed(fresh, str(fresh.parent))
    assert said.stderr.startswith("Installing into .venv")
    assert said.stdout.startswith("uv sync ")
    assert "--quiet" not in said.stdout


def test_where_there_is_no_uv_it_is_fetched_in_the_open(fresh: Path) -> None:
    said = installed(fresh, "/nowhere")
    assert "Fetching uv" in said.stderr
    pip, uv = said.stdout.splitlines()
    assert pip.startswith("pip ")
    assert "--quiet" not in pip
    assert uv.startswith("uv sync ")


def test_the_next_start_does_not_speak_of_installing(fresh: Path) -> None:
    installed(fresh, str(fresh.parent))
    assert installed(fresh, str(fresh.parent)).stderr == ""
