"""The bot's share of right answers, measured on a file of questions.

The file has a header and three columns, separated by tabs. `question` is the text. `gold` names the
right topics, joined by `|`; `none` means that a refusal is right. `kind` is `in` (covered), `near`
(close to the subject, but not covered) or `far`.
"""

import csv
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from bot.answering.replies import Reply
from bot.errors import InputError

HEADER = ["question", "gold", "kind"]
NONE = "none"
SAMPLES = 1_000
CURVE = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Confidences at which the curve is printed."""


class Kind(Enum):
    """The distance of a question from the covered subjects."""

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
        """True where only an answer is right, no refusal."""
        return self.kind is Kind.IN and NONE not in self.gold


@dataclass(frozen=True, slots=True)
class Result:
    """A question and the bot's reply to it."""

    question: Question
    outcome: str
    topics: tuple[str, ...]
    score: float = 0.0

    @property
    def answered(self) -> bool:
        return self.outcome == "answer"

    def would_answer(self, confidence: float) -> bool:
        """True if it is an answer or suggestions, with at least this confidence."""
        return self.outcome in {"answer", "suggestions"} and self.score >= confidence

    @property
    def right_topic(self) -> bool:
        """True where the first topic that is answered, suggested or offered is a right one."""
        return bool(self.topics) and self.topics[0] in self.question.gold


def rows(path: Path) -> list[list[str]]:
    """Read the cells of each line; the first line is the header, and empty lines are empty lists.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} cannot be read as a file of questions: {error}") from error


def read(path: Path) -> list[Question]:
    """Read a file of questions.

    Raises:
        InputError: the file cannot be read, or a line is wrong; the text shows the right form.
    """
    header, *lines = rows(path) or [[]]
    if header != HEADER:
        raise InputError(f"{path}:1: the first line must be {'<tab>'.join(HEADER)}")
    return [_question(path, number, row) for number, row in enumerate(lines, 2) if row]


def _question(path: Path, number: int, row: list[str]) -> Question:
    kinds = [kind.value for kind in Kind]
    if len(row) != len(HEADER) or not all(row[1].split("|")) or row[2] not in kinds:
        expected = f"question<tab>gold<tab>one of {', '.join(kinds)}"
        raise InputError(f"{path}:{number}: expected {expected}")
    return Question(row[0], frozenset(row[1].split("|")), Kind(row[2]))


def evaluate(questions: Sequence[Question], ask: Callable[[str], Reply]) -> list[Result]:
    """Ask every question."""
    asked = ((question, ask(question.text)) for question in questions)
    return [Result(each, reply.outcome, reply.topics, reply.score) for each, reply in asked]


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts and shares of a run. A share is 0..1, and 0 where there was no such question."""

    covered: int
    right_topic: float
    """Share of covered questions whose first topic is right, whatever the outcome."""
    answered_right: float
    """Share of covered questions that are answered with a right topic."""
    answered_wrong: float
    """Share of covered questions that are answered with a wrong topic."""
    near: int
    near_answered: float
    """Share of near-by questions that are answered though they are not covered."""
    far: int
    far_answered: float


def summarize(results: Sequence[Result]) -> Summary:
    """Count the results."""
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


def interval(hits: Sequence[bool]) -> tuple[float, float]:
    """The bounds between which 95 of 100 samples of these hits lie; 0..1."""
    if not hits:
        return 0.0, 0.0
    chance = random.Random(0)  # noqa: S311 - must be the same in every run
    means = sorted(sum(chance.choices(hits, k=len(hits))) / len(hits) for _ in range(SAMPLES))
    return means[SAMPLES // 40], means[-SAMPLES // 40 - 1]


def spread(hits: Sequence[bool]) -> str:
    """Write a share with its interval, in percent."""
    low, high = interval(hits)
    return f"{sum(hits) / max(1, len(hits)):6.1%} [{100 * low:.0f}, {100 * high:.0f}]"


def report(results: Sequence[Result]) -> str:
    """Write everything that an operator wants to know, as lines of text."""
    s = summarize(results)
    covered = [r for r in results if r.question.covered]
    strange = [r for r in results if r.question.kind is not Kind.IN]
    lines = [
        f"covered questions: {s.covered}",
        f"  right topic first  {s.right_topic:7.1%}",
        f"  answered rightly   {s.answered_right:7.1%}",
        f"  answered wrongly   {s.answered_wrong:7.1%}",
        f"not covered, near by: {s.near}",
        f"  falsely answered   {s.near_answered:7.1%}",
        f"not covered, far off: {s.far}",
        f"  falsely answered   {s.far_answered:7.1%}",
        *_curve(covered, strange),
        *_mistakes(results),
        *_by_topic(covered),
        *_confusions(covered),
        *_list("answered wrongly", [r for r in covered if r.answered and not r.right_topic]),
        *_list("falsely answered", [r for r in strange if r.answered]),
        *_list("not answered", [r for r in covered if not r.answered]),
    ]
    return "\n".join(lines)


def _curve(covered: Sequence[Result], strange: Sequence[Result]) -> list[str]:
    lines = ["if it answered from a confidence on (rightly, wrongly, falsely; 95 % intervals):"]
    for least in CURVE:
        answered = [r.would_answer(least) for r in covered]
        pairs = list(zip(covered, answered, strict=True))
        shares = (
            spread([said and r.right_topic for r, said in pairs]),
            spread([said and not r.right_topic for r, said in pairs]),
            spread([r.would_answer(least) for r in strange]),
        )
        lines.append(f"  {least:.1f}" + "".join(f"{share:>18}" for share in shares))
    return lines


def _mistakes(results: Sequence[Result]) -> list[str]:
    return counted(mistake for r in results if (mistake := _mistake(r)))


def _mistake(result: Result) -> str:
    if result.question.covered:
        wrong = "" if result.right_topic else "wrong topic"
        return wrong if result.answered else "not answered"
    strange = result.question.kind is not Kind.IN
    return f"{result.question.kind.value} answered" if strange and result.answered else ""


def counted(mistakes: Iterable[str]) -> list[str]:
    """Write how often each kind of mistake was made, the commonest first."""
    kinds = Counter(mistakes).most_common()
    lines = [f"  {kind}: {count}" for kind, count in kinds]
    return ["kinds of mistakes:", *lines] if lines else []


def _by_topic(covered: Sequence[Result]) -> list[str]:
    names = sorted({topic for r in covered for topic in r.question.gold})
    lines = ["by topic (questions, right topic first, answered rightly):"]
    for name in names:
        own = [r for r in covered if name in r.question.gold]
        right = _share(own, lambda r: r.right_topic)
        answered = _share(own, lambda r: r.answered and r.right_topic)
        lines.append(f"  {name:<16}{len(own):5}{right:8.1%}{answered:8.1%}")
    return lines


def _confusions(covered: Sequence[Result]) -> list[str]:
    wrong = [r for r in covered if not r.right_topic]
    pairs = Counter((_gold(r), r.topics[0] if r.topics else r.outcome) for r in wrong)
    lines = [f"  {asked} → {got}: {count}" for (asked, got), count in pairs.most_common(8)]
    return ["worst confusions (asked → first topic):", *lines] if lines else []


def _list(title: str, results: Sequence[Result]) -> list[str]:
    lines = [f"  [{_gold(r)}] {r.outcome} {' '.join(r.topics)}: {r.question.text}" for r in results]
    return [f"{title}: {len(lines)}", *lines] if lines else []


def _gold(result: Result) -> str:
    return "|".join(sorted(result.question.gold))
