"""Puts everything together."""

import datetime as dt
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from telegram.ext import ApplicationBuilder
from telegram.request import BaseRequest

from bot import lifecycle
from bot.answering.faq import Live
from bot.bot_api.intake import Intake
from bot.bot_api.outgoing.gate import Gate
from bot.bot_api.outgoing.rival import Rival
from bot.bot_api.polling import Polling
from bot.bot_api.rate_limiter import RateLimiter
from bot.bot_api.sending import DEFAULTS
from bot.bot_api.throttle import Throttle
from bot.bot_api.transport import Transport
from bot.bot_api.types import App, Context
from bot.bot_api.update_processor import UpdateProcessor
from bot.features import routes
from bot.features.broadcasts.handlers import BroadcastHandlers
from bot.features.guards import NotTooOften
from bot.features.knowledge_base.file_watcher import FileWatcher
from bot.features.knowledge_base.handlers import ReloadHandlers
from bot.features.operators import texts as operator_texts
from bot.features.operators.error_handler import ErrorHandler
from bot.features.operators.notices import Notices
from bot.features.privacy.handlers import PrivacyHandlers
from bot.features.questions.conversations import Conversations
from bot.features.questions.feedback import VoteHandlers
from bot.features.questions.handlers import QuestionHandlers
from bot.features.routes import Handlers
from bot.features.statistics.handlers import StatisticsHandlers
from bot.features.statistics.recorder import UsageRecorder
from bot.features.tips.circuit_breaker import CircuitBreaker
from bot.features.tips.enrolment import Enrolment
from bot.features.tips.pending import PendingQuestions
from bot.features.tips.preferences import PreferenceHandlers
from bot.features.tips.presence import Presence
from bot.features.tips.results import Results
from bot.features.tips.sender import Sender
from bot.features.tips.subscribe import SubscribeHandlers
from bot.features.tips.whereabouts import Whereabouts
from bot.features.unanswered.digest import Digest
from bot.features.unanswered.handlers import InboxHandlers
from bot.knowledge import base
from bot.lifecycle import Parts
from bot.reload import reloader as reloading
from bot.reload.build import Builder, beside
from bot.reload.reloader import Reloader
from bot.settings import DATABASE, Settings
from bot.storage.receipts import Receipts
from bot.storage.storage import Storage
from bot.subscriptions.schedule import Schedule

TICK_SECONDS = 5.0
PRESSES = 3
"""Buttons that a person may press for each message that they may write: a thumb goes astray."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Two functions that tell the time."""

    monotonic: Callable[[], float] = time.monotonic
    """Seconds that never go back."""
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)
    """Date and time, aware of the zone."""


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
    builder: Builder = beside,
) -> Parts:
    """The bot, with an Application ready to be initialized; tips go to one chat only, or to all."""
    monotonic, now, folder = clocks.monotonic, clocks.now, settings.knowledge or base.shipped()
    intake = Intake(Receipts(storage.database), monotonic)
    updates, limiter = (
        UpdateProcessor(intake, longest_line=throttle.most + 1),
        RateLimiter(monotonic),
    )
    app = _application(settings.api, token, limiter, updates, request, updates_request)
    notices = Notices(settings.operators)
    recorder = UsageRecorder(storage.records, now, settings.zone, settings.kept_days)
    results = Results(storage, app.bot, notices, recorder, CircuitBreaker(monotonic), now)
    sender = Sender(live, storage, app.bot, limiter, now, results, only)
    reloader = Reloader(live, storage.records, folder, now, builder, settings.zone)
    watcher = FileWatcher(reloader, notices, app.bot)
    tell = partial(_passed_over, notices, app)
    deadly = partial(tell, operator_texts.died_of)
    unreadable = partial(tell, operator_texts.cannot_read)
    rival = Rival(app.bot, monotonic, partial(_rivalled, notices, app))
    polling = Polling(app, updates_request, intake, deadly, unreadable, rival)
    sender.is_muted = lambda: rival.is_there
    parts = Parts(app, live, sender, recorder, notices, watcher, polling, updates)
    _attach(parts, settings, clocks, throttle, tick_seconds)
    return parts


