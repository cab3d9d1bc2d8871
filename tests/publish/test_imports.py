from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import trivigil

HEAVY = "{'github', 'requests', 'urllib3', 'actions_toolkit', 'pydantic', 'jsonschema', 'yaml'}"
PLAIN_LINES = """
import io, sys
from trivigil.github.workflow import Workflow
workflow = Workflow({}, io.StringIO())
workflow.error("broken")
workflow.output("name", "value")
workflow.summary("text")
"""
PUBLISH_NOTHING = """
import sys
from trivigil.core.gate import conclude
from trivigil.core.report import Report
from trivigil.github.event import read_event
from trivigil.github.workflow import Workflow
from trivigil.publish import deliver, parse_wanted, payloads, plan, prepare
from trivigil.publish.annotations import Checkout

def never():
    raise AssertionError("nothing was to be published")

report = Report("perf", "perf", conclude((), (), 1), "2026-01-31T12:00:00Z", (), (), ())
event = read_event({})
chosen = plan(report, event, parse_wanted("auto"), {})
ready = prepare(report, event, Checkout("/w", "/w"))
payloads(chosen, ready)
deliver(chosen, ready, never, Workflow({}))
"""


def heavy_modules(program: str) -> str:
    """Which heavy modules a fresh Python has after a program."""
    code = f"{program}\nprint(sorted({HEAVY} & set(sys.modules)))"
    environ = {**os.environ, "PYTHONPATH": str(Path(trivigil.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=True, timeout=60, env=environ,
    )  # fmt: skip
    return done.stdout.strip().splitlines()[-1]


@pytest.mark.parametrize(
    "program",
    [
        pytest.param("import sys, trivigil.publish", id="importing the package"),
        pytest.param("import sys, trivigil.github.client", id="importing the client"),
        pytest.param(PLAIN_LINES, id="plain lines outside Actions"),
        pytest.param(PUBLISH_NOTHING, id="a dry run and nothing to publish"),
    ],
)
def test_heavy_modules(program: str) -> None:
    """PyGithub and requests are imported when something is published, and not before."""
    assert heavy_modules(program) == "[]"
