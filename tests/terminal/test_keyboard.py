"""A real terminal: keys edit the line, commands are completed, and it ends without a fuss."""

import asyncio
import os
import pty
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.terminal import console, keyboard
from tests.terminal.test_console import BICYCLING

_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
UP, LEFT, TAB, ENTER = b"\x1b[A", b"\x1b[D", b"\t", b"\r"


@dataclass(slots=True)
class Person:
    """Somebody at a terminal."""

    end: int
    seen: str = ""
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def look(self) -> None:
        try:
            raw = os.read(self.end, 65_536)
        except OSError:
            return
        if b"\x1b[6n" in raw:  # The program asks where the cursor is, as it may.
            os.write(self.end, b"\x1b[1;1R")
        self.seen += _CODES.sub("", raw.decode("utf-8", "replace"))
        self.changed.set()

    async def sees(self, text: str, times: int = 1) -> None:
        """Wait until this text was shown so often."""
        async with asyncio.timeout(20):
            while self.seen.count(text) < times:
                self.changed.clear()
                await self.changed.wait()

    async def type(self, *keys: bytes) -> None:
        for key in keys:
            os.write(self.end, key)
            await asyncio.sleep(0)


@pytest.fixture
async def person() -> AsyncIterator[tuple[Person, asyncio.Task[None]]]:
    """Somebody who has just begun a chat, and that chat."""
    end, inner = pty.openpty()
    somebody = Person(end)
    loop = asyncio.get_running_loop()
    loop.add_reader(end, somebody.look)
    with (
        os.fdopen(os.dup(inner), encoding="utf-8") as lines,
        os.fdopen(inner, "w", encoding="utf-8") as screen,
    ):
        chat = asyncio.create_task(console.run(BICYCLING, lines, screen))
        await somebody.sees("Type a question")
        await somebody.sees("\n>")
        yield somebody, chat
        chat.cancel()
        await asyncio.gather(chat, return_exceptions=True)
        loop.remove_reader(end)
    os.close(end)


Begun = tuple[Person, asyncio.Task[None]]


async def test_the_arrow_up_brings_back_the_last_question(person: Begun) -> None:
    somebody, _ = person
    await somebody.type(b"chain slips", ENTER)
    await somebody.sees("Its links are longer")
    await somebody.type(UP, ENTER)
    await somebody.sees("Its links are longer", times=2)
    assert somebody.seen.count("Its links are longer") == 2


async def test_the_arrow_left_moves_in_the_line(person: Begun) -> None:
    somebody, _ = person
    await somebody.type(b"chain slip", LEFT, b"p", b"\x04", ENTER)
    await somebody.sees("Its links are longer")
    assert "[D" not in somebody.seen


async def test_the_tabulator_completes_a_command(person: Begun) -> None:
    somebody, _ = person
    await somebody.type(b"/top", TAB, ENTER)
    await somebody.sees("Brakes")
    assert "/topics" in somebody.seen


@pytest.mark.parametrize("keys", [b"\x03", b"\x04", b"quit\r", b":quit\r"])
async def test_it_ends_by_a_key_or_a_word(person: Begun, keys: bytes) -> None:
    somebody, chat = person
    await somebody.type(keys)
    async with asyncio.timeout(20):
        await chat
    assert chat.done()


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("/unsub", ["/unsubscribe"]),
        ("/relo", ["/reload"]),
        (":lo", [":location"]),
        ("", []),
        ("chain", []),
        ("/ask chain", []),
    ],
)
def test_only_the_beginning_of_a_command_is_completed(typed: str, names: list[str]) -> None:
    assert keyboard.completions(typed) == names
