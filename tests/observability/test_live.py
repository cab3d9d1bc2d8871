"""Everything together: the example shop, a Pushgateway, a Prometheus with our rules, and every panel of the dashboard has data."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.test_examples import Client, open_shop
from trivigil.cli import main
from trivigil.observability import dashboard, metrics, rules
from trivigil.observability.limits import Limits
from trivigil.render.json import dump

from .programs import (
    PROMTOOL,
    Prometheus,
    fetched,
    gateway,
    needs_gateway,
    needs_prometheus,
    needs_promtool,
    prometheus,
)
from .reports import CERTIFICATE, DOWN, checked, monitoring
from .test_dashboard import filled, queries

CHECK = """GET {{target}}/health
HTTP 200
[Asserts]
jsonpath "$.status" == "ok"
"""


class Live(NamedTuple):
    """What runs, for all tests of this module."""

    prometheus: Prometheus
    shop: Client


def traffic(shop: Client, rounds: int = 20) -> None:
    """Good pages, slow ones, failing ones, and wrong passwords."""
    for _ in range(rounds):
        for path in ("/products", "/flaky", "/flaky", "/flaky"):
            shop.ask("GET", path)
        shop.send("/login", {"user": "demo", "password": "wrong"})
    shop.ask("GET", "/reports")
    shop.ask("GET", "/.env")


def watched(shop: Client, folder: Path) -> Path:
    """The result file of a real run of the monitor."""
    (folder / "checks").mkdir()
    (folder / "checks" / "health.hurl").write_text(CHECK, encoding="utf-8")
    arguments = ["--target", f"http://127.0.0.1:{shop.port}", "--tests", str(folder / "checks")]
    assert main(["monitor", "run", *arguments, "--allow-private", "--out", str(folder)], {}) == 0
    return folder / "monitoring-results.json"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("live")
    for name in ("gateway", "prometheus", "run"):
        (folder / name).mkdir()
    made = folder / "planted.json"
    made.write_text(dump(monitoring(checked(), DOWN, CERTIFICATE)), encoding="utf-8")
    rule_file = folder / "rules.yml"
    assert main(["export", "prometheus-rules", "--out", str(rule_file)], {}) == 0
    with open_shop() as shop, gateway(folder / "gateway") as pushed:
        results = [str(made), str(watched(shop, folder / "run"))]
        assert main(["export", "metrics", "--results", *results, "--push-gateway", pushed], {}) == 0
        targets = {
            "shop": f"127.0.0.1:{shop.port}",
            "pushgateway": pushed.removeprefix("http://"),
        }
        with prometheus(folder / "prometheus", targets, rule_file) as server:
            assert server.until("up == 1 and on () (count(up == 1) == 2)")
            traffic(shop)
            time.sleep(2.5)  # two scrapes, for a rate
            traffic(shop)
            assert server.until("sum(rate(http_requests_total[30s])) > 0")
            yield Live(server, shop)


pytestmark = [needs_prometheus, needs_gateway]


@pytest.mark.parametrize("name", queries())
def test_every_panel_has_data(name: str, live: Live) -> None:
    """The query, as Grafana would send it, gives numbers."""
    found = live.prometheus.until(filled(queries()[name]))
    assert found, name
    assert all(one["value"][1] not in {"NaN", "+Inf", "-Inf"} for one in found)


def test_variables_have_values(live: Live) -> None:
    """What the dashboard can be narrowed to is there: the application and both watches."""
    for variable in dashboard.document(Limits())["templating"]["list"][1:]:
        metric, label = variable["definition"][len("label_values(") : -1].split(", ")
        values = {one["metric"].get(label) for one in live.prometheus.query(metric)}
        assert values == ({"shop"} if label == "job" else {"shop", "monitor"})


def test_numbers_are_true(live: Live) -> None:
    """A tenth of the flaky page's answers fail, and nobody says more; the report of 150 ms is seen among the slow."""
    (ratio,) = live.prometheus.query(filled(queries()["Error rate A"], "5m"))
    assert 0.02 < float(ratio["value"][1]) < 0.15
    (slowest,) = live.prometheus.query(
        filled(queries()["Response time A"].replace("0.5,", "1,"), "5m")
    )
    assert 0.1 < float(slowest["value"][1]) <= 0.5
    (status,) = live.prometheus.query(
        f'({filled(queries()["Status of the checks A"])}) and on (check) (synthetic_check_status{{check="checkout"}})'
    )
    assert status["value"][1] == "2"


