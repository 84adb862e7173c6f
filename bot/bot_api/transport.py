"""The connection to Telegram: PTB's request interface over httpx2."""

import json
from http import HTTPStatus
from typing import Any, NoReturn

import httpx2
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import BaseRequest, RequestData

CONNECTIONS = 32
Timeout = Any
"""Seconds, None, or PTB's marker for its default, whose type is private."""

SECONDS = 10.0
UPLOAD_SECONDS = 60.0
POOL_SECONDS = 20.0
"""Seconds that a request waits for a free connection."""
KEPT_SECONDS = 60.0
"""Seconds that an unused connection stays open."""

FILES = "/file/bot"
"""A part of the address of a download, which holds any bytes."""
UNTAKEN = (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE)
"""Statuses that say that a gateway could not hand the request on."""

_NEVER_LEFT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError, httpx2.PoolTimeout)


class NotConnectedError(NetworkError):
    """The request never left, so it is safe to send it again."""


class NotTakenError(NetworkError):
    """A server on the way says that it did not hand the request on to Telegram."""


SAID_NO = (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NotConnectedError,
    NotTakenError,
    RetryAfter,
)
"""Errors after which it is certain that Telegram did not carry the request out."""


def may_have_arrived(error: Exception | None) -> bool:
    """True where a request went out, and no answer says what became of it."""
    return isinstance(error, TelegramError) and not isinstance(error, SAID_NO)


class Transport(BaseRequest):
    """Sends requests over a bounded number of connections, which are kept open.

    It obeys HTTPS_PROXY, NO_PROXY and similar variables, which people behind a proxy set.
    """

    def __init__(self, connections: int = CONNECTIONS) -> None:
        self._limits = httpx2.Limits(max_connections=connections, keepalive_expiry=KEPT_SECONDS)
        self._client: httpx2.AsyncClient | None = None

    @property
    def read_timeout(self) -> float:
        return SECONDS

    async def initialize(self) -> None:
        if self._client is not None:
            return
        try:
            headers = {"User-Agent": self.USER_AGENT}
            self._client = httpx2.AsyncClient(limits=self._limits, headers=headers)
        except (ValueError, httpx2.InvalidURL):
            # From None: the error's text may hold a password.
            raise NetworkError("the environment names a proxy that cannot be used") from None

    async def shutdown(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            # This makes requests fail that are under way.
            await client.aclose()

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
        if self._client is None:
            raise RuntimeError("this request is not initialized")
        files = request_data.multipart_data if request_data else None
        usual = UPLOAD_SECONDS if files else SECONDS
        patience = httpx2.Timeout(
            connect=_seconds(connect_timeout, SECONDS),
            read=_seconds(read_timeout, usual),
            write=_seconds(write_timeout, usual),
            pool=_seconds(pool_timeout, POOL_SECONDS),
        )
        data = request_data.json_parameters if request_data else None
        try:
            answer = await self._client.request(
                method, url, data=data, files=files or None, timeout=patience
            )
        except UnicodeError:
            # From None: the error's text holds what somebody wrote.
            raise BadRequest("a text with half a letter") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            _raise_as_telegram(error)
        if answer.is_success and FILES in url:
            return answer.status_code, answer.content
        return checked(answer.status_code, answer.content)


def checked(status: int, body: bytes) -> tuple[int, bytes]:
    """Return an answer unchanged if it comes from Telegram and can be read.

    Raises:
        NotTakenError: a gateway or a proxy refuses, so nothing has happened. Its page says nothing
            about a token or a chat.
        NetworkError: something went wrong on the way; it is not known what has happened.
    """
    said = _read(body)
    if status < HTTPStatus.MULTIPLE_CHOICES:
        if "result" not in said:
            raise NetworkError("an answer that nobody can read")
        return status, body
    is_telegrams = said.get("ok") is False and said.get("error_code") == status
    if status in UNTAKEN or (not is_telegrams and status < HTTPStatus.INTERNAL_SERVER_ERROR):
        raise NotTakenError(f"an error page with status {status}")
    if not is_telegrams:
        raise NetworkError(f"an error page with status {status}")
    return status, body


def _read(body: bytes) -> dict[str, Any]:
    """An answer's object; an empty one where it holds none."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _seconds(given: Timeout, default: float) -> float:
    return float(given) if isinstance(given, int | float) else default


def _raise_as_telegram(error: Exception) -> NoReturn:
    """Raise the error that PTB expects, without the old text, which may hold the URL."""
    if isinstance(error, _NEVER_LEFT):
        raise NotConnectedError(type(error).__name__) from None
    if isinstance(error, httpx2.TimeoutException):
        raise TimedOut from None
    raise NetworkError(type(error).__name__) from None
