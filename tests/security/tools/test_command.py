"""Any command that writes a known format."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.security.test_order import FLAW, bandit, report_of
from tests.security.tools.running import judged, only
from trivigil.security import Order

if TYPE_CHECKING:
    from pathlib import Path

ORDER = Order(("command",), command="bandit -r . -f json -o {output}/found.json")


@pytest.mark.parametrize(
    ("order", "path"),
    [
        pytest.param(ORDER, "results/raw/command/found.json", id="what lies in its folder"),
        pytest.param(
            ORDER._replace(command="bandit -r . -f json -o /dev/stdout"),
            "results/raw/command/command.out",
            id="what it prints",
        ),
        pytest.param(
            ORDER._replace(command="bandit -r . -f json -o own.json", results=("bandit=own.json",)),
            "own.json",
            id="what is named",
        ),
    ],
)
def test_where_its_results_are(order: Order, path: str, tmp_path: Path) -> None:
    """Its folder goes before its standard output; what `results` names goes before both."""
    report = judged(tmp_path, order, path=bandit(tmp_path, report_of(FLAW) + "sys.exit(1)"))
    assert report.problems == ()
    assert (only(report).path, only(report).state) == (path, "complete")


def test_values_stand_for_names_in_braces(tmp_path: Path) -> None:
    """The target and the image are the order's."""
    order = ORDER._replace(
        command=f"{ORDER.command} --skip {{target}},{{image}}",
        target="http://127.0.0.1:9",
        image="shop:1",
    )
    body = "assert given.skip == 'http://127.0.0.1:9,shop:1'\n" + report_of()
    assert only(judged(tmp_path, order, path=bandit(tmp_path, body))).state == "empty"


def test_a_file_that_nobody_knows(tmp_path: Path) -> None:
    """That is the user's to mend."""
    report = judged(tmp_path, ORDER, path=bandit(tmp_path, "open(given.o, 'w').write('hello')"))
    assert report.conclusion.exit_code == 2
    assert "found.json is not a result file" in report.problems[0]


def test_no_file_and_no_word(tmp_path: Path) -> None:
    """A command that says nothing at all has not scanned."""
    report = judged(tmp_path, ORDER, path=bandit(tmp_path, "sys.exit(0)"))
    assert report.conclusion.exit_code in (1, 2)
    assert only(report).state not in ("complete", "empty")
