"""The fake refuses what Telegram refuses, and fails the way networks fail."""

import asyncio
import html
import itertools
import struct
from collections.abc import AsyncIterator, Callable

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import (
    Bot,
    BotCommand,
    CopyTextButton,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import Application, ApplicationBuilder, MessageHandler, filters
from telegram.request import HTTPXRequest

from bot.bot_api.transport import NotConnectedError, NotTakenError
from tests.fake_bot_api import faults
from tests.fake_bot_api.html import Formatted, parse_html
from tests.fake_bot_api.parameters import Json
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.server import FakeServer
from tests.fake_bot_api.telegram import FakeRequest, FakeTelegram
from tests.support.bots import ANNA, TOKEN


@pytest.fixture(autouse=True)
def _delays_are_timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    """PTB warns inside RetryAfter itself until a program asks for timedeltas."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def bot(telegram: FakeTelegram, anna: Person) -> AsyncIterator[Bot]:
    assert telegram.messages(anna.id) == []
    request = FakeRequest(telegram)
    async with Bot(TOKEN, request=request, get_updates_request=FakeRequest(telegram)) as bot:
        yield bot


def keyboard(text: str, data: str, count: int = 1) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(text, callback_data=data)]] * count)


def copying(text: str) -> InlineKeyboardButton:
    return InlineKeyboardButton("Copy", copy_text=CopyTextButton(text))


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height)


# Texts


async def test_a_sent_message_stands_in_the_chat(bot: Bot, telegram: FakeTelegram) -> None:
    message = await bot.send_message(ANNA, "Hello", reply_markup=keyboard("Scars", "t:scars"))
    assert message.text == "Hello"
    assert message.reply_markup == keyboard("Scars", "t:scars")
    assert [each["text"] for each in telegram.messages(ANNA)] == ["Hello"]
    assert telegram.sent("sendMessage")[0]["chat_id"] == ANNA
    assert telegram.calls[-1].accepted


async def test_it_refuses_an_empty_text(bot: Bot, telegram: FakeTelegram) -> None:
    with pytest.raises(BadRequest, match="Message text is empty"):
        await bot.send_message(ANNA, "")
    with pytest.raises(BadRequest, match="Text must be non-empty"):
        await bot.send_message(ANNA, "<b> </b>\n", "HTML")
    assert telegram.sent("sendMessage") == []
    assert not telegram.calls[-1].accepted


async def test_it_counts_a_text_in_utf16_units_after_parsing(bot: Bot) -> None:
    assert await bot.send_message(ANNA, f"<b>{'&amp;' * 4096}</b>", "HTML")
    assert await bot.send_message(ANNA, "🧴" * 2048)
    with pytest.raises(BadRequest, match="Message is too long"):
        await bot.send_message(ANNA, "🧴" * 2048 + "!")


async def test_it_keeps_entities_with_their_places_in_utf16_units(bot: Bot) -> None:
    message = await bot.send_message(ANNA, " 🧴 <b>dry <i>skin</i></b> ", "HTML")
    assert message.text == "🧴 dry skin"
    assert message.text_html == "🧴 <b>dry <i>skin</i></b>"


@pytest.mark.parametrize(
    "text",
    [
        "<b>b</b><strong>s</strong><i>i</i><em>e</em><u>u</u><ins>n</ins>",
        "<s>s</s><strike>k</strike><del>d</del><code>c</code><pre>p</pre>",
        '<tg-spoiler>x</tg-spoiler><span class="tg-spoiler">y</span>',
        "<blockquote>a</blockquote><blockquote expandable>b</blockquote>",
        '<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>',
        "<a href='https://example.org/?a=1&amp;b=2'>link</a> AT&T, 2 &lt; 3 &#127872; &nbsp;",
        '<pre><code class="language-python">x = 1</code></pre>',
    ],
)
def test_it_takes_every_tag_of_telegrams(text: str) -> None:
    assert parse_html(text).entities


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("é<br/>", 'Unsupported start tag "br/" at byte offset 2'),
        ("I <3 you", 'Unsupported start tag "3" at byte offset 2'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ('<a href="x>y</a>', "Unclosed start tag at byte offset 0"),
        ("<a href=http://x>y</a>", "Unexpected end of name token at byte offset 7"),
        ("<a />y</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<blockquote>a<blockquote>", "Nested blockquotes are not allowed at byte offset 13"),
        ("<tg-emoji>x</tg-emoji>", "Invalid custom emoji identifier specified"),
    ],
)
async def test_it_refuses_broken_html_and_says_where(bot: Bot, text: str, why: str) -> None:
    with pytest.raises(BadRequest) as refused:
        await bot.send_message(ANNA, text, "HTML")
    # PTB writes the first letter large and all others small.
    assert refused.value.message == f"Can't parse entities: {why}".capitalize()


@given(st.text())
def test_escaped_text_comes_out_as_it_went_in(text: str) -> None:
    assert parse_html(html.escape(text)) == Formatted(text.strip(), [])


async def test_it_refuses_a_chat_that_never_was(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(4711, "Hello")


async def test_it_refuses_a_reply_to_nothing(bot: Bot, anna: Person) -> None:
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(ANNA, "Hello", reply_to_message_id=9)
    question = anna.writes("hi")["message"]["message_id"]
    reply = await bot.send_message(ANNA, "Hello", reply_to_message_id=question)
    assert reply.reply_to_message
    assert reply.reply_to_message.text == "hi"


def refusal(telegram: FakeTelegram, method: str, **params: object) -> str:
    """The fake's answer to a call that PTB itself would not let through."""
    status, body = telegram.handle(method, params)
    assert status == body["error_code"]
    return str(body["description"])


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"text": "Hello"}, "chat_id is empty"),
        ({"chat_id": ANNA, "text": 7}, "text must be a string"),
        ({"chat_id": ANNA, "text": "<b></b>" * 5000, "parse_mode": "HTML"}, "text is too long"),
        ({"chat_id": ANNA, "text": "*x*", "parse_mode": "Org"}, "unsupported parse_mode"),
        ({"chat_id": ANNA, "text": "\ud83e"}, "strings must be encoded in UTF-8"),
        ({"chat_id": ANNA, "text": "x", "reply_markup": "{"}, "can't parse reply markup JSON"),
        ({"chat_id": ANNA, "text": "x", "reply_markup": "[1]"}, "object expected as reply markup"),
        ({"chat_id": ANNA, "text": "x", "reply_markup": {"x": 1}}, "can't parse reply keyboard"),
        (
            {"chat_id": ANNA, "text": "x", "reply_markup": {"inline_keyboard": [{}]}},
            "can't parse inline keyboard button",
        ),
        (
            {"chat_id": ANNA, "text": "x", "entities": [{"offset": 0, "length": 2}]},
            "entity beginning or end is out of the text",
        ),
    ],
)
def test_it_refuses_a_malformed_message(
    telegram: FakeTelegram, anna: Person, params: Json, why: str
) -> None:
    assert refusal(telegram, "sendMessage", **params).startswith(f"Bad Request: {why}")
    assert telegram.messages(anna.id) == []


