"""Features, the matcher against its formulas, the classifier, and the index over both."""

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering import loading
from bot.answering.faq import Faq
from bot.knowledge.models import Thresholds
from bot.language.spelling import Heard
from bot.language.words import stems
from bot.matching.classifier import Classifier
from bot.matching.concepts import Concepts
from bot.matching.matcher import Matcher, featurize
from bot.matching.vectors import Vectors
from tests.support.slow_matcher import SlowMatcher

NOTHING = Concepts.of({})
BODY = Concepts.of({"eye": ["crow's feet", "eye"], "foot": ["feet", "toes"], "low": ["toes"]})


def matcher(*entries: Sequence[str], concepts: Concepts = NOTHING) -> Matcher:
    said = Vectors.of([stems(phrasing) for entry in entries for phrasing in entry], concepts)
    return Matcher.of(said, [len(entry) for entry in entries], concepts)


def slow(entries: Sequence[Sequence[str]], concepts: Concepts) -> SlowMatcher:
    return SlowMatcher([[featurize(p, concepts) for p in entry] for entry in entries])


def weight(matcher: Matcher, feature: str) -> float:
    return float(matcher.weights[matcher.ids[feature]])


def heard(word: str, trust: float = 1.0, mass: float = 1.0) -> Heard:
    return Heard(word, word, word, trust, mass)


# Features


def test_a_text_has_its_words_and_their_pairs_as_features() -> None:
    assert BODY.features(stems("dry hands")) == {
        "w dri": 1.0,
        "w hand": 1.0,
        "b ^ dri": 1.0,
        "b dri hand": 1.0,
        "b hand ^": 1.0,
    }


def test_a_phrase_replaces_its_words() -> None:
    said = BODY.features(stems("my crow's feet"))
    assert {"w crow feet", "c eye", "b my crow feet"} <= set(said)
    assert not {"w crow", "w feet", "c foot"} & set(said)


def test_words_that_mean_the_same_share_a_feature() -> None:
    assert {"c foot", "c low"} <= set(BODY.features(stems("toes")))
    assert "c foot" in BODY.features(stems("feet"))


def test_a_feature_is_trusted_as_its_weakest_word() -> None:
    said = BODY.features(["crow", "feet", "hurt"], [1.0, 0.6, 0.0])
    assert said == {"w crow feet": 0.6, "c eye": 0.6, "b ^ crow feet": 0.6}


def test_a_word_said_twice_is_trusted_as_where_it_is_surest() -> None:
    assert NOTHING.features(["dry", "so", "dry"], [0.5, 1.0, 0.9])["w dry"] == 0.9


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from(["crow's", "feet", "toes", "dry", "eye", "my"]), min_size=1))
def test_a_phrasing_has_the_features_of_a_question_in_the_same_words(said: list[str]) -> None:
    assert featurize(" ".join(said), BODY) == set(BODY.features(stems(" ".join(said))))


WORDS = st.sampled_from(["crow's", "feet", "toes", "dry", "eye", "skin"])
PHRASINGS = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)


@settings(deadline=None, max_examples=50)
@given(st.lists(PHRASINGS, max_size=6))
def test_numbers_stand_for_the_features_of_every_phrasing(phrasings: list[str]) -> None:
    vectors = Vectors.of(map(stems, phrasings), BODY)
    names = list(vectors.ids)
    assert [vectors.ids[name] for name in names] == list(range(len(vectors.ids)))
    found = zip(vectors.phrasings.tolist(), vectors.features.tolist(), strict=True)
    assert sorted((at, names[i]) for at, i in found) == sorted(
        (at, name) for at, said in enumerate(phrasings) for name in featurize(said, BODY)
    )


# The matcher

ENTRIES = st.lists(st.lists(PHRASINGS, min_size=1, max_size=4), min_size=1, max_size=5)
TRUST = st.floats(0.05, 1)


@settings(deadline=None, max_examples=60)
@given(ENTRIES, PHRASINGS, st.lists(TRUST, min_size=5, max_size=5), st.just(0.0) | TRUST)
def test_scores_are_what_the_formulas_say(
    entries: list[list[str]], question: str, trust: list[float], unknown: float
) -> None:
    asked = stems(f"{question} unheard")
    said = BODY.features(asked, trust[: len(asked)])
    found = matcher(*entries, concepts=BODY).score(said, unknown)
    expected = slow(entries, BODY).score(said, unknown)
    assert found.tolist() == pytest.approx(expected, abs=1e-5)
    assert all(-1e-6 <= score <= 1 + 1e-6 for score in found.tolist())


