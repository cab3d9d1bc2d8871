"""The performance watch: starts a load tool or reads its results."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil import config
from trivigil.cli import ground as grounds
from trivigil.cli.origin import context
from trivigil.core.errors import InputError
from trivigil.perf.analysis import conceal
from trivigil.perf.profiles import single

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.cli.console import Console
    from trivigil.cli.ground import Ground
    from trivigil.config import Perf
    from trivigil.core.report import Report
    from trivigil.perf import Order
    from trivigil.perf.analysis import Context
    from trivigil.perf.profiles import Amount

__all__ = ["REPORT", "addresses", "conceal", "judge", "refused"]

REPORT: Final = "performance-analysis.json"


def addresses(settings: Perf) -> tuple[str, ...]:
    """Addresses of its settings that may hold a password."""
    return (settings.host,)


def judge(
    settings: Perf, name: str, ground: Ground, environ: Mapping[str, str], console: Console
) -> Report:
    """Start the application and the load tool, where they are asked for, and judge the results."""
    from trivigil import perf

    where = _context(settings, name, ground, environ)
    tool = _tool(settings)
    if tool:
        grounds.refuse_privileged("tool" if settings.tool else "command", environ)
    grounds.start(settings, ground, environ, console)
    if not tool:
        from trivigil.perf.parts import Merging

        return perf.judge_files(
            settings.results,
            where,
            directory=ground.directory,
            fence=ground.fence(environ),
            merging=Merging(settings.merge, settings.parts),
        )
    return perf.judge_order(
        _order(settings, tool, environ),
        where,
        directory=ground.directory,
        output=os.path.join(ground.output, "raw"),
        environ=environ,
        say=console.say,
        tell=grounds.teller(settings, environ, console),
    )


def refused(problem: str, name: str, settings: Perf | None, environ: Mapping[str, str]) -> Report:
    """The report of a load test that could not be judged at all."""
    from trivigil.perf import analysis

    budgets = (settings.thresholds or None) if settings else None
    return analysis.refused(problem, context(name, environ, root=".", budgets=budgets))


def _tool(settings: Perf) -> str:
    """The tool that is to be started; none where files are judged that are there."""
    from trivigil.perf.tools import command

    tool = settings.tool or (command.NAME if settings.command else "")
    if tool == command.NAME and not settings.command:
        raise InputError("`tool: command` needs `command`.", key="command")
    if tool and tool != command.NAME and settings.results:
        raise InputError("give `tool` or `results`, not both.", key="tool")
    if not tool and not settings.results:
        raise InputError(
            "give `results` (files to judge) or `tool` (to run a load test).", key="results"
        )
    return tool


def _order(settings: Perf, tool: str, environ: Mapping[str, str]) -> Order:
    from trivigil.perf import Order, tools

    loads, own = tools.named(tool).LOADS, bool(settings.command)
    needed = () if own else ("script", "host") if loads else ("script",)
    for name in needed:
        if not getattr(settings, name):
            raise InputError(f"`tool` needs `{name}`.", key=name)
    inputs = {name for name in _EACH if environ.get(config.variable(name), "").strip()}
    return Order(
        tool=tool,
        tool_version=settings.tool_version,
        script=settings.script,
        host=settings.host,
        profile=",".join(settings.profile),
        users=settings.users if "users" in inputs else None,
        spawn_rate=settings.spawn_rate if "spawn-rate" in inputs else None,
        run_time=settings.run_time if "run-time" in inputs else None,
        timeout=settings.timeout or None,
        allow_remote=settings.allow_remote,
        choice=_choice(environ),
        amounts=_amounts(settings),
        processes=settings.processes,
        workers=settings.workers,
        shard=settings.shard,
        command=settings.command,
        results=settings.results,
    )


_EACH = ("users", "spawn-rate", "run-time")
"""Inputs that change every profile. In the file a profile's own section goes before them; an input goes before both."""


def _amounts(settings: Perf) -> dict[str, Amount]:
    """What the configuration file says of each profile."""
    from trivigil.launching.duration import seconds
    from trivigil.perf.profiles import PROFILES, Amount

    amounts = {}
    for name in PROFILES:
        own = settings.profiles.get(name)  # type: ignore[call-overload]  # any name may be asked for
        users, rate, ramp, duration, steps = own.model_dump().values() if own else [None] * 5
        key = f"profiles.{name}"
        amounts[name] = Amount(
            users=users or settings.users,
            rate=rate or (None if ramp else settings.spawn_rate),
            ramp=seconds(ramp, f"{key}.ramp") if ramp else None,
            duration=_first_duration(
                (duration, f"{key}.duration"), (settings.run_time, "run-time")
            ),
            steps=steps,
        )
    return amounts


def _first_duration(*given: tuple[str | None, str]) -> float | None:
    from trivigil.launching.duration import seconds

    return next((seconds(text, key) for text, key in given if text), None)


def _choice(environ: Mapping[str, str]) -> str:
    """The input `profile` of a workflow that somebody started by hand."""
    from trivigil.github.event import dispatched

    return dispatched(environ, "profile")


def _context(settings: Perf, name: str, ground: Ground, environ: Mapping[str, str]) -> Context:
    """Paths are shown as the repository has them, so that links and annotations find the file."""
    budgets = None
    if settings.thresholds:
        budgets = ground.shown(settings.thresholds)
    started = settings.tool or settings.command
    profile = None if started else single(",".join(settings.profile))
    return context(name, environ, root=ground.workspace, budgets=budgets, profile=profile)
