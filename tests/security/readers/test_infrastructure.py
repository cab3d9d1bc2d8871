"""KICS, tfsec and Dockle: findings in infrastructure and images."""

from __future__ import annotations

import json
from pathlib import Path

from tests.security.readers.reading import DATA, facts, findings, read
from trivigil.core.result import Severity
from trivigil.security.facts import Place
from trivigil.security.severity import choose

KICS, TFSEC, DOCKLE = DATA / "kics", DATA / "tfsec", DATA / "dockle"


def test_kics_counts_places() -> None:
    """A query that matches twice is two findings; a resource without a name is what was searched."""
    reading = read(KICS / "made/plain.json")
    found = facts(reading).findings
    assert (reading.count, facts(reading).counts) == (4, {"queries": 3})
    assert found[0].place == Place("tf/main.tf", 1, resource="aws_s3_bucket.logs")
    assert found[0].cwes == (284,)
    assert found[3].place.resource == "aws_s3_bucket[logs]"
    assert choose(found[3]).severity is Severity.INFO
    assert facts(reading).scanned_at == "2026-11-23T10:28:03Z"


def test_kics_quotes_no_secret() -> None:
    """A query for secrets finds one, and what it quotes is not kept."""
    found = findings(KICS / "made/plain.json")
    assert found[2].kind == "secret"
    assert "hR7pW2sKd9Vq4XjM6tBz" not in repr(found)


def test_kics_partial() -> None:
    """What could not be run or scanned, and what is counted and not listed."""
    assert read(KICS / "made/partial.json").notes == (
        "1 queries could not be run.",
        "2 files could not be scanned.",
        "KICS counts 3 results, and lists 2.",
    )


def test_tfsec() -> None:
    """What passed is no finding, what is ignored is accepted, and both ids are kept."""
    reading = read(TFSEC / "v1.28/all.json")
    assert (reading.count, facts(reading).counts) == (2, {"passed": 2})
    first = facts(reading).findings[0]
    assert first.id == "AVD-AWS-0099"
    assert first.aliases == ("aws-ec2-add-description-to-security-group",)
    assert first.place == Place("tf/main.tf", 6, 13, resource="aws_security_group.open")
    assert [each.accepted for each in facts(reading).findings] == [
        None,
        None,
        "ignored in the code",
    ]


def test_tfsec_before_1() -> None:
    """Older severities are a linter's levels."""
    (found,) = findings(TFSEC / "made/legacy.json")
    assert (found.id, choose(found).severity) == ("GEN003", Severity.MEDIUM)


def test_tfsec_of_2020(tmp_path: Path) -> None:
    """Its results had one link, and no description of the rule."""
    result = {
        "rule_id": "AWS018",
        "link": "https://rules.example/AWS018",
        "location": {"filename": "main.tf", "start_line": 2, "end_line": 5},
        "description": "Resource 'x' should be described.",
        "severity": "ERROR",
    }
    path = tmp_path / "out.json"
    path.write_text(json.dumps({"results": [result]}), encoding="utf-8")
    (found,) = findings(path)
    assert (found.id, found.help_uri) == ("AWS018", "https://rules.example/AWS018")
    assert (found.place.line, choose(found).severity) == (2, Severity.HIGH)


def test_dockle() -> None:
    """One finding a checkpoint, of the image; ignored ones are accepted."""
    reading = read(DOCKLE / "made/plain.json")
    found = facts(reading).findings
    assert [choose(each).severity for each in found[:3]] == [
        Severity.HIGH,
        Severity.MEDIUM,
        Severity.LOW,
    ]
    assert found[1].place == Place(image="registry.example.com/shop:1")
    assert found[2].description == "setuid file: usr/bin/passwd\nsetgid file: sbin/unix_chkpwd"
    assert found[3].accepted
    assert (reading.count, facts(reading).counts) == (3, {"alerts": 5})


def test_dockle_that_contradicts_itself(tmp_path: Path) -> None:
    """What Dockle counts and does not list makes the reading partial."""
    report = {"summary": {"fatal": 1, "warn": 2, "info": 0, "pass": 9}, "details": None}
    path = tmp_path / "report.json"
    path.write_text(json.dumps(report), encoding="utf-8")
    assert read(path).state == "partial"
    assert read(path).notes == ("Dockle counts 3 checkpoints that fail, and lists 0.",)


def test_dockle_quotes_no_credential() -> None:
    """The alert on a credential is counted and not kept."""
    assert "hR7pW2sKd9Vq4XjM6tBz" not in repr(read(DOCKLE / "made/plain.json"))


def test_dockle_skipped() -> None:
    """A checkpoint that was not looked at is no active finding, and makes the reading partial."""
    reading = read(DOCKLE / "made/skipped.json")
    assert (reading.count, len(facts(reading).findings)) == (1, 2)
    assert (reading.state, reading.notes) == ("partial", ("Dockle skipped DKL-LI-0001.",))
