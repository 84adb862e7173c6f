"""Red flags: the language of their patterns, and what trips them."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from bot.answering import red_flags
from bot.answering.faq import Faq
from bot.answering.replies import RedFlag
from bot.knowledge import patterns
from bot.knowledge.models import Flag, RedFlags
from bot.language.words import stem, stems, words
from bot.places.cities import place_names
from tests.support.talks import asked_at_once

BODY = {"body": ["arm", "collar bone"], "recent": ["yesterday", "last week"]}


def watching(
    *patterns: str, unless: Sequence[str] = (), named: Mapping[str, Sequence[str]] = BODY
) -> red_flags.Watch:
    (watch,) = red_flags.watches(
        RedFlags(
            words={name: list(members) for name, members in named.items()},
            flags=[a_flag("injury", patterns, unless)],
        )
    )
    return watch


def a_flag(name: str, patterns: Sequence[str], unless: Sequence[str] = ()) -> Flag:
    return Flag(
        id=name,
        title="injuries",
        advice="See a doctor first.",
        patterns=list(patterns),
        unless=list(unless),
        trips=["I broke my arm"] * 8,
        passes=["the price broke"] * 4,
    )


def trips(watch: red_flags.Watch, question: str) -> bool:
    return watch.sees(stems(question))


@pytest.mark.parametrize(
    "question", ["I broke my arm", "my arm, which I broke", "ARM BROKE!", "arms that broke"]
)
def test_the_words_of_a_pattern_may_stand_in_any_order(question: str) -> None:
    assert trips(watching("broke arm"), question)


@pytest.mark.parametrize("question", ["I broke my leg", "my arm hurts", "", "arm-chair"])
def test_all_words_of_a_pattern_must_occur(question: str) -> None:
    assert not trips(watching("broke arm"), question)


def test_words_must_stand_near_each_other() -> None:
    watch = watching("broke arm")
    between = " ".join(["so"] * (red_flags.WINDOW - 2))
    assert trips(watch, f"broke {between} arm")
    assert not trips(watch, f"broke {between} so arm")


def test_phrases_must_stand_near_with_all_their_words() -> None:
    watch = watching("broke {body}")
    between = " ".join(["so"] * (red_flags.WINDOW - 3))
    assert trips(watch, f"broke {between} collar bone")
    assert trips(watch, f"collar bone {between} broke")
    assert not trips(watch, f"broke {between} so collar bone")
    assert not trips(watch, f"collar bone {between} so broke")


def test_three_words_must_all_be_near_each_other() -> None:
    watch = watching("broke arm yesterday")
    between = " ".join(["so"] * (red_flags.WINDOW - 2))
    assert trips(watch, "yesterday I broke my arm")
    assert not trips(watch, f"yesterday {between} broke my arm")
    assert not trips(watch, f"arm {between} broke yesterday")


@pytest.mark.parametrize("question", ["fractured arm", "broken arm", "broke arm"])
def test_alternatives_are_as_good_as_each_other(question: str) -> None:
    assert trips(watching("broken|broke|fractured arm"), question)


@pytest.mark.parametrize("question", ["broke my arm", "broke my collar bone"])
def test_a_named_set_stands_for_its_members(question: str) -> None:
    assert trips(watching("broke {body}"), question)


@pytest.mark.parametrize("question", ["broke a bone, not the collar", "the collar broke"])
def test_the_words_of_a_phrase_stand_side_by_side(question: str) -> None:
    assert not trips(watching("broke {body}"), question)


@pytest.mark.parametrize("question", ["I was knocked out", "my shin is knocked out"])
def test_a_quoted_phrase_stands_for_adjacent_words(question: str) -> None:
    assert trips(watching('"knocked out"|unconscious'), question)


def test_a_quoted_phrase_is_no_two_words() -> None:
    assert not trips(watching('"knocked out"|unconscious'), "I knocked and went out")


def test_sets_phrases_and_words_can_be_alternatives_of_each_other() -> None:
    watch = watching('{body}|"left foot"|head hurts')
    assert all(trips(watch, f"my {part} hurts") for part in ("arm", "left foot", "head"))
    assert not trips(watch, "my foot hurts")


def test_each_word_of_a_pattern_needs_words_of_its_own() -> None:
    watch = watching('{body} bone|"collar bone"')
    assert not trips(watch, "my collar bone")
    assert trips(watch, "a bone in the arm")
    assert trips(watch, "the collar bone is a bone")


def test_any_pattern_is_enough() -> None:
    watch = watching("broke arm", "hit head")
    assert trips(watch, "hit my head")


def test_a_look_alike_of_adjacent_words_is_taken_out() -> None:
    watch = watching("broke arm", unless=["arm of the chair"])
    assert not trips(watch, "I broke the arm of the chair")
    assert trips(watch, "I broke the chair of the arm")


def test_a_look_alike_of_words_near_each_other_is_taken_out() -> None:
    watch = watching("broke arm", unless=["broke ... arm ... chair|sofa"])
    assert not trips(watch, "the chair, its arm broke")
    assert not trips(watch, "broke an arm on that sofa")
    assert trips(watch, "broke an arm " + "so " * red_flags.WINDOW + "sofa")


def test_a_look_alike_beside_the_real_thing_does_not_hide_it() -> None:
    watch = watching("broke arm", unless=["arm of the chair", "broke ... promise"])
    assert trips(watch, "on the arm of the chair I broke my arm")
    assert trips(watch, "he broke his promise and I broke my arm")
    assert not trips(watch, "he broke his promise on the arm of the chair")


def test_every_look_alike_in_a_text_is_taken_out() -> None:
    watch = watching("broke arm", unless=["broke ... chair", "arm of the chair"])
    assert not trips(watch, "I broke a chair and broke a chair and broke a chair with my arm")
    assert not trips(watch, "broke the arm of the chair and the arm of the chair")


def test_the_nearest_words_are_the_look_alike() -> None:
    """The first words do not count: the words that are taken out must leave the arm that broke."""
    watch = watching('"broke arm"', unless=["broke ... promise"])
    assert trips(watch, "broke arm today, broke promise")


def test_the_first_flag_of_the_file_wins() -> None:
    both = red_flags.watches(
        RedFlags(words=BODY, flags=[a_flag("one", ["hit head"]), a_flag("two", ["head|arm"])])
    )
    tripped = [red_flags.first(both, stems(q)) for q in ("hit my head", "my head", "my foot")]
    assert [flag and flag.id for flag in tripped] == ["one", "two", None]


@pytest.mark.parametrize(
    "question",
    [
        "I brokne my arm",
        "my arm is fractred",
        "fracturedd arm",
        "he is unconcious",
        "colar bone broken",
    ],
)
def test_typing_mistakes_do_not_get_around_a_flag(question: str, faq: Faq) -> None:
    assert isinstance(faq.ask(question), RedFlag)


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ('broke "arm', "cannot be read"),
        ("broke {body", "cannot be read"),
        ("broke || arm", "cannot be read"),
        ('broke "a|b"', "cannot be read"),
        ("broke {Body}", "cannot be read"),
        ("broke {leg}", "there is no set {leg} under words; define it there"),
        ("broke ?", "? has no word in it; write a word"),
        ('broke "!!" arm', '"!!" has no word in it; write a word'),
    ],
)
def test_a_broken_pattern_is_explained(pattern: str, problem: str) -> None:
    assert problem in (patterns.problem(pattern, BODY) or "")


@pytest.mark.parametrize(
    "pattern", ["broke {body}", '"knocked out"|unconscious', "broke ... {body} ... chair"]
)
def test_a_sound_pattern_has_no_problem(pattern: str) -> None:
    assert patterns.problem(pattern, BODY) is None


def test_the_words_of_flags_and_of_their_look_alikes_are_known() -> None:
    red = RedFlags(words=BODY, flags=[a_flag("one", ["broke {body}"], ["arm ... chair"])])
    known = {word for said in red_flags.vocabulary(red) for word in said}
    assert {"broke", "collar", "bone", "chair"} <= known
    assert set(words("the price broke")) <= known
    assert "body" not in known


@pytest.mark.parametrize(
    "question",
    [
        "broke arm chair " * 80,
        "arm " * 120 + "so " * 12 + "broke " * 120,
        "broke so arm so chair so " * 40,
        "arm arm arm broke " * 60,
        "cut hit leg " * 70 + "so " * 12 + "arm " * 30,
    ],
)
def test_a_long_text_of_repeated_flag_words_is_decided_in_bounded_time(question: str) -> None:
    watch = watching(
        "broke arm",
        "broke {body} {recent}",
        "arm|chair arm|broke chair|broke {recent}",
        "cut hit leg arm",
        unless=["broke ... chair", "arm ... chair", "broke ... arm|chair ... arm|chair"],
    )
    began = time.process_time()
    trips(watch, question)
    assert time.process_time() - began < 1


def test_a_look_alike_that_fits_a_text_in_millions_of_ways_is_decided_in_bounded_time() -> None:
    watch = watching("arm", unless=["arm|a ... arm|b ... arm|c ... arm|d ... arm|e"])
    began = time.process_time()
    assert trips(watch, "arm " * 249)
    assert time.process_time() - began < 1


def test_no_place_is_read_as_a_danger(shipped: Faq) -> None:
    names = place_names()[::4]
    told = (f"I live in {name}, does massage help dry skin" for name in names)
    replies = zip(names, asked_at_once(shipped, told), strict=True)
    assert [name for name, reply in replies if reply.outcome == "red_flag"] == []


@pytest.mark.parametrize(
    "name", ["Rashid", "Byrne", "Burnett", "Angelina", "Henrietta", "mrs Kaur"]
)
def test_no_name_of_a_person_is_read_as_a_danger(name: str, shipped: Faq) -> None:
    reply = shipped.ask(f"my friend {name} says massage helps dry skin, does it")
    assert reply.topics[0] == "moisture"


DENIED = RedFlags(
    words=BODY,
    denials=["no", "is not", "never had any"],
    unless=["broken heart", "arm ... sofa"],
    flags=[a_flag("injury", ["broken", "hurt {body}", '"can not" move'])],
)


@pytest.mark.parametrize(
    "question", ["no broken bone", "it is not broken", "I never had any broken arm", "no hurt arm"]
)
def test_a_sign_right_behind_a_denial_does_not_count(question: str) -> None:
    assert not trips(red_flags.watches(DENIED)[0], question)


@pytest.mark.parametrize(
    "question",
    [
        "no cut or broken bone",
        "it is not sore or broken",
        "no cuts, broken bones or burns",
        "it is not sore, not red or swollen or broken",
    ],
)
def test_a_denial_holds_for_every_sign_that_or_joins(question: str) -> None:
    assert not trips(red_flags.watches(DENIED)[0], question)


@pytest.mark.parametrize(
    "question",
    ["no idea what this is, or is it broken", "is it sore or broken", "broken or no"],
)
def test_a_sign_behind_or_is_denied_only_within_a_list(question: str) -> None:
    assert trips(red_flags.watches(DENIED)[0], question)


@pytest.mark.parametrize(
    "question",
    ["no it hurts, my arm is broken", "broken, no?", "the no broken one, the other is broken"],
)
def test_a_denial_elsewhere_changes_nothing(question: str) -> None:
    assert trips(red_flags.watches(DENIED)[0], question)


def test_a_denial_that_is_part_of_the_sign_does_not_deny_it() -> None:
    assert trips(red_flags.watches(replace(DENIED, denials=["not"]))[0], "I can not move")


@pytest.mark.parametrize("question", ["my broken heart", "on the sofa I hurt, my arm"])
def test_the_look_alikes_of_all_flags_are_taken_out(question: str) -> None:
    assert not trips(red_flags.watches(DENIED)[0], question)


def test_words_behind_other_stems_are_told_apart() -> None:
    assert stem("radiators") != stem("radiation") != stem("radiating")
