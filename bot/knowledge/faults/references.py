"""References between files that lead to nothing; many with one cause become one problem."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from rapidfuzz import process

from bot.errors import Problem
from bot.knowledge.files import TOPICS
from bot.knowledge.parser import ParsedFiles, Written
from bot.markup import short

Missing = tuple[str, Problem]
"""The name that is not there, and the problem of the place that names it."""
MANY = 3
"""So many references to one topic that fail have one cause, and are no slips."""
GONE = (
    "there is no such file, and {} places name what was in it, such as {}; put it back, or mend "
    "those places"
)
RENAMED = "there is no {} here, and {} places name it, such as {}; {}"
CUT = "{} entries are not here, and {} places name them, such as {} in {}; is the file whole?"


def topic_file(topic: str) -> str:
    return f"{TOPICS}/{topic}.yaml"


def renamed(draft: ParsedFiles) -> dict[str, str]:
    """Files of topics that have another name than their topic, with the id of it."""
    files = [file for file in draft.sources if file.startswith(f"{TOPICS}/")]
    ids = (written for file in files for written in draft.texts(file, "id"))
    return {file: name for file, _, name in ids if file != topic_file(name)}


def missing(
    draft: ParsedFiles, kind: str, references: Iterable[Written], known: list[str]
) -> Iterator[Missing]:
    """A problem for each reference to something unknown, with what it may have meant."""
    there = frozenset(known)
    for file, loc, name in references:
        if name not in there:
            what = f"there is no {kind} {short(name)}; {_hint(name, known)}"
            yield name, draft.problem(file, loc, what)


def _hint(name: str, known: Sequence[str]) -> str:
    near = process.extractOne(name, known, score_cutoff=70)
    return f"did you mean {short(near[0])}?" if near else "use one that there is"


def causes_first(draft: ParsedFiles, found: Iterable[Missing]) -> Iterator[Problem]:
    """The problems, and in front of those of one topic their common cause, if they have one."""
    elsewhere = {*renamed(draft).values()}
    broken = {problem.file for problem in draft.problems}
    groups: dict[str, list[Missing]] = defaultdict(list)
    for name, problem in found:
        groups[name.partition(".")[0]].append((name, problem))
    for topic, group in groups.items():
        follows = topic in elsewhere or topic_file(topic) in broken
        if not follows and _one_cause(draft, topic, group):
            follows = True
            yield _cause(draft, topic, group)
        yield from (replace(problem, follows=follows) for _, problem in group)


def _one_cause(draft: ParsedFiles, topic: str, group: Sequence[Missing]) -> bool:
    dotted = all("." in name for name, _ in group)
    return len(group) >= MANY and (dotted or topic_file(topic) not in draft.sources)


def _cause(draft: ParsedFiles, topic: str, group: Sequence[Missing]) -> Problem:
    file, places = topic_file(topic), len(group)
    name, first = min(group, key=lambda each: each[1])
    where = f"{first.file}:{first.line}"
    source = draft.sources.get(file)
    if source is None:
        return Problem(file, 1, 1, GONE.format(places, where))
    ids = {text: loc for _, loc, text in draft.texts(file, "entries", None, "id")}
    names = {each for each, _ in group}
    if len(names) == 1:
        near = process.extractOne(name, [*ids], score_cutoff=70)
        loc = ids[near[0]] if near else ()
        return source.problem(loc, RENAMED.format(short(name), places, where, _hint(name, [*ids])))
    end = max(source.places.values(), default=(1, 1))
    return Problem(file, *end, CUT.format(len(names), places, short(name), where))
