"""What must agree between the parts of a knowledge base: ids, phrasings, references, patterns."""

import re
from collections.abc import Iterator

from rapidfuzz import process

from bot.errors import Problem
from bot.knowledge import patterns as red_flags
from bot.knowledge.files import LEARNED, TOPICS
from bot.knowledge.parser import ParsedFiles
from bot.knowledge.patterns import NEAR
from bot.knowledge.yaml_reader import Loc
from bot.language.words import words
from bot.markup import short

NONE = "none"
"""Where an expected question must not be answered."""
RED_FLAGS = "red_flags.yaml"
TIPS, TIPS_LIST = "tips.yaml", "tips"

Found = tuple[str, Loc, str]
"""A text with its file and place."""


def problems(draft: ParsedFiles) -> Iterator[Problem]:
    """Everything that is wrong between the files of a knowledge base, broken ones included."""
    yield from _check_topics(draft)
    yield from _check_ids(draft)
    yield from _check_phrasings(draft)
    yield from _check_references(draft)
    yield from _check_patterns(draft)


def phrasings(draft: ParsedFiles) -> Iterator[tuple[str, Loc, str, str]]:
    """File, place, owner and words of every way to ask for an entry or a limit."""
    sections = [*((file, "entries") for file in _topics(draft)), ("limits.yaml", "limits")]
    if LEARNED in draft.sources:
        sections.append((LEARNED, "learned"))
    for file, key in sections:
        owners = dict(draft.texts(file, key, None, "id"))
        for loc, phrasing in draft.texts(file, key, None, "phrasings", None):
            yield file, loc, owners.get((*loc[:2], "id"), "an entry without an id"), phrasing


def _topics(draft: ParsedFiles) -> list[str]:
    return [file for file in draft.sources if file.startswith(f"{TOPICS}/")]


def _topic(file: str) -> str:
    """The id that the topic of a file must have."""
    return file.removeprefix(f"{TOPICS}/").removesuffix(".yaml")


def _sections(draft: ParsedFiles) -> Iterator[tuple[str, str]]:
    """Files, and the key under which each lists what has an id; the topics first."""
    yield from ((file, "entries") for file in _topics(draft))
    yield from (("limits.yaml", "limits"), (RED_FLAGS, "flags"), ("smalltalk.yaml", "smalltalk"))


def _check_topics(draft: ParsedFiles) -> Iterator[Problem]:
    for file in _topics(draft):
        topic = _topic(file)
        for loc, name in draft.texts(file, "id"):
            if name != topic:
                what = f"the topic {short(name)} stands in {topic}.yaml; rename the file or the id"
                yield draft.problem(file, loc, what)
        for loc, name in draft.texts(file, "entries", None, "id"):
            owner, dot, own = name.partition(".")
            if dot and owner != topic:
                right = short(f"{topic}.{own}")
                what = f"the id {short(name)} must begin with its topic; write {right}"
                yield draft.problem(file, loc, what)


def _ids(draft: ParsedFiles) -> Iterator[Found]:
    for file in _topics(draft):
        yield from _found(draft, file, "id")
    for file, section in _sections(draft):
        yield from _found(draft, file, section, None, "id")


def _found(draft: ParsedFiles, file: str, *path: str | None) -> Iterator[Found]:
    return ((file, loc, text) for loc, text in draft.texts(file, *path))


def _check_ids(draft: ParsedFiles) -> Iterator[Problem]:
    yield from _unique(draft, _ids(draft))
    # Tips are never reached by a question, so that they may be called like what is.
    yield from _unique(draft, _tips(draft, "id"))


def _tips(draft: ParsedFiles, key: str) -> Iterator[Found]:
    return _found(draft, TIPS, TIPS_LIST, None, key) if TIPS in draft.sources else iter(())


def _learned(draft: ParsedFiles) -> Iterator[Found]:
    if LEARNED not in draft.sources:
        return iter(())
    return _found(draft, LEARNED, "learned", None, "id")


