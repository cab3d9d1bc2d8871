"""Findings as SARIF 2.1.0, in the part of it that GitHub's code scanning reads.

Only failed results that nobody accepted are written, because code scanning takes what an upload does not hold as fixed. It shows nothing without a
place in the repository: what has none, as findings in an image or a running application, stands at a file that speaks of these, and is left out
where there is none. What is left out is counted and said.
Sources: OASIS SARIF 2.1.0; docs.github.com, "SARIF support for code scanning" (which properties are used, their lengths)
and the REST page "Upload an analysis as SARIF data" (how many of what).
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from heapq import nsmallest
from itertools import compress, count, repeat, starmap
from operator import attrgetter, is_, is_not
from typing import TYPE_CHECKING, Final, NamedTuple

from trivigil.core import collector
from trivigil.core.result import Severity
from trivigil.core.untrusted import visible
from trivigil.render.escape import address, code_span, inline, link, unlinked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from trivigil.core.report import Report
    from trivigil.core.result import Result

TOOL: Final = "Trivigil"
HOME: Final = "https://github.com/trivigil/trivigil"
SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT: Final = "%SRCROOT%"
"""The base of all paths, by the name that SARIF's own tools use: the top of the repository."""

MOST_RESULTS: Final = 5_000
"""Code scanning takes 25,000 results in a run and keeps 5,000; which ones is better decided here."""
_TEXTS: Final = 4_096
"""Names, paths, ids and titles, which many results share."""
MOST_TAGS: Final = 10
"""Of a rule; 20 are taken and 10 kept."""
TAG_CHARS: Final = 100
NAME_CHARS: Final = 255
DESCRIPTION_CHARS: Final = 1024
MESSAGE_CHARS: Final = 2000

_LEVELS: Final = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
    Severity.UNKNOWN: "warning",
}
_PROBLEMS: Final = {"error": "error", "warning": "warning", "note": "recommendation"}
_SCORES: Final = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
}
"""The middles of code scanning's bands; what has no score here has no security severity there."""
_BANDS: Final = {
    Severity.CRITICAL: (9.0, 10.0),
    Severity.HIGH: (7.0, 8.9),
    Severity.MEDIUM: (4.0, 6.9),
    Severity.LOW: (0.1, 3.9),
}
"""What code scanning makes of a score; who says `high` and 9.8 at once would be critical there, and high everywhere else."""

_KIND: Final = attrgetter("kind")
_IDENTITY: Final = attrgetter("identity")
_PATH: Final = attrgetter("location.path")
_SEVERITY: Final = attrgetter("severity")

_LINK: Final = re.compile(r"(?<=\])(?=\s*[(\[:])")
_TAG: Final = re.compile(r"(?<=<)(?=[A-Za-z/!?])")
_ENTITY: Final = re.compile(r"(?<=&)(?=[#A-Za-z])")
_PLACEHOLDER: Final = re.compile(r"(?<=\{)(?=\d)")
_PATTERNS: Final = (("]", _LINK), ("<", _TAG), ("&", _ENTITY), ("{", _PLACEHOLDER))
"""What is broken, by the character without which there is none."""
_WEAKNESS: Final = re.compile(r"CWE-(\d{1,5})", re.IGNORECASE)
_MOST_CWE: Final = 100_000
_ZERO_WIDTH: Final = "\u200b"


class Revision(NamedTuple):
    """Which commit of which repository was looked at."""

    repository_uri: str
    commit: str


class Log(NamedTuple):
    """A SARIF log, how many results are in it, and what is to be said of those that are not."""

    document: dict[str, object]
    shown: int
    notes: tuple[str, ...]


class Anchors(NamedTuple):
    """Files of the repository at which findings are shown that have no place in it; None where there is none."""

    image: str | None = None
    """Where the image is built."""
    other: str | None = None
    """Where it is said what is looked at, such as the workflow."""

    def of(self, result: Result) -> str | None:
        """The one for a finding; none for one of which nothing is told."""
        if result.evidence.get("withheld"):
            return None
        return (self.image if result.evidence.get("image") else None) or self.other


class _Columns(NamedTuple):
    """Findings, and beside each where in the repository it is."""

    results: list[Result]
    paths: list[str]


