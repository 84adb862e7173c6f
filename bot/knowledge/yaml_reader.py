"""YAML files as plain values that remember where each of them stood.

PyYAML reads `no` as False, `1:30` as 90, `012` as 10, and lets a second key replace the first. So
the events are read here instead: text stays text, and what YAML would have bent is a problem.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from bot.errors import Problem
from bot.knowledge import yaml_errors
from bot.markup import short

Place = tuple[int, int]
"""Line and column, counted from 1."""
Loc = tuple[str | int, ...]
"""Keys and positions from the top of a file down to a value, as Pydantic gives them."""

_TEXT = "tag:yaml.org,2002:str"
_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_READ_AS = {
    "bool": "yes or no",
    "int": "a number",
    "float": "a number",
    "null": "nothing",
    "timestamp": "a date",
    "value": "a default value",
    "merge": "a merge of keys",
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DECIMAL = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?")
_BOOLS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Bent:
    """A value that YAML reads as something else than the text that was written."""

    text: str
    read_as: str


@dataclass(frozen=True, slots=True)
class Source:
    """One parsed file."""

    file: str
    value: object = None
    """Of dicts, lists, text, and dates, numbers, true, false or `Bent`; None for nothing."""
    places: dict[Loc, Place] = field(default_factory=dict)
    bent: dict[Loc, Bent] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def place(self, loc: Loc) -> Place:
        """Where a value stands, or the nearest value around it."""
        while loc and loc not in self.places:
            loc = loc[:-1]
        return self.places.get(loc, (1, 1))

    def problem(self, loc: Loc, what: str) -> Problem:
        return Problem(self.file, *self.place(loc), what)

    def texts(self, *path: str | None) -> Iterator[tuple[Loc, str]]:
        """Texts at a path, where None is every item of a list; what is of another type is left."""
        yield from _texts(self.value, path, ())


def _texts(value: object, path: tuple[str | None, ...], loc: Loc) -> Iterator[tuple[Loc, str]]:
    if not path:
        if isinstance(value, str):
            yield loc, value.strip()
    elif path[0] is not None:
        if isinstance(value, dict):
            yield from _texts(value.get(path[0]), path[1:], (*loc, path[0]))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _texts(item, path[1:], (*loc, i))


def parse(data: bytes, file: str) -> Source:
    """Parse YAML; what is wrong with it is in `problems`, nothing is raised.

    `file` is the name that problems give.
    """
    if found := yaml_errors.undecodable(data):
        return Source(file, problems=(Problem(file, *found),))
    text = data.decode("utf-8-sig")
    if found := yaml_errors.refused(text):
        return Source(file, problems=(Problem(file, *found),))
    try:
        reader = _Reader(file, _LOADER(text))
        value = reader.document()
    except _TrapError as trap:
        return Source(file, problems=(Problem(file, *_place(trap.event), str(trap)),))
    except yaml.MarkedYAMLError as error:
        return Source(file, problems=(Problem(file, *yaml_errors.explain(error, text)),))
    return Source(file, value, reader.places, reader.bent, tuple(reader.problems))


class _TrapError(Exception):
    """Something that ends the reading of a file."""

    def __init__(self, event: yaml.Event, what: str) -> None:
        super().__init__(what)
        self.event = event


def _trapped(event: yaml.Event) -> str | None:
    """Aliases can blow up a small file; anchors and tags are mostly text without its quotes."""
    if isinstance(event, yaml.AliasEvent):
        return "a value cannot begin with *; put it in quotes"
    if getattr(event, "anchor", None):
        return "a value cannot begin with &; put it in quotes"
    if getattr(event, "tag", None):
        return "a value cannot begin with !; put it in quotes"
    return None


def _place(event: yaml.Event) -> Place:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


@dataclass(slots=True)
class _Reader:
    """Follows the events of one file and notes where each value stood and what is wrong."""

    file: str
    loader: Any
    """PyYAML's; its C half has no types. It would also build values, but bends them."""
    places: dict[Loc, Place] = field(default_factory=dict)
    bent: dict[Loc, Bent] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    depth: int = 0

    def document(self) -> object:
        """The value of the only document; None where there is none."""
        value = None
        while not isinstance(event := self.next(), yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                if self.places:
                    what = "a second document begins here; put it in a file of its own"
                    raise _TrapError(event, what)
                value = self.value(self.next(), ())
        return value

    def next(self) -> yaml.Event:
        event: yaml.Event = self.loader.get_event()
        if isinstance(event, yaml.NodeEvent) and (what := _trapped(event)):
            raise _TrapError(event, what)
        self.depth += isinstance(event, yaml.CollectionStartEvent)
        self.depth -= isinstance(event, yaml.CollectionEndEvent)
        if self.depth > yaml_errors.MAX_DEPTH:
            raise _TrapError(event, yaml_errors.TOO_DEEP)
        return event

    def value(self, event: Any, loc: Loc) -> object:  # noqa: ANN401 - of several kinds
        self.places[loc] = _place(event)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(loc)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(loc)
        tag = self.tag(event)
        if tag == _TEXT:
            return str(event.value)
        self.bent[loc] = bent = Bent(str(event.value), _READ_AS[tag.rpartition(":")[2]])
        return _plain(bent)

    def sequence(self, loc: Loc) -> list[object]:
        found: list[object] = []
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            found.append(self.value(event, (*loc, len(found))))
        return found

    def mapping(self, loc: Loc) -> dict[str, object]:
        found: dict[str, object] = {}
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            key = str(event.value) if isinstance(event, yaml.ScalarEvent) else ""
            what = self.no_key(event)
            if not what and key in found:
                first = self.places[(*loc, key)][0]
                what = f"the key '{short(key)}' stands in line {first} already; keep one of the two"
            if what:
                self.problems.append(Problem(self.file, *_place(event), what))
                self.pass_over(event)
                self.pass_over(self.next())
            else:
                found[key] = self.value(self.next(), (*loc, key))
                self.places[(*loc, key)] = _place(event)
        return found

    def pass_over(self, event: yaml.Event) -> None:
        """Pass over the rest of a value."""
        depth = self.depth
        while isinstance(event, yaml.CollectionStartEvent) and self.depth >= depth:
            self.next()

    def tag(self, event: yaml.ScalarEvent) -> str:
        """What YAML takes a scalar for."""
        return str(self.loader.resolve(yaml.ScalarNode, event.value, event.implicit))

    def no_key(self, event: yaml.Event) -> str | None:
        """Why this cannot be a key."""
        if not isinstance(event, yaml.ScalarEvent):
            return "a key must be text; put it in quotes"
        tag = self.tag(event)
        if tag == _TEXT:
            return None
        if not event.value:
            return "a key is missing here; write it before the colon"
        if event.value == "<<":
            return "keys cannot be merged with <<; write them out"
        written, read_as = short(event.value), _READ_AS[tag.rpartition(":")[2]]
        return f'a key must be text, but YAML reads {written} as {read_as}; write "{written}"'


def _plain(bent: Bent) -> object:
    """The value of what is surely no text: a date, a number, true or false."""
    if bent.text in _BOOLS:
        return _BOOLS[bent.text]
    if _DECIMAL.fullmatch(bent.text):
        return float(bent.text)
    if _DATE.fullmatch(bent.text):
        try:
            return dt.date.fromisoformat(bent.text)
        except ValueError:
            return bent
    return bent
