"""The vocabulary of metrics."""

from __future__ import annotations

import pytest

from trivigil.core.measurement import is_part, metric, names, percentile_name


@pytest.mark.parametrize(
    ("percent", "name"), [(50, "latency.p50"), (99.9, "latency.p99_9"), (99.99, "latency.p99_99")]
)
def test_percentiles_have_names_and_names_have_metrics(percent: float, name: str) -> None:
    """A percentile's name is public, and reads back as a metric in milliseconds."""
    assert percentile_name("latency", percent) == name
    assert (metric(name).unit, metric(name).better) == ("ms", "lower")


@pytest.mark.parametrize(
    "name", ["latency", "latency.p101", "latency.p", "p95", "", "Latency.mean"]
)
def test_a_name_that_is_not_public_is_not_a_metric(name: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(KeyError):
        metric(name)


def test_direction_belongs_to_the_metric() -> None:
    """Throughput is better when higher, latency when lower."""
    assert metric("throughput").better == "higher"
    assert all(metric(name).name == name for name in names())


@pytest.mark.parametrize(
    ("subject", "part"),
    [
        pytest.param("{status:500}", True, id="a tag"),
        pytest.param("{scenario:a, group:::b}", True, id="two tags"),
        pytest.param("{id}", False, id="an endpoint's name in braces"),
        pytest.param("{{ 1:2 }}", False, id="a template"),
        pytest.param("GET {a:b}", False, id="an endpoint"),
        pytest.param("{a:b} now", False, id="a sentence"),
    ],
)
def test_a_part_of_the_run_is_tags_in_braces(subject: str, *, part: bool) -> None:
    """Nothing else is taken for one, whatever an endpoint is called."""
    assert is_part(subject) is part
