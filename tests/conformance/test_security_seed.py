"""SARIF, Trivy, Bandit, Safety, ZAP and generic findings of the corpus: counts, states, and no damage that reads as clean.

The corpus is not part of this repository: TRIVIGIL_CORPUS names its folder; without it, `../shared` beside the checkout is tried.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.security.readers.damage import CLEAN, taken_for_clean
from tests.security.readers.reading import brief_reading, counted, facts, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts

    Truth = dict[str, Any]
    Checks = Iterator[tuple[str, bool]]


def _corpus() -> Path | None:
    beside = Path(__file__).parents[3] / "shared"
    root = Path(os.environ.get("TRIVIGIL_CORPUS", beside))
    places = (root / "corpus/security", root / "security")
    return next((place for place in places if (place / "sarif").is_dir()), None)


CORPUS = _corpus()
pytestmark = pytest.mark.skipif(
    CORPUS is None, reason="no corpus: TRIVIGIL_CORPUS names no folder with security/sarif in it"
)

NAMED = {"trivy/scb__test-empty-report.json": "trivy", "safety/live/v1.10-clean/out.json": "safety"}
"""Files that are a tool's only where it is named: `[]`."""
DAMAGED = {
    "bandit/wild__zero-bytes.json": "0 bytes",
    "safety/live/v3.8-check/out.json": "0 bytes",
    "safety/pyup__report_invalid_decode_error.json": "a comma is missing",
    "zap/wild__markdown-in-json.json": "Markdown",
    "cargo_audit/live/v0.22-nolock/out.sarif": "0 bytes",
    "govulncheck/live/v1.9-nodb/out.sarif": "0 bytes",
    "osv_scanner/live/v2.2-nolockfile/out.sarif": "0 bytes",
}
"""Files that are no reports, and why."""
MENDED = {"sarif/sarif-sdk__clang.execstack.sarif"}
"""Files that a plain reader does not parse and this one does: commas before brackets."""
STATES = {
    "bandit/live/v1.9-syntaxonly/out.json": "partial",
    "bandit/live/v1.9-syntaxonly/out.sarif": "partial",
    "bandit/samples__bandit_v1.4.0.json": "partial",
    "safety/wild__zapmcp-a.json": "partial",
    "sarif/sarif-sdk__Corrupted_Native_x86_VS2013_Default.exe.sarif": "partial",
    "sarif/sarif-sdk__v1_bannedAPIs_java.xml.sarif": "partial",
    "sarif/spotbugs.sarif": "partial",
    "sarif/violationslib__samples_ExceptionalConditions_Catastrophic configuration error.sarif": "crashed",
    "sarif/violationslib__samples_ExceptionalConditions_Catastrophic execution error.sarif": "crashed",
    "sarif/violationslib__samples_ExceptionalConditions_No runs.sarif": "crashed",
    "sarif/codeql-action__empty-sarif.sarif": "empty",
    "zap/empty_2.9.0.xml": "empty",
}
"""What is known of how whole a file is."""
LARGEST = 150_000
"""Bytes of the largest file that is damaged."""


def _counted(name: str, reading: Reading[ScanFacts], truth: Truth) -> Checks:
    """The independent count: every record, also those that the tool itself does not count."""
    total, every = truth.get("total"), len(facts(reading).findings)
    counts = facts(reading).counts
    if reading.format == "sarif":
        yield "results", counts["results"] == total
        yield (
            "findings",
            every == (total or 0) - counts.get("absent", 0) - counts.get("passed or open", 0),
        )
    else:
        yield "count", total in (reading.count, every)
    if reading.tool == "zap" and reading.format != "sarif":
        yield "instances", counts["instances"] == truth["instances"]
        yield "sites", counts["sites"] == truth["sites"]
    if "ignored" in truth:
        yield "ignored", every - (reading.count or 0) == truth["ignored"]
    if "suppressed" in truth:
        yield "suppressed", every - (reading.count or 0) == truth["suppressed"]


_KEYS = ("results", "entries", "vulnerabilities")
"""How many records a report of a real run has, by format."""


def _lived(name: str, reading: Reading[ScanFacts], truth: Truth) -> Checks:
    key = next(key for key in _KEYS if key in truth)
    if reading.format == "sarif":
        yield key, facts(reading).counts["results"] == truth[key]
    else:
        yield key, reading.count == truth[key]
    if "ignored" in truth:
        yield "ignored", len(facts(reading).findings) - (reading.count or 0) == truth["ignored"]


