"""`trivigil export`: rules, dashboard and metrics as a user asks for them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.observability.collector import Collector, collecting
from tests.observability.programs import fetched, free, gateway, needs_gateway, openmetrics
from tests.observability.reports import DOWN, checked, monitoring, performance, security
from trivigil.cli import main
from trivigil.core.report import Report
from trivigil.render.json import dump

CANARY = "CANARY-7f3a9c-Pa55word"
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's configuration is found."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as found:
        yield found


def export(*arguments: str | Path, **environ: str) -> int:
    return main(["export", *map(str, arguments)], environ)


def result(report: Report, name: str = "results.json") -> Path:
    path = Path(name)
    path.write_text(dump(report), encoding="utf-8")
    return path


def alert(text: str, name: str) -> dict[str, Any]:
    """The first rule of this name."""
    groups = yaml.safe_load(text)["groups"]
    return next(r for group in groups for r in group["rules"] if r.get("alert") == name)


# --- limits --------------------------------------------------------------------------------------


def test_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    """Without anything, rules come with their own limits, on standard output alone."""
    assert export("prometheus-rules") == 0
    said = capsys.readouterr()
    assert "p95_5m > 0.5\n" in alert(said.out, "HighResponseTime")["expr"]
    assert said.err == ""


def test_budgets_give_the_limits(capsys: pytest.CaptureFixture[str]) -> None:
    """What load tests are judged by is what production is watched by: OVERALL first, then every endpoint."""
    assert (
        export("prometheus-rules", "--budgets", EXAMPLES / "budgets" / "budgets-failing.yml") == 0
    )
    text = capsys.readouterr().out
    assert "p95_5m > 0.5\n" in alert(text, "HighResponseTime")["expr"]
    assert "error_ratio_rate5m > 0.02\n" in alert(text, "HighErrorRate")["expr"]


def test_budgets_of_other_percentiles_and_objectives(capsys: pytest.CaptureFixture[str]) -> None:
    """A p99 makes a p99, an objective is the error budget; an expired entry and one of a profile count for nothing."""
    Path("b.yml").write_text(
        "budgets:\n"
        "- {subject: default, limits: {latency.p99: 2s, error_rate: 3%}, objective: 99.5%}\n"
        "- {subject: OVERALL, limits: {latency.p99: 9s}, expires: 2020-01-01}\n"
        "- {subject: OVERALL, limits: {error_rate: 9%}, profile: stress}\n"
        "- {subject: GET /reports, limits: {latency.p95: 7s}}\n",
        encoding="utf-8",
    )
    assert export("prometheus-rules", "--budgets", "b.yml") == 0
    text = capsys.readouterr().out
    assert "p99_5m > 2\n" in alert(text, "HighResponseTime")["expr"]
    assert "error_ratio_rate5m > 0.03\n" in alert(text, "HighErrorRate")["expr"]
    assert "error_ratio_rate1h > 0.072\n" in alert(text, "ErrorBudgetBurn")["expr"]


def test_the_configuration_gives_the_limits(capsys: pytest.CaptureFixture[str]) -> None:
    """.trivigil.yml names the budgets, the runs in a row and the days of a certificate; an option goes before it."""
    Path("b.json").write_text('{"default": {"p95_response_time": 700}}', encoding="utf-8")
    Path(".trivigil.yml").write_text(
        "perf: {thresholds: b.json}\nmonitor: {failures-before-alert: 3, certificate-days: 30}\n",
        encoding="utf-8",
    )
    assert export("prometheus-rules") == 0
    text = capsys.readouterr().out
    assert "p95_5m > 0.7\n" in alert(text, "HighResponseTime")["expr"]
    assert "[105m])) == 0" in alert(text, "SyntheticCheckFailing")["expr"]
    assert alert(text, "SyntheticCertificateEnds")["expr"].endswith("< 2592000")
    assert export("prometheus-rules", "--response-time", "1.5s", "--certificate-days", "0") == 0
    text = capsys.readouterr().out
    assert "p95_5m > 1.5\n" in alert(text, "HighResponseTime")["expr"]
    assert "SyntheticCertificateEnds" not in text


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        pytest.param("--slo", "100%", "slo: more than 0 % and less than 100 %", id="no budget"),
        pytest.param("--slo", "most", "--slo: a number such as 5%", id="no number"),
        pytest.param("--response-time", "500", "--response-time: a time such as", id="no unit"),
        pytest.param("--error-rate", "0", "error-rate: more than 0 %", id="no error at all"),
        pytest.param("--failures", "1.5", "--failures: a whole number", id="half a run"),
        pytest.param("--interval", "90s", "interval: whole minutes", id="half a minute"),
        pytest.param("--budgets", "nowhere.yml", "there is no such file", id="no file"),
        pytest.param("--config", "nowhere.yml", "there is no such file", id="no configuration"),
        pytest.param("--tests", "t.yml", "--tests: the tests name the file", id="no rules' file"),
    ],
)
def test_a_limit_that_is_none(
    option: str, value: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2, and a sentence that names it."""
    assert export("prometheus-rules", option, value) == 2
    assert expected in capsys.readouterr().err


