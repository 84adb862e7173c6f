"""The bot in a terminal, as somebody types to it."""

import asyncio
import datetime as dt
import io
import os
import pty
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

import pytest
from typing_extensions import override

from bot.features import texts
from bot.features.privacy import texts as privacy_texts
from bot.features.questions import texts as question_texts
from bot.features.tips import texts as tip_texts
from bot.settings import Settings
from bot.storage.storage import Storage
from bot.subscriptions.schedule import Schedule
from bot.subscriptions.subscriber import Subscriber
from bot.terminal import console, fake_bot_api
from bot.terminal.keyboard import PROMPT
from tests.support.bots import BICYCLES

BICYCLING = Settings(knowledge=BICYCLES)


async def talk(
    *lines: str, settings: Settings = BICYCLING, start: dt.datetime | None = None
) -> list[str]:
    """The text above the first typed line, then the text below each."""
    screen = io.StringIO()
    typed = io.StringIO("".join(f"{line}\n" for line in lines))
    await console.run(settings, typed, screen, start)
    return [shown.strip() for shown in re.split(r"^> .*$", screen.getvalue(), flags=re.MULTILINE)]


async def test_it_greets_and_ends_with_the_input() -> None:
    greeting, end = await talk()
    assert greeting.startswith("Bicycle answers. Type a question")
    assert end == ""


async def test_a_question_is_answered() -> None:
    _, answer, _ = await talk("why do my brakes squeal?")
    assert answer.splitlines() == [
        "Yes, wet brakes squeal. It ends when they are dry.",
        "Water makes the pads slip & grab.",
        "",
        "The handbook's view.",
        "",
        "[1] When are brake pads worn?",
        "[2] 🛑 Brakes",
        "[3] 👍  [4] 👎",
    ]


async def test_what_was_piped_in_is_shown_behind_the_prompt() -> None:
    screen = io.StringIO()
    await console.run(BICYCLING, io.StringIO("hello\n"), screen)
    assert "> hello\n" in screen.getvalue()


async def test_the_number_of_a_button_presses_it_and_changes_the_text_in_place() -> None:
    _, _, pads, topic, _ = await talk("brakes squeal", "1", "2")
    assert pads.startswith("(edited)\nWhen the groove in the rubber is gone.")
    assert topic.startswith("(edited)\n🛑 Brakes\n\nBrakes stop the bicycle.")


async def test_a_vote_is_thanked_for_on_its_button() -> None:
    _, _, up, down, _ = await talk("brakes squeal", "3", "4")
    assert up.startswith("(edited)\nYes, wet brakes squeal.")
    assert up.endswith("[2] 🛑 Brakes\n[3] 👍 Thanks  [4] 👎")
    assert down.endswith("[2] 🛑 Brakes\n[3] 👍  [4] 👎 Thanks")


async def test_buttons_are_those_of_the_newest_text() -> None:
    _, _, _, second, _ = await talk("brakes squeal", "chain squeaks", "1")
    assert "Its links are longer than they were." in second


@pytest.mark.parametrize("number", ["0", "5", "99"])
async def test_a_number_that_no_button_has_says_so(number: str) -> None:
    _, _, reply, _ = await talk("brakes squeal", number)
    assert reply.replace("\n", " ") == console.NO_BUTTON.format(number, "the last text has 4")


@pytest.mark.parametrize("number", ["٢", "-1", "2015"])
async def test_a_number_that_nobody_takes_for_a_button_is_a_question(number: str) -> None:
    _, _, reply, _ = await talk("brakes squeal", number)
    assert "(edited)" not in reply
    assert reply.startswith(question_texts.UNKNOWN[:40])


async def test_after_a_text_without_buttons_a_number_says_that_there_is_none() -> None:
    _, _, flagged, reply, _ = await talk("brakes squeal", "I broke my arm", "1")
    assert flagged == "Please have a doctor look at that first."
    assert reply.replace("\n", " ") == console.NO_BUTTON.format("1", "the last text has none")


