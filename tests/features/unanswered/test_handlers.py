"""The inbox of questions that found no answer, as an operator sees it."""

import datetime as dt
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.faq import Faq
from bot.answering.replies import (
    Answer,
    Limited,
    RedFlag,
    Reply,
    SmallTalkReply,
    Suggestions,
    Unknown,
)
from bot.bot_api.buttons import Button
from bot.errors import KnowledgeError, Problem, ReloadError
from bot.features.unanswered import keyboards, texts
from bot.features.unanswered.groups import NEWEST, Group
from bot.features.unanswered.handlers import InboxHandlers
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
from bot.knowledge.fields import MAX_ID
from bot.knowledge.lessons import Kind, Lesson, Missed
from bot.lifecycle import Parts
from bot.markup import quoted
from bot.reload import reloader as reloading
from bot.reload.reloader import Reloader
from bot.settings import Settings
from bot.storage.storage import Storage
from tests.fake_bot_api.html import parse_html
from tests.fake_bot_api.parameters import Json
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.telegram import FakeTelegram
from tests.fake_bot_api.world import keyboard
from tests.support.bots import OPERATOR, build_parts, sql
from tests.support.chats import Chat
from tests.support.fake_time import START, Clock

TYRE, TYPO = "can I ride with a flat tyre", "can I ride with a flat tyer"
BELL, NOISE = "how often should I grease the bell", "flat tyre noise"
SADDLE = "what about the saddle"
ASTRAY = "who won that football match"
INJURY = "I broke my arm on the saddle"
SQUEAL, PADS = "Do brakes squeal when wet?", "When are brake pads worn?"
HOUR, DAY = 3_600, 86_400
BIG = 10**9 - 1
LONGEST = f"{'t' * 25}.{'e' * (MAX_ID - 26)}"

pytestmark = pytest.mark.usefixtures("no_faults")


@asynccontextmanager
async def started(
    telegram: FakeTelegram, faq: Faq, clock: Clock, storage: Storage, folder: Path
) -> AsyncIterator[tuple[Parts, InboxHandlers]]:
    """The bot with its inbox, over whatever the database holds."""
    settings = Settings(operators=frozenset({OPERATOR}), knowledge=folder)
    parts = build_parts(telegram, faq, clock, storage, settings)
    reloader = parts.watcher.reloader
    inbox = InboxHandlers(storage.records, reloader, parts.live, parts.recorder)
    async with parts.app:
        yield parts, inbox


@pytest.fixture
async def desk(
    telegram: FakeTelegram, faq: Faq, clock: Clock, storage: Storage, folder: Path
) -> AsyncIterator[tuple[Parts, InboxHandlers]]:
    async with started(telegram, faq, clock, storage, folder) as desk:
        yield desk


@pytest.fixture
def parts(desk: tuple[Parts, InboxHandlers]) -> Parts:
    return desk[0]


@pytest.fixture
def reloader(desk: tuple[Parts, InboxHandlers]) -> Reloader:
    return desk[1].reloader


@pytest.fixture
def operator(parts: Parts, telegram: FakeTelegram) -> Chat:
    return Chat(parts.app, telegram, telegram.person(OPERATOR, "Olga"))


@pytest.fixture
def people(parts: Parts, telegram: FakeTelegram, anna: Person) -> Chat:
    return Chat(parts.app, telegram, anna)


async def ask(people: Chat, clock: Clock, *questions: str) -> None:
    """Ask one question a day."""
    for question in questions:
        clock.forward(DAY)
        await people.write(question)


async def open_inbox(operator: Chat, *presses: str) -> None:
    await operator.write("/unanswered")
    for button in presses:
        await operator.press(button)


def data(message: Json, button: str) -> str:
    """The data that a button sends when it is pressed."""
    return next(str(each["callback_data"]) for each in keyboard(message) if each["text"] == button)


def kept(*phrasings: str, kind: Kind = Kind.ENTRY, target: str = "chain.slip") -> list[Lesson]:
    return [Lesson(n, kind, target, each, START.date()) for n, each in enumerate(phrasings, 1)]


# What is shown


