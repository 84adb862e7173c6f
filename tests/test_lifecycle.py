"""The life of the bot from its first connection to its last answer, with time leaping."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from telegram import Update

from bot import lifecycle
from bot.answering.faq import Faq
from bot.bot_api import polling
from bot.bot_api.intake import Intake
from bot.bot_api.outgoing import rival
from bot.bot_api.types import App
from bot.errors import StartError
from bot.features import texts
from bot.features.operators import texts as operator_texts
from bot.lifecycle import Parts
from bot.settings import Settings
from bot.storage.receipts import Receipts
from bot.storage.storage import Storage
from tests.fake_bot_api import faults
from tests.fake_bot_api.parameters import Json
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.telegram import FakeTelegram
from tests.fake_bot_api.world import BOT
from tests.support.bots import ANNA, OPERATOR, build_parts, subscribed_at
from tests.support.fake_time import Clock
from tests.support.log_lines import logged
from tests.support.slow_request import SlowRequest

FOREVER = 1_000_000.0
CONFLICT = "another copy of this bot is polling with the same token; stop one of them"

Serve = Callable[[], Coroutine[Any, Any, None]]
Running = Callable[[], AbstractAsyncContextManager[None]]


MOMENT = 0.1
"""Seconds that PTB gives its job queue to stop."""


@pytest.fixture
def telegram(clock: Clock) -> FakeTelegram:
    return FakeTelegram(clock=clock)


@pytest.fixture
def delays() -> dict[str, float]:
    """Seconds before Telegram hears of a call, by method."""
    return {}


@pytest.fixture
def wire(telegram: FakeTelegram, delays: dict[str, float]) -> SlowRequest:
    return SlowRequest(telegram, lambda method, _: delays.get(method, 0), seconds=1)


@pytest.fixture
def parts(
    telegram: FakeTelegram, faq: Faq, clock: Clock, storage: Storage, wire: SlowRequest
) -> Parts:
    """The parts of a bot that is not connected yet."""
    return build_parts(telegram, faq, clock, storage, request=wire)


@pytest.fixture
def stop() -> asyncio.Event:
    """The event that SIGTERM sets."""
    return asyncio.Event()


@pytest.fixture
def serve(parts: Parts, stop: asyncio.Event) -> Serve:
    return lambda: lifecycle.serve(parts, stop)


@asynccontextmanager
async def until_stop(
    serving: Coroutine[Any, Any, None], stop: asyncio.Event
) -> AsyncIterator[None]:
    """The bot serves meanwhile; afterwards it is told to stop and has ended."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(serving)
        yield
        stop.set()


@pytest.fixture
def starting(serve: Serve, stop: asyncio.Event) -> Running:
    """`async with starting():` the bot has not done anything yet."""
    return lambda: until_stop(serve(), stop)


@pytest.fixture
def running(starting: Running, telegram: FakeTelegram) -> Running:
    """`async with running():` the bot polls and has introduced itself."""

    @asynccontextmanager
    async def run() -> AsyncIterator[None]:
        async with starting():
            await telegram.until("setMyShortDescription", 1, FOREVER)
            yield

    return run


async def greeted(telegram: FakeTelegram, anna: Person) -> None:
    """Anna says hello, and gets the first answer of the bot."""
    telegram.push(anna.writes("hello"))
    await telegram.until("sendMessage", 1, FOREVER)


# The start


async def test_it_answers_and_ends_when_told_to(
    running: Running, telegram: FakeTelegram, anna: Person, app: App, wire: SlowRequest
) -> None:
    async with running():
        telegram.push(anna.writes("hello"))
        await telegram.until("sendMessage")
    assert telegram.messages(anna.id)[-1]["text"] == "Hello. What would you like to know?"
    assert not app.running
    assert not wire.open


async def test_it_introduces_itself(running: Running, telegram: FakeTelegram) -> None:
    async with running():
        pass
    everywhere, groups = telegram.sent("setMyCommands")
    assert {c["command"]: c["description"] for c in everywhere["commands"]} == texts.COMMANDS
    assert "scope" not in everywhere
    assert {c["command"]: c["description"] for c in groups["commands"]} == texts.GROUP_COMMANDS
    assert groups["scope"] == {"type": "all_group_chats"}
    assert telegram.sent("setMyDescription") == [{"description": "Ask about bicycles."}]
    [short] = telegram.sent("setMyShortDescription")
    assert short == {"short_description": "Bicycles, answered from one handbook."}


