"""Matrices by name, in a file of the format safetensors: a head in JSON, then all numbers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Weights:
    """Matrices by name, read from a safetensors file where and when they are needed."""

    data: npt.NDArray[np.uint8]
    heads: Mapping[str, dict[str, list[int]]]

    @classmethod
    def of(cls, file: Path) -> "Weights":
        """Map a file: the length of its head, the head as JSON, then all numbers."""
        with file.open("rb") as opened:
            length = int.from_bytes(opened.read(8), "little")
            heads = json.loads(opened.read(length))
        return cls(np.memmap(file, mode="r", offset=8 + length, dtype=np.uint8), heads)

    def __getitem__(self, name: str) -> npt.NDArray[np.float32]:
        start, end = self.heads[name]["data_offsets"]
        numbers = self.data[start:end].view(np.float32)
        return np.asarray(numbers.reshape(self.heads[name]["shape"]))
