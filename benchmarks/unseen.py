"""Figures on a set that was written after the code and opened once.

    python -m benchmarks.unseen [--words]

The writers had seen neither phrasings nor code nor each other's rows. Beside each share stands its
95 % interval, by the bootstrap (Efron 1979) over 1,000 samples. `--words` leaves the sentence
encoder out. The last line is the usual bot: the best WRatio over a cut-off.
"""

import csv
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from benchmarks.answers import mistyped, usual
from bot.answering import evaluation, loading
from bot.answering.evaluation import Kind, Result
from bot.answering.faq import Faq
from bot.conversation.context import Context, converse
from bot.knowledge import base
from bot.language import encoder

UNSEEN = Path(__file__).parent / "unseen"
SAMPLES = 1_000
PAUSE = 5.0
"""Seconds between two messages of a dialog."""


def main() -> None:
    if "--words" in sys.argv:
        encoder.PACKAGE = "no_such_package"
    faq = loading.load(base.shipped())
    plain = evaluation.read(UNSEEN / "questions.tsv")
    for name, questions in (("questions", plain), ("questions with typos", mistyped(plain))):
        _questions(name, evaluation.evaluate(questions, faq.ask))
    _dangers(faq)
    _two(faq)
    _dialogs(faq)
    _questions("WRatio", usual(faq, plain))


def _questions(name: str, results: Sequence[Result]) -> None:
    covered = [r for r in results if r.question.covered]
    tell(f"{name}: right topic first", [r.right_topic for r in covered])
    tell(f"{name}: answered rightly", [r.answered and r.right_topic for r in covered])
    tell(f"{name}: answered wrongly", [r.answered and not r.right_topic for r in covered])
    for kind in (Kind.NEAR, Kind.FAR):
        of_kind = [r.answered for r in results if r.question.kind is kind]
        tell(f"{name}: {kind.value} falsely answered", of_kind)


def _dangers(faq: Faq) -> None:
    found = [(row["flag"], faq.ask(row["text"]).outcome) for row in _rows("dangers.tsv")]
    dangers = [outcome for flag, outcome in found if flag == "yes"]
    tell("dangers: flagged", [outcome == "red_flag" for outcome in dangers])
    tell("dangers: answered cheerfully", [outcome == "answer" for outcome in dangers])
    alarms = [outcome == "red_flag" for flag, outcome in found if flag == "no"]
    tell("look-alikes: alarmed", alarms)


def _two(faq: Faq) -> None:
    for kind in ("both", "one"):
        rows = [row for row in _rows("two.tsv") if row["kind"] == kind]
        replies = [(faq.ask(row["question"]), row["gold"]) for row in rows]
        right = [r.outcome == "answer" and {*r.topics} == {*gold.split("+")} for r, gold in replies]
        tell(f"two topics: {kind} answered", right)


def _dialogs(faq: Faq) -> None:
    found: dict[str, list[bool]] = {}
    moment = 0.0
    for _, messages in groupby(_rows("dialogs.tsv"), lambda row: row["dialog"]):
        context = Context()
        for row in messages:
            moment += PAUSE
            turn = converse(faq, row["message"], context, moment)
            context, reply = turn.context, turn.reply
            right = _fits(row, reply.outcome, reply.topics)
            found.setdefault(row["kind"], []).append(right)
    for kind, rights in found.items():
        tell(f"dialogs: {kind} right", rights)


def _fits(row: dict[str, str], outcome: str, topics: Sequence[str]) -> bool:
    gold = row["gold"].split("|")
    if row["kind"] == "limit":
        return outcome == "limited"
    if outcome in {"answer", "suggestions"}:
        return topics[0] in gold or (outcome == "suggestions" and "none" in gold)
    if outcome in {"red_flag", "smalltalk"}:
        return outcome in gold or (outcome == "smalltalk" and "none" in gold)
    return bool({"none", "smalltalk"} & {*gold})


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (UNSEEN / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def tell(name: str, hits: Sequence[bool], show: Callable[[str], None] = print) -> None:
    """Print a share and its interval."""
    low, high = interval(hits)
    show(f"{name:44}{sum(hits) / max(1, len(hits)):7.3f}  [{low:.3f}, {high:.3f}]  of {len(hits)}")


def interval(hits: Sequence[bool]) -> tuple[float, float]:
    """The bounds between which 95 of 100 samples of these hits lie; 0..1."""
    if not hits:
        return 0.0, 0.0
    chance = random.Random(0)  # noqa: S311 - must be the same in every run
    means = sorted(sum(chance.choices(hits, k=len(hits))) / len(hits) for _ in range(SAMPLES))
    return means[SAMPLES // 40], means[-SAMPLES // 40 - 1]


if __name__ == "__main__":
    main()
