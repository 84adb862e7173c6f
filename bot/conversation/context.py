"""A conversation: each message is answered with what was said before it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.answering.cues import Cues, Said
from bot.answering.faq import Faq
from bot.answering.replies import (
    Answer,
    Limited,
    RedFlag,
    Reply,
    SmallTalkReply,
    Suggestions,
    Unknown,
)
from bot.conversation.caution import Caution
from bot.conversation.followups import Before, FollowUp
from bot.knowledge.models import Flag, SmallTalk
from bot.language.words import MAX_QUESTION

SILENCE = 30 * 60.0
"""Seconds after which a conversation is over."""
_SENTENCES = re.compile(r"[.!?\n]+")
SETTLED = "settled"
"""The id of the small talk that answers somebody who says that a danger is over."""


@dataclass(frozen=True, slots=True)
class Context:
    """The state of a conversation: ids and a time, never a text."""

    moment: float = 0.0
    """The time of the last message, in seconds of any clock."""
    entries: tuple[str, ...] = ()
    """Ids of the entries of the last answer or suggestions, best first."""
    suggested: bool = False
    """True where they were suggested, and not the answer."""
    offered: tuple[str, ...] = ()
    """Ids of the entries that a person can choose from: the first one, the second one."""
    limit: str | None = None
    """The id of the limit, if the last reply was one."""
    near: tuple[str, ...] = ()
    """Ids of the topics that were offered with the limit."""
    seen: frozenset[str] = frozenset()
    """Ids of the entries that were shown."""
    caution: Caution | None = None
    footer: bool = False
    """True where the footer was shown."""
    listed: bool = False
    """True where all topics were listed."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A reply, and the context for the message after it."""

    reply: Reply
    context: Context
    footer: bool = True
    """True where the footer belongs under this reply."""
    listed: bool = True
    """True where the topics may be listed under this reply."""
    fits: bool = True
    """False where the message was not understood."""


def converse(faq: Faq, question: str, context: Context, moment: float) -> Turn:
    """Reply to a message of a conversation.

    `moment` is the time of the message, in seconds of the clock that the context's times are of.
    """
    before = _going_on(context, moment)
    alone, cues = faq.ask(question), faq.cues
    if cues is None:
        return _turn(before, alone, replace(_after(before, alone), moment=moment))
    heard = faq.index.hear(question[:MAX_QUESTION])
    said = cues.read(faq.without_courtesies(heard))
    message = FollowUp(faq, cues, said, alone, _before(faq, before))
    # Some courtesies say whom a message is about: "she wants to know".
    reply, caution = _decide(message, question, cues.read(heard), before.caution)
    after = replace(_after(before, reply), moment=moment, caution=caution)
    if isinstance(reply, Limited) and before.entries and not said.subjects:
        # A limit that a follow-up runs into is not what the talk is about.
        after = replace(after, limit=before.limit, near=before.near)
    if isinstance(reply, Answer) and not reply.sourced:
        after = replace(after, offered=tuple(entry.id for entry in message.offered(reply)))
    bare = said.bare and not before.entries and isinstance(reply, Answer | Limited)
    leans = _id(reply) in cues.conversation.leaning
    return _turn(before, reply, after, fits=not (bare or leans))


def opened(context: Context, entries: Iterable[str], moment: float) -> Context:
    """The context after a button has shown entries."""
    before, ids = _going_on(context, moment), tuple(entries)
    seen = before.seen | set(ids)
    return replace(
        before, entries=ids, suggested=False, offered=ids, limit=None, seen=seen, moment=moment
    )


def danger(faq: Faq, context: Context, moment: float) -> Flag | None:
    """The red flag that a conversation is still about."""
    caution = _going_on(context, moment).caution
    return _flags(faq).get(caution.flag) if caution else None


def _going_on(context: Context, moment: float) -> Context:
    """The context, or a new one after a long silence."""
    return context if 0 <= moment - context.moment <= SILENCE else Context()