@settings(deadline=None, max_examples=50)
@given(ENTRIES)
def test_weights_are_what_the_formula_says(entries: list[list[str]]) -> None:
    found, expected = matcher(*entries, concepts=BODY), slow(entries, BODY)
    assert set(found.ids) == expected.known()
    assert all(weight(found, f) == pytest.approx(expected.weight(f), abs=1e-6) for f in found.ids)


def test_a_feature_of_every_entry_weighs_nothing() -> None:
    found = matcher(["skin glows"], ["skin sags"], ["skin dries"])
    assert weight(found, "w skin") == pytest.approx(0, abs=1e-6)
    assert weight(found, "w glow") == 1


def test_a_feature_weighs_the_more_the_fewer_entries_have_it() -> None:
    found = matcher(["skin glows"], ["skin sags"], ["face sags"], ["hand"])
    assert weight(found, "w hand") > weight(found, "w sag") > 0


def test_a_single_entry_can_be_asked_for() -> None:
    found = matcher(["dry skin", "rough skin"])
    said = featurize("dry skin", NOTHING)
    assert found.score(dict.fromkeys(said, 1.0), 0)[0] > 0.8


def test_the_entry_that_was_quoted_wins() -> None:
    found = matcher(["dry skin", "rough skin"], ["sagging skin", "loose skin"])
    scores = found.score(dict.fromkeys(featurize("sagging skin", NOTHING), 1.0), 0)
    assert scores[1] > 0.5 > scores[0]


def test_words_that_no_phrasing_knows_pull_every_score_down() -> None:
    found = matcher(["dry skin", "rough skin"], ["sagging skin", "loose skin"])
    said = dict.fromkeys(featurize("sagging skin", NOTHING), 1.0)
    sure, unsure = found.score(said, 0), found.score(said, 2)
    assert (unsure <= sure).all()
    assert unsure[1] < sure[1]


def test_a_question_without_any_known_word_fits_nothing() -> None:
    found = matcher(["dry skin"], ["loose skin"])
    scores = found.score({"w weather": 1.0}, 1.4)
    assert scores.tolist() == [0, 0]


def test_a_forgiven_typo_counts_as_unknown_in_part() -> None:
    found = matcher(["dry skin"])
    assert found.unknown([heard("skin", 0.75), heard("dri")]) == pytest.approx(0.25)


def test_an_unknown_word_counts_with_its_mass() -> None:
    assert matcher(["dry skin"]).unknown([heard("oil", 0, 0.6), heard("skin")]) == 0.6


def test_a_word_that_only_red_flags_know_counts_as_unknown() -> None:
    assert matcher(["dry skin"]).unknown([heard("fractur", 1, 1.2)]) == 1.2


def test_a_word_inside_a_known_phrase_is_known() -> None:
    found = matcher(["dry skin"], concepts=BODY)
    assert found.unknown([heard("crow")]) == 0


# The classifier

HOW = ("very", "so", "quite", "really")
TOPICS = [f"{how} dry" for how in HOW] + [f"{how} loose" for how in HOW]


def trained(phrasings: Sequence[str], classes: Sequence[int]) -> Classifier:
    return Classifier.train(Vectors.of(map(stems, phrasings), NOTHING), np.array(classes))


@pytest.fixture(scope="module")
def toy() -> Classifier:
    return trained(TOPICS, [0] * 4 + [1] * 4)


def test_the_classifier_tells_apart_what_can_be_told_apart(toy: Classifier) -> None:
    decided = [toy.logits(NOTHING.features(stems(p)), 0).argmax() for p in TOPICS]
    assert decided == [0] * 4 + [1] * 4


def test_unknown_words_make_the_classifier_less_certain(toy: Classifier) -> None:
    sure, unsure = toy.logits({"w dri": 1.0}, 0), toy.logits({"w dri": 1.0}, 2)
    assert np.ptp(sure) > np.ptp(unsure) > 0


def test_a_word_that_is_trusted_less_says_less(toy: Classifier) -> None:
    said = {"w loos": 1.0}
    sure, unsure = toy.logits({**said, "w dri": 1.0}, 0), toy.logits({**said, "w dri": 0.3}, 0)
    assert sure.argmax() == 0 or sure[0] - sure[1] > unsure[0] - unsure[1]


def test_the_classifier_has_no_opinion_on_what_it_never_saw(toy: Classifier) -> None:
    assert toy.logits({"w weather": 1.0}, 1).tolist() == [0, 0]