def test_every_rule_is_loaded_and_healthy(live: Live) -> None:
    """Prometheus takes all rules, and evaluates each without an error."""
    wanted = [
        each.get("alert") or each["record"]
        for group in rules.document(Limits())["groups"]
        for each in group["rules"]
    ]
    for _ in range(40):
        loaded = [r for g in live.prometheus.ask("rules")["groups"] for r in g["rules"]]
        if all(each["health"] == "ok" for each in loaded):
            break
        time.sleep(0.5)
    assert [each["name"] for each in loaded] == wanted
    assert {each["health"] for each in loaded} == {"ok"}


def firing(live: Live, alert: str) -> list[dict[str, Any]]:
    """Labels of what fires, once it does."""
    found = live.prometheus.until(f'ALERTS{{alertname="{alert}", alertstate="firing"}}')
    return [one["metric"] for one in found]


def test_wrong_passwords_are_suspicious(live: Live) -> None:
    """Forty in a minute make the alert fire, for their type alone."""
    assert [one["type"] for one in firing(live, "SuspiciousActivity")] == ["login_refused"]


def test_a_monitor_that_pushed_long_ago_is_missing(live: Live) -> None:
    """The planted run is of a day that is over, the real one is of today: only one is missed."""
    assert [one["watch"] for one in firing(live, "SyntheticMonitorMissing")] == ["shop"]


def test_one_failing_run_is_not_enough(live: Live) -> None:
    """However often it was scraped, it is one run."""
    assert live.prometheus.query('count_over_time(synthetic_check_success{check="checkout"}[1m])')
    assert live.prometheus.query('ALERTS{alertname="SyntheticCheckFailing"}') == []


@needs_promtool
@pytest.mark.parametrize("whose", ["shop", "ours"])
def test_metrics_are_clean_under_promtool(whose: str, live: Live) -> None:
    """Prometheus' linter has nothing to say of names, units and help."""
    page = fetched(f"http://127.0.0.1:{live.shop.port}/metrics")
    if whose == "ours":
        page = metrics.text(monitoring(checked(), DOWN, CERTIFICATE))
    done = subprocess.run(
        [str(PROMTOOL), "check", "metrics"],
        input=page, capture_output=True, text=True, check=False, timeout=20,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_shop_counts_what_it_answers(live: Live) -> None:
    """All series are there from the start, /metrics does not count itself, and buckets add up."""
    del live
    with open_shop() as shop:
        before = values(shop)
        assert before["security_events_total", "login_refused"] == 0
        shop.ask("GET", "/metrics")
        shop.ask("GET", "/products")
        shop.ask("GET", "/account")
        shop.ask("BREW", "/")
        after = values(shop)
    assert after["http_requests_total", "GET 200"] == 1
    assert after["http_requests_total", "GET 401"] == 1
    assert after["security_events_total", "account_refused"] == 1
    assert after["http_request_duration_seconds_count", ""] == 2
    assert after["http_request_duration_seconds_bucket", "+Inf"] == 2


def values(shop: Client) -> dict[tuple[str, str], float]:
    """The shop's metrics, by name and the values of labels."""
    page = shop.ask("GET", "/metrics").body.decode()
    return {
        (one.name, " ".join(one.labels.values())): one.value
        for family in text_string_to_metric_families(page)
        for one in family.samples
    }