async def test_what_was_asked_in_vain_is_shown_grouped_at_once(
    operator: Chat, people: Chat, clock: Clock
) -> None:
    await ask(people, clock, TYRE, BELL, TYPO, NOISE)
    await open_inbox(operator)
    assert operator.texts == [
        f"Unanswered: 1 of 3\n“{TYPO}”\n\n"
        "Asked 2 times, last yesterday. It got: nothing found.\n"
        f"Also worded:\n• “{TYRE}”"
    ]
    assert operator.buttons == [texts.TEACH, texts.NOT_COVERED, texts.IGNORE, texts.NEXT]


async def test_next_goes_through_all_groups_in_one_message_and_begins_again(
    operator: Chat, people: Chat, clock: Clock
) -> None:
    await ask(people, clock, BELL, NOISE, SADDLE)
    await open_inbox(operator)
    seen = [operator.text]
    for _ in range(3):
        await operator.press(texts.NEXT)
        seen.append(operator.text)
    assert [text.split("\n")[:2] for text in seen] == [
        ["Unanswered: 1 of 3", f"“{SADDLE}”"],
        ["Unanswered: 2 of 3", f"“{NOISE}”"],
        ["Unanswered: 3 of 3", f"“{BELL}”"],
        ["Unanswered: 1 of 3", f"“{SADDLE}”"],
    ]
    assert len(operator.said) == 1


async def test_a_single_group_has_no_next(operator: Chat, people: Chat, clock: Clock) -> None:
    await ask(people, clock, NOISE)
    await open_inbox(operator)
    assert operator.text.endswith("Asked once today. It got: nothing found.")
    assert texts.NEXT not in operator.buttons


async def test_next_finds_its_group_when_others_have_come_before_it(
    operator: Chat, people: Chat, parts: Parts, clock: Clock
) -> None:
    await ask(people, clock, BELL, NOISE)
    await open_inbox(operator)
    await ask(people, clock, SADDLE, SADDLE)
    await parts.recorder.write()
    await operator.press(texts.NEXT)
    assert operator.text.split("\n")[:2] == ["Unanswered: 3 of 3", f"“{BELL}”"]


async def test_nothing_to_show_is_one_friendly_line(operator: Chat) -> None:
    await open_inbox(operator)
    assert operator.texts == [texts.NOTHING]
    assert "reply_markup" not in operator.said[0]


async def test_what_people_typed_is_escaped_and_shortened(
    operator: Chat, people: Chat, clock: Clock
) -> None:
    rude = "<b>&\n</b> a saddle & " + "moped " * 60
    await ask(people, clock, rude)
    await open_inbox(operator)
    quoted = operator.text.split("\n")[1]
    assert quoted.startswith("“<b>& </b> a saddle & moped moped")
    assert quoted.endswith("…”")
    assert len(quoted) == texts.MOST_WORDING + 3
    await operator.press(texts.TEACH)
    assert operator.text.startswith("“<b>& </b> a saddle")


async def test_an_answer_that_was_voted_down_is_shown_with_what_it_is(
    operator: Chat, parts: Parts
) -> None:
    parts.recorder.missed("noisy brakes", "voted_down")
    await open_inbox(operator)
    assert operator.text.endswith(
        "It got: an answer that did not help.\n"
        "Now it gets the answer to “Do brakes squeal when wet?”."
    )


async def test_a_question_that_is_answered_by_now_can_be_put_away(
    operator: Chat, people: Chat, parts: Parts, storage: Storage, clock: Clock
) -> None:
    await ask(people, clock, NOISE)
    clock.forward(DAY)
    parts.recorder.missed("noisy brakes", "unknown")
    await open_inbox(operator, texts.DONE)
    assert operator.text.startswith(f"Unanswered: 1 of 1\n“{NOISE}”")
    assert texts.DONE not in operator.buttons
    assert [each.text for each in await storage.records.missed(NEWEST)] == [NOISE]
    assert await storage.records.lessons() == []


# Teaching


