"""The files of a knowledge base as bytes: read, refused, and packed."""

import os
import shutil
from pathlib import Path

import pytest

from bot.errors import KnowledgeError, Problem
from bot.knowledge import files
from bot.knowledge.files import MAX_BYTES
from tests.support.broken import BRAKES, CHAIN

THERE = {
    *("about.yaml", "expected.yaml", "limits.yaml", "red_flags.yaml", "smalltalk.yaml"),
    *("synonyms.yaml", "tips.yaml", BRAKES, CHAIN),
}
"""The files in the folder of the fixture."""


def problems(folder: Path) -> list[str]:
    return [str(problem) for problem in files.look(folder).problems]


def test_every_file_is_read_as_it_is(folder: Path) -> None:
    found = files.read(folder)
    assert set(found) == THERE
    assert found[CHAIN] == (folder / CHAIN).read_bytes()


@pytest.mark.parametrize(
    "name",
    ["notes.yaml", "about.yaml.old", "topics/.bell.yaml", "topics/bell.txt", "schema/a.yaml"],
)
def test_what_does_not_belong_to_it_is_left_alone(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).mkdir()  # It could not even be read.
    assert set(files.read(folder)) == THERE


def test_a_topic_that_loading_will_refuse_by_its_name_is_read(folder: Path) -> None:
    (folder / "topics/bell.YML").write_bytes(b"x")
    assert files.read(folder)["topics/bell.YML"] == b"x"


def test_a_folder_without_topics_is_read_too(folder: Path) -> None:
    shutil.rmtree(folder / "topics")
    assert set(files.read(folder)) == THERE - {BRAKES, CHAIN}


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert files.read(tmp_path) == {}


def test_no_more_of_a_file_is_read_than_says_that_it_is_too_large(folder: Path) -> None:
    (folder / CHAIN).write_bytes(b"#" * 3 * MAX_BYTES)
    assert len(files.read(folder)[CHAIN]) == MAX_BYTES + 1


def test_links_are_followed(folder: Path, tmp_path: Path) -> None:
    (folder / CHAIN).rename(tmp_path / "elsewhere")
    (folder / CHAIN).symlink_to(tmp_path / "elsewhere")
    assert files.read(folder)[CHAIN] == (tmp_path / "elsewhere").read_bytes()


# What cannot be read


def test_a_folder_that_is_not_there_is_one_problem(tmp_path: Path) -> None:
    what = "this folder cannot be read: No such file or directory; name one that holds a knowledge"
    assert problems(tmp_path / "gone") == [f"{tmp_path}/gone:1:1: {what} base"]
    with pytest.raises(KnowledgeError, match="No such file"):
        files.read(tmp_path / "gone")


def test_a_file_in_place_of_the_folder_is_one_problem(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert len(problems(tmp_path / "file")) == 1


def test_each_file_that_cannot_be_read_is_a_problem_and_the_others_are_read(folder: Path) -> None:
    for name in ("about.yaml", CHAIN, BRAKES):
        (folder / name).unlink()
    (folder / "about.yaml").mkdir()
    (folder / CHAIN).symlink_to("nowhere")
    os.mkfifo(folder / BRAKES)
    assert problems(folder) == [
        "about.yaml:1:1: this is a folder; put a YAML file in its place",
        "topics/brakes.yaml:1:1: this is no file but a pipe or a device; put a YAML file in its "
        "place",
        "topics/chain.yaml:1:1: this is a link to a file that is not there; put the file in its "
        "place",
    ]
    assert set(files.look(folder).files) == THERE - {"about.yaml", BRAKES, CHAIN}


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_a_link_to_something_endless_or_empty_is_no_file(folder: Path, device: str) -> None:
    (folder / CHAIN).unlink()
    (folder / CHAIN).symlink_to(device)
    assert problems(folder) == [
        f"{CHAIN}:1:1: this is no file but a pipe or a device; put a YAML file in its place"
    ]


def test_links_that_lead_in_a_circle_are_a_problem(folder: Path) -> None:
    (folder / CHAIN).unlink()
    (folder / CHAIN).symlink_to("chain.yaml")
    why = "this is a link that leads back to itself; put the file in its place"
    assert problems(folder) == [f"{CHAIN}:1:1: {why}"]


def test_a_name_that_is_no_text_is_a_problem_and_can_be_shown(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder / "topics") + b"/caf\xe9.yaml")).write_bytes(b"x")
    what = "the name of this file is no UTF-8; rename it"
    assert problems(folder) == [rf"topics/caf\udce9.yaml:1:1: {what}"]


def test_files_that_replace_others_take_their_problems_away(folder: Path) -> None:
    for name in (BRAKES, CHAIN):
        (folder / name).unlink()
        (folder / name).mkdir()
    found = files.look(folder).instead({CHAIN: b"new"})
    assert (found.files[CHAIN], [problem.file for problem in found.problems]) == (b"new", [BRAKES])


# Kept and put back


def test_what_is_packed_comes_back(folder: Path) -> None:
    found = {**files.read(folder), "topics/café ☕.yaml": b"", "topics/bin.yaml": bytes(range(256))}
    assert files.unpack(files.pack(found)) == found


def test_the_same_files_are_packed_the_same_way(folder: Path) -> None:
    found = files.read(folder)
    assert files.pack(found) == files.pack(dict(sorted(found.items(), reverse=True)))
    assert files.pack(found) != files.pack({**found, CHAIN: b""})


def test_problems_of_a_folder_are_raised_all_at_once(folder: Path) -> None:
    for name in (BRAKES, CHAIN):
        (folder / name).unlink()
        (folder / name).mkdir()
    with pytest.raises(KnowledgeError) as caught:
        files.read(folder)
    what = "this is a folder; put a YAML file in its place"
    assert caught.value.problems == (Problem(BRAKES, 1, 1, what), Problem(CHAIN, 1, 1, what))
