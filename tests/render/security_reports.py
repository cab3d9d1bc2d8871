"""Security reports to be rendered: clean, blocking, unproven, and hostile everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.render.reports import ORIGIN
from tests.security.made import advisory, flaw, rating, scan
from trivigil.core.report import Origin
from trivigil.core.result import Severity
from trivigil.security.analysis import Context, analyze
from trivigil.security.facts import Finding, Kind, Package, Place
from trivigil.security.suppressions import Entry

if TYPE_CHECKING:
    from trivigil.core.report import Report

CONTEXT = Context("security", "2026-11-23T08:46:12Z", ORIGIN)


def clean() -> Report:
    """Two scanners found nothing."""
    return analyze([scan(state="empty"), scan(tool="bandit", state="empty")], CONTEXT)


def blocking() -> Report:
    """A critical package seen by three tools, a high flaw, and what does not block."""
    names = ("CVE-2022-28346", "GHSA-2gwj-7jmv-h26r")
    trivy = [
        advisory("trivy", names[0], severity="critical", fixed=("2.2.28", "3.2.13")),
        advisory("trivy", "CVE-2024-27351", severity="medium", fixed=("3.2.25",)),
        advisory("trivy", "CVE-2019-1000", "urllib3", severity="low"),
    ]
    grype = [advisory("grype", names[1], aliases=names[:1], severity="high")]
    bandit = [
        flaw("bandit", "B608", 42, cwe=89),
        flaw("bandit", "B101", 7, path="app/checks.py", severity="low"),
    ]
    entries = (
        Entry("only in tests", "2026-12-31", "web team", rule="B101", path="app/checks.py", line=3),
    )
    readings = [scan(trivy), scan(grype, "grype"), scan(bandit, "bandit")]
    return analyze(readings, CONTEXT._replace(entries=entries))


def unproven() -> Report:
    """One scan is cut, one is required and not there."""
    readings = [scan(state="partial"), scan([flaw("bandit", "B608", 42)], "bandit")]
    return analyze(readings, CONTEXT._replace(require=("gitleaks",)))


def everywhere(attack: str, origin: Origin = ORIGIN) -> Report:
    """The text at every place that a scanner's file, a suppression or a pull request can fill."""
    place = Place(attack, 3, 4, attack, f"https://x.example/{attack}", attack, attack, attack)
    package = Package(attack, attack, attack, attack, (attack,))
    base = Finding(
        attack, "code", attack, attack, place, attack, (attack,), (79,), (rating("high", attack),),
        attack, None, None, attack, attack, f"https://x.example/{attack}",
    )  # fmt: skip
    kinds: tuple[Kind, ...] = (
        "code", "secret", "iac", "web", "image", "license", "lint", "custom",
    )  # fmt: skip
    # An entry accepts what is of its rule: the others are of another one, or nothing would stay to be shown.
    other = base._replace(id=f"{attack} too")
    findings = [one._replace(kind=kind) for kind in kinds for one in (base, other)]
    findings.append(other._replace(kind="dependency", package=package))
    findings.append(base._replace(kind="iac", accepted=attack, expires=attack))
    reading = scan(findings)._replace(path=attack, tool=attack, format=attack, notes=(attack,))
    broken = scan(state="partial")._replace(path=attack, tool=attack, problem=attack)
    entries = (Entry(attack or "x", "2027-01-01", attack, rule=attack, line=1),)
    context = CONTEXT._replace(
        origin=origin, entries=entries, fail_on=Severity.INFO, require=(attack,)
    )
    return analyze([reading, broken], context)


SECURITY = {"clean": clean, "blocking": blocking, "unproven": unproven}
