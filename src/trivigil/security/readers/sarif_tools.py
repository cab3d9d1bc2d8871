"""Whose SARIF it is: the names that scanners give themselves there, and what kind of problem each looks for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.security import advisory

if TYPE_CHECKING:
    from collections.abc import Collection

    from trivigil.security.facts import Kind

_NAMES: Final = {
    "owasp-zap": "zap",
    "zed-attack-proxy": "zap",
    "codeql-command-line-toolchain": "codeql",
    "semgrep-oss": "semgrep",
    "semgrep-pro": "semgrep",
    "opengrep-oss": "opengrep",
    "osv-scanner": "osv-scanner",
    "osvscanner": "osv-scanner",
    "owasp-dependency-check": "dependency-check",
    "owasp-dependency-track": "dependency-track",
    "github-actions-lint": "actionlint",
    "nodejsscan": "njsscan",
    "defsec": "tfsec",
    "snyk-open-source": "snyk",
    "snyk-code": "snyk",
    "snykcode": "snyk",
    "snyk-iac": "snyk",
    "snyk-container": "snyk",
    "lgtm-com": "lgtm",
    "trivy-vulnerability-scanner": "trivy",
    "haskell-dockerfile-linter": "hadolint",
    "anchore-grype": "grype",
    "anchore-grype-scan": "grype",
    "clair-v4": "clair",
    "anchore-container-vulnerability-report-t0": "grype",
    "gosec-golang-security-checker": "gosec",
    "bridgecrew": "checkov",
    "prisma-cloud": "checkov",
}
"""Where the name in small letters with dashes is not yet the tool's."""

_KINDS: Final[dict[str, Kind]] = {
    **dict.fromkeys(("grype", "osv-scanner", "dependency-check", "govulncheck"), "dependency"),
    **dict.fromkeys(("cargo-audit", "pip-audit", "npm-audit", "safety"), "dependency"),
    **dict.fromkeys(("docker-scout", "dependency-track", "clair"), "dependency"),
    **dict.fromkeys(("gitleaks", "trufflehog", "detect-secrets", "ggshield"), "secret"),
    **dict.fromkeys(("checkov", "kics", "tfsec", "terrascan", "kube-linter", "kubesec"), "iac"),
    **dict.fromkeys(("cfn-guard", "cfn-lint", "cfn-nag", "kubescape", "kube-score"), "iac"),
    **dict.fromkeys(("zap", "nuclei", "nikto", "burp"), "web"),
    **dict.fromkeys(("ruff", "eslint", "pylint", "flake8", "hadolint", "shellcheck"), "lint"),
    **dict.fromkeys(("actionlint", "golangci-lint", "pmd", "checkstyle", "clippy"), "lint"),
    "dockle": "image",
}
_SECRETIVE: Final = re.compile(
    r"secret|credential|(?:git|better)leaks|credsweeper|nosey-?parker|kingfisher|talisman|whispers|gitguardian"
)
"""What the names of scanners for secrets have in them, whose messages may show one."""
_SNYK: Final[dict[str, Kind]] = {
    "snyk-open-source": "dependency",
    "snyk-container": "dependency",
    "snyk-iac": "iac",
}
_TRIVY: Final[dict[str, Kind]] = {
    "OsPackageVulnerability": "dependency",
    "LanguageSpecificPackageVulnerability": "dependency",
    "OtherVulnerability": "dependency",
    "Misconfiguration": "iac",
    "Secret": "secret",
    "License": "license",
}
"""Names of Trivy's rules, pkg/report/sarif.go of aquasecurity/trivy."""
_RATED: Final = re.compile(r"\[[A-Z]+\] (?=\S)")
"""What stood before the advisory in ids of Trivy's rules until 0.15: `[LOW] CVE-2011-3374`."""
_KICS_SECRETS: Final = "passwords and secrets"
"""How the names of KICS' queries for secrets begin."""
_TAGS: Final[tuple[tuple[frozenset[str], Kind], ...]] = (
    (frozenset({"secret", "secrets"}), "secret"),
    (frozenset({"misconfiguration", "iac", "infrastructure-as-code"}), "iac"),
    (frozenset({"license"}), "license"),
)

_RULES: Final[tuple[tuple[str, re.Pattern[str], Kind], ...]] = (
    ("ruff", re.compile(r"S\d{3,}$"), "code"),  # Bandit's rules
    ("checkov", re.compile(r"CKV_SECRET"), "secret"),
    ("checkov", re.compile(r"(?:CVE|GHSA|PRISMA)-[\w-]+?_.+@"), "dependency"),
    ("checkov", re.compile(r"(?!CKV|BC_)\S+_\S+@\S+$"), "license"),
)

_SUPPRESS_ALL: Final = frozenset({"anchore-container-vulnerability-report-t0"})
"""Drivers that write a suppression beside every result, whatever it is: grype/presenter/sarif of anchore/grype before 0.33, and anchore/scan-action 2."""

LEVEL_SAYS_OTHER: Final = frozenset(
    {
        "actionlint",  # error for everything
        "checkov",  # error for every failed check that nobody rated
        "gitleaks",  # no level at all
        "govulncheck",  # how far the code reaches the problem
        "grype",  # note for what nobody rated
        "nuclei",  # note for medium
        "osv-scanner",  # always warning
        "ruff",  # always error
    }
)
"""Tools whose level is no opinion on how severe a problem is."""


def slug(name: str) -> str:
    """A name in small letters, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def normal(name: str) -> str:
    """The tool as users write it in `TOOL=PATH`: `Trivy` is trivy, `Semgrep OSS` semgrep, `OWASP ZAP` zap."""
    bare = slug(name)
    return _NAMES.get(bare, bare)


def bare_id(tool: str, name: str) -> str:
    """The id of a rule without the severity that Trivy once wrote before it."""
    return _RATED.sub("", name, count=1) if tool == "trivy" else name


def suppresses_all(driver: str) -> bool:
    """Whether a driver writes suppressions that mean nothing."""
    return slug(driver) in _SUPPRESS_ALL


def kind(driver: str, rule_id: str | None, rule: str | None, tags: Collection[str]) -> Kind:
    """What kind of problem a rule is about, by its driver's name, its own id and name, and its tags; an advisory is of a dependency."""
    tool = normal(driver)
    if tool == "trivy":
        return _TRIVY.get(rule or "", "dependency" if "vulnerability" in tags else "code")
    if tool == "kics" and (rule or "").lower().startswith(_KICS_SECRETS):
        return "secret"
    own = next((each for of, ids, each in _RULES if of == tool and ids.match(rule_id or "")), None)
    if own is not None:
        return own
    if tool in _KINDS:
        return _KINDS[tool]
    if slug(driver) in _SNYK:
        return _SNYK[slug(driver)]
    if _SECRETIVE.search(tool):
        return "secret"
    tagged = next((each for words, each in _TAGS if words & set(tags)), None)
    if tagged is not None:
        return tagged
    return "dependency" if rule_id and advisory.is_known(rule_id) else "code"
