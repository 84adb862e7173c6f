"""A conversation: each message is answered with what was said before it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from bot.answering.cues import Said
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
from bot.conversation.vigil import Vigil
from bot.knowledge.models import Flag
from bot.language.words import MAX_QUESTION

SILENCE = 30 * 60.0
"""Seconds after which a conversation is over."""
PAUSE = 5.0
"""Seconds between two messages of a chat that is read from a file."""


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


def chat(faq: Faq) -> Callable[[str], Reply]:
    """Begin a chat: what is returned replies to each message, read with those before it."""
    context, moment = Context(), 0.0

    def ask(message: str) -> Reply:
        nonlocal context, moment
        moment += PAUSE
        turn = converse(faq, message, context, moment)
        context = turn.context
        return turn.reply

    return ask


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
    if caution is None or caution.flag not in _flags(message.faq):
        reply = message.reply()
        return reply, Caution.of(reply.flag.id, said) if isinstance(reply, RedFlag) else None
    return Vigil(message, question, said, caution).decide()


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
