"""Reports of scanners that are not read: what such a file is, and which flag writes one that is.

Text for people, pages, JUnit and Checkstyle say neither how severe a finding is nor whether the scan was whole, so they prove nothing. The marks are
those that the tools' own formatters write.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from trivigil.sources import Source

WRITES: Final = {
    "actionlint": "actionlint -format '{{json .}}'",
    "bandit": "bandit -f json",
    "brakeman": "brakeman -f json",
    "bundler-audit": "bundle-audit check --format json",
    "cargo-audit": "cargo audit --json",
    "checkov": "checkov -o json",
    "codeql": "codeql database analyze --format=sarif-latest --output=FILE",
    "dependency-check": "dependency-check --format JSON",
    "detect-secrets": "detect-secrets scan",
    "dockle": "dockle -f json",
    "gitleaks": "gitleaks --report-format json",
    "gosec": "gosec -fmt json",
    "govulncheck": "govulncheck -format json",
    "grype": "grype -o json",
    "hadolint": "hadolint -f json",
    "kics": "kics scan --report-formats json",
    "npm-audit": "npm audit --json",
    "nuclei": "nuclei -json-export FILE",
    "osv-scanner": "osv-scanner --format json",
    "pip-audit": "pip-audit -f json",
    "pnpm-audit": "pnpm audit --json",
    "ruff": "ruff check --output-format json",
    "safety": "safety check --json",
    "semgrep": "semgrep scan --json",
    "snyk": "snyk test --json",
    "tfsec": "tfsec --format json",
    "trivy": "trivy --format json",
    "trufflehog": "trufflehog --json",
    "yarn-audit": "yarn npm audit --json",
    "zap": "ZAP's report traditional-json (-J report.json)",
    "zizmor": "zizmor --format json",
}
"""What each tool is asked for the report that is read."""

_KNOWN: Final[tuple[tuple[str, str, tuple[bytes, ...]], ...]] = (
    ("gitleaks", "JUnit XML", (b"<testsuite", b'name="gitleaks"')),
    ("bandit", "XML", (b"<testsuite", b'name="bandit"')),
    ("ruff", "JUnit XML", (b"<testsuite", b"org.ruff")),
    ("semgrep", "JUnit XML", (b"<testsuite", b'name="semgrep results"')),
    ("checkov", "JUnit XML", (b"<testsuite", b' scan"', b"_check")),
    ("gosec", "JUnit XML", (b"<testsuite", b"See stacktrace for details.")),
    ("trivy", "JUnit XML", (b"<testsuite", b"aquasec")),
    ("", "JUnit XML", (b"<testsuite",)),
    ("", "Checkstyle XML", (b"<checkstyle",)),
    ("hadolint", "CodeClimate stream", (b'"type":"issue"', b'"check_name":"', b"\0")),
    ("trivy", "output for AWS (ASFF)", (b'"SchemaVersion"', b'"ProductArn"')),
    ("trivy", "snapshot of dependencies for GitHub", (b'"detector"', b'"manifests"', b'"trivy"')),
    ("trivy", "attestation for Cosign", (b'"invocation"', b'"scanner"', b'"predicate')),
    ("trivy", "attestation for Cosign", (b'"invocation"', b'"scanner"', b"aquasecurity")),
    ("", "SPDX, which lists packages and no findings", (b'"spdxVersion"',)),
    ("", "SPDX, which lists packages and no findings", (b"SPDXVersion:",)),
    ("", "reviewdog's diagnostics", (b'"diagnostics"', b'"source"')),
    ("detect-secrets", "statistics of an audit", (b'"true-positives"', b'"false-positives"')),
    ("bandit", "page", (b"<html", b"Bandit Report")),
    ("gosec", "page", (b"<html", b"Golang Security Checker")),
    ("bandit", "text", (b"Run started:", b"Test results:")),
    ("bandit", "YAML", (b"generated_at:", b"CONFIDENCE.HIGH:")),
    ("gosec", "YAML", (b"issues:", b"confidence:", b"cwe:", b"errors:")),
    ("gosec", "text", (b"(CWE-", b"Confidence: ", b"Severity: ")),
    ("gosec", "golint output", (b"[CWE-", b"(Rule:G", b"Confidence:")),
    ("checkov", "text", (b"Passed checks: ", b"Failed checks: ")),
    ("checkov", "table for GitHub", (b"Passed Checks: ", b"| Check ID ")),
    ("codeql", "CSV", (b'","error","', b'","/')),
    ("codeql", "CSV", (b'","warning","', b'","/')),
    ("codeql", "CSV", (b'","recommendation","', b'","/')),
    ("checkov", "CSV", (b"Policy title,Guideline",)),
    ("checkov", "CSV", (b"Fix Version,Registry URL",)),
    ("govulncheck", "text", (b"=== Symbol Results ===",)),
    ("npm-audit", "text", (b"# npm audit report",)),
    ("cargo-audit", "text", (b"Crate: ", b"RUSTSEC-")),
    ("pip-audit", "table", (b"Name", b"Version", b"ID", b"Fix Versions")),
    ("semgrep", "text", (b"Code Finding", "┐".encode())),
    ("safety", "text", (b"Safety", b"+=====", b"REPORT")),
    ("safety", "text", (b"Safety ", b" scanning ", b"Account:", b" Environment:")),
    ("zizmor", "text", (b"]: ", b"\n  --> ", b"\n   |")),
    ("osv-scanner", "table", (b"OSV URL", b"CVSS")),
)
"""The tool (nothing: one of many), what of it that is, and what stands in it."""

_SILENT: Final = {
    **{each: f"`{WRITES[each]}`" for each in ("actionlint", "gitleaks", "gosec", "nuclei", "ruff")},
    "trufflehog": "`jq --slurp .` (with `set -o pipefail`), which makes a list of TruffleHog's lines",
}
"""Tools that write not a byte in one of their formats where they find nothing, and what writes a file all the same."""


_JSON: Final = re.compile(rb'\s*(?:<|\{\s*["}]|\[\s*[\[{"\]])')
_LATER: Final = re.compile(rb'^(?:\{[ \t]*["}\r\n]|\[[ \t]*[{\]\r\n])', re.MULTILINE)
_BEFORE: Final = "text stands before its JSON: let the tool write its report into a file of its own, or keep its messages (standard error) out of it"


def guess(source: Source) -> str | None:
    """What an unknown file is, and what to name in its place; None where nothing is known of it."""
    for tool, what, marks in _KNOWN:
        if all(mark in source.head for mark in marks):
            whose = f"{tool}'s {what}" if tool else what
            return f"it looks like {whose}, which is not read: {_instead(tool or source.tool)}"
    head = source.head
    if head.strip() and not _JSON.match(head) and _LATER.search(head):
        return _BEFORE
    return None


def _instead(tool: str | None) -> str:
    if tool in WRITES:
        return f"name its JSON in its place (`{WRITES[tool]}`)"
    return "name the tool's JSON or SARIF in its place"


def silence(tool: str | None) -> str:
    """What is said of a file without a byte where the tool writes such a file when it finds nothing."""
    if tool not in _SILENT:
        return ""
    return f" {tool} writes such a file, too, when it finds nothing, and nothing tells the two apart: use {_SILENT[tool]}."
