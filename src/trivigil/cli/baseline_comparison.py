"""Comparing a site with its baseline file: measured, told, and handed out as a result file."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Final

from trivigil.cli import baseline_measuring

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

    from trivigil.cli.console import Console
    from trivigil.monitor.baseline import Watched
    from trivigil.monitor.planned import Bounds

REPORT_FILE: Final = "monitoring-results.json"


def compare(
    arguments: Namespace, bounds: Bounds, environ: Mapping[str, str], console: Console
) -> int:
    """Exit 0 as usual or faster, 1 slower or where the site fails; the file says what is usual."""
    from trivigil.monitor import baseline

    shown = baseline_measuring.shown(arguments)
    usual = baseline_measuring.adjusted(
        baseline.load(arguments.baseline, "", shown, time.time()), arguments
    )
    with baseline_measuring.Progress() as progress:
        watched = baseline.watch(
            arguments.baseline,
            usual,
            bounds,
            pace=baseline_measuring.pace(arguments),
            environ=environ,
            first=arguments.samples or 0,
            said=progress.say,
        )
    watched = _under_name(watched, bounds, arguments)
    _tell(watched, console)
    if arguments.json:
        console.answer(json.dumps(watched.fact, indent=2))
    if arguments.out is not None:
        _hand_out(watched, arguments, environ, console)
    return 0 if watched.fact["verdict"] in {"usual", "faster"} else 1


def _under_name(watched: Watched, bounds: Bounds, arguments: Namespace) -> Watched:
    """With the target's name in place of its address, where it has one."""
    from trivigil.monitor import facts, naming

    name = arguments.target_name.strip()
    if not name:
        return watched
    row = naming.renamed(facts.as_json([watched.check]), naming.addresses(bounds.target), name)
    [check] = facts.read(row)
    return watched._replace(check=check)


def _tell(watched: Watched, console: Console) -> None:
    fact = watched.fact
    said = {
        "usual": "as fast as usual",
        "slower": "slower than usual",
        "faster": "faster than usual",
    }
    verdict = said.get(fact["verdict"], fact["problem"])
    console.say(f"{fact['file']} of {fact['created_at'][:10]}: {verdict}")
    for phase, row in fact["phases"].items():
        percent = row["change_percent"]
        change = f"{row['change_ms']:+9.1f} ms" + ("" if percent is None else f" {percent:+6.0f} %")
        mark = "  slower" if row["slower"] else "  faster" if row["faster"] else ""
        console.say(
            f"  {phase:<9}{row['now']:9.1f} ms, usually {row['usual']:9.1f} ± {row['spread']:.1f} {change}{mark}"
        )
    for note in watched.notes:
        console.say(note)


def _hand_out(
    watched: Watched, arguments: Namespace, environ: Mapping[str, str], console: Console
) -> None:
    """The comparison as a result file, for `trivigil alert` and `trivigil publish`."""
    from trivigil import files
    from trivigil.cli import outlook
    from trivigil.monitor import analysis
    from trivigil.render import json as reports

    context = outlook.context(
        arguments.name, arguments.url, environ, shown=arguments.target_name
    )._replace(notes=watched.notes)
    report = analysis.analyze([watched.check], context, baseline=watched.fact)
    path = os.path.join(arguments.out, REPORT_FILE)
    files.write(path, reports.dump(report))
    console.say(f"Report: {path}")
