"""Gets what every test may use from `fixtures`, but only where tests are run."""

import gc

import pytest


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """The process that deals tests out to others begins sooner without importing the program.

    Last of all, so that the coverage of what is imported is measured.
    """
    config = session.config
    only_deals_out = config.getoption("numprocesses", None) and not hasattr(config, "workerinput")
    if not only_deals_out:
        gc.disable()  # Until the tests are collected: all that is made by then stays.
        config.pluginmanager.import_plugin("tests.fixtures")
