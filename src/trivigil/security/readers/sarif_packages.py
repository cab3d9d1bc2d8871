"""The package that a SARIF result speaks of. SARIF has no field for one, so every scanner says it in its own words.

Formats: pkg/report/sarif.go of aquasecurity/trivy; grype/presenter/sarif of anchore/grype; internal/output/sarif.go of google/osv-scanner;
checkov/common/output/sarif.py of bridgecrewio/checkov; rustsec/rustsec's sarif.rs; internal/sarif of golang/vuln; the logical locations of Snyk and Dependency-Check.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from trivigil.security import lenient, purl
from trivigil.security.facts import Package

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.foreign import Fields
    from trivigil.security.readers.sarif_rules import Rule

_LINE: Final = re.compile(r"^\s*+([A-Z][A-Za-z ]*+)\s*+: *+(.*)$", re.MULTILINE)
_GRYPE: Final = re.compile(
    r"An? \S+ vulnerability in (\S+) package: (.+?), version (\S+) was found", re.DOTALL
)
_OSV: Final = re.compile(r"Package '(.+?)(?:@([^@']*))?' is vulnerable to '")
_CHECKOV: Final = re.compile(r"(?:CVE|GHSA|PRISMA)-[\w-]+?_(.+)@([^@]+)")
_CARGO: Final = re.compile(r"(\S+) (\d\S*) (?:is vulnerable to|has an? \w+ warning)")
_GO: Final = re.compile(
    r"vulnerable (?:module|package|functions? in \d+ package)s? \(([^()\s,]+)\)"
)
_CLAIR: Final = re.compile(r"(\S+) - (\S+) - \S")
"""output/templates/sarif.tpl of quay/clair-action."""
_SNYK: Final = re.compile(r"(.+)@([^@/]+)")
_PURL: Final = re.compile(r"pkg:/*([A-Za-z][A-Za-z0-9.+-]*)/([^@?#\s]+)(?:@([^?#\s]*))?\S*")
_REMEMBERED: Final = 16_384
"""Files with packages, help texts of rules."""
_VALUE: Final = re.compile(r"^(?:none|n/a|unknown)?$", re.IGNORECASE)

_MANIFESTS: Final = (
    (
        r"package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|package\.json",
        "npm",
    ),
    (
        r"requirements.*\.(?:txt|in)|Pipfile(?:\.lock)?|poetry\.lock|uv\.lock|pdm\.lock|pylock.*\.toml",
        "pypi",
    ),
    (r"pyproject\.toml|setup\.(?:py|cfg)", "pypi"),
    (r"go\.(?:mod|sum)", "golang"),
    (r"Cargo\.(?:lock|toml)", "cargo"),
    (r"Gemfile(?:\.lock)?|gems\.(?:rb|locked)|.*\.gemspec", "gem"),
    (r"composer\.(?:lock|json)", "composer"),
    (r"pom\.xml|.*gradle.*\.lockfile|build\.gradle(?:\.kts)?|.*\.[jw]ar", "maven"),
    (
        r"packages\.(?:lock\.json|config)|.*\.deps\.json|.*\.csproj|Directory\.Packages\.props",
        "nuget",
    ),
    (r"pubspec\.lock", "pub"),
    (r"mix\.lock", "hex"),
    (r"conan\.lock", "conan"),
    (r"Package\.resolved", "swift"),
    (r"Podfile\.lock", "cocoapods"),
)
_MANIFEST: Final = re.compile(
    "|".join(f"(?P<{kind}_{n}>{names})" for n, (names, kind) in enumerate(_MANIFESTS))
)


@lru_cache(_REMEMBERED)
def ecosystem_of(path: str | None) -> str | None:
    """The type of a package URL by the name of a manifest: `web/package-lock.json` is npm."""
    match = _MANIFEST.fullmatch((path or "").rpartition("/")[2])
    return match.lastgroup.rpartition("_")[0] if match and match.lastgroup else None


def package(
    tool: str, rule: Rule, text: str, logical: str | None, ecosystem: str | None
) -> Package | None:
    """The package of a result in a manifest of this ecosystem: by its tool's words, else by a package URL or a `name@version` in its place."""
    found = _by_words(tool, rule, text, ecosystem)
    if found is not None:
        return found
    listed = lenient.texts(rule.properties.value.get("purls"))
    for written in (logical, lenient.text(rule.properties, "purl"), *listed[:1]):
        if written and (match := _PURL.search(written)):
            return of_purl(match)._replace(fixed=_told(rule.properties))
    if tool == "snyk" and logical and (match := _SNYK.fullmatch(logical)):
        tagged = (purl.ecosystem(tag) for tag in rule.tags)
        known = next((each for each in tagged if each in _TYPES), None)
        return Package(match[1], match[2], known or ecosystem)
    return None


