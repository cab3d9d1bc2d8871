"""A folder of check files, tried by the monitor's runner against a real site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.monitor.synthetic.site import served
from trivigil.core.errors import InputError
from trivigil.monitor import runner
from trivigil.monitor.planned import Bounds
from trivigil.monitor.synthetic.languages import load

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "home": "# trivigil: runbook https://wiki.example/home\n# trivigil: tags shop\nGET {{target}}/json\nHTTP 200\n",
    "login": "# trivigil: depends-on home\nGET {{target}}/status/503\nHTTP 200\n",
    "basket": "# trivigil: depends-on login\nGET {{target}}/json\nHTTP 200\n",
    "flaky": "# trivigil: retries 2\nGET {{target}}/flaky/run/3\nHTTP 200\n",
    "slow": "# trivigil: warn\nGET {{target}}/slow/80\nHTTP 200\n[Asserts]\nduration < 10\n",
}


def test_a_folder_is_run(tmp_path: Path) -> None:
    """Retries as the file says, dependents of what is down not tried, warnings degraded; in the order of the paths."""
    (tmp_path / "checks").mkdir()
    for name, text in FILES.items():
        (tmp_path / "checks" / f"{name}.hurl").write_text(text)
    with served(tmp_path) as site:
        bounds = Bounds(site.plain, 5, allow_private=True)
        plans = load("checks", bounds, directory=str(tmp_path))
        limits = runner.Limits(retries=0, waits=(0.0,), whole=30)
        found = {each.name: each for each in runner.run(plans, bounds, limits=limits)}
    told = {name: (each.status, each.cause, len(each.attempts)) for name, each in found.items()}
    assert told == {
        "basket": ("unknown", None, 0),
        "flaky": ("up", None, 3),
        "home": ("up", None, 1),
        "login": ("down", "http-5xx", 1),
        "slow": ("degraded", "slow", 1),
    }
    assert list(found) == sorted(FILES)
    assert found["login"].message == "the site answered 503, not 200"
    assert found["login"].failed[0].line == 3
    assert (found["home"].runbook, found["home"].tags) == ("https://wiki.example/home", ("shop",))


def test_a_file_that_retries_by_itself_has_no_more_retries(tmp_path: Path) -> None:
    """What Hurl calls failed after its retries does not become well by the run's own; a remark asks for them all the same."""
    own = "GET {{target}}/flaky/%s/4\n[Options]\nretry: 1\nretry-interval: 1\nHTTP 200\n"
    (tmp_path / "own.hurl").write_text(own % "own")
    (tmp_path / "more.hurl").write_text("# trivigil: retries 1\n" + own % "more")
    with served(tmp_path) as site:
        bounds = Bounds(site.plain, 5, allow_private=True)
        limits = runner.Limits(retries=2, waits=(0.0,), whole=30)
        found = runner.run(load(".", bounds, directory=str(tmp_path)), bounds, limits=limits)
    assert {each.name: (each.status, len(each.attempts)) for each in found} == {
        "own": ("down", 1),
        "more": ("up", 2),
    }


def test_a_dependency_that_is_no_check(tmp_path: Path) -> None:
    """Is the runner's to refuse, before anything is asked: it knows the checks of all kinds."""
    (tmp_path / "login.hurl").write_text("# trivigil: depends-on hme\nGET {{target}}/\n")
    bounds = Bounds("http://127.0.0.1:9", 5, allow_private=True)
    plans = load(".", bounds, directory=str(tmp_path))
    with pytest.raises(InputError, match=r"^login\.hurl:2: it depends on `hme`"):
        runner.run(plans, bounds)
