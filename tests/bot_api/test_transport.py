"""The way to Telegram over real sockets, and the errors that PTB's callers expect of it."""

import asyncio
import socket
import traceback
from collections.abc import AsyncIterator

import pytest
from telegram import Bot, InputFile
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.bot_api.transport import NotConnectedError, NotTakenError, Transport
from tests.fake_bot_api import faults
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.server import FakeServer
from tests.fake_bot_api.telegram import FakeTelegram

SECRET = "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
TOKEN = f"123456789:{SECRET}"
SHORT = 0.05


@pytest.fixture
async def server(telegram: FakeTelegram, anna: Person) -> AsyncIterator[FakeServer]:
    assert telegram.messages(anna.id) == []
    async with FakeServer(telegram) as server:
        yield server


@pytest.fixture
async def bot(server: FakeServer) -> AsyncIterator[Bot]:
    async with connected(server.url) as bot:
        yield bot


def connected(url: str, connections: int = 8) -> Bot:
    """A bot that has to be entered."""
    return Bot(
        TOKEN,
        base_url=f"{url}/bot",
        request=Transport(connections),
        get_updates_request=Transport(1),
    )


async def test_a_message_arrives_as_it_was_sent(
    bot: Bot, telegram: FakeTelegram, anna: Person
) -> None:
    text = "é 🧴 a&b=c+d %20 " + "x" * 4000
    sent = await bot.send_message(anna.id, text)
    assert sent.text == text
    assert telegram.messages(anna.id)[0]["text"] == text


async def test_a_file_arrives_as_it_was_sent(
    bot: Bot, telegram: FakeTelegram, anna: Person
) -> None:
    content = bytes(range(256)) * 1000
    await bot.send_document(
        anna.id, InputFile(content, "ünï.bin"), caption="<b>ü</b>", parse_mode="HTML"
    )
    [call] = telegram.sent("sendDocument")
    assert call["document"].content == content
    assert call["document"].name == "ünï.bin"
    assert telegram.messages(anna.id)[0]["caption"] == "ü"


async def test_many_messages_share_few_connections(
    server: FakeServer, telegram: FakeTelegram, anna: Person
) -> None:
    async with connected(server.url, connections=2) as bot:
        await asyncio.gather(*(bot.send_message(anna.id, str(n)) for n in range(50)))
    assert len(telegram.messages(anna.id)) == 50


async def test_what_waits_for_a_connection_makes_no_new_one(
    telegram: FakeTelegram, anna: Person
) -> None:
    async with (
        FakeServer(telegram, {"sendMessage": SHORT}) as server,
        connected(server.url, connections=2) as bot,
    ):
        await asyncio.gather(*(bot.send_message(anna.id, str(n)) for n in range(9)))
        assert len(server.clients) == 2


async def test_a_connection_that_the_server_has_closed_is_made_anew(
    telegram: FakeTelegram, anna: Person
) -> None:
    async with FakeServer(telegram) as server:
        bot = connected(server.url)
        await bot.initialize()
    async with bot, FakeServer(telegram, port=int(server.url.rpartition(":")[2])):
        await bot.send_message(anna.id, "once more")
    assert telegram.messages(anna.id)[0]["text"] == "once more"


async def test_a_long_poll_waits_for_as_long_as_it_was_told(
    bot: Bot, telegram: FakeTelegram, anna: Person
) -> None:
    async with asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(bot.get_updates(timeout=30))
        await bot.send_message(anna.id, "meanwhile")
        telegram.push(anna.writes("hi"))
    assert len(poll.result()) == 1
    assert Transport().read_timeout == 10


@pytest.mark.parametrize(
    ("variable", "scheme"),
    [("HTTP_PROXY", "http://"), ("http_proxy", "http://"), ("http_proxy", ""), ("ALL_PROXY", "")],
)
async def test_a_proxy_of_the_environment_is_used(
    server: FakeServer,
    telegram: FakeTelegram,
    anna: Person,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    scheme: str,
) -> None:
    monkeypatch.setenv(variable, server.url.replace("http://", scheme))
    async with connected("http://telegram.test") as bot:
        await bot.send_message(anna.id, "through the proxy")
    assert telegram.messages(anna.id)[0]["text"] == "through the proxy"


@pytest.mark.parametrize("proxy", ["gopher://me:secret@proxy.test", "http://me:secret@[::1"])
async def test_a_proxy_that_cannot_be_used_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(NetworkError, match="names a proxy that cannot be used") as raised:
        await Transport().initialize()
    assert "secret" not in everything_about(raised.value)


async def test_through_a_socks_proxy_that_is_not_there_nothing_has_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5h://127.0.0.1:1")
    async with Transport() as request:
        with pytest.raises(NotConnectedError):
            await request.post("http://telegram.test/getMe")


