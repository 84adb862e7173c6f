"""A reply as `skinbot ask` prints it, for a person or for a program."""

import json

from bot.answering.faq import Faq
from bot.answering.replies import Suggestions
from bot.conversation.context import Turn
from bot.features.questions import texts
from bot.markup import plain


def text(faq: Faq, turn: Turn) -> str:
    """Words for a person; suggestions are listed in place of buttons."""
    reply = turn.reply
    lines = [plain(texts.of(faq.knowledge, reply, footer=turn.footer, listed=turn.listed))]
    if isinstance(reply, Suggestions):
        lines += [f"- {entry.question}" for entry in reply.entries]
    return "\n".join(lines)


def line(faq: Faq, question: str, turn: Turn) -> str:
    """One line of JSON for any question; in ASCII, as some readers end a line at U+2028."""
    reply = turn.reply
    found = {
        "question": question,
        "outcome": reply.outcome,
        "topics": reply.topics,
        "entries": [entry.id for entry in reply.entries],
        "score": round(reply.score, 4),
        "text": text(faq, turn),
    }
    return json.dumps(found)
