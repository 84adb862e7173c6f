"""Where everything is put together, and the life of the process: start, poll, drain, end."""

import asyncio
import datetime as dt
import logging
import signal
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Thread
from typing import Any, ParamSpec, TypeVar

from telegram import BotCommandScopeAllGroupChats
from telegram.error import TelegramError
from telegram.ext import ApplicationBuilder
from telegram.request import BaseRequest

from bot import routes, texts
from bot.dialog import Dialog
from bot.errors import StartError
from bot.faq import Faq
from bot.faults import Faults
from bot.handlers import App, Context, Handlers
from bot.health import Health
from bot.notices import Notices
from bot.order import OneByOneInEachChat
from bot.pace import Pace
from bot.polling import Polling
from bot.preferences import Preferences
from bot.request import AiohttpRequest
from bot.schedule import Schedule
from bot.settings import Settings
from bot.storage import Storage
from bot.subscribing import Subscribing
from bot.throttle import Throttle
from bot.tips import Tips

DATABASE = "sqlite:///skinbot.db"
"""In the working directory."""
DRAIN_SECONDS = 8.0
TICK_SECONDS = 5.0

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Clocks:
    """Where the time comes from."""

    monotonic: Callable[[], float] = time.monotonic
    """Seconds, never going back."""
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)
    """What calendars say, aware."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a bot consists of, once it is put together."""

    app: App
    tips: Tips


def build(
    settings: Settings,
    faq: Faq,
    storage: Storage,
    *,
    request: BaseRequest,
    updates_request: BaseRequest,
    token: str,
    throttle: Throttle,
    clocks: Clocks,
    tick_seconds: float = TICK_SECONDS,
    only: int | None = None,
) -> Parts:
    """The bot, with an Application ready to be initialized; tips go to one chat only, or to all."""
    pace = Pace(clocks.monotonic)
    app = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{settings.api}/bot")
        .base_file_url(f"{settings.api}/file/bot")
        .request(request)
        .get_updates_request(updates_request)
        .rate_limiter(pace)
        .concurrent_updates(OneByOneInEachChat())
        .updater(None)
        .build()
    )
    notices = Notices(settings.operators)
    health = Health(clocks.monotonic)
    tips = Tips(faq.knowledge, storage, app.bot, pace, notices, clocks.now, health, only)
    _register(app, Handlers(faq, throttle), tips, settings, clocks.now)
    app.add_error_handler(Faults(notices, clocks.monotonic).handle)
    _tick(app, tips, tick_seconds)
    return Parts(app, tips)


def _register(
    app: App, asked: Handlers, tips: Tips, settings: Settings, now: Callable[[], dt.datetime]
) -> None:
    dialog, storage = Dialog(now), tips.storage
    default = Schedule(settings.tip_time, settings.zone)
    wanted = Subscribing(asked, storage, tips, dialog, now, default)
    routes.register(app, asked, wanted, Preferences(storage, tips, dialog, now))


def _tick(app: App, tips: Tips, seconds: float) -> None:
    async def tick(_: Context) -> None:
        tips.wake()

    if app.job_queue is None:
        raise TypeError("PTB was built without its job queue")
    # By default a tick that comes a second late is left out.
    late = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    app.job_queue.run_repeating(tick, seconds, job_kwargs=late)


class _Bystanders(ThreadPoolExecutor):
    """Threads that do not hold up the end of the process, as asyncio's own do.

    Looking up Telegram's address can take half a minute when the network is down.
    """

    def submit(self, work: Callable[P, T], /, *args: P.args, **named: P.kwargs) -> Future[T]:
        future: Future[T] = Future()

        def do() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(work(*args, **named))
            except Exception as error:  # noqa: BLE001 - whoever awaits the future gets it
                future.set_exception(error)

        Thread(target=do, daemon=True).start()
        return future


async def run(settings: Settings, faq: Faq) -> None:
    """Answer until SIGTERM or SIGINT.

    Raises:
        StartError: there is no token, or Telegram does not accept it.
        StorageError: the database cannot be used.
    """
    if settings.token is None:
        raise StartError("BOT_TOKEN is not set; put the token from @BotFather there or into .env")
    storage = Storage.open(settings.database or DATABASE)
    try:
        parts = build(
            settings,
            faq,
            storage,
            request=AiohttpRequest(),
            updates_request=AiohttpRequest(connections=1),
            token=settings.token,
            throttle=Throttle(time.monotonic),
            clocks=Clocks(),
        )
        await serve(parts, faq, _told_to_stop())
    finally:
        await storage.close()


def _told_to_stop() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(_Bystanders())
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


async def serve(parts: Parts, faq: Faq, stop: asyncio.Event) -> None:
    """Connect, answer until told to stop, then finish what was fetched and what is on its way.

    Raises:
        StartError: Telegram does not accept the token.
    """
    app = parts.app
    polling = Polling(app)
    try:
        if await _unless(stop, polling.connect()):
            await parts.tips.recover()
            await app.start()
            # The first tick of the job queue comes only after a whole interval.
            parts.tips.wake()
            log.info("@%s is answering", app.bot.username)
            await _unless(stop, _answer(app, faq, polling))
    finally:
        if app.running:
            await _drain(parts, polling)
        await app.shutdown()
        # After a start that failed half-way PTB's own shutdown leaves the connections open.
        await app.bot.shutdown()


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, Any]) -> bool:
    """Work until it is done, fails, or is told to stop; whether it was done."""
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


async def _answer(app: App, faq: Faq, polling: Polling) -> None:
    introducing = asyncio.create_task(_introduce(app, faq))
    try:
        await polling.run()
    finally:
        introducing.cancel()
        await asyncio.gather(introducing, return_exceptions=True)


async def _introduce(app: App, faq: Faq) -> None:
    """Set the command menu and the descriptions; the bot works without them."""
    about, bot = faq.knowledge.about, app.bot
    try:
        await bot.set_my_commands(list(texts.COMMANDS.items()))
        await bot.set_my_commands(
            list(texts.GROUP_COMMANDS.items()), scope=BotCommandScopeAllGroupChats()
        )
        await bot.set_my_description(about.description)
        await bot.set_my_short_description(about.short_description)
    except TelegramError as error:
        log.warning("the command menu could not be set: %s", error)


async def _drain(parts: Parts, polling: Polling) -> None:
    """Answer what was fetched, for as long as a supervisor waits before it kills."""
    log.info("stopping; answering what was fetched")
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            await asyncio.gather(polling.confirm(), parts.app.stop(), parts.tips.stop())
    except TimeoutError:
        log.warning("some messages could not be sent in %.0f s", DRAIN_SECONDS)
