"""A knowledge base that the loader lets through never holds more than Telegram takes."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from zoneinfo import available_timezones

import pytest

from bot.answering import loading
from bot.answering.faq import Faq
from bot.bot_api.buttons import Button
from bot.features import texts
from bot.features.privacy import keyboards as privacy_keyboards
from bot.features.privacy.keyboards import Forget
from bot.features.questions import keyboards as question_keyboards
from bot.features.questions import texts as question_texts
from bot.features.questions.keyboards import ShowEntry, ShowTopic, ShowTopics, Vote
from bot.features.tips import keyboards as tip_keyboards
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
from bot.knowledge.fields import MAX_ANSWER, MAX_HTML, MAX_ID
from tests.fake_bot_api import limits
from tests.fake_bot_api.html import utf16_length
from tests.support.broken import BRAKES, CHAIN, change, said

WIDE = "😀"
"""One character that Telegram counts as two."""


def full(most: int) -> str:
    """HTML of the greatest length, with a tag and a character reference that do not count."""
    return f"<b>{WIDE * (most // 2 - 1)}</b>&amp;x"


def filled(folder: Path) -> Faq:
    """A knowledge base in which all that is sent is as long as it may be."""
    for file, topic in ((BRAKES, "title: Brakes"), (CHAIN, "title: Chain")):
        change(folder, file, topic, f"title: {WIDE * 60}")
    change(folder, BRAKES, "emoji: ", f"emoji: {WIDE * 8} # ")
    change(folder, CHAIN, "emoji: ", f"emoji: {WIDE * 8} # ")
    change(folder, BRAKES, "answer: ", f"answer: {full(MAX_ANSWER)} # ")
    change(folder, BRAKES, "details: ", f"details: {full(MAX_ANSWER)} # ")
    long = f"answer: {full(MAX_ANSWER)}\n    details: {full(MAX_ANSWER)} # "
    change(folder, CHAIN, "answer: ", long)
    change(folder, CHAIN, "summary: ", f"summary: {full(MAX_HTML)} # ")
    change(folder, "limits.yaml", "answer: ", f"answer: {full(MAX_HTML)} # ")
    change(folder, "red_flags.yaml", "advice: ", f"advice: {full(MAX_HTML)} # ")
    change(folder, "smalltalk.yaml", "answer: ", f"answer: {full(MAX_HTML)} # ")
    for key, text in {
        "name": WIDE * 32,
        "welcome": full(MAX_HTML),
        "help": full(MAX_HTML),
        "hint": WIDE * 500,
        "footer": WIDE * 200,
        "description": WIDE * 256,
        "short_description": WIDE * 60,
    }.items():
        change(folder, "about.yaml", f"\n{key}: ", f"\n{key}: {text} # ")
    examples = "\n".join(f"  - {WIDE * 59}{n}" for n in range(4))
    change(folder, "about.yaml", "  - Why does my chain squeak?", examples)
    return loading.load(folder)


def sent(text: str) -> int:
    """Length of a text as Telegram counts it when it takes it."""
    taken = limits.message_text({"text": text, "parse_mode": "HTML"})
    return utf16_length(taken.text)


def test_two_answers_as_long_as_they_may_be_fit_into_one_message(folder: Path) -> None:
    knowledge = filled(folder).knowledge
    both = [knowledge.entries["brakes.squeal"], knowledge.entries["chain.squeak"]]
    assert 4 * MAX_ANSWER < sent(question_texts.entries(knowledge, both)) <= limits.TEXT


@pytest.mark.parametrize(
    "question", ["brakes squeal", "how much is a bicycle", "I broke my arm", "hello"]
)
def test_every_reply_as_long_as_it_may_be_is_taken(folder: Path, question: str) -> None:
    faq = filled(folder)
    assert sent(question_texts.of(faq.knowledge, faq.ask(question))) >= MAX_HTML


def test_what_the_bot_says_of_itself_is_taken(folder: Path) -> None:
    knowledge = filled(folder).knowledge
    assert sent(question_texts.welcome(knowledge)) == MAX_HTML
    assert sent(texts.help_text(knowledge)) > MAX_HTML
    assert sent(question_texts.hint(knowledge)) == 1_000
    assert sent(question_texts.ask_how(knowledge)) > 100
    assert sent(question_texts.topic(knowledge.topics["chain"])) > MAX_HTML
    limits.description(knowledge.about.description)
    limits.short_description(knowledge.about.short_description)


def is_button(thing: object) -> bool:
    return isinstance(thing, type) and issubclass(thing, Button) and hasattr(thing, "PATTERN")


def test_the_longest_id_fits_into_every_button() -> None:
    longest = "i" * MAX_ID
    zone = max(available_timezones(), key=len)
    at = dt.time(23, 59)
    buttons: list[Button] = [
        ShowEntry(longest),
        ShowTopic(longest),
        ShowTopics(999),
        ReadMore(longest),
        Vote(longest, up=True),
        Vote(longest, up=False),
        OpenSettings(),
        PickTime(at),
        PickPlace(at, zone),
        AskPlace(),
        ShareLocation(at),
        TellClock(at),
        Shift(-999),
        ToggleDay(7),
        Pause(99),
        Resume(),
        Stop(),
        Forget(sure=True),
    ]
    modules = (question_keyboards, tip_keyboards, privacy_keyboards)
    known = {each for module in modules for each in vars(module).values() if is_button(each)}
    assert {type(button) for button in buttons} == known
    for button in buttons:
        assert len(button.pack().encode()) <= limits.BUTTON_DATA_BYTES
        assert button.unpack(button.pack()) == button


def test_an_id_that_no_button_could_carry(folder: Path) -> None:
    change(folder, "limits.yaml", "id: motors", f"id: {'m' * 53}")
    change(folder, CHAIN, "id: chain.slip", f"id: chain.{'s' * 47}")
    change(folder, CHAIN, "related: [chain.slip]", "related: []")
    assert said(folder) == [
        "limits.yaml:16:5: 'id' has 53 characters; shorten it to 52, so that a button can carry it",
        "topics/chain.yaml:22:5: 'id' has 53 characters; "
        "shorten it to 52, so that a button can carry it",
    ]


def test_the_longest_id_is_loaded(folder: Path) -> None:
    change(folder, CHAIN, "id: chain.slip", f"id: chain.{'s' * 46}")
    change(folder, CHAIN, "related: [chain.slip]", "related: []")
    assert f"chain.{'s' * 46}" in loading.load(folder).knowledge.entries


def test_as_many_entries_as_a_topic_may_have_fit_under_one_message(folder: Path) -> None:
    topic = loading.load(folder).knowledge.topics["chain"]
    most = replace(topic, entries=[topic.entries[0]] * 90)
    assert len(question_keyboards.entries(most).inline_keyboard) <= limits.BUTTONS


def test_more_entries_than_fit_under_one_message(folder: Path) -> None:
    text = (folder / CHAIN).read_text("utf-8")
    head, first, second = text.split("  - id: ")
    more = [second.replace("chain.slip", f"chain.n{n}") for n in range(89)]
    more = [entry.replace("      - ", f"      - {n} ") for n, entry in enumerate(more)]
    (folder / CHAIN).write_text("  - id: ".join([head, first, second, *more]), "utf-8")
    assert said(folder) == [
        "topics/chain.yaml:6:1: 'entries' has 91 items and takes at most 90; remove 1"
    ]


@pytest.mark.parametrize(
    ("file", "key", "place", "most"),
    [
        (CHAIN, "answer", "9:5", MAX_ANSWER),
        (BRAKES, "details", "10:5", MAX_ANSWER),
        (CHAIN, "summary", "5:1", MAX_HTML),
        ("limits.yaml", "answer", "5:5", MAX_HTML),
        ("red_flags.yaml", "advice", "7:5", MAX_HTML),
        ("about.yaml", "welcome", "3:1", MAX_HTML),
    ],
)
def test_text_that_is_too_long_is_counted_as_telegram_counts_it(
    folder: Path, file: str, key: str, place: str, most: int
) -> None:
    change(folder, file, f"{key}: ", f"{key}: {full(most)}x # ")
    assert said(folder) == [
        f"{file}:{place}: '{key}' has {most + 1} characters; shorten it to {most}"
    ]


@pytest.mark.parametrize(
    ("file", "key", "place", "most"),
    [
        (CHAIN, "title", "3:1", 60),
        (CHAIN, "question", "8:5", 60),
        (CHAIN, "emoji", "4:1", 8),
        (CHAIN, "section", "20:5", 500),
        ("about.yaml", "footer", "7:1", 200),
        ("about.yaml", "hint", "5:1", 500),
        ("about.yaml", "name", "2:1", 64),
        ("about.yaml", "description", "8:1", 512),
    ],
)
def test_a_line_that_is_too_long(folder: Path, file: str, key: str, place: str, most: int) -> None:
    change(folder, file, f"{key}: ", f"{key}: {'x' * (most + 1)} # ")
    assert said(folder) == [
        f"{file}:{place}: '{key}' has {most + 1} characters; shorten it to {most}"
    ]


def test_a_description_of_emoji_is_counted_as_telegram_counts_it(folder: Path) -> None:
    change(folder, "about.yaml", "\ndescription: ", f"\ndescription: {WIDE * 257} # ")
    assert said(folder) == ["about.yaml:8:1: 'description' has 514 characters; shorten it to 512"]


def test_markup_without_end_around_little_text(folder: Path) -> None:
    change(folder, CHAIN, "answer: ", f"answer: {'<b>x</b>' * 501} # ")
    assert said(folder) == [
        "topics/chain.yaml:9:5: 'answer' has 4008 characters; shorten it to 4000"
    ]


def test_a_block_quote_in_details_that_are_shown_as_one(folder: Path) -> None:
    change(folder, BRAKES, "details: ", "details: <blockquote>Wet.</blockquote> # ")
    assert said(folder) == [
        "topics/brakes.yaml:10:5: details are shown in a block quote already; remove <blockquote>"
    ]


@pytest.mark.parametrize(
    ("html", "what"),
    [
        ("slip & grab", "a lone & breaks Telegram HTML; write &amp;"),
        ("1 < 2", "a lone < breaks Telegram HTML; write &lt;"),
        ("<br>", "only tags, nothing to read; write some text"),
        ("a<br>", "<br> is no tag that Telegram knows; use b, i, u, s, a or write &lt;"),
        ("<b>a", "<b> is never closed; add </b>"),
        ("<a>b</a>", '<a> is not how this tag begins; write <a href="https://example.org">'),
    ],
)
def test_broken_html(folder: Path, html: str, what: str) -> None:
    change(folder, CHAIN, "answer: ", f"answer: {html}  # ")
    assert said(folder) == [f"topics/chain.yaml:9:5: {what}"]