def test_rules_tests_and_dashboard_as_files() -> None:
    """The tests name the rules by the way from their own folder."""
    assert export("prometheus-rules", "--out", "a/rules.yml", "--tests", "b/tests.yml") == 0
    assert yaml.safe_load(Path("b/tests.yml").read_text())["rule_files"] == ["../a/rules.yml"]
    assert export("grafana-dashboard", "--out", "a/board.json", "--slo", "99") == 0
    assert json.loads(Path("a/board.json").read_text())["uid"] == "trivigil"


# --- metrics -------------------------------------------------------------------------------------


def test_metrics_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    """Several files are one text: each name once."""
    paths = [
        result(report, f"{report.action}.json")
        for report in (monitoring(checked(), DOWN), performance(), security())
    ]
    assert export("metrics", "--results", *paths) == 0
    families = openmetrics(capsys.readouterr().out)
    names = [family.name for family in families]
    assert len(set(names)) == len(names)
    assert {"synthetic_check_success", "loadtest_latency_seconds", "security_findings"} <= {*names}
    (passed,) = (family for family in families if family.name == "trivigil_run_passed")
    assert {one.labels["action"] for one in passed.samples} == {"monitor", "perf", "security"}


@needs_gateway
def test_pushgateway_holds_the_last_run_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A check that was removed is gone after the next push; another watch, with a slash in its name, stays."""
    with gateway(tmp_path) as base:
        first = result(monitoring(checked("login"), checked("old"), CERT), "1.json")
        other = result(monitoring(checked("home"), name="a/b ☃"), "2.json")
        assert export("metrics", "--results", first, other, "--push-gateway", base) == 0
        assert "Pushgateway, shop: taken" in capsys.readouterr().err
        assert '"old"' in fetched(f"{base}/metrics")
        second = result(monitoring(checked("login")), "3.json")
        assert export("metrics", "--results", second, TRIVIGIL_PUSHGATEWAY=f"{base}/") == 0
        shown = fetched(f"{base}/metrics")
    assert '"old"' not in shown
    assert "synthetic_tls_not_after_timestamp_seconds{" not in shown
    last = [
        line
        for line in shown.splitlines()
        if line.startswith("synthetic_last_run_timestamp_seconds{")
    ]
    assert sorted(line.partition('watch="')[2].partition('"')[0] for line in last) == [
        "a/b ☃",
        "shop",
    ]
    assert all('job="trivigil"' in line for line in last)


CERT = checked("certificate", certificate_ends="2026-12-23T12:00:00Z")


def test_otlp_is_what_opentelemetry_reads(collector: Collector) -> None:
    """Every sample arrives as a gauge's point, with labels, unit and time; headers come from the environment."""
    path = result(monitoring(checked(), CERT))
    headers = f"authorization=Basic%20{CANARY}, x-scope = team"
    assert (
        export("metrics", "--results", path, "--otlp", collector.url, OTEL_EXPORTER_OTLP_HEADERS=headers)
        == 0
    )  # fmt: skip
    assert collector.headers[0]["authorization"] == f"Basic {CANARY}"
    assert collector.headers[0]["x-scope"] == "team"
    (taken,) = collector.taken
    (resource,) = taken.resource_metrics
    about = {each.key: each.value.string_value for each in resource.resource.attributes}
    assert (about["service.name"], about["service.instance.id"]) == ("trivigil", "shop")
    found = {metric.name: metric for metric in resource.scope_metrics[0].metrics}
    (ends,) = found["synthetic_tls_not_after_timestamp_seconds"].gauge.data_points
    assert ends.as_double == 1798027200
    assert ends.time_unix_nano == 1795435680 * 10**9
    durations = found["synthetic_check_duration_seconds"]
    assert durations.unit == "s"
    labels = [
        {a.key: a.value.string_value for a in p.attributes} for p in durations.gauge.data_points
    ]
    assert {"watch": "shop", "target": "https://shop.example/", "check": "login", "kind": "synthetic", "phase": "tls"} in labels  # fmt: skip


