"""A strict Telegram for tests: the world behind the Bot API and a way for a bot to reach it.

In a test:

    telegram = FakeTelegram()
    anna = telegram.person(42, "Anna")
    update = anna.writes("/start")          # as JSON; push(update) hands it to getUpdates
    request = FakeRequest(telegram)         # for Bot(token, request=…, get_updates_request=…)
    telegram.fail_next("sendMessage", FloodWait(3))
    telegram.sent("sendMessage")            # what was accepted, parameters parsed
"""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import httpx2
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from typing_extensions import override

from bot.bot_api.transport import NotConnectedError, checked
from tests.fake_bot_api.faults import (
    ConnectionCut,
    Fault,
    FaultPlan,
    NoConnection,
    Pace,
    Page,
    RefusedError,
    ServerError,
    Timeout,
    Truncated,
    UnansweredError,
    WireFault,
    refusal,
)
from tests.fake_bot_api.methods import METHODS, BotApi
from tests.fake_bot_api.parameters import Json, Upload, parse
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.queue import UpdateQueue
from tests.fake_bot_api.world import BOT, ChatState, World

PACED = frozenset({"sendMessage", "sendPhoto", "sendDocument", "copyMessage"})


@dataclass(frozen=True, slots=True)
class Call:
    """A call that a bot made, whether Telegram carried it out, and when it came."""

    method: str
    params: Json
    accepted: bool
    at: float


