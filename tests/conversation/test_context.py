"""A conversation: messages that lean on the reply before, and dangers that stay."""

from dataclasses import asdict, replace

import pytest

from bot.answering.faq import Faq
from bot.answering.replies import Answer, Limited, RedFlag, Reply, SmallTalkReply
from bot.conversation.context import SILENCE, Context, converse
from tests.support.talks import talk

BROKEN = "I broke my arm on the bike"


def last(faq: Faq, *messages: str) -> Reply:
    """The reply to the last message of a chat."""
    return talk(faq, messages)[-1].reply


def ids(faq: Faq, *messages: str) -> tuple[str, tuple[str, ...]]:
    """The outcome of the last message of a chat, and the ids in it."""
    reply = last(faq, *messages)
    return reply.outcome, reply.ids


# Follow-ups


def test_why_alone_asks_about_the_answer_before(talkative: Faq) -> None:
    assert ids(talkative, "chain squeaks", "why") == ("answer", ("chain.slip",))


def test_a_message_that_leans_is_about_the_topic_before(talkative: Faq) -> None:
    for first, topic in (("brakes squeal", "brakes"), ("chain squeaks", "chain")):
        reply = last(talkative, first, "and does it last?")
        assert isinstance(reply, Answer)
        assert reply.topics == (topic,)


def test_a_question_about_an_answer_rather_gets_another_one(shipped: Faq) -> None:
    turns = talk(shipped, ["Can massage bring down a puffy face?", "why"])
    first, second = (turn.reply for turn in turns)
    assert first.topics == second.topics
    assert first.ids != second.ids


def test_a_message_with_a_subject_of_its_own_stands_alone(talkative: Faq) -> None:
    alone = talkative.ask("my chain slips under load")
    assert last(talkative, "brakes squeal", "my chain slips under load") == alone


def test_a_lead_before_a_subject_changes_nothing(talkative: Faq) -> None:
    assert last(talkative, "chain squeaks", "and brake noise?").topics == ("brakes",)


def test_a_foreign_question_is_not_glued_to_the_answer_before(talkative: Faq) -> None:
    reply = last(talkative, "brakes squeal", "who won the football match")
    assert reply.outcome == "unknown"


def test_small_talk_stays_small_talk(talkative: Faq) -> None:
    assert ids(talkative, "brakes squeal", "thanks a lot") == ("smalltalk", ("thanks",))


def test_more_brings_another_entry_of_the_topic(talkative: Faq) -> None:
    assert ids(talkative, "brakes squeal", "tell me more") == ("answer", ("brakes.pads",))


def test_the_source_is_that_of_the_answer_before(talkative: Faq) -> None:
    reply = last(talkative, "brakes squeal", "where can I read it?")
    assert isinstance(reply, Answer)
    assert reply.sourced
    assert reply.ids == ("brakes.squeal",)


def test_after_a_source_the_talk_goes_on(talkative: Faq) -> None:
    assert ids(talkative, "chain squeaks", "source?", "why") == ("answer", ("chain.slip",))


def test_without_an_answer_before_nothing_can_lean(talkative: Faq) -> None:
    assert last(talkative, "why") == talkative.ask("why")


# Choices


def suggesting() -> Context:
    """The context after two suggestions."""
    offered = ("brakes.pads", "chain.slip")
    return Context(entries=offered, offered=offered, suggested=True)


@pytest.mark.parametrize(
    ("message", "chosen"),
    [
        ("the second one", ("chain.slip",)),
        ("first", ("brakes.pads",)),
        ("the last one please", ("chain.slip",)),
        ("yes", ("brakes.pads",)),
        ("both", ("brakes.pads", "chain.slip")),
    ],
)
def test_people_choose_from_suggestions(
    message: str, chosen: tuple[str, ...], talkative: Faq
) -> None:
    turn = converse(talkative, message, suggesting(), 1.0)
    assert isinstance(turn.reply, Answer)
    assert turn.reply.ids == chosen


