"""Every regular expression of the program, asked with the texts that blow such expressions up."""

import ast
import importlib
import re
import time
from collections.abc import Iterable, Iterator
from itertools import pairwise, product
from pathlib import Path
from re import _parser  # type: ignore[attr-defined] # what `re` itself reads a pattern with
from types import ModuleType
from typing import Any

import pytest

import bot
from bot.language.words import MAX_QUESTION

MOST_SECONDS = 0.005
MANY = 9
"""A part that may come this often can be made to repeat itself for long."""
SAMPLES = 12
"""Texts that are tried for one part of a pattern."""
TIMES = (18, 60, MAX_QUESTION)
ENDS = ("", "!?x", "\0", " ", "1")
CATEGORIES = {"DIGIT": "1", "SPACE": " ", "WORD": "a", "NOT_DIGIT": "a", "NOT_SPACE": "a"}


def modules() -> Iterator[ModuleType]:
    folder = Path(bot.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        if "migrations" not in parts:
            yield importlib.import_module(".".join(parts).removesuffix(".__init__"))


def compiled_in(thing: object) -> Iterator[re.Pattern[str]]:
    """The patterns in a module's constant."""
    match thing:
        case re.Pattern(pattern=str()):
            yield thing
        case dict():
            yield from (found for each in thing.values() for found in compiled_in(each))
        case tuple() | list():
            yield from (found for each in thing for found in compiled_in(each))
        case type() if isinstance(given := getattr(thing, "PATTERN", None), str):
            yield re.compile(given)


def written_in(module: ModuleType) -> Iterator[re.Pattern[str]]:
    """The patterns that are handed to `re` or to a filter inside of functions.

    Only constants count: a pattern that is made from a text is as good or bad as the text.
    """
    tree = ast.parse(Path(module.__file__ or "").read_text("utf-8"))
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    for call in (node for function in functions for node in ast.walk(function)):
        if isinstance(call, ast.Call) and (found := called(call)) in {"re", "Regex"}:
            source = ast.unparse(call.args[0])
            if source.startswith("re.escape("):
                continue  # Letters and nothing else.
            if source == "cls.PATTERN":
                continue  # Found on each of the classes.
            try:
                yield re.compile(eval(source, vars(module)))  # noqa: S307 - our own code
            except NameError:
                raise AssertionError(
                    f"{module.__name__}: {found} of {source}: no constant"
                ) from None


def called(call: ast.Call) -> str | None:
    if not isinstance(call.func, ast.Attribute) or not isinstance(call.func.value, ast.Name):
        return None
    of, name = call.func.value.id, call.func.attr
    if of == "filters" and name.endswith("Regex"):
        return "Regex"
    return "re" if of == "re" and name != "escape" else None


def patterns() -> dict[str, re.Pattern[str]]:
    """Module and text of a pattern → the pattern."""
    found: dict[str, re.Pattern[str]] = {}
    for module in modules():
        constants = (p for thing in vars(module).values() for p in compiled_in(thing))
        for pattern in (*constants, *written_in(module)):
            found.setdefault(pattern.pattern, pattern)
    return found


def samples(parsed: Iterable[Any]) -> list[str]:
    """A few texts that fit a parsed pattern, as different as its alternatives."""
    choices = [some(operator, given) for operator, given in parsed]
    if not choices:
        return [""]
    first = ["".join(each[0] for each in choices), "".join(each[-1] for each in choices)]
    others = [
        "".join(choice if i == at else each[0] for i, each in enumerate(choices))
        for at, options in enumerate(choices)
        for choice in options
    ]
    return list(dict.fromkeys([*first, *others]))[: 4 * SAMPLES]


def some(operator: Any, given: Any) -> list[str]:  # noqa: ANN401 - the parser's own
    match str(operator):
        case "LITERAL":
            return [chr(given)]
        case "IN":
            return [found for each in given if (found := member(*each))] or ["~"]
        case "ANY" | "NOT_LITERAL":
            return ["a"]
        case "BRANCH":
            return [text for branch in given[1] for text in samples(branch)]
        case "SUBPATTERN":
            return samples(given[3])
        case "ATOMIC_GROUP":
            return samples(given)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, inner = given
            fits = samples(inner)
            more = [text * (least + 1) for text in fits] if int(most) > least else []
            return [*more, *(text * least for text in fits)]
    return [""]  # An edge, or what is looked at and not taken.


def member(operator: Any, given: Any) -> str | None:  # noqa: ANN401 - the parser's own
    match str(operator):
        case "LITERAL":
            return chr(given)
        case "RANGE":
            return chr(given[0])
        case "CATEGORY":
            return CATEGORIES.get(str(given).removeprefix("CATEGORY_"), "!")
    return None


def repeated(parsed: Iterable[Any]) -> Iterator[str]:
    """Texts for all parts that may come many times."""
    for operator, given in parsed:
        match str(operator):
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                if int(given[1]) > MANY:
                    yield from samples(given[2])
                yield from repeated(given[2])
            case "BRANCH":
                yield from (text for branch in given[1] for text in repeated(branch))
            case "SUBPATTERN":
                yield from repeated(given[3])
            case "ATOMIC_GROUP":
                yield from repeated(given)


def attacks(pattern: re.Pattern[str]) -> Iterator[str]:
    parsed = list(_parser.parse(pattern.pattern, pattern.flags))
    begins = ["", *samples(parsed)[:SAMPLES]]
    pumps = list(dict.fromkeys(filter(None, repeated(parsed))))
    mixed = ["".join(pair) for pair in pairwise(pumps)]
    plain = ["a", " ", "1", "a ", "1 ", "'a", "<a", "&", ".", "-"]
    for pump, times in product([*pumps, *mixed, *plain], TIMES):
        body = pump * (times // len(pump) if times == MAX_QUESTION else times)
        for begin, end in product(begins, ENDS):
            yield f"{begin}{body[: MAX_QUESTION - len(begin) - len(end)]}{end}"


def seconds(pattern: re.Pattern[str], text: str) -> float:
    """Seconds of this thread's own time, the least of a few tries."""
    took = []
    for _ in range(3):
        began = time.thread_time()
        pattern.fullmatch(text)
        pattern.search(text)
        sum(1 for _ in pattern.finditer(text))
        took.append(time.thread_time() - began)
        if took[-1] < MOST_SECONDS:
            break
    return min(took)


PATTERNS = patterns()


def test_the_patterns_are_found() -> None:
    """That of a message which asks for no more tips, of a caption and of a button among them."""
    from bot.features import guards, routes
    from bot.features.tips.keyboards import PickPlace

    some = {guards.STOP.pattern, routes.RELOAD_CAPTION, PickPlace.PATTERN}
    assert some <= PATTERNS.keys()


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=range(len(PATTERNS)))
def test_no_text_takes_a_pattern_long(pattern: re.Pattern[str]) -> None:
    slow = {text for text in attacks(pattern) if seconds(pattern, text) > MOST_SECONDS}
    assert slow == set(), pattern.pattern


@pytest.mark.parametrize(
    "text",
    [
        "Stop sending me messages" + 22 * " any more" + "!?x",
        "please " * 140 + "x",
        "stop" + " any more" * 105,
        "no more tips" + "," * 900 + "x",
    ],
)
def test_a_wish_that_goes_on_and_on_is_read_at_once(text: str) -> None:
    from bot.features import guards

    assert seconds(guards.STOP, text) < MOST_SECONDS


def test_the_test_finds_a_pattern_that_blows_up() -> None:
    bad = re.compile(r"(?:,? (?:any|more|any ?more))*\W*stop")
    small = (text for text in attacks(bad) if len(text) < 200)
    assert any(seconds(bad, text) > MOST_SECONDS for text in small)
