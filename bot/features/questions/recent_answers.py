"""Which message answered which question: in memory only, and only the newest."""

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bot.answering.replies import Answer, Reply
from bot.language.words import MAX_QUESTION

REMEMBERED = 10_000
"""Questions whose answer is found again."""

Spot = tuple[int, int]
"""A chat and a message in it: messages are numbered in each chat."""
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question that was answered."""

    text: str
    entries: tuple[str, ...]
    """Ids of the entries that answered it."""
    regretted_by: frozenset[int] = frozenset()
    """People who have said that an answer did not help; a set of its own for each takes 2 MB."""

    def turned(self, person: int) -> "AnsweredQuestion":
        """That person says the opposite now."""
        return replace(self, regretted_by=self.regretted_by ^ {person})


@dataclass(frozen=True, slots=True)
class RecentAnswers:
    """The newest questions, until the process ends."""

    most: int = REMEMBERED
    _answers: OrderedDict[Spot, int] = field(default_factory=OrderedDict)
    """By the question: the message that answered it."""
    _questions: OrderedDict[Spot, AnsweredQuestion] = field(default_factory=OrderedDict)
    """By the message that answers."""

    def keep(self, question: Spot, answer: int, text: str, reply: Reply) -> None:
        """A question got this reply, in that message of the same chat."""
        self._add(self._answers, question, answer)
        where = question[0], answer
        if isinstance(reply, Answer):
            entries = tuple(entry.id for entry in reply.entries)
            self._add(self._questions, where, AnsweredQuestion(text[:MAX_QUESTION], entries))
        else:  # The question was edited, and what it says now has no answer.
            self._questions.pop(where, None)

    def answer(self, question: Spot) -> int | None:
        """The message that answered a question."""
        return self._answers.get(question)

    def regret(self, answer: Spot, entry: str, person: int) -> str | None:
        """The question that an entry answered there, once for each person; None for all else."""
        return self._judge(answer, entry, person, regretted=False)

    def praise(self, answer: Spot, entry: str, person: int) -> str | None:
        """The question, where this person had said that the answer did not help."""
        return self._judge(answer, entry, person, regretted=True)

    def _judge(self, answer: Spot, entry: str, person: int, *, regretted: bool) -> str | None:
        """A person who has regretted it, or has not, says the opposite now."""
        asked = self._questions.get(answer)
        if not asked or entry not in asked.entries or (person in asked.regretted_by) != regretted:
            return None
        self._questions[answer] = asked.turned(person)
        return asked.text

    def forget(self, chat: int) -> None:
        """Nothing is known of a chat any more, nor of the person whose private chat it is."""
        for known in (self._answers, self._questions):
            for spot in [spot for spot in known if spot[0] == chat]:
                del known[spot]
        regretted = [(a, q) for a, q in self._questions.items() if chat in q.regretted_by]
        for answer, asked in regretted:
            self._questions[answer] = asked.turned(chat)

    def _add(self, known: OrderedDict[Spot, Value], spot: Spot, value: Value) -> None:
        known[spot] = value
        known.move_to_end(spot)
        if len(known) > self.most:
            known.popitem(last=False)
