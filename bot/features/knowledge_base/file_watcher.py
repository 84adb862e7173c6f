"""Taking what changed on the disk: by itself, or when a SIGHUP asks for it."""

import asyncio
import logging
from dataclasses import dataclass, field
from pathlib import Path

from telegram import Bot
from watchfiles import Change, awatch

from bot.features import texts
from bot.features.knowledge_base import reports
from bot.features.knowledge_base import texts as operator_texts
from bot.features.operators.notices import Notice, Notices
from bot.knowledge import files
from bot.knowledge.files import ENDINGS
from bot.reload.reloader import Reloader, Start

QUIET_MILLISECONDS = 1_000
"""How long nothing may change before what changed is read."""
LOOK_MILLISECONDS = 5_000
"""After which it is seen that the folder is another one by now."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class FileWatcher:
    """The operators hear of what is new to them: a change, a problem, and that it is gone."""

    reloader: Reloader
    notices: Notices
    bot: Bot
    begun: Start | None = None
    """What the process began with, until the folder was compared with it."""
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by a SIGHUP."""
    _told: Notice | None = None
    """Of a problem that is still there."""
    _unwatched: bool = False

    async def run(self) -> None:
        """Until it is cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._signals())
            tasks.create_task(self._disk())

    async def take(self) -> None:
        """Reload, and tell the operators unless they know already; nothing is raised."""
        try:
            report = await reports.report(self.reloader.reload(), operator_texts.reloaded)
        except Exception as error:
            log.exception("a reload failed")
            report = Notice(texts.fault_notice(type(error).__name__, None), good=False)
        known = self._told
        mended = report.good and known is not None
        if mended or not (report.quiet or report == known):
            await self.notices.hand(self.bot, report)
        self._told = None if report.good else report

    async def catch_up(self) -> None:
        """Take what was saved after the start had read the folder and before it was watched."""
        # Let go of: it may be the only one to hold a knowledge base that was replaced since.
        begun, self.begun = self.begun, None
        if begun is not None:
            found = await asyncio.to_thread(files.look, self.reloader.folder)
            if found.files != begun.files:
                await self.take()

    def knows(self, problem: Notice) -> None:
        """The operators have heard of a problem of the folder from somebody else."""
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
            # The system tells of no folder that goes away, or takes the place of another.
            if seen != before:
                await self.take()

    async def _watch(self, folder: Path, watched: tuple[int, int]) -> None:
        """Returns when the folder is gone or another one."""
        found = awatch(
            folder,
            watch_filter=_is_yaml,
            step=QUIET_MILLISECONDS // 5,
            debounce=QUIET_MILLISECONDS,
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
            # It is tried again every few seconds, and said once.
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
