"""/stats shows the figures, the caption and the chart."""

import datetime as dt
import gc
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bot.answering.faq import Faq
from bot.features.statistics import charts, texts
from bot.features.statistics.figures import MOST_DAYS, OUTCOMES, Figures
from bot.markup import html_problem, plain, units
from bot.storage.counts import Tally

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure
    from matplotlib.text import Text

TODAY = dt.date(2026, 11, 23)
SPANS = (1, 2, 7, 30, 90, MOST_DAYS)
"""Numbers of days that operators may ask for."""
OCCURRING = [texts.OUTCOMES[name] for name in OUTCOMES]
COLOUR_BLIND = {
    "nobody": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "no green": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "no blue": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}
"""Linear RGB as people see it whose eyes lack a colour (Machado and others, 2009)."""


def on(back: int, kind: str, name: str = "", count: int = 1) -> Tally:
    """Something that was counted so many days ago."""
    return Tally(TODAY - dt.timedelta(days=back), kind, name, count)


def of(*tallies: Tally, days: int = 7, subscribers: int = 0) -> Figures:
    return Figures.of(tallies, subscribers, TODAY, days)


def busy(days: int, scale: int = 1) -> Figures:
    """Every outcome on every day, and questions at every hour."""
    counts = {name: scale * (9 - place) for place, name in enumerate(OUTCOMES)}
    asked = [on(back, "outcome", *each) for back in range(days) for each in counts.items()]
    hours = [on(0, "hour", f"{hour:02}", scale * (hour + 1)) for hour in range(24)]
    return of(*asked, *hours, days=days)


# Figures


def test_every_day_has_its_figure_whether_anything_was_asked_or_not() -> None:
    figures = of(on(2, "outcome", "answer", 5), on(0, "outcome", "unknown"), days=3)
    assert figures.days == (dt.date(2026, 11, 21), dt.date(2026, 11, 22), TODAY)
    assert figures.outcomes["answer"] == (5, 0, 0)
    assert figures.outcomes["unknown"] == (0, 0, 1)
    assert figures.outcomes["red_flag"] == (0, 0, 0)


def test_what_lies_outside_of_the_days_is_left_out() -> None:
    figures = of(on(7, "outcome", "answer"), on(-1, "tip", "sent"), on(6, "joined"), days=7)
    assert (figures.questions, figures.tips["sent"], figures.joined) == (0, 0, 1)


def test_what_was_counted_under_the_same_name_adds_up() -> None:
    figures = of(
        on(0, "outcome", "answer", 2),
        on(0, "outcome", "answer"),
        on(1, "outcome", "answer", 4),
        on(1, "outcome", "limited"),
    )
    assert figures.totals["answer"] == 7
    assert figures.questions == 8


def test_at_most_five_entries_are_named_the_first_by_name_among_equals() -> None:
    counts = {"b.b": 2, "a.a": 2, "c.c": 9, "d.d": 3, "e.e": 1, "f.f": 1, "g.g": 0}
    figures = of(*(on(0, "entry", *each) for each in counts.items()))
    assert figures.entries == (("c.c", 9), ("d.d", 3), ("a.a", 2), ("b.b", 2), ("e.e", 1))


def test_the_helpful_share_is_of_all_votes() -> None:
    assert of(on(0, "vote", "up", 3), on(1, "vote", "down")).helpful == 0.75


def test_without_votes_there_is_no_helpful_share() -> None:
    assert of().helpful is None


def test_subscriptions_are_counted_as_they_are_and_as_they_changed() -> None:
    figures = of(on(0, "joined", count=4), on(3, "left"), on(1, "left", count=2), subscribers=9)
    assert (figures.subscribers, figures.joined, figures.left) == (9, 4, 3)


def test_tips_are_counted_by_what_became_of_them(faq: Faq) -> None:
    became = {"sent": 9, "failed": 2, "blocked": 3, "deactivated": 4, "unknown": 1, "migrated": 7}
    figures = of(*(on(0, "tip", *each) for each in became.items()))
    assert figures.tips == became
    assert texts.caption(figures, faq.knowledge, "UTC").endswith(
        "9 sent, 2 failed, 7 to chats that take none any more, 1 that may not have arrived"
    )


def test_at_most_three_hours_are_busiest_and_none_without_questions() -> None:
    counts = {"00": 1, "09": 7, "20": 7, "23": 2}
    assert of(*(on(0, "hour", *each) for each in counts.items())).busiest == (
        (9, 7),
        (20, 7),
        (23, 2),
    )
    assert of(on(0, "hour", "12")).busiest == ((12, 1),)


