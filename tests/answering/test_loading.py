"""From a folder to a bot that answers: warnings, `skinbot check`, what may be left out."""

from pathlib import Path

import pytest

from bot import cli
from bot.answering import loading
from bot.answering.faq import Faq
from bot.answering.index import Measured, measured
from bot.answering.replies import Answer, Suggestions
from bot.errors import KnowledgeError
from bot.knowledge import files
from bot.knowledge.base import Knowledge
from bot.knowledge.models import Thresholds
from bot.knowledge.parser import ParsedFiles
from tests.support.bots import BICYCLES
from tests.support.broken import BRAKES, CHAIN, change


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of whoever runs the tests do not count."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KNOWLEDGE_DIR", raising=False)


def warnings(folder: Path) -> list[str]:
    return [str(warning) for warning in loading.check(folder)[1]]


def test_a_knowledge_base_in_order_has_no_warnings(folder: Path) -> None:
    assert warnings(folder) == []


def test_phrasings_that_can_hardly_be_told_apart_are_a_warning_that_names_both_places(
    folder: Path,
) -> None:
    change(folder, CHAIN, "- squeaky chain", "- brake pads worn")
    assert warnings(folder) == [
        "topics/chain.yaml:12:9: 'brake pads worn' can hardly be told from a phrasing of "
        "brakes.pads (topics/brakes.yaml:27); reword one"
    ]


def test_phrasings_of_a_limit_are_compared_too(folder: Path) -> None:
    change(folder, "limits.yaml", "- repair costs", "- squeaking chains")
    assert warnings(folder) == [
        "limits.yaml:13:9: 'squeaking chains' can hardly be told from a phrasing of "
        "chain.squeak (topics/chain.yaml:11); reword one"
    ]


def test_phrasings_of_one_entry_may_be_alike(folder: Path) -> None:
    change(folder, CHAIN, "- squeaky chain", "- squeaking chains")
    assert warnings(folder) == []


