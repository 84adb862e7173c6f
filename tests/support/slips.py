"""Ways to break the files of a knowledge base, as people do it who edit them.

Each is a small edit of the shipped folder, and what the operator must read first: the file, the
line, and what to do.
"""

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

SCARS, GENERAL = "topics/scars.yaml", "topics/general.yaml"
ABOUT, LIMITS, TIPS, FLAGS = "about.yaml", "limits.yaml", "tips.yaml", "red_flags.yaml"
ITEM = "      - old surgery scar\n"
"""The second phrasing of the first entry."""
QUESTION = "    question: Can massage help with scars?\n"
TITLE = "title: Scars and stretch marks\n"
ANSWER = "      Massage may make scars less visible, according to the article. Pressure"
NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class Slip:
    """An edit of one piece of a file."""

    old: str
    new: str
    at: str
    """A piece of the line that the first problem must name."""
    remedy: str
    """Said by the first problem."""
    file: str = SCARS

    def make(self, folder: Path) -> int:
        """Edit the file; returns the number of the line that must be named."""
        path = folder / self.file
        text = path.read_text("utf-8")
        assert self.old in text
        text = text.replace(self.old, self.new, 1)
        path.write_text(text, "utf-8")
        return text.count("\n", 0, text.index(self.at)) + 1


def item(line: str, remedy: str, at: str = "") -> Slip:
    """A line instead of the second phrasing."""
    return Slip(ITEM, f"{line}\n", at or line, remedy)


def question(value: str, remedy: str) -> Slip:
    line = f"    question: {value}\n"
    return Slip(QUESTION, line, line, remedy)


