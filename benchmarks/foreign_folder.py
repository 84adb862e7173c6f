"""Figures on a small folder of another trade, which has no limits and few phrasings.

    python -m benchmarks.foreign_folder [--words]

`faq/` answers what readers ask at the desk of a library that nobody has built. Its questions were
written from the list of entries, before their phrasings: a quarter are about a neighbouring subject
that no limit names, a quarter about anything at all. `--words` leaves the sentence encoder out.
"""

import sys
from pathlib import Path

from benchmarks.unseen import tell
from bot.answering import calibration, evaluation, loading
from bot.answering.evaluation import Kind
from bot.language import encoder

FOLDER = Path(__file__).parent / "faq"


def main() -> None:
    if "--words" in sys.argv:
        encoder.PACKAGE = "no_such_package"
    faq = loading.load(FOLDER)
    print(f"{calibration.expectation(faq)}; answers from {faq.index.thresholds.answer:.2f} on")
    results = evaluation.evaluate(evaluation.read(FOLDER / "questions.tsv"), faq.ask)
    covered = [r for r in results if r.question.covered]
    tell("right topic first", [r.right_topic for r in covered])
    tell("answered rightly", [r.answered and r.right_topic for r in covered])
    tell("answered wrongly", [r.answered and not r.right_topic for r in covered])
    foreign = [r for r in results if not r.question.covered]
    tell("foreign answered", [r.answered for r in foreign])
    for kind in (Kind.NEAR, Kind.FAR):
        of_kind = [r.answered for r in foreign if r.question.kind is kind]
        tell(f"foreign answered, {kind.value}", of_kind)


if __name__ == "__main__":
    main()
