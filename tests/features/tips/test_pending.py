"""The bot remembers its questions to people for a while, and for so many people."""

import datetime as dt

import pytest
from telegram import Update

from bot.features.tips.pending import PATIENCE, Asked, PendingQuestions, Want
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.telegram import FakeTelegram
from tests.support.fake_time import Clock

SEVEN = dt.time(7)
SECOND = 1.0


@pytest.fixture
def watch() -> Clock:
    return Clock()


@pytest.fixture
def pending(watch: Clock) -> PendingQuestions:
    return PendingQuestions(watch.wall)


def text(person: Person) -> Update:
    return Update.de_json(person.writes("anything"))


def button(person: Person) -> Update:
    return Update.de_json(person.presses_old("clock:0700"))


def test_nobody_was_asked_at_first(pending: PendingQuestions, anna: Person) -> None:
    assert pending.asked(text(anna)) is None


def test_the_next_text_of_somebody_who_was_asked_may_be_the_answer(
    pending: PendingQuestions, anna: Person, watch: Clock
) -> None:
    pending.ask(button(anna), Want.CLOCK, SEVEN)
    assert pending.asked(text(anna)) == Asked(Want.CLOCK, SEVEN, watch.wall() + PATIENCE)


def test_a_question_stays_open_until_it_is_answered(
    pending: PendingQuestions, anna: Person
) -> None:
    """Somebody who makes a typo may try again."""
    pending.ask(text(anna), Want.PLACE, None)
    assert pending.asked(text(anna))
    assert pending.asked(text(anna))
    pending.done(text(anna))
    assert pending.asked(text(anna)) is None


def test_an_answer_that_nobody_asked_for_does_no_harm(
    pending: PendingQuestions, anna: Person
) -> None:
    pending.done(text(anna))
    assert pending.asked(text(anna)) is None


def test_a_question_is_open_for_a_quarter_of_an_hour(
    pending: PendingQuestions, anna: Person, watch: Clock
) -> None:
    pending.ask(text(anna), Want.TIME, None)
    watch.forward(PATIENCE.total_seconds() - SECOND)
    assert pending.asked(text(anna))
    watch.forward(SECOND)
    assert pending.asked(text(anna)) is None


def test_asking_again_begins_the_time_anew(
    pending: PendingQuestions, anna: Person, watch: Clock
) -> None:
    pending.ask(text(anna), Want.TIME, None)
    watch.forward(PATIENCE.total_seconds() - SECOND)
    pending.ask(text(anna), Want.TIME, None)
    watch.forward(PATIENCE.total_seconds() - SECOND)
    assert pending.asked(text(anna))


def test_only_the_newest_question_is_open(pending: PendingQuestions, anna: Person) -> None:
    pending.ask(text(anna), Want.TIME, None)
    pending.ask(text(anna), Want.PLACE, SEVEN)
    asked = pending.asked(text(anna))
    assert asked
    assert (asked.want, asked.at) == (Want.PLACE, SEVEN)
    pending.done(text(anna))
    assert pending.asked(text(anna)) is None


def test_in_a_group_only_the_one_who_was_asked_answers(
    pending: PendingQuestions, telegram: FakeTelegram
) -> None:
    group = telegram.group()
    greta, karl = telegram.person(7, "Greta", group), telegram.person(8, "Karl", group)
    pending.ask(text(greta), Want.TIME, None)
    assert pending.asked(text(karl)) is None
    assert pending.asked(text(greta))


def test_what_was_asked_in_a_group_is_not_answered_elsewhere(
    pending: PendingQuestions, telegram: FakeTelegram
) -> None:
    in_group, alone = telegram.person(7, "Greta", telegram.group()), telegram.person(7, "Greta")
    pending.ask(text(in_group), Want.TIME, None)
    assert pending.asked(text(alone)) is None


def test_who_was_asked_longest_ago_is_forgotten_first_when_too_many_are(
    watch: Clock, telegram: FakeTelegram
) -> None:
    """Whoever makes the bot ask, again and again, must not fill its memory."""
    pending = PendingQuestions(watch.wall, most=3)
    first, second, last, new = (text(telegram.person(number)) for number in range(4))
    for update in (first, second, last, first):
        pending.ask(update, Want.TIME, None)
    assert all(map(pending.asked, (first, second, last)))
    pending.ask(new, Want.TIME, None)
    assert pending.asked(second) is None
    assert all(map(pending.asked, (first, last, new)))
