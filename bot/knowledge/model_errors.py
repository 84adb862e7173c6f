"""A wrong value in a file is explained to the person who edits it."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Annotated, Any, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import process

from bot.knowledge.fields import MAX_ID, Model
from bot.knowledge.yaml_reader import Bent, Loc
from bot.markup import short

_RIGHT = {
    "date_type": "write a date such as 2026-11-22, without quotes",
    "bool_type": "write true or false, without quotes",
    "float_type": "write a number such as 0.5, without quotes",
    "greater_than_equal": "write at least {ge:g}",
    "less_than_equal": "write at most {le:g}",
}
_UNKNOWN = "unexpected_keyword_argument"
_IN_A_KEY = "[key]"
"""Pydantic puts this behind the key of a mapping when the key itself is wrong."""


def explain(
    error: ValidationError, model: type[Model], bent: Mapping[Loc, Bent]
) -> Iterator[tuple[Loc, str]]:
    """Each mistake: where, and what is wrong and would be right."""
    details = error.errors(include_url=False)
    unknown = [detail for detail in details if detail["type"] == _UNKNOWN]
    meant = {_meant(detail["loc"], model) for detail in unknown}
    for detail in details:
        loc = detail["loc"]
        # A misspelt key is one mistake, not an unknown key and a missing one.
        if detail["type"] != "missing" or loc not in meant:
            yield loc, _sentence(detail, model, bent.get(loc))


def _sentence(detail: ErrorDetails, model: type[Model], bent: Bent | None) -> str:
    loc, context, given = detail["loc"], detail.get("ctx", {}), detail["input"]
    key = _key(loc)
    match detail["type"]:
        case "missing":
            return f"the key {key} is missing; add it"
        case "unexpected_keyword_argument":
            return f"the key {key} is unknown; {_known(loc, model)}"
        case "list_type":
            return f"{key} must be a list; put each item on a line that begins with a dash"
        case "dict_type" | "dataclass_type":
            return f"{key} must be keys with values, each on a line such as name: value"
        case "too_short":
            few, got = context["min_length"], context["actual_length"]
            return f"{key} has {got} items and needs at least {few}; add {few - got}"
        case "too_long":
            most, got = context["max_length"], context["actual_length"]
            return f"{key} has {got} items and takes at most {most}; remove {got - most}"
        case "string_too_short":
            return f"{key} is empty; write it here"
        case "string_too_long":
            return _too_long(key, context, str(given))
        case "string_type":
            return _no_text(key, bent, given)
        case "value_error":
            return str(context["error"])
    written = short(bent.text) if bent else f'"{short(str(given))}"'
    return f"{key} is {written or 'empty'}; {_right(detail)}"


def _key(loc: Loc) -> str:
    if not loc:
        return "the file"
    if loc[-1] == _IN_A_KEY:
        return "this key"
    return f"'{short(loc[-1])}'" if isinstance(loc[-1], str) else "this value"


def _no_text(key: str, bent: Bent | None, given: object) -> str:
    if bent and not bent.text:
        return f"{key} is empty; write it here"
    if bent:
        return bent.must_be_text(key)
    if isinstance(given, list):
        return f"{key} must be text, but is a list; write one text"
    return f"{key} must be text, but a colon makes it a key with a value; put it in quotes"


def _too_long(key: str, context: Mapping[str, Any], given: str) -> str:
    most, length = context["max_length"], context.get("length", len(given))
    why = ", so that a button can carry it" if most == MAX_ID else ""
    return f"{key} has {length} characters; shorten it to {most}{why}"


def _right(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    if detail["type"] == "string_pattern_mismatch":
        such = "topic_name.entry_name" if r"\." in context["pattern"] else "topic_name"
        return f"write small letters, digits and _, such as {such}"
    return _RIGHT.get(detail["type"], detail["msg"]).format(**context)


def _known(loc: Loc, model: type[Model]) -> str:
    if meant := _meant(loc, model):
        return f"did you mean '{meant[-1]}'?"
    return f"known here are {', '.join(_fields(model, loc[:-1]))}"


def _meant(loc: Loc, model: type[Model]) -> Loc | None:
    """The key that a misspelt one is nearest to."""
    near = process.extractOne(str(loc[-1]), _fields(model, loc[:-1]), score_cutoff=70)
    return (*loc[:-1], near[0]) if near else None


def _fields(model: type[Model], loc: Loc) -> list[str]:
    """Names of the keys that a model takes at a place."""
    inner: Any = model
    for key in loc:
        if is_dataclass(inner):
            inner = next(found.type for found in fields(inner) if found.name == key)
        else:
            inner = get_args(inner)[-1]
        if get_origin(inner) is Annotated:
            inner = get_args(inner)[0]
    return [found.name for found in fields(inner)]
