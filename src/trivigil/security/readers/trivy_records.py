"""Trivy's report as typed records: what is read of it, and nothing else.

Format: pkg/types/report.go and pkg/fanal/types of aquasecurity/trivy. Vulnerabilities wait as bytes (readers/typed.py), because there are many; of
everything else there is little, and it is left to the lenient way.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw, UnsetType

from trivigil.core.errors import SourceError

_NULL: Final = Raw(b"null")
"""What is not there is read as what is null."""


class Target(msgspec.Struct, gc=False):
    """One of the results."""

    Target: Any = UNSET
    Class: Any = UNSET
    Type: Any = UNSET
    Vulnerabilities: list[Raw] | UnsetType | None = UNSET
    Misconfigurations: Any = UNSET
    Secrets: Any = UNSET
    Licenses: Any = UNSET
    ExperimentalModifiedFindings: Any = UNSET


class Resource(msgspec.Struct, gc=False):
    """One of a cluster."""

    Namespace: Any = UNSET
    Kind: Any = UNSET
    Name: Any = UNSET
    Error: Any = UNSET
    Results: list[Target] | UnsetType | None = UNSET


class Report(msgspec.Struct, gc=False):
    """Of an artifact, or of a cluster."""

    ArtifactName: Any = UNSET
    ClusterName: Any = UNSET
    CreatedAt: Any = UNSET
    Metadata: Any = UNSET
    Trivy: Any = UNSET
    Results: list[Target] | UnsetType | None = UNSET
    Resources: list[Resource] | UnsetType | None = UNSET
    Findings: list[Resource] | UnsetType | None = UNSET
    Vulnerabilities: list[Resource] | UnsetType | None = UNSET
    Misconfigurations: list[Resource] | UnsetType | None = UNSET


class Identifier(msgspec.Struct, gc=False, frozen=True):
    """Of a package."""

    PURL: str = ""


class Vulnerability(msgspec.Struct, gc=False):
    """What of an advisory is JSON of its own is looked at once for each advisory, and is bytes until then."""

    VulnerabilityID: str = ""
    Title: str = ""
    Description: str = ""
    Severity: str = ""
    SeveritySource: str = ""
    PrimaryURL: str = ""
    VendorIDs: Raw = _NULL
    Aliases: Raw = _NULL
    CweIDs: Raw = _NULL
    VendorSeverity: Raw = _NULL
    CVSS: Raw = _NULL
    PkgName: str = ""
    PkgPath: str = ""
    PkgIdentifier: Identifier = Identifier()
    InstalledVersion: str = ""
    FixedVersion: str = ""


VULNERABILITY: Final = msgspec.json.Decoder(Vulnerability)
_DOCUMENT: Final = msgspec.json.Decoder(Report | list[Target] | None)


def document(data: bytes) -> object:
    """A report, an older list of targets, or null. Raises SourceError for what does not fit, or is no JSON."""
    try:
        found = _DOCUMENT.decode(data)
    except (ValueError, RecursionError):
        raise SourceError("the report is not as Trivy writes it.") from None
    return _bare(found)


def _bare(found: object) -> object:
    """Structures as dictionaries of what was there; vulnerabilities stay bytes."""
    if isinstance(found, list):
        return [_bare(each) for each in found]
    if not isinstance(found, msgspec.Struct):
        return found
    given = ((name, getattr(found, name)) for name in found.__struct_fields__)
    return {
        name: value if isinstance(found, Target) else _bare(value)
        for name, value in given
        if value is not UNSET
    }
