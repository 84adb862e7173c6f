"""A file comes into the folder of a knowledge base whole or not at all, and never outside of it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.errors import ReloadError
from bot.knowledge import files
from bot.knowledge.files import FILES, MAX_BYTES
from bot.reload import put_file
from bot.reload.put_file import Replacement
from tests.support.bots import BICYCLES
from tests.support.broken import BRAKES, CHAIN

NOBODY = 65_534
NEW = b"new"


def put(path: Path, data: bytes = NEW) -> None:
    replacement = Replacement.of(path, data)
    replacement.put()
    replacement.discard()


def refused(folder: Path, name: str, size: int = 3) -> str:
    """The line in which a file is refused."""
    with pytest.raises(ReloadError) as caught:
        put_file.target(folder, name, size)
    return str(caught.value)


def held(folder: Path) -> dict[str, bytes | str]:
    """Everything in a folder, hidden files and links as well."""
    return {
        str(path.relative_to(folder)): str(path.readlink())
        if path.is_symlink()
        else path.read_bytes()
        for path in folder.rglob("*")
        if not path.is_dir() or path.is_symlink()
    }


@pytest.fixture
def readable() -> Iterator[Path]:
    """A folder that people besides its owner can reach; those of pytest cannot be reached."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        yield Path(shutil.copytree(BICYCLES, Path(place) / "knowledge"))


