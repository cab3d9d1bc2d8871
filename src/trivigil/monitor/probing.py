"""What every check of the network does alike: the rules that a run's bounds make, and the time of day of an attempt."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trivigil.monitor.planned import Bounds
    from trivigil.web.probe import Rules


def rules_of(bounds: Bounds, rules: Rules) -> Rules:
    """These rules, as far as a run's bounds do not say something else."""
    return rules._replace(
        timeout=bounds.timeout, allow_private=bounds.allow_private, roots=bounds.roots
    )


def moment(seconds: float) -> str:
    """A time of day as attempts have it, of seconds since 1970: UTC with milliseconds."""
    whole = int(seconds)
    begin = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
    return f"{begin}.{int((seconds - whole) * 1000):03d}Z"