SLIPS: Mapping[str, Slip] = {
    # It loads, and says less than it shows.
    "number sign in a phrasing": item("      - old scar, see ticket #12", "in quotes"),
    "number sign in a question": question("Is scar #1 the worst?", "in quotes"),
    "number sign and a space": item("      - scar number # 5", "in quotes"),
    "number sign in a title": Slip(TITLE, "title: Scars #1\n", "title: Scars", "in quotes"),
    "number sign in a hint": Slip(
        "short_description: What massage may do",
        "short_description: What #massage may do",
        "short_description",
        "in quotes",
        ABOUT,
    ),
    "dash glued below with a space too many": item("       - odd old scar", "line its dash up"),
    "dash glued without its space": item("       -odd old scar", "line its dash up"),
    "dash far too deep": item("          - odd old scar", "line its dash up"),
    "no dash, but deeper": item("        odd old scar", "dash of its own"),
    "typographic quotes": item("      - “odd old scar”", "remove them"),
    "single typographic quotes": item("      - ‘odd old scar’", "remove them"),
    "quotes inside of quotes": item("""      - '"odd old scar"'""", "remove them"),
    "typographic quotes around a question": question("“Can it help?”", "remove them"),
    "German quotes": question("„Can it help?“", "remove them"),
    "typographic quote that is never closed": item("      - “odd old scar", "straight quote"),
    "backslashes before quotes": item('      - \\"odd old scar\\"', "remove them"),
    "bold as in chats": Slip(
        ANSWER, f"      **Massage** may{ANSWER}", "**Massage**", "<b>bold</b>"
    ),
    "bold in a title": Slip(TITLE, "title: Scars and **marks**\n", "title: Scars", "<b>bold</b>"),
    "bold by underscores": Slip(ANSWER, f"      __Massage__{ANSWER}", "__Mass", "<b>bold</b>"),
    "a link as in Markdown": Slip(
        ANSWER, f"      See [this](https://example.org).\n{ANSWER}", "See [this]", "<a href="
    ),
    # It does not load, and PyYAML names another line or another reason.
    "no space behind the dash": item("      -odd old scar", "write '- odd old scar'"),
    "no space behind the first dash": Slip(
        "      - scars\n", "      -scars\n", "      -scars", "write '- scars'"
    ),
    "a missing dash": item("      odd old scar", "write '- odd old scar'"),
    "a missing dash and space": item("     odd old scar", "write '- odd old scar'"),
    "not indented at all": item("odd old scar", "write '- odd old scar'"),
    "an answer's second line not indented": Slip(
        "      break down scar tissue. It",
        "break down scar tissue. It",
        "break down scar tissue. It",
        "6 spaces",
    ),
    "an answer's last line half indented": Slip(
        "      break down scar tissue. It",
        "   break down scar tissue. It",
        "break down scar tissue. It",
        "6 spaces",
    ),
    "git's conflict marks": item(
        "<<<<<<< HEAD\n      - old scar\n=======\n      - odd scar\n>>>>>>> main",
        "keep one of them",
        "<<<<<<< HEAD",
    ),
    "the rest of git's marks": item("=======", "keep one of them"),
    "git's marks in a text": Slip(
        ANSWER, f"{ANSWER}\n>>>>>>> main\n      x", ">>>>>>> main", "keep one of them"
    ),
    "a bracket at the start": item("      - [disc] brakes", "write '[disc] brakes'"),
    "a brace at the start": item("      - {part} of a scar", "write '{part} of a scar'"),
    "a bracket in a question": question("[New] Can it help?", "needs quotes"),
    "markup of a bot builder": item("      - [Shimano](brand) scar", "needs quotes"),
    "an apostrophe at the start": item("      - 'tis an old scar", "double quotes"),
    "an apostrophe at the start and the end": item(
        "      - 'tis an old scar\n      - of my friends'", "double quotes"
    ),
    "an apostrophe at the start of a question": question("'Tis a scar, is it?", "double quotes"),
    "an apostrophe between single quotes": question("'What's a scar?'", "double quotes"),
    "a word behind the quotes": item('      - "odd" old scar', "single quotes"),
    "inches behind the quotes": item("""      - "a 5" scar" """, "single quotes"),
    "non-breaking spaces as indent": item(f"{NBSP * 6}- odd old scar", "plain spaces"),
    "a non-breaking space among spaces": item(f"     {NBSP}- odd old scar", "plain spaces"),
    "a non-breaking space behind the dash": item(f"      -{NBSP}odd scar", "plain spaces"),
    "a non-breaking space before a key": Slip(
        QUESTION, f"{NBSP}{QUESTION[1:]}", QUESTION[4:], "plain spaces"
    ),
    "a tab as indent": item("\t- odd old scar", "use spaces"),
    "a tab before a key": Slip(QUESTION, f"\t{QUESTION[4:]}", QUESTION[4:], "use spaces"),
    "a typographic dash": item("      – odd old scar", "plain dash"),
    "a bullet": item("      • odd old scar", "plain dash"),
    "an asterisk for a dash": item("      * odd old scar", "plain dash"),
    "a colon in a question": question("Scars: can it help?", "in quotes"),
    "a colon in a phrasing": item("      - doctor says: massage it", "in quotes"),
    "no space behind a colon": Slip(TITLE, "title:Scars\n", "title:Scars", "write 'title: Scars'"),
    "no space behind the colon of a question": Slip(
        QUESTION, f"{QUESTION.replace(': ', ':')}", "question:Can", "write 'question: Can"
    ),
    "no colon": Slip(TITLE, "title Scars\n", "title Scars", "colon"),
    "a key one space too deep": Slip(QUESTION, f" {QUESTION}", QUESTION, "line it up"),
    "a key one space too far left": Slip(QUESTION, QUESTION[1:], QUESTION[1:], "line it up"),
    "a top key with a space": Slip(TITLE, f" {TITLE}", f" {TITLE}", "line it up"),
    "an entry one space too far left": Slip(
        "  - id: scars.even", " - id: scars.even", " - id: scars.even", "line it up"
    ),
    "an at sign": item("      - @home with a scar", "in quotes"),
    "a percent sign": item("      - % of people with scars", "in quotes"),
    "a backtick": item("      - `odd scar`", "in quotes"),
    "an exclamation mark": item("      - !odd scar", "in quotes"),
    "a quote that is never closed": item('      - "odd old scar', "add one at the end"),
    # It loads, and is no knowledge base.
    "a misspelt key": Slip("    phrasings:\n", "    phrasing:\n", "phrasing:", "'phrasings'"),
    "a key of nobody": Slip(TITLE, f"{TITLE}colour: red\n", "colour: red", "known here are"),
    "a key twice": Slip(TITLE, TITLE * 2, f"{TITLE}emoji", "keep one"),
    "a date of another country": Slip(
        "    reviewed: 2026-11-22\n", "    reviewed: 22.11.2026\n", "reviewed: 22.11", "2026-11-22"
    ),
    "yes for a title": Slip(TITLE, "title: yes\n", "title: yes", 'write "yes"'),
    "a number for a phrasing": item("      - 1234", 'write "1234"'),
    "an empty phrasing": item("      -", "write it here", "      -\n"),
    "an unclosed tag": Slip("stretch marks</b>", "stretch marks", "summary:", "add </b>"),
    "a lone ampersand": Slip(
        ANSWER, f"{ANSWER} & warmth", "    answer: >-\n      Massage may make scars less", "&amp;"
    ),
    "a phrasing of another entry": Slip(
        ITEM,
        "      - railway track scar\n",
        "      - railway track scar\n      - little",
        "keep one",
    ),
    "a related entry that is not there": Slip(
        "[scars.help, scars.even]", "[scars.halp]", "[scars.halp]", "did you mean scars.help?"
    ),
    "a limit near no topic": Slip(
        "    topics: [general]\n",
        "    topics: [genral]\n",
        "[genral]",
        "did you mean general?",
        LIMITS,
    ),
    "an id with a capital": Slip("  - id: scars.help", "  - id: Scars.help", "Scars.help", "small"),
    "an id of another topic": Slip(
        "  - id: scars.even", "  - id: scar.even", "scar.even", "write scars.even"
    ),
}