async def test_a_wording_is_taught_and_answered_at_once_and_undone(
    operator: Chat, people: Chat, clock: Clock, storage: Storage, telegram: FakeTelegram
) -> None:
    await ask(people, clock, TYRE, BELL, TYPO)
    await open_inbox(operator, texts.TEACH)
    assert operator.text == f"“{TYPO}”\n\n{texts.WHICH_TOPIC}"
    await operator.press("🛑 Brakes")
    assert operator.text == f"“{TYPO}”\n\n{texts.WHICH_ENTRY}"
    assert operator.buttons == [SQUEAL, PADS, texts.BACK]
    await operator.press(PADS)
    assert telegram.sent("editMessageText")[-2]["text"] == texts.CHECKING
    assert operator.texts == [
        f"Learned. “{TYPO}” gets the answer to “{PADS}” now. 2 questions are settled."
    ]
    assert operator.buttons == [texts.UNDO, texts.NEXT, texts.LESSONS]
    assert [each.text for each in await storage.records.missed(NEWEST)] == [BELL]
    await people.write(TYPO)
    assert people.text.startswith("When the groove in the rubber is gone.")
    result = operator.said[-1]
    undo, following = (data(result, button) for button in (texts.UNDO, texts.NEXT))

    await operator.gets(operator.person.presses_old(following, on=result))
    assert operator.text.startswith(f"Unanswered: 1 of 1\n“{BELL}”")
    await operator.gets(operator.person.presses_old(undo, on=result))
    assert operator.text == f"Undone. “{TYPO}” is forgotten."
    assert operator.buttons == [texts.TO_INBOX, texts.LESSONS]
    assert await storage.records.lessons() == []
    await people.write(TYPO)
    assert not people.text.startswith("When the groove")
    await operator.gets(operator.person.presses_old(undo, on=result))
    assert operator.text == texts.UNDONE_BEFORE
    assert operator.alerts == [None] * len(operator.alerts)


async def test_a_wording_is_taught_not_to_be_covered_and_survives_a_reload_and_a_restart(
    operator: Chat,
    people: Chat,
    clock: Clock,
    storage: Storage,
    reloader: Reloader,
    folder: Path,
    telegram: FakeTelegram,
) -> None:
    await ask(people, clock, SADDLE, BELL)
    await open_inbox(operator, texts.NOT_COVERED)
    assert operator.text == f"“{BELL}”\n\n{texts.WHICH_LIMIT}"
    await operator.press("prices")
    assert (
        operator.text == f"Learned. “{BELL}” gets the limit “prices” now. One question is settled."
    )
    await operator.press(texts.NEXT)
    await operator.press(texts.IGNORE)
    await reloader.reload()
    await people.write(BELL)
    assert people.text == "The handbook names no prices."

    begun = await reloading.start(folder, storage.records)
    async with started(telegram, begun.faq, clock, storage, folder) as (again, _):
        after = Chat(again.app, telegram, operator.person)
        await ask(Chat(again.app, telegram, people.person), clock, BELL, f"{SADDLE} please")
        await open_inbox(after)
        assert people.texts[-2] == "The handbook names no prices."
        assert after.text == texts.NOTHING
        await after.press(texts.LESSONS)
        assert [line.split(" (")[0] for line in after.text.split("\n")[1:]] == [
            f"1. “{SADDLE}” → ignored",
            f"2. “{BELL}” → not covered: prices",
        ]


async def test_an_undone_lesson_stays_undone_after_a_restart_and_its_question_comes_back(
    operator: Chat,
    clock: Clock,
    storage: Storage,
    folder: Path,
    faq: Faq,
) -> None:
    await storage.records.teach(Kind.ENTRY, "chain.slip", BELL, clock.wall().date(), ())
    await open_inbox(operator, texts.LESSONS, f"{texts.UNDO} 1")
    assert operator.text == (f"Undone. “{BELL}” is forgotten.\n\n{texts.NOTHING_TAUGHT}")
    assert operator.buttons == [texts.TO_INBOX]
    begun = await reloading.start(folder, storage.records)
    assert begun.faq.knowledge == faq.knowledge
    await operator.press(texts.TO_INBOX)
    assert operator.text.startswith(f"Unanswered: 1 of 1\n“{BELL}”")


