"""Every file of the security corpus that the readers of dependency scanners are there for.

The corpus is not part of this repository. TRIVIGIL_CORPUS names its folder; without it, `../shared` beside the checkout is tried. What was counted
for the corpus, apart from any reader, is what the readers count; where the tool says severities, those are compared, too.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.security.readers.reading import facts, read
from trivigil.security.severity import choose, of_word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts

    Truth = dict[str, Any]
    Checks = Iterator[tuple[str, bool]]


def _corpus() -> Path | None:
    beside = Path(__file__).parents[3] / "shared"
    root = Path(os.environ.get("TRIVIGIL_CORPUS", beside))
    places = (root / "corpus/security", root / "security")
    return next((place for place in places if (place / "grype").is_dir()), None)


CORPUS = _corpus()
pytestmark = pytest.mark.skipif(
    CORPUS is None, reason="no corpus: TRIVIGIL_CORPUS names no folder with security/grype in it"
)


def _every(reading: Reading[ScanFacts]) -> int:
    """Findings with those that the tool accepts, which is what was counted for most tools."""
    return len(facts(reading).findings)


def _total(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    yield "total", _every(reading) == truth["counted"]["total"]
    if truth["counted"]["total"]:
        yield "clean", reading.state != "empty" or reading.count == 0


def _rated(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    """The total, and how many there are of each severity, in the words of the tool on our scale."""
    yield from _total(reading, truth)
    raw = truth["counted"]["by_raw_severity"].items()
    expected = Counter({of_word(word): 0 for word, _ in raw})
    for word, number in raw:
        expected[of_word(word)] += number
    yield (
        "severities",
        Counter(choose(each).severity for each in facts(reading).findings) == expected,
    )


def _pip_audit(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    counted = truth.get("counted", truth)
    yield "total", reading.count == counted.get("total", counted.get("vulnerabilities"))
    skipped = counted.get("skipped", 0)
    yield "skipped", facts(reading).counts["skipped"] == skipped
    yield "partial", (reading.state == "partial") == bool(skipped or not counted["dependencies"])


def _osv(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    counted = truth["counted"]
    yield "groups", reading.count == counted["groups"]
    yield "records", facts(reading).counts["records"] == counted["total"]


def _npm(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    counted = truth.get("counted", {})
    if truth.get("class") == "malformed" or truth.get("error_report"):
        yield "crashed", reading.state == "crashed"
        return
    pairs = counted.get("package_advisory_pairs", truth.get("distinct_advisories"))
    yield "advisories", reading.count == (counted["total"] if pairs is None else pairs)
    if "findings_paths" in counted:
        yield "paths", facts(reading).counts["paths"] == counted["findings_paths"]


def _yarn(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    counted = truth["counted"]
    yield "total", reading.count == counted.get("distinct_id_module", counted["total"])
    if "distinct_id_module" in counted:
        yield "paths", facts(reading).counts["paths"] == counted["total"]


def _snyk(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    counted = truth["counted"]
    yield "paths", reading.count == counted["total"]
    yield "advisories", facts(reading).counts["advisories"] == counted["distinct_ids"]
    yield "projects", facts(reading).counts["projects"] == counted["projects"]
    licences = sum(each.kind == "license" for each in facts(reading).findings)
    yield "licences", licences == counted.get("licence_issues", 0)


def _dependency_check(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    counted = truth["counted"]
    yield "total", reading.count == counted["total"]
    yield "suppressed", _every(reading) - (reading.count or 0) == counted.get("suppressed", 0)
    words = Counter(choose(each).severity for each in facts(reading).active)
    raw = Counter(of_word(w) for w, n in counted["by_raw_severity"].items() for _ in range(n))
    yield "severities", words == raw


def _govulncheck(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    counted, found = truth["counted"], facts(reading).counts
    yield "advisories", reading.count == counted["distinct_osv_module"]
    yield "records", found["records"] == counted["total"]
    levels = {level: found[level] for level in ("module", "package", "symbol") if found[level]}
    yield "levels", levels == counted.get("reachability", {})


def _cargo_audit(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    yield "total", reading.count == truth["counted"]["total"]
    yield "warnings", facts(reading).counts == truth["counted"]["warnings"]


def _dependency_track(reading: Reading[ScanFacts], truth: Truth) -> Checks:
    yield from _rated(reading, truth)
    suppressed = truth["counted"].get("suppressed", 0)
    yield "suppressed", _every(reading) - (reading.count or 0) == suppressed


def _vex(reading: Reading[ScanFacts], _: Truth) -> Checks:
    yield "said", reading.facts is None and "is a VEX document" in (reading.problem or "")


CHECKS: dict[str, Callable[[Reading[ScanFacts], Truth], Checks]] = {
    "pip_audit": _pip_audit,
    "pip_audit/live": _pip_audit,
    "grype": _rated,
    "osv_scanner": _osv,
    "osv_scanner/live": _osv,
    "npm_audit": _npm,
    "npm_audit/live": _npm,
    "yarn_pnpm_audit": _yarn,
    "snyk": _snyk,
    "cyclonedx": _rated,
    "dependency_check": _dependency_check,
    "govulncheck": _govulncheck,
    "govulncheck/live": _govulncheck,
    "cargo_audit": _cargo_audit,
    "cargo_audit/live": _cargo_audit,
    "bundler_composer_audit": _rated,
    "clair": _rated,
    "dependency_track": _dependency_track,
    "github_dependabot": _rated,
    "vex": _vex,
}
_NAMED = {"pip_audit/empty.json": "pip-audit"}
"""Files that say nothing, which are read where their tool is named."""
_FIRST = (
    "counted by the first rating of each, and ours is that of the source the vulnerability is from"
)
NOT_READ: dict[str, str] = {
    "cyclonedx/no-severity.json": "counted without a severity, and the CVSS score is read",
    "cyclonedx/spec1_lowfirst.xml": "counted by OWASP's rating, which comes first; ours is the CVSS one",
    "cyclonedx/trivy-golden__fluentd-multiple-lockfiles-short.cdx.json": _FIRST,
    "vex/openvex__openvex_not_a_document.json": "it is no VEX document either",
    "osv_scanner/live/v2.2-nolockfile/out.json": "zero bytes",
    "govulncheck/live/v1.9-nodb/out.json": "zero bytes",
    "cargo_audit/live/v0.22-nolock/out.json": "zero bytes",
}
"""Patterns of files that agree with nothing, each with its reason."""


def _cases() -> Iterator[tuple[str, str]]:
    for tool in CHECKS if CORPUS else ():
        assert CORPUS is not None
        expected = json.loads((CORPUS / tool / "expected.json").read_bytes())
        for name in expected:
            if name[0] != "_" and _is_ours(tool, name):
                yield tool, name


def _is_ours(tool: str, name: str) -> bool:
    """Not SARIF, VEX or CycloneDX that another tool wrote, and no text for people."""
    other = ("sarif", "openvex", "cdx", "spdx", "cyclonedx-", "snyk_code")
    ours = name.endswith((".json", ".xml", ".cdx"))
    return ours and (tool in {"cyclonedx", "vex"} or not any(each in name for each in other))


CASES = list(_cases())


def _wrong(tool: str, name: str) -> list[str]:
    """What of one file does not agree."""
    assert CORPUS is not None
    truth = json.loads((CORPUS / tool / "expected.json").read_bytes())[name]
    reading = read(CORPUS / tool / name, _NAMED.get(f"{tool}/{name}"))
    if reading.facts is None and reading.tool != "vex":
        return [f"not read: {reading.problem}"]
    return [what for what, agrees in CHECKS[tool](reading, truth) if not agrees]


@pytest.mark.parametrize(("tool", "name"), CASES, ids=["/".join(case) for case in CASES])
def test_file(tool: str, name: str) -> None:
    """Every number that is known of a file is the same, or the file stands in NOT_READ."""
    wrong = _wrong(tool, name)
    if any(fnmatch(f"{tool}/{name}", pattern) for pattern in NOT_READ):
        assert wrong, "it agrees: take it out of NOT_READ"
    else:
        assert not wrong


def test_no_damaged_file_is_clean(tmp_path: Path) -> None:
    """Cut in the middle, followed by HTML, or of no bytes at all, no file says that there is nothing."""
    assert CORPUS is not None
    for tool, name in CASES:
        data = (CORPUS / tool / name).read_bytes()
        for number, damaged in enumerate((data[: len(data) // 2], data + b"\n<html>", b"")):
            path = tmp_path / f"{number}.{name.rpartition('/')[2]}"
            path.write_bytes(damaged)
            reading = read(path)
            assert reading.problem is not None or reading.state != "empty", (tool, name, number)


def test_share(tell: Callable[[str], None]) -> None:
    """The share of files that agree, by tool, and each deviation with its reason."""
    of, agreed = Counter(tool for tool, _ in CASES), Counter[str]()
    agreed.update(tool for tool, name in CASES if not _wrong(tool, name))
    for tool in CHECKS:
        tell(f"{tool} corpus: {agreed[tool]} of {of[tool]} files agree with expected.json")
    for name, reason in NOT_READ.items():
        tell(f"  {name}: {reason}")
    known = [case for case in CASES if any(fnmatch("/".join(case), each) for each in NOT_READ)]
    assert sum(of.values()) - sum(agreed.values()) == len(known)
