"""The operators who dealt with questions, in memory only, so that a slower one hears who it was."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

REMEMBERED = 10_000
"""The most questions that are remembered."""


@dataclass(frozen=True, slots=True)
class Dealt:
    """The names of operators, by the questions that they dealt with last."""

    most: int = REMEMBERED
    _names: OrderedDict[int, str] = field(default_factory=OrderedDict)

    def note(self, questions: Iterable[int], name: str) -> None:
        for question in questions:
            self._names[question] = name
        while len(self._names) > self.most:
            self._names.popitem(last=False)

    def by(self, question: int) -> str | None:
        """The operator who was first; None if nobody was since the process began."""
        return self._names.get(question)
