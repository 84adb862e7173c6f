"""The data of every button: chats are full of buttons that an earlier version packed."""

import datetime as dt
import re

import pytest

from bot.bot_api.buttons import Button
from bot.features.broadcasts import keyboards as broadcasts
from bot.features.broadcasts.keyboards import CancelBroadcast, SendBroadcast
from bot.features.privacy import keyboards as privacy
from bot.features.privacy.keyboards import Forget
from bot.features.questions import keyboards as questions
from bot.features.questions.keyboards import ShowEntry, ShowTopic, ShowTopics, Vote
from bot.features.tips import keyboards as tips
from bot.features.tips.keyboards import (
    AskPlace,
    OpenSettings,
    Pause,
    PickPlace,
    PickTime,
    ReadMore,
    Resume,
    ShareLocation,
    Shift,
    Stop,
    TellClock,
    ToggleDay,
)
from bot.features.unanswered import keyboards as unanswered
from bot.features.unanswered.keyboards import (
    Ignore,
    NotCovered,
    OpenGroup,
    PickEntry,
    PickLimit,
    PickTopic,
    Settle,
    ShowLessons,
    Teach,
    Undo,
)

BIG = 10**9 - 1
ID = "topic.entry_1"
LONGEST = "i" * 52
MIDNIGHT, LAST = dt.time(0, 0), dt.time(23, 59)

PACKED: list[tuple[Button, str]] = [
    (ShowEntry(ID), "entry:topic.entry_1"),
    (ShowEntry("a:b"), "entry:a:b"),
    (ShowEntry(""), "entry:"),
    (ShowEntry(LONGEST), f"entry:{LONGEST}"),
    (ShowTopic("chain"), "topic:chain"),
    (ShowTopic("topic:"), "topic:topic:"),
    (ShowTopic(LONGEST), f"topic:{LONGEST}"),
    (ShowTopics(), "topics"),
    (ShowTopics(1), "topics:1"),
    (ShowTopics(999), "topics:999"),
    (Vote(ID, up=True), "up:topic.entry_1"),
    (Vote(ID, up=False), "down:topic.entry_1"),
    (Vote("up:down", up=False), "down:up:down"),
    (ReadMore(ID), "more:topic.entry_1"),
    (ReadMore(LONGEST), f"more:{LONGEST}"),
    (OpenSettings(), "settings"),
    (PickTime(None), "time:"),
    (PickTime(MIDNIGHT), "time:0000"),
    (PickTime(dt.time(7, 5)), "time:0705"),
    (PickTime(LAST), "time:2359"),
    (PickPlace(None, "UTC"), "place::UTC"),
    (PickPlace(MIDNIGHT, "Etc/GMT+1"), "place:0000:Etc/GMT+1"),
    (
        PickPlace(LAST, "America/Argentina/ComodRivadavia"),
        "place:2359:America/Argentina/ComodRivadavia",
    ),
    (PickPlace(None, ""), "place::"),
    (PickPlace(None, "a:b"), "place::a:b"),
    (AskPlace(), "where"),
    (ShareLocation(None), "location:"),
    (ShareLocation(dt.time(20)), "location:2000"),
    (TellClock(None), "clock:"),
    (TellClock(dt.time(19, 30)), "clock:1930"),
    (Shift(-60), "shift:-60"),
    (Shift(0), "shift:0"),
    (Shift(999), "shift:999"),
    (Shift(-999), "shift:-999"),
    (ToggleDay(1), "day:1"),
    (ToggleDay(7), "day:7"),
    (Pause(0), "pause:0"),
    (Pause(99), "pause:99"),
    (Resume(), "resume"),
    (Stop(), "stop"),
    (Forget(True), "forget:yes"),
    (Forget(False), "forget:no"),
    (SendBroadcast(0), "broadcast:send:0"),
    (SendBroadcast(10**18 - 1), f"broadcast:send:{10**18 - 1}"),
    (CancelBroadcast(1), "broadcast:cancel:1"),
    (CancelBroadcast(10**18 - 1), f"broadcast:cancel:{10**18 - 1}"),
    (OpenGroup(0, 0), "ug0:0"),
    (OpenGroup(7), "ug7:0"),
    (OpenGroup(BIG, 9_999), "ug999999999:9999"),
    (PickTopic(7), "ut7:0"),
    (PickTopic(BIG, 999), "ut999999999:999"),
    (PickLimit(7), "ul7:0"),
    (PickLimit(BIG, 999), "ul999999999:999"),
    (PickEntry(7, "chain"), "ue07:chain"),
    (PickEntry(12, "chain", 3), "ue312:chain"),
    (PickEntry(BIG, "a:b", 9), "ue9999999999:a:b"),
    (PickEntry(0, ""), "ue00:"),
    (Teach(7, ID), "ua7:topic.entry_1"),
    (Teach(BIG, LONGEST), f"ua999999999:{LONGEST}"),
    (Teach(0, "a:b"), "ua0:a:b"),
    (NotCovered(7, "price"), "un7:price"),
    (NotCovered(BIG, LONGEST), f"un999999999:{LONGEST}"),
    (Ignore(0), "ui0"),
    (Ignore(BIG), "ui999999999"),
    (Settle(7), "us7"),
    (Settle(BIG), "us999999999"),
    (ShowLessons(), "uw0"),
    (ShowLessons(999), "uw999"),
    (Undo(7), "ux7:"),
    (Undo(7, 0), "ux7:0"),
    (Undo(BIG, 999), "ux999999999:999"),
]

