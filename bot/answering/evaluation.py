"""How well the bot decides, measured on a file of questions.

The file has three columns, separated by tabs, under a header: `question`; `gold`, the topics that
are right, joined by `|`, with `none` where a refusal is right; and `kind`, which is `in` (covered),
`near` (next to the subject, not covered) or `far`.
"""

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from bot.answering.replies import (
    Reply,
)
from bot.errors import InputError

HEADER = ["question", "gold", "kind"]
NONE = "none"


class Kind(Enum):
    """Where a question stands to what is covered."""

    IN = "in"
    NEAR = "near"
    FAR = "far"


@dataclass(frozen=True, slots=True)
class Question:
    """One line of the file."""

    text: str
    gold: frozenset[str]
    kind: Kind

    @property
    def covered(self) -> bool:
        """Whether only an answer is right."""
        return self.kind is Kind.IN and NONE not in self.gold


@dataclass(frozen=True, slots=True)
class Result:
    """What the bot did with a question."""

    question: Question
    outcome: str
    topics: tuple[str, ...]

    @property
    def answered(self) -> bool:
        return self.outcome == "answer"

    @property
    def right_topic(self) -> bool:
        """Whether the first topic that is answered, suggested or offered is a right one."""
        return bool(self.topics) and self.topics[0] in self.question.gold


def read(path: Path) -> list[Question]:
    """Read a file of questions.

    Raises:
        InputError: names the line and what it should look like.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} cannot be read as a file of questions: {error}") from error
    if not rows or rows[0] != HEADER:
        raise InputError(f"{path}:1: the first line must be {'<tab>'.join(HEADER)}")
    return [_question(path, number, row) for number, row in enumerate(rows[1:], 2) if row]


def _question(path: Path, number: int, row: list[str]) -> Question:
    kinds = [kind.value for kind in Kind]
    if len(row) != len(HEADER) or not all(row[1].split("|")) or row[2] not in kinds:
        expected = f"question<tab>gold<tab>one of {', '.join(kinds)}"
        raise InputError(f"{path}:{number}: expected {expected}")
    return Question(row[0], frozenset(row[1].split("|")), Kind(row[2]))


def evaluate(questions: Sequence[Question], ask: Callable[[str], Reply]) -> list[Result]:
    """Ask every question."""
    results = []
    for question in questions:
        reply = ask(question.text)
        results.append(Result(question, reply.outcome, reply.topics))
    return results


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a run; shares are 0..1, and 0 where there was no such question."""

    covered: int
    right_topic: float
    """Covered questions whose first topic is right, whatever the outcome."""
    answered_right: float
    """Covered questions that are answered with a right topic."""
    answered_wrong: float
    """Covered questions that are answered with a wrong one."""
    near: int
    near_answered: float
    """Near-by questions that are answered though they are not covered."""
    far: int
    far_answered: float


def summarize(results: Sequence[Result]) -> Summary:
    """Count."""
    covered = [r for r in results if r.question.covered]
    near = [r for r in results if r.question.kind is Kind.NEAR]
    far = [r for r in results if r.question.kind is Kind.FAR]
    return Summary(
        covered=len(covered),
        right_topic=_share(covered, lambda r: r.right_topic),
        answered_right=_share(covered, lambda r: r.answered and r.right_topic),
        answered_wrong=_share(covered, lambda r: r.answered and not r.right_topic),
        near=len(near),
        near_answered=_share(near, lambda r: r.answered),
        far=len(far),
        far_answered=_share(far, lambda r: r.answered),
    )


def _share(results: Sequence[Result], test: Callable[[Result], bool]) -> float:
    return sum(map(test, results)) / len(results) if results else 0.0


def report(results: Sequence[Result]) -> str:
    """Everything that an operator wants to know, as lines of text."""
    s = summarize(results)
    lines = [
        f"covered questions: {s.covered}",
        f"  right topic first  {s.right_topic:7.1%}",
        f"  answered rightly   {s.answered_right:7.1%}",
        f"  answered wrongly   {s.answered_wrong:7.1%}",
        f"not covered, near by: {s.near}",
        f"  falsely answered   {s.near_answered:7.1%}",
        f"not covered, far off: {s.far}",
        f"  falsely answered   {s.far_answered:7.1%}",
        *_by_topic(results),
        *_confusions(results),
        *_list("answered wrongly", [r for r in results if _wrong(r)]),
        *_list("falsely answered", [r for r in results if _false(r)]),
        *_list("not answered", [r for r in results if r.question.covered and not r.answered]),
    ]
    return "\n".join(lines)


def _wrong(result: Result) -> bool:
    return result.question.covered and result.answered and not result.right_topic


def _false(result: Result) -> bool:
    return result.question.kind is not Kind.IN and result.answered


def _by_topic(results: Sequence[Result]) -> list[str]:
    covered = [r for r in results if r.question.covered]
    names = sorted({topic for r in covered for topic in r.question.gold})
    lines = ["by topic (questions, right topic first, answered rightly):"]
    for name in names:
        own = [r for r in covered if name in r.question.gold]
        right = _share(own, lambda r: r.right_topic)
        answered = _share(own, lambda r: r.answered and r.right_topic)
        lines.append(f"  {name:<16}{len(own):5}{right:8.1%}{answered:8.1%}")
    return lines


def _confusions(results: Sequence[Result]) -> list[str]:
    pairs = Counter(
        (_gold(r), r.topics[0] if r.topics else r.outcome)
        for r in results
        if r.question.covered and not r.right_topic
    )
    lines = [f"  {asked} → {got}: {count}" for (asked, got), count in pairs.most_common(8)]
    return ["worst confusions (asked → first topic):", *lines] if lines else []


def _list(title: str, results: Sequence[Result]) -> list[str]:
    lines = [f"  [{_gold(r)}] {r.outcome} {' '.join(r.topics)}: {r.question.text}" for r in results]
    return [f"{title}: {len(lines)}", *lines] if lines else []


def _gold(result: Result) -> str:
    return "|".join(sorted(result.question.gold))
