"""The parts of a knowledge base must agree: ids, phrasings, references, patterns."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.errors import Problem
from bot.knowledge import patterns as red_flags
from bot.knowledge.faults.references import Missing, causes_first, missing, renamed
from bot.knowledge.files import CONVERSATION, LEARNED, TOPICS
from bot.knowledge.parser import ParsedFiles, Written
from bot.knowledge.patterns import NEAR
from bot.knowledge.yaml_reader import Loc
from bot.language.words import words
from bot.markup import short

_OF_CONCEPTS = (
    ("subjects",),
    ("covered",),
    ("themes",),
    ("denial", "troubles"),
    ("danger", "signs"),
)
"""Places in the file of the conversation that name concepts."""
NONE = "none"
"""Stands for no answer, where an expected question must not get one."""
LIMITS, RED_FLAGS, TIPS = "limits.yaml", "red_flags.yaml", "tips.yaml"
SYNONYMS, SMALLTALK = "synonyms.yaml", "smalltalk.yaml"


def problems(draft: ParsedFiles) -> Iterator[Problem]:
    """Everything that is wrong between the files of a knowledge base, broken ones included."""
    yield from _check_topics(draft)
    yield from _check_ids(draft, _ids(draft))
    # No question leads to a tip, so a tip may have the id of something else.
    yield from _check_ids(draft, draft.texts(TIPS, "tips", None, "id"))
    yield from _check_phrasings(draft)
    yield from _check_references(draft)
    yield from _check_patterns(draft)
    yield from _check_conversation(draft)


def phrasings(draft: ParsedFiles) -> Iterator[tuple[str, Loc, str, str]]:
    """File, place, owner and words of every way to ask for an entry or a limit."""
    entries = [(file, "entries") for file in _topics(draft)]
    for file, key in (*entries, (LIMITS, "limits"), (LEARNED, "learned")):
        owners = {loc: name for _, loc, name in draft.texts(file, key, None, "id")}
        for _, loc, phrasing in draft.texts(file, key, None, "phrasings", None):
            yield file, loc, owners.get((*loc[:2], "id"), "an entry without an id"), phrasing


def _topics(draft: ParsedFiles) -> list[str]:
    return [file for file in draft.sources if file.startswith(f"{TOPICS}/")]


def _topic(file: str) -> str:
    """The id that the topic of a file must have."""
    return file.removeprefix(f"{TOPICS}/").removesuffix(".yaml")


def _sections(draft: ParsedFiles) -> Iterator[tuple[str, str]]:
    """Files, and the key under which each lists things with an id."""
    yield from ((file, "entries") for file in _topics(draft))
    yield from ((LIMITS, "limits"), (RED_FLAGS, "flags"), (SMALLTALK, "smalltalk"))


def _ids(draft: ParsedFiles) -> Iterator[Written]:
    for file in _topics(draft):
        yield from draft.texts(file, "id")
    for file, section in _sections(draft):
        yield from draft.texts(file, section, None, "id")


def _names(draft: ParsedFiles, file: str, section: str) -> list[str]:
    """The ids in a section."""
    return [name for _, _, name in draft.texts(file, section, None, "id")]


def _check_topics(draft: ParsedFiles) -> Iterator[Problem]:
    elsewhere = renamed(draft)
    for file in _topics(draft):
        topic = _topic(file)
        for _, loc, name in draft.texts(file, "id"):
            if name != topic:
                twin = f"{TOPICS}/{name}.yaml"
                what = f"the topic {short(name)} stands in {topic}.yaml; rename the file or the id"
                if twin in draft.sources:
                    what = f"this is one more topic {short(name)}, as in {twin}; remove one of them"
                yield draft.problem(file, loc, what)
        for _, loc, name in draft.texts(file, "entries", None, "id"):
            owner, dot, own = name.partition(".")
            if dot and owner != topic:
                right = short(f"{topic}.{own}")
                what = f"the id {short(name)} must begin with its topic; write {right}"
                follows = elsewhere.get(file) == owner
                yield replace(draft.problem(file, loc, what), follows=follows)


def _check_ids(draft: ParsedFiles, ids: Iterator[Written]) -> Iterator[Problem]:
    first: dict[str, Problem] = {}
    elsewhere = renamed(draft)
    for file, loc, name in ids:
        here = draft.problem(file, loc, "")
        other = first.setdefault(name, here)
        if name == NONE:
            yield draft.problem(file, loc, "the id none stands for no answer; choose another")
        elif other is not here:
            what = f"the id {short(name)} is taken ({other.file}:{other.line}); choose another"
            follows = file in elsewhere or other.file in elsewhere
            yield replace(draft.problem(file, loc, what), follows=follows)


def _check_phrasings(draft: ParsedFiles) -> Iterator[Problem]:
    first: dict[tuple[str, ...], tuple[str, Problem]] = {}
    elsewhere = renamed(draft)
    for file, loc, owner, phrasing in phrasings(draft):
        said = words(phrasing)
        if said in first:
            other, there = first[said]
            what = (
                f"the phrasing '{short(phrasing)}' stands under {short(other)} already "
                f"({there.file}:{there.line}); keep one"
            )
            follows = file in elsewhere or there.file in elsewhere
            yield replace(draft.problem(file, loc, what), follows=follows)
        elif said:
            first[said] = owner, draft.problem(file, loc, "")


def _check_references(draft: ParsedFiles) -> Iterator[Problem]:
    """References to nothing, sought only where all that could be meant has an id."""
    files = _topics(draft)
    if files and all(_named(draft, file, "entries") for file in files):
        yield from causes_first(draft, _lost(draft, files))


def _lost(draft: ParsedFiles, files: Sequence[str]) -> Iterator[Missing]:
    topics = [_topic(file) for file in files]
    entries = [name for file in files for name in _names(draft, file, "entries")]
    for file in files:
        related = draft.texts(file, "entries", None, "related", None)
        yield from missing(draft, "entry", related, entries)
    yield from missing(draft, "entry", draft.texts(TIPS, "tips", None, "entry"), entries)
    nearest = draft.texts(LIMITS, "limits", None, "topics", None)
    yield from missing(draft, "topic", nearest, topics)
    if all(_named(draft, *section) for section in _sections(draft)):
        owners = [*entries, *_names(draft, LIMITS, "limits")]
        learned = draft.texts(LEARNED, "learned", None, "id")
        yield from missing(draft, "entry or limit", learned, owners)
        ids = [*topics, *(name for _, _, name in _ids(draft)), NONE]
        expected = draft.texts("expected.yaml", "expected", None, "reaches")
        yield from missing(draft, "id", expected, ids)


def _named(draft: ParsedFiles, file: str, section: str) -> bool:
    """True where everything in a section has an id."""
    items = draft.under(file, section)
    return isinstance(items, list) and len(items) == len(_names(draft, file, section))


def _unknown(
    draft: ParsedFiles, kind: str, references: Iterable[Written], known: list[str]
) -> Iterator[Problem]:
    return (problem for _, problem in missing(draft, kind, references, known))


def _check_patterns(draft: ParsedFiles) -> Iterator[Problem]:
    words_of = draft.under(RED_FLAGS, "words")
    sets = words_of if isinstance(words_of, dict) else {}
    for key in ("patterns", "unless"):
        everywhere = draft.texts(RED_FLAGS, key, None)
        for _, loc, pattern in (*everywhere, *draft.texts(RED_FLAGS, "flags", None, key, None)):
            what = _misplaced(pattern, key) or red_flags.problem(pattern, sets)
            if what and words(pattern):
                yield draft.problem(RED_FLAGS, loc, what)


def _misplaced(pattern: str, key: str) -> str | None:
    if key == "patterns" and NEAR in pattern:
        return "the words of a pattern must be near each other anyway; remove the dots"
    if key == "unless" and NEAR not in pattern and re.search(r"[{|]", pattern):
        return "without ' ... ' only plain words can stand here; join two parts by it"
    return None


def _check_conversation(draft: ParsedFiles) -> Iterator[Problem]:
    """References of the conversation to concepts, small talk and red flags."""
    concepts = draft.under(SYNONYMS, "concepts")
    if isinstance(concepts, dict):
        for path in _OF_CONCEPTS:
            named = draft.texts(CONVERSATION, *path, None)
            yield from _unknown(draft, "concept", named, [*concepts])
    for path, file, section in (
        (("leaning",), SMALLTALK, "smalltalk"),
        (("danger", "leaning"), SMALLTALK, "smalltalk"),
        (("danger", "local"), RED_FLAGS, "flags"),
    ):
        if _named(draft, file, section):
            named = draft.texts(CONVERSATION, *path, None)
            yield from _unknown(draft, "id", named, _names(draft, file, section))