class FakeTelegram:
    def __init__(
        self,
        per_second: int | None = None,
        per_chat_second: int | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.world = World(clock)
        self.updates = UpdateQueue()
        self.calls: list[Call] = []
        self._accepted: defaultdict[str, list[Json]] = defaultdict(list)
        self._news = asyncio.Event()
        self._api = BotApi(self.world, self.updates)
        self._faults = FaultPlan()
        self._pace = Pace(clock, per_second, per_chat_second)

    def person(
        self,
        user_id: int,
        name: str = "Anna",
        chat: ChatState | None = None,
        language: str = "en",
        username: str = "",
    ) -> Person:
        """Somebody who has started the bot, or who is in the given group."""
        user = {"id": user_id, "is_bot": False, "first_name": name, "language_code": language}
        named = {"first_name": name} | ({"username": username} if username else {})
        info = chat.info if chat else {"id": user_id, "type": "private", **named}
        return Person(self.world, user | named, self.world.enter(info, user | named))

    def group(self, chat_id: int = -1001234567890, title: str = "Skin care") -> ChatState:
        return self.world.enter({"id": chat_id, "title": title, "type": "supergroup"}, BOT)

    def messages(self, chat_id: int) -> list[Json]:
        """The messages that stand in a chat now, oldest first."""
        return list(self.world.find(chat_id).messages.values())

    def push(self, *updates: Json) -> None:
        for update in updates:
            self.updates.push(update)

    def expire(self, update: Json) -> None:
        """From now on it is too late to answer this callback query."""
        self.world.open_queries.discard(update["callback_query"]["id"])

    def fail_next(
        self, method: str, fault: Fault, times: int = 1, chat_id: int | None = None
    ) -> None:
        self._faults.add(method, fault, times, chat_id)
        if method == "getUpdates":
            self.updates.news.set()

    def sent(self, method: str) -> list[Json]:
        """The parameters of the calls that Telegram carried out, in order."""
        return list(self._accepted[method])

    async def until(self, method: str, count: int = 1, seconds: float = 10) -> list[Json]:
        """Waits until so many calls were carried out since the start."""
        async with asyncio.timeout(seconds):
            while len(self._accepted[method]) < count:
                self._news.clear()
                await self._news.wait()
        return self.sent(method)

    def handle(
        self, method: str, params: Mapping[str, object], files: Mapping[str, Upload] | None = None
    ) -> tuple[int, Json]:
        """Status and body; UnansweredError where a planned fault leaves the caller without them."""
        given: Json = {**params, **(files or {})}
        try:
            given = parse(given)
            result = self._result(method, given)
        except RefusedError as refused:
            self._record(method, given, accepted=False)
            return refused.code, refused.body()
        except UnansweredError as lost:
            self._record(method, given, accepted=lost.accepted)
            raise
        self._record(method, given, accepted=True)
        return 200, {"ok": True, "result": result}

    def download(self, path: str) -> tuple[int, bytes]:
        """Status and body for a file that somebody has sent."""
        content = self.world.contents.get(path)
        return (404, b"Not Found") if content is None else (200, content)

    def _result(self, method: str, params: Json) -> object:
        fault = self._faults.take(method, params.get("chat_id"))
        match fault:
            case None:
                return self._carry_out(method, params)
            case (
                ServerError() | Page() | Truncated() | Timeout() | ConnectionCut() | NoConnection()
            ):
                accepted = fault.accepted and self._carried_out(method, params)
                raise UnansweredError(fault, accepted=accepted)
            case _:
                raise refusal(fault)

    def _carried_out(self, method: str, params: Json) -> bool:
        try:
            self._carry_out(method, params)
        except RefusedError:
            return False
        return True

    def _carry_out(self, method: str, params: Json) -> object:
        if method not in METHODS:
            raise RefusedError(404, "Not Found")
        if method in PACED:
            self._pace.admit(params.get("chat_id"))
        return METHODS[method](self._api, params)

    def _record(self, method: str, params: Json, *, accepted: bool) -> None:
        self.calls.append(Call(method, params, accepted, self.world.clock()))
        if accepted:
            self._accepted[method].append(params)
            self._news.set()

    async def wait_for_updates(self, params: Mapping[str, object]) -> None:
        """Long polling: returns when getUpdates has something to say, or its time is up."""
        offset, seconds = (str(params.get(name, "")) for name in ("offset", "timeout"))
        self.updates.confirm(int(offset) if offset.isdecimal() else 0)
        long = seconds.isdecimal() and int(seconds) > 0
        if long and not self.updates and not self._faults.has("getUpdates"):
            await self.updates.wait(int(seconds))


class FakeRequest(BaseRequest):
    """The way to a FakeTelegram without a network, failing in the classes of bot.request."""

    def __init__(self, telegram: FakeTelegram) -> None:
        self._telegram = telegram
        self._closed = False

    @property
    @override
    def read_timeout(self) -> float:
        return 5

    @override
    async def initialize(self) -> None:
        self._closed = False

    @override
    async def shutdown(self) -> None:
        self._closed = True

    @override
    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *_timeouts: object,
        **_named_timeouts: object,
    ) -> tuple[int, bytes]:
        if self._closed:
            raise RuntimeError("This FakeRequest is not initialized!")
        # A real transport always gives other tasks a turn.
        await asyncio.sleep(0)
        if "/file/bot" in url:
            return self._telegram.download(url.split("/", 5)[-1])
        name, query = method_and_query(url)
        params = query | (request_data.json_parameters if request_data else {})
        if name == "getUpdates":
            await self._telegram.wait_for_updates(params)
        try:
            status, body = self._telegram.handle(name, params, _uploads(request_data))
        except UnansweredError as lost:
            return _without_answer(lost.fault)
        return checked(status, json.dumps(body).encode())


def method_and_query(url: str) -> tuple[str, dict[str, str]]:
    """The method that is called, and the parameters that stand in the address."""
    parts = urlsplit(url)
    return parts.path.rsplit("/", 1)[-1], dict(parse_qsl(parts.query))


def _uploads(request_data: RequestData | None) -> dict[str, Upload]:
    uploads: dict[str, Upload] = {}
    if request_data is None:
        return uploads
    for part, (name, content, mime) in request_data.multipart_data.items():
        data = content if isinstance(content, bytes) else content.read()
        uploads[part] = Upload(name, data, mime)
    return uploads


def _without_answer(fault: WireFault) -> tuple[int, bytes]:
    match fault:
        case ServerError() | Page() | Truncated():
            return checked(fault.status, fault.page())
        case Timeout():
            raise TimedOut from httpx2.ReadTimeout("")
        case ConnectionCut():
            cut = httpx2.RemoteProtocolError("Server disconnected without sending a response.")
            raise NetworkError(f"httpx2.{type(cut).__name__}: {cut}") from cut
        case NoConnection():
            none = httpx2.ConnectError("All connection attempts failed")
            raise NotConnectedError(f"httpx2.{type(none).__name__}: {none}") from none