async def test_a_wording_that_would_turn_an_expected_question_astray_is_refused(
    operator: Chat, people: Chat, clock: Clock, storage: Storage, parts: Parts
) -> None:
    await ask(people, clock, ASTRAY)
    before = parts.live.faq
    await open_inbox(operator, texts.TEACH, SQUEAL)
    assert operator.text == (
        f"Not learned. “{ASTRAY}”\n"
        "Other questions would go astray:\n"
        "• expected.yaml:7:5: 'who won the football match' must reach no answer, "
        "but reaches brakes.squeal; mend the phrasings or this line\n\n"
        "Choose another:"
    )
    assert {SQUEAL, PADS, "🛑 Brakes", texts.BACK} <= {*operator.buttons}
    assert parts.live.faq is before
    assert await storage.records.lessons() == []
    assert [each.text for each in await storage.records.missed(NEWEST)] == [ASTRAY]


async def test_a_wording_that_has_a_place_already_is_refused_and_another_is_offered(
    operator: Chat, parts: Parts, storage: Storage
) -> None:
    parts.recorder.missed("noisy brakes", "voted_down")
    await open_inbox(operator, texts.NOT_COVERED, "motors")
    assert operator.text == (
        "Not learned. “noisy brakes”\n"
        "It is a phrasing of brakes.squeal already; a phrasing can only have one place.\n\n"
        "Choose another:"
    )
    assert operator.buttons == ["prices", "motors", texts.BACK]
    assert await storage.records.lessons() == []


async def test_a_wording_that_trips_a_red_flag_cannot_be_taught(
    operator: Chat, parts: Parts, storage: Storage
) -> None:
    parts.recorder.missed(INJURY, "unknown")
    await open_inbox(operator, texts.TEACH, SQUEAL)
    why = "It trips the red flag injury, which comes before everything that could be taught."
    assert operator.text == f"Not learned. “{INJURY}”\n{why}\n\nChoose another:"
    assert await storage.records.lessons() == []


async def test_the_wording_that_was_seen_is_taught_not_a_newer_one(
    operator: Chat, people: Chat, parts: Parts, clock: Clock
) -> None:
    await ask(people, clock, TYRE)
    await open_inbox(operator, texts.TEACH)
    await ask(people, clock, TYPO)
    await parts.recorder.write()
    await operator.press("⛓️ Chain")
    assert operator.text.startswith(f"“{TYRE}”")
    await operator.press(texts.BACK)
    assert operator.text.startswith(f"Unanswered: 1 of 1\n“{TYPO}”")


async def test_what_may_be_meant_is_offered_before_the_topics(
    operator: Chat, people: Chat, clock: Clock
) -> None:
    await ask(people, clock, NOISE)
    await open_inbox(operator, texts.TEACH)
    assert operator.buttons[0] == "Do brakes squeal when wet?"
    assert operator.buttons[3:] == ["🛑 Brakes", "⛓️ Chain", texts.BACK]


# Ignoring


async def test_what_is_ignored_gives_way_to_the_next_and_does_not_come_back(
    operator: Chat, people: Chat, clock: Clock
) -> None:
    await ask(people, clock, TYRE, BELL, TYPO)
    await open_inbox(operator, texts.IGNORE)
    above, below = operator.text.split("\n\n", 1)
    assert above == f"Ignored, with all that is asked like it: “{TYPO}”"
    assert below.startswith(f"Unanswered: 1 of 1\n“{BELL}”")
    await ask(people, clock, "please: flat tyre, can I ride?")
    await open_inbox(operator)
    assert operator.text.startswith(f"Unanswered: 1 of 1\n“{BELL}”")


async def test_ignoring_is_undone_below_the_next_group(
    operator: Chat, people: Chat, clock: Clock
) -> None:
    await ask(people, clock, SADDLE)
    await open_inbox(operator, texts.IGNORE)
    assert operator.text.endswith(texts.NOTHING)
    await operator.press(texts.UNDO_IGNORE)
    assert operator.text == f"Undone. “{SADDLE}” is ignored no more."
    await ask(people, clock, SADDLE)
    await open_inbox(operator)
    assert operator.text.startswith(f"Unanswered: 1 of 1\n“{SADDLE}”")


