"""Pickles whose arrays stay in the file: each page of them is read when it is first looked at.

Half of a knowledge base is arrays, of which the questions of a day touch little. A file holds the
sizes of the arrays, the pickle, and the arrays out of band (PEP 574), each at a multiple of ALIGNED
bytes. The arrays are read-only. While they are used the file may be removed or replaced, but must
not be written to.
"""

import mmap
import pickle
from io import BufferedReader, BufferedWriter
from itertools import accumulate

from msgspec import Struct

ALIGNED = 64
"""Bytes; numpy reads what is aligned fastest."""


def dump(value: object, file: BufferedWriter) -> None:
    """Write to an empty file.

    Raises:
        OSError: there is no room.
    """
    found: list[pickle.PickleBuffer] = []
    made = pickle.dumps(value, pickle.HIGHEST_PROTOCOL, buffer_callback=found.append)
    arrays = [array.raw() for array in found]
    pickle.dump([array.nbytes for array in arrays], file)
    for part in (memoryview(made), *arrays):
        file.write(part)
        file.write(bytes(-file.tell() % ALIGNED))


def load(file: BufferedReader, *, slowly: bool = False) -> object:
    """What `dump` wrote; only for files of this program's own.

    Raises:
        Exception: of many kinds, where the file is damaged.
    """
    sizes = pickle.load(file)  # noqa: S301 - see above
    *starts, end = accumulate(map(_aligned, sizes), initial=0)
    whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    begin = len(whole) - end
    arrays = (whole[begin + s : begin + s + n] for s, n in zip(starts, sizes, strict=True))
    found = pickle.load(_Slowly(file) if slowly else file, buffers=arrays)  # noqa: S301 - as above
    if _aligned(file.tell()) != begin:
        raise ValueError(f"{len(whole)} bytes are not what was written")
    return found


class _Slowly(Struct, frozen=True):
    """A file that lets other threads have their turn: unpickling from a plain one holds them up."""

    file: BufferedReader

    def read(self, size: int) -> bytes:
        return self.file.read(size)

    def readline(self) -> bytes:
        return self.file.readline()

    def readinto(self, buffer: bytearray | memoryview) -> int:
        return self.file.readinto(buffer)


def _aligned(size: int) -> int:
    return size + -size % ALIGNED