def test_it_refuses_an_edit_of_nothing_in_particular(telegram: FakeTelegram, anna: Person) -> None:
    nothing = refusal(telegram, "editMessageText", chat_id=anna.id, text="x")
    assert nothing == "Bad Request: message identifier is not specified"
    wrong = refusal(telegram, "editMessageText", chat_id=anna.id, text="x", message_id="x")
    assert wrong == "Bad Request: invalid message_id specified"
    markup = {"keyboard": [["x"]]}
    other = refusal(telegram, "editMessageReplyMarkup", chat_id=anna.id, reply_markup=markup)
    assert other == "Bad Request: inline keyboard expected"


# Keyboards


@pytest.mark.parametrize(
    ("markup", "why"),
    [
        (keyboard("Scars", "x" * 65), "Button_data_invalid"),
        (keyboard("Scars", "é" * 33), "Button_data_invalid"),
        (keyboard("Scars", ""), "Button_data_invalid"),
        (keyboard(" ", "x"), "text must be non-empty"),
        (keyboard("Scars", "x", count=101), "Reply markup is too long"),
        (InlineKeyboardMarkup([[InlineKeyboardButton("Scars")]]), "Text buttons are unallowed"),
        (InlineKeyboardMarkup([[InlineKeyboardButton("x", url="no url")]]), "is invalid"),
        (InlineKeyboardMarkup([[copying("x" * 257)]]), "Button_copy_text_invalid"),
        (ReplyKeyboardMarkup([[""]]), "text must be non-empty"),
        (ForceReply(input_field_placeholder="x" * 65), "placeholder is too long"),
    ],
)
async def test_it_refuses_a_broken_keyboard(
    bot: Bot, markup: InlineKeyboardMarkup | ReplyKeyboardMarkup | ForceReply, why: str
) -> None:
    with pytest.raises(BadRequest, match=why):
        await bot.send_message(ANNA, "Hello", reply_markup=markup)