async def _passed_over(notices: Notices, app: App, text: Callable[[int], str], update: int) -> None:
    await notices.tell(app.bot, text(update))


async def _rivalled(notices: Notices, app: App, host: str | None) -> None:
    await notices.tell(app.bot, operator_texts.rival(host))


def _application(
    api: str,
    token: str,
    limiter: RateLimiter,
    updates: UpdateProcessor,
    request: BaseRequest,
    updates_request: BaseRequest,
) -> App:
    return (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{api}/bot")
        .base_file_url(f"{api}/file/bot")
        .defaults(DEFAULTS)
        .request(request)
        .get_updates_request(updates_request)
        .rate_limiter(Gate(limiter))
        .concurrent_updates(updates)
        .updater(None)
        .build()
    )


def _attach(
    parts: Parts, settings: Settings, clocks: Clocks, throttle: Throttle, tick_seconds: float
) -> None:
    """Give the application its handlers, and the chores that come round with each tick."""
    app, sender = parts.app, parts.sender
    handlers = _handlers(parts, settings, Conversations(clocks.monotonic))
    limited = NotTooOften(throttle, throttle.longer(PRESSES))
    routes.register(app, handlers, settings.operators, limited)
    parts.updates.wants = partial(routes.fits, app)
    app.add_error_handler(ErrorHandler(parts.notices, clocks.monotonic).handle)
    when = settings.zone, settings.tip_time
    digest = Digest(sender.storage.records, parts.notices, app.bot, parts.live, sender.now, *when)
    for chore in (sender.wake, parts.recorder.write, handlers.broadcasts.refresh, digest.maybe):
        _repeat(app, tick_seconds, chore)


def _handlers(parts: Parts, settings: Settings, conversations: Conversations) -> Handlers:
    live, recorder, reloader = parts.live, parts.recorder, parts.watcher.reloader
    sender, storage, now = parts.sender, parts.sender.storage, parts.sender.now
    asked, pending, where = (
        QuestionHandlers(live, recorder, conversations),
        PendingQuestions(now),
        Whereabouts(live),
    )
    enrolment = Enrolment(storage, recorder, now, Schedule(settings.tip_time, settings.zone))
    return Handlers(
        presence=Presence(enrolment, sender.results.heard),
        questions=asked,
        subscriptions=SubscribeHandlers(asked, storage, sender, pending, now, enrolment, where),
        preferences=PreferenceHandlers(storage, sender, pending, now),
        votes=VoteHandlers(storage.records, recorder, live, asked.memory),
        privacy=PrivacyHandlers(storage, recorder, pending, asked.memory, conversations),
        reloading=ReloadHandlers(reloader),
        statistics=StatisticsHandlers(live, storage.records, recorder),
        inbox=InboxHandlers(storage.records, reloader, live, recorder),
        broadcasts=BroadcastHandlers(storage, sender, parts.app.bot, now),
    )


def _repeat(app: App, seconds: float, chore: Callable[[], Awaitable[None] | None]) -> None:
    async def do(_: Context) -> None:
        waiting = chore()
        if waiting is not None:
            await waiting

    if app.job_queue is None:
        raise TypeError("PTB was built without its job queue")
    # The library would leave out a tick that comes a second late.
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
        await lifecycle.serve(parts, lifecycle.signals(parts.watcher))
    finally:
        await storage.close()


async def _begun(settings: Settings, storage: Storage, token: str) -> Parts:
    begun = await reloading.start(settings.knowledge or base.shipped(), storage.records)
    parts = build(
        settings,
        Live(begun.faq),
        storage,
        request=Transport(),
        updates_request=Transport(connections=1),
        token=token,
        throttle=Throttle(time.monotonic, most=settings.questions_a_minute),
        clocks=Clocks(),
    )
    parts.watcher.begun = begun
    return parts
