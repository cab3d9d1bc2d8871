"""`trivigil alert` as a user calls it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.alert.pagerduty_server import KEY, pagerduty
from tests.alert.service import Reply, serving
from tests.alert.slack_server import PATH, slack
from tests.alert.test_notices import BLIND, DOWN, SLOW, UP, monitored
from tests.alert.webhook_server import SECRET, webhook
from tests.render.reports import failing, passing
from tests.render.security_reports import blocking
from trivigil.alert import TABLE
from trivigil.cli import main
from trivigil.core.report import Report
from trivigil.render import json as report_json

CANARY = "canary"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def wrote(report: Report, name: str = "results.json") -> str:
    """A result file."""
    Path(name).write_text(report_json.dump(report), encoding="utf-8")
    return name


def test_people_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Every receiver that is named gets the notices, and its line says so."""
    name = wrote(monitored(UP, DOWN, SLOW))
    with slack() as one, webhook() as two, pagerduty() as three:
        environ = {
            "TRIVIGIL_SLACK_WEBHOOK": one.url(PATH),
            "TRIVIGIL_WEBHOOK": two.url(),
            "TRIVIGIL_WEBHOOK_SECRET": SECRET,
            "TRIVIGIL_PAGERDUTY_KEY": KEY,
            "TRIVIGIL_PAGERDUTY_URL": three.service.url("/v2/enqueue"),
        }
        assert main(["alert", "--results", name], environ) == 0
        assert len(three.incidents) == 2
    captured = capsys.readouterr()
    assert captured.err.splitlines() == [
        "slack: 2 notices sent",
        "webhook: 2 notices sent",
        "pagerduty: 2 notices sent",
    ]
    assert captured.out == ""


@pytest.mark.parametrize(
    ("report", "title"),
    [
        pytest.param(failing(), "the performance gate failed", id="performance"),
        pytest.param(blocking(), "the security gate failed", id="security"),
    ],
)
def test_a_failed_gate_is_told(report: Report, title: str) -> None:
    """The files of the other watches are one notice."""
    name = wrote(report)
    with serving(lambda _: Reply()) as service:
        assert main(["alert", "--results", name, "--slack-webhook", service.url()], {}) == 0
    (posted,) = service.posted
    assert json.loads(posted.body)["text"].endswith(title)


@pytest.mark.parametrize(
    "report", [monitored(UP, passed=True), monitored(UP, BLIND, passed=True), passing()]
)
def test_nothing_to_tell(report: Report, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0, and nobody is bothered."""
    name = wrote(report)
    with serving(lambda _: Reply()) as service:
        assert main(["alert", "--results", name, "--webhook", service.url()], {}) == 0
    assert service.posted == []
    assert capsys.readouterr().err == "results.json: nothing to tell.\n"


def test_a_receiver_that_fails_is_exit_1(capsys: pytest.CaptureFixture[str]) -> None:
    """The others are told all the same, and the line says why."""
    name = wrote(monitored(DOWN))
    with serving(lambda _: Reply(404, "no_service")) as broken, webhook() as well:
        environ = {"TRIVIGIL_WEBHOOK_SECRET": SECRET}
        options = ["--slack-webhook", broken.url(), "--webhook", well.url()]
        assert main(["alert", "--results", name, *options], environ) == 1
    assert capsys.readouterr().err.splitlines() == [
        "slack: 1 notice failed: Slack refuses: the webhook is switched off or removed (404 no_service)",
        "webhook: 1 notice sent",
    ]


@pytest.mark.parametrize(
    ("options", "environ", "said"),
    [
        pytest.param(["--results", "results.json"], {}, "there is nobody to tell.", id="nobody"),
        pytest.param(["--results", "none.json", "--webhook", "https://h.example"], {}, "none.json: there is no such file.", id="no-file"),
        pytest.param(["--results", "broken.json", "--webhook", "https://h.example"], {}, "broken.json:1: it is not JSON", id="no-json"),
        pytest.param(["--results", "other.json", "--webhook", "https://h.example"], {}, "other.json: schema: it is missing", id="no-report"),
        pytest.param(["--results", "results.json", "--webhook", "http://canary.example/"], {}, "--webhook: the address must begin with https://", id="no-tls"),
        pytest.param(["--results", "results.json"], {"TRIVIGIL_SLACK_WEBHOOK": "canary"}, "TRIVIGIL_SLACK_WEBHOOK: this is no address", id="no-address"),
        pytest.param(["--results", "results.json", "--interval", "canary", "--webhook", "https://h.example"], {}, "--interval: a duration", id="interval"),
    ],
)  # fmt: skip
def test_bad_input_is_exit_2(
    options: list[str], environ: Mapping[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence that names the file, option or variable, and no secret."""
    wrote(monitored(DOWN))
    Path("broken.json").write_text("{", encoding="utf-8")
    Path("other.json").write_text("{}", encoding="utf-8")
    assert main(["alert", *options], environ) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"trivigil: {said}")
    assert CANARY not in line


