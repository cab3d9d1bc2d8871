"""What lies beside a result file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.observability.programs import openmetrics
from tests.observability.reports import checked, monitoring, performance, security
from trivigil.cli import written
from trivigil.core.report import Report


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
