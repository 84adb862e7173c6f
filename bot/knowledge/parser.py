"""The files of a knowledge base, each parsed and validated on its own, with all their problems."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import PurePath
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.errors import KnowledgeError, Problem
from bot.knowledge import model_errors, yaml_errors, yaml_reader
from bot.knowledge.faults.names import TOPIC, meant
from bot.knowledge.fields import Model
from bot.knowledge.files import FILES, LEARNED, OPTIONAL, TOPICS, Files, Found
from bot.knowledge.models import Topic
from bot.knowledge.yaml_reader import Loc, Source

ADAPTERS: Mapping[type[Model], TypeAdapter[Model]] = {
    model: TypeAdapter(model) for model in (*FILES.values(), Topic)
}
"""Each of them reads a model by its rules, and knows its JSON Schema."""

_LACKING = re.compile("is missing|is empty|needs at least")
"""Said of what the last item of a half-written file has not got yet."""

Written = tuple[str, Loc, str]
"""A text with its file and place."""

M = TypeVar("M", bound=Model)


@dataclass(slots=True)
class ParsedFiles:
    """The files that could be read, and the problems so far."""

    sources: dict[str, Source] = field(default_factory=dict)
    models: dict[str, Model] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def of(cls, found: Found) -> "ParsedFiles":
        """Parse and validate every file.

        Raises:
            KnowledgeError: there is nothing to read at all.
        """
        if found.problems and not found.files:
            raise KnowledgeError(found.problems)
        parsed = cls(problems=list(found.problems))
        parsed.sources |= {problem.file: Source(problem.file) for problem in found.problems}
        for name in [meant(problem.file) for problem in found.problems]:
            if name is not None and name in FILES:
                parsed.sources[name] = Source(name)
        for file, model in FILES.items():
            if file in found.files:
                parsed._add(file, found.files[file], model)
            elif file not in OPTIONAL and file not in parsed.sources:
                parsed._miss(file, "there is no such file; add it")
        parsed._add_topics(found)
        return parsed

    def _add_topics(self, found: Found) -> None:
        for file in sorted(name for name in found.files if name.startswith(f"{TOPICS}/")):
            name = PurePath(file).name
            if TOPIC.fullmatch(name):
                self._add(file, found.files[file], Topic)
            else:
                self._miss(file, _advice(name, found.files))
        if not any(file.startswith(TOPICS) for file in self.sources):
            what = "there is no topic; add a file for one, such as topics/opening_hours.yaml"
            self.problems.append(Problem(TOPICS, 1, 1, what))

    def _add(self, file: str, data: bytes, model: type[Model]) -> None:
        found = self.sources[file] = yaml_reader.parse(data, file)
        self.problems.extend(found.problems)
        if found.value is not None:
            self._validate(found, model)
        elif not found.problems and file != LEARNED:  # Nothing was learned yet.
            keys = ", ".join(key.name for key in fields(model))
            self._miss(file, f"the file is empty; write its keys: {keys}")

    def _miss(self, file: str, what: str) -> None:
        self.sources.setdefault(file, Source(file))
        self.problems.append(Problem(file, 1, 1, what))

    def _validate(self, found: Source, model: type[Model]) -> None:
        try:
            self.models[found.file] = ADAPTERS[model].validate_python(found.value)
        except ValidationError as error:
            wrong = list(model_errors.explain(error, model, found.bent))
            last = _last(found.value) if found.cut else None
            cut = [loc for loc, what in wrong if loc[:2] == last and _LACKING.search(what)]
            if found.cut and cut:
                self.problems.append(Problem(found.file, *found.cut, yaml_errors.UNFINISHED))
            faulty = {problem.line for problem in found.problems}
            for loc, what in wrong:
                problem = found.problem(loc, what)
                follows = loc in cut or bool(faulty & {problem.line, problem.line + 1})
                self.problems.append(replace(problem, follows=follows))

    def all(self, model: type[M]) -> list[M]:
        """The files of one kind that are in order: one or none, except for topics."""
        return [each for each in self.models.values() if isinstance(each, model)]

    def texts(self, file: str, *path: str | None) -> Iterator[Written]:
        """Texts of a file that may be broken or not there; see `yaml_reader.texts`."""
        value = self.sources[file].value if file in self.sources else None
        return ((file, *found) for found in yaml_reader.texts(value, path))

    def under(self, file: str, key: str) -> object:
        """The value of a key in a file that may be broken; None for nothing."""
        value = self.sources[file].value
        return value.get(key) if isinstance(value, dict) else None

    def problem(self, file: str, loc: Loc, what: str) -> Problem:
        return self.sources[file].problem(loc, what)


def _last(value: object) -> Loc | None:
    """The place of the last item in the list at the end of a file; None without one."""
    key, items = [*value.items()][-1] if isinstance(value, dict) and value else ("", None)
    return (key, len(items) - 1) if isinstance(items, list) and items else None


def _advice(name: str, there: Files) -> str:
    """The remedy for a topic's file that has no name for a topic."""
    right = meant(name)
    if right is None:
        return "this file is not read; name it after its topic, such as opening_hours.yaml"
    if f"{TOPICS}/{right}" in there:
        return f"this is one more {right}; move it out of this folder, or rename it"
    return f"this file is not read; rename it to {right}"