async def test_it_works_when_it_cannot_introduce_itself(
    starting: Running,
    telegram: FakeTelegram,
    anna: Person,
    caplog: pytest.LogCaptureFixture,
) -> None:
    telegram.fail_next("setMyCommands", faults.ServerError())
    async with starting():
        await asyncio.sleep(2 * lifecycle.MOMENT)
        telegram.push(anna.writes("hello"))
        await telegram.until("sendMessage")
    assert len(logged(caplog)) == 1
    assert logged(caplog)[0].startswith("the command menu could not be set: ")


async def test_a_webhook_of_old_does_not_keep_its_updates(
    running: Running, telegram: FakeTelegram
) -> None:
    async with running():
        await telegram.until("getUpdates", 1, FOREVER)
    methods = [call.method for call in telegram.calls]
    assert methods.index("deleteWebhook") < methods.index("getUpdates")
    assert not telegram.sent("deleteWebhook")[0].get("drop_pending_updates")


async def test_questions_are_fetched_before_it_introduces_itself(
    running: Running, telegram: FakeTelegram, anna: Person
) -> None:
    telegram.push(anna.writes("hello"))
    async with running():
        pass
    methods = [call.method for call in telegram.calls]
    assert methods.index("getUpdates") < methods.index("setMyCommands")


async def test_what_was_asked_while_it_was_away_is_answered(
    running: Running, telegram: FakeTelegram, anna: Person
) -> None:
    telegram.push(anna.writes("hello"), anna.writes("how much is a bicycle"))
    async with running():
        await telegram.until("sendMessage", count=2)
    assert len(telegram.updates) == 0


async def test_it_asks_for_the_updates_that_it_handles(
    running: Running, telegram: FakeTelegram
) -> None:
    async with running():
        await telegram.until("getUpdates", 1, FOREVER)
    assert telegram.sent("getUpdates")[0]["allowed_updates"] == polling.UPDATES
    assert Update.EDITED_MESSAGE in polling.UPDATES


@pytest.mark.parametrize("method", ["getMe", "deleteWebhook"])
async def test_it_waits_for_the_network_with_longer_and_longer_pauses(
    running: Running,
    telegram: FakeTelegram,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    method: str,
) -> None:
    telegram.fail_next(method, faults.NoConnection(), times=8)
    async with running():
        assert clock.now == pytest.approx(1 + 2 + 4 + 8 + 16 + 30 + 30 + 30 + lifecycle.MOMENT)
    assert len(logged(caplog)) == 8
    assert all(line.startswith("no connection to Telegram (") for line in logged(caplog))
    assert logged(caplog)[2].endswith("next try in 4 s")


@pytest.mark.parametrize("method", ["getMe", "deleteWebhook"])
async def test_a_flood_wait_at_the_start_is_waited_for_as_told(
    running: Running, telegram: FakeTelegram, clock: Clock, method: str
) -> None:
    telegram.fail_next(method, faults.FloodWait(45))
    async with running():
        assert clock.now == pytest.approx(45 + lifecycle.MOMENT)


# The token


@pytest.mark.parametrize("method", ["getMe", "deleteWebhook", "getUpdates"])
@pytest.mark.parametrize(
    "fault",
    [faults.Unauthorized(), faults.Refusal(404, "Not Found")],
    ids=["401", "404"],
)
async def test_a_refused_token_ends_it_in_one_clear_line(
    serve: Serve,
    telegram: FakeTelegram,
    app: App,
    wire: SlowRequest,
    method: str,
    fault: faults.Fault,
) -> None:
    """A token may be revoked later: a bot that cannot fetch must not go on as if it could."""
    telegram.fail_next(method, fault)
    with pytest.raises(StartError) as raised:
        await asyncio.wait_for(serve(), FOREVER)
    assert str(raised.value) == polling.REFUSED
    assert "\n" not in polling.REFUSED
    assert not app.running
    assert not wire.open


PROXYS = '{"error": "forbidden"}', "<html><h1>Forbidden</h1></html>", "", "null"