@pytest.fixture
def unprivileged() -> Iterator[None]:
    """Run the test as somebody else where root runs it, whom permissions do not stop."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    yield
    os.seteuid(user)


# Which file


@pytest.mark.parametrize(
    ("name", "place"),
    [("chain.yaml", CHAIN), ("about.yaml", "about.yaml"), ("learned.yaml", "learned.yaml")],
)
def test_a_name_stands_for_a_file_that_is_there_or_may_be_there(
    folder: Path, name: str, place: str
) -> None:
    assert put_file.target(folder, name, MAX_BYTES) == place


def test_a_file_that_cannot_be_read_can_be_replaced(folder: Path) -> None:
    (folder / CHAIN).unlink()
    (folder / CHAIN).symlink_to("nowhere")
    assert put_file.target(folder, "chain.yaml", 3) == CHAIN


def test_a_topic_that_is_called_as_another_file_does_not_stand_in_its_way(folder: Path) -> None:
    (folder / "topics/limits.yaml").touch()
    assert put_file.target(folder, "limits.yaml", 3) == "limits.yaml"


@pytest.mark.parametrize(
    "name",
    [
        *("../../x.yaml", "../about.yaml", "/etc/passwd", "topics/../about.yaml", "./about.yaml"),
        *(
            "bell.yaml",
            "about",
            "about.yaml.old",
            "ABOUT.YAML",
            "topics",
            "",
            ".",
            "..",
            "about.yaml ",
        ),
        *("about.yaml\0", "about.yaml\n", "\nabout.yaml", "about.yaml\0.txt", "..\\about.yaml"),
    ],
)
def test_any_other_name_is_refused_in_one_line_that_names_those_that_can_be(
    folder: Path, name: str
) -> None:
    names = ", ".join(sorted([*FILES, "brakes.yaml", "chain.yaml"]))
    assert refused(folder, name) == (
        f"There is no file of that name here to replace; a document must be called {names}."
    )


def test_the_line_stays_short_where_there_are_many_topics(folder: Path) -> None:
    for number in range(150):
        (folder / f"topics/topic_{number}.yaml").touch()
    said = refused(folder, "x.yaml")
    assert said.endswith(", 132 more.")
    assert len(said) < 700


def test_the_folder_itself_is_no_file_of_it(tmp_path: Path) -> None:
    assert refused(tmp_path / "gone.yaml", "gone.yaml").startswith("There is no file of that name")


def test_a_file_that_would_be_too_large_is_refused(folder: Path) -> None:
    said = refused(folder, "chain.yaml", MAX_BYTES + 1)
    assert said == "topics/chain.yaml would be larger than 1 MiB; nothing was changed."


def test_nothing_is_put_through_a_link_that_leads_out_of_the_folder(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "topics").rename(tmp_path / "elsewhere")
    (folder / "topics").symlink_to(tmp_path / "elsewhere")
    said = refused(folder, "chain.yaml")
    assert said == "topics is a link that leads out of the folder; nothing was written there."
    assert put_file.target(folder, "about.yaml", 3) == "about.yaml"


def test_the_folder_itself_may_be_a_link_and_so_may_one_inside(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "current").symlink_to("knowledge")
    (folder / "topics").rename(folder / "subjects")
    (folder / "topics").symlink_to("subjects")
    assert put_file.target(tmp_path / "current", "chain.yaml", 3) == CHAIN


def test_a_folder_that_is_away_is_told_as_that(tmp_path: Path) -> None:
    said = refused(tmp_path / "gone", "about.yaml")
    assert said == "The folder gone cannot be read: it is not there; nothing was changed."


@pytest.mark.usefixtures("unprivileged")
def test_a_folder_that_cannot_be_written_is_told_before_anything_is_built(readable: Path) -> None:
    euid = os.geteuid()
    os.seteuid(readable.stat().st_uid)
    (readable / "topics").chmod(0o555)
    os.seteuid(euid)
    said = refused(readable, "chain.yaml")
    assert said == "chain.yaml cannot be written: this folder is read-only; nothing was changed."


@pytest.mark.usefixtures("unprivileged")
def test_a_file_that_nobody_may_read_is_told_and_can_be_replaced(readable: Path) -> None:
    euid = os.geteuid()
    os.seteuid(readable.stat().st_uid)
    (readable / CHAIN).chmod(0)
    (readable / "topics").chmod(0o777)
    os.seteuid(euid)
    assert [str(problem) for problem in files.look(readable).problems] == [
        f"{CHAIN}:1:1: the file cannot be read: Permission denied; make it readable"
    ]
    assert put_file.target(readable, "chain.yaml", 3) == CHAIN
    with pytest.raises(ReloadError, match="Permission denied"):
        put(readable / CHAIN)
    assert sorted(path.name for path in (readable / "topics").iterdir()) == [
        "brakes.yaml",
        "chain.yaml",
    ]


# Put there


def test_a_file_is_put_in_place_and_the_old_one_stays_beside(folder: Path) -> None:
    before = held(folder)
    put(folder / CHAIN)
    assert held(folder) == {**before, CHAIN: NEW, f"{CHAIN}.old": before[CHAIN]}


def test_the_old_file_beside_is_the_one_before(folder: Path) -> None:
    put(folder / CHAIN, b"1")
    put(folder / CHAIN, b"2")
    assert held(folder)[f"{CHAIN}.old"] == b"1"


def test_what_is_there_already_is_left_and_so_is_the_old_one_beside(folder: Path) -> None:
    put(folder / CHAIN)
    before = held(folder)
    put(folder / CHAIN)
    assert held(folder) == before


def test_a_file_that_was_not_there_has_no_old_one(folder: Path) -> None:
    before = held(folder)
    put(folder / "learned.yaml")
    assert held(folder) == {**before, "learned.yaml": NEW}
    assert (folder / "learned.yaml").stat().st_mode & 0o777 == 0o644


def test_a_file_keeps_who_may_read_it_and_the_old_one_its_date(folder: Path) -> None:
    (folder / CHAIN).chmod(0o640)
    os.utime(folder / CHAIN, (1, 1))
    put(folder / CHAIN)
    assert (folder / CHAIN).stat().st_mode & 0o777 == 0o640
    assert (folder / f"{CHAIN}.old").stat().st_mtime == 1


def test_whoever_reads_the_old_file_goes_on_reading_it_whole(folder: Path) -> None:
    whole = (folder / CHAIN).read_bytes()
    with (folder / CHAIN).open("rb") as file:
        first = file.read(10)
        put(folder / CHAIN)
        assert first + file.read() == whole


def test_the_file_and_the_old_one_are_no_part_of_the_knowledge_base_until_it_is_put(
    folder: Path,
) -> None:
    before = files.read(folder)
    replacement = Replacement.of(folder / CHAIN, NEW)
    assert files.read(folder) == before
    replacement.put()
    assert files.read(folder) == {**before, CHAIN: NEW}


def test_what_is_discarded_leaves_nothing(folder: Path) -> None:
    before = held(folder)
    Replacement.of(folder / CHAIN, NEW).discard()
    assert held(folder) == before


def test_a_link_is_replaced_and_what_it_leads_to_is_left(folder: Path, tmp_path: Path) -> None:
    outside = (folder / CHAIN).rename(tmp_path / "outside")
    content = outside.read_bytes()
    (folder / CHAIN).symlink_to(outside)
    put(folder / CHAIN)
    assert outside.read_bytes() == content
    there = held(folder)
    assert (there[CHAIN], there[f"{CHAIN}.old"]) == (NEW, str(outside))


def test_a_link_to_nothing_is_replaced_as_well(folder: Path) -> None:
    (folder / CHAIN).unlink()
    (folder / CHAIN).symlink_to("nowhere")
    put(folder / CHAIN)
    there = held(folder)
    assert (there[CHAIN], there[f"{CHAIN}.old"]) == (NEW, "nowhere")


def test_nothing_is_written_through_an_old_file_that_is_a_link(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "outside").write_bytes(b"precious")
    (folder / f"{CHAIN}.old").symlink_to(tmp_path / "outside")
    before = held(folder)[CHAIN]
    put(folder / CHAIN)
    assert (tmp_path / "outside").read_bytes() == b"precious"
    assert held(folder)[f"{CHAIN}.old"] == before


@pytest.mark.parametrize("in_the_way", [CHAIN, f"{CHAIN}.old"])
def test_where_a_folder_is_in_the_way_one_line_says_so_and_nothing_is_left(
    folder: Path, in_the_way: str
) -> None:
    (folder / in_the_way).unlink(missing_ok=True)
    (folder / in_the_way / "file").mkdir(parents=True)
    before = held(folder)
    replacement = Replacement.of(folder / CHAIN, NEW)
    with pytest.raises(ReloadError) as caught:
        replacement.put()
    replacement.discard()
    assert str(caught.value) == (
        "chain.yaml cannot be written: Is a directory; nothing was changed."
    )
    assert held(folder) == before


def test_a_folder_that_goes_away_meanwhile_is_one_line(folder: Path) -> None:
    shutil.rmtree(folder / "topics")
    with pytest.raises(ReloadError, match=r"^chain\.yaml cannot be written: No such file"):
        Replacement.of(folder / CHAIN, NEW)


def test_other_files_are_not_touched(folder: Path) -> None:
    dates = {path: path.stat().st_mtime_ns for path in folder.rglob("*.yaml")}
    put(folder / CHAIN)
    changed = [path for path, date in dates.items() if path.stat().st_mtime_ns != date]
    assert changed in ([], [folder / CHAIN])
    assert (folder / BRAKES) in dates
