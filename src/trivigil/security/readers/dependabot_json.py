"""GitHub's Dependabot alerts, as the REST API lists them and as a GraphQL answer has them: one finding for each alert.

Format: docs.github.com/rest/dependabot/alerts and the GraphQL object RepositoryVulnerabilityAlert. Dismissed and fixed alerts are listed beside the open ones.
Pages that are not in the file, and errors in a GraphQL answer, make it partial. An answer that is only a message is a failure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import advisory, dependency, lenient, outline, place, scan
from trivigil.security.facts import Finding, Package, Place
from trivigil.security.purl import ecosystem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import Rating, ScanFacts
    from trivigil.sources import Source

TOOL: Final = "dependabot"
FORMAT: Final = "json"
UNIT: Final = "alerts"

_DISMISSED: Final = ("dismissed_reason", "dismissReason", "dismissed_comment", "dismissComment")


def recognises(source: Source) -> bool:
    """Whether it lists alerts of dependencies, answers a query for them, or only says why not."""
    seen = outline.outline(source)
    if seen.opens == "{" and seen.has("message", "documentation_url"):
        return True
    if seen.has("security_advisory", "security_vulnerability"):
        return True
    asked = seen.has("data") and b'"vulnerabilityAlerts"' in source.head
    return asked or outline.nothing(source, TOOL)


def read(source: Source) -> Reading[ScanFacts]:
    """Every alert; those that are dismissed or fixed are accepted."""
    decoded = foreign.load(source, TOOL)
    if isinstance(decoded, dict) and "message" in decoded and "documentation_url" in decoded:
        crashed = f"GitHub answered: {dependency.said(str(decoded['message']))}."
        return scan.reading(source, (TOOL, FORMAT, UNIT), (), crashed=crashed)
    if isinstance(decoded, dict) and "data" in decoded:
        connections = list(_connections(decoded["data"]))
        listed = [each for connection in connections for each in _nodes(connection)]
        missing = [*_errors(decoded), *(said for each in connections for said in _pages(each))]
        if not connections:
            missing.append(
                "The answer has no alerts that could be read: `vulnerabilityAlerts` is null."
            )
    else:
        listed = decoded if isinstance(decoded, list) else [decoded]
        missing = []
    records, left = lenient.objects(listed)
    found, drifted = dependency.every(records, _finding)
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        found,
        incomplete=(*missing, *dependency.few((*left, *drifted))),
    )


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


def _nodes(connection: Fields) -> Iterator[object]:
    nodes = connection.value.get("nodes")
    if isinstance(nodes, list):
        yield from nodes
    for edge in dependency.listed(connection, "edges"):
        yield edge.value.get("node")


def _errors(answer: dict[str, object]) -> Iterator[str]:
    found = dependency.listed(foreign.Fields(answer), "errors")
    yield from scan.listed(
        "GitHub answered", [lenient.text(each, "message") or "" for each in found]
    )


def _pages(connection: Fields) -> Iterator[str]:
    """Whether there are more alerts than the answer has."""
    if not any(isinstance(connection.value.get(key), list) for key in ("nodes", "edges")):
        yield "The answer has neither `nodes` nor `edges`: its alerts were not asked for."
    total = lenient.whole(connection.value.get("totalCount"))
    there = len(list(_nodes(connection)))
    more = lenient.inner(connection, "pageInfo").value.get("hasNextPage") is True
    if more or (total is not None and total > there):
        yield f"The answer is one page of {there} alerts, and there are more."


def _finding(alert: Fields) -> Finding:
    told = lenient.inner(alert, "security_vulnerability")
    if not told.value:
        told = lenient.inner(alert, "securityVulnerability")
    record = lenient.inner(alert, "security_advisory")
    if not record.value:
        record = lenient.inner(told, "advisory")
    named = lenient.inner(told, "package")
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
    found = dependency.listed(record, "identifiers")
    more = lenient.texts(record.value.get("cve_id"))
    return [*more, *(each for one in found if (each := lenient.text(one, "value")))]


def _cwes(record: Fields) -> tuple[int, ...]:
    found = dependency.listed(record, "cwes")
    found = found or dependency.listed(lenient.inner(record, "cwes"), "nodes")
    return lenient.cwes([lenient.text(each, "cwe_id", "cweId") for each in found])


def _ratings(record: Fields, told: Fields) -> Iterator[Rating]:
    yield from dependency.worded(
        "ghsa", lenient.text(told, "severity") or record.value.get("severity")
    )
    scores = lenient.inner(record, "cvss_severities")
    for rated in (
        *(lenient.inner(scores, key) for key in scores.value),
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
    if state == "open" and not lenient.text(alert, "dismissedAt", "dismissed_at"):
        return None
    said = [found for key in _DISMISSED if (found := lenient.text(alert, key))]
    return ": ".join(["dismissed" if state == "open" else state, *said])