class _Placed(NamedTuple):
    """A finding, where in the repository it is, and the how-manieth of its fingerprint it is."""

    result: Result
    path: str
    occurrence: int


def render(
    report: Report,
    place: Callable[[str | None], str | None],
    revision: Revision | None,
    *,
    most: int = MOST_RESULTS,
    anchors: Anchors = Anchors(),  # noqa: B008 (it never changes)
    unfit: str | None = None,
) -> Log:
    """The report's findings as one run, worst first, at most so many.

    `place` turns a location's path into one relative to the repository, None where it is not in it. `unfit` says why the report is not whole.
    """
    kinds = Counter(map(_KIND, report.findings))
    with collector.paused():
        placed = _placed(report, place, anchors)
        # Cut before anything is rendered: what is left out costs no more than being ranked.
        kept = _worst(placed, most)
    notes = tuple(_notes(kinds, placed=len(placed.results), kept=len(kept)))
    run = _run(report, kept, revision, _invocation(notes, unfit))
    document: dict[str, object] = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return Log(document, len(kept), notes)


def category(name: str) -> str:
    """What tells the analyses of one commit apart: an upload replaces the one of its category."""
    return f"trivigil/{visible(name)[:NAME_CHARS] or 'unnamed'}/"


def _placed(
    report: Report, place: Callable[[str | None], str | None], anchors: Anchors
) -> _Columns:
    """What failed and has a place, or is anchored; each path is asked for once."""
    failed = list(compress(report.findings, map("fail".__eq__, map(_KIND, report.findings))))
    paths = list(map(_PATH, failed))
    known = {path: place(path) for path in dict.fromkeys(paths)}
    found = list(map(known.__getitem__, paths))
    if any(anchors) and None in known.values():
        for position in compress(range(len(found)), map(is_, found, repeat(None))):
            found[position] = anchors.of(failed[position])
            failed[position] = _anchored(failed[position])
    inside = map(is_not, found, repeat(None))
    return _Columns(list(compress(failed, inside)), [path for path in found if path is not None])


def _anchored(result: Result) -> Result:
    """With its place in its words, because where it is shown is another."""
    name = result.location.name
    said = f"{result.message.rstrip('.')} ({name})"
    return result._replace(
        message=result.message if name in result.message else said,
        location=result.location._replace(line=None),
    )


def _occurrences(placed: _Columns) -> Sequence[int]:
    """Which of those alike each one is. It follows from where they are, not from rank."""
    results, paths = placed
    numbers = [1] * len(results)
    identities = set(map(_IDENTITY, results))
    if len(identities) == len(results) and "" not in identities:
        return numbers
    # What the fingerprint is made of: results that agree in it are alike.
    same: list[tuple[str, ...]] = [
        (r.identity, r.profile or "")
        if r.identity
        else (r.rule.id, r.location.name, r.profile or "")
        for r in results
    ]
    numbered = Counter(same)
    alike: dict[tuple[str, ...], list[int]] = {}
    for index, key in enumerate(same):
        if numbered[key] > 1:
            alike.setdefault(key, []).append(index)
    for found in alike.values():
        found.sort(key=lambda at: (paths[at], results[at].location.line or 1, results[at].message))
        for nth, index in enumerate(found, start=1):
            numbers[index] = nth
    return numbers


def _worst(placed: _Columns, most: int) -> list[_Placed]:
    """At most so many, worst first: severity as code scanning itself orders, then by where they are."""
    severities = list(map(_SEVERITY, placed.results))
    least = _least(Counter(severities), most)
    rows = zip(placed.results, placed.paths, _occurrences(placed), strict=True)
    near = list(starmap(_Placed, compress(rows, map(least.__le__, severities))))
    ranks = zip(
        [-one.result.severity for one in near],
        [not one.result.gates for one in near],
        [-_excess(one.result) for one in near],
        [one.path for one in near],
        [one.occurrence for one in near],
        [one.result.location.line or 1 for one in near],
        [one.result.message for one in near],
        count(),
        strict=False,  # the count goes on
    )
    return [near[rank[-1]] for rank in nsmallest(most, ranks)]


