"""The rules by promtool: they are accepted, their unit tests pass, and the tests find the forms that are known to be wrong."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from trivigil.observability import rule_tests, rules, yaml_text
from trivigil.observability.limits import Limits

from .programs import needs_promtool, promtool

LIMITS = Limits()
Document = dict[str, Any]


def written(folder: Path, document: Document, limits: Limits = LIMITS, only: str = "") -> Path:
    """Rules and the tests that have this in their name; the tests' path."""
    (folder / "rules.yml").write_text(yaml_text.written(document), encoding="utf-8")
    tests = rule_tests.document(limits, "rules.yml")
    tests["tests"] = [each for each in tests["tests"] if only in each["name"]]
    assert tests["tests"], only
    path = folder / "tests.yml"
    path.write_text(yaml_text.written(tests), encoding="utf-8")
    return path


def rules_of(document: Document) -> list[dict[str, Any]]:
    return [rule for group in document["groups"] for rule in group["rules"]]


@needs_promtool
@pytest.mark.timeout(
    600
)  # days of a monitor's life, minute by minute: a quarter of a minute on a machine of one's own
@pytest.mark.parametrize(
    "limits",
    [
        pytest.param(LIMITS, id="as they are"),
        pytest.param(
            Limits(
                response_time=2.0, quantile=0.99, error_ratio=0.01, objective=99.0, least_rate=0.0,
                security_events=100.0, interval=600.0, failures=3, certificate_days=30.0,
            ),
            id="others, three runs of ten minutes",
        ),
        pytest.param(
            Limits(objective=90.0, failures=1, certificate_days=2.0, interval=3600.0),
            id="an objective that no burn exceeds, one run of an hour",
        ),
    ],
)  # fmt: skip
def test_rules_are_accepted_and_their_tests_pass(limits: Limits, tmp_path: Path) -> None:
    """Each alert fires on its failure and is quiet elsewhere, with whatever limits the rules were made from."""
    document = rules.document(limits)
    tests = written(tmp_path, document, limits)
    checked = promtool("check", "rules", tmp_path / "rules.yml")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert f"{len(rules_of(document))} rules found" in checked.stdout
    tested = promtool("test", "rules", tests)
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_every_alert_is_seen_to_fire_and_to_be_quiet() -> None:
    """No alert without its test: each is expected to fire somewhere, and to be quiet somewhere."""
    alerts = {rule["alert"] for rule in rules_of(rules.document(LIMITS)) if "alert" in rule}
    expectations = [
        one
        for test in rule_tests.document(LIMITS, "rules.yml")["tests"]
        for one in test["promql_expr_test"]
    ]
    for alert in alerts:
        said = [one["exp_samples"] for one in expectations if f'alertname="{alert}"' in one["expr"]]
        assert any(said), alert
        assert not all(said), alert


def test_an_objective_that_no_ratio_can_miss_has_no_burn() -> None:
    """14.4 times a tenth of all requests cannot fail."""
    names = [rule.get("alert") for rule in rules_of(rules.document(Limits(objective=90.0)))]
    assert names.count("ErrorBudgetBurn") == 1


# --- wrong forms ---------------------------------------------------------------------------------


class Mutation(NamedTuple):
    """A wrong form of a rule, and the case that finds it."""

    rule: str
    change: Callable[[str], str]
    case: str
    waits: str | None = None


RATIO = "job:http_requests:error_ratio_rate5m"
P95 = "job:http_request_duration_seconds:p95_5m"
REQUESTS = "sum by (job) (rate(http_requests_total[5m]))"
FAILED = 'sum by (job) (rate(http_requests_total{status=~"5.."}[5m]))'
EVENTS = "security_events_total"


def to(expression: str) -> Callable[[str], str]:
    """Another expression in its place."""
    return lambda _: expression


def without(part: str) -> Callable[[str], str]:
    """The same without a part that has to be in it."""

    def changed(expression: str) -> str:
        assert part in expression
        return expression.replace(part, "")

    return changed


