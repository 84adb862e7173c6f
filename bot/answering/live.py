"""What the bot knows right now."""

from dataclasses import dataclass

from bot.answering.faq import Faq


@dataclass(slots=True)
class Live:
    """The one thing that a reload replaces; whoever uses it reads it once and goes on with that."""

    faq: Faq
    """Written out, it would be megabytes."""
