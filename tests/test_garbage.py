"""The search for garbage leaves alone what stays, and goes on with the rest."""

import gc
import weakref

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


def test_the_search_goes_on_when_something_fails_there() -> None:
    with pytest.raises(MemoryError), garbage.spared():
        raise MemoryError
    assert gc.isenabled()
