"""Writing the baseline file of a site: made, or renewed with what was and what is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from trivigil.cli import baseline_measuring

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

    from trivigil.cli.console import Console
    from trivigil.monitor.baseline.kept import Baseline
    from trivigil.monitor.baseline.sampling import Measured
    from trivigil.monitor.planned import Bounds

_SAMPLES: Final = 20


def write(
    arguments: Namespace,
    bounds: Bounds,
    environ: Mapping[str, str],
    console: Console,
    *,
    renewed: bool,
) -> int:
    """Make the file, or renew it; nothing is written of a measurement that is invalid."""
    from trivigil import files
    from trivigil.monitor.baseline import kept, reading

    path, shown = arguments.baseline, baseline_measuring.shown(arguments)
    old = reading.read(files.read(path), path) if renewed else None
    if old is not None:
        kept.check_target(old, path, shown)
    files.ready(path)
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

    with baseline_measuring.Progress() as progress:
        return Sampler(bounds, baseline_measuring.pace(arguments), progress.say).take(count)


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
        baseline_measuring.shown(arguments),
        origin.now(),
        measured.samples,
        tolerance=before.tolerance,
        valid_days=arguments.valid_days or before.valid_days,
        runner=runner_of(environ),
    )
    return baseline_measuring.adjusted(made, arguments)


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
