"""A thing is made once, even when many threads ask for it at one time."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.language import english as spelling
from bot.once import Once
from bot.places import gazetteer
from bot.reload import cache

PEOPLE = 32


def asked_at_once(made: Callable[[], object]) -> list[object]:
    with ThreadPoolExecutor(PEOPLE) as pool:
        return [each.result() for each in [pool.submit(made) for _ in range(PEOPLE)]]


def test_all_who_ask_at_once_get_the_one_that_is_made() -> None:
    made: list[object] = []

    @Once
    def make() -> object:
        time.sleep(0.01)  # Lets every other thread come in.
        made.append(object())
        return made[-1]

    assert set(asked_at_once(make)) == {made[0]}
    assert len(made) == 1


def test_whoever_asks_after_a_failure_tries_again() -> None:
    failures = [OSError("the file is busy")]

    @Once
    def make() -> str:
        if failures:
            raise failures.pop()
        return "made"

    with pytest.raises(OSError, match="busy"):
        make()
    assert make() == "made"


@pytest.mark.parametrize("shared", [gazetteer.load, spelling.english, cache.program])
def test_what_takes_long_is_shared(shared: Callable[[], object]) -> None:
    assert len({id(each) for each in asked_at_once(shared)}) == 1