async def test_it_takes_a_keyboard_at_its_limits(bot: Bot) -> None:
    assert await bot.send_message(ANNA, "Hello", reply_markup=keyboard("x", "é" * 32, count=100))
    link = InlineKeyboardButton("Read on", url="https://example.org/skin")
    row = InlineKeyboardMarkup([[link, copying("x" * 256)]])
    assert (await bot.send_message(ANNA, "Hello", reply_markup=row)).reply_markup == row


async def test_only_an_inline_keyboard_is_part_of_its_message(bot: Bot) -> None:
    markups = (ReplyKeyboardMarkup([["Scars"]]), ReplyKeyboardRemove(), ForceReply())
    for markup in markups:
        assert not (await bot.send_message(ANNA, "Hello", reply_markup=markup)).reply_markup


# Editing and deleting


async def test_an_edit_without_a_keyboard_takes_the_keyboard_away(
    bot: Bot, telegram: FakeTelegram
) -> None:
    message = await bot.send_message(ANNA, "Hello", reply_markup=keyboard("x", "x"))
    await bot.edit_message_text("Bye", ANNA, message.message_id)
    assert telegram.messages(ANNA)[-1]["text"] == "Bye"
    assert "reply_markup" not in telegram.messages(ANNA)[-1]


async def test_it_refuses_an_edit_that_changes_nothing(bot: Bot) -> None:
    sent = await bot.send_message(ANNA, "<b>Hello</b>", "HTML", reply_markup=keyboard("x", "x"))
    with pytest.raises(BadRequest, match="Message is not modified: specified new message"):
        await sent.edit_text("<strong>Hello</strong>", "HTML", reply_markup=keyboard("x", "x"))
    with pytest.raises(BadRequest, match="Message is not modified"):
        await sent.edit_reply_markup(keyboard("x", "x"))
    assert await sent.edit_text("Hello", reply_markup=keyboard("x", "x"))
    assert await sent.edit_reply_markup(None)


async def test_it_refuses_to_edit_what_is_not_the_bots(bot: Bot, anna: Person) -> None:
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("Bye", ANNA, 99)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("Bye", ANNA, anna.writes("hi")["message"]["message_id"])
    picture = await bot.send_photo(ANNA, png(8, 8))
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await picture.edit_text("Bye")


async def test_it_refuses_to_delete_what_is_gone(bot: Bot, anna: Person) -> None:
    message = await bot.send_message(ANNA, "Hello")
    assert await message.delete()
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await message.delete()
    assert await bot.delete_message(ANNA, anna.writes("hi")["message"]["message_id"])


async def test_a_member_of_a_group_may_not_delete_what_others_wrote(
    bot: Bot, telegram: FakeTelegram
) -> None:
    ben = telegram.person(7, "Ben", chat=telegram.group())
    message = ben.writes("hi")["message"]["message_id"]
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(ben.chat.id, message)


async def test_old_messages_cannot_be_deleted() -> None:
    seconds = itertools.chain([0.0] * 2, itertools.repeat(48 * 3600 + 1.0))
    telegram = FakeTelegram(clock=lambda: next(seconds))
    telegram.person(ANNA)
    _, sent = telegram.handle("sendMessage", {"chat_id": ANNA, "text": "Hello"})
    message_id = sent["result"]["message_id"]
    _, said = telegram.handle("deleteMessage", {"chat_id": ANNA, "message_id": message_id})
    assert said["description"] == "Bad Request: message can't be deleted for everyone"


# Copying


async def test_a_copy_has_the_content_and_nothing_else(
    bot: Bot, telegram: FakeTelegram, anna: Person
) -> None:
    ben = telegram.person(7, "Ben")
    question = anna.writes("hi")["message"]
    photo = await bot.send_photo(
        ANNA,
        png(8, 8),
        caption="<b>Spa</b>",
        parse_mode="HTML",
        reply_markup=keyboard("x", "x"),
        reply_to_message_id=question["message_id"],
    )
    copy = await bot.copy_message(ben.id, ANNA, photo.message_id)
    [shown] = telegram.messages(ben.id)
    original = telegram.messages(ANNA)[-1]
    assert shown["message_id"] == copy.message_id
    assert [shown[name] for name in ("photo", "caption", "caption_entities")] == [
        original[name] for name in ("photo", "caption", "caption_entities")
    ]
    assert shown["from"]["is_bot"]
    assert not shown.keys() & {"reply_markup", "reply_to_message"}


