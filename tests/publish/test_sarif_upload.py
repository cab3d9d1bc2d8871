"""The upload to code scanning, over real HTTP."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.github_double.refusal import Refusal
from tests.github_double.subjects.code_scanning import Analysis, CodeScanning
from trivigil.core.gate import Conclusion
from trivigil.core.report import SourceRecord
from trivigil.core.result import Location
from trivigil.github.event import Event
from trivigil.github.patience import Manners
from trivigil.github.refusal import Refused
from trivigil.publish import parse_wanted, payloads, plan, prepare, sarif_upload
from trivigil.publish.plan import Wanted
from trivigil.publish.sarif_upload import PAUSES

from .scene import CHECKOUT, NUMBER, QUICK, Scene, Told, finding, report
from .test_plan import PULL, PUSH

MAY: dict[str, str] = {"contents": "read", "security-events": "write"}
SARIF = parse_wanted("sarif")
UPLOADS = "*/code-scanning/sarifs"
LOOKS = "*/code-scanning/sarifs/*"
BRANCH = PUSH._replace(head_sha=PUSH.sha)
BROKEN = report(results=(finding(), finding(1)))


def upload(scene: Scene, told: Any = BROKEN, **how: Any) -> Told:
    """One publish that asks for code scanning alone."""
    how = {"token": scene.token(MAY), "wanted": SARIF, **how}
    return scene.run(told, **how)


def scanning(scene: Scene) -> CodeScanning:
    """Code scanning of the repository."""
    return scene.shop.part(CodeScanning)


def analysis(scene: Scene) -> Analysis:
    """The one analysis that code scanning has."""
    [found] = scanning(scene).analyses
    return found


# --- what is sent --------------------------------------------------------------------------


def test_an_upload_and_a_look(scene: Scene) -> None:
    """One upload and, once it is processed, one look: two calls, one of them a write."""
    told = upload(scene)
    assert told.published.done == ("sarif", "outputs")
    assert (told.published.refused, told.published.notes) == ((), ())
    assert [one.method for one in scene.github.journal] == ["POST", "GET"]
    assert len(analysis(scene).results) == 2


def test_pull_request(scene: Scene) -> None:
    """On a pull request the merge ref goes with the merge commit, as GitHub insists."""
    environ = scene.environ()
    told = upload(scene, environ=environ)
    sent = analysis(scene)
    assert (sent.ref, sent.commit) == (f"refs/pull/{NUMBER}/merge", environ["GITHUB_SHA"])
    assert sent.commit != scene.head
    assert (sent.tool, sent.category) == ("Trivigil", "trivigil/perf")
    page = f"{scene.github.server_url}/octo/shop/security/code-scanning?query="
    assert told.published.urls["sarif"].startswith(page)


def test_push(scene: Scene) -> None:
    """On a branch it is the branch and its commit."""
    environ = scene.environ("push")
    upload(scene, environ=environ)
    assert (analysis(scene).ref, analysis(scene).commit) == (
        "refs/heads/main", environ["GITHUB_SHA"],
    )  # fmt: skip


def test_the_request(scene: Scene) -> None:
    """The body has what GitHub knows and nothing else, and the checkout's folder as an address."""
    upload(scene)
    [sent] = scene.github.calls("POST", UPLOADS)
    assert set(sent.request_body) == {"commit_sha", "ref", "sarif", "checkout_uri", "tool_name"}
    assert sent.request_body["checkout_uri"] == "file:///home/runner/work/shop/shop/"
    assert sent.request_body["tool_name"] == "Trivigil"


def test_nothing_failed(scene: Scene) -> None:
    """A report without findings is uploaded: that is how alerts are closed."""
    upload(scene)
    upload(scene, report())
    assert analysis(scene).results == []


def test_watches_stand_beside_each_other(scene: Scene) -> None:
    """Each name is a category of its own, so that no watch closes the alerts of another."""
    for name in ("perf (api)", "perf (web)"):
        upload(scene, report(name, (finding(),)))
    assert [one.category for one in scanning(scene).analyses] == [
        "trivigil/perf (api)", "trivigil/perf (web)",
    ]  # fmt: skip


def test_no_token_in_the_file(scene: Scene) -> None:
    """The token stands in no part of the upload."""
    token = scene.token(MAY)
    told = upload(scene, token=token)
    assert token not in json.dumps(analysis(scene).log) + repr(told)


