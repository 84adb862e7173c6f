"""Imports run one way, and the core knows nothing of Telegram."""

import ast
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import bot

LAYERS = (
    {"__main__", "cli", "chat"},
    {"app"},
    {
        "broadcasting",
        "charts",
        "dialog",
        "digest",
        "faults",
        "feedback",
        "handlers",
        "journal",
        "health",
        "inbox_handlers",
        "notices",
        "offline",
        "operating",
        "operator_routes",
        "order",
        "outcome",
        "pace",
        "plotting",
        "polling",
        "posting",
        "preferences",
        "reloading",
        "reports",
        "request",
        "routes",
        "sending",
        "serving",
        "subscribing",
        "tips",
        "watching",
        "workshop",
    },
    {
        "broadcast_buttons",
        "broadcast_keyboards",
        "broadcast_texts",
        "buttons",
        "digest_texts",
        "inbox_buttons",
        "inbox_keyboards",
        "inbox_texts",
        "keyboards",
        "operator_texts",
        "stats_texts",
        "texts",
        "why_texts",
        "why_word_texts",
    },
    {
        "building",
        "database",
        "exporting",
        "intake",
        "mailings",
        "receipts",
        "records",
        "storage",
        "tables",
        "upgrading",
    },
    {
        "changes",
        "classifier",
        "compiled",
        "draft",
        "evaluation",
        "faq",
        "features",
        "files",
        "flags",
        "inbox",
        "index",
        "knowledge",
        "live",
        "loading",
        "matcher",
        "memory",
        "model_errors",
        "models",
        "numbering",
        "references",
        "replacing",
        "rules",
        "schema",
        "source",
        "spelling",
        "teaching",
        "text",
        "why",
        "why_words",
        "yaml_errors",
    },
    {
        "__init__",
        "delivery",
        "errors",
        "figures",
        "garbage",
        "gazetteer",
        "hours",
        "lesson",
        "logs",
        "mapped",
        "once",
        "place_names",
        "place_search",
        "places",
        "rotation",
        "schedule",
        "settings",
        "subscriber",
        "throttle",
        "zones",
    },
)
"""From the top, which may know everything, down to what knows nothing else."""
CORE = sorted((LAYERS[5] | LAYERS[6]) - {"__init__", "once"})
FILES = {path.stem: path for path in Path(bot.__file__).parent.glob("*.py")}
OUTSIDE = {"asyncio", "httpx", "socket", "sqlite3", "telegram", "threading", "time"}
"""The world around the program: the network, storage and the clock."""


@cache
def parsed(module: str) -> ast.Module:
    return ast.parse(FILES[module].read_text("utf-8"))


@cache
def imported(module: str, *, inside: bool = True) -> frozenset[str]:
    """Full names of everything that a module imports, at its top or inside its functions."""
    found = set()
    tree = parsed(module)
    for node in ast.walk(tree) if inside else tree.body:
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports by a relative name"
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return frozenset(found)


def own(module: str, *, inside: bool = True) -> set[str]:
    """Modules of this program that a module imports."""
    parts = (name.split(".") for name in imported(module, inside=inside))
    return {name[1] for name in parts if name[0] == "bot" and name[1] in FILES}


def layer(module: str) -> int:
    return next(number for number, names in enumerate(LAYERS) if module in names)


def loaded_with(*modules: str) -> set[str]:
    """What is loaded once a fresh process has imported these modules."""
    names = ", ".join(f"bot.{module}" for module in modules)
    program = f"import sys, {names}; print(*sys.modules)"
    done = subprocess.run(  # noqa: S603 - this program itself
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    return set(done.stdout.split())


def test_every_module_has_its_place() -> None:
    assert sorted(FILES) == sorted(name for names in LAYERS for name in names)


def test_imports_run_one_way() -> None:
    against = {m: [name for name in own(m) if layer(name) < layer(m)] for m in FILES}
    assert {module: names for module, names in against.items() if names} == {}


def test_no_modules_import_each_other() -> None:
    order = list(TopologicalSorter({module: own(module) for module in FILES}).static_order())
    assert order.index("faq") < order.index("texts") < order.index("handlers") < order.index("cli")


def test_the_core_does_not_touch_the_world() -> None:
    touched = {m: {name.split(".")[0] for name in imported(m)} & OUTSIDE for m in [*CORE, "texts"]}
    assert {module: names for module, names in touched.items() if names} == {}


def test_importing_the_core_never_imports_telegram() -> None:
    loaded = loaded_with(*CORE)
    assert {f"bot.{module}" for module in CORE} <= loaded
    assert {name for name in loaded if name.split(".")[0] in {"telegram", "httpx"}} == set()


def test_a_start_loads_nothing_that_only_some_operators_need() -> None:
    """With a copy at hand no YAML is read, no table changed, no chart drawn; nobody says where."""
    loaded, waiting = set(), {"app"}
    while waiting:
        loaded |= waiting
        waiting = set().union(*(own(module, inside=False) for module in waiting)) - loaded
    names = set().union(*(imported(module, inside=False) for module in loaded))
    packages = {name.split(".")[0] for name in names}
    assert {"sqlalchemy", "watchfiles"} <= packages
    assert packages & {"yaml", "pydantic", "alembic", "matplotlib", "dotenv", "tzfpy"} == set()


def test_the_command_line_loads_only_what_every_command_needs() -> None:
    """Each of these takes a while, and most starts need none of them."""
    of_some_commands = {
        "telegram",
        "pydantic",
        "yaml",
        "bot.loading",
        "bot.evaluation",
        "importlib.metadata",
    }
    assert loaded_with("cli") & of_some_commands == set()
