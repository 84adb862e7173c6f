"""Operators hear when files change on the disk."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.answering import loading
from bot.answering.faq import Faq
from bot.errors import KnowledgeError
from bot.features.knowledge_base import reports
from bot.knowledge import files
from bot.lifecycle import Parts
from bot.reload.reloader import Start
from bot.settings import Settings
from bot.storage.storage import Storage
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import OPERATOR, build_parts, sql
from tests.support.broken import CHAIN, change
from tests.support.fake_time import Clock

OLD_ANSWER, NEW_ANSWER = "It is dry.", "It wants oil."


@pytest.fixture
async def parts(
    telegram: FakeTelegram, faq: Faq, clock: Clock, storage: Storage, folder: Path
) -> AsyncIterator[Parts]:
    telegram.person(OPERATOR, "Olga")
    settings = Settings(operators=frozenset({OPERATOR}), knowledge=folder)
    parts = build_parts(telegram, faq, clock, storage, settings)
    async with parts.app:
        yield parts


def told(telegram: FakeTelegram) -> list[str]:
    return [message["text"] for message in telegram.messages(OPERATOR)]


async def test_files_that_say_the_same_as_before_are_no_news(
    parts: Parts, telegram: FakeTelegram
) -> None:
    await parts.watcher.take()
    assert told(telegram) == []


async def test_a_change_is_told(parts: Parts, telegram: FakeTelegram, folder: Path) -> None:
    change(folder, CHAIN, OLD_ANSWER, NEW_ANSWER)
    await parts.watcher.take()
    [said] = told(telegram)
    assert said.startswith("Reloaded.\n• Entries: 1 changed (chain.squeak)")


async def test_what_was_saved_while_it_started_is_taken_too(
    parts: Parts, telegram: FakeTelegram, folder: Path
) -> None:
    parts.watcher.begun = Start(parts.live.faq, files.read(folder))
    change(folder, CHAIN, OLD_ANSWER, NEW_ANSWER)
    await parts.watcher.catch_up()
    [said] = told(telegram)
    assert said.startswith("Reloaded.")


async def test_a_folder_that_is_as_the_start_has_read_it_is_not_read_again(
    parts: Parts, telegram: FakeTelegram, folder: Path
) -> None:
    answers = parts.live.faq
    parts.watcher.begun = Start(answers, files.read(folder))
    await parts.watcher.catch_up()
    assert told(telegram) == []
    assert parts.live.faq is answers


async def test_a_problem_is_told_once_however_often_the_file_is_saved(
    parts: Parts, telegram: FakeTelegram, folder: Path
) -> None:
    change(folder, CHAIN, "emoji:", "emojy:")
    await parts.watcher.take()
    await parts.watcher.take()
    [said] = told(telegram)
    assert "did you mean 'emoji'?" in said


async def test_a_problem_that_the_start_has_told_is_not_told_again(
    parts: Parts, telegram: FakeTelegram, folder: Path
) -> None:
    parts.watcher.begun = Start(parts.live.faq, files.read(folder))
    change(folder, CHAIN, "emoji:", "emojy:")
    with pytest.raises(KnowledgeError) as broken:
        loading.load(folder)
    parts.watcher.knows(reports.problems(broken.value))
    await parts.watcher.catch_up()
    assert told(telegram) == []


async def test_another_problem_is_told_too(
    parts: Parts, telegram: FakeTelegram, folder: Path
) -> None:
    change(folder, CHAIN, "emoji:", "emojy:")
    await parts.watcher.take()
    change(folder, CHAIN, "summary:", "sumary:")
    await parts.watcher.take()
    first, second = told(telegram)
    assert "sumary" not in first
    assert "sumary" in second


async def test_that_a_problem_is_gone_is_told_although_nothing_else_is_new(
    parts: Parts, telegram: FakeTelegram, folder: Path
) -> None:
    change(folder, CHAIN, "emoji:", "emojy:")
    await parts.watcher.take()
    change(folder, CHAIN, "emojy:", "emoji:")
    await parts.watcher.take()
    assert told(telegram)[1:] == ["Checked: no problems. Nothing has changed."]


async def test_a_database_that_fails_is_told_and_the_next_change_is_taken(
    parts: Parts, telegram: FakeTelegram, folder: Path, storage: Storage
) -> None:
    change(folder, CHAIN, OLD_ANSWER, NEW_ANSWER)
    await sql(storage, "ALTER TABLE snapshots RENAME TO hidden")
    await parts.watcher.take()
    await sql(storage, "ALTER TABLE hidden RENAME TO snapshots")
    await parts.watcher.take()
    _, said = told(telegram)
    assert said.startswith("Reloaded.")
