"""The share of foreign messages that get an answer, and of ordinary ones that get an alarm.

    python -m benchmarks.foreign [SHARE]

- 2,000 common English words that no file knows, in ten frames: the worst frame is named.
- The 3,000 commonest words alone.
- 500 messages to another assistant: home control, banking, travel.
- The 3,000 largest cities in a question about dry skin, which must be answered.

SHARE, such as 0.1, takes that part of the words and cities only.
"""

import random
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.unseen import tell
from bot.answering import loading
from bot.answering.faq import Faq
from bot.knowledge import base
from bot.language.english import english
from bot.places.cities import place_names

FRAMES = (
    "how does massage help {}",
    "does massage help with {}",
    "can massage help my {}",
    "can massage improve {}",
    "does rubbing reduce {}",
    "what does massage do to {}",
    "is massage good for {}",
    "will massage get rid of my {}",
    "how often should i massage for {}",
    "i have {}, can massage help",
)
ASSISTANT = Path(__file__).parent / "unseen" / "assistant.txt"
HOME = "I live in {}, does massage help dry skin"
STRANGE, COMMON, CITIES = 2_000, 3_000, 3_000
FUNCTION_WORDS = 250


def main() -> None:
    share = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    faq = loading.load(base.shipped())
    ranked = [word for word in sorted(english(), key=lambda w: -english()[w]) if word.isalpha()]
    knows = faq.index.vocabulary.knows
    strange = [w for w in ranked[FUNCTION_WORDS:] if len(w) > 2 and not knows(w)][:STRANGE]
    words = _some(strange, share)
    for frame in FRAMES:
        tell(frame, [_outcome(faq, frame.format(word)) == "answer" for word in words])
    common = _some(ranked[:COMMON], share)
    tell("one of the commonest words", [_outcome(faq, word) == "answer" for word in common])
    told = ASSISTANT.read_text("utf-8").splitlines()
    tell("another assistant's", [_outcome(faq, line) == "answer" for line in told])
    homes = [_outcome(faq, HOME.format(city)) for city in _some(place_names()[:CITIES], share)]
    tell("cities: alarmed", [outcome == "red_flag" for outcome in homes])
    tell("cities: answered", [outcome == "answer" for outcome in homes])


def _outcome(faq: Faq, question: str) -> str:
    return faq.ask(question).outcome


def _some(words: Sequence[str], share: float) -> list[str]:
    chance = random.Random(0)  # noqa: S311 - must be the same in every run
    return chance.sample(list(words), int(share * len(words)))


if __name__ == "__main__":
    main()
