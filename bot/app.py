"""Where everything is put together."""

import datetime as dt
import time
from collections.abc import Awaitable, Callable

from msgspec import Struct
from telegram.ext import ApplicationBuilder
from telegram.request import BaseRequest

from bot import lifecycle
from bot.answering.live import Live
from bot.bot_api.intake import Intake
from bot.bot_api.polling import Polling
from bot.bot_api.rate_limiter import Pace
from bot.bot_api.throttle import Throttle
from bot.bot_api.transport import BoundedRequest
from bot.bot_api.update_processor import OneByOneInEachChat
from bot.features import operator_routes, routes
from bot.features.broadcasts.handlers import Broadcasting
from bot.features.knowledge_base.file_watcher import Watching
from bot.features.knowledge_base.handlers import Operating
from bot.features.operator_routes import Commands
from bot.features.operators.error_handler import Faults
from bot.features.operators.notices import Notices
from bot.features.questions.feedback import Feedback
from bot.features.questions.handlers import App, Context, Handlers
from bot.features.routes import NotTooOften
from bot.features.statistics.recorder import Journal
from bot.features.tips.circuit_breaker import Health
from bot.features.tips.pending import Dialog
from bot.features.tips.preferences import Preferences
from bot.features.tips.sender import Tips
from bot.features.tips.subscribe import Subscribing
from bot.features.unanswered.digest import Digest
from bot.features.unanswered.handlers import Inbox
from bot.knowledge import base
from bot.lifecycle import Parts
from bot.reload import reloader as reloading
from bot.reload.reloader import Reloader
from bot.reload.workshop import Workshop
from bot.settings import DATABASE, Settings
from bot.storage.receipts import Receipts
from bot.storage.storage import Storage
from bot.subscriptions.schedule import Schedule

TICK_SECONDS = 5.0
PRESSES = 3
"""Buttons that one person may press for each message that they may write: a thumb goes astray."""


class Clocks(Struct, frozen=True):
    """Where the time comes from."""

    monotonic: Callable[[], float] = time.monotonic
    """Seconds, never going back."""
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)
    """What calendars say, aware."""


def build(
    settings: Settings,
    live: Live,
    storage: Storage,
    *,
    request: BaseRequest,
    updates_request: BaseRequest,
    token: str,
    throttle: Throttle,
    clocks: Clocks,
    tick_seconds: float = TICK_SECONDS,
    only: int | None = None,
    workshop: Workshop | None = None,
) -> Parts:
    """The bot, with an Application ready to be initialized; tips go to one chat only, or to all."""
    pace, now = Pace(clocks.monotonic), clocks.now
    intake = Intake(Receipts(storage.database), clocks.monotonic)
    order = OneByOneInEachChat(intake, longest_line=throttle.most + 1)
    app = _application(settings.api, token, pace, order, request, updates_request)
    notices = Notices(settings.operators)
    journal = Journal(storage.records, now, settings.zone, settings.kept_days)
    health = Health(clocks.monotonic)
    tips = Tips(live, storage, app.bot, pace, notices, now, health, journal, only)
    folder = settings.knowledge or base.shipped()
    reloader = Reloader(live, storage.records, folder, now, workshop or Workshop())
    watching = Watching(reloader, notices, app.bot)
    polling = Polling(app, updates_request, intake, notices)
    parts = Parts(app, live, tips, journal, notices, watching, polling)
    asked = Handlers(live, journal)
    broadcasting = Broadcasting(storage, tips, app.bot, now)
    commands = Commands(
        Operating(reloader, live, storage.records, journal, now, settings.zone),
        Inbox(storage.records, reloader, live, journal),
        broadcasting,
    )
    operator_routes.register(app, settings.operators, commands, asked.outdated)
    seldom = NotTooOften(throttle, throttle.longer(PRESSES))
    _register(app, asked, tips, settings, now, seldom)
    app.add_error_handler(Faults(notices, clocks.monotonic).handle)
    digest = _digest(parts, storage, settings, now)
    for chore in (tips.wake, journal.write, broadcasting.refresh, digest.maybe):
        _repeat(app, tick_seconds, chore)
    return parts


def _digest(
    parts: Parts, storage: Storage, settings: Settings, now: Callable[[], dt.datetime]
) -> Digest:
    when = settings.zone, settings.tip_time
    return Digest(storage.records, parts.notices, parts.app.bot, parts.live, now, *when)


def _application(
    api: str,
    token: str,
    pace: Pace,
    order: OneByOneInEachChat,
    request: BaseRequest,
    updates_request: BaseRequest,
) -> App:
    return (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{api}/bot")
        .base_file_url(f"{api}/file/bot")
        .request(request)
        .get_updates_request(updates_request)
        .rate_limiter(pace)
        .concurrent_updates(order)
        .updater(None)
        .build()
    )


def _register(
    app: App,
    asked: Handlers,
    tips: Tips,
    settings: Settings,
    now: Callable[[], dt.datetime],
    seldom: NotTooOften,
) -> None:
    dialog, storage = Dialog(now), tips.storage
    default = Schedule(settings.tip_time, settings.zone)
    wanted = Subscribing(asked, storage, tips, dialog, now, default)
    chosen = Preferences(storage, tips, dialog, asked.memory, now)
    voted = Feedback(storage.records, asked.journal, asked.live, asked.memory)
    routes.register(app, asked, wanted, chosen, voted, seldom)


def _repeat(app: App, seconds: float, chore: Callable[[], Awaitable[None] | None]) -> None:
    async def do(_: Context) -> None:
        waiting = chore()
        if waiting is not None:
            await waiting

    if app.job_queue is None:
        raise TypeError("PTB was built without its job queue")
    # By default a tick that comes a second late is left out.
    late = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    app.job_queue.run_repeating(do, seconds, job_kwargs=late)


async def run(settings: Settings, token: str) -> None:
    """Answer until SIGTERM or SIGINT.

    Raises:
        KnowledgeError: the knowledge base has problems, and no good one was kept.
        StartError: Telegram does not accept the token.
        StorageError: the database cannot be used.
    """
    storage = Storage.open(settings.database or DATABASE)
    try:
        parts = await _begun(settings, storage, token)
        await lifecycle.serve(parts, lifecycle.signals(parts.watching))
    finally:
        await storage.close()


async def _begun(settings: Settings, storage: Storage, token: str) -> Parts:
    begun = await reloading.start(settings.knowledge or base.shipped(), storage.records)
    parts = build(
        settings,
        Live(begun.faq),
        storage,
        request=BoundedRequest(),
        updates_request=BoundedRequest(connections=1),
        token=token,
        throttle=Throttle(time.monotonic, most=settings.questions_a_minute),
        clocks=Clocks(),
    )
    parts.watching.begun = begun
    return parts
