"""The picture of the rooms in bot/, drawn from the code: from its imports and its docstrings.

    .venv/bin/python docs/draw_architecture.py

It writes architecture.svg beside this file. Rows are the levels of tests/test_layout.py. An arrow
is an import; it is left out where a longer way of arrows leads there as well.
"""

import ast
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import combinations, pairwise, permutations
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PROGRAM, LAYOUT = ROOT / "bot", ROOT / "tests" / "test_layout.py"
PICTURE = ROOT / "docs" / "architecture.svg"

WIDTH, EDGE, GAP, BETWEEN = 880, 24, 20, 32
"""All sizes are in pixels. `GAP` is between boxes, `BETWEEN` between rows."""
BOX, WIDE, LANE = 193, 440, 8
HEAD, LINE, FOOT, EM = 24, 15, 10, 6.9
CHIP, CHIP_GAP, LETTER, PORT, KEY = 20, 6, 7, 36, 24
LEGEND = 80
TITLE = "The rooms of bot/ and who imports whom"
STYLE = """
text { font: 12px system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif;
  fill: #38424d; text-anchor: middle }
.name { font: bold 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #10161d }
.chip { font: 11px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
.legend { text-anchor: start }
.page { fill: #ffffff }
.room { fill: #dfeafb; stroke: #7fa3d8 }
.pure { fill: #dcf2e0; stroke: #74b486 }
.inner { fill: #ffffff; stroke: #a9c1e4 }
.arrow { fill: none; stroke: #66717d; stroke-width: 1.5; marker-end: url(#head) }
.head { fill: #66717d }
@media (prefers-color-scheme: dark) {
  text { fill: #c3ccd6 }
  .name { fill: #f2f5f8 }
  .page { fill: #0d1117 }
  .room { fill: #182a45; stroke: #4a78bd }
  .pure { fill: #14301d; stroke: #3f8a57 }
  .inner { fill: #0d1117; stroke: #35547f }
  .arrow { stroke: #8b96a3 }
  .head { fill: #8b96a3 }
}
"""

