"""Check runs: reading one, those of a commit, and their annotations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..call import Call
from ..exchange import Answer
from ..route import Route
from . import check_runs, repositories
from .check_runs import Annotation, CheckRun


def read(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/check-runs/{check_run_id}."""
    run = check_runs.known(call.repository, call.number("check_run_id"))
    return Answer(200, check_runs.show(call.repository, run))


def of_commit(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/commits/{ref}/check-runs, newest first."""
    query = call.query
    sha = call.repository.resolve(call.params["ref"])
    runs = [run for run in call.repository.check_runs(sha) if _picked(query, run)]
    if query.get("filter", "latest") == "latest":
        runs = latest(runs)
    runs.sort(key=lambda run: -run.id)
    return call.page(runs, lambda run: check_runs.show(call.repository, run), wrap="check_runs")


def _picked(query: Mapping[str, str], run: CheckRun) -> bool:
    return (
        query.get("check_name", run.name) == run.name
        and query.get("status", run.status) == run.status
        and query.get("app_id", str(run.app.id)) == str(run.app.id)
    )


def latest(runs: list[CheckRun]) -> list[CheckRun]:
    """Of each suite's runs of one name only the newest."""
    return list({(run.suite_id, run.name): run for run in sorted(runs)}.values())


def annotations_of(call: Call) -> Answer:
    """GET …/check-runs/{check_run_id}/annotations, in the order in which they were sent."""
    run = check_runs.known(call.repository, call.number("check_run_id"))
    html = f"{repositories.html_url(call.repository)}/blob/{run.head_sha}"
    return call.page(run.annotations, lambda one: _show(one, html))


def _show(one: Annotation, html: str) -> dict[str, Any]:
    return {**one._asdict(), "blob_href": f"{html}/{one.path}"}


ONE = check_runs.PATH + "/{check_run_id}"
READ = "checks=read"
ROUTES = (
    Route("GET", ONE, "checks/get", read, READ),
    Route("GET", ONE + "/annotations", "checks/list-annotations", annotations_of, READ),
    Route(
        "GET", "/repos/{owner}/{repo}/commits/{ref}/check-runs", "checks/list-for-ref", of_commit,
        READ, query=("check_name", "status", "filter", "app_id"),
    ),
)  # fmt: skip