def test_after_one_choice_comes_another(talkative: Faq) -> None:
    first = converse(talkative, "the second one", suggesting(), 1.0)
    second = converse(talkative, "and the first", first.context, 2.0)
    assert second.reply.ids == ("brakes.pads",)


def test_people_choose_from_two_answers_in_the_order_of_their_question(talkative: Faq) -> None:
    messages = ("chain slips, brakes squeal", "the second one")
    assert last(talkative, *messages).topics == ("brakes",)


def test_a_suggestion_that_is_asked_for_again_is_the_answer(
    talkative: Faq,
) -> None:
    """A message that says it in new words does not get the list again."""
    unsure = replace(talkative.index.thresholds, answer=1.0, suggest=0.0, trace=1.0)
    faq = replace(talkative, index=replace(talkative.index, thresholds=unsure))
    outcomes = [
        turn.reply.outcome
        for turn in talk(faq, ["a chain that is worn out", "the links are too long"])
    ]
    assert outcomes == ["suggestions", "answer"]


# Limits


def test_after_a_limit_a_leaning_message_stays_limited(talkative: Faq) -> None:
    assert ids(talkative, "which motor is best", "and how long") == ("limited", ("motors",))


def test_after_a_limit_a_topic_is_answered(talkative: Faq) -> None:
    assert last(talkative, "which motor is best", "and my chain slips").topics == ("chain",)


# Dangers


def test_a_danger_stays_for_the_messages_after_it(talkative: Faq) -> None:
    for message in ("chain slips", "and how long", "it is swollen", "my arm on the chain"):
        assert ids(talkative, BROKEN, message) == ("red_flag", ("injury",))


def test_the_answer_comes_below_the_careful_line(talkative: Faq) -> None:
    reply = last(talkative, BROKEN, "chain slips")
    assert isinstance(reply, RedFlag)
    assert reply.entries == (talkative.knowledge.entries["chain.slip"],)
    assert reply.topics == ("chain",)


def test_a_limit_comes_below_the_careful_line(talkative: Faq) -> None:
    reply = last(talkative, BROKEN, "which motor is best")
    assert isinstance(reply, RedFlag)
    assert isinstance(reply.under, Limited)


def test_thanks_do_not_let_a_danger_go(talkative: Faq) -> None:
    turns = talk(talkative, [BROKEN, "thanks a lot", "chain slips"])
    assert [turn.reply.outcome for turn in turns] == ["red_flag", "smalltalk", "red_flag"]


@pytest.mark.parametrize(
    "message",
    [
        "my sister has a chain that slips",
        "my sister wants to know why her chain slips",
        "asking for a friend, my chain slips",
        "it has healed. my chain slips",
        "that was years ago, my chain slips",
        "just kidding, my chain slips",
        "another question, my chain slips",
        "my neck is tired and the chain slips",
        "not my arm, the chain slips",
        "leave my arm, the chain slips",
        "the arm aside, the chain slips",
        "not the bruise, the chain slips",
        "it was treated now. my chain slips",
        "my arm broke. it healed, never mind. my chain slips",
    ],
)
def test_a_danger_is_let_go(message: str, talkative: Faq) -> None:
    turns = talk(talkative, [BROKEN, message, "chain slips under load"])
    assert [turn.reply.outcome for turn in turns] == ["red_flag", "answer", "answer"]


@pytest.mark.parametrize(
    "message",
    [
        "it has not healed and my chain slips",
        "I want it to heal, my chain slips",
        "healed but again sore, my chain slips",
        "I am not just kidding, my chain slips",
        "my sister did that years ago, my chain slips",
        "years ago my chain slips",
        "another question, how long",
        "my neck feels it, too",
        "when it is healed does the chain slip",
        "my sister says the chain slips",
        "my sister wants to know if it slips",
        "my friend thinks it is the chain",
        "my arm and my neck on the chain",
        "on the other hand the chain slips",
        "it is treated and my chain slips",
        "it is going to be treated, my chain slips",
        "going to the doctor, but my chain slips",
        "my bruise, the chain slips",
    ],
)
def test_what_only_sounds_like_it_lets_no_danger_go(message: str, talkative: Faq) -> None:
    assert ids(talkative, BROKEN, message) == ("red_flag", ("injury",))


