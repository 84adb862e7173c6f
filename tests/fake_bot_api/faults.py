"""Faults between a bot and Telegram, on demand."""

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, assert_never


class RefusedError(Exception):
    """Telegram understood the call and says no."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        said: dict[str, Any] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        return {**said, "parameters": self.parameters} if self.parameters else said


def bad_request(why: str) -> RefusedError:
    return RefusedError(400, f"Bad Request: {why}")


@dataclass(frozen=True, slots=True)
class Blocked:
    """The person blocked the bot."""


@dataclass(frozen=True, slots=True)
class Deactivated:
    """The person's account is gone."""


@dataclass(frozen=True, slots=True)
class Kicked:
    """The bot was removed from the group."""


@dataclass(frozen=True, slots=True)
class Migrated:
    """The group has become a supergroup with another id."""

    new_chat_id: int


@dataclass(frozen=True, slots=True)
class FloodWait:
    retry_after: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """A second copy of the bot polls."""


@dataclass(frozen=True, slots=True)
class Unauthorized:
    """The token was revoked."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Any other answer of Telegram's, word for word."""

    code: int
    description: str


@dataclass(frozen=True, slots=True)
class ServerError:
    """A gateway answers with a page of HTML; `accepted`: Telegram had carried the call out."""

    status: int = 502
    accepted: bool = False

    def page(self) -> bytes:
        return f"<html><body><h1>{self.status} Bad Gateway</h1></body></html>".encode()


@dataclass(frozen=True, slots=True)
class Page:
    """A server on the way answers instead of Telegram, with any status and page."""

    status: int
    content: str
    accepted: ClassVar[bool] = False

    def page(self) -> bytes:
        return self.content.encode()


@dataclass(frozen=True, slots=True)
class Timeout:
    """The request went out and no answer came; `accepted`: Telegram had carried it out."""

    accepted: bool = False


@dataclass(frozen=True, slots=True)
class ConnectionCut:
    """The request went out and the connection broke; `accepted`: Telegram had carried it out."""

    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Truncated:
    """Telegram carried the call out, and only the first half of its answer came."""

    status: ClassVar[int] = 200
    accepted: ClassVar[bool] = True

    def page(self) -> bytes:
        return b'{"ok":true,"result":{"message_id":1,"fr'


@dataclass(frozen=True, slots=True)
class NoConnection:
    """No connection could be made, so nothing went out."""

    accepted: ClassVar[bool] = False


AnsweredFault = (
    Blocked | Deactivated | Kicked | Migrated | FloodWait | Conflict | Unauthorized | Refusal
)
WireFault = ServerError | Page | Truncated | Timeout | ConnectionCut | NoConnection
Fault = AnsweredFault | WireFault


class UnansweredError(Exception):
    """No JSON comes back; the transport decides what the caller sees instead."""

    def __init__(self, fault: WireFault, *, accepted: bool) -> None:
        super().__init__(repr(fault))
        self.fault = fault
        self.accepted = accepted


def refusal(fault: AnsweredFault) -> RefusedError:
    match fault:
        case Blocked():
            return RefusedError(403, "Forbidden: bot was blocked by the user")
        case Deactivated():
            return RefusedError(403, "Forbidden: user is deactivated")
        case Kicked():
            return RefusedError(403, "Forbidden: bot was kicked from the supergroup chat")
        case Migrated(new_chat_id):
            why = "Bad Request: group chat was upgraded to a supergroup chat"
            return RefusedError(400, why, migrate_to_chat_id=new_chat_id)
        case FloodWait(seconds):
            why = f"Too Many Requests: retry after {seconds}"
            return RefusedError(429, why, retry_after=seconds)
        case Conflict():
            return RefusedError(
                409,
                "Conflict: terminated by other getUpdates request; "
                "make sure that only one bot instance is running",
            )
        case Unauthorized():
            return RefusedError(401, "Unauthorized")
        case Refusal(code, description):
            return RefusedError(code, description)
    assert_never(fault)


@dataclass(slots=True)
class _Planned:
    method: str
    fault: Fault
    times: int
    chat_id: int | None

    def fits(self, method: str, chat_id: object) -> bool:
        return self.method == method and self.chat_id in (None, chat_id)


@dataclass(slots=True)
class FaultPlan:
    """The faults still to come; the one that was planned first comes first."""

    planned: list[_Planned] = field(default_factory=list)

    def add(self, method: str, fault: Fault, times: int, chat_id: int | None) -> None:
        self.planned.append(_Planned(method, fault, times, chat_id))

    def has(self, method: str) -> bool:
        return any(planned.method == method for planned in self.planned)

    def take(self, method: str, chat_id: object) -> Fault | None:
        for planned in self.planned:
            if planned.fits(method, chat_id):
                planned.times -= 1
                if not planned.times:
                    self.planned.remove(planned)
                return planned.fault
        return None


@dataclass(slots=True)
class Pace:
    """The messages that Telegram takes in a second, over all and in one chat."""

    clock: Callable[[], float]
    per_second: int | None
    per_chat_second: int | None
    _all: deque[float] = field(default_factory=deque)
    _chats: defaultdict[object, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def admit(self, chat_id: object) -> None:
        """Counts one message, or refuses it without counting it."""
        now = self.clock()
        limits = ((self._all, self.per_second), (self._chats[chat_id], self.per_chat_second))
        for sent, limit in limits:
            while sent and sent[0] <= now - 1:
                sent.popleft()
            if limit is not None and len(sent) >= limit:
                raise refusal(FloodWait(max(1, math.ceil(sent[0] + 1 - now))))
        for sent, _ in limits:
            sent.append(now)
