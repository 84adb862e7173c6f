"""The chart of /stats as a matplotlib figure: made for a phone, and for colour-blind people too.

The figure itself is told all about its looks: `pyplot` and `rcParams` would change every thread.
"""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from math import ceil

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from bot.features.statistics import texts
from bot.features.statistics.figures import Figures

DOTS = 100
"""Pixels in an inch."""
WIDTH, HEIGHT, LOW = 10.8, 13.5, 10.8
"""Inches; `LOW` is the height of a chart without hours."""
TITLE, LABEL, TICK = 25, 21, 20
"""Sizes of letters, in points."""
INK, QUIET, PLAIN, LINE = "#22262B", "#5B636D", "#8E99A6", "#DDE1E6"
COLOURS = {
    "answer": "#2C6FA8",
    "suggestions": "#86C5EA",
    "limited": "#E8B84A",
    "red_flag": "#C0506F",
    "smalltalk": "#D9D5CC",
    "unknown": "#453C4C",
}
"""They differ in lightness too, so that colour-blind people can tell them apart."""
BAR = 0.85
"""The part of its place that a bar fills."""
ROOM = 7
"""The chart has room for at least so many bars: few bars do not grow fat."""
MOST_BARS = 120
"""A phone can show no more; more days than that are drawn as weeks."""
MOST_LABELS = 7
FEW = 5
"""An axis reaches at least so far: a single question does not look like a crowd."""


def png(figures: Figures) -> bytes:
    """The chart as a file."""
    drawn, file = chart(figures), BytesIO()
    canvas = FigureCanvasAgg(drawn)
    canvas.print_figure(file, format="png")
    # The parts point to each other, so the garbage collector would free their memory only late.
    canvas.renderer.__dict__.clear()
    drawn.clear()
    return file.getvalue()


def chart(figures: Figures) -> Figure:
    """The questions of the days, and below them those of each hour if the hours are known."""
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
    """Leave out the oldest days that do not fill a bar: they would look like a bad week."""
    begin = len(figures.days) % size
    outcomes = {name: counts[begin:] for name, counts in figures.outcomes.items()}
    return replace(figures, days=figures.days[begin:], outcomes=outcomes)


def _one_day(axes: Axes, figures: Figures) -> None:
    """Draw the outcomes beside each other: one stack alone would be hard to read."""
    totals = figures.totals
    names = [texts.OUTCOMES[name] for name in totals]
    bars = axes.barh(names, list(totals.values()), BAR, color=[COLOURS[name] for name in totals])
    axes.bar_label(bars, fmt="{:,.0f}", padding=8, fontsize=LABEL, color=INK)
    axes.invert_yaxis()
    axes.set_xlim(0, max(*totals.values(), FEW) * 1.15)
    _name(axes, texts.NUMBER, "")
    _count_along(axes, "x", 4)


def _days(axes: Axes, figures: Figures, size: int) -> None:
    """Draw a stack for each day, or for each week if the days are too many."""
    stacked = _stack(axes, figures, size)
    bars, first_days = len(stacked), figures.days[::size]
    margin = max(0, ROOM - bars) / 2
    axes.set_xlim(-margin, bars + margin)
    axes.set_ylim(0, max(*stacked, FEW) * 1.05)
    # The newest bar has a label; so do others, evenly, back from there.
    labelled = range(bars - 1, -1, -ceil(bars / MOST_LABELS))
    dates = [f"{first_days[bar].day} {first_days[bar]:%b}" for bar in labelled]
    axes.set_xticks([bar + 0.5 for bar in labelled], dates)
    _name(axes, *((texts.DAY, texts.A_DAY) if size == 1 else (texts.WEEK, texts.A_WEEK)))
    _count_along(axes, "y", 6)
    if figures.questions:
        _legend(axes)
    else:
        axes.set_yticks([0])
        axes.text(bars / 2, FEW / 2, texts.NO_QUESTIONS, ha="center", fontsize=TITLE, color=QUIET)


def _stack(axes: Axes, figures: Figures, size: int) -> list[int]:
    """Draw all bars, each of so many days; returns the height of each."""
    begins = range(0, len(figures.days), size)
    reached = [0] * len(begins)
    for name, counts in figures.outcomes.items():
        heights = [sum(counts[begin : begin + size]) for begin in begins]
        if any(heights):
            places = [bar + 0.5 for bar in range(len(begins))]
            colour, label = COLOURS[name], texts.OUTCOMES[name]
            axes.bar(places, heights, BAR, reached, color=colour, label=label)
            reached = [below + height for below, height in zip(reached, heights, strict=True)]
    return reached


def _legend(axes: Axes) -> None:
    """Put the legend above the bars, where it hides nothing."""
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=3,
        fontsize=LABEL,
        labelcolor=INK,
        frameon=False,
        handlelength=1,
        handleheight=1,
    )


def _hours(axes: Axes, counts: Sequence[int]) -> None:
    axes.bar([hour + 0.5 for hour in range(24)], counts, BAR, color=PLAIN)
    axes.set_xlim(0, 24)
    axes.set_ylim(0, max(*counts, FEW) * 1.05)
    axes.set_xticks(range(0, 25, 3))
    _name(axes, texts.HOUR, texts.IN_AN_HOUR)
    _count_along(axes, "y", 5)


def _name(axes: Axes, across: str, up: str) -> None:
    axes.set_xlabel(across, fontsize=LABEL, color=QUIET)
    axes.set_ylabel(up, fontsize=LABEL, color=QUIET)


def _count_along(axes: Axes, counting: str, most: int) -> None:
    """Mark whole numbers along one axis by thin lines, and draw nothing without a meaning."""
    axis = axes.yaxis if counting == "y" else axes.xaxis
    axis.set_major_locator(MaxNLocator(most, integer=True, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axis.grid(color=LINE, linewidth=1.5)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, pad=10, labelsize=TICK, labelcolor=INK)
    for side, spine in axes.spines.items():
        spine.set_visible(side == ("bottom" if counting == "y" else "left"))
        spine.set_color(QUIET)