def test_features_that_occur_once_teach_nothing() -> None:
    assert trained(["dry", "loose"], [0, 1]).logits({"w dri": 1.0}, 0).tolist() == [0, 0]


PRINT_SCORES = """
from pathlib import Path
from bot.answering import loading
from bot.matching.concepts import Concepts
print(Concepts.of({name: ["noise"] for name in "abcdefgh"}).features(["nois"]))
faq = loading.load(Path("tests/bicycles"))
asked = faq.index.hear("why do my brakes chirp like a noisy finished chain")
print(faq.index.weigh(asked))
"""


def test_every_process_decides_the_same(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each process orders sets of strings in its own way; no score may depend on it."""
    here = Path(__file__).parent.parent.parent
    monkeypatch.chdir(here)
    other = subprocess.run(  # noqa: S603 - this program itself
        [sys.executable, "-c", PRINT_SCORES],
        env={"PYTHONHASHSEED": "1"},
        cwd=here,
        capture_output=True,
        check=True,
        text=True,
    )
    exec(PRINT_SCORES, {})  # noqa: S102 - the same here, whose order nobody has chosen
    assert _rounded(capsys.readouterr().out) == _rounded(other.stdout)


def _rounded(printed: str) -> str:
    """Vectors that were made in other company differ in their last digits."""
    return re.sub(r"-?\d+\.\d+(?:e-?\d+)?", lambda n: f"{float(n[0]) + 0:z.1f}", printed)


# The index


def test_the_best_come_first(faq: Faq) -> None:
    weighed = faq.index.weigh(faq.index.hear("worn brake pads"))
    assert weighed.entries[0][0] == "brakes.pads"
    assert weighed.topics[0][0] == "brakes"
    for ranked in (weighed.entries, weighed.topics, weighed.rivals):
        assert [score for _, score in ranked] == sorted((s for _, s in ranked), reverse=True)


def test_everything_is_weighed_once(faq: Faq) -> None:
    weighed = faq.index.weigh(faq.index.hear("brakes"))
    assert {key for key, _ in weighed.entries} == set(faq.knowledge.entries)
    assert {key for key, _ in weighed.topics} == set(faq.knowledge.topics)
    rivals = {*faq.knowledge.limits, *faq.knowledge.smalltalk}
    assert {key for key, _ in weighed.rivals} == rivals


def test_evidence_says_how_far_the_best_topic_leads(faq: Faq) -> None:
    weighed = faq.index.weigh(faq.index.hear("worn brake pads"))
    best, second = weighed.topics[0][1], weighed.topics[1][1]
    assert weighed.evidence.fit == best
    assert weighed.evidence.margin == pytest.approx(best - second)
    assert weighed.evidence.lead == pytest.approx(best - weighed.rivals[0][1])
    assert weighed.evidence.unaccounted == 0
    assert 0 < weighed.confidence < 1


def test_confidence_grows_with_the_evidence(faq: Faq) -> None:
    sure, less, none = (
        faq.index.weigh(faq.index.hear(asked)).confidence
        for asked in ("worn brake pads", "worn zebra pads", "zebra")
    )
    assert sure > less > none


def test_a_broad_topic_gives_way(folder: Path) -> None:
    before = loading.load(folder)
    chain = folder / "topics" / "chain.yaml"
    chain.write_text(chain.read_text().replace("entries:", "broad: true\nentries:", 1))
    after = loading.load(folder)
    asked = "chain squeaks"
    assert score_of_chain(after, asked) < score_of_chain(before, asked)


def score_of_chain(faq: Faq, asked: str) -> float:
    return dict(faq.index.weigh(faq.index.hear(asked)).topics)["chain"]


def test_measured_thresholds_come_before_the_defaults(folder: Path) -> None:
    (folder / "thresholds.yaml").write_text("answer: 0.9\n")
    (folder / "expected.yaml").write_text("expected: []")
    thresholds = loading.load(folder).index.thresholds
    assert thresholds.answer == 0.9
    assert thresholds.suggest == pytest.approx(0.3)
    assert thresholds.trace == Thresholds().trace


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("bias", [-50.0, 50.0])
def test_confidence_is_a_share_however_extreme_the_curve_is(bias: float, faq: Faq) -> None:
    evidence = faq.index.weigh(faq.index.hear("worn brake pads")).evidence
    assert 0 <= replace(faq.index.confidence, bias=bias)(evidence) <= 1
