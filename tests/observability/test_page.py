"""docs/observability.md says what is there: alerts, metrics, limits, and a configuration that Alertmanager takes."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from trivigil.cli import export_limits
from trivigil.cli.parser import Parser
from trivigil.observability import metrics, rules
from trivigil.observability.limits import Limits

from .reports import CERTIFICATE, checked, monitoring, performance, security

PAGE = (Path(__file__).parents[2] / "docs" / "observability.md").read_text(encoding="utf-8")


def test_every_alert_has_its_row() -> None:
    """With its severities, and no row is of an alert that is none."""
    severities: dict[str, list[str]] = {}
    for group in rules.document(Limits())["groups"]:
        for rule in group["rules"]:
            if "alert" in rule:
                said = severities.setdefault(rule["alert"], [])
                if rule["labels"]["severity"] not in said:
                    said.append(rule["labels"]["severity"])
    rows = dict(re.findall(r"^\| `([A-Z]\w+)` \| ([a-z, ]+) \|", PAGE, re.MULTILINE))
    assert rows == {alert: ", ".join(said) for alert, said in severities.items()}


def test_every_metric_has_its_row() -> None:
    """With its labels and the sentence that its help is; those of load tests follow a rule, which is told."""
    rows = []
    for report in (monitoring(checked(), CERTIFICATE), performance(), security()):
        for family in metrics.families(report):
            if not family.name.startswith(("loadtest_", "benchmark_")):
                labels = [name for name, _ in family.samples[0].labels if name != "watch"]
                quoted = ", ".join(f"`{name}`" for name in labels)
                rows.append(f"| `{family.name}` | {quoted} | {family.help} |")
    assert [row for row in rows if row not in PAGE.splitlines()] == []
    told = re.findall(r"^\| `([a-z_]+)` \| `", PAGE, re.MULTILINE)
    assert set(told) == {re.findall(r"`(\w+)`", row)[0] for row in rows}


def test_every_limit_has_its_row() -> None:
    """Each option is in the table."""
    parser = Parser("x", description="")
    export_limits.add(parser)
    options = set(re.findall(r"--[a-z][a-z-]+", parser.format_help())) - {"--help", "--config"}
    table = PAGE.partition("## Limits")[2].partition("## Alerts")[0]
    assert set(re.findall(r"--[a-z][a-z-]+", table)) == options


@pytest.mark.skipif(shutil.which("amtool") is None, reason="amtool is not installed")
def test_the_configuration_is_taken(tmp_path: Path) -> None:
    """Alertmanager's own tool accepts it."""
    text = re.findall(r"```yaml\n(route:.*?)```", PAGE, re.DOTALL)[0]
    (tmp_path / "alertmanager.yml").write_text(text, encoding="utf-8")
    command = ["amtool", "check-config", str(tmp_path / "alertmanager.yml")]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, done.stdout + done.stderr
