"""Makes what the program brings along for its scoring, from the background and a knowledge base.

`python -m benchmarks.training STEP [DIR]` takes one step; `make training` takes all of them in
order. The encoder has to be installed.

- `directions`: in which directions the vectors of texts differ most (language/directions.npz);
- `embeddings`: the vectors of the background and of the knowledge base, so that the first start
  need not make them (language/embeddings.npz);
- `usual`: the usual weights of the confidence, from all five folds (matching/usual.json).
"""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

import bot
from bot.answering import dangers, index
from bot.knowledge import base, files
from bot.knowledge.base import Knowledge
from bot.knowledge.parser import ParsedFiles
from bot.language import background, embeddings, encoder
from bot.language.words import words
from bot.matching import confidence, holdout
from bot.matching.concepts import Concepts
from bot.matching.corpus import Corpus

PROGRAM = Path(bot.__file__).parent
KEPT = 128
"""Directions that are kept of the 384: as good, in a third of the room."""


def main() -> None:
    step, *folders = sys.argv[1:]
    folder = Path(folders[0]) if folders else base.shipped()
    knowledge = Knowledge.of(ParsedFiles.of(files.look(folder)))
    {"directions": directions, "embeddings": known_vectors, "usual": usual}[step](knowledge)


def directions(knowledge: Knowledge) -> None:
    corpus = index.corpus(knowledge)
    model = encoder.installed()
    assert model, "the encoder is not installed"
    width = model.embedding.width
    whole = replace(model, mean=np.zeros(width, np.float32), directions=np.eye(width, dtype="f4"))
    vectors = whole.encode([*_texts(corpus), *corpus.messages])
    mean = vectors.mean(0)
    _, _, ranked = np.linalg.svd(vectors - mean, full_matrices=False)
    np.savez(
        PROGRAM / "language" / "directions.npz",
        mean=mean.astype(np.float16),
        directions=ranked[:KEPT].T.astype(np.float16),
    )


def known_vectors(knowledge: Knowledge) -> None:
    corpus = index.corpus(knowledge)
    known = embeddings.embeddings()
    assert known, "the encoder is not installed"
    known.rows.clear()
    told = [words(one.text) for one in dangers.sentences(knowledge)]
    known.of([*background.messages(), *_texts(corpus), *corpus.strange(), *told])
    known.save(PROGRAM / "language" / embeddings.FILE, everything=True)
    print(f"{len(known.rows)} vectors")


def usual(knowledge: Knowledge) -> None:
    corpus = index.corpus(knowledge)
    concepts = Concepts.of(knowledge.synonyms.concepts)
    hear = index.vocabulary(knowledge).hear
    trials = holdout.rehearse(corpus, concepts, hear, rounds=5)
    rows = np.array([trial.evidence.numbers() for trial in trials])
    nothing = [0.0] * (len(confidence.NAMES) + 1), rows.std(0).tolist()
    evidence, right = [t.evidence for t in trials], [t.right for t in trials]
    found = confidence.Confidence.fit(evidence, right, nothing)
    written = {
        "bias": round(found.bias, 4),
        "weights": _named(found.weights),
        "spread": _named(rows.std(0)),
    }
    file = PROGRAM / "matching" / confidence.FILE
    file.write_text(json.dumps(written, indent=2) + "\n", "utf-8")
    print(file.read_text("utf-8"))


def _named(numbers: object) -> dict[str, float]:
    values = np.asarray(numbers, float)
    return {n: round(float(v), 4) for n, v in zip(confidence.NAMES, values, strict=True)}


def _texts(corpus: Corpus) -> list[tuple[str, ...]]:
    return [text for key in corpus.groups for text in corpus.meant(key)]


if __name__ == "__main__":
    main()
