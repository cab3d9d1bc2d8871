"""The monitor: what a target looks like from outside, now. `watch` gathers, `analysis.analyze` judges."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trivigil.core.report import Report
    from trivigil.monitor.analysis import Context
    from trivigil.monitor.baseline import Watched
    from trivigil.monitor.baseline.kept import Baseline
    from trivigil.monitor.control import Control
    from trivigil.monitor.facts import Checked
    from trivigil.monitor.graded import Graded
    from trivigil.monitor.planned import Bounds, Planned


_LEAST_TIME: Final = 30.0
"""Seconds that the comparison with the baseline has, also where the checks took all of the run's time."""


class Order(NamedTuple):
    """What is to be looked at."""

    bounds: Bounds
    tests: str = ""
    """Folder with check files; empty for the built-in checks alone."""
    headers: bool = True
    least_grade: str = ""
    algorithm: str = "6"
    certificate_days: int = 14
    slow: int | None = None
    """Milliseconds after which the target's page is degraded."""
    retries: int = 2
    run_time: float = 300.0
    """Seconds for all checks together."""
    control: tuple[str, ...] = ()
    name: str = ""
    """What is shown in place of the target's address; empty: the address."""
    baseline: str = ""
    """File with the times that are usual, relative to the working directory; empty: nothing to compare with."""
    pause: float = 0.5
    """Seconds between the samples of that comparison."""


def watch(
    order: Order,
    context: Context,
    *,
    directory: str,
    environ: Mapping[str, str],
    say: Callable[[str], None],
) -> Report:
    """Look at everything that the order names, and judge it. Raises InputError for what the user can mend, before anything is asked."""
    from trivigil.monitor import analysis, control, naming, runner

    plans = plan(order, directory, say)
    usual = _usual(order, context, directory)
    asked = control.of(environ, order.bounds, order.control)
    started = time.monotonic()
    limits = runner.Limits(retries=order.retries, whole=order.run_time)
    checks = runner.run(plans, order.bounds, limits=limits, control=asked)
    graded = _graded(order, checks)
    if graded is not None and order.least_grade:
        checks = (*checks, _least(graded, order))
    speed = None
    if usual is not None:
        left = order.run_time - (time.monotonic() - started)
        speed = _speed(order, usual, checks, environ, asked, left)
        checks = (*checks, speed.check)
        context = context._replace(notes=(*context.notes, *speed.notes))
    fact = speed.fact if speed is not None else None
    if order.name:
        checks, graded = _under_name(checks, graded, order)
        hidden = naming.addresses(order.bounds.target)
        fact = naming.renamed(fact, hidden, order.name)
        context = context._replace(notes=naming.renamed(context.notes, hidden, order.name))
    return analysis.analyze(checks, context, headers=graded, baseline=fact)


def plan(order: Order, directory: str, say: Callable[[str], None]) -> tuple[Planned, ...]:
    """The checks in their order: the certificate, then those of the files; without files, whether the target answers.

    Check files say what an answer has to be. Beside them nobody asks the root of an interface that has no page there.
    """
    from trivigil.monitor import certificates, reachability
    from trivigil.monitor.synthetic.languages import load

    own = load(order.tests, order.bounds, directory=directory, say=say) if order.tests else ()
    is_safe = order.bounds.target.lower().startswith("https:")
    certificate = certificates.plan(days=order.certificate_days) if is_safe else None
    answers = () if own and order.slow is None else (reachability.plan(slow=order.slow),)
    return (*answers, *((certificate,) if certificate else ()), *own)


def _graded(order: Order, checks: Sequence[Checked]) -> Graded | None:
    """The grades, where they are wanted; nobody is asked again who has just not answered."""
    from trivigil.monitor import grading
    from trivigil.monitor.graded import Graded

    if not order.headers:
        return None
    if not _answered(checks):
        return Graded(
            order.algorithm, problem="the headers have no grade: the target does not answer"
        )
    return grading.grade(order.bounds, order.algorithm)


def _usual(order: Order, context: Context, directory: str) -> Baseline | None:
    """The baseline, where one is named: read before anything is asked."""
    from trivigil.monitor import baseline

    if not order.baseline:
        return None
    return baseline.load(order.baseline, directory, context.target, time.time())


def _speed(
    order: Order,
    usual: Baseline,
    checks: Sequence[Checked],
    environ: Mapping[str, str],
    asked: Control | None,
    left: float,
) -> Watched:
    """The target's speed, measured when nothing else is; not of a target that does not answer."""
    from trivigil.monitor import baseline
    from trivigil.monitor.baseline.sampling import Pace

    if reason := _silence(checks):
        return baseline.skipped(order.baseline, usual, reason)
    return baseline.watch(
        order.baseline,
        usual,
        order.bounds,
        pace=Pace(order.pause, max(left, _LEAST_TIME)),
        environ=environ,
        retries=order.retries,
        control=asked,
    )


def _silence(checks: Sequence[Checked]) -> str | None:
    """Why there is nothing to measure: the target does not answer, as the checks before have seen."""
    from trivigil.monitor.reachability import NAME

    first = next((one for one in checks if one.name == NAME and one.kind == "synthetic"), None)
    if first is not None and first.status in {"down", "unknown"}:
        return f"it depends on `{NAME}`, which is {first.status}"
    return None if _answered(checks) else "no check had an answer of the target"


def _answered(checks: Sequence[Checked]) -> bool:
    return any(attempt.http_status for check in checks for attempt in check.attempts[-1:])


def _least(graded: Graded, order: Order) -> Checked:
    from trivigil.monitor.graded import check
    from trivigil.monitor.probing import moment

    return check(graded, order.least_grade, moment(time.time()))


def _under_name(
    checks: Sequence[Checked], graded: Graded | None, order: Order
) -> tuple[tuple[Checked, ...], Graded | None]:
    """The same with the target's name in place of its address."""
    from trivigil.monitor import facts, naming

    hidden = naming.addresses(order.bounds.target)

    def renamed(value: Any) -> Any:
        return naming.renamed(value, hidden, order.name)

    if graded is not None:
        findings = tuple(
            one._replace(message=renamed(one.message), send=renamed(one.send))
            for one in graded.findings
        )
        graded = graded._replace(findings=findings, problem=renamed(graded.problem))
    return facts.read(renamed(facts.as_json(checks))), graded
