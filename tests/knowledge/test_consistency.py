"""Every kind of mistake in a knowledge base, with the line that the operator reads of it."""

from pathlib import Path

import pytest

from bot.answering import loading
from bot.errors import KnowledgeError
from tests.support.broken import BRAKES, CHAIN, change, said


def test_an_unknown_key(folder: Path) -> None:
    change(folder, CHAIN, "title: Chain\n", "title: Chain\ncolour: red\n")
    assert said(folder) == [
        "topics/chain.yaml:4:1: the key 'colour' is unknown; "
        "known here are id, title, emoji, summary, broad, entries"
    ]


def test_an_unknown_key_in_an_entry(folder: Path) -> None:
    change(folder, CHAIN, "    section: Chain\n", "    section: Chain\n    price: low\n")
    assert said(folder) == [
        "topics/chain.yaml:21:5: the key 'price' is unknown; known here are id, question, answer, "
        "details, phrasings, keywords, related, section, reviewed"
    ]


def test_a_misspelt_key_is_one_mistake_and_not_a_missing_one_too(folder: Path) -> None:
    change(folder, CHAIN, "    answer: It", "    anwser: It")
    assert said(folder) == [
        "topics/chain.yaml:9:5: the key 'anwser' is unknown; did you mean 'answer'?"
    ]


def test_a_misspelt_key_under_a_named_set(folder: Path) -> None:
    change(folder, "red_flags.yaml", "words:", "word:")
    change(folder, "red_flags.yaml", "{body}", "arm")
    change(folder, "red_flags.yaml", "{body}", "head")
    assert said(folder) == ["red_flags.yaml:2:1: the key 'word' is unknown; did you mean 'words'?"]


def test_a_missing_key(folder: Path) -> None:
    change(folder, CHAIN, "title: Chain\n", "")
    assert said(folder) == ["topics/chain.yaml:2:1: the key 'title' is missing; add it"]


def test_a_missing_key_of_an_entry_names_the_line_where_the_entry_begins(folder: Path) -> None:
    change(folder, CHAIN, "    question: Why does my chain slip?\n", "")
    assert said(folder) == ["topics/chain.yaml:22:5: the key 'question' is missing; add it"]


def test_a_list_where_text_belongs(folder: Path) -> None:
    change(folder, CHAIN, "title: Chain", "title: [Chain, Links]")
    assert said(folder) == [
        "topics/chain.yaml:3:1: 'title' must be text, but is a list; write one text"
    ]


def test_a_colon_that_turns_a_phrasing_into_a_key(folder: Path) -> None:
    change(folder, CHAIN, "- chain squeaks", "- my problem: chain squeaks")
    assert said(folder) == [
        "topics/chain.yaml:11:9: this value must be text, "
        "but a colon makes it a key with a value; put it in quotes"
    ]


def test_text_where_a_list_belongs(folder: Path) -> None:
    change(folder, BRAKES, "related: [brakes.pads]", "related: brakes.pads")
    assert said(folder) == [
        "topics/brakes.yaml:20:5: 'related' must be a list; "
        "put each item on a line that begins with a dash"
    ]


def test_a_list_where_keys_belong(folder: Path) -> None:
    change(folder, "synonyms.yaml", "concepts:\n  noise:", "concepts:\n  - noise:")
    change(folder, "synonyms.yaml", "  worn:", "  - worn:")
    assert said(folder) == [
        "synonyms.yaml:2:1: 'concepts' must be keys with values, each on a line such as name: value"
    ]


@pytest.mark.parametrize("text", ["just a sentence", "- a\n- list"])
def test_a_file_without_keys(folder: Path, text: str) -> None:
    (folder / "limits.yaml").write_text(text)
    assert said(folder) == [
        "limits.yaml:1:1: the file must be keys with values, each on a line such as name: value"
    ]


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("no", "yes or no"),
        ("on", "yes or no"),
        ("true", "yes or no"),
        ("1:30", "a number"),
        ("012", "a number"),
        ("12", "a number"),
        ("0x1F", "a number"),
        ("1_000", "a number"),
        ("2.50", "a number"),
        (".inf", "a number"),
        ("null", "nothing"),
        ("~", "nothing"),
        ("2026-11-22", "a date"),
        ("2026-11-22 10:00:00", "a date"),
        ("=", "a default value"),
    ],
)
def test_what_yaml_bends_into_something_else(folder: Path, written: str, read_as: str) -> None:
    change(folder, CHAIN, "title: Chain", f"title: {written}")
    assert said(folder) == [
        f"topics/chain.yaml:3:1: 'title' must be text, but YAML reads {written} as {read_as}; "
        f'write "{written}"'
    ]


