"""Everything that is to be published of one report, prepared once. Pure."""

from __future__ import annotations

from functools import partial
from itertools import compress
from typing import TYPE_CHECKING, Final, NamedTuple

from trivigil.core.gate import conclude
from trivigil.publish import check_run, delta, issue, section, texts
from trivigil.publish.annotations import collect
from trivigil.publish.comment import Place
from trivigil.publish.issue import Wishes

if TYPE_CHECKING:
    from trivigil.core.incident import Incident
    from trivigil.core.report import Report
    from trivigil.github.event import Event
    from trivigil.github.records import Annotation
    from trivigil.publish.annotations import Checkout
    from trivigil.publish.changed_lines import Diff
    from trivigil.publish.check_run import Draft
    from trivigil.publish.issue import Draft as IssueDraft
    from trivigil.publish.section import Section
    from trivigil.publish.texts import Texts

NO_COMMIT: Final = "0" * 40


class Publication(NamedTuple):
    """A report with its words, its section, its check run and its annotations."""

    report: Report
    event: Event | None
    texts: Texts
    section: Section
    annotations: tuple[Annotation, ...]
    check_run: Draft
    place: Place | None
    """The pull request, where there is one."""
    checkout: Checkout
    issues: tuple[IssueDraft, ...]
    """One for each incident of the report."""


def prepare(
    report: Report,
    event: Event | None,
    checkout: Checkout,
    *,
    artifact_url: str | None = None,
    wishes: Wishes = Wishes(),  # noqa: B008 -- immutable
) -> Publication:
    """What the channels carry. Outside Actions the run counts as the first of its commit."""
    words = texts.of(report, artifact_url)
    own = section.of(
        report,
        words,
        run=(event.run_id, event.run_attempt) if event else (1, 1),
        head_sha=event.head_sha if event else report.origin.commit or NO_COMMIT,
    )
    incidents = issue.incidents_of(report, event)
    own = own._replace(incidents=issue.sayings(incidents))
    about = partial(
        issue.draft,
        watch=report.action,
        generated_at=report.generated_at,
        event=event,
        wishes=wishes,
    )
    remarks = collect(report, checkout)
    number = event.pull_number if event else None
    place = Place(event.repository, number) if event and number is not None else None
    return Publication(
        report,
        event,
        words,
        own,
        remarks,
        check_run.draft(own, words, remarks),
        place,
        checkout,
        tuple(about(one, section=_of_its_own(report, one, own, artifact_url)) for one in incidents),
    )


def _of_its_own(
    report: Report, incident: Incident, whole: Section, artifact_url: str | None
) -> Section:
    """What an issue says: the report, or the part of it that the incident is about."""
    if incident.about is None or incident.says == "silent":
        return whole
    part = _part(report, frozenset(incident.about))
    part = part._replace(conclusion=conclude(part.results, (), 1))
    words = texts.of(part, artifact_url)
    return section.of(part, words, run=(whole.run_id, whole.run_attempt), head_sha=whole.head_sha)


def _part(report: Report, about: frozenset[str]) -> Report:
    if report.action == "monitor":
        from trivigil.monitor.incidents import part

        return part(report, about)
    wanted = map(about.__contains__, report.fingerprints)
    return report._replace(results=tuple(compress(report.results, wanted)))


def since(ready: Publication, last: Section | None) -> Publication:
    """The same with what changed since the watch's last section on another commit, where that is known.

    It stands in the check run and is kept with it, so that every writer of the comment tells the same.
    """
    then = delta.before(last, ready.section.head_sha)
    if then is None:
        return ready
    report, own = ready.report, ready.section
    words = texts.telling(ready.texts, delta.compare(report, then), report.origin)
    run = (own.run_id, own.run_attempt)
    told = section.of(report, words, run=run, head_sha=own.head_sha, before=then)
    told = told._replace(incidents=own.incidents)
    return ready._replace(
        texts=words,
        section=told,
        check_run=check_run.draft(told, words, ready.annotations),
        issues=tuple(
            one._replace(section=told) if one.incident.about is None else one
            for one in ready.issues
        ),
    )


def nearest_first(ready: Publication, diff: Diff) -> Publication:
    """The same with the annotations on the diff's lines before all others."""
    annotations = collect(ready.report, ready.checkout, diff)
    return ready._replace(
        annotations=annotations,
        check_run=check_run.draft(ready.section, ready.texts, annotations),
    )
