"""Measures the danger class on sentences that it has not learned from.

    python -m benchmarks.dangers [DIR]

Five times a fifth of the sentences is held out. A line for each threshold: the share of dangers
that are seen, of look-alikes and of the entries' phrasings that are taken for one, and how often
the right flag is the likeliest.
"""

import random
import sys
from pathlib import Path

import numpy as np

from bot.answering import clauses, loading
from bot.answering.dangers import LIKELY, Dangers, Sentence, sentences
from bot.answering.faq import Faq
from bot.knowledge import base

FOLDS = 5
THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8)


def out_of_fold(faq: Faq) -> list[tuple[Sentence, float, bool]]:
    """Each sentence with its chance of danger, and whether its own flag is the likeliest."""
    told = list(sentences(faq.knowledge))
    chance = random.Random(0)  # noqa: S311 - must be the same in every run
    folds = [chance.randrange(FOLDS) for _ in told]
    found = []
    for fold in range(FOLDS):
        rest = [one for one, its in zip(told, folds, strict=True) if its != fold]
        dangers = Dangers.train(faq.knowledge, rest, faq.index.hear)
        if dangers is None:
            sys.exit("the red flags have too few sentences to learn from")
        for one in (one for one, its in zip(told, folds, strict=True) if its == fold):
            heard = faq.index.hear(one.text)
            right = one.flag is not None and dangers.likeliest(heard) is dangers.flags[one.flag]
            parts = clauses.split(one.text, faq.index.hear)
            found.append((one, dangers.chance(heard, parts), right))
    return found


def main(folder: Path) -> None:
    faq = loading.load(folder)
    found = out_of_fold(faq)
    asked = {text for entry in faq.knowledge.entries.values() for text in entry.phrasings}
    danger = np.array([chance for one, chance, _ in found if one.flag is not None])
    alike = np.array([chance for one, chance, _ in found if one.flag is None and one.times > 1])
    entry = np.array([chance for one, chance, _ in found if one.text in asked])
    right = np.mean([right for one, _, right in found if one.flag is not None])
    print(f"{len(danger)} dangers, {len(alike)} look-alikes, {len(entry)} phrasings of entries")
    print("chance   seen  look-alikes  phrasings")
    for least in THRESHOLDS:
        shares = [float(np.mean(each >= least)) for each in (danger, alike, entry)]
        mark = "  <- LIKELY" if least == LIKELY else ""
        print(f"{least:6.2f} {shares[0]:6.1%} {shares[1]:12.1%} {shares[2]:10.1%}{mark}")
    print(f"the right flag is the likeliest for {right:.0%} of the dangers")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else base.shipped())
