"""What making a baseline and comparing with it have in common: the pace, the tolerance, and the progress that people see."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from argparse import Namespace

    from trivigil.monitor.baseline.kept import Baseline
    from trivigil.monitor.baseline.sampling import Pace

_HOUR: Final = 3600.0


def adjusted(usual: Baseline, arguments: Namespace) -> Baseline:
    """With the tolerance that the command line names."""
    from trivigil.monitor.baseline.comparison import Tolerance

    ms, percent = arguments.least_ms, arguments.least_percent
    own = usual.tolerance
    return usual._replace(
        tolerance=Tolerance(
            own.ms if ms is None else ms, own.percent if percent is None else percent
        )
    )


def shown(arguments: Namespace) -> str:
    """The target as it may be shown."""
    from trivigil.web import target

    return str(arguments.target_name).strip() or target.read(arguments.url).shown


def pace(arguments: Namespace) -> Pace:
    """How fast it is measured."""
    from trivigil.monitor.baseline.sampling import Pace

    return Pace(pause=arguments.pause, whole=_HOUR)


class Progress:
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
