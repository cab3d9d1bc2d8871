"""What reports say as metrics, and the text: prometheus-client's own parser reads it."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families as plain

from tests.hostile.corpus import ATTACKS
from trivigil.core.report import Report
from trivigil.core.untrusted import visible
from trivigil.observability import exposition, metrics
from trivigil.observability.exposition import Family, sample

from .programs import openmetrics
from .reports import (
    BLIND,
    CERTIFICATE,
    DOWN,
    SLOW,
    checked,
    monitoring,
    performance,
    security,
)

CANARY = "CANARY-7f3a9c-Pa55word"
Values = dict[tuple[str, frozenset[tuple[str, str]]], float]


def read(text: str) -> Values:
    """All samples, by OpenMetrics' parser."""
    return {
        (one.name, frozenset(one.labels.items())): one.value
        for family in openmetrics(text)
        for one in family.samples
    }


def of(report: Report) -> Values:
    return read(exposition.text(metrics.families(report)))


def value(values: Values, name: str, **labels: str) -> float | None:
    """The one sample that has these labels, among others; None where there is none."""
    found = [
        number
        for (own, has), number in values.items()
        if own == name and labels.items() <= set(has)
    ]
    assert len(found) < 2
    return found[0] if found else None


def test_whole_text() -> None:
    """A run with one check, as it is written: types, units, help, labels, and an end."""
    report = monitoring(checked(), headers=None, lateness_s=None)
    labels = 'watch="shop",target="https://shop.example/",check="login",kind="synthetic"'
    assert exposition.text(metrics.families(report)).splitlines() == [
        "# TYPE trivigil_run_passed gauge",
        "# HELP trivigil_run_passed Whether the last run of the watch passed its gate.",
        'trivigil_run_passed{watch="shop",action="monitor"} 0',
        "# TYPE trivigil_run_timestamp_seconds gauge",
        "# UNIT trivigil_run_timestamp_seconds seconds",
        "# HELP trivigil_run_timestamp_seconds When the last run of the watch wrote its report.",
        'trivigil_run_timestamp_seconds{watch="shop",action="monitor"} 1795435680',
        "# TYPE synthetic_last_run_timestamp_seconds gauge",
        "# UNIT synthetic_last_run_timestamp_seconds seconds",
        "# HELP synthetic_last_run_timestamp_seconds When the last run of the monitor began; alert when it is long ago.",
        'synthetic_last_run_timestamp_seconds{watch="shop",target="https://shop.example/"} 1795435620',
        "# TYPE synthetic_check_success gauge",
        "# HELP synthetic_check_success 1 where the check found the target working (degraded, too), 0 where not; absent where nobody could see.",
        f"synthetic_check_success{{{labels}}} 1",
        "# TYPE synthetic_check_status gauge",
        "# HELP synthetic_check_status 1 for the status that the check has, 0 for the others.",
        f'synthetic_check_status{{{labels},status="up"}} 1',
        f'synthetic_check_status{{{labels},status="degraded"}} 0',
        f'synthetic_check_status{{{labels},status="down"}} 0',
        f'synthetic_check_status{{{labels},status="unknown"}} 0',
        "# TYPE synthetic_check_attempts gauge",
        "# HELP synthetic_check_attempts Attempts that the check took in this run.",
        f"synthetic_check_attempts{{{labels}}} 1",
        "# TYPE synthetic_check_timestamp_seconds gauge",
        "# UNIT synthetic_check_timestamp_seconds seconds",
        "# HELP synthetic_check_timestamp_seconds When the attempt began that decided; absent where nobody could see.",
        f"synthetic_check_timestamp_seconds{{{labels}}} 1795435620",
        "# TYPE synthetic_check_duration_seconds gauge",
        "# UNIT synthetic_check_duration_seconds seconds",
        "# HELP synthetic_check_duration_seconds How long each phase of the attempt took that decided.",
        f'synthetic_check_duration_seconds{{{labels},phase="dns"}} 0.0015',
        f'synthetic_check_duration_seconds{{{labels},phase="connect"}} 0.002',
        f'synthetic_check_duration_seconds{{{labels},phase="tls"}} 0.03',
        f'synthetic_check_duration_seconds{{{labels},phase="ttfb"}} 0.04',
        f'synthetic_check_duration_seconds{{{labels},phase="transfer"}} 0.00025',
        "# EOF",
    ]