def test_check_prints_every_problem_on_standard_error_and_exits_with_1(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(folder, CHAIN, "title: Chain", "title: no")
    change(folder, "expected.yaml", "reaches: price", "reaches: prices")
    assert cli.main(["check", str(folder)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == (
        "expected.yaml:6:5: there is no id prices; did you mean price?\n"
        "topics/chain.yaml:3:1: 'title' must be text, but YAML reads no as yes or no; "
        'write "no"\n'
    )


def test_check_says_that_there_are_no_problems_and_exits_with_0(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["check", str(folder)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("expected: about ")
    assert out.endswith(f"\n{folder}: no problems\n")
    assert err == ""


def test_check_prints_warnings_and_exits_with_0(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(folder, CHAIN, "- squeaky chain", "- brake pads worn")
    assert cli.main(["check", str(folder)]) == 0
    warning, _, last = capsys.readouterr().out.splitlines()
    assert warning.startswith("warning: topics/chain.yaml:12:9: 'brake pads worn' can hardly")
    assert last == f"{folder}: no problems"


def test_check_without_a_folder_looks_at_knowledge_dir(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KNOWLEDGE_DIR", str(folder))
    assert cli.main(["check"]) == 0
    assert capsys.readouterr().out.endswith(f"\n{folder}: no problems\n")


def test_check_of_a_folder_that_does_not_exist_exits_with_1(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["check", "nowhere"]) == 1
    assert capsys.readouterr().err == (
        "nowhere:1:1: this folder cannot be read: No such file or directory; "
        "name one that holds a knowledge base\n"
    )


def test_thresholds_may_be_left_out(folder: Path) -> None:
    faq = loading.load(folder)
    assert faq.knowledge.thresholds is None
    assert faq.index.thresholds == measured(Thresholds(), faq.index.curve)


def test_thresholds_that_were_measured_are_used(folder: Path) -> None:
    (folder / "expected.yaml").write_text("expected: []")
    assert isinstance(loading.load(folder).ask("my brakes do squeal"), Answer)
    (folder / "thresholds.yaml").write_text("answer: 1.0\nsuggest: 0\n")
    faq = loading.load(folder)
    assert faq.index.thresholds == Measured(1.0, 0.0, Thresholds().trace)
    assert isinstance(faq.ask("my brakes do squeal"), Suggestions)


def test_a_broad_topic_gives_way_to_the_others(folder: Path) -> None:
    change(folder, BRAKES, "- noisy brakes", "- zebra rattles on hills")
    change(folder, CHAIN, "- chain squeaks", "- zebra rattles in town")
    assert best_topic(folder, broad=BRAKES) == "chain"
    assert best_topic(folder, broad=CHAIN) == "brakes"


def best_topic(folder: Path, broad: str) -> str:
    change(folder, broad, "entries:", "broad: true\nentries:")
    index = loading.load(folder).index
    change(folder, broad, "broad: true\n", "")
    return index.weigh(index.hear("zebra rattles")).topics[0][0]


def test_a_topic_may_be_named_anew_with_its_file_and_its_entries(tipless: Path) -> None:
    (tipless / CHAIN).rename(tipless / "topics/links.yaml")
    path = tipless / "topics/links.yaml"
    text = path.read_text("utf-8").replace("chain.s", "links.s")
    path.write_text(text.replace("id: chain", "id: links"), "utf-8")
    for limit in ("[chain]", "[brakes, chain]"):
        change(tipless, "limits.yaml", limit, limit.replace("chain", "links"))
    knowledge = loading.load(tipless).knowledge
    assert list(knowledge.topics) == ["brakes", "links"]
    assert knowledge.topic("links.slip").title == "Chain"


def test_red_flags_need_no_named_sets(folder: Path) -> None:
    change(folder, "red_flags.yaml", '  body: [head, arm, neck, "collar bone"]\n', "")
    change(folder, "red_flags.yaml", "words:\n", "")
    change(folder, "red_flags.yaml", "{body}", 'head|arm|neck|"collar bone"')
    change(folder, "red_flags.yaml", "{body}", "head")
    assert loading.load(folder).knowledge.red_flags.words == {}


def test_space_around_a_value_is_not_part_of_it(folder: Path) -> None:
    change(folder, CHAIN, "title: Chain", 'title: "  Chain\\n"')
    change(folder, CHAIN, "summary: ", "summary: |\n  ")
    topic = loading.load(folder).knowledge.topics["chain"]
    assert (topic.title, topic.summary) == ("Chain", "The chain drives the wheel.")


def test_a_knowledge_base_is_not_made_of_files_with_problems(folder: Path) -> None:
    (folder / "limits.yaml").write_text("limits: no")
    with pytest.raises(KnowledgeError, match="'limits' must be a list"):
        Knowledge.of(ParsedFiles.of(files.look(folder)))


def test_a_bot_needs_neither_limits_nor_small_talk_nor_synonyms(folder: Path) -> None:
    (folder / "limits.yaml").write_text("limits: []")
    (folder / "smalltalk.yaml").write_text("courtesies: []\nsmalltalk: []")
    (folder / "synonyms.yaml").write_text("concepts: {}")
    (folder / "red_flags.yaml").write_text("flags: []")
    (folder / "expected.yaml").write_text("expected: []")
    faq = loading.load(folder)
    assert isinstance(faq.ask("brakes squeal"), Answer)


def test_one_topic_with_one_entry_is_a_bot(tipless: Path) -> None:
    (tipless / BRAKES).unlink()
    text = (tipless / CHAIN).read_text("utf-8").partition("  - id: chain.slip")[0]
    (tipless / CHAIN).write_text(text.replace("related: [chain.slip]", "related: []"), "utf-8")
    change(tipless, "limits.yaml", "[brakes, chain]", "[chain]")
    (tipless / "expected.yaml").write_text("expected: []")
    faq = loading.load(tipless)
    assert isinstance(faq.ask("squeaky chain"), Answer)


def test_loading_twice_gives_the_same_bot() -> None:
    first, second = (loading.load(BICYCLES) for _ in range(2))
    assert first.knowledge == second.knowledge
    assert replies(first) == replies(second)


def replies(faq: Faq) -> list[object]:
    return [faq.ask(question) for question in ("brakes squeal", "cheap bikes", "hello", "?")]