# Whole files


def renamed(name: str) -> Callable[[Path], object]:
    """Give the file of a topic another name in its folder."""
    return lambda folder: (folder / SCARS).rename(folder / "topics" / name)


def copied(name: str) -> Callable[[Path], object]:
    return lambda folder: shutil.copy(folder / SCARS, folder / "topics" / name)


def saved_as(name: str, file: str = LIMITS) -> Callable[[Path], object]:
    return lambda folder: (folder / file).rename(folder / name)


def half(piece: str, *, whole: bool = True) -> Callable[[Path], object]:
    """Write a topic only up to the end of a piece, or up to its beginning."""

    def write(folder: Path) -> None:
        text = (folder / SCARS).read_text("utf-8")
        (folder / SCARS).write_text(text[: text.rindex(piece) + len(piece) * whole], "utf-8")

    return write


def pipe(folder: Path) -> None:
    (folder / SCARS).unlink()
    os.mkfifo(folder / SCARS)


def link(target: str) -> Callable[[Path], object]:
    def put(folder: Path) -> None:
        (folder / SCARS).unlink()
        (folder / SCARS).symlink_to(target)

    return put


def directory(folder: Path) -> None:
    (folder / SCARS).unlink()
    (folder / SCARS).mkdir()


def bytes_of(data: bytes, file: str = SCARS) -> Callable[[Path], object]:
    return lambda folder: (folder / file).write_bytes(data)


def in_utf_16(folder: Path) -> None:
    (folder / SCARS).write_text((folder / SCARS).read_text("utf-8"), "utf-16")


COPY = "topics/Copy of scars.yaml"
DEEDS: Mapping[str, tuple[Callable[[Path], object], str, str]] = {
    "saved as text": (renamed("scars.yaml.txt"), f"{SCARS}.txt:1:1", "rename it to scars.yaml"),
    "saved with another ending": (renamed("scars.yml"), "topics/scars.yml:1:1", "to scars.yaml"),
    "saved in capitals": (renamed("Scars.YAML"), "topics/Scars.YAML:1:1", "to scars.yaml"),
    "downloaded again": (renamed("scars (1).yaml"), "topics/scars (1).yaml:1:1", "to scars.yaml"),
    "half downloaded": (renamed("scars.yaml.part"), f"{SCARS}.part:1:1", "to scars.yaml"),
    "limits saved as text": (saved_as("limits.yaml.txt"), f"{LIMITS}.txt:1:1", f"to {LIMITS}"),
    "limits with another ending": (saved_as("limits.yml"), "limits.yml:1:1", f"to {LIMITS}"),
    "limits in capitals": (saved_as("Limits.yaml"), "Limits.yaml:1:1", f"to {LIMITS}"),
    "a topic renamed": (renamed("scar.yaml"), "topics/scar.yaml:2:1", "rename the file or the id"),
    "a copy of a topic": (copied("Copy of scars.yaml"), f"{COPY}:1:1", "move it out"),
    "a copy of a Mac": (copied("scars copy.yaml"), "topics/scars copy.yaml:1:1", "move it out"),
    "a copy with a new name": (copied("scars2.yaml"), "topics/scars2.yaml:2:1", "remove one"),
    "a topic deleted": (lambda at: (at / SCARS).unlink(), f"{SCARS}:1:1", "put it back"),
    "limits deleted": (lambda at: (at / LIMITS).unlink(), f"{LIMITS}:1:1", "add it"),
    "half written, between keys": (half("    section: "), f"{SCARS}:", "write the rest"),
    "half written, in a key": (half("    secti"), f"{SCARS}:", "write the rest"),
    "half written, in phrasings": (half("    phrasings:\n      - "), f"{SCARS}:", "write the rest"),
    "half written, between entries": (
        half("  - id: scars.healing", whole=False),
        f"{SCARS}:",
        "is the file whole?",
    ),
    "a pipe": (pipe, f"{SCARS}:1:1", "put a YAML file in its place"),
    "a link to a device": (link("/dev/zero"), f"{SCARS}:1:1", "put a YAML file in its place"),
    "a link to itself": (link("scars.yaml"), f"{SCARS}:1:1", "put the file in its place"),
    "a link to nothing": (link("gone.yaml"), f"{SCARS}:1:1", "put the file in its place"),
    "a folder": (directory, f"{SCARS}:1:1", "put a YAML file in its place"),
    "an empty file": (bytes_of(b""), f"{SCARS}:1:1", "write its keys"),
    "a picture": (bytes_of(b"\x89PNG\r\n\x1a\n"), f"{SCARS}:1:1", "save the file as UTF-8"),
    "as Notepad saved it long ago": (in_utf_16, f"{SCARS}:1:1", "save the file as UTF-8"),
    "a web page": (bytes_of(b"<!DOCTYPE html>\n<html>\n"), f"{SCARS}:1:", "keys with values"),
}
"""The deed, done to a file; the beginning of the first problem; words that it must say."""
