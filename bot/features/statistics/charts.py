"""The picture that /stats shows."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from bot.features.statistics.figures import Figures


def draw(figures: Figures) -> bytes:
    """A PNG. It takes a second the first time, a third later: too long for the event loop."""
    # The import stands here so that no start waits for matplotlib.
    with place_for_fonts():
        from bot.features.statistics import plotting

    return plotting.png(figures)


@contextmanager
def place_for_fonts() -> Iterator[None]:
    """A folder for matplotlib's list of fonts, while it is imported.

    Otherwise the list goes into the user's home. A service may have no home, or one that is
    read-only, and matplotlib would warn about that.
    """
    if "matplotlib" in sys.modules or os.environ.get("MPLCONFIGDIR"):
        yield
        return
    with TemporaryDirectory(prefix="skinbot-") as folder:
        os.environ["MPLCONFIGDIR"] = folder
        try:
            yield
        finally:
            os.environ.pop("MPLCONFIGDIR", None)
