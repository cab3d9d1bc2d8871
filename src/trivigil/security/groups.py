"""Which findings are one problem: grouping that never depends on the order of files or tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.security import same_advisory, same_place
from trivigil.security.problems import Problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.security.facts import Finding


def group(scans: Sequence[Sequence[Finding]]) -> Problems:
    """The problems of several scans, each scan the findings of one file."""
    packages = [finding for scan in scans for finding in scan if finding.package]
    apart = [[finding for finding in scan if not finding.package] for scan in scans]
    alone, joined = same_place.problems([scan for scan in apart if scan])
    if not packages:
        return Problems(alone, joined)
    single, several = same_advisory.problems(packages)
    return Problems([*alone, *single], [*several, *joined])
