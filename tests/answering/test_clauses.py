"""Subjects that are named only to be set aside, and two that are asked for at once."""

import pytest

from bot.answering.faq import Faq
from bot.answering.replies import Answer


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("not the brakes, my chain slips under load", "chain"),
        ("forget brake noise, the chain slips", "chain"),
        ("brakes squeal? no wait, chain slips under load", "chain"),
        ("I am fine with the brakes, i just want to know why the chain slips", "chain"),
        ("chain slips, I am fine with that, but the brakes squeal", "brakes"),
        ("my sister is on about brakes squealing, but my chain slips", "chain"),
        ("my sister has squealing brakes, but my chain slips", "chain"),
        ("my sister has squealing brakes, i have a chain that slips", "chain"),
        ("not the chain. chain slips? brakes squeal", "brakes"),
    ],
)
def test_a_subject_that_is_set_aside_is_not_answered(
    question: str, topic: str, talkative: Faq
) -> None:
    reply = talkative.ask(question)
    assert isinstance(reply, Answer)
    assert reply.topics == (topic,)


@pytest.mark.parametrize(
    "question",
    [
        "my sister wants to know why brakes squeal, and my chain slips",
        "brakes squeal. Also, chain slips under load",
        "what about both: brakes squeal, chain slips",
    ],
)
def test_what_somebody_else_asks_counts_too(question: str, talkative: Faq) -> None:
    reply = talkative.ask(question)
    assert isinstance(reply, Answer)
    assert sorted(reply.topics) == ["brakes", "chain"]


def test_a_trouble_that_is_denied_is_no_more_than_suggested(talkative: Faq) -> None:
    assert talkative.ask("worn brake pads").outcome == "answer"
    assert talkative.ask("my brake pads are not worn").outcome != "answer"


def test_where_nothing_else_is_asked_what_is_set_aside_counts(talkative: Faq) -> None:
    assert talkative.ask("I am fine with it, brakes squeal").topics == ("brakes",)


def test_without_the_file_every_subject_counts(faq: Faq) -> None:
    reply = faq.ask("I am fine with squealing brakes, chain slips")
    assert isinstance(reply, Answer)
    assert len(reply.topics) == 2