async def test_what_cannot_be_ignored_stays_and_says_so(
    operator: Chat, people: Chat, clock: Clock, storage: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    await ask(people, clock, SADDLE)
    await open_inbox(operator)
    full = "CREATE TRIGGER full BEFORE INSERT ON lessons BEGIN SELECT RAISE(ABORT, 'full'); END"
    await sql(storage, full)
    await operator.press(texts.IGNORE)
    assert operator.alerts == [reloading.FAULT]
    assert operator.text.startswith(f"Unanswered: 1 of 1\n“{SADDLE}”")
    caplog.clear()  # The log says what, as it should.


# What was taught


async def test_lessons_are_listed_on_pages_and_undone_in_place(
    operator: Chat, storage: Storage, clock: Clock
) -> None:
    for number in range(1, keyboards.LESSONS + 3):
        await storage.records.teach(Kind.IGNORE, "", f"junk {number}", clock.wall().date(), ())
        clock.forward(DAY)
    await open_inbox(operator, texts.LESSONS)
    lines = operator.text.split("\n")
    assert lines[0] == "What was taught (10), the newest first"
    assert lines[1] == "1. “junk 10” → ignored (yesterday)"
    assert lines[-1] == "8. “junk 3” → ignored (8 days ago)"
    await operator.press(texts.MORE)
    assert operator.text.split("\n")[1:] == [
        "9. “junk 2” → ignored (9 days ago)",
        "10. “junk 1” → ignored (10 days ago)",
    ]
    await operator.press(f"{texts.UNDO} 9")
    assert operator.text == (
        "Undone. “junk 2” is ignored no more.\n\n"
        "What was taught (9), the newest first\n"
        "9. “junk 1” → ignored (10 days ago)"
    )
    await operator.press(f"{texts.UNDO} 9")
    assert "8. “junk 3”" in operator.text
    assert operator.buttons == [*(f"{texts.UNDO} {n}" for n in range(1, 9)), texts.TO_INBOX]
    assert len(operator.said) == 1


async def test_an_undoing_that_would_turn_something_astray_is_refused(
    operator: Chat, storage: Storage, folder: Path, clock: Clock
) -> None:
    lesson = await storage.records.teach(
        Kind.ENTRY, "chain.slip", "grease the bell", clock.wall().date(), ()
    )
    expected = folder / "expected.yaml"
    more = "  - question: grease the bell\n    reaches: chain.slip\n"
    expected.write_text(expected.read_text("utf-8") + more, "utf-8")
    await open_inbox(operator, texts.LESSONS, f"{texts.UNDO} 1")
    assert operator.text.startswith(
        "Not undone.\nOther questions would go astray:\n• expected.yaml"
    )
    assert "1. “grease the bell” → “Why does my chain slip?”" in operator.text
    assert await storage.records.lessons() == [lesson]


# Old buttons


@pytest.mark.parametrize(
    "button",
    [
        PickTopic(77),
        PickEntry(77, "brakes"),
        PickLimit(77),
        Teach(77, "brakes.pads"),
        NotCovered(77, "price"),
        Ignore(77),
        Settle(77),
    ],
)
async def test_a_button_of_a_group_that_is_gone_says_so(
    operator: Chat, people: Chat, clock: Clock, storage: Storage, button: Button
) -> None:
    await ask(people, clock, SADDLE)
    await open_inbox(operator)
    before = operator.text
    await operator.gets(operator.person.presses_old(button.pack(), on=operator.said[-1]))
    assert operator.alerts == [texts.GONE]
    assert operator.text == before
    assert await storage.records.lessons() == []


async def test_a_button_of_a_topic_that_is_gone_says_so(
    operator: Chat, people: Chat, clock: Clock
) -> None:
    await ask(people, clock, SADDLE)
    await open_inbox(operator, texts.TEACH)
    old = PickEntry(1, "boats").pack()
    await operator.gets(operator.person.presses_old(old, on=operator.said[-1]))
    assert operator.alerts[-1] == texts.NO_TOPIC


async def only(storage: Storage) -> int:
    """The number of the one question that is kept."""
    [missed] = await storage.records.missed(2)
    return missed.id


async def test_an_entry_that_is_gone_is_not_taught(
    operator: Chat, people: Chat, clock: Clock, storage: Storage
) -> None:
    await ask(people, clock, SADDLE)
    await open_inbox(operator, texts.TEACH)
    old = Teach(await only(storage), "brakes.gone").pack()
    await operator.gets(operator.person.presses_old(old, on=operator.said[-1]))
    assert "There is no brakes.gone any more." in operator.text
    assert "🛑 Brakes" in operator.buttons


async def test_below_a_message_that_telegram_shows_no_more_the_result_comes_anew(
    operator: Chat, people: Chat, clock: Clock, storage: Storage
) -> None:
    await ask(people, clock, SADDLE)
    await open_inbox(operator)
    await operator.gets(
        operator.person.presses_old(Teach(await only(storage), "brakes.gone").pack())
    )
    assert operator.texts[-2] == texts.CHECKING
    assert "There is no brakes.gone any more." in operator.text


# Buttons


NUMBERS = st.integers(0, BIG)
IDS = st.sampled_from(["a.b", "topic_1.entry_2", "u.ua1", LONGEST])
PAGES = st.integers(0, 999)
BUTTONS = st.one_of(
    st.builds(OpenGroup, NUMBERS, PAGES),
    st.builds(PickTopic, NUMBERS, PAGES),
    st.builds(PickLimit, NUMBERS, PAGES),
    st.builds(PickEntry, NUMBERS, IDS.map(lambda name: name.partition(".")[0]), st.integers(0, 9)),
    st.builds(Teach, NUMBERS, IDS),
    st.builds(NotCovered, NUMBERS, IDS),
    st.builds(Ignore, NUMBERS),
    st.builds(Settle, NUMBERS),
    st.builds(ShowLessons, PAGES),
    st.builds(Undo, NUMBERS, st.none() | PAGES),
)


@given(BUTTONS)
def test_buttons_are_unpacked_as_they_were_packed(button: Button) -> None:
    assert type(button).unpack(button.pack()) == button
    things = vars(keyboards).values()
    kinds = [each for each in things if isinstance(each, type) and hasattr(each, "PATTERN")]
    fitting = [kind for kind in kinds if re.match(kind.PATTERN, button.pack())]
    assert fitting == [type(button)]


@pytest.mark.parametrize(
    "button",
    [
        Teach(BIG, LONGEST),
        NotCovered(BIG, "l" * MAX_ID),
        PickEntry(BIG, "t" * (MAX_ID - 2), 9),
        OpenGroup(BIG, 9_999),
        Undo(BIG, 999),
    ],
)
def test_the_longest_button_fits_into_64_bytes(button: Button) -> None:
    assert len(button.pack().encode()) <= 64


def test_long_lists_are_paged_and_the_last_page_leads_to_the_first(faq: Faq) -> None:
    topic = faq.knowledge.topics["brakes"]
    entry = topic.entries[0]
    many = replace(
        topic, entries=[replace(entry, id=f"brakes.e{n}", question=f"{n}?") for n in range(45)]
    )
    pages = [keyboards.entries(7, many, page) for page in range(3)]
    shown = [[b.text for row in page.inline_keyboard for b in row] for page in pages]
    last = [texts.MORE, texts.BACK]
    assert [*shown[0][:-2], *shown[1][:-2], *shown[2][:-2]] == [f"{n}?" for n in range(45)]
    assert all(page[-2:] == last for page in shown)
    following = [page.inline_keyboard[-1][0].callback_data for page in pages]
    assert following == [PickEntry(7, "brakes", page).pack() for page in (1, 2, 0)]
    assert keyboards.entries(7, many, 9) == pages[0]


def test_topics_and_limits_are_paged_too(faq: Faq) -> None:
    topic, limit = faq.knowledge.topics["brakes"], faq.knowledge.limits["price"]
    topics = [replace(topic, id=f"t{n}") for n in range(21)]
    limits = [replace(limit, id=f"l{n}") for n in range(21)]
    entry = faq.knowledge.entries["brakes.pads"]
    first = keyboards.topics(7, [entry], topics, 0).inline_keyboard
    assert first[0][0].callback_data == Teach(7, "brakes.pads").pack()
    assert len(first) == 1 + keyboards.PAGE + 1
    assert first[-1][0].callback_data == PickTopic(7, 1).pack()
    second = keyboards.limits(7, limits, 1).inline_keyboard
    assert [row[0].callback_data for row in second] == [
        NotCovered(7, "l20").pack(),
        PickLimit(7, 0).pack(),
    ]


# Texts


@pytest.mark.parametrize(
    ("days", "said"), [(-1, "today"), (0, "today"), (1, "yesterday"), (2, "2 days ago")]
)
def test_the_day_of_a_question_is_told_as_people_would(days: int, said: str) -> None:
    assert texts.ago(START.date(), START.date() + dt.timedelta(days=days)) == said


def replies(faq: Faq) -> Sequence[tuple[Reply, str]]:
    known = faq.knowledge
    squeal, pads = known.entries["brakes.squeal"], known.entries["brakes.pads"]
    return [
        (Answer((squeal,), 1), f"the answer to “{SQUEAL}”"),
        (Answer((squeal, pads), 1), f"the answer to “{SQUEAL}” and “{PADS}”"),
        (Suggestions((squeal, pads), 0), f"only suggestions: “{SQUEAL}” and “{PADS}”"),
        (Limited(known.limits["price"], (), 0), "the limit “prices”"),
        (
            RedFlag(known.red_flags.flags[0]),
            "the red flag “injuries”, which comes before all else",
        ),
        (SmallTalkReply(known.smalltalk["thanks"], 1), "the small talk <code>thanks</code>"),
        (Unknown((), 0), "nothing"),
    ]


def test_each_kind_of_reply_has_its_words(faq: Faq) -> None:
    assert [(texts.gets(reply), said) for reply, said in replies(faq)] == [
        (said, said) for _, said in replies(faq)
    ]


def test_only_what_was_taught_counts_as_learned(faq: Faq) -> None:
    """The entry that was taught may be one of two answers."""
    learned = {}
    for kind, target in ((Kind.ENTRY, "brakes.pads"), (Kind.LIMIT, "price")):
        [lesson] = kept("x", kind=kind, target=target)
        said = [texts.taught(lesson, reply, 1) for reply, _ in replies(faq)]
        learned[target] = [text.startswith("<b>Learned.</b>") for text in said]
    assert learned == {
        "brakes.pads": [False, True, False, False, False, False, False],
        "price": [False, False, False, True, False, False, False],
    }


def test_of_many_problems_only_some_are_shown() -> None:
    problems = [Problem("expected.yaml", line, 5, f"<{line}>" * 100) for line in range(1, 9)]
    lines = texts.refused("x", KnowledgeError(problems)).split("\n")
    assert lines[2].startswith("• expected.yaml:1:5: &lt;1&gt;")
    assert len([line for line in lines if line.startswith("•")]) == texts.MOST_PROBLEMS
    assert "… and 3 more." in lines
    assert texts.not_undone(ReloadError("No <way>.")) == "<b>Not undone.</b>\nNo &lt;way&gt;."


def test_a_lesson_about_something_that_has_gone_is_listed_as_that(faq: Faq) -> None:
    lessons = [*kept("x", target="chain.gone"), *kept("y", kind=Kind.LIMIT, target="boats")]
    text = texts.lessons(faq.knowledge, lessons, 1, 2, START.date())
    assert "“x” → <code>chain.gone</code>, which is gone" in text
    assert "“y” → <code>boats</code>, which is gone" in text


@given(st.lists(st.text(max_size=400), min_size=1, max_size=6), st.text(max_size=16))
def test_whatever_was_asked_telegram_takes_the_message(asked: list[str], outcome: str) -> None:
    questions = [Missed(n, text, outcome, START.date()) for n, text in enumerate(asked)]
    wording = quoted(asked[0], texts.MOST_WORDING)
    text = texts.group(Group(tuple(questions)), 0, 1, START.date(), wording)
    shown = parse_html(f"{texts.ignored(asked[-1])}\n\n{text}").text
    assert 0 < len(shown) < 2_500
