"""The check run: one for each watch, on the pull request's head commit and never the merge commit.

It is created completed, because a workflow's token may not change the status of a run later
(LouisBrunner/checks-action#369 and others differ on runs of our own), and further annotations are
appended 50 at a time by changing only its output. Limits: OpenAPI, `checks/create`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from trivigil.core.untrusted import printable
from trivigil.github.client import ANNOTATIONS_PER_CALL
from trivigil.github.refusal import Refused
from trivigil.publish import section as sections

if TYPE_CHECKING:
    from collections.abc import Callable

    from trivigil.github.client import Client
    from trivigil.github.records import Annotation, CheckRun
    from trivigil.publish.section import Section
    from trivigil.publish.texts import Texts

TITLE_CHARS: Final = 255
SUMMARY_ROOM: Final = 64_500
"""Characters and bytes, below 65,535 with room for what is said about left out annotations."""
MOST_ANNOTATIONS: Final = 500
"""Ten calls; nobody reads beyond that, and the report has them all."""


class Draft(NamedTuple):
    """A check run ready to be sent: the first request, and the annotations of the following ones."""

    body: dict[str, object]
    output: dict[str, object]
    batches: tuple[tuple[Annotation, ...], ...]


class Outcome(NamedTuple):
    """The check run as GitHub has it, and what is to be told."""

    run: CheckRun
    notes: tuple[str, ...] = ()


def draft(own: Section, texts: Texts, annotations: tuple[Annotation, ...]) -> Draft:
    """The exact requests for a section's check run. Pure."""
    sent = annotations[:MOST_ANNOTATIONS]
    batches = tuple(
        sent[start : start + ANNOTATIONS_PER_CALL]
        for start in range(0, len(sent), ANNOTATIONS_PER_CALL)
    )
    output: dict[str, object] = {
        "title": printable(own.headline, TITLE_CHARS) or own.name,
        "summary": _summary(texts, len(annotations) - len(sent)),
        "text": sections.encode(own),
    }
    first = [one.to_json() for one in batches[0]] if batches else []
    body: dict[str, object] = {
        "name": sections.check_name(own.name),
        "head_sha": own.head_sha,
        "external_id": sections.identity(own.name),
        "status": "completed",
        "conclusion": own.verdict,
        "output": {**output, "annotations": first},
    }
    return Draft(body, output, batches[1:])


def _summary(texts: Texts, left_out: int) -> str:
    text = texts.markdown(chars=SUMMARY_ROOM, bytes_=SUMMARY_ROOM, elsewhere="the report file")
    if left_out:
        text += f"\n\n{left_out:,} more annotations are left out; the report has them all."
    return text


def publish(client: Client, own: Section, ready: Draft) -> Outcome:
    """Create the check run and append what does not fit into one request. Raises Refused."""
    run = client.create_check_run(ready.body, _same_as(own))
    for number, batch in enumerate(ready.batches):
        try:
            run = client.append_annotations(run, ready.output, batch)
        except Refused as refused:
            missing = sum(len(rest) for rest in ready.batches[number:])
            return Outcome(run, (f"{missing} annotations are missing in the check run: {refused}",))
    return Outcome(run)


def _same_as(own: Section) -> Callable[[CheckRun], bool]:
    """Recognises the check run whose creation was not answered: same watch, same run."""

    def same(run: CheckRun) -> bool:
        kept = sections.decode(run.text)
        ours = run.external_id == sections.identity(own.name)
        return ours and kept is not None and kept.age == own.age

    return same
