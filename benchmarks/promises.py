"""Figures that are promised, and a report that says where one does not hold."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AtMost:
    """A figure that must not be larger."""

    what: str
    figure: float
    limit: float

    def __str__(self) -> str:
        return f"{self.what}: {self.figure:.2f}, promised at most {self.limit:g}"

    @property
    def kept(self) -> bool:
        return self.figure <= self.limit


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A figure that must not be smaller."""

    what: str
    figure: float
    limit: float

    def __str__(self) -> str:
        return f"{self.what}: {self.figure:.2f}, promised at least {self.limit:g}"

    @property
    def kept(self) -> bool:
        return self.figure >= self.limit


def report(promises: Sequence[AtMost | AtLeast]) -> int:
    """Print each promise and whether it holds; the exit code of a benchmark."""
    for promise in promises:
        print(f"{'kept  ' if promise.kept else 'BROKEN'}  {promise}")
    return 0 if all(promise.kept for promise in promises) else 1
