"""Whatever a killed process was writing is gone after the next start, and nothing else."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.knowledge import files
from bot.reload import cache, reloader
from bot.reload.unfinished import sweep, unfinished
from bot.storage.storage import Storage
from tests.support.bots import BICYCLES

WRITING = """
import pathlib, sys, time
from bot.reload.unfinished import unfinished
with unfinished(pathlib.Path(sys.argv[1])) as file:
    file.write_bytes(bytes(7_700_000))
    print("writing", flush=True)
    time.sleep(60)
"""


def killed_while_writing(path: Path) -> None:
    """A process is killed while it writes a file."""
    command = (sys.executable, "-c", WRITING, str(path))
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603 - the script above
        assert process.stdout
        assert process.stdout.readline() == b"writing\n"
        process.send_signal(signal.SIGKILL)
    assert len(left(path.parent)) == 1, "or this test could not see what it looks for"


def left(folder: Path) -> list[str]:
    return [name for name in names(folder) if name.startswith(".")]


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.mark.parametrize("name", ["embeddings.npz", f"{'0f' * 32}.pickle"])
def test_a_start_clears_the_cache_of_what_a_killed_process_left(name: str, tmp_path: Path) -> None:
    killed_while_writing(tmp_path / name)
    cache.load(files.look(BICYCLES), cache=tmp_path)
    assert left(tmp_path) == []


@pytest.mark.parametrize("name", ["tips.yaml", "topics/brakes.yaml"])
async def test_a_start_clears_the_knowledge_base_of_what_a_killed_process_left(
    name: str, folder: Path, storage: Storage
) -> None:
    killed_while_writing(folder / name)
    await reloader.start(folder, storage.records)
    assert left((folder / name).parent) == []


def test_what_another_process_is_writing_stays(tmp_path: Path) -> None:
    with unfinished(tmp_path / "tips.yaml") as file:
        sweep(tmp_path)
        assert file.exists()


@pytest.mark.parametrize("name", [".tips.yaml.swp", ".env", "tips.yaml.unfinished", ".git"])
def test_files_of_others_stay(name: str, tmp_path: Path) -> None:
    (tmp_path / name).touch()
    sweep(tmp_path)
    assert (tmp_path / name).exists()


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    sweep(tmp_path / "nowhere")
    assert left(tmp_path) == []


# Undone wordings


def test_dropping_leaves_the_vectors(tmp_path: Path) -> None:
    (tmp_path / f"{'0f' * 32}.pickle").touch()
    (tmp_path / "embeddings.npz").touch()
    cache.drop(tmp_path)
    assert names(tmp_path) == ["embeddings.npz"]


def test_dropping_what_was_never_kept_does_nothing(tmp_path: Path) -> None:
    cache.drop(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()
