"""The file of the conversation: what is wrong with it, and what is right without it."""

from pathlib import Path

import pytest

from bot.answering import loading
from tests.support.broken import change, said
from tests.support.talks import make_talkative

FILE = "conversation.yaml"


def test_a_folder_needs_no_conversation(folder: Path) -> None:
    assert loading.load(folder).knowledge.conversation is None


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("small:", "smal:", "2:1: the key 'smal' is unknown; did you mean 'small'?"),
        (
            "    asks: why does {subject} slip under load",
            "    asks: why is that",
            "13:5: write {subject} once, where the subject belongs, and no other braces",
        ),
        (
            "asks: what about {subject}",
            "asks: what about {subject} and {more}",
            "10:1: write {subject} once, where the subject belongs, and no other braces",
        ),
        (
            "  local: [injury]",
            "  local: [injurie]",
            "37:11: there is no id injurie; did you mean injury?",
        ),
        (
            "themes: [brake, chain]",
            "themes: [brake, brakes]",
            "8:17: there is no concept brakes; did you mean brake?",
        ),
        ("leaning: []", "leaning: [thank]", "9:11: there is no id thank; did you mean thanks?"),
        (
            "  troubles: [noise, worn]",
            "  troubles: [noise, rust]",
            "35:21: there is no concept rust; use one that there is",
        ),
    ],
)
def test_each_mistake_is_named_with_its_place(
    old: str, new: str, problem: str, folder: Path
) -> None:
    change(make_talkative(folder), FILE, old, new)
    assert said(folder) == [f"{FILE}:{problem}"]


def test_an_empty_file_asks_for_its_keys(folder: Path) -> None:
    (folder / FILE).write_text("")
    [line] = said(folder)
    assert line.startswith(f"{FILE}:1:1: the file is empty; write its keys: small, leads, ")