def test_who_only_says_that_it_is_over_gets_a_kind_word(talkative: Faq) -> None:
    reply = last(talkative, BROKEN, "it healed years ago")
    assert isinstance(reply, SmallTalkReply)
    assert reply.talk.answer == "Good to hear."


def test_who_gets_help_hears_a_kind_word_and_the_danger_stays(talkative: Faq) -> None:
    turns = talk(talkative, [BROKEN, "ok going to the doctor", "my chain slips"])
    assert isinstance(turns[1].reply, SmallTalkReply)
    assert turns[1].reply.talk.answer == "Take care."
    assert turns[2].reply.outcome == "red_flag"


def test_a_number_that_chooses_nothing_is_not_read_with_the_reply_before(talkative: Faq) -> None:
    assert last(talkative, "chain slips", "99").outcome == "unknown"


def test_who_will_not_get_help_hears_the_careful_line_again(talkative: Faq) -> None:
    assert last(talkative, BROKEN, "not going to the doctor").outcome == "red_flag"


def test_a_part_that_is_set_aside_frees_other_talk(talkative: Faq) -> None:
    assert last(talkative, BROKEN, "leave my arm, good film tonight").outcome == "unknown"


def test_a_danger_to_somebody_else_is_not_ended_by_their_name(talkative: Faq) -> None:
    assert last(talkative, "my sister broke her arm", "my sister has a chain").outcome == "red_flag"


def test_a_flag_that_left_the_knowledge_base_is_forgotten(talkative: Faq, faq: Faq) -> None:
    context = talk(talkative, [BROKEN])[-1].context
    assert context.caution is not None
    gone = replace(context, caution=replace(context.caution, flag="gone"))
    assert converse(talkative, "chain slips", gone, 1.0).reply.outcome == "answer"
    assert converse(faq, "chain slips", context, 1.0).reply.outcome == "answer"


# Time, and what is kept


def test_after_half_an_hour_of_silence_the_context_is_gone(talkative: Faq) -> None:
    early, late = (
        talk(talkative, [BROKEN, "chain slips"], pause)[-1].reply.outcome
        for pause in (SILENCE, SILENCE + 1)
    )
    assert (early, late) == ("red_flag", "answer")


def test_a_clock_that_went_back_begins_anew(talkative: Faq) -> None:
    context = converse(talkative, BROKEN, Context(), 100.0).context
    assert converse(talkative, "chain slips", context, 99.0).reply.outcome == "answer"


def test_the_footer_and_the_list_of_topics_come_once(talkative: Faq) -> None:
    turns = talk(
        talkative, ["brakes squeal", "who won the match", "chain slips", "who won the cup"]
    )
    assert [turn.footer for turn in turns] == [True, False, False, False]
    assert [turn.listed for turn in turns] == [True, True, False, False]


def test_a_context_holds_no_text(talkative: Faq) -> None:
    known = {*talkative.knowledge.entries, *talkative.knowledge.topics, "injury", "part arm"}
    context = talk(talkative, ["chain slips", BROKEN])[-1].context
    found = repr(asdict(context))
    assert "broke" not in found
    assert known >= set(context.entries) | set(context.seen)


def test_entries_that_left_the_knowledge_base_are_forgotten(talkative: Faq) -> None:
    context = Context(entries=("gone.entry",), offered=("gone.entry", "chain.slip"))
    assert converse(talkative, "why", context, 1.0).reply == talkative.ask("why")


def test_a_folder_without_the_file_answers_each_message_alone(faq: Faq) -> None:
    turns = talk(faq, [BROKEN, "chain slips", "why"])
    assert [turn.reply for turn in turns] == [faq.ask(m) for m in (BROKEN, "chain slips", "why")]
