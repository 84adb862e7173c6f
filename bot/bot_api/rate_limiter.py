"""The pace of tips: below Telegram's limit, and behind the answers to people."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.bot_api.sending import seconds_to_wait

PER_SECOND = 27.5
"""Messages a second. Telegram takes about 30, but some arrive closer together than they left."""
LATE = 0.03
"""Seconds that a turn may be late without slowing the turns behind it."""
NOTHING = 1e-6
"""Seconds; a shorter wait is none, since timers are not that exact."""
MOST_AHEAD = 2.0
"""Seconds that a burst of answers may delay tips, at most."""
FIRST_HOLD = 1.0
"""Seconds of the first pauses: a 429 may concern one chat only, which Telegram does not say."""
ABOUT_ALL = 8
"""Pauses in a row, each followed by a 429 of another chat, that show that it concerns all chats."""
LATELY = 0.3
"""Seconds after a message that Telegram took; a 429 in that time concerns one chat only."""
COUNTED = frozenset({"sendMessage", "sendPhoto", "sendDocument", "copyMessage"})
PACED = 1
"""`rate_limit_args` of a message that has waited for its turn."""


class RateLimiter(BaseRateLimiter[int]):
    """All requests of PTB pass through here. Answers go at once and delay the next tip."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._free = clock()
        """The time from which the next tip may go, in seconds of the clock."""
        self._worked = -LATELY
        """The time when Telegram took the last message."""
        self._refused: set[object] = set()
        """Chats whose tips were refused since Telegram took the last message."""
        self._holds = 0
        """Pauses since then that were followed by a 429 of another chat."""
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
    ) -> Any:  # noqa: ANN401 - PTB's, handed back
        """Send at once. A message that did not wait for its turn delays the next turn."""
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
        """Wait until one more message may go out; callers go in the order in which they came."""
        async with self._line:
            while (wait := self._free - self._clock()) > NOTHING and not self._closed.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._closed.wait(), wait)
            self._free = self._later()

    def close(self) -> None:
        """End every wait for a turn; nothing is sent any more."""
        self._closed.set()

    def hold(self, seconds: float, chat: object = None) -> None:
        """Pause after a 429: shortly at first, for all the `seconds` once it concerns all chats.

        `chat` is the chat of a tip. It is None for an answer, which says little of other chats.
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
        """Note that Telegram took a message, so it does not refuse all chats."""
        self._worked = self._clock()
        self._refused.clear()
        self._holds = 0

    def _later(self) -> float:
        return max(self._free, self._clock() - LATE) + 1 / PER_SECOND
