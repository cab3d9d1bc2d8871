"""Checks and reports of the monitor, made by hand."""

from __future__ import annotations

from trivigil.core.report import Report
from trivigil.monitor import analysis
from trivigil.monitor.analysis import Context
from trivigil.monitor.facts import Attempt, Checked, Failed, Kind, Status, concluded
from trivigil.web.observation import Cause, Phases

NOW = "2026-01-31T12:07:30Z"
PHASES = Phases(1.5, 2.0, 8.0, 40.25, 3.0)


def context(**changes: object) -> Context:
    """A run at noon of the shop."""
    made = Context("shop", NOW, "https://shop.example", started_at="2026-01-31T12:07:10Z")
    return made._replace(**changes)  # type: ignore[arg-type]


def checked(
    name: str = "login",
    status: Status = "up",
    cause: Cause | None = None,
    *failed: Failed,
    tries: int = 1,
    kind: Kind = "synthetic",
    message: str = "",
) -> Checked:
    """A check that came out so in each of its attempts."""
    attempt = Attempt(
        "2026-01-31T12:07:11.000Z", status, cause, message, PHASES, 200, failed=failed
    )
    file, line = (f"checks/{name}.hurl", 1) if kind == "synthetic" else (None, None)
    return concluded(Checked(name, kind, (attempt,) * tries, file, line))


def report(*checks: Checked, **changes: object) -> Report:
    """The report of these checks."""
    return analysis.analyze(checks, context(**changes))