async def test_it_copies_what_people_have_sent(
    bot: Bot, telegram: FakeTelegram, anna: Person
) -> None:
    voice = anna.sends_voice()["message"]
    await bot.copy_message(ANNA, ANNA, voice["message_id"], reply_markup=keyboard("Go", "go"))
    shown = telegram.messages(ANNA)[-1]
    assert shown["voice"] == voice["voice"]
    assert shown["reply_markup"]["inline_keyboard"][0][0]["text"] == "Go"


async def test_it_refuses_to_copy_what_is_not_there(
    bot: Bot, telegram: FakeTelegram, anna: Person
) -> None:
    with pytest.raises(BadRequest, match="Message to copy not found"):
        await bot.copy_message(ANNA, ANNA, 99)
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.copy_message(ANNA, 99, 1)
    service = anna.migrates_chat(-99)["message"]["message_id"]
    with pytest.raises(BadRequest, match="Message can't be copied"):
        await bot.copy_message(-99, ANNA, service)
    assert refusal(telegram, "copyMessage", from_chat_id=str(ANNA)).endswith("not specified")


async def test_it_speaks_of_the_source_before_it_speaks_of_where_the_copy_goes(
    bot: Bot, telegram: FakeTelegram, anna: Person
) -> None:
    message = anna.writes("hi")["message"]["message_id"]
    telegram.person(7, "Ben").blocks_bot()
    with pytest.raises(BadRequest, match="Message to copy not found"):
        await bot.copy_message(7, ANNA, 99)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.copy_message(7, ANNA, message)


async def test_copies_count_for_the_pace() -> None:
    telegram = FakeTelegram(per_chat_second=1, clock=lambda: 0.0)
    message = telegram.person(ANNA).writes("hi")["message"]["message_id"]
    copy = {"chat_id": ANNA, "from_chat_id": ANNA, "message_id": message}
    assert [telegram.handle("copyMessage", copy)[0] for _ in range(2)] == [200, 429]


# Callback queries


async def pressed(bot: Bot, anna: Person, button: str = "Scars") -> Update:
    await bot.send_message(ANNA, "Topics", reply_markup=keyboard("Scars", "t:scars"))
    return Update.de_json(anna.presses(button), bot)


async def test_a_button_is_pressed_by_its_text_or_its_data(bot: Bot, anna: Person) -> None:
    for button in ("Scars", "t:scars"):
        query = (await pressed(bot, anna, button)).callback_query
        assert query
        assert query.data == "t:scars"
        assert isinstance(query.message, Message)
        assert await query.answer("Done")


async def test_a_button_that_is_not_there_cannot_be_pressed(bot: Bot, anna: Person) -> None:
    update = await pressed(bot, anna)
    assert update.callback_query
    with pytest.raises(LookupError, match="Scars"):
        anna.presses("Moisture")
    message = await bot.send_message(ANNA, "Hello")
    with pytest.raises(LookupError, match="no callback button 'Scars' on this message"):
        anna.presses("Scars", on=message.to_dict())


async def test_a_button_that_was_taken_away_can_still_be_pressed(bot: Bot, anna: Person) -> None:
    message = await bot.send_message(ANNA, "Hello")
    query = Update.de_json(anna.presses_old("t:scars", on=message.to_dict()), bot).callback_query
    assert query
    assert query.message == message
    gone = Update.de_json(anna.presses_old("t:scars"), bot).callback_query
    assert gone
    assert gone.message
    assert not gone.message.is_accessible


async def test_it_refuses_to_answer_a_query_twice(bot: Bot, anna: Person) -> None:
    query = (await pressed(bot, anna)).callback_query
    assert query
    assert await query.answer()
    with pytest.raises(BadRequest, match="Query is too old and response timeout expired"):
        await query.answer()


async def test_it_refuses_to_answer_an_old_query(
    bot: Bot, anna: Person, telegram: FakeTelegram
) -> None:
    gone = anna.presses_old("t:gone")
    telegram.expire(gone)
    query = Update.de_json(gone, bot).callback_query
    assert query
    with pytest.raises(BadRequest, match="query id is invalid"):
        await query.answer()


async def test_it_refuses_a_long_answer_to_a_query(bot: Bot, anna: Person) -> None:
    query = (await pressed(bot, anna)).callback_query
    assert query
    with pytest.raises(BadRequest, match="Message_too_long"):
        await query.answer("x" * 201)
    assert await query.answer("x" * 200)


# Files, commands, chats