def _least(numbers: Mapping[Severity, int], most: int) -> Severity:
    """The lowest severity of which any could be among so many of the worst."""
    total = 0
    for severity in sorted(numbers, reverse=True):
        total += numbers[severity]
        if total >= most:
            return severity
    return Severity.UNKNOWN


def _excess(result: Result) -> float:
    excess = result.evidence.get("excess")
    return float(excess) if isinstance(excess, int | float) else 0.0


def _notes(kinds: Mapping[str, int], *, placed: int, kept: int) -> Iterable[str]:
    if placed > kept:
        left_out = _counted(placed - kept, "finding")
        yield f"{left_out} left out of code scanning, which gets the {kept:,} worst"
    if kinds["fail"] > placed:
        placeless = _counted(kinds["fail"] - placed, "finding")
        yield f"{placeless} not in code scanning, for want of a place in the repository"
    if undecided := kinds["open"]:
        yield (
            f"{_counted(undecided, 'undecided result')} not in code scanning, where an alert of such a "
            "result counts as fixed until it fails again"
        )


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun} is" if count == 1 else f"{count:,} {noun}s are"


def _run(
    report: Report,
    kept: Sequence[_Placed],
    revision: Revision | None,
    invocation: Mapping[str, object],
) -> dict[str, object]:
    from trivigil import __version__

    rules = _rules(report, kept)
    order = {rule_id: index for index, rule_id in enumerate(rules)}
    driver = {
        "name": TOOL,
        "informationUri": HOME,
        "version": __version__,
        "rules": list(rules.values()),
    }
    run: dict[str, object] = {
        "tool": {"driver": driver},
        "automationDetails": {"id": category(report.name)},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The top of the repository."}}},
        "invocations": [invocation],
        "results": [_result(one, order) for one in kept],
    }
    if revision is not None:
        run["versionControlProvenance"] = [
            {
                "repositoryUri": revision.repository_uri,
                "revisionId": revision.commit,
                "mappedTo": {"uriBaseId": ROOT},
            }
        ]
    return run


def _invocation(notes: Sequence[str], unfit: str | None) -> dict[str, object]:
    """Whether the run is whole, and what is said of it."""
    said = [*((("error", unfit),) if unfit else ()), *(("note", note) for note in notes)]
    return {
        "executionSuccessful": unfit is None,
        "toolExecutionNotifications": [
            {"level": level, "message": {"text": text}} for level, text in said
        ],
    }


def _rules(report: Report, kept: Sequence[_Placed]) -> dict[str, dict[str, object]]:
    """The rules of the results by id, sorted; each is as severe as the worst of its results."""
    worst: dict[str, Result] = {}
    for one in kept:
        key = _rule_id(one.result.rule.id)
        known = worst.get(key)
        if known is None or one.result.severity > known.severity:
            worst[key] = one.result
    return {key: _rule(report, key, worst[key]) for key in sorted(worst)}


def _rule(report: Report, key: str, worst: Result) -> dict[str, object]:
    title = _plain(worst.rule.title, DESCRIPTION_CHARS) or key
    level = _LEVELS[worst.severity]
    target = address(worst.rule.help_uri or "")
    rule: dict[str, object] = {
        "id": key,
        "name": _plain(worst.rule.title, NAME_CHARS) or key,
        "shortDescription": {"text": title},
        "fullDescription": {"text": title},
        "defaultConfiguration": {"level": level},
        "help": _help(worst, key, target),
        "properties": {"tags": _tags(report, worst), **_weight(report, worst)},
    }
    if target is not None:
        rule["helpUri"] = target
    return rule


def _help(result: Result, key: str, target: str | None) -> dict[str, str]:
    """Plain text and Markdown; both are required, and neither may be empty."""
    title = result.rule.title[:DESCRIPTION_CHARS].strip() or key
    lines = [f"**{inline(title)}**", f"Rule {code_span(key)}, judged by {TOOL}."]
    text = f"{_plain(title, DESCRIPTION_CHARS)}. Rule {_plain(key, NAME_CHARS)}, judged by {TOOL}."
    if target is not None:
        lines.append(link("How to mend it", target))
        text += f" How to mend it: {target}"
    return {"text": text, "markdown": "\n\n".join(lines)}


