"""The main job, from a load test to what GitHub would show, on this machine alone.

`make demo` runs it: the example shop is started, real Locust visits it for a few seconds, the results are judged
against two budgets files (one holds, one does not), and both outcomes are published into a folder in place of GitHub.
Every step is an ordinary command, printed before it runs.
"""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
RESULTS = ROOT / "demo-results"
EXPECTED = {"passing": 0, "failing": 1}


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def trivigil(*arguments: str, expect: int = 0, environ: dict[str, str]) -> None:
    """Show a command, run it, and stop the demo where it does not end as it should."""
    print(f"\n$ trivigil {shlex.join(arguments)}", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "trivigil", *arguments], cwd=HERE, env=environ, check=False
    )
    if done.returncode != expect:
        sys.exit(f"The demo stops: exit code {done.returncode} where {expect} was expected.")


def main() -> None:
    """Run the load test once, then judge, publish and preview it twice."""
    shutil.rmtree(RESULTS, ignore_errors=True)
    port = free_port()
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    # As on a pull request: the event file is one, and the run has an address.
    environ = {
        **os.environ,
        "PATH": path,
        "PORT": str(port),
        "PYTHONPATH": str(ROOT / "src"),
        "GITHUB_REPOSITORY": "octo/shop",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(HERE / "events" / "pull_request.json"),
        "GITHUB_SHA": "0" * 40,
        "GITHUB_RUN_ID": "1",
        "GITHUB_RUN_NUMBER": "1",
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(HERE),
    }
    for unset in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_TOKEN"):
        environ.pop(unset, None)
    host = f"http://127.0.0.1:{port}"
    out = os.path.relpath(RESULTS / "passing", HERE)
    load = [
        "--tool",
        "locust",
        "--script",
        "load/locustfile.py",
        "--host",
        host,
        "--profile",
        "smoke",
    ]
    load += ["--users", "5", "--spawn-rate", "5", "--run-time", "8s"]
    stack = ["--start", "python -m service", "--wait-for", f"{host}/health"]
    trivigil(
        "perf",
        "run",
        *load,
        *stack,
        "--thresholds",
        "budgets/budgets.yml",
        "--out",
        out,
        environ=environ,
    )
    failing = os.path.relpath(RESULTS / "failing", HERE)
    raw = [f"{out}/raw/smoke/locust*.csv", f"{out}/raw/smoke/locust*.json"]
    trivigil(
        "perf",
        "analyze",
        *raw,
        "--thresholds",
        "budgets/budgets-failing.yml",
        "--out",
        failing,
        expect=1,
        environ=environ,
    )
    for folder in (out, failing):
        report, published = f"{folder}/performance-analysis.json", f"{folder}/published"
        trivigil("publish", report, "--dry-run", published, environ=environ)
        trivigil("preview", published, environ=environ)
    print("\nLook at what GitHub would show, in a browser:")
    for name in EXPECTED:
        print(f"  {(RESULTS / name / 'published' / 'preview.html').as_uri()}")
    print(f"and at the results: {RESULTS}")


if __name__ == "__main__":
    main()
