"""Slips of people who write a file, and the line that they read first on a phone."""

import shutil
from pathlib import Path

import pytest

from bot.answering import loading
from bot.errors import KnowledgeError
from bot.features.knowledge_base import texts
from bot.knowledge import files
from bot.knowledge.base import shipped
from tests.support.slips import DEEDS, SLIPS


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The shipped folder."""
    shutil.copytree(shipped(), tmp_path / "knowledge")
    return tmp_path / "knowledge"


def broken(folder: Path) -> KnowledgeError:
    with pytest.raises(KnowledgeError) as caught:
        loading.parsed(files.look(folder))
    return caught.value


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_named_first_with_its_file_its_line_and_the_remedy(copy: Path, name: str) -> None:
    slip = SLIPS[name]
    line = slip.make(copy)
    error = broken(copy)
    first = str(error).split("\n")[0]
    assert first.startswith(f"{slip.file}:{line}:")
    assert slip.remedy in first
    assert len(texts.problems(error).split("\n")) <= 8


@pytest.mark.parametrize("name", DEEDS)
def test_what_is_wrong_with_a_whole_file_comes_before_what_follows(copy: Path, name: str) -> None:
    deed, place, remedy = DEEDS[name]
    deed(copy)
    error = broken(copy)
    first = str(error).split("\n")[0]
    assert first.startswith(place)
    assert remedy in first
    assert len(error.problems) == 1
