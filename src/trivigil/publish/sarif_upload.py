"""The upload to code scanning: which commit and ref, the request, and what became of it.

Code scanning takes what an upload does not hold as fixed, so a report that is not complete is not uploaded at all.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from trivigil.core.untrusted import printable
from trivigil.github import code_scanning
from trivigil.github.refusal import Refused
from trivigil.publish.annotations import in_repository
from trivigil.render import sarif
from trivigil.render.escape import address as https

if TYPE_CHECKING:
    from trivigil.core.report import Report
    from trivigil.github.client import Client
    from trivigil.github.event import Event
    from trivigil.publish.annotations import Checkout
    from trivigil.render.sarif import Revision

MOST_BYTES: Final = 10_000_000
"""Of the gzipped file: code scanning refuses more than 10 MB."""
PAUSES: Final = (2.0, 4.0, 8.0, 16.0)
"""Before each look at the processing, in units of the connection's first pause, a second."""
MOST_ERRORS: Final = 5

_FULL_REF = re.compile(r"refs/(?:heads|tags|pull)/\S+")


class Target(NamedTuple):
    """What the analysis is of."""

    commit: str
    ref: str


NOWHERE: Final = Target("0" * 40, "refs/heads/main")
"""Of what an analysis would be outside Actions."""


class Draft(NamedTuple):
    """An upload ready to be sent."""

    text: str
    """The SARIF file."""
    packed: bytes
    """The same, gzipped."""
    body: dict[str, object]
    notes: tuple[str, ...]


class Outcome(NamedTuple):
    """Why it was left alone after all, and what is to be told."""

    skipped: str | None = None
    notes: tuple[str, ...] = ()


def target(event: Event) -> Target | str:
    """The commit and full ref to upload for, or why there is none.

    GitHub takes a merge ref only with its merge commit, which is GITHUB_SHA under pull_request.
    """
    number = event.pull_number
    if event.name == "merge_group":
        return "a merge queue's branch is gone before code scanning has looked at it"
    if number is not None:
        merged = event.ref == f"refs/pull/{number}/merge"
        head = Target(event.head_sha, f"refs/pull/{number}/head")
        return Target(event.sha, event.ref) if merged else head
    if event.sha != event.head_sha:
        return f"a {event.name} event does not say which ref its commit is on"
    if not _FULL_REF.fullmatch(event.ref):
        return "the run is on no branch, tag or pull request"
    return Target(event.sha, event.ref)


def unfit(report: Report) -> str | None:
    """Why an upload would close alerts that nobody has mended; None where it would not."""
    if report.problems:
        return "the input could not be used, and what is not uploaded would count as fixed"
    if any(source.state not in {"complete", "empty"} for source in report.sources):
        return "the results are not complete, and what is not uploaded would count as fixed"
    if any(result.rule.id == "scan.required" for result in report.findings):
        return "a required scan is not there, and what it does not upload would count as fixed"
    return None


def draft(report: Report, event: Event | None, checkout: Checkout, to: Target) -> Draft:
    """The exact request. Pure, and the same for the same report."""
    text, notes = file(report, event, checkout, to)
    packed = _packed(text.encode())
    return Draft(text, packed, _body(packed, checkout, to), notes)


def file(
    report: Report, event: Event | None, checkout: Checkout, to: Target
) -> tuple[str, tuple[str, ...]]:
    """The SARIF file, and what is to be said of it. Holds fewer results where too large."""
    revision = _revision(report, event, to)
    place, why = partial(in_repository, checkout=checkout), unfit(report)
    anchors = checkout.anchors or sarif.Anchors()
    most = sarif.MOST_RESULTS
    while True:
        log = sarif.render(report, place, revision, most=most, anchors=anchors, unfit=why)
        octets = _written(log.document)
        if not log.shown or _fits(octets):
            return octets.decode(), log.notes
        most = log.shown // 2


