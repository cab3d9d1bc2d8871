"""What lies beside a result file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.observability.programs import openmetrics
from tests.observability.reports import checked, monitoring, performance, security
from trivigil.cli import written
from trivigil.core.report import Report
from trivigil.render import json


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(monitoring(checked()), id="monitor"),
        pytest.param(performance(), id="perf"),
        pytest.param(security(), id="security"),
    ],
)
def test_what_is_named_is_written(report: Report, tmp_path: Path) -> None:
    """The artifact's list of names is what there is; of the monitor there are metrics, too."""
    written.beside(report, str(tmp_path))
    assert {path.name for path in tmp_path.iterdir()} == set(written.names(report.action))
    if report.action == "monitor":
        families = openmetrics((tmp_path / written.METRICS).read_text(encoding="utf-8"))
        assert "synthetic_check_success" in {family.name for family in families}


def test_a_result_file_of_many_findings_is_read(tmp_path: Path) -> None:
    """What `publish` and `alert` read may be larger than what people write by hand."""
    report = security()
    path = tmp_path / "security-analysis.json"
    path.write_text(json.dump(report) + " " * (33 * 1024 * 1024), encoding="utf-8")
    assert written.load(str(path)).results == report.results
