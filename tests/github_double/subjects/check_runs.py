"""Check runs: creating and changing them; only their app may, and annotations are appended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from ..call import Call
from ..clock import moment, stamp
from ..exchange import Answer
from ..refusal import APP_ONLY, Refusal, not_found
from ..route import Route
from ..state.people import ACTIONS_APP, App, node_id, show_app
from ..state.repository import Repository
from . import check_suites, pull_forms, pulls, repositories

STATUS_LOCKED = "Check run status and conclusions can only be updated internally by GitHub Actions"


class Annotation(NamedTuple):
    """One annotation, as it was sent."""

    path: str
    start_line: int
    end_line: int
    annotation_level: str
    message: str
    title: str | None = None
    raw_details: str | None = None
    start_column: int | None = None
    end_column: int | None = None


class CheckRun(NamedTuple):
    """One check run; `job` marks those that the runner itself keeps for a workflow's job."""

    id: int
    suite_id: int
    app: App
    name: str
    head_sha: str
    external_id: str | None = None
    details_url: str | None = None
    status: str = "queued"
    conclusion: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: tuple[Annotation, ...] = ()
    actions: tuple[Mapping[str, str], ...] = ()
    job: bool = False


class CheckRuns:
    """The check runs of one repository by id, oldest first."""

    def __init__(self) -> None:
        self.by_id: dict[int, CheckRun] = {}


def make(repository: Repository, app: App, name: str, sha: str, **facts: Any) -> CheckRun:
    """Add a check run under a suite of its app."""
    suite = check_suites.place_for(repository, app, sha)
    run = CheckRun(repository.world.next_id(), suite.id, app, name, sha, **facts)
    repository.part(CheckRuns).by_id[run.id] = run
    return run


def show(repository: Repository, run: CheckRun) -> dict[str, Any]:
    """A check run (GitHub's schema `check-run`)."""
    url = f"{repositories.api_url(repository)}/check-runs/{run.id}"
    html = f"{repositories.html_url(repository)}/runs/{run.id}"
    # What the Actions app sends as details_url is ignored (LouisBrunner/checks-action#369).
    details = html if run.app == ACTIONS_APP else run.details_url or html
    return {
        "id": run.id,
        "node_id": node_id("CR", run.id),
        "name": run.name,
        "head_sha": run.head_sha,
        "external_id": run.external_id or "",
        "url": url,
        "html_url": html,
        "details_url": details,
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": stamp(run.started_at),
        "completed_at": stamp(run.completed_at),
        "output": {
            "title": run.title,
            "summary": run.summary,
            "text": run.text,
            "annotations_count": len(run.annotations),
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": {"id": run.suite_id},
        "app": show_app(run.app, repository.world.urls),
        "pull_requests": _pulls(repository, run.head_sha),
    }


def _pulls(repository: Repository, sha: str) -> list[dict[str, Any]]:
    """Pull requests of this head; those from forks are not named here."""
    return [
        pull_forms.show_minimal(repository, pull)
        for pull in repository.part(pulls.Pulls).by_number.values()
        if pull.head_sha == sha and pull.head_repository is repository
    ]


def create(call: Call) -> Answer:
    """POST /repos/{owner}/{repo}/check-runs."""
    repository, app = call.repository, _app(call)
    sha = call.body["head_sha"]
    if sha not in repository.commits:
        raise Refusal(422, f"No commit found for SHA: {sha}")
    facts = {"started_at": call.world.clock.now(), **_facts(call, ())}
    run = make(repository, app, call.body["name"], sha, **facts)
    return Answer(201, show(repository, run))


def change(call: Call) -> Answer:
    """PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}."""
    run = known(call.repository, call.number("check_run_id"))
    app = _app(call)
    if run.app != app:
        message = "check run can only be modified by the GitHub App that created it"
        raise Refusal(403, f"Invalid app_id `{app.id}` - {message}.")
    if call.body.keys() & {"status", "conclusion"} and _status_is_locked(call, run):
        raise Refusal(422, STATUS_LOCKED)
    named = {"name": call.body["name"]} if "name" in call.body else {}
    run = run._replace(**named, **_facts(call, run.annotations))
    call.repository.part(CheckRuns).by_id[run.id] = run
    return Answer(200, show(call.repository, run))


def _status_is_locked(call: Call, run: CheckRun) -> bool:
    own = run.app == ACTIONS_APP and call.world.options.own_status_locked
    return run.job or own


def _facts(call: Call, earlier: tuple[Annotation, ...]) -> dict[str, Any]:
    body = call.body
    facts = {key: body[key] for key in ("external_id", "details_url", "status") if key in body}
    times = {key: moment(body[key]) for key in ("started_at", "completed_at") if key in body}
    if "conclusion" in body:
        now = call.world.clock.now()
        facts |= {"status": "completed", "conclusion": body["conclusion"], "completed_at": now}
    if "actions" in body:
        facts["actions"] = tuple(body["actions"])
    return facts | times | _output(body.get("output") or {}, earlier)


def _output(output: Mapping[str, Any], earlier: tuple[Annotation, ...]) -> dict[str, Any]:
    texts = {key: output[key] for key in ("title", "summary", "text") if key in output}
    return texts | {"annotations": earlier + tuple(_annotations(output.get("annotations") or ()))}


def _annotations(sent: Iterable[Mapping[str, Any]]) -> Iterable[Annotation]:
    return (Annotation._make(one.get(name) for name in Annotation._fields) for one in sent)


def known(repository: Repository, run_id: int) -> CheckRun:
    """The check run of this id, else 404."""
    run = repository.part(CheckRuns).by_id.get(run_id)
    if run is None:
        raise not_found()
    return run


def _app(call: Call) -> App:
    if call.token.app is None:
        raise Refusal(403, APP_ONLY)
    return call.token.app


PATH = "/repos/{owner}/{repo}/check-runs"
BODY = (
    "name", "details_url", "external_id", "status", "started_at", "conclusion", "completed_at",
    "output", "actions",
)  # fmt: skip
ROUTES = (
    Route("POST", PATH, "checks/create", create, "checks=write", body=("head_sha", *BODY)),
    Route("PATCH", PATH + "/{check_run_id}", "checks/update", change, "checks=write", body=BODY),
)
