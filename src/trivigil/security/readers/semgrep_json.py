"""`semgrep scan --json`, 0.1 to today: one result for each match of a rule; supply chain matches name a package.

Format: semgrep_output_v1.atd of semgrep/semgrep. Semgrep ends with 0 whatever it finds. Rules and files that it could not parse are only in
`errors`: then the scan is partial. Without login, `lines` and `fingerprint` are the words `requires login`, which say nothing. A rule's id
begins with the folder of its file.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.result import Severity
from trivigil.security import advisory, digest, leak, lenient, place, scan
from trivigil.security.facts import Finding, Package, Place, Rating
from trivigil.security.outline import outline
from trivigil.security.purl import ecosystem
from trivigil.security.severity import of_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import Kind, ScanFacts
    from trivigil.sources import Source

TOOL: Final = "semgrep"
FORMAT: Final = "json"
UNIT: Final = "results"

_LEVELS: Final = {
    "ERROR": Severity.HIGH,
    "WARNING": Severity.MEDIUM,
    "INFO": Severity.LOW,
    "INVENTORY": Severity.INFO,
    "EXPERIMENT": Severity.INFO,
}
_LOGIN: Final = "requires login"
_CREDENTIALS: Final = frozenset({259, 321, 798})
"""Weaknesses whose code holds a secret."""
_EARLIER: Final = frozenset({"results", "errors", "time", "stats"})
"""What Semgrep before 0.60 wrote, with `--time` and `--json-stats`."""
_FAILED: Final = ("fail", "too_big", "exceeded", "timeout", "permission")
"""What the reasons of skipped files have in them where Semgrep meant to look and could not."""


def recognises(source: Source) -> bool:
    """Whether its results have rules and matches; a list without results must have Semgrep's errors and paths, or nothing else."""
    seen = outline(source)
    if seen.opens != "{" or seen.has("metrics") or not seen.has("results"):
        return False
    if seen.below("results", "check_id"):
        return True
    return seen.has("errors") and (seen.has("paths") or seen.keys <= _EARLIER)


