"""The JSON Schemas that editors complete and check a knowledge base with."""

import datetime as dt
import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from bot.knowledge import base, json_schema, yaml_reader
from tests.support.bots import BICYCLES
from tests.support.broken import CHAIN, change

STORED = base.shipped() / json_schema.FOLDER
FILES = sorted(path.relative_to(BICYCLES) for path in BICYCLES.rglob("*.yaml"))


def schema_of(path: Path) -> Path:
    """The schema that the first line of a file names."""
    first = path.read_text("utf-8").partition("\n")[0]
    found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert found, f"{path} names no schema in its first line"
    return (path.parent / found[1]).resolve()


def mistakes(path: Path, name: str) -> list[str]:
    """The mistakes that an editor would underline; an editor knows dates as text."""
    value = yaml_reader.parse(path.read_bytes(), path.name).value
    as_json = json.loads(json.dumps(value, default=dt.date.isoformat))
    validator = Draft202012Validator(
        json_schema.schemas()[name], format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    return [error.message for error in validator.iter_errors(as_json)]


def test_the_stored_schemas_are_in_step_with_the_models() -> None:
    stored = {path.name: json.loads(path.read_text("utf-8")) for path in STORED.iterdir()}
    assert stored == json_schema.schemas(), "run `make schema`"


def test_what_is_written_is_what_is_stored(tmp_path: Path) -> None:
    json_schema.write(tmp_path / "new" / "schema")
    written = {path.name: path.read_bytes() for path in (tmp_path / "new" / "schema").iterdir()}
    assert written == {path.name: path.read_bytes() for path in STORED.iterdir()}


@pytest.mark.parametrize("name", sorted(json_schema.schemas()))
def test_every_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(json_schema.schemas()[name])
    assert json_schema.schemas()[name]["description"], "an editor shows it"


@pytest.mark.parametrize("file", FILES, ids=str)
def test_every_file_names_its_schema_and_fits_it(file: Path) -> None:
    name = "topic.json" if file.parent.name == "topics" else f"{file.stem}.json"
    assert schema_of(BICYCLES / file) == STORED / name
    assert mistakes(BICYCLES / file, name) == []


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("title: Chain", "title: [Chain]", "['Chain'] is not of type 'string'"),
        ("title: Chain\n", "", "'title' is a required property"),
        (
            "title: Chain",
            "titel: x\ntitle: Chain",
            "Additional properties are not allowed ('titel' was unexpected)",
        ),
        ("id: chain.slip", "id: Slip", "'Slip' does not match '^[a-z][a-z0-9_]*\\\\.[a-z0-9_]+$'"),
        ("reviewed: 2026-11-22", "reviewed: today", "'today' is not a 'date'"),
    ],
)
def test_an_editor_underlines_what_the_loader_refuses(
    folder: Path, old: str, new: str, mistake: str
) -> None:
    change(folder, CHAIN, old, new)
    assert mistakes(folder / CHAIN, "topic.json") == [mistake]


def test_an_editor_underlines_too_few_phrasings(folder: Path) -> None:
    change(folder, CHAIN, "      - drivetrain skips\n", "")
    [mistake] = mistakes(folder / CHAIN, "topic.json")
    assert mistake.endswith("is too short")


def test_an_editor_shows_what_a_key_is_for() -> None:
    topic = json.dumps(json_schema.schemas()["topic.json"])
    assert "People ask for it like this; give as many and as different ones as possible." in topic
