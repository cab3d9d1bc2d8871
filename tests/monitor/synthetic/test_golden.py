"""A folder of check files in all languages, run against a real site: its rows of the result file, whole."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from tests.monitor.synthetic.site import served
from tests.test_examples import open_shop
from trivigil.monitor import runner
from trivigil.monitor.facts import Checked, as_json
from trivigil.monitor.planned import Bounds
from trivigil.monitor.synthetic.languages import load

DATA = Path(__file__).parents[2] / "data" / "monitor" / "checks"
EXAMPLES = Path(__file__).parents[3] / "examples"
ROUGH = re.compile(r'("(?:dns|connect|tls|ttfb|transfer)"): [0-9.]+|("started_at"): "[^"]+"')


def run(folder: str, directory: Path, bounds: Bounds) -> tuple[Checked, ...]:
    plans = load(folder, bounds, directory=str(directory))
    limits = runner.Limits(retries=0, waits=(0.0,), whole=120)
    return tuple(runner.run(plans, bounds, limits=limits))


def test_all_languages_tell_the_same_way(tmp_path: Path) -> None:
    """The rows are the golden file's, times aside; TRIVIGIL_UPDATE=1 writes them anew."""
    with served(tmp_path) as site:
        rows = as_json(run("checks", DATA.parent, Bounds(site.plain, 10, allow_private=True)))
        text = json.dumps(rows, indent=2, ensure_ascii=False).replace(site.plain, "http://site")
    text = ROUGH.sub(lambda match: f'{match[1] or match[2]}: "…"', text) + "\n"
    golden = DATA / "expected.json"
    if os.environ.get("TRIVIGIL_UPDATE"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("security", "wrong"),
    [
        pytest.param("", {}, id="in health"),
        pytest.param(
            "weak",
            {
                "home": ("degraded", "assertion", [8, 9]),
                "login_check session": ("down", "assertion", [27]),
            },
            id="weak",
        ),
    ],
)
def test_the_examples_look_at_the_shop(
    security: str, wrong: dict[str, tuple[str, str, list[int]]]
) -> None:
    """All is up in health; the weak shop is told by its missing headers and by a cookie that scripts can read."""
    with open_shop(SHOP_SECURITY=security) as shop:
        target = f"http://127.0.0.1:{shop.connection.port}"
        bounds = Bounds(target, 10, allow_private=True, allow_writes=True, secrets={"password": "demo"})  # fmt: skip
        found = run("checks", EXAMPLES, bounds)
    told = {
        one.name: (one.status, one.cause, [each.line for each in one.failed])
        for one in found
        if one.status != "up"
    }
    assert told == wrong
    assert len(found) == 7


def test_the_examples_of_a_shop_that_is_closed() -> None:
    """What is down is told by its cause, and what depends on it is not tried."""
    with open_shop() as shop:
        target = f"http://127.0.0.1:{shop.connection.port}"
    bounds = Bounds(target, 10, allow_private=True, allow_writes=True, secrets={"password": "demo"})
    found = {one.name: (one.status, one.cause) for one in run("checks", EXAMPLES, bounds)}
    down, untried = ("down", "refused"), ("unknown", None)
    assert found == {
        "api health": down,
        "api products": untried,
        "cart": untried,
        "home": down,
        "login_check account_is_closed": untried,
        "login_check session": untried,
        "login_check wrong_password": untried,
    }
