"""Stale scans: a file that tells its age is believed, and an old one proves nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.security.made import advisory, scan
from trivigil.security.age import moment
from trivigil.security.analysis import Context, analyze
from trivigil.security.facts import ScanFacts

NOW = "2026-06-15T12:00:00Z"
DAY = 24 * 3600.0


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-06-15T10:00:00Z", 10),
        ("2026-06-15T10:00:00.123456789Z", 10),
        ("2026-06-15T12:00:00.5+02:00", 10),
        ("2026-06-15 10:00:00", 10),
        ("Mon, 15 Jun 2026 10:00:00", 10),
        ("Mon, 15 Jun 2026 12:00:00 +0200", 10),
        ("yesterday", None),
        ("", None),
    ],
)
def test_times_as_scanners_write_them(text: str, hour: int | None) -> None:
    """ISO 8601 of most, the e-mail form of ZAP; anything else is no time."""
    found = moment(text)
    assert (found.astimezone(UTC).replace(microsecond=0) if found else None) == (
        None if hour is None else datetime(2026, 6, 15, hour, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    ("made", "most", "state"),
    [
        pytest.param("2026-06-14T13:00:00Z", DAY, "empty", id="young enough"),
        pytest.param("2026-06-14T11:00:00Z", DAY, "stale", id="too old"),
        pytest.param("2019-01-01T00:00:00Z", None, "empty", id="any age is allowed"),
        pytest.param(None, DAY, "empty", id="it does not say"),
    ],
)
def test_an_old_scan_proves_nothing(made: str | None, most: float | None, state: str) -> None:
    """Stale fails the gate although nothing was found; where the age is not known, that is said."""
    reading = scan(state="empty")._replace(facts=ScanFacts(scanned_at=made))
    report = analyze([reading], Context("security", NOW, max_age=most))
    assert report.sources[0].state == state
    assert report.conclusion.exit_code == (1 if state == "stale" else 0)
    assert bool(report.sources[0].notes) is (
        most is not None and (made is None or state == "stale")
    )


def test_findings_of_a_stale_scan_count() -> None:
    """What it found is shown all the same."""
    found = scan([advisory("trivy", "CVE-2022-1111")])
    assert found.facts is not None
    old = found._replace(facts=found.facts._replace(scanned_at="2026-01-01T00:00:00Z"))
    report = analyze([old], Context("security", NOW, max_age=DAY))
    assert {r.rule.id for r in report.findings} == {"scan.stale", "CVE-2022-1111"}