Arrow = tuple[str, str]
Row = tuple[str, ...]
"""From left to right: rooms, and lanes. A lane has the name of the room to which it leads."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    left: float
    top: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(drawing(), "utf-8")


def drawing() -> str:
    """The whole picture as SVG."""
    drawn = arrows()
    levels = [level - {"__init__"} for level in reversed(_in_layout("LEVELS"))]
    rows = _ordered(_with_lanes(levels, drawn), drawn)
    places = _placed(rows, levels)
    height = round(places[-1][rows[-1][0]].bottom) + LEGEND
    rooms = [(n, row[n]) for row, level in zip(places, levels, strict=True) for n in sorted(level)]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" aria-labelledby="title">',
        f'<title id="title">{TITLE}</title>',
        f"<style>{STYLE}</style>",
        '<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto"><path class="head" d="M0 0 8 4 0 8z"/></marker>',
        f'<rect class="page" width="{WIDTH}" height="{height}" rx="10"/>',
        *_lines(places, levels, drawn),
        *(line for name, box in rooms for line in _room(name, box)),
        *_legend(height - LEGEND + EDGE),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def arrows() -> set[Arrow]:
    """Pairs of rooms: the first imports the second, and no longer way of arrows leads there."""
    direct: dict[str, set[str]] = {}
    for room, other in _imports():
        direct.setdefault(room, set()).add(other)

    def below(room: str) -> set[str]:
        return {room}.union(*map(below, direct.get(room, ())))

    return {
        (room, other)
        for room, others in direct.items()
        for other in others
        if not any(other in below(way) for way in others - {other})
    }


def _imports() -> Iterator[Arrow]:
    for path in PROGRAM.rglob("*.py"):
        room = path.relative_to(PROGRAM).with_suffix("").parts[0]
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            for name in _imported(node):
                program, _, inside = name.partition(".")
                other = inside.partition(".")[0]
                if program == "bot" and other not in {"", room}:
                    yield room, other


def _imported(node: ast.AST) -> Iterable[str]:
    match node:
        case ast.Import(names=names):
            return [name.name for name in names]
        case ast.ImportFrom(module=module, names=names):
            return [f"{module}.{name.name}" for name in names]
    return []


@cache
def _in_layout(name: str) -> Sequence[Any]:
    """A constant of the layout test."""
    for node in ast.parse(LAYOUT.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            value: Sequence[Any] = ast.literal_eval(node.value)
            return value
    raise LookupError(f"{LAYOUT} has no {name}")


def _with_lanes(levels: Sequence[set[str]], drawn: set[Arrow]) -> list[Row]:
    """The rooms of each level, and a lane where an arrow passes the level."""
    level = {name: number for number, names in enumerate(levels) for name in names}
    rows = [set(names) for names in levels]
    for room, other in drawn:
        for number in range(level[room] + 1, level[other]):
            rows[number].add(other)
    return [tuple(sorted(row)) for row in rows]


def _ordered(rows: Sequence[Row], drawn: set[Arrow]) -> list[Row]:
    """Each row in the order with the fewest crossings, and then with the straightest arrows."""
    best: dict[Row, tuple[float, list[Row]]] = {(): (0.0, [])}
    for row in rows:
        before = best.items()
        best = {
            order: min(
                (cost + _cost(row_above, order, drawn), [*ordered, order])
                for row_above, (cost, ordered) in before
            )
            for order in permutations(row)
        }
    return min(best.values())[1]


def _cost(upper: Row, lower: Row, drawn: set[Arrow]) -> float:
    links = [
        ((2 * i + 1) / len(upper), (2 * j + 1) / len(lower))
        for i, room in enumerate(upper)
        for j, other in enumerate(lower)
        if _linked(room, other, drawn)
    ]
    crossings = sum((a - c) * (b - d) < 0 for (a, b), (c, d) in combinations(links, 2))
    return round(100.0 * crossings + sum(abs(a - b) for a, b in links), 6)


def _linked(room: str, other: str, drawn: set[Arrow]) -> bool:
    """True where an arrow leads from one to the other in the next row."""
    return room == other or (room, other) in drawn


def _placed(rows: Sequence[Row], levels: Sequence[set[str]]) -> list[dict[str, Box]]:
    """Boxes of rooms and of lanes, by name; each row in the middle of the picture."""
    placed: list[dict[str, Box]] = []
    top = float(EDGE)
    for row, level in zip(rows, levels, strict=True):
        widths = [_width(name) if name in level else LANE for name in row]
        height = max(map(_height, level))
        left = (WIDTH - sum(widths) - GAP * (len(row) - 1)) / 2
        placed.append({})
        for name, width in zip(row, widths, strict=True):
            placed[-1][name] = Box(left, top, width, height)
            left += width + GAP
        top += height + BETWEEN
    return placed


def _width(room: str) -> int:
    """The width of a room's box: more where the room has its level for itself."""
    return WIDE if {room} in _in_layout("LEVELS") else BOX


def _height(room: str) -> float:
    floors = len(_floors(room)) * (CHIP + CHIP_GAP)
    return HEAD + LINE * len(_said(room)) + floors + FOOT


def _floors(room: str) -> Sequence[set[str]]:
    """The levels inside of a room, from the top down."""
    return list(reversed(_in_layout("FEATURES"))) if room == "features" else ()


def _said(room: str) -> list[str]:
    """The first sentence of a room's docstring, in lines."""
    path = PROGRAM / room / "__init__.py"
    tree = ast.parse((path if path.exists() else PROGRAM / f"{room}.py").read_text("utf-8"))
    first = (ast.get_docstring(tree) or "").partition("\n")[0].partition(". ")[0].rstrip(".")
    return textwrap.wrap(first.replace("`", ""), int(_width(room) / EM))