def test_a_phrasing_that_yaml_bends(folder: Path) -> None:
    change(folder, CHAIN, "- squeaky chain", "- no")
    assert said(folder) == [
        "topics/chain.yaml:12:9: this value must be text, but YAML reads no as yes or no; "
        'write "no"'
    ]


def test_a_key_that_yaml_bends(folder: Path) -> None:
    change(folder, "synonyms.yaml", "  worn:", "  off:")
    assert said(folder) == [
        'synonyms.yaml:4:3: a key must be text, but YAML reads off as yes or no; write "off"'
    ]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("? [worn, thin]\n  : [a, b]", "4:5: a key must be text; put it in quotes"),
        ("?\n  : [worn, thin]", "4:4: a key is missing here; write it before the colon"),
        ("<<: {worn: [a, b]}", "4:3: keys cannot be merged with <<; write them out"),
    ],
)
def test_what_is_no_key_at_all(folder: Path, line: str, what: str) -> None:
    change(folder, "synonyms.yaml", "worn: [worn, used up, finished, thin]", line)
    assert said(folder) == [f"synonyms.yaml:{what}"]


def test_what_yaml_bends_is_fine_in_quotes(folder: Path) -> None:
    change(folder, CHAIN, "title: Chain", 'title: "012"')
    assert loading.load(folder).knowledge.topics["chain"].title == "012"


@pytest.mark.parametrize("nothing", ["", '""', '"  "', "|\n"])
def test_a_value_that_is_empty(folder: Path, nothing: str) -> None:
    change(folder, CHAIN, "title: Chain", f"title: {nothing}")
    assert said(folder) == ["topics/chain.yaml:3:1: 'title' is empty; write it here"]


def test_an_optional_value_that_is_empty(folder: Path) -> None:
    change(folder, BRAKES, "details: Water makes the pads slip &amp; grab.", "details:")
    assert said(folder) == ["topics/brakes.yaml:10:5: 'details' is empty; write it here"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2026-13-45", "2026-13-45"),
        ("2026-1-2", '"2026-1-2"'),
        ("2026-11-22 10:00:00", "2026-11-22 10:00:00"),
        ('"2026-11-22"', '"2026-11-22"'),
        ("yesterday", '"yesterday"'),
        ("20261122", "20261122"),
        ("", "empty"),
    ],
)
def test_a_date_that_is_none(folder: Path, written: str, shown: str) -> None:
    change(folder, CHAIN, "reviewed: 2026-11-22", f"reviewed: {written}")
    assert said(folder) == [
        f"topics/chain.yaml:21:5: 'reviewed' is {shown}; "
        "write a date such as 2026-11-22, without quotes"
    ]


@pytest.mark.parametrize(("written", "shown"), [("yes", "yes"), ("'true'", '"true"'), ("1", "1")])
def test_a_switch_that_is_neither_true_nor_false(folder: Path, written: str, shown: str) -> None:
    change(folder, CHAIN, "entries:", f"broad: {written}\nentries:")
    assert said(folder) == [
        f"topics/chain.yaml:6:1: 'broad' is {shown}; write true or false, without quotes"
    ]


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("answer: .nan", "'answer' is .nan; write a number such as 0.5, without quotes"),
        ("answer: 1e5", "'answer' is \"1e5\"; write a number such as 0.5, without quotes"),
        ("answer: [1]", "'answer' is \"[1.0]\"; write a number such as 0.5, without quotes"),
        ("answer: -1000", "'answer' is -1000; write at least 0"),
        ("answer: 1.5", "'answer' is 1.5; write at most 1"),
        ("awnser: 0.5", "the key 'awnser' is unknown; did you mean 'answer'?"),
    ],
)
def test_a_threshold_that_cannot_be_used(folder: Path, written: str, what: str) -> None:
    (folder / "thresholds.yaml").write_text(written)
    assert said(folder) == [f"thresholds.yaml:1:1: {what}"]


def test_a_key_that_stands_twice(folder: Path) -> None:
    change(folder, CHAIN, "title: Chain\n", "title: Chain\ntitle: Links\n")
    assert said(folder) == [
        "topics/chain.yaml:4:1: the key 'title' stands in line 3 already; keep one of the two"
    ]


def test_an_id_that_two_entries_have(folder: Path) -> None:
    change(folder, CHAIN, "id: chain.slip", "id: chain.squeak")
    change(folder, CHAIN, "related: [chain.slip]", "related: []")
    assert said(folder) == [
        "topics/chain.yaml:22:5: the id chain.squeak is taken (topics/chain.yaml:7); choose another"
    ]


