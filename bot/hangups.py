"""SIGHUPs that come during a start, before anything can reload."""

import signal

_came: list[int] = []


def note() -> None:
    """Remember SIGHUPs from now on: by default they would end the process."""
    signal.signal(signal.SIGHUP, lambda number, _: _came.append(number))


def came() -> bool:
    """True where one came since `note`."""
    return bool(_came)
