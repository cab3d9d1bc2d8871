"""How fast two scanners that call the same advisories by different ids are read and merged, as ratios of decoding alone.

Run by hand: `python benchmarks/advisories.py [COUNT] [ADVISORIES]`. A report of Trivy and one of Grype have the same 100,000 vulnerable
packages, of 5,000 advisories, unless other numbers are given: Trivy calls them by CVE, Grype by GHSA with the CVE beside it. The floor
is msgspec's decoding of the file, or of both, into dicts and lists, without the cyclic collector. Times are those of the processor.

Measured with two cores, in several tries: Trivy's file 2.2 to 3.1 of its floor, Grype's 2.6 to 3.5, and to merge and
judge both 10 to 12 of the two floors together, for 100,000 problems that two scanners found. Where every advisory comes once:
5, 13 and 15.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from findings import best

from trivigil import sources
from trivigil.security import readers
from trivigil.security.analysis import Context, analyze

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts

_LOCK_FILES = 200
_LETTERS = "23456789cfghjmpqrvwx"


def ghsa(n: int) -> str:
    """An id of GitHub's for the n-th advisory."""
    digits = []
    for _ in range(12):
        n, rest = divmod(n, len(_LETTERS))
        digits.append(_LETTERS[rest])
    return "GHSA-" + "-".join("".join(digits[at : at + 4]) for at in (0, 4, 8))


def package(n: int) -> dict[str, str]:
    """The n-th vulnerable package."""
    name = f"package-{n}"
    return {"name": name, "version": f"1.{n % 9}.0", "purl": f"pkg:npm/{name}@1.{n % 9}.0"}


def trivy(count: int, advisories: int) -> dict[str, Any]:
    """Trivy's report of a folder with lock files."""
    found: list[list[dict[str, Any]]] = [[] for _ in range(_LOCK_FILES)]
    for n in range(count):
        of, each = n % advisories, package(n)
        found[n % _LOCK_FILES].append(
            {
                "VulnerabilityID": f"CVE-2024-{of + 10_000}",
                "PkgName": each["name"],
                "PkgIdentifier": {"PURL": each["purl"]},
                "InstalledVersion": each["version"],
                "FixedVersion": "2.0.0",
                "Severity": "HIGH",
                "SeveritySource": "ghsa",
                "Title": f"The {of}th way to get in",
                "Description": f"What the {of}th advisory says of it, at some length. " * 4,
                "PrimaryURL": f"https://avd.aquasec.com/nvd/cve-2024-{of + 10_000}",
                "CweIDs": [f"CWE-{of % 300 + 1}"],
            }
        )
    results = [
        {
            "Target": f"service-{n}/package-lock.json",
            "Class": "lang-pkgs",
            "Type": "npm",
            "Vulnerabilities": own,
        }
        for n, own in enumerate(found)
    ]
    return {"SchemaVersion": 2, "ArtifactName": ".", "Results": results}


def grype(count: int, advisories: int) -> dict[str, Any]:
    """Grype's report of the same folder."""
    matches = []
    for n in range(count):
        of = n % advisories
        location = {"path": f"/service-{n % _LOCK_FILES}/package-lock.json"}
        matches.append(
            {
                "vulnerability": {
                    "id": ghsa(of),
                    "dataSource": f"https://github.com/advisories/{ghsa(of)}",
                    "namespace": "github:language:javascript",
                    "severity": "High",
                    "description": f"What the {of}th advisory says of it",
                    "fix": {"versions": ["2.0.0"], "state": "fixed"},
                    "cvss": [{"version": "3.1", "metrics": {"baseScore": 7.5}}],
                },
                "relatedVulnerabilities": [{"id": f"CVE-2024-{of + 10_000}"}],
                "matchDetails": [{"type": "exact-direct-match", "matcher": "javascript-matcher"}],
                "artifact": {**package(n), "type": "npm", "locations": [location]},
            }
        )
    return {
        "matches": matches,
        "source": {"type": "directory", "target": "."},
        "descriptor": {"name": "grype", "version": "0.90.0"},
    }


def read(path: Path) -> tuple[Reading[ScanFacts], float]:
    """A file's reading, and the seconds of decoding it; prints how long reading takes."""
    data = path.read_bytes()
    floor = best(lambda: msgspec.json.decode(data))
    [source] = sources.find([path.name], directory=str(path.parent))
    took = best(lambda: readers.read(source))
    print(f"  read {path.stem:<19}{took:6.2f} s{took / floor:6.1f} x of {floor:.2f} s")
    return readers.read(source), floor


def main() -> None:
    """Generate the files and measure."""
    count, advisories = [*map(int, sys.argv[1:]), 100_000, 5_000][:2]
    print(f"{count:,} packages, {advisories:,} advisories")
    with tempfile.TemporaryDirectory() as folder:
        pairs = []
        for name, made in (("trivy", trivy), ("grype", grype)):
            path = Path(folder, f"{name}.json")
            path.write_text(json.dumps(made(count, advisories)), encoding="utf-8")
            pairs.append(read(path))
    readings, floor = [each for each, _ in pairs], sum(seconds for _, seconds in pairs)
    context = Context("security", "2026-01-02T00:00:00Z")
    problems = len(analyze(readings, context).findings)
    took = best(lambda: analyze(readings, context))
    print(f"  merge and judge{'':<10}{took:6.2f} s{took / floor:6.1f} x of {floor:.2f} s")
    print(f"  ({problems:,} problems)")


if __name__ == "__main__":
    main()
