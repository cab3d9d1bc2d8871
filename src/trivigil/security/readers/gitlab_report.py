"""GitLab's security reports, schema 1 to 15: SAST, secrets, dependencies, containers, clusters, DAST, API and coverage fuzzing.

Format: dist/*-report-format.json of gitlab-org/security-products/security-report-schemas. Many scanners write it, and a finding is that
scanner's. Before version 2 the vulnerabilities were a list without a frame. Version 14 has `message`, `category` and `confidence`, version 15 dropped them; a severity may be absent. Extracts of the source, evidence and
details are not kept: there the secret stands.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import advisory, cvss, leak, lenient, manifest, place, scan
from trivigil.security.facts import Finding, Package, Place, Rating
from trivigil.security.outline import outline
from trivigil.security.purl import ecosystem
from trivigil.security.severity import of_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import Kind, ScanFacts
    from trivigil.sources import Source

TOOL: Final = "gitlab"
FORMAT: Final = "security-report"
UNIT: Final = "findings"

_KINDS: Final[dict[str, Kind]] = {
    "sast": "code",
    "secret_detection": "secret",
    "dependency_scanning": "dependency",
    "container_scanning": "dependency",
    "cluster_image_scanning": "dependency",
    "dast": "web",
    "api_fuzzing": "web",
    "coverage_fuzzing": "code",
}
_SECRETS: Final = re.compile(
    r"(?:gitleaks|trufflehog|gitleaks_rule|trufflehog_rule)(?:_id)?", re.IGNORECASE
)
_IAC: Final = re.compile(r"(?:kics|checkov|tfsec|trivy_misconfig)(?:_id|_type)?", re.IGNORECASE)
_WEAKNESSES: Final = ("cwe", "owasp", "wasc")
_NAMES: Final = {"zaproxy": "zap", "find_sec_bugs": "spotbugs"}


def recognises(source: Source) -> bool:
    """Whether its vulnerabilities have identifiers and a location, or it has a scan with a scanner, or GitLab's remediations or lists of dependencies; a list of such vulnerabilities."""
    seen = outline(source)
    if seen.opens == "[":
        return seen.has("category", "cve", "identifiers", "location")
    if seen.opens != "{" or not seen.has("vulnerabilities") or seen.has("report_meta"):
        return False
    if seen.below("vulnerabilities", "identifiers", "location"):
        return True
    scanned = seen.below("scan", "scanner") or seen.below("scan", "analyzer")
    listed = seen.keys & {"remediations", "dependency_files"}
    return scanned or (seen.has("version") and bool(listed)) or source.tool == TOOL


def read(source: Source) -> Reading[ScanFacts]:
    """Every vulnerability. A scan that says it failed is crashed where it lists nothing, else partial."""
    decoded = foreign.load(source, TOOL)
    framed = {"vulnerabilities": decoded} if isinstance(decoded, list) else decoded
    report = foreign.root(framed, TOOL)
    records, left = lenient.objects(report.value.get("vulnerabilities"), "vulnerabilities")
    about = lenient.inner(report, "scan")
    failed = lenient.text(about, "status") == "failure"
    said = "The scan says that it failed."
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [_with_ecosystem(_finding(record, about), record) for record in records],
        incomplete=(
            *left,
            *((said,) if failed and records else ()),
            *scan.listed("The scanner says:", list(_messages(about))),
        ),
        crashed=said if failed and not records else None,
        version=lenient.text(lenient.inner(about, "scanner"), "version"),
        scanned_at=lenient.moment(about.value.get("end_time")),
    )


def _messages(about: Fields) -> Iterator[str]:
    """What the scan says of its failures; `info` and `warn` are talk."""
    messages = about.value.get("messages")
    for each in lenient.within(messages)[0]:
        if (lenient.text(each, "level") or "").lower() in ("fatal", "error"):
            yield lenient.text(each, "value") or "an error"


def _finding(record: Fields, about: Fields) -> Finding:
    named = _identifiers(record)
    tool, kind = _tool(record, about), _kind(record, about, named)
    known = tuple(_advisories(named))
    rule = _rule(record, named, known if kind == "dependency" else ())
    title = lenient.text(record, "name", "message") or rule
    where = lenient.inner(record, "location")
    help_uri = next((uri for each in named if (uri := _uri(each))), None)
    if kind == "secret":
        extract = leak.digest_of(record.value.get("raw_source_code_extract"))
        # A message may quote the secret, which a name does not.
        title = lenient.text(record, "name") or rule
        secret = leak.finding(tool, rule, _place(where), extract, title=title, help_uri=help_uri)
        return secret._replace(ratings=tuple(_ratings(record, tool)))
    return Finding(
        tool=tool,
        kind=kind,
        id=rule,
        title=title,
        place=_web(where) if kind == "web" else _place(where),
        description=lenient.text(record, "description") or "",
        aliases=known,
        cwes=lenient.cwes([lenient.text(each, "value") for each in named if _type(each) == "cwe"]),
        ratings=tuple(_ratings(record, tool)),
        confidence=_confidence(record),
        package=_package(where) if kind == "dependency" else None,
        fix=lenient.text(record, "solution"),
        help_uri=help_uri,
        malicious=kind == "dependency" and advisory.is_malware(known),
    )


