"""Where the code stands: imports run one way, and the core knows nothing of the world."""

import ast
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import bot

PROGRAM = Path(bot.__file__).parent

CORE = ("language", "places", "knowledge", "subscriptions", "answering")
WORLD = {"asyncio", "socket", "time"}
"""What none of them may touch, beside Telegram and the database."""


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
    """What a module imports of this program, without `bot.`."""
    found = imported(path, inside=inside)
    return {name.removeprefix("bot.") for name in found if name.startswith("bot.")}


def test_no_modules_import_each_other() -> None:
    names = {dotted(path): path for path in modules()}
    graph = {
        name: {m for m in names for used in own(path) if used == m or used.startswith(f"{m}.")}
        - {name, *(".".join(name.split(".")[:n]) for n in range(1, 4))}
        for name, path in names.items()
        if path.name != "__init__.py"
    }
    order = list(TopologicalSorter(graph).static_order())
    assert order.index("answering.faq") < order.index("app") < order.index("cli")


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
    """What is loaded once a fresh process has imported these modules."""
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
    assert {name for name in loaded if name.split(".")[0] in {"telegram", "httpx"}} == set()


def test_every_room_says_what_it_is_and_nothing_else() -> None:
    for path in modules():
        if path.name == "__init__.py":
            tree = parsed(path)
            assert ast.get_docstring(tree), path
            assert len(tree.body) == 1, f"{path} holds more than its docstring"


def test_a_start_loads_nothing_that_only_some_operators_need() -> None:
    """With a copy at hand no YAML is read, no table changed, no chart drawn; nobody says where."""
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
    assert packages & {"yaml", "pydantic", "alembic", "matplotlib", "dotenv", "tzfpy"} == set()


def test_the_command_line_loads_only_what_every_command_needs() -> None:
    """Each of these takes a while, and most starts need none of them."""
    of_some_commands = {
        "telegram",
        "pydantic",
        "yaml",
        "bot.answering.loading",
        "bot.answering.evaluation",
        "importlib.metadata",
    }
    assert loaded_with("cli") & of_some_commands == set()
