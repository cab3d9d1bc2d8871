"""The monitoring watch: looks at a running application from outside, and judges what it sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.cli import ground as grounds
from trivigil.cli import outlook

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.cli.console import Console
    from trivigil.cli.ground import Ground
    from trivigil.config import Monitor
    from trivigil.core.report import Report
    from trivigil.monitor import Order
    from trivigil.monitor.analysis import Context

REPORT: Final = "monitoring-results.json"


def addresses(settings: Monitor) -> tuple[str, ...]:
    """Addresses of its settings that may hold a password."""
    return (settings.target, *settings.control)


def judge(
    settings: Monitor, name: str, ground: Ground, environ: Mapping[str, str], console: Console
) -> Report:
    """Start the application, where one is asked for, and look at the target."""
    from trivigil import monitor

    order, context = _order(settings, environ), _context(settings, name, environ)
    if settings.tests:
        # Check files of a pull request are not followed where the token may write, or secrets are at hand.
        grounds.refuse_privileged("tests", environ)
    grounds.start(settings, ground, environ, console)
    return monitor.watch(
        order, context, directory=ground.directory, environ=environ, say=console.say
    )


def refused(
    problem: str, name: str, settings: Monitor | None, environ: Mapping[str, str]
) -> Report:
    """The report of a watch that could not look at all."""
    from trivigil.monitor import analysis

    return analysis.refused(problem, _context(settings, name, environ))


def conceal(report: Report) -> Report:
    """The report without what a public repository does not tell everybody: what a site answered, word for word."""
    from trivigil.monitor.disclosure import conceal as concealed

    return concealed(report)


def _order(settings: Monitor, environ: Mapping[str, str]) -> Order:
    from trivigil.launching.duration import seconds
    from trivigil.monitor import Order

    timeout = seconds(settings.timeout, "timeout") if settings.timeout else outlook.TIMEOUT
    run_time = seconds(settings.run_time, "run-time") if settings.run_time else outlook.RUN_TIME
    return Order(
        outlook.bounds(
            settings.target,
            environ,
            timeout=timeout,
            allow_private=settings.allow_private,
            allow_writes=settings.allow_writes,
        ),
        tests=settings.tests,
        headers=settings.headers,
        least_grade=settings.least_grade,
        algorithm=settings.algorithm,
        certificate_days=settings.certificate_days,
        slow=settings.slow,
        retries=settings.retries,
        run_time=run_time,
        control=settings.control,
        name=settings.target_name,
        baseline=settings.baseline,
    )


def _context(settings: Monitor | None, name: str, environ: Mapping[str, str]) -> Context:
    from trivigil.monitor.vigilance import Policy

    if settings is None:
        return outlook.context(name, "", environ)
    policy = Policy(settings.failures_before_alert, settings.successes_before_recovery)
    return outlook.context(
        name,
        settings.target,
        environ,
        shown=settings.target_name,
        policy=policy,
        state=settings.state,
    )
