"""Commands of operators for the knowledge base, and the replies that everybody else gets."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.answering.faq import Faq
from bot.bot_api.types import App
from bot.features import texts
from bot.features.broadcasts.keyboards import CancelBroadcast, SendBroadcast
from bot.features.operators.texts import PROBLEMS_FILE
from bot.features.unanswered.keyboards import Ignore, ShowLessons, Teach, Undo
from bot.knowledge.files import MAX_BYTES
from bot.lifecycle import Parts
from bot.settings import Settings
from bot.storage.storage import Storage
from tests.fake_bot_api import faults
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import OPERATOR, build_parts
from tests.support.broken import CHAIN, change
from tests.support.chats import Chat
from tests.support.fake_time import Clock

SQUEAK = "why does my chain squeak"
OLD_ANSWER, NEW_ANSWER = "It is dry.", "It wants oil."
YAML = "application/yaml"
MANY = 30
ALWAYS = 1_000
ALIASES = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
Button = SendBroadcast | CancelBroadcast | Teach | Ignore | ShowLessons | Undo
COMMANDS = ["/reload", "/rollback", f"/why {SQUEAK}", "/stats 7", "/unanswered", "/broadcast hello"]


@pytest.fixture
async def parts(
    telegram: FakeTelegram, faq: Faq, clock: Clock, storage: Storage, folder: Path
) -> AsyncIterator[Parts]:
    settings = Settings(operators=frozenset({OPERATOR}), knowledge=folder)
    parts = build_parts(telegram, faq, clock, storage, settings)
    async with parts.app:
        yield parts


@pytest.fixture
def app(parts: Parts) -> App:
    return parts.app


@pytest.fixture
def operator(app: App, telegram: FakeTelegram) -> Chat:
    return Chat(app, telegram, telegram.person(OPERATOR, "Olga"))


@pytest.fixture
def stranger(app: App, telegram: FakeTelegram, anna: Person) -> Chat:
    return Chat(app, telegram, anna)


def content(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# Reload


async def test_a_changed_answer_is_given_after_a_reload(
    operator: Chat, stranger: Chat, folder: Path
) -> None:
    change(folder, CHAIN, OLD_ANSWER, NEW_ANSWER)
    await operator.write("/reload")
    await stranger.write(SQUEAK)
    assert stranger.text.startswith(NEW_ANSWER)


async def test_a_reload_says_what_changed(operator: Chat, folder: Path) -> None:
    change(folder, CHAIN, OLD_ANSWER, NEW_ANSWER)
    await operator.write("/reload")
    assert operator.texts == [
        "Reloaded.\n"
        "• Entries: 1 changed (chain.squeak)\n"
        "None of the expected or recent questions gets another reply."
    ]


async def test_a_reload_of_the_same_files_says_so(operator: Chat) -> None:
    await operator.write("/reload")
    assert operator.texts == ["Checked: no problems. Nothing has changed."]


async def test_a_mistake_is_named_with_its_place_and_the_old_answers_go_on(
    operator: Chat, stranger: Chat, folder: Path
) -> None:
    change(folder, CHAIN, "emoji:", "emojy:")
    await operator.write("/reload")
    await stranger.write(SQUEAK)
    assert operator.text.startswith("Not taken: 1 problem. The bot goes on answering as before.")
    assert re.search(r"topics/chain\.yaml:\d+:\d+ .*emojy", operator.text)
    assert stranger.text.startswith(OLD_ANSWER)


async def test_more_problems_than_fit_come_as_a_file(
    operator: Chat, telegram: FakeTelegram, folder: Path
) -> None:
    topic = (folder / "topics/chain.yaml").read_text("utf-8")
    strange = "".join(f"strange_{number}: 1\n" for number in range(MANY))
    (folder / "topics/chain.yaml").write_text(topic + strange, "utf-8")
    await operator.write("/reload")
    [document] = telegram.sent("sendDocument")
    assert "The rest is in the file below." in operator.said[0]["text"]
    written = document["document"].content.decode()
    assert all(f"strange_{number}" in written for number in range(MANY))
    assert document["document"].name == PROBLEMS_FILE
    assert document.keys() == {"chat_id", "document"}


async def test_a_rollback_takes_what_was_before_the_last_reload(
    operator: Chat, stranger: Chat, folder: Path, parts: Parts
) -> None:
    await parts.watcher.reloader.reload()
    change(folder, CHAIN, OLD_ANSWER, NEW_ANSWER)
    await operator.write("/reload")
    await operator.write("/rollback")
    await stranger.write(SQUEAK)
    assert stranger.text.startswith(OLD_ANSWER)
    assert operator.text.startswith("Back to what was before.\n• Entries: 1 changed (chain.squeak)")


async def test_there_may_be_nothing_to_go_back_to(operator: Chat) -> None:
    await operator.write("/rollback")
    assert operator.texts == [
        "There is nothing older to go back to. The bot goes on answering as before."
    ]


# Documents


def document(chat: Chat, content: bytes, name: str, caption: str = "/reload") -> dict[str, object]:
    return chat.person.sends_document(name, YAML, content, caption)


async def test_a_document_takes_the_place_of_the_file_of_its_name(
    operator: Chat, stranger: Chat, folder: Path
) -> None:
    before = (folder / "topics/chain.yaml").read_bytes()
    after = before.replace(OLD_ANSWER.encode(), NEW_ANSWER.encode())
    await operator.gets(document(operator, after, "chain.yaml"))
    await stranger.write(SQUEAK)
    assert stranger.text.startswith(NEW_ANSWER)
    assert (folder / "topics/chain.yaml").read_bytes() == after
    assert (folder / "topics/chain.yaml.old").read_bytes() == before
    assert operator.text.startswith(
        "chain.yaml is in place. If another file was there, it stays beside it"
    )


@pytest.mark.parametrize(
    ("name", "content_", "said"),
    [
        ("../../x.yaml", b"x: 1", "There is no file of that name here"),
        ("/etc/passwd", b"x: 1", "There is no file of that name here"),
        ("new.yaml", b"x: 1", "There is no file of that name here"),
        ("chain.yaml", b"\xff\xfe\x00\x01", "this is no UTF-8 text"),
        ("chain.yaml", ALIASES.encode(), "a value cannot begin with &"),
        ("chain.yaml", b"title: [", "topics/chain.yaml:2:1 the file ends too early"),
        ("chain.yaml", b"#" * (MAX_BYTES + 1), "at most 1 MiB"),
        ("chain.yaml", b"#" * 20 * MAX_BYTES, "at most 1 MiB"),
    ],
    ids=["above", "absolute", "unknown", "binary", "aliases", "broken", "large", "huge"],
)
async def test_a_document_that_cannot_be_used_changes_nothing(
    operator: Chat, folder: Path, name: str, content_: bytes, said: str
) -> None:
    before = content(folder)
    await operator.gets(document(operator, content_, name))
    assert said in operator.text
    assert content(folder) == before


HOW_TO_PUT = (
    "To put {} in place, send it once more with the caption /reload. "
    "It is checked first, and a file with a problem changes nothing."
)


@pytest.mark.parametrize("caption", ["", "look at this", "/help"])
@pytest.mark.parametrize("name", ["chain.yaml", "CHAIN.YAML", "chain.yml"])
async def test_a_yaml_file_with_another_caption_gets_the_way_to_use_it(
    operator: Chat, folder: Path, name: str, caption: str
) -> None:
    before = content(folder)
    await operator.gets(document(operator, b"x: 1", name, caption))
    assert operator.texts == [HOW_TO_PUT.format(name)]
    assert content(folder) == before


async def test_several_yaml_files_at_once_get_the_way_to_use_them_once(operator: Chat) -> None:
    for name in ("chain.yaml", "limits.yaml", "tips.yaml"):
        update = operator.person.sends_document(name, YAML, b"x: 1")
        update["message"]["media_group_id"] = "13"
        await operator.gets(update)
    assert operator.texts == [HOW_TO_PUT.format("chain.yaml")]


async def test_another_file_of_an_operator_is_no_text(operator: Chat) -> None:
    await operator.gets(operator.person.sends_document("notes.pdf"))
    assert operator.texts == ["I can only read text."]


@pytest.mark.parametrize(
    ("method", "fault", "said"),
    [
        ("getFile", faults.Refusal(400, "Bad Request: file is too big"), "at most 1 MiB"),
        ("getFile", faults.Refusal(400, "Bad Request: wrong file_id"), "could not be fetched"),
        ("getFile", faults.ServerError(), "could not be fetched"),
        ("getFile", faults.Timeout(), "could not be fetched"),
    ],
    ids=["too big", "wrong id", "server", "timeout"],
)
async def test_a_download_that_fails_ends_the_wait_with_a_clear_sentence(
    operator: Chat,
    telegram: FakeTelegram,
    caplog: pytest.LogCaptureFixture,
    method: str,
    fault: faults.Fault,
    said: str,
) -> None:
    telegram.fail_next(method, fault, times=ALWAYS)
    await operator.gets(document(operator, b"x: 1", "chain.yaml"))
    [text] = operator.texts
    assert said in text
    assert text.endswith("The bot goes on answering as before.")
    assert [each for each in caplog.records if each.levelname == "ERROR"] == []


# Asking the bot about itself


async def test_why_names_the_rule_the_scores_and_the_words(operator: Chat) -> None:
    await operator.write("/why why does my chian squeak")
    assert "chain.squeak" in operator.text
    assert "chian" in operator.text


async def test_why_takes_the_message_that_it_replies_to(operator: Chat) -> None:
    asked = await operator.write(SQUEAK)
    await operator.write("/why", reply_to=asked)
    assert "chain.squeak" in operator.text


async def test_why_without_a_question_shows_how(operator: Chat) -> None:
    await operator.write("/why")
    assert operator.text.startswith("Write the question behind the command, for example:\n/why ")


async def test_stats_sends_a_chart_with_the_figures_below(
    operator: Chat, stranger: Chat, telegram: FakeTelegram
) -> None:
    await stranger.write(SQUEAK)
    await stranger.write("xyzzy plugh")
    await operator.write("/stats 7")
    [photo] = telegram.sent("sendPhoto")
    assert photo["photo"].content.startswith(b"\x89PNG")
    assert "2 questions" in photo["caption"]


@pytest.mark.parametrize("days", ["0", "366", "-1", "x", "7 8", "٧"])
async def test_stats_of_so_many_days_shows_how(operator: Chat, days: str) -> None:
    await operator.write(f"/stats {days}")
    assert operator.texts == ["Write a number of days from 1 to 365, for example:\n/stats 7"]


# Everybody else


@pytest.mark.parametrize("command", COMMANDS)
async def test_the_commands_of_operators_are_unknown_to_everybody_else(
    stranger: Chat, command: str
) -> None:
    await stranger.write(command)
    assert stranger.texts == [texts.UNKNOWN_COMMAND]


@pytest.mark.parametrize(
    "button",
    [
        SendBroadcast(1),
        CancelBroadcast(1),
        Teach(1, "chain.squeak"),
        Ignore(1),
        ShowLessons(),
        Undo(1),
    ],
    ids=lambda button: type(button).__name__,
)
async def test_the_buttons_of_operators_are_outdated_for_everybody_else(
    stranger: Chat, button: Button
) -> None:
    await stranger.gets(stranger.person.presses_old(button.pack()))
    assert stranger.alerts == [texts.OUTDATED_BUTTON]
    assert stranger.said == []


@pytest.mark.parametrize("command", COMMANDS)
async def test_operators_say_nothing_of_their_commands_in_groups(
    app: App, telegram: FakeTelegram, command: str
) -> None:
    group = Chat(app, telegram, telegram.person(OPERATOR, "Olga", telegram.group()))
    await group.write(command)
    assert group.texts == []


async def test_a_link_to_a_command_of_operators_is_a_welcome(stranger: Chat) -> None:
    await stranger.write("/start reload")
    assert stranger.text.startswith("Hello. Ask me about bicycles.")


async def test_a_document_of_a_stranger_changes_nothing(stranger: Chat, folder: Path) -> None:
    before = content(folder)
    await stranger.gets(document(stranger, b"x: 1", "chain.yaml"))
    assert stranger.texts == ["I can only read text."]
    assert content(folder) == before