def test_names_that_nobody_knows_do_no_harm() -> None:
    figures = of(on(0, "outcome", "guess"), on(0, "hour", "25"), on(0, "weather", "rain"))
    assert (figures.questions, sum(figures.hours)) == (0, 0)


# Caption


def test_the_caption_tells_all_figures(faq: Faq) -> None:
    figures = of(
        on(0, "outcome", "answer", 1_200),
        on(1, "outcome", "unknown", 300),
        on(1, "entry", "chain.slip", 1_000),
        on(1, "entry", "brakes.squeal", 200),
        on(1, "hour", "23", 900),
        on(1, "hour", "08", 600),
        on(1, "vote", "up", 3),
        on(1, "vote", "down"),
        on(2, "joined", count=12),
        on(2, "left", count=3),
        on(2, "tip", "sent", 1_500),
        on(2, "tip", "failed", 4),
        on(2, "tip", "deactivated"),
        on(2, "tip", "unknown", 2),
        days=30,
        subscribers=240,
    )
    assert texts.caption(figures, faq.knowledge, "America/New_York") == (
        "<b>1,500 questions in the last 30 days</b>\n"
        "answered 1,200 (80%) · not understood 300\n"
        "\n"
        "<b>Most answered</b>\n"
        "1. Why does my chain slip? (1,000)\n"
        "2. Do brakes squeal when wet? (200)\n"
        "\n"
        "<b>Helpful:</b> 3 of 4 votes (75%)\n"
        "<b>Busiest hours:</b> 23–24, 8–9 (New York)\n"
        "<b>Subscribers:</b> 240, 12 joined, 3 left\n"
        "<b>Tips:</b> 1,500 sent, 4 failed, 1 to chats that take none any more, "
        "2 that may not have arrived"
    )


def test_the_caption_of_quiet_days_says_so(faq: Faq) -> None:
    assert texts.caption(of(), faq.knowledge, "UTC") == (
        "<b>No questions in the last 7 days</b>\n"
        "\n"
        "<b>Helpful:</b> no votes\n"
        "<b>Subscribers:</b> 0\n"
        "<b>Tips:</b> none sent"
    )


def test_one_of_anything_is_said_in_the_singular(faq: Faq) -> None:
    figures = of(on(0, "outcome", "limited"), on(0, "vote", "down"), days=1)
    caption = texts.caption(figures, faq.knowledge, "UTC")
    assert caption.startswith("<b>1 question today</b>\nnot covered 1\n\n")
    assert "<b>Helpful:</b> 0 of 1 vote (0%)" in caption


def test_an_entry_that_a_reload_has_removed_is_shown_by_its_id(faq: Faq) -> None:
    caption = texts.caption(of(on(0, "entry", "old.<b>")), faq.knowledge, "UTC")
    assert "1. old.&lt;b&gt; (1)" in caption


def test_a_caption_is_never_longer_than_telegram_takes(faq: Faq) -> None:
    huge = 10**12
    figures = of(
        *(on(0, "outcome", name, huge) for name in OUTCOMES),
        *(on(0, "entry", f"{place}{'🚲&' * 40}", huge) for place in range(5)),
        *(on(0, "hour", f"{hour:02}", huge) for hour in range(24)),
        *(on(0, "vote", name, huge) for name in ("up", "down")),
        *(on(0, "tip", name, huge) for name in ("sent", "failed", "blocked", "unknown")),
        *(on(0, kind, "", huge) for kind in ("joined", "left")),
        days=MOST_DAYS,
        subscribers=huge,
    )
    caption = texts.caption(figures, faq.knowledge, "America/Argentina/Buenos_Aires")
    assert units(plain(caption)) <= texts.MOST_CAPTION
    assert html_problem(caption) is None
    assert "1. 0🚲" in caption


# Chart


def chart(figures: Figures) -> "Figure":
    """The chart with everything in its place."""
    with charts.place_for_fonts():
        from bot.features.statistics import plotting
    picture = plotting.chart(figures)
    picture.draw_without_rendering()
    return picture


@cache
def busy_chart(days: int, scale: int = 1) -> "Figure":
    """A chart that no test changes: it is drawn once, since drawing takes long."""
    return chart(busy(days, scale))


@cache
def quiet_chart(days: int) -> "Figure":
    return chart(of(on(0, "tip", "sent"), days=days))


def ticks(axis: "Axis") -> dict["Text", float]:
    """Each label along an axis and its value, without those that matplotlib makes and hides."""
    first, last = sorted(axis.get_view_interval())
    places = zip(axis.get_ticklabels(), axis.get_ticklocs(), strict=True)
    return {label: float(place) for label, place in places if first <= place <= last}


