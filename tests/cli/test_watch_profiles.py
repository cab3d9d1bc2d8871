"""The step that works, with profiles: what the event, the inputs and the file make of them."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from trivigil.cli import main

SAYS = """\
import json, sys
users, rate, duration = map(float, sys.argv[1:])
named = {"users": users, "rate": rate, "duration": duration}
print(json.dumps([{"name": name, "unit": "s", "value": value} for name, value in named.items()]))
"""
FILE = """\
perf:
  users: 20
  run-time: 40s
  profiles:
    load: {users: 30, ramp: 10s}
    stress: {duration: 2m}
"""


def watched(
    folder: Path, text: str = "", choice: str | None = None, **inputs: str
) -> dict[str, Any]:
    """The report of a watch whose command says the load that it was given."""
    (folder / "says.py").write_text(SAYS, encoding="utf-8")
    (folder / ".trivigil.yml").write_text(text or "perf:\n", encoding="utf-8")
    (folder / "temp").mkdir(exist_ok=True)
    given = {"TRIVIGIL_" + name.upper(): value for name, value in inputs.items()}
    environ = {
        "PATH": os.environ["PATH"],
        "GITHUB_WORKSPACE": str(folder),
        "GITHUB_OUTPUT": str(folder / "outputs"),
        "RUNNER_TEMP": str(folder / "temp"),
        "TRIVIGIL_STATE_FOLDER": str(folder / "temp" / "state"),
        "TRIVIGIL_WATCH": "perf",
        "TRIVIGIL_COMMAND": f"{sys.executable} says.py {{users}} {{rate}} {{duration}}",
        "TRIVIGIL_HOST": "http://127.0.0.1:9",
        **given,
    }
    if choice is not None:
        event = json.dumps({"inputs": {"profile": choice}})
        (folder / "event.json").write_text(event, encoding="utf-8")
        environ |= {"GITHUB_EVENT_NAME": "workflow_dispatch"}
        environ |= {"GITHUB_EVENT_PATH": str(folder / "event.json")}
    assert main(["step", "watch"], environ) == 0
    path = folder / "trivigil-results" / "performance-analysis.json"
    written = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(written, dict)
    return written


def loads(report: dict[str, Any]) -> dict[str, dict[str, float]]:
    """What each profile was run with."""
    assert report["problems"] == []
    found: dict[str, dict[str, float]] = {}
    for each in report["measurements"]:
        found.setdefault(each["profile"], {})[each["subject"]] = each["value"]
    return found


def test_the_defaults(tmp_path: Path) -> None:
    """All profiles, as the documentation's table has them."""
    report = watched(tmp_path, profile="full")
    assert {name: tuple(values.values()) for name, values in loads(report).items()} == {
        "smoke": (10, 2, 300),
        "load": (100, 5, 1800),
        "stress": (200, 10, 900),
        "endurance": (50, 5, 3600),
    }


def test_a_profiles_section_goes_before_the_rest_of_the_file(tmp_path: Path) -> None:
    """`users` and its like are for every profile that does not say otherwise."""
    found = loads(watched(tmp_path, FILE, profile="smoke, load, stress"))
    assert {name: tuple(values.values()) for name, values in found.items()} == {
        "smoke": (20, 2, 40),
        "load": (30, 3, 40),
        "stress": (20, 10, 120),
    }


@pytest.mark.parametrize(
    ("choice", "inputs", "expected"),
    [
        pytest.param("load", {}, {"load"}, id="the choice"),
        pytest.param("load", {"profile": "smoke"}, {"smoke"}, id="a name goes before it"),
        pytest.param("smoke, load", {}, {"smoke", "load"}, id="several"),
    ],
)
def test_by_hand_the_choice_is_run(
    choice: str, inputs: dict[str, str], expected: set[str], tmp_path: Path
) -> None:
    """What somebody chose in GitHub's form is what `auto` means then."""
    assert set(loads(watched(tmp_path, choice=choice, **inputs))) == expected


def test_an_input_goes_before_the_file(tmp_path: Path) -> None:
    """Also before a profile's own section."""
    found = loads(watched(tmp_path, FILE, profile="load,stress", users="7", run_time="50s"))
    assert [(v["users"], v["duration"]) for v in found.values()] == [(7, 50), (7, 50)]


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        pytest.param({"profile": "soak"}, "`soak` is not a profile", id="no such profile"),
        pytest.param({"profile": "full", "timeout": "20m"}, "more than the 20 min", id="no time"),
        pytest.param({"tool": "locust"}, "exclude each other", id="a tool and a command"),
        pytest.param({"tool": "command", "command": " "}, "needs `command`", id="no command"),
        pytest.param({"workers": "2"}, "command has no `workers`", id="workers of a command"),
        pytest.param({"host": "", "profile": "stress"}, "loads only a host that is named", id="host"),
        pytest.param({"command": "hey", "results": "x", "tool": "k6"}, "not both", id="results"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_a_failed_report(
    inputs: dict[str, str], words: str, tmp_path: Path
) -> None:
    """Published like any other verdict, with the sentence."""
    report = watched(tmp_path, **inputs)
    assert (report["passed"], report["exit_code"]) == (False, 2)
    assert words in report["problems"][0]
