"""Every security reader, and the reading of one source, recognised by its content and not its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts
    from trivigil.security.reader import Reader
    from trivigil.sources import Source

TABLE: Final = (
    ("trivy", "trivy_json"),
    ("bandit", "bandit_json"),
    ("bandit", "bandit_csv"),
    ("safety", "safety_list"),
    ("safety", "safety_check"),
    ("safety", "safety_scan"),
    ("safety", "safety_failure"),
    ("zap", "zap_json"),
    ("zap", "zap_xml"),
    ("zap", "zap_api_json"),
    ("custom", "custom_json"),
    ("defectdojo", "defectdojo_json"),
    ("defectdojo", "defectdojo_csv"),
    ("sarif", "sarif"),
    ("pip-audit", "pip_audit_json"),
    ("grype", "grype_json"),
    ("grype", "grype_jsonl"),
    ("osv-scanner", "osv_scanner_json"),
    ("npm-audit", "npm_audit_json"),
    ("npm-audit", "npm_audit_6_json"),
    ("pnpm-audit", "pnpm_audit_json"),
    ("yarn-audit", "yarn_audit_1_ndjson"),
    ("yarn-audit", "yarn_audit_ndjson"),
    ("snyk", "snyk_json"),
    ("snyk", "snyk_iac_json"),
    ("cyclonedx", "cyclonedx_json"),
    ("cyclonedx", "cyclonedx_xml"),
    ("dependency-check", "dependency_check_json"),
    ("dependency-check", "dependency_check_xml"),
    ("govulncheck", "govulncheck_json"),
    ("cargo-audit", "cargo_audit_json"),
    ("bundler-audit", "bundler_audit_json"),
    ("composer-audit", "composer_audit_json"),
    ("clair", "clair_json"),
    ("dependency-track", "dependency_track_json"),
    ("dependabot", "dependabot_json"),
    ("code-scanning", "code_scanning_json"),
    ("vex", "vex_json"),
    ("semgrep", "semgrep_json"),
    ("semgrep", "semgrep_supply_chain"),
    ("gitleaks", "gitleaks_json"),
    ("gitleaks", "gitleaks_csv"),
    ("checkov", "checkov_json"),
    ("trufflehog", "trufflehog_json"),
    ("trufflehog", "trufflehog_2_json"),
    ("trufflehog3", "trufflehog3_json"),
    ("detect-secrets", "detect_secrets_json"),
    ("detect-secrets", "detect_secrets_audit"),
    ("hadolint", "hadolint_json"),
    ("gosec", "gosec_json"),
    ("gosec", "gosec_csv"),
    ("zizmor", "zizmor_json"),
    ("ruff", "ruff_json"),
    ("actionlint", "actionlint_json"),
    ("nuclei", "nuclei_jsonl"),
    ("gitlab", "gitlab_report"),
    ("gitlab", "gitlab_code_quality"),
    ("kics", "kics_json"),
    ("tfsec", "tfsec_json"),
    ("dockle", "dockle_json"),
    ("brakeman", "brakeman_json"),
    ("sonarqube", "sonarqube_generic"),
    ("sonarqube", "sonarqube_api"),
)
"""Tool and module, in the order they are asked. A new format is one module and one line here."""

SHARED: Final = ("sarif",)
"""Formats that many tools write."""


def _guess(source: Source) -> str | None:
    from trivigil.security import unread

    return unread.guess(source)


def _abridged(source: Source) -> bytes | None:
    from trivigil import abridged

    return abridged.head(source)


_SMALL: Final = 1 << 20
"""Bytes (1 MiB) of a report with findings that is looked through for keys that stand twice: in larger ones that would take as long as reading them."""

SHELF: Final = Shelf["Reader"](__name__, TABLE, SHARED, _guess, _abridged)
TOOLS: Final = SHELF.tools


def readers(tool: str | None = None) -> Iterator[Reader]:
    """All readers, one import after the other; those of the tool come first."""
    return SHELF.readers(tool)


def read(source: Source, *, brief: bool = False) -> Reading[ScanFacts]:
    """What one source says. Whatever is wrong with it is the reading's `problem`, not an exception.

    A `brief` reading has the same state and numbers, but not all that findings say: it is for who only counts.
    """
    reading = SHELF.read(source, brief=brief)
    if reading.state == "empty" or (reading.state == "complete" and source.size < _SMALL):
        return _once(reading, source)
    if reading.problem is None or reading.problem != source.problem or source.size:
        return reading
    from trivigil.security import unread

    return reading._replace(problem=reading.problem + unread.silence(source.tool))


def _once(reading: Reading[ScanFacts], source: Source) -> Reading[ScanFacts]:
    """The reading of a clean file: partial where a key that stands twice may hide what was found."""
    from trivigil.security import doubled

    twice = doubled.key(source)
    if twice is None:
        return reading
    said = f"`{twice}` stands twice in it, and only the last was read: it is no report of one run."
    return reading._replace(state="partial", notes=(said, *reading.notes))
