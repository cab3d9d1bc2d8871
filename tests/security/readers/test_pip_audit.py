"""pip-audit: the old list and the new object, and what was not audited."""

from __future__ import annotations

import json
from pathlib import Path

from tests.security.readers.reading import DATA, facts, findings, read

PIP = DATA / "pip-audit"


def test_plain() -> None:
    """Every advisory of a dependency is a finding, of unknown severity, with its aliases and fixes."""
    first, second = findings(PIP / "plain/out.json")
    assert (first.id, first.aliases) == ("PYSEC-2099-1", ("GHSA-2345-6789-cfgh", "CVE-2099-1001"))
    assert first.package is not None
    assert first.package[:3] == ("demo-http", "1.0.0", "pypi")
    assert first.package.fixed == ("1.2.0",)
    assert (first.ratings, second.title) == ((), "demo-http 1.0.0 has PYSEC-2099-2")


def test_list_of_older_versions(tmp_path: Path) -> None:
    """Before 1.0 the dependencies stand alone, and say the same."""
    path = tmp_path / "out.json"
    report = json.loads((PIP / "plain/out.json").read_bytes())
    path.write_text(json.dumps(report["dependencies"]), encoding="utf-8")
    assert findings(path) == findings(PIP / "plain/out.json")


def test_skipped_is_never_clean() -> None:
    """pip-audit ends with 0 and names no vulnerability where it audited nothing: that is partial, and said."""
    reading = read(PIP / "skipped/out.json")
    assert (reading.state, reading.count) == ("partial", 0)
    assert reading.notes == ("pip-audit did not audit demo-own: distribution marked as editable.",)


def test_nothing_at_all_is_never_clean(tmp_path: Path) -> None:
    """No dependency was looked at."""
    path = tmp_path / "out.json"
    path.write_text('{"dependencies": [], "fixes": []}', encoding="utf-8")
    assert read(path).state == "partial"


def test_dependency_that_says_nothing(tmp_path: Path) -> None:
    """A dependency without `vulns` was not audited, though it does not say so."""
    path = tmp_path / "out.json"
    path.write_text('{"dependencies": [{"name": "a", "version": "1"}], "fixes": []}', "utf-8")
    assert read(path).state == "partial"


def test_malware(tmp_path: Path) -> None:
    """A MAL id, also as an alias, makes a package malicious."""
    path = tmp_path / "out.json"
    vulns = [{"id": "PYSEC-2099-3", "fix_versions": [], "aliases": ["MAL-2099-1"]}]
    report = {"dependencies": [{"name": "a", "version": "1", "vulns": vulns}], "fixes": []}
    path.write_text(json.dumps(report), encoding="utf-8")
    assert facts(read(path)).findings[0].malicious
