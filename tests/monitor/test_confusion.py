"""The confusion matrix: every fault gets its own cause and no other, alone and in a crowd."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.monitor.gallery import Row, gallery
from tests.web.faults import has_ipv6, http, refusing_port, wire
from trivigil.monitor.causes import SILENT
from trivigil.monitor.control import Control
from trivigil.monitor.facts import Checked
from trivigil.monitor.planned import Bounds, Planned
from trivigil.monitor.runner import Limits, run
from trivigil.web.observation import CAUSES
from trivigil.web.probe import Rules

HOSTS = ("127.0.0.1", "::1") if has_ipv6() else ("127.0.0.1",)
COPIES = 4
ONCE = Limits(retries=0, whole=300)
HERE = Rules(allow_private=True)


class Faults:
    """All faults at all addresses."""

    def __init__(self, roots: str, rows: list[Row]) -> None:
        self.rows = rows
        self.bounds = Bounds("http://127.0.0.1", timeout=3, allow_private=True, roots=roots)

    def run(self, copies: int, control: Control) -> list[tuple[Row, Checked]]:
        """Each fault so many times, all at once."""
        rows = [row for _ in range(copies) for row in self.rows]
        plans: list[Planned] = [
            row.plan._replace(name=f"{row.plan.name} {place}") for place, row in enumerate(rows)
        ]
        seen = run(plans, self.bounds, limits=ONCE, control=control)
        return list(zip(rows, seen, strict=True))


@pytest.fixture(scope="module", params=HOSTS)
def faults(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Faults]:
    folder: Path = tmp_path_factory.mktemp("faults")
    with gallery(folder, request.param) as (roots, rows):
        yield Faults(roots, rows)


def table(seen: list[tuple[Row, Checked]]) -> str:
    """Which cause each expected one got, and how often."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row, checked in seen:
        counts[str(row.cause)][str(checked.cause)] += 1
    lines = [
        f"{wanted:18} {dict(counts[wanted])}"
        for wanted in map(str, (None, *CAUSES))
        if wanted in counts
    ]
    return "\n".join(lines)


def wrong(seen: list[tuple[Row, Checked]]) -> list[str]:
    """What is not as it should be."""
    return [
        f"{row.id}: {checked.status} {checked.cause} ({checked.message}), not {row.status} {row.cause}"
        for row, checked in seen
        if (checked.cause, checked.status) != (row.cause, row.status)
    ]


@pytest.mark.parametrize("copies", [1, COPIES], ids=["each once", "in a crowd"])
def test_every_fault_has_its_own_cause(faults: Faults, copies: int) -> None:
    """Whatever goes wrong, its cause is told, and no other; a control URL that answers changes nothing."""
    with wire(http()) as neutral:
        seen = faults.run(copies, Control([neutral.url()], HERE))
    print(table(seen))
    assert wrong(seen) == []


def test_the_gallery_is_complete(faults: Faults) -> None:
    """There is a fault for every cause of the closed list but the one of the runner's network, which has its own test."""
    missing = set(CAUSES) - {row.cause for row in faults.rows} - {"runner-network"}
    assert missing <= ({"unreachable"} if "::1" in faults.rows[0].plan.name else set())


def test_a_runner_without_network(faults: Faults) -> None:
    """Where no control URL answers, silence is the runner's fault and no outage; what was heard stays what it was."""
    with refusing_port() as port:
        seen = faults.run(1, Control([f"http://127.0.0.1:{port}"], HERE))
    print(table(seen))
    expected = [
        (
            row._replace(cause="runner-network", status="unknown") if row.cause in SILENT else row,
            checked,
        )
        for row, checked in seen
    ]
    assert wrong(expected) == []
    assert any(row.cause == "runner-network" for row, _ in expected)