def _cases(tool: str) -> Iterator[tuple[str, Truth]]:
    """Every file with a count, of a tool's folder and of its real runs."""
    assert CORPUS is not None
    for folder in (f"{tool}", f"{tool}/live"):
        path = CORPUS / folder / "expected.json"
        for name, truth in json.loads(path.read_text()).items() if path.exists() else ():
            file = f"{folder}/{name}"
            known = "class" in truth or any(key in truth for key in _KEYS)
            if not name.startswith("_") and (CORPUS / file).is_file() and known:
                yield file, truth


@pytest.mark.parametrize("tool", ["sarif", "trivy", "bandit", "safety", "zap", "generic_findings"])
def test_counts_agree(tool: str) -> None:
    """Every file of the tool has as many records as were counted independently, in the unit of its format."""
    assert CORPUS is not None
    wrong, files = [], 0
    for name, truth in _cases(tool):
        if name.endswith((".csv", ".xml", ".html", ".txt", ".yaml")) and "/live/" in name:
            continue  # Bandit's and Safety's other formats, which are not read.
        files += 1
        reading = read(CORPUS / name, NAMED.get(name))
        if name in DAMAGED:
            assert reading.problem is not None, name
            continue
        if name in MENDED:
            assert reading.state == "partial", name
            continue
        counted = truth.get("counted")
        checks = _counted(name, reading, counted) if counted else _lived(name, reading, truth)
        wrong += [f"{name}: {check}" for check, good in checks if not good]
    print(f"{tool}: {files - len({each.partition(':')[0] for each in wrong})} of {files}")
    assert files
    assert wrong == []


def _truth(path: Path) -> Truth:
    """What is known of a file of a real run, in the nearest folder above it."""
    known = (each for each in path.parents if (each / "expected.json").exists())
    top = next(known)
    found: Truth = json.loads((top / "expected.json").read_text())[path.relative_to(top).as_posix()]
    return found


def test_every_sarif_of_the_corpus_is_read() -> None:
    """SARIF of whatever tool: as many results as were counted, by the driver's tool, with a package where it is a dependency."""
    assert CORPUS is not None
    files = sorted(CORPUS.glob("**/live/**/*.sarif"))
    agreed = 0
    for path in files:
        name = path.relative_to(CORPUS).as_posix()
        truth = _truth(path)
        reading = read(path)
        if name in DAMAGED:
            assert reading.problem is not None, name
        else:
            assert facts(reading).counts["results"] == truth["results"], name
            assert reading.tool == name.split("/")[0].replace("_", "-"), name
        agreed += 1
    print(f"SARIF of real runs: {agreed} of {len(files)}")
    assert files


def test_who_only_counts_is_told_the_same() -> None:
    """The brief reading of every file of the corpus has the state and the numbers of the whole one."""
    assert CORPUS is not None
    files = [path for path in sorted(CORPUS.rglob("*")) if path.is_file()]
    read_ = {path: reading for path in files if (reading := read(path)).format == "sarif"}
    assert len(read_) > 50
    assert [p for p, whole in read_.items() if counted(brief_reading(p)) != counted(whole)] == []


@pytest.mark.parametrize("name", sorted(STATES))
def test_states_agree(name: str) -> None:
    """A file that says that something failed is not whole."""
    assert CORPUS is not None
    assert read(CORPUS / name).state == STATES[name]


@pytest.mark.parametrize("tool", ["sarif", "trivy", "bandit", "safety", "zap", "generic_findings"])
def test_no_damage_reads_as_clean(tool: str, tmp_path: Path) -> None:
    """Deleted, cut, emptied, zeroed, wrapped, put together of two, or a page of HTML: never complete, never empty."""
    assert CORPUS is not None
    files = [
        path
        for path in sorted((CORPUS / tool).glob("*"))
        if path.is_file() and path.name != "expected.json" and path.stat().st_size < LARGEST
    ]
    clean: list[str] = []
    said = {path: f.findings for path in files if (f := read(path).facts)}
    for path in files:
        name = path.relative_to(CORPUS).as_posix()
        own = {"generic_findings": "defectdojo"}.get(tool, tool)
        whole = read(path, NAMED.get(name))
        found = whole.facts.findings if whole.facts else ()
        others = [other.read_bytes() for other in said if other != path and said[other] != found][
            :2
        ]
        clean += [
            f"{name}: {each}"
            for each in taken_for_clean(path.read_bytes(), others, own, whole, tmp_path)
        ]
        if name in DAMAGED:
            assert whole.state not in CLEAN, name
    assert not clean, "\n".join(clean)