def _told(properties: Fields) -> tuple[str, ...]:
    """The version that Docker Scout tells among a rule's properties; `not fixed` is its word for none."""
    told = lenient.text(properties, "fixed_version")
    return () if told in (None, "not fixed") else fixed(told)


_TYPES: Final = frozenset({"npm", "pypi", "golang", "maven", "gem", "composer", "nuget", "cargo"})


def of_purl(match: re.Match[str]) -> Package:
    """The package of a package URL."""
    kind, name, version = match.group(1).lower(), unquote(match.group(2)), match.group(3)
    shown = name.replace("/", ":") if kind == "maven" else name
    return Package(shown, unquote(version) if version else None, kind, match.group())


def _by_words(tool: str, rule: Rule, text: str, ecosystem: str | None) -> Package | None:
    if tool == "trivy":
        # Until 0.15 each package had a rule of its own, and its text says which.
        own = (rule.id or "").startswith("[")
        return _trivy(_said_by_rule(_help(rule)) if own else said(text), ecosystem)
    if tool == "grype":
        return _grype(rule, text)
    if tool == "osv-scanner" and (match := _OSV.match(text)):
        return Package(match[1], match[2] or None, ecosystem)
    if tool == "cargo-audit" and (match := _CARGO.match(text)):
        return Package(match[1], match[2], "cargo")
    if tool == "clair" and (match := _CLAIR.match(text)):
        return Package(match[1], match[2], ecosystem)
    if tool == "checkov" and (match := _CHECKOV.fullmatch(rule.id or "")):
        return Package(match[1], match[2], ecosystem)
    if tool == "govulncheck" and (match := _GO.search(text)):
        # Of a package only the start is the module; its whole path is known to the rule alone.
        return Package(match[1], None, "golang") if "module" in match[0] else None
    return None


def said(text: str) -> Mapping[str, str]:
    """The `Key: value` lines of a message; the first of each key."""
    return {key.rstrip(" "): value.rstrip() for key, value in reversed(_LINE.findall(text))}


_said_by_rule: Final = lru_cache(_REMEMBERED)(said)


def _help(rule: Rule) -> str:
    return lenient.text(lenient.inner(rule.fields, "help"), "text") or ""


def _trivy(lines: Mapping[str, str], ecosystem: str | None) -> Package | None:
    if not lines.get("Package"):
        return None
    return Package(
        name=lines["Package"],
        version=lines.get("Installed Version") or None,
        ecosystem=ecosystem,
        fixed=fixed(lines.get("Fixed Version", "")),
    )


@lru_cache(_REMEMBERED)
def fixed(text: str) -> tuple[str, ...]:
    """The versions of a list with commas."""
    parts = (part.strip() for part in text.split(","))
    return tuple(part for part in parts if not _VALUE.match(part))


def _grype(rule: Rule, text: str) -> Package | None:
    help_lines = _said_by_rule(_help(rule))
    match = _GRYPE.search(text)
    name = match[2] if match else help_lines.get("Package")
    if not name:
        return None
    urls = lenient.texts(rule.properties.value.get("purls"))
    kind = match[1] if match else help_lines.get("Type", "")
    return Package(
        name=name,
        version=(match[3] if match else help_lines.get("Version")) or None,
        ecosystem=purl.ecosystem(kind),
        purl=urls[0] if len(urls) == 1 else None,
        fixed=fixed(help_lines.get("Fix Version", "")),
    )