def test_with_the_other_channels(scene: Scene) -> None:
    """Beside a usual publish the upload costs two calls more, and its note reaches the summary."""
    everything = {"contents": "read", "checks": "write", "pull-requests": "write", **MAY}
    placeless = finding(2)._replace(location=Location("GET /nowhere"))
    told = scene.run(
        report(results=(finding(), placeless)),
        scene.token(everything),
        wanted=parse_wanted("check-run comment sarif summary"),
    )
    assert told.published.done == ("check-run", "comment", "sarif", "summary", "outputs")
    assert len(scene.github.journal) <= 8 + 2
    assert len(scene.github.journal.writes) <= 3 + 1
    assert "1 finding is not in code scanning" in told.log
    assert "not in code scanning" in told.summary.replace("\\", "")


# --- the processing ------------------------------------------------------------------------


@pytest.mark.parametrize("polls", range(len(PAUSES)))
def test_waiting_for_the_processing(scene: Scene, polls: int) -> None:
    """A pending upload is looked at again, with growing pauses."""
    scanning(scene).pending = polls
    told = upload(scene)
    assert told.published.done == ("sarif", "outputs")
    assert told.published.notes == ()
    assert len(scene.github.calls("GET", LOOKS)) == polls + 1


def test_pauses_grow_and_end() -> None:
    """The waiting is bounded: half a minute in all, each pause longer than the one before."""
    assert list(PAUSES) == sorted(set(PAUSES))
    assert sum(PAUSES) <= 30


def test_an_upload_that_is_not_listed_yet(scene: Scene) -> None:
    """An id that GitHub does not find right after the upload is waited for as well."""
    scanning(scene).unseen = 2
    assert upload(scene).published.notes == ()
    assert len(scene.github.calls("GET", LOOKS)) == 3


def test_still_pending(scene: Scene) -> None:
    """Where the processing takes longer, the upload counts as done, and a note says so."""
    scanning(scene).pending = 99
    told = upload(scene)
    assert told.published.done == ("sarif", "outputs")
    [note] = told.published.notes
    assert "still processing" in note
    assert len(scene.github.journal) == 1 + len(PAUSES)


def test_no_waiting_beyond_the_ceiling(scene: Scene) -> None:
    """The looks end where the connection has no time left to wait."""
    scanning(scene).pending = 99
    told = upload(scene, manners=Manners(ceiling=0.07, backoff=0.01, timeout=30))
    assert "still processing" in told.published.notes[0]
    assert len(scene.github.calls("GET", LOOKS)) == 2


def test_failed_processing(scene: Scene) -> None:
    """GitHub's errors are shown, a few of them, with nothing live in them."""
    scanning(scene).errors = (
        "rejecting SARIF, as there are more runs than allowed (21 > 20)",
        "\x1b[31m##[error]evil ::error::evil\nline two",
        *(f"error {index}" for index in range(9)),
    )
    told = upload(scene)
    [refusal] = told.published.refused
    assert (refusal.channel, refusal.permission) == ("sarif", None)
    assert "could not process it: rejecting SARIF, as there are more runs" in refusal.reason
    assert "and 6 more" in refusal.reason
    assert not {"\x1b", "\n"} & set(refusal.reason)
    assert "##[" not in refusal.reason
    [line] = [line for line in told.log.splitlines() if "could not process" in line]
    assert line.startswith("::warning title=Trivigil::")
    assert "##[" not in line
    assert "\x1b" not in told.log


def test_failed_without_a_word(scene: Scene, tmp_path: Path) -> None:
    """A failure is not remembered: the next step of the run may succeed."""
    scanning(scene).errors = ("",)
    environ, state = scene.environ(), tmp_path / "state"
    upload(scene, environ=environ, state=state)
    scanning(scene).errors = ()
    assert upload(scene, environ=environ, state=state).published.refused == ()


# --- refusals ------------------------------------------------------------------------------


def test_missing_permission(scene: Scene) -> None:
    """A token that may not upload is told which line mends it."""
    told = upload(scene, token=scene.token({"contents": "read", "security-events": "read"}))
    [refusal] = told.published.refused
    assert refusal.permission == "security-events: write"
    assert "add `security-events: write` to the job's permissions" in told.log
    assert len(scene.github.journal) == 1


def test_permission_that_github_does_not_name() -> None:
    """Where GitHub leaves the permission out, or names the one for reading, the line is the same."""
    for said in (None, "security-events: read"):
        refused = Refused("no", status=403, permission=said, forbidden=True)
        assert refused.of("sarif").permission == "security-events: write"


