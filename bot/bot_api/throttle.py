"""The throttle limits the number of requests of each person."""

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

PEOPLE = 10_000
"""People who are remembered; the one who was quiet longest is forgotten first."""


class Verdict(Enum):
    """The way to treat a request."""

    ANSWER = auto()
    ASK_TO_SLOW_DOWN = auto()
    """For the first request above the limit, and then for one in each window of time."""
    IGNORE = auto()


@dataclass(frozen=True, slots=True)
class Throttle:
    """A sliding window of time for each person, with `most` requests in `seconds`."""

    clock: Callable[[], float]
    """Seconds, never going back."""
    most: int = 20
    seconds: float = 60.0
    _asked: OrderedDict[int, deque[float]] = field(default_factory=OrderedDict)
    _warned: dict[int, float] = field(default_factory=dict)
    """The time of each person's last warning."""

    def longer(self, times: int) -> "Throttle":
        """Another throttle, with room for so many times as many requests."""
        return Throttle(self.clock, self.most * times, self.seconds)

    def judge(self, person: int) -> Verdict:
        """Count one more request of this person."""
        now = self.clock()
        asked = self._asked.setdefault(person, deque())
        self._asked.move_to_end(person)
        if len(self._asked) > PEOPLE:
            forgotten, _ = self._asked.popitem(last=False)
            self._warned.pop(forgotten, None)
        while asked and asked[0] <= now - self.seconds:
            asked.popleft()
        if len(asked) < self.most:
            asked.append(now)
            return Verdict.ANSWER
        if now - self._warned.get(person, now - self.seconds) < self.seconds:
            return Verdict.IGNORE
        self._warned[person] = now
        return Verdict.ASK_TO_SLOW_DOWN