async def test_a_server_that_needs_no_proxy_is_reached_without(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://nowhere.test:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    async with connected(server.url) as bot:
        assert bot.username == "skin_test_bot"


FAULTS: list[tuple[faults.Fault, type[TelegramError]]] = [
    (faults.ConnectionCut(), NetworkError),
    (faults.Timeout(), TimedOut),
    (faults.Truncated(), NetworkError),
    (faults.ServerError(502), NotTakenError),
    (faults.Refusal(502, "Bad Gateway"), NotTakenError),
    (faults.ServerError(503), NotTakenError),
    (faults.Page(413, "<h1>Too large</h1>"), NotTakenError),
    (faults.ServerError(500), NetworkError),
    (faults.FloodWait(3), RetryAfter),
    (faults.Conflict(), Conflict),
    (faults.Blocked(), Forbidden),
    (faults.Unauthorized(), InvalidToken),
    (faults.Refusal(404, "Not Found"), InvalidToken),
    (faults.Refusal(400, "Bad Request: no"), BadRequest),
]


@pytest.mark.parametrize(("fault", "error"), FAULTS, ids=lambda value: str(value))
async def test_a_fault_raises_what_callers_expect_and_does_not_show_the_token(
    bot: Bot, telegram: FakeTelegram, anna: Person, fault: faults.Fault, error: type[TelegramError]
) -> None:
    telegram.fail_next("sendMessage", fault)
    with pytest.raises(error) as raised:
        await bot.send_message(anna.id, "Hello", read_timeout=SHORT)
    assert type(raised.value) is error
    assert SECRET not in everything_about(raised.value)
    assert await bot.send_message(anna.id, "Hello again")


def everything_about(error: BaseException) -> str:
    return f"{error} {error!r} " + "".join(traceback.format_exception(error))


@pytest.mark.parametrize(
    "fault", [faults.Timeout(accepted=True), faults.ConnectionCut(accepted=True)], ids=str
)
async def test_what_may_have_arrived_is_told_from_what_never_left(
    bot: Bot, telegram: FakeTelegram, anna: Person, fault: faults.Fault
) -> None:
    telegram.fail_next("sendMessage", fault)
    with pytest.raises(NetworkError) as raised:
        await bot.send_message(anna.id, "Hello", read_timeout=SHORT)
    assert not isinstance(raised.value, NotConnectedError)
    assert len(telegram.messages(anna.id)) == 1


@pytest.mark.parametrize("status", [302, 401, 403, 404])
async def test_a_page_of_a_server_on_the_way_is_no_refusal_of_telegrams(
    bot: Bot, telegram: FakeTelegram, status: int
) -> None:
    telegram.fail_next("getMe", faults.Page(status, "<h1>Forbidden</h1>"))
    with pytest.raises(NotTakenError):
        await bot.get_me()


async def test_a_text_that_cannot_be_sent_does_not_stand_in_the_error(
    bot: Bot, anna: Person
) -> None:
    with pytest.raises(NetworkError) as raised:
        await bot.send_message(anna.id, "zebra \ud800")
    assert "zebra" not in str(raised.value)


async def test_where_nobody_listens_nothing_has_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    request = Transport()
    async with request:
        with pytest.raises(NotConnectedError) as raised:
            await request.post(f"http://127.0.0.1:{port}/bot{TOKEN}/getMe")
    assert SECRET not in everything_about(raised.value)


async def test_what_waits_in_vain_for_a_free_connection_has_not_left(
    server: FakeServer, telegram: FakeTelegram, anna: Person
) -> None:
    async with connected(server.url, connections=1) as bot:
        telegram.fail_next("sendMessage", faults.Timeout(accepted=True))
        async with asyncio.TaskGroup() as tasks:
            first = tasks.create_task(_timed_out(bot, anna.id))
            await telegram.until("sendMessage")
            with pytest.raises(NotConnectedError):
                await bot.send_message(anna.id, "2", connect_timeout=SHORT, pool_timeout=SHORT)
    assert first.done()
    assert [m["text"] for m in telegram.messages(anna.id)] == ["1"]


async def _timed_out(bot: Bot, chat: int) -> None:
    with pytest.raises(TimedOut):
        await bot.send_message(chat, "1", read_timeout=5 * SHORT)


async def test_who_gives_up_half_way_leaves_the_connection_to_others(
    server: FakeServer, telegram: FakeTelegram, anna: Person
) -> None:
    async with connected(server.url, connections=1) as bot:
        telegram.fail_next("sendMessage", faults.Timeout(accepted=True))
        first = asyncio.create_task(bot.send_message(anna.id, "1"))
        await telegram.until("sendMessage")
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        await bot.send_message(anna.id, "2")
    assert [m["text"] for m in telegram.messages(anna.id)] == ["1", "2"]


async def test_the_end_cuts_off_what_is_under_way(
    server: FakeServer, telegram: FakeTelegram, anna: Person
) -> None:
    bot = connected(server.url)
    await bot.initialize()
    telegram.fail_next("sendMessage", faults.Timeout(accepted=True), times=3)
    sending = [asyncio.create_task(bot.send_message(anna.id, str(n))) for n in range(3)]
    await telegram.until("sendMessage", 3)
    await bot.shutdown()
    ended = await asyncio.gather(*sending, return_exceptions=True)
    assert [type(error) for error in ended] == [NetworkError] * 3


async def test_a_request_is_not_used_before_its_time_or_after(server: FakeServer) -> None:
    request = Transport()
    url = f"{server.url}/bot{TOKEN}/getMe"
    with pytest.raises(NetworkError, match="not initialized"):
        await request.post(url)
    await request.initialize()
    await request.initialize()
    assert await request.post(url)
    await request.shutdown()
    await request.shutdown()
    with pytest.raises(NetworkError, match="not initialized"):
        await request.post(url)


async def test_an_address_that_makes_no_sense_does_not_show_the_token() -> None:
    request = Transport()
    async with request:
        for address in ("http://", "nonsense", "http://[::1", "http://ex ample:99999"):
            with pytest.raises(NetworkError) as raised:
                await request.post(f"{address}/bot{TOKEN}/getMe")
            assert SECRET not in everything_about(raised.value)
