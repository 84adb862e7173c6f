"""How `/why` tells an operator what became of a question, as Telegram HTML."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import assert_never

from bot.answering.explanation import Explanation, Part, Tripped
from bot.answering.faq import CHAT, SLIGHT
from bot.answering.index import BROAD, Weighed
from bot.answering.replies import (
    Answer,
    Limited,
    RedFlag,
    Reply,
    SmallTalkReply,
    Suggestions,
    Unknown,
)
from bot.features.why.word_texts import SEEN, against, code, common, line, named, spelled
from bot.knowledge.base import Knowledge
from bot.knowledge.models import Thresholds
from bot.language.words import words
from bot.markup import escape

HOW = "Write the question behind the command, for example:\n/why {example}"


def how(knowledge: Knowledge) -> str:
    return HOW.format(example=escape(knowledge.about.examples[0]))


def why(knowledge: Knowledge, explanation: Explanation) -> str:
    """What decided on a reply, for a phone."""
    sections: list[Iterable[str]] = [
        _decision(explanation),
        _figures(knowledge, explanation),
        *(common(knowledge, matched) for matched in explanation.matched),
        against(knowledge, explanation),
        _hint(explanation),
    ]
    return "\n\n".join(filter(None, map("\n".join, sections)))


def _decision(explanation: Explanation) -> Iterator[str]:
    yield f"<b>{_reply(explanation.reply)}</b>"
    yield _because(explanation)
    yield from (f"• {_part(part)}" for part in explanation.parts)
    if explanation.otherwise and explanation.weighed:
        because = _by_score(explanation.otherwise, explanation.weighed, explanation.thresholds)
        yield f"Otherwise: {_reply(explanation.otherwise)}. {because}"


def _reply(reply: Reply) -> str:
    match reply:
        case Answer(entries) | Suggestions(entries):
            kind = "Answer" if isinstance(reply, Answer) else "Suggestions"
            return f"{kind} {', '.join(code(entry.id) for entry in entries)}"
        case Limited(limit):
            return f"Limit {code(limit.id)}"
        case RedFlag(flag):
            return f"Red flag {code(flag.id)}"
        case SmallTalkReply(talk):
            return f"Small talk {code(talk.id)}"
        case Unknown():
            return "Unknown"
        case _:
            assert_never(reply)


def _because(explanation: Explanation) -> str:
    if explanation.tripped:
        return _pattern(explanation.tripped)
    if explanation.otherwise:
        return "The message is one of its phrasings, word for word."
    if not explanation.weighed:
        return "There is no word in it."
    return _by_score(explanation.reply, explanation.weighed, explanation.thresholds)


def _pattern(tripped: Tripped) -> str:
    found = ", ".join(map(spelled, tripped.words))
    pattern = line(tripped.pattern)
    return (
        f"It comes before all else. Found: {found}; by pattern {tripped.number} of it, "
        f"<code>{pattern}</code>"
    )


def _part(part: Part) -> str:
    said = line(" ".join(part.words))
    return f"{said} → {code(part.entry)}, confidence {part.confidence:.2f}"


def _by_score(reply: Reply, weighed: Weighed, thresholds: Thresholds) -> str:
    match reply:
        case Answer(entries) if len(entries) > 1:
            least = f"{thresholds.answer:g}"
            return f"Two parts ask about two topics, each with a confidence of {least} at least:"
        case Answer():
            return "The confidence is enough for an answer."
        case SmallTalkReply():
            score, trace = weighed.rivals[0][1], f"{thresholds.trace:g}"
            return f"It scores {score:.2f} (needed: {CHAT:g}), and no topic reaches {trace}."
        case Limited(limit):
            score, best = dict(weighed.rivals)[limit.id], weighed.topics[0][1]
            return (
                f"It scores {score:.2f} (needed: {thresholds.trace:g}), ahead of every topic "
                f"(best: {best:z.2f}). {_unanswered(weighed, thresholds)}"
            )
        case Suggestions() | Unknown() | RedFlag():
            ahead = f"No limit is ahead with {thresholds.trace:g} or more."
            return f"{_unanswered(weighed, thresholds)} {ahead}"
        case _:
            assert_never(reply)


def _unanswered(weighed: Weighed, thresholds: Thresholds) -> str:
    if weighed.confidence >= thresholds.answer:
        return f"The best entry scores less than {SLIGHT:g}, too little for an answer."
    if weighed.confidence >= thresholds.suggest:
        return "The confidence is enough to suggest, not to answer."
    return "The confidence is not enough for an answer, nor to suggest."


def _figures(knowledge: Knowledge, explanation: Explanation) -> Iterator[str]:
    weighed, best, thresholds = explanation.weighed, explanation.best, explanation.thresholds
    if weighed is None or best is None:
        return
    what = "As one question: confidence" if explanation.parts else "Confidence"
    yield (
        f"<b>{what} {weighed.confidence:.2f}</b> (answer from {thresholds.answer:g}, "
        f"suggest from {thresholds.suggest:g})"
    )
    yield from _entries(knowledge, weighed, best)
    yield from _rivals(knowledge, weighed, thresholds)
    yield _unaccounted(weighed, thresholds)


def _entries(knowledge: Knowledge, weighed: Weighed, best: str) -> Iterator[str]:
    """The best one, and the best of the others."""
    broad = {key: BROAD for key, _ in weighed.entries if knowledge.topic(key).broad}
    ranked = sorted(
        weighed.entries, key=lambda e: (e[0] == best, e[1] - broad.get(e[0], 0)), reverse=True
    )
    for name, (key, score) in zip(("Best entry", "Runner-up"), ranked, strict=False):
        less = f" − {BROAD:g} for a broad topic" if key in broad else ""
        yield f"{name}: {code(key)} {score:z.2f}{less}"


def _rivals(knowledge: Knowledge, weighed: Weighed, thresholds: Thresholds) -> Iterator[str]:
    """The best of the other topics, and of what is no topic."""
    lead, ours = weighed.evidence.lead, weighed.topics[0][1]
    for key, score in weighed.topics[1:2]:
        counts = "" if lead > 0 else ", not counted behind a rival"
        yield f"Next topic: {code(key)} {score:z.2f}, margin {ours - score:z.2f}{counts}"
    for key, score in weighed.rivals[:1]:
        least = CHAT if key in knowledge.smalltalk else thresholds.trace
        rival = f"{named(knowledge, key)} {score:z.2f} (needed: {least:g})"
        yield f"Best rival: {rival}, lead {lead:+z.2f}"


def _unaccounted(weighed: Weighed, thresholds: Thresholds) -> str:
    evidence = weighed.evidence
    share = f"Words not in {code(weighed.topics[0][0])}: {evidence.unaccounted:.0%}"
    known = replace(evidence, unaccounted=0.0).confidence(thresholds)
    gain = f" (confidence {known:.2f} if it had them)" if known - weighed.confidence >= SEEN else ""
    return f"{share}{gain}"


def _hint(explanation: Explanation) -> Iterator[str]:
    """What to change where it is not the right reply."""
    wording = f"<code>{line(explanation.phrasing)}</code>"
    said = words(explanation.phrasing)
    owner = next((m.id for m in explanation.matched if words(m.closest) == said), None)
    match explanation.reply:
        case RedFlag():
            yield (
                "False alarm? Add what it looks like to <code>unless</code> of the flag, and the "
                "question to its <code>passes</code>."
            )
        case SmallTalkReply() if explanation.otherwise:
            yield "Not small talk? Take that phrasing out of it."
        case Unknown() if not explanation.weighed:
            pass
        case _ if owner:
            yield f"It is a phrasing of {code(owner)}. Wrong there? Move it."
        case Answer() if explanation.parts:
            yield "Wrong? Add the part to the phrasings of the right entry or limit."
        case Answer() | Limited() | SmallTalkReply():
            yield f"Wrong? Add to the phrasings of the right entry or limit: {wording}"
        case Suggestions() | Unknown():
            yield f"To settle it, add to the phrasings of the right entry or limit: {wording}"