def test_a_run_of_the_monitor() -> None:
    """Success is 1 for what works, 0 for what is down, and absent for what nobody could see."""
    found = of(monitoring(checked(), DOWN, SLOW, BLIND, CERTIFICATE))
    success = {
        name: value(found, "synthetic_check_success", check=name)
        for name in ("login", "checkout", "search", "pay")
    }
    assert success == {"login": 1, "checkout": 0, "search": 1, "pay": None}
    assert value(found, "synthetic_check_status", check="pay", status="unknown") == 1
    assert value(found, "synthetic_check_timestamp_seconds", check="pay") is None
    assert value(found, "synthetic_tls_not_after_timestamp_seconds") == 1798027200
    assert value(found, "synthetic_run_lateness_seconds") == 420
    assert value(found, "synthetic_header_score", scale="observatory") == 80
    assert value(found, "synthetic_header_score", scale="strict") == 35
    assert value(found, "synthetic_header_grade", scale="observatory", grade="B+") == 1


def test_a_load_test_and_a_benchmark() -> None:
    """Base units: seconds, ratios; the statistic is a label."""
    found = of(performance())
    assert value(found, "loadtest_latency_seconds", subject="GET /", statistic="p95") == 0.25
    assert value(found, "loadtest_error_rate_ratio", subject="GET /") == 0.015
    assert value(found, "loadtest_throughput_per_second", subject="OVERALL") == 42
    assert value(found, "loadtest_requests", subject="OVERALL", profile="smoke") == 1200
    assert value(found, "benchmark_time_seconds", subject="test_parse") == 0.000004
    assert value(found, "trivigil_run_passed", action="perf") == 1


def test_a_scan() -> None:
    """Findings by severity, what is accepted apart, and 0 where there is none: an alert needs it."""
    found = of(security())
    counts = {
        (severity, accepted): value(
            found, "security_findings", severity=severity, accepted=accepted
        )
        for severity, accepted in (("high", "false"), ("low", "false"), ("low", "true"), ("critical", "false"))
    }  # fmt: skip
    assert counts == {
        ("high", "false"): 1, ("low", "false"): 1, ("low", "true"): 1, ("critical", "false"): 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param({"checks": None}, id="no checks"),
        pytest.param({"checks": [{"name": "x", "attempts": "?"}, 3]}, id="rows that are none"),
        pytest.param({"headers": {"grade": 3, "score": True}}, id="grades that are none"),
        pytest.param({"started_at": "yesterday", "lateness_s": "late"}, id="times that are none"),
        pytest.param({"started_at": "0001-01-01T00:00:00+23:59", "target": 7}, id="no time at all"),
        pytest.param({"lateness_s": math.inf}, id="no number"),
    ],
)
def test_what_is_damaged_is_left_out(damage: dict[str, Any]) -> None:
    """The text stays one that can be read, and the last run's time stays in it."""
    found = of(monitoring(checked(), **damage))
    assert value(found, "synthetic_last_run_timestamp_seconds") is not None
    assert all(map(math.isfinite, found.values()))


def test_hostile_names_stay_labels() -> None:
    """Whatever a check or a target is called: both parsers read the same samples, and no line begins with it."""
    checks = [checked(f"{attack} {number}") for number, attack in enumerate(ATTACKS)]
    for attack in (*ATTACKS, '"} 0\n# EOF\nevil{x="', "\\", "\\n", 'a"b'):
        text = exposition.text(
            metrics.families(monitoring(*checks[:3], name=attack, target=attack))
        )
        assert all(line.startswith(("# ", "synthetic_", "trivigil_")) for line in text.splitlines())
        assert "##[" not in text
        assert all(visible(line) == line for line in text.splitlines())
        assert value(read(text), "synthetic_last_run_timestamp_seconds") is not None
    whole = exposition.text(metrics.families(monitoring(*checks)))
    names = {labels for name, labels in read(whole) if name == "synthetic_check_success"}
    assert len(names) == len(ATTACKS)
    older = [one for family in plain(whole) for one in family.samples]
    assert len(older) == len(read(whole))


def test_long_names_stay_apart() -> None:
    """Two names that differ after the limit are two series."""
    names = ("x" * 5000, "x" * 4999 + "y")
    labels = {exposition.clean(name) for name in names}
    assert len(labels) == 2
    assert {len(each) for each in labels} == {exposition.LONGEST}


def test_what_is_there_twice_is_written_once() -> None:
    """OpenMetrics forbids a name or a set of labels twice: families are joined, the last sample counts."""
    twice = (Family("a", "x", (sample(1, k="v"),)), Family("a", "x", (sample(2, k="v"),)))
    assert read(exposition.text(twice)) == {("a", frozenset({("k", "v")})): 2}


def test_no_message_and_no_secret_is_a_label() -> None:
    """Metrics have names and numbers: what a site sent, what failed and what was asked are not among them."""
    failed = checked(
        "login", status="down", message=CANARY, url=f"https://shop.example/{CANARY}",
        failed=(), runbook=f"https://wiki.example/{CANARY}", tags=(CANARY,),
    )  # fmt: skip
    report = monitoring(failed, baseline={"x": CANARY}, incidents=[{"x": CANARY}])
    assert CANARY in json.dumps(report.facts)
    assert CANARY not in exposition.text(metrics.families(report))