@pytest.mark.parametrize("word", ["quit", "exit", ":quit", "EXIT"])
async def test_a_word_ends_the_chat_and_no_subscription(word: str, kept: Settings) -> None:
    _, _, end = await talk("/subscribe 9:00 UTC", word, "/settings", settings=kept)
    assert end == ""
    _, settings, _ = await talk("/settings", settings=kept)
    assert "Time: 09:00, UTC time" in settings


async def test_an_edited_question_changes_its_answer_in_place() -> None:
    _, _, changed, again, _ = await talk("brakes squeal", ":edit chain slips", ":edit motor")
    assert changed.startswith("(edited)\nIts links are longer than they were.")
    assert again.startswith("(edited)\nThe handbook does not cover motors.")


async def test_there_is_nothing_to_edit_before_the_first_question() -> None:
    _, reply, _ = await talk(":edit chain slips")
    assert reply.startswith("Its links are longer")


async def test_commands_work() -> None:
    _, start, topics, asked, unknown, _ = await talk(
        "/start", "/topics", "/ask chain slips", "/nothing"
    )
    assert start.startswith("Hello. Ask me about bicycles.")
    assert topics.splitlines()[-2:] == ["[1] 🛑 Brakes", "[2] ⛓️ Chain"]
    assert asked.startswith("Its links are longer")
    assert unknown == texts.UNKNOWN_COMMAND


async def test_empty_lines_are_passed_over() -> None:
    _, first, second, answer, _ = await talk("", "   ", "chain slips")
    assert (first, second) == ("", "")
    assert answer.startswith("Its links are longer")


async def test_a_script_may_ask_more_than_a_person() -> None:
    _, *replies, _ = await talk(*["chain slips"] * 50)
    assert len(replies) == 50
    assert all(reply.startswith("Its links are longer") for reply in replies)


async def test_long_lines_are_wrapped() -> None:
    shown = await talk("/privacy", "/help", "x" * 500)
    assert all(len(line) <= console.WIDTH for reply in shown for line in reply.splitlines())


async def test_anything_can_be_typed() -> None:
    typed = ["\ud83d\udc4b", "<b>", "&amp;", "\x00\x1b[2J", "/", "1" * 500, ":edit", "🧴" * 500]
    _, *replies, _ = await talk(*typed)
    assert len(replies) == len(typed)
    assert all(reply and texts.FAULT not in reply for reply in replies)


# Daily tips

MORNING = dt.datetime(2026, 3, 29, 7, 30, tzinfo=dt.UTC)
"""Half past nine in Berlin, on a day on which the clocks go forward."""


@pytest.fixture
def kept(tmp_path: Path) -> Settings:
    """Settings with a database of their own, as with DATABASE_URL."""
    return replace(BICYCLING, database=f"sqlite:///{tmp_path}/kept.db")


def files(folder: Path) -> list[Path]:
    return list(folder.rglob("*"))


async def test_two_numbers_subscribe() -> None:
    _, when, where, done, _ = await talk("/subscribe", "4", "3", start=MORNING)
    assert when.replace("\n", " ").startswith(tip_texts.WHEN)
    assert "[4] 09:00\n" in when
    assert where.endswith("[1] Tell by my clock\n[2] Share my location\n[3] UTC")
    settled, tip = done.split("\n\n\n")
    assert settled.startswith("(edited)\nDone. A tip comes every day at 09:00 in UTC")
    assert tip.startswith("💡 ")
    assert tip.endswith("[1] Read more  [2] Settings")


async def test_the_buttons_below_a_tip_are_those_that_numbers_press() -> None:
    _, _, entry, _ = await talk("/subscribe 9:00 UTC", "1")
    assert "The handbook's view." in entry
    assert "(edited)" not in entry


async def test_settings_change_in_place() -> None:
    _, _, shown, later, _ = await talk("/subscribe 9:00 UTC", "/settings", "4")
    assert "Time: 09:00, UTC time" in shown
    assert "[4] +1 h" in shown
    assert later.startswith("(edited)\nDaily tip\nTime: 10:00, UTC time")


