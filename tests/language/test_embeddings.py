"""Vectors of meanings: each text gets its own, alone or beside others."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from bot.language import embeddings
from bot.language.embeddings import Embeddings
from bot.language.encoder import TOGETHER, Encoder, Floats, installed
from bot.language.words import words

QUESTIONS = [
    "why",
    "my chain squeaks",
    "how do i change a tube on the road",
    "is it safe to ride home with a bent fork and no front brake if it rains",
]
CLOSE = 1e-5


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    """The encoder, which the developers' packages bring."""
    found = installed()
    assert found is not None
    return found


@pytest.fixture
def vectors(encoder: Encoder) -> Embeddings:
    """Vectors without any that were made before."""
    return Embeddings(encoder)


def alone(encoder: Encoder, text: str) -> Floats:
    found: Floats = encoder.encode([words(text)])[0]
    return found


def test_a_text_has_one_vector_whatever_it_is_encoded_with(encoder: Encoder) -> None:
    many = [words(text) for text in QUESTIONS] * TOGETHER
    for text, found in zip(QUESTIONS, encoder.encode(many), strict=False):
        assert np.abs(found - alone(encoder, text)).max() < CLOSE


def test_questions_of_many_threads_get_their_own_vectors(
    encoder: Encoder, vectors: Embeddings
) -> None:
    asked = QUESTIONS * 5
    with ThreadPoolExecutor(len(asked)) as threads:
        found = list(threads.map(vectors.one, map(words, asked)))
    for text, vector in zip(asked, found, strict=True):
        assert np.abs(vector - alone(encoder, text)).max() < CLOSE


def test_no_more_than_the_newest_questions_are_remembered(
    vectors: Embeddings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embeddings, "RECENT", 2)
    for text in QUESTIONS:
        vectors.one(words(text))
    first, last = vectors.one(words(QUESTIONS[-1])), vectors.one(words(QUESTIONS[-1]))
    assert first is last
    assert len(vectors._recent) == 2


def test_a_vector_kept_as_small_numbers_is_nearly_the_whole_one(
    encoder: Encoder, vectors: Embeddings
) -> None:
    kept = vectors.of([words(text) for text in QUESTIONS])
    assert len(kept) == len(QUESTIONS)
    for text, found in zip(QUESTIONS, kept[:], strict=True):
        assert np.abs(found - alone(encoder, text)).max() < 0.01
