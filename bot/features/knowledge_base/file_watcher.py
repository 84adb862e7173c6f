"""The bot takes changed files from the disk, by itself or when a SIGHUP asks for it."""

import asyncio
import logging
from dataclasses import dataclass, field
from pathlib import Path

from telegram import Bot
from watchfiles import Change, awatch

from bot.features import texts
from bot.features.knowledge_base import reports
from bot.features.knowledge_base import texts as operator_texts
from bot.features.operators.faults import described
from bot.features.operators.notices import Notice, Notices
from bot.knowledge import files
from bot.knowledge.files import ENDINGS
from bot.reload.reloader import Reloader, Start

QUIET_MILLISECONDS = 1_000
"""The files are read once nothing has changed for so long."""
LOOK_MILLISECONDS = 5_000
"""The folder itself is looked at so often: another may have taken its place."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class FileWatcher:
    """Reloads what changed. Operators hear of each change and each problem once, and of its end."""

    reloader: Reloader
    notices: Notices
    bot: Bot
    begun: Start | None = None
    """The start of this process, kept until the folder was compared with it."""
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """A SIGHUP sets this event to ask for a reload."""
    _told: Notice | None = None
    """The notice of a problem that is still there."""
    _unwatched: bool = False
    """True once the log says that the folder cannot be watched."""

    async def run(self) -> None:
        """Watch the disk, and wait for SIGHUPs, until this is cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._signals())
            tasks.create_task(self._disk())

    async def take(self) -> None:
        """Reload, and tell the operators if it is news to them. No error is raised."""
        try:
            report = await reports.report(self.reloader.reload(), operator_texts.reloaded)
        except Exception as error:
            log.exception("a reload failed")
            report = Notice(texts.fault_notice(described(error), None), good=False)
        known = self._told
        mended = report.good and known is not None
        if mended or not (report.quiet or report == known):
            await self.notices.hand(self.bot, report)
        self._told = None if report.good else report

    async def catch_up(self) -> None:
        """Take files that were saved after the start read the folder, but before it was watched."""
        # The start is let go: it may be all that keeps a replaced knowledge base in memory.
        begun, self.begun = self.begun, None
        if begun is not None:
            found = await asyncio.to_thread(files.look, self.reloader.folder)
            if found.files != begun.files:
                await self.take()

    def knows(self, problem: Notice) -> None:
        """Remember a problem that other code has told the operators, so as not to repeat it."""
        self._told = problem

    async def _signals(self) -> None:
        while True:
            await self.asked.wait()
            self.asked.clear()
            await self.take()

    async def _disk(self) -> None:
        folder = self.reloader.folder
        seen = _identity(folder)
        while True:
            if seen is not None:
                await self._watch(folder, seen)
            await asyncio.sleep(LOOK_MILLISECONDS / 1000)
            before, seen = seen, _identity(folder)
            # The system does not tell that a folder has gone, or has replaced another.
            if seen != before:
                await self.take()

    async def _watch(self, folder: Path, watched: tuple[int, int]) -> None:
        """Return when the folder has gone, or when another one has replaced it."""
        found = awatch(
            folder,
            watch_filter=_is_yaml,
            step=QUIET_MILLISECONDS,
            debounce=10 * QUIET_MILLISECONDS,
            rust_timeout=LOOK_MILLISECONDS,
            yield_on_timeout=True,
        )
        try:
            async for changes in found:
                if changes:
                    self.begun = None
                    await self.take()
                else:
                    await self.catch_up()
                if _identity(folder) != watched:
                    return
        except OSError as error:
            # The watcher tries again every few seconds, but the log says it once.
            if not self._unwatched:
                log.warning("%s cannot be watched; a SIGHUP reloads it: %s", folder, error)
            self._unwatched = True


def _is_yaml(_: Change, path: str) -> bool:
    return path.lower().endswith(ENDINGS)


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