MUTATIONS = {
    "a quantile that the application never exposes": Mutation(
        "HighResponseTime", to('http_request_duration_seconds{quantile="0.95"} > 0.5'), "slow after"
    ),
    "over counts, not over rates": Mutation(
        P95, to("histogram_quantile(0.95, sum by (job, le) (http_request_duration_seconds_bucket))"),
        "slow after",
    ),
    "le is lost": Mutation(
        P95,
        to("histogram_quantile(0.95, sum by (job) (rate(http_request_duration_seconds_bucket[5m])))"),
        "slow after",
    ),
    "a time without traffic": Mutation(
        "HighResponseTime", to(f"{P95} > 0.5"), "slow, with hardly any traffic"
    ),
    "it does not wait": Mutation("HighResponseTime", lambda same: same, "slow after", waits=""),
    "a number of errors, not a share": Mutation(
        "HighErrorRate", to('sum by (job) (rate(http_requests_total{status=~"5.."}[5m])) > 0.05'),
        "few errors of many requests",
    ),
    "a ratio that needs an error": Mutation(RATIO, to(f"{FAILED} / {REQUESTS}"), "no request ever"),
    "a ratio of nothing": Mutation(
        RATIO, to(f"({FAILED} or 0 * {REQUESTS}) / {REQUESTS}"), "no traffic at all"
    ),
    "growth that is no growth": Mutation(
        RATIO, to('sum by (job) (http_requests_total{status=~"5.."}) / sum by (job) (http_requests_total)'),
        "the first errors are born",
    ),
    "counts that begin anew": Mutation(
        "job_type:security_events:increase10m", to(f"sum by (job, type) (abs(delta({EVENTS}[10m])))"),
        "started again",
    ),
    "only the long window": Mutation(
        "ErrorBudgetBurn", without("and on (job) job:http_requests:error_ratio_rate5m > 0.0144\n"),
        "burn the budget for 1h",
    ),
    "only the short window": Mutation(
        "ErrorBudgetBurn",
        lambda same: same.replace("error_ratio_rate1h", "error_ratio_rate5m"),
        "a short burst of errors: the window of 1h",
    ),
    "events a second": Mutation(
        "SuspiciousActivity", to(f"sum by (job, type) (rate({EVENTS}[5m])) > 10"), "many security"
    ),
    "growth alone, which a birth is not": Mutation(
        "job_type:security_events:increase10m", to(f"sum by (job, type) (increase({EVENTS}[10m]))"),
        "the first events are many",
    ),
    "birth hidden behind growth": Mutation(
        "job_type:security_events:increase10m",
        to(
            f"sum by (job, type) (increase({EVENTS}[10m]) or ({EVENTS} unless {EVENTS} offset 10m))"
        ),
        "the first events are many",
    ),
    "what comes back is new": Mutation(
        "job_type:security_events:increase10m",
        to(
            f"sum by (job, type) (({EVENTS} unless {EVENTS} offset 10m) or increase({EVENTS}[10m]))"
        ),
        "old events are not new ones",
    ),
    "the counter itself": Mutation(
        "job_type:security_events:increase10m", to(f"sum by (job, type) ({EVENTS})"), "health"
    ),
    "a bare gauge that is gone between runs": Mutation(
        "SyntheticCheckFailing",
        to("min by (watch, target, check) (synthetic_check_success) == 0"),
        "down in 2 runs and more: SyntheticCheckFailing fires without a break, and ends (sent",
        waits="10m",
    ),
    "one run is enough": Mutation(
        "SyntheticCheckFailing",
        to("min by (watch, target, check) (last_over_time(synthetic_check_success[75m])) == 0"),
        "a new check that is down",
    ),
    "scrapes are taken for runs": Mutation(
        "SyntheticCheckFailing",
        to(
            "min by (watch, target, check) (last_over_time(synthetic_check_success[75m])) == 0 and "
            "sum by (watch, target, check) (sum_over_time(synthetic_check_success[75m])) == 0 and "
            "sum by (watch, target, check) (count_over_time(synthetic_check_success[75m])) >= 2"
        ),
        "a new check that is down in its first run: one run is no proof (shown",
    ),
    "any failure in the window": Mutation(
        "SyntheticCheckFailing",
        to("min by (watch, target, check) (min_over_time(synthetic_check_success[75m])) == 0"),
        "down in every other run",
    ),
    "the status now": Mutation(
        "SyntheticCheckDegraded",
        to('min by (watch, target, check) (synthetic_check_status{status="degraded"}) == 1'),
        "degraded in 2 runs and more: SyntheticCheckDegraded fires without a break, and ends (sent",
    ),
    "unknown is taken for down": Mutation(
        "SyntheticCheckFailing",
        to('min by (watch, target, check) (last_over_time(synthetic_check_status{status="up"}[75m])) == 0'),
        "unknown in 2 runs",
    ),
    "a series that is gone": Mutation(
        "SyntheticMonitorMissing",
        to("absent(synthetic_last_run_timestamp_seconds)"),
        "the monitor is dead",
    ),
    "missed for an hour only": Mutation(
        "SyntheticMonitorMissing",
        lambda same: same.replace("[3d]", "[1d]"),
        "the monitor is dead: SyntheticMonitorMissing fires and goes on (sent",
    ),
    "impatient": Mutation(
        "SyntheticMonitorMissing", lambda same: same.replace("5400", "2400"), "a run that never was"
    ),
    "an end that is gone between runs": Mutation(
        "SyntheticCertificateEnds",
        to(
            "min by (watch, target, check) (synthetic_tls_not_after_timestamp_seconds) - time() < 1209600"
        ),
        "a certificate with 13.5 days left (sent",
    ),
}  # fmt: skip


def mutated(mutation: Mutation) -> Document:
    """The rules with the first one of that name made wrong."""
    document = copy.deepcopy(rules.document(LIMITS))
    rule = next(
        each
        for each in rules_of(document)
        if mutation.rule in {each.get("alert"), each.get("record")}
    )
    rule["expr"] = mutation.change(rule["expr"])
    if mutation.waits is not None:
        rule.pop("for", None)
        rule |= {"for": mutation.waits} if mutation.waits else {}
    return document


@needs_promtool
@pytest.mark.parametrize("name", MUTATIONS)
def test_a_wrong_form_is_found(name: str, tmp_path: Path) -> None:
    """Prometheus accepts the wrong rule; the unit test that speaks of it, which ours passes, does not."""
    mutation = MUTATIONS[name]
    wrong = written(tmp_path, mutated(mutation), only=mutation.case)
    checked = promtool("check", "rules", tmp_path / "rules.yml")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    tested = promtool("test", "rules", wrong)
    assert tested.returncode == 1
    assert "FAILED" in tested.stdout + tested.stderr


def test_the_text_says_what_the_document_says() -> None:
    """What is written is YAML of the same rules, with expressions as blocks."""
    document = rules.document(LIMITS)
    text = yaml_text.written(document, "made")
    assert yaml.safe_load(text) == document
    assert text.startswith("# made\ngroups:\n")
    assert "expr: |-\n" in text
