"""The double takes an upload only as GitHub does: packed right, of a known commit and ref, within the limits."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

from tests.github_double import GitHubDouble, Repository
from tests.github_double.subjects.code_scanning import CodeScanning
from tests.github_double_tests.asking import ask

UPLOADS = "/repos/octo/shop/code-scanning/sarifs"


def result(**facts: Any) -> dict[str, Any]:
    """A result with all that code scanning asks for."""
    place = {"artifactLocation": {"uri": "a.py"}, "region": {"startLine": 1}}
    given = {
        "ruleId": "R1", "ruleIndex": 0, "level": "error", "message": {"text": "m"},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"primaryLocationLineHash": "f:1"},
    }  # fmt: skip
    return {**given, **facts}


def rule(**facts: Any) -> dict[str, Any]:
    """A rule with all that code scanning asks for."""
    words = {"text": "t"}
    return {"id": "R1", "shortDescription": words, "fullDescription": words, "help": words, **facts}


def run(*results: Any, rules: Any = None, category: str = "c/") -> dict[str, Any]:
    """A run of these results."""
    driver = {"name": "Tool", "rules": [rule()] if rules is None else rules}
    details = {"id": category}
    return {"tool": {"driver": driver}, "results": list(results), "automationDetails": details}


def log(*runs: Any) -> dict[str, Any]:
    """A log of these runs."""
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": runs,
    }


def packed(content: Any) -> str:
    """As the API takes it."""
    return base64.b64encode(gzip.compress(json.dumps(content).encode())).decode()


def body(shop: Repository, sarif: str, **facts: Any) -> dict[str, Any]:
    """An upload for the default branch."""
    given = {"commit_sha": shop.branches["main"], "ref": "refs/heads/main", "sarif": sarif}
    return {**given, **facts}


WRONG = {
    "not base64": ("%%%", "not base64"),
    "not gzip": (base64.b64encode(b"{}").decode(), "not gzip"),
    "gzip that was cut": (
        base64.b64encode(gzip.compress(b"{}" * 999)[:-4]).decode(), "not one whole gzip file",
    ),
    "not JSON": (base64.b64encode(gzip.compress(b"{")).decode(), "not JSON"),
    "no log": (packed([]), "no log with runs"),
    "no run": (packed(log()), "0 runs"),
    "21 runs": (packed(log(*(run(category=f"{i}/") for i in range(21)))), "21 runs (1 to 20)"),
    "two runs of one category": (packed(log(run(), run())), "several runs of one category"),
    "a result without a place": (packed(log(run(result(locations=[])))), "0 locations"),
    "an absolute path": (
        packed(log(run(result(locations=[{"physicalLocation": {
            "artifactLocation": {"uri": "/a.py"}, "region": {"startLine": 1}}}])))),
        "not relative",
    ),
    "no fingerprint": (packed(log(run(result(partialFingerprints={})))), "no fingerprint"),
    "a rule that is not there": (packed(log(run(result(ruleIndex=3)))), "its rule is another"),
    "a level that is not shown": (packed(log(run(result(level="none")))), "no level"),
    "21 tags": (
        packed(log(run(rules=[rule(properties={"tags": list("abcdefghijklmnopqrstu")})]))),
        "21 tags",
    ),
    "a score of 0": (
        packed(log(run(rules=[rule(properties={"security-severity": "0.0"})]))),
        "no security severity",
    ),
    "25,001 results": (packed(log(run(*[result()] * 25_001))), "25001 results"),
}  # fmt: skip


@pytest.mark.parametrize(("sarif", "words"), WRONG.values(), ids=WRONG.keys())
def test_a_file_that_code_scanning_does_not_take(sarif: str, words: str) -> None:
    """Each breach has its sentence, and leaves nothing behind."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        token = double.installation_token(shop, {"security_events": "write"})
        with double.expect_violation(words):
            assert ask(double, "POST", UPLOADS, token, body(shop, sarif)).status == 422
            double.violations[:] = [one for one in double.violations if words in one.sentence]
        assert shop.part(CodeScanning).analyses == []


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        pytest.param({"commit_sha": "f" * 40}, 404, id="a commit that is not there"),
        pytest.param({"ref": "refs/heads/other"}, 404, id="a branch that is not there"),
        pytest.param({"ref": "refs/pull/7/merge"}, 422, id="a merge ref with another commit"),
    ],
)
def test_commit_and_ref_belong_together(facts: Any, status: int) -> None:
    """GitHub refuses what it cannot find, and a merge ref without its merge commit."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        shop.pull(number=7)
        token = double.installation_token(shop, {"security_events": "write"})
        sent = body(shop, packed(log(run(result()))), **facts)
        assert ask(double, "POST", UPLOADS, token, sent).status == status


def test_a_key_that_is_not_in_the_request() -> None:
    """The category is no key of the request: it is the run's id."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        token = double.installation_token(shop, {"security_events": "write"})
        with double.expect_violation("category"):
            sent = body(shop, packed(log(run(result()))), category="c")
            assert ask(double, "POST", UPLOADS, token, sent).status == 422
            double.violations[:] = [one for one in double.violations if "category" in one.sentence]


def test_processing() -> None:
    """An upload is pending for a while, and then complete."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        shop.part(CodeScanning).pending = 1
        token = double.installation_token(shop, {"security_events": "write"})
        reply = ask(double, "POST", UPLOADS, token, body(shop, packed(log(run(result())))))
        assert reply.status == 202
        place = f"{UPLOADS}/{reply.body['id']}"
        looks = [ask(double, "GET", place, token).body["processing_status"] for _ in range(3)]
        assert looks == ["pending", "complete", "complete"]
        assert ask(double, "GET", f"{UPLOADS}/unknown", token).status == 404