def _unique(draft: ParsedFiles, ids: Iterator[Found]) -> Iterator[Problem]:
    first: dict[str, Problem] = {}
    for file, loc, name in ids:
        here = draft.problem(file, loc, "")
        if name == NONE:
            yield draft.problem(file, loc, "the id none stands for no answer; choose another")
        elif name in first:
            other = first[name]
            what = f"the id {short(name)} is taken ({other.file}:{other.line}); choose another"
            yield draft.problem(file, loc, what)
        first.setdefault(name, here)


def _check_phrasings(draft: ParsedFiles) -> Iterator[Problem]:
    owners: dict[tuple[str, ...], tuple[str, str, Loc]] = {}
    for file, loc, owner, phrasing in phrasings(draft):
        said = words(phrasing)
        if said in owners:
            other, other_file, other_loc = owners[said]
            there = draft.problem(other_file, other_loc, "")
            what = (
                f"the phrasing '{short(phrasing)}' stands under {short(other)} already "
                f"({there.file}:{there.line}); keep one"
            )
            yield draft.problem(file, loc, what)
        elif said:
            owners[said] = owner, file, loc


def _check_references(draft: ParsedFiles) -> Iterator[Problem]:
    """What is referred to, where everything that could be meant is known by its id."""
    topics = [_topic(file) for file in _topics(draft)]
    entries = [t for f in _topics(draft) for _, t in draft.texts(f, "entries", None, "id")]
    ids = [*topics, *(name for _, _, name in _ids(draft)), NONE]
    sections = list(_sections(draft))
    if topics and all(_named(draft, *section) for section in sections[: len(topics)]):
        for file in _topics(draft):
            related = _found(draft, file, "entries", None, "related", None)
            yield from _missing(draft, "entry", related, entries)
        yield from _missing(draft, "entry", _tips(draft, "entry"), entries)
        nearest = _found(draft, "limits.yaml", "limits", None, "topics", None)
        yield from _missing(draft, "topic", nearest, topics)
    if topics and all(_named(draft, *section) for section in sections):
        limits = [t for _, t in draft.texts("limits.yaml", "limits", None, "id")]
        yield from _missing(draft, "entry or limit", _learned(draft), [*entries, *limits])
        expected = _found(draft, "expected.yaml", "expected", None, "reaches")
        yield from _missing(draft, "id", expected, ids)


def _named(draft: ParsedFiles, file: str, section: str) -> bool:
    """Whether everything in a section has an id."""
    items = draft.under(file, section)
    return isinstance(items, list) and len(items) == len([*draft.texts(file, section, None, "id")])


def _missing(
    draft: ParsedFiles, kind: str, references: Iterator[Found], known: list[str]
) -> Iterator[Problem]:
    there = frozenset(known)
    for file, loc, name in references:
        if name not in there:
            near = process.extractOne(name, known, score_cutoff=70)
            hint = f"did you mean {short(near[0])}?" if near else "use one that there is"
            yield draft.problem(file, loc, f"there is no {kind} {short(name)}; {hint}")


def _check_patterns(draft: ParsedFiles) -> Iterator[Problem]:
    words_of = draft.under(RED_FLAGS, "words")
    sets = words_of if isinstance(words_of, dict) else {}
    for key in ("patterns", "unless"):
        for loc, pattern in draft.texts(RED_FLAGS, "flags", None, key, None):
            what = _misplaced(pattern, key) or red_flags.problem(pattern, sets)
            if what and words(pattern):
                yield draft.problem(RED_FLAGS, loc, what)


def _misplaced(pattern: str, key: str) -> str | None:
    if key == "patterns" and NEAR in pattern:
        return "the words of a pattern must be near each other anyway; remove the dots"
    if key == "unless" and NEAR not in pattern and re.search(r"[{|]", pattern):
        return "without ' ... ' only plain words can stand here; join two parts by it"
    return None
