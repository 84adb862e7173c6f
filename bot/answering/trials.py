"""Dangers and whole dialogs, told to the bot as a file has them.

A file of dangers has the columns `text`, `flag` (yes or no) and `theme`. A file of dialogs has
`dialog` (lines of one dialog stand together), `message`, `gold` (what is right, joined by `|`: ids
of topics, or red_flag, smalltalk, none) and `kind`; of the kind `limit`, only a limit is right.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from bot.answering import evaluation
from bot.answering.evaluation import counted, spread
from bot.answering.replies import Reply
from bot.errors import InputError

DANGERS = ["text", "flag", "theme"]
DIALOGS = ["dialog", "message", "gold", "kind"]
LIMIT = "limit"
HEADERS = (evaluation.HEADER, DANGERS, DIALOGS)

Ask = Callable[[str], Reply]
Begin = Callable[[], Ask]
"""Begins a chat; what it gives reads each message with those before."""


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence that tells of a danger, or only looks like one, and the outcome of its reply."""

    text: str
    danger: bool
    theme: str
    outcome: str

    @property
    def mistake(self) -> str:
        """The kind of mistake; empty where the reply is right."""
        if not self.danger:
            return f"false alarm: {self.theme}" if self.flagged else ""
        return "" if self.flagged else f"missed flag: {self.theme}"

    @property
    def flagged(self) -> bool:
        return self.outcome == "red_flag"


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a dialog, and the reply to it."""

    message: str
    gold: tuple[str, ...]
    kind: str
    outcome: str
    topics: tuple[str, ...]

    @property
    def right(self) -> bool:
        """True where the reply is one of those that are right."""
        if self.kind == LIMIT:
            return self.outcome == "limited"
        if self.outcome in {"answer", "suggestions"}:
            kept = self.outcome == "suggestions" and evaluation.NONE in self.gold
            return self.topics[0] in self.gold or kept
        if self.outcome in {"red_flag", "smalltalk"}:
            talk = self.outcome == "smalltalk" and evaluation.NONE in self.gold
            return self.outcome in self.gold or talk
        return bool({evaluation.NONE, "smalltalk"} & {*self.gold})

    @property
    def mistake(self) -> str:
        """The kind of mistake; empty where the reply is right."""
        return "" if self.right else f"{self.kind} lost"


def report(path: Path, ask: Ask, begin: Begin) -> str:
    """Measure the bot on a file of questions, of dangers or of dialogs; its header says which.

    Raises:
        InputError: the file cannot be read, or a line is wrong; the text shows the right form.
    """
    match (evaluation.rows(path) or [[]])[0]:
        case header if header == evaluation.HEADER:
            return evaluation.report(evaluation.evaluate(evaluation.read(path), ask))
        case header if header == DANGERS:
            return _of_dangers(dangers(path, ask))
        case header if header == DIALOGS:
            return _of_dialogs(dialogs(path, begin))
    known = ", or ".join("<tab>".join(header) for header in HEADERS)
    raise InputError(f"{path}:1: the first line must name the columns: {known}; put it above")


def dangers(path: Path, ask: Ask) -> list[Told]:
    """Ask every sentence of a file of dangers."""
    found = []
    for number, (text, flag, theme) in _lines(path, DANGERS):
        if flag not in {"yes", "no"}:
            raise InputError(f"{path}:{number}: the flag is '{flag}', expected yes or no")
        found.append(Told(text, flag == "yes", theme, ask(text).outcome))
    return found


def dialogs(path: Path, begin: Begin) -> list[Said]:
    """Hold every dialog of a file."""
    found = []
    for _, lines in groupby(_lines(path, DIALOGS), lambda line: line[1][0]):
        ask = begin()
        for _, (_, message, gold, kind) in lines:
            reply = ask(message)
            found.append(Said(message, tuple(gold.split("|")), kind, reply.outcome, reply.topics))
    return found


def _lines(path: Path, header: list[str]) -> Iterator[tuple[int, list[str]]]:
    """The number and the cells of each line below the header."""
    for number, row in enumerate(evaluation.rows(path)[1:], 2):
        if row and (len(row) != len(header) or not all(row)):
            raise InputError(f"{path}:{number}: expected {'<tab>'.join(header)}")
        if row:
            yield number, row


def _of_dangers(told: Sequence[Told]) -> str:
    danger, alike = ([t for t in told if t.danger is side] for side in (True, False))
    lines = [
        f"dangers: {len(danger)} (95 % intervals)",
        f"  flagged              {spread([t.flagged for t in danger])}",
        f"  answered cheerfully  {spread([t.outcome == 'answer' for t in danger])}",
        f"look-alikes: {len(alike)}",
        f"  alarmed              {spread([t.flagged for t in alike])}",
        *counted(t.mistake for t in told if t.mistake),
        *(f"  [{t.mistake}] {t.outcome}: {t.text}" for t in told if t.mistake),
    ]
    return "\n".join(lines)


def _of_dialogs(said: Sequence[Said]) -> str:
    kinds = Counter(s.kind for s in said)
    lines = [f"messages: {len(said)} (right by kind, 95 % intervals)"]
    for kind, count in kinds.items():
        lines.append(f"  {kind:<8}{count:5}  {spread([s.right for s in said if s.kind == kind])}")
    lines += counted(s.mistake for s in said if s.mistake)
    for s in said:
        if not s.right:
            gold = "|".join(s.gold)
            lines.append(f"  [{s.kind}: {gold}] {s.outcome} {' '.join(s.topics)}: {s.message}")
    return "\n".join(lines)
