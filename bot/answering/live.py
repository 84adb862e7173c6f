"""What the bot knows right now."""

from msgspec import Struct

from bot.answering.faq import Faq


class Live(Struct):
    """The one thing that a reload replaces; whoever uses it reads it once and goes on with that."""

    faq: Faq
    """Written out, it would be megabytes."""