def test_refusal_is_remembered(scene: Scene, tmp_path: Path) -> None:
    """The next step of the run does not try again what the token may not do."""
    environ, token, state = scene.environ(), scene.token({}), tmp_path / "state"
    upload(scene, token=token, environ=environ, state=state)
    upload(scene, token=token, environ=environ, state=state)
    assert len(scene.github.journal) == 1


@pytest.mark.parametrize(
    "words",
    [
        "Advanced Security must be enabled for this repository to use code scanning.",
        "Code Security must be enabled for this repository to use code scanning.",
        "Code scanning is not enabled for this repository. Please enable code scanning.",
        "repository not enabled for code scanning",
    ],
)
def test_switched_off(scene: Scene, words: str) -> None:
    """Where code scanning is switched off, the channel is skipped with GitHub's reason, without a warning."""
    scanning(scene).refuses = Refusal(403, words)
    told = upload(scene)
    [step] = [step for step in told.published.skipped if step.channel == "sarif"]
    assert step.reason.startswith("code scanning is switched off in this repository")
    assert words.rstrip(".") in step.reason
    assert told.published.refused == ()
    assert "::warning" not in told.log
    assert len(scene.github.journal) == 1


def test_private_repository(scene: Scene) -> None:
    """A private repository without a licence is skipped; with one it is like any other."""
    scene.shop.private = True
    told = upload(scene)
    assert "sarif: skipped, code scanning is switched off" in told.log
    scanning(scene).licensed = True
    assert upload(scene).published.done == ("sarif", "outputs")


def test_private_repository_that_answers_404(scene: Scene) -> None:
    """404 in a private repository is a skip that says what is missing."""
    scene.shop.private = True
    scanning(scene).refuses = Refusal(404, "Not Found")
    told = upload(scene)
    assert told.published.refused == ()
    assert "a private repository needs GitHub Code Security" in told.log


def test_public_repository_that_answers_404(scene: Scene) -> None:
    """404 in a public repository is no matter of licences: it is a refusal."""
    scanning(scene).refuses = Refusal(404, "Not Found")
    [refusal] = upload(scene).published.refused
    assert "finds no such place" in refusal.reason


def test_commit_that_github_does_not_know(scene: Scene) -> None:
    """A commit that is gone is named, in a private repository too."""
    scene.shop.private = True
    scanning(scene).licensed = True
    told = upload(scene, environ=scene.environ("push", GITHUB_SHA="f" * 40))
    [refusal] = told.published.refused
    assert "404: commit not found" in refusal.reason


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        pytest.param(Refusal(413, "Payload Too Large"), "takes no file of this size", id="size"),
        pytest.param(Refusal(400, "Invalid SARIF"), "400: Invalid SARIF", id="form"),
        pytest.param(
            Refusal(422, "ref is a pull request merge but commit_oid is not a merge commit"),
            "is not a merge commit", id="ref and commit that do not match",
        ),
    ],
)  # fmt: skip
def test_refused_for_what_it_is(scene: Scene, refusal: Refusal, words: str) -> None:
    """What GitHub has against the upload stands in the warning."""
    scanning(scene).refuses = refusal
    [refused] = upload(scene).published.refused
    assert words in refused.reason
    assert refused.permission is None
    assert len(scene.github.journal) == 1


def test_archived_repository(scene: Scene) -> None:
    """An archived repository takes no analysis."""
    scene.shop.archived = True
    [refusal] = upload(scene).published.refused
    assert "archived" in refusal.reason


def test_personal_token(scene: Scene) -> None:
    """A personal token may upload, unlike with check runs."""
    token = scene.github.personal_token("octocat", scene.shop)
    assert upload(scene, token=token).published.done == ("sarif", "outputs")


@pytest.mark.parametrize("kind", ["secondary", "429", "primary"])
def test_rate_limit_beyond_patience(scene: Scene, kind: Any) -> None:
    """A limit that opens too late is not waited for."""
    scene.github.faults.add(kind, times=None, retry_after=3600)
    [refusal] = upload(scene).published.refused
    assert "longer than a publish waits" in refusal.reason
    assert len(scene.github.journal) == 1


@pytest.mark.parametrize("path", [UPLOADS, LOOKS])
def test_rate_limit_within_patience(scene: Scene, path: str) -> None:
    """A limit that opens soon is waited for."""
    scene.github.faults.add("429", path=path, retry_after=0)
    told = upload(scene)
    assert (told.published.refused, told.published.notes) == ((), ())
    assert len(scene.github.journal) == 3


