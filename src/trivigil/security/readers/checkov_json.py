"""`checkov -o json`: an object for one framework, a list for several, six numbers where there was nothing to check.

Format: checkov/common/output/report.py and record.py of bridgecrewio/checkov. Severities need an account; without one a failed check is
medium, by this project's rule. Skipped checks carry the comment of who skipped them. A file that does not parse is only counted, and Checkov
still ends with 0: then the scan is partial. Files begin with `/`, and are of the repository all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.result import Severity
from trivigil.security import advisory, leak, lenient, manifest, place, scan
from trivigil.security.facts import Finding, Package, Place, Rating
from trivigil.security.outline import nothing, outline
from trivigil.security.severity import of_score, of_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts, System
    from trivigil.sources import Source

TOOL: Final = "checkov"
FORMAT: Final = "json"
UNIT: Final = "checks"

_SHORT: Final = ("passed", "failed", "skipped")
_OURS: Final = {"parsing_errors", "parsingerrors", "checkov_version"}
"""What Checkov's numbers have besides those that many tools count."""
_SKIPPED: Final = "skipped in the code"


def recognises(source: Source) -> bool:
    """Whether it has the results of a type of checks, or only Checkov's own numbers; an empty list only where the tool is named."""
    seen = outline(source)
    checked = seen.has("check_type", "results") or seen.below("results", "failed_checks")
    numbers = seen.opens == "{" and seen.has(*_SHORT) and len(seen.keys & _OURS) > 1
    return checked or numbers or nothing(source, TOOL)


def read(source: Source) -> Reading[ScanFacts]:
    """Failed checks as findings, skipped ones as accepted; files that do not parse make the reading partial."""
    decoded = foreign.load(source, TOOL)
    reports, left = lenient.objects(decoded if isinstance(decoded, list) else [decoded])
    findings: list[Finding] = []
    missing, counts = [*left], {"passed": 0, "skipped": 0, "resources": 0}
    version = None
    for report in reports:
        summary = lenient.inner(report, "summary") if "results" in report.value else report
        found, unread = _checks(report)
        findings += found
        missing += [
            *unread,
            *_unparsed(report, summary, sum(each.accepted is None for each in found)),
        ]
        version = version or lenient.text(summary, "checkov_version")
        for name, key in (
            ("passed", "passed"),
            ("skipped", "skipped"),
            ("resources", "resource_count"),
        ):
            counts[name] += lenient.whole(summary.value.get(key)) or 0
    alone = not any("results" in report.value for report in reports)
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        findings,
        incomplete=missing,
        notes=("Checkov found nothing to check.",) if alone else (),
        counts=counts,
        version=version,
    )


def _checks(report: Fields) -> tuple[list[Finding], list[str]]:
    results = lenient.inner(report, "results")
    kind = lenient.text(report, "check_type") or ""
    failed, left = lenient.within(results.value.get("failed_checks"), "failed_checks")
    skipped, other = lenient.within(results.value.get("skipped_checks"), "skipped_checks")
    found = [_finding(check, kind) for check in failed]
    for check in skipped:
        comment = lenient.text(lenient.inner(check, "check_result"), "suppress_comment")
        found.append(_finding(check, kind)._replace(accepted=comment or _SKIPPED))
    return found, [*left, *other]


def _unparsed(report: Fields, summary: Fields, failed: int) -> Iterator[str]:
    """What Checkov could not parse, and what it counts and does not list."""
    files = lenient.texts(lenient.inner(report, "results").value.get("parsing_errors"))
    count = (
        lenient.whole(summary.value.get("parsing_errors", summary.value.get("parsingerrors"))) or 0
    )
    if files:
        yield from scan.listed("Checkov could not parse", [place.path(each) for each in files])
    elif count:
        yield f"Checkov could not parse {count} files."
    due = lenient.whole(summary.value.get("failed")) or 0
    if due > failed:
        yield f"Checkov counts {due} failed checks, and lists {failed}."


def _finding(check: Fields, kind: str) -> Finding:
    if check.value.get("vulnerability_details"):
        return _vulnerability(check)
    first, last = lenient.span(check.value.get("file_line_range"))
    where = Place(path=_path(check), line=first, end_line=last)
    rule = lenient.text(check, "check_id") or "unknown check"
    title = lenient.text(check, "check_name") or rule
    if kind == "secrets" or rule.startswith("CKV_SECRET"):
        # The resource of a secret is its SHA-1.
        digest = leak.of_sha1(lenient.text(check, "resource"))
        return leak.finding(TOOL, rule, where, digest, title=title, help_uri=_help(check))
    other = lenient.text(check, "bc_check_id")
    return Finding(
        tool=TOOL,
        kind="code" if kind.startswith("sast") else "iac",
        id=rule,
        title=title,
        place=where._replace(resource=_resource(check)),
        description=lenient.text(check, "description", "short_description") or "",
        aliases=(other,) if other else (),
        cwes=lenient.cwes(check.value.get("cwe")),
        ratings=(_rating(lenient.text(check, "severity")),),
        help_uri=_help(check),
    )


def _rating(word: str | None) -> Rating:
    if word is None:
        return Rating(leak.POLICY, "level", Severity.MEDIUM)
    return Rating(TOOL, "word", of_word(word), word=word)


def _help(check: Fields) -> str | None:
    return lenient.text(check, "guideline")


def _path(check: Fields) -> str | None:
    """Relative to where Checkov ran, if that is not outside; else to the folder that it looked at."""
    ran, looked = lenient.text(check, "repo_file_path"), lenient.text(check, "file_path")
    chosen = ran if ran and not ran.replace("\\", "/").startswith("/..") else looked
    return place.path(place.path(chosen).lstrip("/")) if chosen else None


def _resource(check: Fields) -> str | None:
    """Without the file, which Dockerfiles' resources begin with."""
    resource = lenient.text(check, "resource_address", "resource")
    path = lenient.text(check, "file_path")
    return (resource.removeprefix(f"{path}.") or None) if resource and path else resource


def _vulnerability(check: Fields) -> Finding:
    """A package with an advisory, of the scans for packages and images."""
    details = lenient.inner(check, "vulnerability_details")
    name = lenient.text(details, "id") or lenient.text(check, "check_id") or "unknown advisory"
    package = lenient.text(details, "package_name") or "unknown package"
    return Finding(
        tool=TOOL,
        kind="dependency",
        id=name,
        title=f"{package}: {name}",
        place=Place(path=_path(check)),
        description=lenient.text(details, "description") or "",
        ratings=tuple(_opinions(details)),
        package=Package(
            name=package,
            version=lenient.text(details, "package_version"),
            ecosystem=manifest.ecosystem(_path(check)),
            fixed=lenient.texts(details.value.get("lowest_fixed_version")),
        ),
        help_uri=lenient.text(details, "link"),
        malicious=advisory.is_malware((name,)),
    )


def _opinions(details: Fields) -> Iterator[Rating]:
    word = lenient.text(details, "severity")
    yield Rating(TOOL, "word", of_word(word), word=word)
    score, vector = details.value.get("cvss"), lenient.text(details, "vector")
    if isinstance(score, (int, float)) and 0 <= score <= 10:  # noqa: PLR2004 (CVSS's scale)
        older = (vector or "").startswith("CVSS:3.0")
        system: System = "cvss:3.0" if older else "cvss:3.1"
        yield Rating(TOOL, system, of_score(score), float(score), vector)
