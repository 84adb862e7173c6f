"""The words with which Telegram refuses a message, and what they tell of the chat."""

from telegram.error import BadRequest, ChatMigrated, Forbidden

BLOCKED = (
    "blocked by the user",
    "was kicked",
    "not a member",
    "have no rights to send",
    "not enough rights to send",
    "chat_write_forbidden",
)
DEACTIVATED = ("user is deactivated", "group chat was deactivated", "group chat was deleted")
"""Words of Telegram, in lower case, about a chat that is lost."""
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
"""Words of Telegram, in lower case, about a chat that stays. Other refusals are not about chats."""
WHILE_ANSWERING = (
    "chat not found",
    "upgraded to a supergroup",
    "peer_id_invalid",
    "send_docs_forbidden",
    "guest_send_forbidden",
    "payment_required",
    "user_banned_in_channel",
)
"""Words, in lower case, that are about a chat if somebody has just written there."""


def holds(error: Exception, words: tuple[str, ...]) -> bool:
    said = str(error).lower()
    return any(each in said for each in words)


def is_the_chats(error: Exception | None) -> bool:
    """True where the chat takes no answer, as it was closed, left, restricted or moved."""
    if isinstance(error, BadRequest):
        return holds(error, BLOCKED + DEACTIVATED + THE_CHATS_OWN + WHILE_ANSWERING)
    return isinstance(error, Forbidden | ChatMigrated)
