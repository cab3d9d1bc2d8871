"""The real programs that read what we write: promtool, Prometheus and Pushgateway, from Debian's packages."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics import parser

PROMTOOL = shutil.which("promtool")
PROMETHEUS = shutil.which("prometheus")
GATEWAY = shutil.which("prometheus-pushgateway")

needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed")
needs_prometheus = pytest.mark.skipif(PROMETHEUS is None, reason="prometheus is not installed")
needs_gateway = pytest.mark.skipif(
    GATEWAY is None, reason="prometheus-pushgateway is not installed"
)


def openmetrics(text: str) -> list[Metric]:
    """Metric families, as OpenMetrics' reference parser reads them; ValueError for what is not OpenMetrics."""
    return list(parser.text_string_to_metric_families(text))  # type: ignore[no-untyped-call]


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """One call, and what it says."""
    return subprocess.run(
        [str(PROMTOOL), *map(str, arguments)],
        check=False, capture_output=True, text=True, timeout=550,
    )  # fmt: skip


def free() -> int:
    """A port that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def fetched(url: str) -> str:
    """The body of an answer."""
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 (loopback)
        return str(answer.read().decode())


@contextmanager
def running(command: list[str], folder: Path, ready: str) -> Iterator[None]:
    """A program, once it answers at `ready`; ended with the block."""
    log = folder / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, cwd=folder)
        try:
            for _ in range(200):
                assert process.poll() is None, log.read_text(encoding="utf-8")
                try:
                    fetched(ready)
                except OSError:
                    time.sleep(0.1)
                else:
                    break
            else:
                pytest.fail(log.read_text(encoding="utf-8"))
            yield
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def gateway(folder: Path) -> Iterator[str]:
    """The address of a Pushgateway that is empty."""
    base = f"http://127.0.0.1:{free()}"
    # Debian's keeps what it has in a folder of the system, from one test to the next.
    command = [
        str(GATEWAY), "--persistence.file=", f"--web.listen-address={base.removeprefix('http://')}",
    ]  # fmt: skip
    with running(command, folder, f"{base}/-/ready"):
        yield base


class Prometheus:
    """A Prometheus, as its API shows it."""

    def __init__(self, base: str) -> None:
        self.base = base

    def ask(self, path: str, **query: str) -> Any:
        """`data` of an answer of the API."""
        return json.loads(fetched(f"{self.base}/api/v1/{path}?{urllib.parse.urlencode(query)}"))[
            "data"
        ]

    def query(self, expression: str) -> list[dict[str, Any]]:
        """What an expression gives now."""
        return list(self.ask("query", query=expression)["result"])

    def until(self, expression: str, seconds: float = 40.0) -> list[dict[str, Any]]:
        """The same once it gives something."""
        end = time.monotonic() + seconds
        while not (found := self.query(expression)) and time.monotonic() < end:
            time.sleep(0.5)
        return found


@contextmanager
def prometheus(folder: Path, targets: dict[str, str], rules: Path) -> Iterator[Prometheus]:
    """A Prometheus that scrapes addresses (by job) each second, with these rules."""
    jobs = [
        {"job_name": job, "honor_labels": True, "static_configs": [{"targets": [address]}]}
        for job, address in targets.items()
    ]
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(rules)],
        "scrape_configs": jobs,
    }
    (folder / "prometheus.yml").write_text(json.dumps(config), encoding="utf-8")
    base = f"http://127.0.0.1:{free()}"
    command = [
        str(PROMETHEUS), f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/data", f"--web.listen-address={base.removeprefix('http://')}",
    ]  # fmt: skip
    with running(command, folder, f"{base}/-/ready"):
        yield Prometheus(base)
