"""Ten thousand texts that nobody foresaw: each gets a reply that Telegram would take."""

from random import Random

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st
from telegram import InlineKeyboardMarkup

from bot.answering.faq import MOST_SUGGESTED, MOST_TOPICS, Faq
from bot.answering.replies import (
    Answer,
    Limited,
    RedFlag,
    Reply,
    SmallTalkReply,
    Suggestions,
    Unknown,
)
from bot.features.questions import keyboards, texts
from bot.knowledge.base import Knowledge
from bot.markup import TELEGRAM_TEXT, html_problem
from tests.fake_bot_api.html import parse_html, utf16_length
from tests.support.talks import asked_at_once

LONGEST = 5_000
SHARE_OF_LONG = 0.01
MOST_BUTTONS = 100
MOST_BYTES = 64
SEEDS = st.integers(0, 2**32 - 1)
PIECES = {
    "html": ("<b>", "</b>", "<a href='", "&amp;", "&", "<", ">", "<script>", "]]>", "&#0;", "x"),
    "markdown": ("*", "_", "`", "```", "[a](b)", "~~", "# ", "> ", "||", "\\", "x", "- "),
    "emoji": ("🧴", "👋🏽", "👩‍🦰", "🇩🇪", "⛓️", "1️⃣", "\u200d", "\ufe0f", "❤"),
    "right to left": ("שלום", "مرحبا", "\u202e", "\u200f", " ", "١٢٣", "؟", "ـــ", "לָ"),
    "scripts": ("日本語", "กินน้ำ", "हिन्दी", "한국어", "ß", "ŉ", "ﷺ", "İ", "ǆ", "Å", "e\u0301"),
    "shouting": ("!", "?", "...", "\n", "\t", "'", "’", "-", "1", "22", ",", " and "),
}


def pieced(random: Random, kind: str) -> str:
    return "".join(random.choices(PIECES[kind], k=random.randint(1, 30)))


def unicode(random: Random) -> str:
    """Any code points, lone surrogates and unassigned ones too."""
    return "".join(chr(random.randrange(0x110000)) for _ in range(random.randint(1, 40)))


def controls(random: Random) -> str:
    return "".join(chr(random.randrange(0xA0)) for _ in range(random.randint(1, 40)))


def long(random: Random) -> str:
    return (random.choice((unicode, controls, letters))(random) * LONGEST)[:LONGEST]


def letters(random: Random) -> str:
    return "".join(random.choices("abcdefghijklmnopqrstuvwxyz '", k=random.randint(1, 80)))


def question(random: Random, said: list[str]) -> str:
    """Words that the knowledge base knows, out of order, with mistakes."""
    text = list(" ".join(random.choices(said, k=random.randint(1, 3))))
    for _ in range(random.randrange(4)):
        text[random.randrange(len(text))] = random.choice("abcdefghijklmnopqrstuvwxyz <&,\n")
    return "".join(text)


def any_text(random: Random, said: list[str]) -> str:
    if random.random() < SHARE_OF_LONG:
        return long(random)
    kind = random.choice([*PIECES, "unicode", "controls", "letters", "question", "mixed"])
    match kind:
        case "unicode" | "controls" | "letters":
            return {"unicode": unicode, "controls": controls, "letters": letters}[kind](random)
        case "question":
            return question(random, said)
        case "mixed":
            return question(random, said) + pieced(random, random.choice([*PIECES]))
    return pieced(random, kind)


def known(faq: Faq) -> list[str]:
    """Every phrasing that the knowledge base knows."""
    base = faq.knowledge
    return [
        *(p for entry in base.entries.values() for p in entry.phrasings),
        *(p for limit in base.limits.values() for p in limit.phrasings),
        *(p for flag in base.red_flags.flags for p in (*flag.trips, *flag.passes)),
        *(p for talk in base.smalltalk.values() for p in talk.phrasings),
    ]


def assert_telegram_takes(faq: Faq, reply: Reply) -> None:
    sent = texts.of(faq.knowledge, reply)
    assert html_problem(sent) is None
    read = parse_html(sent).text
    assert 0 < utf16_length(read) <= TELEGRAM_TEXT
    assert_keyboard_fits(keyboards.under(faq.knowledge, reply))


def assert_keyboard_fits(keyboard: InlineKeyboardMarkup | None) -> None:
    buttons = [button for row in keyboard.inline_keyboard for button in row] if keyboard else []
    assert len(buttons) <= MOST_BUTTONS
    for button in buttons:
        assert button.text.strip()
        assert 0 < len(str(button.callback_data).encode()) <= MOST_BYTES


def assert_twenty_texts_are_answered(faq: Faq, seed: int) -> None:
    """The texts come from a generator of our own: Hypothesis would take a second for each."""
    random = Random(seed)  # noqa: S311 - texts, no secrets
    said = known(faq)
    typed = [any_text(random, said) for _ in range(20)]
    for text, reply in zip(typed, asked_at_once(faq, typed), strict=True):
        note(repr(text))
        assert_telegram_takes(faq, reply)


@settings(deadline=None, max_examples=500)
@given(SEEDS)
def test_any_text_gets_a_reply_that_telegram_takes(faq: Faq, seed: int) -> None:
    assert_twenty_texts_are_answered(faq, seed)


@settings(deadline=None, max_examples=25)
@given(SEEDS)
def test_any_text_gets_a_reply_from_the_bot_that_people_get(shipped: Faq, seed: int) -> None:
    assert_twenty_texts_are_answered(shipped, seed)


@settings(deadline=None, max_examples=200)
@given(st.text(st.characters(), max_size=80))
def test_no_text_is_too_strange(faq: Faq, typed: str) -> None:
    """Hypothesis thinks of few texts, but of odd ones, and makes them as short as possible."""
    assert_telegram_takes(faq, faq.ask(typed))


def possible(base: Knowledge) -> list[Reply]:
    """Every reply; of those that join entries, the longest."""
    entries = sorted(base.entries.values(), key=lambda e: len(e.answer) + len(e.details or ""))
    longest = entries[-1]
    second = next((e for e in reversed(entries) if e.topic != longest.topic), entries[-2])
    near = tuple(base.topics.values())
    return [
        *(Answer((entry,), 1.0) for entry in entries),
        Answer((longest, second), 1.0),
        Suggestions(tuple(entries[:MOST_SUGGESTED]), 0.3),
        *(Limited(limit, near[:MOST_TOPICS], 0.9) for limit in base.limits.values()),
        *(RedFlag(flag) for flag in base.red_flags.flags),
        *(SmallTalkReply(talk, 1.0) for talk in base.smalltalk.values()),
        Unknown(near[:1], 0.0),
        Unknown((), 0.0),
    ]


@pytest.mark.parametrize("name", ["faq", "shipped"])
def test_every_reply_that_the_bot_can_give_is_one_that_telegram_takes(
    name: str, request: pytest.FixtureRequest
) -> None:
    faq: Faq = request.getfixturevalue(name)
    replies = possible(faq.knowledge)
    assert len(replies) > len(faq.knowledge.entries)
    for reply in replies:
        assert_telegram_takes(faq, reply)
