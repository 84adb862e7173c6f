"""The lines that this program logs, without those of its libraries."""

import logging

import pytest


def logged(caplog: pytest.LogCaptureFixture, level: int = logging.WARNING) -> list[str]:
    """The lines of this level or a higher one."""
    ours = [each for each in caplog.records if each.name.startswith("bot.")]
    return [each.getMessage() for each in ours if each.levelno >= level]