async def test_a_place_and_a_clock_can_be_typed() -> None:
    typed = ("/subscribe 9:00", "1", "7:30", "1")
    _, _, clock, which, done, _ = await talk(*typed, start=MORNING)
    assert clock == tip_texts.CLOCK
    assert which.startswith(tip_texts.WHICH_BY_CLOCK)
    assert "it is 07:30 there now" in done.replace("\n", " ")


async def test_every_command_about_tips_works() -> None:
    typed = ("/timezone UTC+1", "/tip", "/mydata", "stop", "1", "/forget", "1", "/settings")
    _, _, zone, tip, data, stop, again, sure, gone, nothing, _ = await talk(
        "/subscribe 9:00 UTC", *typed
    )
    assert "every day at 09:00 in UTC+01:00" in zone
    assert tip.startswith("💡 ")
    assert "Zone: UTC+01:00\n" in data
    assert stop == f"{tip_texts.UNSUBSCRIBED}\n\n[1] {tip_texts.SUBSCRIBE_AGAIN}"
    assert again.startswith("(edited)\nDaily tip\nTime: 09:00")
    assert sure.endswith(f"[1] {privacy_texts.FORGET_YES}\n[2] {privacy_texts.FORGET_NO}")
    assert gone == f"(edited)\n{privacy_texts.FORGOTTEN}"
    assert nothing == tip_texts.NOT_SUBSCRIBED


async def test_a_location_is_typed_where_a_phone_would_share_it() -> None:
    typed = ("/subscribe 9:00", "2", ":location 52.5 13.4")
    _, _, asked, done, _ = await talk(*typed, start=MORNING)
    assert asked.endswith(fake_bot_api.NO_PHONE)
    assert "Done. A tip comes every day at 09:00 in Berlin (it is 09:30 there now)." in done


@pytest.mark.parametrize(
    ("typed", "place"), [(":location 52.5, 13.4", "Berlin"), (":location -33.9 151", "Sydney")]
)
async def test_a_location_can_be_typed_at_any_time(typed: str, place: str) -> None:
    _, said, _ = await talk(typed)
    assert f" in {place} now." in said


async def test_a_location_that_is_nowhere_says_so() -> None:
    _, said, _ = await talk(":location 91 0")
    assert said == tip_texts.NO_LOCATION


@pytest.mark.parametrize("typed", [":location", ":location here", ":location 1", ":foo"])
async def test_what_is_no_location_is_told_how_to_write_one(typed: str) -> None:
    _, said, _ = await talk(typed)
    assert said == console.HOW


async def test_a_file_is_sent_with_its_caption(tmp_path: Path) -> None:
    (tmp_path / "my chain.yaml").write_text("x: 1", "utf-8")
    *_, said, _ = await talk(f":send {tmp_path}/my chain.yaml /reload")
    assert "There is no file of that name here to replace" in said


async def test_a_file_that_is_not_there_is_said_and_nothing_is_sent(tmp_path: Path) -> None:
    _, said, _ = await talk(f":send {tmp_path}/gone.yaml /reload")
    assert said.replace("\n", " ") == f"({tmp_path}/gone.yaml: No such file or directory)"


async def test_a_pipe_is_not_sent_and_holds_nothing_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "chain.yaml")
    _, said, _ = await talk(f":send {tmp_path}/chain.yaml /reload")
    assert said.replace("\n", " ") == f"({tmp_path}/chain.yaml: {console.NO_FILE})"


async def test_whoever_sits_at_the_terminal_is_the_operator() -> None:
    _, stats, checked, why, _ = await talk("/stats", "/reload", "/why chain squeaks")
    assert "stats.png" in stats
    assert checked.endswith("Checked: no problems. Nothing has changed.")
    assert why.startswith("Answer chain.squeak")


async def test_the_clock_starts_where_one_wants() -> None:
    _, there, _, data, _ = await talk(
        ":location 52.5 13.4", "/subscribe 9:00 UTC", "/mydata", start=MORNING
    )
    assert there.startswith("It is 09:30 in Berlin now.")
    assert "Since: 2026-03-29 07:30 UTC\n" in data


