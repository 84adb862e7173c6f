"""Lines that somebody types: at a real terminal with history and completion, or through a pipe."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TextIO, cast

from bot.features import texts

if TYPE_CHECKING:
    from prompt_toolkit.completion import CompleteEvent, Completion
    from prompt_toolkit.document import Document

PROMPT = "> "
ENDS = frozenset({"quit", "exit", ":quit", ":exit", ":q"})
"""Lines that end the chat; to Telegram they would be messages."""
OWN = (":edit", ":location", ":quit", ":send")
"""Commands for the terminal itself."""


class Keyboard(Protocol):
    """The place where lines come from."""

    @property
    def screen(self) -> TextIO:
        """The place for replies."""

    async def line(self) -> str | None:
        """The next line without blanks around it; None at the end."""


@contextmanager
def keyboard(lines: TextIO, screen: TextIO) -> Iterator[Keyboard]:
    """Editing for a person at a terminal; plain lines for all else."""
    if not (lines.isatty() and screen.isatty()):
        yield Plain(lines, screen)
        return
    # A pipe needs none of this, and it takes a while to import.
    from prompt_toolkit import PromptSession
    from prompt_toolkit.application import create_app_session
    from prompt_toolkit.completion import Completer, Completion
    from prompt_toolkit.input import create_input
    from prompt_toolkit.output import create_output
    from prompt_toolkit.patch_stdout import StdoutProxy
    from prompt_toolkit.shortcuts import CompleteStyle

    class Commands(Completer):
        """Completes the word with which a command begins."""

        def get_completions(
            self, document: "Document", _: "CompleteEvent"
        ) -> Iterable["Completion"]:
            typed = document.text_before_cursor
            for name in completions(typed):
                yield Completion(name, start_position=-len(typed))

    with create_app_session(create_input(lines), create_output(screen)):
        session: PromptSession[str] = PromptSession(
            PROMPT,
            completer=Commands(),
            complete_style=CompleteStyle.READLINE_LIKE,
            complete_while_typing=False,
            # No empty lines for a menu below the prompt.
            reserve_space_for_menu=0,
        )
        # What comes while somebody types is shown above the line, which stays whole.
        with StdoutProxy() as above:
            yield Edited(session, cast("TextIO", above))


def completions(typed: str) -> list[str]:
    """The commands that begin like this; none for anything but the beginning of a command."""
    known = [f"/{name}" for name in (*texts.COMMANDS, *texts.OPERATOR_COMMANDS)]
    return [name for name in sorted({*known, *OWN}) if typed and name.startswith(typed)]


class Session(Protocol):
    """The part of a session of prompt_toolkit that is used here."""

    async def prompt_async(self) -> str:
        """Wait for a line."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A real terminal: arrow keys, history and completion work."""

    session: Session
    screen: TextIO

    async def line(self) -> str | None:
        try:
            return (await self.session.prompt_async()).strip()
        except (EOFError, KeyboardInterrupt):
            return None


@dataclass(frozen=True, slots=True)
class Plain:
    """A pipe, or a terminal of which only one end is here."""

    lines: TextIO
    screen: TextIO

    async def line(self) -> str | None:
        print(PROMPT, end="", file=self.screen, flush=True)
        if self.lines.isatty():
            await self._typed()
        line = await asyncio.to_thread(self.lines.readline)
        if not (line and self.lines.isatty()):
            print(line.rstrip("\n"), file=self.screen)
        return line.strip() if line else None

    async def _typed(self) -> None:
        """Wait for Enter without a thread, which would wait on in `readline` after Ctrl-C."""
        loop = asyncio.get_running_loop()
        pressed = asyncio.Event()
        loop.add_reader(self.lines, pressed.set)
        try:
            await pressed.wait()
        finally:
            loop.remove_reader(self.lines)
