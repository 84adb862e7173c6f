"""Every subscriber sees all tips once before any comes again."""

import random
from collections.abc import Iterable, Iterator
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.subscriptions.rotation import choose

TIPS = frozenset(f"tip.{number}" for number in range(60))
ANNA, BEN = 42, -1_001_234_567_890


def round_of(tips: Iterable[str], chat: int, turn: int) -> list[str]:
    """The tips of one round, in the order in which they come."""
    tips, seen = set(tips), list[str]()
    while (tip := choose(tips, seen, chat, turn)) and len(seen) <= len(tips):
        seen.append(tip)
    return seen


def test_a_round_is_every_tip_once() -> None:
    assert sorted(round_of(TIPS, ANNA, 0)) == sorted(TIPS)


def test_a_round_is_over_when_all_were_seen() -> None:
    assert choose(TIPS, TIPS, ANNA, 0) is None


def test_no_tips_are_no_round() -> None:
    assert choose((), (), ANNA, 0) is None
    assert choose((), {"tip.gone"}, ANNA, 0) is None


def test_one_tip_comes_again_in_each_round() -> None:
    assert [choose({"tip"}, (), ANNA, turn) for turn in range(3)] == ["tip"] * 3


def test_the_order_is_one_of_each_subscribers_own() -> None:
    orders = {tuple(round_of(TIPS, chat, 0)) for chat in range(50)}
    assert len(orders) == 50


def test_the_order_is_another_in_each_round() -> None:
    orders = {tuple(round_of(TIPS, ANNA, turn)) for turn in range(20)}
    assert len(orders) == 20


def test_the_first_tip_is_any_of_them() -> None:
    """No tip is everybody's first one, and none waits until the last day."""
    firsts = [choose(TIPS, (), chat, 0) for chat in range(3_000)]
    for tip in TIPS:
        assert 20 <= firsts.count(tip) <= 90  # 50 each on average


def test_neighbours_in_one_order_are_none_in_another() -> None:
    """The second tip does not follow from the first."""
    mine = round_of(TIPS, ANNA, 0)
    pairs = set(pairwise(mine))
    for chat in range(20):
        other = round_of(TIPS, chat, 0)
        assert len(pairs.intersection(pairwise(other))) < 10


def test_the_order_depends_on_nothing_but_the_chat_the_round_and_the_tips() -> None:
    """The list may have any order; a restart changes nothing."""
    listed = sorted(TIPS)
    random.Random(1).shuffle(listed)  # noqa: S311 - no secret
    assert round_of(listed, ANNA, 0) == round_of(sorted(TIPS), ANNA, 0)
    # As `printf '42 0 a' | sha256sum` and so on have it.
    assert round_of("abcde", ANNA, 0) == ["c", "d", "e", "b", "a"]
    assert round_of("abcde", BEN, 3) == ["d", "c", "e", "b", "a"]


def test_a_tip_that_goes_leaves_the_order_of_the_others() -> None:
    before = round_of(TIPS, ANNA, 0)
    for gone in before:
        assert round_of(TIPS - {gone}, ANNA, 0) == [tip for tip in before if tip != gone]


def test_a_tip_that_comes_finds_its_place_between_the_others() -> None:
    before = round_of(TIPS, ANNA, 0)
    after = round_of(TIPS | {"tip.new"}, ANNA, 0)
    assert sorted(after) == sorted([*TIPS, "tip.new"])
    assert [tip for tip in after if tip != "tip.new"] == before


def test_a_tip_that_comes_late_in_a_round_is_seen_before_the_round_is_over() -> None:
    seen = round_of(TIPS, ANNA, 0)
    assert choose(TIPS | {"tip.new"}, seen, ANNA, 0) == "tip.new"


def test_a_tip_that_was_seen_and_left_does_not_keep_a_round_open() -> None:
    assert choose({"a", "b"}, {"a", "b", "gone"}, ANNA, 0) is None


def test_a_tip_that_was_seen_left_and_came_back_does_not_come_twice_in_a_round() -> None:
    first, *others = round_of(TIPS, ANNA, 0)
    second = choose(TIPS - {first}, {first}, ANNA, 0)
    assert second == others[0]
    assert choose(TIPS, {first, second}, ANNA, 0) == others[1]


# Tips that come and go while many days pass

names = st.sampled_from([f"tip.{number}" for number in range(12)])
changes = st.lists(st.sets(names, max_size=3), min_size=20, max_size=40)


def days(
    tips: set[str], swaps: Iterable[set[str]], chat: int
) -> Iterator[tuple[frozenset[str], str | None, int]]:
    """The tips that there are, the one that comes and its round, day after day.

    The tips that were seen are forgotten once all were, as the storage does it. Each day some tips
    are swapped: those that were there go, those that were not come.
    """
    seen, turn = set[str](), 0
    for swap in swaps:
        tips = tips ^ swap
        tip = choose(tips, seen, chat, turn)
        if tip is None:
            seen, turn = set(), turn + 1
            tip = choose(tips, seen, chat, turn)
        seen |= {tip} if tip else set()
        yield frozenset(tips), tip, turn


@settings(deadline=None, max_examples=40)
@given(st.sets(names), changes, st.integers())
def test_no_tip_comes_again_before_all_that_there_are_were_seen(
    tips: set[str], swaps: list[set[str]], chat: int
) -> None:
    seen, current = set[str](), 0
    for there, tip, turn in days(tips, swaps, chat):
        if turn != current:
            assert there <= seen
            seen, current = set(), turn
        assert tip not in seen
        assert tip in there if there else tip is None
        seen |= {tip} if tip else set()


@settings(deadline=None, max_examples=50)
@given(st.sets(names, min_size=1), st.integers(), st.integers(1, 4))
def test_after_whole_rounds_every_tip_has_come_equally_often(
    tips: set[str], chat: int, rounds: int
) -> None:
    swaps: list[set[str]] = [set() for _ in range(rounds * len(tips))]
    came = [tip for _, tip, _ in days(tips, swaps, chat)]
    assert sorted(came, key=str) == sorted(list(tips) * rounds)


@settings(deadline=None, max_examples=50)
@given(st.sets(names, min_size=2), st.data())
def test_the_order_of_what_is_left_stays_whatever_else_comes_or_goes(
    tips: set[str], data: st.DataObject
) -> None:
    others = data.draw(st.sets(names))
    common = tips & others
    first = [tip for tip in round_of(tips, ANNA, 0) if tip in common]
    second = [tip for tip in round_of(others, ANNA, 0) if tip in common]
    assert first == second
