"""The picture that /stats shows."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from bot.features.statistics.figures import Figures


def draw(figures: Figures) -> bytes:
    """A PNG. Takes a second the first time and a third of one later: not for the event loop."""
    # Imported here: no start waits for matplotlib.
    with place_for_fonts():
        from bot.features.statistics import plotting

    return plotting.png(figures)


@contextmanager
def place_for_fonts() -> Iterator[None]:
    """matplotlib keeps a list of all fonts, in the home of a user. A service may have none, or one
    that is read-only, which matplotlib would warn of."""
    if "matplotlib" in sys.modules or os.environ.get("MPLCONFIGDIR"):
        yield
        return
    with TemporaryDirectory(prefix="skinbot-") as folder:
        os.environ["MPLCONFIGDIR"] = folder
        try:
            yield
        finally:
            os.environ.pop("MPLCONFIGDIR", None)
