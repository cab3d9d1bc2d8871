"""Code scanning: uploads are taken, processed a while later, and replace those of their category."""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple

from ..call import Call
from ..contract import sarif
from ..exchange import Answer
from ..refusal import Refusal, not_found
from ..route import Route
from ..state.repository import Repository
from . import pulls, repositories

PRIVATE_OFF = "Advanced Security must be enabled for this repository to use code scanning."


class Analysis(NamedTuple):
    """What code scanning has of one commit, ref, tool and category."""

    commit: str
    ref: str
    tool: str
    category: str
    log: Any

    @property
    def results(self) -> list[Any]:
        """The results of its run."""
        listed: list[Any] = self.log["runs"][0]["results"]
        return listed


class Upload:
    """One upload on its way."""

    def __init__(self, pending: int) -> None:
        self.id = str(uuid.uuid4())
        self.pending = pending


class CodeScanning:
    """Code scanning of one repository; tests set how it behaves.

    `licensed`: whether a private repository has it. `refuses`: what an upload is refused with.
    `pending`: how many looks find an upload still waiting. `unseen`: how many find nothing yet.
    `errors`: with what processing fails. A look brings an upload one step on; its analyses are there
    at once.
    """

    def __init__(self) -> None:
        self.licensed = False
        self.refuses: Refusal | None = None
        self.pending = 0
        self.unseen = 0
        self.errors: tuple[str, ...] = ()
        self.uploads: dict[str, Upload] = {}
        self.by_key: dict[tuple[str, str, str, str], Analysis] = {}

    @property
    def analyses(self) -> list[Analysis]:
        """What is known, oldest first; a later upload stands in the place of the one it replaced."""
        return list(self.by_key.values())


def upload(call: Call) -> Answer:
    """POST /repos/{owner}/{repo}/code-scanning/sarifs."""
    repository, body = call.repository, call.body
    scanning = repository.part(CodeScanning)
    if scanning.refuses is not None:
        raise scanning.refuses
    if repository.private and not scanning.licensed:
        raise Refusal(403, PRIVATE_OFF)
    if body["commit_sha"] not in repository.commits:
        raise Refusal(404, "commit not found")
    _check_ref(repository, body["ref"], body["commit_sha"])
    log = sarif.unpacked(body["sarif"])
    taken = Upload(scanning.pending)
    scanning.uploads[taken.id] = taken
    for one in (_analysis(run, body, log) for run in log["runs"]):
        if not scanning.errors:
            scanning.by_key[one.commit, one.ref, one.tool, one.category] = one
    return Answer(202, {"id": taken.id, "url": _url(repository, taken)})


def _check_ref(repository: Repository, ref: str, commit: str) -> None:
    kind, _, name = ref.removeprefix("refs/").partition("/")
    if kind == "pull":
        number, _, side = name.partition("/")
        pull = repository.part(pulls.Pulls).by_number.get(int(number) if number.isdigit() else 0)
        if pull is not None and side == "merge" and commit != pull.merge_sha:
            raise Refusal(422, "ref is a pull request merge but commit_oid is not a merge commit")
        known = pull is not None
    else:
        known = kind == "tags" or name in repository.branches
    if not known:
        raise Refusal(404, f"ref '{ref}' not found in this repository")


def _analysis(run: Any, body: Any, log: Any) -> Analysis:
    tool = run["tool"]["driver"]["name"]
    return Analysis(body["commit_sha"], body["ref"], tool, sarif.category_of(run), log)


def read(call: Call) -> Answer:
    """GET /repos/{owner}/{repo}/code-scanning/sarifs/{sarif_id}: one look brings it one step on."""
    scanning = call.repository.part(CodeScanning)
    taken = scanning.uploads.get(call.params["sarif_id"])
    if taken is None:
        raise not_found()
    if scanning.unseen:
        scanning.unseen -= 1
        raise not_found()
    if taken.pending:
        taken.pending -= 1
        return Answer(200, {"processing_status": "pending", "analyses_url": None, "errors": None})
    if scanning.errors:
        errors = list(scanning.errors)
        return Answer(200, {"processing_status": "failed", "analyses_url": None, "errors": errors})
    api = repositories.api_url(call.repository)
    url = f"{api}/code-scanning/analyses?sarif_id={taken.id}"
    return Answer(200, {"processing_status": "complete", "analyses_url": url, "errors": None})


def _url(repository: Repository, taken: Upload) -> str:
    return f"{repositories.api_url(repository)}/code-scanning/sarifs/{taken.id}"


ROUTES = (
    Route(
        "POST", "/repos/{owner}/{repo}/code-scanning/sarifs", "code-scanning/upload-sarif", upload,
        "security_events=write",
        body=("commit_sha", "ref", "sarif", "checkout_uri", "tool_name"),
    ),
    Route(
        "GET", "/repos/{owner}/{repo}/code-scanning/sarifs/{sarif_id}", "code-scanning/get-sarif",
        read, "security_events=read",
    ),
)  # fmt: skip