def words(axes: "Axes") -> list["Text"]:
    """All that is written in or around axes."""
    legend = axes.get_legend()
    names = [axes.xaxis.label, axes.yaxis.label]
    legends = legend.get_texts() if legend else ()
    found = [*ticks(axes.xaxis), *ticks(axes.yaxis), *names, *axes.texts, *legends]
    return [word for word in found if word.get_text()]


def stacks(axes: "Axes") -> dict[str, list[float]]:
    """Outcome → the heights of its bars."""
    return {
        str(drawn.get_label()): [bar.get_height() for bar in drawn] for drawn in axes.containers
    }


@pytest.mark.parametrize(
    ("figures", "height"),
    [(of(days=30), 1080), (busy(1), 1350), (busy(365), 1350)],
    ids=["no data", "one day", "a year"],
)
def test_the_chart_is_a_png_as_large_as_a_phone_can_show(figures: Figures, height: int) -> None:
    png = charts.draw(figures)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert (int.from_bytes(png[16:20]), int.from_bytes(png[20:24])) == (1080, height)


@pytest.mark.parametrize("days", [30, 365])
def test_all_axes_say_what_they_show(days: int) -> None:
    for axes in [*busy_chart(days).axes, *quiet_chart(days).axes]:
        assert axes.get_xlabel()
        assert axes.get_ylabel()


@pytest.mark.parametrize(
    "picture",
    [
        *(partial(busy_chart, days) for days in SPANS),
        *(partial(busy_chart, days, 123_456) for days in (1, 90)),
        *(partial(quiet_chart, days) for days in (1, 30, 365)),
    ],
)
def test_no_words_touch_each_other_or_leave_the_picture(picture: Callable[[], "Figure"]) -> None:
    drawn = picture()
    found = [*drawn.texts, *(word for axes in drawn.axes for word in words(axes))]
    boxes = {word: word.get_window_extent() for word in found}
    for word, box in boxes.items():
        assert 0 <= box.x0 < box.x1 <= drawn.bbox.x1, word
        assert 0 <= box.y0 < box.y1 <= drawn.bbox.y1, word
    assert [
        pair for pair in combinations(boxes, 2) if boxes[pair[0]].overlaps(boxes[pair[1]])
    ] == []


@pytest.mark.parametrize("days", SPANS)
def test_what_stands_below_the_bars_keeps_a_distance(days: int) -> None:
    for axes in busy_chart(days).axes:
        places = sorted(tuple(label.get_window_extent().intervalx) for label in ticks(axes.xaxis))
        assert all(left[1] + 10 < right[0] for left, right in pairwise(places))


@pytest.mark.parametrize(
    "picture",
    [
        *(partial(busy_chart, days) for days in (1, 7, 90)),
        partial(chart, of(on(0, "outcome", "answer"), on(0, "hour", "09"))),
    ],
)
def test_counts_are_marked_by_whole_numbers_from_zero(picture: Callable[[], "Figure"]) -> None:
    first, hours = picture().axes
    counting = first.yaxis if first.get_ylabel() else first.xaxis
    for axis in (counting, hours.yaxis):
        marks = list(ticks(axis).values())
        assert marks[0] == 0
        assert len(marks) >= 3
        assert all(mark.is_integer() for mark in marks)


def test_the_legend_names_what_occurs_and_nothing_else() -> None:
    figures = of(on(1, "outcome", "red_flag"), on(2, "outcome", "answer", 3))
    legend = chart(figures).axes[0].get_legend()
    assert legend
    assert [text.get_text() for text in legend.get_texts()] == ["answered", "red flag"]


def test_the_legend_hides_no_bar() -> None:
    for days in (2, 90, 365):
        axes = busy_chart(days).axes[0]
        legend = axes.get_legend()
        assert legend
        assert legend.get_window_extent().y0 >= axes.get_window_extent().y1


def test_the_bars_are_as_high_as_the_counts() -> None:
    figures = of(
        on(2, "outcome", "answer", 4), on(2, "outcome", "unknown", 2), on(0, "outcome", "unknown")
    )
    assert stacks(chart(figures).axes[0]) == {
        "answered": [0, 0, 0, 0, 4, 0, 0],
        "not understood": [0, 0, 0, 0, 2, 0, 1],
    }


def test_many_days_are_drawn_as_whole_weeks_back_from_today() -> None:
    picture = busy_chart(365)
    assert stacks(picture.axes[0])["answered"] == [7 * 9.0] * 52
    assert picture.axes[0].get_ylabel() == "questions a week"
    assert picture.get_suptitle() == "Questions, 25 Nov 2025 – 23 Nov 2026"


