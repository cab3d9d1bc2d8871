"""Rules for every test: no address but this machine's own, examples that repeat, and what is told at the end."""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# The speed of the machine is no property of the code; in CI the same examples come every time.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def _only_loopback(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: a test that reaches for another machine fails, whatever library it uses."""
    if event not in {"socket.connect", "socket.sendto"}:
        return
    address = arguments[1]
    if not isinstance(address, tuple):
        return
    host = str(address[0]).partition("%")[0]
    try:
        allowed = host in {"", "localhost"} or ipaddress.ip_address(host).is_loopback
    except ValueError:
        allowed = False
    if not allowed:
        message = f"A test reached for {host}; tests speak to loopback addresses only."
        raise RuntimeError(message)


sys.addaudithook(_only_loopback)


TOLD = "told"
TOGETHER = {
    "tests/conformance/test_hurl.py": "two processes would find the same free pair of ports",
    "tests/security/suite/test_shops.py": "the whole suite is run once against each shop",
    "tests/test_examples.py::TestBudgets": "one load test is enough for all of them",
}
"""Tests that stay in one process when the others are divided, and why."""


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Takes a line for the end of the run, where it is shown whichever process ran the test."""
    return lambda line: request.node.user_properties.append((TOLD, line))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what tests have told, in the order of their names."""
    reports = [
        report
        for listed in terminalreporter.stats.values()
        for report in listed
        if isinstance(report, pytest.TestReport) and report.when == "call"
    ]
    lines = [
        line
        for report in sorted(reports, key=lambda report: report.nodeid)
        for name, line in report.user_properties
        if name == TOLD
    ]
    if lines:
        terminalreporter.section("told by tests")
        for line in lines:
            terminalreporter.line(str(line))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """A process for each core that this one may use; every one collects all tests, so not more than eight."""
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return min(cores, 8)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Each test by itself to the next free process, but those of `TOGETHER`, which come first.

    pytest-xdist 3.8 has marks for that, which pytest 9.2 does not let it use: ids do not change any more.
    """
    if config.getoption("dist") != "loadgroup":
        return None
    scheduling = import_module("xdist.scheduler").LoadScopeScheduling(config, log)
    scheduling._split_scope = process_of
    return scheduling


def process_of(nodeid: str) -> str:
    """What has to be in one process with a test."""
    return next((begin for begin in TOGETHER if nodeid.startswith(begin)), nodeid)