NO_SUCH = """
entry|entry|entr:a|ENTRY:a| entry:a|xentry:a
topic|topic|opic:a
topics:|topics:1000|topics:-1|topics:x|topics1|topicsx|topics:1:|topics::1
up|down|upp:a|:a|u:a
more|mor:a
settings:|setting|settings1
time:2400|time:2360|time:700|time:07005|time:0700:|time:07:00|time|time:-1
place:|place:0700|place:2400:UTC|place:700:UTC|place:UTC
where:|wher|where?
location|location:2400|location:7|location:07005
clock|clock:2400|clock:7|clock:07005
shift:|shift:1000|shift:+1|shift:--1|shift:1.5|shift|shift:-
day:0|day:8|day:12|day:|day:-1
pause:|pause:100|pause:-1|pause
resume:|resum|stop:|stopp|sto
forget:|forget:y|forget:yess|forget:nope|forget|forget:yes:
broadcast:send:|broadcast:send:-1|broadcast:send:1000000000000000000|broadcast:sent:1|broadcast:1
broadcast:cancel:|broadcast:cancel:x|broadcast:cancel:1000000000000000000|broadcast:cancel1
ug7|ug7:|ug:0|ug7:10000|ug1000000000:0|ug7:0:0|ug-7:0
ut7|ut7:|ut:0|ut7:1000|ut1000000000:0|ut7:0:0
ul7|ul7:|ul:0|ul7:1000|ul1000000000:0|ul7:0:0
ue7:a|ue:a|ue7|ue99999999999:a|ue-7:a
ua7|ua:a|ua1000000000:a|ua-7:a|uaa
un7|un:a|un1000000000:a|un-7:a
ui|ui1000000000|ui7:|ui-7|uix
us|us1000000000|us7:|us-7
uw|uw1000|uw-1|uw0:
ux7|ux:|ux:0|ux7:1000|ux1000000000:|ux7:0:|ux7:-1
u|x||tip|💥
"""
"""Data that nobody packed: none of it is a button."""


def kinds() -> list[type[Button]]:
    modules = (questions, tips, privacy, broadcasts, unanswered)
    things = (each for module in modules for each in vars(module).values())
    return [each for each in things if isinstance(each, type) and hasattr(each, "PATTERN")]


def test_every_kind_of_button_is_here() -> None:
    assert {type(button) for button, _ in PACKED} == set(kinds())


@pytest.mark.parametrize(("button", "data"), PACKED, ids=repr)
def test_a_button_is_packed_as_ever(button: Button, data: str) -> None:
    assert button.pack() == data
    assert len(data.encode()) <= 64


@pytest.mark.parametrize(("button", "data"), PACKED, ids=repr)
def test_a_button_of_an_earlier_version_means_what_it_meant(button: Button, data: str) -> None:
    assert [kind.unpack(data) for kind in kinds() if re.match(kind.PATTERN, data)] == [button]


def test_the_first_page_of_topics_has_a_second_name() -> None:
    assert re.match(ShowTopics.PATTERN, "topics:0")
    assert ShowTopics.unpack("topics:0") == ShowTopics()


@pytest.mark.parametrize("data", re.split(r"[|\n]", NO_SUCH))
def test_what_nobody_packed_is_no_button(data: str) -> None:
    assert [kind for kind in kinds() if re.match(kind.PATTERN, data)] == []