async def test_a_subscription_is_gone_with_the_chat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    _, done, _ = await talk("/subscribe 9:00 UTC")
    assert done.startswith("Done.")
    assert files(tmp_path) == []
    _, settings, _ = await talk("/settings")
    assert settings == tip_texts.NOT_SUBSCRIBED


async def test_a_subscription_stays_in_a_database_of_ones_own(kept: Settings) -> None:
    await talk("/subscribe 9:00 UTC", settings=kept, start=MORNING)
    evening = MORNING + dt.timedelta(hours=12)
    _, settings, _ = await talk("/settings", settings=kept, start=evening)
    assert "Time: 09:00, UTC time (it is 19:30 there now)" in settings
    assert "The next one comes tomorrow at 09:00." in settings


# At a terminal


class Screen(io.StringIO):
    """All that is shown, with an event for each change."""

    def __init__(self) -> None:
        super().__init__()
        self.changed = asyncio.Event()

    @override
    def write(self, text: str) -> int:
        self.changed.set()
        return super().write(text)

    async def shows(self, text: str, times: int = 1) -> None:
        """Wait until this text stands on it so often."""
        async with asyncio.timeout(10):
            while self.getvalue().count(text) < times:
                self.changed.clear()
                await self.changed.wait()


@dataclass(frozen=True, slots=True)
class Terminal:
    keyboard: int
    lines: TextIO
    screen: Screen

    def type(self, keys: bytes) -> None:
        os.write(self.keyboard, keys)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    keyboard, end = pty.openpty()
    with os.fdopen(end, encoding="utf-8") as lines:
        yield Terminal(keyboard, lines, Screen())
    os.close(keyboard)


async def test_lines_are_read_from_a_terminal_until_its_end(terminal: Terminal) -> None:
    running = asyncio.create_task(console.run(BICYCLING, terminal.lines, terminal.screen))
    await terminal.screen.shows(PROMPT)
    terminal.type(b"chain slips\n")
    await terminal.screen.shows(PROMPT, times=2)
    terminal.type(b"\x04")
    await running
    shown = terminal.screen.getvalue()
    assert "Its links are longer" in shown
    assert "> chain slips" not in shown, "the terminal itself shows what is typed"
    assert shown.endswith("\n")


async def test_a_chat_that_waits_for_a_line_can_be_ended(terminal: Terminal) -> None:
    """Ctrl-C ends it: no thread may be left that waits for Enter."""
    running = asyncio.create_task(console.run(BICYCLING, terminal.lines, terminal.screen))
    await terminal.screen.shows(PROMPT)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    async with asyncio.timeout(10):
        await asyncio.get_running_loop().shutdown_default_executor()


async def test_a_tip_that_becomes_due_comes_by_itself(terminal: Terminal, kept: Settings) -> None:
    await talk("/subscribe 9:00 UTC", settings=kept, start=MORNING)
    nearly = dt.datetime(2026, 3, 30, 8, 59, 59, 750_000, tzinfo=dt.UTC)
    running = asyncio.create_task(console.run(kept, terminal.lines, terminal.screen, start=nearly))
    await terminal.screen.shows("💡 ")
    terminal.type(b"/mydata\n")
    await terminal.screen.shows("2026-03-30: ")
    terminal.type(b"\x04")
    await running
    assert terminal.screen.getvalue().count("💡 ") == 1


async def test_a_chat_over_a_real_database_sends_nothing_to_real_people(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/real.db"
    storage = Storage.open(url)
    now = dt.datetime.now(dt.UTC)
    somebody = Subscriber.new(555, Schedule(dt.time(9), "UTC"), now)
    await storage.change(555, lambda _: somebody)
    await storage.close()
    screen = io.StringIO()
    typed = io.StringIO("/tip\n/subscribe 9:00 UTC\n")
    await console.run(replace(BICYCLING, database=url), typed, screen)
    storage = Storage.open(url)
    assert await storage.deliveries.ledger(555) == []
    assert len(await storage.deliveries.ledger(fake_bot_api.CHAT_ID)) == 1
    await storage.close()