def test_a_file_of_the_contract_is_enough() -> None:
    """The contract's keys stand at the top of the file; the checks alone say what fails."""
    data = json.loads(report_json.dump(monitored(DOWN)))
    assert "checks" in data
    data["facts"] = {}
    Path("top.json").write_text(json.dumps(data), encoding="utf-8")
    with serving(lambda _: Reply()) as service:
        assert main(["alert", "--results", "top.json", "--webhook", service.url()], {}) == 0
    (notice,) = json.loads(service.posted[0].body)["notices"]
    assert (notice["name"], notice["target"]) == ("login", "https://shop.example/")


def test_a_dry_run_sends_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """The payloads of the receivers that are named, or of all; no address and no key is in them."""
    name = wrote(monitored(DOWN))
    with serving(lambda _: Reply()) as service:
        options = ["--results", name, "--dry-run", "some", "--webhook", service.url("/canary")]
        assert main(["alert", *options], {"TRIVIGIL_PAGERDUTY_KEY": f"{CANARY}{'0' * 26}"}) == 0
        assert main(["alert", "--results", name, "--dry-run", "all"], {}) == 0
    assert service.posted == []
    assert sorted(path.name for path in Path("some").iterdir()) == ["pagerduty-1.json", "webhook-1.json"]  # fmt: skip
    names = sorted(f"{one.NAME}-1.json" for one in TABLE)
    assert sorted(path.name for path in Path("all").iterdir()) == names
    assert all(CANARY not in path.read_text(encoding="utf-8") for path in Path("some").iterdir())
    assert "Written, nothing sent: some" in capsys.readouterr().err


def _environ(at: str) -> dict[str, str]:
    """Every address and key with a canary in it."""
    pytest.importorskip("apprise")
    host = at.removeprefix("http://")
    return {
        "TRIVIGIL_SLACK_WEBHOOK": f"{at}/services/canary1?canary2#canary3",
        "TRIVIGIL_WEBHOOK": f"http://canary4:canary5@{host}/canary6",
        "TRIVIGIL_WEBHOOK_SECRET": "canary7-0123456789",
        "TRIVIGIL_PAGERDUTY_KEY": "canary8abcdefghijklmnopqrstuvwxyz",
        "TRIVIGIL_PAGERDUTY_URL": f"{at}/canary9",
        "TRIVIGIL_ALERTMANAGER": f"http://canary10:canary11@{host}/canary12",
        "TRIVIGIL_APPRISE": f"json://canary13:canary14@{host}/canary15 json://{host}/canary16?-canary17=x",
    }


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(200, "canary-answer", {"X-Canary": "canary"}), id="taken-or-not"),
        pytest.param(Reply(400, "canary-answer"), id="refused"),
        pytest.param(Reply(307, "", {"Location": "https://canary.example/"}), id="redirected"),
        pytest.param(Reply(429, "canary-answer", {"Retry-After": "99999"}), id="limited"),
    ],
)
def test_no_secret_is_in_an_output(
    reply: Reply, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Addresses, keys, logins and what services answer are on no stream, in no file, whatever becomes of the message."""
    name = wrote(monitored(DOWN, SLOW))
    with serving(lambda _: reply) as service:
        environ = _environ(service.base)
        assert main(["alert", "--results", name], environ) == 1
        assert main(["alert", "--results", name, "--dry-run", "dry"], environ) == 0
    assert len(service.posted) >= len(TABLE)
    captured = capfd.readouterr()
    told: list[Any] = [captured.out, captured.err]
    told += [path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()]
    assert [text for text in told if "canary" in text.lower()] == []


def test_no_secret_is_in_a_fault_of_ours(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """An exception that holds an address is told by its kind alone."""
    from trivigil.web import probe

    def broken(request: probe.Request, _: probe.Rules) -> None:
        raise ValueError(request.url)

    monkeypatch.setattr(probe, "observe", broken)
    environ = {"TRIVIGIL_SLACK_WEBHOOK": "https://h.example/canary"}
    assert main(["alert", "--results", wrote(monitored(DOWN))], environ) == 1
    assert capfd.readouterr().err == "slack: 1 notice failed: a fault of ours (ValueError)\n"
