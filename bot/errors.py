"""The errors that this program raises on purpose, all of them a `SkinbotError`."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One thing that is wrong in a file, for the person who edits it."""

    file: str
    line: int
    """Counted from 1, as editors do."""
    column: int
    what: str
    """The mistake and the remedy, in one sentence."""
    follows: bool = field(default=False, compare=False)
    """True where it goes when another problem is mended."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.what}"


class SkinbotError(Exception):
    """Base of all errors here. Its text is one line for the operator."""


class SettingsError(SkinbotError):
    """A setting has a value that cannot be used."""


class InputError(SkinbotError):
    """A file given on the command line cannot be used."""


class StorageError(SkinbotError):
    """The database cannot be opened or written."""


class ReloadError(SkinbotError):
    """A knowledge base could not be built, or put in place of the one that answers."""


class SettledError(ReloadError):
    """Another operator has dealt with a question already."""


class StartError(SkinbotError):
    """The bot cannot run: the token is refused, or the network library cannot start."""


class KnowledgeError(SkinbotError):
    """A knowledge base cannot be used; holds all causes, and counts what follows from them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        found = sorted(set(problems))
        causes = [problem for problem in found if not problem.follows]
        self.problems = tuple(causes or found)
        self.following = len(found) - len(self.problems)
        """Problems that go when those are mended."""
        super().__init__("\n".join([*map(str, self.problems), *self.rest]))

    @property
    def rest(self) -> list[str]:
        """A line with the count of what follows; none where nothing does."""
        if not self.following:
            return []
        more = "1 more follows" if self.following == 1 else f"{self.following} more follow"
        of = "this" if len(self.problems) == 1 else "these"
        return [f"{more} from {of}."]
