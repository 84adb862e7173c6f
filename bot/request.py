"""The way to Telegram: PTB's request interface over aiohttp.

With PTB's own transport a burst of answers drowns in its connection pool; see
`benchmarks/throughput.py` for the measured difference.
"""

from typing import Any, NoReturn
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

CONNECTIONS = 32
Timeout = Any
"""Seconds, None, or PTB's marker for its default, whose type is private."""

SECONDS = 10.0
UPLOAD_SECONDS = 60.0


class NotConnectedError(NetworkError):
    """The request never left: it is safe to send it again."""


class AiohttpRequest(BaseRequest):
    """Sends requests over a bounded number of connections that are kept open."""

    def __init__(self, connections: int = CONNECTIONS) -> None:
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None
        self._proxies: dict[tuple[str, str], str | None] = {}

    @property
    def read_timeout(self) -> float:
        return SECONDS

    async def initialize(self) -> None:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=60)
            self._session = aiohttp.ClientSession(connector=connector)

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Timeout = BaseRequest.DEFAULT_NONE,
        write_timeout: Timeout = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - aiohttp has none
        connect_timeout: Timeout = BaseRequest.DEFAULT_NONE,
        pool_timeout: Timeout = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise RuntimeError("this request is not initialized")
        patience = aiohttp.ClientTimeout(
            total=None,
            connect=_seconds(connect_timeout, SECONDS) + _seconds(pool_timeout, SECONDS),
            sock_connect=_seconds(connect_timeout, SECONDS),
            sock_read=_seconds(read_timeout, self._patience(request_data)),
        )
        try:
            async with self._session.request(
                method, url, data=_body(request_data), timeout=patience, proxy=self._proxy(url)
            ) as response:
                return response.status, await response.read()
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            _raise_as_telegram(error)

    def _proxy(self, url: str) -> str | None:
        """What HTTPS_PROXY and its like say; people behind a proxy set them and expect it to work.

        aiohttp can find that out as well, but starts a thread for each request to do so.
        """
        parts = urlsplit(url)
        server = parts.scheme, parts.netloc
        if server not in self._proxies:
            self._proxies[server] = _proxy_of(*server)
        return self._proxies[server]

    def _patience(self, request_data: RequestData | None) -> float:
        uploads = request_data is not None and request_data.contains_files
        return UPLOAD_SECONDS if uploads else SECONDS


def _proxy_of(scheme: str, server: str) -> str | None:
    host = urlsplit(f"{scheme}://{server}").hostname
    if host is None or proxy_bypass(host):
        return None
    return getproxies().get(scheme)


def _seconds(given: Timeout, default: float) -> float:
    return float(given) if isinstance(given, int | float) else default


def _body(request_data: RequestData | None) -> aiohttp.FormData | dict[str, str] | None:
    if request_data is None:
        return None
    if not request_data.contains_files:
        return request_data.json_parameters
    # Unquoted: Telegram takes names of files as they are, and would show the %C3%BC of an ü.
    form = aiohttp.FormData(request_data.json_parameters, quote_fields=False)
    for name, (filename, content, kind) in (request_data.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form


def _raise_as_telegram(error: Exception) -> NoReturn:
    """As PTB's callers expect; without the text of the error, which may hold the URL."""
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        raise NotConnectedError(type(error).__name__) from None
    if isinstance(error, TimeoutError):
        raise TimedOut from None
    raise NetworkError(type(error).__name__) from None
