"""`trivigil security test` as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.security.suite.shops import Answer, shop, small
from trivigil.cli import main, validate
from trivigil.security.suite import report


def read(folder: Path) -> Any:
    """The one report of a folder, which holds to its schema."""
    (path,) = folder.glob("security_report_*.json")
    assert validate.check(str(path)) == "security-report"
    assert len(path.name) == len("security_report_20260102T030405Z.json")
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_report_of_the_weak_shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was found is no failure of the command: the report is judged by `analyze`."""
    environ = {"TRIVIGIL_TEST_USER": "demo", "TRIVIGIL_TEST_PASSWORD": "demo"}
    with shop("weak") as url:
        command = ["security", "test", "--target", url, "--allow-private", "--allow-writes"]
        assert main([*command, "--out", str(tmp_path)], environ) == 0
    said = capsys.readouterr()
    assert said.out == ""
    value = read(tmp_path)
    assert (value["schema"], value["target"], value["complete"]) == (report.SCHEMA, url, True)
    found = value["vulnerabilities"]
    assert {"severity", "category", "description"} <= set(found[0])
    assert f"{len(found)} weaknesses of {url}: " in said.err
    assert "18 of 22 tests" in said.err  # four are for https
    states = {each["id"]: each["state"] for each in value["tests"]}
    assert [name for name, state in states.items() if state == "skipped"] == [
        "tls-certificate",
        "tls-versions",
        "strict-transport-security",
        "cookie-secure",
    ]
    assert "failed" not in states.values()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param((), "--allow-private", id="a private address"),
        pytest.param(("--allow-private",), "nothing listens there (refused)", id="nobody there"),
    ],
)
def test_a_target_that_does_not_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], said: str
) -> None:
    """Exit 2, and a report that says it is not whole: never an empty list alone."""
    command = ["security", "test", "--target", "http://127.0.0.1:1/x?token=hunter2", *options]
    assert main([*command, "--out", str(tmp_path)], {}) == 2
    shown = capsys.readouterr().err
    assert said in shown
    value = read(tmp_path)
    assert (value["complete"], value["vulnerabilities"], value["tests"]) == (False, [], [])
    assert said in value["errors"][0]
    assert "hunter2" not in shown + json.dumps(value)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(("--target", "shop"), id="no URL"),
        pytest.param(("--target", "http://a:hunter2@127.0.0.1/"), id="a password in it"),
        pytest.param(("--target", "http://127.0.0.1/", "--timeout", "soon"), id="no time"),
        pytest.param(("--target", "http://127.0.0.1/", "--login", "login"), id="no path"),
        pytest.param(("--target", "http://127.0.0.1/", "--login-fields", "user"), id="one field"),
    ],
)
def test_what_makes_no_sense(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    """Exit 2 and one sentence, before anything is asked or written."""
    assert main(["security", "test", *options, "--out", str(tmp_path)], {}) == 2
    shown = capsys.readouterr().err
    assert shown.startswith("trivigil: ")
    assert shown.count("\n") == 1
    assert "hunter2" not in shown
    assert list(tmp_path.iterdir()) == []


def test_help_names_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    """`trivigil security --help` knows it, and its own help is one screen."""
    assert main(["security", "--help"], {}) == 0
    assert "trivigil security test --target URL" in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        main(["security", "test", "--help"], {})
    assert ended.value.code == 0
    assert len(capsys.readouterr().out.splitlines()) <= 24


CANARY = "canary5f1e"
HOSTILE = f"::error::{CANARY} \x1b[31m @everyone <script>alert('{CANARY}')</script> `${{{{ x }}}}`"


def hostile(method: str, path: str) -> Answer:
    """A site that says hostile things and secrets wherever it may say something, and has every weakness."""
    line = HOSTILE.replace("\x1b", "")
    headers = (
        ("Content-Type", f"text/html; {line}"),
        ("Server", f"x/1.1 {line}"),
        ("X-Powered-By", line),
        ("Set-Cookie", f"session={CANARY}; Path=/{line}; Domain={line}; SameSite={line}"),
        ("Set-Cookie", f"{line}={line}"),
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Credentials", "true"),
        ("Allow", f"PUT, {line}"),
        ("Location", f"//trivigil-probe.invalid/{line}"),
        ("Retry-After", line),
    )
    page = "<html>Traceback (most recent call last): ref: refs/heads <a href='/a?::error::'>"
    body = f"{page}<a href='/::error::x'></a>{HOSTILE}".encode()
    if path == "/.env":
        body = f"A={CANARY}\n::error::x".encode()
    return Answer(302 if "trivigil-probe" in path else 200, headers, body)


def test_nothing_that_a_site_says_gets_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No secret of its answers is in the report or the log, and no command for a runner or a terminal."""
    environ = {"TRIVIGIL_TEST_USER": "canary-user", "TRIVIGIL_TEST_PASSWORD": "canary-password"}
    with small(hostile) as site:
        target = f"{site.url}?token={CANARY}"
        command = ["security", "test", "--target", target, "--allow-private", "--allow-writes"]
        assert main([*command, "--out", str(tmp_path)], environ) == 0
    said = capsys.readouterr()
    report_text = json.dumps(read(tmp_path), ensure_ascii=False)
    found = {each["id"] for each in read(tmp_path)["vulnerabilities"]}
    assert found >= {
        "exposed-file",
        "open-redirect",
        "cookie-http-only",
        "error-pages",
        "methods-announced",
    }
    for text in (said.out, said.err, report_text):
        assert "canary" not in text
        assert "\x1b" not in text
        assert "<script" not in text
        assert "@everyone" not in text
    assert "::" not in said.err