def test_an_id_that_a_topic_and_a_limit_have(folder: Path) -> None:
    change(folder, "limits.yaml", "id: motors", "id: chain")
    assert said(folder) == [
        "limits.yaml:16:5: the id chain is taken (topics/chain.yaml:2); choose another"
    ]


def test_an_id_that_a_red_flag_and_a_small_talk_have(folder: Path) -> None:
    change(folder, "smalltalk.yaml", "id: thanks", "id: injury")
    assert said(folder) == [
        "smalltalk.yaml:10:5: the id injury is taken (red_flags.yaml:5); choose another"
    ]


def test_the_id_that_stands_for_no_answer(folder: Path) -> None:
    change(folder, "smalltalk.yaml", "id: thanks", "id: none")
    assert said(folder) == ["smalltalk.yaml:10:5: the id none stands for no answer; choose another"]


def test_an_id_with_capitals_or_spaces(folder: Path) -> None:
    change(folder, "limits.yaml", "id: motors", "id: Electric motors")
    assert said(folder) == [
        "limits.yaml:16:5: 'id' is \"Electric motors\"; "
        "write small letters, digits and _, such as topic_name"
    ]


def test_an_id_of_an_entry_without_its_topic(tipless: Path) -> None:
    change(tipless, CHAIN, "id: chain.squeak", "id: squeak")
    assert said(tipless) == [
        "topics/chain.yaml:7:5: 'id' is \"squeak\"; "
        "write small letters, digits and _, such as topic_name.entry_name"
    ]


def test_a_name_of_a_set_that_is_no_id(folder: Path) -> None:
    change(folder, "synonyms.yaml", "  worn:", "  Worn out:")
    assert said(folder) == [
        'synonyms.yaml:4:3: this key is "Worn out"; '
        "write small letters, digits and _, such as topic_name"
    ]


def test_an_entry_under_the_wrong_topic(tipless: Path) -> None:
    change(tipless, BRAKES, "id: brakes.pads", "id: chain.pads")
    change(tipless, BRAKES, "related: [brakes.pads]", "related: [chain.pads]")
    assert said(tipless) == [
        "topics/brakes.yaml:23:5: the id chain.pads must begin with its topic; write brakes.pads"
    ]


def test_a_topic_whose_file_has_another_name(folder: Path) -> None:
    change(folder, CHAIN, "id: chain\n", "id: chains\n")
    assert said(folder) == [
        "topics/chain.yaml:2:1: the topic chains stands in chain.yaml; rename the file or the id"
    ]


def test_a_phrasing_under_two_entries(folder: Path) -> None:
    change(folder, CHAIN, "- chain squeaks", "- Noisy  BRAKES!")
    assert said(folder) == [
        "topics/chain.yaml:11:9: the phrasing 'Noisy BRAKES!' stands under brakes.squeal already "
        "(topics/brakes.yaml:15); keep one"
    ]


def test_a_phrasing_twice_under_one_entry(folder: Path) -> None:
    change(folder, CHAIN, "- squeaky chain", "- chain squeaks")
    assert said(folder) == [
        "topics/chain.yaml:12:9: the phrasing 'chain squeaks' stands under chain.squeak already "
        "(topics/chain.yaml:11); keep one"
    ]


def test_a_phrasing_under_an_entry_and_a_limit(folder: Path) -> None:
    change(folder, "limits.yaml", "- cheap bikes", "- worn chain")
    assert said(folder) == [
        "limits.yaml:11:9: the phrasing 'worn chain' stands under chain.slip already "
        "(topics/chain.yaml:29); keep one"
    ]


def test_a_phrasing_under_an_entry_that_has_no_id(folder: Path) -> None:
    change(folder, BRAKES, "  - id: brakes.squeal\n    question", "  - question")
    change(folder, BRAKES, "related: [brakes.squeal]", "related: []")
    change(folder, CHAIN, "- chain squeaks", "- noisy brakes")
    assert said(folder) == [
        "topics/brakes.yaml:7:5: the key 'id' is missing; add it",
        "topics/chain.yaml:11:9: the phrasing 'noisy brakes' stands under an entry without an id "
        "already (topics/brakes.yaml:14); keep one",
    ]


def test_a_phrasing_without_a_word(folder: Path) -> None:
    change(folder, CHAIN, "- squeaky chain", "- '?!'")
    assert said(folder) == [
        "topics/chain.yaml:12:9: this has no word in it; write it as people would type it"
    ]


