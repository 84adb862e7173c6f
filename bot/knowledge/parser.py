"""The files of a knowledge base, each parsed and validated on its own, with all their problems."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.errors import KnowledgeError, Problem
from bot.knowledge import model_errors, yaml_files
from bot.knowledge.fields import Model
from bot.knowledge.models import (
    About,
    Expected,
    Learned,
    Limits,
    RedFlags,
    SmallTalks,
    Synonyms,
    Thresholds,
    Tips,
    Topic,
)
from bot.knowledge.yaml_reader import Loc, Source

TOPICS = "topics"
LEARNED = "learned.yaml"
FILES: Mapping[str, type[Model]] = {
    "about.yaml": About,
    "expected.yaml": Expected,
    LEARNED: Learned,
    "limits.yaml": Limits,
    "red_flags.yaml": RedFlags,
    "smalltalk.yaml": SmallTalks,
    "synonyms.yaml": Synonyms,
    "thresholds.yaml": Thresholds,
    "tips.yaml": Tips,
}
OPTIONAL = frozenset({LEARNED, "thresholds.yaml", "tips.yaml"})
ADAPTERS: Mapping[type[Model], TypeAdapter[Model]] = {
    model: TypeAdapter(model) for model in (*FILES.values(), Topic)
}
"""What reads each model by its rules, and knows its JSON Schema."""

M = TypeVar("M", bound=Model)


@dataclass(slots=True)
class ParsedFiles:
    """The files that could be read, and what is wrong so far."""

    sources: dict[str, Source] = field(default_factory=dict)
    models: dict[str, Model] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def read(cls, folder: Path) -> "ParsedFiles":
        try:
            present = _names(folder)
        except OSError as error:
            why = f"this folder cannot be read: {error.strerror}"
            what = f"{why}; name one that holds a knowledge base"
            raise KnowledgeError([Problem(str(folder), 1, 1, what)]) from error
        draft = cls()
        for file, model in FILES.items():
            if file in present or file not in OPTIONAL:
                draft.add(folder, file, model)
        draft.add_topics(folder)
        return draft

    def add_topics(self, folder: Path) -> None:
        try:
            names = _names(folder / TOPICS)
        except OSError:
            names = []
        for name in names:
            file = f"{TOPICS}/{name}"
            if name.endswith(".yaml"):
                self.add(folder, file, Topic)
            elif name.lower().endswith((".yml", ".yaml")):
                self.sources[file] = Source(file)
                what = f"this file is not read; rename it to {Path(name).stem}.yaml"
                self.problems.append(Problem(file, 1, 1, what))
        if not any(file.startswith(TOPICS) for file in self.sources):
            what = "there is no topic; add a file for one, such as topics/opening_hours.yaml"
            self.problems.append(Problem(TOPICS, 1, 1, what))

    def add(self, folder: Path, file: str, model: type[Model]) -> None:
        found = self.sources[file] = yaml_files.read(folder / file, file)
        self.problems.extend(found.problems)
        if found.value is not None:
            self.validate(found, model)
        elif not found.problems and file != LEARNED:  # Nothing was learned yet.
            keys = ", ".join(key.name for key in fields(model))
            what = f"the file is empty; write its keys: {keys}"
            self.problems.append(Problem(file, 1, 1, what))

    def validate(self, found: Source, model: type[Model]) -> None:
        try:
            self.models[found.file] = ADAPTERS[model].validate_python(found.value)
        except ValidationError as error:
            for loc, what in model_errors.explain(error, model, found.bent):
                self.problems.append(found.problem(loc, what))

    def get(self, file: str, model: type[M]) -> M | None:
        found = self.models.get(file)
        return found if isinstance(found, model) else None

    def the(self, file: str, model: type[M]) -> M:
        """A file that is known to be in order."""
        found = self.get(file, model)
        if found is None:
            raise KnowledgeError(self.problems)
        return found

    def topics(self) -> Iterator[tuple[str, Topic]]:
        for file, model in self.models.items():
            if isinstance(model, Topic):
                yield file, model

    def texts(self, file: str, *path: str | None) -> Iterator[tuple[Loc, str]]:
        """Texts of a file that may be broken; see `Source.texts`."""
        return self.sources[file].texts(*path)

    def under(self, file: str, key: str) -> object:
        """What stands under a key of a file that may be broken; None for nothing."""
        value = self.sources[file].value
        return value.get(key) if isinstance(value, dict) else None

    def problem(self, file: str, loc: Loc, what: str) -> Problem:
        return self.sources[file].problem(loc, what)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
