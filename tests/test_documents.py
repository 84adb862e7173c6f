"""The documents name what there is, lead somewhere, and show the rooms as they are."""

import re
import runpy
import shutil
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest
from telegram.ext import CommandHandler

from bot import cli
from bot.answering import loading
from bot.bot_api.types import App
from bot.knowledge.base import shipped
from tests.test_layout import dotted, modules, own

ROOT = Path(__file__).parent.parent
README, OPERATING = ROOT / "README.md", ROOT / "docs" / "operating.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
PICTURE = ROOT / "docs" / "architecture.svg"
PICTURES = [PICTURE, ROOT / ".github" / "conversation.svg"]
MOST_LINES = 150


def read(path: Path) -> str:
    return path.read_text("utf-8")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def names_in(path: Path, wanted: set[str]) -> set[str]:
    """The names that stand in a document, and not only as a part of something longer."""
    text = read(path)
    return {each for each in wanted if re.search(rf"(?<![\w/-]){re.escape(each)}(?![\w-])", text)}


def helped(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit):
        cli.main([*arguments, "--help"])
    return capsys.readouterr().out


def test_the_readme_is_short() -> None:
    assert read(README).count("\n") < MOST_LINES


@pytest.mark.parametrize("document", [README, OPERATING], ids=name)
def test_each_command_of_the_terminal_is_named(
    document: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = set(re.findall(r"^    (\w+) ", helped(capsys), re.MULTILINE))
    assert {"run", "ask"} <= commands
    wanted = {f"skinbot {command}" for command in commands}
    assert names_in(document, wanted) == wanted


def test_each_option_of_the_terminal_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    helps = [helped(capsys)]
    commands = re.findall(r"^    (\w+) ", helps[0], re.MULTILINE)
    helps += [helped(capsys, command) for command in commands]
    options = {option for text in helps for option in re.findall(r"--[a-z]+", text)} - {"--help"}
    assert {"--json", "--now"} <= options
    assert names_in(OPERATING, options) == options


async def test_each_command_of_the_chat_is_named(app: App) -> None:
    """Those of operators count, too; the menus hold fewer."""
    rules = (rule for group in app.handlers.values() for rule in group)
    registered = {
        f"/{command}"
        for rule in rules
        if isinstance(rule, CommandHandler)
        for command in rule.commands
    }
    assert {"/ask", "/unsub", "/broadcast"} <= registered
    assert names_in(README, registered) == registered


def settings() -> set[str]:
    """Names that the program looks for in the environment."""
    found = set(re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', read(ROOT / "bot" / "settings.py")))
    assert {"BOT_TOKEN", "TIP_TIME"} <= found
    return found


@pytest.mark.parametrize("document", [README, OPERATING, ROOT / ".env.example"], ids=name)
def test_each_setting_is_named(document: Path) -> None:
    assert names_in(document, settings()) == settings()


def test_the_example_of_settings_names_no_others() -> None:
    given = re.findall(r"^(?:# )?([A-Z_]+)=", read(ROOT / ".env.example"), re.MULTILINE)
    assert set(given) <= settings()


def test_each_dependency_is_worth_a_place_in_the_readme() -> None:
    project = tomllib.loads(read(ROOT / "pyproject.toml"))["project"]
    packages = {re.split(r"[\[<>=~! ]", each)[0].lower() for each in project["dependencies"]}
    named = read(README).lower()
    assert {package for package in packages if package not in named} == set()


def anchors(document: Path) -> set[str]:
    """The anchors that GitHub makes of the headings."""
    headings = re.findall(r"^#+ (.+)$", read(document), re.MULTILINE)
    return {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_each_link_leads_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", read(document)):
        if re.match(r"https://", link):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_each_path_that_is_named_is_there(document: Path) -> None:
    if document.name == "CHANGELOG.md":
        return  # It tells of what was.
    top = "bot|tests|benchmarks|docs|knowledge"
    named = re.findall(rf"`((?:{top})/[\w./-]*)`", read(document))
    scripts = re.findall(r"-m benchmarks\.(\w+)", read(document))
    paths = [*named, *(f"benchmarks/{script}.py" for script in scripts)]
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("picture", PICTURES, ids=name)
def test_each_picture_has_a_title_for_those_who_hear_it(picture: Path) -> None:
    root = ElementTree.fromstring(read(picture))  # noqa: S314 - our own file
    title = root.find("{*}title")
    assert root.get("role") == "img"
    assert title is not None
    assert title.text
    assert root.get("aria-labelledby") == title.get("id")


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_each_python_that_is_to_be_typed_is_that_of_the_installation(document: Path) -> None:
    assert re.findall(r"(?<!\.venv/bin/)\bpython -\w.*", read(document)) == []


def test_the_picture_of_the_rooms_is_what_the_code_draws() -> None:
    """`make pictures` draws it again."""
    script = runpy.run_path(str(ROOT / "docs" / "draw_architecture.py"))
    assert read(PICTURE) == script["drawing"]()


def test_the_arrows_in_the_picture_are_the_imports() -> None:
    arrows = set(re.findall(r'data-from="(\w+)" data-to="(\w+)"', read(PICTURE)))
    found = {(dotted(p).split(".")[0], used.split(".")[0]) for p in modules() for used in own(p)}
    imports = {(room, other) for room, other in found if room != other}
    assert arrows <= imports
    assert imports <= reached(arrows)


def reached(arrows: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Every pair in which the second is reached from the first by following arrows."""
    more = {(a, d) for a, b in arrows for c, d in arrows if b == c} - arrows
    return reached(arrows | more) if more else arrows


def test_the_example_of_the_readme_can_be_pasted_and_answers(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    shutil.copytree(shipped(), folder)
    [example] = re.findall(r"```yaml\n(.*?)```", read(README), re.DOTALL)
    [file] = re.findall(r"`knowledge/(topics/\w+\.yaml)`, as it is", read(README))
    [question] = re.findall(r"venv/bin/skinbot ask \"(.*)\"", read(README))
    with (folder / file).open("a", encoding="utf-8") as topic:
        topic.write(example)
    [identity] = re.findall(r"id: (\S+)", example)
    assert identity in loading.load(folder).ask(question).ids
