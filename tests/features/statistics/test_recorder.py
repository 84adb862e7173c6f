"""Questions are counted and kept, and nothing is lost when the database fails."""

import datetime as dt

import pytest
from sqlalchemy.exc import OperationalError

from bot.answering.faq import Faq
from bot.features.statistics.recorder import UsageRecorder
from bot.lifecycle import Parts
from bot.logs import HIDDEN
from bot.storage.counts import Tally
from bot.storage.storage import Storage
from tests.support.bots import TOKEN, sql
from tests.support.chats import Chat
from tests.support.fake_time import START, Clock

DAY = START.date()
SECRET = f"{TOKEN.split(':')[0]}7:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"


@pytest.fixture
def recorder(storage: Storage, clock: Clock) -> UsageRecorder:
    return UsageRecorder(storage.records, clock.wall, "UTC", days=90)


def ask(recorder: UsageRecorder, faq: Faq, *questions: str) -> None:
    for question in questions:
        recorder.answered(question, faq.ask(question))


async def missed(storage: Storage) -> list[str]:
    return [each.text for each in await storage.records.missed(100)]


async def test_an_answer_is_counted_with_its_entry_and_hour(
    recorder: UsageRecorder, faq: Faq, storage: Storage
) -> None:
    ask(recorder, faq, "chain squeaks", "why does my chain squeak")
    await recorder.write()
    assert set(await storage.records.tallies(DAY)) == {
        Tally(DAY, "outcome", "answer", 2),
        Tally(DAY, "entry", "chain.squeak", 2),
        Tally(DAY, "hour", "12", 2),
    }


async def test_an_answered_question_is_not_kept(
    recorder: UsageRecorder, faq: Faq, storage: Storage
) -> None:
    ask(recorder, faq, "chain squeaks", "hello", "I broke my arm", "how much is a bicycle")
    await recorder.write()
    assert await missed(storage) == []


async def test_a_question_without_an_answer_is_kept_with_its_outcome(
    recorder: UsageRecorder, faq: Faq, storage: Storage
) -> None:
    ask(recorder, faq, "xyzzy plugh")
    await recorder.write()
    [kept] = await storage.records.missed(100)
    assert (kept.text, kept.outcome, kept.day) == ("xyzzy plugh", "unknown", START.date())


async def test_counts_of_a_day_add_up(recorder: UsageRecorder, faq: Faq, storage: Storage) -> None:
    for _ in range(3):
        ask(recorder, faq, "hello")
        await recorder.write()
    assert Tally(DAY, "outcome", "smalltalk", 3) in await storage.records.tallies(DAY)


async def test_days_and_hours_are_those_of_the_operators_zone(
    storage: Storage, clock: Clock, faq: Faq
) -> None:
    clock.set(dt.datetime(2026, 11, 23, 23, 30, tzinfo=dt.UTC))
    recorder = UsageRecorder(storage.records, clock.wall, "Asia/Kolkata", days=90)
    ask(recorder, faq, "hello")
    await recorder.write()
    tallies = await storage.records.tallies(DAY)
    assert Tally(dt.date(2026, 11, 24), "hour", "05", 1) in tallies


async def test_a_token_in_a_question_is_not_kept(recorder: UsageRecorder, storage: Storage) -> None:
    recorder.missed(f"my token is {SECRET} ok", "unknown")
    await recorder.write()
    assert await missed(storage) == [f"my token is {HIDDEN} ok"]


@pytest.mark.parametrize("typed", ["half \ud83d of it", "nul \0 nul", "😀" * 2_000])
async def test_any_text_can_be_kept(recorder: UsageRecorder, storage: Storage, typed: str) -> None:
    recorder.missed(typed, "unknown")
    await recorder.write()
    [kept] = await missed(storage)
    assert kept[:3] == typed[:3]


async def test_what_the_database_does_not_take_is_written_the_next_time(
    recorder: UsageRecorder, faq: Faq, storage: Storage
) -> None:
    ask(recorder, faq, "xyzzy plugh")
    await sql(storage, "ALTER TABLE tallies RENAME TO hidden")
    with pytest.raises(OperationalError):
        await recorder.write()
    await sql(storage, "ALTER TABLE hidden RENAME TO tallies")
    await recorder.write()
    assert await missed(storage) == ["xyzzy plugh"]
    assert Tally(DAY, "outcome", "unknown", 1) in await storage.records.tallies(DAY)


async def test_the_beginning_and_the_end_of_a_subscription_are_counted(
    chat: Chat, parts: Parts, storage: Storage
) -> None:
    for written in ("/subscribe 9:00 UTC", "/subscribe 10:00 UTC", "stop", "/subscribe 9:00 UTC"):
        await chat.write(written)
    await parts.sender.finished()
    await parts.recorder.write()
    found = {(each.kind, each.name): each.count for each in await storage.records.tallies(DAY)}
    assert found == {("joined", ""): 2, ("left", ""): 1, ("tip", "sent"): 1}


async def test_whoever_blocks_the_bot_or_wants_to_be_forgotten_is_counted_as_left(
    chat: Chat, parts: Parts, storage: Storage
) -> None:
    await chat.write("/subscribe 9:00 UTC")
    await chat.gets(chat.person.blocks_bot())
    await chat.gets(chat.person.unblocks_bot())
    await chat.write("/forget")
    await chat.press("Delete it all")
    await parts.recorder.write()
    found = {each.kind: each.count for each in await storage.records.tallies(DAY)}
    assert (found["joined"], found["left"]) == (2, 2)


async def test_questions_are_forgotten_after_their_days(
    recorder: UsageRecorder, storage: Storage, clock: Clock
) -> None:
    recorder.missed("xyzzy plugh", "unknown")
    await recorder.write()
    clock.forward(dt.timedelta(days=89).total_seconds())
    await recorder.write()
    kept = await missed(storage)
    clock.forward(dt.timedelta(days=2).total_seconds())
    await recorder.write()
    assert (kept, await missed(storage)) == (["xyzzy plugh"], [])