@pytest.mark.parametrize(("days", "bars"), [(120, 120), (121, 17)])
def test_as_many_days_as_a_phone_can_show_have_a_bar_each(days: int, bars: int) -> None:
    assert len(stacks(chart(busy(days)).axes[0])["answered"]) == bars


def test_a_question_on_a_day_before_the_first_whole_week_does_no_harm() -> None:
    axes = chart(of(on(364, "outcome", "answer"), days=365)).axes[0]
    assert [text.get_text() for text in axes.texts] == ["No questions were asked"]


def test_one_day_shows_each_outcome_beside_the_others() -> None:
    axes = busy_chart(1).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == OCCURRING
    assert [text.get_text() for text in axes.texts] == ["9", "8", "7", "6", "5", "4"]
    assert axes.get_legend() is None


def test_few_days_make_no_fat_bars() -> None:
    axes = busy_chart(2).axes[0]
    left, right = axes.get_xlim()
    assert right - left == 7


def test_a_single_question_does_not_look_like_a_crowd() -> None:
    axes = chart(of(on(0, "outcome", "answer"), days=30)).axes[0]
    assert axes.get_ylim() == (0, 5.25)


@pytest.mark.parametrize("days", [1, 30, 365])
def test_the_chart_of_quiet_days_says_so(days: int) -> None:
    (axes,) = quiet_chart(days).axes
    assert [text.get_text() for text in axes.texts] == ["No questions were asked"]
    assert axes.get_legend() is None


def test_hours_are_shown_where_they_are_known() -> None:
    _, hours = chart(of(on(0, "outcome", "answer", 3), on(0, "hour", "21", 3))).axes
    assert [bar.get_height() for bar in hours.containers[0]] == [0] * 21 + [3, 0, 0]


def test_the_title_names_the_days() -> None:
    assert texts.title([TODAY]) == "Questions on 23 Nov 2026"
    assert texts.title([dt.date(2026, 9, 1), TODAY]) == "Questions, 1 Sep – 23 Nov 2026"


@pytest.mark.parametrize("eyes", COLOUR_BLIND)
def test_all_eyes_can_tell_the_colours_apart(eyes: str) -> None:
    with charts.place_for_fonts():
        from bot.features.statistics import plotting
    seen = [_seen(colour, eyes) for colour in plotting.COLOURS.values()]
    assert list(plotting.COLOURS) == list(OUTCOMES)
    # A difference of 2 can just be seen; these are small areas.
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)) > 15
    assert min(float(np.linalg.norm(a - b)) for a, b in pairwise(seen)) > 25


def _seen(colour: str, eyes: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """A colour in CIELAB, where the distance is the difference that people see."""
    values = np.array(list(bytes.fromhex(colour[1:]))) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    red, green, blue = np.clip(np.array(COLOUR_BLIND[eyes]) @ linear, 0, 1)
    x = (0.4125 * red + 0.3576 * green + 0.1804 * blue) / 0.9505
    y = 0.2127 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9503 * blue) / 1.0891
    fx, fy, fz = (
        value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116 for value in (x, y, z)
    )
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


# Around the chart


def test_charts_drawn_at_the_same_time_do_not_disturb_each_other() -> None:
    figures = [busy(1), of()]
    alone = [charts.draw(each) for each in figures]
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(charts.draw, figures)) == alone


def test_nothing_of_a_chart_stays_in_memory() -> None:
    before = figures_in_memory()
    charts.draw(busy(7))
    assert figures_in_memory() == before


def figures_in_memory() -> int:
    gc.collect()
    return sum(type(each).__name__ == "Figure" for each in gc.get_objects())


def test_a_service_without_a_home_draws_in_silence_and_leaves_nothing_behind(
    tmp_path: Path,
) -> None:
    program = """if True:
        import datetime, logging, sys
        logging.basicConfig(level="WARNING")
        from bot.features.statistics import charts, figures
        assert "matplotlib" not in sys.modules, "a start would wait for it"
        assert charts.draw(figures.Figures.of([], 0, datetime.date(2026, 11, 23), 7))
        assert "matplotlib.pyplot" not in sys.modules, "it keeps every figure"
    """
    kept = {
        name: os.environ[name] for name in ("PATH", "COVERAGE_PROCESS_START") if name in os.environ
    }
    done = subprocess.run(  # noqa: S603 - this program itself
        [sys.executable, "-W", "error", "-c", program],
        env={**kept, "HOME": "/dev/null/home", "TMPDIR": str(tmp_path)},
        capture_output=True,
        check=False,
        text=True,
    )
    assert (done.stderr, done.returncode) == ("", 0)
    assert list(tmp_path.iterdir()) == []
