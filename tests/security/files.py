"""Files of scanners, in the scanners' own form, small enough to be read by eye."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

SQL = ("B608", "HIGH", "app/db.py", 12, "Possible SQL injection vector through string-based query.")
SHELL = ("B602", "HIGH", "app/run.py", 3, "subprocess call with shell=True identified.")
ASSERT = ("B101", "LOW", "app/run.py", 9, "Use of assert detected.")
DJANGO = ("CVE-2022-28346", "CRITICAL", "django", "2.2.0", "2.2.28", "SQL injection in annotate()")
JINJA = ("CVE-2024-22195", "MEDIUM", "jinja2", "3.1.2", "3.1.3", "HTML attribute injection")
_WEAKNESSES = {"B608": 89, "B602": 78, "B101": 703}


def bandit(*found: tuple[str, str, str, int, str], errors: Iterable[str] = ()) -> str:
    """`bandit -f json` with these results; `errors` are files that it could not parse."""
    results = [
        {
            "code": f"{line} query(text)\n", "col_offset": 4, "end_col_offset": 20, "filename": f"./{path}",
            "issue_confidence": "HIGH",
            "issue_cwe": {
                "id": _WEAKNESSES[rule],
                "link": f"https://cwe.mitre.org/data/definitions/{_WEAKNESSES[rule]}.html",
            },
            "issue_severity": severity, "issue_text": text, "line_number": line, "line_range": [line],
            "more_info": f"https://bandit.readthedocs.io/en/1.9.4/plugins/{rule.lower()}.html",
            "test_id": rule, "test_name": "a_test",
        }
        for rule, severity, path, line, text in found
    ]  # fmt: skip
    report = {
        "errors": [{"filename": name, "reason": "syntax error while parsing AST"} for name in errors],
        "generated_at": "2026-01-31T12:00:00Z",
        "metrics": {
            **{f"./{path}": _metrics(one for one in found if one[2] == path) for path in {one[2] for one in found}},
            "_totals": _metrics(found),
        },
        "results": results,
    }  # fmt: skip
    return json.dumps(report, indent=2)


def _metrics(found: Iterable[tuple[str, str, str, int, str]]) -> dict[str, int]:
    severities = [severity for _, severity, *_ in found]
    levels = ("HIGH", "MEDIUM", "LOW", "UNDEFINED")
    return {"CONFIDENCE.HIGH": len(severities), "loc": 9} | {
        f"SEVERITY.{level}": severities.count(level) for level in levels
    }


def trivy(*found: tuple[str, str, str, str, str, str], secrets: Iterable[Any] = ()) -> str:
    """`trivy fs --format json` with these advisories, and secrets as Trivy writes them."""
    results: list[dict[str, Any]] = [
        {
            "Target": "requirements.txt", "Class": "lang-pkgs", "Type": "pip",
            "Vulnerabilities": [
                {
                    "VulnerabilityID": name, "PkgName": package, "InstalledVersion": version,
                    "FixedVersion": fixed, "Severity": severity, "Title": title,
                    "PrimaryURL": f"https://avd.aquasec.com/nvd/{name.lower()}", "CweIDs": ["CWE-89"],
                    "CVSS": {"nvd": {"V3Vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "V3Score": 9.8}},
                }
                for name, severity, package, version, fixed, title in found
            ],
        }
    ]  # fmt: skip
    if secrets:
        results.append({"Target": "config/prod.env", "Class": "secret", "Secrets": list(secrets)})
    report = {
        "SchemaVersion": 2, "CreatedAt": "2026-01-31T12:00:00Z", "ArtifactName": ".",
        "ArtifactType": "repository", "Results": results,
    }  # fmt: skip
    return json.dumps(report, indent=2)


def accepting(*entries: str) -> str:
    """A suppressions file with these entries, each as `key: value`."""
    listed = [
        f"  - {entry}\n    reason: no risk here\n    expires: 2999-12-31\n" for entry in entries
    ]
    return "schema: trivigil/suppressions/1\nsuppressions:\n" + "".join(listed)
