"""Changes to the folder of a knowledge base under the eyes of a running bot, for `reload.py`."""

import os
import random
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.knowledge.files import MAX_BYTES

TOPICS = "topics"
LARGE = "large"
"""The topic with very many phrasings."""
LARGE_PHRASINGS = 20_000
LARGE_ENTRIES = 80
LARGE_WORDS = 3_000
OUTSIDE = "outside.yaml"
"""A good topic that lies beside the folder."""

_FOOTER = re.compile(rb"^footer:.*\n(?: .*\n)*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Folder:
    """A good folder. Each of its answers says of which version it is."""

    path: Path
    base: Path

    def restore(self, version: int) -> None:
        """The whole base, with the mark of a version, as an editor or `git pull` would write it."""
        self.path.mkdir(exist_ok=True)
        topics = self.path / TOPICS
        if topics.is_symlink() or topics.is_file():
            topics.unlink()
        topics.mkdir(exist_ok=True)
        wanted = {path.relative_to(self.base) for path in self.base.rglob("*.yaml")}
        for path in (*self.path.glob("*.yaml"), *topics.iterdir()):
            plain = path.is_file() and not path.is_symlink()
            if path.relative_to(self.path) not in wanted or not plain:
                _remove(path)
        for name in wanted:
            data = (self.base / name).read_bytes()
            if str(name) == "about.yaml":
                data = _FOOTER.sub(f"footer: {mark(version)}\n".encode(), data)
            _save(self.path / name, data)

    def topic(self, chance: random.Random) -> Path:
        return chance.choice(sorted((self.path / TOPICS).glob("*.yaml")))

    def required(self, chance: random.Random) -> Path:
        names = ("expected.yaml", "limits.yaml", "red_flags.yaml", "smalltalk.yaml")
        return self.path / chance.choice(names)


def mark(version: int) -> str:
    return f"Version {version}."


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _save(path: Path, data: bytes) -> None:
    if path.is_file() and path.stat().st_mode & 0o400 and path.read_bytes() == data:
        return
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_bytes(data)
    unfinished.replace(path)


# What leaves it good


def nothing_else(_: Folder, __: random.Random) -> None:
    """Nothing but the new version."""


def link_to_good(folder: Folder, chance: random.Random) -> None:
    path = folder.topic(chance)
    outside = folder.path.with_name(OUTSIDE)
    outside.unlink(missing_ok=True)
    path.rename(outside)
    path.symlink_to(outside)


def many_phrasings(folder: Folder, _: random.Random) -> None:
    data = large().encode()
    assert len(data) < MAX_BYTES
    (folder.path / TOPICS / f"{LARGE}.yaml").write_bytes(data)


@cache
def large() -> str:
    """A topic of 20,000 phrasings, with words that nobody uses."""
    # The same ones in every version: which question finds an answer depends on them, too.
    chance = random.Random(1)  # noqa: S311 - no secret
    syllables = [a + b for a in "bdfgklmprvz" for b in "aeiou"]
    words = ["".join(chance.choices(syllables, k=3)) for _ in range(LARGE_WORDS)]
    phrasings = list({" ".join(chance.choices(words, k=4)) for _ in range(LARGE_PHRASINGS + 99)})
    lines = [f"id: {LARGE}", "title: Large", "emoji: X", "summary: Much.", "entries:"]
    each = LARGE_PHRASINGS // LARGE_ENTRIES
    for number in range(LARGE_ENTRIES):
        lines += [
            f"  - id: {LARGE}.e{number}",
            f"    question: Which is the thing of number {number}?",
            "    answer: This one.",
            "    section: Much",
            "    reviewed: 2026-11-22",
            "    phrasings:",
            *(f"      - {said}" for said in phrasings[number * each : (number + 1) * each]),
        ]
    return "\n".join([*lines, ""])


# What breaks it


def truncated(folder: Folder, chance: random.Random) -> None:
    path = chance.choice([folder.topic(chance), folder.required(chance)])
    data = path.read_bytes()
    # Cut in the middle of the first key: further on a file may be whole again.
    path.write_bytes(data[: data.index(b"\n", data.index(b":")) - chance.randrange(1, 4)] + b": [")


def binary(folder: Folder, chance: random.Random) -> None:
    path = chance.choice([folder.topic(chance), folder.required(chance)])
    path.write_bytes(b"\x89" + chance.randbytes(chance.randrange(1_000_000)))


def too_large(folder: Folder, chance: random.Random) -> None:
    with folder.topic(chance).open("ab") as file:
        file.write(b"#" * MAX_BYTES)


def deleted(folder: Folder, chance: random.Random) -> None:
    folder.required(chance).unlink()


def no_topics(folder: Folder, _: random.Random) -> None:
    shutil.rmtree(folder.path / TOPICS)


def no_folder(folder: Folder, _: random.Random) -> None:
    shutil.rmtree(folder.path)


def link_to_secret(folder: Folder, chance: random.Random) -> None:
    _link(folder.topic(chance), Path("/etc/passwd"))


def link_to_nothing(folder: Folder, chance: random.Random) -> None:
    _link(folder.required(chance), folder.path / "nowhere")


def link_to_endless(folder: Folder, chance: random.Random) -> None:
    _link(folder.topic(chance), Path("/dev/zero"))


def folder_as_file(folder: Folder, chance: random.Random) -> None:
    path = folder.required(chance)
    path.unlink()
    path.mkdir()


def pipe(folder: Folder, chance: random.Random) -> None:
    path = folder.topic(chance)
    path.unlink()
    os.mkfifo(path)


def forbidden(folder: Folder, chance: random.Random) -> None:
    folder.topic(chance).chmod(0)


def _link(path: Path, target: Path) -> None:
    path.unlink()
    path.symlink_to(target)


Change = Callable[[Folder, random.Random], None]

GOOD: Mapping[Change, int] = {nothing_else: 14, link_to_good: 3, many_phrasings: 2}
"""The good changes; a change of 14 comes 14 times as often as a change of 1."""
BROKEN: tuple[Change, ...] = (
    truncated,
    binary,
    too_large,
    deleted,
    no_topics,
    no_folder,
    link_to_secret,
    link_to_nothing,
    link_to_endless,
    folder_as_file,
    pipe,
    # Permissions do not stop root.
    *([] if os.geteuid() == 0 else [forbidden]),
)
"""The bad changes; each comes as often as the others."""


def drawn(count: int, chance: random.Random) -> list[Change]:
    """About as many good changes as broken ones, in random order."""
    good = chance.choices(list(GOOD), list(GOOD.values()), k=count // 2)
    broken = [BROKEN[number % len(BROKEN)] for number in range(count - count // 2)]
    changes = [*good, *broken]
    chance.shuffle(changes)
    return changes