async def test_it_looks_at_photos(bot: Bot, telegram: FakeTelegram) -> None:
    sent = await bot.send_photo(ANNA, InputFile(png(640, 480), "chart.png"), caption="<b>7</b>")
    assert (sent.photo[-1].width, sent.photo[-1].height) == (640, 480)
    assert telegram.sent("sendPhoto")[0]["photo"].name == "chart.png"
    assert (await bot.send_photo(ANNA, sent.photo[-1].file_id)).photo == sent.photo
    jpeg = b"\xff\xd8\xff\xc0\0\x11\x08\0\x30\0\x40"
    assert (await bot.send_photo(ANNA, jpeg)).photo[-1].width == 64
    with pytest.raises(BadRequest, match="Wrong file identifier"):
        await bot.send_photo(ANNA, "photo-unknown")
    for content, why in ((b"GIF", "Image_process"), (png(1, 99), "Photo_invalid_dimensions")):
        with pytest.raises(BadRequest, match=why):
            await bot.send_photo(ANNA, content)


async def test_it_refuses_a_long_caption(bot: Bot) -> None:
    document = InputFile(b"{}", "mydata.json")
    sent = await bot.send_document(ANNA, document, caption="x" * 1024)
    assert sent.document
    assert sent.document.file_name == "mydata.json"
    assert await bot.send_document(ANNA, sent.document.file_id)
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_document(ANNA, document, caption="x" * 1025)
    with pytest.raises(BadRequest, match="File must be non-empty"):
        await bot.send_document(ANNA, InputFile(b"", "mydata.json"))


async def test_it_refuses_files_that_are_too_large_or_missing(
    bot: Bot, telegram: FakeTelegram
) -> None:
    with pytest.raises(NetworkError, match="Request Entity Too Large"):
        await bot.send_photo(ANNA, b"x" * (10 * 2**20 + 1))
    assert refusal(telegram, "sendPhoto", chat_id=ANNA).endswith("no photo in the request")
    assert refusal(telegram, "sendDocument", chat_id=ANNA).endswith("no document in the request")


@pytest.mark.parametrize(
    ("command", "description"),
    [("Start", "x"), ("set-zone", "x"), ("x" * 33, "x"), ("start", "x" * 257), ("start", " ")],
)
async def test_it_refuses_a_wrong_command(bot: Bot, command: str, description: str) -> None:
    with pytest.raises(BadRequest, match="Bot_command_"):
        await bot.set_my_commands([BotCommand(command, description)])


async def test_it_refuses_too_many_commands(bot: Bot, telegram: FakeTelegram) -> None:
    commands = [BotCommand(f"c{number}", "x") for number in range(101)]
    assert await bot.set_my_commands(commands[:100])
    with pytest.raises(BadRequest, match="Bot_commands_too_much"):
        await bot.set_my_commands(commands)
    assert "expected an Array" in refusal(telegram, "setMyCommands", commands="7")


async def test_it_refuses_too_long_descriptions(bot: Bot) -> None:
    assert await bot.set_my_commands([BotCommand("start", "x" * 256)])
    assert await bot.set_my_description("x" * 512)
    assert await bot.set_my_short_description("x" * 120)
    with pytest.raises(BadRequest, match="description is too long"):
        await bot.set_my_description("x" * 513)
    with pytest.raises(BadRequest, match="short description is too long"):
        await bot.set_my_short_description("x" * 121)


async def test_it_refuses_an_unknown_chat_action(bot: Bot) -> None:
    assert await bot.send_chat_action(ANNA, "typing")
    with pytest.raises(BadRequest, match="Wrong parameter action"):
        await bot.send_chat_action(ANNA, "thinking")


async def test_chats_have_members_and_administrators(bot: Bot, telegram: FakeTelegram) -> None:
    group = telegram.group(title="Skin")
    ben = telegram.person(7, "Ben", chat=group)
    group.administrators.add(ben.id)
    assert (await bot.get_chat(group.id)).title == "Skin"
    assert (await bot.get_chat_member(group.id, bot.id)).status == "member"
    assert (await bot.get_chat_member(group.id, ben.id)).status == "administrator"
    assert [each.user.id for each in await bot.get_chat_administrators(group.id)] == [7]
    with pytest.raises(BadRequest, match="Member not found"):
        await bot.get_chat_member(group.id, ANNA)
    with pytest.raises(BadRequest, match="There are no administrators in the private chat"):
        await bot.get_chat_administrators(ANNA)


async def test_a_bot_can_leave(bot: Bot) -> None:
    assert await bot.log_out()
    assert await bot.close()


async def test_it_does_not_know_other_methods(bot: Bot) -> None:
    with pytest.raises(EndPointNotFound):
        await bot.do_api_request("sendLove")


# What people do


def question(person: Person) -> Json:
    return person.writes("hi")


