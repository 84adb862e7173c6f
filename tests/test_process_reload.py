"""The knowledge base of a bot that runs as a process: changed on the disk, broken, and kept."""

import asyncio
import shutil
import signal
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import cli
from bot.features.operators import texts
from tests.fake_bot_api.server import FakeServer
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.bots import ANNA, OPERATOR
from tests.support.broken import CHAIN
from tests.support.processes import BICYCLES, TOKEN, BotProcess, bot_process

OLD_ANSWER, NEW_ANSWER = "It is dry.", "It wants oil."


@dataclass(frozen=True, slots=True)
class Lives:
    """Two processes, one after the other."""

    telegram: FakeTelegram
    hung_up: str
    """The lines that the first one wrote after a SIGHUP."""
    codes: tuple[int, int]

    @property
    def told(self) -> list[str]:
        """The messages that the operator has read."""
        return [message["text"] for message in self.telegram.messages(OPERATOR)]


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Lives:
    """A file is saved, SIGHUP asks for a reload, and the next start finds the folder broken."""

    async def live() -> Lives:
        telegram = FakeTelegram()
        telegram.person(OPERATOR, "Olga")
        folder = Path(shutil.copytree(BICYCLES, tmp_path_factory.mktemp("lives") / "knowledge"))
        async with FakeServer(telegram) as server:
            async with started(server, folder) as bot:
                await telegram.until("sendMessage")
                topic = folder / CHAIN
                topic.write_text(topic.read_text("utf-8").replace(OLD_ANSWER, NEW_ANSWER), "utf-8")
                await telegram.until("sendMessage", 2)
                bot.process.send_signal(signal.SIGHUP)
                await bot.says("the knowledge base was reloaded")
                hung_up = await bot.says("the knowledge base was reloaded")
                first = await bot.stops()
            topic.write_text("id: chain\ntitle: [\n", "utf-8")
            async with started(server, folder) as bot:
                telegram.push(telegram.person(ANNA).writes("why does my chain squeak"))
                await telegram.until("sendMessage", 5)
                return Lives(telegram, hung_up, (first, await bot.stops()))

    return asyncio.run(live())


def started(server: FakeServer, folder: Path) -> AbstractAsyncContextManager[BotProcess]:
    settings = {"TELEGRAM_API_URL": server.url, "OPERATOR_IDS": str(OPERATOR)}
    return bot_process(folder.parent, BOT_TOKEN=TOKEN, KNOWLEDGE_DIR=str(folder), **settings)


def test_what_is_changed_on_the_disk_is_taken_and_told(lives: Lives) -> None:
    begun, reloaded, ended, *_ = lives.told
    assert begun == "Started, with 4 entries, 2 limits, 4 tips."
    assert reloaded.startswith("Reloaded.\n• Entries: 1 changed (chain.squeak)")
    assert ended == texts.STOPPING


def test_a_hangup_asks_for_a_reload(lives: Lives) -> None:
    assert "INFO" in lives.hung_up


def test_a_restart_with_a_broken_folder_answers_from_the_kept_copy(lives: Lives) -> None:
    assert lives.telegram.messages(ANNA)[-1]["text"].startswith(NEW_ANSWER)
    *_, begun, _ = lives.told
    assert begun.startswith("Started from the kept knowledge base of ")
    assert f"{CHAIN}:3:1" in begun


def test_both_end_quietly(lives: Lives) -> None:
    assert lives.codes == (0, 0)


def test_a_first_start_with_a_broken_folder_says_every_problem(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / CHAIN).write_text("id: chain\n", "utf-8")
    (folder / "limits.yaml").unlink()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    monkeypatch.setenv("KNOWLEDGE_DIR", str(folder))
    assert cli.main(["run"]) == 1
    said = capsys.readouterr().err
    assert "limits.yaml:1:1: there is no such file; add it" in said
    assert f"{CHAIN}:1:1: " in said
    assert "Traceback" not in said
