"""The process starts, polls, drains and ends."""

import asyncio
import gc
import logging
import signal
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from threading import Thread
from typing import Any, ParamSpec, TypeVar

from telegram import BotCommandScopeAllGroupChats
from telegram.error import TelegramError

from bot import hangups
from bot.answering.faq import Live
from bot.bot_api.intake import DRAIN_SECONDS
from bot.bot_api.polling import CONFIRM_SECONDS, Polling
from bot.bot_api.types import App
from bot.bot_api.update_processor import UpdateProcessor
from bot.features import texts
from bot.features.knowledge_base import reports
from bot.features.knowledge_base import texts as knowledge_texts
from bot.features.knowledge_base.file_watcher import FileWatcher
from bot.features.operators import texts as operator_texts
from bot.features.operators.menus import Menus
from bot.features.operators.notices import Notice, Notices
from bot.features.statistics.recorder import UsageRecorder
from bot.features.tips.sender import Sender
from bot.reload.reloader import Start

MOMENT = 0.1
"""Seconds that suffice to send a request."""

ANSWER_SECONDS = DRAIN_SECONDS - CONFIRM_SECONDS
"""Seconds that a stop waits for answers before it confirms to Telegram."""

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
Work = Callable[[], Awaitable[None]]
"""Something to begin when it is its turn: a coroutine that nobody begins would be a warning."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a bot, put together."""

    app: App
    live: Live
    sender: Sender
    recorder: UsageRecorder
    notices: Notices
    watcher: FileWatcher
    polling: Polling
    updates: UpdateProcessor


class _Bystanders(ThreadPoolExecutor):
    """Threads that do not hold up the end of the process, as asyncio's own do.

    Looking up Telegram's address can take half a minute when the network is down.
    """

    def submit(self, work: Callable[P, T], /, *args: P.args, **named: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()  # Now nobody can cancel it any more.

        def do() -> None:
            try:
                future.set_result(work(*args, **named))
            except Exception as error:  # noqa: BLE001 - whoever awaits the future gets it
                future.set_exception(error)

        Thread(target=do, daemon=True).start()
        return future


def signals(watcher: FileWatcher) -> asyncio.Event:
    """An event that SIGTERM and SIGINT set; SIGHUP asks for a reload."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(_Bystanders())
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, watcher.asked.set)
    if hangups.came():
        watcher.asked.set()
    return stop


async def serve(parts: Parts, stop: asyncio.Event) -> None:
    """Connect, answer until told to stop, then finish what was fetched and what is on its way.

    Raises:
        StartError: Telegram does not accept the token.
    """
    app = parts.app
    try:
        if await _unless(stop, parts.polling.connect()):
            await parts.sender.recover()
            await app.start()
            # All objects made so far stay; a search among them for garbage would hold up answers.
            gc.freeze()
            # The job queue lets a whole interval pass before its first tick.
            parts.sender.wake()
            log.info("@%s is answering", app.bot.username)
            await _unless(stop, _answer(parts))
    finally:
        if app.running:
            await _drain(parts)
        await app.shutdown()
        await _logged(parts.recorder.write)
        # PTB's own shutdown leaves connections open after a start that failed half-way.
        await app.bot.shutdown()


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, Any]) -> bool:
    """Work until it is done, fails, or is told to stop; True where it was done."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
    finally:
        working.cancel()
        stopping.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)
    if working.cancelled():
        return False
    working.result()
    return True


async def _answer(parts: Parts) -> None:
    beside = asyncio.create_task(_beside(parts))
    try:
        await parts.polling.run()
    finally:
        beside.cancel()
        await asyncio.gather(beside, return_exceptions=True)


async def _beside(parts: Parts) -> None:
    """Do all that can wait until the first questions are on their way."""
    await asyncio.sleep(MOMENT)
    works: list[Work] = [partial(_introduce, parts), partial(tell_of_the_database, parts)]
    if parts.watcher.begun:
        works += [partial(_begin, parts, parts.watcher.begun), parts.watcher.run]
    await asyncio.gather(*map(_logged, works))


async def _logged(work: Work) -> None:
    """Log the failure of some work; the bot goes on answering."""
    try:
        await work()
    except Exception:
        log.exception("something beside the answers failed")


async def _begin(parts: Parts, begun: Start) -> None:
    """Tell the operators what answers now, and keep it, in case the folder breaks."""
    report = Notice(knowledge_texts.started(begun.faq.knowledge, begun.left_out))
    if begun.problems is not None:
        log.error("the kept knowledge base answers, as the folder is broken:\n%s", begun.problems)
        found = reports.problems(begun.problems)
        parts.watcher.knows(found)
        report = Notice(knowledge_texts.started_without(begun.problems, begun.taken), found.file)
    await parts.watcher.reloader.keep(begun.files)
    await parts.notices.hand(parts.app.bot, report)


async def tell_of_the_database(parts: Parts) -> None:
    """Tell the operators what happens to the file of the database."""
    news = parts.recorder.records.database.news
    while True:
        await parts.notices.tell(parts.app.bot, operator_texts.of_the_database(await news.get()))


async def _introduce(parts: Parts) -> None:
    """Set the command menu and the descriptions; the bot works without them."""
    about, bot = parts.live.faq.knowledge.about, parts.app.bot
    try:
        await bot.set_my_commands(list(texts.COMMANDS.items()))
        await bot.set_my_commands(
            list(texts.GROUP_COMMANDS.items()), scope=BotCommandScopeAllGroupChats()
        )
        await Menus(parts.notices.operators, parts.recorder.records).introduce(bot)
        await bot.set_my_description(about.description)
        await bot.set_my_short_description(about.short_description)
    except TelegramError as error:
        log.warning("the command menu could not be set: %s", error)


async def _drain(parts: Parts) -> None:
    """Answer the fetched updates, for as long as a supervisor waits before it kills.

    An update without an answer is not confirmed then, so that Telegram hands it out again.
    """
    log.info("stopping; answering what was fetched")
    parts.polling.intake.stopping.set()
    await _logged(partial(_finish, parts))
    # Otherwise updates that are still being handled would be answered after the next start too.
    await parts.updates.give_up()
    await _logged(parts.polling.confirm)
    await parts.polling.intake.close()


async def _finish(parts: Parts) -> None:
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            farewell = partial(parts.notices.tell, parts.app.bot, operator_texts.STOPPING)
            await asyncio.gather(parts.app.stop(), parts.sender.stop(), _logged(farewell))
    except TimeoutError:
        log.warning("some messages could not be sent in %.0f s", ANSWER_SECONDS)
