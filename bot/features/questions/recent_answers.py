"""The newest questions and the messages that answered them, in memory only."""

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bot.answering.replies import Answer, Reply
from bot.language.words import MAX_QUESTION

REMEMBERED = 10_000
"""The most questions that are remembered."""

Spot = tuple[int, int]
"""A chat, and a message in it. Each chat numbers its own messages."""
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question that was answered."""

    text: str
    entries: tuple[str, ...]
    """Ids of the entries that answered it."""
    regretted_by: frozenset[int] = frozenset()
    """People who said that the answer did not help. The empty set is shared, which saves 2 MB."""

    def turned(self, person: int) -> "AnsweredQuestion":
        """The question after this person has changed their mind."""
        return replace(self, regretted_by=self.regretted_by ^ {person})


@dataclass(frozen=True, slots=True)
class RecentAnswers:
    """The newest questions, until the process ends."""

    most: int = REMEMBERED
    _answers: OrderedDict[Spot, int] = field(default_factory=OrderedDict)
    """The key is a question; the value is the number of the message that answered it."""
    _questions: OrderedDict[Spot, AnsweredQuestion] = field(default_factory=OrderedDict)
    """The key is the message that answers."""

    def keep(self, question: Spot, answer: int, text: str, reply: Reply) -> None:
        """Keep the reply to a question. `answer` is the number of its message in that chat."""
        self._add(self._answers, question, answer)
        where = question[0], answer
        if isinstance(reply, Answer):
            entries = tuple(entry.id for entry in reply.entries)
            self._add(self._questions, where, AnsweredQuestion(text[:MAX_QUESTION], entries))
        else:  # The question was edited, and what it says now has no answer.
            self._questions.pop(where, None)

    def hinted(self, question: Spot, hint: int) -> None:
        """Keep the hint below a photo. A caption that is added later turns it into an answer."""
        self._add(self._answers, question, hint)

    def answer(self, question: Spot) -> int | None:
        """The number of the message that answered a question."""
        return self._answers.get(question)

    def regret(self, answer: Spot, entry: str, person: int) -> str | None:
        """The answer did not help this person. Returns the question if that is new, else None."""
        return self._judge(answer, entry, person, regretted=False)

    def praise(self, answer: Spot, entry: str, person: int) -> str | None:
        """It helped them after all. Returns the question if they had regretted it, else None."""
        return self._judge(answer, entry, person, regretted=True)

    def _judge(self, answer: Spot, entry: str, person: int, *, regretted: bool) -> str | None:
        """Turn a person's opinion of an answer, if it was as `regretted` says; else return None."""
        asked = self._questions.get(answer)
        if not asked or entry not in asked.entries or (person in asked.regretted_by) != regretted:
            return None
        self._questions[answer] = asked.turned(person)
        return asked.text

    def forget(self, chat: int) -> None:
        """Forget all of a chat, and every vote of the person whose private chat it is."""
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
