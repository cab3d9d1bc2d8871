"""The monitor: what a target looks like from outside, now. `watch` gathers, `analysis.analyze` judges."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trivigil.core.report import Report
    from trivigil.monitor.analysis import Context
    from trivigil.monitor.facts import Checked
    from trivigil.monitor.graded import Graded
    from trivigil.monitor.planned import Bounds, Planned


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


def watch(
    order: Order,
    context: Context,
    *,
    directory: str,
    environ: Mapping[str, str],
    say: Callable[[str], None],
) -> Report:
    """Look at everything that the order names, and judge it. Raises InputError for what the user can mend, before anything is asked."""
    from trivigil.monitor import analysis, control, runner

    plans = plan(order, directory, say)
    asked = control.of(environ, order.bounds, order.control)
    limits = runner.Limits(retries=order.retries, whole=order.run_time)
    checks = runner.run(plans, order.bounds, limits=limits, control=asked)
    graded = _graded(order, checks)
    if graded is not None and order.least_grade:
        checks = (*checks, _least(graded, order))
    if order.name:
        checks, graded = _under_name(checks, graded, order)
    return analysis.analyze(checks, context, headers=graded)


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
    if not any(attempt.http_status for check in checks for attempt in check.attempts[-1:]):
        return Graded(
            order.algorithm, problem="the headers have no grade: the target does not answer"
        )
    return grading.grade(order.bounds, order.algorithm)


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
