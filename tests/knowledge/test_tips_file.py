"""The file of daily tips: the rules of the loader, and the promises of the shipped one."""

import re
from pathlib import Path

import pytest

from bot.answering import loading
from bot.answering.faq import Faq
from bot.knowledge.models import Tip
from tests.support.broken import CHAIN, change, said

TIPS = """tips:
  - id: listen_in_the_rain
    entry: brakes.squeal
    text: Listen to your brakes in the rain.
  - id: a_drop_a_link
    entry: chain.squeak
    text: A drop of oil &amp; it is quiet.
"""


@pytest.fixture
def tipped(folder: Path) -> Path:
    """A knowledge base with two tips."""
    (folder / "tips.yaml").write_text(TIPS, "utf-8")
    return folder


def test_tips_are_found_by_their_ids(tipped: Path) -> None:
    tips = loading.load(tipped).knowledge.tips
    assert list(tips) == ["listen_in_the_rain", "a_drop_a_link"]
    assert tips["a_drop_a_link"].entry == "chain.squeak"


def test_a_knowledge_base_need_not_have_tips(tipless: Path) -> None:
    assert loading.load(tipless).knowledge.tips == {}


def test_a_tip_of_an_entry_that_does_not_exist(tipped: Path) -> None:
    change(tipped, "tips.yaml", "entry: chain.squeak", "entry: chain.squeek")
    assert said(tipped) == [
        "tips.yaml:6:5: there is no entry chain.squeek; did you mean chain.squeak?"
    ]


def test_an_id_that_two_tips_have(tipped: Path) -> None:
    change(tipped, "tips.yaml", "id: a_drop_a_link", "id: listen_in_the_rain")
    assert said(tipped) == [
        "tips.yaml:5:5: the id listen_in_the_rain is taken (tips.yaml:2); choose another"
    ]


def test_a_tip_may_be_called_like_a_topic(tipped: Path) -> None:
    change(tipped, "tips.yaml", "id: a_drop_a_link", "id: chain")
    assert "chain" in loading.load(tipped).knowledge.tips


def test_a_tip_in_html_that_telegram_would_refuse(tipped: Path) -> None:
    change(tipped, "tips.yaml", "&amp;", "&")
    assert said(tipped) == ["tips.yaml:7:5: a lone & breaks Telegram HTML; write &amp;"]


def test_a_tip_that_is_too_long(tipped: Path) -> None:
    change(tipped, "tips.yaml", "A drop", "A drop " * 200)
    [line] = said(tipped)
    assert line.startswith("tips.yaml:7:5: ")
    assert "800" in line


def test_a_file_without_a_single_tip(tipped: Path) -> None:
    (tipped / "tips.yaml").write_text("tips: []\n", "utf-8")
    [line] = said(tipped)
    assert line.startswith("tips.yaml:1:1: 'tips' ")


def test_a_renamed_entry_is_missed_by_its_tips_as_well(tipped: Path) -> None:
    change(tipped, CHAIN, "id: chain.squeak", "id: chain.noise")
    assert "tips.yaml:6:5: there is no entry chain.squeak; use one that there is" in said(tipped)


def test_the_shipped_tips_are_enough_for_two_months(shipped: Faq) -> None:
    assert len(shipped.knowledge.tips) >= 60


def test_every_topic_of_the_shipped_knowledge_base_has_tips(shipped: Faq) -> None:
    drawn_from = {tip.entry.partition(".")[0] for tip in shipped.knowledge.tips.values()}
    assert drawn_from == set(shipped.knowledge.topics)


def test_no_shipped_tip_is_long_or_shouts(shipped: Faq) -> None:
    def wrong(tip: Tip) -> bool:
        sentences = len(re.findall(r"[.?:](?: |$)", tip.text))
        return len(tip.text) > 300 or not 1 <= sentences <= 4 or "!" in tip.text

    assert [tip.id for tip in shipped.knowledge.tips.values() if wrong(tip)] == []


def test_no_two_shipped_tips_begin_alike(shipped: Faq) -> None:
    beginnings = [tuple(tip.text.split()[:3]) for tip in shipped.knowledge.tips.values()]
    assert len(set(beginnings)) == len(beginnings)
