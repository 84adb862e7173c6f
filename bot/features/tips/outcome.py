"""What became of a message that was sent to somebody who did not just write."""

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

from bot.bot_api.sending import seconds_to_wait
from bot.bot_api.transport import NotConnectedError
from bot.subscriptions.subscriber import State

BLOCKED = (
    "blocked by the user",
    "was kicked",
    "not a member",
    "have no rights to send",
    "not enough rights to send",
    "chat_write_forbidden",
)
DEACTIVATED = ("user is deactivated", "group chat was deactivated", "group chat was deleted")
"""What Telegram says of a chat that is lost, in lower case."""
THE_CHATS_OWN = (
    "topic_closed",
    "topic_deleted",
    "topic_id_invalid",
    "thread not found",
    "chat_restricted",
    "chat_admin_required",
    "send_plain_forbidden",
    "send_photos_forbidden",
    "send_media_forbidden",
    "user_restricted",
    "not enough rights",
    "administrator rights",
)
"""What Telegram says of a chat that stays, in lower case. Other refusals are not about the chat."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Telegram took it."""


@dataclass(frozen=True, slots=True)
class Gone:
    """This chat takes no messages."""

    state: State


@dataclass(frozen=True, slots=True)
class Moved:
    """A group with another id by now."""

    chat: int


@dataclass(frozen=True, slots=True)
class TooFast:
    """Surely not sent: to be tried again after so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class NotSent:
    """Surely not sent, by no fault of the chat's."""

    why: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """It went out, and nobody knows whether it arrived."""

    why: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Telegram does not take this message, and would not take it later."""

    why: str
    by_the_chat: bool = False
    """Whether others may well take it: it is how this chat is set up."""


Outcome = Sent | Gone | Moved | TooFast | NotSent | Unsure | Refused


async def outcome(send: Callable[[], Awaitable[object]]) -> Outcome:
    """Send once, and tell what became of it."""
    try:
        await send()
    except TelegramError as error:
        return _of(error)
    return Sent()


def _of(error: TelegramError) -> Outcome:
    match error:
        case RetryAfter():
            return TooFast(seconds_to_wait(error))
        case ChatMigrated():
            return Moved(error.new_chat_id)
        case NotConnectedError() | Conflict():
            return NotSent(str(error))
        case InvalidToken():
            # Without its text: PTB puts the token there.
            return NotSent("Telegram refuses the token")
        case Forbidden() | BadRequest():
            return _refusal(error)
    # A break in the network, an error page, an answer that nobody can read.
    return Unsure(str(error))


def _refusal(error: Forbidden | BadRequest) -> Gone | NotSent | Refused:
    said = str(error).lower()
    if any(reason in said for reason in DEACTIVATED):
        return Gone(State.DEACTIVATED)
    if any(reason in said for reason in BLOCKED):
        return Gone(State.BLOCKED)
    if any(reason in said for reason in THE_CHATS_OWN):
        return Refused(str(error), by_the_chat=True)
    # A refusal of unknown reason is not about the chat: a proxy may say 403 to everything.
    return NotSent(str(error)) if isinstance(error, Forbidden) else Refused(str(error))
