"""Vectors of many texts, most of which were encoded before and are kept in a file."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from itertools import islice
from pathlib import Path
from threading import Lock

import numpy as np
import numpy.typing as npt

from bot.language import encoder
from bot.language.encoder import Encoder, Floats, Words
from bot.once import Once

FILE = "embeddings.npz"
MOST = 50_000
"""Vectors that are kept beside the shipped ones: the newest."""
RECENT = 1_000
"""Vectors of questions that are remembered."""
FULL = 127
"""The largest number of a row."""

Ints = npt.NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Vectors:
    """Vectors as whole numbers of one byte; those that are asked for become floats."""

    table: npt.NDArray[np.int8]
    """Texts x (4 bytes of a float32 to multiply by, then a number for each direction)."""

    def __len__(self) -> int:
        return len(self.table)

    def of(self, places: Ints) -> "Vectors":
        """The vectors at these places; a place may come more than once."""
        return Vectors(self.table[places])

    def __getitem__(self, places: Ints | slice) -> Floats:
        """The vectors at these places: places x width of a vector."""
        rows = self.table[places]
        scales = np.ascontiguousarray(rows[:, :4]).view(np.float32)
        return np.asarray(rows[:, 4:] * scales, np.float32)


@dataclass(slots=True)
class Embeddings:
    """Encodes texts, and remembers the vectors as rows of small whole numbers."""

    encoder: Encoder
    rows: dict[bytes, bytes] = field(default_factory=dict)
    """Hash of a text → its vector: a float32 to multiply by, then a number of one byte each."""
    shipped: int = 0
    """The first rows, this many, come with the program."""
    _recent: dict[bytes, Floats] = field(default_factory=dict)
    _waiting: dict[bytes, Words] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    """Held by the thread that encodes."""

    def of(self, texts: Sequence[Words]) -> Vectors:
        """A vector for each text. New ones are remembered."""
        keys = [_key(text) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self.rows}
        if missing:
            found = _packed(self.encoder.encode([*missing.values()]))
            self.rows.update(zip(missing, found, strict=True))
        rows = b"".join(self.rows[key] for key in keys)
        return Vectors(np.frombuffer(rows, np.int8).reshape(len(keys), -1))

    def one(self, text: Words) -> Floats:
        """The vector of a question, which is remembered for a while, as it may be weighed twice.

        Questions of other threads that come while one is encoded are then encoded together.
        """
        key = _key(text)
        found = self._recent.get(key)
        if found is None:
            self._waiting[key] = text
            with self._lock:
                found = self._recent.get(key)
                if found is None:
                    found = self._encode_waiting({**self._waiting, key: text})[key]
        return found

    def _encode_waiting(self, texts: Mapping[bytes, Words]) -> Mapping[bytes, Floats]:
        found = dict(zip(texts, self.encoder.encode([*texts.values()]), strict=True))
        self._recent.update(found)
        for key in found:
            self._waiting.pop(key, None)
        for oldest in [*islice(self._recent, max(0, len(self._recent) - RECENT))]:
            del self._recent[oldest]
        return found

    def read(self, file: Path) -> None:
        """Remember what was saved.

        Raises:
            OSError, ValueError, KeyError: the file cannot be read, or it is no such file.
        """
        with np.load(file, allow_pickle=False) as saved:
            keys, rows = saved["keys"], saved["rows"]
        known = zip(map(bytes, keys), map(bytes, rows), strict=True)
        self.rows.update((key, row) for key, row in known if key not in self.rows)

    def save(self, file: Path, *, everything: bool = False) -> bool:
        """Write what does not come with the program; False where there is nothing to write."""
        kept = [*self.rows.items()][0 if everything else max(self.shipped, len(self.rows) - MOST) :]
        if kept:
            keys, rows = (
                np.array([*map(list, part)], np.uint8) for part in zip(*kept, strict=True)
            )
            with file.open("wb") as opened:
                np.savez(opened, keys=keys, rows=rows)
        return bool(kept)


def _key(text: Iterable[str]) -> bytes:
    return hashlib.blake2b(" ".join(text).encode("utf-8", "replace"), digest_size=8).digest()


def _packed(vectors: Floats) -> list[bytes]:
    scales = np.maximum(np.abs(vectors).max(1), np.finfo(np.float32).tiny) / FULL
    numbers = np.round(vectors / scales[:, None]).astype(np.int8)
    return [
        s.astype(np.float32).tobytes() + n.tobytes() for s, n in zip(scales, numbers, strict=True)
    ]


@Once
def embeddings() -> Embeddings | None:
    """The vectors that come with the program, if there is an encoder for more of them."""
    found = encoder.installed()
    if found is None:
        return None
    known = Embeddings(found)
    with resources.as_file(resources.files("bot.language") / FILE) as file:
        if file.exists():
            known.read(file)
    known.shipped = len(known.rows)
    return known
