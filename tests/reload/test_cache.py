"""One start leaves a copy for the next, which takes it only where it may."""

import os
import pickle
import resource
import shutil
import stat
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

import bot
from benchmarks.typos import mistype
from bot import cli
from bot.answering import loading
from bot.answering.faq import Faq
from bot.answering.index import texts
from bot.errors import KnowledgeError
from bot.knowledge import files
from bot.reload import cache as compiled
from tests.support.bots import BICYCLES
from tests.support.broken import CHAIN, change

PROGRAM = Path(bot.__file__).parent
GENUINE, FORGED = "Bicycle answers", "Forged answers"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A folder in which no start has left anything yet."""
    return tmp_path / "cache"


def load(folder: Path, cache: Path | None = None) -> Faq:
    return compiled.load(files.look(folder), cache=cache)


def copies(cache: Path) -> dict[str, int]:
    """Name of each copy → the moment at which it was written."""
    return {path.name: path.stat().st_mtime_ns for path in cache.iterdir()}


def copy(cache: Path) -> Path:
    """The only copy that there is."""
    (path,) = cache.iterdir()
    return path


def kept(cache: Path) -> Faq:
    with copy(cache).open("rb") as file:
        found = pickle.load(file)  # noqa: S301 - this test itself has written it
    assert isinstance(found, Faq)
    return found


def name(faq: Faq) -> str:
    return faq.knowledge.about.name


@pytest.fixture
def forged(cache: Path) -> Path:
    """A copy of the bicycles with another name for the bot, which shows that the copy is read."""
    faq = load(BICYCLES, cache)
    about = replace(faq.knowledge.about, name=FORGED)
    with copy(cache).open("wb") as file:
        pickle.dump(replace(faq, knowledge=replace(faq.knowledge, about=about)), file)
    return copy(cache)


# Used


def test_the_second_start_takes_what_the_first_one_left(folder: Path, cache: Path) -> None:
    first = load(folder, cache)
    left = copies(cache)
    second = load(folder, cache)
    assert second.knowledge == first.knowledge
    assert copies(cache) == left


def test_a_good_copy_is_all_that_is_read(cache: Path, forged: Path) -> None:
    assert name(load(BICYCLES, cache)) == FORGED
    assert [forged] == [*cache.iterdir()]


def test_the_replies_are_those_of_the_yaml(cache: Path) -> None:
    read, taken = (load(BICYCLES, cache) for _ in range(2))
    assert read is not taken
    asked = [text for group in texts(read.knowledge).values() for text in group]
    for question in (*asked, *map(mistype, asked), " ".join(asked), "who won the match"):
        assert taken.decide(question) == read.decide(question)


def test_the_same_files_elsewhere_are_the_same(tmp_path: Path, cache: Path) -> None:
    load(BICYCLES, cache)
    left = copies(cache)
    load(Path(shutil.copytree(BICYCLES, tmp_path / "elsewhere")), cache)
    assert copies(cache) == left


# Read anew


def test_a_changed_file_is_read_anew(folder: Path, cache: Path) -> None:
    load(folder, cache)
    change(folder, CHAIN, "title: Chain", "title: Links")
    assert load(folder, cache).knowledge.topics["chain"].title == "Links"
    assert len(copies(cache)) == 2


def test_a_file_more_is_read_too(folder: Path, cache: Path) -> None:
    load(folder, cache)
    (folder / "thresholds.yaml").write_text("suggest: 0.1\n")
    assert load(folder, cache).index.thresholds.suggest == 0.1


def test_a_file_that_was_changed_back_needs_no_reading(folder: Path, cache: Path) -> None:
    load(folder, cache)
    change(folder, CHAIN, "title: Chain", "title: Links")
    load(folder, cache)
    left = copies(cache)
    change(folder, CHAIN, "title: Links", "title: Chain")
    assert load(folder, cache).knowledge.topics["chain"].title == "Chain"
    assert copies(cache) == left


def test_another_version_of_a_library_reads_anew(
    folder: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(folder, cache)
    (tmp_path / "libraries" / "numpy-99.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path / "libraries")
    # A process looks once, so that this stands for the next one.
    monkeypatch.setattr(compiled, "program", compiled.program.make)
    load(folder, cache)
    assert len(copies(cache)) == 2


def test_another_version_of_the_program_reads_anew(
    folder: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(folder, cache)
    updated = shutil.copytree(PROGRAM, tmp_path / "bot")
    with (updated / "answering" / "index.py").open("a") as file:
        file.write("# One line more.\n")
    monkeypatch.setattr(compiled, "program", partial(compiled.program_in, updated))
    load(folder, cache)
    assert len(copies(cache)) == 2


# Reported as ever


def test_a_broken_folder_is_reported_despite_a_good_copy(folder: Path, cache: Path) -> None:
    load(folder, cache)
    left = copies(cache)
    change(folder, CHAIN, "title: Chain", "title: no")
    assert problems(folder, cache) == [
        "topics/chain.yaml:3:1: 'title' must be text, but YAML reads no as yes or no; write \"no\""
    ]
    assert copies(cache) == left


def test_a_file_that_is_not_read_is_reported_despite_a_good_copy(folder: Path, cache: Path) -> None:
    load(folder, cache)
    (folder / "topics" / "bell.YML").write_text("id: bell\n")
    assert problems(folder, cache) == [
        "topics/bell.YML:1:1: this file is not read; rename it to bell.yaml"
    ]


def test_what_cannot_be_read_is_reported(folder: Path, cache: Path) -> None:
    load(folder, cache)
    (folder / "about.yaml").unlink()
    (folder / "about.yaml").symlink_to("about.yaml")
    assert len(problems(folder, cache)) == 1
    assert len(problems(folder / "nowhere", cache)) == 1


def problems(folder: Path, cache: Path) -> list[str]:
    """The problems of a folder; they do not depend on the cache."""
    with pytest.raises(KnowledgeError) as caught:
        load(folder, cache)
    with pytest.raises(KnowledgeError) as without:
        loading.load(folder)
    assert str(caught.value) == str(without.value)
    return str(caught.value).splitlines()


def test_check_tries_everything_every_time(
    cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    assert cli.main(["check", str(BICYCLES)]) == 0
    assert capsys.readouterr().out.endswith(f"\n{BICYCLES}: no problems\n")
    assert not cache.exists()


# Damaged


@pytest.mark.parametrize("size", [0, 1, 1_000, -1])
def test_a_corrupt_copy_is_replaced(size: int, cache: Path) -> None:
    load(BICYCLES, cache)
    copy(cache).write_bytes(copy(cache).read_bytes()[:size])
    assert name(load(BICYCLES, cache)) == GENUINE
    assert name(kept(cache)) == GENUINE


@pytest.mark.parametrize("written", [b"no pickle", pickle.dumps("no Faq"), b"cbot\nnothing\n."])
def test_what_is_no_copy_is_replaced(written: bytes, cache: Path) -> None:
    load(BICYCLES, cache)
    copy(cache).write_bytes(written)
    assert name(load(BICYCLES, cache)) == GENUINE
    assert name(kept(cache)) == GENUINE


# Written by others


def test_nobody_else_may_read_or_write_what_is_left(cache: Path) -> None:
    before = os.umask(0)
    try:
        load(BICYCLES, cache)
    finally:
        os.umask(before)
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert stat.S_IMODE(copy(cache).stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_copy_that_others_can_write_is_replaced(
    mode: int, cache: Path, forged: Path, caplog: pytest.LogCaptureFixture
) -> None:
    forged.chmod(mode)
    assert name(load(BICYCLES, cache)) == GENUINE
    assert caplog.messages == [f"{forged} is not used: others than this user can write it"]
    assert name(kept(cache)) == GENUINE
    assert stat.S_IMODE(copy(cache).stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777])
def test_a_cache_that_others_can_write_is_not_used(
    mode: int, cache: Path, forged: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache.chmod(mode)
    assert name(load(BICYCLES, cache)) == GENUINE
    assert caplog.messages == [f"{cache} is not used: others than this user can write there"]
    assert name(kept(cache)) == FORGED
    assert [forged] == [*cache.iterdir()]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_copy_of_another_user_is_replaced(cache: Path, forged: Path) -> None:
    os.chown(forged, 12345, -1)
    assert name(load(BICYCLES, cache)) == GENUINE
    assert name(kept(cache)) == GENUINE
    assert copy(cache).stat().st_uid == os.geteuid()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_cache_of_another_user_is_not_used(cache: Path, forged: Path) -> None:
    os.chown(cache, 12345, -1)
    assert name(load(BICYCLES, cache)) == GENUINE
    assert [forged] == [*cache.iterdir()]
    assert name(kept(cache)) == FORGED


# No place for it


def test_a_read_only_cache_does_not_stop_the_bot(caplog: pytest.LogCaptureFixture) -> None:
    """The folder is this process's own, so not even root can write there."""
    caplog.set_level("INFO")
    assert name(load(BICYCLES, Path("/proc/self"))) == GENUINE
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("this start leaves nothing behind for the next one: ")


