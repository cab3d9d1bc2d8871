"""`trivigil monitor baseline`: measure how fast a site is; make the baseline file, compare with it, or renew it."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any, Final, Self

from trivigil.cli.parser import Parser
from trivigil.core.errors import InputError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping, Sequence

    from trivigil.cli.console import Console
    from trivigil.monitor.baseline import Watched
    from trivigil.monitor.baseline.kept import Baseline
    from trivigil.monitor.baseline.sampling import Measured, Pace
    from trivigil.monitor.planned import Bounds

REPORT_FILE: Final = "monitoring-results.json"
_SAMPLES: Final = 20
"""Of a new baseline."""
_HOUR: Final = 3600.0


def run(argv: Sequence[str], environ: Mapping[str, str], console: Console) -> int:
    """Exit 0 where the site is as fast as usual or the file was written, 1 where it is slower or fails, 2 for bad input."""
    from trivigil.cli import outlook
    from trivigil.launching.duration import seconds

    arguments = _parser().parse_args(argv)
    _refuse(arguments)
    bounds = outlook.bounds(
        arguments.url,
        environ,
        timeout=seconds(arguments.timeout, "--timeout"),
        allow_private=arguments.allow_private,
    )
    there = os.path.exists(arguments.baseline)
    if there and not arguments.accept:
        return _compare(arguments, bounds, environ, console)
    return _write(arguments, bounds, environ, console, renewed=there)


def _parser() -> Parser:
    parser = Parser(
        "trivigil monitor baseline",
        description="Measure how fast a site is: the file is made where it is absent, and compared with where it is there.",
    )
    add = parser.add_argument
    add("--url", required=True, metavar="URL", help="what is measured, with GET")
    add("--baseline", required=True, metavar="FILE", help="the baseline file")
    add("--accept", action="store_true", help="measure again and write the file anew")
    add("--samples", type=int, metavar="N", help="exchanges: 20 to write, 5 to compare")
    add("--least-ms", type=float, metavar="MS", help="a phase that is slower by less is not (50)")
    add("--least-percent", type=float, metavar="P", help="likewise in percent (25)")
    add("--valid-days", type=int, metavar="N", help="then the file is not read any more (365)")
    add("--pause", type=float, default=0.5, metavar="S", help="seconds between exchanges (0.5)")
    add("--timeout", default="10s", metavar="T", help="for one exchange (10s)")
    add("--target-name", default="", metavar="NAME", help="what is shown in place of the URL")
    add("--allow-private", action="store_true", help="private and loopback addresses, too")
    add("--name", default="monitor", help="name of this watch")
    add("--out", metavar="DIR", help=f"folder for {REPORT_FILE} of a comparison")
    add("--json", action="store_true", help="print what was found on standard output")
    return parser


def _refuse(arguments: Namespace) -> None:
    """Raises InputError for numbers that are none of a baseline."""
    from trivigil.monitor.baseline.comparison import FEWEST
    from trivigil.monitor.baseline.kept import MOST

    ranges: dict[str, tuple[float, float]] = {
        "samples": (FEWEST, MOST),
        "valid_days": (1, 3650),
        "least_ms": (0, 600_000),
        "least_percent": (0, 10_000),
        "pause": (0.05, 60),
    }
    for key, (least, most) in ranges.items():
        value = getattr(arguments, key)
        if value is not None and not least <= value <= most:
            message = f"a number from {least:g} to {most:g} was expected."
            raise InputError(message, key=f"--{key.replace('_', '-')}")


# --- comparing -----------------------------------------------------------------------------------


def _compare(
    arguments: Namespace, bounds: Bounds, environ: Mapping[str, str], console: Console
) -> int:
    from trivigil.monitor import baseline

    shown = _shown(arguments)
    usual = _adjusted(baseline.load(arguments.baseline, "", shown, time.time()), arguments)
    with _Progress() as progress:
        watched = baseline.watch(
            arguments.baseline,
            usual,
            bounds,
            pace=_pace(arguments),
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


def _adjusted(usual: Baseline, arguments: Namespace) -> Baseline:
    """With the tolerance that the command line names."""
    from trivigil.monitor.baseline.comparison import Tolerance

    ms, percent = arguments.least_ms, arguments.least_percent
    own = usual.tolerance
    return usual._replace(
        tolerance=Tolerance(
            own.ms if ms is None else ms, own.percent if percent is None else percent
        )
    )


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


# --- writing -------------------------------------------------------------------------------------


def _write(
    arguments: Namespace,
    bounds: Bounds,
    environ: Mapping[str, str],
    console: Console,
    *,
    renewed: bool,
) -> int:
    """Make the file, or renew it; nothing is written of a measurement that is invalid."""
    from trivigil import files
    from trivigil.monitor.baseline import kept

    path, shown = arguments.baseline, _shown(arguments)
    old = kept.read(files.read(path), path) if renewed else None
    if old is not None:
        kept.check_target(old, path, shown)
    count = arguments.samples or _SAMPLES
    measured = _measure(arguments, bounds, count)
    if measured.problem is not None or len(measured.samples) < count:
        console.error(_unwritten(measured, path))
        return 1
    made = _made(measured, old, arguments, environ)
    files.write(path, kept.dump(made))
    _show(made, old, path, console)
    if arguments.json:
        console.answer(json.dumps(_described(made, old, path), indent=2))
    return 0


def _measure(arguments: Namespace, bounds: Bounds, count: int) -> Measured:
    from trivigil.monitor.baseline.sampling import Sampler

    with _Progress() as progress:
        return Sampler(bounds, _pace(arguments), progress.say).take(count)


def _unwritten(measured: Measured, path: str) -> str:
    reason = measured.problem.message if measured.problem else "there was no more time"
    return (
        f"{path} was not written: the measurement is invalid, because after "
        f"{len(measured.samples)} samples {reason}"
    )


def _made(
    measured: Measured, old: Baseline | None, arguments: Namespace, environ: Mapping[str, str]
) -> Baseline:
    """A new baseline; what the command line does not say is as it was."""
    from trivigil.cli import origin
    from trivigil.monitor.baseline import kept, runner_of
    from trivigil.monitor.baseline.comparison import Tolerance

    before = old or kept.Baseline("", "", 0, {}, Tolerance())
    made = kept.make(
        _shown(arguments),
        origin.now(),
        measured.samples,
        tolerance=before.tolerance,
        valid_days=arguments.valid_days or before.valid_days,
        runner=runner_of(environ),
    )
    return _adjusted(made, arguments)


def _show(made: Baseline, old: Baseline | None, path: str, console: Console) -> None:
    done = "made" if old is None else f"renewed; the old one is of {old.created_at[:10]}"
    console.say(f"{path}: {done}, from {made.samples} samples of {made.target}")
    for phase, one in made.phases.items():
        before = old.phases.get(phase) if old else None
        was = "" if before is None else f"{before.median:9.1f} ms → "
        console.say(f"  {phase:<9}{was}{one.median:9.1f} ± {one.spread:.1f} ms")


def _described(made: Baseline, old: Baseline | None, path: str) -> dict[str, Any]:
    phases = {}
    for phase, one in made.phases.items():
        before = old.phases.get(phase) if old else None
        was = None if before is None else round(before.median, 2)
        phases[phase] = {"usual": round(one.median, 2), "spread": round(one.spread, 2), "was": was}
    return {
        "file": path,
        "created_at": made.created_at,
        "verdict": "created" if old is None else "accepted",
        "samples": made.samples,
        "phases": phases,
    }


# --- both ----------------------------------------------------------------------------------------


def _shown(arguments: Namespace) -> str:
    from trivigil.web import target

    return str(arguments.target_name).strip() or target.read(arguments.url).shown


def _pace(arguments: Namespace) -> Pace:
    from trivigil.monitor.baseline.sampling import Pace

    return Pace(pause=arguments.pause, whole=_HOUR)


class _Progress:
    """How many samples there are, on a terminal alone."""

    def __enter__(self) -> Self:
        self._is_shown = sys.stderr.isatty()
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def say(self, count: int) -> None:
        """After each sample."""
        if self._is_shown:
            sys.stderr.write(f"\rmeasuring: {count} samples")
            sys.stderr.flush()
