"""What a value of a knowledge base must be like, written into its type with `Annotated`.

Pydantic asks each rule how it is checked. It is not imported here: the values (`models`) are needed
at every start, Pydantic only where YAML is read.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from msgspec import Struct

from bot.markup import plain, units

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema


class Fits:
    """Limits, under the names that Pydantic's core schemas have for them: `max_length`, `ge`."""

    def __init__(self, **limits: float | str) -> None:
        self.limits = limits

    def __get_pydantic_core_schema__(
        self, source: object, handler: "GetCoreSchemaHandler"
    ) -> "CoreSchema":
        return cast("CoreSchema", {**handler(source), **self.limits})


class Valid(Struct, frozen=True):
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


class Shows(Struct, frozen=True):
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