def test_a_full_disk_does_not_stop_the_bot(cache: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
    try:
        faq = load(BICYCLES, cache)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert name(faq) == GENUINE
    assert [*cache.iterdir()] == [], "no half of a copy either"
    assert len(caplog.messages) == 1


def test_without_a_home_the_bot_starts_too(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/dev/null")
    assert name(load(BICYCLES)) == GENUINE
    assert len(caplog.messages) == 1


def test_it_is_left_where_caches_of_a_user_lie(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", "a relative path, which the specification forbids")
    load(BICYCLES)
    assert len(copies(tmp_path / ".cache" / "skinbot")) == 1
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
    load(BICYCLES)
    assert len(copies(tmp_path / "elsewhere" / "skinbot")) == 1


def test_the_newest_three_stay(folder: Path, cache: Path) -> None:
    cache.mkdir(mode=0o700)
    (cache / f".{'0' * 64}.pickle.left_by_a_killed_process").touch()
    (cache / "somebody's.pickle").touch()
    written: list[str] = []
    for number in range(4):
        (folder / "thresholds.yaml").write_text(f"suggest: 0.1{number}\n")
        load(folder, cache)
        written += copies(cache).keys() - {*written}
    assert copies(cache).keys() == {*written[-3:], "somebody's.pickle"}
