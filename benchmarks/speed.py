"""The time for one question, beside the usual approach, and its growth with the phrasings.

    python -m benchmarks.speed [questions.tsv ...]

Times are CPU times, so that whatever else the machine does is left out. Each question is asked
once, so nothing is remembered of it; every second one has typos. In the first part a question goes
to skinbot and then to RapidFuzz's best WRatio over all phrasings, which empties the processor's
caches for skinbot. In the second part each size runs in a process of its own without WRatio, and
memory is the most that the process ever had.

The larger knowledge bases are made of copies of the shipped one. Each copy is a new topic. Its
entries are the entries and limits of the original. The commonest words, which hold sentences
together, stay. Each other word is exchanged throughout a copy for one English word drawn by chance,
as if the copy were about another subject. So the entries, the vocabulary and the pairs of words
grow with the phrasings.
"""

import argparse
import json
import random
import re
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import count, pairwise
from pathlib import Path

from rapidfuzz import fuzz, process

from benchmarks.answers import QUESTIONS
from benchmarks.promises import AtMost, report
from benchmarks.typos import mistype
from bot.answering import evaluation, loading
from bot.answering.faq import Faq
from bot.knowledge import base as knowledge
from bot.knowledge import files
from bot.knowledge.base import Knowledge
from bot.knowledge.models import Entry, Limit, Topic
from bot.knowledge.parser import ParsedFiles
from bot.language.english import english

SIZES = (15_000, 30_000)
MOST_MILLISECONDS = 20.0
"""A question at the median, with the sentence encoder, which takes most of that time."""
MOST_MEGABYTES = 200
MOST_ASKED = 400
COMMON = 200
"""The number of commonest words, which no copy exchanges."""
SHORTEST = 4
"""Letters that a word must have to be put in."""

