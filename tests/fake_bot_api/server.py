"""A FakeTelegram behind a real HTTP server, for bots that run as a process of their own."""

import asyncio
import json
from collections.abc import Mapping
from types import TracebackType
from typing import Self, cast

from aiohttp import BodyPartReader, web

from tests.fake_bot_api.faults import (
    Page,
    ServerError,
    Timeout,
    Truncated,
    UnansweredError,
    WireFault,
)
from tests.fake_bot_api.parameters import Upload
from tests.fake_bot_api.telegram import FakeTelegram

LARGEST_BODY = 60 << 20


class FakeServer:
    """`async with FakeServer(telegram) as server:` and the bot's API root is `server.url`.

    `delays`: seconds by method that an answer takes after Telegram has carried the call out.
    """

    def __init__(
        self,
        telegram: FakeTelegram,
        delays: Mapping[str, float] | None = None,
        port: int = 0,
    ) -> None:
        self.telegram = telegram
        self.url = ""
        self.clients: set[object] = set()
        """Where requests came from: one address for each connection."""
        self._delays = delays or {}
        self._port = port
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        # A bot that hangs up must not leave a poll behind that takes its next updates.
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.01
        )

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port, backlog=1024).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.transport:
            self.clients.add(request.transport.get_extra_info("peername"))
        params, files = await _read(request)
        if method == "getUpdates":
            await self.telegram.wait_for_updates(params)
        try:
            status, body = self.telegram.handle(method, params, files)
        except UnansweredError as lost:
            return await _without_answer(request, lost.fault)
        if delay := self._delays.get(method):
            await asyncio.sleep(delay)
        return _json(status, body)


def _json(status: int, body: object) -> web.Response:
    return web.Response(
        status=status, body=json.dumps(body).encode(), content_type="application/json"
    )


async def _read(request: web.Request) -> tuple[dict[str, object], dict[str, Upload]]:
    params: dict[str, object] = dict(request.query)
    if request.content_type == "application/json":
        return params | await request.json(), {}
    if request.content_type.startswith("multipart/"):
        return await _read_parts(request, params)
    return params | dict(await request.post()), {}


async def _read_parts(
    request: web.Request, params: dict[str, object]
) -> tuple[dict[str, object], dict[str, Upload]]:
    files = {}
    async for part in await request.multipart():
        part = cast("BodyPartReader", part)
        name, content = part.name or "", bytes(await part.read())
        if part.filename is None:
            params[name] = content.decode()
        else:
            mime = part.headers.get("Content-Type", "application/octet-stream")
            files[name] = Upload(part.filename, content, mime)
    return params, files


async def _without_answer(request: web.Request, fault: WireFault) -> web.StreamResponse:
    if isinstance(fault, ServerError | Page | Truncated):
        return web.Response(status=fault.status, body=fault.page(), content_type="text/html")
    if isinstance(fault, Timeout):
        # Cancelled when the bot hangs up or the server closes.
        await asyncio.Event().wait()
    if request.transport:
        request.transport.abort()
    return web.Response()
