"""Reads YAML files as plain values, and notes where each of them stood.

PyYAML reads `no` as False, `1:30` as 90, `012` as 10, and lets a second key replace the first. This
reader follows its events instead: text stays text, and what YAML would have bent is a problem.
"""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from bot.errors import Problem
from bot.knowledge import yaml_errors
from bot.knowledge.faults import causes, lines, values
from bot.knowledge.yaml_errors import Place, Unreadable, place
from bot.markup import short

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
    """A value that YAML does not read as the text that was written."""

    text: str
    read_as: str

    def must_be_text(self, key: str) -> str:
        """The sentence for a place where only text can stand."""
        written = short(self.text)
        return f'{key} must be text, but YAML reads {written} as {self.read_as}; write "{written}"'


@dataclass(frozen=True, slots=True)
class Source:
    """One parsed file."""

    file: str
    value: object = None
    """Made of dicts, lists, texts, dates, numbers, true, false and `Bent`; None for nothing."""
    places: dict[Loc, Place] = field(default_factory=dict)
    bent: dict[Loc, Bent] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    cut: Place | None = None
    """The end of a file whose last line does not end: it may be the first half of another."""

    def place(self, loc: Loc) -> Place:
        """The place of a value, or of the nearest value around it."""
        while loc and loc not in self.places:
            loc = loc[:-1]
        return self.places.get(loc, (1, 1))

    def problem(self, loc: Loc, what: str) -> Problem:
        return Problem(self.file, *self.place(loc), what)


def texts(value: object, path: Sequence[str | None], loc: Loc = ()) -> Iterator[tuple[Loc, str]]:
    """Texts at a path in a value; values of another type are passed over.

    None in a path is every item of a list.
    """
    if not path:
        if isinstance(value, str):
            yield loc, value.strip()
    elif path[0] is not None:
        if isinstance(value, dict):
            yield from texts(value.get(path[0]), path[1:], (*loc, path[0]))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from texts(item, path[1:], (*loc, i))


def parse(data: bytes, file: str) -> Source:
    """Parse YAML; mistakes in it are in `problems`, nothing is raised.

    `file` is the name that problems give.
    """
    try:
        return _read(yaml_errors.decoded(data), file)
    except Unreadable as error:
        return Source(file, problems=(Problem(file, *error.args),))


def _read(text: str, file: str) -> Source:
    lines.check(text)
    reader = _Reader(file, _LOADER(text), text.splitlines())
    try:
        value = reader.document()
    except yaml.MarkedYAMLError as error:
        what = _cause(error, text, reader)
        # Whoever reads both mends the first, and the second goes with it.
        faults = [problem for problem in reader.problems if problem.line <= what.line]
        return Source(file, problems=(*faults, replace(what, follows=bool(faults))))
    cut = None if text.endswith(("\n", "\r")) else _end(reader.lines)
    return Source(file, value, reader.places, reader.bent, tuple(reader.problems), cut)


def _end(lines: Sequence[str]) -> Place:
    return len(lines) or 1, len(lines[-1]) + 1 if lines else 1


def _cause(error: yaml.MarkedYAMLError, text: str, reader: "_Reader") -> Problem:
    """The mistake behind an error of PyYAML, where it is known; or else the error itself."""
    known, line = yaml_errors.certain(error), yaml_errors.line(error)
    last = line >= len(reader.lines) - 1 and not text.endswith(("\n", "\r"))
    if last and yaml_errors.KEY in (error.problem or ""):
        return Problem(reader.file, *_end(reader.lines), yaml_errors.UNFINISHED)
    found = None if known else causes.cause(reader.lines, line, reader.quoted)
    return Problem(reader.file, *(found or yaml_errors.explained(error, text).args))


@dataclass(slots=True)
class _Reader:
    """Follows the events of one file; notes the place of each value, and problems."""

    file: str
    loader: Any
    """PyYAML's; its C half has no types. It would also build values, but bends them."""
    lines: Sequence[str]
    """The text, for what is seen better there."""
    places: dict[Loc, Place] = field(default_factory=dict)
    bent: dict[Loc, Bent] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    depth: int = 0
    bracket: int = 0
    """The depth at which a list or mapping in brackets began; 0 outside of one."""
    quoted: tuple[Any, Any] | None = None
    """Where the value just read begins and ends, if it stands in quotes."""

    def document(self) -> object:
        """The value of the only document; None where there is none."""
        value = None
        while not isinstance(event := self.next(), yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                if self.places:
                    what = "a second document begins here; put it in a file of its own"
                    raise Unreadable(*place(event.start_mark), what)
                value = self.value(self.next(), ())
        return value

    def next(self) -> yaml.Event:
        event: yaml.Event = self.loader.get_event()
        if isinstance(event, yaml.NodeEvent) and (what := yaml_errors.trapped(event)):
            raise Unreadable(*place(event.start_mark), what)
        self.depth += isinstance(event, yaml.CollectionStartEvent)
        if not self.bracket and getattr(event, "flow_style", False):
            self.bracket = self.depth
        if isinstance(event, yaml.CollectionEndEvent):
            self.bracket = 0 if self.bracket == self.depth else self.bracket
            self.depth -= 1
        marks = event.start_mark, event.end_mark
        self.quoted = marks if getattr(event, "style", None) in {"'", '"'} else None
        if self.depth > yaml_errors.MAX_DEPTH:
            raise Unreadable(*place(event.start_mark), yaml_errors.TOO_DEEP)
        return event

    def value(self, event: Any, loc: Loc) -> object:  # noqa: ANN401 - of several kinds
        self.places[loc] = place(event.start_mark)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(loc)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(loc)
        if not self.bracket:
            faults = values.faults(event, self.lines, loc)
            self.problems.extend(Problem(self.file, *fault) for fault in faults)
        if not (bent := self.bent_by(event)):
            return str(event.value)
        self.bent[loc] = bent
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
                self.problems.append(Problem(self.file, *place(event.start_mark), what))
                self.pass_over(event)
                self.pass_over(self.next())
            else:
                found[key] = self.value(self.next(), (*loc, key))
                self.places[(*loc, key)] = place(event.start_mark)
        return found

    def pass_over(self, event: yaml.Event) -> None:
        """Pass over the rest of a value."""
        depth = self.depth
        while isinstance(event, yaml.CollectionStartEvent) and self.depth >= depth:
            self.next()

    def bent_by(self, event: yaml.ScalarEvent) -> Bent | None:
        """A scalar that YAML takes for something else than text; None for text."""
        tag = str(self.loader.resolve(yaml.ScalarNode, event.value, event.implicit))
        return None if tag == _TEXT else Bent(str(event.value), _READ_AS[tag.rpartition(":")[2]])

    def no_key(self, event: yaml.Event) -> str | None:
        """The reason why this cannot be a key; None where it can."""
        if not isinstance(event, yaml.ScalarEvent):
            return "a key must be text; put it in quotes"
        bent = self.bent_by(event)
        if bent and not bent.text:
            return "a key is missing here; write it before the colon"
        if bent and bent.text == "<<":
            return "keys cannot be merged with <<; write them out"
        return bent.must_be_text("a key") if bent else None


def _plain(bent: Bent) -> object:
    """A date, a number, true or false, where it surely is one."""
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
