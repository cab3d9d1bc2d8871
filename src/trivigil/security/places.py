"""Paths of what a scanner found that we started, as the repository has them.

Some scanners write absolute paths, all others paths relative to the folder that they ran in, which may be one of many in the repository.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.core.reading import Reading
    from trivigil.security.facts import Finding, ScanFacts


def prefix(directory: str, environ: Mapping[str, str]) -> str:
    """Where the folder is in the repository that is checked out, with a slash at its end; empty where it is all of it."""
    workspace = environ.get("GITHUB_WORKSPACE")
    if not workspace:
        return ""
    below = os.path.relpath(os.path.realpath(directory), os.path.realpath(workspace))
    return (
        "" if below.split(os.sep)[0] in (os.curdir, os.pardir) else f"{below}/".replace(os.sep, "/")
    )


def placed(reading: Reading[ScanFacts], directory: str, below: str) -> Reading[ScanFacts]:
    """The reading with the paths of its findings as the repository has them."""
    if reading.facts is None:
        return reading
    roots = tuple(dict.fromkeys((f"{directory}/", f"{os.path.realpath(directory)}/")))
    findings = tuple(_placed(each, directory, roots, below) for each in reading.facts.findings)
    return reading._replace(facts=reading.facts._replace(findings=findings))


def _placed(finding: Finding, directory: str, roots: tuple[str, ...], below: str) -> Finding:
    path = finding.place.path
    if not path:
        return finding
    bare = next((path.removeprefix(root) for root in roots if path.startswith(root)), path)
    # A path of the repository's root, as Git has it, is not one of the folder.
    if below and not os.path.isabs(bare) and os.path.exists(os.path.join(directory, bare)):
        bare = below + bare
    return finding if bare == path else finding._replace(place=finding.place._replace(path=bare))
