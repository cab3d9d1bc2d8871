"""GitHub's Dependabot alerts, as the REST API lists them and as a GraphQL answer has them: one finding for each alert.

Format: docs.github.com/rest/dependabot/alerts and the GraphQL object RepositoryVulnerabilityAlert. Dismissed and fixed alerts are listed beside the open ones.
Pages may stand one after another, or in a list, as `gh api --paginate` saves them. Those that are not in the file, and errors in a GraphQL answer,
make it partial. An answer that is only a message is a failure. The event of a webhook has one alert, and is partial.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import advisory, dependency, lenient, outline, place, scan
from trivigil.security.facts import Finding, Package, Place
from trivigil.security.purl import ecosystem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import Rating, ScanFacts
    from trivigil.sources import Source

TOOL: Final = "dependabot"
FORMAT: Final = "json"
UNIT: Final = "alerts"

_REFUSED: Final = {"message", "documentation_url"}
"""What an answer has that says why there are no alerts."""
_ALERT: Final = {
    "security_advisory",
    "security_vulnerability",
    "securityVulnerability",
    "dependency",
}
"""What an alert has at least one of."""
_SETTLED: Final = ("auto_dismissed", "dismissed", "fixed")
"""States of an alert that is none any more; whatever else there is counts as open."""
_DISMISSED_AT: Final = ("dismissedAt", "dismissed_at", "autoDismissedAt", "auto_dismissed_at")
_DISMISSED: Final = ("dismissed_reason", "dismissReason", "dismissed_comment", "dismissComment")


def recognises(source: Source) -> bool:
    """Whether it lists alerts of dependencies, answers a query for them, or only says why not."""
    seen = outline.outline(source)
    if seen.opens == "{" and seen.has(*_REFUSED):
        return True
    if seen.has("security_advisory") and seen.keys & {"security_vulnerability", "dependency"}:
        return True
    if seen.below("alert", "security_advisory"):
        return True
    asked = seen.has("data") and b'"vulnerabilityAlerts"' in source.head
    return asked or outline.nothing(source, TOOL)


def read(source: Source) -> Reading[ScanFacts]:
    """Every alert; those that are dismissed or fixed are accepted."""
    documents, left = lenient.documents(source, TOOL, null=False)
    refused = [each for each in documents if each.value.keys() >= _REFUSED]
    said = [f"GitHub answered: {dependency.said(str(each.value['message']))}." for each in refused]
    if refused and len(refused) == len(documents):
        return scan.reading(source, (TOOL, FORMAT, UNIT), (), crashed=said[0])
    listed, missing = _answered([each for each in documents if "data" in each.value])
    nodes, odd = lenient.objects(listed)
    others = tuple(
        each for each in documents if "data" not in each.value and not each.value.keys() >= _REFUSED
    )
    events = [isinstance(each.value.get("alert"), dict) for each in others]
    alone = ("It is an event of a webhook: of one alert, and no list of them.",)
    others = tuple(
        lenient.inner(each, "alert") if is_event else each
        for each, is_event in zip(others, events, strict=True)
    )
    alerts, left = lenient.of_tool((others, left), "Dependabot", _ALERT)
    records = (*alerts, *nodes)
    found, drifted = dependency.every(records, _finding)
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        found,
        incomplete=(
            *said,
            *missing,
            *(alone if any(events) else ()),
            *dependency.few((*left, *odd, *drifted)),
        ),
    )


def _answered(answers: Sequence[Fields]) -> tuple[list[object], list[str]]:
    """The alerts of GraphQL answers, several of which are the pages of one, and what is missing of them."""
    if not answers:
        return [], []
    missing = [said for each in answers for said in _errors(each)]
    connections = [list(_connections(each.value["data"])) for each in answers]
    alerts = [node for page in connections for each in page for node in _nodes(each)]
    if not all(connections):
        missing.append(
            "The answer has no alerts that could be read: `vulnerabilityAlerts` is null."
        )
    if len(answers) > 1 and not alerts:
        missing.append("There are several answers in it, and none of them has an alert.")
    there = len(alerts) if len(answers) > 1 else None
    missing += [said for each in connections[-1] for said in _pages(each, there)]
    if _more_repositories(answers[-1].value["data"]):
        missing.append("The answer is one page of repositories, and there are more.")
    return alerts, missing


def _connections(value: object) -> Iterator[Fields]:
    """Every `vulnerabilityAlerts` in an answer, wherever the query asked for it."""
    due = [value]
    while due:
        each = due.pop()
        if isinstance(each, list):
            due += reversed(each)
        elif isinstance(each, dict):
            for key, inner in each.items():
                if key == "vulnerabilityAlerts" and isinstance(inner, dict):
                    yield foreign.Fields(inner, key)
                else:
                    due.append(inner)


def _more_repositories(value: object) -> bool:
    """Whether what the alerts stand in, such as a search for repositories, has another page."""
    due = [value]
    while due:
        each = due.pop()
        if isinstance(each, list):
            due += each
        elif isinstance(each, dict):
            page = each.get("pageInfo")
            if isinstance(page, dict) and page.get("hasNextPage") is True:
                return True
            due += [inner for key, inner in each.items() if key != "vulnerabilityAlerts"]
    return False


def _nodes(connection: Fields) -> Iterator[object]:
    nodes = connection.value.get("nodes")
    if isinstance(nodes, list):
        yield from nodes
    for edge in lenient.listed(connection, "edges"):
        yield edge.value.get("node")


def _errors(answer: Fields) -> Iterator[str]:
    found = lenient.listed(answer, "errors")
    yield from scan.listed(
        "GitHub answered", [lenient.text(each, "message") or "" for each in found]
    )


def _pages(connection: Fields, read: int | None) -> Iterator[str]:
    """Whether there are more alerts than the answer has, or than were `read` of several."""
    if not any(isinstance(connection.value.get(key), list) for key in ("nodes", "edges")):
        yield "The answer has neither `nodes` nor `edges`: its alerts were not asked for."
    total = lenient.whole(connection.value.get("totalCount"))
    there = len(list(_nodes(connection))) if read is None else read
    more = lenient.inner(connection, "pageInfo").value.get("hasNextPage") is True
    if more or (total is not None and total > there):
        yield f"The answer is one page of {there} alerts, and there are more."


def _finding(alert: Fields) -> Finding:
    told = lenient.inner(alert, "security_vulnerability")
    if not told.value:
        told = lenient.inner(alert, "securityVulnerability")
    about = (
        lenient.inner(alert, "security_advisory"),
        lenient.inner(alert, "securityAdvisory"),
        lenient.inner(told, "advisory"),
    )
    record = next((each for each in about if each.value), about[0])
    named = lenient.inner(told if told.value else lenient.inner(alert, "dependency"), "package")
    name = lenient.text(named, "name") or "unknown package"
    ids = _ids(record)
    own = lenient.text(record, "ghsa_id", "ghsaId") or next(iter(ids), "unknown advisory")
    path = lenient.text(lenient.inner(alert, "dependency"), "manifest_path")
    path = path or lenient.text(alert, "vulnerableManifestPath")
    return Finding(
        tool=TOOL,
        kind="dependency",
        id=own,
        title=lenient.text(record, "summary") or f"{name} has {own}",
        place=Place(path=place.path(path) if path else None),
        description=dependency.paragraph(lenient.text(record, "description")),
        aliases=dependency.aliases(own, ids),
        cwes=_cwes(record),
        ratings=tuple(_ratings(record, told)),
        package=Package(
            name=name,
            version=_version(alert),
            ecosystem=ecosystem(lenient.text(named, "ecosystem")),
            fixed=tuple(_fixed(told)),
        ),
        help_uri=f"https://github.com/advisories/{own}" if own.startswith("GHSA-") else None,
        malicious=lenient.text(record, "classification") == "MALWARE" or advisory.is_malware(ids),
        accepted=_accepted(alert),
    )


def _ids(record: Fields) -> list[str]:
    found = lenient.listed(record, "identifiers")
    more = lenient.texts(record.value.get("cve_id"))
    linked = advisory.found(lenient.text(record, "permalink") or "")
    return [*more, *(each for one in found if (each := lenient.text(one, "value"))), *linked]


def _cwes(record: Fields) -> tuple[int, ...]:
    found = lenient.listed(record, "cwes")
    found = found or lenient.listed(lenient.inner(record, "cwes"), "nodes")
    return lenient.cwes([lenient.text(each, "cwe_id", "cweId") for each in found])


def _ratings(record: Fields, told: Fields) -> Iterator[Rating]:
    yield from dependency.worded(
        "ghsa", lenient.text(told, "severity") or record.value.get("severity")
    )
    scores = [lenient.inner(record, key) for key in ("cvss_severities", "cvssSeverities")]
    for rated in (
        *(lenient.inner(each, key) for each in scores for key in each.value),
        lenient.inner(record, "cvss"),
    ):
        vector = lenient.text(rated, "vector_string", "vectorString")
        yield from dependency.scored("ghsa", vector, rated.value.get("score"))


def _fixed(told: Fields) -> Iterator[str]:
    for key in ("first_patched_version", "firstPatchedVersion"):
        if (version := lenient.text(lenient.inner(told, key), "identifier")) is not None:
            yield version


def _version(alert: Fields) -> str | None:
    """GraphQL's `= 1.2.3`; REST does not say it."""
    asked = lenient.text(alert, "vulnerableRequirements") or ""
    return asked.removeprefix("= ") if asked.startswith("= ") else None


def _accepted(alert: Fields) -> str | None:
    """Why an alert is not open."""
    state = (lenient.text(alert, "state") or "open").lower()
    settled = state in _SETTLED
    if not settled and lenient.text(alert, "fixedAt", "fixed_at"):
        return "fixed"
    if not settled and not lenient.text(alert, *_DISMISSED_AT):
        return None
    said = [found for key in _DISMISSED if (found := lenient.text(alert, key))]
    return ": ".join([state if settled else "dismissed", *said])
