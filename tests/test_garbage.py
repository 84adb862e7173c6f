"""The search for garbage leaves alone what stays, and goes on with the rest."""

import gc
import platform
import weakref
from pathlib import Path

import pytest

from bot import garbage


class Circle:
    """Something that only the search finds."""

    def __init__(self) -> None:
        self.itself = self


def test_what_was_made_there_is_never_searched() -> None:
    before = gc.get_freeze_count()
    with garbage.spared():
        assert not gc.isenabled()
        stays = [Circle() for _ in range(1_000)]
    assert gc.get_freeze_count() >= before + len(stays)
    assert gc.isenabled()


def test_what_is_made_later_is_searched_as_ever() -> None:
    with garbage.spared():
        pass
    later = weakref.ref(Circle())
    gc.collect()
    assert later() is None


def test_what_is_garbage_by_then_does_not_stay_where_it_is_done_again() -> None:
    circles = []
    with garbage.spared(again=True):
        circles.append(weakref.ref(Circle()))
    assert circles[0]() is None


def test_the_search_goes_on_when_something_fails_there() -> None:
    with pytest.raises(MemoryError), garbage.spared():
        raise MemoryError
    assert gc.isenabled()


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="others return it by themselves")
def test_memory_that_became_free_behind_what_stays_is_returned() -> None:
    taken = [bytes(2_000) for _ in range(50_000)]
    del taken[:-1]
    before = resident()
    garbage.give_back()
    assert before - resident() > 50_000_000
    assert len(taken) == 1


def resident() -> int:
    """Bytes of this process that are in memory."""
    (line,) = (each for each in _STATUS.read_text().splitlines() if each.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


_STATUS = Path("/proc/self/status")
