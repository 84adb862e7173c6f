"""One person may ask only so many questions in a while."""

import pytest

from bot.bot_api.throttle import PEOPLE, Throttle, Verdict
from tests.support.fake_time import Clock

ANNA, BEN = 1, 2
ANSWER, SLOW_DOWN, IGNORE = Verdict.ANSWER, Verdict.ASK_TO_SLOW_DOWN, Verdict.IGNORE


@pytest.fixture
def time() -> Clock:
    return Clock()


def test_the_first_question_too_many_is_told_apart_from_the_next(time: Clock) -> None:
    throttle = Throttle(time, most=2)
    assert [throttle.judge(ANNA) for _ in range(5)] == [ANSWER, ANSWER, SLOW_DOWN, IGNORE, IGNORE]


def test_the_window_slides(time: Clock) -> None:
    throttle = Throttle(time, most=2, seconds=10)
    assert throttle.judge(ANNA) == ANSWER
    time.forward(6)
    assert throttle.judge(ANNA) == ANSWER
    time.forward(3.9)
    assert throttle.judge(ANNA) == SLOW_DOWN
    time.forward(0.1)
    assert throttle.judge(ANNA) == ANSWER
    assert throttle.judge(ANNA) == IGNORE


def test_somebody_who_never_rests_is_told_once_in_each_window(time: Clock) -> None:
    """Each answer that leaves the window makes room for one, not for another warning."""
    throttle = Throttle(time, most=5, seconds=60)
    verdicts = []
    for second in range(300):
        verdicts.append(throttle.judge(ANNA))
        time.forward(1 + second % 7 / 10)
    assert verdicts.count(SLOW_DOWN) <= 300 * 1.3 / 60 + 1
    assert verdicts.count(ANSWER) <= 5 * (300 * 1.3 / 60 + 1)


def test_questions_that_were_not_answered_do_not_count(time: Clock) -> None:
    """People who go on asking are answered again after the minute; they need not be silent."""
    throttle = Throttle(time, most=1, seconds=10)
    verdicts = []
    for _ in range(4):
        verdicts.append(throttle.judge(ANNA))
        time.forward(5)
    assert verdicts == [ANSWER, SLOW_DOWN, ANSWER, SLOW_DOWN]


def test_people_are_counted_apart(time: Clock) -> None:
    throttle = Throttle(time, most=1)
    assert throttle.judge(ANNA) == ANSWER
    assert throttle.judge(BEN) == ANSWER
    assert throttle.judge(ANNA) == SLOW_DOWN


def test_whoever_was_quiet_longest_is_forgotten_when_there_are_too_many(time: Clock) -> None:
    throttle = Throttle(time, most=1)
    for person in (ANNA, BEN, BEN):
        throttle.judge(person)
    assert throttle.judge(ANNA) == SLOW_DOWN
    for stranger in range(100, 100 + PEOPLE - 1):
        throttle.judge(stranger)
    assert throttle.judge(ANNA) == IGNORE
    assert throttle.judge(BEN) == ANSWER