@pytest.mark.parametrize(
    ("act", "wanted"),
    [
        (question, filters.TEXT & filters.ChatType.PRIVATE),
        (lambda anna: anna.writes("/start topic_scars"), filters.COMMAND),
        (lambda anna: anna.edits(question(anna)["message"], "ho"), filters.UpdateType.EDITED),
        (lambda anna: anna.writes("ho", reply_to=question(anna)["message"]), filters.REPLY),
        (Person.sends_photo, filters.PHOTO),
        (lambda anna: anna.sends_photo("my hand"), filters.CAPTION),
        (Person.sends_voice, filters.VOICE),
        (Person.sends_sticker, filters.Sticker.STATIC),
        (Person.sends_document, filters.Document.PDF),
        (Person.sends_location, filters.LOCATION),
        (lambda anna: anna.migrates_chat(-1009), filters.StatusUpdate.MIGRATE),
    ],
)
def test_what_people_send_reads_as_an_update(
    anna: Person, act: Callable[[Person], Json], wanted: filters.BaseFilter
) -> None:
    assert wanted.check_update(Update.de_json(act(anna), None))


def test_people_in_groups_write_into_the_group(telegram: FakeTelegram) -> None:
    ben = telegram.person(7, "Ben", chat=telegram.group(-1001))
    update = Update.de_json(ben.writes("/ask@skin_test_bot scars"), None)
    assert update.message
    assert filters.ChatType.SUPERGROUP.check_update(update)
    assert list(update.message.parse_entities().values()) == ["/ask@skin_test_bot"]


def test_nobody_can_send_a_text_that_telegram_has_not(anna: Person) -> None:
    with pytest.raises(ValueError, match="nobody can send"):
        anna.writes("x" * 4097)


async def test_who_blocked_the_bot_gets_nothing(bot: Bot, anna: Person) -> None:
    change = Update.de_json(anna.blocks_bot(), bot).my_chat_member
    assert change
    assert (change.old_chat_member.status, change.new_chat_member.status) == ("member", "kicked")
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(ANNA, "Hello")
    anna.unblocks_bot()
    assert await bot.send_message(ANNA, "Hello")
    anna.deletes_account()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(ANNA, "Hello")


async def test_a_group_can_remove_the_bot_and_move(bot: Bot, telegram: FakeTelegram) -> None:
    ben = telegram.person(7, "Ben", chat=telegram.group(-5))
    ben.removes_bot()
    with pytest.raises(Forbidden, match="bot was kicked"):
        await bot.send_message(-5, "Hello")
    ben.adds_bot()
    ben.migrates_chat(-1009)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(-5, "Hello")
    assert await bot.send_message(moved.value.new_chat_id, "Hello")


# Updates


async def test_updates_stay_until_they_are_confirmed(
    bot: Bot, anna: Person, telegram: FakeTelegram
) -> None:
    first, second = anna.writes("1"), anna.writes("2")
    telegram.push(first, second)
    for _ in range(2):
        assert [each.update_id for each in await bot.get_updates()] == [
            first["update_id"],
            second["update_id"],
        ]
    assert len(await bot.get_updates(limit=1)) == 1
    assert len(await bot.get_updates(offset=second["update_id"])) == 1
    assert await bot.get_updates(offset=second["update_id"] + 1) == ()
    with pytest.raises(ValueError, match="push in order"):
        telegram.push(first)


async def test_a_negative_offset_forgets_all_but_the_last(
    bot: Bot, anna: Person, telegram: FakeTelegram
) -> None:
    telegram.push(anna.writes("1"), anna.writes("2"))
    (last,) = await bot.get_updates(offset=-1)
    assert last.message
    assert last.message.text == "2"


async def test_updates_that_nobody_wants_are_not_kept(
    bot: Bot, anna: Person, telegram: FakeTelegram
) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    telegram.push(anna.writes("1"), anna.presses_old("x"))
    (update,) = await bot.get_updates()
    assert update.callback_query
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()


async def test_a_long_poll_ends_when_an_update_comes(
    bot: Bot, anna: Person, telegram: FakeTelegram
) -> None:
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(bot.get_updates(timeout=60))
        await asyncio.sleep(0)
        telegram.push(anna.writes("hi"))
    assert len(poll.result()) == 1


async def echo(update: Update, _: object) -> None:
    assert update.message
    await update.message.reply_text(update.message.text or "")