def _tags(report: Report, result: Result) -> list[str]:
    """The watch, `security` where it is, and the rule's other names; CWEs as code scanning knows them."""
    names = [report.action, *_weaknesses(result)]
    names += (_tag(alias) for alias in result.rule.aliases)
    return list(dict.fromkeys(visible(name)[:TAG_CHARS] for name in names if name))[:MOST_TAGS]


def _weaknesses(result: Result) -> Iterable[str]:
    cwes = result.evidence.get("cwes")
    for cwe in cwes if isinstance(cwes, list | tuple) else ():
        if isinstance(cwe, int) and 0 < cwe < _MOST_CWE:
            yield f"external/cwe/cwe-{cwe:03}"


def _tag(alias: str) -> str:
    weakness = _WEAKNESS.fullmatch(alias)
    return f"external/cwe/cwe-{int(weakness[1]):03}" if weakness else alias


def _weight(report: Report, worst: Result) -> dict[str, str]:
    """A score makes a rule one of security, so that only that watch has scores."""
    if report.action != "security":
        return {"problem.severity": _PROBLEMS[_LEVELS[worst.severity]]}
    score = _score(worst)
    return {"security-severity": score} if score is not None else {}


def _score(result: Result) -> str | None:
    """The highest score of those who rate it as the finding is rated and in its band, else the middle of the band."""
    middle = _SCORES.get(result.severity)
    own = [one for one in result.ratings if one.get("severity") == result.severity.label]
    least, most = _BANDS.get(result.severity, (0.0, 0.0))
    given = [score for one in own if isinstance(score := one.get("score"), int | float)]
    scores = [score for one in given if least <= (score := round(one, 1)) <= most]
    return f"{max(scores):.1f}" if middle is not None and scores else middle


def _result(one: _Placed, order: dict[str, int]) -> dict[str, object]:
    result = one.result
    key, fingerprint = _rule_id(result.rule.id), result.fingerprint
    return {
        "ruleId": key,
        "ruleIndex": order[key],
        "level": _LEVELS[result.severity],
        "message": {"text": _message(result) or key},
        "locations": [_location(one)],
        # Code scanning tells alerts apart by the first of these alone.
        "partialFingerprints": {
            "primaryLocationLineHash": f"{fingerprint}:{one.occurrence}",
            "trivigilFingerprint/v1": fingerprint,
        },
        "properties": {
            "severity": result.severity.label,
            "tools": list(_names(result.tools)),
        },
    }


def _location(one: _Placed) -> dict[str, object]:
    line = max(one.result.location.line or 1, 1)
    name = _plain(one.result.location.name, NAME_CHARS)
    found: dict[str, object] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _address(one.path), "uriBaseId": ROOT},
            "region": {"startLine": line, "startColumn": 1, "endLine": line},
        }
    }
    if name:
        found["logicalLocations"] = [{"fullyQualifiedName": name}]
    return found


def _message(result: Result) -> str:
    return _plain(result.told, MESSAGE_CHARS)


@lru_cache(maxsize=_TEXTS)
def _address(path: str) -> str:
    """A path as a relative address."""
    from urllib.parse import quote

    return quote(path)


@lru_cache(maxsize=_TEXTS)
def _names(tools: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(visible(tool)[:NAME_CHARS] for tool in tools)


@lru_cache(maxsize=_TEXTS)
def _rule_id(given: str) -> str:
    """The id as it is; one too long keeps a hash of the whole, so that two never become one."""
    key = visible(given).strip(" ") or "unnamed"
    if len(key) <= NAME_CHARS:
        return key
    from hashlib import sha256

    mark = sha256(key.encode("utf-8")).hexdigest()[:16]
    return f"{key[: NAME_CHARS - 17]}-{mark}"


@lru_cache(maxsize=_TEXTS)
def _plain(text: str, chars: int) -> str:
    """Text that is nothing but text: on GitHub's alerts, in its comments on a pull request, in SARIF.

    GitHub makes links, mentions and references of alert texts; SARIF itself reads `[text](address)` and `{0}`.
    The patterns are broken by a zero-width space, because a backslash would be seen.
    """
    line = unlinked(text[:chars]).strip(" ")
    for char, pattern in _PATTERNS:
        if char in line:
            line = pattern.sub(_ZERO_WIDTH, line)
    return line if len(line) <= chars else line[: chars - 1] + "…"
