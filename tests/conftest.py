"""Gets what every test may use from `fixtures`, but only where tests are run."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """The process that deals tests out to others begins sooner without importing the program."""
    only_deals_out = config.getoption("numprocesses", None) and not hasattr(config, "workerinput")
    if not only_deals_out:
        config.pluginmanager.import_plugin("tests.fixtures")
