"""The caption of a photo or a file is a question like any other."""

from collections.abc import Awaitable, Callable

import pytest
from telegram import Update

from bot.bot_api.types import App
from bot.features.tips import texts as tip_texts
from tests.fake_bot_api.parameters import Json
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.chats import Chat

SQUEAK = "It is dry. A drop of oil on each link ends it.\n\nThe handbook's view."
PRICES = "The handbook names no prices."
HINT = "I can only read text."
FALL, ADVICE = "fell and hit my head", "Please have a doctor look at that first."
ASKED = "why does my chain squeak"

pytestmark = pytest.mark.usefixtures("no_faults")


@pytest.mark.parametrize(
    "send",
    [Person.sends_photo, lambda person, caption: person.sends_document(caption=caption)],
    ids=["photo", "document"],
)
async def test_a_caption_is_a_question(chat: Chat, send: Callable[[Person, str], Json]) -> None:
    await chat.gets(send(chat.person, ASKED))
    assert chat.texts == [SQUEAK]


async def test_a_danger_in_a_caption_gets_the_advice(chat: Chat) -> None:
    await chat.gets(chat.person.sends_photo(FALL))
    assert chat.texts == [ADVICE]


async def test_a_caption_that_ends_the_tips_ends_them(chat: Chat) -> None:
    await chat.write("/subscribe 7:30 berlin")
    await chat.gets(chat.person.sends_photo("stop"))
    assert chat.text == tip_texts.UNSUBSCRIBED


async def test_an_edited_caption_is_an_edited_question(chat: Chat) -> None:
    photo = chat.person.sends_photo(ASKED)["message"]
    await chat.gets(chat.person.sends_photo("hello"))
    await chat.gets(chat.person.edits_caption(photo, "how much is a bicycle"))
    assert chat.texts[-1] == PRICES


async def test_an_edited_caption_edits_the_answer(chat: Chat) -> None:
    update = chat.person.sends_photo(ASKED)
    await chat.gets(update)
    await chat.gets(chat.person.edits_caption(update["message"], "how much is a bicycle"))
    assert chat.texts == [PRICES]


async def test_a_caption_that_is_added_later_turns_the_hint_into_an_answer(chat: Chat) -> None:
    update = chat.person.sends_photo()
    await chat.gets(update)
    assert chat.texts == [HINT]
    await chat.gets(chat.person.edits_caption(update["message"], ASKED))
    assert chat.texts == [SQUEAK]


# Groups


async def test_a_caption_in_a_group_is_none_of_its_business(group: Chat) -> None:
    await group.gets(group.person.sends_photo(ASKED))
    assert group.said == []


@pytest.mark.parametrize("command", ["/ask", "/ASK@skin_test_bot"])
async def test_a_caption_in_a_group_can_ask(group: Chat, command: str) -> None:
    await group.gets(group.person.sends_photo(f"{command} {ASKED}"))
    assert group.texts == [SQUEAK]


async def test_a_caption_can_ask_another_bot(group: Chat) -> None:
    await group.gets(group.person.sends_photo(f"/ask@other_bot {ASKED}"))
    assert group.said == []


async def test_a_photo_that_replies_to_the_bot_is_a_question(group: Chat) -> None:
    await group.write("/ask hello")
    await group.gets(group.person.sends_photo(ASKED, reply_to=group.said[-1]))
    assert group.texts[1:] == [SQUEAK]


async def test_ask_as_a_reply_to_a_photo_answers_its_caption(
    group: Chat, telegram: FakeTelegram
) -> None:
    ben = telegram.person(7, "Ben", chat=group.person.chat)
    await group.write("/ask", reply_to=ben.sends_photo(ASKED)["message"])
    assert group.texts == [SQUEAK]


# Albums

Deliver = Callable[[list[Json]], Awaitable[None]]


@pytest.fixture
def deliver(app: App) -> Deliver:
    """Hands over updates as a batch does, until all are handled."""

    async def deliver(updates: list[Json]) -> None:
        await app.start()
        for update in updates:
            app.update_queue.put_nowait(Update.de_json(update, app.bot))
        await app.update_queue.join()
        await app.stop()

    return deliver


async def test_an_album_gets_one_hint(chat: Chat, deliver: Deliver) -> None:
    await deliver(chat.person.sends_album("", "", "", "", ""))
    assert chat.texts == [HINT]


async def test_two_albums_get_two_hints(chat: Chat, deliver: Deliver) -> None:
    await deliver([*chat.person.sends_album("", ""), *chat.person.sends_album("", "")])
    assert chat.texts == [HINT, HINT]


@pytest.mark.parametrize("place", range(3))
async def test_an_album_gets_one_answer_wherever_its_caption_stands(
    chat: Chat, deliver: Deliver, place: int
) -> None:
    captions = ["", "", ""]
    captions[place] = ASKED
    await deliver(chat.person.sends_album(*captions))
    assert chat.texts == [SQUEAK]


async def test_an_album_with_several_captions_gets_one_answer(chat: Chat, deliver: Deliver) -> None:
    await deliver(chat.person.sends_album(ASKED, "how much is a bicycle", "hello"))
    assert chat.texts == [SQUEAK]


async def test_a_danger_under_the_second_photo_gets_the_advice(
    chat: Chat, deliver: Deliver
) -> None:
    await deliver(chat.person.sends_album("hello", FALL, ASKED))
    assert chat.texts[1:2] == [ADVICE]


async def test_an_edited_caption_of_an_album_edits_the_answer(chat: Chat, deliver: Deliver) -> None:
    album = chat.person.sends_album(ASKED, "", "")
    await deliver(album)
    await chat.gets(chat.person.edits_caption(album[0]["message"], "how much is a bicycle"))
    assert chat.texts == [PRICES]


# Kinds that nobody knows yet


@pytest.mark.parametrize(
    "content",
    [
        {"hologram": {"file_id": "1"}},
        {"gift_of_a_kind_to_come": {"id": "1"}},
        {"rewards": [1, 2]},
        {},
    ],
    ids=["hologram", "gift", "rewards", "nothing"],
)
async def test_a_message_of_an_unknown_kind_gets_silence(chat: Chat, content: Json) -> None:
    update = chat.person.sends_voice()
    del update["message"]["voice"]
    update["message"] |= content
    await chat.gets(update)
    assert chat.said == []


async def test_a_caption_of_an_unknown_kind_is_still_a_question(chat: Chat) -> None:
    update = chat.person.sends_photo(ASKED)
    update["message"]["hologram"] = update["message"].pop("photo")
    await chat.gets(update)
    assert chat.texts == [SQUEAK]
