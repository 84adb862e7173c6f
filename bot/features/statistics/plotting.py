"""The chart of /stats as a matplotlib figure: made for a phone, and for every kind of eyes.

All that it should look like is said to the figure itself: what `pyplot` and `rcParams` are told
counts for all threads.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from bot.features.statistics import texts
from bot.features.statistics.figures import Figures

DOTS = 100
"""Pixels an inch."""
WIDTH, HEIGHT, LOW = 10.8, 13.5, 10.8
"""Inches; `LOW` is the height of a chart without the hours."""
TITLE, LABEL, TICK = 25, 21, 20
INK, QUIET, PLAIN, LINE = "#22262B", "#5B636D", "#8E99A6", "#DDE1E6"
COLOURS = {
    "answer": "#2C6FA8",
    "suggestions": "#86C5EA",
    "limited": "#E8B84A",
    "red_flag": "#C0506F",
    "smalltalk": "#D9D5CC",
    "unknown": "#453C4C",
}
"""Apart in lightness too, so that colour-blind people tell them from each other."""
BAR = 0.85
"""How much of its place a bar fills."""
ROOM = 7
"""There is room for so many bars at least, so that fewer do not grow fat."""
MOST_BARS = 120
"""What a phone can show; more days than that are drawn as weeks."""
MOST_LABELS = 7
FEW = 5
"""Axes reach so far at least."""
STEPS = (1, 2, 5, 7, 14, 21)
"""Days from one label to the next."""


def png(figures: Figures) -> bytes:
    """The chart as a file."""
    drawn, file = chart(figures), BytesIO()
    canvas = FigureCanvasAgg(drawn)
    canvas.print_figure(file, format="png")
    # All parts point to each other: its memory would wait for the garbage collector, for long.
    canvas.renderer.__dict__.clear()
    drawn.clear()
    return file.getvalue()


def chart(figures: Figures) -> Figure:
    """What was asked on the days; below it at what hour, where that is known."""
    size = 1 if len(figures.days) <= MOST_BARS else 7
    shown = _whole(figures, size)
    rows = [5, 2] if any(figures.hours) else [1]
    drawn = Figure(
        (WIDTH, HEIGHT if len(rows) > 1 else LOW),
        DOTS,
        facecolor="white",
        layout=ConstrainedLayoutEngine(w_pad=0.3, h_pad=0.3),
    )
    title = texts.title(shown.days)
    drawn.suptitle(title, x=0.03, ha="left", fontsize=TITLE, weight="bold", color=INK)
    above, *below = drawn.subplots(len(rows), height_ratios=rows, squeeze=False)[:, 0]
    for axes in below:
        _hours(axes, shown.hours)
    if shown.questions and len(shown.days) == 1:
        _one_day(above, shown)
    else:
        _days(above, shown, size)
        drawn.align_ylabels()
    return drawn


def _whole(figures: Figures, size: int) -> Figures:
    """Without the oldest days that do not fill a bar, which would look like a bad week."""
    begin = len(figures.days) % size
    outcomes = {name: counts[begin:] for name, counts in figures.outcomes.items()}
    return replace(figures, days=figures.days[begin:], outcomes=outcomes)


def _one_day(axes: Axes, figures: Figures) -> None:
    """Beside each other: one single stack would be hard to read."""
    totals = figures.totals
    names = [texts.OUTCOMES[name] for name in totals]
    bars = axes.barh(names, list(totals.values()), BAR, color=[COLOURS[name] for name in totals])
    axes.bar_label(bars, fmt="{:,.0f}", padding=8, fontsize=LABEL, color=INK)
    axes.invert_yaxis()
    axes.set_xlim(0, _top(max(totals.values()), 1.15))
    _name(axes, texts.NUMBER, "")
    _count_along(axes, "x", 4)


def _days(axes: Axes, figures: Figures, size: int) -> None:
    """A stack for each day, or for each week where the days are too many."""
    total = len(figures.days)
    stacked = _stack(axes, figures, size)
    margin = max(0, ROOM - len(stacked)) / 2
    axes.set_xlim(-margin, total + margin)
    axes.set_ylim(0, _top(max(stacked)))
    _count_along(axes, "y", 6)
    if size == 1:
        axes.set_xticks(*_dates(figures.days))
        _name(axes, texts.DAY, texts.A_DAY)
    else:
        axes.set_xticks(*_months(figures.days))
        axes.tick_params("x", length=8, pad=8, color=QUIET)
        _name(axes, texts.WEEK, texts.A_WEEK)
    if figures.questions:
        _legend(axes)
    else:
        _nothing(axes)


def _legend(axes: Axes) -> None:
    """Above the bars, where it hides nothing."""
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=3,
        fontsize=LABEL,
        labelcolor=INK,
        frameon=False,
        borderaxespad=0.3,
        borderpad=0,
        handlelength=1,
        handleheight=1,
    )


def _nothing(axes: Axes) -> None:
    axes.set_yticks([0])
    axes.text(
        0.5,
        0.5,
        texts.NO_QUESTIONS,
        transform=axes.transAxes,
        ha="center",
        va="center",
        fontsize=TITLE,
        color=QUIET,
    )


def _stack(axes: Axes, figures: Figures, size: int) -> list[int]:
    """Draw all bars, each of so many days; returns how high they have become."""
    begins = range(0, len(figures.days), size)
    middles = [begin + size / 2 for begin in begins]
    reached = [0] * len(begins)
    for name, counts in figures.outcomes.items():
        heights = [sum(counts[begin : begin + size]) for begin in begins]
        if any(heights):
            colour, label = COLOURS[name], texts.OUTCOMES[name]
            axes.bar(middles, heights, size * BAR, reached, color=colour, label=label)
            reached = [below + height for below, height in zip(reached, heights, strict=True)]
    return reached


def _hours(axes: Axes, counts: Sequence[int]) -> None:
    axes.bar([hour + 0.5 for hour in range(24)], counts, BAR, color=PLAIN)
    axes.set_xlim(0, 24)
    axes.set_ylim(0, _top(max(counts)))
    axes.set_xticks(range(0, 25, 3))
    _name(axes, texts.HOUR, texts.IN_AN_HOUR)
    _count_along(axes, "y", 5)


def _dates(days: Sequence[dt.date]) -> tuple[list[float], list[str]]:
    """Where labels stand below the bars of days, and what they say; today has one."""
    step = next(step for step in STEPS if len(days) <= step * MOST_LABELS)
    places = range(len(days) - 1, -1, -step)
    return [place + 0.5 for place in places], [f"{days[p].day} {days[p]:%b}" for p in places]


def _months(days: Sequence[dt.date]) -> tuple[list[float], list[str]]:
    """The same for weeks: where months begin, each January with its year."""
    step = 1 if len(days) <= 31 * MOST_LABELS else 2
    found = [
        (place, day)
        for place, day in enumerate(days)
        if day.day == 1 and (day.month - 1) % step == 0
    ]
    labels = [f"{day:%b}\n{day.year}" if day.month == 1 else f"{day:%b}" for _, day in found]
    return [float(place) for place, _ in found], labels


def _name(axes: Axes, across: str, up: str) -> None:
    axes.set_xlabel(across, fontsize=LABEL, color=QUIET)
    axes.set_ylabel(up, fontsize=LABEL, color=QUIET)


def _top(most: int, room: float = 1.05) -> float:
    """Where an axis ends: a single question should not look like a crowd."""
    return max(most, FEW) * room


def _count_along(axes: Axes, counting: str, most: int) -> None:
    """Whole numbers and thin lines along one axis, and nothing that carries no meaning."""
    axis = axes.yaxis if counting == "y" else axes.xaxis
    axis.set_major_locator(MaxNLocator(most, integer=True, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axis.grid(color=LINE, linewidth=1.5)
    axes.set_axisbelow(True)
    axes.tick_params("x", length=0, pad=14, labelsize=TICK, labelcolor=INK)
    axes.tick_params("y", length=0, pad=8, labelsize=TICK, labelcolor=INK)
    for side, spine in axes.spines.items():
        spine.set_visible(side == ("bottom" if counting == "y" else "left"))
        spine.set_color(QUIET)
