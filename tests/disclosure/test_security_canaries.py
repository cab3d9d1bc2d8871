"""The same for security: no detail of a secret, of the running application or of own tests, and no word of such a scanner."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from tests.github_double import GitHubDouble
from tests.publish.scene import NUMBER, Scene
from tests.security.files import DJANGO, SQL, bandit, trivy
from trivigil.publish.issue import state_in
from trivigil.security.disclosure import NOTE

from .planted import CANARY, Planted
from .test_canaries import Job, sings

SECRET: Final[Mapping[str, Any]] = {
    "RuleID": f"rule-{CANARY}", "Category": CANARY, "Severity": "CRITICAL", "Title": f"AWS {CANARY}",
    "StartLine": 4, "EndLine": 4, "Match": f"AWS_KEY={CANARY}",
}  # fmt: skip


def _foreign() -> str:
    return f"{CANARY},password\n1,2\n"


def _where() -> str:
    """A file whose name tells where the secret is."""
    return trivy(secrets=[SECRET]).replace("config/prod.env", f"config/{CANARY}.env")


PLANTED: Final = {
    "a secret": Planted({"t.json": trivy(DJANGO, secrets=[SECRET])}, {"results": "*.json"}),
    "where a secret is": Planted({"t.json": _where()}, {"results": "*.json"}),
    "why a scanner failed": Planted(
        {"b.json": bandit(errors=[f"./{CANARY}.py"])}, {"results": "*.json"}
    ),
    "a file that nobody reads": Planted({"x.csv": _foreign()}, {"results": "x.csv"}),
}
CASES = pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)


class SecurityJob(Job):
    WATCH = "security"
    REPORT = "security-analysis.json"


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A pull request of a public repository."""
    with GitHubDouble() as github:
        yield Scene(github, tmp_path)
        github.assert_clean()


@CASES
def test_nothing_leaves(scene: Scene, planted: Planted, capsys: pytest.CaptureFixture[str]) -> None:
    """No channel, no file of the artifact and no line of the log has the canary; and it is said why."""
    job = SecurityJob(scene, planted)
    job.run()
    said = capsys.readouterr()
    assert [where for where, text in job.outside().items() if sings(text)] == []
    assert not sings(said.out + said.err)
    report = json.loads(job.report.read_text(encoding="utf-8"))
    assert NOTE in report["notes"]
    assert len(scene.shop.comments(NUMBER)) == 1


@CASES
def test_disclosed(scene: Scene, planted: Planted, capsys: pytest.CaptureFixture[str]) -> None:
    """With `disclose: true` it is there: the canary sings, so the test above is not deaf."""
    job = SecurityJob(scene, planted, disclose="true")
    job.run()
    said = capsys.readouterr()
    assert sings(said.out + said.err + "".join(job.outside().values()))


def test_the_issue(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """A nightly run's issue has its labels and counts, and nothing else of a secret."""
    job = SecurityJob(scene, PLANTED["a secret"], event="schedule")
    job.run()
    capsys.readouterr()
    found = {issue.title: issue for issue in scene.shop.issues().values()}
    for issue in found.values():
        assert not sings(f"{issue.title}\n{issue.body}\n{state_in(issue.body or '')!r}")
        assert issue.labels == ("trivigil", "security", "critical")
    assert set(found) == {
        "Security: django has known vulnerabilities",
        "Security: withheld.secret a secret in the repository",
    }


def test_public_knowledge_is_shown(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """Advisories on public packages and findings in public code are no secret, nor is a file that does not parse beside them."""
    files = {"b.json": bandit(SQL, errors=["./app/odd.py"]), "t.json": trivy(DJANGO)}
    job = SecurityJob(scene, Planted(files, {"results": "*.json"}))
    job.run()
    capsys.readouterr()
    [comment] = scene.shop.comments(NUMBER)
    for word in ("CVE-2022-28346", "B608", "app/odd.py"):
        assert word in comment.body
    assert NOTE not in comment.body


def test_conclusions_are_the_same(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    """What is not shown counts all the same, and each finding stays one."""
    hidden = SecurityJob(scene, PLANTED["a secret"])
    hidden.run()
    capsys.readouterr()
    report = json.loads(hidden.report.read_text(encoding="utf-8"))
    assert (report["critical_count"], report["conclusion"]) == (2, "failure")
    assert len({one["fingerprint"] for one in report["results"]}) == 2
