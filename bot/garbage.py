"""Keeps Python's search for garbage short: it stops all answers while it lasts.

The search goes through everything that may be part of a circle, and a knowledge base has more of
that than the rest of the program together. It holds no circles: what is not needed any more goes
without a search.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def spared() -> Iterator[None]:
    """What is made here, and all that is there by then, is never searched."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
