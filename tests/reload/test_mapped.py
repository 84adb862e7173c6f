"""Pickles whose arrays stay in the file."""

from pathlib import Path

import numpy as np
import pytest

from bot.reload import mapped

ARRAYS = {
    "numbers": np.arange(1_000, dtype=np.int32),
    "table": np.ones((3, 5), np.float16),
    "columns": np.asfortranarray(np.arange(12.0).reshape(3, 4)),
    "words": np.array([b"skin", b"massage"]),
    "nothing": np.zeros(0, np.int64),
}


def written(place: Path, value: object) -> Path:
    path = place / "written"
    with path.open("wb") as file:
        mapped.dump(value, file)
    return path


def read(path: Path, *, slowly: bool = False) -> object:
    with path.open("rb") as file:
        return mapped.load(file, slowly=slowly)


@pytest.mark.parametrize("slowly", [False, True])
def test_what_was_written_is_read(slowly: bool, tmp_path: Path) -> None:
    found = read(written(tmp_path, {"name": "a text", **ARRAYS}), slowly=slowly)
    assert isinstance(found, dict)
    assert found.pop("name") == "a text"
    assert found.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found[name], array, strict=True)


def test_what_holds_no_array_is_read(tmp_path: Path) -> None:
    assert read(written(tmp_path, "a text")) == "a text"


def test_arrays_stay_in_the_file(tmp_path: Path) -> None:
    large = np.zeros(16 * 1024 * 1024, np.uint8)
    path = written(tmp_path, large)
    before = resident()
    found = read(path)
    after = resident()
    assert isinstance(found, np.ndarray)
    assert after - before < large.nbytes / 4
    assert not found.any()


def resident() -> int:
    """Bytes of memory that this process occupies."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024


def test_arrays_outlive_the_name_of_their_file(tmp_path: Path) -> None:
    path = written(tmp_path, ARRAYS["numbers"])
    found = read(path)
    path.unlink()
    np.testing.assert_array_equal(found, ARRAYS["numbers"])


def test_arrays_are_aligned_and_cannot_be_written(tmp_path: Path) -> None:
    found = read(written(tmp_path, ARRAYS))
    assert isinstance(found, dict)
    for array in found.values():
        assert array.flags.aligned
        assert array.size == 0 or array.ctypes.data % mapped.ALIGNED == 0
        assert not array.flags.writeable


@pytest.mark.parametrize("missing", [1, 63, 64, 65, 1_000])
def test_a_file_whose_end_is_missing_is_not_read(missing: int, tmp_path: Path) -> None:
    path = written(tmp_path, ARRAYS)
    path.write_bytes(path.read_bytes()[:-missing])
    with pytest.raises(ValueError, match=r"not what was written|cannot reshape"):
        read(path)


def test_a_file_that_something_was_added_to_is_not_read(tmp_path: Path) -> None:
    path = written(tmp_path, ARRAYS)
    with path.open("ab") as file:
        file.write(bytes(mapped.ALIGNED))
    with pytest.raises(ValueError, match="bytes are not what was written"):
        read(path)
