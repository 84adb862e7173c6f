"""Loading: a folder of YAML becomes a bot that answers, or a list of all problems."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.answering import red_flags
from bot.answering.faq import Faq
from bot.answering.replies import Answer, Reply, Suggestions
from bot.errors import KnowledgeError, Problem
from bot.knowledge import consistency, files
from bot.knowledge import lessons as teaching
from bot.knowledge.base import Knowledge
from bot.knowledge.consistency import NONE
from bot.knowledge.faults import markup
from bot.knowledge.files import Found
from bot.knowledge.lessons import Lesson
from bot.knowledge.parser import ParsedFiles
from bot.knowledge.yaml_reader import Loc
from bot.markup import short
from bot.matching.matcher import featurize

TELLING = 0.1
"""Weight from which a word helps to tell one entry from another."""


def load(folder: Path, lessons: Sequence[Lesson] = ()) -> Faq:
    """Read a folder and `build` from it."""
    return build(files.look(folder), lessons)


def build(found: Found, lessons: Sequence[Lesson] = ()) -> Faq:
    """Check the files, train on them, and try the red-flag sentences and expected questions.

    Lessons that do not fit these files are left out: see `teaching.fitting`.

    Raises:
        KnowledgeError: holds every problem, not only the first.
    """
    return _build(found, lessons)[0]


def check(folder: Path) -> tuple[Faq, list[Problem]]:
    """Build a knowledge base, and warn of what may be wrong; `build` says what is raised."""
    faq, draft = _build(files.look(folder))
    return faq, [*marked(draft), *_too_alike(faq, draft)]


def marked(draft: ParsedFiles) -> Iterator[Problem]:
    """Find phrasings with the markup of other programs, whose signs would count as words."""
    for file, loc, _, phrasing in consistency.phrasings(draft):
        if what := markup.warning(phrasing):
            yield draft.problem(file, loc, what)


def parsed(found: Found) -> ParsedFiles:
    """Read the files without training on them: this finds all but what they answer.

    Raises:
        KnowledgeError: holds every problem.
    """
    draft = ParsedFiles.of(found)
    if problems := [*draft.problems, *consistency.problems(draft)]:
        raise KnowledgeError(problems)
    return draft


def _build(found: Found, lessons: Sequence[Lesson] = ()) -> tuple[Faq, ParsedFiles]:
    draft = parsed(found)
    knowledge = Knowledge.of(draft)
    fitting = teaching.fitting(knowledge, lessons)
    faq = Faq.of(knowledge.with_phrasings((lesson.target, lesson.phrasing) for lesson in fitting))
    if problems := [*_failed_flags(faq, draft), *_astray(faq, draft)]:
        raise KnowledgeError(problems)
    return faq, draft


def _failed_flags(faq: Faq, draft: ParsedFiles) -> Iterator[Problem]:
    for i, watch in enumerate(faq.watching):
        for j, sentence in enumerate(watch.flag.trips):
            if not watch.sees([h.stem for h in faq.index.hear(sentence)]):
                what = f"this sentence must trip {watch.flag.id} and does not; broaden its patterns"
                yield draft.problem("red_flags.yaml", ("flags", i, "trips", j), what)
        for j, sentence in enumerate(watch.flag.passes):
            tripped = red_flags.first(faq.watching, [h.stem for h in faq.index.hear(sentence)])
            if tripped:
                what = (
                    f"this look-alike trips {tripped.id}; narrow its patterns or add it to unless"
                )
                yield draft.problem("red_flags.yaml", ("flags", i, "passes", j), what)


def _astray(faq: Faq, draft: ParsedFiles) -> Iterator[Problem]:
    for i, expected in enumerate(faq.knowledge.expected.expected):
        reply = faq.ask(expected.question)
        if expected.reaches not in reaches(reply):
            loc: Loc = ("expected", i, "question")
            must = "no answer" if expected.reaches == NONE else expected.reaches
            what = (
                f"'{short(expected.question)}' must reach {must}, but {_instead(reply)}; "
                "mend the phrasings or this line"
            )
            yield draft.problem("expected.yaml", loc, what)


def _instead(reply: Reply) -> str:
    if isinstance(reply, Suggestions):
        return f"only suggests {', '.join(reply.ids)}"
    nearest = reaches(reply)[0]
    return "is not answered" if nearest == NONE else f"reaches {nearest}"


def reaches(reply: Reply) -> list[str]:
    """Ids that a reply stands for, the closest first; `none` where it answers nothing."""
    if isinstance(reply, Suggestions):
        return [NONE]
    return [*reply.ids, *(reply.topics if isinstance(reply, Answer) else [NONE])]


def _too_alike(faq: Faq, draft: ParsedFiles) -> Iterator[Problem]:
    """Find phrasings of different entries that share all their telling words."""
    telling: dict[frozenset[str], list[tuple[str, Loc, str, str]]] = defaultdict(list)
    for file, loc, owner, phrasing in consistency.phrasings(draft):
        telling[_telling(faq, phrasing)].append((file, loc, owner, phrasing))
    for group in telling.values():
        file, loc, owner, _ = group[0]
        there = draft.problem(file, loc, "")
        for other_file, other_loc, other, phrasing in group[1:]:
            if other != owner:
                what = (
                    f"'{phrasing}' can hardly be told from a phrasing of {owner} "
                    f"({there.file}:{there.line}); reword one"
                )
                yield draft.problem(other_file, other_loc, what)


def _telling(faq: Faq, phrasing: str) -> frozenset[str]:
    """The words of a phrasing that say much; all words where none of them says much."""
    matcher = faq.index.scorer.matcher
    said = frozenset(f for f in featurize(phrasing, matcher.concepts) if f.startswith("w "))
    return frozenset(f for f in said if matcher.weights[matcher.ids[f]] >= TELLING) or said
