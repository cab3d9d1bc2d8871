"""The dashboard as Grafana's importer needs it, and its queries by Prometheus' own parser."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from trivigil.observability import dashboard
from trivigil.observability.limits import Limits

from .programs import needs_promtool, promtool

LIMITS = Limits()
UNITS = {"s", "percentunit", "short", "none", "d"}
"""Ids of Grafana's units."""


def board() -> dict[str, Any]:
    """As it is written."""
    found: dict[str, Any] = json.loads(dashboard.text(LIMITS))
    return found


def panels() -> list[dict[str, Any]]:
    """Without the headings of rows."""
    return [panel for panel in board()["panels"] if panel["type"] != "row"]


def queries() -> dict[str, str]:
    """Every expression, by its panel and letter."""
    return {
        f"{panel['title']} {target['refId']}": target["expr"]
        for panel in panels()
        for target in panel["targets"]
    }


def filled(expression: str, window: str = "1m") -> str:
    """What Grafana sends, with everything chosen."""
    for name, value in (
        ("$__rate_interval", window),
        ("$__range", "1h"),
        ("$job", ".*"),
        ("$watch", ".*"),
    ):
        expression = expression.replace(name, value)
    assert "$" not in expression
    return expression  # fmt: skip


def test_ids_are_unique_and_nothing_overlaps() -> None:
    """Each panel has an id and a letter for each query of its own, within 24 columns, and none lies on another."""
    found = board()["panels"]
    assert len({panel["id"] for panel in found}) == len(found)
    for panel in panels():
        letters = [target["refId"] for target in panel["targets"]]
        assert len(set(letters)) == len(letters)
    cells = [
        {(x, y) for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])}
        for p in (panel["gridPos"] for panel in found)
    ]
    assert not any(one & other for one, other in combinations(cells, 2))
    assert max(x for each in cells for x, _ in each) == 23


def test_no_data_source_is_wired_in() -> None:
    """Panels, queries and variables ask the variable `datasource`, which is a choice of Prometheus data sources."""
    found = board()
    variables = {each["name"]: each for each in found["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource"
    assert variables["datasource"]["query"] == "prometheus"
    asked = [
        *(each["datasource"] for name, each in variables.items() if name != "datasource"),
        *(panel["datasource"] for panel in panels()),
        *(target["datasource"] for panel in panels() for target in panel["targets"]),
    ]
    assert {json.dumps(each, sort_keys=True) for each in asked} == {
        '{"type": "prometheus", "uid": "${datasource}"}'
    }


def test_identity_is_stable() -> None:
    """The same address after each import, and no id of somebody's instance."""
    found = board()
    assert (found["uid"], found["schemaVersion"]) == ("trivigil", 42)
    assert "id" not in found
    assert dashboard.text(LIMITS) == dashboard.text(LIMITS)


def test_every_panel_has_a_unit_and_says_what_it_shows() -> None:
    """No axis without a unit, no panel without a sentence."""
    for panel in panels():
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS, panel["title"]
        assert panel["description"].endswith("."), panel["title"]
        assert panel["targets"], panel["title"]


def test_the_limits_are_those_of_the_rules() -> None:
    """Each panel of the application has the limit of its alert as a line."""
    limits = Limits(response_time=2.0, quantile=0.99, error_ratio=0.01, security_events=7)
    found = dashboard.document(limits)["panels"]
    lines = {
        panel["title"]: panel["fieldConfig"]["defaults"]["thresholds"]["steps"][-1]["value"]
        for panel in found
        if panel["type"] == "timeseries"
    }
    assert lines["Response time"] == 2.0
    assert lines["Error rate"] == 0.01
    assert lines["Security events"] == 7


def test_rates_follow_the_panel() -> None:
    """Every rate is over $__rate_interval: a fixed window shows holes or hides peaks, whatever the scrape interval."""
    for name, expression in queries().items():
        if "rate(" in expression:
            assert "[$__rate_interval]" in expression, name
            assert "[5m]" not in expression, name


@needs_promtool
@pytest.mark.parametrize("name", queries())
def test_every_query_parses(name: str, tmp_path: Path) -> None:
    """Prometheus' parser takes it."""
    rules = {"groups": [{"name": "x", "rules": [{"record": "x", "expr": filled(queries()[name])}]}]}
    (tmp_path / "rules.yml").write_text(json.dumps(rules), encoding="utf-8")
    done = promtool("check", "rules", tmp_path / "rules.yml")
    assert done.returncode == 0, done.stdout + done.stderr