def polling_application(telegram: FakeTelegram) -> Application:  # type: ignore[type-arg] # PTB's own defaults
    application = (
        ApplicationBuilder()
        .token(TOKEN)
        .request(FakeRequest(telegram))
        .get_updates_request(FakeRequest(telegram))
        .job_queue(None)
        .build()
    )
    application.add_handler(MessageHandler(filters.TEXT, echo))
    return application


async def test_a_polling_application_runs_on_it(anna: Person, telegram: FakeTelegram) -> None:
    application = polling_application(telegram)
    async with application:
        assert application.updater
        await application.start()
        await application.updater.start_polling()
        telegram.push(anna.writes("hi"))
        assert (await telegram.until("sendMessage"))[0]["text"] == "hi"
        await application.updater.stop()
        await application.stop()


# Faults

FAULTS: list[tuple[faults.Fault, type[TelegramError], str]] = [
    (faults.Blocked(), Forbidden, "bot was blocked by the user"),
    (faults.Deactivated(), Forbidden, "user is deactivated"),
    (faults.Kicked(), Forbidden, "bot was kicked"),
    (faults.Migrated(-1009), ChatMigrated, "-1009"),
    (faults.FloodWait(3), RetryAfter, "3"),
    (faults.Conflict(), Conflict, "terminated by other getUpdates request"),
    (faults.Unauthorized(), InvalidToken, "Unauthorized"),
    (faults.Refusal(400, "Bad Request: not enough rights"), BadRequest, "Not enough rights"),
    (faults.ServerError(500), NetworkError, "500"),
    (faults.ServerError(), NotTakenError, "502"),
    (faults.Timeout(), TimedOut, "Timed out"),
    (faults.ConnectionCut(), NetworkError, "RemoteProtocolError"),
    (faults.NoConnection(), NotConnectedError, "ConnectError"),
]


@pytest.mark.parametrize(("fault", "error", "why"), FAULTS)
async def test_a_fault_raises_what_a_real_network_raises(
    bot: Bot, telegram: FakeTelegram, fault: faults.Fault, error: type[TelegramError], why: str
) -> None:
    telegram.fail_next("sendMessage", fault, times=2)
    for _ in range(2):
        with pytest.raises(error, match=why) as raised:
            await bot.send_message(ANNA, "Hello")
        assert type(raised.value) is error
    assert telegram.sent("sendMessage") == telegram.messages(ANNA) == []
    assert await bot.send_message(ANNA, "Hello")


@pytest.mark.parametrize(
    "fault",
    [
        faults.Timeout(accepted=True),
        faults.ConnectionCut(accepted=True),
        faults.ServerError(accepted=True),
    ],
)
async def test_what_was_accepted_stands_although_the_answer_is_lost(
    bot: Bot, telegram: FakeTelegram, fault: faults.WireFault
) -> None:
    telegram.fail_next("sendMessage", fault)
    with pytest.raises(NetworkError):
        await bot.send_message(ANNA, "Hello")
    assert [each["text"] for each in telegram.messages(ANNA)] == ["Hello"]
    assert len(telegram.sent("sendMessage")) == 1


async def test_a_refusal_is_lost_with_its_answer(bot: Bot, telegram: FakeTelegram) -> None:
    telegram.fail_next("sendMessage", faults.Timeout(accepted=True))
    with pytest.raises(TimedOut):
        await bot.send_message(ANNA, "")
    assert telegram.sent("sendMessage") == []


async def test_the_causes_tell_a_lost_answer_from_no_connection(
    bot: Bot, telegram: FakeTelegram
) -> None:
    causes = []
    for fault in (faults.Timeout(), faults.ConnectionCut(), faults.NoConnection()):
        telegram.fail_next("sendMessage", fault)
        with pytest.raises(NetworkError) as raised:
            await bot.send_message(ANNA, "Hello")
        causes.append(type(raised.value.__cause__))
    assert causes == [httpx2.ReadTimeout, httpx2.RemoteProtocolError, httpx2.ConnectError]


async def test_a_fault_can_be_meant_for_one_chat(bot: Bot, telegram: FakeTelegram) -> None:
    ben = telegram.person(7, "Ben")
    telegram.fail_next("sendMessage", faults.Blocked(), chat_id=ben.id)
    assert await bot.send_message(ANNA, "Hello")
    with pytest.raises(Forbidden):
        await bot.send_message(ben.id, "Hello")


async def test_a_fault_reaches_a_poll_that_waits(bot: Bot, telegram: FakeTelegram) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=60))
    await asyncio.sleep(0)
    telegram.fail_next("getUpdates", faults.Conflict())
    with pytest.raises(Conflict):
        await poll


