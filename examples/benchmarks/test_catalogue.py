"""How long the shop's own code takes, without its web server: `pytest --benchmark-only examples/benchmarks`.

Needs pytest and pytest-benchmark.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from examples.service.catalogue import PRODUCTS, sales_report  # the service is found by now

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture


def test_sales_report(benchmark: BenchmarkFixture) -> None:
    """The report over all products."""
    totals = benchmark(sales_report)
    assert sum(totals.values()) == sum(product.price for product in PRODUCTS.values())


@pytest.mark.parametrize("colour", ["red", "black"])
def test_look_for_a_colour(benchmark: BenchmarkFixture, colour: str) -> None:
    """All products of a colour."""
    found = benchmark(lambda: [p for p in PRODUCTS.values() if p.name.startswith(colour)])
    assert len(found) == 8
