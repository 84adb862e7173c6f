"""Starts the process that builds a knowledge base, and takes from it what it has made."""

import asyncio
import logging
import os
import pickle
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from msgspec import Struct, field
from msgspec.structs import replace

from bot import garbage
from bot.errors import KnowledgeError, ReloadError
from bot.reload import build, cache, mapped
from bot.reload.build import Broken, Built, Failed, Job
from bot.settings import TOKEN

SECRETS = frozenset({"BOT_TOKEN", "BOT_TOKEN_FILE", "DATABASE_URL"})
"""What that process has no use for."""
KILLED = 5.0
"""Seconds for which a killed process is waited for: a dead file server may hold it."""
SAID = 4_000
"""Characters of what it said last, for the log."""
TOO_LONG = "The knowledge base was not ready after {:.0f} s; make it smaller, or try again."
DIED = "The process that reads the knowledge base ended in the middle of it; the log says why."
NOT_STARTED = "The process that reads the knowledge base cannot be started: {}."
NOWHERE = "There is no place for temporary files, {}; set TMPDIR to a folder that can be written."

PROGRAM = "from bot.reload import build; build.main()"
"""Not `-m`: what it leaves must come from a module of the name that it has here."""

log = logging.getLogger(__name__)


class Workshop(Struct, frozen=True):
    """Where knowledge bases are built."""

    seconds: float = 120.0
    """In which one must be ready."""
    pause: float = build.PAUSE
    """Seconds between two looks at files that may be on their way to the disk."""
    command: tuple[str, ...] = (sys.executable, "-P", "-c", PROGRAM)
    program: str = field(default_factory=cache.program)
    """The code that can use what is built."""

    async def build(self, job: Job) -> Built:
        """Build in another process; whoever is cancelled here ends that too.

        Raises:
            KnowledgeError: with every problem.
            ReloadError: nobody knows about the knowledge base: something else went wrong.
        """
        work = _Work(self)
        job = replace(job, pause=self.pause, program=self.program)
        result = asyncio.get_running_loop().run_in_executor(None, work.do, job)
        try:
            # From what is shielded one can learn whether the process is gone.
            made = await asyncio.shield(result)
        except asyncio.CancelledError:
            work.stop()
            result.add_done_callback(_let_go)
            await asyncio.wait([result], timeout=KILLED)
            raise
        return good(made)


def _let_go(result: asyncio.Future[object]) -> None:
    """Nobody asks any more how it came out, which asyncio would call an error in the log."""
    if not result.cancelled():
        result.exception()


def good(made: object) -> Built:
    """What was built; see `Workshop.build` for what it raises."""
    match made:
        case Built():
            return made
        case Broken(problems):
            raise KnowledgeError(problems)
        case Failed(why):
            raise ReloadError(why)
    raise ReloadError(DIED)


class _Work(Struct):
    """One job, in a thread that mostly waits for the other process."""

    shop: Workshop
    _process: "subprocess.Popen[bytes] | None" = None
    _stopped: bool = False
    _lock: Lock = field(default_factory=Lock)

    def do(self, job: Job) -> object:
        """What the process has left."""
        try:
            with TemporaryDirectory(prefix="skinbot-", ignore_cleanup_errors=True) as place:
                self._finish(self._start(Path(place)), pickle.dumps(job))
                return _read(_result(Path(place)))
        except OSError as error:
            raise ReloadError(NOWHERE.format(error.strerror)) from error

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            if self._process:
                self._process.kill()

    def _start(self, place: Path) -> "subprocess.Popen[bytes]":
        with self._lock:
            if self._stopped:
                raise ReloadError(DIED)
            try:
                self._process = subprocess.Popen(  # noqa: S603 - this program itself
                    [*self.shop.command, _result(place)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    env=_environment(place),
                    # A Ctrl-C in the terminal is meant for the bot, which ends this one itself.
                    # In a session of its own Linux would give it as much time as the bot.
                    process_group=0,
                )
            except OSError as error:
                raise ReloadError(NOT_STARTED.format(error.strerror)) from error
            return self._process

    def _finish(self, process: "subprocess.Popen[bytes]", job: bytes) -> None:
        try:
            said = process.communicate(job, self.shop.seconds)[1]
        except subprocess.TimeoutExpired:
            raise ReloadError(TOO_LONG.format(self.shop.seconds)) from None
        finally:
            _end(process)
        told = said.decode("utf-8", "replace").strip()[-SAID:]
        if process.returncode:
            if not self._stopped:
                # A negative number is that of a signal; -9 mostly means that memory ran out.
                log.error("the building process ended with %d: %s", process.returncode, told)
            raise ReloadError(DIED)
        if told:
            log.warning("the building process said: %s", told)


def _result(place: Path) -> Path:
    return place / "built"


def _environment(place: Path) -> dict[str, str]:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in SECRETS and not TOKEN.search(value)
    }
    # The same modules as here, however this process found them.
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    # What a killed process leaves there goes with the folder.
    environment["TMPDIR"] = str(place)
    return environment


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Kill it, if it is still there, and let go of what connects it with this process."""
    process.kill()
    try:
        process.communicate(timeout=KILLED)
    except subprocess.TimeoutExpired:
        log.warning("the building process %d cannot be killed", process.pid)
        for pipe in (process.stdin, process.stderr):
            if pipe:
                pipe.close()


def _read(result: Path) -> object:
    try:
        with result.open("rb") as file, garbage.spared(again=True):
            return mapped.load(file, slowly=True)
    except Exception as error:
        log.exception("what the building process left cannot be read")
        raise ReloadError(DIED) from error
