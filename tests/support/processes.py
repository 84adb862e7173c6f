"""The bot as a process of its own."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

BICYCLES = Path(__file__).parent.parent / "bicycles"
SECRET = "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
TOKEN = f"123456789:{SECRET}"
SECONDS = 120.0
"""Seconds after which something hangs, even on a busy machine, and is waited for no more."""


@dataclass(slots=True)
class BotProcess:
    """`written` is all that was read of standard error; after the end, also of standard output."""

    process: Process
    written: list[str] = field(default_factory=list)

    async def says(self, part: str) -> str:
        """Waits for the line on standard error that holds the part."""
        assert self.process.stderr
        async with asyncio.timeout(SECONDS):
            while line := (await self.process.stderr.readline()).decode():
                self.written.append(line)
                if part in line:
                    return line
        raise AssertionError(f"{part!r} was never said, but {''.join(self.written)}")

    async def ends(self) -> int:
        """Waits for the end; returns the exit code."""
        async with asyncio.timeout(SECONDS):
            out, err = await self.process.communicate()
        self.written += [err.decode(), out.decode()]
        return self.process.returncode or 0

    async def stops(self) -> int:
        """Sends SIGTERM and waits for the end; returns the exit code."""
        self.process.terminate()
        return await self.ends()

    @property
    def everything(self) -> str:
        return "".join(self.written)


@asynccontextmanager
async def bot_process(folder: Path, **settings: str) -> AsyncIterator[BotProcess]:
    """`skinbot run` in a folder, with these settings and no others; gone afterwards."""
    # A cache for all of them: in that of other tests the copy would often have been replaced.
    cache = Path(os.environ["XDG_CACHE_HOME"], "processes")
    usual = {"PATH": os.environ["PATH"], "XDG_CACHE_HOME": str(cache)}
    environment = {**usual, "KNOWLEDGE_DIR": str(BICYCLES)} | settings
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-W",
        "default",
        "-m",
        "bot",
        "run",
        env=environment,
        cwd=folder,
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        yield BotProcess(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
