"""People write to the bot, and read its replies."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answering import loading
from bot.answering.faq import Faq
from bot.features import texts
from bot.features.privacy import texts as privacy_texts
from bot.features.questions import texts as question_texts
from bot.markup import plain
from tests.fake_bot_api.html import utf16_length
from tests.fake_bot_api.limits import TEXT
from tests.fake_bot_api.parameters import Json
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import build_app
from tests.support.chats import Chat
from tests.support.fake_time import Clock
from tests.support.unsure import Unsure

WELCOME = "Hello. Ask me about bicycles."
SQUEAK = "It is dry. A drop of oil on each link ends it.\n\nThe handbook's view."
PRICES = "The handbook names no prices."
TOPICS = ["🛑 Brakes", "⛓️ Chain"]

pytestmark = pytest.mark.usefixtures("no_faults")


# Commands


async def test_start_welcomes_with_the_topics(chat: Chat) -> None:
    await chat.write("/start")
    assert chat.text == WELCOME
    assert chat.buttons == TOPICS


async def test_start_with_a_topic_opens_it(chat: Chat) -> None:
    await chat.write("/start topic_chain")
    assert chat.text == "⛓️ Chain\n\nThe chain drives the wheel."
    assert chat.buttons == ["Why does my chain squeak?", "Why does my chain slip?", "All topics"]


@pytest.mark.parametrize("payload", ["nonsense", "topic_nonsense", "topic_", "💥 <b>"])
async def test_start_with_nonsense_welcomes(chat: Chat, payload: str) -> None:
    await chat.write(f"/start {payload}")
    assert chat.texts == [WELCOME]


async def test_help_gives_an_example_and_every_command(chat: Chat) -> None:
    await chat.write("/help")
    assert chat.text.startswith("Write a question, for example:")
    assert "• Why does my chain squeak?" in chat.text
    for command in texts.COMMANDS:
        assert f"/{command}: " in chat.text


async def test_every_command_of_the_menu_is_known(chat: Chat) -> None:
    for command in [*texts.COMMANDS, *texts.GROUP_COMMANDS]:
        await chat.write(f"/{command}")
        assert chat.text != texts.UNKNOWN_COMMAND


async def test_topics_shows_all_topics(chat: Chat) -> None:
    await chat.write("/topics")
    assert chat.text == question_texts.TOPICS
    assert chat.buttons == TOPICS


async def test_privacy_says_what_is_kept(chat: Chat) -> None:
    await chat.write("/privacy")
    assert chat.text == plain(privacy_texts.privacy(90))


@pytest.mark.parametrize(
    "command",
    [
        "/ask why does my chain squeak",
        "/ask@skin_test_bot why does my chain squeak",
        "/ask\nwhy does my chain squeak",
        "/ask   why does\nmy chain squeak  ",
    ],
)
async def test_ask_answers_the_question_behind_it(chat: Chat, command: str) -> None:
    await chat.write(command)
    assert chat.text == SQUEAK


@pytest.mark.parametrize("command", ["/ask", "/ask ", "/ask@skin_test_bot"])
async def test_ask_without_a_question_says_how(chat: Chat, command: str) -> None:
    await chat.write(command)
    assert chat.text == question_texts.ASK_HOW.format(example="Why does my chain squeak?")


@pytest.mark.parametrize(
    "command",
    [
        "/nonsense",
        "/nothing please",
        "/reload",
        "/rollback",
        "/unanswered",
        "/stats 7",
        "/why does my chain squeak",
        "/broadcast hello",
    ],
)
async def test_other_commands_are_unknown(chat: Chat, command: str) -> None:
    """The commands of operators are unknown, too: nobody learns that they exist."""
    await chat.write(command)
    assert chat.texts == [texts.UNKNOWN_COMMAND]


async def test_a_command_for_another_bot_is_not_a_question(chat: Chat) -> None:
    await chat.write("/ask@another_bot why does my chain squeak")
    assert SQUEAK not in chat.texts


# Questions


@pytest.mark.parametrize(
    ("question", "text", "buttons"),
    [
        ("why does my chain squeak", SQUEAK, ["Why does my chain slip?", "⛓️ Chain", "👍", "👎"]),
        ("how much is a bicycle", PRICES, ["⛓️ Chain", "All topics"]),
        ("I broke my arm on the bike", "Please have a doctor look at that first.", []),
        ("hello", "Hello. What would you like to know?", ["All topics"]),
        ("who won the football match", question_texts.UNKNOWN, TOPICS),
    ],
    ids=["answer", "limited", "red flag", "small talk", "unknown"],
)
async def test_a_question_gets_its_kind_of_reply(
    chat: Chat, question: str, text: str, buttons: list[str]
) -> None:
    await chat.write(question)
    assert chat.texts == [text]
    assert chat.buttons == buttons


async def test_a_question_about_two_topics_gets_both_answers(chat: Chat) -> None:
    await chat.write("my chain squeaks and are my brake pads worn?")
    assert "🛑 Brakes\nWhen the groove in the rubber is gone." in chat.text
    assert "⛓️ Chain\nIt is dry." in chat.text
    assert chat.buttons[-6:] == [*TOPICS, "🛑 👍", "🛑 👎", "⛓️ 👍", "⛓️ 👎"]


async def test_suggestions_are_buttons_that_answer(
    telegram: FakeTelegram, anna: Person, faq: Faq, clock: Clock
) -> None:
    async with build_app(telegram, Unsure.of(faq.knowledge), clock) as app:
        chat = Chat(app, telegram, anna)
        await chat.write("something is noisy")
        assert chat.text == question_texts.DID_YOU_MEAN
        wet, worn, every = chat.buttons
        assert every == question_texts.ALL_TOPICS
        assert wet == "Do brakes squeal when wet?"
        await chat.press(worn)
    assert chat.texts == ["When the groove in the rubber is gone.\n\nThe handbook's view."]


async def test_what_there_is_more_to_say_can_be_unfolded(chat: Chat) -> None:
    await chat.write("Do brakes squeal when wet?")
    [details] = [e for e in chat.said[-1]["entities"] if e["type"] == "expandable_blockquote"]
    start = chat.text.index("Water makes the pads slip & grab.")
    assert details["offset"] == start
    assert details["length"] == len("Water makes the pads slip & grab.")


async def test_links_in_answers_show_no_preview(chat: Chat, telegram: FakeTelegram) -> None:
    question = await chat.write("why does my chain squeak")
    await chat.edit(question, "Do brakes squeal when wet?")
    [sent], [edited] = telegram.sent("sendMessage"), telegram.sent("editMessageText")
    for each in (sent, edited):
        assert each["link_preview_options"] == {"is_disabled": True}
        assert each["parse_mode"] == "HTML"


@pytest.mark.parametrize(
    "typed",
    [
        "<b>why does my chain squeak",
        "a < b && c > d",
        "*why* _does_ [my](chain) `squeak`",
        "</i>",
        "&lt;script&gt;",
        "\\_*[]()~`>#+-=|{}.!",
        "/",
        "/ why",
        "//",
        "🚲" * 2048,
        "\u202eniahc",
    ],
)
async def test_whatever_is_typed_gets_one_reply(chat: Chat, typed: str) -> None:
    await chat.write(typed)
    assert len(chat.said) == 1


def sendable(text: str) -> bool:
    return bool(text.strip()) and utf16_length(text) <= TEXT


unicode = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=TEXT)
markup = st.lists(
    st.sampled_from(
        ["<b>", "</b>", "<", "&", "&amp;", "*", "_", "[a](b)", "`", "\n", "chain ", "/"]
    )
).map("".join)
right_to_left = st.text("אבגדهوزחطي \u200f\u202e\u2067", min_size=1)
emoji = st.text("🚲⛓️🛑👋🏽‍❤️🇫🇷\u200d", min_size=1)
long = st.text("chain squeak?\n", min_size=30, max_size=40).map(lambda text: text * 100)


@settings(
    max_examples=75,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(typed=(unicode | markup | right_to_left | emoji | long).filter(sendable))
async def test_telegram_accepts_the_reply_to_any_text(chat: Chat, clock: Clock, typed: str) -> None:
    clock.forward(60)
    before = len(chat.telegram.calls)
    await chat.write(typed)
    [call] = chat.telegram.calls[before:]
    assert call.method == "sendMessage"
    assert call.accepted


async def test_plain_fields_of_a_knowledge_base_are_escaped(
    folder: Path, telegram: FakeTelegram, anna: Person, clock: Clock
) -> None:
    for name in ("about.yaml", "topics/chain.yaml"):
        file = folder / name
        file.write_text(
            file.read_text("utf-8")
            .replace("I can only read text.", "Only text, a < b & c")
            .replace("  - Why does my chain squeak?", "  - Is a < b & c?")
            .replace("title: Chain", "title: Chain <&>")
            .replace("The handbook's view.", "Our view <3"),
            "utf-8",
        )
    async with build_app(telegram, loading.load(folder), clock) as app:
        chat = Chat(app, telegram, anna)
        await chat.gets(anna.sends_voice())
        await chat.write("/ask")
        await chat.write("/help")
        await chat.write("/start topic_chain")
        await chat.write("why does my chain squeak")
    hint, how, usage, topic, answer = chat.texts
    assert hint == "Only text, a < b & c"
    assert how.endswith("/ask Is a < b & c?")
    assert "• Is a < b & c?" in usage
    assert topic.startswith("⛓️ Chain <&>\n")
    assert answer.endswith("Our view <3")


# What is no text


@pytest.mark.parametrize(
    "send",
    [
        Person.sends_voice,
        Person.sends_photo,
        Person.sends_sticker,
        Person.sends_document,
        lambda person: person.sends_document(caption="/reload"),
    ],
    ids=["voice", "photo", "sticker", "document", "command"],
)
async def test_what_is_no_text_gets_a_hint(chat: Chat, send: Callable[[Person], Json]) -> None:
    await chat.gets(send(chat.person))
    assert chat.texts == ["I can only read text."]


async def test_news_about_a_chat_gets_no_hint(chat: Chat) -> None:
    update = chat.person.sends_voice()
    del update["message"]["voice"]
    update["message"]["pinned_message"] = chat.person.writes("hello")["message"]
    await chat.gets(update)
    await chat.gets(chat.person.blocks_bot())
    assert chat.said == []


# Too many questions


async def test_slow_down_is_said_once(chat: Chat) -> None:
    for _ in range(25):
        await chat.write("hello")
    assert chat.texts == ["Hello. What would you like to know?"] * 20 + [texts.SLOW_DOWN]


async def test_after_a_minute_questions_are_answered_again(chat: Chat, clock: Clock) -> None:
    for _ in range(25):
        await chat.write("hello")
    clock.forward(60)
    await chat.write("why does my chain squeak")
    assert chat.text == SQUEAK


async def test_one_persons_flood_is_not_anothers(chat: Chat, telegram: FakeTelegram) -> None:
    for _ in range(25):
        await chat.write("hello")
    ben = Chat(chat.app, telegram, telegram.person(7, "Ben"))
    await ben.write("why does my chain squeak")
    assert ben.texts == [SQUEAK]


async def test_a_flood_by_edits_is_a_flood(chat: Chat) -> None:
    question = await chat.write("hello")
    for number in range(24):
        await chat.edit(question, f"hello {'!' * number}")
    assert chat.texts[1:] == [texts.SLOW_DOWN]


@pytest.mark.parametrize(
    "written", ["/help", "/topics", "/settings", "/privacy", "/mydata", "/cancel", "/nonsense"]
)
async def test_a_flood_of_commands_is_a_flood(chat: Chat, written: str) -> None:
    for _ in range(25):
        await chat.write(written)
    assert len(chat.texts) == 21
    assert chat.text == texts.SLOW_DOWN


async def test_a_flood_of_stickers_is_a_flood(chat: Chat) -> None:
    for _ in range(25):
        await chat.gets(chat.person.sends_sticker())
    assert len(chat.texts) == 21
    assert chat.text == texts.SLOW_DOWN


async def test_a_person_can_browse_without_being_slowed_down(chat: Chat) -> None:
    await chat.write("/topics")
    for _ in range(15):
        await chat.press("⛓️ Chain")
        await chat.press("All topics")
    assert chat.texts == [question_texts.TOPICS]
    assert chat.alerts == [None] * 30


async def test_a_thumb_that_never_rests_is_slowed_down(chat: Chat) -> None:
    await chat.write("/topics")
    for _ in range(30):
        await chat.press("⛓️ Chain")
        await chat.press("All topics")
    for _ in range(3):
        await chat.press("⛓️ Chain")
    assert chat.alerts == [None] * 60 + [texts.SLOW_DOWN]


async def test_groups_whose_administrators_write_unnamed_are_no_flood_together(
    chat: Chat, telegram: FakeTelegram
) -> None:
    """Telegram names one account for the administrators of all groups."""
    groups = [telegram.group(-1001 - number) for number in range(25)]
    unnamed = [Chat(chat.app, telegram, telegram.person(1087968824, "Group", g)) for g in groups]
    for each in unnamed:
        update = each.person.writes("/ask hello")
        update["message"]["sender_chat"] = each.person.chat.info
        await each.gets(update)
    assert [each.texts for each in unnamed] == [["Hello. What would you like to know?"]] * 25
