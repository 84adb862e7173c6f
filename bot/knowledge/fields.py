"""What the fields of a knowledge base may hold."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, cast

from bot.language.words import has_words
from bot.markup import html_problem, plain, units

if TYPE_CHECKING:
    from pydantic import ConfigDict, GetCoreSchemaHandler
    from pydantic_core import CoreSchema

MAX_ID = 52
"""Bytes of an id, so that it fits with its button's prefix into Telegram's 64."""
MAX_ANSWER = 800
"""Characters as Telegram counts them; two answers with their details fit into one message."""
MAX_HTML = 1_200
"""The same for what is a message of its own."""


class Fits:
    """Limits, under the names that Pydantic's core schemas have for them: `max_length`, `ge`."""

    def __init__(self, **limits: float | str) -> None:
        self.limits = limits

    def __get_pydantic_core_schema__(
        self, source: object, handler: "GetCoreSchemaHandler"
    ) -> "CoreSchema":
        return cast("CoreSchema", {**handler(source), **self.limits})


@dataclass(frozen=True, slots=True)
class Valid:
    """A text that nothing is said against."""

    problem: Callable[[str], str | None]

    def __get_pydantic_core_schema__(
        self, source: object, handler: "GetCoreSchemaHandler"
    ) -> "CoreSchema":
        return _checked(self._check, handler(source))

    def _check(self, value: str) -> str:
        if said := self.problem(value):
            raise ValueError(said)
        return value


@dataclass(frozen=True, slots=True)
class Shows:
    """At most so many characters as Telegram counts what is read: UTF-16, without the tags."""

    most: int
    read: Callable[[str], str] = plain

    def __get_pydantic_core_schema__(
        self, source: object, handler: "GetCoreSchemaHandler"
    ) -> "CoreSchema":
        return _checked(self._check, handler(source))

    def _check(self, value: str) -> str:
        if (length := units(self.read(value))) > self.most:
            from pydantic_core import PydanticCustomError

            context = {"max_length": self.most, "length": length}
            raise PydanticCustomError("string_too_long", "too long", context)
        return value


def _checked(check: Callable[[str], str], schema: "CoreSchema") -> "CoreSchema":
    from pydantic_core import core_schema

    return core_schema.no_info_after_validator_function(check, schema)


def _wordless(value: str) -> str | None:
    return None if has_words(value) else "this has no word in it; write it as people would type it"


def _folded(value: str) -> str | None:
    if "<blockquote" in value:
        return "details are shown in a block quote already; remove <blockquote>"
    return None


_ID = r"^[a-z][a-z0-9_]*$"
Id = Annotated[str, Fits(pattern=_ID, max_length=MAX_ID)]
EntryId = Annotated[str, Fits(pattern=r"^[a-z][a-z0-9_]*\.[a-z0-9_]+$", max_length=MAX_ID)]
Title = Annotated[str, Fits(min_length=1, max_length=60)]
_Markup = Annotated[str, Fits(min_length=1, max_length=4_000), Valid(html_problem)]
Html = Annotated[_Markup, Shows(MAX_HTML)]
Answer = Annotated[_Markup, Shows(MAX_ANSWER)]
Line = Annotated[str, Fits(min_length=1, max_length=500)]
Pattern = Annotated[str, Fits(min_length=1, max_length=2_000), Valid(_wordless)]
Phrasing = Annotated[str, Fits(min_length=1, max_length=300), Valid(_wordless)]
Weight = Annotated[float, Fits(ge=-50, le=50)]
Share = Annotated[float, Fits(ge=0, le=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Frozen; read strictly: no unknown keys, nothing turned into another type."""

    __pydantic_config__: ClassVar["ConfigDict"] = {
        "strict": True,
        "extra": "forbid",
        "str_strip_whitespace": True,
        "use_attribute_docstrings": True,
    }

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: "GetCoreSchemaHandler"
    ) -> "CoreSchema":
        """Strict about what is in it; but it comes as a dict, which a strict dataclass refuses."""
        schema = handler(source)
        cast("dict[str, object]", handler.resolve_ref_schema(schema))["strict"] = False
        return schema