_WORD = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds for one question."""

    median: float
    slow: float
    """Nineteen of twenty questions are faster than this."""

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Times":
        return cls(
            statistics.median(seconds) * 1000, statistics.quantiles(seconds, n=20)[-1] * 1000
        )


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of one size of knowledge base."""

    phrasings: int
    entries: int
    words: int
    median: float
    """Milliseconds, the median."""
    slow: float
    """Milliseconds; nineteen of twenty questions are faster."""
    memory: float
    """Megabytes."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print both tables; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, default=sorted(QUESTIONS.glob("*.tsv")))
    parser.add_argument("--size", type=int, help="measure this many phrasings only, as JSON")
    given = parser.parse_args(arguments)
    questions = _questions(given.files)
    if given.size is not None:
        print(json.dumps(asdict(_measure(given.size, questions))))
        return 0
    ours, naive = _beside_each_other(questions)
    sizes = [_in_a_process(size, given.files) for size in (0, *SIZES)]
    _print_sizes(sizes)
    ratio = AtMost("median, times that of WRatio", ours.median / naive.median, 1)
    return report([ratio, *_promised_growth(sizes)])


def _questions(files: Sequence[Path]) -> list[str]:
    """Questions without repeats, drawn evenly from all files; every second one has typos."""
    asked = list(dict.fromkeys(q.text for file in files for q in evaluation.read(file)))
    asked = asked[:: -(-len(asked) // MOST_ASKED)]
    return [mistype(question) if i % 2 else question for i, question in enumerate(asked)]


def _beside_each_other(questions: Sequence[str]) -> tuple[Times, Times]:
    faq = loading.load(knowledge.shipped())
    phrasings = _phrasings(faq.knowledge)
    ours, naive = [], []
    for question in questions:
        ours.append(_seconds(faq.ask, question))
        naive.append(
            _seconds(lambda q: process.extractOne(q, phrasings, scorer=fuzz.WRatio), question)
        )
    fast, slow = Times.of(ours), Times.of(naive)
    print(f"{len(questions)} questions, {len(phrasings)} phrasings")
    print("| method | median | 95 % below |")
    print("|---|---|---|")
    for name, times in (("skinbot", fast), ("extractOne, WRatio", slow)):
        print(f"| {name} | {times.median:.2f} ms | {times.slow:.2f} ms |")
    print(f"| ratio | {fast.median / slow.median:.3f} | {fast.slow / slow.slow:.3f} |")
    return fast, slow


def _seconds(ask: Callable[[str], object], question: str) -> float:
    begun = time.process_time()
    ask(question)
    return time.process_time() - begun


def _parts(base: Knowledge) -> list[Entry | Limit]:
    return [*base.entries.values(), *base.limits.values()]


def _phrasings(base: Knowledge) -> list[str]:
    return [phrasing for part in _parts(base) for phrasing in part.phrasings]


def _in_a_process(size: int, files: Sequence[Path]) -> Measured:
    command = [sys.executable, "-m", "benchmarks.speed", "--size", str(size), *map(str, files)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Measured(**json.loads(done.stdout))


def _measure(size: int, questions: Sequence[str]) -> Measured:
    base = Knowledge.of(ParsedFiles.of(files.look(knowledge.shipped())))
    faq = Faq.of(larger(base, size))
    times = Times.of([_seconds(faq.ask, question) for question in questions])
    return Measured(
        phrasings=len(_phrasings(faq.knowledge)),
        entries=len(_parts(faq.knowledge)),
        words=len(faq.index.vocabulary.words),
        median=times.median,
        slow=times.slow,
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def larger(base: Knowledge, size: int) -> Knowledge:
    """A knowledge base of about so many phrasings: the given one and copies, the last one cut."""
    counts = Counter(word for text in _phrasings(base) for word in _WORD.findall(text.lower()))
    common = frozenset(word for word, _ in counts.most_common(COMMON))
    topics = dict(base.topics)
    missing = size - len(_phrasings(base))
    for number in count(1):
        if missing <= 0:
            break
        topic = _copy(base, number, common, missing)
        topics[topic.id] = topic
        missing -= sum(len(entry.phrasings) for entry in topic.entries)
    entries = {entry.id: entry for topic in topics.values() for entry in topic.entries}
    return replace(base, topics=topics, entries=entries)


def _copy(base: Knowledge, number: int, common: frozenset[str], most: int) -> Topic:
    """A topic of at most so many phrasings, about another subject."""
    subject = f"subject_{number}"
    exchange = _exchange(number, common)
    entry = next(iter(base.entries.values()))
    entries: list[Entry] = []
    for part in _parts(base):
        said = [exchange(phrasing) for phrasing in part.phrasings[:most]]
        most -= len(said)
        if said:
            name = f"{subject}.{len(entries)}"
            entries.append(replace(entry, id=name, phrasings=said, keywords=[]))
    topic = next(iter(base.topics.values()))
    return replace(topic, id=subject, entries=entries, broad=False)


def _exchange(number: int, common: frozenset[str]) -> Callable[[str], str]:
    chance = random.Random(number)  # noqa: S311 - must be the same in every run
    others = [word for word in english() if len(word) >= SHORTEST and word.isalpha()]
    chosen: dict[str, str] = {}

    def other(found: re.Match[str]) -> str:
        word = found.group().lower()
        return word if word in common else chosen.setdefault(word, chance.choice(others))

    return lambda text: _WORD.sub(other, text)


def _print_sizes(sizes: Sequence[Measured]) -> None:
    first = sizes[0]
    print("| phrasings | entries | words | median | 95 % below | memory | phrasings × | median × |")
    print("|---|---|---|---|---|---|---|---|")
    for m in sizes:
        times = f"{m.median:.2f} ms | {m.slow:.2f} ms | {m.memory:.0f} MB"
        growth = f"{m.phrasings / first.phrasings:.1f} | {m.median / first.median:.1f}"
        print(f"| {m.phrasings} | {m.entries} | {m.words} | {times} | {growth} |")


def _promised_growth(sizes: Sequence[Measured]) -> Iterator[AtMost]:
    for before, m in pairwise(sizes):
        yield AtMost(
            f"median at {m.phrasings}, times that at {before.phrasings}",
            m.median / before.median,
            m.phrasings / before.phrasings,
        )
    for m in sizes:
        name = f"median in milliseconds at {m.phrasings} phrasings"
        yield AtMost(name, m.median, MOST_MILLISECONDS)
    for m in sizes:
        yield AtMost(f"megabytes at {m.phrasings} phrasings", m.memory, MOST_MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
