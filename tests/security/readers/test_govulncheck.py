"""govulncheck: definitions are no findings, the deepest level counts, and a run that stopped is seen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.security.readers.reading import DATA, facts, findings, read

GO = DATA / "govulncheck"
CONFIG = {"config": {"protocol_version": "v1.0.0", "scanner_name": "govulncheck"}}


def test_deepest_level() -> None:
    """Six records of three advisories are three findings: called, imported and required."""
    reading = read(GO / "plain/out.json")
    assert (reading.count, reading.tool_version) == (3, "v1.9.0")
    assert facts(reading).counts == {"records": 6, "module": 1, "package": 1, "symbol": 1}
    assert {f.id: f.confidence for f in facts(reading).findings} == {
        "GO-2099-1001": "high",
        "GO-2099-1002": "medium",
        "GO-2099-1003": "low",
    }


def test_definition_is_no_finding() -> None:
    """An advisory that the stream only defines does not count (others count each)."""
    assert b"GO-2099-1004" not in str(findings(GO / "plain/out.json")).encode()


def test_called_says_where() -> None:
    """A called function says where this repository's code calls it."""
    found = next(f for f in findings(GO / "plain/out.json") if f.id == "GO-2099-1001")
    assert found.description.startswith("The vulnerable function is called. At main.go:10.")
    assert (found.aliases, found.ratings) == (("CVE-2099-1001",), ())


def test_run_that_failed() -> None:
    """A run that could not load the packages has written its configuration alone."""
    assert read(GO / "failed/out.json").state == "crashed"


def test_stream_that_stopped_between_records(tmp_path: Path) -> None:
    """A stream without the comparison with the database is not clean, though each of its records is whole."""
    path = tmp_path / "out.json"
    records = [CONFIG, {"SBOM": {}}, {"progress": {"message": "Fetching vulnerabilities…"}}]
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    assert read(path).state == "partial"


def test_comparison_without_a_bill_of_materials(tmp_path: Path) -> None:
    """Versions that say that they check, and write no bill of materials, have compared."""
    path = tmp_path / "out.json"
    told = {"progress": {"message": "Checking the code against the vulnerabilities..."}}
    path.write_text("\n".join(map(json.dumps, [CONFIG, told])), encoding="utf-8")
    assert read(path).state == "empty"


def test_list_is_read_as_the_stream(tmp_path: Path) -> None:
    """Some save the records as a list."""
    text, records, at = (GO / "plain/out.json").read_text(encoding="utf-8"), [], 0
    while at < len(text.rstrip()):
        record, at = json.JSONDecoder().raw_decode(text, text.index("{", at))
        records.append(record)
    path = tmp_path / "out.json"
    path.write_text(json.dumps(records), encoding="utf-8")
    assert findings(path) == findings(GO / "plain/out.json")


@pytest.mark.parametrize(
    "severity",
    ["High", [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}]],
)
def test_severity_of_a_database_of_ones_own(severity: object, tmp_path: Path) -> None:
    """A database may say a severity, which Go's does not."""
    path = tmp_path / "out.json"
    osv = {"osv": {"id": "GO-2099-9", "severity": severity}}
    found = {"finding": {"osv": "GO-2099-9", "trace": [{"module": "m", "version": "v1"}]}}
    path.write_text("\n".join(map(json.dumps, [CONFIG, osv, found])), encoding="utf-8")
    (finding,) = findings(path)
    assert [rating.severity.label for rating in finding.ratings] == ["high"]


def test_older_object_with_many_calls(tmp_path: Path) -> None:
    """Before 1.0 the calls come first, and may be more than is looked at to know whose file it is."""
    older = json.loads((GO / "older/out.json").read_text(encoding="utf-8"))
    function = {"Name": "serve", "PkgPath": "example.com/shop", "CallSites": None}
    calls = {"Functions": {str(n): {"ID": n, **function} for n in range(2_000)}, "Entries": [1]}
    path = tmp_path / "report.json"
    path.write_text(json.dumps({**older, "Calls": calls}), encoding="utf-8")
    assert path.stat().st_size > 1 << 17
    assert findings(path) == findings(GO / "older/out.json")
    path.write_text(json.dumps({"Calls": calls, "Imports": {}}), encoding="utf-8")
    assert read(path).state == "partial"


def test_older_object() -> None:
    """Before 1.0 each symbol was a record: one advisory of one module is one finding."""
    (found,) = findings(GO / "older/out.json")
    assert (found.id, found.confidence) == ("GO-2099-1001", "high")
