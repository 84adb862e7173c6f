"""How fast tips go out: below Telegram's limit, behind the answers to people."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.bot_api.sending import seconds_to_wait

PER_SECOND = 27.5
"""Telegram takes about 30 messages a second over all; on their way some come closer together."""
LATE = 0.03
"""Seconds that a turn may come late without slowing those behind it."""
NOTHING = 1e-6
"""Seconds that nobody waits for: a timer of less than its clock shows would come at once."""
MOST_AHEAD = 2.0
"""Seconds that a burst of answers may hold tips up, however long it is."""
FIRST_HOLD = 1.0
"""Seconds; a 429 may be about its chat alone, which Telegram does not say."""
ABOUT_ALL = 8
"""Holds in a row that ended with another chat refused and none served, when it is about all."""
LATELY = 0.3
"""Seconds since a message was taken, in which a 429 is about its chat alone."""
COUNTED = frozenset({"sendMessage", "sendPhoto", "sendDocument", "copyMessage"})
PACED = 1
"""`rate_limit_args` of a message that has waited for its turn."""


class RateLimiter(BaseRateLimiter[int]):
    """PTB hands every request through here: answers go at once, and push the next turn back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._free = clock()
        """When the next tip may go, in seconds of the clock."""
        self._worked = -LATELY
        """When Telegram took a message the last time."""
        self._refused: set[object] = set()
        """Chats whose tips were refused since then."""
        self._holds = 0
        """After which another one was refused."""
        self._held_until = 0.0
        self._line = asyncio.Lock()
        self._closed = asyncio.Event()

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,  # noqa: ANN401 - PTB's, handed on
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:  # noqa: ANN401 - the same
        """Send at once; what did not wait for a turn delays the next one."""
        if endpoint not in COUNTED:
            return await callback(*args, **kwargs)
        paced = rate_limit_args == PACED
        if not paced:
            self._free = max(self._free, min(self._later(), self._clock() + MOST_AHEAD))
        try:
            result = await callback(*args, **kwargs)
        except RetryAfter as flood:
            self.hold(seconds_to_wait(flood), data.get("chat_id") if paced else None)
            raise
        self.works()
        return result

    async def turn(self) -> None:
        """Wait until one more message may go out, in the order of asking."""
        async with self._line:
            while (wait := self._free - self._clock()) > NOTHING and not self._closed.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._closed.wait(), wait)
            self._free = self._later()

    def close(self) -> None:
        """Let everybody go who waits; nothing is sent any more."""
        self._closed.set()

    def hold(self, seconds: float, chat: object = None) -> None:
        """Telegram said 429: no turn for a moment; once it is about all, for as long as told.

        `chat` is that of a tip. A flood that people make by asking says little of other chats.
        """
        now = self._clock()
        if now - self._worked < LATELY:
            return
        if chat is not None and chat not in self._refused:
            self._refused.add(chat)
            self._holds += now >= self._held_until
        wait = seconds if self._holds >= ABOUT_ALL else min(seconds, FIRST_HOLD)
        self._held_until = max(self._held_until, now + wait)
        self._free = max(self._free, self._held_until)

    def works(self) -> None:
        """Telegram took a message: not all chats are refused."""
        self._worked = self._clock()
        self._refused.clear()
        self._holds = 0

    def _later(self) -> float:
        return max(self._free, self._clock() - LATE) + 1 / PER_SECOND