def _identifiers(record: Fields) -> tuple[Fields, ...]:
    listed = record.value.get("identifiers")
    return lenient.within(listed)[0]


def _type(identifier: Fields) -> str:
    return (lenient.text(identifier, "type") or "").lower()


def _uri(identifier: Fields) -> str | None:
    uri = lenient.text(identifier, "url") or ""
    return uri if uri.startswith(("https://", "http://")) else None


def _tool(record: Fields, about: Fields) -> str:
    """The scanner of the record, else of the scan."""
    own = lenient.text(lenient.inner(record, "scanner"), "id")
    name = own or lenient.text(lenient.inner(about, "scanner"), "id") or TOOL
    return _NAMES.get(name.lower(), name.lower().replace("_", "-"))


def _kind(record: Fields, about: Fields, named: Sequence[Fields]) -> Kind:
    """By the scan's type; one of code may be of secrets or of infrastructure all the same, and an unknown one by its location."""
    where = lenient.inner(record, "location")
    stated = lenient.text(about, "type") or lenient.text(record, "category") or ""
    kind = _KINDS.get(stated) or _by_location(where)
    if kind == "code" and any(_is(_SECRETS, each) for each in named):
        return "secret"
    if kind == "code" and any(_is(_IAC, each) for each in named):
        secret = any((lenient.text(each, "value") or "").startswith("CKV_SECRET") for each in named)
        return "secret" if secret else "iac"
    if kind == "dependency" and _package(where) is None:
        return "image" if lenient.text(where, "image") else "code"
    return kind


def _is(pattern: re.Pattern[str], identifier: Fields) -> bool:
    return pattern.fullmatch(_type(identifier)) is not None


def _by_location(where: Fields) -> Kind:
    if lenient.text(lenient.inner(where, "dependency", "package"), "name"):
        return "dependency"
    return "web" if lenient.text(where, "hostname") else "code"


def _advisories(named: Sequence[Fields]) -> Iterator[str]:
    for each in named:
        value = lenient.text(each, "value") or ""
        if advisory.is_known(value):
            yield advisory.normal(value)


def _rule(record: Fields, named: Sequence[Fields], known: Sequence[str]) -> str:
    """Of a dependency the advisory, else what the scanner calls its rule, which its first identifier says."""
    if known:
        return advisory.leading(known)
    values = [
        value
        for each in named
        if _type(each) not in _WEAKNESSES and (value := lenient.text(each, "value"))
    ]
    return next(iter(values), None) or lenient.text(record, "id") or "unknown rule"


def _place(where: Fields) -> Place:
    path = lenient.text(where, "file")
    known = lenient.text(where, "image")
    return Place(
        path=place.path(path) if path else None,
        line=lenient.line(where.value.get("start_line")),
        end_line=lenient.line(where.value.get("end_line")),
        image=known if known and known != "Unknown" else None,
    )


def _web(where: Fields) -> Place:
    host, path = lenient.text(where, "hostname") or "", lenient.text(where, "path") or ""
    return Place(
        url=place.address(f"{host.rstrip('/')}/{path.lstrip('/')}") or None,
        method=lenient.text(where, "method"),
        parameter=lenient.text(where, "param"),
    )


def _package(where: Fields) -> Package | None:
    dependency = lenient.inner(where, "dependency")
    name = lenient.text(lenient.inner(dependency, "package"), "name")
    if name is None:
        return None
    return Package(name=name, version=lenient.text(dependency, "version"))


def _with_ecosystem(found: Finding, record: Fields) -> Finding:
    """The ecosystem of a package, by its manifest or by the system of its image, which the report does not say itself."""
    if found.package is None:
        return found
    system = lenient.text(lenient.inner(record, "location"), "operating_system") or ""
    by_image = ecosystem(re.split(r"[ :]", system)[0]) if system != "Unknown" else None
    known = manifest.ecosystem(found.place.path) or by_image
    return found._replace(package=found.package._replace(ecosystem=known))


def _ratings(record: Fields, tool: str) -> Iterator[Rating]:
    """The scanner's word, and the vectors of whoever gave one."""
    word = lenient.text(record, "severity")
    yield Rating(tool, "word", of_word(word), word=word)
    vectors = record.value.get("cvss_vectors")
    for each in lenient.within(vectors)[0]:
        if vector := lenient.text(each, "vector"):
            yield cvss.rating(lenient.text(each, "vendor") or tool, vector)


def _confidence(record: Fields) -> str | None:
    """Low where the scanner itself takes it for a false alarm, which keeps it a finding."""
    flags = record.value.get("flags")
    for each in lenient.within(flags)[0]:
        if lenient.text(each, "type") == "flagged-as-likely-false-positive":
            return "low"
    return lenient.confidence(record.value.get("confidence"))