def test_looks_that_are_refused(scene: Scene) -> None:
    """Where only the look is refused, the upload stands, and the note says that its fate is not known."""
    scene.github.faults.add("429", path=LOOKS, times=None, retry_after=3600)
    told = upload(scene)
    assert told.published.done == ("sarif", "outputs")
    assert "whether it was processed is not known" in told.published.notes[0]


# --- faults --------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("kind", ["reset", "500", "502", "503", "truncated"])
@pytest.mark.parametrize("call", [1, 2, 3])
def test_fault_at_each_call(scene: Scene, call: int, kind: Any, moment: Any) -> None:
    """Whatever call is lost, carried out or not: one analysis with the whole content, in one call more."""
    scanning(scene).pending = 1
    environ = scene.environ()
    scene.github.faults.add(kind, call=call, moment=moment)
    told = upload(scene, environ=environ)
    assert told.published.done == ("sarif", "outputs")
    assert told.published.notes == ()
    assert len(scene.github.journal) <= 4
    faulty = analysis(scene)
    scene.github.faults.clear()
    upload(scene, environ=environ)
    assert analysis(scene) == faulty


def test_the_same_upload_twice(scene: Scene) -> None:
    """An upload that is sent again is the same to the byte, so that it replaces itself."""
    scene.github.faults.add("reset", method="POST", moment="after")
    upload(scene)
    first, second = scene.github.calls("POST", UPLOADS)
    assert first.request_body == second.request_body
    assert len(scanning(scene).uploads) == 2
    assert len(scanning(scene).analyses) == 1


@pytest.mark.parametrize("moment", ["before", "after"])
def test_timeout(scene: Scene, moment: Any) -> None:
    """An upload that GitHub answers too late is sent again."""
    upload(scene, report("warm"))
    scene.github.faults.add("timeout", method="POST", moment=moment, seconds=3.0)
    told = upload(scene, manners=QUICK._replace(timeout=2))
    assert told.published.done == ("sarif", "outputs")
    assert len(scanning(scene).analyses) == 2


def test_server_that_is_down(scene: Scene) -> None:
    """Without any answer the channel is refused by name after a bounded number of calls."""
    scene.github.faults.add("502", times=None)
    [refusal] = upload(scene).published.refused
    assert refusal.channel == "sarif"
    assert len(scene.github.journal) <= 4


@pytest.mark.parametrize("answer", [{"id": "../../../user"}, {"id": 7}, {}])
def test_receipt_of_another_shape(answer: Any) -> None:
    """An id that could lead elsewhere is not followed."""
    from trivigil.github.code_scanning import _receipt

    with pytest.raises(ValueError, match="no id"):
        _receipt(answer)


# --- when ----------------------------------------------------------------------------------


def decided(event: Event | None, wanted: Wanted = SARIF, **facts: Any) -> tuple[str, str]:
    """What the plan says of the channel, and why."""
    step = plan(BROKEN._replace(**facts), event, wanted, {}).step("sarif")
    return step.act, step.reason


@pytest.mark.parametrize(
    ("action", "wanted", "act"),
    [
        pytest.param("perf", "auto", "skip", id="budgets only where it is asked for"),
        pytest.param("perf", "comment sarif", "do", id="budgets where it is asked for"),
        pytest.param("security", "auto", "do", id="security by default"),
        pytest.param("security", "comment", "skip", id="security where other channels are named"),
        pytest.param("monitor", "auto", "skip", id="monitoring only where it is asked for"),
    ],
)
def test_by_default_for_security_alone(action: str, wanted: str, act: str) -> None:
    """`auto` uploads the security watch's findings, and no other's."""
    assert decided(BRANCH, parse_wanted(wanted), action=action)[0] == act


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        pytest.param(PULL._replace(is_fork=True), "from a fork", id="a fork's token"),
        pytest.param(
            PULL._replace(is_fork=True, name="pull_request_target"), "from a fork",
            id="a fork, even with a token that may write",
        ),
        pytest.param(
            BRANCH._replace(name="merge_group", ref="refs/heads/gh-readonly-queue/main/pr-7-abc"),
            "merge queue", id="a branch that is gone soon",
        ),
        pytest.param(
            BRANCH._replace(name="workflow_run", head_sha="a" * 40), "does not say which ref",
            id="a commit whose ref is not known",
        ),
        pytest.param(
            BRANCH._replace(ref="main"), "on no branch, tag or pull request",
            id="a short ref",
        ),
        pytest.param(None, "not a GitHub Actions run", id="outside Actions"),
    ],
)  # fmt: skip
def test_events_without_an_upload(event: Event | None, reason: str) -> None:
    """Where there is no ref to upload for, or it is a fork's, nothing is tried."""
    act, said = decided(event)
    assert act == "skip"
    assert reason in said


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        pytest.param(PULL, ("m" * 40, "refs/pull/7/merge"), id="a merge ref with its merge commit"),
        pytest.param(
            PULL._replace(name="pull_request_target", ref="refs/heads/main"),
            ("a" * 40, "refs/pull/7/head"), id="else the head with its commit",
        ),
        pytest.param(
            BRANCH._replace(ref="refs/tags/v1"), ("m" * 40, "refs/tags/v1"),
            id="a tag",
        ),
    ],
)  # fmt: skip
def test_target(event: Event, expected: tuple[str, str]) -> None:
    """Commit and ref always belong together."""
    assert sarif_upload.target(event) == expected