def test_otlp_as_a_file(collector: Collector, capsys: pytest.CaptureFixture[str]) -> None:
    """`--format otlp` writes the request that would be sent, and sends nothing."""
    assert export("metrics", "--results", result(monitoring(checked())), "--format", "otlp") == 0
    assert list(json.loads(capsys.readouterr().out)) == ["resourceMetrics"]
    assert collector.taken == []


def test_a_busy_receiver_is_asked_again(collector: Collector) -> None:
    """503 is no answer yet."""
    collector.answers = [503]
    assert export("metrics", "--results", result(monitoring(checked())), "--otlp", f"{collector.url}/v1/metrics/") == 0  # fmt: skip
    assert len(collector.taken) == 1


@pytest.mark.parametrize("way", ["refusal", "partial", "nobody"])
def test_what_is_not_taken_is_said(
    way: str, collector: Collector, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1 and why, in words of ours: neither the receiver's nor the address."""
    collector.answers = [400] if way == "refusal" else []
    collector.refused = 3 if way == "partial" else 0
    base = f"http://127.0.0.1:{free()}" if way == "nobody" else collector.url
    address = base.replace("://", f"://user:{CANARY}@") + f"?key={CANARY}"
    assert export("metrics", "--results", result(monitoring(checked())), TRIVIGIL_OTLP=address) == 1
    said = capsys.readouterr()
    assert "OTLP: failed: " in said.err
    assert said.out == ""
    for forbidden in (CANARY, "::error", base):
        assert forbidden not in said.err


@pytest.mark.parametrize(
    ("option", "value", "environ"),
    [
        pytest.param("--push-gateway", f"http://push.example/{CANARY}", {}, id="no TLS"),
        pytest.param("--otlp", f"ftp://{CANARY}", {}, id="another protocol"),
        pytest.param("--otlp", "http://169.254.169.254/", {}, id="metadata"),
        pytest.param(
            "--otlp", "http://127.0.0.1:9/", {"OTEL_EXPORTER_OTLP_HEADERS": f"x {CANARY}"},
            id="headers that are none",
        ),
        pytest.param(
            "--otlp", "http://127.0.0.1:9/", {"OTEL_EXPORTER_OTLP_HEADERS": f"x={CANARY}%0d%0ay: z"},
            id="a header that brings another",
        ),
    ],
)  # fmt: skip
def test_where_nothing_is_sent(
    option: str, value: str, environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2 before anything is sent, and nothing of the address or the headers is repeated."""
    path = result(monitoring(checked()))
    assert export("metrics", "--results", path, option, value, **environ) == 2
    assert CANARY not in capsys.readouterr().err


def test_a_file_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    """It is named."""
    Path("x.json").write_text("{}", encoding="utf-8")
    assert export("metrics", "--results", "x.json") == 2
    assert "x.json" in capsys.readouterr().err


def test_an_unknown_command(capsys: pytest.CaptureFixture[str]) -> None:
    """The three that there are, are named."""
    assert export("alerts") == 2
    assert "`grafana-dashboard`" in capsys.readouterr().err
    assert export("--help") == 0
    assert "prometheus-rules" in capsys.readouterr().out
