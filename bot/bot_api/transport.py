"""The way to Telegram: PTB's request interface over httpx, each connection by itself.

In PTB's own transport a burst of answers drowns in the pool of connections, which looks through all
of them whenever something happens to one; see `benchmarks/throughput.py`.
"""

import asyncio
import json
import ssl
from collections import defaultdict
from functools import cache, partial
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.request import getproxies, proxy_bypass

import httpx
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

CONNECTIONS = 32
Timeout = Any
"""Seconds, None, or PTB's marker for its default, whose type is private."""

SECONDS = 10.0
UPLOAD_SECONDS = 60.0
KEPT_SECONDS = 60.0
"""For which a connection that nobody needs stays open."""

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.PoolTimeout)
_HEADERS = {"User-Agent": BaseRequest.USER_AGENT}


class NotConnectedError(NetworkError):
    """The request never left: it is safe to send it again."""


class Transport(BaseRequest):
    """Sends requests over a bounded number of connections to each server, which are kept open."""

    def __init__(self, connections: int = CONNECTIONS) -> None:
        self._connections = connections
        self._servers: defaultdict[tuple[str, bytes], _Server] | None = None

    @property
    def read_timeout(self) -> float:
        return SECONDS

    async def initialize(self) -> None:
        if self._servers is None:
            self._servers = defaultdict(partial(_Server, self._connections))

    async def shutdown(self) -> None:
        servers, self._servers = self._servers, None
        for server in (servers or {}).values():
            await server.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Timeout = BaseRequest.DEFAULT_NONE,
        write_timeout: Timeout = BaseRequest.DEFAULT_NONE,
        connect_timeout: Timeout = BaseRequest.DEFAULT_NONE,
        pool_timeout: Timeout = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        if self._servers is None:
            raise RuntimeError("this request is not initialized")
        files = request_data.multipart_data if request_data else None
        usual = UPLOAD_SECONDS if files else SECONDS
        patience = {
            "connect": _seconds(connect_timeout, SECONDS),
            "read": _seconds(read_timeout, usual),
            "write": _seconds(write_timeout, usual),
            "pool": _seconds(pool_timeout, SECONDS),
        }
        try:
            request = httpx.Request(
                method,
                url,
                headers=_HEADERS,
                data=request_data.json_parameters if request_data else None,
                files=files or None,
                extensions={"timeout": patience},
            )
            server = self._servers[request.url.scheme, request.url.netloc]
            return checked(*await server.send(request))
        except UnicodeError:
            # From None: its text holds what somebody wrote.
            raise NetworkError("a text with half a letter") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            _raise_as_telegram(error)


def checked(status: int, body: bytes) -> tuple[int, bytes]:
    """An answer as it came, where Telegram gave it.

    Raises:
        NetworkError: it is a refusal, but not Telegram's: the page of a proxy, say, which has
            nothing to tell about a token or a chat.
    """
    if status >= HTTPStatus.MULTIPLE_CHOICES and not _is_telegrams(status, body):
        raise NetworkError(f"an error page with status {status}")
    return status, body


def _is_telegrams(status: int, refusal: bytes) -> bool:
    try:
        said = json.loads(refusal)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and said.get("ok") is False and said.get("error_code") == status


class _Server:
    """The connections to one server: none is made before it is needed."""

    def __init__(self, connections: int) -> None:
        self._free = asyncio.Semaphore(connections)
        self._idle: list[httpx.AsyncHTTPTransport] = []
        self._open: set[httpx.AsyncHTTPTransport] = set()

    async def send(self, request: httpx.Request) -> tuple[int, bytes]:
        """Status and body of the answer, as soon as a connection is free."""
        patience = request.extensions["timeout"]
        try:
            async with asyncio.timeout(patience["connect"] + patience["pool"]):
                await self._free.acquire()
        except TimeoutError:
            raise httpx.PoolTimeout("all connections are in use") from None
        try:
            # The one that was used last is the likeliest to be open still.
            connection = self._idle.pop() if self._idle else self._connect(request.url)
            answer = await self._exchange(connection, request)
            self._idle.append(connection)
            return answer
        finally:
            self._free.release()

    def _connect(self, url: httpx.URL) -> httpx.AsyncHTTPTransport:
        connection = httpx.AsyncHTTPTransport(
            verify=_trusted() if url.scheme == "https" else _nobody(),
            limits=httpx.Limits(max_connections=1, keepalive_expiry=KEPT_SECONDS),
            proxy=_proxy_of(url),
        )
        self._open.add(connection)
        return connection

    async def _exchange(
        self, connection: httpx.AsyncHTTPTransport, request: httpx.Request
    ) -> tuple[int, bytes]:
        try:
            response = await connection.handle_async_request(request)
            return response.status_code, await response.aread()
        except BaseException:
            # Whoever is cut off half-way leaves a connection that nobody else could use.
            self._open.discard(connection)
            await connection.aclose()
            raise

    async def close(self) -> None:
        # Requests that are under way fail by it, and take their connection out.
        for connection in tuple(self._open):
            await connection.aclose()


@cache
def _trusted() -> ssl.SSLContext:
    """Takes as long as importing a whole library, so that it is made once and when needed."""
    return httpx.create_ssl_context()


def _nobody() -> ssl.SSLContext:
    """For servers without TLS."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _proxy_of(url: httpx.URL) -> str | None:
    """What HTTPS_PROXY and its like say; people behind a proxy set them and expect it to work."""
    proxy = None if proxy_bypass(url.host) else getproxies().get(url.scheme)
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy


def _seconds(given: Timeout, default: float) -> float:
    return float(given) if isinstance(given, int | float) else default


def _raise_as_telegram(error: Exception) -> NoReturn:
    """As PTB's callers expect; without the text of the error, which may hold the URL."""
    if isinstance(error, _NEVER_LEFT):
        raise NotConnectedError(type(error).__name__) from None
    if isinstance(error, httpx.TimeoutException):
        raise TimedOut from None
    raise NetworkError(type(error).__name__) from None