def _room(name: str, box: Box) -> Iterator[str]:
    look = "room pure" if name in _in_layout("CORE") else "room"
    yield _rectangle(box, look, 8)
    yield _text(box.middle, box.top + 17, name, "name")
    for number, line in enumerate(_said(name)):
        yield _text(box.middle, box.top + HEAD + 11 + LINE * number, line)
    top = box.top + HEAD + LINE * len(_said(name)) + CHIP_GAP
    for floor in _floors(name):
        yield from _chips(sorted(floor), box, top)
        top += CHIP + CHIP_GAP


def _chips(names: Sequence[str], box: Box, top: float) -> Iterator[str]:
    widths = [len(name) * LETTER + 18 for name in names]
    left = box.middle - (sum(widths) + CHIP_GAP * (len(names) - 1)) / 2
    for name, width in zip(names, widths, strict=True):
        chip = Box(left, top, width, CHIP)
        yield _rectangle(chip, "inner", 5)
        yield _text(chip.middle, top + 14, name, "chip")
        left += width + CHIP_GAP


def _lines(
    places: Sequence[dict[str, Box]], levels: Sequence[set[str]], drawn: set[Arrow]
) -> Iterator[str]:
    level = {name: number for number, names in enumerate(levels) for name in names}
    for room, other in sorted(drawn):
        way = [room, *[other] * (level[other] - level[room])]
        curves = [
            _curve(places[number], places[number + 1], upper, lower, drawn)
            for number, (upper, lower) in enumerate(pairwise(way), level[room])
        ]
        # Each begins where the one before has ended.
        path = " ".join([curves[0], *(curve[curve.index("C") :] for curve in curves[1:])])
        yield f'<path class="arrow" data-from="{room}" data-to="{other}" d="{path}"/>'


def _curve(
    above: dict[str, Box], below: dict[str, Box], upper: str, lower: str, drawn: set[Arrow]
) -> str:
    """A line from one row to the next, and on down along the lane if it is one."""
    out = [name for name in below if _linked(upper, name, drawn)]
    into = [name for name in above if _linked(name, lower, drawn)]
    x, y = _port(above[upper], out.index(lower), len(out)), above[upper].bottom
    end, top = _port(below[lower], into.index(upper), len(into)), below[lower].top
    middle = (y + top) / 2
    passing = f"V{below[lower].bottom:.0f}" if below[lower].width == LANE else ""
    return (
        f"M{x:.0f} {y:.0f}C{x:.0f} {middle:.0f} {end:.0f} {middle:.0f} {end:.0f} {top:.0f}{passing}"
    )


def _port(box: Box, number: int, count: int) -> float:
    """The place at which one of several arrows leaves or reaches a box."""
    if box.width == LANE:
        return box.middle
    return box.middle + (number - (count - 1) / 2) * min(PORT, box.width / (count + 1))


def _legend(top: float) -> Iterator[str]:
    pure = "touches no network, no clock and no database"
    inner = "a part of features; each row imports from the rows below"
    for left, line, look, words in (
        (EDGE + 40, 0, "room pure", pure),
        (EDGE + 380, 0, "room", "all others"),
        (EDGE + 40, 1, "inner", inner),
    ):
        here = Box(left, top + line * KEY, 22, 14)
        yield _rectangle(here, look, 3)
        yield f'<text class="legend" x="{left + 30:.0f}" y="{here.top + 11:.0f}">{words}</text>'


def _rectangle(box: Box, look: str, corner: int) -> str:
    size = f'width="{box.width:.0f}" height="{box.height:.0f}" rx="{corner}"'
    return f'<rect class="{look}" x="{box.left:.0f}" y="{box.top:.0f}" {size}/>'


def _text(x: float, y: float, words: str, look: str = "said") -> str:
    return f'<text class="{look}" x="{x:.0f}" y="{y:.0f}">{escape(words)}</text>'


if __name__ == "__main__":
    main()
