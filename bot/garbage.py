"""Keeps Python's search for garbage short, and returns memory that is not needed any more.

The search stops all answers while it lasts. It goes through everything that may be part of a
circle, and a knowledge base has more of that than the rest of the program together. It holds no
circles: what is not needed any more goes without a search.
"""

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def spared(*, again: bool = False) -> Iterator[None]:
    """What is made here, and all that is there by then, is never searched.

    What is garbage by then would stay for good: where this is done `again` and again it is found
    before, by a search that takes some milliseconds.
    """
    gc.disable()
    try:
        yield
    finally:
        if again:
            gc.collect()
        gc.freeze()
        gc.enable()
        give_back()


def give_back() -> None:
    """Return free memory to the system: after a large knowledge base glibc would keep tens of MB.

    Other C libraries have no way to ask for that.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
