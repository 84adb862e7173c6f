"""Files that cannot even be read, with the line that the operator reads."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answering import loading
from bot.errors import KnowledgeError
from tests.support.bots import BICYCLES
from tests.support.broken import CHAIN, change, said

FILES = {str(path.relative_to(BICYCLES)): path.read_bytes() for path in BICYCLES.rglob("*.yaml")}
EDGES = [*"\n\t\0:-&*!|>?<\"'#%@,{}[]=~", "  ", "- ", ": ", "no", "012", "---\n", "<<: ", " ... "]


def test_a_file_that_is_missing(folder: Path) -> None:
    (folder / "limits.yaml").unlink()
    assert said(folder) == ["limits.yaml:1:1: there is no such file; add it"]


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing but a comment\n"])
def test_a_file_that_is_empty(folder: Path, text: str) -> None:
    (folder / "smalltalk.yaml").write_text(text)
    (folder / "expected.yaml").write_text("expected: []")
    assert said(folder) == [
        "smalltalk.yaml:1:1: the file is empty; write its keys: courtesies, smalltalk"
    ]


def test_a_file_that_is_a_folder(folder: Path) -> None:
    (folder / "about.yaml").unlink()
    (folder / "about.yaml").mkdir()
    assert said(folder) == ["about.yaml:1:1: this is a folder; put a YAML file in its place"]


def test_a_file_that_cannot_be_opened(folder: Path) -> None:
    (folder / "about.yaml").unlink()
    (folder / "about.yaml").symlink_to("about.yaml")
    assert said(folder) == [
        "about.yaml:1:1: this is a link that leads back to itself; put the file in its place"
    ]


def test_a_file_over_one_mebibyte(folder: Path) -> None:
    with (folder / "about.yaml").open("a") as file:
        file.write("#" * 1024 * 1024)
    assert said(folder) == ["about.yaml:1:1: the file is larger than 1 MiB; shorten it"]


def test_a_file_of_one_mebibyte_is_read(folder: Path) -> None:
    path = folder / "about.yaml"
    path.write_bytes(path.read_bytes().ljust(1024 * 1024, b"#"))
    assert loading.load(folder).knowledge.about.name == "Bicycle answers"


def test_a_file_that_is_not_utf_8(folder: Path) -> None:
    (folder / "about.yaml").write_bytes("name: Bicycles\nhelp: fünf cafés\n".encode("latin-1"))
    assert said(folder) == ["about.yaml:2:8: this is no UTF-8 text; save the file as UTF-8"]


def test_a_picture_by_mistake(folder: Path) -> None:
    (folder / "about.yaml").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    assert said(folder) == ["about.yaml:1:1: this is no UTF-8 text; save the file as UTF-8"]


def test_a_character_that_yaml_does_not_take(folder: Path) -> None:
    change(folder, CHAIN, "title: Chain", "title: Ch\x07ain")
    assert said(folder) == [
        "topics/chain.yaml:3:10: the character U+0007 cannot stand in YAML; remove it"
    ]


def test_the_mark_that_windows_puts_first_is_no_mistake(folder: Path) -> None:
    path = folder / "about.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert loading.load(folder).knowledge.about.name == "Bicycle answers"


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    assert said(missing) == [
        f"{missing}:1:1: this folder cannot be read: No such file or directory; "
        "name one that holds a knowledge base"
    ]


def test_a_file_in_place_of_the_folder(folder: Path) -> None:
    file = folder / "about.yaml"
    assert said(file) == [
        f"{file}:1:1: this folder cannot be read: Not a directory; "
        "name one that holds a knowledge base"
    ]


def test_a_name_that_no_folder_can_have(tmp_path: Path) -> None:
    [line] = said(tmp_path / ("n" * 300))
    assert ":1:1: this folder cannot be read: File name too long; " in line


def test_a_folder_without_topics(folder: Path) -> None:
    for path in (folder / "topics").iterdir():
        path.unlink()
    nothing = "topics:1:1: there is no topic; add a file for one, such as topics/opening_hours.yaml"
    assert said(folder) == [nothing]
    (folder / "topics").rmdir()
    assert said(folder) == [nothing]


def test_a_topic_whose_file_ends_in_yml_is_not_silently_left_out(folder: Path) -> None:
    (folder / CHAIN).rename(folder / "topics/chain.yml")
    assert said(folder) == ["topics/chain.yml:1:1: this file is not read; rename it to chain.yaml"]


def test_what_editors_and_people_leave_in_the_folder_is_not_read(folder: Path) -> None:
    for name in (".#chain.yaml", "chain.yaml~", "README.md", ".yaml"):
        (folder / "topics" / name).write_text("id: [")
    (folder / "schema").mkdir()
    (folder / "schema" / "topic.json").write_text("{")
    assert list(loading.load(folder).knowledge.topics) == ["brakes", "chain"]


@pytest.mark.parametrize("nest", ["[", "{", "- ", "? ", "{a: ", "[{"])
def test_values_nested_a_hundred_thousand_deep(folder: Path, nest: str) -> None:
    (folder / "about.yaml").write_text(nest * 100_000)
    [line] = said(folder)
    assert line.startswith("about.yaml:1:")
    assert line.endswith(": values are nested more than 12 deep; make them flatter")


FIT = (
    "this does not fit what stands before it; check the spaces at the beginning of the line, "
    "and the quotes"
)
INNER = "text with a colon needs quotes; put all that stands behind the first colon in quotes"
ALIGN = "this line begins in column 2; line it up with those around it, in column 1"
BEHIND = "text goes on behind the quote that closes here; put all of it in {} quotes"
START = "text cannot begin with this character; put it in quotes"
ESCAPE = r"a backslash in double quotes begins a code; write \\ or use single quotes"
BRACES = "keys in {braces} need a comma between them and a } at the end"
UNCLOSED = "this quote is never closed; add one at the end of the text"


@pytest.mark.parametrize(
    ("title", "place", "what"),
    [
        ("title: Chain: all of it", "3:13", INNER),
        (" title: Chain", "3:2", ALIGN),
        ("title", "3:1", "a key needs a colon and a space behind it; add them"),
        ("title: @home", "3:8", START),
        ("title: 'it's'", "3:11", BEHIND.format("double")),
        ('title: "Chain" ring', "3:14", BEHIND.format("single")),
        ("- Chain", "3:1", FIT),
        ("\ttitle: Chain", "3:1", "a tab cannot indent a line; use spaces"),
        ("title:\n\tChain", "4:1", "a tab cannot indent a line; use spaces"),
        ("title: Chain\n\tring: x", "4:1", "a tab cannot indent a line; use spaces"),
        ("title: - Chain", "3:8", "a list cannot begin here; move it to a line of its own"),
        ("title: [a, b", "4:6", "items in [brackets] need a comma between them and a ] at the end"),
        ("title: {a: b c: d}", "3:15", BRACES),
        ("title: {a: b]", "3:13", BRACES),
        ("title: ]", "3:8", START),
        ('title: "C:\\pads"', "3:11", ESCAPE),
        ('title: "\\ud800"', "3:11", ESCAPE),
        ('title: "\\xpp"', "3:11", ESCAPE),
        ("title: | Chain", "3:10", "text behind | or > begins on the next line; move it there"),
        ("title: *", "3:8", START),
        ("title: *Chain*", "3:8", START),
        ("title: &Chain ring", "3:8", "a value cannot begin with &; put it in quotes"),
        ("title: !Chain ring", "3:8", "a value cannot begin with !; put it in quotes"),
        ("title: !!python/name:os.system", "3:8", "a value cannot begin with !; put it in quotes"),
        ("title: !a!b ring", "3:8", START),
        ("title: !<a", "3:8", START),
        ("--- # next", "3:1", "a second document begins here; put it in a file of its own"),
    ],
)
def test_what_yaml_refuses_is_said_in_words(
    folder: Path, title: str, place: str, what: str
) -> None:
    change(folder, CHAIN, "title: Chain", title)
    assert said(folder) == [f"topics/chain.yaml:{place}: {what}"]


@pytest.mark.parametrize("quote", ['"', "'"])
def test_a_quote_that_is_never_closed_is_found_where_it_begins(folder: Path, quote: str) -> None:
    change(folder, CHAIN, "    reviewed: 2026-11-22\n", "")
    change(folder, CHAIN, "    reviewed: 2026-11-22\n", f"    reviewed: {quote}2026-11-22\n")
    assert said(folder) == [f"topics/chain.yaml:34:15: {UNCLOSED}"]


def test_what_has_no_words_of_ours_is_said_in_those_of_yaml(folder: Path) -> None:
    change(folder, CHAIN, "title: Chain", "title: |0\n  Chain")
    assert said(folder) == [
        "topics/chain.yaml:3:9: this cannot be read as YAML "
        "(found an indentation indicator equal to 0); mend it here or just above"
    ]


def test_a_file_that_ends_in_the_middle(folder: Path) -> None:
    (folder / "expected.yaml").write_text("{")
    assert said(folder) == ["expected.yaml:2:1: the file ends too early; write the rest"]


def load_with(folder: Path, file: str, data: bytes) -> Sequence[str]:
    """The problems of a knowledge base with one file replaced; any other error is raised."""
    (folder / file).write_bytes(data)
    try:
        loading.load(folder)
    except KnowledgeError as error:
        return [str(problem) for problem in error.problems]
    finally:
        (folder / file).write_bytes(FILES[file])
    return []


files = st.sampled_from(sorted(FILES))
unhurried = settings(
    deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@unhurried
@given(files, st.text() | st.lists(st.sampled_from(EDGES)).map("".join))
def test_any_text_in_a_file_loads_or_is_a_problem(folder: Path, file: str, text: str) -> None:
    problems = load_with(folder, file, text.encode("utf-8", "surrogatepass"))
    assert all(problem.isprintable() for problem in problems)


@unhurried
@given(files, st.binary())
def test_any_bytes_in_a_file_load_or_are_a_problem(folder: Path, file: str, data: bytes) -> None:
    problems = load_with(folder, file, data)
    assert all(problem.isprintable() for problem in problems)


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """A good file with a few pieces cut out, put in or moved."""
    file = draw(files)
    text = FILES[file].decode()
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        piece = draw(st.sampled_from([*EDGES, "", text[start:end] * 2]) | st.text(max_size=5))
        text = text[:start] + piece + text[end:]
    return file, text.encode("utf-8", "surrogatepass")


@unhurried
@given(mutated())
def test_any_change_of_a_file_loads_or_is_a_problem(
    folder: Path, change_of_file: tuple[str, bytes]
) -> None:
    problems = load_with(folder, *change_of_file)
    assert all(problem.isprintable() for problem in problems)


@unhurried
@given(st.data())
def test_any_lines_left_out_or_twice_load_or_are_a_problem(
    folder: Path, data: st.DataObject
) -> None:
    file = data.draw(files)
    lines = FILES[file].splitlines(keepends=True)
    times = data.draw(st.lists(st.sampled_from([1, 1, 1, 0, 2]), min_size=len(lines)))
    kept = b"".join(line * n for line, n in zip(lines, times, strict=False))
    problems = load_with(folder, file, kept)
    assert all(problem.isprintable() for problem in problems)
