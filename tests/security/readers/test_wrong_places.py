"""What stands where its tool never puts it is said: a report in a list, a record without its name, a state that nobody knows, a score that is none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.security.readers.reading import facts, read

if TYPE_CHECKING:
    from pathlib import Path

_TRIVY: Final = {
    "SchemaVersion": 2,
    "ArtifactName": ".",
    "Results": [
        {
            "Target": "requirements.txt",
            "Class": "lang-pkgs",
            "Vulnerabilities": [{"VulnerabilityID": "CVE-2026-1", "PkgName": "a"}],
        }
    ],
}
_POD: Final = {"Namespace": "default", "Kind": "Pod", "Name": "web"}


def _clair(unapproved: list[Any], *names: str | None) -> dict[str, Any]:
    records = [{"featurename": "openssl", "vulnerability": name} for name in names]
    return {"image": "web:1", "unapproved": unapproved, "vulnerabilities": records}


DOUBTED: Final = {
    "a report of Trivy in a list": ("trivy", [_TRIVY]),
    "two reports of Trivy in a list": ("trivy", [_TRIVY, _TRIVY]),
    "a result of Trivy without anything": ("trivy", {**_TRIVY, "Results": [{}]}),
    "a resource that is a list": ("trivy", {"ClusterName": "c", "Resources": [[_POD]]}),
    "a resource without anything": ("trivy", {"ClusterName": "c", "Resources": [{}]}),
    "results of a resource that are text": (
        "trivy",
        {"ClusterName": "c", "Resources": [{**_POD, "Results": "x"}]},
    ),
    "a result of a resource that is null": (
        "trivy",
        {"ClusterName": "c", "Resources": [{**_POD, "Results": [None]}]},
    ),
    "a cluster without resources": ("trivy", {"ClusterName": "c"}),
    "an unapproved advisory of which nothing is told": (
        "clair",
        _clair(["CVE-2026-1"]),
    ),
    "a package of OSV-Scanner without a name": (
        "osv-scanner",
        {"results": [{"source": {"path": "go.mod"}, "packages": [{}]}]},
    ),
    "secrets of a file that are null": (
        "detect-secrets",
        {"version": "1.5.0", "plugins_used": [], "results": {"a.py": None}},
    ),
    "advisories of a package that are null": (
        "composer-audit",
        {"advisories": {"a/b": None}, "abandoned": []},
    ),
    "an alert of ZAP without anything": (
        "zap",
        {"@version": "2.16.1", "site": [{"@name": "http://a", "alerts": {}}]},
    ),
}

OPEN: Final = {
    "clair-scanner's list of the unapproved that is none": (
        "clair",
        _clair([["CVE-2026-1"]], "CVE-2026-1"),
    ),
    "an advisory of clair-scanner without a name": ("clair", _clair([], None)),
    "a state of code scanning that nobody knows": (
        "code-scanning",
        [{"state": "reopened", "rule": {"id": "a"}, "tool": {}, "most_recent_instance": {}}],
    ),
    "a state of Dependabot that nobody knows": (
        "dependabot",
        [{"state": "reopened", "dependency": {}, "security_advisory": {"ghsa_id": "GHSA-1"}}],
    ),
}


def _saved(tmp_path: Path, document: Any) -> Path:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(document))
    return path


@pytest.mark.parametrize(("tool", "document"), DOUBTED.values(), ids=DOUBTED)
def test_doubted(tmp_path: Path, tool: str, document: Any) -> None:
    """It makes the report partial, with a sentence that names the place."""
    reading = read(_saved(tmp_path, document), tool)
    assert reading.state == "partial"
    assert reading.notes


def test_a_part_of_a_list(tmp_path: Path) -> None:
    """Of an unapproved advisory that is left out among others it is said, and these count."""
    reading = read(_saved(tmp_path, _clair(["CVE-2026-1", "CVE-2026-2"], "CVE-2026-1")), "clair")
    assert (reading.state, reading.count) == ("complete", 1)
    assert reading.notes == ("`CVE-2026-2` is unapproved, and not among the `vulnerabilities`.",)


@pytest.mark.parametrize(("tool", "document"), OPEN.values(), ids=OPEN)
def test_open(tmp_path: Path, tool: str, document: Any) -> None:
    """It accepts nothing: the finding counts."""
    assert len(facts(read(_saved(tmp_path, document), tool)).active) == 1


SCORED: Final = {
    "trivy": {
        "SchemaVersion": 2,
        "ArtifactName": ".",
        "Results": [
            {
                "Target": "a",
                "Vulnerabilities": [
                    {"VulnerabilityID": "CVE-2026-1", "CVSS": {"nvd": {"V3Score": 10**400}}}
                ],
            }
        ],
    },
    "dependency-track": [
        {
            "component": {},
            "vulnerability": {"vulnId": "CVE-2026-1", "cvssV3BaseScore": 10**400},
            "matrix": "a",
        }
    ],
}


@pytest.mark.parametrize(("tool", "document"), SCORED.items(), ids=SCORED)
def test_scores_beyond_every_float(tmp_path: Path, tool: str, document: Any) -> None:
    """They rate nothing, and the finding is one all the same."""
    (found,) = facts(read(_saved(tmp_path, document), tool)).findings
    assert all(rating.score is None for rating in found.ratings)