def _id(reply: Reply) -> str:
    """The id of small talk; empty for all other replies."""
    return reply.talk.id if isinstance(reply, SmallTalkReply) else ""


def _turn(before: Context, reply: Reply, after: Context, *, fits: bool = True) -> Turn:
    fits = fits and not isinstance(reply, Unknown | Suggestions)
    return Turn(reply, after, footer=not before.footer, listed=not before.listed, fits=fits)


def _decide(
    message: FollowUp, question: str, said: Said, caution: Caution | None
) -> tuple[Reply, Caution | None]:
    """The reply, and the danger that stays."""
    reply = message.reply()
    if caution is None or caution.flag not in _flags(message.faq):
        return reply, Caution.of(reply.flag.id, said) if isinstance(reply, RedFlag) else None
    if isinstance(reply, RedFlag):
        if reply.flag.id == caution.flag and caution.is_settled(said):
            rest = _rest(message.faq, question)
            if rest or caution.is_surely_settled(said):
                return rest or _relief(message.cues), None
        return reply, caution.again(reply.flag.id, said)
    return _careful(message.faq, message.cues, said, reply, caution)


def _rest(faq: Faq, question: str) -> Reply | None:
    """The reply to what is asked beside a danger that is none any more."""
    sentences = [s for s in _SENTENCES.split(question) if not isinstance(faq.ask(s), RedFlag)]
    reply = faq.ask(". ".join(sentences))
    return reply if isinstance(reply, Answer | Suggestions | Limited) else None


def _careful(
    faq: Faq, cues: Cues, said: Said, reply: Reply, caution: Caution
) -> tuple[Reply, Caution | None]:
    """The reply after a red flag, and the danger as far as it goes on."""
    if caution.is_over(said, cues.conversation):
        return (reply if _says_more(said, reply) else _relief(cues)), None
    leaning = {*cues.conversation.leaning, *cues.conversation.danger.leaning}
    if isinstance(reply, SmallTalkReply) and _id(reply) not in leaning:
        return reply, caution
    under = reply if isinstance(reply, Answer | Limited) else None
    return RedFlag(_flags(faq)[caution.flag], under=under), caution.more(said)


def _says_more(said: Said, reply: Reply) -> bool:
    """True where a message that lets a danger go asks for something, too."""
    if isinstance(reply, SmallTalkReply):
        return True
    return not isinstance(reply, RedFlag) and bool(said.subjects or said.themes or said.has("ask"))


def _relief(cues: Cues) -> SmallTalkReply:
    answer = cues.conversation.danger.answer
    return SmallTalkReply(SmallTalk(id=SETTLED, answer=answer, phrasings=[]), 1.0)


def _flags(faq: Faq) -> dict[str, Flag]:
    return {flag.id: flag for flag in faq.knowledge.red_flags.flags}


def _before(faq: Faq, context: Context) -> Before:
    """The things that the context names; a reload may have removed some of them."""
    knowledge = faq.knowledge
    limit = knowledge.limits.get(context.limit or "")
    near = tuple(knowledge.topics[i] for i in context.near if i in knowledge.topics)
    return Before(
        shown=tuple(knowledge.entries[i] for i in context.entries if i in knowledge.entries),
        suggested=context.suggested,
        offered=tuple(knowledge.entries[i] for i in context.offered if i in knowledge.entries),
        seen=context.seen,
        limited=Limited(limit, near, 1.0) if limit else None,
    )


def _after(before: Context, reply: Reply) -> Context:
    shown = reply.under if isinstance(reply, RedFlag) else reply
    match shown:
        case Answer(sourced=True):
            return before
        case Answer():
            seen = before.seen | set(shown.ids)
            return replace(
                before, entries=shown.ids, suggested=False, limit=None, seen=seen, footer=True
            )
        case Suggestions():
            return replace(before, entries=shown.ids, suggested=True, offered=shown.ids, limit=None)
        case Limited():
            return replace(before, limit=shown.limit.id, near=shown.topics)
        case Unknown():
            return replace(before, listed=True)
        case _:
            return before
