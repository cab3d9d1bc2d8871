"""The limits of rules and dashboard: an option goes before the budgets file, that before `.trivigil.yml`, that before the default."""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING, Any, Final, cast

from trivigil.core.errors import InputError
from trivigil.observability.limits import Limits, checked, from_budgets

if TYPE_CHECKING:
    from argparse import Namespace

    from trivigil import config
    from trivigil.cli.parser import Parser

_NUMBER: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*(ms|s|%|)")
_DEFAULT: Final = Limits()


def add(parser: Parser) -> None:
    """The options."""
    parser.add_argument("--budgets", metavar="FILE", help="budgets whose limits count")
    parser.add_argument("--config", metavar="FILE", help="else .trivigil.yml, where it is")
    for name, metavar, about in (
        ("slo", "PERCENT", "requests that must succeed over a month (99.9%%)"),
        ("response-time", "T", "most for the percentile of response times (500ms)"),
        ("percentile", "P", "which percentile (95)"),
        ("error-rate", "PERCENT", "most of the requests that may fail (5%%)"),
        ("least-rate", "N", "requests a second below which nothing is told (0.1)"),
        ("security-events", "N", "most of one type in ten minutes (10)"),
        ("interval", "T", "from one run of the monitor to the next (30m)"),
        ("failures", "N", "runs in a row that must fail (2)"),
        ("certificate-days", "N", "fewest days left; 0: not told (14)"),
    ):
        parser.add_argument(f"--{name}", metavar=metavar, help=about)


def read(arguments: Namespace) -> Limits:
    """The limits that hold. Raises InputError that names the option, or file, line and key."""
    return checked(_options(_files(_DEFAULT, arguments), arguments))


def _files(limits: Limits, arguments: Namespace) -> Limits:
    from trivigil import config

    environ = {"TRIVIGIL_CONFIG": arguments.config} if arguments.config else {}
    file = config.find(arguments.config or "", ".")
    if file is not None:
        monitor = cast("config.Monitor", config.load("monitor", environ, "."))
        limits = limits._replace(
            failures=monitor.failures_before_alert,
            certificate_days=float(monitor.certificate_days),
        )
    path = arguments.budgets or (_budgets(environ) if file is not None else "")
    return _budgeted(limits, path) if path else limits


def _budgets(environ: dict[str, str]) -> str:
    """The file that the configuration's section on performance names."""
    from trivigil import config

    perf = cast("config.Perf", config.load("perf", environ, "."))
    return os.path.join(perf.working_directory, perf.thresholds) if perf.thresholds else ""


def _budgeted(limits: Limits, path: str) -> Limits:
    from trivigil import files
    from trivigil.perf import budgets

    found = budgets.read(files.read(path), path)
    return from_budgets(limits, found.thresholds, time.strftime("%Y-%m-%d", time.gmtime()))


def _options(limits: Limits, arguments: Namespace) -> Limits:
    given: dict[str, Any] = {
        "objective": _number(arguments.slo, "--slo", "%"),
        "response_time": _time(arguments.response_time, "--response-time"),
        "quantile": _share(arguments.percentile, "--percentile"),
        "error_ratio": _share(arguments.error_rate, "--error-rate"),
        "least_rate": _number(arguments.least_rate, "--least-rate"),
        "security_events": _number(arguments.security_events, "--security-events"),
        "interval": _interval(arguments.interval),
        "certificate_days": _number(arguments.certificate_days, "--certificate-days"),
    }
    failures = _whole(arguments.failures, "--failures")
    limits = limits._replace(failures=limits.failures if failures is None else failures)
    return limits._replace(**{key: value for key, value in given.items() if value is not None})


def _number(text: str | None, key: str, unit: str = "") -> float | None:
    if text is None:
        return None
    match = _NUMBER.fullmatch(text.strip())
    if match is None or match[2] not in {unit, ""}:
        raise InputError(f"a number{f' such as 5{unit}' if unit else ''} was expected.", key=key)
    return float(match[1])


def _whole(text: str | None, key: str) -> int | None:
    value = _number(text, key)
    if value is not None and not value.is_integer():
        raise InputError("a whole number was expected.", key=key)
    return None if value is None else int(value)


def _share(text: str | None, key: str) -> float | None:
    """Percent as a part of one."""
    value = _number(text, key, "%")
    return None if value is None else round(value / 100, 12)


def _time(text: str | None, key: str) -> float | None:
    """Seconds; of a number alone nobody would know whether it is milliseconds."""
    if text is None:
        return None
    match = _NUMBER.fullmatch(text.strip())
    if match is None or match[2] not in {"ms", "s"}:
        raise InputError("a time such as 500ms or 2s was expected.", key=key)
    return float(match[1]) / (1000 if match[2] == "ms" else 1)


def _interval(text: str | None) -> float | None:
    from trivigil.launching.duration import seconds

    return None if text is None else seconds(text, "--interval")