def read(source: Source) -> Reading[ScanFacts]:
    """Every result. What Semgrep could not parse makes the reading partial; errors alone mean that it failed."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    results, left = lenient.due(report, "results")
    errors, other = lenient.objects(report.value.get("errors"), "errors")
    paths = lenient.inner(report, "paths")
    failed = [_error(each) for each in errors]
    nothing = bool(failed) and not results and not paths.value.get("scanned")
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [_finding(result) for result in results],
        incomplete=(
            *left,
            *other,
            *scan.listed("Semgrep says:", failed),
            *scan.listed("Semgrep skipped", list(_skipped(paths))),
            *_unscanned(paths, len(results)),
        ),
        crashed="Semgrep looked at no file, and only tells of errors." if nothing else None,
        version=lenient.text(report, "version"),
    )


def _unscanned(paths: Fields, results: int) -> Iterator[str]:
    """Where it lists what it looked at, and that is nothing."""
    if paths.value.get("scanned") == [] and not results:
        yield "Semgrep found no file that its rules are for."


def _error(error: Fields) -> str:
    """What kind of error, and where; the message may quote the code, and is left out."""
    kind = error.value.get("type")
    word = kind if isinstance(kind, str) else next(iter(lenient.texts(kind)), "an error")
    where = lenient.text(error, "path", "rule_id") or ""
    return f"{word} ({where})" if where else word


def _skipped(paths: Fields) -> Iterator[str]:
    skipped = paths.value.get("skipped")
    for each in lenient.within(skipped)[0]:
        reason = lenient.text(each, "reason") or ""
        if any(word in reason for word in _FAILED):
            yield f"{lenient.text(each, 'path')} ({reason})"


def _finding(result: Fields) -> Finding:
    extra = lenient.inner(result, "extra")
    about = lenient.inner(extra, "metadata")
    rule = lenient.text(result, "check_id") or "unknown rule"
    kind = _kind(extra, about)
    message = (lenient.text(extra, "message") or rule) if kind != "secret" else rule
    found = Finding(
        tool=TOOL,
        kind=kind,
        id=rule,
        title=message.partition("\n")[0],
        place=_place(result),
        description=message,
        cwes=lenient.cwes(about.value.get("cwe")),
        ratings=_ratings(lenient.text(extra, "severity"), lenient.text(about, "security-severity")),
        confidence=lenient.confidence(about.value.get("confidence")),
        code=_code(extra, kind),
        fix=_fix(extra, kind),
        help_uri=lenient.text(about, "source", "shortlink", "source-rule-url"),
        accepted="ignored in the code" if extra.value.get("is_ignored") is True else None,
    )
    return _dependency(found, extra, about) if kind == "dependency" else found


def _kind(extra: Fields, about: Fields) -> Kind:
    if "sca_info" in extra.value:
        return "dependency"
    if "secrets" in lenient.texts(about.value.get("technology")) or "secret_type" in about.value:
        return "secret"
    category = lenient.text(about, "category")
    return "code" if category in (None, "security", "vuln", "audit") else "lint"


def _place(result: Fields) -> Place:
    start, end = lenient.inner(result, "start"), lenient.inner(result, "end")
    path = lenient.text(result, "path")
    return Place(
        path=place.path(path) if path else None,
        line=lenient.line(start.value.get("line")),
        end_line=lenient.line(end.value.get("line")),
    )


@lru_cache(maxsize=1_024)
def _ratings(word: str | None, own: str | None) -> tuple[Rating, ...]:
    """Older rules have a linter's level, newer ones a word; some rules have a word of their own besides."""
    level = _LEVELS.get((word or "").upper())
    if level is not None:
        of_tool = Rating(TOOL, "level", level, word=word)
    else:
        of_tool = Rating(TOOL, "word", of_word(word), word=word)
    if of_word(own) is Severity.UNKNOWN:
        return (of_tool,)
    return (of_tool, Rating(f"{TOOL} rule", "word", of_word(own), word=own))


def _code(extra: Fields, kind: Kind) -> str | None:
    lines = lenient.text(extra, "lines")
    if lines is None or lines == _LOGIN or kind == "dependency":
        return None
    known = lenient.cwes(lenient.inner(extra, "metadata").value.get("cwe"))
    secret = kind == "secret" or not _CREDENTIALS.isdisjoint(known)
    return leak.code(lines) if secret else digest.code(lines)


def _fix(extra: Fields, kind: Kind) -> str | None:
    return leak.FIX if kind == "secret" else lenient.text(extra, "fix")


def _dependency(found: Finding, extra: Fields, about: Fields) -> Finding:
    """A match of a lock file: the advisory's ids are in the rule, the package in the match."""
    ids = tuple(
        each
        for key in ("sca-vuln-database-identifier", "cve", "ghsa")
        for each in lenient.texts(about.value.get(key))
    )
    match = lenient.inner(extra, "sca_info", "dependency_match")
    package = lenient.inner(match, "found_dependency")
    lock = lenient.text(package, "lockfile_path", "manifest_path") or lenient.text(
        match, "lockfile"
    )
    where = found.place._replace(path=place.path(lock)) if lock else found.place
    return found._replace(
        id=advisory.leading(ids) if ids else found.id,
        aliases=ids,
        place=where,
        package=Package(
            name=lenient.text(package, "package") or "unknown package",
            version=lenient.text(package, "version"),
            ecosystem=ecosystem(lenient.text(package, "ecosystem")),
            fixed=tuple(_fixed(about)),
        ),
        malicious=advisory.is_malware(ids),
    )


def _fixed(about: Fields) -> Iterator[str]:
    versions = about.value.get("sca-fix-versions")
    for each in versions if isinstance(versions, list) else ():
        yield from lenient.texts(list(each.values())) if isinstance(each, dict) else ()
