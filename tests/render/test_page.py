"""The page of a performance report: whole outputs as golden files, and what its charts must not hide."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib import resources
from xml.etree import ElementTree as ET

import pytest

from tests.render.golden import same, same_page
from tests.render.reports import REPORTS, failing, passing
from trivigil.core.histogram import of_counts
from trivigil.core.interval import Interval
from trivigil.core.measurement import OVERALL, Measurement, metric
from trivigil.render import charts, junit, perf_charts, perf_page

AXIS = charts.Axis(((0.0, "0:00"), (9.0, "0:09")), lambda x: f"at {x:g}")


@pytest.mark.parametrize("name", [name for name in REPORTS if name != "many"])
def test_whole_pages(name: str) -> None:
    """The page as people see it."""
    same_page(f"{name}.html", perf_page.render(REPORTS[name]()))


@pytest.mark.parametrize("name", ["passing", "failing", "invalid", "neutral"])
def test_whole_junit_files(name: str) -> None:
    """The file as other programs read it."""
    same(f"{name}.junit.xml", junit.render(REPORTS[name]()))


def test_junit_counts_are_those_of_its_cases() -> None:
    """Failures, errors and skipped ones are counted, warnings pass with their words."""
    suite = ET.fromstring(junit.render(failing()))[0]  # noqa: S314 (our own output)
    told = {tag: len(suite.findall(f"testcase/{tag}")) for tag in ("failure", "error", "skipped")}
    assert (suite.get("failures"), suite.get("errors"), suite.get("skipped")) == tuple(
        str(count) for count in told.values()
    )
    assert told["failure"] == 4
    assert told["error"] == 1
    assert any("Warning: " in (each.text or "") for each in suite.iter("system-out"))


def test_many_endpoints_stay_a_page() -> None:
    """Thousands of endpoints: the table ends, and says how many there are more."""
    written = perf_page.render(REPORTS["many"]())
    assert len(written) < 3_000_000


def _curves(svg: str) -> list[str]:
    return re.findall(r'<path class="line s\d" d="([^"]*)"', svg)


def test_a_gap_stays_a_gap() -> None:
    """Where nothing was measured the line is interrupted, and not drawn through zero."""
    points = ((0.0, 1.0), (1.0, 2.0), (2.0, None), (3.0, 2.0), (4.0, 1.0))
    (path,) = _curves(charts.chart("x", [charts.Series("a", points)], AXIS, str))
    assert path.count("M") == 2


def test_the_axis_begins_at_zero_and_ends_above_the_highest() -> None:
    """No curve is cut, and no small change looks large."""
    svg = charts.chart(
        "x", [charts.Series("a", ((0.0, 99.0), (1.0, 101.0)))], AXIS, lambda y: f"{y:g}"
    )
    ticks = [float(text) for text in re.findall(r'text-anchor="end">([\d.]+)</text>', svg)]
    assert min(ticks) == 0
    assert max(ticks) >= 101


def test_a_single_point_is_no_chart() -> None:
    """Nothing to join: nothing is drawn."""
    assert charts.chart("x", [charts.Series("a", ((0.0, 1.0), (1.0, None)))], AXIS, str) == ""


def test_percentiles_end_where_the_requests_do() -> None:
    """A hundred requests know no p99.9: the curve stops at the slowest but none."""
    histogram = of_counts((float(ms), 1) for ms in range(1, 101))
    measured = Measurement(OVERALL, metric("latency.p50"), 50.0, 100, histogram)
    svg = perf_charts.by_percentile([measured])
    assert "p99:" not in svg
    assert "p99; whole run: 99" in svg
    assert "p99.9" not in svg


def test_an_interval_without_an_end_says_so() -> None:
    """`…` stands where the true percentile may lie beyond the slowest request."""
    few = Measurement("GET /", metric("latency.p99"), 80.0, 40, ci=Interval(70.0, None))
    report = passing()._replace(measurements=(few,))
    assert "<small>70\N{EN DASH}…</small>" in perf_page.render(report)


def test_profiles_are_kept_apart() -> None:
    """Each profile has its own numbers under its own title."""
    report = passing()
    other = tuple(m._replace(profile="load") for m in report.measurements)
    written = perf_page.render(report._replace(measurements=(*report.measurements, *other)))
    assert written.count("<h2>The run: smoke</h2>") == 1
    assert written.count("<h2>The run: load</h2>") == 1


def test_the_page_lets_its_own_style_sheet_alone_in() -> None:
    """The policy names the hash of what stands in the page, which is the assets as they are."""
    page = perf_page.render(REPORTS["passing"]())
    [css] = re.findall(r"(?s)<style>(.*?)</style>", page)
    assets = resources.files("trivigil.render").joinpath("assets")
    assert css == assets.joinpath("report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}';" in page