def test_too_few_phrasings(folder: Path) -> None:
    change(folder, CHAIN, "      - drivetrain skips\n", "")
    assert said(folder) == [
        "topics/chain.yaml:25:5: 'phrasings' has 7 items and needs at least 8; add 1"
    ]


def test_too_many_related_entries(folder: Path) -> None:
    six = ", ".join(["brakes.pads"] * 6)
    change(folder, CHAIN, "related: [chain.slip]", f"related: [{six}]")
    assert said(folder) == [
        "topics/chain.yaml:19:5: 'related' has 6 items and takes at most 4; remove 2"
    ]


def test_a_related_entry_that_does_not_exist(folder: Path) -> None:
    change(folder, CHAIN, "related: [chain.slip]", "related: [chain.slips]")
    assert said(folder) == [
        "topics/chain.yaml:19:15: there is no entry chain.slips; did you mean chain.slip?"
    ]


def test_a_topic_that_does_not_exist(folder: Path) -> None:
    change(folder, "limits.yaml", "topics: [chain]", "topics: [saddle]")
    assert said(folder) == ["limits.yaml:6:14: there is no topic saddle; use one that there is"]


def test_an_expected_id_that_does_not_exist(folder: Path) -> None:
    change(folder, "expected.yaml", "reaches: price", "reaches: prices")
    assert said(folder) == ["expected.yaml:6:5: there is no id prices; did you mean price?"]


def test_a_set_of_words_that_does_not_exist(folder: Path) -> None:
    change(folder, "red_flags.yaml", "hit {body}", "hit {bones}")
    assert said(folder) == [
        "red_flags.yaml:10:9: there is no set {bones} under words; define it there"
    ]


@pytest.mark.parametrize(
    ("pattern", "what"),
    [
        (
            "'hit {body'",
            'the pattern hit {body cannot be read; write words, a|b, {name} or "two words"',
        ),
        ("hit !|?", "! has no word in it; write a word"),
        ("'!'", "this has no word in it; write it as people would type it"),
        ('" "', "this value is empty; write it here"),
        (
            "hit ... {body}",
            "the words of a pattern must be near each other anyway; remove the dots",
        ),
    ],
)
def test_a_pattern_that_cannot_be_read(folder: Path, pattern: str, what: str) -> None:
    change(folder, "red_flags.yaml", "hit {body}", pattern)
    assert said(folder) == [f"red_flags.yaml:10:9: {what}"]


@pytest.mark.parametrize("look_alike", ["'{body} of the brake'", "arm|neck of the brake"])
def test_a_look_alike_that_cannot_be_read(folder: Path, look_alike: str) -> None:
    change(folder, "red_flags.yaml", "arm of the brake", look_alike)
    assert said(folder) == [
        "red_flags.yaml:13:9: without ' ... ' only plain words can stand here; join two parts by it"
    ]


def test_a_set_of_no_words(folder: Path) -> None:
    change(folder, "red_flags.yaml", '[head, arm, neck, "collar bone"]', "[]")
    assert said(folder) == ["red_flags.yaml:3:3: 'body' has 0 items and needs at least 1; add 1"]


@pytest.mark.parametrize("file", ["red_flags.yaml", "smalltalk.yaml"])
def test_a_word_that_is_none(folder: Path, file: str) -> None:
    """The loader used to end in a traceback here."""
    change(folder, file, "[", '["👋", ')
    [line] = said(folder)
    assert line.endswith(": this has no word in it; write it as people would type it")


def test_a_red_flag_that_a_test_sentence_does_not_trip(folder: Path) -> None:
    change(folder, "red_flags.yaml", "- he is unconscious", "- he is asleep")
    assert said(folder) == [
        "red_flags.yaml:22:9: this sentence must trip injury and does not; broaden its patterns"
    ]


def test_a_red_flag_that_a_look_alike_trips(folder: Path) -> None:
    change(folder, "red_flags.yaml", "- heads up, nice bike", "- I hit my head")
    assert said(folder) == [
        "red_flags.yaml:27:9: this look-alike trips injury; narrow its patterns or add it to unless"
    ]


def test_an_expected_question_that_reaches_another_entry(folder: Path) -> None:
    change(folder, "expected.yaml", "reaches: brakes.squeal", "reaches: brakes.pads")
    assert said(folder) == [
        "expected.yaml:3:5: 'my brakes are squealing' must reach brakes.pads, "
        "but reaches brakes.squeal; mend the phrasings or this line"
    ]