def _fits(octets: bytes) -> bool:
    """Packing hardly ever makes a file larger, and then by less than a hundredth."""
    return len(octets) < 0.99 * MOST_BYTES or len(_packed(octets)) <= MOST_BYTES


def _written(document: dict[str, object]) -> bytes:
    """For people to read and programs to compare: the same as `as_json` says it, which takes fifteen times as long."""
    import msgspec

    octets = msgspec.json.encode(document, order="sorted")
    return msgspec.json.format(octets, indent=2) + b"\n"


def publish(client: Client, ready: Draft, *, private: bool | None) -> Outcome:
    """Upload, and wait for the processing a while. Raises Refused, also where GitHub cannot process it."""
    try:
        upload_id = code_scanning.upload(client, ready.body)
    except Refused as refused:
        reason = code_scanning.switched_off(refused, private=private)
        if reason is None:
            raise
        return Outcome(skipped=reason)
    remark = _awaited(client, upload_id)
    return Outcome(notes=ready.notes if remark is None else (*ready.notes, remark))


def address(event: Event, to: Target) -> str:
    """The page of code scanning that shows the alerts of this upload."""
    from urllib.parse import quote

    number = event.pull_number
    where = f"pr:{number}" if number is not None else f"ref:{to.ref}"
    query = quote(f"is:open tool:{sarif.TOOL} {where}", safe="")
    return f"{event.server_url}/{event.repository}/security/code-scanning?query={query}"


def described(ready: Draft) -> dict[str, object]:
    """The request without the file itself, which stands beside it."""
    from hashlib import sha256

    file = {
        "is": "report.sarif, gzipped, in base64",
        "gzipped_bytes": len(ready.packed),
        "gzipped_sha256": sha256(ready.packed).hexdigest(),
    }
    return {**ready.body, "sarif": file}


def _awaited(client: Client, upload_id: str) -> str | None:
    """What is to be said of the processing, None where it went well. Raises Refused where it failed."""
    for pause in PAUSES:
        if not client.rest(pause):
            break
        try:
            seen = code_scanning.processing(client, upload_id)
        except Refused as refused:
            return f"uploaded to code scanning; whether it was processed is not known: {refused}"
        if seen.state == "failed":
            raise Refused(_failure(seen.errors))
        if seen.state == "complete":
            return None
    return (
        "uploaded to code scanning, which is still processing it; its page shows what comes of it"
    )


def _failure(errors: tuple[str, ...]) -> str:
    told = [printable(one, 300) for one in errors[:MOST_ERRORS]]
    if len(errors) > MOST_ERRORS:
        told.append(f"and {len(errors) - MOST_ERRORS:,} more")
    reason = "; ".join(told) or "GitHub does not say why"
    return f"code scanning took the upload, but could not process it: {reason}"


def _body(packed: bytes, checkout: Checkout, to: Target) -> dict[str, object]:
    from base64 import b64encode

    return {
        "commit_sha": to.commit,
        "ref": to.ref,
        "sarif": b64encode(packed).decode("ascii"),
        "checkout_uri": _file_uri(checkout.workspace),
        "tool_name": sarif.TOOL,
    }


def _packed(octets: bytes) -> bytes:
    """Gzipped without the time, so that the same text is the same file when it is sent again."""
    from gzip import compress

    return compress(octets, mtime=0)


def _file_uri(folder: str) -> str:
    from urllib.parse import quote

    return f"file:///{quote(folder.strip('/'), safe='/:')}/"


def _revision(report: Report, event: Event | None, to: Target) -> Revision | None:
    """The repository's own address; without an event the report may know it."""
    if event is not None:
        return sarif.Revision(f"{event.server_url}/{event.repository}", to.commit)
    origin = report.origin
    base = (origin.run_url or "").partition("/actions/runs/")[0]
    known = origin.repository and base.endswith(f"/{origin.repository}")
    if not known or origin.commit is None or https(base) != base:
        return None
    return sarif.Revision(base, origin.commit)