@pytest.mark.parametrize("method", ["getMe", "deleteWebhook", "getUpdates"])
@pytest.mark.parametrize("status", [401, 403, 404])
@pytest.mark.parametrize("page", PROXYS)
async def test_a_page_of_a_server_on_the_way_says_nothing_about_the_token(
    running: Running,
    telegram: FakeTelegram,
    anna: Person,
    method: str,
    status: int,
    page: str,
) -> None:
    telegram.fail_next(method, faults.Page(status, page), times=3)
    async with running():
        await greeted(telegram, anna)
    assert len(telegram.sent("sendMessage")) == 1


@pytest.mark.parametrize("method", ["getMe", "getUpdates"])
@pytest.mark.parametrize(
    "page",
    [
        "{}",
        "[]",
        "null",
        '{"ok": true}',
        '{"ok": true, "result": {"a": 1}}',
        "<html>",
        "[" * 200_000,
        '{"ok": false, "parameters": {"retry_after": 1e400}}',
    ],
    ids=["{}", "[]", "null", "ok", "object", "page", "deep", "forever"],
)
async def test_an_answer_that_nobody_can_read_is_asked_for_again(
    running: Running, telegram: FakeTelegram, anna: Person, method: str, page: str
) -> None:
    telegram.fail_next(method, faults.Page(200, page), times=3)
    async with running():
        await greeted(telegram, anna)
    assert len(telegram.sent("sendMessage")) == 1


async def test_what_was_fetched_before_the_token_was_refused_is_still_tried(
    serve: Serve,
    telegram: FakeTelegram,
    anna: Person,
    delays: dict[str, float],
    caplog: pytest.LogCaptureFixture,
) -> None:
    delays["sendMessage"] = 5
    telegram.push(anna.writes("hello"))
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(_refused(serve))
        await telegram.until("getUpdates")
        telegram.fail_next("getUpdates", faults.Unauthorized())
    assert serving.done()
    assert len(telegram.sent("sendMessage")) == 1
    assert logged(caplog) == []


async def _refused(serve: Serve) -> None:
    with pytest.raises(StartError):
        await serve()


# Polling


@pytest.mark.parametrize(
    "fault",
    [faults.ServerError(), faults.Timeout(), faults.ConnectionCut(), faults.NoConnection()],
    ids=["502", "time-out", "cut", "no connection"],
)
async def test_polling_survives_a_network_that_comes_and_goes(
    running: Running,
    telegram: FakeTelegram,
    anna: Person,
    caplog: pytest.LogCaptureFixture,
    fault: faults.Fault,
) -> None:
    async with running():
        for number in range(1, 4):
            telegram.fail_next("getUpdates", fault, times=2)
            telegram.push(anna.writes("hello"))
            await telegram.until("sendMessage", number, FOREVER)
    assert len(logged(caplog)) == 6
    assert all(line.startswith("no connection to Telegram (") for line in logged(caplog))


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (faults.Conflict(), CONFLICT),
        (
            faults.Refusal(400, "Bad Request: no such thing"),
            "Telegram refuses to hand out updates: No such thing",
        ),
    ],
    ids=["a second copy", "another refusal"],
)
async def test_a_refusal_while_polling_is_said_in_one_clear_line(
    running: Running,
    telegram: FakeTelegram,
    anna: Person,
    caplog: pytest.LogCaptureFixture,
    fault: faults.Fault,
    line: str,
) -> None:
    async with running():
        telegram.fail_next("getUpdates", fault)
        await greeted(telegram, anna)
    assert logged(caplog) == [line]


# Another copy, or a webhook


@pytest.fixture
def supervised(
    telegram: FakeTelegram, faq: Faq, clock: Clock, storage: Storage, wire: SlowRequest
) -> Parts:
    telegram.person(OPERATOR, "Operator")
    settings = Settings(operators=frozenset({OPERATOR}))
    return build_parts(telegram, faq, clock, storage, settings, wire)


async def test_operators_are_told_once_of_another_copy(
    supervised: Parts, stop: asyncio.Event, telegram: FakeTelegram, anna: Person
) -> None:
    async with until_stop(lifecycle.serve(supervised, stop), stop):
        telegram.fail_next("getUpdates", faults.Conflict(), times=3)
        await greeted(telegram, anna)
        await asyncio.sleep(60)
    told = [each["text"] for each in telegram.messages(OPERATOR)]
    assert told.count(operator_texts.ANOTHER_COPY) == 1


