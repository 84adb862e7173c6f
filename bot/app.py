"""Where everything is put together, and the life of the process: start, poll, drain, end."""

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Thread
from typing import Any, ParamSpec, TypeVar

from telegram import BotCommandScopeAllGroupChats
from telegram.error import TelegramError
from telegram.ext import ApplicationBuilder
from telegram.request import BaseRequest

from bot import texts
from bot.errors import StartError
from bot.faq import Faq
from bot.faults import Faults
from bot.handlers import App, Handlers, register
from bot.order import OneByOneInEachChat
from bot.polling import Polling
from bot.request import AiohttpRequest
from bot.settings import Settings
from bot.throttle import Throttle

DRAIN_SECONDS = 8.0

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


def build(
    settings: Settings,
    faq: Faq,
    *,
    request: BaseRequest,
    updates_request: BaseRequest,
    token: str,
    throttle: Throttle,
    clock: Callable[[], float] = time.monotonic,
) -> App:
    """The Application, ready to be initialized."""
    app = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{settings.api}/bot")
        .base_file_url(f"{settings.api}/file/bot")
        .request(request)
        .get_updates_request(updates_request)
        .concurrent_updates(OneByOneInEachChat())
        .updater(None)
        .job_queue(None)
        .build()
    )
    register(app, Handlers(faq, throttle))
    app.add_error_handler(Faults(settings.operators, clock).handle)
    return app


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
    """
    if settings.token is None:
        raise StartError("BOT_TOKEN is not set; put the token from @BotFather there or into .env")
    app = build(
        settings,
        faq,
        request=AiohttpRequest(),
        updates_request=AiohttpRequest(connections=1),
        token=settings.token,
        throttle=Throttle(time.monotonic),
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(_Bystanders())
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await serve(app, faq, stop)


async def serve(app: App, faq: Faq, stop: asyncio.Event) -> None:
    """Connect, answer until told to stop, then finish what was fetched.

    Raises:
        StartError: Telegram does not accept the token.
    """
    polling = Polling(app)
    try:
        if await _unless(stop, polling.connect()):
            await app.start()
            log.info("@%s is answering", app.bot.username)
            await _unless(stop, _answer(app, faq, polling))
    finally:
        if app.running:
            await _drain(app, polling)
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


async def _drain(app: App, polling: Polling) -> None:
    """Answer what was fetched, for as long as a supervisor waits before it kills."""
    log.info("stopping; answering what was fetched")
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            await asyncio.gather(polling.confirm(), app.stop())
    except TimeoutError:
        log.warning("some questions could not be answered in %.0f s", DRAIN_SECONDS)
