"""How `/why` tells which words of a question matched, and which counted against it."""

from collections.abc import Iterator, Sequence

from bot.answering.explanation import Explanation
from bot.answering.word_influence import Against, Match, Matched, Word
from bot.knowledge.base import Knowledge
from bot.markup import escape, short

MOST_CHANGED = 3
"""Words that matched another one: they get a line each."""
MOST_SAME = 8
"""Words that share a line."""
MOST_AGAINST = 4
SEEN = 0.01
"""Difference in confidence that is worth telling."""
MOST_WORD = 40
"""Characters of a word that somebody typed."""
MOST_LINE = 120
"""Characters of a phrasing, a pattern or a part of a question."""


def common(knowledge: Knowledge, matched: Matched) -> Iterator[str]:
    """What a question has in common with something that could be replied."""
    yield f"<b>Matched with {named(knowledge, matched.id)}</b>"
    same = [m for m in matched.matches if m.concept is None and m.word.read_as == m.found]
    if same:
        yield f"Same: {_listed([cut(match.found) for match in same])}"
    changed = [match for match in matched.matches if match not in same]
    yield from (f"• {_change(match)}" for match in changed[:MOST_CHANGED])
    if not matched.matches:
        yield "No word in common."
    else:
        yield f"Nearest phrasing: <i>{line(matched.closest)}</i>"


def _change(match: Match) -> str:
    both = f" (both {code(match.concept)})" if match.concept else ""
    return f"{cut(match.word.read_as)} → {cut(match.found)}{both}"


def against(knowledge: Knowledge, explanation: Explanation) -> Iterator[str]:
    """What counted against the best entry, what was read otherwise, and what was not read."""
    weighed, best = explanation.weighed, explanation.best
    if weighed and best and explanation.against and not explanation.parts:
        yield f"<b>Counted against {code(best)}</b>"
        for each in explanation.against[:MOST_AGAINST]:
            yield f"• {_reason(knowledge, each, weighed.confidence)}"
        if more := explanation.against[MOST_AGAINST:]:
            yield f"• {_listed([spelled(each.word) for each in more])}"
    if explanation.typos:
        yield f"Typos forgiven: {_listed(list(map(spelled, explanation.typos)))}"
    if explanation.courtesies:
        yield f"Left out as courtesy: {_listed(list(map(cut, explanation.courtesies)))}"


def _reason(knowledge: Knowledge, against: Against, confidence: float) -> str:
    owners = ", ".join(named(knowledge, owner) for owner in against.owners)
    if against.missing:
        where = f"only in {owners}" if owners else "in no phrasing"
    else:
        where = f"also in {owners}" if owners else "says little"
    changes = against.confidence is not None and abs(against.confidence - confidence) >= SEEN
    without = f"; {against.confidence:.2f} without it" if changes else ""
    return f"{spelled(against.word)}: {where}{without}"


def _listed(found: Sequence[str]) -> str:
    more = f" and {len(found) - MOST_SAME} more" if len(found) > MOST_SAME else ""
    return f"{', '.join(found[:MOST_SAME])}{more}"


def spelled(word: Word) -> str:
    """A word, and what it was read as."""
    read = f" → {cut(word.read_as)}" if word.read_as != word.typed else ""
    return f"{cut(word.typed)}{read}"


def line(text: str) -> str:
    return escape(short(text, MOST_LINE))


def cut(typed: str) -> str:
    return escape(short(typed, MOST_WORD))


def named(knowledge: Knowledge, key: str) -> str:
    """The id of a topic, an entry, a limit or a small talk."""
    kinds = {"topic ": knowledge.topics, "limit ": knowledge.limits}
    kinds |= {"small talk ": knowledge.smalltalk}
    return "".join(kind for kind, ids in kinds.items() if key in ids) + code(key)


def code(key: str) -> str:
    return f"<code>{escape(key)}</code>"
