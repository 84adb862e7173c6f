"""Matrices by name, in a file of the format safetensors: a head in JSON, then all numbers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Table:
    """A matrix of which few rows are needed: they are read, and not kept in memory."""

    file: Path
    start: int
    """Place of the first row in the file."""
    width: int

    def __getitem__(self, numbers: Sequence[int]) -> npt.NDArray[np.float32]:
        """The rows of these numbers: numbers x width."""
        size = self.width * np.dtype(np.float32).itemsize
        rows = []
        with self.file.open("rb", buffering=0) as opened:
            for number in numbers:
                opened.seek(self.start + number * size)
                rows.append(opened.read(size))
        return np.frombuffer(b"".join(rows), np.float32).reshape(-1, self.width)


@dataclass(frozen=True, slots=True)
class Weights:
    """Matrices by name, read from a safetensors file where and when they are needed."""

    file: Path
    begin: int
    """Place of the first number in the file."""
    data: npt.NDArray[np.uint8]
    heads: Mapping[str, dict[str, list[int]]]

    @classmethod
    def of(cls, file: Path) -> "Weights":
        """Map a file: the length of its head, the head as JSON, then all numbers."""
        with file.open("rb") as opened:
            length = int.from_bytes(opened.read(8), "little")
            heads = json.loads(opened.read(length))
        data = np.memmap(file, mode="r", offset=8 + length, dtype=np.uint8)
        return cls(file, 8 + length, data, heads)

    def table(self, name: str) -> Table:
        """A matrix whose rows are read one by one."""
        head = self.heads[name]
        return Table(self.file, self.begin + head["data_offsets"][0], head["shape"][1])

    def __getitem__(self, name: str) -> npt.NDArray[np.float32]:
        start, end = self.heads[name]["data_offsets"]
        numbers = self.data[start:end].view(np.float32)
        return np.asarray(numbers.reshape(self.heads[name]["shape"]))
