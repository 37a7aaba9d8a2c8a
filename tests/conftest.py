"""What holds for every test.

On a user's machine a part may be absent (an optional program, a browser); its tests then skip and say why. In
continuous integration nothing may be absent, so there a skip is a failure: else a check could vanish unnoticed.
"""

import os

import pytest
from _pytest.terminal import TerminalReporter


def _in_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def _skips(config: pytest.Config) -> int:
    # Workers of pytest-xdist have no reporter; the one that collects their results has.
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return len(reporter.stats.get("skipped", [])) if isinstance(reporter, TerminalReporter) else 0


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if _in_ci() and exitstatus == pytest.ExitCode.OK and _skips(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    if skips := _skips(config):
        verdict = "a failure, because CI is set" if _in_ci() else "parts are absent on this machine, see above"
        terminalreporter.write_sep("!", f"{skips} skipped: {verdict}", red=_in_ci(), yellow=not _in_ci(), bold=True)
