"""A bot that is never sure."""

from bot.answering.faq import Faq
from bot.answering.replies import Reply, Suggestions


class Unsure(Faq):
    """Has nothing but suggestions."""

    def ask(self, question: str) -> Reply:
        return Suggestions(tuple(self.knowledge.entries.values())[:2], 0.5)
