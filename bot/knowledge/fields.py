"""The types of the fields of a knowledge base, each with its limits."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import AfterValidator, ConfigDict, Field, Strict
from pydantic_core import PydanticCustomError

from bot.language.words import has_words
from bot.markup import html_problem, plain, units

MAX_ID = 52
"""Bytes of an id, so that it fits with its button's prefix into Telegram's 64."""
MAX_ANSWER = 800
"""Characters as Telegram counts them; two answers with their details fit into one message."""
MAX_HTML = 1_200
"""Characters, counted alike, of what is a message of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A value of a file: frozen, without unknown keys, its texts without blanks around them."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid", str_strip_whitespace=True, use_attribute_docstrings=True
    )


def shows(most: int, read: Callable[[str], str] = plain) -> AfterValidator:
    """At most so many characters, as Telegram counts them: UTF-16, without the tags."""

    def check(value: str) -> str:
        if (length := units(read(value))) > most:
            context = {"max_length": most, "length": length}
            raise PydanticCustomError("string_too_long", "too long", context)
        return value

    return AfterValidator(check)


def _valid(problem: Callable[[str], str | None]) -> AfterValidator:
    """A text in which no problem is found."""

    def check(value: str) -> str:
        if said := problem(value):
            raise ValueError(said)
        return value

    return AfterValidator(check)


def _wordless(value: str) -> str | None:
    return None if has_words(value) else "this has no word in it; write it as people would type it"


def _folded(value: str) -> str | None:
    if "<blockquote" in value:
        return "details are shown in a block quote already; remove <blockquote>"
    return None


Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=MAX_ID)]
EntryId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z0-9_]+$", max_length=MAX_ID)]
Title = Annotated[str, Field(min_length=1, max_length=60)]
_Markup = Annotated[str, Field(min_length=1, max_length=4_000), _valid(html_problem)]
Html = Annotated[_Markup, shows(MAX_HTML)]
Answer = Annotated[_Markup, shows(MAX_ANSWER)]
Details = Annotated[Answer, _valid(_folded)]
Line = Annotated[str, Field(min_length=1, max_length=500)]
Pattern = Annotated[str, Field(min_length=1, max_length=2_000), _valid(_wordless)]
Phrasing = Annotated[str, Field(min_length=1, max_length=300), _valid(_wordless)]
Share = Annotated[float, Strict(), Field(ge=0, le=1)]
