"""What a scanner's file tells: findings, each as one tool saw it, before anything is merged or judged.

Everything is untrusted. A secret's value never gets this far: readers keep a digest of it and nothing else, and no
request, response, cookie or person's name of a report is kept at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from trivigil.core.record import NamedTuple
from trivigil.core.result import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["dependency", "code", "secret", "iac", "web", "image", "license", "lint", "custom"]
"""What kind of problem it is; each has an identity of its own (security/identity.py)."""
System = Literal["cvss:4.0", "cvss:3.1", "cvss:3.0", "cvss:2.0", "word", "level"]
"""How a rating was made: a CVSS version, the source's own word, or a linter's level."""


class Rating(NamedTuple):
    """One opinion on how severe a problem is. All are kept; security/severity.py chooses."""

    source: str
    """Who says so: `nvd`, `ghsa`, `redhat`, the tool's name."""
    system: System
    severity: Severity
    score: float | None = None
    """CVSS base score, 0 to 10."""
    vector: str | None = None
    """CVSS vector, as it was written."""
    word: str | None = None
    """The source's own word."""


class Package(NamedTuple):
    """A package that has a problem."""

    name: str
    version: str | None = None
    ecosystem: str | None = None
    """The type of a package URL: pypi, npm, golang, deb; None where the tool does not say."""
    purl: str | None = None
    """As the tool writes it."""
    fixed: tuple[str, ...] = ()
    """Versions that do not have the problem any more."""


class Place(NamedTuple):
    """Where a finding is; every kind fills what it knows."""

    path: str | None = None
    """A file of the repository, or the manifest; with forward slashes, as the tool names it."""
    line: int | None = None
    end_line: int | None = None
    resource: str | None = None
    """IaC: the address of the resource (`aws_s3_bucket.logs`, `Deployment/web`)."""
    url: str | None = None
    """Web: without query values."""
    method: str | None = None
    parameter: str | None = None
    image: str | None = None
    """Container image, or the part of one."""


class Finding(NamedTuple):
    """One problem at one place, as one tool reports it."""

    tool: str
    kind: Kind
    id: str
    """The tool's own id of the rule or advisory: B608, CVE-2024-1234, 10038."""
    title: str
    place: Place = Place()
    description: str = ""
    aliases: tuple[str, ...] = ()
    """Other ids of the same advisory."""
    cwes: tuple[int, ...] = ()
    ratings: tuple[Rating, ...] = ()
    confidence: str | None = None
    """low, medium, high or certain, where the tool says so."""
    package: Package | None = None
    secret: str | None = None
    """A keyed digest of a secret's value (security/digest.py)."""
    code: str | None = None
    """A digest of the code itself without white space, so that a moved line stays the same problem."""
    fix: str | None = None
    help_uri: str | None = None
    malicious: bool = False
    """Whether the package is malware and not merely vulnerable."""
    accepted: str | None = None
    """Why the tool itself does not count it: its own suppression, in its own words."""
    expires: str | None = None
    """Last day of that suppression, as YYYY-MM-DD."""


class ScanFacts(NamedTuple):
    """Everything one file says. What a tool did not write is empty, never invented."""

    findings: tuple[Finding, ...] = ()
    """Active ones and those that the tool itself does not count, in the file's order."""
    counts: Mapping[str, int] = {}
    """How many there are in other units than the reading's: {"instances": 167}."""
    scope: str | None = None
    """What was scanned, where the file says so: an image, a site, a folder."""
    scanned_at: str | None = None
    """UTC, ISO 8601 with Z, where the file says so; an old file is stale."""
    tools: tuple[str, ...] = ()
    """Who scanned, where a file may be of several tools at once; also those that found nothing."""

    @property
    def active(self) -> tuple[Finding, ...]:
        """Those that the tool counts."""
        return tuple([finding for finding in self.findings if finding.accepted is None])
