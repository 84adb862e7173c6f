"""Files that are written beside their place: whole or not at all."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ENDING = ".unfinished"


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """An empty file beside a path, for this user only; it is gone when something goes wrong."""
    # Nothing that begins with a dot is read as a part of the knowledge base.
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=ENDING, dir=path.parent)
    try:
        # The lock ends with the process, however that ends.
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield Path(name)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)


def sweep(folder: Path) -> None:
    """Delete what processes left that were killed while they wrote into a folder."""
    for path in folder.glob(f".*{ENDING}"):
        # What cannot be deleted does no harm.
        with suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