async def test_operators_are_told_the_host_of_a_webhook_but_not_its_path(
    supervised: Parts,
    stop: asyncio.Event,
    telegram: FakeTelegram,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with until_stop(lifecycle.serve(supervised, stop), stop):
        await telegram.until("getUpdates", 1, FOREVER)
        telegram.world.webhook = "https://evil.test/secret"
        await asyncio.sleep(120)
    told = [each["text"] for each in telegram.messages(OPERATOR)]
    assert told.count(operator_texts.rival("evil.test")) == 1
    assert not any("secret" in each for each in told)
    assert set(logged(caplog)) >= {rival.WEBHOOK}
    assert rival.COPY not in logged(caplog)


@pytest.mark.parametrize("webhook", ["", "https://evil.test/secret"], ids=["copy", "webhook"])
async def test_who_does_not_get_the_updates_sends_no_tips_until_it_has_them_again(
    supervised: Parts,
    stop: asyncio.Event,
    telegram: FakeTelegram,
    storage: Storage,
    clock: Clock,
    webhook: str,
) -> None:
    async with until_stop(lifecycle.serve(supervised, stop), stop):
        await telegram.until("getUpdates", 1, FOREVER)
        telegram.world.webhook = webhook
        if not webhook:
            telegram.fail_next("getUpdates", faults.Conflict(), times=9)
        await asyncio.sleep(30)
        telegram.person(ANNA)
        await subscribed_at(storage, [ANNA], clock.wall(), since=clock.wall())
        supervised.sender.wake()
        await supervised.sender.finished()
        assert supervised.polling.rival.is_there
        assert telegram.messages(ANNA) == []
        telegram.world.webhook = ""
        await asyncio.sleep(300)
        assert not supervised.polling.rival.is_there
        supervised.sender.wake()
        await supervised.sender.finished()
    assert len(telegram.messages(ANNA)) == 1


async def test_a_flood_wait_while_polling_is_waited_for_as_told(
    running: Running, telegram: FakeTelegram, anna: Person, clock: Clock
) -> None:
    async with running():
        began = clock.now
        telegram.fail_next("getUpdates", faults.FloodWait(60))
        await greeted(telegram, anna)
        assert clock.now - began == pytest.approx(60)


async def test_no_update_is_handled_twice(
    running: Running, telegram: FakeTelegram, anna: Person
) -> None:
    async with running():
        for number in range(1, 6):
            telegram.push(anna.writes("hello"))
            await telegram.until("sendMessage", number)
            telegram.fail_next("getUpdates", faults.ConnectionCut(accepted=True))
        await telegram.until("getUpdates", 15, FOREVER)
    assert len(telegram.sent("sendMessage")) == 5


# What cannot be read

CHAT: Json = {"id": 42, "type": "private", "first_name": "Anna"}
MESSAGE: Json = {"message_id": 5, "date": 1, "chat": CHAT, "text": "my secret"}
UNREADABLE: dict[str, Json] = {
    "no date": {"message": {"message_id": 5, "chat": CHAT, "text": "my secret"}},
    "no chat": {"message": {"message_id": 5, "date": 1, "text": "my secret"}},
    "a reply to a message without a date": {
        "message": {**MESSAGE, "reply_to_message": {"message_id": 4, "chat": CHAT}}
    },
    "half a location": {"message": {**MESSAGE, "location": {"latitude": 1.0}}},
    "a forward from nowhere": {"message": {**MESSAGE, "forward_origin": {"type": "user"}}},
    "a gift without stars": {"message": {**MESSAGE, "gift": {"gift": {"id": "1"}}}},
    "half an entity": {"message": {**MESSAGE, "entities": [{"type": "bold"}]}},
    "a sender without a name": {"message": {**MESSAGE, "from": {"id": 42, "is_bot": False}}},
    "a date in words": {"message": {**MESSAGE, "date": "yesterday"}},
    "a list": {"message": [MESSAGE]},
    "a text": {"message": "my secret"},
    "half a press": {"callback_query": {"id": "1", "data": "my secret"}},
    "half an edit": {"edited_message": {"message_id": 5, "text": "my secret"}},
    "half a membership": {"my_chat_member": {"chat": CHAT, "date": 1}},
    "a chat whose number is a list": {"message": {**MESSAGE, "chat": {**CHAT, "id": [7]}}},
    "half a photo": {"message": {**MESSAGE, "photo": [{"file_id": "1"}]}},
}


@pytest.mark.parametrize("shape", UNREADABLE.values(), ids=UNREADABLE)
async def test_an_update_that_cannot_be_read_is_passed_over_and_the_others_are_answered(
    running: Running,
    telegram: FakeTelegram,
    anna: Person,
    caplog: pytest.LogCaptureFixture,
    shape: Json,
) -> None:
    async with running():
        before, odd, after = (anna.writes("hello") for _ in range(3))
        telegram.push(before, {"update_id": odd["update_id"], **shape}, after)
        await telegram.until("sendMessage", 2, FOREVER)
    assert len(telegram.updates) == 0
    assert all("my secret" not in line for line in logged(caplog))


async def test_operators_hear_of_what_cannot_be_read_once_a_minute(
    telegram: FakeTelegram, faq: Faq, clock: Clock, storage: Storage, anna: Person
) -> None:
    boss = telegram.person(1, "Boss")
    settings, stop = Settings(operators=frozenset({boss.id})), asyncio.Event()
    parts = build_parts(telegram, faq, clock, storage, settings)
    async with until_stop(lifecycle.serve(parts, stop), stop):
        await telegram.until("setMyShortDescription", 1, FOREVER)
        for _ in range(3):
            odd = anna.writes("hello")
            telegram.push({"update_id": odd["update_id"], "message": "odd"})
        telegram.push(anna.writes("hello"))
        await telegram.until("sendMessage", 2, FOREVER)
        await asyncio.sleep(1)
    told = [each["text"] for each in telegram.messages(boss.id)]
    assert [text for text in told if "cannot be read" in text] == [told[0]]


@pytest.mark.parametrize("kind", ["an_update_of_tomorrow", "hologram"])
async def test_a_kind_of_update_that_nobody_knows_is_passed_over_without_a_word(
    running: Running,
    telegram: FakeTelegram,
    anna: Person,
    caplog: pytest.LogCaptureFixture,
    kind: str,
) -> None:
    async with running():
        odd, after = anna.writes("hello"), anna.writes("hello")
        telegram.updates.waiting.append({"update_id": odd["update_id"], kind: {"id": "1"}})
        telegram.push(after)
        await telegram.until("sendMessage", 1, FOREVER)
    assert len(telegram.updates) == 0
    assert logged(caplog) == []


async def test_entries_without_a_number_keep_nobody_from_being_answered(
    running: Running, telegram: FakeTelegram, anna: Person
) -> None:
    telegram.updates.nonsense = [None, 5, "x", {}, {"update_id": "7"}]
    async with running():
        await greeted(telegram, anna)
    assert len(telegram.sent("sendMessage")) == 1


# Deaths


async def test_who_asks_during_an_outage_is_answered_after_it(
    running: Running, telegram: FakeTelegram, anna: Person
) -> None:
    telegram.fail_next("sendMessage", faults.NoConnection(), times=20)
    async with running():
        await greeted(telegram, anna)
    (answer,) = (each for each in telegram.messages(anna.id) if each["from"] == BOT)
    assert answer["text"] == "Hello. What would you like to know?"
    assert len(telegram.updates) == 0


async def test_nonsense_at_the_stop_keeps_nothing_from_being_finished(
    starting: Running,
    telegram: FakeTelegram,
    anna: Person,
    storage: Storage,
    clock: Clock,
) -> None:
    hello = anna.writes("hello")
    telegram.push(hello)
    async with starting():
        await telegram.until("sendMessage")
        telegram.fail_next("getUpdates", faults.Page(200, "[" * 200_000), times=3)
    later = Intake(Receipts(storage.database), clock)
    assert await later.take([hello["update_id"]]) == ([], [])


async def test_what_is_not_answered_is_not_confirmed(
    running: Running, telegram: FakeTelegram, delays: dict[str, float]
) -> None:
    """Telegram hands it out again, should the process be killed."""
    delays["sendMessage"] = 3
    people = [telegram.person(number) for number in range(1, 400)]
    async with running():
        telegram.push(*(each.writes("hello") for each in people))
        for seconds in range(1, 12):
            await asyncio.sleep(1)
            answered = len(telegram.sent("sendMessage"))
            assert answered + len(telegram.updates) >= len(people), seconds
        await telegram.until("sendMessage", len(people), FOREVER)
    assert len(telegram.updates) == 0


async def test_a_stop_leaves_what_it_cannot_answer_to_the_next_start(
    starting: Running,
    telegram: FakeTelegram,
    anna: Person,
    delays: dict[str, float],
) -> None:
    delays["sendMessage"] = FOREVER
    telegram.push(anna.writes("hello"), anna.writes("hello"))
    async with starting():
        await telegram.until("getUpdates", 2)
    assert telegram.sent("sendMessage") == []
    assert len(telegram.updates) == 2


async def test_a_stop_does_not_wait_for_a_flood_to_end_but_leaves_the_question_for_later(
    starting: Running, telegram: FakeTelegram, anna: Person, clock: Clock
) -> None:
    ben = telegram.person(7, "Ben")
    telegram.fail_next("sendMessage", faults.FloodWait(60), chat_id=anna.id)
    telegram.push(anna.writes("hello"), ben.writes("hello"))
    async with starting():
        await telegram.until("sendMessage")
        await asyncio.sleep(1)
    assert clock.now < 2
    assert len(telegram.sent("sendMessage")) == 1
    assert len(telegram.updates) == 2


async def test_an_update_that_the_process_died_of_twice_is_passed_over_and_told(
    telegram: FakeTelegram, faq: Faq, clock: Clock, storage: Storage, anna: Person
) -> None:
    boss = telegram.person(1, "Boss")
    deadly, harmless = anna.writes("hello"), anna.writes("how much is a bicycle")
    telegram.push(deadly, harmless)
    before = Intake(Receipts(storage.database), clock)
    numbers = [deadly["update_id"], harmless["update_id"]]
    await before.take(numbers)  # The first process, and its death.
    await before.begin_again(numbers[0])  # The second one.
    settings, stop = Settings(operators=frozenset({boss.id})), asyncio.Event()
    parts = build_parts(telegram, faq, clock, storage, settings)
    async with until_stop(lifecycle.serve(parts, stop), stop):
        await telegram.until("sendMessage", 2, FOREVER)
        await asyncio.sleep(1)
    said = [each["text"] for each in telegram.messages(anna.id) if each["from"] == BOT]
    assert len(said) == 1
    assert said[0].startswith("The handbook names no prices")
    told = [each["text"] for each in telegram.messages(boss.id)]
    assert operator_texts.died_of(numbers[0]) in told
    assert len(telegram.updates) == 0


# The end


@pytest.mark.parametrize("method", ["getMe", "deleteWebhook", "setMyCommands"])
async def test_a_stop_while_it_waits_for_an_answer_at_the_start_ends_it_at_once(
    serve: Serve,
    stop: asyncio.Event,
    delays: dict[str, float],
    clock: Clock,
    wire: SlowRequest,
    app: App,
    method: str,
) -> None:
    delays[method] = FOREVER
    asyncio.get_running_loop().call_later(3, stop.set)
    await serve()
    assert clock.now == pytest.approx(3, abs=MOMENT)
    assert not app.running
    assert not wire.open


@pytest.mark.parametrize("method", ["getMe", "getUpdates"])
async def test_a_stop_while_it_waits_for_the_network_ends_it_at_once(
    serve: Serve,
    stop: asyncio.Event,
    telegram: FakeTelegram,
    clock: Clock,
    wire: SlowRequest,
    app: App,
    method: str,
) -> None:
    telegram.fail_next(method, faults.NoConnection(), times=100)
    asyncio.get_running_loop().call_later(100, stop.set)
    await serve()
    assert clock.now == pytest.approx(100, abs=MOMENT)
    assert not app.running
    assert not wire.open


async def test_a_stop_before_the_start_ends_it(
    serve: Serve, stop: asyncio.Event, telegram: FakeTelegram, anna: Person
) -> None:
    stop.set()
    telegram.push(anna.writes("hello"))
    await serve()
    assert telegram.sent("sendMessage") == []
    assert len(telegram.updates) == 1


async def test_a_stop_drains_what_was_fetched(
    starting: Running,
    telegram: FakeTelegram,
    delays: dict[str, float],
    clock: Clock,
    wire: SlowRequest,
) -> None:
    delays["sendMessage"] = 3
    people = [telegram.person(number) for number in range(1, 51)]
    telegram.push(*(each.writes("hello") for each in people))
    async with starting():
        await wire.until("sendMessage")
    assert len(telegram.sent("sendMessage")) == 50
    assert clock.now == pytest.approx(6, abs=MOMENT)


async def test_what_comes_after_the_stop_waits_for_the_next_start(
    starting: Running,
    telegram: FakeTelegram,
    anna: Person,
    delays: dict[str, float],
    wire: SlowRequest,
) -> None:
    delays["sendMessage"] = 3
    telegram.push(anna.writes("hello"))
    async with starting():
        await wire.until("sendMessage")
        asyncio.get_running_loop().call_later(
            1, lambda: telegram.push(anna.writes("how much is a bicycle"))
        )
    assert len(telegram.sent("sendMessage")) == 1
    assert len(telegram.updates) == 1


async def test_a_stop_gives_up_on_answers_that_take_too_long(
    starting: Running,
    telegram: FakeTelegram,
    anna: Person,
    delays: dict[str, float],
    clock: Clock,
    wire: SlowRequest,
    caplog: pytest.LogCaptureFixture,
) -> None:
    delays["sendMessage"] = FOREVER
    telegram.push(*(anna.writes("hello") for _ in range(3)))
    async with starting():
        await wire.until("sendMessage")
    assert clock.now == pytest.approx(lifecycle.ANSWER_SECONDS)
    assert logged(caplog) == ["some messages could not be sent in 6 s"]
    assert not wire.open


async def test_what_a_stop_has_given_up_is_not_answered_any_more(
    starting: Running,
    telegram: FakeTelegram,
    anna: Person,
    delays: dict[str, float],
) -> None:
    """Telegram hands it out again at the next start; else it would be answered twice."""
    delays["sendMessage"] = FOREVER
    telegram.push(anna.writes("hello"))
    before = asyncio.all_tasks()
    async with starting():
        await telegram.until("getUpdates")
    assert asyncio.all_tasks() == before
    assert len(telegram.updates) == 1


async def test_a_stop_does_not_wait_for_telegram_to_confirm_what_was_fetched(
    starting: Running,
    telegram: FakeTelegram,
    anna: Person,
    delays: dict[str, float],
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    telegram.push(anna.writes("hello"))
    async with starting():
        await telegram.until("sendMessage")
        delays["getUpdates"] = FOREVER
    assert clock.now == pytest.approx(polling.CONFIRM_SECONDS, abs=MOMENT)
    assert len(logged(caplog)) == 1
    assert "may be answered again after a restart" in logged(caplog)[0]


async def test_a_stop_without_a_network_says_what_may_come_again(
    running: Running,
    telegram: FakeTelegram,
    anna: Person,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running():
        telegram.push(anna.writes("hello"))
        await telegram.until("sendMessage")
        telegram.fail_next("getUpdates", faults.NoConnection(), times=100)
    assert "may be answered again after a restart" in logged(caplog)[-1]


async def test_a_cancellation_drains_as_well(
    serve: Serve,
    telegram: FakeTelegram,
    anna: Person,
    delays: dict[str, float],
    app: App,
    wire: SlowRequest,
) -> None:
    delays["sendMessage"] = 3
    telegram.push(anna.writes("hello"))
    serving = asyncio.create_task(serve())
    await telegram.until("getUpdates", 2)
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert len(telegram.sent("sendMessage")) == 1
    assert not app.running
    assert not wire.open


async def test_a_knowledge_base_that_telegram_would_not_introduce_is_no_reason_to_end(
    telegram: FakeTelegram,
    faq: Faq,
    clock: Clock,
    storage: Storage,
    stop: asyncio.Event,
    anna: Person,
) -> None:
    about = replace(faq.knowledge.about, description="x" * 513)
    wordy = replace(faq, knowledge=replace(faq.knowledge, about=about))
    telegram.push(anna.writes("hello"))
    parts = build_parts(telegram, wordy, clock, storage)
    async with until_stop(lifecycle.serve(parts, stop), stop):
        await telegram.until("sendMessage")
    assert telegram.sent("setMyDescription") == []
