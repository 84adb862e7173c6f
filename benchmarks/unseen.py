"""Figures on sets that were written after the code and opened once.

    python -m benchmarks.unseen [--words] [SET]

The writers had seen neither phrasings nor code nor each other's rows. SET is `first`, `second` or
`third`, which is the newest and the usual one; it has questions and dangers only. Mistakes on the
older sets have been looked at since they were opened. Beside each share stands its
95 % interval, by the bootstrap (Efron 1979) over 1,000 samples. `--words` leaves the sentence
encoder out. The last line is the usual bot: the best WRatio over a cut-off.
"""

import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from benchmarks.answers import mistyped, usual
from bot.answering import evaluation, loading, trials
from bot.answering.evaluation import Kind, Result, interval
from bot.answering.faq import Faq
from bot.conversation.context import chat
from bot.knowledge import base
from bot.language import encoder

SETS = Path(__file__).parent / "unseen"


def main() -> None:
    if "--words" in sys.argv:
        encoder.PACKAGE = "no_such_package"
    folder = SETS / next((name for name in ("first", "second") if name in sys.argv), "third")
    faq = loading.load(base.shipped())
    plain = evaluation.read(folder / "questions.tsv")
    for name, questions in (("questions", plain), ("questions with typos", mistyped(plain))):
        _questions(name, evaluation.evaluate(questions, faq.ask))
    _dangers(faq, folder)
    if (folder / "dialogs.tsv").exists():
        _two(faq, folder)
        _dialogs(faq, folder)
    _questions("WRatio", usual(faq, plain))


def _questions(name: str, results: Sequence[Result]) -> None:
    covered = [r for r in results if r.question.covered]
    tell(f"{name}: right topic first", [r.right_topic for r in covered])
    tell(f"{name}: answered rightly", [r.answered and r.right_topic for r in covered])
    tell(f"{name}: answered wrongly", [r.answered and not r.right_topic for r in covered])
    for kind in (Kind.NEAR, Kind.FAR):
        of_kind = [r.answered for r in results if r.question.kind is kind]
        tell(f"{name}: {kind.value} falsely answered", of_kind)


def _dangers(faq: Faq, folder: Path) -> None:
    told = trials.dangers(folder / "dangers.tsv", faq.ask)
    dangers = [each for each in told if each.danger]
    tell("dangers: flagged", [each.flagged for each in dangers])
    tell("dangers: answered cheerfully", [each.outcome == "answer" for each in dangers])
    tell("look-alikes: alarmed", [each.flagged for each in told if not each.danger])


def _two(faq: Faq, folder: Path) -> None:
    for kind in ("both", "one"):
        rows = [row for row in _rows(folder / "two.tsv") if row["kind"] == kind]
        replies = [(faq.ask(row["question"]), row["gold"]) for row in rows]
        right = [r.outcome == "answer" and {*r.topics} == {*gold.split("+")} for r, gold in replies]
        tell(f"two topics: {kind} answered", right)


def _dialogs(faq: Faq, folder: Path) -> None:
    said = trials.dialogs(folder / "dialogs.tsv", partial(chat, faq))
    for kind in dict.fromkeys(each.kind for each in said):
        tell(f"dialogs: {kind} right", [each.right for each in said if each.kind == kind])


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def tell(name: str, hits: Sequence[bool], show: Callable[[str], None] = print) -> None:
    """Print a share and its interval."""
    low, high = interval(hits)
    show(f"{name:44}{sum(hits) / max(1, len(hits)):7.3f}  [{low:.3f}, {high:.3f}]  of {len(hits)}")


if __name__ == "__main__":
    main()
