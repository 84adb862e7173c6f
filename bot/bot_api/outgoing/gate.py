"""The gate: all requests of PTB pass through it, and some of them change or end there."""

from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from telegram.error import ChatMigrated, TelegramError
from telegram.ext import BaseRateLimiter

from bot.bot_api.outgoing.shown import Shown
from bot.bot_api.rate_limiter import PACED, RateLimiter
from bot.bot_api.transport import NotTakenError, may_have_arrived

MOST_MOVED = 1_000
"""Moved groups that are remembered; the first is forgotten first."""
IN_THE_OLD_CHAT = ("reply_parameters", "message_thread_id")
"""Parts of a request that name something in a group, which its new id does not know."""

Send = Callable[..., Coroutine[Any, Any, Any]]
Request = dict[str, Any]


@dataclass(slots=True)
class Gate(BaseRateLimiter[int]):
    """Lets requests through to Telegram. An answer follows a group that has another id now."""

    limiter: RateLimiter
    shown: Shown = field(default_factory=Shown)
    _moved: OrderedDict[object, int] = field(default_factory=OrderedDict)
    """Old id of a group → its new id."""

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def process_request(
        self,
        callback: Send,
        args: Any,  # noqa: ANN401, ARG002 - PTB's, handed on
        kwargs: dict[str, Any],
        endpoint: str,
        data: Request,
        rate_limit_args: int | None,
    ) -> Any:  # noqa: ANN401 - PTB's, handed back
        """Send, and once more to the new id of a group that has moved.

        Returns True at once where nothing would change.
        """

        async def send(data: Request) -> Any:  # noqa: ANN401 - PTB's, handed back
            try:
                result = await self.limiter.process_request(
                    callback, (endpoint, data), kwargs, endpoint, data, rate_limit_args
                )
            except Exception as error:
                self.shown.failed(endpoint, data, error)
                raise
            self.shown.took(endpoint, data, result)
            return result

        if self.shown.is_vain(endpoint, data):
            return True

        # The ledger of tips follows by itself, and a message has another number in the new group.
        stays = rate_limit_args == PACED or "message_id" in data
        try:
            return await send(data if stays else self._addressed(data))
        except ChatMigrated as moved:
            self._follow(data, moved.new_chat_id)
            if stays:
                raise
            return await send(self._addressed(data))
        except TelegramError as error:
            if endpoint.startswith("get") and may_have_arrived(error):
                # It was only to read something, so it does no harm a second time.
                raise NotTakenError(str(error)) from None
            raise

    def _follow(self, data: Request, new: int) -> None:
        self._moved[data.get("chat_id")] = new
        if len(self._moved) > MOST_MOVED:
            self._moved.popitem(last=False)

    def _addressed(self, data: Request) -> Request:
        """The request with the id that its chat has now."""
        new = self._moved.get(data.get("chat_id"))
        if new is None:
            return data
        kept = {name: value for name, value in data.items() if name not in IN_THE_OLD_CHAT}
        return kept | {"chat_id": new}
