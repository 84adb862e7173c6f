"""Texts of `/why`: they explain a reply to an operator, as Telegram HTML."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from bot.answering.explanation import Explanation, Matched
from bot.answering.faq import SLIGHT, SMALL_TALK
from bot.answering.index import Measured
from bot.answering.replies import Answer, Limited, RedFlag, SmallTalkReply, Suggestions, Unknown
from bot.knowledge.base import Knowledge
from bot.language.words import words
from bot.markup import escape, short
from bot.matching.scorer import BROAD

KINDS = {"limited": "Limit", "red_flag": "Red flag", "smalltalk": "Small talk"}
MOST_AGAINST, MOST_WORDS = 5, 8
"""The most words with a line each, and the most words in one line."""
MOST_WORD, MOST_LINE = 60, 120
"""The most characters of one word and its reading, and of any longer text."""


def how(knowledge: Knowledge) -> str:
    example = escape(knowledge.about.examples[0])
    return f"Write the question behind the command, for example:\n/why {example}"


def why(knowledge: Knowledge, explanation: Explanation, thresholds: Measured) -> str:
    """The reasons for a reply, short enough for a phone: words first, then figures."""
    sections = [
        _decision(explanation, thresholds),
        *(_matched(knowledge, matched) for matched in explanation.matched),
        _against(knowledge, explanation),
        _figures(knowledge, explanation.otherwise or explanation, thresholds),
        _hint(explanation),
    ]
    return "\n\n".join(filter(None, map("\n".join, sections)))


def _decision(explanation: Explanation, thresholds: Measured) -> Iterator[str]:
    yield f"<b>{_reply(explanation)}</b>"
    yield _because(explanation, thresholds)
    for part in explanation.parts:
        said, topic = " ".join(h.word for h in part.heard), _code(part.topics[0][0])
        yield f"• {_cut(said)} → topic {topic}, confidence {part.confidence:.2f}"
    if otherwise := explanation.otherwise:
        yield f"Otherwise: {_reply(otherwise)}. {_because(otherwise, thresholds)}"
    if explanation.typos:
        yield f"Typos forgiven: {_listed(explanation.typos)}"
    if explanation.courtesies:
        yield f"Left out as courtesy: {_listed(explanation.courtesies)}"


def _reply(explanation: Explanation) -> str:
    reply = explanation.reply
    kind = KINDS.get(reply.outcome, reply.outcome.capitalize())
    return f"{kind} {', '.join(map(_code, reply.ids))}".rstrip()


def _because(explanation: Explanation, thresholds: Measured) -> str:
    reply, weighed, trace = explanation.reply, explanation.weighed, f"{thresholds.trace:g}"
    if isinstance(reply, RedFlag):
        found, pattern = _listed(explanation.tripped), _cut(explanation.pattern, MOST_LINE)
        if not pattern:
            return f"It comes before a cheerful reply, for it sounds like it. Telling: {found}"
        return f"It comes before all else. Found: {found}; by the pattern <code>{pattern}</code>"
    if weighed is None:
        said = "The message is one of its phrasings, word for word."
        return said if isinstance(reply, SmallTalkReply) else "There is no word in it."
    weak = weighed.confidence < thresholds.answer
    cause = "The confidence" if weak else f"A score under {SLIGHT:g}"
    lacking, scores = f"{cause} is not enough for an answer.", dict(weighed.rivals)
    match reply:
        case Answer(entries) if len(entries) > 1:
            return "Two parts ask about two topics, each with enough confidence:"
        case Answer() if weak:
            return "The message is one of its phrasings, word for word."
        case Answer():
            return "The confidence is enough for an answer."
        case SmallTalkReply(talk):
            score = f"{scores[talk.id]:.2f} (needed: {SMALL_TALK:g})"
            return f"It scores {score}, and no topic reaches {trace}."
        case Limited(limit):
            return f"It leads all topics with {scores[limit.id]:.2f} (needed: {trace}). {lacking}"
        case Suggestions() | Unknown():
            return f"{lacking} No limit leads with {trace} or more."
        case _:
            assert_never(reply)


def _matched(knowledge: Knowledge, matched: Matched) -> Iterator[str]:
    yield f"<b>Words for {_named(knowledge, matched.id)}</b>, each with the score that it brings"
    shared = [f"{word} {gain:+z.2f}" for word, gain in matched.words]
    yield _listed(shared) or "No word in common."
    if shared:
        yield f"Nearest phrasing: <i>{_cut(matched.nearest, MOST_LINE)}</i>"


def _against(knowledge: Knowledge, explanation: Explanation) -> Iterator[str]:
    if explanation.against:
        yield f"<b>Words against {_code(explanation.best)}</b>"
    for each in explanation.against[:MOST_AGAINST]:
        owners = ", ".join(_named(knowledge, owner) for owner in each.owners)
        alone = "in no phrasing" if each.missing else "says little"
        where = f"{'only' if each.missing else 'also'} in {owners}" if owners else alone
        without = "" if each.confidence is None else f"; {each.confidence:.2f} without it"
        yield f"• {_cut(each.word)}: {where}{without}"


def _figures(knowledge: Knowledge, decided: Explanation, thresholds: Measured) -> Iterator[str]:
    """The confidence, and the scores that it was calculated from."""
    if (weighed := decided.weighed) is None:
        return
    least = f"answer from {thresholds.answer:.2f}, suggest from {thresholds.suggest:.2f}"
    yield f"<b>Confidence {weighed.confidence:.2f}</b> ({least})"
    ranked = sorted(weighed.entries, key=lambda entry: entry[0] != decided.best)
    for name, (key, score) in zip(("Best entry", "Runner-up"), ranked, strict=False):
        less = f" − {BROAD:g} for a broad topic" if knowledge.topic(key).broad else ""
        yield f"{name}: {_code(key)} {score:z.2f}{less}"
    evidence = weighed.evidence
    for key, score in weighed.topics[1:2]:
        yield f"Next topic: {_code(key)} {score:z.2f}, margin {evidence.margin:.2f}"
    for key, score in weighed.rivals[:1]:
        yield f"Best rival: {_named(knowledge, key)} {score:z.2f}, lead {evidence.lead:+z.2f}"
    yield f"Words not in {_code(weighed.topics[0][0])}: {evidence.unaccounted:.0%}"


def _hint(explanation: Explanation) -> Iterator[str]:
    """Advice for an operator who thinks that the reply is wrong."""
    said, near = words(explanation.phrasing), explanation.matched
    if explanation.otherwise:
        yield "False alarm? Add the look-alike to “unless”, and the question to “passes”."
    elif owner := next((_code(each.id) for each in near if words(each.nearest) == said), ""):
        yield f"It is a phrasing of {owner}. Wrong there? Move it."
    elif said:
        wording = "the part" if explanation.parts else _code(short(explanation.phrasing, MOST_LINE))
        yield f"Wrong? Add to the phrasings of the right entry or limit: {wording}"


def _listed(found: Sequence[str]) -> str:
    more = f" and {len(found) - MOST_WORDS} more" if len(found) > MOST_WORDS else ""
    return ", ".join(map(_cut, found[:MOST_WORDS])) + more


def _cut(typed: str, most: int = MOST_WORD) -> str:
    return escape(short(typed, most))


def _named(knowledge: Knowledge, key: str) -> str:
    """An id with its kind before it: topic, limit, small talk, or nothing for an entry."""
    kind = "topic " if key in knowledge.topics else "limit " if key in knowledge.limits else ""
    return ("small talk " if key in knowledge.smalltalk else kind) + _code(key)


def _code(key: str) -> str:
    return f"<code>{escape(key)}</code>"