def test_an_expected_question_that_is_not_answered(folder: Path) -> None:
    change(folder, "expected.yaml", "reaches: none", "reaches: chain")
    assert said(folder) == [
        "expected.yaml:7:5: 'who won the football match' must reach chain, "
        "but is not answered; mend the phrasings or this line"
    ]


def test_an_expected_question_that_must_not_be_answered_and_is(folder: Path) -> None:
    change(folder, "expected.yaml", "reaches: brakes.squeal", "reaches: none")
    assert said(folder) == [
        "expected.yaml:3:5: 'my brakes are squealing' must reach no answer, "
        "but reaches brakes.squeal; mend the phrasings or this line"
    ]


def test_an_expected_question_that_is_only_suggested(folder: Path) -> None:
    (folder / "thresholds.yaml").write_text("answer: 1.0\nsuggest: 0.0\n")
    assert said(folder) == [
        "expected.yaml:3:5: 'my brakes are squealing' must reach brakes.squeal, "
        "but only suggests brakes.squeal, brakes.pads; mend the phrasings or this line"
    ]


def test_an_expected_question_may_name_a_topic_a_limit_a_flag_or_a_small_talk(
    folder: Path,
) -> None:
    more = "".join(
        f"  - question: {question}\n    reaches: {reaches}\n"
        for question, reaches in [
            ("noisy brakes", "brakes"),
            ("electric bike battery", "motors"),
            ("I broke my arm", "injury"),
            ("thank you", "thanks"),
        ]
    )
    path = folder / "expected.yaml"
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    assert len(loading.load(folder).knowledge.expected.expected) == 7


def test_ten_mistakes_in_five_files_are_reported_in_one_go_and_in_order(folder: Path) -> None:
    change(folder, "about.yaml", "name: Bicycle answers", "name: no")
    change(folder, "about.yaml", "hint:", "hnit:")
    change(folder, "expected.yaml", "reaches: price", "reaches: pricey")
    change(folder, "limits.yaml", "id: motors", "id: price")
    change(folder, "limits.yaml", "topics: [chain]", "topics: [chains]")
    change(folder, BRAKES, "<b>bicycle</b>", "<b>bicycle")
    change(folder, BRAKES, "&amp;", "&")
    change(folder, BRAKES, "- noisy brakes", "- squeaky chain")
    change(folder, CHAIN, "title: Chain\n", "title: Chain\ntitle: Links\n")
    change(folder, CHAIN, "reviewed: 2026-11-22", "reviewed: 2026-11-31")
    assert said(folder) == [
        "about.yaml:2:1: 'name' must be text, but YAML reads no as yes or no; write \"no\"",
        "about.yaml:5:1: the key 'hnit' is unknown; did you mean 'hint'?",
        "expected.yaml:6:5: there is no id pricey; did you mean price?",
        "limits.yaml:6:14: there is no topic chains; did you mean chain?",
        "limits.yaml:16:5: the id price is taken (limits.yaml:3); choose another",
        "topics/brakes.yaml:5:1: <b> is never closed; add </b>",
        "topics/brakes.yaml:10:5: a lone & breaks Telegram HTML; write &amp;",
        "topics/chain.yaml:4:1: the key 'title' stands in line 3 already; keep one of the two",
        "topics/chain.yaml:13:9: the phrasing 'squeaky chain' stands under brakes.squeal already "
        "(topics/brakes.yaml:15); keep one",
        "topics/chain.yaml:22:5: 'reviewed' is 2026-11-31; "
        "write a date such as 2026-11-22, without quotes",
    ]


def test_a_broken_file_is_no_reason_to_complain_about_what_refers_to_it(folder: Path) -> None:
    (folder / CHAIN).write_text("id: [chain\n")
    assert [line.partition(":")[0] for line in said(folder)] == [CHAIN]


def test_a_mistake_is_said_in_one_line_however_long_the_value(folder: Path) -> None:
    wrong = '"' + "A long\\n\\e[31m id " * 20 + '"'
    change(folder, "limits.yaml", "id: motors", f"id: {wrong}")
    [line] = said(folder)
    assert line.isprintable()
    assert len(line) < 200


def test_a_look_alike_of_all_flags_is_checked_too(folder: Path) -> None:
    file = folder / "red_flags.yaml"
    text = file.read_text("utf-8").replace(
        "\nflags:\n", "\nunless: ['chain ... {nothing}']\nflags:\n"
    )
    file.write_text(text, "utf-8")
    with pytest.raises(KnowledgeError, match="there is no set"):
        loading.load(folder)
