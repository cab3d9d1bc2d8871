"""Gitleaks, TruffleHog, trufflehog3 and detect-secrets: where a secret is, and never what it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.security.readers.reading import DATA, facts, findings, read
from trivigil.core.result import Severity
from trivigil.security import digest
from trivigil.security.facts import Place
from trivigil.security.severity import choose

GITLEAKS, TRUFFLEHOG = DATA / "gitleaks", DATA / "trufflehog"
DETECT_SECRETS = DATA / "detect-secrets"


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        pytest.param(
            GITLEAKS / "v8.30/plain.json",
            "Zk3mQ8vT2xLw9RbN5cYh",
            Place("conf/settings.ini", 2, 2),
            id="Gitleaks 8",
        ),
        pytest.param(
            GITLEAKS / "v7/plain.json", "Zk3mQ8vT2xLw9RbN5cYh", Place("ci.ini", 4), id="Gitleaks 7"
        ),
        pytest.param(
            GITLEAKS / "v4/plain.json",
            "password: hR7pW2sKd9Vq4XjM6tBz",
            Place("deploy/vars.yml"),
            id="Gitleaks 4",
        ),
        pytest.param(
            TRUFFLEHOG / "v3/plain.ndjson",
            "Zk3mQ8vT2xLw9RbN5cYh",
            Place("settings.ini", 2),
            id="TruffleHog 3, lines",
        ),
        pytest.param(
            TRUFFLEHOG / "v3/list.json",
            "Zk3mQ8vT2xLw9RbN5cYh",
            Place("settings.ini", 2),
            id="TruffleHog 3, a list",
        ),
        pytest.param(
            TRUFFLEHOG / "v3/base64.json",
            "ZmP8vT2xLw9RbN5cYh",
            Place("conf/settings.ini"),
            id="TruffleHog 3, in Base64",
        ),
        pytest.param(
            TRUFFLEHOG / "v2.2/plain.ndjson",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
            Place("ci.ini"),
            id="TruffleHog 2",
        ),
        pytest.param(
            DATA / "trufflehog3/v3.0/plain.json",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
            Place("ci.ini", 1),
            id="trufflehog3",
        ),
    ],
)
def test_a_secret(path: Path, value: str, place: Place) -> None:
    """The first finding of each format: its place, and the digest by which other tools' are the same."""
    first = findings(path)[0]
    assert (first.kind, first.place) == ("secret", place)
    assert first.secret == digest.secret(value)
    assert value not in repr(first)


def test_scanners_of_secrets_do_not_rate() -> None:
    """A secret is high and one that works critical, which is this project's rule and says so."""
    chosen = [choose(each) for each in findings(TRUFFLEHOG / "v3/plain.ndjson")]
    assert [each.severity for each in chosen] == [Severity.CRITICAL, Severity.HIGH, Severity.HIGH]
    assert {each.rule for each in chosen} == {"level of policy"}
    assert choose(findings(GITLEAKS / "v8.30/plain.json")[0]).severity is Severity.HIGH


def test_a_masked_secret_has_no_digest() -> None:
    """All masks are alike: by them, two secrets of a file would be one."""
    redacted = findings(GITLEAKS / "v8.30/redacted.json")
    assert [each.secret for each in redacted] == [None, None]
    assert facts(read(GITLEAKS / "v8.30/redacted.json")).counts == {"secrets": 0}


def test_history_names_the_commit() -> None:
    """A leak of the history says in which commit, and not whose."""
    found = findings(GITLEAKS / "v8.30/history.json")
    assert {each.description for each in found} == {"In commit 9f1bd04d0af0."}


@pytest.mark.parametrize("text", ["[]", "null", "\ufeff[]\n"])
def test_a_clean_run_needs_its_tool_named(text: str, tmp_path: Path) -> None:
    """`[]` and `null` are Gitleaks' where the user says so."""
    path = tmp_path / "leaks.json"
    path.write_text(text, encoding="utf-8")
    assert read(path, "gitleaks").state == "empty"
    assert read(path).state == "missing"


def test_errors_of_its_log_make_trufflehog_partial() -> None:
    """An error between the findings is said, without what stands beside it."""
    reading = read(TRUFFLEHOG / "v3/failed.ndjson")
    assert reading.notes == ("TruffleHog logged an error: error scanning chunk.",)
    assert (reading.state, reading.count) == ("partial", 1)


@pytest.mark.parametrize(
    ("last", "state"),
    [pytest.param("finished scanning", "empty", id="done"), pytest.param("x", "partial", id="cut")],
)
def test_a_log_alone(last: str, state: str, tmp_path: Path) -> None:
    """TruffleHog's log without a finding is clean only where it says that it finished."""
    line = '{"level":"info-0","logger":"trufflehog","msg":"%s"}\n'
    path = tmp_path / "out.json"
    path.write_text(line % "running source" + line % last, encoding="utf-8")
    assert read(path, "trufflehog").state == state
    assert read(path).state == "missing"


def test_what_an_audit_says() -> None:
    """detect-secrets: judged to be none is accepted, judged to be one is certain, and one that works critical."""
    none, sure, open_ = findings(DETECT_SECRETS / "v1.5/audited.json")
    assert none.accepted == "audited: it is no secret"
    assert (sure.confidence, choose(sure).severity) == ("certain", Severity.CRITICAL)
    assert (open_.confidence, choose(open_).severity) == (None, Severity.HIGH)


def test_ibm_s_detect_secrets_verifies(tmp_path: Path) -> None:
    """A secret that IBM's detect-secrets saw working is critical."""
    baseline = json.loads((DETECT_SECRETS / "v1.5/plain.json").read_text(encoding="utf-8"))
    for secret in (each for file in baseline["results"].values() for each in file):
        secret["verified_result"] = True
    path = tmp_path / "baseline.json"
    path.write_text(json.dumps(baseline), encoding="utf-8")
    assert {choose(each).severity for each in findings(path)} == {Severity.CRITICAL}


def test_the_report_of_an_audit() -> None:
    """The same in clear text: the first line of several, the types together, and no value kept."""
    first, second, none = findings(DETECT_SECRETS / "v1.5/report.json")
    assert (first.id, first.place) == ("Secret Keyword", Place("conf/settings.ini", 2))
    assert first.secret == digest.secret("Zk3mQ8vT2xLw9RbN5cYh")
    assert second.confidence == "certain"
    assert none.accepted == "audited: it is no secret"


def test_a_hash_is_not_kept() -> None:
    """The SHA-1 of detect-secrets can be looked up: what is kept of it is keyed."""
    first = findings(DETECT_SECRETS / "v1.5/plain.json")[0]
    text = (DETECT_SECRETS / "v1.5/plain.json").read_text(encoding="utf-8")
    assert first.secret is not None
    assert first.secret not in text
    assert read(DETECT_SECRETS / "v1.5/plain.json").tool_version == "1.5.0"


def test_drifted_baseline(tmp_path: Path) -> None:
    """A file whose secrets are no list is left out, and the others are read."""
    path = tmp_path / "baseline.json"
    path.write_text(
        '{"version": "1.5.0", "plugins_used": [], "results": {"a": 3, "b": [{"type": "Private Key"}, 4]}}',
        encoding="utf-8",
    )
    reading = read(path)
    assert (reading.state, reading.count) == ("partial", 1)
    assert facts(reading).findings[0].place == Place("b")
