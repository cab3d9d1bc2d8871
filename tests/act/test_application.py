from __future__ import annotations

import socket

import pytest

from .bench import Bench
from .project import find_tool
from .seen import the_comment, verdicts

SERVICE = '''\
"""A shop of one page, and a file that says that it ran."""

import http.server
import os
import pathlib
import signal
import sys
import threading
import time


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


pathlib.Path(sys.argv[2]).write_text("started")
# Should nobody stop it, it still does not outlive the tests for long.
threading.Thread(target=lambda: (time.sleep(60), os._exit(1)), daemon=True).start()
if "deadly" in sys.argv:
    threading.Timer(2, os.kill, (os.getppid(), signal.SIGKILL)).start()
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Page).serve_forever()
'''
LOCUSTFILE = """\
from locust import HttpUser, constant, task


class Visitor(HttpUser):
    wait_time = constant(0.2)

    @task
    def front_page(self):
        self.client.get("/")
"""


class Service:
    """A small real service of the consumer's, on a port that was free."""

    def __init__(self, bench: Bench) -> None:
        bench.consumer.write("service.py", SERVICE)
        self.trace = bench.root / "service-was-started"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.variables = {
            "START": f"python3 service.py {self.port} {self.trace}",
            "WAIT_FOR": f"{self.url}/",
        }

    def was_started(self) -> bool:
        """Whether it ever ran."""
        return self.trace.exists()

    def answers(self) -> bool:
        """Whether somebody listens on its port."""
        with socket.socket() as probe:
            probe.settimeout(2)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@pytest.fixture
def service(bench: Bench) -> Service:
    return Service(bench)


def test_a_service_is_started_and_stopped(bench: Bench, service: Service) -> None:
    """The service runs while the step works, and no longer once the run has ended.

    With `keep-raw: false` its logs do not join the artifact.
    """
    bench.repository.pull(7)
    given = {"RESULTS": "results/*_stats.csv", "THRESHOLDS": "budgets.json", "KEEP_RAW": "false"}
    run = bench.run("application.yml", variables=service.variables | given)
    assert (run.code, run.step().outputs["passed"]) == (0, "true")
    kept = sorted(path.name for path in (run.artifacts / "trivigil-perf").iterdir())
    assert kept == ["junit.xml", "performance-analysis.json", "report.html"]
    assert service.was_started()
    assert not service.answers()


@pytest.mark.parametrize(
    "given",
    [
        {"RESULTS": "results/nothing_stats.csv"},
        {"RESULTS": "results/*_stats.csv", "WAIT_FOR": "not a url"},
    ],
    ids=["no results", "nothing to wait for"],
)
def test_a_service_is_stopped_when_the_work_fails(
    bench: Bench, service: Service, given: dict[str, str]
) -> None:
    """Whatever goes wrong after the start, the service is stopped."""
    bench.repository.pull(7)
    run = bench.run("application.yml", variables=service.variables | given)
    assert (run.code, run.step().outcome) == (1, "failure")
    assert not service.answers()
    assert verdicts(the_comment(bench.repository)) == {"perf": "failure"}


def test_a_service_is_stopped_when_the_step_is_killed(bench: Bench, service: Service) -> None:
    """A step that is killed in the middle, as by a cancelled job, leaves no service behind."""
    bench.repository.pull(7)
    start = f"{service.variables['START']} deadly"
    given = {"START": start, "WAIT_FOR": "http://127.0.0.1:9/", "RESULTS": "results/*_stats.csv"}
    run = bench.run("application.yml", variables=given)
    assert (run.code, run.step().outcome) == (1, "failure")
    assert service.was_started()
    assert not service.answers()


@pytest.mark.parametrize("disclose", ["true", ""], ids=["disclosed", "withheld"])
@pytest.mark.skipif(find_tool("locust") is None, reason="Locust is not installed here")
def test_a_real_load_test(bench: Bench, service: Service, disclose: str) -> None:
    """Locust loads the started service for three seconds, and what it measured is judged.

    The raw output of a public repository's run is kept only where it is disclosed.
    """
    bench.repository.pull(7)
    bench.consumer.write("locustfile.py", LOCUSTFILE)
    bench.consumer.write_budgets({"GET /": {"p95_response_time": 5000, "error_rate": 0}})
    given = {
        "TOOL": "locust",
        "SCRIPT": "locustfile.py",
        "HOST": service.url,
        "THRESHOLDS": "budgets.json",
        "DISCLOSE": disclose,
    }
    run = bench.run("application.yml", variables=service.variables | given)
    assert (run.code, run.step().outputs["passed"]) == (0, "true")
    report = run.report()
    requests = {
        one["subject"]: one["value"]
        for one in report["measurements"]
        if one["metric"] == "requests"
    }
    assert requests["GET /"] > 0
    assert report["sources"][0]["tool"] == "locust"
    assert (run.artifacts / "trivigil-perf" / "raw").is_dir() is bool(disclose)
    assert not service.answers()


@pytest.mark.parametrize(
    ("event", "what"), [("pull_request_target", "start"), ("workflow_run", "tool")]
)
def test_code_is_not_started_with_a_token_that_may_write(
    bench: Bench, service: Service, event: str, what: str
) -> None:
    """Under an event with a write token neither application nor load test is started."""
    bench.repository.pull(7)
    bench.consumer.write("locustfile.py", f"open({str(service.trace)!r}, 'w').close()\n")
    given = {
        "start": service.variables | {"RESULTS": "results/*_stats.csv"},
        "tool": {"TOOL": "locust", "SCRIPT": "locustfile.py", "HOST": service.url},
    }[what]
    run = bench.run("application.yml", event=event, variables=given)
    assert (run.code, run.step().outputs["conclusion"]) == (1, "failure")
    assert event in run.log()
    assert run.exit_status() == 2
    assert not service.was_started()
    assert not service.answers()
