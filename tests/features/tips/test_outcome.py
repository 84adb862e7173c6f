"""Each answer of Telegram's, and each silence, tells something about a message and its chat."""

from datetime import timedelta

import pytest
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

from bot.bot_api.transport import NotConnectedError
from bot.features.tips.outcome import (
    Gone,
    Moved,
    NotSent,
    Outcome,
    Refused,
    Sent,
    TooFast,
    Unsure,
    outcome,
)
from bot.subscriptions.subscriber import State


async def sent_with(error: Exception | None) -> Outcome:
    async def send() -> None:
        if error:
            raise error

    return await outcome(send)


async def test_what_telegram_took_is_sent() -> None:
    assert await sent_with(None) == Sent()


@pytest.mark.parametrize(
    "error",
    [
        Forbidden("Forbidden: bot was blocked by the user"),
        Forbidden("Forbidden: bot was kicked from the group chat"),
        Forbidden("Forbidden: bot was kicked from the supergroup chat"),
        Forbidden("Forbidden: bot is not a member of the channel chat"),
        BadRequest("Bad Request: have no rights to send a message"),
        BadRequest("Bad Request: not enough rights to send text messages to the chat"),
        BadRequest("Bad Request: CHAT_WRITE_FORBIDDEN"),
    ],
    ids=str,
)
async def test_a_chat_that_takes_no_messages_has_blocked_the_bot(error: TelegramError) -> None:
    assert await sent_with(error) == Gone(State.BLOCKED)


@pytest.mark.parametrize(
    "error",
    [
        Forbidden("Forbidden: bot can't initiate conversation with a user"),
        BadRequest("Bad Request: chat not found"),
    ],
    ids=str,
)
async def test_what_every_chat_says_to_another_bot_is_not_about_the_chat(
    error: TelegramError,
) -> None:
    """Nobody may be lost when the token of another bot is used with this database."""
    assert not isinstance(await sent_with(error), Gone | Sent)


@pytest.mark.parametrize(
    "error",
    [
        Forbidden("Forbidden: user is deactivated"),
        Forbidden("Forbidden: the group chat was deleted"),
        BadRequest("Bad Request: group chat was deactivated"),
    ],
    ids=str,
)
async def test_a_chat_that_is_no_more_is_deactivated(error: TelegramError) -> None:
    assert await sent_with(error) == Gone(State.DEACTIVATED)


async def test_a_group_that_moved_says_where_it_is() -> None:
    assert await sent_with(ChatMigrated(-1009)) == Moved(-1009)


@pytest.mark.parametrize("wait", [7, timedelta(seconds=7)], ids=["number", "timedelta"])
async def test_a_flood_wait_says_for_how_long(wait: int | timedelta) -> None:
    assert await sent_with(RetryAfter(wait)) == TooFast(7)


@pytest.mark.parametrize(
    "error",
    [
        NotConnectedError("ClientConnectorError"),
        Conflict("Conflict: terminated by other getUpdates request"),
        Forbidden("Forbidden: access denied by the proxy of your company"),
        Forbidden("Forbidden (403)"),
    ],
    ids=str,
)
async def test_what_surely_did_not_arrive_is_nobodys_fault(error: TelegramError) -> None:
    assert await sent_with(error) == NotSent(str(error))


async def test_a_refused_token_is_told_without_the_token() -> None:
    """PTB puts it into the text of this error."""
    refused = await sent_with(InvalidToken("The token `123456:SECRET` was rejected."))
    assert refused == NotSent("Telegram refuses the token")


@pytest.mark.parametrize(
    "error",
    [
        TimedOut(),
        NetworkError("ServerDisconnectedError"),
        NetworkError("Internal Server Error: sent too late"),
        NetworkError("Bad Gateway (502). Parsing the server response b'<html>' failed"),
        # What PTB says of a status 200 whose body it cannot read.
        TelegramError("Invalid server response"),
    ],
    ids=str,
)
async def test_what_went_out_without_an_answer_may_have_arrived(error: TelegramError) -> None:
    assert await sent_with(error) == Unsure(str(error))


@pytest.mark.parametrize(
    "error",
    [
        BadRequest("Bad Request: can't parse entities: unclosed start tag at byte offset 3"),
        BadRequest("Bad Request: message is too long"),
    ],
    ids=str,
)
async def test_a_refused_message_is_not_the_end_of_its_chat(error: TelegramError) -> None:
    assert await sent_with(error) == Refused(str(error))


@pytest.mark.parametrize(
    "error",
    [
        BadRequest("Bad Request: TOPIC_CLOSED"),
        BadRequest("Bad Request: message thread not found"),
        BadRequest("Bad Request: CHAT_RESTRICTED"),
        BadRequest("Bad Request: not enough rights to manage topics"),
        Forbidden("Forbidden: CHAT_SEND_PLAIN_FORBIDDEN"),
    ],
    ids=str,
)
async def test_a_refusal_that_is_the_chats_own_says_nothing_of_others(
    error: TelegramError,
) -> None:
    assert await sent_with(error) == Refused(str(error), by_the_chat=True)


async def test_a_mistake_of_the_programs_own_is_no_outcome() -> None:
    with pytest.raises(KeyError):
        await sent_with(KeyError("result"))