@pytest.mark.parametrize(
    ("state", "act"),
    [
        ("complete", "do"), ("empty", "do"), ("partial", "skip"), ("crashed", "skip"),
        ("missing", "skip"), ("stale", "skip"),
    ],
)  # fmt: skip
def test_silence_closes_no_alert(state: Any, act: str) -> None:
    """Results that are not complete are not uploaded, because what is missing would count as fixed."""
    source = SourceRecord("bandit.json", "bandit", "json", state)
    assert decided(PULL, sources=(source,))[0] == act


def test_unusable_input_closes_no_alert() -> None:
    """A report about an input that could not be used is not uploaded."""
    act, reason = decided(PULL, problems=("x: no such file",), conclusion=Conclusion("failure", 2))
    assert act == "skip"
    assert "would count as fixed" in reason


# --- the size, and the dry run -------------------------------------------------------------


def test_too_large_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the gzipped file would be too large, the least severe are left out, and counted."""
    many = report(results=tuple(finding(index) for index in range(400)))
    to = sarif_upload.Target("a" * 40, "refs/heads/main")
    whole = sarif_upload.draft(many, BRANCH, CHECKOUT, to)
    monkeypatch.setattr(sarif_upload, "MOST_BYTES", len(whole.packed) // 3)
    smaller = sarif_upload.draft(many, BRANCH, CHECKOUT, to)
    assert len(smaller.packed) <= len(whole.packed) // 3
    assert smaller.notes == (
        "300 findings are left out of code scanning, which gets the 100 worst",
    )
    [run] = json.loads(smaller.text)["runs"]
    lines = {
        one["locations"][0]["physicalLocation"]["region"]["startLine"] for one in run["results"]
    }
    assert lines == set(range(1, 101))


def test_dry_run(scene: Scene) -> None:
    """A dry run's files are the very upload: the SARIF text, and the request that describes it."""
    environ = scene.environ()
    upload(scene, environ=environ)
    [sent] = scene.github.calls("POST", UPLOADS)
    event = scene.event()
    files = payloads(plan(BROKEN, event, SARIF, {}), prepare(BROKEN, event, CHECKOUT))
    assert set(files) == {
        "publish-plan.json", "report.sarif", "sarif-upload.json", "outputs.txt",
    }  # fmt: skip
    body = json.loads(files["sarif-upload.json"])
    described = body.pop("sarif")
    packed = base64.b64decode(sent.request_body["sarif"])
    assert gzip.decompress(packed).decode() == files["report.sarif"]
    assert packed[4:8] == bytes(4), "no time of packing: the same report is the same file"
    assert described["gzipped_sha256"] == hashlib.sha256(packed).hexdigest()
    assert described["gzipped_bytes"] == len(packed)
    assert body == {key: value for key, value in sent.request_body.items() if key != "sarif"}


def test_dry_run_without_github() -> None:
    """Outside Actions the file is shown all the same, and nothing is made up about its repository."""
    files = payloads(plan(BROKEN, None, SARIF, {}), prepare(BROKEN, None, CHECKOUT))
    [run] = json.loads(files["report.sarif"])["runs"]
    assert len(run["results"]) == 2
    assert "versionControlProvenance" not in run


def test_not_in_a_dry_run_that_does_not_ask_for_it() -> None:
    """`auto` writes no SARIF of budgets."""
    auto = parse_wanted("auto")
    files = payloads(plan(BROKEN, None, auto, {}), prepare(BROKEN, None, CHECKOUT))
    assert "report.sarif" not in files