async def test_a_request_that_was_shut_down_is_not_used(telegram: FakeTelegram) -> None:
    request = FakeRequest(telegram)
    async with request:
        assert await request.post("https://api.telegram.org/bot1:X/getMe")
    with pytest.raises(NetworkError, match="not initialized"):
        await request.post("https://api.telegram.org/bot1:X/getMe")


def test_it_can_keep_telegrams_pace() -> None:
    now = [100.0]
    telegram = FakeTelegram(per_second=2, per_chat_second=1, clock=lambda: now[0])

    def send(chat_id: int) -> Json:
        telegram.person(chat_id)
        return telegram.handle("sendMessage", {"chat_id": chat_id, "text": "Hello"})[1]

    assert send(1)["ok"]
    assert send(1)["parameters"] == {"retry_after": 1}
    assert send(2)["ok"]
    assert send(3)["description"] == "Too Many Requests: retry after 1"
    now[0] += 1
    assert send(3)["ok"]
    assert send(1)["ok"]


# Over sockets


@pytest.fixture
async def server(telegram: FakeTelegram, anna: Person) -> AsyncIterator[FakeServer]:
    assert telegram.messages(anna.id) == []
    async with FakeServer(telegram, delays={"sendChatAction": 0.01}) as server:
        yield server


@pytest.fixture
async def remote_bot(server: FakeServer) -> AsyncIterator[Bot]:
    # Nobody is connected to by TLS: to read whom one could trust takes longer than the tests.
    trusting = {"verify": False}
    request = HTTPXRequest(read_timeout=0.2, httpx_kwargs=trusting)
    polling = HTTPXRequest(httpx_kwargs=trusting)
    url = f"{server.url}/bot"
    async with Bot(TOKEN, base_url=url, request=request, get_updates_request=polling) as bot:
        yield bot


async def test_the_server_takes_forms_and_files(remote_bot: Bot, telegram: FakeTelegram) -> None:
    sent = await remote_bot.send_message(ANNA, "42", reply_markup=keyboard("é", "x"))
    assert sent.reply_markup == keyboard("é", "x")
    await remote_bot.send_photo(ANNA, png(9, 9), caption="<b>ü</b>", parse_mode="HTML")
    assert telegram.sent("sendPhoto")[0]["photo"].content == png(9, 9)
    assert telegram.messages(ANNA)[-1]["caption"] == "ü"
    assert await remote_bot.send_chat_action(ANNA, "typing")


async def test_the_server_takes_json_and_queries(
    server: FakeServer, telegram: FakeTelegram
) -> None:
    async with httpx2.AsyncClient(base_url=f"{server.url}/bot{TOKEN}") as client:
        await client.post("/sendMessage", json={"chat_id": ANNA, "text": "one"})
        await client.get("/sendMessage", params={"chat_id": ANNA, "text": "two"})
        assert (await client.get("/sendLove")).json()["error_code"] == 404
    assert [each["text"] for each in telegram.messages(ANNA)] == ["one", "two"]


async def test_the_server_holds_a_poll_until_an_update_comes(
    remote_bot: Bot, anna: Person, telegram: FakeTelegram
) -> None:
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(remote_bot.get_updates(timeout=60))
        tasks.create_task(remote_bot.send_message(ANNA, "meanwhile"))
        await telegram.until("sendMessage")
        telegram.push(anna.writes("hi"))
    assert len(poll.result()) == 1


@pytest.mark.parametrize(("fault", "error", "why"), [*FAULTS[:-1]])
async def test_the_server_fails_as_the_network_does(
    remote_bot: Bot,
    telegram: FakeTelegram,
    fault: faults.Fault,
    error: type[TelegramError],
    why: str,
) -> None:
    # PTB's own connection does not tell what never reached Telegram from what may have.
    error = NetworkError if error is NotTakenError else error
    telegram.fail_next("sendMessage", fault)
    with pytest.raises(error, match=why) as raised:
        await remote_bot.send_message(ANNA, "Hello")
    assert type(raised.value) is error
    assert telegram.messages(ANNA) == []
    assert await remote_bot.send_message(ANNA, "Hello")


@pytest.mark.parametrize(
    "fault", [faults.Timeout(accepted=True), faults.ConnectionCut(accepted=True)]
)
async def test_the_server_carries_out_what_it_never_answers(
    remote_bot: Bot, telegram: FakeTelegram, fault: faults.WireFault
) -> None:
    telegram.fail_next("sendMessage", fault)
    with pytest.raises(NetworkError):
        await remote_bot.send_message(ANNA, "Hello")
    assert [each["text"] for each in telegram.messages(ANNA)] == ["Hello"]
