"""The security watch: starts scanners or reads what they wrote, merges it and judges it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil.cli import accepted, origin, scanners
from trivigil.cli import ground as grounds
from trivigil.core.errors import InputError
from trivigil.security.disclosure import conceal
from trivigil.security.severity import LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.cli.console import Console
    from trivigil.cli.ground import Ground
    from trivigil.config import Security
    from trivigil.core.report import Report
    from trivigil.security import Order
    from trivigil.security.analysis import Context

__all__ = ["REPORT", "addresses", "conceal", "judge", "refused"]

REPORT: Final = "security-analysis.json"


def addresses(settings: Security) -> tuple[str, ...]:
    """Addresses of its settings that may hold a password."""
    return (settings.target,)


def judge(
    settings: Security, name: str, ground: Ground, environ: Mapping[str, str], console: Console
) -> Report:
    """Start the application and the scanners, where they are asked for, and judge the results."""
    from trivigil import security

    _check(settings, environ)
    where = _context(settings, name, ground, environ)
    grounds.start(settings, ground, environ, console)
    if not (settings.scanners or settings.command):
        return security.judge_files(
            settings.results, where, directory=ground.directory, fence=ground.fence(environ)
        )
    return security.judge_order(
        _order(settings),
        where,
        directory=ground.directory,
        output=os.path.join(ground.output, "raw"),
        environ=environ,
        say=console.say,
        tell=grounds.teller(settings, environ, console),
        fence=ground.fence(environ),
    )


def _order(settings: Security) -> Order:
    """The scanners that the settings name, each with its version and its words."""
    from trivigil import security

    names, versions = security.ordered(settings.scanners)
    return security.Order(
        scanners=scanners.with_command(names, settings.command),
        target=settings.target,
        image=settings.image,
        timeout=settings.timeout or None,
        versions=versions,
        arguments=scanners.pairs(settings.scanner_args, "scanner-args"),
        command=settings.command,
        results=settings.results,
        allow_remote=settings.allow_remote,
        allow_private=settings.allow_private,
        allow_writes=settings.allow_writes,
    )


def _check(settings: Security, environ: Mapping[str, str]) -> None:
    starts = bool(settings.scanners or settings.command)
    if not starts and not settings.results:
        raise InputError(
            "give `results` (files that scanners wrote), `scanners` (to start some), or both.",
            key="results",
        )
    for key in ("target", "image", "timeout", "scanner_args"):
        if getattr(settings, key) and not starts:
            message = "it is for `scanners`, and none is named."
            raise InputError(message, key=key.replace("_", "-"))
    if starts:
        grounds.refuse_privileged("scanners", environ)


def refused(
    problem: str, name: str, _settings: Security | None, environ: Mapping[str, str]
) -> Report:
    """The report of scans that could not be judged at all."""
    from trivigil.security import analysis

    known = analysis.Context(name=name, now=origin.now(), origin=origin.origin(environ))
    return analysis.refused(problem, known)


def _context(settings: Security, name: str, ground: Ground, environ: Mapping[str, str]) -> Context:
    from trivigil.launching.duration import seconds
    from trivigil.security.analysis import Context

    context = Context(
        name=name,
        now=origin.now(),
        origin=origin.origin(environ),
        fail_on=LEVELS[settings.fail_on],
        unknown_fails=settings.unknown_severity == "fail",
        require=settings.require,
        tolerate=settings.tolerate,
        max_age=seconds(settings.max_age, "max-age") if settings.max_age else None,
    )
    return accepted.of(settings, ground, environ).applied(context)
