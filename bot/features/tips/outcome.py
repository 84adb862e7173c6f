"""The outcomes of messages that the bot sends by itself, not as a reply."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.bot_api.outgoing.refusals import BLOCKED, DEACTIVATED, THE_CHATS_OWN, holds
from bot.bot_api.sending import seconds_to_wait
from bot.bot_api.transport import NotConnectedError
from bot.subscriptions.subscriber import State


@dataclass(frozen=True, slots=True)
class Sent:
    """Telegram took it."""


@dataclass(frozen=True, slots=True)
class Gone:
    """This chat takes no messages."""

    state: State


@dataclass(frozen=True, slots=True)
class Moved:
    """The group has another id now."""

    chat: int


@dataclass(frozen=True, slots=True)
class TooFast:
    """It was not sent; a new try makes sense after so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class NotSent:
    """It was not sent, and the chat is not the reason."""

    why: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """It went out, but no answer says whether it arrived."""

    why: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Telegram takes this message neither now nor later."""

    why: str
    by_the_chat: bool = False
    """True if this chat is set up so that it refuses; other chats may take the message."""


Outcome = Sent | Gone | Moved | TooFast | NotSent | Unsure | Refused


async def outcome(send: Callable[[], Awaitable[object]]) -> Outcome:
    """Send once, and return the outcome."""
    try:
        await send()
    except RetryAfter as error:
        return TooFast(seconds_to_wait(error))
    except ChatMigrated as error:
        return Moved(error.new_chat_id)
    except (NotConnectedError, Conflict) as error:
        return NotSent(str(error))
    except InvalidToken:
        # The error itself is left out: PTB puts the token into its text.
        return NotSent("Telegram refuses the token")
    except (Forbidden, BadRequest) as error:
        return _refusal(error)
    except TelegramError as error:
        # The network broke, or the answer was an error page or could not be read.
        return Unsure(str(error))
    return Sent()


def _refusal(error: Forbidden | BadRequest) -> Gone | NotSent | Refused:
    if holds(error, DEACTIVATED):
        return Gone(State.DEACTIVATED)
    if holds(error, BLOCKED):
        return Gone(State.BLOCKED)
    if holds(error, THE_CHATS_OWN):
        return Refused(str(error), by_the_chat=True)
    # An unknown reason says nothing about the chat: a proxy may answer 403 to everything.
    return NotSent(str(error)) if isinstance(error, Forbidden) else Refused(str(error))
